"""The second query: what there is to tell of the few records that the first has kept.

For each rule the deciding branch and every computed fact become columns first, so that sentences, evidence and
due dates only quote columns.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Container, Mapping
from dataclasses import replace

from sqlglot import exp

from checker import wording
from checker.language import LANGUAGES, Label, Language
from checker.plan import Judged, RecordPlan
from checker.rulebook.expressions import Typed
from checker.rulebook.kind import Branch, Fact, Listing, Outcome, Sentence
from checker.rulebook.scope import unreadable_column
from checker.sql import FALSE, NULL, TRUE, column, first_of, number, sql, subquery, text
from checker.tables import ROW, raw_column

BRANCH = "_branch"
"""The number of the branch that decides."""

FINDING = (
    "rule",
    "outcome",
    "data_error",
    "file",
    "row",
    "key",
    "fingerprint",
    "subject",
    "subject_hash",
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


def told(record: RecordPlan, judged: str) -> exp.Select:
    """Return the records of which there is something to tell, with the values they were judged by.

    Args:
        record: The plan of their record type.
        judged: The table that the first query has filled.
    """
    place = {name: sql(f"_told[{index}]") for index, (name, _value) in enumerate(record.handed_on)}
    computed = [
        exp.alias_(sql(f"CAST(:t AS {type_})", t=place[name]), name, quoted=True)
        for name, type_ in record.derived_types.items()
    ]
    words = map(column, record.words)
    source = exp.to_identifier(judged, quoted=True)
    if record.table.kept:
        rows = exp.select(column(ROW), *words, *computed).from_(source).where("NOT _told IS NULL")
        same = sql("v._row = j._row")
        joined = exp.select("v.*", f"j.* EXCEPT ({ROW})").from_(subquery(record.table.values(), "v"))
        return joined.join(subquery(rows, "j"), on=same, join_type="inner")
    texts = [exp.alias_(place[raw_column(name)], name, quoted=True) for name in record.table.fields]
    rows = exp.select(*map(column, record.table.place), *words, *texts, *computed).from_(source)
    return record.table.read(rows.where("NOT _told IS NULL"), also=(*record.words, *record.derived_types))


class Decided:
    """Rows with the branch that decides each, and with the facts its sentence quotes.

    Args:
        record: The plan of the rows' record type.
        judged: The rule.
        rows: The rows, with their values.
        mask: Whether personal fields are masked.
    """

    def __init__(self, record: RecordPlan, judged: Judged, rows: exp.Select, *, mask: bool) -> None:
        self._record, self._rows, self._mask = record, rows, mask
        self._values: dict[exp.Expr, str] = {}
        self._texts: dict[exp.Expr, str] = {}
        judgement = self._judgement = judged.judgement
        self._branches = tuple(enumerate(judgement.branches))
        self.due = NULL if judgement.due is None else self._text(judgement.due, None)
        self.overdue = NULL if judgement.overdue is None else self._value(judgement.overdue)

    def select(self) -> exp.Select:
        """Return the rows with these columns."""
        deciding = first_of([(branch.when, number(index)) for index, branch in self._branches], NULL)
        values = [exp.alias_(value, name, quoted=True) for value, name in self._values.items()]
        decided = exp.select("*", exp.alias_(deciding, BRANCH, quoted=True), *values, copy=False)
        texts = [exp.alias_(value, name, quoted=True) for value, name in self._texts.items()]
        told = exp.select("*", *texts, copy=False)
        return told.from_(subquery(decided.from_(subquery(self._rows, "r"), copy=False), "d"), copy=False)

    def outcome(self) -> exp.Expr:
        """Return the number of the outcome."""
        codes = {index: number(branch.outcome) for index, branch in self._branches}
        return self._by_branch(codes, number(Outcome.NOT_ASSESSED))

    def is_any(self, test: Callable[[Branch], bool]) -> exp.Expr:
        """Return whether the branch that decides is one of some."""
        return self._by_branch({index: TRUE for index, branch in self._branches if test(branch)}, FALSE)

    def sentences(self, language: Language, outcomes: Container[Outcome]) -> dict[int, exp.Expr]:
        """Return the sentences of the branches with certain outcomes."""
        return {
            index: wording.worded(self._sentence(Sentence(branch.says, self._judgement.facts), language), language)
            for index, branch in self._branches
            if branch.outcome in outcomes
        }

    def sentence(self, language: Language, outcomes: Container[Outcome]) -> exp.Expr:
        """Return the sentence of the branch that decides, given that it has one of some outcomes."""
        undecided = wording.worded(Sentence("The rule cannot be decided."), language)
        return self._by_branch(self.sentences(language, outcomes), undecided)

    def _by_branch(self, values: Mapping[int, exp.Expr], otherwise: exp.Expr) -> exp.Expr:
        branches = [(sql(":b = :i", b=column(BRANCH), i=index), value) for index, value in values.items()]
        return first_of(branches, otherwise)

    def _value(self, value: exp.Expr) -> exp.Expr:
        """Return the column that holds a computed value."""
        if isinstance(value, (exp.Column, exp.Literal, exp.Boolean, exp.Null)):
            return value
        return column(self._values.setdefault(value, f"_value{len(self._values)}"))

    def _text(self, value: Typed, language: Language | None) -> exp.Expr:
        """Return the column that holds a value's text, masked where it must be."""
        shown = wording.shown(replace(value, sql=self._value(value.sql)), language)
        shown = wording.masked(shown) if self._mask and self._record.personal(value.sql) else shown
        return column(self._texts.setdefault(shown, f"_text{len(self._texts)}"))

    def _fact(self, fact: Fact, language: Language) -> Fact:
        """Return a fact whose values are columns of text."""
        match fact:
            case Typed():
                return Typed(self._text(fact, language), "text")
            case Listing():
                return Listing(tuple((self._value(test), label) for test, label in fact.items))
            case Sentence():
                return self._sentence(fact, language)
            case Label():
                return fact
            case _:
                return tuple(self._sentence(one, language) for one in fact)

    def _sentence(self, sentence: Sentence, language: Language) -> Sentence:
        """Return a sentence with the facts it quotes, and no others."""
        quoted = [name for _text, name, _spec, _conversion in string.Formatter().parse(sentence.says) if name]
        return Sentence(sentence.says, {name: self._fact(sentence.facts[name], language) for name in quoted})


def finding(record: RecordPlan, judged: Judged, source: str, outcomes: Container[Outcome], *, mask: bool) -> exp.Select:
    """Return the findings of one rule.

    Args:
        record: The plan of its record type.
        judged: The rule.
        source: The table of told records.
        outcomes: The outcomes that occur and are told.
        mask: Whether personal fields are masked.
    """
    about = record.table.record
    rows = exp.select("*").from_(exp.to_identifier(source, quoted=True))
    is_told = sql(":p & :m <> 0", p=column(judged.word), m=4 * judged.digit)
    decided = Decided(record, judged, rows.where(is_told), mask=mask)
    violated = decided.is_any(lambda branch: branch.outcome is Outcome.VIOLATION)
    timed = decided.is_any(lambda branch: branch.outcome in (Outcome.VIOLATION, Outcome.PENDING))
    key = sql("COALESCE(:k, '')", k=record.key)
    cells: dict[str, exp.Expr] = {
        "rule": number(judged.number),
        "outcome": decided.outcome(),
        "data_error": decided.is_any(lambda branch: branch.data_error),
        "file": column("_file"),
        "row": column("_row"),
        "key": record.key_shown(mask=mask),
        "fingerprint": sql("LEFT(SHA2(:r || :k, 256), 16)", r=f"{judged.rule.first_id}\n", k=key),
        "subject": _role(record, about.subject, mask=mask),
        "subject_hash": sql("LEFT(SHA2(CAST(:s AS VARCHAR), 256), 16)", s=_role(record, about.subject, mask=False)),
        "department": _role(record, about.department, mask=mask),
        "at": _role(record, about.at, mask=mask),
        "due": sql("CASE WHEN :t THEN :d END", t=timed, d=decided.due),
        "overdue": sql("CASE WHEN :v THEN :o END", v=violated, o=decided.overdue),
        "evidence": exp.Array(
            expressions=[_evidence(record, name, value, mask=mask) for name, value, _label in judged.evidence]
        ),
        **{language: decided.sentence(language, outcomes) for language in LANGUAGES},
    }
    named = [exp.alias_(cells[name], name, quoted=True) for name in FINDING]
    return exp.select(*named, copy=False).from_(subquery(decided.select(), "d"), copy=False)


def unreadable_values(record: RecordPlan, source: str, *, mask: bool) -> list[exp.Select]:
    """Return for each field of the told records the values that cannot be read."""
    selects = []
    for name, field in record.table.record.fields.items():
        if name not in record.table.fields or not field.may_be_unreadable:
            continue
        value = column(raw_column(name))
        cells = {
            "file": column("_file"),
            "row": column("_row"),
            "key": record.key_shown(mask=mask),
            "field": text(name),
            "value": wording.masked(value) if mask and field.personal else value,
        }
        named = [exp.alias_(cells[cell], cell, quoted=True) for cell in UNREADABLE_VALUE]
        rows = exp.select(*named).from_(exp.to_identifier(source, quoted=True))
        selects.append(rows.where(column(unreadable_column(name))))
    return selects


def _role(record: RecordPlan, field: str | None, *, mask: bool) -> exp.Expr:
    return NULL if field is None or field not in record.table.fields else record.field_shown(field, mask=mask)


def _evidence(record: RecordPlan, name: str, value: Typed, *, mask: bool) -> exp.Expr:
    """Return what a rule read, as text: the value, or what stands there instead of one."""
    shown = wording.shown(value, None)
    if name in record.table.fields and record.table.record.fields[name].may_be_unreadable:
        exported = sql("TRIM(:r)", r=column(raw_column(name)))
        shown = sql("CASE WHEN :u THEN :r ELSE :s END", u=column(unreadable_column(name)), r=exported, s=shown)
    return wording.masked(shown) if mask and record.personal(value.sql) else sql("CAST(:s AS VARCHAR)", s=shown)
