"""Why a record got its outcome: the rule's steps, one by one."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Map
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from checker import wording
from checker.auditing import by_table, local_instant, planned
from checker.calendar import Calendar
from checker.engines.duckdb import DuckDB
from checker.errors import UsageError
from checker.language import Label, _, current
from checker.plan import Judged, RecordPlan
from checker.report.finding import Place, Source, first_place
from checker.rulebook.fields import unreadable_column
from checker.rulebook.kind import LATER_THAN_AUDIT, Outcome
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.typed import Typed
from checker.sentences import BRANCH, Telling
from checker.sources.find import Reader, read
from checker.sources.mapping import Mapping
from checker.sql import FALSE, NULL, column, sql
from checker.tables import FILE, ROW


@dataclass(frozen=True)
class Step:
    """One step of a judgement: whether it held, and what it says, with the facts where it held.

    A step that names those of some things for which a condition holds, and found none, is left out.
    """

    holds: bool
    outcome: Outcome
    says: str


@dataclass(frozen=True)
class Read:
    """A field or lookup that a rule read: its value, none where it is empty, or the text that cannot be read."""

    label: Label
    value: str | None
    is_readable: bool


@dataclass(frozen=True)
class Explanation:
    """How a rule judged one record.

    Attributes:
        values: The fields and lookups it read.
        steps: Its steps in order, up to the one that decided.
        outcome: What follows.
    """

    place: Place
    values: tuple[Read, ...]
    steps: tuple[Step, ...]
    outcome: Outcome


def explain_record(
    data: Sequence[str],
    books: Sequence[Rulebook],
    rule: Rule,
    key: str,
    as_of: dt.datetime | dt.date,
    calendar: Callable[[], Calendar],
    mappings: Map[str, Mapping],
    readers: Map[str, Reader],
) -> list[Explanation]:
    """Return how a rule of one of some rulebooks judges the records with a key.

    Raises:
        UsageError: when no record has the key.
    """
    book = next(book for book in books if book.rules.get(rule.id) is rule)
    instant = sql("CAST(:i AS TIMESTAMP)", i=local_instant(as_of, book.about.timezone).isoformat(sep=" "))
    with tempfile.TemporaryDirectory(prefix="checker-") as folder:
        placed = by_table(read(data, Path(folder), books, mappings, readers).exports)
        plan = planned([book], [rule], placed, instant)
        with closing(DuckDB(Path(folder))) as running:
            plan = running.prepare(plan, placed, calendar, keep=True)
            record = next(one for one in plan.records if one.rules)
            judged = record.rules[0]
            telling = Telling(record, judged)
            values = [_value(record, name, value) for name, value, _label in judged.evidence]
            read_by = [exp.Array(expressions=list(part)) for part in zip(*values, strict=True)]
            cells = [column(FILE), column(ROW), column(BRANCH), *(read_by or (NULL, NULL)), telling.all_facts]
            wanted = exp.select("*").from_(record.values.subquery("v")).where(sql(":k = :w", k=record.key, w=key))
            rows = list(running.fetch(telling.asked(wanted, judged.deciding(), cells)))
            counts = running.rows_of(record.table.path)
        exports_ = tuple(
            (first_place(one.export), counts.get(file, 0), one.export.survey()(counts.get(file, 0)))
            for file, one in enumerate(placed[record.table.path])
        )
        source = Source(book.name, rule.record, exports_)
    if not rows:
        raise UsageError(
            f"--record {key}",
            _("no {record} has this key").format(record=record.table.record.title.label),
            _("give the key as the report shows it with --show-personal-data"),
        )
    found = []
    labels = [label for _name, _value, label in judged.evidence]
    for file, row, branch, texts, unreadable, facts in rows:
        steps = tuple(_steps(judged, telling, branch, facts))
        read_ = tuple(
            Read(label, text, not bad) for label, text, bad in zip(labels, texts or (), unreadable or (), strict=True)
        )
        found.append(Explanation(source.place(file, row), read_, steps, steps[-1].outcome))
    return found


def _steps(judged: Judged, telling: Telling, branch: int, facts: Sequence[str | None]) -> Iterator[Step]:
    """Yield the steps of a judgement up to the branch that decided."""
    tried = judged.judgement.branches[: branch + 1]
    for index, one in enumerate(tried):
        if one.says in (later.says for later in tried[index + 1 :]):  # a reader takes both for one
            continue
        sentence = telling.sentences[index][current()]
        if index == branch:
            yield Step(True, one.outcome, sentence.filled(facts))
        elif one != LATER_THAN_AUDIT and wording.NONE not in (facts[slot] for slot in sentence.slots):
            yield Step(False, one.outcome, sentence.unfilled)


def _value(record: RecordPlan, name: str, value: Typed) -> tuple[exp.Expr, exp.Expr]:
    """Return what a rule read as a text, and whether it cannot be read."""
    if name not in record.table.fields:
        return wording.shown(value, current()), FALSE
    may_be = record.table.record.fields[name].may_be_unreadable
    return record.table.cell(name, current()), column(unreadable_column(name)) if may_be else FALSE
