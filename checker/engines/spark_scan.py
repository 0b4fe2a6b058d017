"""How Spark reads exports, and what it would let pass that is wrong with them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from pyspark.sql.functions import expr
from sqlglot import exp

from checker.engines import duckdb_scan
from checker.engines.duckdb_sql import macros
from checker.engines.reading import as_text
from checker.engines.spark_sql import name, spark
from checker.plan import Plan
from checker.sources.export import CsvScan, JsonScan, ParquetScan, Scan, copied
from checker.sources.habits import first_words, is_filled, is_record
from checker.sources.match import Matched
from checker.sql import as_column, call, column, sql

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NUMBER = sql("MONOTONICALLY_INCREASING_ID()")
"""What numbers the rows of one export: the part of the file in the upper bits, the row within it in the lower 33."""


def source(session: SparkSession, scan: Scan, view: str, work: Path) -> exp.Expr:
    """Put what reads an export behind a view's name, and return that: all its columns as texts."""
    match scan:
        case CsvScan():
            columns = [f"c{number}" for number in range(scan.width)]
            # only who begins at the beginning knows which line ends lie in quotes: a file is read by one task
            rows = session.read.csv(
                location(_untitled(scan, work)),
                schema=_texts(columns),
                sep=scan.delimiter,
                quote='"',
                escape='"',
                header=True,
                multiLine=True,
                mode="FAILFAST",
                maxColumns=max(20480, scan.width),
                nullValue="\0",
                emptyValue="",
                unescapedQuoteHandling="RAISE_ERROR",
            )
            if scan.has_empty_rows:
                words = first_words(scan.width)
                for condition in (is_filled(scan.width, words), is_record(scan.heads, words)):
                    rows = rows.filter(spark(condition))
        case JsonScan():
            rows = session.read.json(
                location(scan.path), schema=_texts(scan.keys), multiLine=scan.form == "array", mode="FAILFAST"
            )
        case ParquetScan():
            rows = session.read.parquet(location(scan.path))
            cells = [spark(as_column(_written(column(of), kind), of)) for of, kind in scan.types]
            rows = rows.selectExpr(*cells)
    rows.createOrReplaceTempView(name(view))
    return exp.to_identifier(view, quoted=True)


def location(path: Path) -> str:
    """Return where Spark finds a file of this machine, whatever letters are in its name."""
    return "file://" + re.sub(r"([][*?{}\\\\])", r"\\\1", str(path.absolute()))


def check(session: SparkSession, exports: Sequence[Matched]) -> None:
    """Refuse texts that Spark would mend in silence: bytes that are no UTF-8, a quote that is never closed.

    Raises:
        SourceError: with the place.
    """
    texts = [one for one in exports if isinstance(one.export.scan, CsvScan | JsonScan)]
    if not texts:
        return
    lines = session.read.text([location(one.export.scan.path) for one in texts])
    quotes = "SUM(LENGTH(value) - LENGTH(REPLACE(value, '\"', ''))) % 2 = 1"
    suspect = (
        lines.groupBy("_metadata.file_path")
        .agg(expr(f"{quotes} OR BOOL_OR(NOT IS_VALID_UTF8(value))").alias("odd"))
        .filter("odd")
    )
    if not suspect.isEmpty():
        explain(texts)


def explain(exports: Sequence[Matched]) -> None:
    """Have the embedded engine read exports to their ends, because it tells exactly where something is wrong.

    Raises:
        SourceError: with the place.
    """
    embedded = duckdb.connect()
    for statement in macros():
        embedded.execute(statement)
    try:
        for one in exports:
            rows = duckdb_scan.source(one.export.scan)
            embedded.execute(exp.select("COUNT(COLUMNS(*))").from_(rows).sql("duckdb")).fetchall()
    except duckdb.Error as error:
        raise duckdb_scan.explained(error, exports, Plan(())) from error


def _untitled(scan: CsvScan, work: Path) -> Path:
    """Return a file whose first line is its header row: a copy where titles stand above it."""
    if not scan.skip:
        return scan.path
    target = copied(work, ".csv")
    with scan.path.open("rb") as file, target.open("wb") as copy:
        for _line in range(scan.skip):
            file.readline()
        shutil.copyfileobj(file, copy)
    return target


def _texts(columns: Iterable[str]) -> str:
    return ", ".join(f"{name(one)} STRING" for one in columns)


def _written(value: exp.Expr, kind: str) -> exp.Expr:
    """Return a Parquet file's value as the text that other exports have for it."""
    match kind:
        case "TIMESTAMP WITH TIME ZONE":
            return sql("CAST(:v AS VARCHAR) || 'Z'", v=value)
        case "BLOB":
            words = sql("CAST(:v AS VARCHAR)", v=value)
            return sql("CASE WHEN :i THEN :w ELSE HEX(:v) END", i=call("IS_VALID_UTF8", words), w=words, v=value)
        case _:
            return as_text(value, kind)
