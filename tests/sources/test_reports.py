"""Reports that lie among the exports are left out and told, and may be written anew."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import language
from checker.sources.reports import is_report

Cli = Callable[..., Any]
CHECK = ("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-q")


@pytest.mark.parametrize("lang", language.LANGUAGES)
@pytest.mark.parametrize("name", ["r.json", "r.jsonl", "r.csv", "r.txt", "r.gitlab.json", "r.xlsx"])
def test_a_report_is_left_out(cli: Cli, small: Path, name: str, lang: str) -> None:
    for _again in range(2):
        assert cli(*CHECK, "--lang", lang, "-o", f"exports/{name}").status == 1
    assert is_report(small / "exports" / name)
    assert cli(*CHECK, "-o", "out.json").status == 1
    audit = json.loads(Path("out.json").read_text(encoding="utf-8"))["audit"]
    assert [one["path"] for one in audit["inputs"]] == ["exports/requests.csv"]
    assert audit["ignored_files"] == [f"exports/{name} (a report)"]


def test_a_damaged_workbook_is_named(cli: Cli, small: Path) -> None:
    cli(*CHECK, "-o", "exports/out.xlsx")
    path = small / "exports" / "out.xlsx"
    with zipfile.ZipFile(path) as book:
        about = book.getinfo("docProps/core.xml")
    content = bytearray(path.read_bytes())
    start = about.header_offset + 30 + len(about.filename)
    content[start : start + 9] = b"\xff" * 9
    path.write_bytes(content)
    ran = cli(*CHECK)
    assert ran.status == 2
    assert ran.err.startswith("checker: exports/out.xlsx")


def test_no_export_is_taken_for_one(small: Path) -> None:
    assert not is_report(small / "exports" / "requests.csv")
    (small / "a.json").write_text('[{"fingerprint": "01", "rule": "x"}]', encoding="utf-8")
    assert not is_report(small / "a.json")
    (small / "a.xlsx").write_bytes(b"PK\x03\x04 cut short")
    assert not is_report(small / "a.xlsx")
