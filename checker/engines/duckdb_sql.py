"""SQL as DuckDB writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlglot import exp

from checker.functions import functions
from checker.sql import text

_FUNCTIONS = (
    "CREATE MACRO READ_TIME(t, f) AS try_strptime(t, f)",
    "CREATE MACRO IN_ZONE(t, z) AS (TRY_CAST(t AS TIMESTAMPTZ) AT TIME ZONE z)",
    "CREATE MACRO BYTES(t) AS strlen(t)",
    "CREATE MACRO KEY_HASH(t) AS CASE WHEN t IS NULL THEN NULL ELSE hash(t) END",
)


def written(tree: exp.Expr) -> str:
    """Return a tree as DuckDB writes it."""
    return tree.sql("duckdb", copy=False)


def table_name(*parts: str) -> str:
    """Return a table's name as DuckDB writes it."""
    return exp.to_identifier("/".join(parts), quoted=True).sql("duckdb")


def quoted(path: Path) -> str:
    """Return a file's name as DuckDB writes it."""
    return text(str(path)).sql("duckdb")


def macros() -> Iterator[str]:
    """Yield the statements that define the functions which queries call."""
    yield from _FUNCTIONS
    for function in functions():
        parameters = ", ".join(name for name, _type in function.parameters)
        yield f"CREATE MACRO {function.name}({parameters}) AS ({written(function.body)})"
