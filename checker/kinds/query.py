"""``query``: the way out, for what no other kind can say: a query that returns the offenders."""

from __future__ import annotations

from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome, joined
from checker.rulebook.scope import Scope
from checker.sql import TRUE, is_null, some


class Query(Kind):
    """No record is among those that a query returns.

    Emptiness is SQL's here: the query says itself what an empty value means.

    Attributes:
        sql: One SELECT over record types of the rulebook that yields the keys of the offenders.
    """

    sql: str

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by whether its key is among the offenders'."""
        keys = scope.record.key
        values = [scope.name(name).sql for name in keys]
        offends, missing = scope.returned_by(self.sql)
        facts: dict[str, Fact] = {"key": scope.empty(keys)}
        if missing:
            return Judgement(
                (Branch(Outcome.NOT_EXPORTED, TRUE, "Not exported: {absent}."),), {"absent": joined(missing)}
            )
        return Judgement(
            (
                Branch(Outcome.NOT_ASSESSED, some(map(is_null, values)), "{key} is empty."),
                Branch(Outcome.VIOLATION, offends, "The rule's query returns it."),
                Branch(Outcome.PASS, TRUE, "The rule's query does not return it."),
            ),
            facts,
        )
