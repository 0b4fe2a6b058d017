"""An audit against the bare scan of the columns it reads."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.data import complaints
from benchmarks.measure import apart, best, checker, python
from checker.auditing import by_table, planned
from checker.plugins import rulebooks
from checker.selection import selected
from checker.sources.find import read
from checker.sql import sql

SCAN = """
import json, sys, duckdb
counted = ", ".join(f'count("{name}")' for name in json.loads(sys.argv[2]))
print(duckdb.sql(f"SELECT {counted} FROM read_csv('{sys.argv[1]}', all_varchar = true)").fetchall())
"""

SCAN_TYPED = SCAN.replace(", all_varchar = true", "")
"""The scan in which DuckDB finds out which columns are dates, and reads them."""

AS_OF = "2023-03-01"


def columns_read(path: Path, book: str, selector: str) -> tuple[list[str], int]:
    """Return the columns of an export that the selected rules read, and how many rules these are."""
    books = rulebooks([book])
    rules = selected(books[0].rules.values(), [selector])
    with tempfile.TemporaryDirectory() as work:
        (export,) = read([str(path)], Path(work), books, {}).exports
        plan = planned(books, rules, by_table([export]), sql(f"CAST('{AS_OF}' AS TIMESTAMP)"))
    (record,) = (one for one in plan.records if one.table.name == export.record)
    return [export.columns[field].header for field in record.table.fields], len(record.rules)


def scan(folder: Path, count: int, runs: int) -> None:
    """Print the time and memory of all complaint rules over so many records, against bare scans: of texts, of types."""
    path = apart(complaints, folder, count)
    columns, rules = columns_read(path, "property", "complaint")
    named = json.dumps(columns, ensure_ascii=False)
    bare, typed = (best(runs, lambda code=code: python(code, str(path), named)) for code in (SCAN, SCAN_TYPED))  # type: ignore[misc]
    arguments = ("check", str(path), "-r", "property", "--select", "complaint", "--as-of", AS_OF, "--quiet")
    audit = best(runs, lambda: checker(*arguments))
    print(
        f"{count:>12,} complaints ({path.stat().st_size / 1e9:.2f} GB), {rules} rules, {len(columns)} columns: "
        f"bare scan {bare.seconds:.2f} s, {bare.megabytes:.0f} MB; audit {audit.seconds:.2f} s, "
        f"{audit.megabytes:.0f} MB; ratio {audit.seconds / bare.seconds:.2f}; "
        f"scan with types {typed.seconds:.2f} s, ratio {audit.seconds / typed.seconds:.2f}"
    )
