"""CSV: delimited text with a header row."""

from __future__ import annotations

import csv
import io
import re
from functools import partial
from itertools import islice
from pathlib import Path

from checker.errors import SourceError
from checker.language import _
from checker.sources.encoding import encoding_of, transcoded
from checker.sources.export import CsvScan, Export, File, Gaps
from checker.sources.heading import ROWS, Heading

SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t|"
_HEAD = 1 << 16
_LONGEST_CELL = 1 << 30
_BLOCK = 1 << 20
_BREAK = re.compile(r"\r\n|\n|\r")
_QUOTED = re.compile(r'"[^"]*"')


def read(file: File, work: Path, heading: Heading) -> list[Export]:
    """Return the one table of a CSV file.

    Args:
        file: The file.
        work: A folder for a copy in UTF-8 where the file is in another encoding.
        heading: Tells the header row from the titles above it.

    Raises:
        SourceError: for an empty file, an unknown encoding, or a workbook under a false name.
    """
    with file.path.open("rb") as content:
        if content.read(4) == b"PK\x03\x04":
            raise SourceError(file.place, _("this is a workbook or an archive, not a text"), _("name it .xlsx or .zip"))
    encoding = encoding_of(file.path, file.place)
    utf8 = transcoded(file.path, encoding, work, file.place)
    with utf8.open(encoding="utf-8", newline="", errors="replace") as lines:
        head = lines.read(_HEAD)
    _check(head, file.place)
    delimiter, skip, row, headers = max(
        (_header(head, delimiter, file.name, heading) for delimiter in _DELIMITERS),
        key=lambda found: (heading.count(found[3]), len(found[3])),
    )
    columns = tuple(f"c{number}" for number in range(len(headers)))
    empty = _has_empty_rows(utf8, delimiter, len(headers))
    scan = CsvScan(utf8, delimiter, len(headers), skip, empty, _line_end(head))
    return [
        Export(
            file.place,
            file.name,
            file.origin,
            tuple(headers),
            columns,
            row + 2,
            encoding.removesuffix("-sig"),
            scan,
            partial(_gaps, scan, row),
        )
    ]


def _check(head: str, place: str) -> None:
    if not head.strip():
        raise SourceError(place, _("the file is empty"), _("export it again, with a header row"))
    if head.lstrip().lower().startswith(("<html", "<!doctype", "<?xml", "<table", "<meta")):
        raise SourceError(place, _("this is a web page, not a table"), _("open it in Excel and save it as .xlsx"))
    if 4 * head.count("\0") > len(head):
        raise SourceError(
            place, _("the text is in UTF-16, but without its mark"), _("save it as 'CSV UTF-8' and try again")
        )


def _header(head: str, delimiter: str, name: str, heading: Heading) -> tuple[str, int, int, list[str]]:
    """Return with a delimiter the lines and rows above the headers, and the headers."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows, ends = [], [0]
    for cells in islice(reader, ROWS):
        rows.append(cells)
        ends.append(reader.line_num)
    row = heading.row(name, rows) or 0
    return delimiter, ends[row], row, rows[row]


def _line_end(head: str) -> str | None:
    """Return how lines end, where the first line break of all stands inside a header and is another one."""
    first, end = _BREAK.search(head), _BREAK.search(_QUOTED.sub("", head))
    return end[0] if first and end and first[0] != end[0] else None


def _has_empty_rows(path: Path, delimiter: str, width: int) -> bool:
    """Return whether some line begins as one of delimiters only does; looking for that takes no time."""
    if width == 1:
        return True
    wanted = b"\n" + delimiter.encode() * (width - 1)
    rest = b""
    with path.open("rb") as file:
        for block in iter(partial(file.read, _BLOCK), b""):
            if wanted in rest + block[: len(wanted)] or wanted in block:
                return True
            rest = block[-len(wanted) :]
    return False


def _gaps(scan: CsvScan, header: int, records: int) -> Gaps:
    """Return where lines without a record stand.

    Counting the line ends tells that there are none; else the rows are gone through, for blank lines inside a
    quoted cell are none.
    """
    ends, last = 0, b""
    with scan.path.open("rb") as file:
        for block in iter(partial(file.read, _BLOCK), b""):
            ends += block.count(b"\n")
            last = block[-1:]
    whole = last == b"\n"
    if ends + (not whole) - scan.skip - 1 == records:
        return ()
    csv.field_size_limit(_LONGEST_CELL)
    with scan.path.open(encoding="utf-8", newline="") as lines:
        rows = islice(csv.reader(lines, delimiter=scan.delimiter), header + 1, None)
        empty = [index for index, cells in enumerate(rows) if not (any(cells) if scan.has_empty_rows else cells)]
    return [index - before for before, index in enumerate(empty)]
