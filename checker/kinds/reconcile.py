"""``reconcile``: two numbers that must agree."""

from __future__ import annotations

from pydantic import model_validator

from checker.errors import UnplacedError
from checker.kinds.limit import unit_label
from checker.language import _
from checker.rulebook.dated import Dated, Slack
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome
from checker.rulebook.model import Text
from checker.rulebook.scope import Scope
from checker.rulebook.typed import Typed
from checker.sql import TRUE, every, is_null, number, some, sql


class Reconcile(Kind):
    """A number equals another: a total its parts, a share its ratio.

    Attributes:
        value: The number: a field, lookup or expression.
        equals: What it must equal.
        means: What that is, in words, for sentences to say in place of the expression.
        tolerance: By how much they may differ.
        relative: By which share of ``equals`` they may differ; 5 % is ``0.05``.
        unit: What the numbers count, as sentences say it behind them.
    """

    value: str
    equals: str
    means: Text | None = None
    tolerance: Dated[Slack] | None = None
    relative: Dated[Slack] | None = None
    unit: str | Text = ""

    @model_validator(mode="after")
    def _with_another(self) -> Reconcile:
        if self.value == self.equals:
            raise UnplacedError(_("value and equals are the same"), _("compare it with something else"))
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        (value, equals), reads = scope.reading(lambda: (scope.number(self.value), scope.number(self.equals)))
        slack = scope.by_edition(self.tolerance, number) if self.tolerance else number(0)
        if self.relative:
            share = scope.by_edition(self.relative, number)
            slack = sql(":t + :s * ABS(:e)", t=slack, s=share, e=equals.sql)
        difference = sql("ABS(:v - :e)", v=value.sql, e=equals.sql)
        unknown = some([is_null(value.sql), is_null(equals.sql)])
        facts: dict[str, Fact] = {
            "of": scope.formula(self.value),
            "value": value,
            "with": self.means.label if self.means else scope.formula(self.equals),
            "equals": equals,
            "difference": Typed(difference, "number"),
            "slack": Typed(slack, "number"),
            "unit": unit_label(scope, self.unit, self.value, self.equals),
            "empty": scope.empty(reads),
        }
        return Judgement(
            (
                Branch(
                    Outcome.NOT_ASSESSED,
                    every([unknown, some(is_null(scope.name(name).sql) for name in reads)]),
                    "Empty: {empty}.",
                ),
                Branch(Outcome.NOT_ASSESSED, is_null(value.sql), "{of}: this cannot be computed."),
                Branch(Outcome.NOT_ASSESSED, is_null(equals.sql), "{with}: this cannot be computed."),
                Branch(
                    Outcome.VIOLATION,
                    sql("ROUND(:d - :s, 6) > 0", d=difference, s=slack),
                    "{of} = {value}{unit}, but {with} = {equals}{unit}: {difference} apart, allowed {slack}.",
                ),
                Branch(Outcome.PASS, TRUE, "{of} = {value}{unit} agrees with {with} = {equals}{unit}."),
            ),
            facts,
        )
