"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
import io
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.errors import UsageError, nearest, no_date
from checker.language import LANGUAGES, _

if TYPE_CHECKING:
    from checker.plugins import Plugin

Data = Annotated[list[str], typer.Argument(help=_("Folders, files and patterns."), metavar="DATA")]
Books = Annotated[
    list[str],
    typer.Option(
        "--rulebook", "-r", help=_("A rulebook by name or folder; all installed ones by default."), metavar="BOOK"
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        help=_("The instant up to which things count as having happened; a date means its end. Default: now."),
        metavar="DATE",
    ),
]
Select = Annotated[
    list[str],
    typer.Option(
        "--select",
        "-s",
        help=_("Only these rules: id or its beginning, clause, severity, record, kind."),
        metavar="RULES",
    ),
]
Ignore = Annotated[list[str], typer.Option("--ignore", "-i", help=_("Not these rules."), metavar="RULES")]
ShowPersonalData = Annotated[bool, typer.Option("--show-personal-data", help=_("Show personal fields in full."))]
Settings = Annotated[
    list[str], typer.Option("--set", help=_("Set a rule's value for this run."), metavar="ID.KEY=VALUE")
]
EngineName = Annotated[str, typer.Option("--engine", help=_("duckdb, within this process, or spark."), metavar="NAME")]
SparkMaster = Annotated[
    str | None,
    typer.Option(
        "--spark-master", help=_("Where Spark runs: spark://host:7077; this machine by default."), metavar="ADDRESS"
    ),
]
MemoryLimit = Annotated[
    str | None, typer.Option("--memory-limit", help=_("Use no more memory than this, such as 4GB."), metavar="SIZE")
]
TimeLimit = Annotated[
    float | None,
    typer.Option("--time-limit", help=_("Give up after so many seconds."), metavar="SECONDS", min=0.001),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help=_("The site's settings; checker.toml by default."), metavar="FILE"),
]


def one_of(words: Sequence[str], option: str, value: str) -> None:
    """Refuse a value of an option that is none of its words.

    Raises:
        UsageError: with the word that may have been meant.
    """
    if value not in words:
        raise UsageError(f"{option} {value}", _("this is not known"), nearest(value, words))


def _language(value: str | None) -> str | None:
    if value is not None and value not in LANGUAGES:
        raise UsageError(f"--lang {value}", _("there is no such language"), _("use en or zh"))
    return value


Lang = Annotated[
    str | None,
    typer.Option("--lang", help=_("en or zh; by default as the locale says."), callback=_language, metavar="LANG"),
]


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
"""A day, year first, as people write it."""


def instant(as_of: str | None) -> dt.datetime | dt.date:
    """Return the instant meant: a date, a local time, or now. Only here is today's date read.

    Raises:
        UsageError: for anything else.
    """
    if as_of is None:
        return dt.datetime.now(dt.UTC)
    written = as_of.strip()
    try:
        if day := _DAY.fullmatch(written):
            return dt.date(*map(int, day.groups()))
        with suppress(ValueError):
            return dt.date.fromisoformat(written)  # also as 20230301, which datetimes take for a midnight
        return dt.datetime.fromisoformat(written)
    except ValueError:
        raise no_date(as_of) from None


def usable() -> list[Plugin]:
    """Return the plugins that are installed; what is broken is named on stderr, and the others go on."""
    from checker.plugins import installed

    found = installed()
    for plugin in found:
        if plugin.error:
            problem = _("the plugin cannot be used: {error}").format(error=plugin.error)
            typer.echo(f"checker: {plugin.name}: {problem}; " + _("mend or uninstall it"), err=True)
    return found


def for_programs() -> None:
    """Have what programs read be printed in UTF-8 with its own line ends, whatever a console's encoding is."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="")
