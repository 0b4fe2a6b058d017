"""Every output speaks the language asked for, by ``--lang`` or by the locale, and that one only."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from icalendar import Calendar

from checker.language import translate
from checker.report.model import OUTCOMES
from checker.report.rows import overdue
from checker.rulebook.rule import SEVERITIES

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")
CHINESE = ("--lang", "zh")

NAMES = re.compile(
    r"desk(/[\w-]+)*|[\w./-]+\.(csv|json|xlsx|toml|html)\b|\b[0-9a-f]{12,}\b|-{1,2}[a-z][\w-]*( [\w.]+)?"
    r"|rulebook-checker|duckdb|sha256|utf-8|Apache ECharts|Apache-2\.0|DataTables|MIT|JavaScript|English"
    r"|Chrome|Edge|Firefox|Safari|[RD]\d+|\{\w+\}|\bmost\b"
)
"""What is no language: ids, files, hashes, options, products, record keys, holes to fill, the keys of settings."""


def english(text: str) -> list[str]:
    """Return what is written in English, names of things left out."""
    return re.findall(r"[A-Za-z][a-z_']{2,}(?:[ ,:;]+[A-Za-z_']+)*", NAMES.sub(" ", text))


def page(path: Path, unpacked: Callable[[Path], str]) -> str:
    """Return the Chinese of an HTML report: what shows, what scripts show, and the findings."""
    text = unpacked(path)
    body, findings = text.split("</html>")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', body)
    body = re.sub(r'<(script|style).*?</\1>|<span class="en" lang="en">.*?</span>', " ", body, flags=re.DOTALL)
    told = [one[12] for part in re.findall(r"\[\[.*?\]\](?=\[\[|$)", findings) for one in json.loads(part)]
    return " ".join([re.sub(r"<[^>]*>", " ", body), *labels(json.loads(data)), *told])


def labels(value: object) -> Iterator[str]:
    """Yield the Chinese of all labels in what the scripts are given."""
    if isinstance(value, dict):
        if "zh" in value:
            yield value["zh"]
        for one in value.values():
            yield from labels(one)
    elif isinstance(value, list):
        for one in value:
            yield from labels(one)


def workbook(path: Path) -> str:
    cells = [
        cell for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True) for cell in row
    ]
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as parts:
        choices = [
            choice
            for name in parts.namelist()
            if name.startswith("xl/worksheets/")
            for choice in re.findall(r'<formula1>"([^<]*)"</formula1>', parts.read(name).decode())
        ]
    return "\n".join([str(cell) for cell in cells if isinstance(cell, str)] + choices)


def document(path: Path) -> str:
    found = Document(str(path))
    cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in found.paragraphs), *cells])


def test_no_english_is_left_in_chinese_reports(cli: Cli, desk: Path, unpacked: Callable[[Path], str]) -> None:
    (desk / "w.csv").write_text(
        "rule,key,reason,approver,until\ndesk,R2,同意,王,2023-02-01\ndesk,R3,同意,王,2023-12-31\n"
    )
    fee = desk / "book" / "rules" / "money" / "fee.toml"
    fee.write_text(fee.read_text().replace("yuan", "元"))
    cli("check", "exports", *AS_OF, "-q", "-o", "last.json")
    outputs = [f"-oout.{ending}" for ending in ("html", "xlsx", "csv", "md", "txt", "xml", "sarif", "gitlab.json")]
    options = (*AS_OF, *CHINESE, "--waivers", "w.csv", "--baseline", "last.json")
    printed = cli("check", "exports", *options, *outputs, "-o", "notices").out
    due = cli("due", "exports", *AS_OF, *CHINESE, "--within", "9w", "-o", "due.xlsx", "-o", "due.ics").out
    (sarif,) = json.loads((desk / "out.sarif").read_text())["runs"]
    notes = [
        note for one in sarif["invocations"] for name in one if name.endswith("Notifications") for note in one[name]
    ]
    events = Calendar.from_ical((desk / "due.ics").read_bytes()).walk("VEVENT")
    found = {
        "terminal": printed,
        "due": due,
        "compare": cli("compare", "last.json", "last.json", *CHINESE).out,
        "github": re.sub(
            r"::(error|warning|notice)|file=|line=|title=",
            "",
            cli("check", "exports", *options, "-f", "github").out,
        ),
        "html": page(desk / "out.html", unpacked),
        "xlsx": workbook(desk / "out.xlsx"),
        "due.xlsx": workbook(desk / "due.xlsx"),
        "csv": (desk / "out.csv").read_text(),
        "md": (desk / "out.md").read_text(),
        "txt": (desk / "out.txt").read_text(),
        "sarif": "\n".join(one["message"]["text"] for one in (*sarif["results"], *notes)),
        "gitlab": "\n".join(one["description"] for one in json.loads((desk / "out.gitlab.json").read_text())),
        "ics": "\n".join(str(event[name]) for event in events for name in ("summary", "description")),
        **{path.name: document(path) for path in (desk / "notices").glob("*.docx")},
    }
    assert len(found) == 15
    assert all(found.values())
    left = [f"{name}: {word}" for name, text in found.items() for word in english(text)]
    assert sorted(set(left)) == [], "\n".join(sorted(set(left)))
    read = [text for name, text in found.items() if name in ("terminal", "due", "compare", "ics") or "docx" in name]
    assert re.findall(r".*[一-鿿] ?[,;:?(].*", "\n".join(read)) == [], "Chinese has marks of its own"


def test_what_is_found_wrong_beside_the_main_thread_is_told_in_chinese(cli: Cli, desk: Path) -> None:
    path = desk / "exports" / "requests.csv"
    path.write_text("请求编号,等级,受理时间,办结时间\nR1,紧急,01/02/2023 09:00,\n", encoding="utf-8")
    ran = cli("check", "exports", *AS_OF, *CHINESE)
    assert ran.status == 2
    assert "没有日期能说明 01/02/2023 09:00 " in ran.err


def test_what_a_column_is_like_stands_in_chinese_brackets(cli: Cli, desk: Path) -> None:
    path = desk / "exports" / "requests.csv"
    path.write_text("请求编号,等级,受理时间,办结的时间\nR1,紧急,2023-02-01 09:00,\n", encoding="utf-8")
    assert "办结的时间（近似于 办结时间）" in cli("check", "exports", *AS_OF, *CHINESE).out


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_a_console_that_lacks_letters_gets_the_others(desk: Path, encoding: str) -> None:
    exports = desk / "exports" / "requests.csv"
    exports.write_text(exports.read_text(encoding="utf-8").replace("R2,", "R2🚲,"), encoding="utf-8")
    words = [sys.executable, "-m", "checker", "check", "exports", *AS_OF, *CHINESE]
    ran = subprocess.run(
        words, check=False, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    )
    assert (ran.returncode, ran.stderr) == (1, b"")
    assert b"R2?" in ran.stdout


@pytest.mark.parametrize("code", [*SEVERITIES, *OUTCOMES])
def test_what_reports_call_severities_and_outcomes(code: str) -> None:
    assert translate(code, "zh") != code


def test_lengths_of_time() -> None:
    told = [(overdue(seconds, "en"), overdue(seconds, "zh")) for seconds in (0, 59, 60, 7_200, 86_400)]
    assert told == [
        ("0 seconds", "0 秒"),
        ("59 seconds", "59 秒"),
        ("1 minute", "1 分钟"),
        ("2 hours", "2 小时"),
        ("1 day", "1 天"),
    ]


@pytest.mark.parametrize(
    ("variables", "word"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "审核截至"),
        ({"LANG": "en_US.UTF-8"}, "Audit as of"),
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "审核截至"),
        ({}, "Audit as of"),
    ],
)
def test_the_locale_chooses(desk: Path, variables: dict[str, str], word: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    command = [sys.executable, "-m", "checker", "check", "exports", *AS_OF]
    ran = subprocess.run(command, cwd=desk, env=clean | variables, capture_output=True, check=False, encoding="utf-8")
    assert ran.stdout.startswith(word), ran.stderr
