"""The embedded engine: DuckDB in this process; large working tables lie in a file that is thrown away."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import duckdb
from sqlglot import exp

from checker.calendar import Calendar
from checker.engines import Exports, Progress, RecordResult
from checker.engines.duckdb_judging import Judging
from checker.engines.duckdb_limits import Limits, is_out_of_memory
from checker.engines.duckdb_scan import explained, exported
from checker.engines.duckdb_sql import macros, quoted, table_name, written
from checker.engines.reading import Ask, occurring
from checker.engines.results import say, tables
from checker.joins import CALENDAR, WORKING_DAYS, with_derived
from checker.plan import Plan, RecordPlan
from checker.rulebook.derived import Returned
from checker.sources.match import Matched
from checker.sql import column, subquery
from checker.tables import Table

_T = TypeVar("_T")
_R = TypeVar("_R")

_SMALL = 1 << 22
"""Bytes of exports below which planning a query well takes longer than running it badly."""

_IN_MEMORY = 1 << 28
"""Bytes of exports below which working tables need no file; compressing them would take longer than judging."""

_LARGE_AT_ONCE = 2
"""How many large tables are worked on at once; more would share too little memory."""


class DuckDB:
    """One run of a plan.

    Args:
        work: A folder for working tables.
        memory_limit: Such as ``512MB``; where nothing is said 128 MB a core, at least 384 MB. The rest goes to disk.
        time_limit: After how many seconds an audit is given up; never where nothing is said.

    A rulebook may come from a stranger, so from the moment its exports are known the engine reads these files and
    its own working tables, writes nothing else, loads nothing, and takes no further settings.
    """

    name = "duckdb"
    version: str = duckdb.__version__

    def __init__(
        self,
        work: Path,
        memory_limit: str | None = None,
        time_limit: float | None = None,
    ) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(work / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
        memory_limit = memory_limit or f"{max(384, 128 * (os.cpu_count() or 1))}MB"
        config["memory_limit"] = memory_limit
        self._small = False
        self._limits = Limits(work, memory_limit, time_limit)
        self._root = duckdb.connect(":memory:", config=config)
        self._file = work / "audit.db"
        # this rewrites IN lists into joins, which are computed for every row, under CASE too
        self._root.execute("SET GLOBAL disabled_optimizers = 'in_clause'")

    def _attach(self, size: int) -> None:
        """Make the working tables for so many bytes of exports: compressed in a file where they may not fit."""
        place = "':memory:'" if size < _IN_MEMORY else quoted(self._file)
        self._root.execute(f"ATTACH {place} AS audit")
        self.connection = self._session()
        for statement in (*macros(), *tables({})):
            self._do(statement)

    def _session(self, *settings: str) -> duckdb.DuckDBPyConnection:
        """Return one more connection to the working tables."""
        session = self._root.cursor()
        for statement in ("USE audit", *settings):
            session.execute(statement)
        self._limits.watch(session)
        return session

    def _lock(self, files: Iterable[Path]) -> None:
        """Let nothing be read but some files from now on, nothing be loaded, and no setting be changed."""
        if self._small:
            self._root.execute("SET GLOBAL enable_optimizer = false")
        self._root.execute(f"SET allowed_paths = [{', '.join(map(quoted, files))}]")
        self._root.execute("SET enable_external_access = false")
        self._root.execute("SET lock_configuration = true")

    def run(
        self, plan: Plan, data: Exports, calendar: Callable[[], Calendar], progress: Progress, *, mask: bool
    ) -> tuple[RecordResult, ...]:
        """Judge all records by all rules."""
        try:
            self._limits.start()
            plan = self.prepare(plan, data, calendar)
            judging = [
                Judging(self._session(), unordered, record, index, mask=mask)
                for index, (record, unordered) in enumerate(zip(plan.records, self._unordered, strict=True))
            ]

            def judged(one: Judging) -> RecordResult:
                progress(one.path, one.index / len(judging))
                return one.run(len(data[one.path]))

            results = self._each(judged, Judging.undo, judging, Judging.divide)
            say(self.connection, [sentence for one in judging for sentence in one.sentences])
        except duckdb.Error as error:
            given = [one for exports in data.values() for one in exports]
            raise self._limits.told(error) or explained(error, given, plan, self._refusal) from error
        finally:
            self._limits.stop()
        progress("", 1.0)
        return tuple(results)

    def prepare(self, plan: Plan, data: Exports, calendar: Callable[[], Calendar], *, keep: bool = False) -> Plan:
        """Put the exports behind the names of the plan's tables."""
        files = {one.export.scan.path for exports in data.values() for one in exports}
        size = sum(path.stat().st_size for path in files)
        self._small = size < _SMALL
        self._attach(size)
        self._unordered = [self._session("SET SESSION preserve_insertion_order = false") for _record in plan.records]
        self._lock(files)
        plan = plan.keeping(everything=self._small or keep)
        if plan.asks_calendar:
            self._calendar(calendar())
        self._each(lambda table: self._table(table, data.get(table.path, [])), self._forget_table, plan.tables.values())
        return plan

    def _each(
        self,
        work: Callable[[_T], _R],
        undo: Callable[[_T], None],
        given: Iterable[_T],
        divide: Callable[[_T], bool] = lambda _one: False,
    ) -> list[_R]:
        """Return what becomes of each of some things, several worked on at once.

        While one plans its query, or has a table too small for all cores, another goes on. What finds no memory
        beside another is undone, and done again by itself; what finds none then is divided, if it can be.
        """
        given = list(given)

        def tried(one: _T) -> tuple[_R] | duckdb.Error:
            try:
                return (work(one),)
            except duckdb.Error as error:
                if not is_out_of_memory(error):
                    raise
                undo(one)
                return error

        def alone(one: _T) -> tuple[_R]:
            while isinstance(result := tried(one), duckdb.Error):
                if not divide(one):
                    raise result
            return result

        with ThreadPoolExecutor(os.cpu_count() if self._small else _LARGE_AT_ONCE) as pool:
            done = list(pool.map(tried, given))
        again = (
            alone(one) if isinstance(result, duckdb.Error) else result for one, result in zip(given, done, strict=True)
        )
        return [result for (result,) in again]

    def compute(self, record: RecordPlan) -> str:
        """Compute all values of a record type, and return the name of the table that holds them."""
        name = f"{record.table.path}/values"
        try:
            self._do(f"CREATE TABLE {table_name(name)} AS {written(record.values)}")
        except duckdb.Error as error:
            raise explained(error, (), Plan((record,)), self._refusal) from error
        return name

    def fetch(self, *questions: exp.Select) -> Iterator[tuple[Any, ...]]:
        """Yield the answers to questions about the tables, one after the other."""
        for question in questions:
            yield from self._rows(written(question))

    def rows_of(self, table: str) -> dict[int, int]:
        """Return for each export of a copied table the rows read."""
        return dict(self._rows(f"SELECT _file, count(*) FROM {table_name(table)} GROUP BY _file"))

    def close(self) -> None:
        """Let the working tables go."""
        self._root.close()

    def _refusal(self, record: RecordPlan, query: Returned) -> duckdb.Error | None:
        """Return what is wrong with a query run by itself, if anything."""
        alone = subquery(with_derived(record.table, [query], record.others), "q")
        try:
            self._rows(written(exp.select(exp.Count(this=column(query.column))).from_(alone)))
        except duckdb.Error as error:
            return error
        return None

    # tables

    def _table(self, table: Table, exports: list[Matched]) -> None:
        """Put exports behind a table's name: as they lie there, or their values, computed once."""
        session = self._session()

        def ask(question: exp.Select) -> tuple[Any, ...]:
            return session.execute(written(question)).fetchall()[0]

        rows = exported(table, exports, ask)
        if table.kept:
            self._keep(session, table, rows, ask)
        else:
            session.execute(f"CREATE VIEW {table_name(table.path)} AS {written(rows)}")

    def _keep(self, session: duckdb.DuckDBPyConnection, table: Table, exported: exp.Query, ask: Ask) -> None:
        """Compute a table's values once, without the spellings that do not occur.

        They would be tried on every row, and planning them takes longer than looking for them.
        """
        quick, kept = (exp.to_identifier(f"{table.path}/{part}", quoted=True) for part in ("quick", "kept"))
        read = table.quick(exported)
        session.execute(f"CREATE TABLE {written(quick)} AS {written(read)}")
        slow = occurring(table, quick, ask)
        rows = written(table.finished(exp.select("* REPLACE (rowid AS _row)").from_(quick), slow))
        if slow or self._small:  # of a small table binding its columns again for each query is most of the work
            session.execute(f"CREATE TABLE {written(kept)} AS {rows}")
            session.execute(f"DROP TABLE {written(quick)}")
            rows = written(exp.select("*").from_(kept))
        session.execute(f"CREATE VIEW {table_name(table.path)} AS {rows}")

    def _forget_table(self, table: Table) -> None:
        session = self._session()
        session.execute(f"DROP VIEW IF EXISTS {table_name(table.path)}")
        for part in ("quick", "kept"):
            session.execute(f"DROP TABLE IF EXISTS {table_name(table.path, part)}")

    def _calendar(self, calendar: Calendar) -> None:
        days, working, counts = map(list, zip(*calendar.days(), strict=True))
        self._do(
            f"CREATE TABLE {CALENDAR} AS SELECT unnest(CAST(? AS DATE[])) AS day,"
            " unnest(CAST(? AS BOOLEAN[])) AS is_working, unnest(CAST(? AS BIGINT[])) AS working_days",
            [days, working, counts],
        )
        self._do(f"CREATE TABLE {WORKING_DAYS} AS SELECT day, working_days AS number FROM {CALENDAR} WHERE is_working")

    def _do(self, statement: str, values: Sequence[object] = ()) -> None:
        self.connection.execute(statement, values)

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement).fetchall()
