"""What offices do to their tables, read as it is meant, and the same in every format."""

from __future__ import annotations

import datetime as dt
import sqlite3
import zipfile

import duckdb
import pytest
import xlsxwriter
import xlwt
from disguises import text
from office import audited, findings

from checker.rulebook.kind import Outcome

HEADER = ("投诉编号", "投诉等级", "投诉时间", "解决时间", "补偿金额", "备注")
ROWS = (
    ("007", "重大", "2023-01-01 09:00:00", "2023-01-20 09:00:00", "2.5", "甲"),
    ("008", "轻微", "2023-01-02 09:00:00", "", "1", "乙"),
)


def as_csv(folder, rows):
    (folder / "投诉.csv").write_text(text(rows[1:], rows[0]), encoding="utf-8")


def as_xlsx(folder, rows):
    with xlsxwriter.Workbook(folder / "投诉.xlsx") as book:
        sheet = book.add_worksheet("Sheet1")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)


def as_xls(folder, rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
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


def test_headers_on_two_rows(written, expected):
    above = ("投诉编号", "投诉信息", "", "", "", "备注")
    below = ("", *HEADER[1:5], "")
    assert findings(written([row("投诉登记表"), above, below, *ROWS])) == expected


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
