"""The report as a workbook: to work through, to write conclusions into, and to give back with ``--review``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from checker.language import _, current
from checker.report import rows, xlsx_summary
from checker.report.finding import Finding
from checker.report.model import OUTCOMES, Report
from checker.report.sheets import answers, conclusions, review_columns
from checker.report.workbook import Cell, Coloured, Column, Workbook, moment
from checker.rulebook.coverage import coverage
from checker.rulebook.kind import Outcome


def write(report: Report, path: Path) -> None:
    """Write the report as a workbook in the language of this run."""
    title = _("Audit as of {instant}").format(instant=report.as_of.isoformat(sep=" "))
    with Workbook(path, report.as_of, title) as book:
        xlsx_summary.write(report, book, title)
        review = [*_about(), *_asked(), *_further()]
        book.table(_("Findings"), review, (_reviewed(report, one) for one in report.gravest(Outcome.VIOLATION)))
        if report.waived:
            found = report.findings.of(Outcome.VIOLATION, waived=True)
            book.table(_("Waived"), review, (_waived(report, one) for one in found))
        told = [*_about(), *_further()]
        book.table(_("Pending"), told, (_told(report, one) for one in report.gravest(Outcome.PENDING)))
        why = [Column(_("records"), 9), *told]
        book.table(_("Not assessed"), why, _not_assessed(report))
        _data_errors(report, book)
        _manual(report, book)
        _coverage(report, book)
        _rules(report, book)


def _about() -> list[Column]:
    """Return the columns that come first wherever findings are listed."""
    return [
        Column(_("severity"), 9),
        Column(_("title"), 32),
        Column(_("key"), 16),
        Column(_("finding"), 60),
        Column(_("due"), 16),
        Column(_("days overdue"), 9),
        Column(_("department"), 12),
    ]


def _asked() -> list[Column]:
    """Return the columns that an inspector fills in."""
    words = review_columns()
    choices = [str(label) for label in conclusions().values()]
    return [
        Column(str(words["conclusion"]), 12, choices, fill_in=True),
        Column(str(words["remark"]), 28, fill_in=True),
        Column(str(words["approver"]), 12, fill_in=True),
        Column(str(words["until"]), 13, fill_in=True),
    ]


def _further() -> list[Column]:
    """Return the columns that come last wherever findings are listed."""
    return [
        Column(_("subject"), 14),
        Column(_("date"), 16),
        Column(_("file"), 46),
        Column(_("sheet"), 12),
        Column(_("row"), 7),
        Column(_("clause"), 14),
        Column(_("rule"), 34),
        Column(_("evidence"), 50),
        Column(_("fingerprint"), 18),
        Column(_("new"), 7),
    ]


def _first(report: Report, one: Finding) -> list[Cell]:
    result, language = report.rules[one.rule], current()
    rule = result.rule
    days = None if one.overdue is None else round(one.overdue / 86400, 2)
    department = rows.department(result, one.department, language)
    return [Coloured(rule.severity), str(rule.title.label), one.key, one.says, moment(one.due), days, department]


def _last(report: Report, one: Finding) -> list[Cell]:
    rule, place = report.rules[one.rule].rule, one.place
    new = None if report.baseline is None else (_("no") if one.known else _("yes"))
    evidence = rows.evidence(report.rules[one.rule], one, current())
    where: list[Cell] = [place.path, place.sheet, place.row]
    return [one.subject, moment(one.at), *where, rule.clause, rule.id, evidence, one.fingerprint, new]


def _told(report: Report, one: Finding) -> list[Cell]:
    return [*_first(report, one), *_last(report, one)]


def _reviewed(report: Report, one: Finding) -> list[Cell]:
    conclusion = None if one.remark is None else str(conclusions()["confirmed"])
    return [*_first(report, one), conclusion, one.remark, None, None, *_last(report, one)]


def _waived(report: Report, one: Finding) -> list[Cell]:
    waiver, conclusion = report.waivers[one.waiver or 0].waiver, str(conclusions()["waived"])
    return [*_first(report, one), conclusion, waiver.reason, waiver.approver, waiver.until, *_last(report, one)]


def _not_assessed(report: Report) -> Iterator[Sequence[Cell]]:
    """Yield a row for each rule that lacks its data, and one for each record that could not be assessed."""
    for result in report.rules:
        if result.reason and result.rulebook not in report.idle:
            rule = result.rule
            nothing = [None] * 8
            yield [
                result.outcomes["not_assessed"],
                *(Coloured(rule.severity), str(rule.title.label), None, str(result.reason)),
                *nothing,
                *(rule.clause, rule.id),
            ]
    for one in report.findings.of(Outcome.NOT_ASSESSED):
        yield [1, *_told(report, one)]


def _data_errors(report: Report, book: Workbook) -> None:
    columns = [
        Column(_("file"), 34),
        Column(_("sheet"), 12),
        Column(_("row"), 8),
        Column(_("record"), 16),
        Column(_("key"), 18),
        Column(_("field"), 18),
        Column(_("value"), 24),
        Column(_("problem"), 70),
    ]
    book.table(
        _("Data errors"),
        columns,
        (
            [
                *(one.place.path, one.place.sheet, one.place.row),
                *(str(rows.record_called(report, one)), one.key),
                *(str(rows.field_called(report, one)), one.value, str(rows.told(report, one))),
            ]
            for one in report.findings.data_errors()
        ),
    )


def _manual(report: Report, book: Workbook) -> None:
    words, options = review_columns(), answers()
    columns = [
        Column(str(words["rulebook"]), 14),
        Column(str(words["clause"]), 16),
        Column(_("question"), 70),
        Column(str(words["answer"]), 14, [str(label) for label in options.values()], fill_in=True),
        Column(str(words["remark"]), 40, fill_in=True),
        Column(str(words["by"]), 14, fill_in=True),
        Column(str(words["on"]), 14, fill_in=True),
    ]
    lines: list[list[Cell]] = []
    for item in report.manual_items():
        answer = item.answer
        given: list[Cell] = [str(options[answer.answer]), answer.remark, answer.by, moment(answer.on)] if answer else []
        lines.append([item.rulebook.name, item.number, str(item.question), *(given or [None] * 4)])
    book.table(_("Manual inspection"), columns, lines)


def _coverage(report: Report, book: Workbook) -> None:
    columns = [
        Column(_("rulebook"), 14),
        Column(_("clause"), 16),
        Column(_("disposition"), 13),
        Column(_("content"), 60),
        Column(_("checked by"), 60),
        Column(_("violations"), 10),
        Column(_("answer"), 14),
    ]
    lines: list[list[Cell]] = []
    for book_ in report.audited:
        for one in coverage(book_):
            answer = report.answers.get((book_.name, one.number))
            lines.append(
                [
                    *(book_.name, one.number, Coloured(one.disposition), str(one.clause.label)),
                    ", ".join(rule.id for rule in one.rules),
                    report.violations_of(one.rules),
                    str(answers()[answer.answer]) if answer else None,
                ]
            )
    book.table(_("Coverage"), columns, lines)


def _rules(report: Report, book: Workbook) -> None:
    columns = [
        Column(_("severity"), 9),
        Column(_("rule"), 40),
        Column(_("clause"), 16),
        Column(_("title"), 40),
        Column(_("records"), 10),
        *(Column(rows.outcome(outcome), 13) for outcome in OUTCOMES),
        Column(_("waived"), 10),
        Column(_("our default"), 16),
        Column(_("why not"), 50),
    ]
    lines: list[list[Cell]] = []
    for result in report.rules:
        if result.rulebook in report.idle:
            continue
        rule = result.rule
        about = (Coloured(rule.severity), rule.id, rule.clause, str(rule.title.label), result.records)
        counts = (*(result.outcomes[outcome] for outcome in OUTCOMES), result.waived)
        lines.append([*about, *counts, ", ".join(rule.defaults), str(result.reason or "")])
    book.table(_("Rules"), columns, lines)
