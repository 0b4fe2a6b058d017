"""``checker coverage``: clause by clause, what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.options import Books, Lang, for_programs, one_of
from checker.language import _, listed

if TYPE_CHECKING:
    from checker.rulebook.coverage import Covered

SHOWN = ("table", "md", "json")


def coverage(
    book: Annotated[
        list[str], typer.Argument(help=_("Rulebooks by name or folder; all by default."), metavar="BOOK")
    ] = [],  # noqa: B006
    rulebook: Books = [],  # noqa: B006
    only: Annotated[
        list[str],
        typer.Option(
            "--only",
            help=_("Only clauses that are: ") + "rule, indicator, manual, context, unaccounted",
            metavar="WHICH",
        ),
    ] = [],  # noqa: B006
    show: Annotated[
        str, typer.Option("--format", "-f", help=_("How to print it: ") + ", ".join(SHOWN), metavar="FORMAT")
    ] = "table",
    lang: Lang = None,
) -> None:
    """Show for every clause the rules that check it, or the question for the inspector, or that it is context.

    Exit status: 0 every clause is accounted for, 1 some are not, 2 a rulebook cannot be read.
    """
    from checker.plugins import rulebooks
    from checker.rulebook.coverage import DISPOSITIONS, counted
    from checker.rulebook.coverage import coverage as covered_by

    one_of(SHOWN, "--format", show)
    for disposition in only:
        one_of(DISPOSITIONS, "--only", disposition)
    clauses = [one for found in rulebooks([*book, *rulebook]) for one in covered_by(found)]
    chosen = [one for one in clauses if not only or one.disposition in only]
    if show == "json":
        _json(chosen)
    else:
        _table(chosen, markdown=show == "md")
        counts = counted(clauses)
        told = listed(f"{count} {_(disposition)}" for disposition, count in counts.items())
        typer.echo()
        typer.echo(_("{count} clauses: {dispositions}").format(count=len(clauses), dispositions=told))
    if counted(clauses)["unaccounted"]:
        raise typer.Exit(1)


def _table(clauses: list[Covered], *, markdown: bool) -> None:
    from tabulate import tabulate

    lines = [
        (one.number, _(one.disposition), str(one.clause.label), _what(one).replace("|", "\\|" if markdown else "|"))
        for one in clauses
    ]
    headers = [_("clause"), _("disposition"), _("content"), _("checked by")]
    if markdown:
        typer.echo(tabulate(lines, headers, tablefmt="github", disable_numparse=True))
    elif lines:
        widths = [None, None, 44, 60]
        typer.echo(tabulate(lines, headers, tablefmt="simple", disable_numparse=True, maxcolwidths=widths))


def _what(one: Covered) -> str:
    """Return what checks a clause: its rules, those with numbers of ours marked, and the inspector's question."""
    rules = [rule.id + (_(" (our default)") if rule.defaults else "") for rule in one.rules]
    question = [str(one.clause.manual.label)] if one.clause.manual else []
    return ", ".join(rules + question)


def _json(clauses: list[Covered]) -> None:
    import json

    for_programs()
    found = [
        {
            "rulebook": one.rulebook.name,
            "clause": one.number,
            "disposition": one.disposition,
            "summary": {"en": one.clause.en, "zh": one.clause.zh},
            "rules": [rule.id for rule in one.rules],
            "our_defaults": [rule.id for rule in one.rules if rule.defaults],
            "question": one.clause.manual.label._asdict() if one.clause.manual else None,
        }
        for one in clauses
    ]
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
