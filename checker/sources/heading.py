"""Which of a table's first rows holds its headers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import zip_longest

from checker.rulebook.rulebook import Rulebook
from checker.sources.headers import bare, documents, known, normal
from checker.sources.mapping import Mappings

ROWS = 30
"""How many rows at the top of a table, from the first that is filled on, may hold its headers."""


@dataclass(frozen=True)
class Heading:
    """What is known of headers before a table's record type is.

    Attributes:
        known: Every header of every record type, and those of the site's mapping.
        rows: Patterns of tables' names, and the row (from 1) that a site says holds their headers.
        documents: The names of documents, which a column of marks may have.
    """

    known: frozenset[str]
    rows: tuple[tuple[str, int], ...]
    documents: frozenset[str] = frozenset()

    @property
    def depth(self) -> int:
        """How many rows at the top of a table are looked at where the first of them is filled."""
        return max((ROWS, *(row for _pattern, row in self.rows)))

    def row(self, name: str, rows: Sequence[Sequence[str]], joined: Collection[int] = ()) -> int | None:
        """Return which of some rows (from 0) holds the headers, of two the lower; ``None`` where all are empty.

        The row that a site names; else the one with the most headers known, if it has two; else the first that
        fills at least half as many cells as the fullest, for a title above the headers fills one.

        Args:
            name: What names the table's record type.
            rows: The cells of the table's first rows.
            joined: The rows with cells merged with those above them.
        """
        row = self._row(name, rows, joined)
        if row is None or self.is_second(rows, row, joined):
            return row
        return row + self.is_second(rows, row + 1, joined)

    def _row(self, name: str, rows: Sequence[Sequence[str]], joined: Collection[int]) -> int | None:
        for pattern, row in self.rows:
            if fnmatch(name.lower(), pattern.lower()) and row <= len(rows):
                return row - 1
        blank = next((index for index, row in enumerate(rows) if any(cell.strip() for cell in row)), 0)
        rows = rows[: blank + ROWS]
        counts = [
            self.count([*rows[index - self.is_second(rows, index, joined)], *rows[index]]) for index in range(len(rows))
        ]
        if max(counts, default=0) > 1:
            return counts.index(max(counts))
        filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
        return next((index for index, count in enumerate(filled) if count and 2 * count >= max(filled)), None)

    def headers(self, rows: Sequence[Sequence[str]], row: int, joined: Collection[int] = ()) -> list[str]:
        """Return a row's cells as headers; where it is the second of two, those above its empty cells among them."""
        if not self.is_second(rows, row, joined):
            return list(rows[row])
        return [cell or above for above, cell in _columns(rows, row)]

    def is_second(self, rows: Sequence[Sequence[str]], row: int, joined: Collection[int]) -> bool:
        """Return whether a row holds headers together with the one above it.

        Below a heading of several columns (``客户信息``) stand their headers, or the names of documents; below a header
        known stands nothing. Such a row is no record, for the key would be empty. Cells of both rows that are merged
        say it by themselves, where no value of a record stands below a header.
        """
        if not 0 < row < len(rows):
            return False
        columns = _columns(rows, row)
        if not columns:
            return False
        groups = [not right and below != "" for right, below in (*columns[1:], ("-", ""))]
        pairs = [(above, cell, group) for (above, cell), group in zip(columns, groups, strict=True) if above and cell]
        if row in joined:
            return all(group or self._is_named(cell) or not self._is_known(above) for above, cell, group in pairs)
        return (
            any(self._is_known(above) and not cell for above, cell in columns)
            and any(self._is_named(cell) for _above, cell in columns)
            and all(
                group and self._is_named(cell) if self._is_known(above) else group or self._is_known(cell)
                for above, cell, group in pairs
            )
        )

    def count(self, row: Sequence[str]) -> int:
        """Return how many of a row's cells are headers known."""
        return len({cell for cell in row if self._is_known(cell)})

    def _is_known(self, cell: str) -> bool:
        return normal(cell) in self.known or bare(cell) in self.known

    def _is_named(self, cell: str) -> bool:
        return self._is_known(cell) or normal(cell) in self.documents or bare(cell) in self.documents


def _columns(rows: Sequence[Sequence[str]], row: int) -> list[tuple[str, str]]:
    """Return the cells of a row, each behind the one above it; blank ones empty."""
    above, cells = ([cell if cell.strip() else "" for cell in one] for one in rows[row - 1 : row + 1])
    return list(zip_longest(above, cells, fillvalue=""))


def heading(books: Iterable[Rulebook], mappings: Mappings) -> Heading:
    """Return what some rulebooks and a site's mapping say about headers."""
    words: set[str] = set()
    papers: set[str] = set()
    rows: list[tuple[str, int]] = []
    for book in books:
        for name, record in book.records.items():
            words |= known(record)
            lists = [field for field in record.fields.values() if field.type == "documents"]
            papers |= {word for field in lists for word in documents(field)}
            mapping = mappings.get(f"{book.name}/{name}")
            if mapping is not None:
                words |= set(map(normal, mapping.columns.values()))
                if mapping.header_row:
                    patterns = (*mapping.sheets, *mapping.files) or record.files
                    rows += [(pattern, mapping.header_row) for pattern in patterns]
    return Heading(frozenset(words - {""}), tuple(rows), frozenset(papers - {""}))
