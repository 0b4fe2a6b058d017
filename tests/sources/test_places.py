"""A finding says where its record stands as the user sees it: file, sheet, row."""

from __future__ import annotations

import csv

import pytest
import xlsxwriter
from disguises import DISGUISES, records
from office import audited

from checker.rulebook.kind import Outcome

ROWS = records(400)


def places(report):
    """Return for each record's key where it stands."""
    return {one.key: one.place for one in report.findings.of(Outcome.VIOLATION, Outcome.PENDING)}


def seen(path):
    """Return for each key in a CSV file the row a spreadsheet shows it in."""
    with path.open(encoding="utf-8", newline="") as file:
        return {cells[0]: row for row, cells in enumerate(csv.reader(file), 1) if cells}


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("CR LF", 2),
        ("GB18030", 2),
        ("title rows", 5),
        ("JSON array", 1),
        ("JSON lines", 1),
        ("JSON in an envelope", 1),
        ("workbook of cells", 2),
        ("workbook with a cover", 3),
        ("old workbook", 4),
        ("Parquet of texts", 1),
        ("SQLite", 1),
        ("gzip", 2),
    ],
)
def test_rows(name, first, tmp_path):
    found = places(audited(DISGUISES[name](ROWS, tmp_path)))
    assert len(found) > 300
    assert {key: place.row for key, place in found.items()} == {key: int(key) + first for key in found}


def test_blank_lines_and_lines_in_cells_do_not_shift_rows(tmp_path):
    path = DISGUISES["blank lines"](ROWS, tmp_path)
    found = places(audited(path))
    wanted = seen(path)
    assert {key: place.row for key, place in found.items()} == {key: wanted[key] for key in found}
    assert wanted["00399"] > 410


def test_files_of_months_and_members_of_archives(tmp_path):
    for name, size in (("files of months", 100), ("zip", 200)):
        folder = tmp_path / name
        folder.mkdir()
        found = places(audited(DISGUISES[name](ROWS, folder)))
        assert {key: place.row for key, place in found.items()} == {key: int(key) % size + 2 for key in found}
        assert len({place.path for place in found.values()}) == len(ROWS) // size
    assert found["00001"].path.endswith("exports.zip:2023/投诉0.csv")


def test_sheets_and_empty_rows(tmp_path):
    path = tmp_path / "2023.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("封面").write(3, 3, "二〇二三年")
        for month in ("1月投诉", "2月投诉"):
            sheet = book.add_worksheet(month)
            sheet.write_row(2, 1, ["投诉编号", "投诉等级", "投诉时间", "解决时间"])
            for row in (3, 6, 7, 900):
                sheet.write_row(row, 1, [f"{month}{row + 1}", "重大", "2023-01-01", "2023-02-01"])
    report = audited(path)
    found = places(report)
    assert {(place.sheet, place.row) for place in found.values()} == {
        (month, row) for month in ("1月投诉", "2月投诉") for row in (4, 7, 8, 901)
    }
    assert all(key == f"{place.sheet}{place.row}" for key, place in found.items())
    assert report.ignored == (f"{path.as_posix()}:封面",)
    assert [one.rows for one in report.inputs] == [4, 4]


def test_rows_of_a_large_workbook_with_days_and_moments_in_one_column(tmp_path):
    """From 122,880 rows on they are read in parts, which one of the cores may hand over before the other."""
    count = 250_000
    with xlsxwriter.Workbook(tmp_path / "投诉.xlsx", {"constant_memory": True}) as book:
        day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("投诉编号", "投诉时间", "补偿金额"))
        for number in range(1, count):
            sheet.write_number(number, 0, number + 1)
            sheet.write_number(number, 1, 44927, moment if number % 2 else day)
            if number in (1, count - 1):
                sheet.write_string(number, 2, "五元")
    errors = audited(tmp_path).findings.data_errors()
    assert [(one.key, one.place.row) for one in errors] == [("2", 2), (str(count), count)]
