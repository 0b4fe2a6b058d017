"""What a rule can see while it is compiled: what its names stand for, how they are called, and what may be unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlglot import exp

from checker.language import Label, _, both
from checker.rulebook import formulas, moments
from checker.rulebook.dated import Dated
from checker.rulebook.derived import Returned
from checker.rulebook.fields import UNREADABLE, later_column, other_documents, unreadable_column
from checker.rulebook.kind import Listing, Sentence, joined
from checker.rulebook.model import Text
from checker.rulebook.names import Names
from checker.rulebook.queries import compile_query
from checker.rulebook.typed import ExpressionError
from checker.sql import FALSE, TRUE, column, conjuncts, every, is_known, is_null, negated, some, sql

T = TypeVar("T")


class Scope(Names):
    """The names of a rule, and what its kind asks about them."""

    # how sentences call things

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

    def names(self, names: Iterable[str]) -> Label:
        """Return how sentences call several fields and lookups."""
        return joined(self.label(name) for name in names)

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

    def formula(self, source: str) -> Sentence:
        """Quote an expression, where it computes something also with the numbers put in."""
        _value, names = self.reading(lambda: self.typed(source))
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

    def grounds(self, names: Iterable[str]) -> tuple[Sentence, ...]:
        """Quote what some fields and lookups hold."""
        return tuple(
            Sentence("{name} = {value}", {"name": self.label(name), "value": self.name(name)}) for name in names
        )

    # whether a rule applies

    def when(self, source: str) -> exp.Expr:
        """Compile the condition under which a rule applies.

        An exemption (a part such as ``coalesce(scope <> 'public', TRUE)``) exempts nobody where no export has what it
        reads, as it exempts no record where that is empty.
        """
        before = self.read
        condition, names = self.reading(lambda: self.condition(source))
        called = {self._derived(name).column if name in self.lookups else name: name for name in names}
        absent = {name for name in names if self.absent([name])}

        def reads(part: exp.Expr) -> set[str]:
            return {called[one.name] for one in part.find_all(exp.Column) if one.name in called}

        parts = list(conjuncts(condition))
        kept = [part for part in parts if not (_is_exemption(part) and reads(part) & absent)]
        if len(kept) == len(parts):
            return condition
        needed = set(before).union(*map(reads, kept))
        self.read = {name: None for name in self.read if name in needed or name not in absent}
        asked = {one.name for part in kept for one in part.find_all(exp.Column)}
        past = (one for one in self.off_calendar if asked.issuperset(c.name for c in one.find_all(exp.Column)))
        self.off_calendar = dict.fromkeys(past)
        return every(kept)

    def applies(self, when: str) -> exp.Expr:
        """Return the condition that a rule's ``when`` is known to hold."""
        return sql("COALESCE(:w, FALSE)", w=self.known(when)) if when else TRUE

    def known(self, when: str) -> exp.Expr:
        """Return a rule's ``when``, unknown where no part is false and a field that it reads cannot be read."""
        if not when:
            return TRUE
        condition, reads = self.reading(lambda: self.when(when))
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
        parts = list(conjuncts(when))
        doubts = {self._derived(n).column if n in self.lookups else n: self.doubtful([n]) for n in reads}
        if len(parts) == 1 or not any(doubts.values()):
            return FALSE
        false = []
        for part in parts:
            read = dict.fromkeys(one.name for one in part.find_all(exp.Column))
            known = [negated(test) for name in read for test, _label in doubts.get(name, ())]
            false.append(every([*known, negated(part)]))
        return some(false)

    def unsure(self, when: str, by: Iterable[exp.Expr]) -> exp.Expr:
        """Return how many records there are with ``by`` as here of which cannot be told if the rule applies."""
        unknown = sql("CASE WHEN :k IS NULL THEN 1 ELSE 0 END", k=self.known(when))
        return self.among(exp.Sum(this=unknown), "integer", by).sql

    @property
    def may_be_later(self) -> bool:
        """Whether a record may begin later than the audit."""
        return bool(self.record.beginnings(self.exported(self.rule.kind.record) or ()))

    # what no export gives

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
        """Return what no export gives: the record type, or some of its fields, named with it if it is another."""
        given = self.exported(record)
        if given is None:
            return (self.records[record].title.label,)
        labels = [self.records[record].label(field) for field in fields if field not in given]
        if record == self.rule.kind.record:
            return tuple(labels)
        title = self.records[record].title
        return tuple(Label(f"{one.en} ({title.en})", f"{one.zh}（{title.zh}）") for one in labels)

    def returned_by(self, query: str) -> tuple[exp.Expr, tuple[Label, ...]]:
        """Return whether a query returns this record as an offender, and what no export gives of that which it reads.

        Empty is what the query cannot tell.
        """
        tree, reads = compile_query(query, self.records, self.record.key)
        missing: dict[Label, None] = {}
        for name, fields in reads.items():
            missing |= dict.fromkeys(self._absent(name, fields))
        return self.derive(Returned(tree, self.record.key, tuple(reads.items()))), tuple(missing)

    # what is empty or cannot be told

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

    def lacking(self, name: str, where: exp.Expr = TRUE) -> tuple[tuple[exp.Expr, Label], ...]:
        """Return how to list a field or lookup where it is empty; an event later than the audit is marked as such."""
        empty, label = is_null(self.name(name).sql), self.label(name)
        if name in self.lookups or name not in self.record.fields or not self.record.events([name]):
            return ((every([where, empty]), label),)
        later = is_known(column(later_column(name)))
        marked = Label(f"{label.en} (later than the audit)", f"{label.zh}（晚于检查时点）")
        return (every([where, empty, negated(later)]), label), (every([where, later]), marked)

    def empty(self, names: Iterable[str]) -> Listing:
        """List those of some fields and lookups that are empty."""
        return Listing(tuple(item for name in names for item in self.lacking(name)))

    def doubts(self, value: exp.Expr, names: Iterable[str], said: Text | None) -> Listing:
        """List why a value is unknown that some names give: of a condition, those that an unknown part of it reads.

        The parts of a condition are what stands between its ANDs.

        Args:
            value: The value.
            names: The names.
            said: What the rule says itself: instead of naming lookups, and where no field is empty.
        """
        found: list[tuple[exp.Expr, Label]] = []
        clocks: list[tuple[exp.Expr, Label]] = []
        parts = [(is_null(part), {one.name for one in part.find_all(exp.Column)}) for part in conjuncts(value)]
        for name in names:
            if said and name in self.lookups:
                continue
            read, label = self.name(name), self.label(name)
            own = self._derived(name).column if name in self.lookups else name
            mine = [unknown for unknown, reads in parts if own in reads]
            matters = some(mine) if mine else TRUE
            found += [
                (every([matters, test]), both("{name} is empty").with_(name=called))
                for test, called in self.lacking(name)
            ]
            if name in self.record.fields and read.documents and not read.open:
                listed = every([matters, other_documents(read.sql)])
                found.append((listed, both("{name} lists what is not known").with_(name=label)))
            if read.type == "datetime":
                day = every([matters, moments.day_only(read.sql)])
                clocks.append((day, both("{name} has no time of day").with_(name=label)))
        otherwise = self.in_words("doubts", said) if said else both("its values cannot be computed or compared")
        for others in (clocks, [(is_null(value), otherwise)]):
            nothing_else = negated(some(sql("COALESCE(:t, FALSE)", t=test) for test, _label in found))
            found += [(every([nothing_else, test]), label) for test, label in others]
        return Listing(tuple(found))


def _is_exemption(part: exp.Expr) -> bool:
    """Return whether a part of a condition holds where it is not known."""
    part = part.unnest()
    return isinstance(part, exp.Coalesce) and part.expressions == [TRUE]
