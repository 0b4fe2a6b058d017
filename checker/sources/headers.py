"""Headers of exports: which field each column is, and what a header says about its cells."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from checker.rulebook.model import Record, RecordField

_BRACKETED = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_CODE = r"(?<![0-9A-Za-z])([0-9A-Za-z]{1,3})"
_LABEL = r"([^\W\d_][^\s,;、:()\[\]【】]*)"
_WITH_COLON = re.compile(rf"{_CODE}\s*[:=]\s*{_LABEL}")
_IN_BRACKETS = re.compile(rf"{_CODE}\s*[:=]?\s*{_LABEL}")
_FORM = re.compile(r"y{4}\W?mm?(\W?dd?)?(\s*hh?:mm?(:ss?)?)?$")
_LOST = re.compile(r"[?\ufffd]{2,}")


@cache
def _narrow(header: str) -> str:
    """Return a header in one width and case, without letters that cannot be seen."""
    text = unicodedata.normalize("NFKC", header)
    if not text.isprintable():  # almost all are, and to look at every sign takes long
        text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return text.lower()


@cache
def normal(header: str) -> str:
    """Return a header in one width and case, without space, colons and asterisks."""
    return re.sub(r"[\s:*_\x00-\x1f]+", "", _narrow(header))


@cache
def bare(header: str) -> str:
    """Return a normal header without what stands in brackets, and a legend or a format (``yyyy-MM``) behind it."""
    text = _FORM.sub("", _BRACKETED.sub("", _narrow(header)).strip())
    legend = _WITH_COLON.search(text)
    if legend and legend.start():
        text = text[: legend.start()]
    elif "/" in text:  # 是否超时:是/否
        text = text.split(":")[0]
    return normal(text)


def legend(header: str) -> dict[str, str]:
    """Return what a header says its cells' codes mean: ``处理状态 0：未处理 1：已处理``; of most headers nothing."""
    text = _narrow(header)
    found = dict(_WITH_COLON.findall(text))
    if len(found) < 2:
        found = dict(pair for inside in _BRACKETED.findall(text) for pair in _IN_BRACKETS.findall(inside))
    return found if len(found) > 1 else {}


def units(header: str) -> list[str]:
    """Return what stands in a header's brackets, which may be a unit."""
    return [normal(inside) for inside in _BRACKETED.findall(_narrow(header))]


def is_lost(header: str) -> bool:
    """Return whether a header's letters were lost to question marks when it was saved."""
    return bool(_LOST.fullmatch(header.strip()))


def duplicates(
    headers: tuple[str, ...], record: Record | None = None, mapped: Mapping[str, str] | None = None
) -> list[str]:
    """Return the headers that stand more than once; of a record type, however spelt, those that may be its fields."""
    spelt = str.strip if record is None else normal
    count = Counter(map(spelt, headers))
    first = {spelt(header): header.strip() for header in reversed(headers)}
    found = [header for word, header in first.items() if word and count[word] > 1][::-1]
    if record is None or not found:
        return found
    lists = [field for field in record.fields.values() if field.type == "documents"]
    words = {*known(record), *map(normal, (mapped or {}).values()), *(word for one in lists for word in documents(one))}
    return [header for header in found if not words.isdisjoint((normal(header), bare(header)))]


def _spellings(field: RecordField, name: str) -> tuple[str, ...]:
    return _normal((name, *field.headers))


@cache
def _normal(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Every export is compared with every record type, so each type's headers are made normal once."""
    return tuple(dict.fromkeys(map(normal, headers)))


def known(record: Record) -> set[str]:
    """Return every header of a record type's fields, as ``normal`` does."""
    return {spelling for name, field in record.fields.items() for spelling in _spellings(field, name)}


def documents(field: RecordField) -> dict[str, str]:
    """Return the documents that a field lists by their names, as ``normal`` does."""
    return {
        normal(word): spellings[0] if spellings else code
        for code, spellings in field.choices.items()
        for word in (code, *spellings)
    }


def words(headers: Iterable[str]) -> frozenset[str]:
    """Return the words by which headers are known."""
    return frozenset(spelled(header) for header in headers for spelled in (normal, bare))


def may_have_key(words: frozenset[str], record: Record, mapped: Mapping[str, str]) -> bool:
    """Return whether headers known by some words may hold a record type's key; ``match`` tells whether they do."""
    needed = (name for name in record.key if not record.fields[name].optional and name not in mapped)
    return not any(words.isdisjoint(_spellings(record.fields[name], name)) for name in needed)


def suggestion(header: str, record: Record) -> str | None:
    """Return the header known that an unknown one is most like."""
    words = {normal(word): word for name, field in record.fields.items() for word in (name, *field.headers)}
    close = get_close_matches(bare(header), words, n=1, cutoff=0.6)
    return words[close[0]] if close else None


@dataclass(frozen=True)
class Match:
    """How an export's columns fit a record type.

    Attributes:
        columns: For each field found, its column's index.
        second: The fields that take the end of the range that another field takes the beginning of.
        marks: For each field that is a list of documents, the columns of single documents in it by their name.
        unknown: The headers that are no field.
        absent: Headers that a mapping names and the export does not have, with their field.
    """

    record: Record
    columns: dict[str, int]
    second: frozenset[str]
    marks: dict[str, dict[str, int]]
    unknown: tuple[str, ...]
    absent: tuple[tuple[str, str], ...]

    @property
    def has_key(self) -> bool:
        """Whether every key field was found that must be there."""
        return not self.lacking

    @property
    def lacking(self) -> tuple[str, ...]:
        """The key fields that were not found, of those that no export may leave out."""
        fields = self.record.fields
        return tuple(name for name in self.record.key if not fields[name].optional and name not in self.columns)

    @property
    def fields(self) -> set[str]:
        """The fields that the export gives."""
        return {*self.columns, *self.marks}


def match(headers: tuple[str, ...], record: Record, mapped: Mapping[str, str]) -> Match:
    """Match headers to a record's fields: as mapped, then the whole header, then without brackets and legend.

    A header without brackets counts only where no other header shares it, so that ``维保单位(现)`` and
    ``维保单位(工单)`` stay apart. A header that two fields of a moment share is a range, ``A~B``: the first takes
    its beginning, the second its end. A column named like a document is a mark in the field that lists documents.

    Args:
        headers: The export's headers.
        record: The record type.
        mapped: For fields, the header that a site's mapping gives them.
    """
    columns: dict[str, int] = {}
    absent = []
    by_whole = {normal(header): index for index, header in reversed(list(enumerate(headers)))}
    for name, header in mapped.items():
        index = by_whole.get(normal(header))
        if index is None:
            absent.append((name, header))
        else:
            columns[name] = index
    taken = set(columns.values())
    second = {name for position, name in enumerate(mapped) if columns.get(name) in _before(columns, mapped, position)}
    by_bare = Counter(bare(header) for header in headers)
    for spelled, alone in ((normal, False), (bare, True)):
        free = {index: spelled(header) for index, header in enumerate(headers) if index not in taken and header.strip()}
        places = {word: index for index, word in reversed(free.items()) if not alone or by_bare[word] == 1}
        for name, field in record.fields.items():
            index = next((places[word] for word in _spellings(field, name) if word in places), None)
            if index is None or name in columns or name in mapped:
                continue
            if index in taken:
                if not field.is_moment or index in {columns[one] for one in second}:
                    continue
                second.add(name)
            columns[name] = index
            taken.add(index)
    marks = _marks(headers, record, taken, columns)
    taken |= {index for found in marks.values() for index in found.values()}
    unknown = tuple(header for index, header in enumerate(headers) if index not in taken and header.strip())
    return Match(record, columns, frozenset(second), marks, unknown, tuple(absent))


def _before(columns: Mapping[str, int], mapped: Mapping[str, str], position: int) -> set[int]:
    return {columns[name] for name in list(mapped)[:position] if name in columns}


def _marks(
    headers: tuple[str, ...], record: Record, taken: set[int], columns: Mapping[str, int]
) -> dict[str, dict[str, int]]:
    """Return the columns named like single documents, where the list itself is no column."""
    found: dict[str, dict[str, int]] = {}
    for name, field in record.fields.items():
        if field.type != "documents" or name in columns:
            continue
        words = documents(field)
        for index, header in enumerate(headers):
            word = words.get(normal(header)) or words.get(bare(header))
            if index not in taken and word:
                found.setdefault(name, {}).setdefault(word, index)
    return found
