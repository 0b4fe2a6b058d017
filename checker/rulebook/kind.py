"""The contract between rules, kinds and the plan.

A kind turns a rule into a **judgement**: branches in order, the first that holds decides. The plan puts the
branches into one query with those of the other rules; reports read the sentences; ``explain`` walks them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from pydantic import ConfigDict
from sqlglot import exp

from checker.language import N_, Label, Language, translate
from checker.rulebook.fields import LATER
from checker.rulebook.model import Model, Name, Text
from checker.rulebook.typed import Typed
from checker.sql import FALSE, TRUE, column, negated, some, sql

if TYPE_CHECKING:
    from checker.rulebook.rule import LookupTable
    from checker.rulebook.scope import Scope


class Outcome(IntEnum):
    """What a rule says of one record. Those from 4 on are told record by record."""

    PASS = 0
    NOT_APPLICABLE = 1
    NOT_EXPORTED = 2  # not assessed for a reason that holds for the whole file, and is told once
    VIOLATION = 4
    PENDING = 5
    NOT_ASSESSED = 6

    @property
    def word(self) -> str:
        """The outcome's name in reports."""
        return "not_assessed" if self is Outcome.NOT_EXPORTED else self.name.lower()

    @property
    def is_told(self) -> bool:
        """Whether it is told record by record."""
        return self >= Outcome.VIOLATION


TOLD = tuple(outcome for outcome in Outcome if outcome.is_told)
"""The outcomes that are told record by record, in the order of reports."""


@dataclass(frozen=True)
class Listing:
    """A sentence's part that names those of some things for which a condition holds."""

    items: tuple[tuple[exp.Expr, Label], ...]


@dataclass(frozen=True)
class Sentence:
    """A text in English with ``{fact}`` holes and what fills them.

    Attributes:
        zh: Its Chinese where the catalogue cannot have it: a rule's own formula.
    """

    says: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    zh: str = ""

    def template(self, language: Language) -> str:
        """Return the text in a language, with its holes."""
        return self.zh if self.zh and language == "zh" else translate(self.says, language)


Fact = Typed | Label | Listing | Sentence | tuple[Sentence, ...]
"""What a sentence may quote: a value, a name, those of some names that apply, other sentences."""


@dataclass(frozen=True)
class Branch:
    """One step of a judgement.

    Attributes:
        outcome: What follows when ``when`` is true; an unknown condition counts as not true.
        says: The sentence, in English, with ``{fact}`` holes; the catalogue has its Chinese.
        data_error: Whether it tells of something that cannot be true, such as an end before its start.
    """

    outcome: Outcome
    when: exp.Expr
    says: str
    data_error: bool = False


@dataclass(frozen=True)
class Judgement:
    """How one rule judges one record.

    Attributes:
        branches: The steps in order; the last one always holds.
        facts: What sentences may quote.
        due: The last permitted day or instant, DATE or TIMESTAMP.
        overdue: How late, in seconds; for limits in days, whole days.
    """

    branches: tuple[Branch, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    due: Typed | None = None
    overdue: exp.Expr | None = None


LATER_THAN_AUDIT = Branch(Outcome.NOT_APPLICABLE, column(LATER), N_("It is dated later than the audit."))
"""What a rule says first of records that may lie ahead of the audit; not where it lacks a field and applies to all."""


_NOT_APPLICABLE = N_("The rule does not apply.")


class Kind(Model):
    """A rule's kind and what it says: the table of a rule file that bears the kind's name.

    Attributes:
        record: The record type it judges.
        when: The condition under which the rule applies; all records where there is none.
        doubts: Why it cannot be told, in words, where a condition is unknown though no field it reads is empty, or
            a query's ``offends`` is NULL. Elsewhere what is empty is named.
    """

    model_config = ConfigDict(str_min_length=1)  # an empty expression would pass for one that is not there

    record: Name
    when: str = ""
    doubts: Text | None = None

    @classmethod
    def keys(cls) -> list[str]:
        """Return the keys that the kind's table may have."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    def lookups(self) -> dict[str, LookupTable]:
        """Return the lookups that every rule of the kind makes, by the names ``judge`` reads them under."""
        return {}

    @abstractmethod
    def judge(self, scope: Scope) -> Judgement:
        """Say how the rule judges a record."""


def judgement(kind: Kind, scope: Scope) -> Judgement:
    """Return a rule's whole judgement: the steps every rule begins with, then its kind's own.

    A condition of which a part is false makes the rule not applicable, whatever else cannot be read. A condition
    that is unknown, a value that cannot be read, a lookup that cannot be decided and a value without an edition in
    force leave the record not assessed. A field that no export has leaves all records not assessed to which the rule
    would apply. To what is later than the audit no rule applies.
    """
    facts: dict[str, Fact] = {}
    branches: list[Branch] = []
    when, when_reads = scope.reading(lambda: scope.when(kind.when)) if kind.when else (None, ())
    off_calendar = tuple(scope.off_calendar)
    own = kind.judge(scope)

    def undecided(names: Iterable[str], fact: str, says: str) -> None:
        """Stop at a lookup that hangs on what is empty or cannot be read in some row."""
        if open_ := scope.undecided(names):
            facts[fact] = Listing(open_)
            condition = some(condition for condition, _label in open_)
            branches.append(Branch(Outcome.NOT_ASSESSED, condition, says))

    def readable(names: Iterable[str]) -> None:
        """Stop at a value that cannot be read."""
        if unreadable := scope.unreadable(names):
            facts["unreadable"] = Listing(scope.unreadable(scope.read))
            condition = scope.any_unreadable(unreadable)
            branches.append(Branch(Outcome.NOT_ASSESSED, condition, "{unreadable} cannot be read."))

    missing = scope.absent(scope.read)
    if scope.may_be_later and not (missing and when is None):
        branches.append(LATER_THAN_AUDIT)
    rest = [name for name in scope.read if name not in when_reads]
    asked = None if scope.absent(when_reads) else when
    if asked is not None and (false := scope.surely_false(asked, when_reads)) != FALSE:
        doubts = [test for test, _label in scope.undecided(when_reads)]
        doubts.append(scope.any_unreadable(scope.unreadable(when_reads)))
        false = sql("CASE WHEN :d THEN :f ELSE FALSE END", d=some(doubts), f=false)  # cheap where all is known
        branches.append(Branch(Outcome.NOT_APPLICABLE, false, _NOT_APPLICABLE))
    if not missing:
        readable(when_reads)
    if asked is not None:
        undecided(when_reads, "unsure", N_("{unsure} cannot be told, for a value is empty or cannot be read."))
        facts["condition_unknown"] = scope.doubts(asked, when_reads, kind.doubts)
        branches += [
            Branch(Outcome.NOT_APPLICABLE, negated(asked), _NOT_APPLICABLE),
            *(
                Branch(Outcome.NOT_ASSESSED, condition, "The working-day calendar does not reach the record's date.")
                for condition in off_calendar
            ),
            Branch(
                Outcome.NOT_ASSESSED,
                sql(":w IS NULL", w=asked),
                "Whether the rule applies cannot be told: {condition_unknown}.",
            ),
        ]
    if missing:
        facts["missing"] = joined(missing)
        branches.append(Branch(Outcome.NOT_EXPORTED, TRUE, "Not exported: {missing}."))
        return Judgement(_reachable(branches), facts)
    readable(rest)
    undecided(rest, "undecided", N_("{undecided} cannot be told, for a value is empty or cannot be read."))
    branches += [
        Branch(Outcome.NOT_ASSESSED, condition, "No edition of the rule is in force on the record's date.")
        for condition in scope.no_edition
    ]
    return Judgement(_reachable((*branches, *own.branches)), {**facts, **own.facts}, own.due, own.overdue)


def _reachable(branches: Iterable[Branch]) -> tuple[Branch, ...]:
    """Return the branches up to the first that always holds, without those that never do."""
    found: list[Branch] = []
    for branch in branches:
        if branch.when != FALSE:
            found.append(branch)
        if branch.when == TRUE:
            return tuple(found)
    return (*found, Branch(Outcome.NOT_ASSESSED, TRUE, "The rule cannot be decided."))


def joined(labels: Iterable[Label]) -> Label:
    """Return several names as one."""
    labels = list(labels)
    return Label(", ".join(label.en for label in labels), "、".join(label.zh for label in labels))


def either(labels: Iterable[Label]) -> Label:
    """Return the names of alternatives as one."""
    labels = list(labels)
    return Label(" or ".join(label.en for label in labels), "或".join(label.zh for label in labels))
