"""Many small files of one form are read by one scan; every finding still stands in its own file."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from checker.engines import duckdb_scan
from checker.sources import json as json_source
from checker.sources import parquet
from checker.sources.export import File
from checker.sources.heading import Heading

Cli = Callable[..., Any]
CHECK = ("check", "exports", "-r", "book", "--as-of", "2023-03-01", "--select", "desk/request/late", "-o", "out.json")
HEADER = "请求编号,房号,等级,受理时间,办结时间,客户,费用\n"


def export(number: int, grade: str, received: str, end: str = "\n") -> None:
    """Write one file of two requests, of which the second is late if it is urgent."""
    rows = f"A{number},1-101,普通,{received},,王伟,1{end}B{number},1-102,{grade},{received},,王伟,1{end}"
    Path(f"exports/requests{number:03}.csv").write_bytes((HEADER.strip() + end + rows).encode())


def late(cli: Cli) -> list[tuple[str, int, str]]:
    """Return file, row and key of each violation."""
    ran = cli(*CHECK, "-q")
    assert ran.status in (0, 1), ran.err
    found = json.loads(Path("out.json").read_text(encoding="utf-8"))["violations"]
    return [(one["source"]["path"], one["source"]["row"], one["key"]) for one in found]


@pytest.fixture
def folder(small: Path) -> Path:
    (small / "exports" / "requests.csv").unlink()
    return small


@pytest.mark.parametrize("limit", [0, duckdb_scan._SMALL_FILE])
def test_findings_stand_in_their_files(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(duckdb_scan, "_SMALL_FILE", limit)
    for number in range(40):
        export(number, "紧急" if number % 3 else "普通", "2023-02-01 09:00", "\r\n" if number % 4 else "\n")
    assert late(cli) == [(f"exports/requests{n:03}.csv", 3, f"B{n}") for n in range(40) if n % 3]


def test_files_of_another_form_stand_between(cli: Cli, folder: Path) -> None:
    for number in range(9):
        export(number, "紧急", "2023-02-01 09:00")
    path = folder / "exports" / "requests004.csv"
    path.write_text("某物业\n" + path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    assert late(cli) == [(f"exports/requests{n:03}.csv", 4 if n == 4 else 3, f"B{n}") for n in range(9)]


def test_each_file_decides_the_order_of_its_dates(cli: Cli, folder: Path) -> None:
    export(0, "紧急", "13/02/2023 09:00")
    export(1, "紧急", "02/13/2023 09:00")
    export(2, "紧急", "2023-02-13 09:00")
    assert late(cli) == [(f"exports/requests{n:03}.csv", 3, f"B{n}") for n in range(3)]


def test_a_file_whose_dates_do_not_tell_is_named(cli: Cli, folder: Path) -> None:
    export(0, "紧急", "13/02/2023 09:00")
    export(1, "紧急", "03/02/2023 09:00")
    ran = cli(*CHECK, "-q")
    assert ran.status == 2
    assert ran.err.startswith("checker: exports/requests001.csv: 受理时间: no date tells whether")


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("A,1-101,普通,2023-02-01,,王伟,1,9\n", "line 2: the row has 8 columns"),
        ('A,1-101,"普通,2023-02-01,,王伟,1\n', "a quote is not closed"),
    ],
)
def test_the_broken_one_of_many_files_is_named(cli: Cli, folder: Path, broken: str, told: str) -> None:
    for number in range(5):
        export(number, "紧急", "2023-02-01 09:00")
    (folder / "exports" / "requests003.csv").write_text(HEADER + broken, encoding="utf-8")
    ran = cli(*CHECK, "-q")
    assert ran.status == 2
    assert ran.err.startswith("checker: exports/requests003.csv: ")
    assert told in ran.err


@pytest.mark.parametrize("suffix", ["json", "jsonl", "parquet"])
def test_other_formats(cli: Cli, folder: Path, suffix: str) -> None:
    for number in range(6):
        export(number, "紧急", "2023-02-01 09:00")
        path = folder / "exports" / f"requests{number:03}.csv"
        options = {"json": "FORMAT json, ARRAY true", "jsonl": "FORMAT json", "parquet": "FORMAT parquet"}[suffix]
        duckdb.execute(
            f"COPY (SELECT * FROM read_csv('{path}', all_varchar = true))"
            f" TO '{path.with_suffix('.' + suffix)}' ({options})"
        )
        path.unlink()
    assert [key for _file, _row, key in late(cli)] == [f"B{n}" for n in range(6)]


@pytest.mark.parametrize("suffix", ["json", "parquet"])
def test_audits_side_by_side_read_each_their_own(tmp_path: Path, suffix: str) -> None:
    reader = {"json": json_source, "parquet": parquet}[suffix]
    nothing = Heading(frozenset(), ())

    def read(number: int) -> set[tuple[str, ...]]:
        path = tmp_path / f"{number}.{suffix}"
        return {reader.read(File(path, path.name, path.stem, path), tmp_path, nothing)[0].headers for _time in range(9)}

    for number in range(6):
        rows = f"SELECT range AS k{number} FROM range(2000)"
        options = "FORMAT json, ARRAY true" if suffix == "json" else "FORMAT parquet"
        duckdb.execute(f"COPY ({rows}) TO '{tmp_path}/{number}.{suffix}' ({options})")
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(read, range(6))) == [{(f"k{number}",)} for number in range(6)]


def test_a_copy_is_left_out_and_told(cli: Cli, folder: Path) -> None:
    export(0, "紧急", "2023-02-01 09:00")
    export(1, "紧急", "2023-02-01 09:00")
    exports = folder / "exports"
    shutil.copy(exports / "requests000.csv", exports / "requests000 (1).csv")
    shutil.copy(exports / "requests000.csv", exports / "requests000-old.csv")
    assert late(cli) == [("exports/requests000.csv", 3, "B0"), ("exports/requests001.csv", 3, "B1")]
    told = json.loads(Path("out.json").read_text(encoding="utf-8"))["audit"]["ignored_files"]
    assert told == [f"exports/requests000{end}.csv (the same as exports/requests000.csv)" for end in (" (1)", "-old")]


def test_a_copy_under_the_name_of_another_type_is_none(cli: Cli, folder: Path) -> None:
    for name in ("requests", "visits"):
        (folder / "exports" / f"{name}.csv").write_text("请求编号,回访编号\nA,B\n", encoding="utf-8")
    cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-q", "-o", "out.json")
    audit = json.loads(Path("out.json").read_text(encoding="utf-8"))["audit"]
    assert [one["path"] for one in audit["inputs"]] == ["exports/requests.csv", "exports/visits.csv"]
    assert audit["ignored_files"] == []


def test_sheets_of_the_same_cells_under_other_headers_are_no_copies(cli: Cli, folder: Path) -> None:
    headers = HEADER.strip().split(",")
    for name, swapped in (("a", headers), ("b", [headers[0], *headers[2:0:-1], *headers[3:]])):
        with xlsxwriter.Workbook(folder / "exports" / f"requests-{name}.xlsx") as book:
            sheet = book.add_worksheet()
            for row, cells in enumerate((swapped, ["A", "紧急", "紧急", "2023-02-01 09:00", "", "王伟", "1"])):
                sheet.write_row(row, 0, cells)
    assert [file for file, _row, _key in late(cli)] == ["exports/requests-a.xlsx", "exports/requests-b.xlsx"]


def test_exports_that_overlap_are_told(cli: Cli, folder: Path) -> None:
    for number in range(3):
        export(number, "普通", "2023-02-01 09:00")
    rows = [(folder / "exports" / f"requests{number:03}.csv").read_text(encoding="utf-8") for number in range(2)]
    both = rows[0] + "".join(rows[1].splitlines(keepends=True)[1:])
    (folder / "exports" / "requests003.csv").write_text(both, encoding="utf-8")
    told = [line for line in cli(*CHECK).out.splitlines() if "same key" in line]
    assert told == [
        f"Request: 2 with the same key stand in each of exports/requests00{number}.csv, exports/requests003.csv;"
        " sums and counts take all of them"
        for number in range(2)
    ]


@pytest.mark.parametrize("form", ["JSON", "SQLite"])
def test_files_of_one_name_in_several_folders_are_read_each(cli: Cli, folder: Path, form: str) -> None:
    headers = HEADER.strip().split(",")
    for month in range(1, 4):
        place = folder / "exports" / f"{month:02}"
        place.mkdir()
        row = (f"A{month}", "1-101", "紧急", "2023-02-01 09:00", None, "王伟", "1")
        if form == "JSON":
            tables = {"requests": [dict(zip(headers, row, strict=True))], "total": 1}
            (place / "export.json").write_text(json.dumps(tables, ensure_ascii=False), encoding="utf-8")
            continue
        with closing(sqlite3.connect(place / "export.db")) as database, database:
            database.execute(f"CREATE TABLE requests ({HEADER})")
            database.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    ending = {"JSON": "json", "SQLite": "db"}[form]
    files = [f"exports/{month:02}/export.{ending}" for month in range(1, 4)]
    assert late(cli) == [(file, 1, f"A{month}") for month, file in enumerate(files, 1)]
