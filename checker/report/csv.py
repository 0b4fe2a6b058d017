"""Findings as CSV, so that Excel opens them with their Chinese intact and no cell is a formula."""

from __future__ import annotations

import csv
from typing import IO

from checker.language import _, current
from checker.report.model import Report
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
    for outcome in (Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
        for batch in report.findings.csv_rows(report.rules, outcome, current()):
            table.writerows(batch)
