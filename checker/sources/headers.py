"""Headers of exports: which field each column is."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

from checker.rulebook.model import Record

SCALES = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
"""Units that a header may carry, and how many of the plain unit each is."""

_BRACKETED = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")


@cache
def normal(header: str) -> str:
    """Return a header in one width and case, without space, colons and asterisks."""
    text = unicodedata.normalize("NFKC", header).replace("\ufeff", "")
    return re.sub(r"[\s:*\u200b-\u200d_]+", "", text).lower()


@cache
def bare(header: str) -> str:
    """Return a normal header without what stands in brackets."""
    return _BRACKETED.sub("", normal(header))


def scale(header: str) -> int:
    """Return by what the unit in a header's brackets multiplies its numbers; 1 where there is none."""
    return next((SCALES[unit] for unit in _BRACKETED.findall(normal(header)) if unit in SCALES), 1)


def duplicates(headers: tuple[str, ...]) -> list[str]:
    """Return the headers that stand more than once."""
    return [header for header, count in Counter(h.strip() for h in headers if h.strip()).items() if count > 1]


@dataclass(frozen=True)
class Match:
    """How an export's columns fit a record type.

    Attributes:
        columns: For each field found, its column's index.
        unknown: The headers that are no field.
    """

    record: Record
    columns: dict[str, int]
    unknown: tuple[str, ...]

    @property
    def has_key(self) -> bool:
        """Whether every key field was found."""
        return all(name in self.columns for name in self.record.key)


def match(headers: tuple[str, ...], record: Record) -> Match:
    """Match headers to a record's fields: the whole header first, then without its brackets.

    A header without brackets counts only where no other header shares it, so that ``维保单位(现)`` and
    ``维保单位(工单)`` stay apart.
    """
    wanted: dict[str, str] = {}
    for name, field in record.fields.items():
        for spelling in (name, *field.headers):
            wanted.setdefault(normal(spelling), name)
    columns: dict[str, int] = {}
    for index, header in enumerate(headers):
        field_name = wanted.get(normal(header))
        if field_name is not None:
            columns.setdefault(field_name, index)
    taken = set(columns.values())
    shared = Counter(bare(header) for header in headers)
    for index, header in enumerate(headers):
        field_name = wanted.get(bare(header))
        if index not in taken and field_name is not None and field_name not in columns and shared[bare(header)] == 1:
            columns[field_name] = index
            taken.add(index)
    unknown = tuple(header for index, header in enumerate(headers) if index not in taken and header.strip())
    return Match(record, columns, unknown)
