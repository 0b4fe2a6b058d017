"""One run over the exports of all plugins: each record is audited with its own rulebook."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("checker_clinic")
pytest.importorskip("checker_property")

Cli = Callable[..., Any]
DAY = "2023-03-01"


def test_each_record_is_audited_with_its_own_rulebook(cli: Cli, root: Path, tmp_path: Path) -> None:
    """The fixtures in one folder are told apart, and give what the expected report of each gives alone."""
    names = [path.stem for path in (root / "fixtures" / "expected").glob("*.json")]
    assert {"clinic", "eldercare", "property"} <= set(names)
    owner: dict[str, str] = {}
    for name in names:
        pytest.importorskip(f"checker_{name}")
        for path in (root / "fixtures" / name).iterdir():
            assert path.name not in owner
            owner[path.name] = name
            shutil.copy(path, tmp_path)
    critical = ("--as-of", DAY, "-f", "json", "--select", "critical")
    together = json.loads(cli("check", tmp_path, *critical).out)
    inputs = together["audit"]["inputs"]  # a sheet's path is its workbook's, a colon and its name
    assert {Path(one["path"]).name.partition(":")[0]: one["rulebook"] for one in inputs} == owner
    judged = {rule["id"] for rule in together["rules"]}
    alone = [json.loads((root / "fixtures" / "expected" / f"{name}.json").read_text("utf-8")) for name in names]
    for number, name in enumerate(names):
        if not alone[number]["audit"]["as_of"].startswith(DAY):  # what is still to come on one day has come on another
            alone[number] = json.loads(cli("check", root / "fixtures" / name, *critical).out)
    for outcome in ("violations", "pending", "not_assessed"):
        expected = [one for report in alone for one in report[outcome] if one["rule"] in judged]
        assert expected
        assert told(together[outcome]) == told(expected)


def told(findings: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """What is found, whatever folder the files lie in."""
    return {(one["rule"], one["key"], one["fingerprint"]) for one in findings}


SHIFT = """\
班次编号,岗位地点,科室,日期,人员类别,开始时间,结束时间
B1,药房,药剂科,2023-02-06,药师,2023-02-06 00:00,2023-02-06 08:00
"""
WATCH = """\
班次编号,值班日期,班次,值班地点,值班人岗位,应到岗时间,实际到岗时间
Z1,2023-02-06,夜班,门岗,安护员,2023-02-06 20:00,2023-02-06 20:00
"""


def test_a_record_type_s_name_in_two_rulebooks_is_no_conflict(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "shift.csv").write_text(SHIFT, encoding="utf-8")
    (tmp_path / "shift-guards.csv").write_text(WATCH, encoding="utf-8")
    ran = cli("check", str(tmp_path), "--as-of", "2023-03-01", "-f", "json")
    found = {Path(one["path"]).name: (one["rulebook"], one["record"]) for one in json.loads(ran.out)["audit"]["inputs"]}
    assert found == {"shift.csv": ("clinic", "shift"), "shift-guards.csv": ("property", "shift")}
    judged = {rule["id"]: rule["records"] for rule in json.loads(ran.out)["rules"] if rule["record"] == "shift"}
    assert judged["clinic/cover/round-the-clock#pharmacy"] == 1
    assert {records for rule, records in judged.items() if rule.startswith("property/")} <= {1}


def test_an_ambiguous_file_is_asked_about(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("班次编号,日期,值班日期\nB1,2023-02-06,2023-02-06\n", encoding="utf-8")
    ran = cli("check", str(path), "--as-of", "2023-03-01")
    assert ran.status == 2
    assert ran.out == ""
    assert "clinic/shift" in ran.err
    assert "property/shift" in ran.err
    assert "--rulebook" in ran.err
    assert "--rulebook" not in cli("check", str(path), "-r", "clinic", "--as-of", "2023-03-01").err
