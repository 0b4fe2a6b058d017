"""Which files the data is."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable
from pathlib import Path

from checker.errors import SourceError, several
from checker.language import _
from checker.sources import csv, json
from checker.sources.export import Export

Reader = Callable[[Path, str, Path], list[Export]]

READERS: dict[str, Reader] = {suffix: module.read for module in (csv, json) for suffix in module.SUFFIXES}
"""The reader of each file name ending. Further formats enter here."""


def exports(data: Iterable[str], work: Path) -> tuple[list[Export], list[str]]:
    """Return the tables of all files named, and the files in folders that are no data.

    Args:
        data: Folders, files and patterns such as ``exports/*.csv``.
        work: A folder for converted copies.

    Raises:
        SourceError: for a path that does not exist, a folder without data, and files that cannot be read.
    """
    found: list[Export] = []
    ignored: list[str] = []
    errors: list[SourceError] = []
    for path, place, named in _files(data):
        reader = READERS.get(path.suffix.lower())
        if reader is None:
            if named:
                raise SourceError(
                    place,
                    _("files ending in {suffix!r} cannot be read").format(suffix=path.suffix),
                    _("give one of {suffixes}").format(suffixes=", ".join(READERS)),
                )
            ignored.append(place)
            continue
        try:
            found += reader(path, place, work)
        except SourceError as error:
            errors.append(error)
    if errors:
        raise several(errors)
    return found, ignored


def _files(data: Iterable[str]) -> list[tuple[Path, str, bool]]:
    """Return each file once with the name to call it by, and whether the user named it."""
    found: dict[Path, tuple[str, bool]] = {}
    for word in data:
        path = Path(word)
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.is_file() and not _hidden(one.relative_to(path)))
            if not any(one.suffix.lower() in READERS for one in inside):
                raise SourceError(
                    word,
                    _("the folder holds no data"),
                    _("put exports into it that end in {suffixes}").format(suffixes=", ".join(READERS)),
                )
            for one in inside:
                found.setdefault(one.resolve(), (one.as_posix(), False))
        elif path.exists():
            found[path.resolve()] = (path.as_posix(), True)
        elif matches := sorted(Path(name) for name in glob.glob(word, recursive=True)):  # noqa: PTH207  # a pattern may be absolute
            for one in matches:
                found.setdefault(one.resolve(), (one.as_posix(), True))
        else:
            raise SourceError(word, _("there is no such file or folder"), _("check the spelling"))
    return [(path, place, named) for path, (place, named) in found.items()]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)
