"""A number that a workbook shows as a percentage is read as that percentage; every other cell as it is."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest
import xlsxwriter
import xlwt
from office import audited, office

from checker import audit
from checker.plugins import rulebooks
from checker.rulebook.kind import Outcome
from checker.sources.find import read


def as_xlsx(folder, rows, forms, name="投诉"):
    """Write texts as texts, numbers in the format of their column, and formulas with their results."""
    with xlsxwriter.Workbook(folder / f"{name}.xlsx") as book:
        sheet = book.add_worksheet("Sheet1")
        styles = [book.add_format({"num_format": form}) for form in forms]
        for number, cells in enumerate(rows):
            for column, (cell, style) in enumerate(zip(cells, styles, strict=True)):
                match cell:
                    case None:
                        sheet.write_blank(number, column, None, style)
                    case str():
                        sheet.write_string(number, column, cell, style)
                    case (formula, result):
                        sheet.write_formula(number, column, formula, style, result)
                    case _:
                        sheet.write_number(number, column, cell, style)


def as_xls(folder, rows, forms, name="投诉"):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    styles = [xlwt.easyxf(num_format_str=form) for form in forms]
    for number, cells in enumerate(rows):
        for column, (cell, style) in enumerate(zip(cells, styles, strict=True)):
            sheet.write(number, column, cell, style)
    book.save(str(folder / f"{name}.xls"))


@pytest.fixture(params=[as_xlsx, as_xls])
def write(request):
    return request.param


def cells(folder):
    """Return the cells of each record but their first, as they are read."""
    (found,) = read([str(folder)], folder, office(), {}).exports
    rows = duckdb.sql(f"SELECT * EXCLUDE c0 FROM read_parquet('{found.export.scan.path}')").fetchall()
    return [row[0] if len(row) == 1 else row for row in rows]


@pytest.mark.parametrize(
    ("number", "form", "read_as"),
    [
        (0.6, "0%", "60%"),
        (0.6, "0.00%", "60%"),
        (1, "0%", "100%"),
        (0, "0%", "0%"),
        (0.07, "0%", "7%"),
        (0.29, "0.0%", "29%"),
        (0.0525, "0.00%", "5.25%"),
        (0.378125, "0%", "37.8125%"),
        (0.1 + 0.2, "0%", "30%"),
        (1 / 3, "0.0%", "33.3333333%"),
        (-0.05, "0%", "-5%"),
        (12345.678, "#,##0.0%", "1234567.8%"),
        (0.6, "[Red]0.0%;-0.0%", "60%"),
        (-0.6, "[Red]0.0%;[Blue]-0.0%", "-60%"),
        (0.6, '_(* 0.0%_);_(* (0.0%);_(* "-"_);_(@_)', "60%"),
        (0.6, "[$-804]0%;@", "60%"),
        (1, '[=1]"全部";0%', "100%"),
        (0.6, "[<=1]0%;0", "60%"),
        (60, "[<=1]0%;0", "60"),
        (60, '[<=1]0%;0"%"', "60%"),
        (0.6, "[>1]0;0%", "60%"),
        (60, "[>1]0;0%", "60"),
        (-3, "0%;-0;0", "-3"),
        (0.6, "[<=1]0%", "60%"),
        (60, "[<=1]0%", "60"),
        (60, '0.0"%"', "60%"),
        (60, r"0\%", "60%"),
        (60, r"0\ \%", "60%"),
        (60, "0" + "％", "60%"),
        (5.25, '0.00"% p.a."', "5.25%"),
        (60, 'General"%"', "60%"),
        (60, '0"分（%）"', "60"),
        (0.6, "0_%", "0.6"),
        (0.6, "0.00", "0.6"),
        (0.6, "General", "0.6"),
        (0.6, "0;0;0;@\\%", "0.6"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(number, form, read_as, write, tmp_path):
    write(tmp_path, [("投诉编号", "满意率"), ("1", number)], ("General", form))
    assert cells(tmp_path) == [read_as]


def test_other_cells_of_a_column_with_percentages_stay_as_they_are(write, tmp_path):
    rows = [
        ("投诉编号", "满意率", "处理时长"),
        ("1", "60%", 0.5),
        ("2", "0.6", 60),
        ("3", None, None),
        ("4", 0.6, "0.6"),
    ]
    write(tmp_path, rows, ("General", "0%", "General"))
    assert cells(tmp_path) == [("60%", "0.5"), ("0.6", "60"), (None, None), ("60%", "0.6")]


def test_formulas(tmp_path):
    rows = [("投诉编号", "满意率"), ("1", ("=3/5", 0.6)), ("2", ('="0.6"', "0.6")), ("3", ("=1/0", "#DIV/0!"))]
    as_xlsx(tmp_path, rows, ("General", "0%"))
    assert cells(tmp_path) == ["60%", "0.6", "#DIV/0!"]


@pytest.mark.parametrize("count", [3, 130_000])
def test_formats_of_cells_differ_within_a_column(count, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "投诉.xlsx", {"constant_memory": True}) as book:
        styles = [book.add_format({"num_format": form}) for form in ("General", "0.0%", '0"%"')]
        sheet = book.add_worksheet()
        sheet.write_row(0, 3, ("投诉编号", "满意率"))
        for number in range(1, count + 1):
            sheet.write_string(number, 3, str(number))
            sheet.write_number(number, 4, 0.5, styles[number % 3])
    assert cells(tmp_path) == [("0.5", "50%", "0.5%")[number % 3] for number in range(1, count + 1)]


def test_many_formats_and_numbers_side_by_side_in_an_old_workbook(tmp_path):
    """Numbers side by side stand in one record there."""
    forms = ("General", "0%", "0.00%", "General", '0"%"', "0%")
    as_xls(tmp_path, [("投诉编号", "满意率", "a", "b", "c", "d"), ("1", 1, 2, 3, 4, 5)], forms)
    assert cells(tmp_path) == [("100%", "200%", "3", "4%", "500%")]


def test_a_ratio_is_that_of_its_percentage(write, tmp_path):
    """A field without a unit takes 40% as 0.4, in whatever cell it stands."""
    rows = [
        ("投诉编号", "投诉时间", "满意率"),
        *((str(n), "2023-01-01", c) for n, c in enumerate((0.4, 0.6, "40%", "0.4"))),
    ]
    write(tmp_path, rows, ("General", "General", "0%"))
    report = audited(tmp_path)
    assert list(report.findings.data_errors()) == []
    rule = next(result.number for result in report.rules if result.rule.id == "office/complaint/share")
    found = {one.key: one.evidence for one in report.findings.of(Outcome.VIOLATION, rules=[rule])}
    assert found == {"0": ("0.4",), "2": ("0.4",), "3": ("0.4",)}


def test_shares_of_a_deposit_add_up(write, tmp_path):
    pytest.importorskip("checker_banking_playbook")
    rows = [
        ("存款账号", "考核期", "客户经理编号", "存款类型", "余额", "归属比例"),
        ("A1", "2023-06", "M1", "活期", 1000, 0.6),
        ("A1", "2023-06", "M2", "活期", 1000, 0.4),
        ("A2", "2023-06", "M1", "定期", 1000, "100%"),
        ("A3", "2023-06", "M1", "定期", 1000, 1.07),
    ]
    write(tmp_path, rows, (*["General"] * 5, "0.00%"), "存款业绩归属表")
    report = audit([str(tmp_path)], rulebooks(["banking_playbook"]), dt.date(2023, 7, 1), show_personal_data=True)
    assert list(report.findings.data_errors()) == []
    rule = next(result.number for result in report.rules if result.rule.id.endswith("/deposit-shares"))
    found = [(one.key[:2], one.evidence[0]) for one in report.findings.of(Outcome.VIOLATION, rules=[rule])]
    assert found == [("A3", "107")]
