"""The command ``checker``. Commands import what they need when they run, so that ``--help`` is quick."""

from __future__ import annotations

import sys

import typer

from checker import language
from checker.errors import CheckerError
from checker.language import Language, _


def main() -> None:
    """Run the command line; user errors end with one line each and exit status 2."""
    language.use(_asked_for(sys.argv[1:]))
    try:
        application()()
    except CheckerError as error:
        for line in error.lines:
            print(f"checker: {line}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone
        sys.exit(2)


def _asked_for(arguments: list[str]) -> Language:
    """Return the language that ``--lang`` asks for, before any help text is made."""
    for index, word in enumerate(arguments):
        value = word.removeprefix("--lang=") if word.startswith("--lang=") else ""
        if word == "--lang" and index + 1 < len(arguments):
            value = arguments[index + 1]
        if value in language.LANGUAGES:
            return value
    return language.preferred()


def application() -> typer.Typer:
    """Return the command with its subcommands."""
    from checker.cli import check, compare, coverage, examples, explain, plugins, records, rules

    app = typer.Typer(
        name="checker",
        help=_("Audit exported records against service manuals: every clause, every deadline."),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.command("check", help=_("Check exports, and report every breach."))(check.check)
    app.command("rules", help=_("List the rules."))(rules.rules)
    app.command("explain", help=_("Explain a rule, or why a record got its outcome."))(explain.explain)
    app.command("coverage", help=_("Show what becomes of every clause."))(coverage.coverage)
    app.command("records", help=_("List the record types, or the fields and headers of one."))(records.records)
    app.command("test", help=_("Run the examples of the rules."))(examples.test)
    app.command("compare", help=_("Show what has changed between two reports."))(compare.compare)
    app.command("plugins", help=_("List the plugins installed."))(plugins.plugins)
    app.callback(invoke_without_command=True)(_root)
    return app


def _root(
    version: bool = typer.Option(False, "--version", help=_("Show the version and exit."), is_eager=True),
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(installed("rulebook-checker"))
        raise typer.Exit
