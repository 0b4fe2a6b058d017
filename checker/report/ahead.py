"""What falls due next: as a table, a workbook, and events for a calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from checker.language import _, bracketed, current, headed
from checker.report import rows
from checker.report.finding import Finding
from checker.report.model import Report
from checker.report.plain import lines, plain
from checker.rulebook.kind import Outcome


@dataclass(frozen=True)
class Ahead:
    """What is pending and falls due within some time.

    Attributes:
        report: The audit.
        within: From its instant on.
    """

    report: Report
    within: dt.timedelta

    def __iter__(self) -> Iterator[Finding]:
        """Yield what falls due, by day and department, soonest first."""
        return self.report.findings.due((self.report.as_of + self.within).isoformat(sep=" "))

    @cached_property
    def later(self) -> int:
        """How many others are pending: due later, or on no day that could be told."""
        return self.report.totals["pending"] - sum(1 for _one in self)

    def remaining(self, one: Finding) -> str:
        """Return how much time remains: a day that is due ends at its midnight."""
        due = dt.datetime.fromisoformat(one.due or "")
        if len(one.due or "") == 10:
            days = (due.date() - self.report.as_of.date()).days
            return _("today") if days == 0 else rows.overdue(days * 86400, current())
        return rows.overdue(int((due - self.report.as_of).total_seconds()), current())

    def department(self, one: Finding) -> str:
        """Return the department that has to act, as people call it."""
        return rows.department(self.report.rules[one.rule], one.department, current()) or _("no department")

    def line(self, one: Finding) -> list[str]:
        """Return one line of the table."""
        rule = self.report.rules[one.rule].rule
        about = [one.due or "", self.remaining(one), self.department(one), _(rule.severity)]
        return [*about, str(rule.title.label), one.key or "", one.says]


def headers() -> list[str]:
    """Return the headers of the table."""
    return [_("due"), _("remaining"), _("department"), _("severity"), _("title"), _("key"), _("finding")]


def write_workbook(ahead: Ahead, path: Path) -> None:
    """Write what falls due as a workbook."""
    from checker.report.workbook import Coloured, Column, Workbook, moment  # noqa: PLC0415  # only workbooks need it

    report = ahead.report
    widths = (17, 12, 16, 10, 36, 18, 70)
    columns = [Column(header, width) for header, width in zip(headers(), widths, strict=True)]
    columns += [Column(_("subject"), 16), Column(_("clause"), 16), Column(_("file"), 34), Column(_("row"), 8)]

    def row(one: Finding) -> list[Any]:
        rule = report.rules[one.rule].rule
        _due, remaining, department, _severity, *rest = ahead.line(one)
        about = [moment(one.due), remaining, department, Coloured(rule.severity), *rest]
        return [*about, one.subject, rule.clause, one.place.path, one.place.row]

    with Workbook(path, report.as_of, _("Falling due")) as book:
        book.table(_("Falling due"), columns, map(row, ahead))


def write_calendar(ahead: Ahead, out: IO[bytes]) -> None:
    """Write what falls due as iCalendar: one event for each, all day where a day is due, an hour ahead otherwise."""
    from icalendar import Calendar  # noqa: PLC0415  # only calendars need it

    calendar = Calendar()
    calendar.add("prodid", f"-//rulebook-checker//{ahead.report.version}//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Falling due"))
    head, end = calendar.to_ical().split(b"END:VCALENDAR")
    out.write(head)
    for one in ahead:
        out.write(_event(ahead, one))
    out.write(b"END:VCALENDAR" + end)


def _event(ahead: Ahead, one: Finding) -> bytes:
    from icalendar import Alarm, Event  # noqa: PLC0415

    report = ahead.report
    result = report.rules[one.rule]
    rule, zone = result.rule, ZoneInfo(result.rulebook.about.timezone)
    due = dt.datetime.fromisoformat(one.due or "")
    event = Event()
    event.add("uid", f"{one.fingerprint}@rulebook-checker")
    event.add("dtstamp", report.as_of.replace(tzinfo=zone).astimezone(dt.UTC))
    event.add("summary", plain(headed(ahead.department(one), f"{rule.title.label}{bracketed(one.called)}")))
    event.add("description", lines(f"{one.says}\n{rule.clause} {rule.id}\n{one.place}"))
    event.add("categories", [plain(ahead.department(one)), _(rule.severity)])
    if len(one.due or "") == 10:
        event.add("dtstart", due.date())
        event.add("dtend", due.date() + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        instant = due.replace(tzinfo=zone).astimezone(dt.UTC)
        event.add("dtstart", instant - dt.timedelta(hours=1))
        event.add("dtend", instant)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", plain(str(rule.title.label)))
    alarm.add("trigger", dt.timedelta(days=-1) if rule.severity in ("critical", "major") else dt.timedelta(hours=-1))
    event.add_component(alarm)
    ical: bytes = event.to_ical()
    return ical


def as_json(ahead: Ahead) -> Iterator[dict[str, Any]]:
    """Yield what falls due as the JSON report has it, with what remains."""
    for one in ahead:
        yield {**rows.finding(ahead.report, one), "outcome": Outcome.PENDING.word, "remaining": ahead.remaining(one)}
