"""``checker test``: the examples of the rules."""

from __future__ import annotations

from typing import Annotated

import typer

from checker.cli.options import Books, Lang
from checker.language import _


def test(
    select: Annotated[
        list[str],
        typer.Argument(
            help=_("A rulebook, or id or its beginning, clause, severity, record, kind."),
            metavar="[SELECT]...",
        ),
    ] = [],  # noqa: B006
    rulebook: Books = [],  # noqa: B006
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=_("Print only what fails."))] = False,
    lang: Lang = None,
) -> None:
    """Run the examples. Exit status: 0 all as expected, 1 some not, 2 a rulebook cannot be read."""
    from checker.examples import gaps, run_examples, shown
    from checker.plugins import rulebooks
    from checker.selection import selected

    books = rulebooks(rulebook)
    rules = selected((rule for book in books for rule in book.rules.values()), select)
    wanted = {id(rule) for rule in rules}
    failed = count = 0
    for book in books:
        runs = run_examples(book, (rule for rule in book.rules.values() if id(rule) in wanted))
        for run in runs:
            count += 1
            if run.passed:
                if not quiet:
                    typer.echo(f"ok    {run.rule.id}: {run.example.name}")
                continue
            failed += 1
            due = run.example.due
            expected = _(run.example.expect) + (f", {_('due')} {shown(due)}" if due else "")
            actual = _(run.outcome) + (f", {_('due')} {run.due}" if due or run.due else "")
            typer.echo(f"FAIL  {run.rule.id}: {run.example.name}")
            typer.echo(f"      {_('expected')} {expected}")
            typer.echo(f"      {_('but was')}  {actual}: {run.sentence}")
    for rule, outcome in gaps(rules):
        failed += 1
        typer.echo(f"FAIL  {rule.id}: {_('no example shows {outcome}').format(outcome=_(outcome))}")
    typer.echo(
        _("{count} examples of {rules} rules, {failed} failed").format(count=count, rules=len(rules), failed=failed)
    )
    if failed:
        raise typer.Exit(1)
