"""``checker new``: scaffolds of rulebooks and rules, with examples that pass."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from checker.cli.options import Lang, usable
from checker.language import _

_KINDS = sorted(path.stem for path in Path(__file__).parents[1].joinpath("kinds").glob("[!_]*.py"))
"""The kinds by their modules' names, for help has no time to import them."""


def rulebook(
    name: Annotated[str, typer.Argument(help=_("What the rulebook is called."), metavar="NAME")],
    data: Annotated[
        list[str],
        typer.Option("--from", help=_("Propose records from these exports."), metavar="DATA"),
    ] = [],  # noqa: B006
    package: Annotated[
        bool, typer.Option("--package", help=_("Make it a distribution that can be installed."))
    ] = False,
    into: Annotated[Path, typer.Option("--into", help=_("The folder to put it into."), metavar="DIR")] = Path(),
    lang: Lang = None,
) -> None:
    """Write a new rulebook: a folder that can be used at once with --rulebook."""
    from checker.authoring.scaffold import new_rule, new_rulebook
    from checker.authoring.schemas import schemas
    from checker.plugins import kinds_of, rulebooks, sources_of

    plugins = usable()
    records = None
    if data:
        from checker.authoring.proposal import proposed

        known = [name for plugin in plugins for name in plugin.books]
        records = proposed(data, rulebooks(known, plugins=plugins) if known else [], sources_of(plugins))
    kinds = kinds_of(plugins)
    folder, written = new_rulebook(name, into, schemas(kinds), records, package=package)
    (book,) = rulebooks([str(folder)], plugins=plugins)
    if records is None:
        written.append(new_rule(book, "request/late", "deadline", None, None))
    for path in written:
        typer.echo(path)
    if records is not None:
        typer.echo(_("Next: checker new rule TOPIC/NAME --rulebook {folder}").format(folder=folder))
    else:
        typer.echo(_("Next: checker test --rulebook {folder}").format(folder=folder))


def rule(
    identity: Annotated[str, typer.Argument(help=_("Its id: TOPIC/NAME."), metavar="ID")],
    rulebook: Annotated[Path, typer.Option("--rulebook", "-r", help=_("The rulebook's folder."), metavar="DIR")],
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            "-k",
            help=_("One of {kinds}.").format(kinds=", ".join(_KINDS)),
            metavar="KIND",
        ),
    ] = "deadline",
    record: Annotated[
        str | None, typer.Option("--record", help=_("The record type it judges."), metavar="RECORD")
    ] = None,
    clause: Annotated[str | None, typer.Option("--clause", help=_("The clause it checks."), metavar="CLAUSE")] = None,
    lang: Lang = None,
) -> None:
    """Write a new rule over fields that fit its kind, with examples that pass; then make it yours."""
    from checker.authoring.scaffold import new_rule
    from checker.plugins import rulebooks

    (book,) = rulebooks([str(rulebook)])
    typer.echo(new_rule(book, identity, kind, record, clause))
