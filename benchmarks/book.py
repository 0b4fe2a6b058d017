"""A whole rulebook over its fixture many times over, beside a bare scan of the same files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb
from sqlglot import exp

from benchmarks.measure import apart, best, checker, python
from checker.auditing import by_table
from checker.engines.duckdb_scan import source
from checker.engines.duckdb_sql import macros
from checker.engines.reading import scanned
from checker.plugins import rulebooks
from checker.sources.find import read
from checker.sql import sql
from checker.tables import Table

FIXTURES = Path(__file__).parents[1] / "fixtures"
AS_OF = {"banking_playbook": "2023-06-30"}

_SCAN = """
import glob, sys, duckdb
for file in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    rows = duckdb.read_csv(file, all_varchar=True, header=True, sep=",", quotechar='"', escapechar='"')
    counted = ", ".join(f'count("{name}")' for name in rows.columns)
    duckdb.sql(f"SELECT {counted} FROM rows").fetchall()
"""


def copied(name: str, folder: Path, copies: int) -> dict[str, int]:
    """Write a rulebook's fixture so many times over as CSV, and return the rows of each record type.

    Texts that lookups join by get each copy's number, in every record type that has them, and of a key without such
    a text its first one: so that every record meets as many others as in the fixture. Dates and choices stay as
    they are, for else none could be read; a record type whose key has nothing else is shared by all copies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (book,) = rulebooks([name])
    joined = {
        field
        for of, field in book.joined_on
        if of in book.records and book.records[of].fields[field].type in ("text", "reference")
    }
    rows: dict[str, int] = {}
    for statement in macros():
        duckdb.sql(statement)
    with tempfile.TemporaryDirectory() as work:
        placed = by_table(read([str(FIXTURES / name)], Path(work), [book], {}).exports)
        for exports in placed.values():
            record = exports[0].record
            fields = tuple(exports[0].columns)
            table = Table(book, record, fields, sql("CURRENT_TIMESTAMP"), cases=False)  # texts are copied as they are
            parts = [
                scanned(table, one, index, source(one.export.scan), sql("CAST(NULL AS BIGINT)")).sql("duckdb")
                for index, one in enumerate(exports)
            ]
            own = joined.intersection(fields)
            key = [name for name in book.records[record].key if book.records[record].fields[name].type == "text"]
            if own.isdisjoint(book.records[record].key):
                own |= set(key[:1])
            cells = ", ".join(
                f'"{field}" || \'-\' || k AS "{field}"' if field in own else f'"{field}"' for field in fields
            )
            every = " UNION ALL ".join(parts)
            times = copies if own else 1
            to = exp.convert(str(folder / f"{record}.csv")).sql("duckdb")
            duckdb.sql(f"COPY (SELECT {cells} FROM ({every}), range({times}) AS r(k)) TO {to} (HEADER)")
            rows[record] = times * duckdb.sql(f"SELECT count(*) FROM ({every})").fetchall()[0][0]
    return rows


def book(name: str, folder: Path, copies: int, runs: int) -> None:
    """Print the time and memory of a whole rulebook over its fixture so many times over, against the bare scan."""
    folder = folder / f"{name}-{copies}"
    rows = apart(copied, name, folder, copies)
    size = sum(file.stat().st_size for file in folder.iterdir())
    bare = best(runs, lambda: python(_SCAN, str(folder)))
    as_of = AS_OF.get(name, "2023-03-01")
    audit = best(runs, lambda: checker("check", str(folder), "-r", name, "--as-of", as_of, "--quiet"))
    most = ", ".join(f"{count:,} {record}" for record, count in sorted(rows.items(), key=lambda one: -one[1])[:4])
    print(
        f"{name}: {sum(rows.values()):,} records ({most} …; {size / 1e9:.2f} GB): bare scan {bare.seconds:.2f} s, "
        f"{bare.megabytes:.0f} MB; audit {audit.seconds:.2f} s, {audit.megabytes:.0f} MB; "
        f"ratio {audit.seconds / bare.seconds:.2f}"
    )
