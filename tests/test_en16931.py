"""A rulebook from outside whose examples are the published test cases of the regulation."""

from __future__ import annotations

from pathlib import Path

from checker.examples import run_examples
from checker.plugins import rulebooks

PUBLISHED = {"BR-CO-13": 13, "BR-CO-15": 7, "BR-27": 3, "BR-28": 3, "BR-29": 3, "BR-30": 3, "BR-16": 2, "BR-02": 2}


def test_the_published_verdicts_are_reproduced() -> None:
    (book,) = rulebooks([str(Path(__file__).parents[1] / "fixtures/en16931/rulebook")])
    assert len(book.rules) == 26
    runs = run_examples(book, book.rules.values())
    assert [f"{run.rule.id}: {run.example.name}: {run.outcome}" for run in runs if not run.passed] == []
    cases: dict[str, int] = {}
    for run in runs:
        cases[run.rule.clause] = cases.get(run.rule.clause, 0) + 1
    assert {clause: cases[clause] for clause in PUBLISHED} == PUBLISHED
