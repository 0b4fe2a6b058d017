"""CSV: delimited text with a header row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice, zip_longest
from pathlib import Path

from checker.errors import SourceError, at_line
from checker.language import Label, _, both
from checker.sources import habits
from checker.sources.encoding import encoding_of, transcoded
from checker.sources.export import CsvScan, Export, File, Gapped, Gaps, copied
from checker.sources.heading import Heading

SUFFIXES = (".csv", ".tsv", ".txt")
_DELIMITERS = ",;\t|"
_HEAD = 1 << 16
_LONGEST_CELL = 1 << 30
_BLOCK = 1 << 20
_BREAK = re.compile(r"\r\n|\n|\r")
_QUOTED = re.compile(r'"[^"]*"')
_TAIL = 1 << 16
_NOTHING = " \t\x1a"
"""What a line that holds nothing may hold: the last sign is the end of a text to old systems."""
_YEAR_LAST = re.compile(r"\d[-/.]\d{1,2}[-/.]\d{4}")
"""What stands in a text in which a day whose year stands last does."""
_PAGE = re.compile(r"\s*(<[a-z!?]|mime-version:)", re.IGNORECASE)
_JSON = re.compile(r"\s*(\{\s*\"|\[\s*\{\s*\")")


@dataclass(frozen=True)
class _Head:
    """The first rows of a text: how many rows and lines stand above the headers, how many lines end with them."""

    delimiter: str
    row: int
    skip: int
    end: int
    headers: list[str]
    rows: list[list[str]]


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
        _check_magic(content.read(4), file.place)
    encoding = encoding_of(file.path, file.place)
    utf8 = transcoded(file.path, encoding, work, file.place)
    with utf8.open(encoding="utf-8", newline="", errors="replace") as lines:
        head = lines.read(_HEAD)
    _check(head, file.place)
    found = max(
        (_header(head, delimiter, file.name, heading) for delimiter in _DELIMITERS),
        key=lambda one: (heading.count(one.headers), len(one.headers)),
    )
    _check_ends(head, found.skip, file.place)
    width, row = len(found.headers), found.row
    columns = tuple(f"c{number}" for number in range(width))
    heads = habits.heads(found.rows, row, found.headers)
    rows = found.rows[row + 1 : -1 if len(head) == _HEAD else None]  # the last one may be cut off
    rows = [one for one in rows if habits.among(one, heads) is None]
    cells = dict(zip(columns, zip_longest(*rows, fillvalue=""), strict=False))
    records, below = _records(utf8, work, found.delimiter, found.end)
    scan = CsvScan(
        records, found.delimiter, width, found.skip, has_empty_rows=True, line_end=_line_end(head), heads=heads
    )
    return [
        Export(
            file.place,
            file.name,
            file.origin,
            tuple(found.headers),
            columns,
            row + 2,
            encoding.removesuffix("-sig"),
            scan,
            partial(_survey, scan, row, file.place),
            unit=habits.unit(found.rows[:row]),
            guarded=frozenset(column for column in columns if habits.guarded(cells.get(column, ()))),
            lost=partial(lost, cells),
            below=tuple(f"{file.place} ({called})" for called in below),
            may_end_in_year=len(head) == _HEAD or _YEAR_LAST.search(head) is not None,
        )
    ]


def lost(cells: Mapping[str, Iterable[str]], column: str) -> Label | None:
    """Return what to say of a column in which a spreadsheet cut long numbers short, as ``1.1E+17``."""
    if not any(map(habits.is_cut_short, cells.get(column, ()))):
        return None
    return both("a spreadsheet cut its long numbers short")


def _check_magic(first: bytes, place: str) -> None:
    if first.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SourceError(
            place, _("this is a workbook or an archive, not a text"), _("name it .xlsx, .xls or .zip as it is one")
        )
    if first == b"%PDF":
        raise SourceError(place, _("this is a PDF, not a table"), _("export the records as .xlsx or CSV"))


def _check(head: str, place: str) -> None:
    if not head.strip():
        raise SourceError(place, _("the file is empty"), _("export it again, with a header row"))
    if _PAGE.match(head):
        raise SourceError(place, _("this is a web page, not a table"), _("open it in Excel and save it as .xlsx"))
    if _JSON.match(head):
        raise SourceError(place, _("this is JSON, not a delimited text"), _("name it .json or .jsonl"))
    if 4 * head.count("\0") > len(head):
        raise SourceError(
            place, _("the text is in UTF-16, but without its mark"), _("save it as 'CSV UTF-8' and try again")
        )


def _check_ends(head: str, skip: int, place: str) -> None:
    """Refuse titles whose lines end otherwise than the headers': the engine then finds nothing below them."""
    lines = islice(io.StringIO(head, newline=""), skip + 1)
    if len({line[len(line.rstrip("\r\n")) :] for line in lines if line.endswith(("\r", "\n"))}) > 1:
        raise mixed_ends(place)


def mixed_ends(place: str) -> SourceError:
    """Return what to do about lines that end in different ways."""
    return SourceError(place, _("its lines end in different ways"), _("open it in Excel and save it as 'CSV UTF-8'"))


def unclosed(where: str) -> SourceError:
    """Return what to do about a quote that is not closed."""
    return SourceError(where, _("a quote is not closed"), _("double the quotes inside a quoted text"))


def _header(head: str, delimiter: str, name: str, heading: Heading) -> _Head:
    """Return what a delimiter makes of the first rows."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows, ends = [], [0]
    for cells in islice(reader, habits.SAMPLE):
        rows.append(cells)
        ends.append(reader.line_num)
    row = heading.row(name, rows) or 0
    return _Head(delimiter, row, ends[row], ends[row + 1], heading.headers(rows, row), rows)


def _records(path: Path, work: Path, delimiter: str, above: int) -> tuple[Path, list[str]]:
    """Return a file that ends with its last record, and how to call the lines with something in them below that.

    Args:
        path: The text.
        work: A folder for the file.
        delimiter: What stands between its columns.
        above: How many lines end with the header.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        lines = file.read().splitlines(keepends=True)[above if size <= _TAIL else 1 :]
    below: list[str] = []
    end = cut = 0
    for line in reversed(lines):
        cells = next(csv.reader([line.decode(errors="replace").strip(_NOTHING)], delimiter=delimiter), [])
        if any(cell.strip() for cell in cells):
            if line.count(b'"') % 2 or not habits.is_below(cells):  # an odd quote belongs to a cell of several lines
                break
            below.append(habits.called(cells))
        end += len(line)
        if line.strip(b"\r\n"):
            cut = end
    if not cut:
        return path, []
    target = copied(work, ".csv")
    with path.open("rb") as source, target.open("wb") as sink:
        for _block in range(0, size - cut, _BLOCK):
            sink.write(source.read(min(_BLOCK, size - cut - sink.tell())))
    return target, below[::-1]


def _line_end(head: str) -> str | None:
    """Return how lines end, where the first line break of all stands inside a header and is another one."""
    first, end = _BREAK.search(head), _BREAK.search(_QUOTED.sub("", head))
    return end[0] if first and end and first[0] != end[0] else None


def _survey(scan: CsvScan, header: int, place: str) -> Gapped:
    """Count the lines, and return what tells where some without a record stand."""
    ends, last = 0, b""
    with scan.path.open("rb") as file:
        for block in iter(partial(file.read, _BLOCK), b""):
            ends += block.count(b"\n")
            last = block[-1:]
    lines = ends + (last != b"\n")
    return lambda records: Gaps() if lines - scan.skip - 1 == records else _gaps(scan, header, place, records)


def _gaps(scan: CsvScan, header: int, place: str, records: int) -> Gaps:
    """Return where lines without a record stand: rows are gone through, for blank lines inside a quoted cell are none.

    Raises:
        SourceError: when the engine has read more or fewer records than there are.
    """
    csv.field_size_limit(_LONGEST_CELL)
    with scan.path.open(encoding="utf-8", newline="") as lines:
        rows = islice(csv.reader(lines, delimiter=scan.delimiter), header + 1, None)
        none, called, count = [], [], 0
        for count, cells in enumerate(rows, 1):
            if habits.is_blank(cells) if scan.has_empty_rows else not cells:
                none.append(count - 1)
            elif (word := habits.among(cells, scan.heads)) is not None:
                none.append(count - 1)
                called.append(word)
    if count - len(none) != records:
        raise _misread(scan, place)
    return Gaps([index - before for before, index in enumerate(none)], habits.counted(called))


def _misread(scan: CsvScan, place: str) -> SourceError:
    """Return why the engine has read more or fewer records than there are, and said nothing."""
    with scan.path.open(encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines, delimiter=scan.delimiter, strict=True)
        before = 0
        try:
            for _cells in reader:
                before = reader.line_num
        except csv.Error:
            return unclosed(at_line(place, before + 1))
    return mixed_ends(place)
