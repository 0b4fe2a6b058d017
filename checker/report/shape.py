"""The shape of the JSON report, from which its JSON Schema is made (``schema/report.json``)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from checker.rulebook.rule import Severity

Outcomes = dict[Literal["pass", "violation", "pending", "not_applicable", "not_assessed"], int]
"""How many records had each outcome; with the waived ones they add up to the records."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Texts(_Shape):
    """A text in both languages."""

    en: str
    zh: str


class SourceShape(_Shape):
    """Where a record stands.

    Attributes:
        path: The file as the user named it.
        sheet: The sheet or array, where the file has several.
        row: The row as the user sees it there.
    """

    path: str
    sheet: str | None
    row: int


class InputShape(_Shape):
    """One table of one exported file.

    Attributes:
        first_record: The day of its first record, where its records have a day.
        last_record: The day of its last record as of the audit.
    """

    path: str
    sha256: str
    bytes: int
    encoding: str
    rulebook: str
    record: str
    rows: int
    first_record: str | None
    last_record: str | None
    rows_with_data_errors: int
    unknown_columns: list[str]
    lost_columns: list[str]


class RulebookShape(_Shape):
    """A rulebook that was audited with."""

    name: str
    title: Texts
    edition: str
    timezone: str
    version: str
    sha256: str


class LaterShape(_Shape):
    """How many records of a type lie wholly later than the audit, so that no rule applies to them yet."""

    rulebook: str
    record: str
    rows: int


class AuditShape(_Shape):
    """What was audited, when, and with what.

    Attributes:
        as_of: The instant of the audit, as the clock of the rulebook's time zone shows it.
        baseline: The earlier report whose violations do not count again.
    """

    as_of: str
    engine: str
    version: str
    inputs: list[InputShape]
    later_than_audit: list[LaterShape]
    ignored_files: list[str]
    baseline: str | None
    rulebooks: list[RulebookShape]


class SummaryShape(_Shape):
    """The figures of the whole audit.

    Attributes:
        rules_without_data: Rules that had no record to judge.
        waived: Violations that a waiver covers; they are not among the outcomes.
        known: Violations that the baseline has too; they are among the outcomes.
    """

    records: int
    rules: int
    rules_without_data: int
    outcomes: Outcomes
    waived: int
    known: int
    violations_by_severity: dict[Severity, int]


class RuleShape(_Shape):
    """What one rule said.

    Attributes:
        formerly: Ids it once had.
        also: Further clauses it checks.
        our_defaults: Keys whose numbers are ours rather than the manual's.
        overrides: What the site has set otherwise.
        records: The records it judged.
        reason: Why it could not judge, where that holds for all records.
    """

    id: str
    formerly: list[str]
    rulebook: str
    clause: str
    also: list[str]
    kind: str
    severity: Severity
    record: str
    title: Texts
    our_defaults: list[str]
    overrides: list[str]
    records: int
    outcomes: Outcomes
    waived: int
    known: int
    reason: Texts | None


class FindingShape(_Shape):
    """One record of which a rule has something to tell.

    Attributes:
        fingerprint: What the finding is known by, however the record is exported: rule and key; where several records
            have one key, also what the rule read.
        subject: Whose case file it belongs to.
        case: That case's number in this report: it tells masked subjects apart.
        at: The record's own date.
        evidence: What the rule read, by field or lookup.
        due_at: The day or instant by which it was due.
        overdue: By how many seconds it is late.
        known: Whether the baseline has it too.
        confirmed: What an inspector who confirmed it wrote.
    """

    fingerprint: str
    rule: str
    clause: str
    severity: Severity
    record: str
    key: str | None
    source: SourceShape
    subject: str | None
    case: int | None
    department: str | None
    at: str | None
    title: Texts
    message: Texts
    evidence: dict[str, str | None]
    due_at: str | None
    overdue: int | None
    known: bool
    confirmed: str | None


class WaivedShape(FindingShape):
    """A violation that a waiver covers.

    Attributes:
        waiver: The waiver's place among ``waivers``, from 0.
    """

    waiver: int


class DataErrorShape(_Shape):
    """Something in the data that cannot be read or cannot be true.

    Attributes:
        also: For a key that stands more than once, the other places.
    """

    problem: Literal["unreadable", "key twice", "no key", "impossible"]
    rulebook: str
    record: str
    key: str | None
    source: SourceShape
    field: str | None
    value: str | None
    message: Texts
    also: list[SourceShape]


class WaiverShape(_Shape):
    """A waiver, and how many violations it covers.

    Attributes:
        until: Its last day, which still counts.
    """

    rule: str
    key: str
    reason: str
    approver: str
    from_: Annotated[str | None, Field(alias="from")]
    until: str
    state: Literal["in force", "not yet", "expired"]
    violations: int


class AnswerShape(_Shape):
    """What an inspector saw on the spot."""

    answer: Literal["met", "not met", "not applicable"]
    remark: str
    by: str
    on: str


class ManualItemShape(_Shape):
    """A clause that no program can see, with the question for the inspector."""

    rulebook: str
    clause: str
    question: Texts
    answer: AnswerShape | None


class ReportShape(_Shape):
    """The report that ``-o report.json`` writes."""

    schema_version: Literal[1]
    audit: AuditShape
    summary: SummaryShape
    rules: list[RuleShape]
    violations: list[FindingShape]
    pending: list[FindingShape]
    not_assessed: list[FindingShape]
    data_errors: list[DataErrorShape]
    waived: list[WaivedShape]
    waivers: list[WaiverShape]
    manual_items: list[ManualItemShape]
