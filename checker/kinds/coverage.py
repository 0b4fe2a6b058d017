"""``coverage``: somebody is there at every minute."""

from __future__ import annotations

from pydantic import model_validator
from sqlglot import exp

from checker.language import N_, _
from checker.periods import Period, last_instant
from checker.rulebook import moments
from checker.rulebook.dated import Dated
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError, Typed, seconds_between
from checker.sql import TRUE, is_null, some, sql


class Coverage(Kind):
    """Each shift is followed by another without a gap, whichever shift lasts longest counting.

    Attributes:
        from_: When a shift begins, with clock time.
        to: When it ends.
        by: A list of what shifts of one post have in common, such as ``["post"]``: fields, lookups or expressions.
        tolerance: How long a gap is allowed, in minutes or hours, such as ``"10 minutes"``.
    """

    from_: str
    to: str
    by: tuple[str, ...] = ()
    tolerance: Dated[Period] | None = None

    @model_validator(mode="after")
    def _tolerance_runs_on_the_clock(self) -> Coverage:
        if self.tolerance and not all(edition.is_.exact for edition in self.tolerance.editions):
            message = N_("tolerance is in minutes or hours")
            raise ValueError(message)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a shift by what follows on it."""
        begin, end = scope.moment(self.from_), scope.moment(self.to)
        for source, typed in ((self.from_, begin), (self.to, end)):
            if typed.type == "date":
                raise ExpressionError(_("{name} has no clock time").format(name=source), _("make it a datetime"))
        by, by_reads = scope.reading(lambda: [scope.typed(source).sql for source in self.by])
        post = [*by, scope.applies(self.when)]
        order = [begin.sql, end.sql]
        covered = scope.among(exp.Max(this=end.sql), "datetime", post, order, so_far=True)
        open_ = scope.among(exp.LogicalOr(this=is_null(end.sql)), "yes_no", post, order, so_far=True)
        following = scope.among(exp.Lead(this=begin.sql), "datetime", post, order)
        undated = scope.among(exp.LogicalOr(this=is_null(begin.sql)), "yes_no", post)
        due = covered.sql
        if self.tolerance:
            due = scope.by_edition(self.tolerance, lambda period: last_instant(covered.sql, period))
        happened = sql("COALESCE(:f <= :n, FALSE)", f=following.sql, n=scope.as_of)
        until = sql("CASE WHEN :h THEN :f ELSE :n END", h=happened, f=following.sql, n=scope.as_of)
        gap = seconds_between(covered.sql, until)
        facts: dict[str, Fact] = {
            "from": scope.called(self.from_),
            "to": scope.called(self.to),
            "series": scope.empty(by_reads),
            "begin": begin,
            "end": end,
            "covered": covered,
            "next": following,
            "as_of": Typed(scope.as_of, "datetime"),
            "gap": Typed(gap, "span"),
        }
        clockless = some(moments.day_only(one.sql) for one in (begin, end))
        return Judgement(
            (
                Branch(Outcome.NOT_ASSESSED, is_null(begin.sql), "{from} is empty."),
                *(Branch(Outcome.NOT_ASSESSED, is_null(one), "{series} is empty.") for one in by),
                Branch(Outcome.NOT_ASSESSED, clockless, "No clock time is known for {from} {begin} or {to} {end}."),
                Branch(
                    Outcome.NOT_ASSESSED,
                    sql(":e < :b", e=end.sql, b=begin.sql),
                    "{to} {end} lies before {from} {begin}.",
                    data_error=True,
                ),
                Branch(
                    Outcome.PASS,
                    sql(":h AND :f <= :d", h=happened, f=following.sql, d=due),
                    "Covered until {covered}, the next begins {next}: no gap.",
                ),
                Branch(
                    Outcome.PENDING,
                    sql(":e IS NULL AND NOT :h OR NOT :h AND :n <= :d", e=end.sql, h=happened, n=scope.as_of, d=due),
                    "Covered until now, the next is not there yet.",
                ),
                Branch(Outcome.NOT_ASSESSED, open_.sql, "When an earlier one ended is not known."),
                Branch(Outcome.NOT_ASSESSED, undated.sql, "When another one began is not known."),
                Branch(Outcome.VIOLATION, happened, "Nobody from {covered} to {next}: {gap}."),
                Branch(Outcome.VIOLATION, TRUE, "Nobody since {covered} as of {as_of}: {gap}."),
            ),
            facts,
            Typed(due, "datetime"),
            gap,
        )
