"""``deadline``: one event, or a condition, no later than a period after another event, or than a date on record."""

from __future__ import annotations

from pydantic import model_validator

from checker.language import N_, Label, _
from checker.periods import Period
from checker.rulebook import moments
from checker.rulebook.comparing import in_order
from checker.rulebook.dated import Dated
from checker.rulebook.due import Due, Roll, after, best, on_record, refuse_same
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.model import Model, Text
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError, Typed, as_datetime
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
    roll: Roll | None = None

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
        if self.within is not None and start is not None:
            return after(scope, self.from_ or "", start, self.within, self.roll)
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
            parts.append(after(scope, self.from_ or "", start, period, self.roll))
        return best(parts, latest=bool(several.latest))


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
