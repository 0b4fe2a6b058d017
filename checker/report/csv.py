"""Findings as CSV, so that Excel opens them with their Chinese intact and no cell is a formula."""

from __future__ import annotations

import csv
from typing import IO

from checker.language import _, current
from checker.report import rows
from checker.report.model import Report
from checker.report.plain import harmless
from checker.rulebook.kind import Outcome


def write(report: Report, out: IO[str]) -> None:
    """Write every finding as one row, in the language of this run."""
    out.write("\ufeff")
    table = csv.writer(out)
    table.writerow(
        [
            _("outcome"),
            _("severity"),
            _("rule"),
            _("clause"),
            _("title"),
            _("file"),
            _("sheet"),
            _("row"),
            _("key"),
            _("subject"),
            _("department"),
            _("date"),
            _("due"),
            _("overdue"),
            _("finding"),
            _("evidence"),
            _("fingerprint"),
        ]
    )
    language = current()
    for outcome in (Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
        for one in report.findings.of(outcome):
            result = report.rules[one.rule]
            table.writerow(
                map(
                    harmless,
                    [
                        rows.outcome(outcome.word),
                        _(result.rule.severity),
                        result.rule.id,
                        result.rule.clause,
                        str(result.rule.title.label),
                        one.place.path,
                        one.place.sheet,
                        one.place.row,
                        one.key,
                        one.subject,
                        rows.department(result, one.department, language),
                        one.at,
                        one.due,
                        rows.overdue(one.overdue, language),
                        one.zh if language == "zh" else one.en,
                        rows.evidence(result, one, language),
                        one.fingerprint,
                    ],
                )
            )
