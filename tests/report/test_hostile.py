"""What records hold is shown, and does nothing: formulas, markup, endless text, text that runs backwards."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import openpyxl
import pytest
from icalendar import Calendar
from junitparser import JUnitXml
from playwright.sync_api import Browser

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")
FORMULA = '=HYPERLINK("http://evil.example","x")'
SCRIPT = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>"
BACKWARDS = "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe\N{LEFT-TO-RIGHT ISOLATE}"
ENDLESS = "很长" * 20_000
LINES = "a\r\nEND:VCALENDAR\n::error::x\x1b[31m\x00\x07"
RARE = "𠮷" * 20_000
RICH = "<r><t>a & b</t></r>"
HOSTILE = {
    "formula": FORMULA,
    "script": SCRIPT,
    "backwards": BACKWARDS,
    "endless": ENDLESS,
    "lines": LINES,
    "rich": RICH,
    "rare": RARE,
}
FORMATS = ("json", "jsonl", "csv", "md", "txt", "xlsx", "html", "sarif", "xml", "gitlab.json")


@pytest.fixture
def hostile(desk: Path) -> Path:
    """Keys, departments' and subjects' cells that mean harm; the department may hold anything."""
    record = desk / "book" / "records" / "request.toml"
    record.write_text(record.read_text().replace("personal = true", "personal = false").replace(
        'dept        = { type = "choice", headers = ["部门"], choices = { front = ["前台"], repair = ["维修部"] } }',
        'dept        = { type = "text", headers = ["部门"] }',
    ))  # fmt: skip
    with (desk / "exports" / "requests.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["请求编号", "房号", "部门", "等级", "受理时间", "办结时间", "客户", "费用"])
        for number, text in enumerate(HOSTILE.values()):
            clean = text.replace("\x00", "")
            rows.writerow([f"{clean}{number}", clean, clean, "紧急", "2023-01-01 09:00", "", clean, clean])
            rows.writerow([f"{clean}{number}p", clean, clean, "紧急", "2023-02-20 09:00", "", clean, "200"])
    return desk


@pytest.fixture
def written(cli: Cli, hostile: Path) -> Path:
    outputs = [f"-oout.{ending}" for ending in FORMATS]
    ran = cli("check", "exports", *AS_OF, "-q", *outputs, "-o", "notices")
    assert (ran.status, ran.err) == (1, "")
    return hostile


def texts(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_no_spreadsheet_sees_a_formula(written: Path) -> None:
    for row in csv.reader(io.StringIO(texts(written / "out.csv").removeprefix("\ufeff"))):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
    book = openpyxl.load_workbook(written / "out.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}, "no cell is a formula"
    assert not any(cell.hyperlink for cell in cells)
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells), "it is shown"
    assert any(cell.value == RICH for cell in cells), "it is no markup of the workbook"
    assert max(len(str(cell.value)) for cell in cells) <= 32_767
    for text in (ENDLESS, RARE):
        cut = [str(cell.value) for cell in cells if str(cell.value).startswith(text[:2])]
        assert cut
        assert all(one.endswith("(cut; -o report.json keeps all)") for one in cut)
        assert max(len(one.encode("utf-16-le")) for one in cut) <= 2 * 32_767


def test_nothing_runs_backwards(written: Path, unpacked: Callable[[Path], str]) -> None:
    turning = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
    for name in ("out.csv", "out.html", "out.xml", "out.sarif", "out.gitlab.json", "out.md", "out.txt"):
        found = turning.search(unpacked(written / name))
        assert not found, f"{name}: {found.string[found.start() - 50 : found.end()]!r}"
    with zipfile.ZipFile(written / "out.xlsx") as book:
        assert not any(turning.search(book.read(name).decode()) for name in book.namelist() if name.endswith(".xml"))


def test_the_exact_text_is_in_the_json_report(written: Path) -> None:
    report = json.loads(texts(written / "out.json"))
    subjects = {one["subject"] for one in report["violations"]}
    assert {FORMULA, SCRIPT, BACKWARDS, ENDLESS} <= subjects


def test_markup_is_text(written: Path) -> None:
    page = texts(written / "out.html")
    assert "<script>window.broken" not in page
    assert "<img src=x" not in page
    assert "<img src=x" not in re.sub(r"`[^`]*`", "", texts(written / "out.md"))
    ET.parse(written / "out.xml")  # ours
    assert "window.broken" in str(JUnitXml.fromfile(str(written / "out.xml")).tostring())
    for notice in (written / "notices").glob("*.html"):
        assert "<script>" not in texts(notice)
    for notice in (written / "notices").glob("*.docx"):
        assert len(docx.Document(str(notice)).tables) == 2


def test_notices_stay_in_their_folder(cli: Cli, hostile: Path) -> None:
    exports = hostile / "exports" / "requests.csv"
    exports.write_text("请求编号,部门,费用\nR1,../../../../tmp/x/y,500\nR2,..\\z,500\nR3,a/b,500\nR4,a?b,500\n")
    before = set(hostile.rglob("*"))
    cli("check", "exports", *AS_OF, "-q", "-o", "notices")
    new = {path for path in hostile.rglob("*") if path not in before}
    assert all(path == hostile / "notices" or path.parent == hostile / "notices" for path in new)
    assert len(new) == 1 + 2 * 4, "each department has its own"


def test_an_explanation_gets_no_commands(cli: Cli, hostile: Path) -> None:
    key = LINES.replace("\x00", "") + "4"
    ran = cli("explain", "desk/request/late", "exports", "--record", key, *AS_OF)
    assert ran.status == 0, ran.err
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", ran.out)


def test_terminal_and_github_get_no_commands(cli: Cli, hostile: Path) -> None:
    for shown in ("table", "github"):
        out = cli("check", "exports", *AS_OF, "-f", shown, "--max-per-rule", "0").out
        assert "\x1b" not in out
        assert "\x07" not in out
        assert "\n::error::x" not in out


def test_a_calendar_keeps_its_lines(cli: Cli, hostile: Path) -> None:
    assert cli("due", "exports", *AS_OF, "--within", "30d", "-q", "-o", "due.ics").status == 0
    content = (hostile / "due.ics").read_bytes()
    assert content.count(b"\nEND:VCALENDAR") == 1
    assert len(Calendar.from_ical(content).walk("VEVENT")) == len(HOSTILE)


def test_a_browser_runs_nothing_of_it(written: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((written / "out.html").as_uri())
    page.wait_for_selector("body[data-ready]")
    for opener in page.locator("#table .opener").all():
        opener.click()
    page.click("#language")
    page.locator("#subject-list a").first.click()
    assert page.evaluate("window.broken") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
