"""``query``: the way out, for what no other kind can say: a query that returns the offenders."""

from __future__ import annotations

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from checker.language import N_, Label
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome, joined
from checker.rulebook.model import Name, Text
from checker.rulebook.scope import Scope
from checker.rulebook.typed import at
from checker.sql import TRUE, is_null, some


class Query(Kind):
    """No record is among those that a query returns.

    Emptiness is SQL's here: the query says itself what an empty value means.

    Attributes:
        sql: One SELECT over record types of the rulebook that yields the keys of the offenders; or of more records,
            with a column ``offends`` beside the key: true of an offender, NULL where it cannot be told. One row that
            is true decides. A bare word that is one of the rule's values stands for it; a list of documents is asked
            by ``has`` and ``only``.
        tells: What is wrong with an offender, in words; ``{name}`` stands for one of the rule's values.
        shows: Fields that the sentence quotes besides the key and those that ``when`` reads.
    """

    sql: str
    tells: Text | None = None
    shows: tuple[Name, ...] = ()

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by whether its key is among the offenders'."""
        keys = scope.record.key
        values = [scope.name(name).sql for name in keys]
        with at(f"{scope.rule.kind_name}.sql"):
            offends, missing = scope.returned_by(self._filled(scope))
        _condition, reads = scope.reading(lambda: scope.when(self.when)) if self.when else (None, ())
        facts: dict[str, Fact] = {
            "key": scope.empty(keys),
            "tells": scope.in_words("tells", self.tells) if self.tells else Label("", ""),
            "doubts": scope.in_words("doubts", self.doubts) if self.doubts else Label("", ""),
            "grounds": scope.grounds(dict.fromkeys((*keys, *reads, *self.shows))),
        }
        broken = N_("{tells}: {grounds}.") if self.tells else N_("The rule's query returns it.")
        open_ = N_("{doubts}: {grounds}.") if self.doubts else N_("The rule's query cannot tell.")
        if missing:
            return Judgement(
                (Branch(Outcome.NOT_EXPORTED, TRUE, "Not exported: {absent}."),), {"absent": joined(missing)}
            )
        return Judgement(
            (
                Branch(Outcome.NOT_ASSESSED, some(map(is_null, values)), "{key} is empty."),
                Branch(Outcome.VIOLATION, offends, broken),
                Branch(Outcome.NOT_ASSESSED, is_null(offends), open_),
                Branch(Outcome.PASS, TRUE, "The rule's query does not return it."),
            ),
            facts,
        )

    def _filled(self, scope: Scope) -> str:
        """Return the query with the rule's values in place of their names."""
        if not scope.rule.values:
            return self.sql
        try:
            tree = sqlglot.parse_one(self.sql)
        except SqlglotError:
            return self.sql  # which is refused where queries are compiled
        for word in list(tree.find_all(exp.Column)):
            if not word.table and word.name in scope.rule.values:
                word.replace(scope.name(word.name).sql.copy())
        return tree.sql()
