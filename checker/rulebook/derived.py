"""Columns that the plan computes beside a record's own: what rules ask for beyond the row itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2s

from sqlglot import exp

from checker.language import Label
from checker.rulebook.fields import field_of
from checker.rulebook.typed import Type


class Derived:
    """A derived column; equal ones are computed once."""

    type: Type

    @cached_property
    def column(self) -> str:
        """The column's name in the query: the same for the same derivation."""
        return f"_{type(self).__name__.lower()}_{blake2s(repr(self).encode(), digest_size=6).hexdigest()}"

    @property
    def columns(self) -> Mapping[str, Type]:
        """All columns it adds, with the types of their values."""
        return {self.column: self.type}

    @property
    def here(self) -> frozenset[str]:
        """The columns of the record that it needs."""
        return frozenset()

    @property
    def elsewhere(self) -> Mapping[str, tuple[str, ...]]:
        """The fields of other record types (or of the same, read again) that it needs."""
        return {}

    @property
    def by_key(self) -> str | None:
        """The record type of whose rows the key says which goes first, as far as an export gives it; if any."""
        return None


def _named(*expressions: exp.Expr) -> frozenset[str]:
    """Return the fields that expressions read, by their value or by whether it can be read."""
    return frozenset(field_of(reference.name) for one in expressions for reference in one.find_all(exp.Column))


@dataclass(frozen=True)
class WorkingDay(Derived):
    """The ``count``-th working day after the DATE ``start``; with ``roll``, ``start`` itself where it is one."""

    start: exp.Expr
    count: int
    roll: bool
    type: Type = "date"

    @property
    def here(self) -> frozenset[str]:
        """The columns of the record that it needs."""
        return _named(self.start)


@dataclass(frozen=True)
class Lookup(Derived):
    """A value taken from the rows of another record type that belong to a record.

    Attributes:
        record: The other record type.
        on: Pairs of this record's field and the other's that must be equal.
        where: Which of the rows count; the other's columns stand under ``o``, this record's under ``t``. It is unknown
            of a row where that hangs on what is empty or cannot be read.
        word: ``first``, ``last``, ``min``, ``max``, ``sum``, ``list``, ``count`` or ``exists``.
        value: What is taken of each row.
        order: What ``first`` and ``last`` go by.
        type: The type of the result.
        codes: The choices that the result is one of, where it is.
        open: Whether it may be another than these.
        reads: The other record's fields that are needed.
        own: This record's fields that are needed.
        correlated: Whether ``where`` or ``value`` names this record's fields.
    """

    record: str
    on: tuple[tuple[str, str], ...]
    where: exp.Expr
    word: str
    value: exp.Expr | None
    order: exp.Expr | None
    type: Type
    codes: Mapping[str, Label] = field(compare=False, repr=False)
    open: bool
    reads: tuple[str, ...]
    own: tuple[str, ...]
    correlated: bool

    @property
    def undecided_column(self) -> str:
        """The column that says that the result hangs on what is empty or cannot be read.

        That is the condition for some row, a value that is taken, or what ``first`` and ``last`` go by.
        """
        return f"{self.column}__undecided"

    @property
    def columns(self) -> Mapping[str, Type]:
        """The value, and whether it is undecided."""
        return {self.column: self.type, self.undecided_column: "yes_no"}

    @property
    def here(self) -> frozenset[str]:
        """The columns of the record that it needs."""
        return frozenset(self.own)

    @property
    def elsewhere(self) -> Mapping[str, tuple[str, ...]]:
        """The fields of the other record type."""
        return {self.record: self.reads}

    @property
    def by_key(self) -> str | None:
        """The other record type, where several of its rows may stand first or last."""
        return self.record if self.order is not None else None


@dataclass(frozen=True)
class Among(Derived):
    """What a record's place among the others of its type gives.

    Attributes:
        value: The aggregate or window function, over the record's columns.
        by: The columns or expressions that a group has in common.
        order: What the group is ordered by, where order counts.
        so_far: Whether only the records up to this one count.
        type: The type of the result.
    """

    value: exp.Expr
    by: tuple[exp.Expr, ...]
    order: tuple[exp.Expr, ...]
    so_far: bool
    type: Type

    @property
    def here(self) -> frozenset[str]:
        """The columns of the record that it needs."""
        return _named(self.value, *self.by, *self.order)


@dataclass(frozen=True)
class Returned(Derived):
    """Whether a query returns a record's key as an offender's; empty where the query cannot tell.

    Attributes:
        query: The query, over tables named like record types; it yields the columns of ``key``, and may yield
            ``offends`` beside them.
        key: The record's key.
        reads: The fields it needs of each record type.
    """

    query: exp.Query
    key: tuple[str, ...]
    reads: tuple[tuple[str, tuple[str, ...]], ...]
    type: Type = "yes_no"

    @property
    def here(self) -> frozenset[str]:
        """The columns of the record that it needs."""
        return frozenset(self.key)

    @property
    def elsewhere(self) -> Mapping[str, tuple[str, ...]]:
        """The fields that the query reads."""
        return dict(self.reads)
