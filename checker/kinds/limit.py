"""``limit``: a number within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from pydantic import model_validator
from sqlglot import exp

from checker.errors import UnplacedError
from checker.language import N_, Label, _
from checker.rulebook.dated import Dated, Number, Slack
from checker.rulebook.kind import Branch, Fact, Judgement, Kind, Outcome, Sentence
from checker.rulebook.model import Text
from checker.rulebook.scope import Scope
from checker.rulebook.typed import ExpressionError, Typed, at
from checker.rulebook.units import differs, own_unit
from checker.sql import TRUE, every, is_null, negated, number, some, sql

Bound = Dated[Number | str]

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
    tolerance: Dated[Slack] | None = None

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

    def numbers(self, scope: Scope) -> Iterator[dict[str, int | float]]:
        """Yield the bounds that are plain numbers or values of the rule, by name, on each day on which one changes."""
        values = scope.rule.values
        own = {day for bound in self.bounds.values() for day in bound.days}
        for day in sorted(own.union(*(dated.days for dated in values.values()))):
            found = {}
            for name, bound in self.bounds.items():
                value = bound.on(day)
                stated = values[value].on(day) if isinstance(value, str) and value in values else value
                if isinstance(stated, int | float):
                    found[name] = stated
            yield found

    def _check_order(self, scope: Scope) -> None:
        """Refuse bounds that no number keeps."""
        for found in self.numbers(scope):
            for low, high in product(("min", "above"), ("max", "below")):
                if low not in found or high not in found:
                    continue
                if found[low] > found[high] or (found[low] == found[high] and (low, high) != ("min", "max")):
                    with at(f"{scope.rule.kind_name}.{low}"):
                        raise ExpressionError(
                            _("no number is both {low} and {high}").format(
                                low=_SHOWN[low].format(bound=found[low]), high=_SHOWN[high].format(bound=found[high])
                            ),
                            _("lower {low} or raise {high}").format(low=low, high=high),
                        )

    def bounded(self, scope: Scope, value: exp.Expr) -> Bounds:
        """Compare a number with the bounds, to the sixth decimal place."""
        self._check_order(scope)
        slack = scope.by_edition(self.tolerance, number) if self.tolerance else None
        exceeded: dict[str, exp.Expr] = {}
        unknown: list[exp.Expr] = []
        shown: list[Sentence] = []
        for name, dated in self.bounds.items():
            bound = scope.by_edition(dated, lambda n: scope.number(n).sql if isinstance(n, str) else number(n))
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
        unit: What it counts, as sentences say behind the number; where a field has a unit, no other one.
    """

    value: str
    unit: str | Text = ""

    @model_validator(mode="after")
    def _bounded_by_another(self) -> Limit:
        if any(edition.is_ == self.value for bound in self.bounds.values() for edition in bound.editions):
            raise UnplacedError(_("a bound is the value itself"), _("compare it with something else"))
        return self

    def judge(self, scope: Scope) -> Judgement:
        """Judge a record by the first of these that holds."""
        value, reads = scope.reading(lambda: scope.number(self.value))
        bounds = self.bounded(scope, value.sql)
        facts: dict[str, Fact] = {
            "value": value,
            "of": scope.formula(self.value),
            "unit": unit_label(scope, self.unit, self.value),
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


def unit_label(scope: Scope, unit: str | Text, *values: str) -> Label:
    """Return how a unit follows its number.

    Args:
        scope: The rule's.
        unit: The unit.
        values: The numbers; where one is a plain field, the unit may not be another than the field's.
    """
    words = (unit.en, unit.zh) if isinstance(unit, Text) else (unit,)
    for name in values:
        field = scope.record.fields.get(name)
        wrong = [word for word in words if field is not None and differs(field, word)]
        if field is not None and wrong:
            with at(f"{scope.rule.kind_name}.unit"):
                raise ExpressionError(
                    _("{unit!r} is not the unit of {name}, which is in {own!r}").format(
                        unit=wrong[0], name=name, own=own_unit(field)
                    ),
                    _("write {own!r}, or convert the number in an expression").format(own=own_unit(field)),
                )
    if isinstance(unit, Text):
        return Label(f" {unit.en}", unit.zh)
    return Label(f" {unit}", f" {unit}") if unit else Label("", "")
