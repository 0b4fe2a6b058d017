"""Writing very many findings: memory must not grow with them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from benchmarks.data import complaints
from benchmarks.measure import checker

FORMATS = ("json", "jsonl", "csv", "xlsx", "sarif", "html")
LIMIT_MB = 1024

LATE = ("important-forward", "important-resolution", "major-reply", "major-resolution")
"""Rules that get an impossible limit here, so that there are as many findings as complaints."""


def writing(folder: Path, count: int) -> None:
    """Print the time and memory of an audit of so many complaints that writes its findings, format by format.

    Raises:
        RuntimeError: when a format needs more than a gigabyte.
    """
    audit = hurried(complaints(folder, count))
    with tempfile.TemporaryDirectory(dir=folder) as work:
        for name in FORMATS:
            out = Path(work) / f"findings.{name}"
            measured = checker(*audit, "-o", str(out))
            found = f", {_findings(out):,} findings" if name == "jsonl" else ""
            size = out.stat().st_size / 1e6
            print(f"{name:6} {measured.seconds:7.1f} s {measured.megabytes:6.0f} MB, {size:6.0f} MB written{found}")
            out.unlink()
            if measured.megabytes > LIMIT_MB:
                raise RuntimeError(f"{name} took {measured.megabytes:.0f} MB")


def hurried(path: Path) -> tuple[str, ...]:
    """Return an audit of complaints in which about as many findings as complaints are made."""
    audit = ("check", str(path), "-r", "property", "--select", "property/complaint", "--as-of", "2023-03-01", "-q")
    return audit + tuple(word for name in LATE for word in ("--set", f"property/complaint/{name}.within=1 minutes"))


def _findings(path: Path) -> int:
    with path.open(encoding="utf-8") as file:
        return sum(json.loads(line)["outcome"] == "violation" for line in file)
