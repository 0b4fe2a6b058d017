"""``checker records``: record types, fields and headers; empty sheets to fill in."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.options import Books, ConfigFile, Lang, usable
from checker.errors import UsageError, nearest, not_together, why
from checker.language import _, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from checker.rulebook.model import Record, RecordField
    from checker.rulebook.rulebook import Rulebook

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]+')
"""What some system has no place for in the name of a file."""


def records(
    record: Annotated[str | None, typer.Argument(help=_("A record type."), metavar="RECORD")] = None,
    rulebook: Books = [],  # noqa: B006
    template: Annotated[
        Path | None, typer.Option("--template", help=_("Write empty sheets into this folder."), metavar="DIR")
    ] = None,
    match: Annotated[
        list[str],
        typer.Option("--match", help=_("Show which columns of these exports are which fields."), metavar="DATA"),
    ] = [],  # noqa: B006
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=_("With --match: write a mapping to edit here."), metavar="FILE"),
    ] = None,
    config: ConfigFile = None,
    lang: Lang = None,
) -> None:
    """List the record types; with a name, its fields and the headers they are exported under."""
    if output is not None and not match:
        raise UsageError(f"-o {output}", _("it writes what --match finds"), _("add --match DATA"))
    for given, called in ((record, record), (template, f"--template {template}")):
        if match and given is not None:
            raise not_together(called, "--match")
    from checker.config import read_config
    from checker.plugins import rulebooks, sources_of

    plugins = usable()
    settings = read_config(config)
    books = rulebooks(rulebook or settings.rulebooks, plugins=plugins)
    if match:
        from checker.cli import matches

        matches.show(match, books, rulebook, settings.mappings(books), sources_of(plugins), output)
        return
    chosen = [(book, name) for book in books for name in book.records if record in (None, name, f"{book.name}/{name}")]
    if not chosen:
        known = [name for book in books for name in book.records]
        named = next((book for book in books if book.name == record), None)
        remedy = ""
        if named:
            word = record if named.version else named.path  # a folder's, where it is not installed
            remedy = _("those of the rulebook are listed by 'checker records -r {book}'").format(book=word)
        raise UsageError(str(record), _("there is no such record type"), remedy or nearest(str(record), known))
    if template is not None:
        _templates(chosen, template)
    elif record is None:
        _list(chosen)
    else:
        for book, name in chosen:
            _fields(book, name)


def _list(chosen: list[tuple[Rulebook, str]]) -> None:
    from tabulate import tabulate

    lines = [
        (
            f"{book.name}/{name}",
            str(book.records[name].title.label),
            listed(book.records[name].files),
            len(book.records[name].fields),
            sum(rule.record == name for rule in book.rules.values()),
        )
        for book, name in chosen
    ]
    headers = [_("record"), _("title"), _("files"), _("fields"), _("rules")]
    typer.echo(tabulate(lines, headers, tablefmt="simple"))


def _fields(book: Rulebook, name: str) -> None:
    from tabulate import tabulate

    record = book.records[name]
    typer.echo(f"{book.name}/{name}  {record.title.label}")
    typer.echo(_("Files: {files}").format(files=listed(record.files)))
    typer.echo()
    lines = [
        (
            field + (" *" if field in record.key else ""),
            one.type,
            "、".join(one.headers),
            "; ".join("、".join((code, *spellings)) for code, spellings in one.choices.items()),
            listed(_marks(one)),
        )
        for field, one in record.fields.items()
    ]
    headers = [_("field"), _("type"), _("headers"), _("choices"), ""]
    typer.echo(tabulate(lines, headers, tablefmt="simple", maxcolwidths=[None, None, 40, 60, None]))
    typer.echo()
    typer.echo(_("* identifies the record"))


def _marks(field: RecordField) -> Iterator[str]:
    """Yield what is remarkable about a field."""
    if field.moment == "plan":
        yield _("may lie ahead")
    if field.moment == "background":
        yield _("background")
    if field.personal:
        yield _("personal")
    if field.optional:
        yield _("optional")


def _templates(chosen: list[tuple[Rulebook, str]], folder: Path) -> None:
    sheets: dict[Path, Record] = {}
    for book, name in chosen:
        title = _NOT_IN_NAMES.sub("-", book.records[name].title.zh)
        path = folder / f"{title}.csv"
        sheets[folder / f"{title} {book.name}-{name}.csv" if path in sheets else path] = book.records[name]
    if there := next(filter(Path.exists, sheets), None):
        raise UsageError(there, _("the file is there already"), _("name another folder"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, record in sheets.items():
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerow([record.label(field).zh for field in record.fields])
            typer.echo(path)
    except OSError as error:
        raise UsageError(
            folder,
            _("the folder cannot be written: {reason}").format(reason=why(error)),
            _("name another place"),
        ) from None
