"""Which files and databases the data is."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from checker.errors import CheckerError, SourceError, several
from checker.language import _
from checker.rulebook.rulebook import Rulebook
from checker.sources import csv, database, excel, json, packed, parquet
from checker.sources.export import Export, File
from checker.sources.heading import Heading, heading
from checker.sources.mapping import Mappings
from checker.sources.match import Matched, Placed, each, settled

Reader = Callable[[File, Path, Heading], list[Export]]

READERS: dict[str, Reader] = {
    suffix: module.read for module in (csv, json, excel, parquet, database) for suffix in module.SUFFIXES
}
"""The reader of each file name ending. Further formats enter here."""

PACKED = (".gz", ".zip")


@dataclass(frozen=True)
class Found:
    """The data.

    Attributes:
        exports: Its tables, each with the record type it holds.
        ignored: The files, sheets and tables that are no data of any record type.
    """

    exports: tuple[Matched, ...]
    ignored: tuple[str, ...]


def read(data: Iterable[str], work: Path, books: Iterable[Rulebook], mappings: Mappings) -> Found:
    """Return the tables of all files and databases named, each with the record type it holds.

    Args:
        data: Folders, files, patterns such as ``exports/*.csv``, and addresses of databases.
        work: A folder for converted copies.
        books: The rulebooks.
        mappings: For record types, how a site's exports differ.

    Raises:
        SourceError: for what does not exist, cannot be read, or fits no record type.
    """
    placed, ignored = survey(data, work, books, mappings)
    found, strangers = settled(placed)
    for one in found:
        if one.export.fetch is not None:
            one.export.fetch()
    return Found(tuple(found), (*ignored, *strangers))


def survey(
    data: Iterable[str], work: Path, books: Iterable[Rulebook], mappings: Mappings
) -> tuple[list[Placed], list[str]]:
    """Return each table of the data with what it holds or why it cannot be said, and the files that are no data.

    Raises:
        SourceError: for what does not exist or cannot be read.
    """
    books = list(books)
    tables, ignored = exports(data, work, heading(books, mappings))
    return list(each(tables, books, mappings)), ignored


def exports(data: Iterable[str], work: Path, known: Heading) -> tuple[list[Export], list[str]]:
    """Return the tables of all files and databases named, and the files in folders that are no data."""
    found: list[Export] = []
    ignored: list[str] = []
    errors: list[CheckerError] = []
    words = list(data)
    for url in filter(database.is_url, words):
        try:
            found += database.read_url(url, work, known)
        except SourceError as error:
            errors.append(error)
    for path, place, named in _files(word for word in words if not database.is_url(word)):
        if not _readable(path):
            if named:
                raise SourceError(
                    place,
                    _("files ending in {suffix!r} cannot be read").format(suffix=path.suffix),
                    _("give one of {suffixes}").format(suffixes=", ".join((*READERS, *PACKED))),
                )
            ignored.append(place)
            continue
        try:
            found += _tables(File(path, place, path.stem, path), work, known)
        except SourceError as error:
            errors.append(error)
        except OSError as error:
            problem = _("the file cannot be read: {reason}").format(reason=error.strerror or error)
            errors.append(SourceError(place, problem, _("check its permissions")))
    if errors:
        raise several(errors)
    return found, ignored


def _tables(file: File, work: Path, known: Heading) -> Iterator[Export]:
    """Yield the tables of one file."""
    members = list(packed.unpacked(file, work, READERS))
    for member in members:
        for one in READERS[member.path.suffix.lower()](member, work, known):
            if not member.packing:
                yield one
                continue
            container = file.place if len(members) > 1 else one.container
            yield replace(one, container=container, encoding=f"{one.encoding}, {member.packing}")


def _readable(path: Path) -> bool:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return bool(suffixes) and (
        suffixes[-1] in READERS or suffixes[-1] == ".zip" or (suffixes[-1] == ".gz" and suffixes[0] in READERS)
    )


def _files(data: Iterable[str]) -> list[tuple[Path, str, bool]]:
    """Return each file once with the name to call it by, and whether the user named it."""
    found: dict[Path, tuple[str, bool]] = {}
    for word in data:
        path = Path(word)
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.is_file() and not _hidden(one.relative_to(path)))
            if not any(map(_readable, inside)):
                raise SourceError(
                    word,
                    _("the folder holds no data"),
                    _("put exports into it that end in {suffixes}").format(suffixes=", ".join((*READERS, *PACKED))),
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
