"""``checker rules``: the rules."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.cli.options import Books, Lang
from checker.language import _


def rules(
    select: Annotated[
        list[str],
        typer.Argument(help=_("Id or its beginning, clause, severity, record, kind."), metavar="RULES"),
    ] = [],  # noqa: B006
    rulebook: Books = [],  # noqa: B006
    lang: Lang = None,
) -> None:
    """List the rules, with clause, severity, kind, record and title."""
    from tabulate import tabulate

    from checker.plugins import rulebooks
    from checker.selection import selected

    books = rulebooks(rulebook)
    chosen = selected((rule for book in books for rule in book.rules.values()), select, option="")
    lines = [
        (
            rule.id,
            rule.clause,
            _(rule.severity),
            rule.kind_name,
            rule.record,
            str(rule.title.label) + (_(" (our default)") if rule.defaults else ""),
        )
        for rule in chosen
    ]
    headers = [_("rule"), _("clause"), _("severity"), _("kind"), _("record"), _("title")]
    typer.echo(tabulate(lines, headers, tablefmt="simple"))
    typer.echo(_("{count} rules").format(count=len(lines)))
