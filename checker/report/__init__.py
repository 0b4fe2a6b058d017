"""The report model, and one module per output format."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from checker.errors import UsageError
from checker.language import _
from checker.report import csv, json, terminal
from checker.report.model import Report

Writer = Callable[[Report, IO[str]], None]

FORMATS: dict[str, Writer] = {
    "json": json.write,
    "jsonl": json.write_lines,
    "csv": csv.write,
    "md": terminal.write_markdown,
    "txt": lambda report, out: terminal.write(report, out, None),
}
"""Each format's writer, by the ending of a file's name."""


def write(report: Report, path: Path) -> None:
    """Write a report in the format that the file's name asks for; the file appears when it is whole.

    Raises:
        UsageError: for an unknown ending, and for a place that cannot be written to.
    """
    writer = writer_of(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
                writer(report, out)
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(
            path,
            _("the file cannot be written: {reason}").format(reason=error.strerror),
            _("name another place"),
        ) from None


def writer_of(path: Path) -> Writer:
    """Return the writer for a file's name, so that a wrong name is refused before the audit begins."""
    writer = FORMATS.get(path.suffix.removeprefix(".").lower())
    if writer is None:
        raise UsageError(
            f"-o {path}",
            _("no format ends in {suffix!r}").format(suffix=path.suffix),
            _("end it in {suffixes}").format(suffixes=", ".join(f".{name}" for name in FORMATS)),
        )
    return writer


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def show(report: Report, name: str, max_per_rule: int | None) -> None:
    """Write a report to the terminal."""
    if name == "table":
        terminal.write(report, sys.stdout, max_per_rule)
    elif name == "md":
        terminal.write_markdown(report, sys.stdout, max_per_rule)
    else:
        FORMATS[name](report, sys.stdout)
