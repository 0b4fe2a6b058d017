"""``eligibility``: a condition that every record must meet."""

from __future__ import annotations

from checker.language import N_, Label
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.model import Text
from checker.rulebook.scope import Scope
from checker.sql import TRUE, negated


class Eligibility(Kind):
    """A condition holds.

    Attributes:
        require: The condition, an expression over fields, lookups and values.
        tells: What is wrong where it is not met, in words.
    """

    require: str
    tells: Text | None = None

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        required, reads = scope.reading(lambda: scope.condition(self.require))
        told = self.tells.label if self.tells else Label("", "")
        facts: dict[str, Fact] = {
            "grounds": scope.grounds(reads),
            "unknown": scope.doubts(required, reads, self.doubts),
            "tells": told,
        }
        broken = N_("{tells}: {grounds}.") if self.tells else N_("The condition is not met: {grounds}.")
        return Judgement(
            (
                Branch(Outcome.PASS, required, "The condition is met: {grounds}."),
                Branch(Outcome.VIOLATION, negated(required), broken),
                Branch(Outcome.NOT_ASSESSED, TRUE, "The condition cannot be told: {unknown}."),
            ),
            facts,
        )
