"""``checker schema``: JSON Schemas of the TOML files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.options import Lang, for_programs
from checker.errors import UsageError, nearest, not_together
from checker.language import _


def schema(
    name: Annotated[
        str | None,
        typer.Argument(help=_("rulebook, record, choices, clauses, rule, checker or report."), metavar="FILE"),
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help=_("Write all of them into this folder."), metavar="DIR")
    ] = None,
    lang: Lang = None,
) -> None:
    """Print the JSON Schema of one sort of file, or write them all, with the kinds of rule that are installed."""
    if name is not None and into is not None:
        raise not_together(name, "--into")
    from checker.authoring.scaffold import write_schemas
    from checker.authoring.schemas import schemas
    from checker.plugins import installed, kinds_of

    found = schemas(kinds_of(installed()))
    if into is not None:
        for path in write_schemas(into, found):
            typer.echo(path)
        return
    if name not in found:
        raise UsageError(name or "checker schema", _("there is no such file in a rulebook"), nearest(name or "", found))
    for_programs()
    typer.echo(json.dumps(found[name], ensure_ascii=False, indent=2))
