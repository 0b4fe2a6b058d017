"""Findings as CSV, so that Excel opens them with their Chinese intact and no cell is a formula."""

from __future__ import annotations

from typing import IO

from checker.language import _, current
from checker.report.bulk import csv_line
from checker.report.model import Report
from checker.rulebook.kind import Outcome


def write(report: Report, out: IO[str]) -> None:
    """Write every finding as one row, in the language of this run."""
    out.write("\ufeff")
    headers = (
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
    )
    out.write(csv_line(headers))
    for outcome in (Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
        for batch in report.findings.csv_lines(report.rules, outcome, current()):
            out.write("\r\n".join((*batch, "")))
