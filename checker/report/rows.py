"""Findings as plain rows, the same for every format that lists them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from checker.language import N_, Label, Language, _, both, translate
from checker.rulebook.kind import joined
from checker.sources.headers import suggestion
from checker.wording import BETWEEN

if TYPE_CHECKING:
    from checker.report.finding import DataError, Finding, Place
    from checker.report.model import Input, Report, RuleResult, WaiverUse
    from checker.rulebook.model import Record, RecordField
    from checker.rulebook.rulebook import Rulebook

LENGTHS = (
    (86_400, N_("{count} day"), N_("{count} days")),
    (3_600, N_("{count} hour"), N_("{count} hours")),
    (60, N_("{count} minute"), N_("{count} minutes")),
    (1, N_("{count} second"), N_("{count} seconds")),
)
"""Units of time, each with its length in seconds and what one and more of it are called."""


OLD = dt.timedelta(days=31)
"""How long before an audit its exports may end without a word: those of a month are audited in the next."""


def source(place: Place) -> dict[str, Any]:
    """Return where a record stands, as the JSON report has it."""
    return {"path": place.path, "sheet": place.sheet, "row": place.row}


def finding(report: Report, one: Finding) -> dict[str, Any]:
    """Return a finding with its rule, as the JSON report has it."""
    result = report.rules[one.rule]
    rule = result.rule
    return {
        "fingerprint": one.fingerprint,
        "rule": rule.id,
        "clause": rule.clause,
        "severity": rule.severity,
        "record": rule.record,
        "key": one.key,
        "source": source(one.place),
        "subject": one.subject,
        "case": one.case,
        "department": one.department,
        "at": one.at,
        "title": {"en": rule.title.en, "zh": rule.title.zh},
        "message": {"en": one.en, "zh": one.zh},
        "evidence": dict(zip(result.evidence, one.evidence, strict=True)),
        "due_at": one.due,
        "overdue": one.overdue,
        "known": one.known,
        "confirmed": one.remark,
    }


def data_error(report: Report, one: DataError) -> dict[str, Any]:
    """Return a data error as the JSON report has it."""
    return {
        "problem": one.problem,
        "rulebook": one.rulebook,
        "record": one.record,
        "key": one.key,
        "source": source(one.place),
        "field": one.field or None,
        "value": one.value,
        "message": told(report, one)._asdict(),
        "also": [source(place) for place in one.also],
    }


def told(report: Report, one: DataError) -> Label:
    """Return a data error as a sentence."""
    if one.problem == "unreadable":
        field = field_called(report, one)
        return both("{field} = {value!r} cannot be read").with_(field=field, value=one.value)
    if one.says is not None:
        return one.says
    if one.problem == "no key":
        return both("the key is empty")
    others = ", ".join(map(str, one.also[:5]))
    return both("the key {key} stands again in {places}").with_(key=one.key, places=others)


def record_called(report: Report, one: Input | DataError) -> Label:
    """Return a record type as people call it."""
    return _record(report, one.rulebook, one.record).title.label


def _record(report: Report, rulebook: str, name: str) -> Record:
    return next(book for book in report.rulebooks if book.name == rulebook).records[name]


def input_columns() -> list[str]:
    """Return what every list of exports calls its first columns: those of ``input_cells``."""
    return [_("file"), _("record"), _("rows"), _("first record"), _("last record"), _("rows with errors")]


def input_cells(report: Report, one: Input) -> list[str | int | dt.date | None]:
    """Return what every list of exports says of one first."""
    return [one.place, str(record_called(report, one)), one.rows, one.first, one.last, one.data_errors]


def field_called(report: Report, one: DataError) -> Label:
    """Return the field that a data error is about as people call it; nothing where it is about no single field."""
    record = _record(report, one.rulebook, one.record)
    return record.label(one.field) if one.field in record.fields else Label(one.field, one.field)


def about_inputs(report: Report) -> Iterator[Label]:
    """Yield what a reader must know of the exports: what lies ahead, columns no rule knows, what was empty or left."""
    if report.later:
        records = joined(Label(f"{record.en} {count}", f"{record.zh} {count}") for record, count in _later(report))
        yield both("Later than the audit, so that no rule applies yet: {records}").with_(records=records)
    yield from _old(report)
    yield from _unknown_columns(report)
    for one in report.inputs:
        for header, problem in one.lost:
            words = both("{file}: the column {column} is left out: {problem}; export it again as text")
            yield words.with_(file=one.place, column=header, problem=problem)
    if empty := [one.place for one in report.inputs if not one.rows]:
        yield both("Without a single record: {files}").with_(files=", ".join(empty))
    for book, name, exports, count in report.findings.overlaps():
        words = both("{record}: {count} with the same key stand in each of {files}; sums and counts take all of them")
        called = _record(report, book, name).title.label
        yield words.with_(record=called, count=str(count), files=", ".join(exports))
    if report.ignored:
        yield both("Not read as records: {files}").with_(files=", ".join(report.ignored))


def _later(report: Report) -> Iterator[tuple[Label, int]]:
    """Yield the record types of which records lie later than the audit, and how many do."""
    for (book, name), count in report.later.items():
        yield _record(report, book, name).title.label, count


def _old(report: Report) -> Iterator[Label]:
    """Yield that the exports end long before the audit, if they do: what they do not tell looks like neglect."""
    last = max((one.last for one in report.inputs if one.last and _bears_events(report, one)), default=None)
    if last and report.as_of.date() - last > OLD:
        words = both(
            "The last of all records is of {day}; what happened after it is not in the exports and counts as not"
            " having happened. --as-of {day} judges them as of their end"
        )
        yield words.with_(day=last.isoformat())


def _bears_events(report: Report, one: Input) -> bool:
    """Return whether the day of its records is that of something that has happened, no plan."""
    record = _record(report, one.rulebook, one.record)
    return record.at in record.fields and record.fields[record.at].is_event


def _unknown_columns(report: Report) -> Iterator[Label]:
    """Yield for each record type the columns of its exports that are no field, each once, and what each is like."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in report.inputs:
        found.setdefault((one.rulebook, one.record), {}).update(dict.fromkeys(one.unknown))
    for (book, name), headers in found.items():
        record = _record(report, book, name)
        names = joined(_column_called(header, suggestion(header, record)) for header in headers)
        if headers:
            yield both("{record}: columns no rule knows: {names}").with_(record=record.title.label, names=names)


def _column_called(header: str, near: str | None) -> Label:
    if near is None:
        return Label(header, header)
    like = both("like {header}").with_(header=near)
    behind = both(" ({reason})").with_(reason=like)
    return Label(header + behind.en, header + behind.zh)


def department(result: RuleResult, code: str | None, language: Language) -> str:
    """Return a department as people call it."""
    record = result.rulebook.records[result.rule.record]
    if code is None or record.department is None:
        return ""
    spellings = record.fields[record.department].choices.get(code, ())
    return spellings[0] if language == "zh" and spellings else code


def departments(result: RuleResult, language: Language) -> dict[str, str]:
    """Return what people call each department whose code a rule's records may hold."""
    record = result.rulebook.records[result.rule.record]
    codes = record.fields[record.department].choices if record.department else ()
    return {code: department(result, code, language) for code in codes}


def word(code: str) -> Label:
    """Return an outcome, severity or the like as people say it."""
    return Label(code.replace("_", " "), translate(code, "zh"))


def outcome(code: str) -> str:
    """Return an outcome's name as people say it."""
    return str(word(code))


def state(use: WaiverUse) -> str:
    """Return what became of a waiver."""
    return _("unused") if use.state == "in force" and not use.violations else _(use.state)


def quoted(result: RuleResult, name: str) -> tuple[Label, Mapping[str, str]]:
    """Return what a value that a rule quotes is called, and what its codes are called in Chinese."""
    record, lookup = result.rulebook.records[result.rule.record], result.rule.lookup.get(name)
    if name in record.fields:
        return record.label(name), _codes(record.fields[name])
    label = lookup.title.label if lookup and lookup.title else Label(name, name)
    if lookup is None:
        return label, {}
    if lookup.take == "exists":
        return label, _ANSWERS
    taken = _TAKEN.fullmatch(lookup.take)
    fields = result.rulebook.records[lookup.record].fields
    return label, _codes(fields[taken[1]]) if taken and taken[1] in fields else {}


_ANSWERS = {"yes": "是", "no": "否"}
_TAKEN = re.compile(r"(?:first|last|min|max)\((\w+)\)")
"""A lookup that takes a field as it is."""


def _codes(field: RecordField) -> Mapping[str, str]:
    """Return what the codes that a field may hold are called in Chinese."""
    if field.type == "yes_no":
        return _ANSWERS
    return {code: spellings[0] for code, spellings in field.choices.items() if spellings}


def evidence(result: RuleResult, one: Finding, language: Language) -> str:
    """Return what a rule read as one text."""
    told = []
    for name, value in zip(result.evidence, one.evidence, strict=True):
        label, codes = quoted(result, name)
        text = "" if value is None else codes.get(value, value) if language == "zh" else value
        told.append(f"{label.in_(language)}={text}")
    return BETWEEN[language].join(told)


def edition(book: Rulebook) -> Label:
    """Return a rulebook's edition as people say it."""
    return both(N_("undated")) if book.about.edition == "undated" else Label(book.about.edition, book.about.edition)


def book_called(book: Rulebook) -> Label:
    """Return a rulebook's title with its edition."""
    title, told = book.about.title.label, edition(book)
    return Label(f"{title.en} ({told.en})", f"{title.zh}（{told.zh}）")


def overdue(seconds: int | None, language: Language) -> str:
    """Return a length of time in its largest unit."""
    if seconds is None:
        return ""
    size, one, more = next(length for length in LENGTHS if seconds >= length[0] or length[0] == 1)
    count = seconds // size
    return translate(one if count == 1 else more, language).format(count=count)


def idle_rules(report: Report) -> list[tuple[Label, list[RuleResult]]]:
    """Return why rules had no record to judge, with these rules; the reason of most of them first."""
    found: dict[Label, list[RuleResult]] = {}
    for result in report.rules:
        if result.reason and not result.records and result.rulebook not in report.idle:
            found.setdefault(result.reason, []).append(result)
    return sorted(found.items(), key=lambda item: -len(item[1]))
