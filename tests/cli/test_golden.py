"""The report of each rulebook's fixture is the one in ``fixtures/expected``.

Where the report is meant to change: ``uv run pytest tests/cli/test_golden.py --write-golden``, and read the diff.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ONCE = ("property/document/", "property/report/ever")
"""Rules of which an export gives one outcome: something exists, or it does not."""

Cli = Callable[..., Any]


@pytest.mark.parametrize("name", ["clinic", "eldercare", "property"])
def test_fixture(cli: Cli, root: Path, golden: Callable[[Path, str], None], name: str) -> None:
    pytest.importorskip(f"checker_{name}")
    ran = cli("check", f"fixtures/{name}", "-r", name, "--as-of", "2023-03-01", "-f", "json")
    assert ran.status == 1
    report = json.loads(ran.out)
    rows = Counter[str]()
    for one in report["audit"]["inputs"]:
        rows[one["record"]] += one["rows"]
    assert sum(rows.values()) == report["summary"]["records"]
    for rule in report["rules"]:
        assert sum(rule["outcomes"].values()) == rule["records"] == rows[rule["record"]], rule["id"]
    for told, outcome in (("violations", "violation"), ("pending", "pending")):
        assert len(report[told]) == report["summary"]["outcomes"][outcome]
    shown: dict[str, set[str]] = {}
    for rule in report["rules"]:  # what is told once per export shows its two outcomes among a family's items
        once = rule["id"].startswith(ONCE)
        shown.setdefault(rule["id"].split("#")[0] if once else rule["id"], set()).update(
            outcome for outcome, count in rule["outcomes"].items() if count
        )
    assert [rule for rule, outcomes in shown.items() if not {"pass", "violation"} <= outcomes] == []
    for installed in ("engine", "version"):  # what differs between installations
        del report["audit"][installed]
    for book in report["audit"]["rulebooks"]:
        del book["version"], book["sha256"]
    lists = {key: report.pop(key) for key in list(report) if isinstance(report[key], list)}
    text = json.dumps(report, ensure_ascii=False, indent=1)[:-2]
    for key, items in lists.items():
        lines = ",\n".join("  " + json.dumps(item, ensure_ascii=False) for item in items)
        text += f',\n "{key}": [\n{lines}\n ]'
    golden(root / "fixtures" / "expected" / f"{name}.json", text + "\n}\n")
