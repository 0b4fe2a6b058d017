"""Large exports in other formats: how long their reading takes against their reader alone, and what memory it needs.

These are the slow checks of what the tests show on small files: a workbook of a million rows and 200 MB of JSON on
one line are read whole, with the findings of the CSV they were made of.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import duckdb
import ijson
import xlsxwriter

from benchmarks.data import complaints
from benchmarks.measure import Measured, best, checker, python
from benchmarks.scan import AS_OF

_CALAMINE = """
import sys, python_calamine
print(len(python_calamine.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()))
"""
_READ = """
import pathlib, sys, tempfile
from checker.plugins import rulebooks
from checker.sources.find import read
with tempfile.TemporaryDirectory() as work:
    print(len(read(sys.argv[1:], pathlib.Path(work), rulebooks(["property"]), {}).exports))
"""


def workbook(folder: Path, count: int) -> Path:
    """Return complaints as a workbook with real date cells, made if it is not there."""
    source = complaints(folder, count)
    path = source.with_suffix(".xlsx")
    if not path.exists():
        part = path.with_suffix(".part")
        with (
            source.open(encoding="utf-8", newline="") as file,
            xlsxwriter.Workbook(part, {"constant_memory": True}) as book,
        ):
            sheet = book.add_worksheet("投诉")
            moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            for row, cells in enumerate(csv.reader(file)):
                for column, cell in enumerate(cells):
                    if row and cell and 2 <= column <= 6:
                        sheet.write_datetime(row, column, dt.datetime.fromisoformat(cell), moment)
                    elif cell:
                        sheet.write_string(row, column, cell)
        part.rename(path)
    return path


def one_line(folder: Path, count: int) -> Path:
    """Return complaints as a JSON array on one line, made if it is not there."""
    source = complaints(folder, count)
    path = source.with_suffix(".json")
    if not path.exists():
        rows = duckdb.connect().execute(f"SELECT to_json(t) FROM read_csv('{source}', all_varchar = true) AS t")
        with path.with_suffix(".part").open("w", encoding="utf-8") as file:
            between = "["
            while batch := rows.fetchmany(10_000):
                file.write(between + ", ".join(row for (row,) in batch))
                between = ", "
            file.write("]")
        path.with_suffix(".part").rename(path)
    return path


def excel(folder: Path, count: int, runs: int) -> None:
    """Print what reading a workbook, and auditing it, takes against calamine alone."""
    path = workbook(folder, count)
    alone = best(runs, lambda: python(_CALAMINE, str(path)))
    reading = best(runs, lambda: python(_READ, str(path)))
    ratio = reading.seconds / alone.seconds
    print(f"{count:>12,} rows of Excel: calamine {_told(alone)}; read {_told(reading)}, {ratio:.2f}x")
    same(path, path.with_suffix(".csv"))


def lines(folder: Path, count: int, runs: int) -> None:
    """Print what auditing JSON on one line takes."""
    path = one_line(folder, count)
    audit = best(runs, lambda: _audited(path))
    print(f"{count:>12,} records of JSON on one line ({path.stat().st_size / 1e6:.0f} MB): audit {_told(audit)}")
    same(path, path.with_suffix(".csv"))


def same(path: Path, other: Path) -> None:
    """Check that two exports of the same records have the same outcomes.

    Raises:
        AssertionError: where they have not.
    """
    totals = []
    for one in (path, other):
        target = one.with_suffix(f"{one.suffix}.report.json")
        _audited(one, "-o", str(target))
        with target.open("rb") as file:
            totals.append(next(ijson.items(file, "summary.outcomes")))
        target.unlink()
    assert totals[0] == totals[1], (path, other)
    print(f"{'':>12} the same outcomes as the CSV's: {totals[0]}")


def _audited(path: Path, *more: str) -> Measured:
    return checker("check", str(path), "-r", "property", "--select", "complaint", "--as-of", AS_OF, "--quiet", *more)


def _told(one: Measured) -> str:
    return f"{one.seconds:.2f} s, {one.megabytes:.0f} MB"
