"""The report of ``fixtures/property`` is the one in ``fixtures/expected``.

Where the report is meant to change: ``uv run pytest tests/cli/test_golden.py --write-golden``, and read the diff.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Cli = Callable[..., Any]


def test_property(cli: Cli, root: Path, golden: Callable[[Path, str], None]) -> None:
    ran = cli("check", "fixtures/property", "-r", "property", "--as-of", "2023-03-01", "-f", "json")
    assert ran.status == 1
    report = json.loads(ran.out)
    rows = {one["record"]: one["rows"] for one in report["audit"]["inputs"]}
    assert sum(rows.values()) == report["summary"]["records"]
    for rule in report["rules"]:
        assert sum(rule["outcomes"].values()) == rule["records"] == rows.get(rule["record"], 0), rule["id"]
    for name, outcome in (("violations", "violation"), ("pending", "pending")):
        assert len(report[name]) == report["summary"]["outcomes"][outcome]
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
