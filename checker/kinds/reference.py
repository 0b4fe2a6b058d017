"""``reference``: a matching record exists, in time where a limit is set."""

from __future__ import annotations

from pydantic import model_validator

from checker.language import N_, _
from checker.periods import Period
from checker.rulebook.dated import Dated
from checker.rulebook.due import Roll, after
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError, Typed
from checker.sql import TRUE, is_known, is_null, sql


class Reference(Kind):
    """Another record that belongs to this one exists.

    Attributes:
        to: The lookup that finds it; one that takes a value finds it where there is one.
        from_: When the period begins within which it must be there; at once without.
        within: The period.
        roll: Whether a last day that is no working day moves to the next one.
    """

    to: str
    from_: str | None = None
    within: Dated[Period] | None = None
    roll: Roll | None = None

    @model_validator(mode="after")
    def _both(self) -> Reference:
        if (self.from_ is None) != (self.within is None):
            message = N_("give from and within together")
            raise ValueError(message)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        if self.to not in scope.rule.lookup:
            raise ExpressionError(
                _("{name} is no lookup").format(name=self.to), _("name one of the rule's [lookup] tables")
            )
        title = scope.records[scope.rule.lookup[self.to].record].title
        given = scope.rule.lookup[self.to].title
        looked = scope.name(self.to)
        word = scope.rule.lookup[self.to].take
        if word in ("exists", "count"):
            found = looked.sql if word == "exists" else sql(":c > 0", c=looked.sql)
        else:
            found = is_known(scope.fillable(self.to).sql)
        facts: dict[str, Fact] = {"what": given.label if given else title.label}
        facts["sought"] = scope.grounds(scope.rule.lookup[self.to].on)
        none = N_("There is none: {what} ({sought}).") if facts["sought"] else N_("There is none: {what}.")
        branches = [Branch(Outcome.PASS, found, "There is: {what}.")]
        if self.within is None or self.from_ is None:
            branches.append(Branch(Outcome.VIOLATION, TRUE, none))
            return Judgement(tuple(branches), facts)
        start = scope.moment(self.from_)
        due = after(scope, self.from_, start, self.within, self.roll)
        overdue = due.overdue(scope.as_of)
        facts |= {
            "from": scope.called(self.from_),
            "due": due.typed,
            "sum": due.sum,
            "as_of": Typed(scope.as_of, "datetime"),
            "overdue": Typed(overdue, "span"),
        }
        branches += [
            Branch(Outcome.NOT_ASSESSED, is_null(start.sql), "{from} is empty."),
            *due.unknowns,
            Branch(Outcome.PENDING, due.open_at(scope.as_of), "Due {due} ({sum}), not there yet: {what}."),
            Branch(Outcome.VIOLATION, TRUE, "Due {due} ({sum}), not there as of {as_of}: {what}; {overdue} overdue."),
        ]
        return Judgement(tuple(branches), facts, due.typed, overdue)
