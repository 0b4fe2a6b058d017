"""Findings as CSV, so that Excel opens them with their Chinese intact and no cell is a formula."""

from __future__ import annotations

import csv
from typing import IO, Any

from checker.language import _, current
from checker.report import rows
from checker.report.model import Report
from checker.rulebook.kind import Outcome

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
            evidence = zip(result.evidence, one.evidence, strict=True)
            table.writerow(
                map(
                    harmless,
                    [
                        _(outcome.word),
                        _(result.rule.severity),
                        result.rule.id,
                        result.rule.clause,
                        str(result.rule.title.label),
                        one.place.path,
                        one.place.row,
                        one.key,
                        one.subject,
                        rows.department(result, one.department, language),
                        one.at,
                        one.due,
                        rows.overdue(one.overdue, language),
                        one.zh if language == "zh" else one.en,
                        "; ".join(f"{name}={value if value is not None else ''}" for name, value in evidence),
                        one.fingerprint,
                    ],
                )
            )


def harmless(cell: Any) -> Any:  # noqa: ANN401  # a cell's text or number
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str):
        cell = "".join(letter for letter in cell if letter >= " " or letter in "\t\n")
        return f"'{cell}" if cell.startswith(_FORMULA) else cell
    return "" if cell is None else cell
