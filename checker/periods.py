"""Periods as manuals state them, and the last day each allows.

Counting follows the Civil Code of China, arts. 201 to 203: the day of the event is not counted, a period in
days ends at 24:00 of its last day, a period in months or years ends on the same day number or, where the
month has none, on its last day. Minutes and hours are exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema
from sqlglot import exp

from checker.errors import UnplacedError
from checker.language import Label, _, both
from checker.sql import sql

Unit = Literal["minute", "hour", "day", "working day", "week", "month", "year"]

_CHINESE: dict[Unit, str] = {
    "minute": "分钟",
    "hour": "小时",
    "day": "天",
    "working day": "个工作日",
    "week": "周",
    "month": "个月",
    "year": "年",
}

_PERIOD = re.compile(r"([0-9]{1,9}) (minute|hour|day|working day|week|month|year)s?")
_HUNDRED_YEARS: dict[Unit, int] = {
    "minute": 52_596_000,
    "hour": 876_600,
    "day": 36_525,
    "working day": 36_525,
    "week": 5_217,
    "month": 1_200,
    "year": 100,
}
"""The longest periods; longer ones are mistakes, and lead to dates that no engine holds."""


@dataclass(frozen=True)
class Period:
    """A number of units of time.

    ``Period.parse`` reads ``'10 days'``, ``'3 working days'``, ``'1 hour'``, ``'6 months'`` and ``'same day'``
    (no day at all, so the period ends with the day of the event).
    """

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period.

        Raises:
            UnplacedError: for what is none; it says what one looks like.
        """
        if text == "same day":
            return cls(0, "day")
        if not (match := _PERIOD.fullmatch(str(text))):
            raise UnplacedError(
                _("{text!r} is no period").format(text=text),
                _("write one such as '10 days', '3 working days', '1 hour', '2 months' or 'same day'"),
            )
        unit: Unit = match[2]  # type: ignore[assignment]  # the pattern admits only units
        if int(match[1]) > _HUNDRED_YEARS[unit]:
            raise UnplacedError(
                _("{text!r} is longer than a hundred years").format(text=text), _("write a shorter one")
            )
        return cls(int(match[1]), unit)

    @property
    def exact(self) -> bool:
        """Whether the period runs on the clock rather than in days."""
        return self.unit in ("minute", "hour")

    def __str__(self) -> str:
        if (self.count, self.unit) == (0, "day"):
            return "same day"
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def label(self) -> Label:
        """The period as a sentence names it."""
        if (self.count, self.unit) == (0, "day"):
            return both("the same day")
        return Label(str(self), f"{self.count}{_CHINESE[self.unit]}")

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:  # noqa: ANN401  # pydantic's signature
        read = core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema())
        given = core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value)
        )
        return core_schema.json_or_python_schema(
            json_schema=read,
            python_schema=given,
            serialization=core_schema.to_string_ser_schema(),
        )


WorkingDay = Callable[[exp.Expr, int], exp.Expr]


def last_day(start: exp.Expr, period: Period, working_day: WorkingDay) -> exp.Expr:
    """Return the DATE on which a period in days, weeks, months or years ends.

    ``start`` is the DATE of the event. ``working_day(start, n)`` must give the n-th working day after a DATE,
    NULL past the calendar.
    """
    if period.unit == "working day":
        return working_day(start, period.count)
    if period.unit in ("day", "week"):
        days = period.count * (7 if period.unit == "week" else 1)
        return sql(":start + :days", start=start, days=days) if days else start
    months = period.count * (12 if period.unit == "year" else 1)
    return sql(f"CAST(:start + INTERVAL '{months}' MONTH AS DATE)", start=start)


def last_instant(start: exp.Expr, period: Period) -> exp.Expr:
    """Return the TIMESTAMP at which a period in minutes or hours ends, from the TIMESTAMP of the event."""
    return sql(f":start + INTERVAL '{period.count}' {period.unit.upper()}", start=start)
