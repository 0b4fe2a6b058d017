"""``eligibility``: a condition that every record must meet."""

from __future__ import annotations

from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.scope import Scope
from checker.sql import TRUE, negated


class Eligibility(Kind):
    """A condition holds.

    Attributes:
        require: The condition, an expression over fields, lookups and values.
    """

    require: str

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        required, reads = scope.reading(lambda: scope.condition(self.require))
        facts: dict[str, Fact] = {"grounds": scope.grounds(reads), "empty": scope.empty(reads)}
        return Judgement(
            (
                Branch(Outcome.PASS, required, "The condition is met: {grounds}."),
                Branch(Outcome.VIOLATION, negated(required), "The condition is not met: {grounds}."),
                Branch(Outcome.NOT_ASSESSED, TRUE, "The condition cannot be told: {empty} is empty."),
            ),
            facts,
        )
