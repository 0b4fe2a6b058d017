"""``unique``: no two records have the same."""

from __future__ import annotations

from collections.abc import Iterable
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
        read = [scope.reading(lambda source=source: scope.typed(source)) for source in self.of]  # type: ignore[misc]
        group = [value.sql for value, _reads in read]
        reads = tuple(dict.fromkeys(name for _value, names in read for name in names))
        same = scope.among(exp.Count(this=exp.Star()), "integer", [*group, scope.applies(self.when)])
        may_be_same = some(self._unreadable(scope, group, index, names) for index, (_v, names) in enumerate(read))
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
                Branch(Outcome.NOT_ASSESSED, may_be_same, "Another record may have the same {of}: it cannot be read."),
                Branch(Outcome.PASS, TRUE, "No other record has the same {of}."),
            ),
            facts,
        )

    def _unreadable(self, scope: Scope, group: list[exp.Expr], index: int, reads: Iterable[str]) -> exp.Expr:
        """Return whether another record has all the same but one value, and that cannot be read."""
        unreadable = some(test for test, _label in scope.unreadable(reads))
        if unreadable == FALSE:
            return FALSE
        counts = sql("CASE WHEN :u AND COALESCE(:k, TRUE) THEN 1 ELSE 0 END", u=unreadable, k=scope.known(self.when))
        others = [value for place, value in enumerate(group) if place != index]
        return sql(":c > 0", c=scope.among(exp.Sum(this=counts), "integer", others).sql)
