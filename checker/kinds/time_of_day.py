"""``time_of_day``: something happens within certain hours, which may change with the season."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema, model_validator
from sqlglot import exp

from checker.errors import UnplacedError
from checker.language import N_, Label, _
from checker.rulebook import moments
from checker.rulebook.dated import Dated
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Listing, Outcome
from checker.rulebook.model import Model
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError
from checker.sql import FALSE, NULL, TRUE, every, first_of, is_null, negated, some, sql

_HOURS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")


@dataclass(frozen=True)
class Hours:
    """From one clock time to another, both included; past midnight where the second is the earlier."""

    begin: dt.time
    end: dt.time

    @classmethod
    def parse(cls, text: Any) -> Hours:  # noqa: ANN401  # whatever stands in the file
        """Read ``'08:00-18:00'``; ``24:00`` is the end of the day."""
        if isinstance(text, Hours):
            return text
        try:
            begin, end = _HOURS.fullmatch(text).groups()  # type: ignore[union-attr]
            last = dt.time(23, 59, 59, 999999) if end == "24:00" else dt.time.fromisoformat(end)
            hours = cls(dt.time.fromisoformat(begin), last)
        except (AttributeError, TypeError, ValueError):
            raise UnplacedError(
                _("{text!r} is no hours").format(text=text), _("write such as '08:00-18:00' or '22:00-06:00'")
            ) from None
        if hours.begin == hours.end:
            raise UnplacedError(
                _("{text!r} end when they begin").format(text=text), _("write '00:00-24:00' for the whole day")
            )
        return hours

    def __str__(self) -> str:
        end = "24:00" if self.end.microsecond else f"{self.end:%H:%M}"
        return f"{self.begin:%H:%M}-{end}"

    def holds(self, clock: exp.Expr) -> exp.Expr:
        """Whether a TIME lies within."""
        begin, end = (sql("CAST(:t AS TIME)", t=one.isoformat()) for one in (self.begin, self.end))
        word = "AND" if self.begin <= self.end else "OR"
        return sql(f":c >= :b {word} :c <= :e", c=clock, b=begin, e=end)


_Hours = Annotated[Hours, BeforeValidator(Hours.parse), PlainSerializer(str), WithJsonSchema({"type": "string"})]
_LEAP_YEAR = 2024
_EVERY_DAY = [f"{dt.date(_LEAP_YEAR, 1, 1) + dt.timedelta(number):%m-%d}" for number in range(366)]


def _day(text: Any) -> str:  # noqa: ANN401  # whatever stands in the file
    """Read a day of the year, ``05-01``."""
    if text not in _EVERY_DAY:
        raise UnplacedError(_("{text!r} is no day of the year").format(text=text), _("write such as '05-01'"))
    return str(text)


_Day = Annotated[
    str,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "pattern": r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"}),
]


class Season(Model):
    """Hours from one day of the year to another, both included; past New Year where the second is the earlier."""

    from_: _Day
    to: _Day
    hours: Dated[_Hours]

    def includes(self, day: str) -> bool:
        """Whether a day of the year, ``05-01``, lies within."""
        if self.from_ <= self.to:
            return self.from_ <= day <= self.to
        return day >= self.from_ or day <= self.to

    def holds(self, day: exp.Expr) -> exp.Expr:
        """Whether a DATE lies within."""
        number = sql("EXTRACT(MONTH FROM :d) * 100 + EXTRACT(DAY FROM :d)", d=day)
        begin, end = (int(one.replace("-", "")) for one in (self.from_, self.to))
        word = "AND" if begin <= end else "OR"
        return sql(f":n >= :b {word} :n <= :e", n=number, b=begin, e=end)


class TimeOfDay(Kind):
    """A clock time lies within hours.

    Attributes:
        at: The datetime or time.
        hours: The hours, outside all seasons: ``"08:00-17:30"``, both included; ``"22:00-06:00"`` goes past midnight,
            and ``24:00`` is the end of the day.
        season: Hours of parts of the year: a list of ``{ from = "05-01", to = "09-30", hours = "08:00-18:00" }``, both
            days included, past New Year where ``to`` is the earlier. No day lies in two of them.
        day: The date that says which season it is, where ``at`` has none.
    """

    at: str
    hours: Dated[_Hours] | None = None
    season: tuple[Season, ...] = ()
    day: str | None = None

    @model_validator(mode="after")
    def _some_hours(self) -> TimeOfDay:
        if self.hours is None and not self.season:
            message = N_("give hours or seasons")
            raise ValueError(message)
        twice = next((day for day in _EVERY_DAY if sum(season.includes(day) for season in self.season) > 1), None)
        if twice is not None:
            raise UnplacedError(
                _("{day} lies in two seasons").format(day=twice), _("let each begin after the other ends")
            )
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        at = scope.value(self.at, "datetime", "time")
        unclear = moments.day_only(at.sql) if at.type == "datetime" else FALSE
        clock = sql("CAST(:a AS TIME)", a=at.sql)
        day = scope.moment(self.day).sql if self.day else at.sql
        if self.season and not self.day and at.type == "time":
            raise ExpressionError(
                _("{name} has no date, so its season is not known").format(name=self.at), _("give day")
            )
        seasons = [(season.holds(moments.day(day)), season.hours) for season in self.season]
        choices = [*seasons, (TRUE, self.hours)] if self.hours else seasons
        holds = first_of(
            ((when, scope.by_edition(hours, lambda one: one.holds(clock))) for when, hours in choices), NULL
        )
        named: list[tuple[exp.Expr, Label]] = []
        earlier: list[exp.Expr] = []
        for when, hours in choices:
            for shown in dict.fromkeys(edition.is_ for edition in hours.editions):
                in_force = scope.by_edition(hours, lambda one, shown=shown: TRUE if one == shown else FALSE)  # type: ignore[misc]
                label = Label(str(shown), str(shown))
                named.append((every([when, in_force, *map(negated, earlier)]), label))
            earlier.append(when)
        facts: dict[str, Fact] = {"at": scope.called(self.at), "value": at, "hours": Listing(tuple(named))}
        branches = [Branch(Outcome.NOT_ASSESSED, is_null(at.sql), "{at} is empty.")]
        if self.day:
            facts["day"] = scope.called(self.day)
            branches.append(Branch(Outcome.NOT_ASSESSED, is_null(day), "{day} is empty."))
        if self.hours is None:
            in_season = some(when for when, _hours in seasons)
            branches.append(Branch(Outcome.NOT_APPLICABLE, negated(in_season), "No hours are set for the season."))
        branches += [
            Branch(Outcome.NOT_ASSESSED, unclear, "No clock time is known for {at} {value}."),
            Branch(Outcome.PASS, holds, "{at} {value}, allowed {hours}: kept."),
            Branch(Outcome.VIOLATION, TRUE, "{at} {value}, allowed {hours}."),
        ]
        return Judgement(tuple(branches), facts)
