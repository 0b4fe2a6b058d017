"""The report as JSON, and its findings as JSON Lines. The shape is published in ``schema/report.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import IO, Any

from checker.report import rows
from checker.report.bulk import TEXTS, Line
from checker.report.model import Report, RuleResult
from checker.rulebook.kind import TOLD, Outcome

SCHEMA_VERSION = 1
"""Grows when a reader of the old shape would be misled."""


def write(report: Report, out: IO[str]) -> None:
    """Write the whole report as one JSON object, finding by finding."""
    head = {"schema_version": SCHEMA_VERSION, "audit": _audit(report), "summary": _summary(report)}
    out.write(_text(head)[:-2] + ',\n  "rules": ')
    _array(out, _rules(report))
    for name, outcome in (
        ("violations", Outcome.VIOLATION),
        ("pending", Outcome.PENDING),
        ("not_assessed", Outcome.NOT_ASSESSED),
    ):
        out.write(f',\n  "{name}": ')
        _lines(out, lines(report, outcome))
    out.write(',\n  "data_errors": ')
    _array(out, (rows.data_error(report, one) for one in report.findings.data_errors()))
    for name, found in (
        ("waived", _waived(report)),
        ("waivers", _waivers(report)),
        ("manual_items", _manual(report)),
    ):
        out.write(f',\n  "{name}": ')
        _array(out, found)
    out.write("\n}\n")


def write_lines(report: Report, out: IO[str]) -> None:
    """Write every finding as one JSON object a line, with its outcome."""
    for outcome in TOLD:
        head = f'{{"outcome": "{outcome.word}", '
        out.writelines(f"{head}{line[1:]}\n" for line in lines(report, outcome))


def lines(report: Report, outcome: Outcome) -> Iterator[str]:
    """Yield the findings with an outcome that no waiver covers as JSON objects."""
    for batch in report.findings.lines(report.rules, outcome, _LINE):
        yield from batch


def _array(out: IO[str], items: Iterable[dict[str, Any]]) -> None:
    _lines(out, map(_on_one_line, items))


def _lines(out: IO[str], lines: Iterable[str]) -> None:
    between = "["
    for line in lines:
        out.write(f"{between}\n    {line}")
        between = ","
    out.write("[]" if between == "[" else "\n  ]")


def _on_one_line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _audit(report: Report) -> dict[str, Any]:
    return {
        "as_of": report.as_of.isoformat(sep=" "),
        "engine": report.engine,
        "version": report.version,
        "inputs": [
            {
                "path": one.place,
                "sha256": one.sha256,
                "bytes": one.bytes,
                "encoding": one.encoding,
                "rulebook": one.rulebook,
                "record": one.record,
                "rows": one.rows,
                "first_record": one.first and one.first.isoformat(),
                "last_record": one.last and one.last.isoformat(),
                "rows_with_data_errors": one.data_errors,
                "unknown_columns": list(one.unknown),
                "lost_columns": [header for header, _problem in one.lost],
            }
            for one in report.inputs
        ],
        "later_than_audit": [
            {"rulebook": book, "record": record, "rows": count} for (book, record), count in report.later.items()
        ],
        "ignored_files": list(report.ignored),
        "baseline": report.baseline,
        "rulebooks": [
            {
                "name": book.name,
                "title": {"en": book.about.title.en, "zh": book.about.title.zh},
                "edition": book.about.edition,
                "timezone": book.about.timezone,
                "version": book.version,
                "sha256": book.sha256,
            }
            for book in report.rulebooks
        ],
    }


def _summary(report: Report) -> dict[str, Any]:
    return {
        "records": sum(one.rows for one in report.inputs),
        "rules": len(report.rules),
        "rules_without_data": sum(1 for result in report.rules if not result.records),
        "outcomes": report.totals,
        "waived": report.waived,
        "known": report.known,
        "violations_by_severity": dict(report.violations_by_severity),
    }


def _rules(report: Report) -> Iterator[dict[str, Any]]:
    for result in report.rules:
        rule = result.rule
        yield {
            "id": rule.id,
            "formerly": list(rule.formerly),
            "rulebook": result.rulebook.name,
            "clause": rule.clause,
            "also": list(rule.also),
            "kind": rule.kind_name,
            "severity": rule.severity,
            "record": rule.record,
            "title": {"en": rule.title.en, "zh": rule.title.zh},
            "our_defaults": list(rule.defaults),
            "overrides": list(rule.overrides),
            "records": result.records,
            "outcomes": dict(result.outcomes),
            "waived": result.waived,
            "known": result.known,
            "reason": result.reason._asdict() if result.reason else None,
        }


def _manual(report: Report) -> Iterator[dict[str, Any]]:
    for item in report.manual_items():
        yield {
            "rulebook": item.rulebook.name,
            "clause": item.number,
            "question": item.question._asdict(),
            "answer": asdict(item.answer) if item.answer else None,
        }


def _waivers(report: Report) -> Iterator[dict[str, Any]]:
    for use in report.waivers:
        yield {**use.waiver.model_dump(mode="json", by_alias=True), "state": use.state, "violations": use.violations}


def _waived(report: Report) -> Iterator[dict[str, Any]]:
    for one in report.findings.of(Outcome.VIOLATION, waived=True):
        yield {**rows.finding(report, one), "waiver": one.waiver}


def _said(result: RuleResult) -> tuple[Any, ...]:
    """Return what is alike in the JSON of all a rule's findings, as members of the object, and its evidence's names."""
    rule = result.rule
    about = {"rule": rule.id, "clause": rule.clause, "severity": rule.severity, "record": rule.record}
    title = {"title": {"en": rule.title.en, "zh": rule.title.zh}}
    return _on_one_line(about)[1:-1], _on_one_line(title)[1:-1], [f"{_on_one_line(name)}: " for name in result.evidence]


def _object(*members: str) -> str:
    return f"""concat('{{', {", ', ', ".join(members)}, '}}')"""


def _member(name: str, value: str) -> str:
    return f"concat('\"{name}\": ', {value})"


def _json(value: str) -> str:
    return f"coalesce(CAST(to_json({value}) AS VARCHAR), 'null')"


_PAIRS = f"list_transform(list_zip(r.names, f.evidence), lambda e: e[1] || {_json('e[2]')})"
_LINE = Line(
    _object(
        _member("fingerprint", _json("f.fingerprint")),
        "r.about",
        _member("key", _json("f.key")),
        _member(
            "source",
            _object(_member("path", _json("p.path")), _member("sheet", _json("p.sheet")), _member("row", 'p."row"')),
        ),
        _member("subject", _json("f.subject")),
        _member("case", _json("s.number")),
        _member("department", _json("f.department")),
        _member("at", _json('f."at"')),
        "r.title",
        _member("message", _object(_member("en", _json("f.en")), _member("zh", _json("f.zh")))),
        _member("evidence", _object(f"array_to_string({_PAIRS}, ', ')")),
        _member("due_at", _json("f.due")),
        _member("overdue", _json("f.overdue")),
        _member("known", _json("k.fingerprint IS NOT NULL")),
        _member("confirmed", _json("c.remark")),
    ),
    {"about": "VARCHAR", "title": "VARCHAR", "names": TEXTS},
    _said,
    "LEFT JOIN confirmed AS c USING (fingerprint) LEFT JOIN cases AS s USING (subject_hash)",
)
"""A finding as ``rows.finding`` has it."""
