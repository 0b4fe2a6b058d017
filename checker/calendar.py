"""Working days in China: weekends, official holidays and the make-up days worked for them.

The dates are those of the State Council's yearly notices, as the package ``chinesecalendar`` publishes them.
Past the last notice nothing is known, so nothing is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from checker.errors import UsageError
from checker.language import _


@dataclass(frozen=True)
class Calendar:
    """The working days of some whole years.

    Attributes:
        first: The first day it knows.
        last: The last day it knows.
        holidays: Days off that fall on weekdays, and weekend days that are holidays.
        made_up: Weekend days that are worked.
    """

    first: dt.date
    last: dt.date
    holidays: frozenset[dt.date] = field(repr=False)
    made_up: frozenset[dt.date] = field(repr=False)

    def is_working(self, day: dt.date) -> bool:
        """Return whether a day is worked."""
        return day in self.made_up or (day.weekday() < 5 and day not in self.holidays)

    def days(self) -> Iterator[tuple[dt.date, bool, int]]:
        """Yield each day, whether it is worked, and the number of working days up to and with it."""
        count, day = 0, self.first
        while day <= self.last:
            working = self.is_working(day)
            count += working
            yield day, working, count
            day += dt.timedelta(1)

    def extended(self, years: Iterable[int], holidays: Iterable[dt.date], made_up: Iterable[dt.date]) -> Calendar:
        """Return the calendar with newly published years, each right after the last.

        Raises:
            UsageError: for a year that leaves a gap or is known already, and for days of other years.
        """
        last = self.last
        for year in sorted(years):
            if year != last.year + 1:
                raise UsageError(
                    "calendar.years",
                    _("{year} does not follow {last}").format(year=year, last=last.year),
                    _("add the years from {year} on, one by one").format(year=last.year + 1),
                )
            last = dt.date(year, 12, 31)
        holidays, made_up = frozenset(holidays), frozenset(made_up)
        for day in sorted(holidays | made_up):
            if not self.last < day <= last:
                raise UsageError(
                    "calendar",
                    _("{day} lies outside the years added").format(day=day),
                    _("add its year to calendar.years"),
                )
        return Calendar(self.first, last, self.holidays | holidays, self.made_up | made_up)


@cache
def published() -> Calendar:
    """Return the calendar as published so far."""
    from chinese_calendar.constants import holidays, workdays  # noqa: PLC0415  # only working days need it

    years = {day.year for day in holidays}
    return Calendar(dt.date(min(years), 1, 1), dt.date(max(years), 12, 31), frozenset(holidays), frozenset(workdays))
