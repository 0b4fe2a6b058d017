"""A record type's exports as one table of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from checker.rulebook.expressions import Type, Typed
from checker.rulebook.model import Record
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.scope import UNREADABLE, field_value, unreadable_column
from checker.sources.values import typed, unreadable
from checker.sql import column, some, subquery

FILE, ROW = "_file", "_row"
"""Columns that every table has besides its fields: which of its exports a row stands in, and its number among
all rows of the record type."""

CASE, AS_OF = "_case", "_as_of"
"""Further columns of examples: the case a row belongs to, and the instant it is judged at."""

SQL_TYPE: dict[Type, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "yes_no": "BOOLEAN",
    "documents": "VARCHAR",
    "period": "VARCHAR",
    "span": "BIGINT",
    "empty": "VARCHAR",
}


def raw_column(field: str) -> str:
    """Return the column that holds a field's text as exported."""
    return f"{field}__raw"


@dataclass(frozen=True)
class Table:
    """A record type's exports, and which of its fields are read.

    Attributes:
        book: The rulebook.
        name: The record type.
        fields: The fields that are read.
        scales: For numbers whose header carries a unit, by what they are multiplied.
        cases: Whether its rows belong to separate cases, as examples do.
    """

    book: Rulebook
    name: str
    fields: tuple[str, ...]
    scales: Mapping[str, int]
    cases: bool

    @property
    def record(self) -> Record:
        """The record type."""
        return self.book.records[self.name]

    @property
    def place(self) -> tuple[str, ...]:
        """The columns besides its fields."""
        return (FILE, ROW, CASE, AS_OF) if self.cases else (FILE, ROW)

    @property
    def path(self) -> str:
        """The table's name in queries."""
        return f"{self.book.name}/{self.name}"

    def value(self, field: str) -> Typed:
        """Return a field's value, given its column."""
        return field_value(self.record, field, column(field))

    def exported(self) -> exp.Select:
        """Return every row as exported: texts."""
        return exp.select(*map(column, (*self.place, *self.fields)), copy=False).from_(
            exp.to_identifier(self.path, quoted=True), copy=False
        )

    def values(self, exported: exp.Select, also: Iterable[str] = ()) -> exp.Select:
        """Return the rows with each field's text, its value, and whether it is unreadable.

        Args:
            exported: The rows as exported.
            also: Further columns to hand on.
        """
        kept = [*map(column, (*self.place, *also))]
        texts = [exp.alias_(column(name), raw_column(name), quoted=True) for name in self.fields]
        read = [exp.alias_(self._typed(name), name, quoted=True) for name in self.fields]
        values = exp.select(*kept, *texts, *read, copy=False).from_(subquery(exported, "x"), copy=False)
        flags = {
            unreadable_column(name): unreadable(
                self.record.fields[name], column(raw_column(name)), column(name)
            )
            for name in self.fields
            if self.record.fields[name].may_be_unreadable
        }
        flagged = exp.select(
            "*", *(exp.alias_(flag, name, quoted=True) for name, flag in flags.items()), copy=False
        ).from_(subquery(values, "y"), copy=False)
        any_flag = exp.alias_(some(map(column, flags)), UNREADABLE, quoted=True)
        return exp.select("*", any_flag, copy=False).from_(subquery(flagged, "z"), copy=False)

    def _typed(self, name: str) -> exp.Expr:
        field = self.record.fields[name]
        identifier = (
            name in self.record.key or field.type == "reference" or (self.name, name) in self.book.joined_on
        )
        return typed(
            field,
            column(name),
            identifier=identifier,
            zone=self.book.about.timezone,
            scale=self.scales.get(name, 1),
        )
