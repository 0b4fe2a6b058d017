"""``limit``: a number within bounds."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import model_validator
from sqlglot import exp

from checker.language import N_, Label
from checker.rulebook.dated import Dated
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome, Sentence
from checker.rulebook.model import Text
from checker.rulebook.scope import Scope
from checker.rulebook.typed import Typed
from checker.sql import TRUE, every, is_null, negated, some, sql

Bound = Dated[int | float | str]

_EXCEEDED = {"min": "<", "max": ">", "above": "<=", "below": ">="}
_SHOWN = {"min": "≥ {bound}", "max": "≤ {bound}", "above": "> {bound}", "below": "< {bound}"}


@dataclass(frozen=True)
class Bounds:
    """The bounds of a number: for each the test that it is exceeded, whether any is unknown, and how they read."""

    exceeded: dict[str, exp.Expr]
    unknown: exp.Expr
    shown: tuple[Sentence, ...]


class Bounded(Kind):
    """A number lies within bounds.

    Attributes:
        min: At least this much: a number, a field or an expression.
        max: At most this much.
        above: More than this.
        below: Less than this.
        tolerance: By how much a bound may be missed.
    """

    min: Bound | None = None
    max: Bound | None = None
    above: Bound | None = None
    below: Bound | None = None
    tolerance: Dated[int | float] | None = None

    @model_validator(mode="after")
    def _a_bound(self) -> Bounded:
        if not self.bounds:
            message = N_("give min, max, above or below")
            raise ValueError(message)
        return self

    @property
    def bounds(self) -> dict[str, Bound]:
        """The bounds that are given, by name."""
        given = {"min": self.min, "max": self.max, "above": self.above, "below": self.below}
        return {name: bound for name, bound in given.items() if bound is not None}

    def bounded(self, scope: Scope, value: exp.Expr) -> Bounds:
        """Compare a number with the bounds, to the sixth decimal place."""
        slack = scope.by_edition(self.tolerance, lambda n: sql(":n", n=n)) if self.tolerance else None
        exceeded: dict[str, exp.Expr] = {}
        unknown: list[exp.Expr] = []
        shown: list[Sentence] = []
        for name, dated in self.bounds.items():
            bound = scope.by_edition(dated, lambda n: scope.number(n).sql if isinstance(n, str) else sql(":n", n=n))
            beyond = sql(":v - :b", v=value, b=bound)
            if slack is not None:
                beyond = sql(f":d {'+' if name in ('min', 'above') else '-'} :t", d=beyond, t=slack)
            exceeded[name] = sql(f"ROUND(:d, 6) {_EXCEEDED[name]} 0", d=beyond)
            shown.append(Sentence(_SHOWN[name], {"bound": Typed(bound, "number")}))
            unknown.append(is_null(bound))
        return Bounds(exceeded, some(unknown), tuple(shown))


class Limit(Bounded):
    """A number that a field, lookup or expression gives lies within bounds.

    Attributes:
        value: The number.
        unit: What it counts.
    """

    value: str
    unit: str | Text = ""

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        value, reads = scope.reading(lambda: scope.number(self.value))
        bounds = self.bounded(scope, value.sql)
        facts: dict[str, Fact] = {
            "value": value,
            "of": scope.formula(self.value),
            "unit": unit_label(self.unit),
            "empty": scope.empty(reads),
            "bounds": bounds.shown,
        }
        return Judgement(
            (
                # most records keep the bounds, and of these the number is computed once
                Branch(
                    Outcome.PASS,
                    negated(some(bounds.exceeded.values())),
                    "{of} = {value}{unit}, allowed: {bounds}: kept.",
                ),
                Branch(
                    Outcome.NOT_ASSESSED,
                    every([is_null(value.sql), some(is_null(scope.name(name).sql) for name in reads)]),
                    "Empty: {empty}.",
                ),
                Branch(Outcome.NOT_ASSESSED, is_null(value.sql), "{of}: this cannot be computed."),
                Branch(Outcome.NOT_ASSESSED, bounds.unknown, "A bound is empty."),
                Branch(Outcome.VIOLATION, TRUE, "{of} = {value}{unit}, allowed: {bounds}."),
            ),
            facts,
        )


def unit_label(unit: str | Text) -> Label:
    """Return how a unit follows its number."""
    if isinstance(unit, Text):
        return Label(f" {unit.en}", unit.zh)
    return Label(f" {unit}", f" {unit}") if unit else Label("", "")
