"""``unique``: no two records have the same."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sqlglot import exp

from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.scope import Scope
from checker.sql import FALSE, TRUE, is_null, some, sql


class Unique(Kind):
    """No other record to which the rule applies has the same values.

    Attributes:
        of: The fields or expressions that together may occur once, such as ``["household_id", "period(issued_at)"]``.
    """

    of: Annotated[tuple[str, ...], Field(min_length=1)]

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        values, reads = scope.reading(lambda: [scope.any(source) for source in self.of])
        group = [value.sql for value in values]
        same = scope.among(exp.Count(this=exp.Star()), "integer", [*group, scope.applies(self.when)])
        facts: dict[str, Fact] = {
            "grounds": scope.grounds(reads),
            "empty": scope.empty(reads),
            "of": scope.names(reads),
            "count": same,
        }
        return Judgement(
            (
                Branch(Outcome.NOT_ASSESSED, some(map(is_null, group)), "{empty} is empty."),
                Branch(Outcome.VIOLATION, sql(":c > 1", c=same.sql), "{count} records have the same {of}: {grounds}."),
                Branch(
                    Outcome.NOT_ASSESSED,
                    sql(":u > 0", u=scope.unsure(self.when, group)) if self.when else FALSE,
                    "Another record has the same {of}; whether the rule applies to it cannot be told.",
                ),
                Branch(Outcome.PASS, TRUE, "No other record has the same {of}."),
            ),
            facts,
        )
