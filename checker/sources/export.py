"""An export: one table of one file, as it lies there, before anyone knows what it records."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Literal, NamedTuple

from checker.language import Label


@dataclass(frozen=True)
class File:
    """A file to read.

    Attributes:
        path: Where its bytes are: the user's file, or a copy of what was packed in it.
        place: How messages call it.
        name: What names the record type of its table: the file's name without its endings.
        origin: The user's own file, for its size and hash.
        packing: ``zip`` or ``gzip`` where it was packed.
    """

    path: Path
    place: str
    name: str
    origin: Path
    packing: str = ""


_NUMBERS = count()


def copied(work: Path, ending: str) -> Path:
    """Return where a copy may lie in a folder for copies: no other has its name, though most are written later."""
    return work / f"{next(_NUMBERS)}{ending}"


Heads = tuple[tuple[str | None, ...], ...]
"""The rows at the top of a table, down to its headers, each with what its cells hold; ``None`` for anything."""


@dataclass(frozen=True)
class CsvScan:
    """How to read a delimited text in UTF-8; columns are named ``c0``, ``c1`` … by position.

    Attributes:
        skip: The lines above the header row.
        has_empty_rows: Whether rows without any value may stand in it, which are no records.
        line_end: How lines end, where the first line break of the file does not tell.
        heads: The rows that are no records wherever they stand again.
    """

    path: Path
    delimiter: str
    width: int
    skip: int
    has_empty_rows: bool
    line_end: str | None = None
    heads: Heads = ()


@dataclass(frozen=True)
class JsonScan:
    """How to read JSON objects: one array, or one object a line; columns are named by their keys."""

    path: Path
    form: Literal["array", "newline_delimited"]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ParquetScan:
    """How to read a Parquet file; columns have their own names and SQL types."""

    path: Path
    types: tuple[tuple[str, str], ...]


Scan = CsvScan | JsonScan | ParquetScan


class Gaps(NamedTuple):
    """The rows among the records that are none themselves.

    Attributes:
        before: For each how many records stand before it, in ascending order.
        called: How to call those that are not empty: headings that stand again, totals.
    """

    before: Sequence[int] = ()
    called: tuple[str, ...] = ()


Gapped = Callable[[int], Gaps]
"""Tells, given how many records were read of an export, which rows among them were none."""


def gapless() -> Gapped:
    """Return what tells that records stand row by row."""
    return lambda _records: Gaps()


@dataclass(frozen=True)
class Export:
    """One table found in the data.

    Attributes:
        place: The file as the user named it, with the sheet, array or table behind a colon where there are several.
        name: What names its record type: the file's, sheet's, array's or table's own name.
        path: The file itself, for its size and hash.
        headers: The columns' headers, in order.
        columns: The columns' names in the scan, in the order of the headers.
        first_row: The row, as the user sees it, of the first record.
        encoding: The encoding or format the file was in.
        survey: Goes through it for rows that are no records.
        from_1904: Whether numbers that stand for dates count from 1904.
        unit: The unit that a title gives to amounts without one.
        guarded: The columns, by their names in the scan, whose texts are kept from spreadsheets, as ``="007"``.
        lost: Says what is wrong with a column, by its name in the scan, in which a text would have lost digits.
        below: The places of lines below the records that are none: totals and signatures.
        may_end_in_year: Whether dates whose year stands last may stand in it.
        container: The file, archive or database whose other tables it stands beside; empty where it is alone.
        fetch: Brings what the scan reads, once it is known to be wanted.
    """

    place: str
    name: str
    path: Path
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    first_row: int
    encoding: str
    scan: Scan
    survey: Callable[[], Gapped] = gapless
    from_1904: bool = False
    unit: str = ""
    guarded: frozenset[str] = frozenset()
    lost: Callable[[str], Label | None] = lambda _column: None
    below: tuple[str, ...] = ()
    may_end_in_year: bool = True
    container: str = ""
    fetch: Callable[[], None] | None = None


def row_of(first_row: int, gaps: Gaps, index: int) -> int:
    """Return the row, as the user sees it, of the record with a number (from 0)."""
    return first_row + index + bisect_right(gaps.before, index)
