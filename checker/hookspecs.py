"""What a plugin may provide.

A plugin is a distribution with an entry point in the group ``checker``, naming a module or an object whose
functions are marked with ``hookimpl``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pluggy

from checker.rulebook.kind import Kind

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
