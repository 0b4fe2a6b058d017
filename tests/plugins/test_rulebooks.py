"""The rulebooks for property, elder care and the clinic are whole: every clause, every rule seen both ways."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.plugins import rulebooks
from checker.rulebook.coverage import coverage
from checker.rulebook.rulebook import Rulebook


@pytest.fixture(scope="module", params=["clinic", "eldercare", "property"])
def book(request: pytest.FixtureRequest) -> Rulebook:
    """One of the rulebooks."""
    pytest.importorskip(f"checker_{request.param}")
    return rulebooks([request.param])[0]


def test_every_clause_is_accounted_for(book: Rulebook) -> None:
    assert [one.number for one in coverage(book) if one.disposition == "unaccounted"] == []


ONCE = ("property/document/", "property/report/ever#")
"""Rules that ask whether something exists at all: an export gives one answer, so their family gives both."""


def test_the_fixture_passes_and_breaks_every_rule(book: Rulebook, root: Path) -> None:
    """As the expected report says, which another test holds the audit to."""
    report = json.loads((root / "fixtures" / "expected" / f"{book.about.name}.json").read_text(encoding="utf-8"))
    seen = {rule["id"]: rule["outcomes"] for rule in report["rules"]}
    assert seen.keys() == book.rules.keys()
    families: dict[str, set[str]] = {}
    for one, outcomes in seen.items():
        once = one.startswith(ONCE) and outcomes["pass"] + outcomes["violation"] == 1
        shown = families.setdefault(one.partition("#")[0] if once else one, set())
        shown |= {outcome for outcome in ("pass", "violation") if outcomes[outcome]}
    assert [family for family, shown in families.items() if len(shown) < 2] == []


def test_no_number_of_ours_is_presented_as_the_manual_s(book: Rulebook) -> None:
    """Those that the manuals state are few, and known by name."""
    stated = {
        "clinic": {"copy/fee.fee"},
        "eldercare": {"call/rescue-time.minutes", "government/age-80.years", "special/survey-everywhere.groups"},
        "property": set(),
    }
    found = {
        f"{rule.id.removeprefix(f'{book.about.name}/').partition('#')[0]}.{name}"
        for rule in book.rules.values()
        for name, dated in rule.values.items()
        if not dated.default and not isinstance(dated.editions[0].is_, str) and name != "share"
    }
    assert found == stated[book.about.name]
