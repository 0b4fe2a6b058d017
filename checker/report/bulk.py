"""Findings as rows and lines that the engine puts together, whole batches at a time, for there may be millions.

What a rule says of all its findings alike is put beside them once (``rules``), and so is where each export's rows
stand (``places``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from checker.errors import UsageError
from checker.language import _
from checker.rulebook.kind import TOLD, Outcome

if TYPE_CHECKING:
    from checker.report.finding import Source
    from checker.report.model import RuleResult

BATCH = 2048

_AT_ONCE = 100_000
"""Findings are put in order in parts of about so many: to sort a million lines takes more memory than to judge."""

TEXTS, NAMES = "VARCHAR[]", "MAP(VARCHAR, VARCHAR)"
"""Types of what is said of all findings of a rule alike; what has the latter is given as JSON."""


@contextmanager
def within_memory() -> Iterator[None]:
    """Tell a user who has limited the memory that a report needs more.

    Raises:
        UsageError: when the engine has not enough.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise UsageError(
            "--memory-limit",
            _("the report needs more"),
            _("allow more with --memory-limit, or audit fewer records or rules"),
        ) from error


def parts(connection: duckdb.DuckDBPyConnection, order: Sequence[int] | None = None) -> Iterator[str]:
    """Yield conditions that part the findings, called ``f``, by rule and then row; each part is put in order by itself.

    Args:
        connection: Where the table ``found`` is.
        order: The rules wanted, in their order; all of them by number where nothing is said.
    """
    counted = {
        rule: about
        for rule, *about in connection.execute(
            'SELECT rule, count(*), min("row"), max("row") FROM found GROUP BY rule ORDER BY rule'
        ).fetchall()
    }
    together: list[int] = []
    size = 0
    for rule in counted if order is None else filter(counted.__contains__, order):
        count, first, last = counted[rule]
        if together and size + count > _AT_ONCE:
            yield f"list_contains({together}, f.rule)"
            together, size = [], 0
        if count <= _AT_ONCE:
            together.append(rule)
            size += count
            continue
        step = -(-(last - first + 1) // -(-count // _AT_ONCE))
        for start in range(first, last + 1, step):
            yield f'f.rule = {rule} AND f."row" BETWEEN {start} AND {start + step - 1}'
    if together:
        yield f"list_contains({together}, f.rule)"


def _from(part: str = "TRUE") -> str:
    """Return what findings are read from, or a part of them."""
    # where they stand is looked up by itself, for this join sorts whatever it is given
    placed = f"""
      SELECT f.rule, f."row" AS number, p.path, p.sheet, p."row" + f."row" - p.first AS "row"
      FROM (FROM found AS f WHERE {part}) AS f
        ASOF JOIN places AS p ON p.record = f.record AND p.file = f.file AND f."row" >= p.first
    """
    return f"""
    FROM findings AS f JOIN rules AS r ON r.number = f.rule
      JOIN ({placed}) AS p ON p.rule = f.rule AND p.number = f."row"
      LEFT JOIN waived AS w USING (fingerprint) LEFT JOIN known AS k USING (fingerprint)
    """


UNCOVERED = f"(f.outcome <> {Outcome.VIOLATION:d} OR w.waiver IS NULL)"
"""What leaves out the violations that a waiver covers."""


@dataclass(frozen=True)
class Line:
    """How a format writes each finding as a line.

    Attributes:
        sql: The line, over the finding ``f``, its rule ``r``, its place ``p`` and the known ones ``k``.
        columns: What is said of all findings of a rule alike: the columns of ``r``, with their types.
        cells: Returns these of a rule.
        joined: What else the line reads.
    """

    sql: str
    columns: Mapping[str, str]
    cells: Callable[[RuleResult], Sequence[Any]]
    joined: str = ""


def lines(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[int, Source],
    results: Iterable[RuleResult],
    outcome: Outcome,
    line: Line,
) -> Iterator[list[str]]:
    """Yield the findings with an outcome that no waiver covers as lines, batch by batch."""
    _beside(connection, sources, results, line.columns, line.cells)
    with within_memory():
        for part in parts(connection):
            wanted = f"f.outcome = {outcome:d} AND {UNCOVERED} AND {part}"
            connection.execute(f'SELECT {line.sql} {_from(part)} {line.joined} WHERE {wanted} ORDER BY f.rule, f."row"')
            while batch := connection.fetchmany(BATCH):
                yield [text for (text,) in batch]
        connection.close()


def table(
    connection: duckdb.DuckDBPyConnection, sources: Mapping[int, Source], results: Iterable[RuleResult]
) -> duckdb.DuckDBPyRelation:
    """Return all findings of a connection's own as one table, with the columns that ``Report`` names."""
    columns = dict.fromkeys(("rulebook", "id", "clause", "severity", "record", "title_en", "title_zh"), "VARCHAR")
    _beside(connection, sources, results, {**columns, "names": TEXTS}, _said)
    outcomes = " ".join(f"WHEN {outcome:d} THEN '{outcome.word}'" for outcome in TOLD)
    return connection.sql(
        f"""
        SELECT r.rulebook, r.id AS rule, r.clause, r.severity, r.record,
          CASE f.outcome {outcomes} END AS outcome, f."key", f.fingerprint,
          p.path, p.sheet, p."row", f.subject, f.department, f."at", f.due, f.overdue,
          r.title_en, r.title_zh, f.en AS message_en, f.zh AS message_zh,
          [{{'name': pair[1], 'value': pair[2]}} FOR pair IN list_zip(r.names, f.evidence)] AS evidence,
          w.waiver IS NOT NULL AS waived, k.fingerprint IS NOT NULL AS known
        {_from()}
        ORDER BY f.rule, f."row", f.outcome
        """
    )


def _said(result: RuleResult) -> tuple[Any, ...]:
    rule = result.rule
    names = list(result.evidence)
    return (result.rulebook.name, rule.id, rule.clause, rule.severity, rule.record, *rule.title.label, names)


def _beside(
    connection: duckdb.DuckDBPyConnection,
    sources: Mapping[int, Source],
    results: Iterable[RuleResult],
    columns: Mapping[str, str],
    cells: Callable[[RuleResult], Sequence[Any]],
) -> None:
    """Make the tables that stand beside the findings: what rules say alike, and where the rows of exports stand."""
    told = ((result.number, *cells(result)) for result in results)
    _fill(connection, "rules", {"number": "INTEGER", **columns}, told)
    places = {"record": "BIGINT", "file": "BIGINT", "first": "BIGINT", "path": "VARCHAR", "sheet": "VARCHAR"}
    lying = ((record, *place) for record, source in sources.items() for place in source.places())
    _fill(connection, "places", {**places, "row": "BIGINT"}, lying)


def _fill(
    connection: duckdb.DuckDBPyConnection, name: str, types: Mapping[str, str], filled: Iterable[tuple[Any, ...]]
) -> None:
    """Fill a table."""
    columns = [list(column) for column in zip(*filled, strict=True)]
    cells = ", ".join(
        f'CAST(unnest(CAST(? AS {"JSON" if "MAP" in type_ else type_}[])) AS {type_}) AS "{column}"'
        for column, type_ in types.items()
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {cells}", columns)
