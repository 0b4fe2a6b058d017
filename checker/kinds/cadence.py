"""``cadence``: something happens again and again, at least so often."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict, model_validator
from sqlglot import exp
from typing_extensions import TypeAliasType

from checker.kinds.deadline import in_time
from checker.language import N_, Label
from checker.periods import Period
from checker.rulebook import moments
from checker.rulebook.dated import Dated
from checker.rulebook.due import Roll, after
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.scope import Scope
from checker.rulebook.typed import Typed
from checker.sql import TRUE, is_known, is_null, negated, number, sql

Per = Literal["day", "week", "month", "quarter", "year"]

Times = TypeAliasType("Times", Annotated[int, Strict(), Field(ge=1)])
"""How many events a calendar period needs."""

_CHINESE: dict[Per, str] = {"day": "日", "week": "周", "month": "月", "quarter": "季度", "year": "年"}


class Cadence(Kind):
    """Each event is followed by the next in time, or each calendar period has enough of them.

    By gap, a record passes if the next event comes within the period. By calendar period, the last record of
    each period answers for that period and for those without any event that follow.

    Attributes:
        at: When the event happened.
        by: A list of what events of one series have in common, such as ``["building"]``: fields, lookups or
            expressions; all are one series without.
        every: The longest gap from one event to the next.
        times: How many events each calendar period needs; one where nothing is said.
        per: The calendar period; weeks begin on Monday.
        roll: Whether the end of a gap that is no working day moves to the next one.
    """

    at: str
    by: tuple[str, ...] = ()
    every: Dated[Period] | None = None
    times: Dated[Times] | None = None
    per: Per | None = None
    roll: Roll | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Cadence:
        if (self.every is None) == (self.per is None) or (self.times is not None and self.per is None):
            message = N_("give either every or per (with times where one is not enough)")
            raise ValueError(message)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the next one of its series, or by those of its calendar period."""
        at = scope.moment(self.at)
        by, by_reads = scope.reading(lambda: [scope.typed(source).sql for source in self.by])
        applies = scope.applies(self.when)
        series = [*by, applies]
        following = scope.among(exp.Lead(this=at.sql), at.type, series, [at.sql])
        known = scope.known(self.when)
        unsure = sql(":k IS NULL OR :w AND :t IS NULL", k=known, w=applies, t=at.sql)
        undated = scope.among(exp.LogicalOr(this=unsure), "yes_no", by)
        if self.per is None:
            judged = self._by_gap(scope, at, following)
        else:
            judged = self._by_period(scope, self.per, at, following, series)
        facts = {**judged.facts, "series": scope.empty(by_reads), "at": scope.called(self.at)}
        begins = [
            Branch(Outcome.NOT_ASSESSED, is_null(at.sql), "{at} is empty."),
            *(Branch(Outcome.NOT_ASSESSED, is_null(one), "{series} is empty.") for one in by),
        ]
        rest: list[Branch] = []
        for branch in judged.branches:
            if branch.outcome is Outcome.VIOLATION:
                says = N_("Whether it was followed in time cannot be told: another record of the series has no date.")
                rest.append(Branch(Outcome.NOT_ASSESSED, sql(":u AND :w", u=undated.sql, w=branch.when), says))
            rest.append(branch)
        return Judgement((*begins, *rest), facts, judged.due, judged.overdue)

    def _by_gap(self, scope: Scope, at: Typed, following: Typed) -> Judgement:
        if self.every is None:
            raise TypeError(self.every)  # the model admits nothing else
        due = after(scope, self.at, at, self.every, self.roll)
        title = scope.record.title.label
        following_title = Label(f"next {title.en}", f"下一次{title.zh}")
        return in_time(scope, (scope.called(self.at), at), (following_title, following), due)

    def _by_period(self, scope: Scope, per: Per, at: Typed, following: Typed, series: list[exp.Expr]) -> Judgement:
        day = moments.day(at.sql)
        begin, end = first_day(day, per), first_day(day, per, 1)
        end_of_next = first_day(day, per, 2)
        count = scope.among(exp.Count(this=exp.Star()), "integer", [*series, begin])
        next_day = moments.day(following.sql)
        today = moments.day(scope.as_of)
        needed = scope.by_edition(self.times, number) if self.times else number(1)
        short = sql(":c < :n", c=count.sql, n=needed)
        over = sql(":t >= :e", t=today, e=end)
        due = sql("CASE WHEN :s THEN :e - 1 ELSE :n - 1 END", s=short, e=end, n=end_of_next)
        ended = sql("CASE WHEN :s THEN :t ELSE COALESCE(:f, :t) END", s=short, t=today, f=next_day)
        overdue = sql("CAST(DATEDIFF(:t, :d, DAY) AS BIGINT) * 86400", t=ended, d=due)
        facts: dict[str, Fact] = {
            "count": count,
            "needed": Typed(needed, "integer"),
            "per": Label(per, _CHINESE[per]),
            "first": Typed(begin, "date"),
            "last": Typed(sql(":e - 1", e=end), "date"),
            "due": Typed(due, "date"),
            "next": Typed(next_day, "date"),
            "as_of": Typed(scope.as_of, "datetime"),
        }
        later = sql(":f >= :e", f=next_day, e=end)
        adjacent = sql(":f < :n", f=next_day, n=end_of_next)
        alone = is_null(following.sql)
        return Judgement(
            (
                Branch(
                    Outcome.NOT_APPLICABLE,
                    sql(":k AND :s", k=is_known(following.sql), s=negated(later)),
                    "Counted with the last record of its {per}.",
                ),
                Branch(
                    Outcome.VIOLATION,
                    sql(":s AND :o", s=short, o=over),
                    "{count} from {first} to {last}, at least {needed} are needed per {per}.",
                ),
                Branch(Outcome.PENDING, short, "{count} from {first} to {last}, {needed} are needed by {due}."),
                Branch(
                    Outcome.PASS,
                    sql(":a OR NOT :o", a=sql("COALESCE(:a, FALSE)", a=adjacent), o=over),
                    "{count} from {first} to {last}, {needed} needed: kept.",
                ),
                Branch(
                    Outcome.PENDING,
                    sql(":a AND :t < :n", a=alone, t=today, n=end_of_next),
                    "None yet after {last}, due {due}.",
                ),
                Branch(Outcome.VIOLATION, alone, "None after {last} as of {as_of}, due {due}: {overdue} overdue."),
                Branch(Outcome.VIOLATION, TRUE, "None after {last} until {next}, due {due}: {overdue} late."),
            ),
            {**facts, "overdue": Typed(overdue, "span")},
            Typed(due, "date"),
            overdue,
        )


def first_day(day: exp.Expr, per: Per, later: int = 0) -> exp.Expr:
    """Return the first DATE of the calendar period of a DATE, or of one so many periods later."""
    first = sql(f"CAST(DATE_TRUNC('{per}', :d) AS DATE)", d=day)
    if not later:
        return first
    unit, count = {"day": ("DAY", 1), "week": ("DAY", 7), "quarter": ("MONTH", 3)}.get(per, (per.upper(), 1))
    return sql(f"CAST(:f + INTERVAL '{count * later}' {unit} AS DATE)", f=first)
