"""The second query: what there is to tell of the few records that the first has kept.

Of each record first what all rules say alike: its key, its subject, its fields as text. Then of each rule the due
date and the facts that its sentences quote. Sentences themselves wait apart, once for each branch, and take in the
facts when a report reads them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlglot import exp

from checker import wording
from checker.plan import Judged, RecordPlan
from checker.rulebook.fields import UNREADABLE, unreadable_column
from checker.rulebook.kind import Outcome
from checker.rulebook.typed import Typed
from checker.sentences import BRANCH, Telling, shown_column
from checker.sql import NULL, as_column, column, joined_text, number, sql, subquery, text
from checker.tables import FILE, ROW, raw_column


def _unmasked_column(field: str) -> str:
    """Return the column of told records that holds a field as text, never masked."""
    return f"{field}__unmasked"


def told(record: RecordPlan, judged: str, asked: Iterable[exp.Select], *, mask: bool) -> exp.Select:
    """Return the records of which there is something to tell, with what is asked about them and no more.

    Args:
        record: The plan of their record type.
        judged: The table that the first query has filled.
        asked: The questions, as ``Telling.asked`` and ``unreadable_values`` put them.
        mask: Whether personal fields are masked.
    """
    rows = ((select.find(exp.Subquery) or select) for select in asked)
    wanted = dict.fromkeys((*(one.name for row in rows for one in row.find_all(exp.Column)), UNREADABLE))
    about = record.table.record
    read = dict.fromkeys(name for judged_ in record.rules for name, _value, _label in judged_.evidence)
    fields = [name for name in read if name in record.table.fields]
    cells = {shown_column(name): _shown(record, name, mask=mask) for name in fields}
    personal = [name for name in fields if about.fields[name].personal]
    cells |= {_unmasked_column(name): _shown(record, name, mask=False) for name in personal}
    cells |= {
        "_key_shown": record.key_shown(mask=mask),
        "_key_text": sql("COALESCE(:k, '')", k=record.key),
        "_subject": _role(record, about.subject, mask=mask),
        "_subject_hash": sql("LEFT(SHA2(CAST(:s AS VARCHAR), 256), 16)", s=_role(record, about.subject, mask=False)),
        "_department": _role(record, about.department, mask=mask),
        "_at": _role(record, about.at, mask=mask),
    }
    named = [as_column(cells[name], name) if name in cells else column(name) for name in wanted]
    return exp.select(*named, copy=False).from_(subquery(_kept(record, judged), "k"), copy=False)


def _kept(record: RecordPlan, judged: str) -> exp.Select:
    place = {name: sql(f"_told[{index}]") for index, (name, _value) in enumerate(record.handed_on)}
    computed = [
        as_column(sql(f"CAST(:t AS {type_})", t=place[name]), name) for name, type_ in record.derived_types.items()
    ]
    words = map(column, record.words)
    source = exp.to_identifier(judged, quoted=True)
    if record.table.kept:
        rows = exp.select(column(ROW), *words, *computed).from_(source).where("NOT _told IS NULL")
        same = sql("v._row = j._row")
        joined = exp.select("v.*", f"j.* EXCEPT ({ROW})").from_(subquery(record.table.values(), "v"))
        return joined.join(subquery(rows, "j"), on=same, join_type="inner")
    texts = [as_column(place[raw_column(name)], name) for name in record.table.fields]
    rows = exp.select(*map(column, record.table.place), *words, *texts, *computed).from_(source)
    return record.table.read(rows.where("NOT _told IS NULL"), also=(*record.words, *record.derived_types))


def findings(
    record: RecordPlan, source: str, counts: Iterable[Mapping[int, int]], *, mask: bool
) -> tuple[list[exp.Select], list[tuple[object, ...]]]:
    """Return the findings of each rule that has some, and their sentences as rows of the table of sentences.

    Args:
        record: The plan of the record type.
        source: The table of told records.
        counts: For each rule, how many records each of its branches decided.
        mask: Whether personal fields are masked.
    """
    selects, sentences = [], list[tuple[object, ...]]()
    for judged, count in zip(record.rules, counts, strict=True):
        if branches := judged.told_of(count):
            select, said = _finding(record, judged, source, branches, mask=mask)
            selects.append(select)
            sentences += said
    return selects, sentences


def _finding(
    record: RecordPlan, judged: Judged, source: str, branches: Collection[int], *, mask: bool
) -> tuple[exp.Select, list[tuple[object, ...]]]:
    """Return the findings of one rule, and its sentences.

    Args:
        record: The plan of its record type.
        judged: The rule.
        source: The table of told records.
        branches: The branches that decide of some record and are told.
        mask: Whether personal fields are masked.
    """
    telling = Telling(record, judged, branches, told=True, mask=mask)
    rows = exp.select().from_(exp.to_identifier(source, quoted=True)).where(judged.is_told(), copy=False)
    cells: dict[str, exp.Expr] = {
        "rule": number(judged.number),
        "branch": column(BRANCH),
        "file": column(FILE),
        "row": column(ROW),
        "key": column("_key_shown"),
        "fingerprint": sql("LEFT(SHA2(:r || :k, 256), 16)", r=f"{judged.rule.first_id}\n", k=column("_key_text")),
        "content": _content(record, judged),
        "subject": column("_subject"),
        "subject_hash": column("_subject_hash"),
        "department": column("_department"),
        "at": column("_at"),
        "due": _where(judged, branches, (Outcome.VIOLATION, Outcome.PENDING), telling.due),
        "overdue": _where(judged, branches, (Outcome.VIOLATION,), telling.overdue),
        "evidence": exp.Array(
            expressions=[_evidence(record, name, value, mask=mask) for name, value, _label in judged.evidence]
        ),
        "facts": telling.facts,
    }
    named = [as_column(value, name) for name, value in cells.items()]
    return telling.asked(rows, judged.branch(), named), list(_sentences(judged, telling))


def _sentences(judged: Judged, telling: Telling) -> Iterator[tuple[object, ...]]:
    for index, sentence in telling.sentences.items():
        branch = judged.judgement.branches[index]
        told_ = [cell for template in sentence.values() for cell in (list(template.parts), list(template.slots))]
        yield judged.number, index, int(branch.outcome), branch.data_error, *told_


def _where(judged: Judged, branches: Collection[int], outcomes: Collection[Outcome], value: exp.Expr) -> exp.Expr:
    """Return a value that only branches with some outcomes have."""
    having = [index for index in sorted(branches) if judged.judgement.branches[index].outcome in outcomes]
    if len(having) == len(branches) or value == NULL:
        return value
    if not having:
        return NULL
    has = exp.In(this=column(BRANCH), expressions=[number(index) for index in having])
    return sql("CASE WHEN :h THEN :v END", h=has, v=value)


def unreadable_values(record: RecordPlan, source: str, *, mask: bool) -> list[exp.Select]:
    """Return for each field of the told records the values that cannot be read.

    Args:
        record: The plan of their record type.
        source: The table of told records.
        mask: Whether personal fields are masked.
    """
    selects = []
    for name, field in record.table.record.fields.items():
        if name not in record.table.fields or not field.may_hold_errors:
            continue
        value = column(raw_column(name))
        cells = {
            "file": column(FILE),
            "row": column(ROW),
            "key": column("_key_shown"),
            "field": text(name),
            "value": record.table.masked(name, value) if mask else value,
        }
        named = [as_column(cell, of) for of, cell in cells.items()]
        rows = exp.select(*named).from_(exp.to_identifier(source, quoted=True))
        selects.append(rows.where(column(unreadable_column(name))))
    return selects


def _role(record: RecordPlan, field: str | None, *, mask: bool) -> exp.Expr:
    return NULL if field is None or field not in record.table.fields else record.field_shown(field, mask=mask)


def _content(record: RecordPlan, judged: Judged) -> exp.Expr:
    """Return what a rule read of a record, hashed, where its evidence may be masked; else nothing."""
    if not any(record.is_personal(value.sql) for _name, value, _label in judged.evidence):
        return NULL
    fields = record.table.record.fields
    read = [
        column(_unmasked_column(name) if fields[name].personal else shown_column(name))
        for name, _value, _label in judged.evidence
        if name in record.table.fields
    ]
    return sql("LEFT(SHA2(:r, 256), 16)", r=joined_text("\n", read)) if read else text("")


def _evidence(record: RecordPlan, name: str, value: Typed, *, mask: bool) -> exp.Expr:
    """Return what a rule read, as text."""
    if name in record.table.fields:
        return column(shown_column(name))
    shown = wording.shown(value, None)
    return sql("CAST(:s AS VARCHAR)", s=record.masked(value, shown) if mask else shown)


def _shown(record: RecordPlan, name: str, *, mask: bool) -> exp.Expr:
    return sql("CAST(:s AS VARCHAR)", s=record.table.cell(name, None, mask=mask))
