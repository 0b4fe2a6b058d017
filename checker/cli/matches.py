"""What ``checker records --match`` prints: which column of which export went where."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from tabulate import tabulate

from checker.auditing import by_table, planned
from checker.cli import unasked
from checker.errors import CheckerError, UsageError, cannot_be_written
from checker.language import Label, _, bracketed
from checker.rulebook.rulebook import Rulebook
from checker.sources.find import Reader, survey
from checker.sources.headers import suggestion
from checker.sources.mapping import Mappings
from checker.sources.match import Matched, StrangeExportError
from checker.sources.starter import starter
from checker.sql import NULL

if TYPE_CHECKING:
    from checker.rulebook.model import Record


def show(
    data: Sequence[str],
    books: Sequence[Rulebook],
    named: Sequence[str],
    mappings: Mappings,
    readers: Mapping[str, Reader],
    target: Path | None,
) -> None:
    """Print what exports hold, and what is missing there; write a mapping to begin with, where asked for."""
    records = {f"{book.name}/{name}": record for book in books for name, record in book.records.items()}
    with tempfile.TemporaryDirectory(prefix="checker-") as work:
        placed, ignored, _stamps = survey(data, Path(work), books, mappings, readers)
        for export, one in placed:
            if isinstance(one, Matched):
                _show(one, records[one.path])
            else:
                typer.echo(f"{export.place}\n  {one}\n")
        strange = [export for export, one in placed if isinstance(one, StrangeExportError)]
        for line in unasked.lines(strange, books, named):
            typer.echo(line)
        if ignored:
            typer.echo(_("Not read as records: {files}").format(files=", ".join(ignored)))
        if found := [one for _export, one in placed if isinstance(one, Matched)]:
            _switched_off(found, books)
    if target is not None:
        if target.exists():
            raise UsageError(target, _("the file is there already"), _("name another one"))
        try:
            target.write_text(starter(placed, records), encoding="utf-8")
        except OSError as error:
            raise UsageError(target, cannot_be_written(error), _("name another place")) from None
        typer.echo(target)


def _show(one: Matched, record: Record) -> None:
    typer.echo(f"{one.export.place} → {one.path}{bracketed(record.title.label)}")
    lines = list(_columns(one))
    for header in one.unknown:
        like = suggestion(header, record)
        lines.append((header, "—", _("like {header}").format(header=like) if like else ""))
    lines += [(header, field, str(problem)) for field, (header, problem) in one.lost.items()]
    text = tabulate(lines, [_("column"), _("field"), ""], tablefmt="simple", disable_numparse=True)
    typer.echo("\n".join(f"  {line}".rstrip() for line in text.splitlines()))
    if one.missing:
        typer.echo("  " + _("No column for: {fields}").format(fields="、".join(one.missing)))
    typer.echo()


def _columns(one: Matched) -> Iterator[tuple[str, str, str]]:
    """Yield each column with its field and what is peculiar to it."""
    for field, column in one.columns.items():
        if column.is_left_out:
            continue
        notes = [column.unit, column.form, *(f"{cell} = {word}" for cell, word in column.words.items())]
        if column.part:
            notes.append(_("the beginning of a range") if column.part == 1 else _("the end of a range"))
        if column.marks:
            notes.append(_("a column for each document"))
        yield column.header, field, "; ".join(note for note in notes if note)


def _switched_off(found: list[Matched], books: Sequence[Rulebook]) -> None:
    """Print the rules that lack a column."""
    rules = [rule for book in books for rule in book.rules.values()]
    try:
        plan = planned(books, rules, by_table(found), NULL)
    except CheckerError as error:
        typer.echo(str(error))
        return
    lines = [
        (one.rule.id, str(missing))
        for record in plan.records
        for one in record.rules
        if isinstance(missing := one.judgement.facts.get("missing"), Label)
    ]
    if lines:
        typer.echo(_("Rules that cannot run:"))
        text = tabulate(lines, [_("rule"), _("not exported")], tablefmt="simple")
        typer.echo("\n".join(f"  {line}" for line in text.splitlines()))
