"""Spark: the same plan, within this machine or on a cluster.

Every table that is kept and everything that was found is written by the executors as Parquet files into the working
folder, which on a cluster of several machines lies on storage that all of them reach. Reports read the findings from
there through the embedded engine, batch by batch; nothing but counts comes to the driver.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyspark
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from sqlglot import exp

from checker.calendar import Calendar
from checker.engines import Exports, Progress, RecordResult
from checker.engines.duckdb_sql import quoted
from checker.engines.reading import dated, occurring, scanned
from checker.engines.results import RESULTS, say, slices, tables
from checker.engines.spark_judging import Judging
from checker.engines.spark_scan import NUMBER, check, explain, location, source
from checker.engines.spark_sql import name, spark
from checker.errors import UsageError
from checker.joins import CALENDAR, WORKING_DAYS
from checker.language import _
from checker.plan import Plan, RecordPlan
from checker.sources.match import Matched
from checker.sql import number, subquery
from checker.tables import FILE, ROW, Table

_LOGGING = Path(__file__).with_name("spark-log4j2.properties")

_STATIC = {
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    **{f"spark.ui.retained{what}": "1" for what in ("Jobs", "Stages", "Tasks", "DeadExecutors")},
    "spark.sql.ui.retainedExecutions": "1",
}
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",  # moments are local, without a zone
    "spark.sql.csv.parser.columnPruning.enabled": "false",  # else rows with too few or too many cells pass
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.codegen.hugeMethodLimit": "8000",  # longer methods are interpreted, which is slower than no method
    "spark.sql.files.ignoreMissingFiles": "false",
    "spark.sql.maxPlanStringLength": "1000",  # every query is written out for a listener otherwise, megabytes each
}
_WHEN_SMALL = {
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""Compiling a query takes longer than interpreting it for a few thousand records."""

_SMALL = 1 << 22
"""Bytes of exports below which that is so."""

_NO_MEMORY = re.compile("OutOfMemory|Not enough memory")

_DRIVER_MEMORY = "2g"
"""What the driver has unless Spark's settings say otherwise: planning hundreds of rules needs more than its 1 GB."""

_PART_BITS = 33
"""The lower bits of a row's first number: its place within the part of the file that one task reads."""

_MASK = (1 << _PART_BITS) - 1

_TYPES = {
    "VARCHAR": "STRING",
    "VARCHAR[]": "ARRAY<STRING>",
    "INTEGER[]": "ARRAY<INT>",
    "BIGINT[]": "ARRAY<BIGINT>",
    "BIGINT": "BIGINT",
    "INTEGER": "INT",
}
"""The types of findings, as Spark calls them."""


class Spark:
    """One run of a plan.

    Args:
        work: A folder for working tables, which all executors reach.
        master: Where Spark runs; all cores of this machine where nothing is said.
    """

    name = "spark"
    version: str = pyspark.__version__

    def __init__(self, work: Path, master: str | None) -> None:
        logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # what it tells is raised too
        os.environ.setdefault("SPARK_DRIVER_MEMORY", _DRIVER_MEMORY)  # all other ways to say so go before this one
        builder = SparkSession.builder.appName("checker").master(master or "local[*]")
        for key, value in _STATIC.items():
            builder = builder.config(key, value)
        try:
            self.session = builder.getOrCreate().newSession()
        except (Py4JError, PySparkException) as error:
            reason = next((line for line in reversed(str(error).splitlines()) if "Caused by: " in line), str(error))
            raise UsageError(
                f"--spark-master {master}",
                _("Spark cannot be started ({reason})").format(
                    reason=reason.partition("Caused by: ")[2] or reason[:200]
                ),
                _("check the address and that the cluster runs"),
            ) from None
        for key, value in _SETTINGS.items():
            self.session.conf.set(key, value)
        self.work = work / "spark"
        self.work.mkdir()
        self._written = 0
        self._lock = threading.Lock()
        self._rows: dict[str, dict[int, int]] = {}
        self._small = False
        self.sentences: list[tuple[object, ...]] = []
        self._root = duckdb.connect(":memory:", config={"temp_directory": str(work / "spill")})
        self._root.execute(f"ATTACH {quoted(work / 'report.db')} AS audit")
        self._root.execute("USE audit")
        self.connection = self._root

    def run(
        self, plan: Plan, data: Exports, calendar: Callable[[], Calendar], progress: Progress, *, mask: bool
    ) -> tuple[RecordResult, ...]:
        """Judge all records by all rules."""
        exports = [one for exports in data.values() for one in exports]
        try:
            plan = self.prepare(plan, data, calendar)

            def judged(index: int) -> RecordResult:
                record = plan.records[index]
                progress(record.table.path, index / len(plan.records))
                return Judging(self, record, index, mask=mask).run(len(data[record.table.path]))

            results = self._each(judged, range(len(plan.records)))
        except (Py4JError, PySparkException) as error:
            if _NO_MEMORY.search(str(error)):
                told = _("Spark's driver finds no memory"), _("allow it more, such as SPARK_DRIVER_MEMORY=4g")
                raise UsageError("--engine spark", *told) from error
            explain(exports)
            raise
        self._report()
        progress("", 1.0)
        return tuple(results)

    def prepare(self, plan: Plan, data: Exports, calendar: Callable[[], Calendar], *, keep: bool = False) -> Plan:
        """Put the exports behind the names of the plan's tables."""
        exports = [one for exports in data.values() for one in exports]
        self._small = sum(one.export.scan.path.stat().st_size for one in exports) < _SMALL
        for key, value in (_WHEN_SMALL if self._small else {}).items():
            self.session.conf.set(key, value)
        check(self.session, exports)
        plan = plan.keeping(everything=self._small or keep)
        if plan.asks_calendar:
            self._calendar(calendar())
        self._each(lambda table: self._table(table, data.get(table.path, [])), plan.tables.values())
        return plan

    def compute(self, record: RecordPlan) -> str:
        """Compute all values of a record type, and return the name of the table that holds them."""
        view = f"{record.table.path}/values"
        self.keep(view, spark(record.values))
        return view

    def fetch(self, *questions: exp.Select) -> Iterator[tuple[Any, ...]]:
        """Yield the answers to questions about the tables."""
        for part in slices([spark(question) for question in questions]):
            yield from self.rows(" UNION ALL ".join(f"({question})" for question in part))

    def rows_of(self, table: str) -> dict[int, int]:
        """Return for each export of a numbered table the rows read."""
        return self._rows[table]

    def close(self) -> None:
        """Let the working tables go."""
        self._root.close()
        shutil.rmtree(self.work)

    # what the judging of a record type uses too

    def sql(self, statement: str) -> DataFrame:
        """Return what a statement gives, not computed yet."""
        return self.session.sql(statement)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the few rows that a statement gives."""
        return [tuple(row) for row in self.sql(statement).collect()]

    def keep(self, view: str, statement: str) -> None:
        """Compute a statement once, and put what it gave behind a name."""
        rows = self.sql(statement)
        target = self._write(rows, "kept")
        self.session.read.schema(rows.schema).parquet(location(target)).createOrReplaceTempView(name(view))

    def result(self, table: str, index: int, selects: Iterable[str]) -> None:
        """Write what was found of a record type for the reports."""
        cells = ", ".join(
            f"CAST({index if column == 'record' else name(column)} AS {_TYPES[type_]}) AS {name(column)}"
            for column, type_ in RESULTS[table].items()
        )
        rows = " UNION ALL ".join(f"({select})" for select in selects)
        self._write(self.sql(f"SELECT {cells} FROM ({rows})"), table)

    def numbered(self, view: str, table: str) -> str:
        """Return the rows of a table with their numbers among all rows of the record type, counting its exports' rows.

        Args:
            view: The table, its rows numbered by the parts of files they were read in.
            table: The path of the record type's table.
        """
        parts = self.rows(
            f"SELECT {FILE}, SHIFTRIGHT({ROW}, {_PART_BITS}) AS part, COUNT(*), MAX({ROW} & {_MASK}) + 1"
            f" FROM {name(view)} GROUP BY 1, 2 ORDER BY 1, 2"
        )
        before, places, rows = 0, [], dict[int, int]()
        for file, part, count, last in parts:
            if count != last:
                message = f"{table}: {count} rows, but numbered to {last}"
                raise RuntimeError(message)
            places.append(f"({file}, CAST({part} AS BIGINT), CAST({before} AS BIGINT))")
            before += count
            rows[file] = rows.get(file, 0) + count
        self._rows[table] = rows
        self.sql(
            f"SELECT * FROM VALUES {', '.join(places) or '(0, CAST(0 AS BIGINT), CAST(0 AS BIGINT))'}"
            " AS p(in_file, part, before)"
        ).createOrReplaceTempView(name(table, "parts"))
        return self.with_numbers(f"SELECT * FROM {name(view)}", table)

    def with_numbers(self, select: str, table: str) -> str:
        """Return rows as read, with their numbers, once their parts are counted."""
        return (
            f"SELECT /*+ BROADCAST(p) */ r.* EXCEPT ({ROW}), p.before + (r.{ROW} & {_MASK}) AS {ROW}"
            f" FROM ({select}) AS r JOIN {name(table, 'parts')} AS p"
            f" ON p.in_file = r.{FILE} AND p.part = SHIFTRIGHT(r.{ROW}, {_PART_BITS})"
        )

    # tables

    def _each(self, work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """Do something for each of some items: large ones use the whole cluster one by one, small ones not."""
        with ThreadPoolExecutor(os.cpu_count() if self._small else 1) as pool:
            return list(pool.map(work, items))

    def _table(self, table: Table, exports: list[Matched]) -> None:
        parts = []
        for index, one in enumerate(exports):
            lying = source(self.session, one.export.scan, f"{table.path}/file {index}", self.work)
            known = dated(table, one, lying, self._row)
            parts.append(spark(scanned(table, known, number(index), lying, NUMBER)))
        rows = " UNION ALL ".join(parts)
        if table.kept:
            self._view(f"{table.path}/exported", rows)
            read = table.quick(exp.select("*").from_(exp.to_identifier(f"{table.path}/exported", quoted=True)))
            # planning what does not occur takes seconds, asking what does reads the exports once more
            slow = occurring(table, subquery(read, "q"), self._row) if self._small else table.slow
            self.keep(f"{table.path}/kept", spark(table.finished(read, slow)))
            rows = self.numbered(f"{table.path}/kept", table.path)
        self._view(table.path, rows)

    def _row(self, question: exp.Select) -> tuple[Any, ...]:
        return self.rows(spark(question))[0]

    def _view(self, view: str, statement: str) -> None:
        self.sql(statement).createOrReplaceTempView(name(view))

    def _calendar(self, calendar: Calendar) -> None:
        flags = "".join("1" if working else "0" for _day, working, _count in calendar.days())
        self.keep(
            CALENDAR,
            f"SELECT DATE '{calendar.first.isoformat()}' + i AS day, flag = '1' AS is_working,"
            " CAST(COUNT_IF(flag = '1') OVER (ORDER BY i) AS BIGINT) AS working_days"
            f" FROM (SELECT POSEXPLODE(SPLIT('{flags}', '')) AS (i, flag))",
        )
        self._view(WORKING_DAYS, f"SELECT day, working_days AS number FROM {CALENDAR} WHERE is_working")

    # files

    def _write(self, rows: DataFrame, folder: str) -> Path:
        with self._lock:
            self._written += 1
            target = self.work / folder / str(self._written)
        rows.write.parquet(location(target))
        return target

    def _report(self) -> None:
        """Put what was found behind the names that reports know."""
        files = {table: self.work / table / "*" / "*.parquet" for table in RESULTS}
        read = {table: f"read_parquet({quoted(path)})" for table, path in files.items()}
        there = {table: one for table, one in read.items() if any((self.work / table).glob("*/*.parquet"))}
        for statement in tables(there):
            self._root.execute(statement)
        say(self._root, self.sentences)


def opened(master: str | None) -> Callable[[Path], Spark]:
    """Return what opens the engine.

    Raises:
        UsageError: without Java.
    """
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise UsageError("--engine spark", _("there is no Java"), _("install a Java runtime, 17 or newer"))
    return partial(Spark, master=master)
