"""All tools side by side, as one table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import complaints
from benchmarks.measure import Measured, apart, checker, measure, python
from benchmarks.peers.given import AS_OF, FIELDS
from benchmarks.peers.truth import Found, found_by_checker, found_by_peer, truth
from benchmarks.scan import SCAN

RULEBOOK = Path(__file__).parent / "rulebook"
PEERS = {
    "Pointblank": ("pointblank", "Polars"),
    "dataframely": ("dataframely", "Polars, lazy"),
    "Pandera": ("pandera", "Polars"),
    "Great Expectations": ("great-expectations", "pandas"),
}
"""Each with its distribution and what it runs on here."""

_VERSIONS = "import sys, importlib.metadata as m; print(*map(m.version, sys.argv[1:]), sep='\\n')"


@dataclass(frozen=True)
class Tool:
    """A tool under measure: how it is run, given where to write, and how its report is read."""

    name: str
    version: str
    on: str
    run: Callable[[Path], Measured]
    found: Callable[[Path], Found] | None


def environment(folder: Path) -> Path:
    """Return the Python of an environment with the other tools, of the versions in the lock file."""
    place = folder.absolute() / "peers-environment"
    subprocess.run(
        [os.environ.get("UV", "uv"), "sync", "-q", "--frozen", "--only-group", "benchmarks", "--compile-bytecode"],
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(place)},
        check=True,
    )
    return place / "bin" / "python"


def _versions(interpreter: str, distributions: Iterable[str]) -> list[str]:
    return measure(interpreter, "-c", _VERSIONS, *distributions).output.split()


def _tools(export: Path, interpreter: Path) -> list[Tool]:
    audit = ("check", str(export), "-r", str(RULEBOOK), "--as-of", AS_OF.date().isoformat(), "--lang", "en", "-q")
    columns = json.dumps(list(FIELDS.values()), ensure_ascii=False)
    engine, ours = _versions(sys.executable, ["duckdb", "rulebook-checker"])
    tools = [
        Tool("bare scan of the columns", engine, "DuckDB", lambda _out: python(SCAN, str(export), columns), None),
        Tool("checker", ours, "DuckDB", lambda out: checker(*audit, "-o", str(out)), found_by_checker),
    ]
    theirs = _versions(str(interpreter), [distribution for distribution, _on in PEERS.values()])
    for (name, (distribution, on)), version in zip(PEERS.items(), theirs, strict=True):
        module = f"benchmarks.peers.with_{distribution.replace('-', '_')}"

        def run(out: Path, module: str = module) -> Measured:
            return measure(str(interpreter), "-m", module, str(export), str(out))

        tools.append(Tool(name, version, on, run, found_by_peer))
    return tools


def peers(folder: Path, counts: list[int], runs: int) -> None:
    """Print a row for each tool and number of records.

    Raises:
        SystemExit: when a tool finds something else than there is.
    """
    interpreter = environment(folder)
    print("| tool | version | on | records | seconds | of `checker` | CPU seconds | MB | same findings |")
    print("|---|---|---|---:|---:|---:|---:|---:|---|")
    wrong = []
    for count in counts:
        export = apart(complaints, folder, count)
        there = apart(truth, export)
        tools = _tools(export, interpreter)
        best: dict[str, Measured] = {}
        same: dict[str, bool] = {}
        with tempfile.TemporaryDirectory(dir=folder) as work:
            out = Path(work) / "found.csv"
            for _run in range(runs):  # in turns, so that what disturbs a run disturbs all tools alike
                for tool in tools:
                    measured = tool.run(out)
                    best[tool.name] = min(best.get(tool.name, measured), measured, key=lambda one: one.seconds)
                    if tool.found:
                        same[tool.name] = same.get(tool.name, True) and apart(tool.found, out) == there
                        out.unlink()
        breaches = sum(number for number, _keys in there.values())
        for tool in tools:
            one = best[tool.name]
            said = {True: f"yes ({breaches:,})", False: "NO", None: ""}[same.get(tool.name)]
            print(
                f"| {tool.name} | {tool.version} | {tool.on} | {count:,} | {one.seconds:.2f} |"
                f" {one.seconds / best['checker'].seconds:.2f} | {one.cpu:.2f} | {one.megabytes:.0f} | {said} |",
                flush=True,
            )
        wrong += [f"{name} at {count:,} records" for name, right in same.items() if not right]
    if wrong:
        raise SystemExit(f"found something else than there is: {', '.join(wrong)}")
