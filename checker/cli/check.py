"""``checker check``: the audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from checker.cli.options import (
    AsOf,
    Books,
    ConfigFile,
    Data,
    EngineName,
    Ignore,
    Lang,
    MemoryLimit,
    Select,
    Settings,
    ShowPersonalData,
    SparkMaster,
    TimeLimit,
    for_programs,
    instant,
    one_of,
    usable,
)
from checker.cli.progress import progress_bar
from checker.errors import UsageError
from checker.language import _

SHOWN = ("table", "summary", "json", "jsonl", "csv", "md", "github")
FOR_PROGRAMS = ("json", "jsonl", "csv")
LEVELS = ("critical", "major", "minor", "info")


def check(
    data: Data,
    rulebook: Books = [],  # noqa: B006  # typer copies it
    as_of: AsOf = None,
    output: Annotated[
        list[Path],
        typer.Option(
            "--output",
            "-o",
            help=_(
                "Write the report: .html .xlsx .json .jsonl .csv .md .txt .sarif .xml (JUnit) .gitlab.json, "
                "or a folder for rectification notices."
            ),
            metavar="FILE",
        ),
    ] = [],  # noqa: B006
    show: Annotated[
        str, typer.Option("--format", "-f", help=_("How to print it: ") + ", ".join(SHOWN), metavar="FORMAT")
    ] = "table",
    select: Select = [],  # noqa: B006
    ignore: Ignore = [],  # noqa: B006
    setting: Settings = [],  # noqa: B006
    config: ConfigFile = None,
    waivers: Annotated[
        list[Path],
        typer.Option("--waivers", help=_("Breaches that someone answers for: .toml, .csv or .xlsx."), metavar="FILE"),
    ] = [],  # noqa: B006
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help=_("An earlier JSON report: fail only for what is new since."), metavar="FILE"),
    ] = None,
    review: Annotated[
        list[Path],
        typer.Option("--review", help=_("A workbook of findings with the inspector's conclusions."), metavar="FILE"),
    ] = [],  # noqa: B006
    fail_on: Annotated[
        str,
        typer.Option(
            help=_("The least severity that makes the exit status 1: ") + ", ".join(LEVELS), metavar="SEVERITY"
        ),
    ] = "info",
    strict: Annotated[bool, typer.Option("--strict", help=_("Fail also where records could not be assessed."))] = False,
    max_per_rule: Annotated[
        int, typer.Option(help=_("How many findings of a rule are printed; 0 for all."), metavar="N", min=0)
    ] = 10,
    show_personal_data: ShowPersonalData = False,
    engine: EngineName = "duckdb",
    spark_master: SparkMaster = None,
    memory_limit: MemoryLimit = None,
    time_limit: TimeLimit = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=_("Print nothing; the exit status tells."))] = False,
    lang: Lang = None,
) -> None:
    """Check every record by every rule.

    Exit status: 0 clean, 1 violations at or above ``--fail-on``, 2 the audit could not be done.
    """
    one_of(SHOWN, "--format", show)
    one_of(LEVELS, "--fail-on", fail_on)
    moment = instant(as_of)

    from dataclasses import replace

    from checker import report
    from checker.auditing import audit
    from checker.baseline import check_report, known
    from checker.cli import unasked
    from checker.config import read_config
    from checker.engines import engine as opened
    from checker.plugins import formats_of, rulebooks, sources_of
    from checker.review import read_review
    from checker.settling import settled
    from checker.sources.find import spare
    from checker.waivers import read_waivers

    plugins = usable()
    formats, readers = formats_of(plugins), sources_of(plugins)
    for path in output:
        report.writer_of(path, formats)
    spare(data, output, readers)
    for path in output:
        report.spare_work(path)
    settings = read_config(config)
    books = rulebooks(rulebook or settings.rulebooks, settings.overrides(setting), plugins)
    rules = [rule for book in books for rule in book.rules.values()]
    given = [one for path in waivers for one in read_waivers(path, rules)]
    reviewed = read_review(review) if review else None
    if baseline:
        check_report(baseline)
    with progress_bar(quiet=quiet) as progress, unasked.told(books, rulebook):
        result = audit(
            data,
            books,
            moment,
            select=select,
            ignore=ignore,
            calendar=settings.working_days,
            mappings=settings.mappings(books),
            readers=readers,
            show_personal_data=show_personal_data,
            engine=opened(engine, spark_master, memory_limit, time_limit),
            progress=progress,
        )
    if given or reviewed or baseline:
        before = (str(baseline), known(baseline)) if baseline else None
        result = settled(result, given, reviewed, before)
    result = replace(result, correct_within={**result.correct_within, **settings.notices})
    for path in output:
        report.write(result, path, formats)
    if not quiet:
        if show in FOR_PROGRAMS:
            for_programs()
        report.show(result, show, max_per_rule or None)
    if result.judged_nothing:
        raise UsageError(
            _("the data"),
            _("every rule reads a column that no export has, so nothing was judged"),
            _("export these columns too, or say in checker.toml what they are called"),
        )
    if result.failed(fail_on, strict=strict):  # type: ignore[arg-type]  # one of LEVELS
        raise typer.Exit(1)
