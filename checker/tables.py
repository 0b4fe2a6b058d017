"""A record type's exports as one table of values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sqlglot import exp

from checker import wording
from checker.language import Language
from checker.rulebook import moments
from checker.rulebook.fields import LATER, UNREADABLE, field_value, later_column, unreadable_column
from checker.rulebook.model import Record
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.typed import Typed
from checker.sources import values
from checker.sql import FALSE, as_column, call, column, every, negated, some, sql, subquery

FILE, ROW = "_file", "_row"
"""Columns that every table has besides its fields: which of its exports a row stands in, and its number among
all rows of the record type."""

CASE, AS_OF = "_case", "_as_of"
"""Further columns of examples: the case a row belongs to, and the instant it is judged at."""

BITS = 62
"""How many bits of a BIGINT are used where it holds several answers, so that it never is negative."""


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
        as_of: The instant of the audit.
        cases: Whether its rows belong to separate cases, as examples do.
        kept: Whether its values are computed once and kept; else each query reads the exports.
        rows: Only the rows from one number up to another, of a table that is kept; all where nothing is said.
    """

    book: Rulebook
    name: str
    fields: tuple[str, ...]
    as_of: exp.Expr
    cases: bool
    kept: bool = False
    rows: tuple[int, int] | None = None

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

    @cached_property
    def events(self) -> tuple[str, ...]:
        """The fields that are read and empty while they lie later than the audit."""
        return self.record.events(self.fields)

    @cached_property
    def beginnings(self) -> tuple[str, ...]:
        """The fields that are read and say from when on a record is there."""
        return self.record.beginnings(self.fields)

    def value(self, field: str) -> Typed:
        """Return a field's value, given its column."""
        return field_value(self.record, field, column(field))

    def masked(self, field: str, shown: exp.Expr) -> exp.Expr:
        """Return what is shown of a field, masked if it is personal: wholly where one letter would tell it."""
        about = self.record.fields[field]
        return wording.masked(shown, wholly=about.type in ("yes_no", "choice")) if about.personal else shown

    def shown(self, field: str, language: Language | None) -> exp.Expr:
        """Return a field's value as text, given its columns; as exported where it cannot be read.

        Args:
            field: The field.
            language: The language of choices; their codes where nothing is said.
        """
        shown = wording.shown(self.value(field), language)
        if not self.record.fields[field].may_be_unreadable:
            return shown
        exported = sql("TRIM(:r)", r=column(raw_column(field)))
        return sql("CASE WHEN :u THEN :r ELSE :s END", u=column(unreadable_column(field)), r=exported, s=shown)

    def cell(self, field: str, language: Language | None, *, mask: bool = False) -> exp.Expr:
        """Return a field as text (``shown``), a later event marked as such.

        Args:
            field: The field.
            language: The language of choices; their codes where nothing is said.
            mask: Whether it is masked if it is personal.
        """

        def masked(text: exp.Expr) -> exp.Expr:
            return self.masked(field, text) if mask else text

        shown = masked(self.shown(field, language))
        if field not in self.events:
            return shown
        later = replace(self.value(field), sql=column(later_column(field)))
        day = sql("REPLACE(CAST(:n AS VARCHAR), ' 23:59:59', '')", n=self.as_of)
        told = sql(":s || ' (> ' || :d || ')'", s=masked(wording.shown(later, language)), d=day)
        return sql("CASE WHEN :l IS NULL THEN :s ELSE :t END", l=later.sql, s=shown, t=told)

    def happened(self) -> exp.Select:
        """Return what ``values`` does, without rows that are later than the audit."""
        rows = self.values()
        if not self.beginnings:
            return rows
        return exp.select("*", copy=False).from_(subquery(rows, "h"), copy=False).where(sql("NOT :l", l=column(LATER)))

    def values(self) -> exp.Select:
        """Return every row with each field's value, its text (``texts``), and whether it is unreadable.

        Events later than the audit have not happened, so they are empty; a row that is itself so late is marked.
        """
        source = exp.to_identifier(self.path, quoted=True)
        if self.kept:
            rows = exp.select("*", copy=False).from_(source, copy=False)
            if self.rows is None:
                return rows
            first, end = self.rows
            return rows.where(sql(":r >= :f AND :r < :e", r=column(ROW), f=first, e=end), copy=False)
        return self.read(exp.select(*map(column, (*self.place, *self.fields)), copy=False).from_(source, copy=False))

    def read(self, exported: exp.Select, also: Iterable[str] = ()) -> exp.Select:
        """Return what ``values`` does, from rows of texts.

        Args:
            exported: The rows as exported.
            also: Further columns to hand on.
        """
        return self.finished(self.quick(exported, also), self.slow, also)

    @property
    def slow(self) -> tuple[str, ...]:
        """The fields whose types know spellings beyond the commonest."""
        return tuple(name for name in self.fields if values.has_slow(self.record.fields[name]))

    @property
    def texts(self) -> tuple[str, ...]:
        """The fields that have their text as exported beside their value; what is kept has no text twice."""
        return self.slow if self.kept else self.fields

    def exported(self, field: str) -> exp.Column:
        """Return the column that holds a field's text: its value where that is all there is."""
        return column(raw_column(field) if field in self.texts else field)

    def quick(self, exported: exp.Query, also: Iterable[str] = ()) -> exp.Select:
        """Return rows of texts, and beside each text what the commonest spelling of its type gives."""
        cells = [as_column(column(name), raw_column(name)) for name in self.texts]
        slow = frozenset(self.slow)  # where there is no other spelling, the commonest gives the value itself
        read = [as_column(self._quick(name), _quick_column(name) if name in slow else name) for name in self.fields]
        rows = exp.select(*map(column, (*self.place, *also)), *cells, *read, copy=False)
        return rows.from_(subquery(exported, "x"), copy=False)

    def unlike(self, field: str) -> exp.Expr:
        """Return whether a row of ``quick`` has a text in a field that is not in the commonest spelling."""
        return values.unlike(self.record.fields[field], column(raw_column(field)), column(_quick_column(field)))

    def finished(self, rows: exp.Select, slow: Collection[str], also: Iterable[str] = ()) -> exp.Select:
        """Return what ``values`` does, from rows of ``quick``.

        Args:
            rows: The rows.
            slow: The fields in which other spellings than the commonest may stand.
            also: Further columns to hand on.
        """
        record = self.record.fields
        plain = [as_column(_made_plain(name), _plain_column(name)) for name in self.slow if name in slow]
        read = [as_column(self._value(name, name in slow), name) for name in self.slow]
        for added in (plain, read):
            if added:
                rows = exp.select("*", *added, copy=False).from_(subquery(rows, "y"), copy=False)
        flags = {
            unreadable_column(name): values.unreadable(
                record[name], column(raw_column(name)), column(_plain_column(name)), column(name)
            )
            if name in slow
            else FALSE
            for name in self.fields
            if record[name].may_hold_errors
        }
        wrong = [name for name, flag in flags.items() if flag != FALSE]
        if self.beginnings:
            flags[LATER] = self._is_not_there(flags)
        ahead = {
            name: sql("CASE WHEN NOT :h THEN :v END", h=self._has_come(name), v=column(name)) for name in self.events
        }
        done = map(column, (*self.place, *also, *map(raw_column, self.texts)))
        named = [as_column(flag, name) for name, flag in flags.items()]
        named += [as_column(value, later_column(name)) for name, value in ahead.items()]
        finished = exp.select(*done, *map(self._so_far, self.fields), *named, copy=False)
        finished = finished.from_(subquery(rows, "y"), copy=False)
        any_flag = some(column(name) for name in wrong)
        return exp.select("*", as_column(any_flag, UNREADABLE), copy=False).from_(subquery(finished, "w"), copy=False)

    def _so_far(self, name: str) -> exp.Expr:
        """Return a field's value as of the audit."""
        if name not in self.events:
            return column(name)
        return as_column(sql("CASE WHEN :h THEN :v END", h=self._has_come(name), v=column(name)), name)

    def _is_not_there(self, unreadable: Mapping[str, exp.Expr]) -> exp.Expr:
        """Return whether a row begins later than the audit: an event does, and nothing else has or may have come."""
        record, begins = self.record, self.beginnings
        later = some(
            sql("NOT COALESCE(:h, TRUE)", h=self._has_come(name)) for name in begins if record.fields[name].is_event
        )
        if len(begins) == 1:
            return later
        come = [sql("COALESCE(:h, FALSE)", h=self._has_come(name)) for name in begins]
        may_have = [unreadable[unreadable_column(name)] for name in begins]
        return every([later, negated(some([*come, *may_have]))])

    def _has_come(self, name: str) -> exp.Expr:
        return moments.has_come(column(name), self.record.fields[name].type, self.as_of)

    def _quick(self, name: str) -> exp.Expr:
        field = self.record.fields[name]
        identifier = name in self.record.key or field.type == "reference" or (self.name, name) in self.book.joined_on
        return values.quick(field, column(name), identifier=identifier)

    def _value(self, name: str, is_slow: bool) -> exp.Expr:
        field = self.record.fields[name]
        if not is_slow:
            return values.finished(field, column(_quick_column(name)))
        slow = values.slow(field, column(_plain_column(name)), self.book.about.timezone)
        read = sql(
            "CASE WHEN :p IS NULL THEN :q ELSE :s END",
            p=column(_plain_column(name)),
            q=column(_quick_column(name)),
            s=slow,
        )
        return values.finished(field, read)


def _quick_column(field: str) -> str:
    """The column that holds what the commonest spelling gives."""
    return f"{field}__quick"


def _plain_column(field: str) -> str:
    """The column that holds the plain text of what the commonest spelling does not fit."""
    return f"{field}__plain"


def _made_plain(field: str) -> exp.Expr:
    plain = call("PLAIN", column(raw_column(field)))
    return sql(
        "CASE WHEN :q IS NULL AND NOT :r IS NULL THEN :p END",
        q=column(_quick_column(field)),
        r=column(raw_column(field)),
        p=plain,
    )
