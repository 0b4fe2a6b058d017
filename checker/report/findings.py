"""Findings: kept by the engine, read in batches, so that a million of them need no memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import duckdb

from checker.language import Label, Language
from checker.rulebook.kind import Outcome

BATCH = 2048


class Place(NamedTuple):
    """Where a record stands: the export and the row, as the user sees it there."""

    path: str
    row: int


class Finding(NamedTuple):
    """One record of which a rule has something to tell.

    Attributes:
        rule: The rule's number in the report.
        key: The record's key as one text.
        fingerprint: What stays the same however the record is exported: rule and key, hashed.
        due: Date or instant by which it was due.
        overdue: By how many seconds it is late.
        evidence: What the rule read, in its order.
        en: The sentence in English.
        zh: The sentence in Chinese.
    """

    rule: int
    outcome: Outcome
    data_error: bool
    place: Place
    key: str | None
    fingerprint: str
    subject: str | None
    department: str | None
    at: str | None
    due: str | None
    overdue: int | None
    evidence: tuple[str | None, ...]
    en: str
    zh: str


class DataError(NamedTuple):
    """Something in the data that cannot be read or cannot be true.

    Attributes:
        field: The field, empty where the whole row is meant.
        value: What stands there.
        problem: ``unreadable``, ``key twice``, ``no key`` or ``impossible``.
        also: For a key that stands more than once, the other places.
        says: For something impossible, what it is.
    """

    place: Place
    rulebook: str
    record: str
    key: str | None
    field: str
    value: str | None
    problem: str
    also: tuple[Place, ...] = ()
    says: Label | None = None


@dataclass(frozen=True)
class Source:
    """The exports of a record type: for each its place, first row as the user sees it, and rows."""

    rulebook: str
    record: str
    exports: tuple[tuple[str, int, int], ...]

    def place(self, file: int, row: int) -> Place:
        """Return where the row with a number stands."""
        before = sum(rows for _place, _first, rows in self.exports[:file])
        name, first, _rows = self.exports[file]
        return Place(name, first + row - before)


class Findings:
    """What the engine found.

    Args:
        connection: Where the tables ``findings``, ``unreadable`` and ``keys`` are.
        sources: The record types by number.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, sources: Mapping[int, Source]) -> None:
        self._connection, self._sources = connection, sources

    def of(self, *outcomes: Outcome, rule: int | None = None) -> Iterator[Finding]:
        """Yield the findings with some outcomes, by rule, then as the records stand in the exports."""
        wanted = ", ".join(str(int(outcome)) for outcome in outcomes)
        one = f" AND rule = {rule}" if rule is not None else ""
        for cells in self._rows(f'SELECT * FROM findings WHERE outcome IN ({wanted}){one} ORDER BY rule, "row"'):
            record, number, outcome, data_error, file, row, key, *rest, evidence, en, zh = cells
            fingerprint, subject, department, at, due, overdue = rest
            place = self._sources[record].place(file, row)
            yield Finding(
                number,
                Outcome(outcome),
                data_error,
                place,
                key,
                fingerprint,
                subject,
                department,
                at,
                due,
                overdue,
                tuple(evidence),
                en,
                zh,
            )

    def data_errors(self) -> Iterator[DataError]:
        """Yield unreadable values, keys that stand twice or are empty, and times that cannot be true."""
        for record, file, row, key, field, value in self._rows(
            'SELECT record, file, "row", key, field, value FROM unreadable ORDER BY record, "row", field'
        ):
            source = self._sources[record]
            place = source.place(file, row)
            yield DataError(place, source.rulebook, source.record, key, field, value, "unreadable")
        for record, key, files, rows in self._rows(
            'SELECT record, key, files, "rows" FROM keys ORDER BY record, "rows"[1]'
        ):
            source = self._sources[record]
            first, *others = (source.place(file, row) for file, row in zip(files, rows, strict=True))
            problem = "no key" if key is None else "key twice"
            yield DataError(first, source.rulebook, source.record, key, "", key, problem, tuple(others))

        for record, file, row, key, en, zh in self._rows(
            'SELECT record, file, "row", key, en, zh FROM findings WHERE data_error GROUP BY ALL'
            ' ORDER BY record, "row", en'
        ):
            source = self._sources[record]
            yield DataError(
                source.place(file, row),
                source.rulebook,
                source.record,
                key,
                "",
                None,
                "impossible",
                (),
                Label(en, zh),
            )

    def reasons(self, rule: int, language: Language) -> list[tuple[str, int]]:
        """Return why a rule could not assess records, the commonest reason first, with the number of records."""
        return [
            (reason, count)
            for reason, count in self._rows(
                f"SELECT {language}, count(*) FROM findings WHERE rule = {rule} AND outcome = {Outcome.NOT_ASSESSED:d}"
                " GROUP BY ALL ORDER BY 2 DESC, 1"
            )
        ]

    def rows_with_data_errors(self) -> dict[tuple[int, int], int]:
        """Return for record type and export, by number, how many rows hold something wrong."""
        return {
            (record, file): count
            for record, file, count in self._rows(
                'SELECT record, file, count(DISTINCT "row") FROM (SELECT record, file, "row" FROM unreadable'
                ' UNION ALL SELECT record, file, "row" FROM findings WHERE data_error'
                ' UNION ALL SELECT record, unnest(files), unnest("rows") FROM keys) GROUP BY ALL ORDER BY ALL'
            )
        }

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        cursor.execute("USE audit")
        cursor.execute(query)
        while rows := cursor.fetchmany(BATCH):
            yield from rows
        cursor.close()
