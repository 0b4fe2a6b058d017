"""What every engine does to make exports tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from checker.sources import dates
from checker.sources.match import Matched
from checker.sql import as_column, sql
from checker.tables import AS_OF, CASE, FILE, ROW, Table

Ask = Callable[[exp.Select], tuple[Any, ...]]
"""Answers a question of one row."""


def scanned(table: Table, one: Matched, file: exp.Expr, rows: exp.Expr, row: exp.Expr) -> exp.Select:
    """Return the rows of an export, or of several alike, as texts under the names of their fields.

    Args:
        table: The record type.
        one: The export.
        file: Its number among those of the record type.
        rows: What reads it: all its columns as texts.
        row: What numbers its rows.
    """
    fields = [as_column(one.columns[name].text, name) for name in table.fields]
    place = [
        as_column(sql("CAST(:f AS INTEGER)", f=file), FILE),
        as_column(row, ROW),
    ]
    if table.cases:
        place.append(as_column(sql("CAST(_case AS BIGINT)"), CASE))
        place.append(as_column(sql("CAST(_as_of AS TIMESTAMP)"), AS_OF))
    return exp.select(*place, *fields).from_(rows)


def as_text(value: exp.Expr, kind: str) -> exp.Expr:
    """Return a Parquet file's value of some type as the text that other exports have for it, where engines agree."""
    if kind not in ("DOUBLE", "FLOAT"):
        return sql("CAST(:v AS VARCHAR)", v=value)
    whole = sql(":v = FLOOR(:v) AND ABS(:v) < 1e15", v=value)
    return sql("CASE WHEN :w THEN CAST(CAST(:v AS BIGINT) AS VARCHAR) ELSE CAST(:v AS VARCHAR) END", w=whole, v=value)


def year_last(table: Table, one: Matched, rows: exp.Expr, ask: Ask, most: int | None = dates.SAMPLE) -> list[str]:
    """Return the fields of moments which hold dates that end in the year, within so many rows, where nobody said how.

    Args:
        table: The record type.
        one: The export, or one of several alike.
        rows: What reads it, or all of them.
        ask: Answers a question of one row.
        most: How many of the first rows are looked at; all where there is none.
    """
    types = {name: field.type for name, field in table.record.fields.items()}
    fields = dates.undecided(one, table.fields, types)
    if not fields:
        return []
    held = ask(dates.sampled(rows, [one.columns[name] for name in fields], most))
    return [name for name, seen in zip(fields, held, strict=True) if seen]


def dated(table: Table, one: Matched, rows: exp.Expr, ask: Ask) -> Matched:
    """Return an export whose order of day and month is known, where its dates need one.

    Args:
        table: The record type.
        one: The export.
        rows: What reads it.
        ask: Answers a question of one row.
    """
    fields = year_last(table, one, rows, ask)
    if not fields:
        return one
    return dates.decided(one, fields, ask(dates.asked(rows, [one.columns[name] for name in fields])))


def occurring(table: Table, rows: exp.Expr, ask: Ask) -> list[str]:
    """Return the fields in which other spellings than the commonest occur.

    Args:
        table: The record type.
        rows: Its rows as ``Table.quick`` gives them.
        ask: Answers a question of one row.
    """
    if not table.slow:
        return []
    cells = [exp.func("BOOL_OR", table.unlike(field)) for field in table.slow]
    unlike = ask(exp.select(*cells).from_(rows))
    return [field for field, is_so in zip(table.slow, unlike, strict=True) if is_so]
