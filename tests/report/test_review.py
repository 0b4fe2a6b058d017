"""The workbook goes out, an inspector writes into it, and ``--review`` reads it back."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")
WORDS = {"zh": ("违规", "现场检查"), "en": ("Findings", "Manual inspection")}


def columns(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[1]}


def fill(sheet: Worksheet, where: tuple[str, str], **cells: object) -> None:
    """Write cells into the row whose column ``where[0]`` holds ``where[1]``; spaces in headers are underscores."""
    places = columns(sheet)
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, places[where[0]]).value == where[1]:
            for header, value in cells.items():
                sheet.cell(row, places[header.replace("_", " ")]).value = value  # type: ignore[assignment]
            return
    raise LookupError(where)


@pytest.fixture
def reviewed(cli: Cli, desk: Path) -> openpyxl.Workbook:
    assert cli("check", "exports", *AS_OF, "-q", "-o", "findings.xlsx").status == 1
    return openpyxl.load_workbook(desk / "findings.xlsx")


def test_conclusions_come_back(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    fill(reviewed["Findings"], ("key", "R2"), conclusion="confirmed", remark="seen on paper")
    fill(
        reviewed["Findings"],
        ("key", "R6"),
        conclusion="waived",
        remark="building closed",
        approver="Chief Wang",
        waived_until="2023-03-31",
    )
    fill(reviewed["Manual inspection"], ("clause", "D5"), answer="not met", remark="boxes", inspector="Li")
    reviewed.save(desk / "findings.xlsx")

    ran = cli("check", "exports", *AS_OF, "-f", "json", "--review", "findings.xlsx")
    found = json.loads(ran.out)
    before = json.loads(cli("check", "exports", *AS_OF, "-f", "json").out)
    assert {one["key"]: one["confirmed"] for one in found["violations"] if one["confirmed"]} == {"R2": "seen on paper"}
    (waived,) = found["waived"]
    assert waived["key"] == "R6"
    assert found["waivers"][0]["approver"] == "Chief Wang"
    assert len(found["violations"]) + 1 == len(before["violations"]) == reviewed["Findings"].max_row - 1
    (item,) = found["manual_items"]
    assert item["answer"] == {"answer": "not met", "remark": "boxes", "by": "Li", "on": ""}

    cli("check", "exports", *AS_OF, "-q", "--review", "findings.xlsx", "-o", "again.xlsx")
    again = openpyxl.load_workbook(desk / "again.xlsx")
    assert again["Waived"].max_row == 2
    coverage = again["Coverage"]
    answer = columns(coverage)["answer"]
    assert [row[answer - 1].value for row in coverage.iter_rows(min_row=2) if row[answer - 1].value] == ["not met"]
    assert "answers: 1 not met" in cli("check", "exports", *AS_OF, "--review", "again.xlsx").out


def test_a_clause_of_which_nothing_was_judged_has_no_number_of_violations(
    cli: Cli, desk: Path, reviewed: openpyxl.Workbook
) -> None:
    coverage = reviewed["Coverage"]
    clause, count = (columns(coverage)[header] - 1 for header in ("clause", "violations"))
    found = {row[clause].value: row[count].value for row in coverage.iter_rows(min_row=2)}
    assert found == {"D1": 2, "D2": 1, "D3": None, "D4": 2, "D5": None}  # no visits were exported
    cli("check", "exports", *AS_OF, "-q", "-o", "report.html")
    assert "<b>3<small> / 5</small></b>" in (desk / "report.html").read_text(encoding="utf-8")


def test_a_conclusion_survives_another_language(cli: Cli, desk: Path) -> None:
    cli("check", "exports", *AS_OF, "-q", "--lang", "zh", "-o", "zh.xlsx")
    book = openpyxl.load_workbook(desk / "zh.xlsx")
    sheet = book.worksheets[1]
    places = {value: index for index, value in enumerate(next(sheet.values)) if value}
    asked = [validation.formula1 for validation in sheet.data_validations.dataValidation]
    assert len(asked) == 1
    word = str(asked[0]).strip('"').split(",")[0]
    header = next(cell for cell in sheet[1] if cell.fill.fgColor.rgb == "FFB45309")
    sheet.cell(2, header.column).value = word
    assert header.value in places
    book.save(desk / "zh.xlsx")
    found = json.loads(cli("check", "exports", *AS_OF, "-f", "json", "--review", "zh.xlsx").out)
    assert [one["confirmed"] for one in found["violations"] if one["confirmed"] is not None] == [""]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"conclusion": "waived", "remark": "x", "approver": "W"}, "2: waived until: the cell is empty; fill it in"),
        ({"conclusion": "maybe"}, "2: 'maybe' is none of the choices; choose from confirmed, waived"),
        ({"remark": "hm"}, "2: there is a remark but no choice; choose from confirmed, waived"),
    ],
)
def test_a_half_filled_row_is_an_error(
    cli: Cli, desk: Path, reviewed: openpyxl.Workbook, cells: dict[str, str], message: str
) -> None:
    first = reviewed["Findings"].cell(2, columns(reviewed["Findings"])["fingerprint"]).value
    fill(reviewed["Findings"], ("fingerprint", str(first)), **cells)
    reviewed.save(desk / "findings.xlsx")
    ran = cli("check", "exports", *AS_OF, "--review", "findings.xlsx")
    assert ran.status == 2
    assert ran.err == f"checker: findings.xlsx: Findings: {message}\n"


@pytest.mark.parametrize(
    ("sheet", "filled", "lost"),
    [
        ("Findings", {"conclusion": "confirmed"}, "fingerprint"),
        ("Findings", {"conclusion": "waived"}, "rule"),
        ("Manual inspection", {"answer": "met"}, "clause"),
    ],
)
def test_a_row_that_was_added_by_hand_is_an_error(
    cli: Cli, desk: Path, reviewed: openpyxl.Workbook, sheet: str, filled: dict[str, str], lost: str
) -> None:
    first = str(reviewed[sheet].cell(2, columns(reviewed[sheet])[lost]).value)
    fill(reviewed[sheet], (lost, first), **filled, **{lost: None})
    reviewed.save(desk / "findings.xlsx")
    ran = cli("check", "exports", *AS_OF, "--review", "findings.xlsx")
    remedy = "copy the whole row from the workbook as it was written, or delete it"
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"checker: findings.xlsx: {sheet}: 2: {lost}: the cell is empty; {remedy}\n"


@pytest.mark.parametrize(
    ("sheet", "says", "otherwise"),
    [
        ("Findings", {"conclusion": "confirmed", "remark": "seen"}, {"conclusion": "confirmed", "remark": "not seen"}),
        ("Manual inspection", {"answer": "not met"}, {"answer": "met"}),
    ],
)
def test_two_rows_that_disagree_on_the_same_are_an_error(
    cli: Cli, desk: Path, reviewed: openpyxl.Workbook, sheet: str, says: dict[str, str], otherwise: dict[str, str]
) -> None:
    rows = reviewed[sheet]
    by = "fingerprint" if sheet == "Findings" else "clause"
    first, last = str(rows.cell(2, columns(rows)[by]).value), rows.max_row + 1
    for cell in rows[2]:
        rows.cell(last, cell.column).value = cell.value
    fill(rows, (by, first), **says)
    reviewed.save(desk / "findings.xlsx")
    assert cli("check", "exports", *AS_OF, "--review", "findings.xlsx").status == 1
    for name, value in otherwise.items():
        rows.cell(last, columns(rows)[name]).value = value
    reviewed.save(desk / "findings.xlsx")
    ran = cli("check", "exports", *AS_OF, "--review", "findings.xlsx")
    told = f"findings.xlsx: {sheet}: 2 says something else of the same; let both say the same, or one nothing"
    assert (ran.status, ran.err) == (2, f"checker: findings.xlsx: {sheet}: {last}: {told}\n")


def test_two_inspectors_give_a_workbook_each(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    fill(reviewed["Findings"], ("key", "R2"), conclusion="confirmed", remark="seen by Li")
    reviewed.save(desk / "li.xlsx")
    fill(reviewed["Findings"], ("key", "R2"), conclusion=None, remark=None)
    fill(reviewed["Manual inspection"], ("clause", "D5"), answer="met")
    reviewed.save(desk / "wang.xlsx")
    both = ("--review", "li.xlsx", "--review", "wang.xlsx")
    found = json.loads(cli("check", "exports", *AS_OF, "-f", "json", *both).out)
    assert [one["confirmed"] for one in found["violations"] if one["confirmed"]] == ["seen by Li"]
    assert found["manual_items"][0]["answer"]["answer"] == "met"

    fill(reviewed["Findings"], ("key", "R2"), conclusion="confirmed", remark="seen by Wang")
    reviewed.save(desk / "wang.xlsx")
    ran = cli("check", "exports", *AS_OF, *both)
    assert ran.status == 2
    said = re.escape("says something else of the same; let both say the same, or one nothing")
    assert re.fullmatch(rf"checker: wang.xlsx: Findings: (\d): li.xlsx: Findings: \1 {said}\n", ran.err)


def test_a_confirmed_finding_that_has_gone_is_told(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    fill(reviewed["Findings"], ("key", "R2"), conclusion="confirmed")
    reviewed.save(desk / "findings.xlsx")
    exports = desk / "exports" / "requests.csv"
    exports.write_text(exports.read_text().replace("2023-02-12 00:00", "2023-02-10 00:00"))
    ran = cli("check", "exports", *AS_OF, "--review", "findings.xlsx")
    assert "1 findings that the inspector confirmed are not there any more." in ran.out


@pytest.mark.parametrize("name", ["fingerprint", "rule", "conclusion", "remark"])
def test_a_sheet_that_has_lost_a_column_is_refused(
    cli: Cli, desk: Path, reviewed: openpyxl.Workbook, name: str
) -> None:
    sheet = reviewed["Findings"]
    fill(sheet, ("key", "R2"), conclusion="confirmed", remark="seen on paper")
    fill(reviewed["Manual inspection"], ("clause", "D5"), answer="met")
    sheet.delete_cols(columns(sheet)[name])
    reviewed.save(desk / "findings.xlsx")
    ran = cli("check", "exports", *AS_OF, "--review", "findings.xlsx")
    assert (ran.status, ran.out) == (2, "")
    told = f"each of these columns must stand once: {name}; put them back as they were written, headers too"
    assert ran.err == f"checker: findings.xlsx: Findings: {told}\n"


def test_a_second_column_of_a_name_is_refused(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    sheet = reviewed["Findings"]
    sheet.cell(1, sheet.max_column + 1).value = "remark"
    reviewed.save(desk / "findings.xlsx")
    ran = cli("check", "exports", *AS_OF, "--review", "findings.xlsx")
    assert ran.status == 2
    assert "Findings: each of these columns must stand once: remark; " in ran.err


def test_a_sheet_of_the_inspectors_own_is_left_alone(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    for row in (("clause", "inspector", "seen on"), ("D5", "Li", "Monday")):
        (reviewed["Plan"] if "Plan" in reviewed else reviewed.create_sheet("Plan")).append(row)
    reviewed.save(desk / "findings.xlsx")
    assert cli("check", "exports", *AS_OF, "--review", "findings.xlsx").status == 1


def test_titles_may_stand_above_the_headers(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    sheet = reviewed["Findings"]
    fill(sheet, ("key", "R2"), conclusion="confirmed", remark="seen on paper")
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Inspection of February"
    reviewed.save(desk / "findings.xlsx")
    found = json.loads(cli("check", "exports", *AS_OF, "-f", "json", "--review", "findings.xlsx").out)
    assert {one["key"]: one["confirmed"] for one in found["violations"] if one["confirmed"]} == {"R2": "seen on paper"}


def test_an_answer_can_be_changed_in_the_reviewed_report(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    fill(reviewed["Manual inspection"], ("clause", "D5"), answer="not met", remark="boxes", inspector="Li")
    reviewed.save(desk / "findings.xlsx")
    cli("check", "exports", *AS_OF, "-q", "--review", "findings.xlsx", "-o", "again.xlsx")
    again = openpyxl.load_workbook(desk / "again.xlsx")
    fill(again["Manual inspection"], ("clause", "D5"), answer="met", remark="cleared")
    again.save(desk / "again.xlsx")
    (item,) = json.loads(cli("check", "exports", *AS_OF, "-f", "json", "--review", "again.xlsx").out)["manual_items"]
    assert item["answer"] == {"answer": "met", "remark": "cleared", "by": "Li", "on": ""}


def test_an_answer_that_nothing_asks_for_is_told(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    fill(reviewed["Manual inspection"], ("clause", "D5"), answer="not met", clause="D77")
    reviewed.save(desk / "findings.xlsx")
    ran = cli("check", "exports", *AS_OF, "--review", "findings.xlsx", "-o", "final.html", "-o", "final.xlsx")
    told = "1 of the inspector's answers are about clauses that are not asked here."
    assert told in ran.out
    assert told.replace("'", "&#39;") in (desk / "final.html").read_text(encoding="utf-8")
    summary = openpyxl.load_workbook(desk / "final.xlsx")["Summary"]
    assert ("answers about clauses that are not asked here", 1) in {row[:2] for row in summary.values}


@pytest.mark.parametrize(("day", "read"), [("2023-02-28", "2023-02-28"), ("2023-02-28 10:30", "2023-02-28 10:30:00")])
def test_a_day_that_was_filled_in_stays_a_day(
    cli: Cli, desk: Path, reviewed: openpyxl.Workbook, day: str, read: str
) -> None:
    when = dt.datetime.fromisoformat(day)
    fill(reviewed["Manual inspection"], ("clause", "D5"), answer="met", inspector="Li", seen_on=when)
    reviewed.save(desk / "findings.xlsx")
    cli("check", "exports", *AS_OF, "-q", "--review", "findings.xlsx", "-o", "again.xlsx")
    shown = openpyxl.load_workbook(desk / "again.xlsx")["Manual inspection"]
    assert shown.cell(2, columns(shown)["seen on"]).value == when
    (item,) = json.loads(cli("check", "exports", *AS_OF, "-f", "json", "--review", "again.xlsx").out)["manual_items"]
    assert item["answer"] == {"answer": "met", "remark": "", "by": "Li", "on": read}


def test_a_waiver_comes_back_from_the_reviewed_report(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    until = dt.datetime(2023, 3, 31)
    fill(reviewed["Findings"], ("key", "R6"), conclusion="waived", remark="closed", approver="Wang", waived_until=until)
    reviewed.save(desk / "findings.xlsx")
    cli("check", "exports", *AS_OF, "-q", "--review", "findings.xlsx", "-o", "again.xlsx", "-o", "first.json")
    cli("check", "exports", *AS_OF, "-q", "--review", "again.xlsx", "-o", "second.json")
    assert (desk / "second.json").read_bytes() == (desk / "first.json").read_bytes()


def test_a_waiver_of_the_file_is_not_given_twice(cli: Cli, desk: Path, reviewed: openpyxl.Workbook) -> None:
    waiver = 'rule = "desk/request/late"\nkey = "R6"\nreason = "closed"\napprover = "Wang"\nuntil = 2023-03-31\n'
    (desk / "waivers.toml").write_text("[[waiver]]\n" + waiver)
    given = ("check", "exports", *AS_OF, "-q", "--waivers", "waivers.toml")
    cli(*given, "-o", "again.xlsx", "-o", "first.json")
    assert json.loads((desk / "first.json").read_text())["waived"]
    cli(*given, "--review", "again.xlsx", "-o", "second.json")
    assert (desk / "second.json").read_bytes() == (desk / "first.json").read_bytes()


@pytest.mark.parametrize("name", ["missing.xlsx", "exports/requests.csv"])
def test_what_is_no_workbook_is_refused(cli: Cli, desk: Path, name: str) -> None:
    ran = cli("check", "exports", *AS_OF, "--review", name)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"checker: {name}: the workbook cannot be read (")


@pytest.mark.parametrize("command", ["check", "due"])
@pytest.mark.parametrize("locked", [False, True])
def test_what_was_filled_in_is_not_written_over(
    cli: Cli, desk: Path, reviewed: openpyxl.Workbook, command: str, *, locked: bool
) -> None:
    book = desk / "findings.xlsx"
    assert cli(command, "exports", *AS_OF, "-q", "-o", "findings.xlsx").status == (1 if command == "check" else 0)
    reviewed.save(book)
    if locked:
        book.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # with a password it is no zip
    before = book.read_bytes()
    ran = cli(command, "exports", *AS_OF, "-q", "-o", "findings.xlsx")
    told = "somebody has worked in this workbook, and that would be lost"
    remedy = "name another one; --review reads what was filled in"
    assert (ran.status, ran.err) == (2, f"checker: -o findings.xlsx: {told}; {remedy}\n")
    assert book.read_bytes() == before


def test_the_workbook_is_the_same_each_time(cli: Cli, desk: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        cli("check", "exports", *AS_OF, "-q", "-o", name)
    assert (desk / "a.xlsx").read_bytes() == (desk / "b.xlsx").read_bytes()


def test_the_title_has_room(reviewed: openpyxl.Workbook) -> None:
    assert reviewed["Summary"].row_dimensions[1].height == 24


def test_libreoffice_opens_the_workbook(cli: Cli, desk: Path, office: Callable[[Path, str], Path]) -> None:
    cli("check", "exports", *AS_OF, "-q", "-o", "findings.xlsx")
    text = office(
        desk / "findings.xlsx", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,2"
    )
    lines = text.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("severity,title,key,finding")
    assert len(lines) == openpyxl.load_workbook(desk / "findings.xlsx")["Findings"].max_row
