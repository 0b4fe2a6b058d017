"""Findings as one table, for Polars, pandas and whatever else speaks Arrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from checker.rulebook.kind import Outcome

if TYPE_CHECKING:
    import duckdb

    from checker.report.finding import Source
    from checker.report.model import RuleResult

_TABLES = {
    "rules": (
        ("number", "INTEGER"),
        *((name, "VARCHAR") for name in ("rulebook", "id", "clause", "severity", "record", "title_en", "title_zh")),
        ("names", "VARCHAR[]"),
    ),
    "places": (
        *((name, "BIGINT") for name in ("record", "file", "first")),
        *((name, "VARCHAR") for name in ("path", "sheet")),
        ("row", "BIGINT"),
    ),
}

_QUERY = """
SELECT r.rulebook, r.id AS rule, r.clause, r.severity, r.record,
  CASE f.outcome {outcomes} END AS outcome, f."key", f.fingerprint,
  p.path, p.sheet, p."row" + f."row" - p.first AS "row", f.subject, f.department, f."at", f.due, f.overdue,
  r.title_en, r.title_zh, f.en AS message_en, f.zh AS message_zh,
  [{{'name': pair[1], 'value': pair[2]}} FOR pair IN list_zip(r.names, f.evidence)] AS evidence,
  w.waiver IS NOT NULL AS waived, k.fingerprint IS NOT NULL AS known
FROM findings AS f JOIN rules AS r ON r.number = f.rule
  ASOF JOIN places AS p ON p.record = f.record AND p.file = f.file AND f."row" >= p.first
  LEFT JOIN waived AS w USING (fingerprint) LEFT JOIN known AS k USING (fingerprint)
ORDER BY f.rule, f."row", f.outcome
"""


def table(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[int, Source], rules: Iterable[RuleResult]
) -> duckdb.DuckDBPyRelation:
    """Return all findings of a connection's own, with the columns that ``Report`` names."""
    _fill(connection, "rules", map(_rule, rules))
    _fill(connection, "places", _places(sources))
    told = [outcome for outcome in Outcome if outcome >= Outcome.VIOLATION]
    outcomes = " ".join(f"WHEN {outcome:d} THEN '{outcome.word}'" for outcome in told)
    return connection.sql(_QUERY.format(outcomes=outcomes))


def _rule(result: RuleResult) -> tuple[Any, ...]:
    rule = result.rule
    title = rule.title.label
    names = list(result.evidence)
    return (result.number, result.rulebook.name, rule.id, rule.clause, rule.severity, rule.record, *title, names)


def _places(sources: Mapping[int, Source]) -> Iterator[tuple[Any, ...]]:
    for record, source in sources.items():
        for place in source.places():
            yield (record, *place)


def _fill(connection: duckdb.DuckDBPyConnection, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    cells = ", ".join(f'unnest(CAST(? AS {type_}[])) AS "{column}"' for column, type_ in _TABLES[name])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {cells}", columns)
