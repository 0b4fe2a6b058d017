"""What a workbook's own files say that its cells' values do not: how they are shown, and what is wrong with them."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET  # expat bounds the expansion of entities

_BLOCK = 1 << 22
_DAYS = frozenset((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58))
_MOMENTS = frozenset((22,))
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_STYLED = rb'<c r="([A-Z]+)[0-9]+"(?: t="[a-z]+")? s="(?:%s)"'
_ROW = rb'<c r="%s([0-9]+)"(?: t="[a-z]+")? s="(?:%s)"'
_ERROR = re.compile(rb'<c r="([A-Z]+)([0-9]+)"[^>]* t="e"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL)
_UNCOMPUTED = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)(?:<v/>|<v></v>)?</c>')
_ZERO = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><f[^>]*>[^<]*</f><v>0(?:[.]0)?</v></c>')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_LONG = re.compile(
    rb'<c r="([A-Z]+)([0-9]+)"(?: s="[0-9]+")?(?: t="n")?>'
    rb"<v>(?:[0-9]{16,}(?:[.]0)?|[0-9][.]?[0-9]*E[+]?(?:1[5-9]|[2-9][0-9]))<"
)
_MAY_BE_LONG = re.compile(rb"<v>[0-9](?:[0-9]{15}|[.]?[0-9]*E[+]?[1-9][0-9])")
_FILLED = rb'<c r="%s[0-9]+"(?:>| [^>]*[^>/]>)'
_COLUMNS = 26
"""Among how many columns the first one filled is looked for."""
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def is_day(number: int, own: Mapping[int, str]) -> bool:
    """Return whether a format shows a day without a clock.

    Args:
        number: The format.
        own: The formats that a workbook itself defines.
    """
    return _shown(own[number]) == (True, False) if number in own else number in _DAYS


def is_moment(number: int, own: Mapping[int, str]) -> bool:
    """Return whether a format shows a day with a clock."""
    return _shown(own[number]) == (True, True) if number in own else number in _MOMENTS


@cache
def _shown(form: str) -> tuple[bool, bool]:
    """Return whether a format shows a day, and whether it shows a clock."""
    signs = _NOT_SHOWN.sub("", form).lower().split(";")[0]
    return bool(re.search("[yd年]", signs)), bool(re.search("[hs时]", signs))


@dataclass
class Sheet:
    """What one sheet's file says.

    Attributes:
        days: For each column (from 0), the rows (from 1) whose cells are shown as days without a clock; ``None``
            where all its cells that hold moments are.
        has_styles: Whether ``days`` is known at all.
        left: The first column (from 0) that holds something.
        errors: Cells that hold an error such as ``#DIV/0!``: column, row and error.
        merged: Cells merged over several rows: the first row, the last row, and how a user calls them.
        long: Cells with numbers of more digits than a workbook keeps: column and row; the first one of each column.
        uncomputed: The first cell with a formula that nobody computed.
    """

    days: dict[int, list[int] | None] = field(default_factory=dict)
    has_styles: bool = False
    left: int = 0
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    merged: list[tuple[int, int, str]] = field(default_factory=list)
    long: list[tuple[int, int]] = field(default_factory=list)
    uncomputed: str = ""


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
        self._days, self._moments = self._styles()

    def _xml(self, name: str) -> ET.Element:
        return ET.fromstring(self._archive.read(name))  # noqa: S314

    def _styles(self) -> tuple[set[int], set[int]]:
        """Return the styles that show a day, and those that show a day with a clock."""
        if "xl/styles.xml" not in self._archive.namelist():
            return set(), set()
        styles = self._xml("xl/styles.xml")
        own = {
            int(one.get("numFmtId", "0")): one.get("formatCode", "") for one in styles.iterfind("{*}numFmts/{*}numFmt")
        }
        formats = [int(one.get("numFmtId", "0")) for one in styles.iterfind("{*}cellXfs/{*}xf")]
        return (
            {index for index, number in enumerate(formats) if is_day(number, own)},
            {index for index, number in enumerate(formats) if is_moment(number, own)},
        )

    def sheet(self, name: str) -> Sheet:
        """Return what a sheet's file says, read once in blocks."""
        said = Sheet(has_styles=True)
        part = self._parts.get(name, "")
        if part not in self._archive.namelist():
            return Sheet()
        days, moments = (_styled(styles) for styles in (self._days, self._moments))
        with_days: set[bytes] = set()
        with_moments: set[bytes] = set()
        left = _COLUMNS
        for block in self._blocks(part):
            left = next((one for one in range(left) if re.search(_FILLED % _letters(one), block)), left)
            if self._days:
                with_days |= set(days.findall(block))
            if self._days and self._moments:
                with_moments |= set(moments.findall(block))
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
                if top != bottom:
                    named = f"{first.decode()}{top.decode()}:{last.decode()}{bottom.decode()}"
                    said.merged.append((int(top), int(bottom), named))
        if left == _COLUMNS:  # cells do not say where they stand, which is allowed
            return Sheet()
        said.left = left
        said.days = {_column(column): None for column in with_days - with_moments}
        for column in with_days & with_moments:
            pattern = re.compile(_ROW % (column, _any(self._days)))
            said.days[_column(column)] = [int(row) for block in self._blocks(part) for row in pattern.findall(block)]
        return said

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


def _any(styles: set[int]) -> bytes:
    return b"|".join(str(one).encode() for one in sorted(styles))


def _styled(styles: set[int]) -> re.Pattern[bytes]:
    """Return what finds the columns of the cells with some styles."""
    return re.compile(_STYLED % _any(styles))


def _letters(column: int) -> bytes:
    """Return how a column of the first 26 is called."""
    return bytes((65 + column,))


def _column(letters: bytes) -> int:
    """Return a column's number from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
