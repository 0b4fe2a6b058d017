"""The report of ``fixtures/banking_playbook``: 200 loan files with planted weaknesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("checker_banking_playbook")


def test_report(golden_report: Callable[[str, str], dict[str, Any]]) -> None:
    report = golden_report("banking_playbook", "2023-06-30")
    rows = {one["record"]: one["rows"] for one in report["audit"]["inputs"]}
    assert rows["loan"] == 200
    outcomes = {rule["id"]: rule["outcomes"] for rule in report["rules"]}
    assert all(sum(outcomes[rule["id"]].values()) == rows[rule["record"]] for rule in report["rules"])
    checklist = [one for one in report["violations"] if one["rule"].startswith("banking_playbook/checklist/")]
    assert not [one["key"] for one in checklist if "***" in one["message"]["en"]]
    messages = {one["rule"]: one["message"]["en"] for one in report["violations"]}
    assert "(receivables / prev_receivables - 1)" in messages["banking_playbook/flags/growth-against-sales#receivables"]
    assert report["data_errors"][0]["value"] == "三百万元左右"
