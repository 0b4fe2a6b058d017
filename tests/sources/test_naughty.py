"""Values that would do harm elsewhere come through unaltered, and come out harmless."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile

import pytest
from office import audited

from checker import report as reports

NAUGHTY = (
    "=1+1", '=HYPERLINK("http://evil.example","点我")', "+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)", "%0d=1",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;", "</script><svg/onload=alert(1)>",
    "\u202egnp.exe", "\u2067rtl\u2069", "a\u200bb\u200dc", "👨‍👩‍👧‍👦🏳️‍🌈", "Ⱥ̷̛̜ͅ", "𠮷㐀€", "\ufffd?",
    "a\x07b", "a\x1b[31mred\x1b[0m", "a\x00b", "a\x08\x7fb", "a\u0085b\u2028c\u2029d", "行一\n行二\t尾",
    "'; DROP TABLE findings; --", "{{7*7}} ${7*7} %s %d {0}", "| a | b |", "[x](javascript:alert(1))", "`rm -rf`",
    'she said "yes", then left', "\\N\\\\", "true", "NaN2", "1e400", "0x1F", "_x000D_",
)  # fmt: skip
HEADER = ("投诉编号", "身份证号", "客户姓名", "是否有效", "备注")


def rows():
    """Return complaints without an identity number, so that a finding quotes their notes."""
    return [(str(number), "", value, "是", value) for number, value in enumerate(NAUGHTY)]


def as_csv(folder):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *rows()])
    (folder / "投诉.csv").write_bytes(out.getvalue().encode())


def as_json(folder):
    found = [dict(zip(HEADER, row, strict=True)) for row in rows()]
    (folder / "投诉.json").write_text(json.dumps(found), encoding="utf-8")


@pytest.fixture(scope="module", params=[as_csv, as_json])
def report(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("naughty")
    request.param(folder)
    return audited(folder)


def test_values_reach_json_unaltered(report, tmp_path):
    reports.write(report, tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["violations"]
    notes = {one["key"]: (one["evidence"]["note"], one["evidence"]["customer"]) for one in found}
    assert notes == {str(number): (value, value) for number, value in enumerate(NAUGHTY)}


def harmless(cell):
    """Whether no spreadsheet takes a cell for a formula, and no terminal acts on it."""
    return not cell.startswith(tuple("=+-@\t\r")) and not any(unicodedata.category(sign) == "Cc" for sign in cell)


def test_no_cell_of_a_sheet_is_a_formula(report, tmp_path):
    reports.write(report, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [cell for row in csv.reader(file) for cell in row if cell.startswith(tuple("=+-@\t\r"))] == []
    reports.write(report, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    assert [formula for sheet in sheets for formula in re.findall(rb"<f[ >].{0,60}", sheet)] == []


def test_a_terminal_and_a_page_show_letters_only(report, capsys, tmp_path):
    reports.show(report, "table", None)
    reports.write(report, tmp_path / "out.md")
    for text in (capsys.readouterr().out, (tmp_path / "out.md").read_text(encoding="utf-8")):
        assert all(harmless(line.lstrip("-")) for line in text.splitlines())
        assert not {"\u202e", "\u2067", "\x1b"} & set(text)
    assert "<script" not in (tmp_path / "out.md").read_text(encoding="utf-8")
