"""The violations as a GitLab code quality report."""

from __future__ import annotations

import json
from typing import IO

from checker.report.model import Report
from checker.report.plain import plain
from checker.rulebook.kind import Outcome


def write(report: Report, out: IO[str]) -> None:
    """Write the violations in the language of this run; those waived are left out, as GitLab cannot mark them."""
    between = "["
    for one in report.findings.of(Outcome.VIOLATION):
        rule = report.rules[one.rule].rule
        told = {
            "description": plain(f"{rule.title.label}: {one.called}: {one.says}"),
            "check_name": rule.id,
            "fingerprint": one.fingerprint,
            "severity": rule.severity,
            "location": {"path": one.place.path, "lines": {"begin": one.place.row}},
        }
        out.write(f"{between}\n{json.dumps(told, ensure_ascii=False)}")
        between = ","
    out.write("[]\n" if between == "[" else "\n]\n")
