"""Spark and DuckDB say the same of every fixture, example and specification, to the letter."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from checker.auditing import audit
from checker.engines import Opened, engine
from checker.examples import run_examples
from checker.plugins import installed, rulebooks
from checker.report.model import Report
from checker.rulebook.kind import Outcome

pytestmark = pytest.mark.xdist_group("spark")

FIXTURES = [
    ("fixtures/property", "property", dt.date(2023, 3, 1)),
    ("fixtures/boston311/data", "fixtures/boston311/rulebook", dt.date(2022, 4, 1)),
    ("fixtures/eldercare", "eldercare", dt.date(2023, 3, 1)),
    ("fixtures/clinic", "clinic", dt.date(2023, 3, 1)),
    ("fixtures/banking_playbook", "banking_playbook", dt.date(2023, 6, 30)),
]
DUCKDB = engine()


@pytest.mark.parametrize(("data", "book", "as_of"), FIXTURES)
def test_fixture(spark: Opened, root: Path, data: str, book: str, as_of: dt.date) -> None:
    if "/" not in book:
        pytest.importorskip(f"checker_{book}")
    books = rulebooks([book])
    ours, theirs = (told(audit([data], books, as_of, engine=opened)) for opened in (DUCKDB, spark))
    assert ours["findings"]
    for part, ours_of_part in ours.items():
        assert theirs[part] == ours_of_part, part


def told(report: Report) -> dict[str, object]:
    """Return all that a report says, but which engine said it."""
    findings = report.findings
    return {
        "findings": list(findings.of(Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED)),
        "outcomes": {result.rule.id: (result.records, dict(result.outcomes)) for result in report.rules},
        "data errors": list(findings.data_errors()),
        "inputs": report.inputs,
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", [plugin.name for plugin in installed() if plugin.rulebooks])
def test_examples(spark: Opened, name: str) -> None:
    (book,) = rulebooks([name])
    ours, theirs = (run_examples(book, book.rules.values(), engine=opened) for opened in (DUCKDB, spark))
    assert theirs == ours
