"""What a plugin may provide.

A plugin is a distribution with an entry point in the group ``checker``, naming a module or an object whose
functions are marked with ``hookimpl``. Plugins are trusted: their Python runs as the user who runs the audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from checker.rulebook.kind import Kind

if TYPE_CHECKING:
    from checker.report import Writer
    from checker.sources.find import Reader

hookspec = pluggy.HookspecMarker("checker")
hookimpl = pluggy.HookimplMarker("checker")


@hookspec
def checker_rulebooks() -> list[Path]:
    """Return the folders of the rulebooks that the plugin brings, each with a ``rulebook.toml``."""
    raise NotImplementedError


@hookspec
def checker_kinds() -> Mapping[str, type[Kind]]:
    """Return kinds of rule by the name of the table that stands for them in rule files."""
    raise NotImplementedError


@hookspec
def checker_sources() -> Mapping[str, Reader]:
    """Return readers of exports by the ending of their files' names, such as ``.dbf``.

    A reader is given the ``File``, a folder for converted copies, and the ``Heading`` that knows headers; it returns
    the tables it finds as ``Export``, and raises ``SourceError`` for a file that it cannot read.
    """
    raise NotImplementedError


@hookspec
def checker_formats() -> Mapping[str, Writer]:
    """Return writers of reports by the ending of the file's name, such as ``.ods``.

    A writer is given the ``Report`` and the path to write to; the file is put in its place when it is whole.
    """
    raise NotImplementedError
