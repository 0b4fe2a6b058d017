"""What a rule can see while it is compiled."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from sqlglot import exp

from checker.errors import nearest
from checker.language import Label, _
from checker.rulebook import moments
from checker.rulebook.dated import Dated
from checker.rulebook.derived import Among, Derived, Lookup, Returned, WorkingDay
from checker.rulebook.expressions import compile_expression
from checker.rulebook.kind import Listing, Sentence, joined
from checker.rulebook.model import Record, Text
from checker.rulebook.queries import compile_query
from checker.rulebook.rule import LookupTable, Rule
from checker.rulebook.spelling import document_held
from checker.rulebook.typed import MOMENT, NUMERIC, TYPE_OF_FIELD, Document, ExpressionError, Type, Typed
from checker.sql import FALSE, NULL, TRUE, column, first_of, is_null, number, some, sql, text

T = TypeVar("T")
Exported = Callable[[str], frozenset[str] | None]
"""The fields of a record type that the exports give; ``None`` for a record type that no export holds."""

_TAKE = re.compile(r"(first|last|min|max|sum|list|count|exists)(?:\((.*)\))?", re.DOTALL)


class Scope:
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

    # names

    def name(self, name: str) -> Typed:
        """Return what a name stands for, and note that it was read."""
        if name == "as_of":
            return Typed(self.as_of, "datetime")
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

    def label(self, name: str) -> Label:
        """Return how sentences call a field or lookup."""
        if name in self.lookups:
            table = self.lookups[name]
            if table.title is not None:
                return table.title.label
            title = self.records[table.record].title
            return Label(f"{title.en}: {table.take}", f"{title.zh}：{table.take}")
        return self.record.label(name) if name in self.record.fields else Label(name, name)

    def called(self, source: str) -> Label:
        """Return how sentences call an expression: by the fields and lookups it reads."""
        _value, names = self.reading(lambda: self.typed(source))
        return self.names(names)

    def in_words(self, key: str, text: Text) -> Label:
        """Return a text of the rule with its values put in, where ``{name}`` stands for one.

        Raises:
            ExpressionError: for a hole that no value fills at all times.
        """
        values = {name: dated.editions[0].is_ for name, dated in self.rule.values.items() if dated.always}
        try:
            return text.label.with_(**values)
        except (KeyError, IndexError, ValueError):
            raise ExpressionError(
                _("{key} puts in what is no value of the rule").format(key=key),
                _("name values in braces: {values}").format(values=", ".join(values))
                if values
                else _("state it under [values]"),
            ) from None

    def names(self, names: Iterable[str]) -> Label:
        """Return how sentences call several fields and lookups."""
        return joined(self.label(name) for name in names)

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
        return compile_expression(source, self.name, self._next_working_day_of)

    def value(self, source: str, *types: Type) -> Typed:
        """Compile an expression of one of some types."""
        typed = self.typed(source)
        if typed.type not in types and typed.type != "empty":
            raise ExpressionError(
                _("{source!r} is {type}").format(source=source, type=typed.type),
                _("it must be {types}").format(types=" / ".join(sorted(types))),
            )
        return typed

    def condition(self, source: str) -> exp.Expr:
        """Compile a condition."""
        return self.value(source, "yes_no").sql

    def moment(self, source: str) -> Typed:
        """Compile a date or datetime."""
        return self.value(source, *MOMENT)

    def number(self, source: str) -> Typed:
        """Compile a number."""
        return self.value(source, *NUMERIC)

    def any(self, source: str) -> Typed:
        """Compile an expression of any type."""
        return self.typed(source)

    def applies(self, when: str) -> exp.Expr:
        """Return the condition that a rule's ``when`` is known to hold."""
        return sql("COALESCE(:w, FALSE)", w=self.condition(when)) if when else TRUE

    def formula(self, source: str) -> Sentence:
        """Quote an expression, where it computes something also with the numbers put in."""
        _value, names = self.reading(lambda: self.any(source))
        if names == (source,):
            return Sentence("{name}", {"name": self.label(source)})
        pattern = re.compile(r"\b(" + "|".join(map(re.escape, names)) + r")\b") if names else None
        put_in = pattern.sub(r"{\1}", source) if pattern else source
        filled = Sentence(put_in, {name: self.name(name) for name in names})
        return Sentence("{formula} = {filled}", {"formula": Label(source, source), "filled": filled})

    def empty(self, names: Iterable[str]) -> Listing:
        """List those of some fields and lookups that are empty."""
        return Listing(tuple((is_null(self.name(name).sql), self.label(name)) for name in names))

    def grounds(self, names: Iterable[str]) -> tuple[Sentence, ...]:
        """Quote what some fields and lookups hold."""
        return tuple(
            Sentence("{name} = {value}", {"name": self.label(name), "value": self.name(name)}) for name in names
        )

    # what may be wrong with the data

    def absent(self, names: Iterable[str]) -> tuple[Label, ...]:
        """Return those of some fields and lookups that no export gives."""
        missing: dict[Label, None] = {}
        for name in names:
            if name not in self.lookups:
                if name not in (self.exported(self.rule.kind.record) or ()):
                    missing[self.label(name)] = None
                continue
            lookup = self._derived(name)
            lacking = self._absent(lookup.record, lookup.reads)
            missing |= dict.fromkeys((*lacking, *self._absent(self.rule.kind.record, lookup.own)))
        return tuple(missing)

    def _absent(self, record: str, fields: Iterable[str]) -> tuple[Label, ...]:
        """Return what no export gives: the record type itself, or some of its fields."""
        given = self.exported(record)
        if given is None:
            return (self.records[record].title.label,)
        return tuple(self.records[record].label(field) for field in fields if field not in given)

    def unreadable(self, names: Iterable[str]) -> tuple[tuple[exp.Expr, Label], ...]:
        """Return for each field that may hold something unreadable the condition that it does."""
        return tuple(
            (column(unreadable_column(name)), self.label(name))
            for name in names
            if name in self.record.fields and self.record.fields[name].may_be_unreadable
        )

    def any_unreadable(self, fields: Iterable[tuple[exp.Expr, Label]]) -> exp.Expr:
        """Return the condition that one of some fields is unreadable; cheap for rows without such a field."""
        return sql("CASE WHEN :u THEN :f ELSE FALSE END", u=column(UNREADABLE), f=some(test for test, _label in fields))

    def undecided(self, names: Iterable[str]) -> tuple[tuple[exp.Expr, Label], ...]:
        """Return for each lookup the condition that it cannot be decided."""
        return tuple(
            (column(self._derived(name).undecided_column), self.label(name)) for name in names if name in self.lookups
        )

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
        day = moments.day(self.name(self.record.at).sql)
        in_force = [
            sql(":d >= CAST(:s AS DATE)", d=day, s=(edition.from_ or dt.date.min).isoformat())
            for edition in dated.editions
        ]
        none = sql("NOT COALESCE(:first, FALSE)", first=in_force[0])
        if none not in self.no_edition:
            self.no_edition.append(none)
        values = [build(edition.is_) for edition in dated.editions]
        return first_of(reversed(list(zip(in_force, values, strict=True))), NULL)

    def labelled(self, dated: Dated[T], label: Callable[[T], Label]) -> Label | Listing:
        """Return the sentence's name of the value in force."""
        if dated.always:
            return label(dated.editions[0].is_)
        labels = {edition.is_: label(edition.is_) for edition in dated.editions}
        return Listing(
            tuple(
                (self.by_edition(dated, lambda value, shown=shown: TRUE if value == shown else FALSE), own)  # type: ignore[misc]
                for shown, own in labels.items()
            )
        )

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

    # other records of the same type

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

    def returned_by(self, query: str) -> tuple[exp.Expr, tuple[Label, ...]]:
        """Return whether a query returns this record, and what no export gives of that which it reads."""
        tree, reads = compile_query(query, self.records, self.record.key)
        missing: dict[Label, None] = {}
        for name, fields in reads.items():
            missing |= dict.fromkeys(self._absent(name, fields))
        return self.derive(Returned(tree, self.record.key, tuple(reads.items()))), tuple(missing)

    def derive(self, derived: Derived) -> exp.Expr:
        """Ask the plan for a column computed beside the record's own."""
        self.derived[derived] = None
        return column(derived.column)

    # lookups

    def _lookup(self, name: str) -> Typed:
        lookup = self._derived(name)
        self.derived[lookup] = None
        return Typed(column(lookup.column), lookup.type)

    def _derived(self, name: str) -> Lookup:
        """Return a lookup compiled, which is done once."""
        if name not in self._compiled:
            self._compiled[name] = self._compile(name)
        return self._compiled[name]

    def _compile(self, name: str) -> Lookup:
        table: LookupTable = self.lookups[name]
        other = self.records[table.record]
        reads: dict[str, None] = dict.fromkeys(table.on.values())
        own: dict[str, None] = dict.fromkeys(table.on)
        correlated: dict[str, None] = {}

        def names(word: str) -> Typed:
            if word.startswith("this."):
                field = word.removeprefix("this.")
                own[field] = correlated[field] = None
                return field_value(self.record, field, column(field, "t"))
            if word == "as_of" or word in self.rule.values:
                return self.name(word)
            reads[word] = None
            return field_value(other, word, column(word, "o"))

        if not (match := _TAKE.fullmatch(table.take)):
            raise ExpressionError(
                _("{take!r} takes nothing").format(take=table.take),
                _("take first(x), last(x), min(x), max(x), sum(x), list(x), count or exists"),
            )
        for mine, theirs in table.on.items():
            left, right = (
                field_value(self.record, mine, column(mine)),
                field_value(other, theirs, column(theirs)),
            )
            if left.type != right.type:
                raise ExpressionError(
                    _("{mine} is {left}, but {theirs} is {right}").format(
                        mine=mine, left=left.type, theirs=theirs, right=right.type
                    ),
                    _("match fields of one type"),
                )
        where = compile_expression(table.where, names) if table.where else Typed(TRUE, "yes_no")
        if where.type != "yes_no":
            raise ExpressionError(_("{where!r} is no condition").format(where=table.where), _("compare something"))
        word, argument = match[1], (match[2] or "").strip()
        if (word in ("count", "exists")) != (argument in ("", "*")):
            raise ExpressionError(
                _("{take!r} takes nothing").format(take=table.take),
                _("take first(x), last(x), min(x), max(x), sum(x), list(x), count or exists"),
            )
        value = compile_expression(argument, names) if argument not in ("", "*") else None
        order = None
        if word in ("first", "last"):
            source = table.order or other.at
            if source is None:
                raise ExpressionError(_("{word} has no order").format(word=word), _("give order, the field to go by"))
            order = compile_expression(source, names).sql
        return Lookup(
            record=table.record,
            on=tuple(table.on.items()),
            where=where.sql,
            word=word,
            value=value.sql if value else None,
            order=order,
            type="integer" if word == "count" else value.type if value else "yes_no",
            reads=tuple(reads),
            own=tuple(own),
            correlated=bool(correlated),
        )


UNREADABLE = "_unreadable"
"""The column that says whether any field of a row is unreadable."""


def unreadable_column(field: str) -> str:
    """Return the column that says whether a field is unreadable."""
    return f"{field}__unreadable"


def field_value(record: Record, name: str, place: exp.Expr) -> Typed:
    """Return what a record's field stands for, given its column."""
    if name not in record.fields:
        raise ExpressionError(
            _("{name} is no field of {record}").format(name=name, record=record.title.en),
            nearest(name, record.fields),
        )
    field = record.fields[name]
    labels = {code: Label(code, spellings[0] if spellings else code) for code, spellings in field.choices.items()}
    if field.type != "documents":
        return Typed(place, TYPE_OF_FIELD[field.type], codes=labels, open=field.open)
    documents = {
        code: Document(document_held(place, (code, *spellings)), (code, *spellings), labels[code])
        for code, spellings in field.choices.items()
    }
    return Typed(place, "documents", documents=documents)


def constant(value: Any) -> Typed:  # noqa: ANN401  # a rulebook's scalar
    """Return a rulebook's scalar as SQL."""
    match value:
        case bool():
            return Typed(exp.Boolean(this=value), "yes_no")
        case int():
            return Typed(number(value), "integer")
        case float():
            return Typed(number(value), "number")
        case dt.datetime():
            return Typed(sql("CAST(:v AS TIMESTAMP)", v=value.isoformat(sep=" ")), "datetime")
        case dt.date():
            return Typed(sql("CAST(:v AS DATE)", v=value.isoformat()), "date")
        case dt.time():
            return Typed(sql("CAST(:v AS TIME)", v=value.isoformat()), "time")
        case _:
            return Typed(text(value), "text")
