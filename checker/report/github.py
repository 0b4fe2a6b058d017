"""The report for GitHub Actions: annotations on standard output, and the step's summary."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from checker.language import _
from checker.report import terminal
from checker.report.model import Report
from checker.report.plain import plain
from checker.rulebook.kind import Outcome
from checker.rulebook.rule import Severity

_COMMANDS: dict[Severity, str] = {"critical": "error", "major": "error", "minor": "warning", "info": "notice"}

SUMMARY_BYTES = 1_000_000
"""What GitHub takes of a step's summary, a little less."""


def write(report: Report, out: IO[str], max_per_rule: int | None, environment: Mapping[str, str] = os.environ) -> None:
    """Write annotations, worst first, and append the report to ``GITHUB_STEP_SUMMARY`` if that is set.

    Args:
        report: The report.
        out: Where to.
        max_per_rule: How many violations of a rule are shown; what is hidden is said. All where it is ``None``.
        environment: The environment variables.
    """
    hidden = 0
    for result, shown in report.by_rule(Outcome.VIOLATION, max_per_rule):
        rule = result.rule
        for one in shown:
            title = f"{rule.title.label} [{rule.clause}]"
            place = f"file={_property(one.place.path)},line={one.place.row},title={_property(title)}"
            text = f"{one.called}: {one.says}"
            out.write(f"::{_COMMANDS[rule.severity]} {place}::{_escaped(text)}\n")
        if max_per_rule is not None:
            hidden += max(0, result.outcomes["violation"] - max_per_rule)
    if hidden:
        told = _("… and {count} more (--max-per-rule shows more, -o FILE keeps all)").format(count=hidden)
        out.write(f"::notice::{_escaped(told)}\n")
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(_summary(report, max_per_rule))


def _summary(report: Report, max_per_rule: int | None) -> str:
    """Return the report as Markdown with as many findings as GitHub takes."""
    text = ""
    for most in (max_per_rule, 10, 1):
        out = io.StringIO()
        terminal.write_markdown(report, out, most)
        text = out.getvalue()
        if len(text.encode()) < SUMMARY_BYTES:
            break
    return text


def _escaped(text: str) -> str:
    """Return a text that ends no command and begins none."""
    return plain(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
