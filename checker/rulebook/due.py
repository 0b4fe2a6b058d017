"""Limits in time: the last day or instant that a period, a field, an expression or several of these allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from checker.errors import UnplacedError
from checker.language import N_, _
from checker.periods import Period, last_day, last_instant
from checker.rulebook import moments
from checker.rulebook.dated import Dated
from checker.rulebook.kind import Branch, Fact, Outcome, Sentence
from checker.rulebook.model import Text
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError, Typed, as_datetime, seconds_between
from checker.sql import TRUE, is_null, sql

Roll = Literal["next working day", "none"]
"""Where a last day that is no working day moves to."""


def refuse_same(begun: str | None, ended: str | None) -> None:
    """Refuse a period that begins and ends with the same event."""
    if begun is not None and begun == ended:
        raise UnplacedError(_("from and to are the same"), _("name two events"))


@dataclass(frozen=True)
class Due:
    """A limit: a DATE that allows the whole day, or a TIMESTAMP (with the mark of a day where it is one).

    Attributes:
        sum: How it was counted.
        unknown: What to say where it is not known though its start is; nothing where that cannot be.
    """

    typed: Typed
    sum: Sentence | tuple[Sentence, ...]
    unknown: str

    @property
    def unknowns(self) -> tuple[Branch, ...]:
        """The step that stops where the limit is not known, if that can be."""
        return (Branch(Outcome.NOT_ASSESSED, is_null(self.typed.sql), self.unknown),) if self.unknown else ()

    @property
    def _by_day(self) -> bool:
        return self.typed.type == "date"

    def kept(self, done: Typed) -> exp.Expr:
        """Whether an event keeps the limit; NULL where that hangs on a clock time that is not known."""
        limit, limit_day, done_day = self.typed.sql, moments.day(self.typed.sql), moments.day(done.sql)
        if self._by_day:
            return sql(":d <= :l", d=done_day, l=limit)
        on_the_day = sql("CASE WHEN :d < :l THEN TRUE WHEN :d > :l THEN FALSE END", d=done_day, l=limit_day)
        unclear = TRUE if done.type == "date" else moments.day_only(done.sql)
        return sql(
            "CASE WHEN :limit_is_day THEN :d <= :l WHEN :unclear THEN :maybe ELSE :done <= :limit END",
            limit_is_day=moments.day_only(limit),
            d=done_day,
            l=limit_day,
            unclear=unclear,
            maybe=on_the_day,
            done=done.sql,
            limit=limit,
        )

    def open_at(self, instant: exp.Expr) -> exp.Expr:
        """Whether the limit has not passed at an instant."""
        if self._by_day:
            return sql(":d <= :l", d=moments.day(instant), l=self.typed.sql)
        return moments.compare(instant, "<=", self.typed.sql)

    def overdue(self, ended: exp.Expr) -> exp.Expr:
        """Return by how many seconds a TIMESTAMP misses the limit; whole days where no clock counts."""
        days = sql(
            "CAST(DATEDIFF(:b, :a, DAY) AS BIGINT) * 86400",
            b=moments.day(ended),
            a=moments.day(self.typed.sql),
        )
        if self._by_day:
            return days
        return sql("COALESCE(:s, :d)", s=seconds_between(self.typed.sql, ended), d=days)


def after(scope: Scope, source: str, start: Typed, within: Dated[Period], roll: Roll | None = None) -> Due:
    """Return the limit that lies a period after a start.

    Args:
        scope: The rule's.
        source: The start as the rule names it.
        start: The start.
        within: The period.
        roll: Where its last day moves to; as the rulebook says where the rule says nothing.
    """
    periods = [edition.is_ for edition in within.editions]
    facts: dict[str, Fact] = {"from": scope.called(source), "start": start}
    facts["within"] = scope.labelled(within, lambda period: period.label)
    day = moments.day(start.sql)
    if any(period.exact for period in periods):
        if not all(period.exact for period in periods):
            raise ExpressionError(_("editions mix days and hours"), _("use one or the other"))
        if start.type == "date":
            raise ExpressionError(
                _("{name} has no clock time").format(name=source), _("count in days, or make it a datetime")
            )
        known = sql("CASE WHEN NOT :o THEN :m END", o=moments.day_only(start.sql), m=start.sql)
        limit = Typed(scope.by_edition(within, lambda period: last_instant(known, period)), "datetime")
        return Due(
            limit,
            Sentence("{from} {start} + {within}", facts),
            N_("No clock time is known for {sum}."),
        )
    ends = scope.by_edition(within, lambda period: last_day(day, period, scope.working_day))
    says = N_("{from} {start} + {within}")
    in_working_days = any(period.unit == "working day" for period in periods)
    if in_working_days:

        def rest_days(period: Period) -> exp.Expr:
            end = last_day(day, period, scope.working_day)
            skipped = sql("DATEDIFF(:e, :s, DAY) - :n", e=end, s=day, n=period.count)
            return skipped if period.unit == "working day" else sql("0")

        facts["rest"] = Typed(scope.by_edition(within, rest_days), "integer")
        says = N_("{from} {start} + {within}, rest days skipped: {rest}")
    counted = Sentence(says, facts)
    rolls = scope.roll if roll is None else roll == "next working day"
    if rolls:
        moved = N_("{counted}; {unrolled} moved to the next working day where it is none")
        counted = Sentence(moved, {"counted": counted, "unrolled": Typed(ends, "date")})
        ends = scope.next_working_day(ends)
    unknown = N_("The working-day calendar does not reach the end of {sum}.")
    return Due(Typed(ends, "date"), counted, unknown if rolls or in_working_days else "")


def on_record(scope: Scope, source: str, means: Text | None = None) -> Due:
    """Return the limit that a field, lookup or expression states, which may mean something in words."""
    limit, names = scope.reading(lambda: scope.moment(source))
    sentence = Sentence("{target}", {"target": scope.called(source)})
    if names != (source,):
        formula = means.label if means else scope.written(source, names)
        sentence = Sentence("{formula}; {grounds}", {"formula": formula, "grounds": scope.grounds(names)})
    return Due(limit, sentence, N_("The limit is empty."))


def best(parts: list[Due], *, latest: bool) -> Due:
    """Return the later or earlier of several limits, leaving out those that are unknown."""
    by_day = all(part.typed.type == "date" for part in parts)
    limits = [part.typed if by_day else as_datetime(part.typed) for part in parts]
    word = ">=" if latest else "<="
    found = limits[0].sql
    for other in limits[1:]:
        keeps = sql(f":b {word} :o", b=found if by_day else _end(found), o=other.sql if by_day else _end(other.sql))
        found = sql(
            "CASE WHEN :o IS NULL THEN :b WHEN :b IS NULL THEN :o WHEN :k THEN :b ELSE :o END",
            o=other.sql,
            b=found,
            k=keeps,
        )
    sums = tuple(Sentence("{sum} = {due}", {"sum": part.sum, "due": part.typed}) for part in parts)
    return Due(Typed(found, "date" if by_day else "datetime"), sums, N_("The limit is empty."))


def _end(moment: exp.Expr) -> exp.Expr:
    """Return the instant at which a moment is over: a day at its midnight."""
    return sql(
        "CASE WHEN :o THEN CAST(:d + 1 AS TIMESTAMP) ELSE :m END",
        o=moments.day_only(moment),
        d=moments.day(moment),
        m=moment,
    )
