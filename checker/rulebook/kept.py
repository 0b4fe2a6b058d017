"""Rulebooks that were read and checked before, kept by content: reading one takes longer than a small audit.

Only rulebooks are kept, never records. A rulebook is read anew when one of its files, a setting, the code that reads
it or a library below that has changed.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import pickle
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

from platformdirs import user_cache_path

from checker.rulebook.folder import TOML
from checker.rulebook.kind import Kind
from checker.rulebook.rulebook import Rulebook

PLACE = "CHECKER_CACHE"
"""The environment variable that names another folder for them; empty, and none is kept."""


def kept(path: Path, kinds: Mapping[str, type[Kind]], settings: object, read: Callable[[], Rulebook]) -> Rulebook:
    """Return a rulebook as it was read before, or read it.

    Args:
        path: Its folder.
        kinds: The kinds of rule it may use.
        settings: What else its reading depends on.
        read: Reads it.
    """
    folder = os.environ.get(PLACE, user_cache_path("rulebook-checker"))
    if not folder:
        return read()
    place = Path(folder) / f"{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]}.pickle"
    content = _content(path, kinds, settings)
    try:
        known, book = pickle.loads(place.read_bytes())  # noqa: S301  # written by ourselves, in the user's own folder
        if known == content and isinstance(book, Rulebook):
            return book
    except Exception:  # noqa: S110  # not there, cut off, or of another version: it is written anew
        pass
    book = read()
    _keep(place, pickle.dumps((content, book)))
    return book


def _content(path: Path, kinds: Mapping[str, type[Kind]], settings: object) -> str:
    """Return a hash of everything that a rulebook's reading depends on."""
    digest = hashlib.sha256(repr((str(path), str(path.resolve()), sorted(kinds), settings, _code())).encode())
    _add(digest, path, sorted(path.rglob(TOML)))
    for name in sorted(kinds):
        if not kinds[name].__module__.startswith("checker.") and (source := inspect.getsourcefile(kinds[name])):
            digest.update(Path(source).read_bytes())
    return digest.hexdigest()


@cache
def _code() -> str:
    """Return a hash of our own code, and of what it stands on."""
    libraries = [version(name) for name in ("pydantic", "sqlglot")]
    digest = hashlib.sha256(repr((sys.version, libraries)).encode())
    top = Path(__file__).parents[1]
    _add(digest, top, sorted(top.rglob("*.py")))
    return digest.hexdigest()


def _add(digest: hashlib._Hash, top: Path, files: Iterable[Path]) -> None:
    for file in files:
        digest.update(file.relative_to(top).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")


def _keep(place: Path, content: bytes) -> None:
    """Write a file whole or not at all; without a place to write, nothing is kept."""
    unfinished = place.with_suffix(f".{os.getpid()}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(place)
    except OSError:
        with suppress(OSError):
            unfinished.unlink()
