"""How DuckDB judges one record type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
from sqlglot import exp

from checker import telling
from checker.engines import RecordResult
from checker.engines.duckdb_sql import table_name, written
from checker.engines.results import slices, working_table
from checker.plan import RecordPlan
from checker.rulebook.fields import UNREADABLE
from checker.sql import as_column, column, subquery

_DIVIDED_BY, _MOST_PARTS = 4, 64
"""Into how many parts records are divided when they find no memory at once, again and again, and how many at most."""

_KEYS_AT_ONCE = 2_000_000
"""Keys are compared in parts of about so many, so that memory does not grow with the records."""


class Judging:
    """The judging of one record type, over connections of its own.

    Args:
        ordered: A connection that keeps rows in the order of the export, by which they are numbered.
        unordered: One that does not, so that all cores may write wide tables within little memory.
        record: The plan of the record type.
        index: Its number.
        mask: Whether personal fields are masked.

    Attributes:
        sentences: What its rules say, once it has run.
    """

    sentences: Sequence[tuple[object, ...]] = ()

    def __init__(
        self,
        ordered: duckdb.DuckDBPyConnection,
        unordered: duckdb.DuckDBPyConnection,
        record: RecordPlan,
        index: int,
        *,
        mask: bool,
    ) -> None:
        self.ordered, self.connection, self.record, self.index, self.mask = ordered, unordered, record, index, mask
        self.path, self.parts = record.table.path, 1
        self.outcomes, self.judged, self.told, self.unreadable = (
            table_name(self.path, part) for part in ("outcomes", "judged", "told", "unreadable")
        )

    def run(self, exports: int) -> RecordResult:
        """Return the rows of so many exports, and what each rule's branches decide; tell what was found."""
        self._judge()
        numbered = f"SELECT * REPLACE (COALESCE(_row, rowid) AS _row) FROM {self.outcomes}"
        self._do(f"CREATE VIEW {self.judged} AS {numbered}")
        told = self._rows(f"SELECT _file, count(*), min(_day), max(_day) FROM {self.outcomes} GROUP BY _file")
        records = sum(count for _file, count, *_days in told)
        counts = self._counts(records)
        self._findings(counts)
        self._unreadable()
        self._drop(self.told, self.unreadable)
        self._keys(records)
        return RecordResult.of(self.record, exports, told, counts)

    def _judge(self) -> None:
        """Judge the records, in parts where they were too many at once."""
        parts = [self.record]
        if self.parts > 1:
            ((rows,),) = self._rows(f"SELECT count(*) FROM {table_name(self.path)}")
            parts = self.record.parts(self.parts, rows)
        session = self.connection if self.record.table.kept else self.ordered  # kept rows have their numbers
        types = {"_file": "INTEGER", "_row": "BIGINT", "_key": "UBIGINT", "_day": "DATE"}
        types |= {**dict.fromkeys(self.record.words, "BIGINT"), "_told": "VARCHAR[]"}
        session.execute(working_table(self.outcomes, types))
        for part in parts:
            session.execute(f"INSERT INTO {self.outcomes} {written(part.judging())}")

    def divide(self) -> bool:
        """Let the next run go in smaller parts, and return whether it can."""
        self.parts *= _DIVIDED_BY
        return self.record.is_divisible and self.parts <= _MOST_PARTS

    def undo(self) -> None:
        """Forget what was told, and drop the tables, of a run that was broken off."""
        for table in ("found", "unreadable", "keys"):
            self._do(f"DELETE FROM {table} WHERE record = {self.index}")
        self._do(f"DROP VIEW IF EXISTS {self.judged}")
        self._drop(self.told, self.unreadable, self.outcomes, "twice")

    def _counts(self, records: int) -> list[dict[int, int]]:
        """Count what each rule's branches decide: the packed numbers are few, however many the records are."""
        found = [{} if rule.runs else {0: records} for rule in self.record.rules]
        for word, rules in self.record.words.items():
            if not rules:
                continue
            places = ", ".join(f"({rule.index}, {rule.shift + 1}, {rule.branch_mask})" for rule in rules)
            packed = f"SELECT {word} AS p, count(*) AS n FROM {self.outcomes} GROUP BY {word}"
            for rule, branch, count in self._rows(
                "SELECT rule, (p >> shift) & mask, CAST(sum(n) AS BIGINT) FROM"
                f" ({packed}) CROSS JOIN (VALUES {places}) AS r(rule, shift, mask) GROUP BY 1, 2"
            ):
                found[rule][branch] = count
        return found

    def _findings(self, counts: list[dict[int, int]]) -> None:
        asked, sentences = telling.findings(self.record, f"{self.path}/told", counts, mask=self.mask)
        told = telling.told(self.record, f"{self.path}/judged", asked, mask=self.mask)
        self._do(f"CREATE TEMP TABLE {self.told} AS {written(told)}")
        for some in slices(list(map(written, asked))):
            self._do(f"INSERT INTO found SELECT {self.index}, * FROM ({' UNION ALL '.join(some)})")
        self.sentences = sentences

    def _unreadable(self) -> None:
        if not self._rows(f"SELECT count(*) FROM {self.told} WHERE {UNREADABLE}")[0][0]:
            return
        asked = telling.unreadable_values(self.record, f"{self.path}/unreadable", mask=self.mask)
        told = telling.told(self.record, f"{self.path}/judged", asked, mask=self.mask).where(column(UNREADABLE))
        self._do(f"CREATE TEMP TABLE {self.unreadable} AS {written(told)}")
        for select in asked:
            self._do(f"INSERT INTO unreadable SELECT {self.index}, * FROM ({written(select)})")

    def _keys(self, records: int) -> None:
        """Find keys that stand more than once, and rows without a key."""
        parts = records // _KEYS_AT_ONCE + 1
        if parts == 1 and self._rows(f"SELECT count(*) = count(DISTINCT _key) FROM {self.judged}")[0][0]:
            return
        places = f"SELECT {self.index}, %s, list(_file ORDER BY _row), list(_row ORDER BY _row)"
        self._do(f"INSERT INTO keys {places % 'NULL'} FROM {self.judged} WHERE _key IS NULL HAVING count(*) > 0")
        self._do("CREATE TEMP TABLE twice (hash UBIGINT)")
        for part in range(parts):
            self._do(
                f"INSERT INTO twice SELECT _key FROM {self.judged} WHERE _key % {parts} = {part}"
                " GROUP BY _key HAVING count(*) > 1"
            )
        if self._rows("SELECT count(*) FROM twice")[0][0]:
            shown = as_column(self.record.key_shown(mask=self.mask), "shown")
            key = exp.select(as_column(self.record.key, "key"), shown)
            key = key.from_(subquery(self.record.table.values(), "v"))
            found = f"SELECT DISTINCT key, shown FROM ({written(key)}) WHERE KEY_HASH(key) IN (SELECT hash FROM twice)"
            self._do(
                f"INSERT INTO keys {places % 'k.shown'} FROM ({found}) AS k"
                f" JOIN {self.judged} AS j ON j._key = KEY_HASH(k.key) GROUP BY k.key, k.shown HAVING count(*) > 1"
            )
        self._drop("twice")

    def _drop(self, *tables: str) -> None:
        for table in tables:
            self._do(f"DROP TABLE IF EXISTS {table}")

    def _do(self, statement: str) -> None:
        self.connection.execute(statement)

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement).fetchall()
