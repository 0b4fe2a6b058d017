"""``deadline``: one event, or a condition, no later than a period after another event, or than a date on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import model_validator
from sqlglot import exp

from checker.errors import UnplacedError
from checker.language import N_, Label, _
from checker.periods import Period, last_day, last_instant
from checker.rulebook import moments
from checker.rulebook.comparing import in_order
from checker.rulebook.dated import Dated
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome, Sentence
from checker.rulebook.model import Model, Text
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError, Typed, as_datetime, seconds_between
from checker.sql import TRUE, is_null, negated, sql


class Several(Model):
    """The later or the earlier of several limits, each a field, an expression or a period from ``from``."""

    latest: tuple[str, ...] = ()
    earliest: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> Several:
        if bool(self.latest) == bool(self.earliest) or len(self.latest or self.earliest) < 2:
            message = N_("name at least two limits under latest or under earliest")
            raise ValueError(message)
        return self


class Deadline(Kind):
    """B no later than A plus a period.

    Attributes:
        from_: When the period begins: a field, a lookup or an expression.
        to: What has to have happened.
        holds: Instead of an event, a condition that has to hold by then, for what bears no date; empty is not met.
        within: The period.
        by: Instead of a period, the limit itself: a field or expression, or the ``latest`` or ``earliest`` of
            several, ``{ latest = ["due_on", "10 days"] }``: fields, expressions and periods from ``from``; an empty one
            among several is left out.
        means: What a computed ``by`` comes to, in words, for sentences to say in place of the expression.
        roll: Whether a last day that is no working day moves to the next one (Civil Code, art. 203); as the
            rulebook says where the rule says nothing.
    """

    from_: str | None = None
    to: str | None = None
    holds: str | None = None
    within: Dated[Period] | None = None
    by: str | Several | None = None
    means: Text | None = None
    roll: Literal["next working day", "none"] | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Deadline:
        if (self.within is None) == (self.by is None):
            message = N_("give either within or by")
            raise ValueError(message)
        if self.within is not None and self.from_ is None:
            message = N_("within needs from")
            raise ValueError(message)
        if self.means is not None and not isinstance(self.by, str):
            message = N_("means puts into words what by computes")
            raise ValueError(message)
        if (self.to is None) == (self.holds is None):
            message = N_("give either to or holds")
            raise ValueError(message)
        refuse_same(self.from_, self.to)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        start = scope.moment(self.from_) if self.from_ else None
        began = None if start is None else (scope.called(self.from_ or ""), start)
        due = self._due(scope, start)
        if self.to is not None:
            return in_time(scope, began, (scope.called(self.to), scope.moment(self.to)), due)
        return _held(scope, began, self.holds or "", due)

    def _due(self, scope: Scope, start: Typed | None) -> Due:
        roll = scope.roll if self.roll is None else self.roll == "next working day"
        if self.within is not None and start is not None:
            return after(scope, self.from_ or "", start, self.within, roll=roll)
        if isinstance(self.by, str):
            return on_record(scope, self.by, self.means)
        several = self.by
        if not isinstance(several, Several):
            raise TypeError(several)  # the model admits nothing else
        parts = []
        for text in several.latest or several.earliest:
            try:
                period = Dated[Period].model_validate(text)
            except ValueError:
                parts.append(on_record(scope, text))
                continue
            if start is None:
                raise ExpressionError(_("{text!r} counts from nothing").format(text=text), _("give from"))
            parts.append(after(scope, self.from_ or "", start, period, roll=roll))
        return _best(parts, latest=bool(several.latest))


def refuse_same(begun: str | None, ended: str | None) -> None:
    """Refuse a period that begins and ends with the same event."""
    if begun is not None and begun == ended:
        raise UnplacedError(_("from and to are the same"), _("name two events"))


def in_time(scope: Scope, began: tuple[Label, Typed] | None, ended: tuple[Label, Typed], due: Due) -> Judgement:
    """Judge whether one event, named and dated, happened in time after another.

    The branches in order: the start is empty, in time, the limit unknown, not done but not due, overdue, done
    before its start, late, and done on the last day where only a clock could tell.
    """
    done = ended[1]
    happened = moments.has_come(done.sql, done.type, scope.as_of)
    not_done = sql("NOT COALESCE(:h, FALSE)", h=happened)
    ordered = TRUE if began is None else in_order(began[1], done)
    facts: dict[str, Fact] = {
        "due": due.typed,
        "done": done,
        "sum": due.sum,
        "as_of": Typed(scope.as_of, "datetime"),
        "to": ended[0],
    }
    branches = []
    if began is not None:
        facts |= {"from": began[0], "start": began[1]}
        branches.append(Branch(Outcome.NOT_ASSESSED, is_null(began[1].sql), "{from} is empty."))
    kept = due.kept(done)
    branches += [
        Branch(
            Outcome.PASS,
            sql(":h AND :k AND :o", h=happened, k=kept, o=ordered),
            "Due {due} ({sum}), {to} {done}: in time.",
        ),
        *due.unknowns,
        Branch(
            Outcome.PENDING,
            sql(":n AND :o", n=not_done, o=due.open_at(scope.as_of)),
            "Due {due} ({sum}), {to} still empty.",
        ),
        Branch(
            Outcome.VIOLATION,
            not_done,
            "Due {due} ({sum}), {to} still empty as of {as_of}: {overdue} overdue.",
        ),
    ]
    if began is not None:
        says = N_("{to} {done} lies before {from} {start}.")
        branches.append(Branch(Outcome.NOT_ASSESSED, negated(ordered), says, data_error=True))
    branches += [
        Branch(Outcome.VIOLATION, negated(kept), "Due {due} ({sum}), {to} {done}: {overdue} late."),
        Branch(Outcome.NOT_ASSESSED, TRUE, "Due {due} ({sum}), {to} {done}: its clock time is not known."),
    ]
    until = sql("CASE WHEN :h THEN :d ELSE :n END", h=happened, d=as_datetime(done).sql, n=scope.as_of)
    overdue = due.overdue(until)
    facts["overdue"] = Typed(overdue, "span")
    return Judgement(tuple(branches), facts, due.typed, overdue)


def _held(scope: Scope, began: tuple[Label, Typed] | None, source: str, due: Due) -> Judgement:
    """Judge whether a condition holds by the end of a limit; it is not known since when it does."""
    condition, reads = scope.reading(lambda: scope.condition(source))
    facts: dict[str, Fact] = {
        "grounds": scope.grounds(reads),
        "due": due.typed,
        "sum": due.sum,
        "as_of": Typed(scope.as_of, "datetime"),
    }
    branches = [Branch(Outcome.PASS, condition, "The condition is met: {grounds}.")]
    if began is not None:
        facts |= {"from": began[0], "start": began[1]}
        branches.append(Branch(Outcome.NOT_ASSESSED, is_null(began[1].sql), "{from} is empty."))
    branches += [
        *due.unknowns,
        Branch(Outcome.PENDING, due.open_at(scope.as_of), "Due {due} ({sum}), not met yet: {grounds}."),
        Branch(Outcome.VIOLATION, TRUE, "Due {due} ({sum}), not met as of {as_of}: {grounds}; {overdue} overdue."),
    ]
    overdue = due.overdue(scope.as_of)
    facts["overdue"] = Typed(overdue, "span")
    return Judgement(tuple(branches), facts, due.typed, overdue)


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


def after(scope: Scope, source: str, start: Typed, within: Dated[Period], *, roll: bool) -> Due:
    """Return the limit that lies a period after a start."""
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
    if roll:
        moved = N_("{counted}; {unrolled} moved to the next working day where it is none")
        counted = Sentence(moved, {"counted": counted, "unrolled": Typed(ends, "date")})
        ends = scope.next_working_day(ends)
    unknown = N_("The working-day calendar does not reach the end of {sum}.")
    return Due(Typed(ends, "date"), counted, unknown if roll or in_working_days else "")


def on_record(scope: Scope, source: str, means: Text | None = None) -> Due:
    """Return the limit that a field, lookup or expression states, which may mean something in words."""
    limit, names = scope.reading(lambda: scope.moment(source))
    sentence = Sentence("{target}", {"target": scope.called(source)})
    if names != (source,):
        formula = means.label if means else scope.written(source, names)
        sentence = Sentence("{formula}; {grounds}", {"formula": formula, "grounds": scope.grounds(names)})
    return Due(limit, sentence, N_("The limit is empty."))


def _best(parts: list[Due], *, latest: bool) -> Due:
    """Return the later or earlier of several limits, leaving out those that are unknown."""
    by_day = all(part.typed.type == "date" for part in parts)
    limits = [part.typed if by_day else as_datetime(part.typed) for part in parts]
    word = ">=" if latest else "<="
    best = limits[0].sql
    for other in limits[1:]:
        keeps = sql(f":b {word} :o", b=best if by_day else _end(best), o=other.sql if by_day else _end(other.sql))
        best = sql(
            "CASE WHEN :o IS NULL THEN :b WHEN :b IS NULL THEN :o WHEN :k THEN :b ELSE :o END",
            o=other.sql,
            b=best,
            k=keeps,
        )
    sums = tuple(Sentence("{sum} = {due}", {"sum": part.sum, "due": part.typed}) for part in parts)
    return Due(Typed(best, "date" if by_day else "datetime"), sums, N_("The limit is empty."))


def _end(moment: exp.Expr) -> exp.Expr:
    """Return the instant at which a moment is over: a day at its midnight."""
    return sql(
        "CASE WHEN :o THEN CAST(:d + 1 AS TIMESTAMP) ELSE :m END",
        o=moments.day_only(moment),
        d=moments.day(moment),
        m=moment,
    )
