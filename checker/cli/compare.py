"""``checker compare``: what has changed between two reports."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from checker.cli.options import Lang, for_programs, one_of
from checker.language import _, bracketed, current, listed

if TYPE_CHECKING:
    from checker.comparison import Change, Comparison

SHOWN = ("table", "md", "json")


def compare(
    old: Annotated[Path, typer.Argument(help=_("The earlier JSON report."), metavar="OLD")],
    new: Annotated[Path, typer.Argument(help=_("The later JSON report."), metavar="NEW")],
    show: Annotated[
        str, typer.Option("--format", "-f", help=_("How to print it: ") + ", ".join(SHOWN), metavar="FORMAT")
    ] = "table",
    most: Annotated[
        int, typer.Option("--max", help=_("How many of each are printed; 0 for all."), metavar="N", min=0)
    ] = 20,
    lang: Lang = None,
) -> None:
    """Show what is new, worsened, still open and fixed.

    Exit status: 0 nothing new and nothing worsened, 1 something, 2 a report cannot be read.
    """
    one_of(SHOWN, "--format", show)
    from checker.comparison import Comparison

    comparison = Comparison(old, new)
    counts = _json(comparison) if show == "json" else _table(comparison, most, markdown=show == "md")
    if counts["new"] or counts["worsened"]:
        raise typer.Exit(1)


def _table(comparison: Comparison, most: int, *, markdown: bool) -> dict[Change, int]:
    from tabulate import tabulate

    from checker.comparison import CHANGES
    from checker.report.plain import cell

    counts: dict[Change, int] = dict.fromkeys(CHANGES, 0)
    kept: dict[Change, list[list[str]]] = {change: [] for change in CHANGES}
    for change, one in comparison.changes():
        counts[change] += 1
        if not most or counts[change] <= most:
            kept[change].append([cell(text, markdown=markdown) for text in _line(one)])
    style = "github" if markdown else "simple"
    headers = [_("severity"), _("rule"), _("key"), _("finding")]
    for change, lines in kept.items():
        if not lines:
            continue
        typer.echo(f"{'## ' if markdown else ''}{_(change)}{bracketed(counts[change])}\n")
        typer.echo(tabulate(lines, headers, tablefmt=style, disable_numparse=True))
        if hidden := counts[change] - len(lines):
            typer.echo(_("… and {count} more (--max shows more, -f json has all)").format(count=hidden))
        typer.echo()
    typer.echo(listed(f"{count} {_(change)}" for change, count in counts.items()))
    if counts["fixed"]:
        typer.echo(_("A finding whose record is no longer in the exports counts as fixed, too."))
    return counts


def _line(one: dict[str, Any]) -> list[str]:
    return [_(one["severity"]), one["rule"], one["key"] or "", one["message"][current()]]


def _json(comparison: Comparison) -> dict[Change, int]:
    """Print one object: for each change its findings, one a line."""
    import json

    from checker.comparison import CHANGES

    for_programs()
    counts: dict[Change, int] = dict.fromkeys(CHANGES, 0)
    typer.echo('{"changes": [', nl=False)
    for number, (change, one) in enumerate(comparison.changes()):
        counts[change] += 1
        typer.echo(("," if number else "") + "\n" + json.dumps({"change": change, **one}, ensure_ascii=False), nl=False)
    typer.echo(f'\n],\n"counts": {json.dumps(counts)}}}')
    return counts
