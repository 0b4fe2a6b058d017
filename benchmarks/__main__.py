"""The benchmarks as commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.book import book
from benchmarks.formats import excel, lines
from benchmarks.growth import by_findings, by_records, by_rules
from benchmarks.peers.compare import peers
from benchmarks.planning import planning
from benchmarks.scan import scan
from benchmarks.startup import startup
from benchmarks.writing import writing

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Folder = Annotated[Path, typer.Option(help="Where generated exports are kept.")]
Runs = Annotated[int, typer.Option(help="The quickest of so many runs counts.")]


@app.command("scan")
def _scan(
    records: Annotated[list[int] | None, typer.Argument(help="How many complaints.")] = None,
    folder: Folder = Path("build/benchmarks"),
    runs: Runs = 3,
) -> None:
    """All complaint rules against a bare DuckDB scan of the columns they read."""
    for count in records or [100_000, 1_000_000, 5_000_000]:
        scan(folder, count, runs)


@app.command("excel")
def _excel(
    records: Annotated[list[int] | None, typer.Argument(help="How many rows.")] = None,
    folder: Folder = Path("build/benchmarks"),
    runs: Runs = 3,
) -> None:
    """Workbooks of 300,000 and a million rows against calamine alone."""
    for count in records or [300_000, 1_000_000]:
        excel(folder, count, runs)


@app.command("json")
def _json(
    records: Annotated[list[int] | None, typer.Argument(help="How many records.")] = None,
    folder: Folder = Path("build/benchmarks"),
    runs: Runs = 3,
) -> None:
    """JSON on one line, 200 MB and more."""
    for count in records or [500_000]:
        lines(folder, count, runs)


@app.command("book")
def _book(
    name: Annotated[str, typer.Argument(help="The rulebook.")] = "property",
    copies: Annotated[int, typer.Option(help="How many times its fixture.")] = 500,
    folder: Folder = Path("build/benchmarks"),
    runs: Runs = 1,
) -> None:
    """A whole rulebook over its fixture many times over, against a bare DuckDB scan of the same files."""
    book(name, folder, copies, runs)


@app.command("growth")
def _growth(
    records: Annotated[list[int] | None, typer.Argument(help="How many complaints.")] = None,
    base: Annotated[int, typer.Option(help="How many complaints, where rules and findings grow.")] = 1_000_000,
    folder: Folder = Path("build/benchmarks"),
    runs: Runs = 3,
) -> None:
    """Time and memory by records, by rules (10 to 300), by findings (0, 1, 30 % of records), against the bare scan."""
    by_records(folder, records or [100_000, 1_000_000, 5_000_000, 20_000_000], runs)
    by_rules(folder, base, runs)
    by_findings(folder, base, runs)


@app.command("planning")
def _planning(
    rules: Annotated[list[int] | None, typer.Argument(help="How many rules.")] = None,
    folder: Folder = Path("build/benchmarks"),
    runs: Runs = 5,
) -> None:
    """Reading, planning and writing as SQL of 10, 100 and 300 rules, within one process."""
    planning(folder, rules or [10, 100, 300], runs)


@app.command("peers")
def _peers(
    records: Annotated[list[int] | None, typer.Argument(help="How many complaints.")] = None,
    folder: Folder = Path("build/benchmarks"),
    runs: Runs = 3,
) -> None:
    """The same rules written for Pointblank, dataframely, Pandera and Great Expectations: time, memory, findings."""
    peers(folder, records or [100_000, 1_000_000, 5_000_000], runs)


@app.command("startup")
def _startup(runs: Runs = 5) -> None:
    """``--help`` and a small audit against bare imports."""
    startup(runs)


@app.command("writing")
def _writing(
    records: Annotated[int, typer.Argument(help="How many complaints.")] = 1_000_000,
    folder: Folder = Path("build/benchmarks"),
) -> None:
    """An audit with about as many findings as complaints, written in every format that keeps all of them."""
    writing(folder, records)


@app.command("page")
def _page(
    records: Annotated[int, typer.Argument(help="How many complaints.")] = 101_000,
    folder: Folder = Path("build/benchmarks"),
    runs: Runs = 3,
) -> None:
    """The HTML report of about 100,000 findings in headless Chromium: opening, searching, sorting, paging."""
    from benchmarks.page import page  # noqa: PLC0415  # only this needs a browser

    page(folder, records, runs)


@app.command("spark")
def _spark(
    records: Annotated[list[int] | None, typer.Argument(help="How many complaints.")] = None,
    folder: Folder = Path("build/benchmarks"),
    parts: Annotated[int, typer.Option(help="In how many files they come.")] = 8,
    memory: Annotated[str, typer.Option(help="What each worker may hold.")] = "1g",
) -> None:
    """DuckDB, Spark in one process, and a cluster of a master and two workers: time, and the same findings."""
    from benchmarks.cluster import spark  # noqa: PLC0415  # only this needs the extra

    for count in records or [100_000, 1_000_000]:
        spark(folder, count, parts, memory)


if __name__ == "__main__":
    app()
