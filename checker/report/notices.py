"""Rectification notices: for each department a document that says what to put right, by when, with lines to sign."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jinja2

from checker.language import _, current, headed, listed
from checker.report import notice_docx, rows
from checker.report.finding import Finding
from checker.report.model import Report, by_severity
from checker.report.plain import lines, plain, short

MOST = 500
"""How many findings a notice lists; those beyond are counted, and said to be left out."""

CHARACTERS = 2_000
"""How long a text in a notice may be."""


@dataclass(frozen=True)
class Item:
    """One thing to put right."""

    number: int
    rulebook: str
    severity: str
    clause: str
    demand: str
    title: str
    finding: str
    place: str
    until: dt.date


@dataclass(frozen=True)
class Notice:
    """What one department has to put right.

    Attributes:
        name: The name of its files, without the ending.
        department: As people call it.
        items: The gravest first.
        hidden: How many more there are.
    """

    name: str
    department: str
    as_of: str
    rulebooks: str
    items: tuple[Item, ...]
    hidden: int

    @property
    def signatures(self) -> tuple[str, ...]:
        """Return who signs."""
        return (_("Issued by"), _("Received by the department"), _("Put right by"), _("Verified by"))

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the headers of the table."""
        return (_("No."), _("severity"), _("finding"), _("what the manual asks"), _("put right by"), _("done"))


def write(report: Report, folder: Path) -> None:
    """Write each notice as HTML and DOCX into a folder, which is made if it is not there."""
    folder.mkdir()
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent / "assets"), autoescape=True)
    template = environment.get_template("notice.html")
    for notice in notices(report):
        page = template.render(notice=notice, _=_, headed=headed, lang="zh-CN" if current() == "zh" else "en")
        (folder / f"{notice.name}.html").write_text(page, encoding="utf-8")
        notice_docx.write(notice, report.as_of, folder / f"{notice.name}.docx")


def notices(report: Report) -> Iterator[Notice]:
    """Yield a notice for each department that has something to put right."""
    order = [result.number for result in by_severity(report.rules)]
    names: set[str] = set()
    for code, count in report.findings.departments():
        found = report.findings.of_department(code, order, MOST)
        items = tuple(_item(report, number, one) for number, one in enumerate(found, 1))
        called = _called(report, code)
        name = _file_name(report.as_of, code or "unassigned")
        while name.casefold() in names:  # as some systems take them for one file
            name += "-"
        names.add(name.casefold())
        books = listed(dict.fromkeys(one.rulebook for one in items))
        as_of = report.as_of.isoformat(sep=" ")
        yield Notice(name, called, as_of, books, items, count - len(items))


def _item(report: Report, number: int, one: Finding) -> Item:
    result = report.rules[one.rule]
    rule = result.rule
    return Item(
        number=number,
        rulebook=str(rows.book_called(result.rulebook)),
        severity=_(rule.severity),
        clause=rule.clause,
        demand=str(result.rulebook.clauses[rule.clause].label),
        title=str(rule.title.label),
        finding=_short(headed(one.called, one.says)),
        place=_short(str(one.place)),
        until=_after(report.as_of.date(), report.correct_within[rule.severity]),
    )


def _after(day: dt.date, days: int) -> dt.date:
    """Return the day so many days later, or the last that there is."""
    return dt.date.fromordinal(min(day.toordinal() + days, dt.date.max.toordinal()))


def _short(text: str) -> str:
    return short(lines(text), CHARACTERS, " …")


def _called(report: Report, code: str | None) -> str:
    """Return a department as people call it."""
    if code is None:
        return _("no department named in the records")
    names = (rows.department(result, code, current()) for result in report.rules)
    return plain(next((name for name in names if name not in ("", code)), code.replace("_", " ")))


def _file_name(as_of: dt.datetime, code: str) -> str:
    """Return a file's name that says the day and the department, whatever the department's code holds."""
    harmless = re.sub(r"[^\w-]+", "-", code)[:50]
    return f"notice-{as_of.date()}-{harmless}"
