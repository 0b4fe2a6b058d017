"""CSV: delimited text with a header row."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from checker.errors import SourceError
from checker.language import _
from checker.sources.encoding import encoding_of, transcoded
from checker.sources.export import CsvScan, Export

SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t"
_HEAD = 1 << 16


def read(path: Path, place: str, work: Path) -> list[Export]:
    """Return the one table of a CSV file.

    Args:
        path: The file.
        place: How messages call it.
        work: A folder for a copy in UTF-8 where the file is in another encoding.

    Raises:
        SourceError: for an empty file, an unknown encoding, or headers that cannot be told apart.
    """
    encoding = encoding_of(path, place)
    utf8 = transcoded(path, encoding, work, place)
    with utf8.open(encoding="utf-8", newline="") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise SourceError(place, _("the file is empty"), _("export it again, with a header row"))
    blank = len(head) - len(head.lstrip("\r\n"))
    skipped = head[:blank].count("\n") or head[:blank].count("\r")
    delimiter = max(_DELIMITERS, key=head[blank:].split("\n", 1)[0].count)
    headers = next(csv.reader(io.StringIO(head[blank:]), delimiter=delimiter))
    columns = tuple(f"c{number}" for number in range(len(headers)))
    scan = CsvScan(utf8, delimiter, len(headers), skipped)
    return [Export(place, path.stem, path, tuple(headers), columns, skipped + 2, encoding.removesuffix("-sig"), scan)]
