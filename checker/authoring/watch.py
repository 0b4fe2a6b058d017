"""Waiting for an author to save a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

_PAUSE = 0.5


def repeat(run: Callable[[], None], folders: Iterable[Path]) -> None:
    """Run something, and again whenever a TOML file in some folders has changed, until interrupted."""
    folders = list(folders)
    try:
        while True:
            before = _state(folders)
            run()
            while _state(folders) == before:
                time.sleep(_PAUSE)
    except KeyboardInterrupt:
        return


def _state(folders: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Return size and time of every file."""
    found: dict[Path, tuple[int, int]] = {}
    for folder in folders:
        for path in folder.rglob("*.toml"):
            try:
                status = path.stat()
            except FileNotFoundError:  # an editor is just replacing it
                continue
            found[path] = (status.st_size, status.st_mtime_ns)
    return found
