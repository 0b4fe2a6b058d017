"""The report as JSON, and its findings as JSON Lines. The shape is published in ``schema/report.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import IO, Any

from checker.report import rows
from checker.report.model import Report
from checker.rulebook.kind import Outcome

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
        _lines(out, (line for batch in report.findings.json_lines(report.rules, outcome) for line in batch))
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
    for outcome in (Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
        head = f'{{"outcome": "{outcome.word}", '
        for batch in report.findings.json_lines(report.rules, outcome):
            out.writelines(f"{head}{line[1:]}\n" for line in batch)


def _array(out: IO[str], items: Iterable[dict[str, Any]]) -> None:
    _lines(out, (json.dumps(item, ensure_ascii=False) for item in items))


def _lines(out: IO[str], lines: Iterable[str]) -> None:
    between = "["
    for line in lines:
        out.write(f"{between}\n    {line}")
        between = ","
    out.write("[]" if between == "[" else "\n  ]")


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
