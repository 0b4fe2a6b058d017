"""Findings: kept by the engine, read in batches, so that a million of them need no memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import duckdb

from checker.language import Label
from checker.report import bulk
from checker.report.finding import DataError, Finding, Source
from checker.rulebook.kind import Outcome
from checker.sources.cells import DAY_MONTH, MONTH_DAY, YEAR_LAST
from checker.sql import text

if TYPE_CHECKING:
    from checker.report.model import RuleResult

_FINDINGS = (
    'SELECT record, rule, outcome, data_error, file, "row", f.key, fingerprint, subject, department, "at", due,'
    " overdue, evidence, en, zh, w.waiver, k.fingerprint IS NOT NULL, c.remark, s.number FROM findings AS f"
    " LEFT JOIN waived AS w USING (fingerprint) LEFT JOIN known AS k USING (fingerprint)"
    " LEFT JOIN confirmed AS c USING (fingerprint) LEFT JOIN cases AS s USING (subject_hash)"
)

_VIOLATED = f"outcome = {Outcome.VIOLATION:d} AND w.waiver IS NULL"
"""What holds of violations to put right."""

_SETTLED = {
    "waived": "(fingerprint VARCHAR PRIMARY KEY, waiver INTEGER)",
    "known": "(fingerprint VARCHAR PRIMARY KEY)",
    "confirmed": "(fingerprint VARCHAR PRIMARY KEY, remark VARCHAR)",
}
"""What people have settled about findings: the tables and their columns."""


class Findings:
    """What the engine found.

    Args:
        connection: Where the tables ``findings``, ``unreadable`` and ``keys`` are.
        sources: The record types by number.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, sources: Mapping[int, Source]) -> None:
        self._connection, self._sources = connection, sources
        cursor = self._cursor()
        for table, columns in _SETTLED.items():
            cursor.execute(f"CREATE OR REPLACE TABLE {table} {columns}")
        with bulk.within_memory():
            cursor.execute(
                "CREATE OR REPLACE TABLE cases AS"
                ' SELECT subject_hash, row_number() OVER (ORDER BY min((rule, "row"))) AS number'
                " FROM findings WHERE subject_hash IS NOT NULL GROUP BY subject_hash"
            )
        cursor.close()

    def waive(self, waived: Iterable[tuple[str, int]]) -> None:
        """Cover findings by waivers: fingerprints, each with its waiver's number; the first that covers one counts."""
        self._settle("waived", waived)

    def know(self, fingerprints: Iterable[str]) -> None:
        """Mark the findings that a baseline has."""
        self._settle("known", ((fingerprint,) for fingerprint in fingerprints))

    def confirm(self, remarks: Iterable[tuple[str, str]]) -> None:
        """Mark the findings that an inspector has confirmed: fingerprints, each with the remark."""
        self._settle("confirmed", remarks)

    def _settle(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        cursor = self._cursor()
        rows = iter(rows)
        while batch := list(islice(rows, bulk.BATCH)):
            columns = [list(column) for column in zip(*batch, strict=True)]
            holes = ", ".join("unnest(?)" for _column in columns)
            cursor.execute(f"INSERT OR IGNORE INTO {table} SELECT {holes}", columns)
        cursor.close()

    def settled(self) -> tuple[dict[int, tuple[int, int]], dict[int, int]]:
        """Count what is settled: for each rule the waived and the known violations, for each waiver what it covers.

        Known are those that no waiver covers.
        """
        source = (
            "findings AS f LEFT JOIN waived AS w USING (fingerprint) LEFT JOIN known AS k USING (fingerprint)"
            f" WHERE outcome = {Outcome.VIOLATION:d}"
        )
        rules = {
            rule: (waived, known)
            for rule, waived, known in self._rows(
                "SELECT rule, count(w.waiver), count(k.fingerprint) FILTER (w.waiver IS NULL)"
                f" FROM {source} GROUP BY rule"
            )
        }
        uses = dict(self._rows(f"SELECT w.waiver, count(*) FROM {source} AND w.waiver IS NOT NULL GROUP BY 1"))
        return rules, uses

    def unmatched(self) -> int:
        """Count the confirmed findings that are not there."""
        query = "SELECT count(*) FROM confirmed ANTI JOIN findings USING (fingerprint)"
        return sum(count for (count,) in self._rows(query))

    def of(
        self,
        *outcomes: Outcome,
        rules: Sequence[int] | None = None,
        most: int | None = None,
        waived: bool = False,
    ) -> Iterator[Finding]:
        """Yield the findings with some outcomes, by rule, then as the records stand in the exports.

        Args:
            outcomes: The outcomes wanted.
            rules: Only those of these rules, in this order of rules.
            most: The first so many of each rule.
            waived: The violations that a waiver covers, instead of those that none does.
        """
        wanted = f"outcome IN ({', '.join(str(int(outcome)) for outcome in outcomes)})"
        wanted += f" AND {'w.waiver IS NOT NULL' if waived else bulk.UNCOVERED}"
        order = 'rule, "row"' if rules is None else f'list_position({list(rules)}, rule), "row"'
        if most is None:
            for part in bulk.parts(self._cursor(), rules):
                yield from self._found(f"{wanted} AND {part} ORDER BY {order}")
            return
        if rules is not None:
            wanted += f" AND list_contains({list(rules)}, rule)"
        first = (
            'SELECT rule, "row", row_number() OVER (PARTITION BY rule ORDER BY "row") AS place'
            f" FROM findings AS f LEFT JOIN waived AS w USING (fingerprint) WHERE {wanted}"
        )
        wanted += f' AND (rule, "row") IN (SELECT (rule, "row") FROM ({first}) WHERE place <= {most})'
        yield from self._found(f"{wanted} ORDER BY {order}")

    def due(self, until: str) -> Iterator[Finding]:
        """Yield what is pending and due by an instant or day, by day and department, soonest first.

        A day that is masked is none that could be told; one of five digits of a year is no day that falls due.
        """
        limit = f"outcome = {Outcome.PENDING:d} AND due <= '{until}' AND regexp_matches(due, '^[0-9]{{4}}-[^*]*$')"
        yield from self._found(f'{limit} ORDER BY LEFT(due, 10), department NULLS LAST, due, rule, "row"')

    def departments(self) -> list[tuple[str | None, int]]:
        """Return the departments that have violations to put right, each with their number."""
        query = f"SELECT department, count(*) FROM findings LEFT JOIN waived AS w USING (fingerprint) WHERE {_VIOLATED}"
        return list(self._rows(f"{query} GROUP BY department ORDER BY department NULLS LAST"))

    def of_department(self, department: str | None, rules: Sequence[int], most: int) -> Iterator[Finding]:
        """Yield the violations that a department has to put right, in an order of rules, and no more than so many."""
        order = f'list_position({list(rules)}, rule), "row" LIMIT {most}'
        yield from self._found(f"{_VIOLATED} AND department IS NOT DISTINCT FROM ? ORDER BY {order}", [department])

    def _found(self, condition: str, values: Sequence[object] = ()) -> Iterator[Finding]:
        for cells in self._rows(f"{_FINDINGS} WHERE {condition}", values):
            record, number, outcome, data_error, file, row, key, *rest = cells
            fingerprint, subject, department, at, due, overdue, evidence, en, zh, waiver, known, remark, case = rest
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
                waiver,
                known,
                remark,
                case,
            )

    def table(self, rules: Iterable[RuleResult]) -> duckdb.DuckDBPyRelation:
        """Return all findings as one table, given what each rule said."""
        return bulk.table(self._cursor(), self._sources, rules)

    def lines(self, rules: Iterable[RuleResult], outcome: Outcome, line: bulk.Line) -> Iterator[list[str]]:
        """Yield the findings with an outcome that no waiver covers as a format's lines, batch by batch."""
        return bulk.lines(self._cursor(), self._sources, rules, outcome, line)

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

    def overlaps(self) -> Iterator[tuple[str, str, list[str], int]]:
        """Yield of which record type which exports hold records with the same keys, and how many keys these are."""
        for record, files, count in self._rows(
            "SELECT record, list_sort(list_distinct(files)) AS held, count(*) FROM keys"
            " WHERE key IS NOT NULL AND len(held) > 1 GROUP BY ALL ORDER BY ALL"
        ):
            source = self._sources[record]
            yield source.rulebook, source.record, [source.exports[file][0].export for file in files], count

    def reasons(self) -> dict[int, list[tuple[Label, int]]]:
        """Return why rules could not assess records, the commonest reason first, with the number of records."""
        found: dict[int, list[tuple[Label, int]]] = {}
        for rule, en, zh, count in self._rows(
            f"SELECT rule, en, zh, count(*) FROM findings WHERE outcome = {Outcome.NOT_ASSESSED:d}"
            " GROUP BY ALL ORDER BY rule, 4 DESC, en"
        ):
            found.setdefault(rule, []).append((Label(en, zh), count))
        return found

    def tally(self) -> Iterator[tuple[int, Outcome, bool, str | None, str | None, int]]:
        """Count the findings: by rule, outcome, whether waived, department and month, with the number of each."""
        for rule, outcome, waived, department, month, count in self._rows(
            f"SELECT rule, outcome, w.waiver IS NOT NULL AND outcome = {Outcome.VIOLATION:d}, department,"
            ' LEFT("at", 7),'
            " count(*) FROM findings LEFT JOIN waived AS w USING (fingerprint) GROUP BY ALL ORDER BY ALL"
        ):
            yield rule, Outcome(outcome), waived, department, month, count

    def dates_in_doubt(self) -> list[tuple[int, int, str, str]]:
        """Return unreadable dates whose year stands last: record type and export by number, field, and an example.

        Those that are dates in one order or the other were met where an export had not shown any before.
        """
        pattern = text(YEAR_LAST + ".*").sql("duckdb")
        orders = (f"try_strptime(regexp_replace(value, {pattern}, '{o}'), '%Y-%m-%d')" for o in (DAY_MONTH, MONTH_DAY))
        return list(
            self._rows(
                f"SELECT record, file, field, min(value) FROM unreadable WHERE regexp_matches(value, {pattern})"
                f" AND COALESCE({', '.join(orders)}) IS NOT NULL GROUP BY ALL ORDER BY ALL"
            )
        )

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

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._connection.cursor()
        cursor.execute("USE audit")
        return cursor

    def _rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        cursor = self._cursor()
        with bulk.within_memory():
            cursor.execute(query, list(values))
            while rows := cursor.fetchmany(bulk.BATCH):
                yield from rows
            cursor.close()
