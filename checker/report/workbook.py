"""A workbook written row by row, so that a million rows need no memory. A text is a text, never a formula or link."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from checker.language import _
from checker.report.plain import lines, short
from checker.sources.reports import MARK

ROWS = 1_048_576
"""How many rows a sheet can have."""

CHARACTERS = 32_767
"""How many characters a cell can hold; emoji and rare Chinese ones count twice."""

WIDE = 28
"""The width from which on a column's texts are wrapped."""

_NARROW = re.compile(r"[\x00-\u2e7f]+")
"""Letters of single width; Chinese characters take twice as much."""

LINE, MOST_LINES = 13.5, 12
"""How high a line of a row is, in points, and how many lines of a long text are shown."""

PRINTED = 215
"""How many characters are printed side by side on A4: the columns beyond are for the screen."""

_COLOURS = {
    "critical": ("#7F1D1D", "#FECACA"),
    "major": ("#7C2D12", "#FED7AA"),
    "minor": ("#713F12", "#FEF08A"),
    "info": ("#1E3A8A", "#DBEAFE"),
    "rule": ("#14532D", "#DCFCE7"),
    "indicator": ("#1E3A8A", "#DBEAFE"),
    "manual": ("#581C87", "#F3E8FF"),
    "context": ("#374151", "#F3F4F6"),
    "unaccounted": ("#7F1D1D", "#FECACA"),
}


class Column(NamedTuple):
    """A column of a sheet.

    Attributes:
        width: In characters.
        choices: What a cell may hold, where people fill it in.
        fill_in: Whether people fill it in.
    """

    title: str
    width: float
    choices: Sequence[str] = ()
    fill_in: bool = False


class Coloured(NamedTuple):
    """A severity or disposition, whose cell has the colour that goes with it."""

    word: str


Cell = str | float | dt.date | Coloured | None


class Workbook:
    """A workbook, closed and whole when its ``with`` ends.

    Args:
        path: The file.
        made: When it says it was made: the instant of the audit, so that the same audit gives the same bytes.
        title: What it is.
    """

    def __init__(self, path: Path, made: dt.datetime, title: str) -> None:
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        self._book.set_properties({"created": made, "title": title, "keywords": MARK})
        add = self._book.add_format
        base = {"valign": "top", "font_name": "Microsoft YaHei", "font_size": 10}
        self.plain = add(base)
        self.wrapped = add(base | {"text_wrap": True})
        self.big = add(base | {"bold": True, "font_size": 16})
        self.bold = add(base | {"bold": True})
        day = {"num_format": "yyyy-mm-dd", "align": "left"}
        instant = {"num_format": "yyyy-mm-dd hh:mm", "align": "left"}
        self.day, self.instant = add(base | day), add(base | instant)
        self.header = add(base | {"bold": True, "bg_color": "#1F2937", "font_color": "#FFFFFF", "border": 1})
        self.asked = add(base | {"bold": True, "bg_color": "#B45309", "font_color": "#FFFFFF", "border": 1})
        asked = base | {"bg_color": "#FFFBEB", "border": 1, "border_color": "#FDE68A", "text_wrap": True}
        self.open = add(asked)
        self.open_day, self.open_instant = add(asked | day), add(asked | instant)
        self.colours = {
            word: add(base | {"font_color": dark, "bg_color": light, "bold": True})
            for word, (dark, light) in _COLOURS.items()
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._book.close()

    def sheet(self, title: str) -> Sheet:
        """Return a new sheet to write row by row."""
        sheet = self._book.add_worksheet(title)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        return Sheet(self, sheet)

    def table(self, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
        """Write a table, on further sheets where one cannot hold it, and return its number of rows."""
        count, part = 0, 1
        sheet = self.sheet(title)
        sheet.head(columns)
        wide = [(index, int(column.width - 2)) for index, column in enumerate(columns) if column.width >= WIDE]
        styles = [self._style(column) for column in columns]
        for row in rows:
            if sheet.next >= ROWS:
                sheet.finish(columns)
                part += 1
                sheet = self.sheet(f"{title} {part}")
                sheet.head(columns)
            sheet.row(row, styles, wide)
            count += 1
        sheet.finish(columns)
        return count

    def _style(self, column: Column) -> Format | None:
        if column.fill_in:
            return self.open
        return self.wrapped if column.width >= WIDE else None


class Sheet:
    """One sheet, written from top to bottom."""

    def __init__(self, book: Workbook, sheet: Worksheet) -> None:
        self._book, self._sheet, self.next = book, sheet, 0

    def widths(self, widths: Iterable[float]) -> None:
        """Set the widths of the columns, in characters."""
        for index, width in enumerate(widths):
            self._sheet.set_column(index, index, width)

    def head(self, columns: Sequence[Column]) -> None:
        """Write the headers of a table that fills the sheet; they stay in sight and are printed on every page."""
        self.widths(column.width for column in columns)
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        self.line([column.title for column in columns], [self._heading(column) for column in columns])

    def _heading(self, column: Column) -> Format:
        return self._book.asked if column.fill_in else self._book.header

    def row(self, cells: Sequence[Cell], styles: Sequence[Format | None], wide: Iterable[tuple[int, int]]) -> None:
        """Write a row of the table.

        Args:
            cells: Its cells.
            styles: The columns' formats.
            wide: The columns whose texts are wrapped, each with how many letters stand on a line.
        """
        lines = 1
        for index, width in wide:
            if index < len(cells) and isinstance(text := cells[index], str):
                lines = max(lines, _lines(text, width))
        if lines > 1:
            self._sheet.set_row(self.next, LINE * min(lines, MOST_LINES) + 3)
        self._cells(cells, styles)

    def finish(self, columns: Sequence[Column]) -> None:
        """Add the filter, and the choices of the columns that people fill in."""
        last = max(self.next - 1, 1)
        self._sheet.autofilter(0, 0, last, len(columns) - 1)
        widths = accumulate(column.width for column in columns)
        self._sheet.print_area(0, 0, last, sum(width <= PRINTED for width in widths) - 1)
        for index, column in enumerate(columns):
            if column.choices:
                self._sheet.data_validation(1, index, last, index, {"validate": "list", "source": list(column.choices)})

    def line(self, cells: Sequence[Cell], formats: Sequence[Format | None] = ()) -> None:
        """Write one line."""
        if self._book.big in formats:  # not every program makes room by itself
            self._sheet.set_row(self.next, 24)
        self._cells(cells, [*formats, *[None] * (len(cells) - len(formats))])

    def _cells(self, cells: Sequence[Cell], styles: Sequence[Format | None]) -> None:
        """Write the cells of one line; all rows of all tables pass here."""
        book, row, write = self._book, self.next, self._sheet.write_string
        for index, (cell, style) in enumerate(zip(cells, styles, strict=False)):
            if isinstance(cell, str):
                text = _fitting(cell)
                if text.startswith("<r>"):  # which the library takes for its own
                    self._sheet.write_rich_string(row, index, text[:1], book.plain, text[1:], style or book.plain)
                else:
                    write(row, index, text, style or book.plain)
            elif cell is not None:
                self._special(index, cell, style)
            elif style is book.open:
                self._sheet.write_blank(row, index, None, style)
        self.next += 1

    def _special(self, index: int, cell: Cell, style: Format | None) -> None:
        """Write a cell that is no text."""
        book, sheet, row = self._book, self._sheet, self.next
        match cell:
            case Coloured():
                sheet.write_string(row, index, _(cell.word), book.colours[cell.word])
            case dt.datetime():
                sheet.write_datetime(row, index, cell, book.open_instant if style is book.open else book.instant)
            case dt.date():
                sheet.write_datetime(row, index, cell, book.open_day if style is book.open else book.day)
            case _:
                sheet.write_number(row, index, cell, style or book.plain)


def _lines(text: str, width: int) -> int:
    """Return how many lines a text takes where so many letters stand on one: Chinese characters count twice."""
    if "\n" in text:
        return sum(_lines(line, width) for line in text.split("\n"))
    length = len(text)
    if 2 * length > width and not text.isascii():
        length += len(_NARROW.sub("", text))
    return -(-length // width) or 1


def _fitting(text: str) -> str:
    if len(text) <= CHARACTERS // 2 and text.isprintable():
        return text
    twice = sum(letter > "\uffff" for letter in text)
    return short(lines(text), max(CHARACTERS - twice, CHARACTERS // 2), _(" … (cut; -o report.json keeps all)"))


def moment(text: str | None) -> dt.date | str | None:
    """Return the day or instant that a text is; the text itself where it is neither, or before Excel's first day."""
    if not text:
        return None
    try:
        found = dt.date.fromisoformat(text) if len(text) == 10 else dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return found if found.year >= 1901 else text
