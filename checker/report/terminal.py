"""The report for people: as text for the terminal, as Markdown for a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import IO

from tabulate import tabulate

from checker.language import _, bracketed, listed
from checker.report import plain, rows
from checker.report.finding import Finding
from checker.report.model import OUTCOMES, Report, RuleResult, by_severity
from checker.rulebook.kind import Outcome
from checker.rulebook.rule import SEVERITIES

DATA_ERRORS_SHOWN = 20


def write(report: Report, out: IO[str], max_per_rule: int | None) -> None:
    """Write the report as text.

    Args:
        report: The report.
        out: Where to.
        max_per_rule: How many findings of a rule are shown; what is hidden is said. All where it is ``None``.
    """
    _Writer(report, out, max_per_rule, markdown=False).write()


def write_summary(report: Report, out: IO[str]) -> None:
    """Write how often each rule is broken, and the totals."""
    _Writer(report, out, None, markdown=False).write_summary()


def write_markdown(report: Report, out: IO[str], max_per_rule: int | None = None) -> None:
    """Write the report as Markdown."""
    _Writer(report, out, max_per_rule, markdown=True).write()


def idle(report: Report) -> str:
    """Say which rulebooks no export belongs to."""
    books = listed(str(book.about.title.label) for book in report.idle)
    return _("Not audited, for no export belongs to them: {books}").format(books=books)


class _Writer:
    def __init__(self, report: Report, out: IO[str], max_per_rule: int | None, *, markdown: bool) -> None:
        self.report, self.out, self.limit, self.markdown = report, out, max_per_rule, markdown

    def write(self) -> None:
        self.inputs()
        for outcome, title in ((Outcome.VIOLATION, _("Violations")), (Outcome.PENDING, _("Pending"))):
            self.findings(outcome, title)
        self.not_assessed()
        self.idle_rules()
        self.data_errors()
        self.waivers()
        self.rules()
        self.totals()

    def write_summary(self) -> None:
        self.about()
        self.notes()
        self.broken()
        self.idle_rules()
        self.totals()

    def line(self, text: str = "") -> None:
        self.out.write(text.rstrip() + "\n")

    def heading(self, text: str) -> None:
        self.line()
        self.line(f"## {text}" if self.markdown else f"{text}\n{'─' * 72}")
        if self.markdown:
            self.line()

    def table(self, cells: Iterable[Iterable[object]], headers: list[str], numbers: bool = False) -> None:
        lines = [[self.cell(cell) for cell in line] for line in cells]
        style = "github" if self.markdown else "simple"
        text = tabulate(lines, headers, tablefmt=style, disable_numparse=not numbers)
        for line in text.splitlines():
            self.line(line if self.markdown else f"  {line}")

    def cell(self, cell: object) -> object:
        """Return a cell's text on one line, with nothing that a terminal or Markdown would act on."""
        return plain.cell(cell, markdown=self.markdown) if isinstance(cell, str) else cell if cell is not None else ""

    def about(self) -> None:
        report = self.report
        books = listed(str(rows.book_called(book)) for book in report.audited)
        title = _("Audit as of {instant}").format(instant=report.as_of.isoformat(sep=" "))
        self.line(f"# {title}" if self.markdown else title)
        if self.markdown:
            self.line()
        self.line(_("Rulebooks: {books}").format(books=books))
        if report.idle:
            self.line(idle(report))

    def notes(self) -> None:
        for told in rows.about_inputs(self.report):
            self.line(str(self.cell(str(told))))

    def inputs(self) -> None:
        report = self.report
        self.about()
        self.line()
        self.table(
            ([*rows.input_cells(report, one), one.encoding, one.sha256[:12]] for one in report.inputs),
            [*rows.input_columns(), _("encoding"), "sha256"],
        )
        self.notes()

    def findings(self, outcome: Outcome, title: str) -> None:
        if not self.report.totals[outcome.word]:
            return
        self.heading(title + bracketed(self.report.totals[outcome.word]))
        for position, (result, found) in enumerate(self.report.by_rule(outcome, self.limit)):
            if position:
                self.line()
            self.rule(result, outcome, found)

    def rule(self, result: RuleResult, outcome: Outcome, found: Iterable[Finding]) -> None:
        rule, count = result.rule, result.outcomes[outcome.word]
        told = _("{count} of {records}").format(count=count, records=result.records)
        head = f"{_(rule.severity)}  {rule.title.label}  [{rule.clause}]  {rule.id}  {told}"
        self.line(f"**{self.cell(head)}**" if self.markdown else head)
        if self.markdown:
            self.line()
        self.table(
            ((str(one.place), one.key, one.says) for one in found),
            [_("place"), _("key"), _("finding")],
        )
        if self.limit is not None and count > self.limit:
            hidden = _("… and {count} more (--max-per-rule shows more, -o FILE keeps all)")
            self.line("  " + hidden.format(count=count - self.limit))

    def not_assessed(self) -> None:
        results = [result for result in self.report.rules if result.outcomes["not_assessed"]]
        if not results:
            return
        self.heading(_("Not assessed ({count})").format(count=self.report.totals["not_assessed"]))
        lines: list[tuple[object, ...]] = []
        reasons = self.report.findings.reasons()
        for result in results:
            if result.reason:
                lines.append((result.rule.id, result.outcomes["not_assessed"], str(result.reason)))
                continue
            ordered = [(str(why), count) for why, count in reasons.get(result.number, ())]
            lines += [(result.rule.id, count, reason) for reason, count in ordered[: self.limit]]
            if self.limit is not None and len(ordered) > self.limit:
                rest = sum(count for _reason, count in ordered[self.limit :])
                lines.append((result.rule.id, rest, _("other reasons")))
        self.table(lines, [_("rule"), _("records"), _("why")])

    def idle_rules(self) -> None:
        """Show how many rules had no records: an export that is missing is one line, however many rules need it."""
        idle = rows.idle_rules(self.report)
        if not idle:
            return
        self.heading(_("Rules without records ({count})").format(count=sum(len(rules) for _why, rules in idle)))
        self.table(((str(why), len(rules)) for why, rules in idle), [_("why"), _("rules")])

    def data_errors(self) -> None:
        total = sum(one.data_errors for one in self.report.inputs)
        if not total:
            return
        self.heading(_("Data errors (in {count} rows)").format(count=total))
        errors = list(islice(self.report.findings.data_errors(), DATA_ERRORS_SHOWN + 1))
        self.table(
            ((str(one.place), one.key, str(rows.told(self.report, one))) for one in errors[:DATA_ERRORS_SHOWN]),
            [_("place"), _("key"), _("problem")],
        )
        if len(errors) > DATA_ERRORS_SHOWN:
            self.line("  " + _("… and more (-o report.json keeps all)"))

    def waivers(self) -> None:
        """Show what became of every waiver: those that cover nothing and those that have expired too."""
        if not self.report.waivers:
            return
        self.heading(_("Waivers ({count} violations waived)").format(count=self.report.waived))
        lines = [
            (use.waiver.rule, use.waiver.key, rows.state(use), use.violations, str(use.waiver.until), use.waiver.reason)
            for use in self.report.waivers
        ]
        self.table(lines, [_("rule"), _("key"), _("state"), _("violations"), _("until"), _("reason")])

    def broken(self) -> None:
        """Show each rule that is broken, the gravest first, with how often."""
        broken = [result for result in by_severity(self.report.rules) if result.outcomes["violation"]]
        if not broken:
            return
        self.heading(_("Violations") + bracketed(self.report.totals["violation"]))
        self.table(
            (
                (
                    _(result.rule.severity),
                    result.outcomes["violation"],
                    result.records,
                    str(result.rule.title.label),
                    result.rule.clause,
                    result.rule.id,
                )
                for result in broken
            ),
            [_("severity"), _("violations"), _("records"), _("title"), _("clause"), _("rule")],
        )

    def rules(self) -> None:
        self.heading(_("Rules"))
        waived = bool(self.report.waived)  # else nobody need see the column
        lines = [
            (
                result.rule.id,
                result.records,
                *(result.outcomes[outcome] for outcome in OUTCOMES),
                *[result.waived] * waived,
            )
            for result in self.report.rules
            if result.records
        ]
        records, totals = sum(result.records for result in self.report.rules), self.report.totals
        lines.append((_("all"), records, *(totals[outcome] for outcome in OUTCOMES), *[self.report.waived] * waived))
        headers = [_("rule"), _("records"), *(rows.outcome(outcome) for outcome in OUTCOMES), *[_("waived")] * waived]
        self.table(lines, headers)

    def totals(self) -> None:
        totals = self.report.totals
        self.line()
        severities = self.report.violations_by_severity
        told = listed(f"{severities[s]} {_(s)}" for s in SEVERITIES if severities[s]) or _("none")
        self.line(
            _(
                "{violations} violations ({severities}), {pending} pending, {not_assessed} not assessed; "
                "{manual} questions for the inspector."
            ).format(
                violations=totals["violation"],
                severities=told,
                pending=totals["pending"],
                not_assessed=totals["not_assessed"],
                manual=sum(1 for _item in self.report.manual_items()),
            )
        )
        if self.report.waived:
            self.line(_("{count} more violations are waived.").format(count=self.report.waived))
        if self.report.baseline is not None:
            self.line(
                _("{known} of the violations are known from {baseline}, {new} are new.").format(
                    known=self.report.known,
                    baseline=self.report.baseline,
                    new=totals["violation"] - self.report.known,
                )
            )
        if self.report.unmatched:
            told = _("{count} findings that the inspector confirmed are not there any more.")
            self.line(told.format(count=self.report.unmatched))
        if self.report.unasked:
            told = _("{count} of the inspector's answers are about clauses that are not asked here.")
            self.line(told.format(count=self.report.unasked))
        if answers := Counter(item.answer.answer for item in self.report.manual_items() if item.answer):
            told = listed(f"{count} {_(answer)}" for answer, count in sorted(answers.items()))
            self.line(_("The inspector's answers: {answers}.").format(answers=told))
