"""What runs a plan, and what the audit, the examples and the explanation need of it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from sqlglot import exp

from checker.calendar import Calendar
from checker.errors import UsageError, nearest
from checker.language import _
from checker.plan import Plan, RecordPlan
from checker.sources.match import Matched

if TYPE_CHECKING:
    import duckdb

Progress = Callable[[str, float], None]
"""Told what is being done and which share of the whole is done."""

Exports = Mapping[str, list[Matched]]
"""For each table of a plan, its exports."""


@dataclass(frozen=True)
class RecordResult:
    """What became of one record type.

    Attributes:
        plan: What was asked of it.
        rows: For each of its exports, the rows read.
        days: For each of its exports, the days of the first and the last record as of the audit, where these have one.
        branches: For each rule, how many records each of its branches decided.
    """

    plan: RecordPlan
    rows: tuple[int, ...]
    days: tuple[tuple[dt.date | None, dt.date | None], ...]
    branches: tuple[Mapping[int, int], ...]

    @classmethod
    def of(
        cls, plan: RecordPlan, exports: int, told: Iterable[tuple[Any, ...]], branches: Iterable[Mapping[int, int]]
    ) -> Self:
        """Return what became of so many exports, told of each with a record: its number, rows, first and last day."""
        read = {file: (rows, first, last) for file, rows, first, last in told}
        found = [read.get(file, (0, None, None)) for file in range(exports)]
        days = tuple((first, last) for _rows, first, last in found)
        return cls(plan, tuple(rows for rows, *_days in found), days, tuple(branches))


class Engine(Protocol):
    """One run of a plan.

    Attributes:
        name: How the report calls it.
        version: Its version.
        connection: Where reports find the tables ``findings`` (what was found, with its sentences), ``unreadable``
            and ``keys``, once it is prepared.
    """

    name: str
    version: str
    connection: duckdb.DuckDBPyConnection

    def run(
        self, plan: Plan, data: Exports, calendar: Callable[[], Calendar], progress: Progress, *, mask: bool
    ) -> tuple[RecordResult, ...]:
        """Judge all records by all rules; findings wait in the tables of ``engines.results``.

        Args:
            plan: What to do.
            data: For each table of the plan, its exports.
            calendar: Gives the working days, where a rule needs them.
            progress: Told how far it is.
            mask: Whether personal fields are masked.

        Raises:
            SourceError: for an export that cannot be read to its end.
        """

    def prepare(self, plan: Plan, data: Exports, calendar: Callable[[], Calendar], *, keep: bool = False) -> Plan:
        """Put the exports behind the names of the plan's tables, and return the plan as it will be run.

        Args:
            plan: What will be asked.
            data: For each table, its exports.
            calendar: Gives the working days, where a rule needs them.
            keep: Whether all tables are kept, so that every row has its number at once.
        """

    def compute(self, record: RecordPlan) -> str:
        """Compute all values of a record type, and return the name of the table that holds them."""

    def fetch(self, *questions: exp.Select) -> Iterator[tuple[Any, ...]]:
        """Yield the answers to questions about the tables; the questions have like columns."""

    def rows_of(self, table: str) -> dict[int, int]:
        """Return for each export of a kept table the rows read."""

    def close(self) -> None:
        """Let the working tables go."""


Opened = Callable[[Path], Engine]
"""Gives an engine that keeps its working tables in a folder."""


_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s?([KMGT]?)i?B", re.IGNORECASE)
_MOST_MEMORY = 1 << 60
"""How many bytes an engine can count."""


def engine(
    name: str = "duckdb",
    spark_master: str | None = None,
    memory_limit: str | None = None,
    time_limit: float | None = None,
) -> Opened:
    """Return what opens an engine.

    Args:
        name: ``duckdb``, within this process, or ``spark``.
        spark_master: Where Spark runs, such as ``spark://host:7077``; within this machine where nothing is said.
        memory_limit: How much memory DuckDB may use, such as ``4GB``; what ``DuckDB`` says where nothing is said.
        time_limit: After how many seconds DuckDB gives up; never where nothing is said.

    Raises:
        UsageError: for an engine that is not known or not installed, and for limits that are none.
    """
    if memory_limit is not None and not _is_memory(memory_limit):
        raise UsageError(f"--memory-limit {memory_limit}", _("this is no amount of memory"), _("write 512MB or 4GB"))
    if name != "duckdb" and (memory_limit, time_limit) != (None, None):
        raise UsageError(f"--engine {name}", _("limits hold for duckdb only"), _("set them where that engine runs"))
    if name == "duckdb" and spark_master is None:
        from checker.engines.duckdb import DuckDB  # noqa: PLC0415  # one engine is enough

        return partial(DuckDB, memory_limit=memory_limit, time_limit=time_limit)
    if name == "spark":
        try:
            from checker.engines.spark import opened  # noqa: PLC0415
        except ModuleNotFoundError as missing:
            if missing.name not in ("pyspark", "py4j"):
                raise
            raise UsageError(
                "--engine spark", _("Spark is not installed"), "pip install 'rulebook-checker[spark]'"
            ) from None
        return opened(spark_master)
    if spark_master is not None:
        raise UsageError(f"--spark-master {spark_master}", _("the engine is not Spark"), _("add --engine spark"))
    raise UsageError(f"--engine {name}", _("there is no such engine"), nearest(name, ("duckdb", "spark")))


def _is_memory(text: str) -> bool:
    """Return whether a text is an amount of memory that there may be."""
    found = _MEMORY.fullmatch(text)
    return found is not None and float(found[1]) * 1000.0 ** " KMGT".index(found[2].upper() or " ") <= _MOST_MEMORY
