"""Findings as plain rows, the same for every format that lists them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from checker.language import Label, Language, _, both, translate
from checker.report.finding import DataError, Finding, Place
from checker.report.model import Report, RuleResult, WaiverUse
from checker.sources.match import suggestion


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


def data_error(one: DataError) -> dict[str, Any]:
    """Return a data error as the JSON report has it."""
    return {
        "problem": one.problem,
        "rulebook": one.rulebook,
        "record": one.record,
        "key": one.key,
        "source": source(one.place),
        "field": one.field or None,
        "value": one.value,
        "message": told(one)._asdict(),
        "also": [source(place) for place in one.also],
    }


def told(one: DataError) -> Label:
    """Return a data error as a sentence."""
    if one.problem == "unreadable":
        return both("{field} = {value!r} cannot be read").with_(field=one.field, value=one.value)
    if one.says is not None:
        return one.says
    if one.problem == "no key":
        return both("the key is empty")
    others = ", ".join(map(str, one.also[:5]))
    return both("the key {key} stands again in {places}").with_(key=one.key, places=others)


def unknown_columns(report: Report) -> Iterator[str]:
    """Yield for each record type the columns of its exports that are no field, each once, and what each is like."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for one in report.inputs:
        found.setdefault((one.rulebook, one.record), {}).update(dict.fromkeys(one.unknown))
    books = {book.name: book for book in report.rulebooks}
    for (book, name), headers in found.items():
        record = books[book].records[name]
        likes = ((header, suggestion(header, record)) for header in headers)
        told = (f"{header} ({_('like {header}').format(header=like)})" if like else header for header, like in likes)
        if headers:
            yield _("{record}: columns no rule knows: {names}").format(record=record.title.label, names=", ".join(told))


def department(result: RuleResult, code: str | None, language: Language) -> str:
    """Return a department as people call it."""
    record = result.rulebook.records[result.rule.record]
    if code is None or record.department is None:
        return ""
    spellings = record.fields[record.department].choices.get(code, ())
    return spellings[0] if language == "zh" and spellings else code


def word(code: str) -> Label:
    """Return an outcome, severity or the like as people say it."""
    return Label(code.replace("_", " "), translate(code, "zh"))


def outcome(code: str) -> str:
    """Return an outcome's name as people say it."""
    return str(word(code))


def state(use: WaiverUse) -> str:
    """Return what became of a waiver."""
    return _("unused") if use.state == "in force" and not use.violations else _(use.state)


def evidence(result: RuleResult, one: Finding) -> str:
    """Return what a rule read as one text."""
    pairs = zip(result.evidence, one.evidence, strict=True)
    return "; ".join(f"{name}={value if value is not None else ''}" for name, value in pairs)


def overdue(seconds: int | None, language: Language) -> str:
    """Return a length of time in its largest unit."""
    if seconds is None:
        return ""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return (
                f"{count}{translate(unit, 'zh')}" if language == "zh" else f"{count} {unit}{'s' if count > 1 else ''}"
            )
    return f"{seconds} s"
