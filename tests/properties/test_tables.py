"""Whatever a table holds: every rule gives every record one outcome, and the order of rows changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.report import rows
from checker.report.model import OUTCOMES, Report
from checker.rulebook.kind import Outcome
from checker.rulebook.rulebook import Rulebook

Judge = Callable[..., Report]
Row = dict[str, str]

RULES = {path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent / "rules").glob("*.toml")}
FEWER = settings(max_examples=settings.default.max_examples // 2)

MOMENTS = (
    "",
    "2023-02-01 09:00",
    "2023-02-01 17:30",
    "2023-02-02",
    "2023/2/3 7:05",
    "2023-02-06 23:59:59",
    "later",
    "2090-01-05 10:00",
)
DAYS = ("", "2023-02-01", "2023年2月2日", "2023-03-05", "无", "31.02")
AMOUNTS = ("", "0", "10", "10.01", "1,000", "￥20", "much")
CASE = {
    "begun_at": MOMENTS,
    "ended_at": MOMENTS,
    "begun_on": DAYS,
    "grade": ("", "major", "轻微", "huge"),
    "flag": ("", "是", "否", "maybe"),
    "team": ("", "a", "b", "Ａ"),
    "amount": AMOUNTS,
    "limit": AMOUNTS,
    "papers": ("", "身份证", "身份证、合同", "户口本"),
}
PART = {
    "case_id": ("", "c0", "c1", "c2", "c9"),
    "sort": ("", "visit", "电话", "letter"),
    "done_at": MOMENTS,
    "amount": AMOUNTS,
}


def table(fields: dict[str, tuple[str, ...]], letter: str, most: int) -> st.SearchStrategy[list[Row]]:
    """Rows of drawn cells with keys ``c0``, ``c1`` …; now and then a key stands twice or is empty. One is a record."""
    keys = st.sampled_from(["", "c0"]) | st.none()
    row = st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in fields.items()})
    drawn = st.lists(st.tuples(row, keys), min_size=1, max_size=most)
    return drawn.map(
        lambda found: [
            {"id": f"{letter}{number}" if key is None else key, **cells} for number, (cells, key) in enumerate(found)
        ]
    ).filter(lambda rows: any(any(row.values()) for row in rows))


@pytest.fixture(scope="module")
def every_kind(book_of: Callable[..., Rulebook]) -> Rulebook:
    return book_of(RULES)


AS_OF = dt.date(2023, 2, 4)


@FEWER
@given(table(CASE, "c", 25), table(PART, "p", 25))
def test_outcomes_add_up(every_kind: Rulebook, judged: Judge, cases: list[Row], parts: list[Row]) -> None:
    report = judged(every_kind, AS_OF, case=cases, part=parts)
    assert len(report.rules) == len(RULES)
    for rule in report.rules:
        assert set(rule.outcomes) == set(OUTCOMES)
        assert sum(rule.outcomes.values()) == rule.records == sum(any(row.values()) for row in cases)
        for outcome in (Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
            assert len(list(report.findings.of(outcome, rules=[rule.number]))) == rule.outcomes[outcome.word]


def told(report: Report) -> tuple[list[Any], list[str]]:
    """Return all that a report says, without places and in an order of its own."""
    findings = report.findings.of(Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED)
    said = sorted(str({**rows.finding(report, one), "source": None}) for one in findings)
    return [(rule.rule.id, rule.outcomes) for rule in report.rules], said


@FEWER
@given(st.data(), table(CASE, "c", 25), table(PART, "p", 25))
def test_the_order_of_rows_changes_nothing(
    every_kind: Rulebook, judged: Judge, data: st.DataObject, cases: list[Row], parts: list[Row]
) -> None:
    cases = [{**row, "id": f"c{number}"} for number, row in enumerate(cases)]
    parts = [{**row, "id": f"p{number}"} for number, row in enumerate(parts)]
    mixed = data.draw(st.permutations(cases)), data.draw(st.permutations(parts))
    one = told(judged(every_kind, AS_OF, case=cases, part=parts))
    other = told(judged(every_kind, AS_OF, case=mixed[0], part=mixed[1]))
    assert one == other
