"""One set of records, written in every way in which an office might export it."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
import xlwt

FROM, TO, MONTH = "有效期起", "有效期止", "所属月份"
HEADERS = (
    "投诉编号", "身份证号", "客户姓名", "投诉等级", "是否有效", "投诉时间", "解决时间", "承诺日期",
    "来电时刻", "补偿金额", "满意率", "处理时长", "来电次数", "资料", "备注", MONTH, FROM, TO,
)  # fmt: skip
DAYS = ("投诉时间", "解决时间", "承诺日期", MONTH, FROM, TO)

Row = dict[str, Any]
Spell = Callable[[str, Any], Any]


def records(count: int = 400) -> list[Row]:
    """Return records with all that an export holds: days among moments, empty cells, quotes, lines in cells."""
    chance = random.Random(20230227)
    rows = []
    for number in range(count):
        received, taken = (dt.timedelta(minutes=chance.randrange(most)) for most in (200_000, 20_000))
        received = not_midnight(dt.datetime(2023, 1, 1, 9, 5) + received)
        resolved: dt.datetime | dt.date | None = not_midnight(received + taken)
        if (number % 7 == 0 and number < 380) or number > 390:
            resolved = None
        elif number % 11 == 0:
            resolved = resolved.date()
        rows.append(
            {
                "投诉编号": f"{number:05d}",
                "身份证号": f"1101011990{number:07d}" + "0123456789X"[number % 11],
                "客户姓名": chance.choice(("王伟", "李, 娜", '张"三"', "O'Neil", "赵；钱", None)),
                "投诉等级": chance.choice(("重大", "轻微")),
                "是否有效": chance.choice((True, False)),
                "投诉时间": received,
                "解决时间": resolved,
                "承诺日期": (received + dt.timedelta(days=chance.randrange(12))).date(),
                "来电时刻": dt.time(chance.randrange(6, 20), chance.randrange(60)),
                "补偿金额": chance.choice((0, 150, 12000, 12345.5, 20000, 25000, 1_250_000)),
                "满意率": chance.choice((0, 0.25, 0.5, 0.75, 1)),
                "处理时长": chance.choice((1, 90, 240, 244, 1440)),
                "来电次数": chance.randrange(1, 6),
                "资料": [name for name in ("身份证", "户口本", "合同") if chance.random() < 0.7],
                "备注": chance.choice(("无异议", "第一行\n第二行", "空一行\n\n再写", None)),
                MONTH: received.date() + dt.timedelta(days=31 if number % 9 == 0 else 0),
                FROM: dt.datetime(2023, 1, 20, 0, 1),
                TO: dt.datetime(2023, 4, 30, 23, 59),
            }
        )
    return rows


def not_midnight(moment: dt.datetime) -> dt.datetime:
    """Return a moment that a number can tell from a day."""
    return moment + dt.timedelta(minutes=(moment.hour, moment.minute) == (0, 0))


def plain(header: str, value: Any) -> str:
    """Spell a value as most exports do."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case dt.datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case dt.time():
            return f"{value:%H:%M:%S}"
        case dt.date() if header == MONTH:
            return f"{value:%Y-%m}"
        case list():
            return "、".join(value)
        case _:
            return str(value)


def dated(moment: str, day: str) -> Spell:
    """Spell moments and days by formats, everything else plainly."""

    def spell(header: str, value: Any) -> str:
        if header in DAYS and isinstance(value, dt.date):
            form = moment if isinstance(value, dt.datetime) else day
            parts = {"M": value.month, "D": value.day}
            if isinstance(value, dt.datetime):
                parts |= {"H": value.hour, "N": value.minute, "I": value.hour % 12 or 12}
            for sign, number in parts.items():
                form = form.replace(f"<{sign}>", str(number))
            return value.strftime(form)
        return plain(header, value)

    return spell


def table(rows: Iterable[Row], spell: Spell = plain, headers: Sequence[str] = HEADERS) -> list[list[Any]]:
    """Return rows of spelled cells, without the headers."""
    return [[spell(header, row[header]) for header in headers] for row in rows]


def text(cells: Iterable[Iterable[Any]], headers: Iterable[str] = HEADERS, **options: Any) -> str:
    """Return a CSV text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=options.pop("lineterminator", "\n"), **options)
    writer.writerow(headers)
    writer.writerows(cells)
    return out.getvalue()


def as_csv(encoding: str = "utf-8", spell: Spell = plain, headers: Iterable[str] = HEADERS, **options: Any):
    """Return the writer of a CSV file."""

    def write(rows: list[Row], folder: Path) -> Path:
        path = folder / "投诉.csv"
        path.write_bytes(text(table(rows, spell), headers, **options).encode(encoding))
        return path

    return write


def marked_be(rows: list[Row], folder: Path) -> Path:
    path = folder / "投诉.csv"
    path.write_bytes(b"\xfe\xff" + text(table(rows)).encode("utf-16-be"))
    return path


def padded(rows: list[Row], folder: Path) -> Path:
    order = [*HEADERS[5:], *HEADERS[:5]]
    path = folder / "投诉.csv"
    headers = [f" {header}： " if number % 2 else f"*{header}\u200b" for number, header in enumerate(order)]
    path.write_text(text(table(rows, headers=order), headers), encoding="utf-8")
    return path


def titled(rows: list[Row], folder: Path) -> Path:
    path = folder / "投诉.csv"
    path.write_text("投诉_全部\n\n导出时间：2023-05-01,,导出人：王\n" + text(table(rows)), encoding="utf-8")
    return path


def gapped(rows: list[Row], folder: Path) -> Path:
    """Write blank lines between the records, and rows of delimiters only."""
    lines = []
    for number, cells in enumerate(table(rows)):
        if number % 50 == 3:
            lines.append("\n")
        if number % 60 == 7:
            lines.append("," * (len(HEADERS) - 1) + "\n")
        lines.append(text([], cells))
    path = folder / "投诉.csv"
    path.write_text(text([]) + "".join(lines) + "\n\n", encoding="utf-8")
    return path


def monthly(rows: list[Row], folder: Path) -> Path:
    for part in range(4):
        order = random.Random(part).sample(HEADERS, len(HEADERS))
        cells = text(table(rows[part * 100 : part * 100 + 100], headers=order), order)
        (folder / f"投诉2023-{part + 1:02d}.csv").write_text(cells, encoding="utf-8")
    return folder


def zipped(rows: list[Row], folder: Path) -> Path:
    with zipfile.ZipFile(folder / "exports.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part in range(2):
            archive.writestr(f"2023/投诉{part}.csv", text(table(rows[part * 200 : part * 200 + 200])))
        archive.writestr("说明.pdf", b"%PDF")
    return folder / "exports.zip"


def gzipped(rows: list[Row], folder: Path) -> Path:
    path = folder / "投诉.csv.gz"
    path.write_bytes(gzip.compress(text(table(rows)).encode("gb18030")))
    return path


def gzipped_json(rows: list[Row], folder: Path) -> Path:
    path = folder / "投诉.json.gz"
    path.write_bytes(gzip.compress(json.dumps(objects(rows, plain), ensure_ascii=False).encode()))
    return path


def objects(rows: Iterable[Row], spell: Spell) -> list[dict[str, Any]]:
    return [{header: spell(header, row[header]) for header in HEADERS} for row in rows]


def typed(header: str, value: Any) -> Any:
    """Leave to a value what JSON has a type for."""
    return value if value is None or isinstance(value, (bool, int, float, list)) else plain(header, value)


def as_json(shape: Callable[[list[dict[str, Any]]], str], name: str = "投诉.json", spell: Spell = typed):
    def write(rows: list[Row], folder: Path) -> Path:
        (folder / name).write_text(shape(objects(rows, spell)), encoding="utf-8")
        return folder / name

    return write


def lines(found: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found)


def enclosed(found: list[dict[str, Any]]) -> str:
    return json.dumps({"code": 0, "投诉": found, "page": {"size": 400}}, ensure_ascii=False, indent=1)


def as_xlsx(spell: Spell, titles: int = 0, sheets: int = 1, **options: Any):
    """Return the writer of a workbook; values other than texts become cells of their type."""

    def write(rows: list[Row], folder: Path) -> Path:
        path = folder / "投诉.xlsx"
        with xlsxwriter.Workbook(path, options) as book:
            forms = {
                dt.datetime: book.add_format({"num_format": "yyyy/m/d h:mm"}),
                dt.date: book.add_format({"num_format": "yyyy-mm-dd"}),
                MONTH: book.add_format({"num_format": 'yyyy"年"m"月"'}),
                dt.time: book.add_format({"num_format": "h:mm:ss"}),
            }
            share = book.add_format({"num_format": "0%"})
            if sheets > 1:
                book.add_worksheet("说明").write(0, 0, "本表由系统导出")
            sheet = book.add_worksheet("投诉" if sheets > 1 else "Sheet1")
            if titles:
                sheet.merge_range(0, 0, 0, len(HEADERS) - 1, "投诉_全部")
            sheet.write_row(titles, 0, HEADERS)
            for number, row in enumerate(rows, titles + 1):
                for column, header in enumerate(HEADERS):
                    value = spell(header, row[header])
                    form = forms.get(MONTH if header == MONTH and type(value) is dt.date else type(value))
                    if form:
                        sheet.write_datetime(number, column, value, form)
                    elif isinstance(value, str):
                        sheet.write_string(number, column, value)
                    elif value is not None:
                        sheet.write(number, column, value, share if header == "满意率" else None)
            sheet.set_row(len(rows) + 40, None, share)
            sheet.write_blank(len(rows) + 50, 30, None, share)
        return path

    return write


def celled(_header: str, value: Any) -> Any:
    """Leave to a value what a workbook has a type for."""
    return "、".join(value) if isinstance(value, list) else value


def serial(epoch: dt.datetime) -> Spell:
    def spell(_header: str, value: Any) -> Any:
        match value:
            case dt.datetime():
                return (value - epoch) / dt.timedelta(days=1)
            case dt.date():
                return (value - epoch.date()).days
            case dt.time():
                return (value.hour * 60 + value.minute) / 1440
            case _:
                return celled(_header, value)

    return spell


def as_xls(rows: list[Row], folder: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("投诉")
    forms = {
        dt.datetime: xlwt.easyxf(num_format_str="yyyy/m/d h:mm"),
        dt.date: xlwt.easyxf(num_format_str="yyyy-mm-dd"),
        dt.time: xlwt.easyxf(num_format_str="h:mm:ss"),
    }
    for column, header in enumerate(HEADERS):
        sheet.write(2, column, header)
    for number, row in enumerate(rows, 3):
        for column, header in enumerate(HEADERS):
            value = celled(header, row[header])
            if isinstance(value, dt.date) and header == "解决时间":  # .xls does not say which cells show days
                value = plain(header, value)
            if value is not None:
                sheet.write(number, column, value, *([forms[type(value)]] if type(value) in forms else []))
    book.save(str(folder / "投诉.xls"))
    return folder / "投诉.xls"


def fake_xls(rows: list[Row], folder: Path) -> Path:
    """Write what many web systems call Excel: a text with tabs."""
    (folder / "投诉.xls").write_bytes(text(table(rows), delimiter="\t").encode("gb18030"))
    return folder / "投诉.xls"


_TYPES = {
    bool: "BOOLEAN", dt.datetime: "TIMESTAMP", dt.date: "DATE", dt.time: "TIME", int: "BIGINT", float: "DOUBLE",
    list: "VARCHAR[]",
}  # fmt: skip


def as_parquet(types: dict[str, str]):
    def write(rows: list[Row], folder: Path) -> Path:
        columns = ", ".join(f'"{header}" {types.get(header, "VARCHAR")}' for header in HEADERS)
        path = folder / "投诉.parquet"
        with duckdb.connect() as engine:
            engine.execute(f"CREATE TABLE t ({columns})")
            marks = ", ".join("?" * len(HEADERS))
            cells = [
                [row[h] if h in types and types[h] != "VARCHAR" else plain(h, row[h]) or None for h in HEADERS]
                for row in rows
            ]
            engine.executemany(f"INSERT INTO t VALUES ({marks})", cells)
            engine.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        return path

    return write


def typed_columns(rows: list[Row]) -> dict[str, str]:
    found = {header: _TYPES.get(type(rows[0][header]), "VARCHAR") for header in HEADERS}
    return found | {"解决时间": "VARCHAR", "补偿金额": "DOUBLE", "满意率": "DOUBLE", "处理时长": "FLOAT"}


def as_sqlite(url: bool = False):
    def write(rows: list[Row], folder: Path) -> Path | str:
        path = folder / "office.db"
        with sqlite3.connect(path) as database:
            columns = ", ".join(f'"{header}"' for header in HEADERS)
            database.execute(f'CREATE TABLE "投诉登记" ({columns})')
            database.execute("CREATE TABLE log (id INTEGER, what TEXT)")
            marks = ", ".join("?" * len(HEADERS))
            cells = [[None if c == "" else c for c in line] for line in table(rows, typed_sql)]
            database.executemany(f'INSERT INTO "投诉登记" VALUES ({marks})', cells)
        database.close()
        return f"sqlite:///{path}" if url else path

    return write


def typed_sql(header: str, value: Any) -> Any:
    return value if isinstance(value, (int, float)) else plain(header, value)


def months(form: str) -> Spell:
    """Spell months by a format, everything else plainly."""
    return lambda header, value: value.strftime(form) if header == MONTH else plain(header, value)


def ticked(header: str, value: Any) -> str:
    return ("√" if value else "×") if isinstance(value, bool) else plain(header, value)


def wide(header: str, value: Any) -> str:
    """Spell a value in full-width letters, with space around it."""
    narrow = {chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"}
    spelled = plain(header, value)
    if header in ("身份证号", "客户姓名", "备注") or not spelled:
        return spelled
    return "\u3000" + "".join(narrow.get(sign, sign) for sign in spelled) + "\t"


def with_units(header: str, value: Any) -> str:
    match header:
        case "补偿金额":
            return f"￥{value:,.2f}" if value < 100 else f"{value / 10000}万元"
        case "满意率":
            return f"{value * 100:.4f} %"
        case "处理时长":
            hours, minutes = divmod(value, 60)
            return f"{hours}小时{minutes}分钟" if hours else f"剩余{minutes}分钟"
        case "来电次数":
            return f"{value} 次"
        case _:
            return plain(header, value)


def unit_headers(rows: list[Row], folder: Path) -> Path:
    """Write amounts in 10,000 yuan, shares in hundredths and lengths of time in hours, as the headers say."""
    sizes = {
        "补偿金额": ("补偿金额（万元）", 10_000),
        "满意率": ("满意率(%)", 0.01),
        "处理时长": ("处理时长（小时）", 60),
    }

    def spell(header: str, value: Any) -> str:
        return repr(value / sizes[header][1]) if header in sizes else plain(header, value)

    headers = [sizes[header][0] if header in sizes else header for header in HEADERS]
    (folder / "投诉.csv").write_text(text(table(rows, spell), headers), encoding="utf-8")
    return folder / "投诉.csv"


def legends(rows: list[Row], folder: Path) -> Path:
    """Write codes whose meaning the headers tell, yes and no the wrong way round."""
    names = {"是否有效": "是否有效(0:有效，1:无效)", "投诉等级": "投诉等级 1：重大  2：轻微"}
    codes = {"是否有效": {True: "0", False: "1"}, "投诉等级": {"重大": "1", "轻微": "2"}}

    def spell(header: str, value: Any) -> str:
        return codes[header][value] if header in codes else plain(header, value)

    headers = [names.get(header, header) for header in HEADERS]
    (folder / "投诉.csv").write_text(text(table(rows, spell), headers), encoding="utf-8")
    return folder / "投诉.csv"


def ranges(rows: list[Row], folder: Path) -> Path:
    headers = [*HEADERS[:-2], "有效期"]
    cells = [[*line[:-2], f"{line[-2]}~{line[-1]}"] for line in table(rows)]
    (folder / "投诉.csv").write_text(text(cells, headers), encoding="utf-8")
    return folder / "投诉.csv"


def marks(rows: list[Row], folder: Path) -> Path:
    """Write one column for each document."""
    kept = [header for header in HEADERS if header != "资料"]
    cells = [
        [*line, *("√" if name in row["资料"] else "" for name in ("身份证", "户口本", "合同"))]
        for line, row in zip(table(rows, headers=kept), rows, strict=True)
    ]
    (folder / "投诉.csv").write_text(text(cells, [*kept, "身份证", "户口本(有/无)", "合同"]), encoding="utf-8")
    return folder / "投诉.csv"


def nothings(header: str, value: Any) -> str:
    if value is None:
        return {"解决时间": "1899-12-30 00:00:00", "客户姓名": "--", "备注": "N/A"}.get(header, "--")
    return plain(header, value)


def floated(header: str, value: Any) -> str:
    """Spell whole numbers, and numbers of documents, as they come out of a data frame."""
    return f"{value}.0" if header in ("来电次数", "处理时长") else plain(header, value)


DISGUISES: dict[str, Callable[[list[Row], Path], Path | str]] = {
    "UTF-8 with mark": as_csv("utf-8-sig"),
    "GB18030": as_csv("gb18030"),
    "UTF-16": as_csv("utf-16"),
    "UTF-16 BE": marked_be,
    "semicolons": as_csv(delimiter=";"),
    "tabs": as_csv(delimiter="\t"),
    "bars": as_csv(delimiter="|"),
    "all quoted": as_csv(quoting=csv.QUOTE_ALL),
    "CR LF": as_csv(lineterminator="\r\n"),
    "padded headers in another order": padded,
    "title rows": titled,
    "blank lines": gapped,
    "files of months": monthly,
    "zip": zipped,
    "gzip": gzipped,
    "gzip of JSON": gzipped_json,
    "JSON array": as_json(lambda found: json.dumps(found, ensure_ascii=False)),
    "JSON array of texts": as_json(lambda found: json.dumps(found, indent=2), spell=plain),
    "JSON lines": as_json(lines, "投诉.jsonl"),
    "JSON in an envelope": as_json(enclosed, "answer.json"),
    "workbook of texts": as_xlsx(plain),
    "workbook of cells": as_xlsx(celled),
    "workbook of cells from 1904": as_xlsx(celled, date_1904=True),
    "workbook of serials": as_xlsx(serial(dt.datetime(1899, 12, 30))),
    "workbook of serials from 1904": as_xlsx(serial(dt.datetime(1904, 1, 1)), date_1904=True),
    "workbook with a title": as_xlsx(celled, titles=1),
    "workbook with a cover": as_xlsx(celled, titles=1, sheets=2),
    "old workbook": as_xls,
    "text named a workbook": fake_xls,
    "Parquet of texts": as_parquet({}),
    "Parquet of types": lambda rows, folder: as_parquet(typed_columns(rows))(rows, folder),
    "SQLite": as_sqlite(),
    "SQLite by address": as_sqlite(url=True),
    "dates with slashes": as_csv(spell=dated("%Y/<M>/<D> <H>:%M", "%Y/<M>/<D>")),
    "dates in Chinese": as_csv(spell=dated("%Y年<M>月<D>日 <H>时<N>分", "%Y年<M>月<D>日")),
    "dates with dots": as_csv(spell=dated("%Y.%m.%d %H:%M:%S", "%Y.%m.%d")),
    "compact dates": as_csv(spell=dated("%Y%m%d%H%M%S", "%Y%m%d")),
    "dates with offsets": as_csv(spell=dated("%Y-%m-%dT%H:%M:%S.000+08:00", "%Y-%m-%d")),
    "dates with milliseconds": as_csv(spell=dated("%Y-%m-%d %H:%M:%S.000", "%Y-%m-%d")),
    "day first": as_csv(spell=dated("%d/%m/%Y %H:%M:%S", "%d/%m/%Y")),
    "month first": as_csv(spell=dated("<M>/<D>/%Y <H>:%M", "<M>/<D>/%Y")),
    "dates of twelve hours": as_csv(spell=dated("<M>/<D>/%Y <I>:%M:%S %p", "<M>/<D>/%Y")),
    "months in Chinese": as_csv(spell=months("%Y年%m月份")),
    "months with slashes": as_csv(spell=months("%Y/%m")),
    "compact months": as_csv(spell=months("%Y%m")),
    "ticks": as_csv(spell=ticked),
    "full width": as_csv(spell=wide),
    "units in cells": as_csv(spell=with_units),
    "units in headers": unit_headers,
    "legends in headers": legends,
    "ranges": ranges,
    "a column for each document": marks,
    "words for nothing": as_csv(spell=nothings),
    "floats": as_csv(spell=floated),
}
