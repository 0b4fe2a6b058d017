"""The report as JUnit XML: a suite for each rulebook, a case for each rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOBase
from typing import IO, cast
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from checker.language import _
from checker.report import rows
from checker.report.model import OUTCOMES, Report, RuleResult
from checker.report.plain import plain
from checker.rulebook.kind import Outcome


def write(report: Report, out: IO[str]) -> None:
    """Write the report: a rule with violations that count has failed, one that judged nothing was skipped."""
    _Writer(report, out).write()


def _failures(result: RuleResult) -> int:
    """Return how many violations count: those that the baseline has do not."""
    return result.outcomes["violation"] - result.known


def _skipped(result: RuleResult) -> bool:
    """Return whether a rule could judge no record."""
    return not any(result.outcomes[outcome] for outcome in ("pass", "violation", "pending")) and not result.waived


def _why_not(result: RuleResult) -> str:
    if result.outcomes["not_assessed"]:
        return _("no record could be assessed")
    return _("it applies to no record")


class _Writer:
    def __init__(self, report: Report, out: IO[str]) -> None:
        self._report = report
        # the cases stand in the rules' order
        self._found = report.by_rule(Outcome.VIOLATION, order=filter(_failures, report.rules))
        self._xml = XMLGenerator(cast("TextIOBase", out), "utf-8", short_empty_elements=True)

    def write(self) -> None:
        report = self._report
        self._xml.startDocument()
        with self._element("testsuites", {"name": "checker", **self._counts(list(report.rules))}):
            for book in report.rulebooks:
                results = [result for result in report.rules if result.rulebook is book]
                about = {"name": book.name, "timestamp": report.as_of.isoformat(), **self._counts(results)}
                with self._element("testsuite", about):
                    for result in results:
                        self._case(result)
        self._xml.endDocument()

    @contextmanager
    def _element(self, name: str, attributes: dict[str, str]) -> Iterator[None]:
        self._xml.startElement(name, AttributesImpl({key: plain(value) for key, value in attributes.items()}))
        yield
        self._xml.endElement(name)

    def _counts(self, results: list[RuleResult]) -> dict[str, str]:
        failed = sum(1 for result in results if _failures(result))
        skipped = sum(1 for result in results if not _failures(result) and _skipped(result))
        return {
            "tests": str(len(results)),
            "failures": str(failed),
            "errors": "0",
            "skipped": str(skipped),
            "time": "0",
        }

    def _case(self, result: RuleResult) -> None:
        rule = result.rule
        name = f"{rule.id}: {rule.title.label} [{rule.clause}]"
        with self._element(
            "testcase", {"classname": f"{result.rulebook.name}.{rule.record}", "name": name, "time": "0"}
        ):
            if count := _failures(result):
                told = _("{count} of {records}").format(count=count, records=result.records)
                with self._element("failure", {"type": rule.severity, "message": f"{rule.title.label}: {told}"}):
                    self._findings()
            elif _skipped(result):
                reason = str(result.reason or _why_not(result))
                with self._element("skipped", {"message": reason}):
                    pass
            counts = ", ".join(f"{rows.outcome(outcome)} {result.outcomes[outcome]}" for outcome in OUTCOMES)
            with self._element("system-out", {}):
                self._xml.characters(f"{counts}, {_('waived')} {result.waived}, {_('known')} {result.known}")

    def _findings(self) -> None:
        _result, found = next(self._found)
        for one in found:
            if not one.known:
                self._xml.characters(plain(f"{one.place}: {one.called}: {one.says}") + "\n")
