"""The examples of rules, run through the same plan and engine as an audit."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlglot import exp

from checker.calendar import published
from checker.engines import Engine, Opened
from checker.engines.duckdb import DuckDB
from checker.language import current
from checker.plan import Plan, RecordPlan, plan_record
from checker.rulebook.names import all_exported
from checker.rulebook.rule import Example, Rule
from checker.rulebook.rulebook import Rulebook
from checker.sentences import BRANCH, Telling
from checker.sources.cells import Column
from checker.sources.export import Export, JsonScan
from checker.sources.match import Matched
from checker.sql import column, sql
from checker.tables import AS_OF, CASE

END_OF_TIME = dt.datetime(2999, 12, 31, 23, 59, 59)  # noqa: DTZ001  # local, as all instants of records
"""The instant of an example that names none: everything that can be overdue is."""


@dataclass(frozen=True)
class Run:
    """One example and what came of it.

    Attributes:
        outcome: What the rule said.
        due: The due date or instant it gave.
        sentence: How it put it.
    """

    rule: Rule
    example: Example
    outcome: str
    due: str | None
    sentence: str

    @property
    def passed(self) -> bool:
        """Whether outcome and due date are as expected."""
        due = self.example.due
        return self.outcome == self.example.expect and (due is None or self.due == shown(due))


def run_examples(book: Rulebook, rules: Iterable[Rule], engine: Opened = DuckDB) -> list[Run]:
    """Run the examples of some rules of a rulebook, and return them in order.

    Raises:
        RulebookError: for a query that the engine refuses, also of a rule without examples.
    """
    rules = list(rules)
    cases = [(rule, example) for rule in rules for example in rule.example]
    runs: dict[int, Run] = {}
    with laid_out(book, cases, rules, engine) as trial:
        for record, table in trial.records():
            telling = {judged.index: Telling(record, judged) for judged in record.rules if judged.rule.example}
            questions = []
            for index, told in telling.items():
                judged = record.rules[index]
                own = [case for case, (rule, _example) in enumerate(cases) if rule is judged.rule]
                cells = (column(CASE), sql(":n", n=index), column(BRANCH), told.due, told.facts)
                questions.append(told.asked(rows_of_cases(table, own), judged.deciding(), cells))
            for case, index, branch, due, facts in trial.engine.fetch(*questions):
                decided = record.rules[index].judgement.branches[branch]
                sentence = telling[index].sentences[branch][current()].filled(facts)
                runs[case] = Run(cases[case][0], cases[case][1], decided.outcome.word, due, sentence)
    return [runs[number] for number in range(len(cases))]


@dataclass(frozen=True)
class Trial:
    """Cases laid out in an engine: examples of rules, and the rules to judge them by.

    Attributes:
        plan: The record types, each with those of the rules that judge it.
        tables: For each of them the table that holds its cases.
    """

    engine: Engine
    plan: Plan
    tables: tuple[str, ...]

    def records(self) -> Iterator[tuple[RecordPlan, str]]:
        """Yield each record type's plan with its table."""
        yield from zip(self.plan.records, self.tables, strict=True)


@contextmanager
def laid_out(
    book: Rulebook,
    cases: Sequence[tuple[Rule, Example]],
    rules: Iterable[Rule],
    engine: Opened = DuckDB,
) -> Iterator[Trial]:
    """Give an engine that holds some cases, and the plan to judge them by some rules.

    Args:
        book: The rulebook.
        cases: Examples, each with a rule of its record type; a case is known by its number.
        rules: The rules to judge by.
        engine: Opens the engine.
    """
    with tempfile.TemporaryDirectory(prefix="checker-") as folder, closing(engine(Path(folder))) as running:
        plan = _plan(book, rules)
        data = _tables(book, cases, Path(folder), {table.name for table in plan.tables.values()})
        plan = running.prepare(plan, data, published)
        yield Trial(running, plan, tuple(map(running.compute, plan.records)))


def rows_of_cases(table: str, cases: Iterable[int]) -> exp.Select:
    """Return the records of some cases, without the rows beside them."""
    wanted = exp.In(this=column(CASE), expressions=[exp.convert(number) for number in cases])
    return exp.select("*").from_(exp.to_identifier(table, quoted=True)).where(wanted).where("_file = 0")


def _plan(book: Rulebook, rules: Iterable[Rule]) -> Plan:
    by_record: dict[str, dict[int, Rule]] = {}
    for rule in rules:
        by_record.setdefault(rule.record, {})[id(rule)] = rule
    return Plan(
        tuple(
            plan_record(
                book, name, dict(enumerate(one.values())), all_exported(book.records), column(AS_OF), cases=True
            )
            for name, one in by_record.items()
        )
    )


def _tables(
    book: Rulebook, cases: Sequence[tuple[Rule, Example]], folder: Path, wanted: Container[str]
) -> dict[str, list[Matched]]:
    """Write the records of all examples out: for each record type the records given, then the rows beside them."""
    given: dict[str, list[dict[str, Any]]] = {name: [] for name in book.records}
    beside: dict[str, list[dict[str, Any]]] = {name: [] for name in book.records}
    for number, (rule, example) in enumerate(cases):
        place = {CASE: number, AS_OF: instant(example).isoformat(sep=" ")}
        given[rule.record].append({**place, **_texts(example.given)})
        for name, rows in example.rows.items():
            beside[name] += [{**place, **_texts(row)} for row in rows]
    return {
        f"{book.name}/{name}": [
            _written(book, name, rows, folder / f"{name}-{part}.jsonl")
            for part, rows in enumerate((given[name], beside[name]))
        ]
        for name in book.records
        if name in wanted
    }


def _written(book: Rulebook, name: str, rows: list[dict[str, Any]], path: Path) -> Matched:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    fields = tuple(book.records[name].fields)
    scan = JsonScan(path, "newline_delimited", (CASE, AS_OF, *fields))
    export = Export(str(path), name, path, fields, fields, 1, "utf-8", scan)
    return Matched(export, book.name, name, {name: Column(name) for name in fields}, ())


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {field: shown(value) for field, value in row.items()}


def shown(value: Any) -> str:  # noqa: ANN401  # whatever TOML can hold
    """Return a value as an export would spell it."""
    match value:
        case bool():
            return "true" if value else "false"
        case dt.datetime():
            text = value.isoformat(sep=" ")
            return text.removesuffix(":00") if value.second == 0 and value.microsecond == 0 else text
        case list() | tuple():
            return "、".join(map(shown, value))
        case _:
            return str(value)


def instant(example: Example) -> dt.datetime:
    """Return the instant at which an example is judged."""
    if example.as_of is None:
        return END_OF_TIME
    if isinstance(example.as_of, dt.datetime):
        return example.as_of
    return dt.datetime.combine(example.as_of, dt.time(23, 59, 59))


def gaps(rules: Iterable[Rule]) -> Iterator[tuple[Rule, str]]:
    """Yield the rules whose examples do not show both a pass and a violation, and what is missing."""
    for rule in rules:
        shown_ = {example.expect for example in rule.example}
        for outcome in ("pass", "violation"):
            if outcome not in shown_:
                yield rule, outcome
