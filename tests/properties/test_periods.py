"""Due dates, against a count of days one by one."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.errors import SourceError
from checker.report.model import Report
from checker.rulebook.kind import Outcome
from checker.rulebook.rulebook import Rulebook

Judge = Callable[..., Report]
Books = Callable[..., Rulebook]
DAY = dt.timedelta(days=1)
FIRST = dt.datetime.fromisoformat("2000-01-01")
IN_DAYS = (
    "same day",
    "1 day",
    "10 days",
    "45 days",
    "1 week",
    "3 weeks",
    "1 month",
    "2 months",
    "11 months",
    "25 months",
    "1 year",
    "4 years",
    "1 working day",
    "2 working days",
    "5 working days",
    "15 working days",
    "60 working days",
)
ON_THE_CLOCK = ("1 minute", "90 minutes", "1 hour", "36 hours", "1000 hours")
END = dt.date(2190, 1, 1)
LAST = max(chinese_calendar.constants.holidays).year


def counted(start: dt.date, period: str) -> dt.date | None:
    """Return the last day of a period by counting; nothing where the calendar does not reach."""
    if period == "same day":
        return start
    number, unit = period.split(" ", 1)
    count, unit = int(number), unit.removesuffix("s")
    day = start
    if unit in ("day", "week"):
        for _ in range(count * (7 if unit == "week" else 1)):
            day += DAY
        return day
    if unit == "working day":
        while count:
            day += DAY
            if day.year > LAST:
                return None
            count -= chinese_calendar.is_workday(day)
        return day
    year, month = start.year, start.month
    for _ in range(count * (12 if unit == "year" else 1)):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return dt.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def rolled(day: dt.date) -> dt.date | None:
    """Return a day, or the next one worked."""
    while day.year <= LAST:
        if chinese_calendar.is_workday(day):
            return day
        day += DAY
    return None


def rule_of(period: str) -> str:
    return period.replace(" ", "-")


def deadlines(periods: tuple[str, ...], unit: str) -> dict[str, str]:
    """Return for each period a rule over ``begun_UNIT`` and ``ended_UNIT``."""
    return {
        rule_of(one): f'deadline = {{ record = "case", from = "begun_{unit}", to = "ended_{unit}", within = "{one}" }}'
        for one in periods
    }


def due(report: Report) -> dict[str, dict[str | None, str | None]]:
    """Return by rule and key what is due when; nothing where it was not assessed."""
    found: dict[str, dict[str | None, str | None]] = {}
    for one in report.findings.of(Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
        found.setdefault(report.rules[one.rule].rule.id.removeprefix("spec/"), {})[one.key] = one.due
    return found


def told(days: dict[dt.date, dt.date | None]) -> dict[str, str | None]:
    return {str(start): str(end) if end else None for start, end in days.items()}


@pytest.fixture(scope="module")
def plain_book(book_of: Books) -> Rulebook:
    return book_of(deadlines(tuple(one for one in IN_DAYS if "working" not in one), "on"))


@pytest.fixture(scope="module")
def days_book(book_of: Books) -> Rulebook:
    one = 'record = "case", from = "begun_on", to = "ended_on", within = "1 week", roll = "next working day"'
    return book_of({**deadlines(IN_DAYS, "on"), "rolled": f"deadline = {{ {one} }}"})


def test_every_day_of_four_years(days_book: Rulebook, judged: Judge) -> None:
    first = dt.date(LAST - 3, 1, 1)
    starts = [first + n * DAY for n in range((dt.date(LAST, 12, 31) - first).days + 1)]
    rows = [{"id": str(day), "begun_on": str(day), "ended_on": ""} for day in starts]
    found = due(judged(days_book, END, case=rows))
    for period in IN_DAYS:
        assert found[rule_of(period)] == told({day: counted(day, period) for day in starts}), period
    assert found["rolled"] == told({day: rolled(day + 7 * DAY) for day in starts})


@given(st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2090, 12, 31)), min_size=1, max_size=40, unique=True))
def test_days_months_and_years_of_all_times(plain_book: Rulebook, judged: Judge, starts: list[dt.date]) -> None:
    rows = [{"id": str(day), "begun_on": str(day), "ended_on": ""} for day in starts]
    found = due(judged(plain_book, END, case=rows))
    assert len(found) == len(plain_book.rules)
    for rule, days in found.items():
        assert days == told({day: counted(day, rule.replace("-", " ")) for day in starts}), rule


@pytest.fixture(scope="module")
def clock_book(book_of: Books) -> Rulebook:
    return book_of(deadlines(ON_THE_CLOCK, "at"))


@given(
    st.lists(
        st.datetimes(FIRST, FIRST.replace(year=2050)).map(lambda m: m.replace(microsecond=0)),
        min_size=1,
        max_size=40,
        unique=True,
    )
)
def test_hours_and_minutes(clock_book: Rulebook, judged: Judge, starts: list[dt.datetime]) -> None:
    rows = [{"id": str(moment), "begun_at": str(moment), "ended_at": ""} for moment in starts]
    found = due(judged(clock_book, END, case=rows))
    for period in ON_THE_CLOCK:
        number, unit = period.split()
        length = dt.timedelta(minutes=int(number) * {"minute": 1, "hour": 60}[unit.removesuffix("s")])
        read = {key: dt.datetime.fromisoformat(when or "") for key, when in found[rule_of(period)].items()}
        assert read == {str(moment): moment + length for moment in starts}


@pytest.fixture(scope="module")
def month_book(book_of: Books) -> Rulebook:
    return book_of(deadlines(("1 month",), "on"))


def outcome(begun: dt.date, ended: dt.date | None, as_of: dt.date) -> str:
    """Return what a month's deadline comes to at the end of a day."""
    limit = counted(begun, "1 month")
    assert limit is not None
    if begun > as_of:
        return "not_applicable"
    if ended is not None and ended <= as_of:
        return "pass" if ended <= limit else "violation"
    return "pending" if as_of <= limit else "violation"


@given(
    st.lists(
        st.tuples(st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)), st.none() | st.integers(0, 60)),
        min_size=1,
        max_size=40,
    ),
    st.lists(st.dates(dt.date(2024, 1, 1), dt.date(2025, 4, 30)), min_size=2, max_size=4, unique=True),
)
def test_as_time_goes_on(
    month_book: Rulebook, judged: Judge, drawn: list[tuple[dt.date, int | None]], instants: list[dt.date]
) -> None:
    """What is not there yet or pending passes or is violated later; what is decided stays so; nothing vanishes."""
    cases = [(begun, None if days is None else begun + days * DAY) for begun, days in drawn]
    rows = [
        {"id": f"c{n}", "at": str(begun), "begun_on": str(begun), "ended_on": str(end or "")}
        for n, (begun, end) in enumerate(cases)
    ]
    before: dict[str, str] = {}
    for as_of in sorted(instants):
        now = {f"c{n}": outcome(begun, end, as_of) for n, (begun, end) in enumerate(cases)}
        if set(now.values()) == {"not_applicable"}:
            with pytest.raises(SourceError, match="all of it lies later"):
                judged(month_book, as_of, case=rows)
            continue
        report = judged(month_book, as_of, case=rows)
        (rule,) = report.rules
        words = list(now.values())
        assert {word: count for word, count in rule.outcomes.items() if count} == {w: words.count(w) for w in words}
        said = {one.key: one.outcome.word for one in report.findings.of(Outcome.VIOLATION, Outcome.PENDING)}
        assert said == {key: word for key, word in now.items() if word in ("violation", "pending")}
        assert all(now[key] == word for key, word in before.items() if word in ("pass", "violation"))
        before = now
