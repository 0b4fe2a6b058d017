"""What ``when`` exempts is judged where no export can say it; what makes a rule apply is not judged without it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
RULE = """
title.en = "Not settled"
title.zh = "未办结"
clause = "D2"
severity = "minor"
{lookup}
[eligibility]
record = "request"
when = "{when}"
require = "resolved_at IS NOT NULL"
"""
VISITS = """
[lookup.visits]
record = "visit"
on = { request_id = "request_id" }
take = "count()"
"""
REQUESTS = """\
请求编号,部门,等级,受理时间,办结时间
A,前台,紧急,2023-02-01 10:00,2023-02-02 10:00
B,,普通,2023-02-01 10:00,
"""


@pytest.fixture
def desk(small: Path) -> Path:
    """Two requests, one not settled, of which the rooms are not exported, and no visits."""
    (small / "exports" / "requests.csv").write_text(REQUESTS, encoding="utf-8")
    for file in (small / "book" / "rules").rglob("*.toml"):
        file.unlink()
    return small


def outcomes(cli: Cli, desk: Path, when: str, lookup: str = "") -> dict[str, int]:
    (desk / "book" / "rules" / "request" / "own.toml").write_text(RULE.format(when=when, lookup=lookup))
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-f", "json")
    (rule,) = json.loads(ran.out)["rules"]
    return {outcome: count for outcome, count in rule["outcomes"].items() if count}


BROKEN = {"pass": 1, "violation": 1}


@pytest.mark.parametrize(
    "when",
    [
        "coalesce(room <> '1-101', TRUE)",
        "coalesce(room <> '1-101', TRUE) AND request_id <> 'C'",
        "request_id <> 'C' AND (coalesce(room <> '1-101' OR dept = 'front', TRUE))",
        "coalesce(room <> '1-101', TRUE) AND request_id <> 'C' AND request_id <> 'D'",
        "request_id <> 'C' AND (request_id <> 'D' AND coalesce(room <> '1-101', TRUE))",
    ],
)
def test_an_exemption_exempts_nobody_without_its_column(cli: Cli, desk: Path, when: str) -> None:
    assert outcomes(cli, desk, when) == BROKEN


def test_an_exemption_by_the_calendar_exempts_nobody_without_its_column(cli: Cli, desk: Path) -> None:
    (desk / "exports" / "requests.csv").write_text("请求编号,办结时间\nA,2023-02-02 10:00\nB,\n", encoding="utf-8")
    assert outcomes(cli, desk, "coalesce(NOT workday(received_at), TRUE)") == BROKEN


def test_an_exemption_by_records_that_are_not_there(cli: Cli, desk: Path) -> None:
    assert outcomes(cli, desk, "coalesce(visits = 0, TRUE)", VISITS) == BROKEN


@pytest.mark.parametrize(
    "when",
    [
        "room <> '1-101'",
        "coalesce(room = '1-101', FALSE)",
        "NOT coalesce(room = '1-101', FALSE)",
        "coalesce(room <> '1-101', TRUE) AND room IS NOT NULL",
        "coalesce(room <> '1-101', TRUE) OR dept = 'front'",
    ],
)
def test_what_a_rule_applies_by_must_be_there(cli: Cli, desk: Path, when: str) -> None:
    assert outcomes(cli, desk, when) == {"not_assessed": 2}


def test_an_exemption_counts_where_its_column_is_there(cli: Cli, desk: Path) -> None:
    assert outcomes(cli, desk, "coalesce(dept <> 'front', TRUE)") == {"violation": 1, "not_applicable": 1}


def test_only_what_an_unknown_part_reads_is_told(cli: Cli, desk: Path) -> None:
    """Of three parts the first holds though the department is empty; the last hangs on the day of settling."""
    outcomes(cli, desk, "coalesce(dept = 'front', TRUE) AND request_id <> 'C' AND resolved_at > received_at")
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-f", "json")
    (told,) = json.loads(ran.out)["not_assessed"]
    assert told["message"]["en"] == "Whether the rule applies cannot be told: resolved_at is empty."
