"""Files that are broken, mixed or not what they seem: a right reading, or one line that says what to do."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
import xlwt
from disguises import as_parquet, as_sqlite, as_xls, as_xlsx, celled, records, zipped
from office import audited

from checker.errors import CheckerError

HEADER = "投诉编号,客户姓名,投诉等级,是否有效,投诉时间,解决时间,备注\n"


def line(key="1", name="王", received="2023-02-27 09:05:00", resolved="", note="x", end="\n"):
    return f"{key},{name},重大,是,{received},{resolved},{note}{end}"


GOOD = HEADER + line()
TRADITIONAL = "投訴編號,受理時間,等級,客戶姓名,備註\nTS1,2023-02-01,重要,王小明,電梯故障已報修\n"
MANY = HEADER + line() * 60_000
ENCRYPTED = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(400)


def cut(write, name, length):
    """Return the first bytes of a file that a disguise writes."""

    def content(folder: Path) -> bytes:
        write(records(50), folder)
        whole = (folder / name).read_bytes()
        (folder / name).unlink()
        return whole[:length]

    return content


def sheet(*cells, merged=None):
    """Return a workbook of cells, each a row, a column and a value."""

    def content(folder: Path) -> bytes:
        path = folder / "made.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet("投诉")
            for row, column, value in cells:
                page.write(row, column, value)
            if merged:
                page.merge_range(merged, "王")
        whole = path.read_bytes()
        path.unlink()
        return whole

    return content


def old_merged(folder: Path) -> bytes:
    """Return an old workbook with cells merged over rows."""
    book = xlwt.Workbook()
    page = book.add_sheet("投诉")
    for row, cells in enumerate((("投诉编号", "客户姓名"), ("1",), ("2",))):
        for column, cell in enumerate(cells):
            page.write(row, column, cell)
    page.write_merge(1, 2, 1, 1, "王")
    book.save(str(folder / "made.xls"))
    return (folder / "made.xls").read_bytes()


def packed_number(folder: Path) -> bytes:
    """Return a Parquet file whose identity numbers were once a data frame's numbers with gaps."""
    path = folder / "made.parquet"
    duckdb.execute(
        f"COPY (SELECT 110101199001011234::DOUBLE AS 投诉编号, '1' AS 身份证号) TO '{path}' (FORMAT parquet)"
    )
    content = path.read_bytes()
    path.unlink()
    return content


def uncomputed(folder: Path) -> bytes:
    """Return a workbook with a formula that its writer did not compute."""
    made = sheet((0, 0, "投诉编号"), (0, 1, "投诉时间"), (1, 0, "1"), (1, 1, "=NOW()"))(folder)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>0</v>", b""))
    return out.getvalue()


REFUSED = {
    "two orders of day and month": (
        "投诉.csv",
        HEADER + line(received="21/01/2022 13:47:00") + line("2", received="1/31/2022 13:47:00"),
        (
            "投诉时间: dates with the day first (21/01/2022 13:47:00) and with the month first (1/31/2022 13:47:00)"
            " stand in one column; export them in one order, best year first"
        ),
    ),
    "no order of day and month": (
        "投诉.csv",
        HEADER + line(received="2/1/2022"),
        (
            "投诉时间: no date tells whether 2/1/2022 has the day or the month first; say received_at = 'day first' or"
            " 'month first' under [data.complaint.formats] in checker.toml"
        ),
    ),
    "an order of day and month that comes late": (
        "投诉.csv",
        HEADER + "".join(map(line, map(str, range(3000)))) + line("x", resolved="21/01/2022"),
        (
            "解决时间: dates such as 21/01/2022 stand among others; say resolved_at = 'day first' or 'month first'"
            " under [data.complaint.formats] in checker.toml"
        ),
    ),
    "a lost header": (
        "投诉.csv",
        GOOD.replace("客户姓名", "????"),
        (
            "header row: the header of column 2 is '????'; its letters were lost when the file was saved; export it"
            " again as 'CSV UTF-8' or xlsx"
        ),
    ),
    "all headers lost": (
        "投诉.csv",
        "????,????,??,??,????,????,??\n" + line(),
        (
            "header row: the header of column 1 is '????'; its letters were lost when the file was saved; export it"
            " again as 'CSV UTF-8' or xlsx"
        ),
    ),
    "a header twice": (
        "投诉.csv",
        GOOD.replace("备注", "客户姓名"),
        "header row: the header '客户姓名' stands twice; rename one of the columns",
    ),
    "a long row": (
        "投诉.csv",
        GOOD + line("2", note="a,b"),
        (
            "line 3: the row has 8 columns, the header 7; put quotes around texts that hold the delimiter, and export"
            " it again"
        ),
    ),
    "a short row": (
        "投诉.csv",
        GOOD + "2,王\n",
        (
            "line 3: the row has 2 columns, the header 7; put quotes around texts that hold the delimiter, and export"
            " it again"
        ),
    ),
    "an open quote": (
        "投诉.csv",
        HEADER + line(name='"王') + line("2"),
        "line 2: a quote is not closed; double the quotes inside a quoted text",
    ),
    "two kinds of line ends": (
        "投诉.csv",
        (GOOD.replace("\n", "\r\n") + line("2")).encode(),
        "its lines end in different ways; open it in Excel and save it as 'CSV UTF-8'",
    ),
    "a title that ends in another way": (
        "投诉.csv",
        ("投诉登记表\r\n" + GOOD).encode(),
        "its lines end in different ways; open it in Excel and save it as 'CSV UTF-8'",
    ),
    "keys cut short by a spreadsheet": (
        "投诉.csv",
        "投诉编号,身份证号\n1.10101E+17,1\n",
        "投诉编号: a spreadsheet cut its long numbers short; export it again with the column as text",
    ),
    "keys cut short, and kept in a workbook": (
        "投诉.xlsx",
        sheet((0, 0, "投诉编号"), (0, 1, "身份证号"), (1, 1, "1"), (1, 0, "1.10101E+17")),
        "投诉编号: a spreadsheet cut its long numbers short; export it again with the column as text",
    ),
    "keys as numbers of a workbook": (
        "投诉.xlsx",
        sheet((0, 0, "投诉编号"), (0, 2, "身份证号"), (1, 2, 1), (1, 0, 1), (2, 2, 2), (2, 0, 110101199001011234)),
        (
            "投诉编号: a number of more than 15 digits has lost its last ones in row 3; export it again with the column"
            " as text"
        ),
    ),
    "keys as numbers of a data frame": (
        "投诉.parquet",
        packed_number,
        "投诉编号: its numbers are too long to have kept their last digits; export it again with the column as text",
    ),
    "UTF-16 without its mark": (
        "投诉.csv",
        GOOD.encode("utf-16-le"),
        "the text is in UTF-16, but without its mark; save it as 'CSV UTF-8' and try again",
    ),
    "Big5": (
        "投诉.csv",
        TRADITIONAL.encode("big5"),
        "the text is in Big5; save it as 'CSV UTF-8' and try again",
    ),
    "an encoding that changes": (
        "投诉.csv",
        GOOD.encode() + line("2", note="乱").encode("gb18030"),
        "line 3: the text is not UTF-8 from here on; save the whole file in one encoding, best UTF-8",
    ),
    "an encoding that changes far down": (
        "投诉.csv",
        MANY.encode() + line("2", note="乱").encode("gb18030"),
        "line 60002: the text is not UTF-8 from here on; save the whole file in one encoding, best UTF-8",
    ),
    "GB18030 that changes far down": (
        "投诉.csv",
        MANY.encode("gb18030") + line("2", note="乱码é").encode(),
        "line 60002: the text is not GB18030 from here on; save the whole file in one encoding, best UTF-8",
    ),
    "no text at all": (
        "投诉.csv",
        bytes(range(256)) * 9,
        "the text is neither UTF-8 nor GB18030; save it as 'CSV UTF-8' and try again",
    ),
    "nothing": ("投诉.csv", b"", "the file is empty; export it again, with a header row"),
    "a workbook named a text": (
        "投诉.csv",
        cut(as_xlsx(celled), "投诉.xlsx", None),
        "this is a workbook or an archive, not a text; name it .xlsx, .xls or .zip as it is one",
    ),
    "an old workbook named a text": (
        "投诉.csv",
        cut(as_xls, "投诉.xls", None),
        "this is a workbook or an archive, not a text; name it .xlsx, .xls or .zip as it is one",
    ),
    "a PDF named a text": (
        "投诉.csv",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n",
        "this is a PDF, not a table; export the records as .xlsx or CSV",
    ),
    "JSON named a text": (
        "投诉.csv",
        '{"code": 401, "msg": "未登录"}',
        "this is JSON, not a delimited text; name it .json or .jsonl",
    ),
    "a web page named a workbook": (
        "投诉.xls",
        "<html><table><tr><td>投诉编号</td></tr></table></html>",
        "this is a web page, not a table; open it in Excel and save it as .xlsx",
    ),
    "part of a web page named a workbook": (
        "投诉.xls",
        "<!-- 导出 -->\n<style>td{}</style><table><tr><td>投诉编号</td></tr></table>",
        "this is a web page, not a table; open it in Excel and save it as .xlsx",
    ),
    "a web archive named a workbook": (
        "投诉.xls",
        'MIME-Version: 1.0\nX-Document-Type: Workbook\nContent-Type: multipart/related; boundary="x"\n',
        "this is a web page, not a table; open it in Excel and save it as .xlsx",
    ),
    "an encrypted workbook": (
        "投诉.xlsx",
        ENCRYPTED,
        "the workbook is encrypted; save it without a password",
    ),
    "a workbook cut short": (
        "投诉.xlsx",
        cut(as_xlsx(celled), "投诉.xlsx", 5000),
        (
            "the workbook is broken or cut short (calamine error: Xlsx error: Zip error: invalid Zip archive: Could not"
            " find EOCD); open it in Excel and save it again"
        ),
    ),
    "an old workbook cut short": (
        "投诉.xls",
        cut(as_xls, "投诉.xls", 9000),
        "the workbook is broken or cut short",
    ),
    "an empty workbook": ("投诉.xlsx", sheet(), "the workbook is empty; export it again, with a header row"),
    "cells merged over rows": (
        "投诉.xlsx",
        sheet((0, 0, "投诉编号"), (0, 1, "客户姓名"), (1, 0, "1"), (2, 0, "2"), merged="B2:B3"),
        "B2:B3: the cells are merged over several rows; unmerge them and fill in every row",
    ),
    "cells merged over rows of an old workbook": (
        "投诉.xls",
        old_merged,
        "B2:B3: the cells are merged over several rows; unmerge them and fill in every row",
    ),
    "a formula left to whoever opens the workbook": (
        "投诉.xlsx",
        sheet((0, 0, "投诉编号"), (0, 1, "投诉时间"), (1, 0, "1"), (1, 1, "=NOW()")),
        "B2: the formula was never computed; open the workbook in Excel and save it",
    ),
    "a formula never computed": (
        "投诉.xlsx",
        uncomputed,
        "B2: the formula was never computed; open the workbook in Excel and save it",
    ),
    "a zip cut short": (
        "投诉.zip",
        cut(zipped, "exports.zip", -200),
        "the archive is broken or cut short; copy or pack it again",
    ),
    "a gzip cut short": (
        "投诉.csv.gz",
        gzip.compress(GOOD.encode() * 9)[:-20],
        "the archive is broken or cut short; copy or pack it again",
    ),
    "no gzip": ("投诉.csv.gz", b"hello", "the archive is broken or cut short; copy or pack it again"),
    "JSON cut short": (
        "投诉.json",
        '[{"投诉编号": "1"},\n{"投诉编号":',
        "line 2: the JSON is broken in column 9 (Expecting value); export it again, or mend it there",
    ),
    "JSON no longer in UTF-8": (
        "投诉.json",
        ("[" + '{"投诉编号": "1"},\n' * 100_000).encode() + b'{"\xff": 1}]',
        "line 100001: the text is not UTF-8 from here on; save the whole file in one encoding, best UTF-8",
    ),
    "JSON too deep": ("投诉.json", "[" * 100_000, "the JSON is broken"),
    "JSON lines of which one is broken": (
        "投诉.jsonl",
        '{"投诉编号": "1", "备注": "一\u2028二"}\r\n\r\n{"投诉编号"}\r\n',
        "line 3: the JSON is broken in column 8 (Expecting ':' delimiter); export it again, or mend it there",
    ),
    "JSON without records": (
        "投诉.json",
        "42",
        (
            "42 stands where an object should; give an array of objects, one object a line, or an object with arrays of"
            " objects in it"
        ),
    ),
    "JSON with something else among its records": (
        "投诉.json",
        '[{"投诉编号": 1}, 5]',
        "5 stands where an object should; give an array of objects",
    ),
    "JSON column by column": (
        "投诉.json",
        '{"投诉编号": ["1", "2"], "客户姓名": ["王", "李"]}',
        "the file holds no records; give an array of objects, one object a line",
    ),
    "a Parquet file cut short": (
        "投诉.parquet",
        cut(as_parquet({}), "投诉.parquet", 900),
        "the Parquet file cannot be read",
    ),
    "a database cut short": (
        "投诉.db",
        cut(as_sqlite(), "office.db", 5000),
        "the database cannot be read (database disk image is malformed); check its address",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_line_says_what_to_do(name, tmp_path):
    file, content, told = REFUSED[name]
    content = content(tmp_path) if callable(content) else content
    path = tmp_path / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CheckerError) as error:
        audited(path)
    (line,) = error.value.lines
    assert line.startswith(f"{path.as_posix()}: {told}")
    assert "; " in line


READ = {
    **{
        f"a header broken by {inside!r}, lines by {end!r}": (
            "投诉.csv",
            GOOD.replace("备注", '"备注|说明"').replace("\n", end).replace("|", inside).encode(),
        )
        for inside in ("\n", "\r\n", "\r")
        for end in ("\n", "\r\n", "\r")
    },
    "GB18030 that is not GBK": ("投诉.csv", (HEADER + line(name="王𠮷", note="㐀€")).encode("gb18030")),
    "UTF-16 with its mark": ("投诉.csv", GOOD.encode("utf-16")),
    "UTF-32 with its mark": ("投诉.csv", GOOD.encode("utf-32")),
    "UTF-32 of another order": ("投诉.csv", b"\0\0\xfe\xff" + GOOD.encode("utf-32-be")),
    "JSON in UTF-32": ("投诉.json", json.dumps([{"投诉编号": 1}], ensure_ascii=False).encode("utf-32")),
    "a few letters that Big5 has too": ("投诉.csv", "投诉编号\n囃囆\n".encode("gb18030")),
    "GB18030 in traditional letters": (
        "投诉.csv",
        GOOD.replace("备注", TRADITIONAL.replace(",", "").replace("\n", "")).encode("gb18030"),
    ),
    "NUL among the letters": ("投诉.csv", (HEADER + line(name="王\0伟")).encode()),
    "line ends of old": ("投诉.csv", GOOD.replace("\n", "\r").encode()),
    "a quote inside a text": ("投诉.csv", (HEADER + line(name='5" 管')).encode()),
    "JSON of many shapes": ("投诉.json", json.dumps([{"投诉编号": 1, "备注": {"a": [1, None]}, "新": True}]).encode()),
}


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_is_read(name, tmp_path):
    file, content = READ[name]
    (tmp_path / file).write_bytes(content)
    report = audited(tmp_path)
    assert [one.rows for one in report.inputs] == [1]
    assert list(report.findings.data_errors()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    path = tmp_path / "投诉.csv"
    os.mkfifo(path)
    with pytest.raises(CheckerError, match="a pipe or a device, not a file; give a file"):
        audited(path)


def test_an_address_of_another_database(tmp_path):
    with pytest.raises(CheckerError) as error:
        audited("mysql://user:secret@127.0.0.1/office")
    assert str(error.value) == (
        "mysql://user@127.0.0.1/office: databases of this kind cannot be read; give sqlite:///FILE or"
        " postgresql://USER@HOST/DATABASE, or export the tables"
    )


def test_no_line_says_a_password(tmp_path):
    with pytest.raises(CheckerError) as error:
        audited("postgresql://user:secret@127.0.0.1:1/office")
    assert "secret" not in str(error.value)
    assert str(error.value).startswith("postgresql://user@127.0.0.1:1/office: the database cannot be read (")
