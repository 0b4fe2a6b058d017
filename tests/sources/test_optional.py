"""An optional field may be left out of an export, of one file or of all; it is empty then."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

REGISTER = "文件名称,版本,文件类型,生效日期\n{title},2021版,制度,2021-01-01\n"
OFFICE = "管理处,文件名称,版本,文件类型,生效日期\n城西,{title},2021版,制度,2021-01-01\n"


def outcomes(cli: Callable[..., Any], folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the outcomes of the rules for attendance on the register, and what is told of the data."""
    ran = cli("check", folder, "-r", "property", "--as-of", dt.date(2023, 3, 1), "-f", "json")
    report = json.loads(ran.out)
    (rule,) = (one for one in report["rules"] if one["id"] == "property/document/rules#attendance")
    return rule["outcomes"], [one["message"]["en"] for one in report["data_errors"]]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (None, {"pass": 1, "violation": 0}),
        (REGISTER.format(title="值班制度"), {"pass": 1, "violation": 0}),  # one register in two files
        (OFFICE.format(title="值班制度"), {"pass": 1, "violation": 1}),
        (OFFICE.format(title="考勤制度"), {"pass": 2, "violation": 0}),  # the same title, but another record
    ],
)
def test_left_out(cli: Callable[..., Any], tmp_path: Path, other: str | None, expected: dict[str, int]) -> None:
    pytest.importorskip("checker_property")
    (tmp_path / "制度文件目录.csv").write_text(REGISTER.format(title="考勤制度"), encoding="utf-8")
    if other:
        (tmp_path / "制度文件目录2.csv").write_text(other, encoding="utf-8")
    found, errors = outcomes(cli, tmp_path)
    assert found.items() >= expected.items()
    assert errors == []


def test_a_key_needs_a_field_that_is_there(cli: Callable[..., Any], small: Path) -> None:
    path = small / "book" / "records" / "request.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('headers = ["请求编号"]', 'headers = ["请求编号"], optional = true'), encoding="utf-8")
    ran = cli("check", small / "exports", "-r", small / "book")
    assert ran.status == 2
    assert "all its fields are optional" in ran.err
