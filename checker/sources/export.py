"""An export: one table of one file, as it lies there, before anyone knows what it records."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class CsvScan:
    """How to read a delimited text in UTF-8; columns are named ``c0``, ``c1`` … by position."""

    path: Path
    delimiter: str
    width: int
    skip: int


@dataclass(frozen=True)
class JsonScan:
    """How to read JSON objects: one array, or one object a line; columns are named by their keys."""

    path: Path
    form: Literal["array", "newline_delimited"]
    keys: tuple[str, ...]


Scan = CsvScan | JsonScan


@dataclass(frozen=True)
class Export:
    """One table found in the data.

    Attributes:
        place: The file as the user named it, with the sheet or array behind a colon where there are several.
        name: What names its record type: the file's, sheet's or array's own name.
        path: The file itself, for its size and hash.
        headers: The columns' headers, in order.
        columns: The columns' names in the scan, in the order of the headers.
        first_row: The row, as the user sees it, of the first record.
        encoding: The encoding the file was in.
    """

    place: str
    name: str
    path: Path
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    first_row: int
    encoding: str
    scan: Scan
