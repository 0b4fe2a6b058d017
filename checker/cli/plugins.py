"""``checker plugins``: what is installed."""

from __future__ import annotations

import typer

from checker.cli.options import Lang
from checker.language import _


def plugins(lang: Lang = None) -> None:
    """List the plugins with their versions, and those that failed to load with the reason."""
    from tabulate import tabulate

    from checker.plugins import installed

    found = installed()
    lines = [
        (
            plugin.name,
            f"{plugin.distribution} {plugin.version}",
            len(plugin.rulebooks),
            ", ".join(plugin.kinds),
            plugin.error or "ok",
        )
        for plugin in found
    ]
    typer.echo(tabulate(lines, [_("plugin"), _("distribution"), _("rulebooks"), _("kinds"), ""], tablefmt="simple"))
    if any(plugin.error for plugin in found):
        raise typer.Exit(2)
