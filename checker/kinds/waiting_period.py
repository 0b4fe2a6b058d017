"""``waiting_period``: one event no earlier than a period after another."""

from __future__ import annotations

from pydantic import model_validator

from checker.periods import Period
from checker.rulebook import moments
from checker.rulebook.comparing import compare_moments
from checker.rulebook.dated import Dated
from checker.rulebook.due import after, refuse_same
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.scope import Scope
from checker.sql import TRUE, is_null, sql


class WaitingPeriod(Kind):
    """B no earlier than A plus a period; the last day of the period itself is allowed.

    Attributes:
        from_: When the period begins: a field, a lookup or an expression.
        to: What may not happen before its end.
        wait: The period.
    """

    from_: str
    to: str
    wait: Dated[Period]

    @model_validator(mode="after")
    def _two_events(self) -> WaitingPeriod:
        refuse_same(self.from_, self.to)
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        start, done = scope.moment(self.from_), scope.moment(self.to)
        earliest = after(scope, self.from_, start, self.wait, roll="none")
        facts: dict[str, Fact] = {
            "earliest": earliest.typed,
            "sum": earliest.sum,
            "done": done,
            "to": scope.called(self.to),
            "from": scope.called(self.from_),
        }
        waited = compare_moments(earliest.typed, "<=", done)
        return Judgement(
            (
                Branch(
                    Outcome.PENDING,
                    sql("NOT COALESCE(:h, FALSE)", h=moments.has_come(done.sql, done.type, scope.as_of)),
                    "{to} is still empty.",
                ),
                Branch(Outcome.NOT_ASSESSED, is_null(start.sql), "{from} is empty."),
                *earliest.unknowns,
                Branch(Outcome.PASS, waited, "Not before {earliest} ({sum}), {to} {done}: kept."),
                Branch(Outcome.VIOLATION, TRUE, "Not before {earliest} ({sum}), {to} {done}: too early."),
            ),
            facts,
            due=earliest.typed,
        )
