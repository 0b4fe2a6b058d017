"""What a workbook's own files say that its cells' values do not: how they are shown, and what is wrong with them."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET  # expat bounds the expansion of entities

from checker.errors import SourceError
from checker.language import _
from checker.sources.formats import Shares, Styles, styles

_BLOCK = 1 << 22
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_STYLED = rb'<c r="([A-Z]+)[0-9]+"(?: t="[a-z]+")? s="(?:%s)"'
_ROW = rb'<c r="%s([0-9]+)"(?: t="[a-z]+")? s="(?:%s)"'
_NUMBER = rb'<c r="([A-Z]+)([0-9]+)"(?: t="n")? s="(%s)"(?: t="n"| [cv]m="[0-9]+")*>'
_ERROR = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]* t="e"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL)
_UNCOMPUTED = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v/>|<v></v>)?</c>')
_ZERO = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><f[^>]*>[^<]*</f><v>0(?:[.]0)?</v></c>')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_LONG = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"(?: s="[0-9]+")?(?: t="n")?>'
    rb"<v>(?:[0-9]{16,}(?:[.]0)?|[0-9][.]?[0-9]*E[+]?(?:1[5-9]|[2-9][0-9]))<"
)
_MAY_BE_LONG = re.compile(rb"<v>[0-9](?:[0-9]{15}|[.]?[0-9]*E[+]?[1-9][0-9])")
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+[0-9]+:)?([A-Z]+)([0-9]+)"')
_LAST_ROW = re.compile(rb'<row (?:[^>]* )?r="([0-9]+)"')
_FILLED = re.compile(rb'<c r="([A-Z]+)([0-9]+)"(?:>| [^>]*[^/>]>)(?!</c>)')
_WIDEST, _MOST, _SPARSE = 1 << 14, 1 << 26, 8
"""How many columns a sheet may have; how many cells are read in any case, at 32 bytes each, empty ones too; how many
for each that holds something: a large table is filled, and only a cell gone astray is far from all others."""


class Merged(NamedTuple):
    """Cells merged into one: their first and last row (from 1), their first and last column (from 0)."""

    top: int
    bottom: int
    left: int
    right: int

    def __str__(self) -> str:
        return f"{_letters(self.left)}{self.top}:{_letters(self.right)}{self.bottom}"


@dataclass
class Sheet:
    """What one sheet's file says.

    Attributes:
        days: For each column (from 0), the rows (from 1) whose cells are shown as days without a clock; ``None``
            where all its cells that hold moments are.
        percents: For each column (from 0), the rows (from 1) of its numbers shown as percentages, by how they are.
        has_styles: Whether ``days`` and ``percents`` are known at all.
        errors: Cells that hold an error such as ``#DIV/0!``: column, row and error.
        merged: Cells merged over several rows or columns.
        long: Cells with numbers of more digits than a workbook keeps: column and row; the first one of each column.
        uncomputed: The first cell with a formula that nobody computed.
        astray: The last cell of a sheet that is nearly empty up to there, and so large that it cannot be read, for all
            cells up to it would be kept in memory.
    """

    days: dict[int, list[int] | None] = field(default_factory=dict)
    percents: dict[int, dict[Shares, list[int]]] = field(default_factory=dict)
    has_styles: bool = False
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    long: list[tuple[int, int]] = field(default_factory=list)
    uncomputed: str = ""
    astray: str = ""

    def check_size(self, place: str) -> None:
        """Refuse a sheet that is too large to be read.

        Args:
            place: How messages call the sheet.

        Raises:
            SourceError: with the cell that makes it so.
        """
        if self.astray:
            raise SourceError(
                f"{place}: {self.astray}",
                _("a cell stands so far off that the sheet is too large to read"),
                _("delete the rows and columns outside the table"),
            )

    def check_cells(self, place: str, columns: set[int], header: int, first: int, end: int) -> None:
        """Refuse cells whose meaning is not certain.

        Args:
            place: How messages call the sheet.
            columns: The columns with a header.
            header: The row (from 0) of the headers, of two the lower.
            first: The first row of the headers.
            end: The row behind the last record.

        Raises:
            SourceError: with the cells.
        """
        if self.uncomputed:
            raise SourceError(
                f"{place}: {self.uncomputed}",
                _("the formula was never computed"),
                _("open the workbook in Excel and save it"),
            )
        for one in self.merged:
            held = range(one.left, one.right + 1)
            if (
                one.top < one.bottom
                and one.bottom > header + 1
                and first < one.top <= end
                and columns.intersection(held)
            ):
                raise SourceError(
                    f"{place}: {one}",
                    _("the cells are merged over several rows"),
                    _("unmerge them and fill in every row"),
                )


class Workbook:
    """The files inside an ``.xlsx``.

    Args:
        path: The workbook, which is known to be readable.
    """

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        book = self._xml("xl/workbook.xml")
        calculation = book.find("{*}calcPr")
        # its writer left all results to whoever opens it
        self._has_no_results = calculation is not None and calculation.get("fullCalcOnLoad") in ("1", "true")
        properties = book.find("{*}workbookPr")
        self.from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
        targets = {one.get("Id"): one.get("Target", "") for one in self._xml("xl/_rels/workbook.xml.rels")}
        self._parts = {
            one.get("name"): posixpath.normpath(
                posixpath.join("/xl", targets.get(one.get(_RELATION) or one.get(_STRICT_RELATION), ""))
            ).lstrip("/")
            for one in book.iterfind("{*}sheets/{*}sheet")
        }
        self._styles = self._read_styles()

    def _xml(self, name: str) -> ET.Element:
        return ET.fromstring(self._archive.read(name))  # noqa: S314

    def _read_styles(self) -> Styles:
        if "xl/styles.xml" not in self._archive.namelist():
            return Styles(set(), set(), {})
        part = self._xml("xl/styles.xml")
        own = {
            int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in part.iterfind("{*}numFmts/{*}numFmt")
        }
        return styles([int(one.get("numFmtId", "0")) for one in part.iterfind("{*}cellXfs/{*}xf")], own)

    def sheet(self, name: str) -> Sheet:
        """Return what a sheet's file says, read once in blocks."""
        said = Sheet(has_styles=True)
        part = self._parts.get(name, "")
        if part not in self._archive.namelist():
            return Sheet()
        days, moments = (_styled(those) for those in (self._styles.days, self._styles.moments))
        percents = re.compile(_NUMBER % _any(self._styles.percents))
        percent_rows = defaultdict[tuple[bytes, bytes], list[int]](list)
        with_days: set[bytes] = set()
        with_moments: set[bytes] = set()
        height, is_placed = 0, False
        stated: re.Match[bytes] | None = None
        for block in self._blocks(part):
            if not height:
                stated = _DIMENSION.search(block)
            if lowest := _LAST_ROW.match(block, max(0, block.rfind(b"<row "))):
                height = int(lowest[1])
            is_placed = is_placed or b'<c r="' in block
            if self._styles.days:
                with_days |= set(days.findall(block))
            if self._styles.days and self._styles.moments:
                with_moments |= set(moments.findall(block))
            if self._styles.percents:
                for column, row, style in percents.findall(block):  # a search for each column would take twice as long
                    percent_rows[column, style].append(int(row))
            if b't="e"' in block:
                said.errors += [(_column(c), int(row), error.decode()) for c, row, error in _ERROR.findall(block)]
            if _MAY_BE_LONG.search(block):
                first_of = {column: int(row) for column, row in reversed(_LONG.findall(block))}
                said.long += [(_column(c), r) for c, r in first_of.items() if _column(c) not in dict(said.long)]
            if not said.uncomputed and (b"</f></c>" in block or b"<v/></c>" in block or b"<v></v></c>" in block):
                said.uncomputed = next((match[1].decode() for match in _UNCOMPUTED.finditer(block)), "")
            if not said.uncomputed and self._has_no_results and b"</f>" in block:
                said.uncomputed = next((match[1].decode() for match in _ZERO.finditer(block)), "")
            for first, top, last, bottom in _MERGED.findall(block):
                said.merged.append(Merged(int(top), int(bottom), _column(first), _column(last)))
        said.astray = self._astray(part, height, stated)
        if not is_placed:  # cells do not say where they stand, which is allowed
            return Sheet()
        said.days = {_column(column): None for column in with_days - with_moments}
        for column in with_days & with_moments:
            pattern = re.compile(_ROW % (column, _any(self._styles.days)))
            said.days[_column(column)] = [int(row) for block in self._blocks(part) for row in pattern.findall(block)]
        for (column, style), rows in percent_rows.items():
            said.percents.setdefault(_column(column), {}).setdefault(self._styles.percents[int(style)], []).extend(rows)
        return said

    def _astray(self, part: str, rows: int, stated: re.Match[bytes] | None) -> str:
        """Return the last cell of a sheet that is too large to be read, and nearly empty.

        Args:
            part: The sheet's file.
            rows: The number of its last row.
            stated: The last cell that it names itself; it may name one too near, and it may count empty ones.
        """
        if stated and int(stated[2]) >= rows:
            near = rows * (_column(stated[1]) + 1) <= _MOST
        else:
            near = rows * _WIDEST <= _MOST
        if near:
            return ""
        columns: set[bytes] = set()
        count = 0
        for block in self._blocks(part):
            filled = _FILLED.findall(block)
            count += len(filled)
            columns |= {column for column, _row in filled}
            rows = int(filled[-1][1]) if filled else rows
        last = max(columns, key=_column, default=b"A")
        is_near = rows * (_column(last) + 1) <= max(_MOST, _SPARSE * count)
        return "" if is_near else f"{last.decode()}{rows}"

    def _blocks(self, part: str) -> Iterator[bytes]:
        """Yield a file's content in blocks that end between rows."""
        rest = b""
        with self._archive.open(part) as content:
            while block := content.read(_BLOCK):
                block = rest + block
                end = block.rfind(b"</row>")
                if end < 0:
                    rest = block
                    continue
                rest = block[end:]
                yield block[:end]
        yield rest


def _any(styles: Iterable[int]) -> bytes:
    return b"|".join(str(one).encode() for one in sorted(styles))


def _styled(styles: set[int]) -> re.Pattern[bytes]:
    """Return what finds the columns of the cells with some styles."""
    return re.compile(_STYLED % _any(styles))


def _column(letters: bytes) -> int:
    """Return a column's number from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _letters(column: int) -> str:
    """Return how a user calls a column: the opposite."""
    letters = ""
    while column >= 0:
        letters = chr(65 + column % 26) + letters
        column = column // 26 - 1
    return letters
