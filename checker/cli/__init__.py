"""The command ``checker``. Commands import what they need when they run, so that ``--help`` is quick."""

from __future__ import annotations

import atexit
import errno
import gc
import io
import os
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

import typer

from checker import language
from checker.errors import CheckerError, UsageError, why
from checker.language import Language, _

_WRONG_CALL: Any = typer.BadParameter.__base__
"""What typer raises for words it does not know; where that class lives differs between its versions."""


def program() -> NoReturn:
    """Run the command line as a process of its own.

    The process ends at once when all is written: to free the trees of a plan one by one takes longer than to make them.
    """
    try:
        main()
    except SystemExit as end:
        status = int(end.code or 0)
    except Exception as bug:  # of ours; the status must not be that of violations
        sys.excepthook(type(bug), bug, bug.__traceback__)
        status = 2
    atexit._run_exitfuncs()  # noqa: SLF001  # working folders are removed
    os._exit(status)


def main() -> NoReturn:
    """Run the command line; user errors end with one line each and exit status 2."""
    language.use(_asked_for(sys.argv[1:]))
    if isinstance(sys.stdout, io.TextIOWrapper):  # where a console or a pipe lacks a letter, a sign stands for it
        sys.stdout.reconfigure(errors="replace")
    gc.set_threshold(100_000, 20, 20)  # plans are large trees that live on: going through them often takes long
    try:
        status = application()(standalone_mode=False)
        sys.stdout.flush()
    except _WRONG_CALL as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # the message is the help
            print(error.format_message(), file=sys.stderr)  # noqa: T201
            sys.exit(2)
        from checker.cli.wrong_calls import explained

        _fail([explained(error)])
    except CheckerError as error:
        _fail(error.lines)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone
        sys.exit(2)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            _fail(UsageError(error.filename, why(error), _("check the spelling")).lines)
        if error.errno != errno.ENOSPC:
            raise
        reason = _("it cannot be written: {reason}").format(reason=why(error))
        _fail(UsageError(_("the output"), reason, _("make room")).lines)
    sys.exit(status)


def _fail(lines: Iterable[str]) -> NoReturn:
    for line in lines:
        print(f"checker: {line}", file=sys.stderr)  # noqa: T201
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
    from checker.cli import check, compare, coverage, due, examples, explain, new, plugins, records, rules, schema

    app = typer.Typer(
        name="checker",
        help=_("Audit exported records against service manuals: every clause, every deadline."),
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.command("check", help=_("Check exports, and report every breach."))(check.check)
    app.command("due", help=_("Show what falls due next."))(due.due)
    app.command("rules", help=_("List the rules."))(rules.rules)
    app.command("explain", help=_("Explain a rule, or why a record got its outcome."))(explain.explain)
    app.command("coverage", help=_("Show what becomes of every clause."))(coverage.coverage)
    app.command("records", help=_("List the record types, or the fields and headers of one."))(records.records)
    app.command("test", help=_("Run the examples of the rules."))(examples.test)
    app.command("schema", help=_("Print the JSON Schemas of rulebook files, for editors."))(schema.schema)
    scaffolds = typer.Typer(help=_("Write a new rulebook or rule, with examples that pass."), no_args_is_help=True)
    scaffolds.command("rulebook", help=_("Write a new rulebook."))(new.rulebook)
    scaffolds.command("rule", help=_("Write a new rule."))(new.rule)
    app.add_typer(scaffolds, name="new")
    app.command("compare", help=_("Show what has changed between two reports."))(compare.compare)
    app.command("plugins", help=_("List the plugins installed."))(plugins.plugins)

    def root(
        context: typer.Context,
        version: bool = typer.Option(False, "--version", help=_("Show the version and exit."), is_eager=True),
    ) -> None:
        if version:
            from importlib.metadata import version as installed

            typer.echo(installed("rulebook-checker"))
            raise typer.Exit
        if context.invoked_subcommand is None:
            typer.echo(context.get_help())

    app.callback(invoke_without_command=True)(root)
    return app
