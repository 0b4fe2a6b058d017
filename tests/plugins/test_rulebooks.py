"""The rulebooks for property, elder care and the clinic are whole: every clause, every rule seen both ways."""

from __future__ import annotations

import json
import re
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


BOTH = {"pass", "violation"}
ONE_FIGURE = {"banking_playbook/flags/two-high-share": "the share of the whole loan book: an audit has one, told once"}
"""Rules of which no fixture can show both outcomes, and why; their examples do."""


@pytest.mark.parametrize("name", ["banking_playbook", "clinic", "eldercare", "property"])
def test_the_fixture_passes_and_breaks_every_item_of_every_rule(name: str, root: Path) -> None:
    """As the expected report says, which another test holds the audit to."""
    pytest.importorskip(f"checker_{name}")
    (book,) = rulebooks([name])
    report = json.loads((root / "fixtures" / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    seen = {rule["id"]: {outcome for outcome in BOTH if rule["outcomes"][outcome]} for rule in report["rules"]}
    assert seen.keys() == book.rules.keys()
    once = {rule for rule in ONE_FIGURE if rule in book.rules}
    assert {rule for rule, outcomes in seen.items() if outcomes != BOTH} == once
    for rule in once:
        assert {example.expect for example in book.rules[rule].example} >= BOTH


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


@pytest.mark.parametrize("name", ["banking_playbook", "clinic", "eldercare", "property"])
def test_chinese_texts_have_chinese_marks(name: str) -> None:
    """Of clauses and rules; headers and names of records are as exports have them."""
    pytest.importorskip(f"checker_{name}")
    (book,) = rulebooks([name])
    texts = [
        (file.name, text)
        for file in (book.path / "clauses.toml", *(book.path / "rules").rglob("*.toml"))
        for text in re.findall(r'\bzh\s*=\s*"([^"]*)"', file.read_text(encoding="utf-8"))
    ]
    assert len(texts) > 100
    assert [one for one in texts if re.search("[一-鿿] ?[,;:?!()]|[,;:?!()] ?[一-鿿]", one[1])] == []
