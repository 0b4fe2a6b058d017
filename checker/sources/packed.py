"""Compressed exports: what is packed in a ``.gz`` or a ``.zip``."""

from __future__ import annotations

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from checker.errors import SourceError
from checker.language import _
from checker.sources.encoding import decoded
from checker.sources.export import File, copied

_OF_SYSTEMS = ("thumbs.db", "$recycle.bin", "system volume information", "__macosx")
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


def unpacked(file: File, work: Path, endings: Iterable[str]) -> tuple[list[File], list[str]]:
    """Return the files packed in one, as copies, and the places of those left; a file that is not packed as it is.

    Args:
        file: The file.
        work: A folder for the copies.
        endings: The endings of the members wanted.

    Raises:
        SourceError: for an archive that is broken, encrypted, or holds nothing wanted.
    """
    suffix = file.path.suffix.lower()
    if suffix == ".gz":
        name = PurePosixPath(file.path.stem)
        copy = copied(work, name.suffix)
        try:
            with gzip.open(file.path) as source, copy.open("wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise _broken(file.place) from None
        return [replace(file, path=copy, name=name.stem, packing="gzip")], []
    if suffix == ".zip":
        return _members(file, work, tuple(endings))
    return [file], []


def _members(file: File, work: Path, endings: tuple[str, ...]) -> tuple[list[File], list[str]]:
    files: list[File] = []
    try:
        with zipfile.ZipFile(file.path) as archive:
            members = [(_name(one), one) for one in archive.infolist() if not one.is_dir()]
            members = [(name, one) for name, one in members if not any(map(is_hidden, name.parts))]
            wanted = [(name, one) for name, one in members if name.suffix.lower() in endings]
            if not wanted:
                raise SourceError(
                    file.place,
                    _("the archive holds no data"),
                    _("pack exports into it that end in {suffixes}").format(suffixes=", ".join(endings)),
                )
            for name, one in wanted:
                place = f"{file.place}:{name}"
                if one.flag_bits & _ENCRYPTED:
                    raise SourceError(place, _("the archive is encrypted"), _("pack it again without a password"))
                copy = copied(work, name.suffix.lower())
                with archive.open(one) as source, copy.open("wb") as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
                files.append(replace(file, path=copy, place=place, name=name.stem, packing="zip"))
            return files, [f"{file.place}:{name}" for name, _one in members if name.suffix.lower() not in endings]
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError, UnicodeDecodeError):
        raise _broken(file.place) from None


def is_hidden(part: str) -> bool:
    """Return whether a part of a path is none of the user's: hidden, a lock, a system's own or its waste bin."""
    return part.startswith("~$") or (part.startswith(".") and part != "..") or part.lower() in _OF_SYSTEMS


def _name(member: zipfile.ZipInfo) -> PurePosixPath:
    """Return a member's name, of which not every archive says in which encoding it is."""
    name = member.filename
    return PurePosixPath(name if member.flag_bits & _UTF8_NAME else decoded(name.encode("cp437")))


def _broken(place: str) -> SourceError:
    return SourceError(place, _("the archive is broken or cut short"), _("copy or pack it again"))
