"""The plan: what to read of each record type, and the queries that judge it.

The first query reads an export once and judges every record by every rule. Outcomes are packed into whole
numbers, three bits a rule; a record of which there is something to tell keeps the texts it was judged by. The
second runs over these few records only and tells each finding: evidence, due date, lateness, sentence. All are
trees of neutral SQL over tables named ``book/record``; an engine puts the exports behind these names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

from sqlglot import exp

from checker import wording
from checker.joins import with_derived
from checker.language import LANGUAGES, Label, Language
from checker.rulebook.derived import Derived, Lookup, WorkingDay
from checker.rulebook.expressions import Typed
from checker.rulebook.kind import Judgement, Outcome, Sentence, judgement
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.scope import UNREADABLE, Exported, Scope, unreadable_column
from checker.sql import FALSE, NULL, column, first_of, joined_text, number, some, sql, subquery, text
from checker.tables import SQL_TYPE, Table, raw_column

RULES_PER_WORD = 20
"""How many outcomes one 64-bit number holds."""

TOLD = (Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED)

FINDING = (
    "rule",
    "outcome",
    "data_error",
    "file",
    "row",
    "key",
    "fingerprint",
    "subject",
    "department",
    "at",
    "due",
    "overdue",
    "evidence",
    "en",
    "zh",
)
"""The columns of a finding."""

UNREADABLE_VALUE = ("file", "row", "key", "field", "value")
"""The columns of an unreadable value."""


@dataclass(frozen=True)
class Judged:
    """A rule with its judgement.

    Attributes:
        number: Its number in the report.
        index: Its place among the rules of its record type.
        evidence: What it reads, in order: name, value, label.
        derived: The columns it needs beside its record's own.
    """

    rule: Rule
    judgement: Judgement
    number: int
    index: int
    evidence: tuple[tuple[str, Typed, Label], ...]
    derived: tuple[Derived, ...]

    @property
    def word(self) -> str:
        """The packed number that holds its outcomes."""
        return f"_p{self.index // RULES_PER_WORD}"

    @property
    def digit(self) -> int:
        """By what its outcomes are multiplied in there."""
        return int(8 ** (self.index % RULES_PER_WORD))

    def coded(self, digit: int = 1) -> exp.Expr:
        """Return the outcome's number times a digit: the first branch that holds decides."""
        branches = [(branch.when, number(branch.outcome * digit)) for branch in self.judgement.branches]
        return first_of(branches, number(Outcome.NOT_ASSESSED * digit))

    def sentence(
        self, language: Language, personal: wording.Personal, outcomes: Iterable[Outcome]
    ) -> exp.Expr:
        """Return the sentence of the branch that decides, among those with certain outcomes."""
        branches = [
            (branch.when, wording.worded(Sentence(branch.says, self.judgement.facts), language, personal))
            for branch in self.judgement.branches
            if branch.outcome in outcomes
        ]
        return first_of(branches, wording.worded(Sentence("The rule cannot be decided."), language, personal))


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
            found.setdefault(judged.word, []).append(judged)
        return found

    @cached_property
    def values(self) -> exp.Select:
        """Every record with its values and derived columns."""
        return with_derived(self.table, self.derived, self.others)

    @property
    def key(self) -> exp.Expr:
        """The record's key as one text."""
        return self._key(lambda _value: False)

    def _key(self, personal: wording.Personal) -> exp.Expr:
        parts = [wording.shown(self.table.value(name), None, personal) for name in self.table.record.key]
        return parts[0] if len(parts) == 1 else joined_text(" / ", parts)

    def personal(self, value: exp.Expr) -> bool:
        """Whether a value quotes a personal field of this record or of one looked up."""
        return any(reference.name in self._personal for reference in value.find_all(exp.Column))

    @cached_property
    def _personal(self) -> frozenset[str]:
        own = {name for name, field in self.table.record.fields.items() if field.personal}
        for derived in self.derived:
            if isinstance(derived, Lookup) and derived.value is not None:
                fields = self.others[derived.record].record.fields
                if any(fields[c.name].personal for c in derived.value.find_all(exp.Column) if c.table == "o"):
                    own.add(derived.column)
        return frozenset(own)

    # the first query

    def judging(self) -> exp.Select:
        """Return the first query: the packed outcomes of all records, and the texts of those to tell of."""
        packed = [exp.alias_(self._packed(rules), word, quoted=True) for word, rules in self.words.items()]
        judged = exp.select("*", *packed, copy=False).from_(subquery(self.values, "v"), copy=False)
        told = [
            sql(":p & :m <> 0", p=column(word), m=sum(4 * rule.digit for rule in rules))
            for word, rules in self.words.items()
            if rules
        ]
        kept = exp.Array(expressions=[value for _name, value in self._kept])
        return exp.select(
            *map(column, self.table.place),
            exp.alias_(exp.Anonymous(this="KEY_HASH", expressions=[self.key]), "_key", quoted=True),
            *map(column, self.words),
            exp.alias_(
                sql("CASE WHEN :t THEN :k END", t=some([*told, column(UNREADABLE)]), k=kept),
                "_told",
                quoted=True,
            ),
            copy=False,
        ).from_(subquery(judged, "j"), copy=False)

    def _packed(self, rules: list[Judged]) -> exp.Expr:
        codes = [sql("CAST(:c AS BIGINT)", c=judged.coded(judged.digit)) for judged in rules]
        return reduce(lambda a, b: sql(":a + :b", a=a, b=b), codes, sql("CAST(0 AS BIGINT)"))

    @cached_property
    def _kept(self) -> list[tuple[str, exp.Expr]]:
        """What the first query hands to the second as texts: fields as exported, derived columns as computed."""
        own = [(raw_column(name), column(raw_column(name))) for name in self.table.fields]
        return [*own, *((name, sql("CAST(:c AS VARCHAR)", c=column(name))) for name in self._derived_types)]

    @cached_property
    def _derived_types(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for derived in self.derived:
            if isinstance(derived, Lookup):
                found |= {derived.column: SQL_TYPE[derived.type], derived.undecided_column: "BOOLEAN"}
            else:
                found[derived.column] = "DATE"
        return found

    # the second query

    def told(self, judged: str) -> exp.Select:
        """Return the records of which there is something to tell, with the values they were judged by."""
        place = {name: sql(f"_told[{index}]") for index, (name, _value) in enumerate(self._kept)}
        texts = [exp.alias_(place[raw_column(name)], name, quoted=True) for name in self.table.fields]
        computed = [
            exp.alias_(sql(f"CAST(:t AS {type_})", t=place[name]), name, quoted=True)
            for name, type_ in self._derived_types.items()
        ]
        kept = map(column, (*self.table.place, *self.words))
        rows = exp.select(*kept, *texts, *computed).from_(exp.to_identifier(judged, quoted=True))
        return self.table.values(rows.where("NOT _told IS NULL"), also=(*self.words, *self._derived_types))

    def finding(self, judged: Judged, told: str, *, mask: bool) -> exp.Select:
        """Return the findings of one rule among the told records.

        Args:
            judged: The rule.
            told: The name of the table of told records.
            mask: Whether personal fields are masked.
        """
        personal = self.personal if mask else _not_personal
        record = self.table.record
        packed, digit = column(judged.word), judged.digit
        bits = sql(":p & :m", p=packed, m=7 * digit)
        outcome = first_of(
            [(sql(":b = :c", b=bits, c=code * digit), number(code)) for code in TOLD[:-1]], number(TOLD[-1])
        )
        violated = sql(":b = :c", b=bits, c=Outcome.VIOLATION * digit)
        overdue = judged.judgement.overdue
        undecided = sql(":b = :c", b=bits, c=Outcome.NOT_ASSESSED * digit)
        wrong = [
            (branch.when, FALSE if not branch.data_error else exp.true())
            for branch in judged.judgement.branches
        ]
        fingerprint = sql(
            "LEFT(SHA2(:r || :k, 256), 16)", r=f"{judged.rule.id}\n", k=sql("COALESCE(:k, '')", k=self.key)
        )
        cells: dict[str, exp.Expr] = {
            "rule": number(judged.number),
            "outcome": outcome,
            "data_error": first_of(wrong, FALSE),
            "file": column("_file"),
            "row": column("_row"),
            "key": self._key(personal),
            "fingerprint": fingerprint,
            "subject": self._role(record.subject, personal),
            "department": self._role(record.department, personal),
            "at": self._role(record.at, personal),
            "due": sql("CASE WHEN NOT :s THEN :d END", s=undecided, d=self.due(judged)),
            "overdue": NULL if overdue is None else sql("CASE WHEN :v THEN :o END", v=violated, o=overdue),
            "evidence": exp.Array(
                expressions=[self._evidence(name, value, personal) for name, value, _label in judged.evidence]
            ),
        }
        cells |= {language: judged.sentence(language, personal, TOLD) for language in LANGUAGES}
        return (
            exp.select(*(exp.alias_(cells[name], name, quoted=True) for name in FINDING), copy=False)
            .from_(exp.to_identifier(told, quoted=True), copy=False)
            .where(sql(":p & :m <> 0", p=packed, m=4 * digit), copy=False)
        )

    def due(self, judged: Judged) -> exp.Expr:
        """Return the due date or instant as text."""
        return NULL if judged.judgement.due is None else wording.shown(judged.judgement.due, None)

    def _role(self, field: str | None, personal: wording.Personal) -> exp.Expr:
        if field is None or field not in self.table.fields:
            return NULL
        return wording.shown(self.table.value(field), None, personal)

    def _evidence(self, name: str, value: Typed, personal: wording.Personal) -> exp.Expr:
        shown = wording.shown(value, None, personal)
        if name in self.table.fields and self.table.record.fields[name].may_be_unreadable:
            exported = sql("TRIM(:r)", r=column(raw_column(name)))
            exported = wording.masked(exported) if personal(value.sql) else exported
            shown = sql(
                "CASE WHEN :u THEN :r ELSE :s END", u=column(unreadable_column(name)), r=exported, s=shown
            )
        return sql("CAST(:s AS VARCHAR)", s=shown)

    def unreadable(self, told: str, *, mask: bool) -> list[exp.Select]:
        """Return for each field the values that cannot be read."""
        personal = self.personal if mask else _not_personal
        selects = []
        for name in self.table.fields:
            if not self.table.record.fields[name].may_be_unreadable:
                continue
            value = column(raw_column(name))
            cells = {
                "file": column("_file"),
                "row": column("_row"),
                "key": self._key(personal),
                "field": text(name),
                "value": wording.masked(value) if personal(column(name)) else value,
            }
            selects.append(
                exp.select(*(exp.alias_(cells[cell], cell, quoted=True) for cell in UNREADABLE_VALUE))
                .from_(exp.to_identifier(told, quoted=True))
                .where(column(unreadable_column(name)))
            )
        return selects


def _not_personal(_value: exp.Expr) -> bool:
    return False


@dataclass(frozen=True)
class Plan:
    """What an engine has to do: the record types, each once."""

    records: tuple[RecordPlan, ...]

    @cached_property
    def materialised(self) -> frozenset[str]:
        """The tables that are read more than once, or whose rows must keep their numbers through a join."""
        uses: dict[str, int] = {}
        kept: set[str] = set()
        for record in self.records:
            uses[record.table.path] = uses.get(record.table.path, 0) + 1
            if record.derived:
                kept.add(record.table.path)
            lookups = {(d.record, d.on, d.correlated) for d in record.derived if isinstance(d, Lookup)}
            for other, _on, correlated in lookups:
                path = record.others[other].path
                uses[path] = uses.get(path, 0) + 1
                uses[record.table.path] += correlated
        return frozenset(kept | {path for path, count in uses.items() if count > 1})

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every table that is read, with all the fields that any query reads of it."""
        found: dict[str, Table] = {}
        for record in self.records:
            for table in (record.table, *record.others.values()):
                known = found.get(table.path)
                fields = dict.fromkeys((*(known.fields if known else ()), *table.fields))
                found[table.path] = Table(table.book, table.name, tuple(fields), table.scales, table.cases)
        return found


def _computable(scope: Scope, given: frozenset[str]) -> tuple[Derived, ...]:
    """Return the derived columns for which the exports give all that is needed."""
    found: dict[Derived, None] = {}
    there = set(given) | {"_as_of"}
    for derived in scope.derived:
        if isinstance(derived, Lookup):
            other = scope.exported(derived.record)
            computable = other is not None and set(derived.reads) <= other and set(derived.own) <= given
        elif isinstance(derived, WorkingDay):
            computable = all(reference.name in there for reference in derived.start.find_all(exp.Column))
        else:
            raise TypeError(derived)
        if computable:
            found[derived] = None
            there.add(derived.column)
    return tuple(found)


def plan_record(
    book: Rulebook,
    name: str,
    rules: Mapping[int, Rule],
    exported: Exported,
    scales: Mapping[tuple[str, str], Mapping[str, int]],
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
        scales: For rulebook and record type, the units of numbers.
        as_of: The instant of the audit.
        cases: Whether rows belong to separate cases, as examples do.
    """
    record = book.records[name]
    given = exported(name) or frozenset()
    judged: list[Judged] = []
    own: dict[str, None] = dict.fromkeys(field for field in record.role_fields)
    others: dict[str, dict[str, None]] = {}
    for index, (place, rule) in enumerate(rules.items()):
        scope = Scope(rule, book.records, exported, as_of, roll=book.about.roll is not None)
        decided = judgement(rule.kind, scope)
        evidence = tuple(
            (field, scope.name(field), scope.label(field))
            for field in scope.read
            if not scope.absent([field])
        )
        derived = _computable(scope, given)
        judged.append(Judged(rule, decided, place, index, evidence, derived))
        own |= dict.fromkeys(field for field, _value, _label in evidence if field in record.fields)
        for one in derived:
            if isinstance(one, Lookup):
                own |= dict.fromkeys(one.own)
                others.setdefault(one.record, {}).update(dict.fromkeys(one.reads))

    def table(of: str, fields: Iterable[str]) -> Table:
        there = exported(of) or frozenset()
        kept = tuple(field for field in fields if field in there)
        return Table(book, of, kept, scales.get((book.name, of), {}), cases)

    return RecordPlan(
        table(name, own), tuple(judged), {of: table(of, fields) for of, fields in others.items()}
    )
