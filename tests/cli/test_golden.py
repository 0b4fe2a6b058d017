"""The reports of the fixtures are those in ``fixtures/expected``.

Where a report is meant to change: ``uv run pytest tests/cli/test_golden.py --write-golden``, and read the diff.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("name", "as_of"),
    [
        ("clinic", "2023-03-01"),
        ("eldercare", "2023-03-01"),
        ("property", "2023-03-01"),
    ],
)
def test_fixture(golden_report: Callable[[str, str], dict[str, Any]], name: str, as_of: str) -> None:
    pytest.importorskip(f"checker_{name}")
    report = golden_report(name, as_of)
    rows = Counter[str]()
    for one in report["audit"]["inputs"]:
        rows[one["record"]] += one["rows"]
    assert sum(rows.values()) == report["summary"]["records"]
    for rule in report["rules"]:
        assert sum(rule["outcomes"].values()) == rule["records"] == rows[rule["record"]], rule["id"]
    for told, outcome in (("violations", "violation"), ("pending", "pending")):
        assert len(report[told]) == report["summary"]["outcomes"][outcome]
