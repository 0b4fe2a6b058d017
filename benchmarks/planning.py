"""How long rules take until an engine could start: read and checked, planned, written as SQL; in one process.

Processor time, for nothing here waits or runs beside: it is what a clock would show on an idle machine.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.data import complaints
from benchmarks.measure import apart
from benchmarks.rules import rulebook
from benchmarks.scan import AS_OF
from checker import telling
from checker.auditing import by_table, planned
from checker.plugins import rulebooks
from checker.sources.find import read
from checker.sql import sql


def planning(folder: Path, counts: list[int], runs: int) -> None:
    """Print a row for each number of rules, with the quickest of several runs in a process of their own."""
    export = apart(complaints, folder, 2_000)
    print("| rules | read and checked, s | planned, s | written as SQL, s | planned and written, s | SQL, kB |")
    print("|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(dir=folder) as work:
        for count in counts:
            reading, planning_, writing, size = apart(_steps, export, rulebook(Path(work), count), runs)
            print(
                f"| {count} | {reading:.3f} | {planning_:.3f} | {writing:.3f} | {planning_ + writing:.3f} |"
                f" {size / 1e3:.0f} |",
                flush=True,
            )


def _steps(export: Path, book: Path, runs: int) -> tuple[float, float, float, int]:
    """Return the seconds of each step in the run whose sum is least, and the bytes of SQL."""
    found = []
    for _run in range(runs):
        start = time.process_time()
        books = rulebooks([str(book)])
        was_read = time.process_time()
        with tempfile.TemporaryDirectory() as work:
            placed = by_table(read([str(export)], Path(work), books, {}).exports)
        opened = time.process_time()
        plan = planned(books, books[0].rules.values(), placed, sql(f"CAST('{AS_OF}' AS TIMESTAMP)"))
        was_planned = time.process_time()
        size = 0
        for record in plan.records:
            counts = [dict.fromkeys(range(len(judged.judgement.branches)), 1) for judged in record.rules]
            asked, _sentences = telling.findings(record, "told", counts, mask=True)
            told = telling.told(record, "judged", asked, mask=True)
            size += sum(len(query.sql("duckdb")) for query in (record.judging(), told, *asked))
        written = time.process_time()
        found.append((was_read - start, was_planned - opened, written - was_planned, size))
    return min(found, key=lambda one: sum(one[:3]))
