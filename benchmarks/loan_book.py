"""An audit of a large loan book: the banking fixture many times over, beside a bare scan of the same files."""

from __future__ import annotations

from pathlib import Path

import duckdb

from benchmarks.measure import best, checker, python
from checker.sources.encoding import encoding_of

FIXTURE = Path(__file__).parents[1] / "fixtures" / "banking_playbook"
NAMES = ("客户名称", "担保人", "押品权属人", "存款账号", "关联方名称")
"""Headers of columns that tell clients apart, besides those that end with 编号."""

_SCAN = """
import glob, sys, duckdb
for file in sorted(glob.glob(sys.argv[1] + "/*.csv")):
    rows = duckdb.read_csv(file, all_varchar=True)
    counted = ", ".join(f'count("{name}")' for name in rows.columns)
    duckdb.sql(f"SELECT {counted} FROM rows").fetchall()
"""


def copied(folder: Path, copies: int) -> dict[str, int]:
    """Write the fixture so many times over, and return the rows of each file.

    Each copy has clients, loans and managers of its own, so that lookups and comparisons with the previous period
    meet as many rows per loan file as in the fixture.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    for source in sorted(FIXTURE.iterdir()):
        if source.suffix == ".json":
            rows_of = duckdb.read_json(str(source))
        else:
            plain = folder / "plain"
            plain.write_text(source.read_text(encoding_of(source, source.name)), encoding="utf-8")
            rows_of = duckdb.read_csv(str(plain), all_varchar=True)
        times = 1 if source.stem == "本行资本数据" else copies
        own = [
            f'"{name}" || \'-\' || k AS "{name}"'
            for name in rows_of.columns
            if (name.endswith("编号") and name != "评估项编号") or name in NAMES
        ]
        replaced = f" REPLACE ({', '.join(own)})" if own else ""
        rows_of.query("one", f"SELECT * EXCLUDE (k){replaced} FROM one, range({times}) AS r(k)").write_csv(
            str(folder / f"{source.stem}.csv")
        )
        rows[source.stem] = times * len(rows_of)
        (folder / "plain").unlink(missing_ok=True)
    return rows


def loan_book(folder: Path, copies: int, runs: int) -> None:
    """Print the time and memory of all banking rules over so many copies of the fixture, against the bare scan."""
    folder = folder / f"loan-book-{copies}"
    rows = copied(folder, copies)
    size = sum(file.stat().st_size for file in folder.iterdir())
    bare = best(runs, lambda: python(_SCAN, str(folder)))
    arguments = ("check", str(folder), "-r", "banking_playbook", "--as-of", "2023-06-30", "--quiet")
    audit = best(runs, lambda: checker(*arguments))
    print(
        f"{rows['授信业务台账']:,} loan files, {rows['企业财务报表数据']:,} statements, {sum(rows.values()):,} rows"
        f" ({size / 1e9:.2f} GB): bare scan {bare.seconds:.2f} s, {bare.megabytes:.0f} MB; audit"
        f" {audit.seconds:.2f} s, {audit.megabytes:.0f} MB; ratio {audit.seconds / bare.seconds:.2f}"
    )
