"""What the names of a rule stand for while it is compiled, and what its expressions yield."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from sqlglot import exp

from checker.errors import nearest
from checker.language import _
from checker.rulebook.calls import date_of
from checker.rulebook.dated import Dated
from checker.rulebook.derived import Among, Derived, Lookup, WorkingDay
from checker.rulebook.expressions import compile_expression
from checker.rulebook.fields import constant, field_value
from checker.rulebook.lookups import compile_lookup
from checker.rulebook.model import Record
from checker.rulebook.rule import Rule
from checker.rulebook.typed import MOMENT, NUMERIC, ExpressionError, Type, Typed, ambiguous, at, key_of
from checker.sql import NULL, column, first_of, negated, sql, text

T = TypeVar("T")

Exported = Callable[[str], frozenset[str] | None]
"""The fields of a record type that the exports give; ``None`` for a record type that no export holds."""


def all_exported(records: Mapping[str, Record]) -> Exported:
    """Return that exports give every field of every record type."""
    return {name: frozenset(record.fields) for name, record in records.items()}.get


class Names:
    """A rule's record, lookups and values, and the instant of the audit.

    Every name that is asked for is noted, so that the plan reads just these columns and the report quotes
    just these fields as evidence.

    Args:
        rule: The rule.
        records: All record types of its rulebook.
        exported: What the exports give of a record type.
        as_of: The TIMESTAMP of the audit.
        roll: Whether the rulebook moves a last day that is no working day.
    """

    def __init__(
        self, rule: Rule, records: Mapping[str, Record], exported: Exported, as_of: exp.Expr, *, roll: bool
    ) -> None:
        self.rule, self.records, self.exported = rule, records, exported
        self.record, self.lookups = records[rule.kind.record], rule.lookups
        self.as_of, self.roll = as_of, roll
        self.read: dict[str, None] = {}
        self.derived: dict[Derived, None] = {}
        self._compiled: dict[str, Lookup] = {}
        self.no_edition: list[exp.Expr] = []
        self.off_calendar: dict[exp.Expr, None] = {}

    def name(self, name: str) -> Typed:
        """Return what a name stands for, and note that it was read."""
        if name == "as_of":
            return Typed(self.as_of, "datetime")
        if name in self.record.fields and (name in self.rule.values or name in self.rule.lookup):
            raise ambiguous(name, self.rule.kind.record)
        if name in self.rule.values:
            return self._constant(name)
        if name not in self.lookups and name not in self.record.fields:
            known = [*self.record.fields, *self.lookups, *self.rule.values, "as_of"]
            raise ExpressionError(
                _("{name} is no field of {record}").format(name=name, record=self.rule.kind.record),
                nearest(name, known),
            )
        self.read[name] = None
        if name in self.lookups:
            return self._lookup(name)
        return field_value(self.record, name, column(name))

    def fillable(self, name: str) -> Typed:
        """Return what a name stands for that may be empty; counts, sums, lists and ``exists`` never are."""
        if name in self.lookups and self._derived(name).word in ("count", "sum", "list", "exists"):
            raise ExpressionError(
                _("{name} is never empty, for it takes {take!r}").format(name=name, take=self.lookups[name].take),
                _("take first(x), last(x), min(x) or max(x)"),
            )
        return self.name(name)

    def reading(self, compile_: Callable[[], T]) -> tuple[T, tuple[str, ...]]:
        """Run a compilation and return also the names that it read."""
        before, self.read = self.read, {}
        try:
            return compile_(), tuple(self.read)
        finally:
            self.read = {**before, **self.read}

    # expressions

    def typed(self, source: str) -> Typed:
        """Compile an expression."""
        with self._stated(source):
            return compile_expression(source, self.name, self._next_working_day_of)

    def value(self, source: str, *types: Type) -> Typed:
        """Compile an expression of one of some types."""
        with self._stated(source):
            typed = self.typed(source)
            if typed.type not in types and typed.type != "empty":
                raise ExpressionError(
                    _("{source!r} is {type}").format(source=source, type=typed.type),
                    _("it must be {types}").format(types=" / ".join(sorted(types))),
                )
            return typed

    @contextmanager
    def _stated(self, source: str) -> Iterator[None]:
        """Say of what is found wrong with a text under which key of the rule's kind it stands."""
        try:
            yield
        except ExpressionError as error:
            if not error.key:
                keys = key_of(source, self.rule.kind.model_dump(by_alias=True))
                written = [key for key in keys if key not in ("editions", "is")]  # every bound has them, not every file
                error.key = ".".join((self.rule.kind_name, *written))
            raise

    def condition(self, source: str) -> exp.Expr:
        """Compile a condition."""
        return self.value(source, "yes_no").sql

    def not_among(self, name: str, allowed: Iterable[str]) -> exp.Expr:
        """Return the condition that a field or lookup has none of some values; unknown where it is empty."""
        listed = ", ".join(text(value).sql() for value in allowed)
        return negated(self.condition(f"{name} IN ({listed})"))

    def moment(self, source: str) -> Typed:
        """Compile a date or datetime."""
        return self.value(source, *MOMENT)

    def number(self, source: str) -> Typed:
        """Compile a number."""
        return self.value(source, *NUMERIC)

    # values

    def by_edition(self, dated: Dated[T], build: Callable[[T], exp.Expr]) -> exp.Expr:
        """Return what ``build`` makes of the value in force at the record's own date."""
        if dated.always:
            return build(dated.editions[0].is_)
        if self.record.at is None:
            raise ExpressionError(
                _("a value has editions, but the record has no date of its own"),
                _("name a field in the record's 'at'"),
            )
        day = date_of(self.name(self.record.at))
        in_force = [
            sql(":d >= CAST(:s AS DATE)", d=day, s=(edition.from_ or dt.date.min).isoformat())
            for edition in dated.editions
        ]
        none = sql("NOT COALESCE(:first, FALSE)", first=in_force[0])
        if none not in self.no_edition:
            self.no_edition.append(none)
        values = [build(edition.is_) for edition in dated.editions]
        return first_of(reversed(list(zip(in_force, values, strict=True))), NULL)

    def _constant(self, name: str) -> Typed:
        dated = self.rule.values[name]
        types = {type(edition.is_) for edition in dated.editions}
        if not (len(types) == 1 or types <= {int, float}):
            raise ExpressionError(_("the editions of {name} differ in type").format(name=name), _("give them one type"))
        first = constant(dated.editions[0].is_)
        return Typed(self.by_edition(dated, lambda value: constant(value).sql), first.type)

    # time

    def working_day(self, start: exp.Expr, count: int) -> exp.Expr:
        """Return the DATE of the n-th working day after a DATE; NULL past the calendar."""
        return self.derive(WorkingDay(start, count, roll=False))

    def next_working_day(self, day: exp.Expr) -> exp.Expr:
        """Return the DATE itself where it is a working day, else the next one; NULL past the calendar."""
        return self.derive(WorkingDay(day, 0, roll=True))

    def _next_working_day_of(self, day: exp.Expr) -> exp.Expr:
        """Do the same for an expression, and note that the calendar may not reach the day."""
        found = self.next_working_day(day)
        self.off_calendar[sql("NOT :d IS NULL AND :w IS NULL", d=day, w=found)] = None
        return found

    # what is computed beside the record

    def derive(self, derived: Derived) -> exp.Expr:
        """Ask the plan for a column computed beside the record's own."""
        self.derived[derived] = None
        return column(derived.column)

    def among(
        self,
        value: exp.Expr,
        type_: Type,
        by: Iterable[exp.Expr],
        order: Iterable[exp.Expr] = (),
        *,
        so_far: bool = False,
    ) -> Typed:
        """Return an aggregate over the records that have ``by`` in common with this one, itself included."""
        return Typed(self.derive(Among(value, tuple(by), tuple(order), so_far, type_)), type_)

    def _lookup(self, name: str) -> Typed:
        lookup = self._derived(name)
        self.derived[lookup] = None
        return Typed(column(lookup.column), lookup.type, codes=lookup.codes, open=lookup.open)

    def _derived(self, name: str) -> Lookup:
        """Return a lookup compiled, which is done once."""
        if name not in self._compiled:
            table = self.lookups[name]
            with at(f"lookup.{name}") if name in self.rule.lookup else at(self.rule.kind_name, self.rule.kind.keys()):
                self._compiled[name] = compile_lookup(table, self.record, self.records[table.record], self._beside)
        return self._compiled[name]

    def _beside(self, name: str) -> Typed | None:
        """Return what a name in a lookup stands for where it is no field of the other record."""
        return self.name(name) if name == "as_of" or name in self.rule.values else None
