"""The JSON report has the shape of its published schema, whatever is in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")
SCHEMA = json.loads((Path(__file__).parents[2] / "schema" / "report.json").read_text(encoding="utf-8"))


def test_a_report_with_everything_fits_the_schema(cli: Cli, desk: Path) -> None:
    exports = desk / "exports" / "requests.csv"
    exports.write_text(exports.read_text() + ",1-109,前台,紧急,2023-02-20,2023-02-01,,1\nR1,1-1,,普通,,,x,1\n")
    cli("check", "exports", *AS_OF, "-q", "-o", "last.json", "-o", "f.xlsx")
    (desk / "w.csv").write_text("rule,key,reason,approver,until\ndesk,R2,agreed,Wang,2023-12-31\n")
    book = openpyxl.load_workbook(desk / "f.xlsx")
    book["Manual inspection"].cell(2, 4).value = "met"
    other = next(row for row in book["Findings"].iter_rows(min_row=2) if row[2].value != "R2")
    other[7].value = "confirmed"
    book.save(desk / "f.xlsx")
    more = ("--waivers", "w.csv", "--baseline", "last.json", "--review", "f.xlsx")
    report = json.loads(cli("check", "exports", *AS_OF, "-f", "json", *more).out)
    jsonschema.Draft202012Validator(SCHEMA).validate(report)
    assert {one["problem"] for one in report["data_errors"]} == {"unreadable", "key twice", "no key", "impossible"}
    assert report["waived"]
    assert report["waivers"]
    assert any(one["answer"] for one in report["manual_items"])
    assert any(one["confirmed"] is not None for one in report["violations"])


def test_the_schema_allows_nothing_else(cli: Cli, desk: Path) -> None:
    report = json.loads(cli("check", "exports", *AS_OF, "-f", "json").out)
    report["violations"][0]["surprise"] = 1
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(report)
