"""Which of a table's first rows holds its headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from checker.rulebook.model import FieldType
from checker.rulebook.rulebook import Rulebook
from checker.sources.headers import bare, known, normal
from checker.sources.mapping import Mapping as RecordMapping

ROWS = 30
"""How many rows at the top of a table may hold its headers."""

_TEXTS: tuple[FieldType, ...] = ("text", "reference")


@dataclass(frozen=True)
class Heading:
    """What is known of headers before a table's record type is.

    Attributes:
        known: Every header of every record type, and those of the site's mapping.
        rows: Patterns of tables' names, and the row (from 1) that a site says holds their headers.
        texts: The headers known of fields that are texts, and of no others.
    """

    known: frozenset[str]
    rows: tuple[tuple[str, int], ...]
    texts: frozenset[str] = frozenset()

    def row(self, name: str, rows: Sequence[Sequence[str]]) -> int | None:
        """Return which of some rows (from 0) holds the headers; ``None`` where all are empty.

        The row that a site names; else the one with the most headers known, if it has two; else the first that
        fills at least half as many cells as the fullest, for a title above the headers fills one.

        Args:
            name: What names the table's record type.
            rows: The cells of the table's first rows.
        """
        for pattern, row in self.rows:
            if fnmatch(name.lower(), pattern.lower()) and row <= len(rows):
                return row - 1
        counts = [self.count(self.headers(rows, index)) for index in range(len(rows))]
        if max(counts, default=0) > 1:
            return counts.index(max(counts))
        filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
        return next((index for index, count in enumerate(filled) if count and 2 * count >= max(filled)), None)

    def headers(self, rows: Sequence[Sequence[str]], row: int) -> list[str]:
        """Return a row's cells as headers; those that stand one row higher, for they span both, among them.

        Below a row of groups (``客户信息``) stand the headers themselves, and nothing below a header beside them.
        """
        below = list(rows[row])
        above = [*rows[row - 1], *[""] * len(below)][: len(below)] if row else []
        spanning = [index for index, cell in enumerate(above) if self._is_known(cell)]
        if spanning and self.count(below) and not any(below[index].strip() for index in spanning):
            for index in spanning:
                below[index] = above[index]
        return below

    def count(self, row: Sequence[str]) -> int:
        """Return how many of a row's cells are headers known."""
        return len({cell for cell in row if self._is_known(cell)})

    def is_text(self, header: str) -> bool:
        """Return whether a header is known of a field that is a text."""
        return normal(header) in self.texts or bare(header) in self.texts

    def _is_known(self, cell: str) -> bool:
        return normal(cell) in self.known or bare(cell) in self.known


def heading(books: Iterable[Rulebook], mappings: Mapping[str, RecordMapping]) -> Heading:
    """Return what some rulebooks and a site's mapping say about headers."""
    words: set[str] = set()
    texts: set[str] = set()
    others: set[str] = set()
    rows: list[tuple[str, int]] = []
    for book in books:
        for name, record in book.records.items():
            words |= known(record)
            texts |= known(record, *_TEXTS)
            others |= known(record, *(one.type for one in record.fields.values() if one.type not in _TEXTS))
            mapping = mappings.get(f"{book.name}/{name}")
            if mapping is not None:
                words |= set(map(normal, mapping.columns.values()))
                texts |= {
                    normal(header) for field, header in mapping.columns.items() if record.fields[field].type in _TEXTS
                }
                if mapping.header_row:
                    patterns = (*mapping.sheets, *mapping.files) or record.files
                    rows += [(pattern, mapping.header_row) for pattern in patterns]
    return Heading(frozenset(words - {""}), tuple(rows), frozenset(texts - others - {""}))
