"""The report of ``fixtures/property`` is the one in ``fixtures/expected``.

Where the report is meant to change: ``uv run pytest tests/cli/test_golden.py --write-golden``, and read the diff.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ONCE = ("property/document/", "property/report/ever")
"""Rules of which an export gives one outcome: something exists, or it does not."""

Cli = Callable[..., Any]


def test_property(cli: Cli, root: Path, golden: Callable[[Path, str], None]) -> None:
    ran = cli("check", "fixtures/property", "-r", "property", "--as-of", "2023-03-01", "-f", "json")
    assert ran.status == 1
    report = json.loads(ran.out)
    rows = Counter[str]()
    for one in report["audit"]["inputs"]:
        rows[one["record"]] += one["rows"]
    assert sum(rows.values()) == report["summary"]["records"]
    for rule in report["rules"]:
        assert sum(rule["outcomes"].values()) == rule["records"] == rows[rule["record"]], rule["id"]
    for name, outcome in (("violations", "violation"), ("pending", "pending")):
        assert len(report[name]) == report["summary"]["outcomes"][outcome]
    shown: dict[str, set[str]] = {}
    for rule in report["rules"]:  # what is told once per export shows its two outcomes among a family's items
        once = rule["id"].startswith(ONCE)
        shown.setdefault(rule["id"].split("#")[0] if once else rule["id"], set()).update(
            outcome for outcome, count in rule["outcomes"].items() if count
        )
    assert [name for name, outcomes in shown.items() if not {"pass", "violation"} <= outcomes] == []
    for name in ("engine", "version"):  # what differs between installations
        del report["audit"][name]
    for book in report["audit"]["rulebooks"]:
        del book["version"], book["sha256"]
    lists = {name: report.pop(name) for name in list(report) if isinstance(report[name], list)}
    text = json.dumps(report, ensure_ascii=False, indent=1)[:-2]
    for name, items in lists.items():
        lines = ",\n".join("  " + json.dumps(item, ensure_ascii=False) for item in items)
        text += f',\n "{name}": [\n{lines}\n ]'
    golden(root / "fixtures" / "expected" / "property.json", text + "\n}\n")
