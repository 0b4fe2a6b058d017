"""Every rule of every installed rulebook is shown by examples, and they come out as they say."""

from __future__ import annotations

import pytest

from checker.examples import gaps, run_examples
from checker.plugins import installed, rulebooks
from checker.rulebook.rulebook import Rulebook

BOOKS = [plugin.name for plugin in installed() if plugin.rulebooks]


@pytest.fixture(scope="module", params=BOOKS)
def book(request: pytest.FixtureRequest) -> Rulebook:
    return rulebooks([request.param])[0]


def test_examples_come_out_as_they_say(book: Rulebook) -> None:
    failed = [
        f"{run.rule.id}: {run.example.name}: {run.outcome} {run.due or ''}: {run.sentence}"
        for run in run_examples(book, book.rules.values())
        if not run.passed
    ]
    assert failed == []


def test_every_rule_shows_a_pass_and_a_violation(book: Rulebook) -> None:
    assert [(rule.id, outcome) for rule, outcome in gaps(book.rules.values())] == []


def test_every_rule_cites_a_clause(book: Rulebook) -> None:
    for rule in book.rules.values():
        assert rule.clause in book.clauses
        assert not book.clauses[rule.clause].context, f"{rule.id} cites {rule.clause}, which asks for nothing"
