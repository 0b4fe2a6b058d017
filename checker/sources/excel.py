"""Excel: each sheet of a workbook is a table."""

from __future__ import annotations

import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET  # for its error only

import duckdb
import fastexcel
from sqlglot import exp

from checker.errors import SourceError, aside
from checker.language import Label, _, both
from checker.sources import csv, habits
from checker.sources.biff import OldWorkbook
from checker.sources.export import Export, File, Gapped, Gaps, Heads, ParquetScan, copied
from checker.sources.formats import Shares
from checker.sources.heading import ROWS, Heading
from checker.sources.workbook import Sheet, Workbook

SUFFIXES = (".xlsx", ".xlsm", ".xls")
_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1")
_BROKEN = (
    fastexcel.FastExcelError, zipfile.BadZipFile, zlib.error, ET.ParseError, struct.error, LookupError, ValueError,
)  # fmt: skip
_WIDE = 256
"""How many columns no table has, as a rule: a cell gone astray to the right makes thousands of them."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read(file: File, work: Path, heading: Heading) -> list[Export]:
    """Return the sheets of a workbook that hold something.

    Cells come as texts: a day as ``2023-02-27``, a moment as ``2023-02-27 09:05:00``, a number as short as it is,
    one shown as a percentage as ``60%``.

    Args:
        file: The file; a text that is only named like a workbook is read as a text.
        work: A folder for the cells.
        heading: Tells the header row from the titles above it.

    Raises:
        SourceError: for a workbook that is broken, encrypted, or empty, and for cells whose meaning is not certain.
    """
    with file.path.open("rb") as content:
        magic = content.read(8)
    if not magic.startswith((_ZIP, _OLE)):
        return csv.read(file, work, heading)
    is_xml = magic.startswith(_ZIP)
    suffix = ".xlsx" if is_xml else ".xls"
    path = file.path
    if path.suffix.lower() not in (suffix, ".xlsm" if is_xml else suffix):
        path = copied(work, suffix)  # the reader goes by the name
        shutil.copyfile(file.path, path)
    if not is_xml and _ENCRYPTED in file.path.read_bytes():
        raise _encrypted(file.place)
    try:
        book = fastexcel.read_excel(path)
        facts = Workbook(path) if is_xml else OldWorkbook(path)
        exports: list[Export] = []
        for name in book.sheet_names:
            alone = len(book.sheet_names) == 1
            place = file.place if alone else f"{file.place}:{name}"
            said = facts.sheet(name)
            said.check_size(place)
            cells = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            table = _Table(cells, said, place, copied(work, ".parquet"))
            called = file.name if alone else name
            exports += table.export(file, called, heading, suffix[1:], from_1904=facts.from_1904)
    except BaseException as error:
        if not isinstance(error, _BROKEN) and type(error).__name__ != "PanicException":  # how the reader itself fails
            raise
        told = str(error).splitlines()[0]
        if "assword" in told:
            raise _encrypted(file.place) from None
        raise SourceError(
            file.place,
            _("the workbook is broken or cut short") + aside(told),
            _("open it in Excel and save it again"),
        ) from None
    if not exports:
        raise SourceError(file.place, _("the workbook is empty"), _("export it again, with a header row"))
    return exports


def _encrypted(place: str) -> SourceError:
    return SourceError(place, _("the workbook is encrypted"), _("save it without a password"))


class _Table:
    """A sheet's cells on their way into a file that any engine reads.

    Of a wide sheet only the columns that hold something are gone through: ``places`` says where each stands.

    Args:
        cells: The cells as texts, from the first row and the first column that holds something.
        said: What the workbook's file says about them.
        place: How messages call the sheet.
        target: Where the records go.
    """

    def __init__(self, cells: fastexcel.ExcelSheet, said: Sheet, place: str, target: Path) -> None:
        self.said, self.place, self.target = said, place, target
        self.raw = target.with_suffix(".cells")
        self.engine = duckdb.cursor()  # a connection of its own to what is there; to start another takes 20 ms
        self.end = cells.height
        filled: Sequence[int] = range(cells.width)
        self.joined = 0
        self.heads: Heads = ()
        if cells.width:
            self.engine.register("cells", cells)
            if cells.width > _WIDE:
                counts = self.engine.execute("SELECT COUNT(COLUMNS(*)) FROM cells").fetchall()[0]
                filled = [index for index in filled if counts[index]]
        self.width = len(filled)
        columns = cells.available_columns()
        self.places = [columns[index].absolute_index for index in filled]
        self.column = {place: index for index, place in enumerate(self.places)}
        if self.width:
            kept = ", ".join(f"#{place + 1} AS c{index}" for index, place in enumerate(filled))
            self.engine.execute(f"COPY (SELECT {kept} FROM cells) TO {_quoted(self.raw)} (FORMAT parquet)")
            self.engine.unregister("cells")
            names = ", ".join(f"c{index}" for index in range(self.width))
            source = f"read_parquet({_quoted(self.raw)}, file_row_number = true)"
            for one in habits.functions():
                self.engine.execute(f"CREATE TEMP MACRO {one.name}(c) AS ({_written(one.body)})")
            words = _written(habits.first_words(self.width))
            self.engine.execute(f"CREATE TEMP VIEW given AS SELECT *, {words} AS words FROM {source} AS t({names}, r)")

    def export(self, file: File, name: str, heading: Heading, encoding: str, *, from_1904: bool) -> Iterator[Export]:
        """Yield the sheet as an export; nothing where it is empty."""
        if not self.width:
            return
        cells = ", ".join(f"COALESCE(c{index}, '')" for index in range(self.width))
        first = f"SELECT {cells} FROM given LIMIT ?"
        head = self.engine.execute(first, [heading.depth]).fetchall()
        if head and habits.is_blank(head[0]):
            filled = self.engine.execute(f"SELECT COALESCE(min(r), 0) FROM given WHERE {self.filled}").fetchall()
            head = self.engine.execute(first, [filled[0][0] + heading.depth]).fetchall()
        joined = {one.top for one in self.said.merged if one.bottom == one.top + 1}
        row = heading.row(name, head, joined)
        if row is None:
            return
        headers = tuple(heading.headers(head, row, joined))
        self.heads = habits.heads(head, row, headers)
        below = self.below(row)
        named = {place for place, header in zip(self.places, headers, strict=True) if header.strip()}
        self.said.check_cells(self.place, named, row, row - heading.is_second(head, row, joined), self.end)
        columns = tuple(f"c{index}" for index in range(self.width))
        held = self.sample(row, columns)
        types = tuple((column, "VARCHAR") for column in columns)
        yield Export(
            self.place,
            name,
            file.origin,
            headers,
            columns,
            row + 2,
            encoding,
            ParquetScan(self.target, types),
            survey=partial(_same, self.write(row)),
            from_1904=from_1904,
            unit=habits.unit(head[:row]),
            guarded=frozenset(column for column, cells in held.items() if habits.guarded(cells)),
            lost=partial(_lost, held, self.long(row)),
            below=tuple(f"{self.place} ({called})" for called in below),
            container="" if self.place == file.place else file.place,
        )

    @property
    def filled(self) -> str:
        """The SQL of whether a row holds something."""
        return f"({_written(habits.is_filled(self.width, exp.column('words')))})"

    @property
    def is_record(self) -> str:
        """The SQL of whether a row below the headers is a record: it holds something, and is no heading or total."""
        return f"({self.filled} AND {_written(habits.is_record(self.heads, exp.column('words')))})"

    def below(self, header: int) -> list[str]:
        """Leave the lines below the records that are none out, and return how to call them."""
        cells = ", ".join(f"COALESCE(c{index}, '')" for index in range(self.width))
        last = f"SELECT r, {cells} FROM given WHERE r > {header} AND {self.filled} ORDER BY r DESC LIMIT {ROWS}"
        called: list[str] = []
        for number, *line in self.engine.execute(last).fetchall():
            if not (habits.is_below(line) or self.is_note(number, line)):
                break
            called.append(habits.called(line))
            self.end = number
        return called[::-1]

    def is_note(self, number: int, line: Sequence[str]) -> bool:
        """Return whether all that a row holds is one cell merged over several columns."""
        filled = [place for place, cell in zip(self.places, line, strict=True) if cell.strip()]
        return any(filled == [one.left] and one.top == number + 1 and one.left < one.right for one in self.said.merged)

    def sample(self, header: int, columns: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Return what the columns of the first records hold."""
        cells = ", ".join(f"COALESCE(c{index}, '')" for index in range(self.width))
        last = min(header + habits.SAMPLE, self.end - 1)
        first = f"SELECT {cells} FROM given WHERE r > {header} AND r <= {last} AND {self.is_record}"
        held = list(zip(*self.engine.execute(first).fetchall(), strict=True)) or [()] * self.width
        return dict(zip(columns, held, strict=True))

    def long(self, header: int) -> dict[str, int]:
        """Return for each column with numbers of more digits than a workbook keeps the row of the first."""
        return {
            f"c{self.column[column]}": row
            for column, row in reversed(self.said.long)
            if header < row - 1 < self.end and column in self.column
        }

    def write(self, header: int) -> Gaps:
        """Write the records below the headers, and return where other rows stand among them."""
        errors = {self.column[column] for column, _row, _error in self.said.errors if column in self.column}
        self.engine.execute("CREATE TEMP TABLE errors (c INTEGER, r BIGINT, error VARCHAR)")
        if errors:
            self.engine.executemany(
                "INSERT INTO errors VALUES (?, ?, ?)",
                [(self.column.get(column), row - 1, error) for column, row, error in self.said.errors],
            )
        joins = "".join(f" LEFT JOIN errors AS e{c} ON e{c}.r = given.r AND e{c}.c = {c}" for c in sorted(errors))
        cells = ", ".join(self.cell(index, is_error=index in errors) for index in range(self.width))
        order = " ORDER BY given.r" if errors or self.joined else ""
        self.engine.execute(
            f"COPY (SELECT {cells} FROM given{joins} WHERE given.r > {header} AND given.r < {self.end}"
            f" AND {self.is_record}{order}) TO {_quoted(self.target)} (FORMAT parquet)"
        )
        held = ", ".join(f"COALESCE(c{index}, '')" for index in range(self.width))
        others = self.engine.execute(
            f"SELECT r - {header + 1}, {held} FROM given"
            f" WHERE r > {header} AND NOT {self.is_record}"
            f" AND r <= (SELECT max(r) FROM given WHERE r < {self.end} AND {self.filled}) ORDER BY r"
        ).fetchall()
        self.engine.close()
        self.raw.unlink()
        called = habits.counted(filter(None, (habits.among(line, self.heads) for _index, *line in others)))
        return Gaps([index - before for before, (index, *_line) in enumerate(others)], called)

    def cell(self, index: int, *, is_error: bool) -> str:
        """Return the SQL of a column's cells as they are shown: a day without midnight, a share as a percentage."""
        name, place = f"c{index}", self.places[index]
        cell = f"COALESCE(e{index}.error, {name})" if is_error else name
        midnight = f"{name} LIKE '____-__-__ 00:00:00'"
        if not self.said.has_styles:
            held = f"SELECT bool_and({midnight}) FROM given WHERE {name} LIKE '____-__-__ __:__:__%'"
            is_day = str(self.engine.execute(held).fetchall()[0][0] or False)
        else:
            rows = self.said.days.get(place, [])
            is_day = "TRUE" if rows is None else self.among(rows) if rows else ""
        if is_day not in ("", "False"):
            cell = f"CASE WHEN {midnight} AND {is_day} THEN LEFT({name}, 10) ELSE {cell} END"
        for shown, rows in self.said.percents.get(place, {}).items():
            cell = f"CASE WHEN {self.among(rows)} THEN {_percentage(name, shown)} ELSE {cell} END"
        return f"{cell} AS {name}"

    def among(self, rows: list[int]) -> str:
        """Return the SQL of whether a row is one of some (from 1); it gives up the order of rows where they have gaps.

        Written out in the statement they would take thirty times as long, and give it up too.
        """
        first, last = min(rows), max(rows)
        if len(rows) == last - first + 1:
            return f"given.r BETWEEN {first - 1} AND {last - 1}"
        self.joined += 1
        self.engine.execute(f"CREATE TEMP TABLE rows{self.joined} AS SELECT unnest(?) - 1 AS r", [rows])
        return f"given.r IN (SELECT r FROM rows{self.joined})"


def _percentage(name: str, shown: Shares) -> str:
    """Return the SQL of a number as the percentage that it is shown as, with the 15 digits that a workbook keeps."""
    number = f"TRY_CAST({name} AS DOUBLE)"
    branches = " ".join(
        f"WHEN {number} {condition} THEN " + (f"FORMAT('{{:.15g}}%', {number} * {percent})" if percent else name)
        for condition, percent in shown
    )
    return f"CASE {branches} ELSE {name} END"


def _same(gaps: Gaps) -> Gapped:
    return lambda _records: gaps


def _written(condition: exp.Expr) -> str:
    return condition.sql("duckdb")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _lost(held: Mapping[str, tuple[str, ...]], long: Mapping[str, int], column: str) -> Label | None:
    """Return what to say of a column in which a text has lost digits, in a spreadsheet or in the workbook itself."""
    if said := csv.lost(held, column):
        return said
    if column not in long:
        return None
    return both("a number of more than 15 digits has lost its last ones in row {row}").with_(row=str(long[column]))
