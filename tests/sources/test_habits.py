"""What offices do to their tables, read as it is meant, and the same in every format."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import zipfile

import duckdb
import openpyxl
import pytest
import xlsxwriter
import xlwt
from disguises import text
from office import audited, findings

from checker.errors import CheckerError
from checker.report.rows import about_inputs
from checker.rulebook.kind import Outcome
from checker.sources import workbook

HEADER = ("投诉编号", "投诉等级", "投诉时间", "解决时间", "补偿金额", "备注")
ROWS = (
    ("007", "重大", "2023-01-01 09:00:00", "2023-01-20 09:00:00", "2.5", "甲"),
    ("008", "轻微", "2023-01-02 09:00:00", "", "1", "乙"),
)


def as_csv(folder, rows):
    (folder / "投诉.csv").write_text(text(rows[1:], rows[0]), encoding="utf-8")


def as_xlsx(folder, rows, merged=()):
    with xlsxwriter.Workbook(folder / "投诉.xlsx") as book:
        sheet = book.add_worksheet("Sheet1")
        for top, left, bottom, right in merged:
            sheet.merge_range(top, left, bottom, right, rows[top][left])
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(row, column, cell)


def as_xls(folder, rows, merged=()):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    sheet.merged_ranges.extend((top, bottom, left, right) for top, left, bottom, right in merged)
    book.save(str(folder / "投诉.xls"))


@pytest.fixture(params=[as_csv, as_xlsx, as_xls])
def written(request, tmp_path):
    """Write rows in a format and audit them."""

    def write(rows):
        request.param(tmp_path, rows)
        return audited(tmp_path)

    return write


@pytest.fixture
def expected(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    as_csv(folder, [HEADER, *ROWS])
    return findings(audited(folder))


def row(*cells):
    return (*cells, *[""] * (len(HEADER) - len(cells)))


@pytest.mark.parametrize(
    ("lines", "called"),
    [
        ([row("合计", "", "", "", "3.5")], ["合计"]),
        ([row(), row("小 计：", "", "", "", "3.5"), row("总计", "", "", "", "3.5")], ["小 计", "总计"]),
        ([row("", "合计（2条）", "", "", "3.5")], ["合计（2条）"]),
        ([row("制表人：张三", "", "审核：李四", "日期：2023-03-01")], ["制表人"]),
        ([row("制表人", "张三", "", "审核人", "李四"), row()], ["制表人"]),
        ([row("注：本表由系统导出"), row("第1页/共1页")], ["注", "第1页/共1页"]),
        ([row("共 2 条记录")], ["共 2 条记录"]),
        ([row("共计2条")], ["共计2条"]),
        ([row("Total", "", "", "", "3.5")], ["Total"]),
        ([row("汇总", "", "", "", "3.5")], ["汇总"]),
        ([row("注：1、以上为全部投诉"), row("2、金额以元计")], ["注", "2、金额以元计"]),
        ([row(), row("", "以上数据未经审核")], ["以上数据未经审核"]),
        ([row("（本表一式两份）"), row("每月5日前报送。")], ["（本表一式两份）", "每月5日前报送。"]),
    ],
)
def test_lines_below_the_records_are_none_and_are_told(lines, called, written, expected):
    report = written([HEADER, *ROWS, *lines])
    (one,) = report.inputs
    assert (one.rows, one.data_errors) == (2, 0)
    assert findings(report) == expected
    assert report.ignored == tuple(f"{one.place} ({line})" for line in called)


def test_short_lines_below_a_text_are_no_ragged_rows(tmp_path, expected):
    (tmp_path / "投诉.csv").write_text(text(ROWS, HEADER) + "\n合计,3.5\n共2条\n", encoding="utf-8")
    report = audited(tmp_path)
    assert findings(report) == expected
    assert len(report.ignored) == 2


@pytest.mark.parametrize("end", ["  ", "\t", "\x1a", "\n \n\x1a", ",,,,,\n \n", "\n\n"])
def test_what_holds_nothing_below_a_text_is_nothing(end, tmp_path, expected):
    (tmp_path / "投诉.csv").write_text(text(ROWS, HEADER) + end, encoding="utf-8")
    report = audited(tmp_path)
    assert (findings(report), report.ignored) == (expected, ())


@pytest.mark.parametrize("blank", [row(), row(" "), row(*" 　\t  "), row("", "", "", "", "", " "), row(*"     \ufeff")])
def test_rows_of_blanks_are_no_records(blank, written):
    report = written([HEADER, ROWS[0], blank, blank, ROWS[1]])
    assert ([one.rows for one in report.inputs], report.ignored) == ([2], ())
    assert {(one.key, one.place.row) for one in report.findings.of(*Outcome)} == {("007", 2), ("008", 5)}


TITLE = row("投诉登记表")
SPACED = tuple(f" {cell}\u3000" for cell in HEADER)


@pytest.mark.parametrize(
    ("above", "again", "called"),
    [
        ([HEADER], [HEADER], ["投诉编号"]),
        ([HEADER], [SPACED, row(), HEADER, HEADER], ["投诉编号 ×3"]),
        ([(*HEADER[:5], "")], [(*HEADER[:5], "第2页")], ["投诉编号"]),
        (
            [TITLE, row("单位：元"), HEADER],
            [TITLE, row("单位：元"), HEADER] * 2,
            ["投诉登记表 ×2", "单位 ×2", "投诉编号 ×2"],
        ),
        ([("投诉编号", "投诉信息", "", "", "", "备注"), ("", *HEADER[1:5], "")], None, ["投诉编号", "投诉等级"]),
    ],
)
def test_headings_among_the_records_are_none_and_are_told(above, again, called, written, tmp_path_factory):
    folder = tmp_path_factory.mktemp("once")
    as_csv(folder, [*above, *ROWS])
    once = audited(folder)
    report = written([*above, ROWS[1], *(again or above), ROWS[0], row("合计", "", "", "", "3.5")])
    (one,) = report.inputs
    assert (one.rows, one.data_errors) == (2, 0)
    assert findings(report) == findings(once)
    assert report.ignored == tuple(f"{one.place} ({line})" for line in ("合计", *called))
    last = len(above) + 2 + len(again or above)
    assert {found.place.row for found in report.findings.of(*Outcome) if found.key == "007"} == {last}


@pytest.mark.parametrize(
    ("line", "called"),
    [
        (row("小计", "", "", "", "2.5"), "小计"),
        (row(" 本页 小 计：2 条", "", "", "", "2.5"), "本页 小 计"),
        (row("", "\u3000", "合计（1条）", "", "2.5"), "合计（1条）"),
        (row("第 2 页 共 3 页"), "第 2 页 共 3 页"),
        (row("Sub-total", "", "", "", "2.5"), "Sub-total"),
        (row("", "GRAND TOTAL:", "", "", "2.5"), "GRAND TOTAL"),
        (row("Subtotals", "", "", "", "2.5"), "Subtotals"),
    ],
)
def test_totals_of_pages_among_the_records_are_none_and_are_told(line, called, written):
    report = written([HEADER, ROWS[0], line, row(), ROWS[1], line, ROWS[1], row("总计", "", "", "", "3.5")])
    (one,) = report.inputs
    assert (one.rows, one.data_errors) == (3, 2)  # the doubled key
    assert report.ignored == tuple(f"{one.place} ({word})" for word in ("总计", f"{called} ×2"))
    assert {found.place.row for found in report.findings.of(*Outcome) if found.key == "008"} == {5, 7}


@pytest.mark.parametrize("key", ["经营活动现金流入小计", "1栋合计", "统计", "TOTAL-7", "第3页面", "总计划", "TOtal"])
def test_a_record_with_a_key_like_a_total_stays_one(key, written):
    report = written([HEADER, row(key, "重大", "2023-01-01 09:00:00"), *ROWS])
    assert [one.rows for one in report.inputs] == [3]
    assert report.ignored == ()


def test_a_title_far_to_the_right_is_no_heading_that_stands_again(written):
    title = ("", "", "", "", "", "单位：元")
    report = written([title, HEADER, ROWS[0], row(), ("", "", "", "", "", "9"), ROWS[1]])
    assert [one.rows for one in report.inputs] == [3]
    assert report.ignored == ()


def test_a_heading_below_all_records_is_none_and_is_told(written, expected):
    report = written([HEADER, *ROWS, row(), HEADER])
    assert findings(report) == expected
    assert report.ignored == (f"{report.inputs[0].place} (投诉编号)",)


@pytest.mark.parametrize(
    "record",
    [
        ("投诉编号", "投诉等级", "投诉时间", "解决时间", "无", "备注"),
        ("投诉编号", "", "", "", "", ""),
        ("投诉登记表", "重大", "", "", "", ""),
    ],
)
def test_a_record_like_a_heading_in_some_cells_stays_one(record, written):
    report = written([TITLE, HEADER, record, *ROWS])
    assert [one.rows for one in report.inputs] == [3]
    assert report.ignored == ()


def test_guards_are_seen_beside_a_heading_among_the_records(written, expected):
    rows = [tuple(f'="{cell}"' if cell else "" for cell in cells) for cells in ROWS]
    report = written([HEADER, rows[0], HEADER, rows[1]])
    assert findings(report) == expected


def test_files_put_one_behind_the_other(tmp_path, expected):
    """As ``copy /b`` does: each begins with the mark of its encoding."""
    parts = [("\ufeff" + text([one], HEADER)).encode() for one in ROWS]
    (tmp_path / "投诉.csv").write_bytes(b"".join(parts))
    assert findings(audited(tmp_path)) == expected


@pytest.mark.parametrize(
    "last",
    [
        ("009", "重大", "", "", "", "合计：3"),
        ("009", "重大", "", "", "", "第一行\n合计：3"),
        ("009", "重大", "", "", "", "第一行\n合计：3\n制表人：张"),
        ("合计9", "重大", "", "", "", ""),
        ("", "", "", "", "", "x"),
        ("1.2", "", "", "", "", ""),
        ("1、3", "", "", "", "", ""),
        ("(2023)", "", "", "", "", ""),
        ("汇总表1", "", "", "", "", ""),
        ("009", "", "", "", "", "以上情况属实。"),
    ],
)
def test_a_record_at_the_end_stays_one(last, written):
    report = written([HEADER, *ROWS, last])
    assert [one.rows for one in report.inputs] == [3]
    assert report.ignored == ()


def test_a_title_gives_amounts_their_unit(written):
    report = written([row("投诉登记表"), row("单位：某物业公司", "", "", "", "金额单位：人民币万元"), HEADER, *ROWS])
    dear = next(result.number for result in report.rules if result.rule.id == "office/complaint/dear")
    assert [(one.key, one.evidence) for one in report.findings.of(Outcome.VIOLATION, rules=[dear])] == [
        ("007", ("25000",))
    ]


def test_the_unit_of_a_header_or_cell_comes_before_that_of_a_title(written):
    header = tuple(name.replace("金额", "金额（元）") for name in HEADER)
    report = written([row("单位：万元"), header, *ROWS])
    dear = next(result.number for result in report.rules if result.rule.id == "office/complaint/dear")
    assert list(report.findings.of(Outcome.VIOLATION, rules=[dear])) == []


def test_a_mapping_names_a_row_far_below(written, tmp_path, expected):
    titles = [row(f"第{number}行", "客户姓名") for number in range(40)]
    with pytest.raises(CheckerError, match=r"fit no record type|no column"):
        written([*titles, HEADER, *ROWS])
    assert findings(audited(tmp_path, mapping={"complaint": {"header-row": 41}})) == expected


@pytest.mark.parametrize("blank", [1, 29, 30, 45])
def test_empty_rows_above_the_headers_are_no_titles(blank, written, expected):
    report = written([*[row()] * blank, row("投诉台账"), HEADER, *ROWS])
    assert findings(report) == expected
    assert {one.place.row for one in report.findings.of(*Outcome)} == {blank + 3, blank + 4}


def test_headers_on_two_rows(written, expected):
    above = ("投诉编号", "投诉信息", "", "", "", "备注")
    below = ("", *HEADER[1:5], "")
    assert findings(written([row("投诉登记表"), above, below, *ROWS])) == expected


LISTED = (
    ("投诉编号", "投诉等级", "资料", "投诉时间", "经办"),
    ("007", "重大", "身份证、合同", "2023-01-01", "甲"),
    ("008", "轻微", "户口本", "", "乙"),
)
MARKED = (
    ("投诉编号", "投诉等级", "资料", "", "", "投诉时间", "经办"),
    ("", "", "身份证", "户口本", "合同", "", ""),
    ("007", "重大", "√", "×", "√", "2023-01-01", "甲"),
    ("008", "轻微", "×", "√", "", "", "乙"),
)
MERGED = ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 0, 4), (0, 5, 1, 5), (0, 6, 1, 6))


@pytest.fixture
def listed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("listed")
    as_csv(folder, LISTED)
    return findings(audited(folder))


def rows_of(report):
    """Return in which rows the records with findings stand."""
    return {(found.key, found.place.row) for found in report.findings.of(*Outcome)}


def test_documents_below_the_header_of_their_list(written, listed):
    report = written(MARKED)
    (one,) = report.inputs
    assert (one.rows, one.data_errors, one.unknown) == (2, 0, ("经办",))
    assert findings(report) == listed
    assert rows_of(report) == {("007", 3), ("008", 4)}


def test_documents_below_the_header_of_their_list_again_among_the_records(written, listed):
    title = (*row("投诉登记表"), "")
    report = written([title, *MARKED[:3], title, *MARKED[:2], MARKED[3]])
    assert findings(report) == listed
    assert rows_of(report) == {("007", 4), ("008", 8)}
    assert report.ignored == tuple(
        f"{report.inputs[0].place} ({word})" for word in ("投诉登记表", "投诉编号", "身份证")
    )


@pytest.mark.parametrize("wrote", [as_xlsx, as_xls])
@pytest.mark.parametrize("titles", [0, 1])
def test_headers_merged_over_two_rows(wrote, titles, tmp_path, listed):
    merged = [(top + titles, left, bottom + titles, right) for top, left, bottom, right in MERGED]
    wrote(tmp_path, [row("投诉登记表")] * titles + [*MARKED], merged)
    report = audited(tmp_path)
    assert findings(report) == listed
    assert report.inputs[0].unknown == ("经办",)
    assert rows_of(report) == {("007", 3 + titles), ("008", 4 + titles)}


@pytest.mark.parametrize("wrote", [as_xlsx, as_xls])
@pytest.mark.parametrize(
    ("above", "below", "unknown"),
    [
        (("投诉编号", "资料", "备注", "经办"), ("", "身份证", "", ""), ("经办",)),
        (("投诉编号", "备注", "", "客户"), ("", "投诉等级", "甲", "客户姓名"), ("甲",)),
        (("投诉编号", "投诉等级", "记录", ""), ("", "", "甲", "乙"), ("甲", "乙")),
        (("投诉编号", "投诉等级", "备注", "经办"), ("", "", "", ""), ("经办",)),
    ],
)
def test_merged_cells_say_that_headers_take_two_rows(wrote, above, below, unknown, tmp_path):
    wrote(tmp_path, [above, below, ("007", "", "", "甲"), ("008", "", "", "乙")], [(0, 0, 1, 0)])
    report = audited(tmp_path)
    (one,) = report.inputs
    assert (one.rows, one.data_errors, one.unknown) == (2, 0, unknown)
    assert rows_of(report) == {("007", 3), ("008", 4)}


@pytest.mark.parametrize("merged", [(0, 2, 1, 2), (0, 0, 2, 0), (1, 1, 2, 1), (2, 1, 3, 1)])
def test_cells_merged_with_those_of_records_are_refused(merged, tmp_path):
    two_rows = merged != (0, 2, 1, 2)
    rows = [("投诉编号", "记录", "", "投诉时间"), ("", "投诉等级", "备注", "")]
    as_xlsx(tmp_path, [*(rows if two_rows else [HEADER]), ("1", "重大", "", ""), ("2", "", "", "")], [merged])
    with pytest.raises(CheckerError, match="the cells are merged over several rows"):
        audited(tmp_path)


def test_headers_of_two_rows_that_no_record_type_has_are_told(written):
    above = ("投诉编号", "经办", "投诉信息", "", "附注", "处理", "")
    below = ("", "", "投诉等级", "投诉时间", "", "解决时间", "处理人")
    report = written([above, below, ("007", "甲", "重大", "2023-01-01", "x", "", "乙")])
    assert [(one.rows, one.unknown) for one in report.inputs] == [(1, ("经办", "附注", "处理人"))]


@pytest.mark.parametrize("cut", [0, 1])
def test_a_row_of_headers_may_end_before_the_other(cut, tmp_path, listed):
    lines = [list(one) for one in MARKED]
    if cut:
        lines[1] = lines[1][:5]
    else:  # the upper one
        lines = [[*one[:2], *one[5:], *one[2:5]] for one in lines]
        lines[0] = lines[0][:5]
    (tmp_path / "投诉.csv").write_text("".join(",".join(one) + "\n" for one in lines), encoding="utf-8")
    assert findings(audited(tmp_path)) == listed


def test_empty_cells_left_of_a_table_shift_nothing(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([None, "投诉编号", "满意率", "处理时长", "投诉时间"])
    sheet.append([None, "1", 0.4, 300, dt.date(2023, 1, 1)])
    sheet.append([None, "2", "#DIV/0!", 300, dt.date(2023, 1, 1)])
    for row in (1, 2, 3):
        sheet.cell(row, 1).number_format = "0%"  # which makes a cell of it, without a value
    book.save(tmp_path / "投诉.xlsx")
    report = audited(tmp_path)
    assert [(one.key, one.field, one.value) for one in report.findings.data_errors()] == [("2", "share", "#DIV/0!")]
    spent = next(result.number for result in report.rules if result.rule.id == "office/complaint/spent")
    assert [one.key for one in report.findings.of(Outcome.VIOLATION, rules=[spent])] == ["1", "2"]


@pytest.mark.parametrize("wrote", [as_xlsx, as_xls])
@pytest.mark.parametrize("note", [(4, 0, 6, 5), (3, 1, 3, 3), (5, 2, 5, 5)])
def test_a_note_in_a_merged_cell_below_the_records_is_none(note, wrote, tmp_path, expected):
    rows = [HEADER, *ROWS, *[row()] * 3]
    top, left, _bottom, _right = note
    rows[top : top + 1] = [(*[""] * left, "本表由客服部于三月统计", *[""] * (5 - left))]
    wrote(tmp_path, [*rows, row("制表人：张")], [note])
    report = audited(tmp_path)
    assert findings(report) == expected
    assert [one.rows for one in report.inputs] == [2]
    assert {word.partition(" (")[2] for word in report.ignored} == {"本表由客服部于三月统计)", "制表人)"}


@pytest.mark.parametrize("wrote", [as_xlsx, as_xls])
@pytest.mark.parametrize(
    ("last", "merged"),
    [(("009", "", "", "", "", ""), (3, 4, 3, 5)), (("009", "重大", "", "", "", ""), (3, 1, 3, 3))],
)
def test_a_record_with_merged_cells_stays_one(last, merged, wrote, tmp_path):
    wrote(tmp_path, [HEADER, *ROWS, last], [merged])
    report = audited(tmp_path)
    assert [one.rows for one in report.inputs] == [3]
    assert report.ignored == ()


@pytest.mark.parametrize("wrote", [as_xlsx, as_xls])
def test_cells_merged_beside_the_table_are_none_of_it(wrote, tmp_path, expected):
    rows = [(*HEADER, "", ""), (*ROWS[0], "", "等级说明"), (*ROWS[1], "", "")]
    wrote(tmp_path, rows, [(1, 7, 2, 8)])
    assert findings(audited(tmp_path)) == expected


def astray(folder, *cells, value=None):
    """Write a table, and something far off: a value, or the look alone of a cell."""
    book = openpyxl.Workbook()
    for row in (HEADER, *ROWS):
        book.active.append(row)
    for cell in cells:
        book.active[cell].value = value
        book.active[cell].number_format = "0%"
    book.save(folder / "投诉.xlsx")


@pytest.mark.parametrize("cell", ["XFD2", "AE1048576"])
def test_a_cell_far_off_is_gone_round(cell, tmp_path, expected):
    astray(tmp_path, cell, value=" ")
    assert findings(audited(tmp_path)) == expected


def test_a_sheet_too_large_for_memory_is_refused(tmp_path, expected):
    astray(tmp_path, "XFD1", "A1048576", value=" ")
    with pytest.raises(CheckerError, match=r"投诉\.xlsx: XFD1048576: a cell stands so far off"):
        audited(tmp_path)
    astray(tmp_path, "XFD1", "A1048576")
    assert findings(audited(tmp_path)) == expected


def test_a_large_sheet_that_is_filled_is_read(tmp_path, expected, monkeypatch):
    monkeypatch.setattr(workbook, "_MOST", len(HEADER))
    as_xlsx(tmp_path, [HEADER, *ROWS])
    assert findings(audited(tmp_path)) == expected
    astray(tmp_path, "Z40", value=" ")
    with pytest.raises(CheckerError, match=r"投诉\.xlsx: Z40: a cell stands so far off"):
        audited(tmp_path)


@pytest.mark.parametrize("number", [1, 2])
def test_a_mapping_names_either_row_of_headers(number, tmp_path, listed):
    as_csv(tmp_path, MARKED)
    assert findings(audited(tmp_path, mapping={"complaint": {"header-row": number}})) == listed


@pytest.mark.parametrize(
    "record",
    [
        ("", "", "身份证", "", ""),
        ("007", "", "身份证", "", ""),
        ("007", "合同", "", "", ""),
        ("", "", "", "2023-01-01", "备注"),
        ("", "", "身份证", "", "合同"),
        ("", "重大", "", "", "备注"),
        ("", "", "", "", "x"),
    ],
)
def test_a_record_with_few_values_is_no_row_of_headers(record, written):
    report = written([LISTED[0], record, LISTED[1]])
    assert [one.rows for one in report.inputs] == [2]


def test_a_record_below_two_rows_of_headers_stays_one(written):
    above = ("投诉编号", "投诉信息", "", "资料")
    below = ("", "投诉等级", "投诉时间", "")
    report = written([above, below, ("007", "", "", "身份证"), ("", "", "", "合同")])
    assert [one.rows for one in report.inputs] == [2]


@pytest.mark.parametrize("guard", ['="{}"', "'{}"])
def test_texts_guarded_against_spreadsheets(guard, written, expected):
    rows = [tuple(guard.format(cell) if cell else "" for cell in cells) for cells in ROWS]
    report = written([HEADER, *rows])
    assert list(report.findings.data_errors()) == []
    assert findings(report) == expected


def test_errors_and_days_of_an_old_workbook_are_those_of_a_new_one(tmp_path):
    """An old workbook tells cells with errors, and days from moments at midnight, in records of its own."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for column, header in enumerate(HEADER):
        sheet.write(0, column, header)
    day, moment = (xlwt.easyxf(num_format_str=form) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
    for number, style in ((1, day), (2, moment)):
        sheet.write(number, 0, str(number))
        sheet.write(number, 1, "重大")
        sheet.write(number, 2, 44927, style)
        sheet.row(number).set_cell_error(4, "#DIV/0!")
    book.save(str(tmp_path / "投诉.xls"))
    report = audited(tmp_path, as_of=dt.date(2023, 1, 3))
    assert [(one.field, one.value) for one in report.findings.data_errors()] == [("amount", "#DIV/0!")] * 2
    late = next(result.number for result in report.rules if result.rule.id == "office/complaint/late")
    starts = {one.key: one.evidence[1] for one in report.findings.of(*Outcome, rules=[late])}
    assert starts == {"1": "2023-01-01", "2": "2023-01-01 00:00"}


def test_what_lies_beside_the_exports_in_an_archive_is_told(tmp_path):
    content = text(ROWS, HEADER)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("../投诉.csv", content)
        archive.writestr("旧/投诉.zip", b"PK")
        archive.writestr("投诉2.csv.gz", b"")
        archive.writestr("__MACOSX/._投诉.csv", b"x")
    report = audited(tmp_path)
    assert [one.rows for one in report.inputs] == [2]
    assert report.ignored == tuple(
        f"{(tmp_path / 'all.zip').as_posix()}:{name}" for name in ("旧/投诉.zip", "投诉2.csv.gz")
    )


def test_a_mapping_chooses_among_tables_and_views(tmp_path):
    path = tmp_path / "office.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE 投诉 (投诉编号, 投诉等级, 编号2 AS (投诉编号 || 'x'))")
        database.execute("INSERT INTO 投诉 VALUES ('007', '重大')")
        database.execute("CREATE VIEW 投诉视图 AS SELECT * FROM 投诉")
        database.execute("CREATE VIEW 投诉旧 AS SELECT 投诉编号 FROM 没有")
    database.close()
    report = audited(path, mapping={"complaint": {"sheet": "投诉"}})
    assert [(one.place, one.rows, one.unknown) for one in report.inputs] == [(f"{path.as_posix()}:投诉", 1, ("编号2",))]
    assert set(report.ignored) == {f"{path.as_posix()}:投诉旧", f"{path.as_posix()}:投诉视图"}


@pytest.mark.parametrize("cell", ["2023-01-20", "2023-01-20~2023-01-30~2023-02-01", "2023-01-20-2023-01-30"])
def test_what_is_no_range_is_told(cell, written):
    report = written([("投诉编号", "有效期"), ("1", cell), ("2", "2023-01-20~"), ("3", "--"), ("4", "~2023-01-20")])
    assert {(one.field, one.value) for one in report.findings.data_errors()} == {
        (field, f"{cell}~?") for field in ("valid_from", "valid_to")
    }


def test_cells_with_what_a_code_means(written):
    header = ("投诉编号", "是否有效(0:有效，1:不有效)")
    report = written([header, ("1", "0"), ("2", "1"), ("3", "有效"), ("4", "不有效"), ("5", "2")])
    valid = next(result.number for result in report.rules if result.rule.id == "office/complaint/valid")
    assert [one.key for one in report.findings.of(Outcome.VIOLATION, rules=[valid])] == ["2", "4"]
    assert [one.value for one in report.findings.data_errors()] == ["2"]


@pytest.mark.parametrize(
    "content",
    [
        '{"code": 0, "data": {"total": 2, "records": [{"投诉编号": "1"}, {"投诉编号": "2"}], "tags": ["a"]}}',
        '{"投诉编号": "1", "资料": [{"名称": "身份证"}]}\n{"投诉编号": "2", "资料": []}\n',
    ],
)
def test_shapes_of_json(content, tmp_path):
    (tmp_path / "投诉.json").write_text(content, encoding="utf-8")
    assert [one.rows for one in audited(tmp_path).inputs] == [2]


@pytest.mark.parametrize("content", ['[{"投诉编号": "1"}, {"投诉编号": "1"}]', '{"投诉编号": 1}\n{"投诉编号": "1"}\n'])
def test_json_with_the_key_alone(content, tmp_path):
    (tmp_path / "投诉.json").write_text(content, encoding="utf-8")
    assert [(one.problem, one.key) for one in audited(tmp_path).findings.data_errors()] == [("key twice", "1")]


@pytest.mark.parametrize("odd", ["", " ", "*", "Serial", "a'b", 'a"b', "a.b", "$x", "k[0]", "a\\b"])
def test_odd_keys_of_json_that_are_no_field(odd, tmp_path, expected):
    rows = [dict(zip((*HEADER, odd, odd.upper(), odd.lower()), (*row, *"123"), strict=True)) for row in ROWS]
    (tmp_path / "投诉.json").write_text(json.dumps(rows), encoding="utf-8")
    assert findings(audited(tmp_path)) == expected


def test_bytes_and_fine_moments_of_parquet(tmp_path):
    moments = ", ".join(
        f"TIMESTAMP_NS '2023-01-{day} 09:00:00.123456789' AS {header}"
        for day, header in ((1, "投诉时间"), (20, "解决时间"))
    )
    cells = f"'007'::BLOB AS 投诉编号, ENCODE('重大') AS 投诉等级, {moments}"
    duckdb.execute(f"COPY (SELECT {cells}) TO '{tmp_path / '投诉.parquet'}' (FORMAT parquet)")
    report = audited(tmp_path)
    assert list(report.findings.data_errors()) == []
    assert {one.key for one in report.findings.of(Outcome.VIOLATION)} == {"007"}


COLUMNS = {"补充": "x", "回访编号": "1.38E+10"}


@pytest.mark.parametrize("headers", [("补充", "补充"), ("回访编号", "补充")])
def test_what_is_wrong_with_columns_of_no_field_stops_nothing(headers, written, expected):
    report = written([(*HEADER, *headers), *((*row, *(COLUMNS[header] for header in headers)) for row in ROWS)])
    assert (findings(report), report.inputs[0].data_errors) == (expected, 0)


def test_a_column_that_lost_its_digits_is_left_out_and_told(written, expected):
    rows = [(*HEADER, "身份证号"), *((*row, "1.10101E+17") for row in ROWS)]
    report = written(rows)
    assert (findings(report), report.inputs[0].data_errors) == (expected, 0)
    _end, told = about_inputs(report)
    assert "the column 身份证号 is left out: a spreadsheet cut its long numbers short; export it again as" in told.en
    (result,) = (one for one in report.rules if one.rule.id == "office/complaint/fields")
    assert result.outcomes["not_assessed"] == len(ROWS)
    assert str(result.reason) == "not exported: customer, identity_no, is_valid"


def test_of_files_of_one_kind_a_column_that_one_has_lost_is_left_out_of_all(tmp_path, expected):
    as_csv(tmp_path, [(*HEADER, "身份证号"), *((*row, "110101199001011234") for row in ROWS[:1])])
    (tmp_path / "投诉.csv").rename(tmp_path / "投诉1.csv")
    as_csv(tmp_path, [(*HEADER, "身份证号"), *((*row, "1.10101E+17") for row in ROWS[1:])])
    report = audited(tmp_path)
    assert findings(report) == expected
    assert [[header for header, _problem in one.lost] for one in report.inputs] == [["身份证号"], []]
    (result,) = (one for one in report.rules if one.rule.id == "office/complaint/fields")
    assert str(result.reason) == "not exported: customer, identity_no, is_valid"


@pytest.mark.parametrize(
    ("header", "again"),
    [*((header, header) for header in ("解决时间", "解决时间(北京)", "身份证")), ("resolved_at", "Resolved At："),
     ("解决时间", "解决 时间*")],
)  # fmt: skip
def test_a_header_of_a_field_stands_once(header, again, written):
    rows = [(*HEADER[:3], header, again), *((*row[:3], "", "") for row in ROWS)]
    with pytest.raises(CheckerError, match="stands twice"):
        written(rows)


@pytest.mark.parametrize(
    "stray", ["Thumbs.db", "$RECYCLE.BIN/$R1.csv", "System Volume Information/a.csv", "~$投诉.xlsx", ".~lock.投诉.csv#"]
)
def test_what_a_system_keeps_on_a_stick_is_no_data(stray, tmp_path, expected):
    as_csv(tmp_path, [HEADER, *ROWS])
    (tmp_path / stray).parent.mkdir(exist_ok=True)
    (tmp_path / stray).write_bytes(b"\xd0\xcf\x11\xe0")
    report = audited(tmp_path)
    assert (findings(report), report.ignored) == (expected, ())
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("投诉.csv", stray):
            archive.write(tmp_path / name, name)
    report = audited(tmp_path / "a.zip")
    assert (findings(report), report.ignored) == (expected, ())
