"""``checker due``: what falls due next."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from checker.cli.options import (
    AsOf,
    Books,
    ConfigFile,
    Data,
    Ignore,
    Lang,
    Select,
    Settings,
    ShowPersonalData,
    for_programs,
    instant,
    one_of,
    usable,
)
from checker.cli.progress import progress_bar
from checker.errors import UsageError, nearest
from checker.language import _

if TYPE_CHECKING:
    from checker.report.ahead import Ahead

SHOWN = ("table", "md", "json")
ENDINGS = (".xlsx", ".ics")
_LENGTH = re.compile(r"(\d{1,5})\s*(?:(h|hours?|小时)|(d|days?|天|日)|(w|weeks?|周))")


def due(
    data: Data,
    rulebook: Books = [],  # noqa: B006
    within: Annotated[
        str, typer.Option("--within", help=_("How far ahead, such as 12h, 7d or 2w."), metavar="PERIOD")
    ] = "7d",
    as_of: AsOf = None,
    output: Annotated[
        list[Path], typer.Option("--output", "-o", help=_("Write it here: .xlsx or .ics."), metavar="FILE")
    ] = [],  # noqa: B006
    show: Annotated[
        str, typer.Option("--format", "-f", help=_("How to print it: ") + ", ".join(SHOWN), metavar="FORMAT")
    ] = "table",
    select: Select = [],  # noqa: B006
    ignore: Ignore = [],  # noqa: B006
    setting: Settings = [],  # noqa: B006
    config: ConfigFile = None,
    show_personal_data: ShowPersonalData = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=_("Print nothing."))] = False,
    lang: Lang = None,
) -> None:
    """Show what is not done yet and falls due, by day and department, soonest first, with the time that remains.

    Exit status: 0 it could be told, 2 it could not.
    """
    one_of(SHOWN, "--format", show)
    for path in output:
        if path.suffix.lower() not in ENDINGS:
            raise UsageError(
                f"-o {path}", _("no format ends in {suffix!r}").format(suffix=path.suffix), nearest("", ENDINGS)
            )
    ahead_by = _length(within)
    moment = instant(as_of)

    from checker.auditing import audit
    from checker.cli import unasked
    from checker.config import read_config
    from checker.plugins import rulebooks, sources_of
    from checker.report import spare_work, whole
    from checker.report.ahead import Ahead, write_calendar, write_workbook
    from checker.sources.find import spare

    plugins = usable()
    readers = sources_of(plugins)
    spare(data, output, readers)
    for path in output:
        spare_work(path)
    settings = read_config(config)
    books = rulebooks(rulebook or settings.rulebooks, settings.overrides(setting), plugins)
    with progress_bar(quiet=quiet) as progress, unasked.told(books, rulebook):
        report = audit(
            data,
            books,
            moment,
            select=select,
            ignore=ignore,
            calendar=settings.working_days,
            mappings=settings.mappings(books),
            readers=readers,
            show_personal_data=show_personal_data,
            progress=progress,
        )
    most = dt.datetime.max - report.as_of  # noqa: DTZ901  # both in the rulebook's own time
    ahead = Ahead(report, min(ahead_by, most))
    for path in output:
        with whole(path) as place:
            if path.suffix.lower() == ".xlsx":
                write_workbook(ahead, place)
            else:
                with place.open("wb") as out:
                    write_calendar(ahead, out)
    if not quiet:
        _json(ahead) if show == "json" else _table(ahead, markdown=show == "md")


def _length(text: str) -> dt.timedelta:
    found = _LENGTH.fullmatch(text.strip().lower())
    if not found:
        raise UsageError(f"--within {text}", _("this is no length of time"), _("write 12h, 7d or 2w"))
    hours, days, _weeks = found.groups()[1:]
    unit = "hours" if hours else "days" if days else "weeks"
    return dt.timedelta(**{unit: int(found[1])})


def _table(ahead: Ahead, *, markdown: bool) -> None:
    from tabulate import tabulate

    from checker.report.ahead import headers
    from checker.report.plain import cell

    shown = [[cell(text, markdown=markdown) for text in ahead.line(one)] for one in ahead]
    style = "github" if markdown else "simple"
    widths = None if markdown else [None, None, None, None, 30, 18, 60]
    if shown:
        typer.echo(tabulate(shown, headers(), tablefmt=style, disable_numparse=True, maxcolwidths=widths))
        typer.echo()
    told = _("{count} fall due; {later} others are pending, due later or on no known day.")
    typer.echo(told.format(count=len(shown), later=ahead.later))


def _json(ahead: Ahead) -> None:
    import json

    from checker.report.ahead import as_json

    for_programs()
    typer.echo("[", nl=False)
    for number, one in enumerate(as_json(ahead)):
        typer.echo(("," if number else "") + "\n" + json.dumps(one, ensure_ascii=False), nl=False)
    typer.echo("\n]")
