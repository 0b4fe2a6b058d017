"""The report of ``fixtures/property`` is the one in ``fixtures/expected``.

Where the report is meant to change: ``uv run pytest tests/cli/test_golden.py --write-golden``, and read the diff.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_property(golden_report: Callable[[str, str], dict[str, Any]]) -> None:
    report = golden_report("property", "2023-03-01")
    rows = {one["record"]: one["rows"] for one in report["audit"]["inputs"]}
    assert sum(rows.values()) == report["summary"]["records"]
    for rule in report["rules"]:
        assert sum(rule["outcomes"].values()) == rule["records"] == rows.get(rule["record"], 0), rule["id"]
    for name, outcome in (("violations", "violation"), ("pending", "pending")):
        assert len(report[name]) == report["summary"]["outcomes"][outcome]
