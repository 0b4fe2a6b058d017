"""A record type's exports as one table of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from checker.rulebook.expressions import Type, Typed
from checker.rulebook.model import Record
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.scope import UNREADABLE, field_value, unreadable_column
from checker.sources import values
from checker.sql import column, some, sql, subquery

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
        cases: Whether its rows belong to separate cases, as examples do.
        kept: Whether its values are computed once and kept; else each query reads the exports.
    """

    book: Rulebook
    name: str
    fields: tuple[str, ...]
    cases: bool
    kept: bool = False

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

    def values(self) -> exp.Select:
        """Return every row with each field's text, its value, and whether it is unreadable."""
        source = exp.to_identifier(self.path, quoted=True)
        if self.kept:
            return exp.select("*", copy=False).from_(source, copy=False)
        return self.read(exp.select(*map(column, (*self.place, *self.fields)), copy=False).from_(source, copy=False))

    def read(self, exported: exp.Select, also: Iterable[str] = ()) -> exp.Select:
        """Return what ``values`` does, from rows of texts.

        Args:
            exported: The rows as exported.
            also: Further columns to hand on.
        """
        record = self.record.fields
        slow = [name for name in self.fields if values.has_slow(record[name])]
        kept = map(column, (*self.place, *also))
        first = exp.select(
            *kept,
            *(exp.alias_(column(name), raw_column(name), quoted=True) for name in self.fields),
            *(
                exp.alias_(self._quick(name), _quick(name) if name in slow else name, quoted=True)
                for name in self.fields
            ),
            copy=False,
        ).from_(subquery(exported, "x"), copy=False)
        plain = exp.select(
            "*", *(exp.alias_(_made_plain(name), _plain(name), quoted=True) for name in slow), copy=False
        ).from_(subquery(first, "y"), copy=False)
        read = exp.select("*", *(exp.alias_(self._value(name), name, quoted=True) for name in slow), copy=False).from_(
            subquery(plain, "z"), copy=False
        )
        flags = [
            exp.alias_(
                values.unreadable(record[name], column(raw_column(name)), column(_plain(name)), column(name)),
                unreadable_column(name),
                quoted=True,
            )
            for name in self.fields
            if record[name].may_be_unreadable
        ]
        flagged = exp.select("*", *flags, copy=False).from_(subquery(read, "u"), copy=False)
        any_flag = exp.alias_(some(column(flag.alias) for flag in flags), UNREADABLE, quoted=True)
        return exp.select("*", any_flag, copy=False).from_(subquery(flagged, "w"), copy=False)

    def _quick(self, name: str) -> exp.Expr:
        field = self.record.fields[name]
        identifier = name in self.record.key or field.type == "reference" or (self.name, name) in self.book.joined_on
        return values.quick(field, column(name), identifier=identifier)

    def _value(self, name: str) -> exp.Expr:
        field = self.record.fields[name]
        slow = values.slow(field, column(_plain(name)), self.book.about.timezone)
        read = sql("CASE WHEN :p IS NULL THEN :q ELSE :s END", p=column(_plain(name)), q=column(_quick(name)), s=slow)
        return values.finished(field, read)


def _quick(field: str) -> str:
    """The column that holds what the commonest spelling gives."""
    return f"{field}__quick"


def _plain(field: str) -> str:
    """The column that holds the plain text of what the commonest spelling does not fit."""
    return f"{field}__plain"


def _made_plain(field: str) -> exp.Expr:
    plain = exp.Anonymous(this="PLAIN", expressions=[column(raw_column(field))])
    return sql(
        "CASE WHEN :q IS NULL AND NOT :r IS NULL THEN :p END",
        q=column(_quick(field)),
        r=column(raw_column(field)),
        p=plain,
    )
