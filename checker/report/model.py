"""The report: what an audit found, in whatever format it is written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from checker.language import N_, Label
from checker.report.finding import Finding
from checker.report.findings import Findings
from checker.rulebook.kind import Outcome
from checker.rulebook.rule import SEVERITIES, Rule, Severity
from checker.rulebook.rulebook import Rulebook
from checker.waivers import Waiver

CORRECT_WITHIN: Mapping[Severity, int] = {"critical": 3, "major": 7, "minor": 15, "info": 30}
"""Our defaults, for the manuals set no days for putting a breach right; ``[notices]`` in checker.toml sets others."""

OUTCOMES = (N_("pass"), N_("violation"), N_("pending"), N_("not_applicable"), N_("not_assessed"))


@dataclass(frozen=True)
class Input:
    """One export and what it was read as.

    Attributes:
        place: The file as the user named it, with its sheet or array.
        rows: The records read, every one of which was audited.
        first: The day of its first record, where its records have a day.
        last: The day of its last record as of the audit.
        data_errors: How many of its rows hold something that cannot be read.
        unknown: Headers that are no field.
        lost: Headers of columns left out because their texts have lost digits, with what is wrong with each.
    """

    place: str
    sha256: str
    bytes: int
    encoding: str
    rulebook: str
    record: str
    rows: int
    first: dt.date | None
    last: dt.date | None
    data_errors: int
    unknown: tuple[str, ...]
    lost: tuple[tuple[str, Label], ...] = ()


@dataclass(frozen=True)
class RuleResult:
    """What one rule said.

    Attributes:
        number: The rule's number among all rules of the audit.
        records: The records it judged; its outcomes add up to these.
        outcomes: How many records had each outcome.
        reason: Why it did not run, where it did not.
        evidence: The names of the fields and lookups it quotes.
        waived: How many violations a waiver covers; they are not among the outcomes, and add up with them.
        known: How many of the other violations the baseline has too.
    """

    number: int
    rulebook: Rulebook = field(repr=False)
    rule: Rule
    records: int
    outcomes: Mapping[str, int]
    reason: Label | None
    evidence: tuple[str, ...]
    waived: int = 0
    known: int = 0


def by_severity(results: Iterable[RuleResult]) -> list[RuleResult]:
    """Return what rules said, the gravest first."""
    return sorted(results, key=lambda result: (SEVERITIES.index(result.rule.severity), result.number))


@dataclass(frozen=True)
class WaiverUse:
    """A waiver and what became of it.

    Attributes:
        state: ``in force``, ``not yet`` or ``expired`` on the day of the audit.
        violations: How many violations it covers.
    """

    waiver: Waiver
    state: str
    violations: int


@dataclass(frozen=True)
class Answer:
    """What an inspector found on the spot.

    Attributes:
        answer: ``met``, ``not met`` or ``not applicable``.
        by: The inspector.
        on: The day.
    """

    answer: str
    remark: str
    by: str
    on: str


@dataclass(frozen=True)
class ManualItem:
    """A clause that an inspector has to look at, with the question and the answer, if there is one."""

    rulebook: Rulebook
    number: str
    question: Label
    answer: Answer | None


@dataclass(frozen=True)
class Report:
    """What an audit found.

    Attributes:
        as_of: The instant of the audit, local to each rulebook.
        engine: The engine and its version.
        version: This program's version.
        rulebooks: The rulebooks audited with.
        inputs: The exports.
        ignored: Files in the folders named that are no data.
        rules: What each rule said, in the rulebooks' order.
        findings: Violations, pending and not assessed records, data errors.
        later: For rulebook and record type, how many records lie wholly later than the audit, where some do.
        waivers: The waivers given, and what became of them.
        answers: For rulebook and clause, what the inspector answered.
        unmatched: How many findings an inspector confirmed that are not there any more.
        baseline: The earlier report whose violations do not count again, if one was given.
        correct_within: For each severity, the days that notices give for putting a violation right.

    A report is also a table of its findings to whatever takes Arrow streams: ``polars.DataFrame(report)``,
    ``pyarrow.table(report)``, ``pandas.DataFrame.from_arrow(report)``. Its columns are ``rulebook``, ``rule``,
    ``clause``, ``severity``, ``record``, ``outcome`` (``violation``, ``pending`` or ``not_assessed``), ``key``,
    ``fingerprint``, ``path``, ``sheet``, ``row``, ``subject``, ``department``, ``at``, ``due``, ``overdue``
    (seconds), ``title_en``, ``title_zh``, ``message_en``, ``message_zh``, ``evidence`` (a list of name and value),
    ``waived`` and ``known`` (in the baseline). All but ``row``, ``overdue`` and the last three are texts.
    """

    as_of: dt.datetime
    engine: str
    version: str
    rulebooks: tuple[Rulebook, ...]
    inputs: tuple[Input, ...]
    ignored: tuple[str, ...]
    rules: tuple[RuleResult, ...]
    findings: Findings
    later: Mapping[tuple[str, str], int] = field(default_factory=dict)
    waivers: tuple[WaiverUse, ...] = ()
    answers: Mapping[tuple[str, str], Answer] = field(default_factory=dict)
    unmatched: int = 0
    baseline: str | None = None
    correct_within: Mapping[Severity, int] = field(default_factory=lambda: CORRECT_WITHIN)

    @property
    def judged_nothing(self) -> bool:
        """Whether every rule lacks a column that it reads, or an export."""
        return all(result.reason is not None for result in self.rules)

    @property
    def waived(self) -> int:
        """How many violations waivers cover."""
        return sum(result.waived for result in self.rules)

    @property
    def known(self) -> int:
        """How many violations the baseline has too."""
        return sum(result.known for result in self.rules)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the findings, by rule, then as the records stand in the exports, as an Arrow stream."""
        return self.findings.table(self.rules).__arrow_c_stream__(requested_schema)

    @property
    def totals(self) -> dict[str, int]:
        """How many outcomes of each kind there are over all rules."""
        counted: Counter[str] = Counter()
        for result in self.rules:
            counted.update(result.outcomes)
        return {outcome: counted[outcome] for outcome in OUTCOMES}

    @property
    def violations_by_severity(self) -> dict[Severity, int]:
        """How many violations there are of each severity."""
        counted: Counter[Severity] = Counter()
        for result in self.rules:
            counted[result.rule.severity] += result.outcomes["violation"]
        return {severity: counted[severity] for severity in SEVERITIES}

    @cached_property
    def _by_id(self) -> dict[str, RuleResult]:
        return {result.rule.id: result for result in self.rules}

    def violations_of(self, rules: Iterable[Rule]) -> int | None:
        """Return how many violations some rules found; nothing where they passed, broke or awaited no record."""
        found = [result for rule in rules if (result := self._by_id.get(rule.id))]
        left = ("not_applicable", "not_assessed")
        if all(result.records == sum(result.outcomes[one] for one in left) for result in found):
            return None
        return sum(result.outcomes["violation"] for result in found)

    @property
    def audited(self) -> tuple[Rulebook, ...]:
        """The rulebooks that some export belongs to."""
        met = {one.rulebook for one in self.inputs}
        return tuple(book for book in self.rulebooks if book.name in met)

    @property
    def idle(self) -> tuple[Rulebook, ...]:
        """The rulebooks that no export belongs to: nothing was asked of them, and nothing is answered."""
        met = {one.rulebook for one in self.inputs}
        return tuple(book for book in self.rulebooks if book.name not in met)

    def gravest(self, outcome: Outcome) -> Iterator[Finding]:
        """Yield the findings with an outcome that no waiver covers, the gravest rules' first."""
        for _rule, found in self.by_rule(outcome):
            yield from found

    def by_rule(
        self, outcome: Outcome, most: int | None = None, *, order: Iterable[RuleResult] | None = None
    ) -> Iterator[tuple[RuleResult, Iterator[Finding]]]:
        """Yield the rules with an outcome, each with its findings that no waiver covers.

        Args:
            outcome: The outcome.
            most: The first so many findings of each rule.
            order: Which rules, in their order; all, the gravest first, where nothing is said.
        """
        if order is None:
            order = by_severity(self.rules)
        by_number = {result.number: result for result in order if result.outcomes[outcome.word]}
        found = self.findings.of(outcome, rules=list(by_number), most=most) if by_number else iter(())
        for number, of_rule in groupby(found, key=attrgetter("rule")):
            yield by_number[number], of_rule

    def manual_items(self) -> Iterator[ManualItem]:
        """Yield the audited rulebooks' clauses that no program can see, with the question an inspector answers."""
        for book in self.audited:
            for number, clause in book.clauses.items():
                if clause.manual is not None:
                    yield ManualItem(book, number, clause.manual.label, self.answers.get((book.name, number)))

    @property
    def unasked(self) -> int:
        """How many answers are about clauses that this audit asks nothing of."""
        return len(self.answers.keys() - {(item.rulebook.name, item.number) for item in self.manual_items()})

    def failed(self, at_or_above: Severity, *, strict: bool) -> bool:
        """Return whether the audit counts as failed; violations that the baseline has or a waiver covers do not count.

        Args:
            at_or_above: The least severity whose violations count.
            strict: Whether records that could not be assessed count too.
        """
        counting = SEVERITIES[: SEVERITIES.index(at_or_above) + 1]
        violated = any(
            result.outcomes["violation"] > result.known for result in self.rules if result.rule.severity in counting
        )
        return violated or (strict and self.totals["not_assessed"] > 0)
