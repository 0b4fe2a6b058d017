"""The embedded engine: DuckDB in this process, its working tables in a file that is thrown away."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from checker import telling
from checker.calendar import Calendar
from checker.errors import SourceError
from checker.functions import functions
from checker.joins import CALENDAR, WORKING_DAYS
from checker.language import _
from checker.plan import Plan, RecordPlan
from checker.rulebook.derived import WorkingDay
from checker.rulebook.kind import Outcome
from checker.rulebook.scope import UNREADABLE
from checker.sources.export import CsvScan, JsonScan, Scan
from checker.sources.match import Matched
from checker.sql import column, sql, subquery, text
from checker.tables import Table

Progress = Callable[[str, float], None]
"""Told what is being done and which share of the whole is done."""

_FUNCTIONS = (
    "CREATE MACRO READ_TIME(t, f) AS try_strptime(t, f)",
    "CREATE MACRO IN_ZONE(t, z) AS (TRY_CAST(t AS TIMESTAMPTZ) AT TIME ZONE z)",
    "CREATE MACRO KEY_HASH(t) AS CASE WHEN t IS NULL THEN NULL ELSE hash(t) END",
)

_RESULTS = (
    "CREATE TABLE findings (record INTEGER, rule INTEGER, outcome TINYINT, data_error BOOLEAN, file INTEGER,"
    ' "row" BIGINT, "key" VARCHAR, fingerprint VARCHAR, subject VARCHAR, department VARCHAR, "at" VARCHAR,'
    " due VARCHAR, overdue BIGINT, evidence VARCHAR[], en VARCHAR, zh VARCHAR)",
    'CREATE TABLE unreadable (record INTEGER, file INTEGER, "row" BIGINT, "key" VARCHAR, field VARCHAR, value VARCHAR)',
    'CREATE TABLE keys (record INTEGER, "key" VARCHAR, files INTEGER[], "rows" BIGINT[])',
)

_SMALL = 1 << 22
"""Bytes of exports below which planning a query well takes longer than running it badly."""

_HASH_PARTS = 8
"""Keys are compared in so many parts, so that memory does not grow with the records."""


@dataclass(frozen=True)
class RecordResult:
    """What became of one record type.

    Attributes:
        rows: For each of its exports, the rows read.
        outcomes: For each rule, how many records had each outcome.
    """

    rows: tuple[int, ...]
    outcomes: tuple[Mapping[Outcome, int], ...]


class DuckDB:
    """One run of a plan.

    Args:
        work: A folder for working tables.
        threads: How many threads to use; all cores where nothing is said.
        memory_limit: Such as ``512MB``; what goes beyond is kept on disk.
    """

    name = "duckdb"
    version: str = duckdb.__version__

    def __init__(self, work: Path, threads: int | None = None, memory_limit: str | None = None) -> None:
        config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(work / "spill")}
        if threads:
            config["threads"] = threads
        if memory_limit:
            config["memory_limit"] = memory_limit
        self.connection = duckdb.connect(":memory:", config=config)
        # this rewrites IN lists into joins, which are computed for every row, under CASE too
        self._do("SET disabled_optimizers = 'in_clause'")
        self._do(f"ATTACH {_quoted(work / 'audit.db')} AS audit; USE audit")
        for statement in (*_FUNCTIONS, *_RESULTS):
            self._do(statement)
        for function in functions():
            parameters = ", ".join(name for name, _type in function.parameters)
            self._do(f"CREATE MACRO {function.name}({parameters}) AS ({_text(function.body)})")

    def run(
        self,
        plan: Plan,
        data: Mapping[str, list[Matched]],
        calendar: Callable[[], Calendar],
        progress: Progress,
        *,
        mask: bool,
    ) -> tuple[RecordResult, ...]:
        """Judge all records by all rules; findings wait in the tables ``findings``, ``unreadable`` and ``keys``.

        Args:
            plan: What to do.
            data: For each table of the plan, its exports.
            calendar: Gives the working days, where a rule needs them.
            progress: Told how far it is.
            mask: Whether personal fields are masked.

        Raises:
            SourceError: for an export that cannot be read to its end.
        """
        try:
            self.prepare(plan, data, calendar)
            results = []
            for index, record in enumerate(plan.records):
                progress(record.table.path, index / len(plan.records))
                results.append(self._record(record, index, len(data[record.table.path]), mask=mask))
        except duckdb.Error as error:
            raise self._explained(error, [one for exports in data.values() for one in exports]) from error
        progress("", 1.0)
        return tuple(results)

    def prepare(
        self,
        plan: Plan,
        data: Mapping[str, list[Matched]],
        calendar: Callable[[], Calendar],
        *,
        rows: bool = False,
    ) -> None:
        """Put the exports behind the names of the plan's tables.

        Args:
            plan: What will be asked.
            data: For each table, its exports.
            calendar: Gives the working days, where a rule needs them.
            rows: Whether all tables are copied, so that every row has its number at once.
        """
        files = {one.export.scan.path for exports in data.values() for one in exports}
        if sum(path.stat().st_size for path in files) < _SMALL:
            self._do("PRAGMA disable_optimizer")
        if any(isinstance(derived, WorkingDay) for record in plan.records for derived in record.derived):
            self._calendar(calendar())
        for table in plan.tables.values():
            self._table(table, data.get(table.path, []), kept=rows or table.path in plan.materialised)

    def keep(self, record: RecordPlan) -> str:
        """Compute all values of a record type, and return the name of the table that holds them."""
        name = f"{record.table.path}/values"
        self._do(f"CREATE TABLE {_name(name)} AS {_text(record.values)}")
        return name

    def fetch(self, question: exp.Select) -> Iterator[tuple[Any, ...]]:
        """Yield the answer to a question about the tables."""
        yield from self._rows(_text(question))

    def rows_of(self, table: str) -> dict[int, int]:
        """Return for each export of a copied table the rows read."""
        return dict(self._rows(f"SELECT _file, count(*) FROM {_name(table, 'rows')} GROUP BY _file"))

    def close(self) -> None:
        """Let the working tables go."""
        self.connection.close()

    # tables

    def _table(self, table: Table, exports: list[Matched], *, kept: bool) -> None:
        """Put exports behind a table's name: as they lie there, or copied where rows must keep their numbers."""
        parts = [_text(_scanned(table, one, index)) for index, one in enumerate(exports)]
        rows = " UNION ALL ".join(f"({part})" for part in parts)
        if kept:
            self._do(f"CREATE TABLE {_name(table.path, 'rows')} AS {rows}")
            rows = f"SELECT * REPLACE (rowid AS _row) FROM {_name(table.path, 'rows')}"
        self._do(f"CREATE VIEW {_name(table.path)} AS {rows}")

    def _calendar(self, calendar: Calendar) -> None:
        first, days = calendar.first, list(calendar.days())
        flags = "".join("1" if working else "0" for _day, working, _count in days)
        self._do(
            f"CREATE TABLE {CALENDAR} AS SELECT DATE '{first.isoformat()}' + CAST(i AS INTEGER) AS day,"
            " flags[i + 1] = '1' AS is_working, CAST(count(*) FILTER (flags[i + 1] = '1') OVER (ORDER BY i) AS BIGINT)"
            f" AS working_days FROM (SELECT '{flags}' AS flags, unnest(range({len(flags)})) AS i)"
        )
        self._do(
            f"CREATE TABLE {WORKING_DAYS} AS SELECT day, working_days AS number FROM {CALENDAR} WHERE is_working"
        )

    # a record type

    def _record(self, record: RecordPlan, index: int, exports: int, *, mask: bool) -> RecordResult:
        path = record.table.path
        outcomes, judged, told = (f"{path}/{part}" for part in ("outcomes", "judged", "told"))
        self._do(f"CREATE TABLE {_name(outcomes)} AS {_text(record.judging())}")
        self._do(
            f"CREATE VIEW {_name(judged)} AS SELECT * REPLACE (COALESCE(_row, rowid) AS _row) FROM {_name(outcomes)}"
        )
        rows = dict(self._rows(f"SELECT _file, count(*) FROM {_name(outcomes)} GROUP BY _file"))
        counts = self._counts(record, outcomes)
        self._do(f"CREATE TABLE {_name(told)} AS {_text(telling.told(record, judged))}")
        for place, rule in enumerate(record.rules):
            if any(count for outcome, count in counts[place].items() if outcome >= Outcome.VIOLATION):
                finding = _text(telling.finding(record, rule, told, mask=mask))
                self._do(f"INSERT INTO findings SELECT {index}, * FROM ({finding})")
        if self._rows(f"SELECT count(*) FROM {_name(told)} WHERE {UNREADABLE}")[0][0]:
            for select in telling.unreadable_values(record, told, mask=mask):
                self._do(f"INSERT INTO unreadable SELECT {index}, * FROM ({_text(select)})")
        self._keys(record, index, judged)
        return RecordResult(tuple(rows.get(file, 0) for file in range(exports)), tuple(counts))

    def _counts(self, record: RecordPlan, outcomes: str) -> list[dict[Outcome, int]]:
        """Count each rule's outcomes: the packed numbers are few, whatever the records are."""
        found: list[dict[Outcome, int]] = []
        for word, rules in record.words.items():
            if not rules:
                continue
            cells = ", ".join(
                f"COALESCE(sum(n) FILTER ((p & {7 * rule.digit}) = {outcome * rule.digit}), 0)"
                for rule in rules
                for outcome in Outcome
            )
            grouped = f"SELECT {word} AS p, count(*) AS n FROM {_name(outcomes)} GROUP BY {word}"
            row = self._rows(f"SELECT {cells} FROM ({grouped})")[0]
            width = len(Outcome)
            found += [
                {outcome: int(count) for outcome, count in zip(Outcome, row[at : at + width], strict=True)}
                for at in range(0, len(row), width)
            ]
        return found

    def _keys(self, record: RecordPlan, index: int, judged: str) -> None:
        """Find keys that stand more than once, and rows without a key."""
        self._do("CREATE OR REPLACE TEMP TABLE twice (hash UBIGINT)")
        for part in range(_HASH_PARTS):
            self._do(
                f"INSERT INTO twice SELECT _key FROM {_name(judged)} WHERE _key % {_HASH_PARTS} = {part}"
                " GROUP BY _key HAVING count(*) > 1"
            )
        self._do(
            f"INSERT INTO keys SELECT {index}, NULL, list(_file ORDER BY _row), list(_row ORDER BY _row)"
            f" FROM {_name(judged)} WHERE _key IS NULL HAVING count(*) > 0"
        )
        if self._rows("SELECT count(*) FROM twice")[0][0] == 0:
            return
        key = exp.select(exp.alias_(record.key, "key")).from_(
            subquery(record.table.read(record.table.exported()), "v")
        )
        self._do(
            f"INSERT INTO keys SELECT {index}, k.key, list(_file ORDER BY _row), list(_row ORDER BY _row)"
            f" FROM (SELECT DISTINCT key FROM ({_text(key)}) WHERE KEY_HASH(key) IN (SELECT hash FROM twice)) AS k"
            f" JOIN {_name(judged)} AS j ON j._key = KEY_HASH(k.key) GROUP BY k.key HAVING count(*) > 1"
        )

    # small things

    def _do(self, statement: str) -> None:
        self.connection.execute(statement)

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement).fetchall()

    def _explained(self, error: duckdb.Error, exports: Iterable[Matched]) -> Exception:
        """Return what a user can do about an error; the error itself where it is ours."""
        message = str(error)
        place = next((one.export.place for one in exports if str(one.export.scan.path) in message), None)
        line = re.search(r"CSV Error on Line: (\d+)", message)
        if place is None or not isinstance(error, duckdb.InvalidInputException):
            return error
        where = f"{place}: {_('line')} {line[1]}" if line else place
        if columns := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message):
            return SourceError(
                where,
                _("the row has {found} columns, the header {expected}").format(
                    expected=columns[1], found=columns[2]
                ),
                _("put quotes around texts that hold the delimiter, and export it again"),
            )
        if "unterminated quote" in message:
            return SourceError(where, _("a quote is not closed"), _("double the quotes inside a quoted text"))
        if "unicode" in message:
            return SourceError(
                where,
                _("the text is not UTF-8 from here on"),
                _("save the whole file in one encoding, best UTF-8"),
            )
        first = message.splitlines()[0].removeprefix("Invalid Input Error: ")
        return SourceError(
            where, _("the file cannot be read: {reason}").format(reason=first), _("export it again")
        )


def _scanned(table: Table, one: Matched, index: int) -> exp.Select:
    """Return an export's rows as texts under the names of their fields."""
    fields = [exp.alias_(column(one.columns[name]), name, quoted=True) for name in table.fields]
    place = [
        exp.alias_(sql(f"CAST({index} AS INTEGER)"), "_file"),
        exp.alias_(sql("CAST(NULL AS BIGINT)"), "_row"),
    ]
    if table.cases:
        place.append(exp.alias_(sql("CAST(_case AS BIGINT)"), "_case"))
        place.append(exp.alias_(sql("CAST(_as_of AS TIMESTAMP)"), "_as_of"))
    return exp.select(*place, *fields).from_(_source(one.export.scan))


def _source(scan: Scan) -> exp.Expr:
    """Return the table function that reads an export."""
    match scan:
        case CsvScan():
            columns = [f"c{number}" for number in range(scan.width)]
            options: dict[str, exp.Expr] = {
                "delim": text(scan.delimiter),
                "quote": text('"'),
                "escape": text('"'),
                "header": exp.true(),
                "skip": sql(":n", n=scan.skip),
                "auto_detect": exp.false(),
                "max_line_size": sql(":n", n=_LONGEST_LINE),
            }
            function = "read_csv"
        case JsonScan():
            columns = list(scan.keys)
            options = {"format": text(scan.form), "maximum_object_size": sql(":n", n=_LONGEST_LINE)}
            function = "read_json"
    types = [
        exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=text("VARCHAR"))
        for name in columns
    ]
    options["columns"] = exp.Struct(expressions=types)
    named = [exp.EQ(this=exp.to_identifier(key), expression=value) for key, value in options.items()]
    return exp.Anonymous(this=function, expressions=[text(str(scan.path)), *named])


_LONGEST_LINE = 1 << 24


def _text(tree: exp.Expr) -> str:
    return tree.sql("duckdb")


def _name(*parts: str) -> str:
    return exp.to_identifier("/".join(parts), quoted=True).sql("duckdb")


def _quoted(path: Path) -> str:
    return text(str(path)).sql("duckdb")
