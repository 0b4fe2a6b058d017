"""The plan: what to read of each record type, and the query that judges it.

The first query reads an export once and judges every record by every rule. Which branch of each rule decides is
packed into whole numbers, a few bits a rule; a record of which there is something to tell keeps the texts it was
judged by. The second (``checker.telling``) runs over these few records only. All are trees of neutral SQL over
tables named ``book/record``; an engine puts the exports behind these names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import pairwise

from sqlglot import exp

from checker import wording
from checker.joins import with_derived
from checker.language import Label
from checker.rulebook import moments
from checker.rulebook.derived import Among, Derived, Lookup, Returned, WorkingDay
from checker.rulebook.fields import LATER, UNREADABLE, field_of
from checker.rulebook.kind import LATER_THAN_AUDIT, Branch, Judgement, Outcome, judgement
from checker.rulebook.names import Exported
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.scope import Scope
from checker.rulebook.typed import MOMENT, SQL_TYPE, Typed
from checker.sql import as_column, call, column, first_of, joined_text, number, some, sql, subquery, text
from checker.tables import AS_OF, BITS, Table, raw_column


@dataclass(frozen=True)
class Judged:
    """A rule with its judgement.

    Attributes:
        number: Its number in the report.
        index: Its place among the rules of its record type.
        word: The packed number that holds which of its branches decides.
        shift: How many bits of that number stand below.
        evidence: What it reads, in order: name, value, label.
        derived: The columns it needs beside its record's own.
    """

    rule: Rule
    judgement: Judgement
    number: int
    index: int
    word: str
    shift: int
    evidence: tuple[tuple[str, Typed, Label], ...]
    derived: tuple[Derived, ...]

    @property
    def runs(self) -> bool:
        """Whether there is anything to compute: a rule that lacks a field says the same of every record."""
        return self.judgement.branches[0].outcome is not Outcome.NOT_EXPORTED

    @property
    def bits(self) -> int:
        """How many bits hold its codes: twice the number of the deciding branch, and one more where it is told of."""
        return (2 * len(self.judgement.branches) - 1).bit_length()

    @property
    def branch_mask(self) -> int:
        """What leaves of a code, once the lowest bit is gone, the number of the branch."""
        return (1 << self.bits - 1) - 1

    def told_of(self, counts: Mapping[int, int]) -> list[int]:
        """Return those of the branches that decided some record which are told, given how many each decided."""
        return [branch for branch in sorted(counts) if self.judgement.branches[branch].outcome.is_told]

    def packed(self) -> exp.Expr:
        """Return the code in its place in the packed number; that of records later than the audit is nought."""
        return self.decided(
            lambda index, branch: (2 * index + branch.outcome.is_told) << self.shift,
            begin=int(self.judgement.branches[0] == LATER_THAN_AUDIT),
        )

    def decided(self, code: Callable[[int, Branch], int], begin: int = 0) -> exp.Expr:
        """Return a number for the first branch that holds, of all from one on; the last one always does."""
        branches = [(branch.when, number(code(index, branch))) for index, branch in enumerate(self.judgement.branches)]
        return first_of(branches[begin:-1], branches[-1][1])

    def deciding(self) -> exp.Expr:
        """Return the number of the branch that decides."""
        return self.decided(lambda index, _branch: index)

    def is_told(self) -> exp.Expr:
        """Return whether there is something to tell, given the packed number."""
        return sql(":w & :m <> 0", w=column(self.word), m=1 << self.shift)

    def branch(self) -> exp.Expr:
        """Return the number of the branch that decides, given the packed number."""
        return sql("(:w >> :s) & :m", w=column(self.word), s=self.shift + 1, m=self.branch_mask)


@dataclass(frozen=True)
class RecordPlan:
    """All that is asked of one record type.

    Attributes:
        table: The record type's exports.
        rules: The rules that judge it.
        others: The tables that lookups read, by record type.
    """

    table: Table
    rules: tuple[Judged, ...]
    others: Mapping[str, Table]

    @cached_property
    def derived(self) -> tuple[Derived, ...]:
        """The derived columns of all rules, each once, in an order in which they can be computed."""
        return tuple(dict.fromkeys(derived for judged in self.rules for derived in judged.derived))

    @cached_property
    def words(self) -> dict[str, list[Judged]]:
        """The packed numbers, each with its rules."""
        found: dict[str, list[Judged]] = {"_p0": []}
        for judged in self.rules:
            if judged.runs:
                found.setdefault(judged.word, []).append(judged)
        return found

    @cached_property
    def values(self) -> exp.Select:
        """Every record with its values and derived columns."""
        return with_derived(self.table, self.derived, self.others)

    @property
    def key(self) -> exp.Expr:
        """The record's key as one text."""
        return self.key_shown(mask=False)

    def key_shown(self, *, mask: bool) -> exp.Expr:
        """Return the record's key as one text, where asked for with its personal fields masked."""
        parts = [self.field_shown(name, mask=mask) for name in self.table.record.key]
        return parts[0] if len(parts) == 1 else joined_text(" / ", parts)

    def field_shown(self, name: str, *, mask: bool) -> exp.Expr:
        """Return a field's value as text, where asked for masked if it is personal."""
        shown = self.table.shown(name, None)
        return self.table.masked(name, shown) if mask else shown

    def is_personal(self, value: exp.Expr) -> bool:
        """Return whether a value quotes a personal field of this record or of one looked up."""
        return any(reference.name in self._personal for reference in value.find_all(exp.Column))

    def masked(self, value: Typed, shown: exp.Expr) -> exp.Expr:
        """Return a value's text, masked if it is personal."""
        if not self.is_personal(value.sql):
            return shown
        listed = any(reference.name in self._lists for reference in value.sql.find_all(exp.Column))
        return wording.masked(shown, wholly=listed or bool(value.codes) or value.type == "yes_no")

    @cached_property
    def _lists(self) -> frozenset[str]:
        return frozenset(one.column for one in self.derived if isinstance(one, Lookup) and one.word == "list")

    @cached_property
    def _personal(self) -> frozenset[str]:
        own = {name for name, field in self.table.record.fields.items() if field.personal}
        for derived in self.derived:
            if isinstance(derived, Lookup) and derived.value is not None:
                fields = self.others[derived.record].record.fields
                if any(fields[field_of(c.name)].personal for c in _shown_of(derived.value) if c.table == "o"):
                    own.add(derived.column)
            elif isinstance(derived, Among) and any(c.name in own for c in _shown_of(derived.value)):
                own.add(derived.column)
        return frozenset(own)

    # the first query

    @property
    def is_divisible(self) -> bool:
        """Whether some of its rows can be judged apart from the others."""
        return self.table.kept and not any(isinstance(one, Among) for one in self.derived)

    def parts(self, count: int, rows: int) -> list[RecordPlan]:
        """Return plans that judge so many rows in so many parts, of a record type that is divisible."""
        ends = [rows * number // count for number in range(count + 1)]
        return [replace(self, table=replace(self.table, rows=part)) for part in pairwise(ends)]

    def judging(self) -> exp.Select:
        """Return the first query: which branches decide of each record, and the texts of those to tell of."""
        packed = [as_column(self._packed(rules), word) for word, rules in self.words.items()]
        judged = exp.select("*", *packed, copy=False).from_(subquery(self.values, "v"), copy=False)
        told = [
            sql(":w & :m <> 0", w=column(word), m=sum(1 << rule.shift for rule in rules))
            for word, rules in self.words.items()
            if rules
        ]
        texts = exp.Array(expressions=[value for _name, value in self.handed_on] or [text("")])
        return exp.select(
            *map(column, self.table.place),
            as_column(call("KEY_HASH", self.key), "_key"),
            as_column(self._day, "_day"),
            *map(column, self.words),
            as_column(sql("CASE WHEN :t THEN :k END", t=some([*told, column(UNREADABLE)]), k=texts), "_told"),
            copy=False,
        ).from_(subquery(judged, "j"), copy=False)

    @property
    def _day(self) -> exp.Expr:
        """The day of the record as of the audit, where it has one that anybody may see."""
        at, fields = self.table.record.at, self.table.record.fields
        if at not in self.table.fields or fields[at].personal or fields[at].type not in MOMENT:
            return sql("CAST(NULL AS DATE)")
        come = moments.has_come(column(at), fields[at].type, self.table.as_of)
        return sql("CASE WHEN :c THEN :d END", c=come, d=moments.day(column(at)))

    def _packed(self, rules: list[Judged]) -> exp.Expr:
        codes = [sql("CAST(:c AS BIGINT)", c=judged.packed()) for judged in rules]
        packed = reduce(lambda a, b: sql(":a + :b", a=a, b=b), codes, sql("CAST(0 AS BIGINT)"))
        return sql("CASE WHEN :l THEN 0 ELSE :p END", l=column(LATER), p=packed) if self.table.beginnings else packed

    @cached_property
    def handed_on(self) -> list[tuple[str, exp.Expr]]:
        """What the first query hands to the second as texts: fields as exported, derived columns as computed.

        A table that is kept has its fields there already.
        """
        own = [] if self.table.kept else [(raw_column(n), column(raw_column(n))) for n in self.table.fields]
        return [*own, *((name, sql("CAST(:c AS VARCHAR)", c=column(name))) for name in self.derived_types)]

    @cached_property
    def derived_types(self) -> dict[str, str]:
        """The derived columns and their SQL types."""
        return {name: SQL_TYPE[type_] for derived in self.derived for name, type_ in derived.columns.items()}


@dataclass(frozen=True)
class Plan:
    """What an engine has to do: the record types, each once."""

    records: tuple[RecordPlan, ...]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every table that is read, with all the fields that any query reads of it."""
        found: dict[str, Table] = {}
        for record in self.records:
            for table in (record.table, *record.others.values()):
                known = found.get(table.path, table)
                found[table.path] = replace(table, fields=tuple(dict.fromkeys((*known.fields, *table.fields))))
        return found

    def with_all_fields(self) -> Plan:
        """Return the plan in which each record type has the fields too that only lookups of others read.

        What cannot be read there is told of the record in which it stands.
        """
        return Plan(tuple(replace(record, table=self.tables[record.table.path]) for record in self.records))

    @cached_property
    def shared(self) -> frozenset[str]:
        """The tables that are read more than once, or whose rows must keep their numbers through a join."""
        uses: Counter[str] = Counter()
        joined: set[str] = set()
        for record in self.records:
            uses[record.table.path] += 1
            if record.derived:
                joined.add(record.table.path)
            lookups = {(d.record, d.on, d.correlated) for d in record.derived if isinstance(d, Lookup)}
            queried = [other for d in record.derived if isinstance(d, Returned) for other in d.elsewhere]
            uses.update(record.others[other].path for other in (*(of for of, *_how in lookups), *queried))
        return frozenset(joined | {path for path, count in uses.items() if count > 1})

    @property
    def asks_calendar(self) -> bool:
        """Whether a rule needs the working days."""
        return any(isinstance(derived, WorkingDay) for record in self.records for derived in record.derived)

    def keeping(self, *, everything: bool) -> Plan:
        """Return the plan in which shared tables are kept, or all of them."""
        kept = frozenset(self.tables) if everything else self.shared

        def settled(table: Table) -> Table:
            return replace(table, kept=table.path in kept)

        return Plan(
            tuple(
                replace(
                    record,
                    table=settled(record.table),
                    others={name: settled(other) for name, other in record.others.items()},
                )
                for record in self.records
            )
        )


def _shown_of(value: exp.Expr) -> Iterator[exp.Column]:
    """Yield the columns of which a value shows something; whether one is there shows nothing of it."""
    return (one for one in value.walk(prune=lambda node: isinstance(node, exp.Is)) if isinstance(one, exp.Column))


def _computable(scope: Scope, given: frozenset[str]) -> tuple[Derived, ...]:
    """Return the derived columns for which the exports give all that is needed."""
    found: list[Derived] = []
    there = {*given, AS_OF}
    for derived in scope.derived:
        others = [(scope.exported(record), fields) for record, fields in derived.elsewhere.items()]
        if derived.here <= there and all(other is not None and other >= set(fields) for other, fields in others):
            found.append(derived)
            there |= set(derived.columns)
    return tuple(found)


def plan_record(
    book: Rulebook,
    name: str,
    rules: Mapping[int, Rule],
    exported: Exported,
    as_of: exp.Expr,
    *,
    cases: bool = False,
) -> RecordPlan:
    """Compile the rules of one record type against the fields that its exports give.

    Args:
        book: The rulebook.
        name: The record type.
        rules: The rules to judge by, by their numbers in the report.
        exported: What the exports give of each record type.
        as_of: The instant of the audit.
        cases: Whether rows belong to separate cases, as examples do.
    """
    record = book.records[name]
    given = exported(name) or frozenset()
    judged: list[Judged] = []
    own: dict[str, None] = dict.fromkeys(record.role_fields)
    others: dict[str, dict[str, None]] = {}
    word = used = 0
    for index, (place, rule) in enumerate(rules.items()):
        scope = Scope(rule, book.records, exported, as_of, roll=book.about.roll is not None)
        decided = judgement(rule.kind, scope)
        evidence = tuple(
            (field, scope.name(field), scope.label(field))
            for field in scope.read
            if field not in rule.kind.lookups() and not scope.absent([field])
        )
        derived = _computable(scope, given)
        one = Judged(rule, decided, place, index, f"_p{word}", used, evidence, derived)
        if one.runs and used + one.bits > BITS:
            word, used = word + 1, 0
            one = replace(one, word=f"_p{word}", shift=used)
        used += one.bits if one.runs else 0
        judged.append(one)
        own |= dict.fromkeys(field for field, _value, _label in evidence if field in record.fields)
        for column_ in derived:
            own |= dict.fromkeys(name for name in sorted(column_.here) if name in record.fields)
            for other, fields in column_.elsewhere.items():
                keys = book.records[other].key if other == column_.by_key else ()
                others.setdefault(other, {}).update(dict.fromkeys((*fields, *keys)))

    def table(of: str, fields: Iterable[str]) -> Table:
        there = exported(of) or frozenset()
        kept = tuple(field for field in dict.fromkeys((*fields, *book.records[of].beginnings(there))) if field in there)
        return Table(book, of, kept, as_of, cases)

    return RecordPlan(table(name, own), tuple(judged), {of: table(of, fields) for of, fields in others.items()})
