"""Which files and databases the data is."""

from __future__ import annotations

import glob
import hashlib
import itertools
import os
import shutil
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from checker.errors import CheckerError, SourceError, UsageError, cannot_be_read, several
from checker.language import _
from checker.rulebook.rulebook import Rulebook
from checker.sources import csv, database, excel, json, packed, parquet
from checker.sources.encoding import decoded
from checker.sources.export import Export, File, copied
from checker.sources.heading import Heading, heading
from checker.sources.mapping import Mappings
from checker.sources.match import Matched, Placed, each, settled
from checker.sources.reports import is_report

Reader = Callable[[File, Path, Heading], list[Export]]

READERS: dict[str, Reader] = {
    suffix: module.read for module in (csv, json, excel, parquet, database) for suffix in module.SUFFIXES
}
"""The reader of each file name ending; plugins bring further ones."""

PACKED = (".gz", ".zip")


Stamp = tuple[int, int]
"""A file's size and the time of its last change."""


def stamp(path: Path) -> Stamp:
    """Return a file's size and the time of its last change."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


@dataclass(frozen=True)
class Found:
    """The data.

    Attributes:
        exports: Its tables, each with the record type it holds.
        ignored: The files, sheets and tables that are no data of any record type.
        stamps: Size and time of each file before it was read, which tell whether it has changed since.
    """

    exports: tuple[Matched, ...]
    ignored: tuple[str, ...]
    stamps: Mapping[Path, Stamp]


def read(
    data: Iterable[str],
    work: Path,
    books: Iterable[Rulebook],
    mappings: Mappings,
    readers: Mapping[str, Reader] = READERS,
) -> Found:
    """Return the tables of all files and databases named, each with the record type it holds.

    Args:
        data: Folders, files, patterns such as ``exports/*.csv``, and addresses of databases.
        work: A folder for converted copies.
        books: The rulebooks.
        mappings: For record types, how a site's exports differ.
        readers: The reader of each file name ending.

    Raises:
        SourceError: for what does not exist, cannot be read, or fits no record type.
    """
    placed, ignored, stamps = survey(data, work, books, mappings, readers)
    found, strangers = settled(placed)
    for one in found:
        if one.export.fetch is not None:
            one.export.fetch()
    copies = _copies(found)
    found = [one for one in found if one.export.place not in copies]
    told = (_("{file} (the same as {other})").format(file=copy, other=first) for copy, first in copies.items())
    below = (line for one in found for line in one.export.below)
    return Found(tuple(found), (*ignored, *strangers, *told, *below), stamps)


def _copies(found: Iterable[Matched]) -> dict[str, str]:
    """Return the places of exports that hold, byte for byte, what another read in the same way does, with its place.

    Every record of a copy would stand twice. Of some alike that with the shortest name is no copy.
    """
    alike: dict[object, list[Matched]] = {}
    for one in sorted(found, key=lambda one: (len(one.export.place), one.export.place)):
        read_as = (one.rulebook, one.record, repr(one.columns), one.export.scan.path.stat().st_size)
        alike.setdefault(read_as, []).append(one)
    copies: dict[str, str] = {}
    for group in filter(lambda group: len(group) > 1, alike.values()):
        first: dict[str, str] = {}
        for one in group:
            with one.export.scan.path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
            place = one.export.place
            if (known := first.setdefault(content, place)) != place:
                copies[place] = known
    return copies


def spare(data: Iterable[str], written: Iterable[Path], readers: Mapping[str, Reader]) -> None:
    """Refuse to write a report over what is to be audited.

    Raises:
        UsageError: for a report's name that is one of the files.
    """
    there = [path for path in written if path.is_file() and _readable(path, readers)]
    if not there:
        return
    files = {path for path, _place, _named in _files(data, readers)}
    for path in there:
        if any(path.samefile(one) for one in files) and not is_report(path):  # whatever the case of its name
            raise UsageError(f"-o {path}", _("it is one of the files to audit"), _("name another one"))


def survey(
    data: Iterable[str],
    work: Path,
    books: Iterable[Rulebook],
    mappings: Mappings,
    readers: Mapping[str, Reader] = READERS,
) -> tuple[list[Placed], list[str], dict[Path, Stamp]]:
    """Return each table of the data with what it holds or why it cannot be said, the files that are no data, stamps.

    Raises:
        SourceError: for what does not exist or cannot be read.
    """
    books = list(books)
    tables, ignored, stamps = exports(data, work, heading(books, mappings), readers)
    return list(each(tables, books, mappings)), ignored, stamps


def exports(
    data: Iterable[str], work: Path, known: Heading, readers: Mapping[str, Reader]
) -> tuple[list[Export], list[str], dict[Path, Stamp]]:
    """Return the tables of all files and databases named, the files in folders that are no data, and all stamps."""
    found: list[Export] = []
    ignored: list[str] = []
    errors: list[CheckerError] = []
    stamps: dict[Path, Stamp] = {}
    words = list(data)
    for url in filter(database.is_url, words):
        try:
            found += database.read_url(url, work, known)
        except SourceError as error:
            errors.append(error)
    for path, place, named in _files(words, readers):
        if not _readable(path, readers):
            if named:
                raise SourceError(
                    place,
                    _("files ending in {suffix!r} cannot be read").format(suffix=path.suffix),
                    _("give one of {suffixes}").format(suffixes=", ".join((*readers, *PACKED))),
                )
            ignored.append(place)
            continue
        try:
            if not named and is_report(path):
                ignored.append(_("{file} (a report)").format(file=place))
                continue
            stamps[path] = stamp(path)
            members, left = packed.unpacked(File(_openable(path, work), place, Path(place).stem, path), work, readers)
            ignored += left
            found += _tables(members, place, work, known, readers)
        except SourceError as error:
            errors.append(error)
        except OSError as error:
            errors.append(SourceError(place, cannot_be_read(error), _("check its permissions")))
    if errors:
        raise several(errors)
    return found, ignored, stamps


def _tables(
    members: Sequence[File], place: str, work: Path, known: Heading, readers: Mapping[str, Reader]
) -> Iterator[Export]:
    """Yield the tables of one file: of itself, or of what is packed in it."""
    for member in members:
        for one in readers[member.path.suffix.lower()](member, work, known):
            if not member.packing:
                yield one
                continue
            container = place if len(members) > 1 else one.container
            yield replace(one, container=container, encoding=f"{one.encoding}, {member.packing}")


def _openable(path: Path, work: Path) -> Path:
    """Return a file under a name that every library takes: a copy where its own is not in the system's encoding."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return Path(shutil.copyfile(path, copied(work, path.suffix)))
    return path


def _shown(path: Path) -> str:
    """Return a path as people read it: in archives of Chinese Windows, unpacked elsewhere, names are in GBK."""
    return "/".join(decoded(os.fsencode(part)) for part in path.as_posix().split("/"))


def _readable(path: Path, readers: Container[str]) -> bool:
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return bool(suffixes) and (
        suffixes[-1] in readers or suffixes[-1] == ".zip" or (suffixes[-1] == ".gz" and suffixes[0] in readers)
    )


def _files(data: Iterable[str], readers: Mapping[str, Reader]) -> list[tuple[Path, str, bool]]:
    """Return each file of folders and patterns once with the name to call it by, and whether the user named it."""
    found: dict[Path, tuple[str, bool]] = {}
    for word in itertools.filterfalse(database.is_url, data):
        for path in _there(word):
            if not path.is_dir():
                if not path.is_file():  # to read one would wait for whoever writes to it
                    raise SourceError(_shown(path), _("this is a pipe or a device, not a file"), _("give a file"))
                found[path.resolve()] = (_shown(path), True)
                continue
            inside = sorted(_inside(path))
            if not any(_readable(one, readers) for one in inside):
                raise SourceError(
                    _shown(path),
                    _("the folder holds no data"),
                    _("put exports into it that end in {suffixes}").format(suffixes=", ".join((*readers, *PACKED))),
                )
            for one in inside:
                found.setdefault(one.resolve(), (_shown(one), False))
    return [(path, place, named) for path, (place, named) in found.items()]


def _there(word: str) -> list[Path]:
    """Return the files and folders that a word names or, as a pattern, fits."""
    if not word.strip():  # as of a shell's variable that is not set; as a path it would be the current folder
        raise SourceError(f"'{word}'", _("there is no such file or folder"), _("check the spelling"))
    try:
        if Path(word).exists():
            return [Path(word)]
    except OSError as error:
        raise SourceError(word, cannot_be_read(error), _("check the spelling")) from None
    if found := sorted(Path(name) for name in glob.glob(word, recursive=True)):  # noqa: PTH207  # it may be absolute
        return found
    if "://" in word:
        raise SourceError(
            database.without_password(word),
            _("databases of this kind cannot be read"),
            _("give sqlite:///FILE or postgresql://USER@HOST/DATABASE, or export the tables"),
        )
    raise SourceError(word, _("there is no such file or folder"), _("check the spelling"))


def _inside(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and those below it; hidden ones are none.

    Raises:
        SourceError: for a folder that cannot be looked into: what lies there would be missing in silence.
    """

    def refuse(error: OSError) -> None:
        raise SourceError(_shown(Path(error.filename)), cannot_be_read(error), _("check its permissions")) from None

    for top, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not packed.is_hidden(name)]
        yield from (path for name in names if not packed.is_hidden(name) and (path := Path(top, name)).is_file())
