"""How time and memory grow with records, with rules and with findings, against the bare scan of the same columns."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.data import complaints
from benchmarks.measure import Measured, apart, best, checker, python
from benchmarks.peers.given import FIELDS
from benchmarks.rules import REPLY, longest_reply, rulebook
from benchmarks.scan import AS_OF, SCAN

RULES = (10, 30, 100, 300)
SHARES = (0, 0.01, 0.3)


def by_records(folder: Path, counts: list[int], runs: int) -> None:
    """Print a row for each number of records, under 30 rules of which one is broken by 1 % of them."""
    _head("records", "seconds a million")
    with tempfile.TemporaryDirectory(dir=folder) as work:
        book = rulebook(Path(work), 30)
        for count in counts:
            path = apart(complaints, folder, count)
            bare, audit = _bare(path, runs), best(runs, _audit(path, book))
            _row(f"{count:,}", bare, audit, f"{audit.seconds / count * 1e6:.2f}")


def by_rules(folder: Path, count: int, runs: int) -> None:
    """Print a row for each number of rules, of which one is broken by 1 % of records."""
    path = apart(complaints, folder, count)
    bare = _bare(path, runs)
    _head(f"rules over {count:,} records", "milliseconds a rule")
    with tempfile.TemporaryDirectory(dir=folder) as work:
        for rules in RULES:
            audit = best(runs, _audit(path, rulebook(Path(work), rules)))
            _row(f"{rules}", bare, audit, f"{audit.seconds / rules * 1e3:.1f}")


def by_findings(folder: Path, count: int, runs: int) -> None:
    """Print a row for each share of records that break a rule, for 30 rules, all findings written as JSON lines."""
    path = apart(complaints, folder, count)
    bare = _bare(path, runs)
    _head(f"of {count:,} records broken", "findings")
    with tempfile.TemporaryDirectory(dir=folder) as work:
        book, out = rulebook(Path(work), 30), Path(work) / "findings.jsonl"
        for share in SHARES:
            limit = ("--set", f"{REPLY}.max={longest_reply(share)}", "-o", str(out))
            audit = best(runs, _audit(path, book, *limit))
            _row(f"{share:.0%}", bare, audit, f"{apart(_findings, out):,}")


def _bare(path: Path, runs: int) -> Measured:
    columns = json.dumps(list(FIELDS.values()), ensure_ascii=False)
    return best(runs, lambda: python(SCAN, str(path), columns))


def _audit(path: Path, book: Path, *options: str) -> Callable[[], Measured]:
    return lambda: checker("check", str(path), "-r", str(book), "--as-of", AS_OF, "--quiet", *options)


def _findings(path: Path) -> int:
    rows = f"read_json('{path}', format = 'newline_delimited', columns = {{outcome: 'VARCHAR'}})"
    found = duckdb.sql(f"SELECT count(*) FROM {rows} WHERE outcome = 'violation'").fetchall()
    return int(found[0][0])


def _head(what: str, more: str) -> None:
    print(f"\n| {what} | bare scan, s | MB | audit, s | ratio | CPU, s | MB | {more} |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")


def _row(what: str, bare: Measured, audit: Measured, more: str) -> None:
    print(
        f"| {what} | {bare.seconds:.2f} | {bare.megabytes:.0f} | {audit.seconds:.2f} |"
        f" {audit.seconds / bare.seconds:.2f} | {audit.cpu:.2f} | {audit.megabytes:.0f} | {more} |",
        flush=True,
    )
