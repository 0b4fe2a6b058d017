"""The report model, and one module per output format."""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO

from checker.errors import UsageError, cannot_be_written
from checker.language import _
from checker.report import csv, github, gitlab, json, junit, sarif, terminal
from checker.report.model import Report

Writer = Callable[[Report, Path], None]
"""Writes a report to a file."""


def _text(write: Callable[[Report, IO[str]], None]) -> Writer:
    """Return the writer of a text format as a writer of files."""

    def written(report: Report, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as out:
            write(report, out)

    return written


def _later(module: str) -> Writer:
    """Return a writer whose module is read when it is needed, for those that need large libraries."""

    def written(report: Report, path: Path) -> None:
        import_module(f"checker.report.{module}").write(report, path)

    return written


FORMATS: dict[str, Writer] = {
    ".json": _text(json.write),
    ".jsonl": _text(json.write_lines),
    ".csv": _text(csv.write),
    ".md": _text(terminal.write_markdown),
    ".txt": _text(lambda report, out: terminal.write(report, out, None)),
    ".xlsx": _later("xlsx"),
    ".html": _later("html"),
    ".htm": _later("html"),
    ".sarif": _text(sarif.write),
    ".sarif.json": _text(sarif.write),
    ".gitlab.json": _text(gitlab.write),
    ".xml": _text(junit.write),
}
"""Each format's writer, by the ending of a file's name; the longest ending counts."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a place to write a file to; it appears under its name when it is whole.

    Raises:
        UsageError: for a place that cannot be written to.
    """
    if not path.parent.exists():
        raise UsageError(path.parent, _("there is no such file or folder"), _("check the spelling"))
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name[:20]}.") as folder:
            place = Path(folder) / path.name
            yield place
            _moved(place, path)
    except OSError as error:
        raise UsageError(path, cannot_be_written(error), _("name another place")) from None


def _moved(place: Path, path: Path) -> None:
    """Put a file, or the files of a folder, where they belong; other files there are left alone."""
    if not place.is_dir():
        place.replace(path)
        return
    path.mkdir(exist_ok=True)
    for one in place.iterdir():
        one.replace(path / one.name)


def write(report: Report, path: Path, formats: Mapping[str, Writer] = FORMATS) -> None:
    """Write a report in the format that the file's name asks for.

    Raises:
        UsageError: for an unknown ending, and for a place that cannot be written to.
    """
    writer = writer_of(path, formats)
    with whole(path) as place:
        writer(report, place)


def writer_of(path: Path, formats: Mapping[str, Writer]) -> Writer:
    """Return the writer for a file's name, so that a wrong name is refused before the audit begins.

    A name without an ending is a folder for rectification notices.
    """
    if not path.suffix and path.exists() and not path.is_dir():
        raise UsageError(
            f"-o {path}",
            _("a name without an ending is that of a folder of notices, but here is a file"),
            _("end it in {suffixes}, or name another folder; --format prints a report").format(
                suffixes=", ".join(formats)
            ),
        )
    if not path.suffix and path.name != "-":
        return _later("notices")
    for ending in sorted(formats, key=len, reverse=True):
        if path.name.lower().endswith(ending):
            return formats[ending]
    raise UsageError(
        f"-o {path}",
        _("no format ends in {suffix!r}").format(suffix=path.suffix or path.name),
        _("end it in {suffixes}, or in nothing for a folder of notices").format(suffixes=", ".join(formats)),
    )


_AS_WRITTEN = (1980, 1, 31, 0, 0, 0)
"""The date that XlsxWriter gives every part of a workbook, and no program that people work with does."""


def spare_work(path: Path) -> None:
    """Refuse to write over a workbook that somebody has saved since: what they wrote into it would be lost.

    Raises:
        UsageError: for such a workbook.
    """
    if path.suffix.lower() != ".xlsx" or not path.is_file() or not path.stat().st_size:
        return
    try:
        with zipfile.ZipFile(path) as book:
            as_written = all(part.date_time == _AS_WRITTEN for part in book.infolist())
    except (OSError, zipfile.BadZipFile):  # with a password it is no zip
        as_written = False
    if not as_written:
        problem = _("somebody has worked in this workbook, and that would be lost")
        raise UsageError(f"-o {path}", problem, _("name another one; --review reads what was filled in"))


def show(report: Report, name: str, max_per_rule: int | None) -> None:
    """Write a report to the terminal."""
    if name == "table":
        terminal.write(report, sys.stdout, max_per_rule)
    elif name == "md":
        terminal.write_markdown(report, sys.stdout, max_per_rule)
    elif name == "github":
        github.write(report, sys.stdout, max_per_rule)
    else:
        writers = {"summary": terminal.write_summary, "json": json.write, "jsonl": json.write_lines, "csv": csv.write}
        writers[name](report, sys.stdout)
