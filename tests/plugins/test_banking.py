"""The banking rulebook keeps its two layers apart: the manual's checklist, and figures and thresholds of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from checker.kinds.indicator import Indicator
from checker.plugins import rulebooks
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook

pytest.importorskip("checker_banking_playbook")


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return rulebooks(["banking_playbook"])[0]


def topic(rule: Rule) -> str:
    return rule.id.split("/")[1]


def test_the_checklist_states_no_number_of_its_own_and_cites_each_item_once(book: Rulebook) -> None:
    checklist = [rule for rule in book.rules.values() if topic(rule) == "checklist"]
    assert {rule.kind_name for rule in checklist} == {"assessment"}
    assert {rule.severity for rule in checklist} == {"major"}
    assert {rule.id for rule in checklist if rule.defaults} == {r.id for r in checklist if "post-loan" in r.id}
    clauses = Counter(rule.clause for rule in checklist)
    assert len(clauses) == 184
    assert set(clauses.values()) == {1}
    assert {rule.id for rule in book.rules.values() if rule.kind_name == "assessment"} == {r.id for r in checklist}


def test_a_red_flag_is_minor_says_so_and_its_bound_is_a_default_with_a_reason(book: Rulebook) -> None:
    flags = [rule for rule in book.rules.values() if topic(rule) == "flags"]
    assert {rule.severity for rule in flags} == {"minor"}
    assert all(rule.title.en.startswith("Red flag: ") and rule.title.zh.startswith("预警：") for rule in flags)
    for rule in book.rules.values():
        if isinstance(rule.kind, Indicator):
            assert rule.severity == "minor", rule.id
            assert rule.kind.source is not None, rule.id
            assert all(bound.default for bound in rule.kind.bounds.values()), rule.id


def test_explain_tells_formula_source_bound_and_that_it_is_ours(cli: Callable[..., Any]) -> None:
    told = cli("explain", "banking_playbook/flags/m-score").out
    assert "4.679 * ((net_profit - operating_cash_flow) / total_assets)" in told
    assert "source = Beneish (1999)" in told
    assert "max = -1.78 (The cut-off" in told
    assert "Our default, not the manual's: max" in told


def test_every_clause_of_the_manual_is_accounted_for(book: Rulebook) -> None:
    cited = {clause for rule in book.rules.values() for clause in (rule.clause, *rule.also)}
    for number, clause in book.clauses.items():
        assert (number in cited) + (clause.manual is not None) + clause.context == 1, number
