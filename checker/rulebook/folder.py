"""The TOML files of a rulebook's folder: which they are, and what they hold."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import tomli

from checker.errors import RulebookError, broken_toml, cannot_be_read
from checker.language import _

TOML = "*.[tT][oO][mM][lL]"
"""The pattern of TOML files, those with an ending in capitals among them, which some systems take for another name."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that act rather than show, those that turn the direction of writing among them."""

_PARTS = {
    name.removesuffix(".toml").rstrip("/"): name
    for name in ("rulebook.toml", "clauses.toml", "choices.toml", "equivalent.toml", "records/", "rules/")
}
"""What a rulebook's folder holds, by what its name begins with."""

_OTHERS = ("checker.toml", "pyproject.toml")
"""What may lie beside it, where the folder is also a site's or a project's."""


class Folder:
    """A rulebook's folder.

    Attributes:
        digest: The hash of all files read so far.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.digest = hashlib.sha256()

    def toml(self, file: Path) -> dict[str, Any]:
        """Return what a file holds.

        Raises:
            RulebookError: for one that cannot be read, is no TOML, or holds a control character.
        """
        try:
            content = file.read_bytes()
            self.digest.update(file.relative_to(self.path).as_posix().encode() + b"\0" + content + b"\0")
            found = tomli.loads(content.decode("utf-8-sig"))
        except OSError as error:
            raise RulebookError(file, cannot_be_read(error), _("check its permissions")) from None
        except (ValueError, RecursionError) as error:  # also numbers and nesting beyond all use
            raise RulebookError(*broken_toml(file, error)) from None
        for text in _texts(found):
            if acting := _CONTROL.search(text):
                problem = _("a text holds the control character {code!r}").format(code=acting[0])
                raise RulebookError(file, problem, _("take it out"))
        return found

    def files(self, part: str) -> list[Path]:
        """Return the files of a folder in it.

        Raises:
            RulebookError: for one that links to a place outside the rulebook.
        """
        found = sorted((self.path / part).rglob("*.toml"))
        top = self.path.resolve()
        for file in found:
            if not file.resolve().is_relative_to(top):
                raise RulebookError(file, _("it lies outside the rulebook"), _("copy it into the folder"))
        return found

    def unread(self) -> Iterator[RulebookError]:
        """Yield what is wrong with TOML files that would never be read, as where a folder's name is misspelt.

        Of each such folder one file is told.
        """
        told = set()
        for file in sorted(self.path.rglob(TOML)):
            inside = file.relative_to(self.path)
            top = inside.parts[0]
            if any(part.startswith(".") for part in inside.parts) or top in told or inside.as_posix() in _OTHERS:
                continue
            is_part = (f"{top}/" if len(inside.parts) > 1 else top) in _PARTS.values()
            if is_part and file.suffix == ".toml":
                continue
            problem = _("a rulebook has no such file, so it is not read")
            if is_part:
                yield RulebookError(file, problem, _("write its ending as .toml"))
                continue
            told.add(top)
            close = get_close_matches(top.lower().removesuffix(".toml"), _PARTS, n=1)
            remedy = _("did you mean {word}?").format(word=_PARTS[close[0]]) if close else ""
            yield RulebookError(file, problem, remedy or _("move it out, or under records or rules"))


def _texts(content: object) -> Iterator[str]:
    """Yield every text in what a file holds, names of keys among them; however deep it stands."""
    waiting = [content]
    while waiting:
        match waiting.pop():
            case dict() as table:
                waiting += [*table, *table.values()]
            case list() as items:
                waiting += items
            case str() as text:
                yield text
