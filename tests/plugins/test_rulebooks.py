"""The rulebooks for elder care and the clinic are whole: every clause, every rule seen both ways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.plugins import rulebooks
from checker.rulebook.coverage import coverage
from checker.rulebook.rulebook import Rulebook


@pytest.fixture(scope="module", params=["clinic", "eldercare"])
def book(request: pytest.FixtureRequest) -> Rulebook:
    """One of the rulebooks."""
    pytest.importorskip(f"checker_{request.param}")
    return rulebooks([request.param])[0]


def test_every_clause_is_accounted_for(book: Rulebook) -> None:
    assert [one.number for one in coverage(book) if one.disposition == "unaccounted"] == []


def test_the_fixture_passes_and_breaks_every_rule(book: Rulebook, root: Path) -> None:
    """As the expected report says, which another test holds the audit to."""
    report = json.loads((root / "fixtures" / "expected" / f"{book.about.name}.json").read_text(encoding="utf-8"))
    seen = {rule["id"]: rule["outcomes"] for rule in report["rules"]}
    assert seen.keys() == book.rules.keys()
    assert [one for one, outcomes in seen.items() if not (outcomes["pass"] and outcomes["violation"])] == []


def test_no_number_of_ours_is_presented_as_the_manual_s(book: Rulebook) -> None:
    """Those that the manuals state are few, and known by name."""
    stated = {
        "clinic": {"copy/fee.fee"},
        "eldercare": {"call/rescue-time.minutes", "government/age-80.years"},
    }
    found = {
        f"{rule.id.removeprefix(f'{book.about.name}/')}.{name}"
        for rule in book.rules.values()
        for name, dated in rule.values.items()
        if not dated.default and not isinstance(dated.editions[0].is_, str) and name != "share"
    }
    assert found == stated[book.about.name]
