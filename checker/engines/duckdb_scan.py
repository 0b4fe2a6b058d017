"""How DuckDB reads exports, and what its errors mean to the user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import duckdb
from sqlglot import exp

from checker.engines.reading import Ask, as_text, dated, scanned, year_last
from checker.errors import RulebookError, SourceError, aside, at_line, several, to_author
from checker.language import _
from checker.plan import Plan, RecordPlan
from checker.rulebook.checked import placed
from checker.rulebook.derived import Returned
from checker.rulebook.rulebook import file_of
from checker.sources.csv import mixed_ends, unclosed
from checker.sources.export import CsvScan, JsonScan, ParquetScan, Scan
from checker.sources.habits import first_words, is_filled, is_record
from checker.sources.match import Matched
from checker.sql import FALSE, TRUE, all_of, as_column, call, column, number, sql, text
from checker.tables import Table

_LONGEST_LINE = 1 << 24

_SMALL_FILE = 1 << 22
"""Bytes of an export below which planning its scan takes longer than reading it."""

_FILE_INDEX = column("file_index")
"""How the engine numbers several files that it reads together."""

_NO_NUMBER = sql("CAST(NULL AS BIGINT)")
"""Rows are numbered once their table is made."""


def exported(table: Table, exports: Iterable[Matched], ask: Ask) -> exp.Query:
    """Return the rows of a record type's exports as texts under the names of their fields.

    Args:
        table: The record type.
        exports: Its exports.
        ask: Answers a question of one row.
    """
    parts = list[exp.Query]()
    before = 0
    for group in _alike(exports):
        first, *others = group
        together = source(first.export.scan, *(one.export.scan.path for one in others)) if others else None
        if together is not None and not year_last(table, first, together, ask, most=None):
            file = sql(":i + :b", i=_FILE_INDEX, b=number(before))
            parts.append(scanned(table, first, file, together, _NO_NUMBER))
        else:  # each decides for itself in which order its days and months stand
            for index, one in enumerate(group, before):
                rows = source(one.export.scan)
                parts.append(scanned(table, dated(table, one, rows, ask), number(index), rows, _NO_NUMBER))
        before += len(group)
    return all_of(parts)


def _alike(exports: Iterable[Matched]) -> Iterator[list[Matched]]:
    """Yield exports that follow each other in groups that one scan may read: small files written in one way.

    To plan a scan of its own for each of hundreds of small files takes longer than to read them.
    """

    def way(one: Matched) -> object:
        scan = one.export.scan
        small = scan.path.stat().st_size < _SMALL_FILE
        return (replace(scan, path=Path()), repr(one.columns)) if small else scan.path

    for _way, group in groupby(exports, way):
        yield list(group)


def source(scan: Scan, *others: Path) -> exp.Expr:
    """Return what reads an export: all its columns as texts.

    Args:
        scan: How to read it.
        others: Further files to read with it, in the same way; a further column numbers the files.
    """
    files: exp.Expr = text(str(scan.path))
    if others:
        files = exp.Array(expressions=[files, *(text(str(path)) for path in others)])
    index = [_FILE_INDEX] if others else []
    match scan:
        case ParquetScan():
            return _texts(scan, files, index)
        case CsvScan():
            columns = [f"c{number}" for number in range(scan.width)]
            options: dict[str, exp.Expr] = {
                "delim": text(scan.delimiter),
                "quote": text('"'),
                "escape": text('"'),
                "header": TRUE,
                "skip": number(scan.skip),
                "auto_detect": FALSE,
                "max_line_size": number(_LONGEST_LINE),
                "buffer_size": number(_LONGEST_LINE),  # else 16 times as much is read at once
            }
            if scan.line_end:
                options["new_line"] = text(scan.line_end.replace("\r", "\\r").replace("\n", "\\n"))
            function = "read_csv"
        case JsonScan():
            columns = list(scan.keys)
            options = {
                "format": text(scan.form),
                "records": TRUE,  # else the only key of objects is given the whole of them
                "maximum_object_size": number(_LONGEST_LINE),
            }
            function = "read_json"
    types = [exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=text("VARCHAR")) for name in columns]
    options["columns"] = exp.Struct(expressions=types)
    named = [exp.EQ(this=exp.to_identifier(key), expression=value) for key, value in options.items()]
    rows = call(function, files, *named)
    if isinstance(scan, CsvScan) and scan.has_empty_rows:
        words = column("words")
        worded = exp.select("*", *index, as_column(first_words(scan.width), "words")).from_(rows).subquery("w")
        return (
            exp.select("*")
            .from_(worded)
            .where(is_filled(scan.width, words), is_record(scan.heads, words))
            .subquery("x")
        )
    return exp.select("*", *index).from_(rows).subquery("x") if index else rows


def _texts(scan: ParquetScan, files: exp.Expr, index: Iterable[exp.Expr]) -> exp.Expr:
    """Return Parquet files' values as the texts that other exports have for them."""
    rows = call("read_parquet", files)
    cells = (as_column(_written(column(name), kind), name) for name, kind in scan.types)
    return exp.select(*cells, *index).from_(rows).subquery("x")


def _written(value: exp.Expr, kind: str) -> exp.Expr:
    match kind:
        case "VARCHAR":
            return value
        case "TIMESTAMP WITH TIME ZONE":
            return sql("CAST(:v AT TIME ZONE 'UTC' AS VARCHAR) || 'Z'", v=value)
        case "TIMESTAMP_NS":  # finer than any rule counts
            return sql("CAST(CAST(:v AS TIMESTAMP) AS VARCHAR)", v=value)
        case "BLOB":  # how some writers keep texts
            return sql("COALESCE(TRY(:d), HEX(:v))", d=call("DECODE", value), v=value)
        case _:
            return as_text(value, kind)


Refusal = Callable[[RecordPlan, Returned], duckdb.Error | None]
"""Runs one query by itself, and returns what the engine says if it refuses it."""


def explained(
    error: duckdb.Error, exports: Iterable[Matched], plan: Plan, refusal: Refusal = lambda _record, _query: None
) -> Exception:
    """Return what a user can do about an error; the error itself where it is ours."""
    if isinstance(error, duckdb.OutOfRangeException):
        return RulebookError(
            _("the rules"),
            _("one computes a number or date that is too large: {reason}").format(reason=_reason(error)),
            _("mend its expression; 'checker check --select' finds which one it is"),
        )
    if isinstance(error, duckdb.BinderException | duckdb.ConversionException) and (
        refused := list(_refused(plan, refusal))
    ):
        return several(refused)
    exports = list(exports)
    message = str(error)
    place = next((one.export.place for one in exports if str(one.export.scan.path) in message), None)
    line = re.search(r"CSV Error on Line: (\d+)", message)
    if place is None or not isinstance(error, duckdb.InvalidInputException):
        return _broken_parquet(exports) or error
    where = at_line(place, line[1]) if line else place
    if columns := re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message):
        return SourceError(
            where,
            _("the row has {found} columns, the header {expected}").format(expected=columns[1], found=columns[2]),
            _("put quotes around texts that hold the delimiter, and export it again"),
        )
    if "unterminated quote" in message:
        return unclosed(where)
    if "invalid state" in message:
        return mixed_ends(where)
    if "unicode" in message:
        return SourceError(
            where,
            _("the text is not UTF-8 from here on"),
            _("save the whole file in one encoding, best UTF-8"),
        )
    return _unreadable(where, error)


def _refused(plan: Plan, refusal: Refusal) -> Iterator[RulebookError]:
    """Yield what is wrong with the queries that the engine refuses."""
    for record in plan.records:
        for judged in record.rules:
            for query in (derived for derived in judged.derived if isinstance(derived, Returned)):
                if (error := refusal(record, query)) is not None:
                    yield RulebookError(
                        placed(file_of(record.table.book, judged.rule), f"{judged.rule.kind_name}.sql"),
                        _("the engine refuses the query") + to_author(_reason(error)),
                        _("mend its sql"),
                    )


def _broken_parquet(exports: Iterable[Matched]) -> SourceError | None:
    """Return which Parquet file cannot be read to its end, if one is: errors inside one do not name it."""
    for one in exports:
        if isinstance(one.export.scan, ParquetScan):
            try:
                texts = "SELECT MIN(CAST(COLUMNS(*) AS VARCHAR)) FROM read_parquet(?)"
                duckdb.cursor().execute(texts, [str(one.export.scan.path)]).fetchall()
            except duckdb.Error as error:
                return _unreadable(one.export.place, error)
    return None


def _unreadable(place: str, error: duckdb.Error) -> SourceError:
    first = str(error).splitlines()[0].removeprefix("Invalid Input Error: ")
    return SourceError(place, _("the file cannot be read") + aside(first), _("export it again"))


def _reason(error: duckdb.Error) -> str:
    """Return the first line of what the engine says, without its name for the sort of error."""
    return str(error).splitlines()[0].partition("Error: ")[2]
