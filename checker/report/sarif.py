"""The report as SARIF 2.1.0, for code scanning: a violation stands at the row of the exported file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import IO, Any
from urllib.parse import quote

from checker.language import _, current
from checker.report import rows
from checker.report.finding import Finding, Place
from checker.report.model import Report, RuleResult
from checker.report.plain import plain
from checker.rulebook.kind import Outcome
from checker.rulebook.rule import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS: dict[Severity, str] = {"critical": "error", "major": "error", "minor": "warning", "info": "note"}

_LINES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
"""The files in which a row is a line."""


def write(report: Report, out: IO[str]) -> None:
    """Write the report in the language of this run, finding by finding."""
    run = {
        "tool": {"driver": _driver(report)},
        "language": "zh-CN" if current() == "zh" else "en-US",
        "columnKind": "unicodeCodePoints",
        "artifacts": list(_artifacts(report)),
        "invocations": [_invocation(report)],
        "properties": {"as_of": report.as_of.isoformat(), "outcomes": report.totals, "waived": report.waived},
    }
    head = json.dumps({"$schema": SCHEMA, "version": "2.1.0"}, ensure_ascii=False)[:-1]
    out.write(f'{head}, "runs": [{json.dumps(run, ensure_ascii=False)[:-1]}, "results": [')
    between = ""
    for one in _violations(report):
        out.write(f"{between}\n{json.dumps(_result(report, one), ensure_ascii=False)}")
        between = ","
    out.write("\n]}]}\n")


def _violations(report: Report) -> Iterator[Finding]:
    yield from report.findings.of(Outcome.VIOLATION)
    yield from report.findings.of(Outcome.VIOLATION, waived=True)


def _driver(report: Report) -> dict[str, Any]:
    return {
        "name": "checker",
        "version": report.version,
        "semanticVersion": report.version,
        "rules": [_rule(result) for result in report.rules],
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    rule = result.rule
    clause = result.rulebook.clauses[rule.clause]
    return {
        "id": rule.id,
        "shortDescription": {"text": str(rule.title.label)},
        "fullDescription": {"text": f"{rule.clause}: {clause.label}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"clause": rule.clause, "severity": rule.severity, "tags": [result.rulebook.name, rule.record]},
    }


def _artifacts(report: Report) -> Iterator[dict[str, Any]]:
    """Yield each file once: several inputs may be sheets of one."""
    seen = set()
    for one in report.inputs:
        path = one.place if Path(one.place).exists() else one.place.rpartition(":")[0] or one.place
        if path not in seen:
            seen.add(path)
            yield {"location": {"uri": uri(path)}, "length": one.bytes, "hashes": {"sha-256": one.sha256}}


def _invocation(report: Report) -> dict[str, Any]:
    """Return what could not be judged: rules without data, records not assessed, data errors."""
    missing = [
        {
            "level": "warning",
            "associatedRule": {"id": result.rule.id, "index": index},
            "message": {"text": plain(_why(result))},
        }
        for index, result in enumerate(report.rules)
        if result.reason or result.outcomes["not_assessed"]
    ]
    wrong = [
        {
            "level": "warning",
            "message": {"text": plain(str(rows.told(report, one)))},
            "locations": [_location(one.place, one.record, one.key)],
        }
        for one in report.findings.data_errors()
    ]
    return {
        "executionSuccessful": True,
        "toolConfigurationNotifications": missing,
        "toolExecutionNotifications": wrong,
    }


def _why(result: RuleResult) -> str:
    if result.reason:
        return str(result.reason)
    return _("{count} of {records} records could not be assessed").format(
        count=result.outcomes["not_assessed"], records=result.records
    )


def _result(report: Report, one: Finding) -> dict[str, Any]:
    result = report.rules[one.rule]
    rule = result.rule
    found: dict[str, Any] = {
        "ruleId": rule.id,
        "ruleIndex": one.rule,
        "level": _LEVELS[rule.severity],
        "message": {"text": plain(f"{rule.title.label}: {one.says}")},
        "locations": [_location(one.place, rule.record, one.key)],
        "partialFingerprints": {"ruleAndKey/v1": one.fingerprint},
        "properties": {"due_at": one.due, "overdue": one.overdue, "department": plain(one.department or "")},
    }
    if report.baseline is not None:
        found["baselineState"] = "unchanged" if one.known else "new"
    if one.waiver is not None:
        waiver = report.waivers[one.waiver].waiver
        justification = f"{waiver.reason} ({waiver.approver}, {waiver.until})"
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return found


def _location(place: Place, record: str, key: str | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri(place.path)}}
    if place.path.lower().endswith(_LINES):
        physical["region"] = {"startLine": place.row}
    names: Iterable[str] = (record, *([place.sheet] if place.sheet else []), str(place.row))
    logical = {"name": plain(key or str(place.row)), "fullyQualifiedName": "/".join(map(plain, names)), "kind": "row"}
    return {"physicalLocation": physical, "logicalLocations": [logical]}


def uri(path: str) -> str:
    """Return a file's name as a URI, relative as it was named."""
    return PurePath(path).as_uri() if PurePath(path).is_absolute() else quote(PurePath(path).as_posix())
