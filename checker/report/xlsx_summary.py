"""The first sheet of the workbook: the figures, the rulebooks, the inputs, the waivers."""

from __future__ import annotations

from checker.language import _
from checker.report import rows
from checker.report.model import OUTCOMES, Report
from checker.report.terminal import idle
from checker.report.workbook import Coloured, Workbook
from checker.rulebook.coverage import DISPOSITIONS, counted, coverage


def write(report: Report, book: Workbook, title: str) -> None:
    """Write the sheet that sums the audit up."""
    sheet = book.sheet(_("Summary"))
    sheet.widths([40, 18, 14, 14, 14, 14, 14, 14, 68])
    sheet.line([title], [book.big])
    sheet.line([f"rulebook-checker {report.version}, {report.engine}"])
    sheet.line([])
    totals, severities = report.totals, report.violations_by_severity
    sheet.line([_("records read"), sum(one.rows for one in report.inputs)])
    for outcome in OUTCOMES:
        sheet.line([rows.outcome(outcome), totals[outcome]])
    sheet.line([_("waived"), report.waived])
    if report.baseline is not None:
        sheet.line([_("known from {baseline}").format(baseline=report.baseline), report.known])
    if report.unmatched:
        sheet.line([_("confirmed findings that are not there any more"), report.unmatched])
    if report.unasked:
        sheet.line([_("answers about clauses that are not asked here"), report.unasked])
    sheet.line([])
    sheet.line([_("violations by severity")], [book.bold])
    for severity, count in severities.items():
        sheet.line([Coloured(severity), count])
    sheet.line([])
    headers = [_("rulebook"), _("edition"), _("clauses"), *map(_, DISPOSITIONS), "sha256"]
    sheet.line(headers, [book.header] * len(headers))
    for one in report.audited:
        numbers = counted(coverage(one))
        label = str(one.about.title.label)
        sheet.line([label, str(rows.edition(one)), len(one.clauses), *numbers.values(), one.sha256])
    if report.idle:
        sheet.line([idle(report)])
    sheet.line([])
    headers = [*rows.input_columns(), _("bytes"), _("encoding"), _("rulebook"), "sha256"]
    sheet.line(headers, [book.header] * len(headers))
    for file in report.inputs:
        sheet.line([*rows.input_cells(report, file), file.bytes, file.encoding, file.rulebook, file.sha256])
    for told in rows.about_inputs(report):
        sheet.line([str(told)])
    if report.waivers:
        sheet.line([])
        headers = [
            _("waiver"),
            _("key"),
            _("state"),
            _("from"),
            _("until"),
            _("approver"),
            _("violations"),
            "",
            _("reason"),
        ]
        sheet.line(headers, [book.header] * len(headers))
        for use in report.waivers:
            waiver = use.waiver
            period = (waiver.from_, waiver.until)
            sheet.line(
                [waiver.rule, waiver.key, rows.state(use), *period, waiver.approver, use.violations, "", waiver.reason]
            )
