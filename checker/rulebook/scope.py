"""What a rule can see while it is compiled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from sqlglot import exp

from checker.errors import nearest
from checker.language import Label, _, both
from checker.rulebook import formulas, moments
from checker.rulebook.calls import date_of
from checker.rulebook.dated import Dated
from checker.rulebook.derived import Among, Derived, Lookup, Returned, WorkingDay
from checker.rulebook.expressions import compile_expression
from checker.rulebook.fields import UNREADABLE, constant, field_value, later_column, other_documents, unreadable_column
from checker.rulebook.kind import Listing, Sentence, joined
from checker.rulebook.lookups import compile_lookup
from checker.rulebook.model import Record, Text
from checker.rulebook.queries import compile_query
from checker.rulebook.rule import Rule
from checker.rulebook.typed import MOMENT, NUMERIC, ExpressionError, Type, Typed, ambiguous, at, key_of
from checker.sql import FALSE, NULL, TRUE, column, every, first_of, is_known, is_null, negated, some, sql

T = TypeVar("T")

Exported = Callable[[str], frozenset[str] | None]
"""The fields of a record type that the exports give; ``None`` for a record type that no export holds."""


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

    def label(self, name: str) -> Label:
        """Return how sentences call a field or lookup."""
        if name in self.lookups:
            table = self.lookups[name]
            if table.title is not None:
                return table.title.label
            other = self.records[table.record]
            take = formulas.in_chinese(table.take, {field: other.label(field).zh for field in other.fields})
            return Label(f"{other.title.en}: {table.take}", f"{other.title.zh}：{take}")
        return self.record.label(name) if name in self.record.fields else Label(name, name)

    @property
    def may_be_later(self) -> bool:
        """Whether a record may begin later than the audit."""
        return bool(self.record.beginnings(self.exported(self.rule.kind.record) or ()))

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
        return sql("COALESCE(:w, FALSE)", w=self.known(when)) if when else TRUE

    def known(self, when: str) -> exp.Expr:
        """Return a rule's ``when``, unknown where no part is false and a field that it reads cannot be read."""
        if not when:
            return TRUE
        condition, reads = self.reading(lambda: self.condition(when))
        unreadable = some(test for test, _label in self.unreadable(reads))
        if unreadable == FALSE:
            return condition
        known = sql("CASE WHEN NOT :u THEN :c END", u=unreadable, c=condition)
        false = self.surely_false(condition, reads)
        return known if false == FALSE else sql("CASE WHEN :f THEN FALSE ELSE :k END", f=false, k=known)

    def surely_false(self, when: exp.Expr, reads: Iterable[str]) -> exp.Expr:
        """Return whether one part of a condition does not hold, though what another reads is not known.

        Args:
            when: The condition; its parts are what stands between its ANDs.
            reads: The fields and lookups that it reads.
        """
        when = when.unnest()
        doubts = {self._derived(n).column if n in self.lookups else n: self.doubtful([n]) for n in reads}
        if not isinstance(when, exp.And) or not any(doubts.values()):
            return FALSE
        false = []
        for part in when.flatten():
            read = dict.fromkeys(one.name for one in part.find_all(exp.Column))
            known = [negated(test) for name in read for test, _label in doubts.get(name, ())]
            false.append(every([*known, negated(part)]))
        return some(false)

    def formula(self, source: str) -> Sentence:
        """Quote an expression, where it computes something also with the numbers put in."""
        _value, names = self.reading(lambda: self.any(source))
        if names == (source,):
            return Sentence("{name}", {"name": self.label(source)})
        holes = {name: f"{{{name}}}" for name in names}
        plain = source.replace("{", "{{").replace("}", "}}")
        filled = Sentence(
            formulas.renamed(plain, holes),
            {name: self.name(name) for name in names},
            formulas.in_chinese(plain, holes),
        )
        return Sentence("{formula} = {filled}", {"formula": self.written(source, names), "filled": filled})

    def written(self, source: str, names: Iterable[str]) -> Label:
        """Return an expression that reads some names as it is written, in Chinese with Chinese names."""
        return Label(source, formulas.in_chinese(source, {name: self.label(name).zh for name in names}))

    def empty(self, names: Iterable[str]) -> Listing:
        """List those of some fields and lookups that are empty."""
        return Listing(tuple(item for name in names for item in self.lacking(name)))

    def doubts(self, value: exp.Expr, names: Iterable[str]) -> Listing:
        """List why a value is unknown that some fields and lookups give."""
        found: list[tuple[exp.Expr, Label]] = []
        clocks: list[tuple[exp.Expr, Label]] = []
        for name in names:
            read, label = self.name(name), self.label(name)
            found += [(test, both("{name} is empty").with_(name=called)) for test, called in self.lacking(name)]
            if name in self.record.fields and read.documents and not read.open:
                found.append((other_documents(read.sql), both("{name} lists what is not known").with_(name=label)))
            if read.type == "datetime":
                clocks.append((moments.day_only(read.sql), both("{name} has no time of day").with_(name=label)))
        for others in (clocks, [(is_null(value), both("its values cannot be computed or compared"))]):
            nothing_else = negated(some(sql("COALESCE(:t, FALSE)", t=test) for test, _label in found))
            found += [(every([nothing_else, test]), label) for test, label in others]
        return Listing(tuple(found))

    def lacking(self, name: str, where: exp.Expr = TRUE) -> tuple[tuple[exp.Expr, Label], ...]:
        """Return how to list a field or lookup where it is empty; an event later than the audit is marked as such."""
        empty, label = is_null(self.name(name).sql), self.label(name)
        if name in self.lookups or name not in self.record.fields or not self.record.events([name]):
            return ((every([where, empty]), label),)
        later = is_known(column(later_column(name)))
        marked = Label(f"{label.en} (later than the audit)", f"{label.zh}（晚于检查时点）")
        return (every([where, empty, negated(later)]), label), (every([where, later]), marked)

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

    def doubtful(self, names: Iterable[str]) -> tuple[tuple[exp.Expr, Label], ...]:
        """Return for each field and lookup that may hold nothing certain the condition that it does."""
        names = tuple(names)
        return (*self.unreadable(names), *self.undecided(names))

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

    def unsure(self, when: str, by: Iterable[exp.Expr]) -> exp.Expr:
        """Return how many records there are with ``by`` as here of which cannot be told if the rule applies."""
        unknown = sql("CASE WHEN :k IS NULL THEN 1 ELSE 0 END", k=self.known(when))
        return self.among(exp.Sum(this=unknown), "integer", by).sql

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
