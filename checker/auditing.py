"""The audit: five steps, in order."""

from __future__ import annotations

import datetime as dt
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlglot import exp

from checker import inputs
from checker.calendar import Calendar, published
from checker.engines import Engine, Exports, Opened, Progress, RecordResult
from checker.engines.duckdb import DuckDB
from checker.errors import SourceError, UsageError, no_date
from checker.language import Label, _, both
from checker.plan import Plan, plan_record
from checker.report.finding import Source, first_place
from checker.report.findings import Findings
from checker.report.model import OUTCOMES, Report, RuleResult
from checker.rulebook.model import DATED
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook
from checker.selection import selected
from checker.sources import dates
from checker.sources.export import Gaps
from checker.sources.find import READERS, Reader, Stamp, read, stamp
from checker.sources.mapping import Mapping
from checker.sources.match import Matched
from checker.sql import sql

NO_MAPPINGS: Map[str, Mapping] = MappingProxyType({})


def audit(
    data: Sequence[str | Path],
    books: Sequence[Rulebook],
    as_of: dt.datetime | dt.date,
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    calendar: Callable[[], Calendar] = published,
    mappings: Map[str, Mapping] = NO_MAPPINGS,
    readers: Map[str, Reader] = READERS,
    show_personal_data: bool = False,
    engine: Opened = DuckDB,
    progress: Progress = lambda _what, _share: None,
) -> Report:
    """Check every record of some exports by every rule of some rulebooks.

    Args:
        data: Folders, files, patterns, and addresses of databases.
        books: The rulebooks.
        as_of: The instant up to which things count as having happened; a date means the end of that day.
        select: Only the rules these words mean.
        ignore: Not the rules these words mean.
        calendar: Gives the working days, where a rule needs them.
        mappings: For record types, named ``book/record``, how the exports differ from what a rulebook expects.
        readers: The reader of each file name ending.
        show_personal_data: Whether personal fields are shown in full.
        engine: Opens the engine that runs it, given a folder for its working tables.
        progress: Told what is being done.

    Raises:
        CheckerError: when the audit cannot be done; the message says why, and what would be right.
    """
    rules = selected((rule for book in books for rule in book.rules.values()), select, ignore)
    instant = local_instant(as_of, books[0].about.timezone)
    folder = tempfile.TemporaryDirectory(prefix="checker-", ignore_cleanup_errors=True)
    found = running = None
    try:
        work = Path(folder.name)
        found = read(map(str, data), work, books, mappings, readers)
        placed = by_table(found.exports)
        with ThreadPoolExecutor(1) as beside:  # the engine lets Python go on while it works
            hashes = beside.submit(inputs.hashes, placed)
            surveys = beside.submit(inputs.surveys, placed)
            plan = planned(books, rules, placed, sql("CAST(:i AS TIMESTAMP)", i=instant.isoformat(sep=" ")))
            running = engine(work)
            results = running.run(plan, placed, calendar, progress, mask=not show_personal_data)
            later = dict(inputs.later(results))
            inputs.check_judged(placed, results, later)
            gaps = inputs.gaps(results, surveys.result())
            findings = _findings(running, placed, results, gaps)
            _check_dates(findings, results, placed)
            wrong = findings.rows_with_data_errors()
            told = inputs.told(placed, results, hashes.result(), wrong)
        _check_unchanged(found.stamps)
    except BaseException:
        if running:
            running.close()  # some systems do not remove a file that is open
        folder.cleanup()
        _check_unchanged(found.stamps if found else {})
        raise
    weakref.finalize(findings, folder.cleanup)
    return Report(
        as_of=instant,
        engine=f"{running.name} {running.version}",
        version=version("rulebook-checker"),
        rulebooks=tuple(books),
        inputs=told,
        ignored=(*found.ignored, *inputs.headings(placed, gaps)),
        rules=tuple(_rules(books, rules, results)),
        findings=findings,
        later=later,
    )


def local_instant(as_of: dt.datetime | dt.date, timezone: str) -> dt.datetime:
    """Return an instant as the clock in a time zone shows it; a date as the end of that day.

    Raises:
        UsageError: for one that is in no year there.
    """
    if not isinstance(as_of, dt.datetime):
        return dt.datetime.combine(as_of, dt.time(23, 59, 59))
    try:
        local = as_of.astimezone(ZoneInfo(timezone)) if as_of.tzinfo else as_of
    except OverflowError:
        raise no_date(as_of) from None
    return local.replace(tzinfo=None, microsecond=0)


def by_table(placed: Iterable[Matched]) -> dict[str, list[Matched]]:
    """Return exports by the table they belong to."""
    tables: dict[str, list[Matched]] = {}
    for one in placed:
        tables.setdefault(one.path, []).append(one)
    return tables


def planned(books: Iterable[Rulebook], rules: Iterable[Rule], placed: Exports, as_of: exp.Expr) -> Plan:
    """Return the plan for the rules whose records are there.

    Raises:
        UsageError: when there is none.
    """
    numbers = dict(enumerate(rules))
    records = []
    for book in books:

        def exported(name: str, book: Rulebook = book) -> frozenset[str] | None:
            there = placed.get(f"{book.name}/{name}")
            if not there:
                return None
            return frozenset().union(*(one.columns for one in there)).difference(*(one.lost for one in there))

        for name in book.records:
            own = {n: rule for n, rule in numbers.items() if book.rules.get(rule.id) is rule and rule.record == name}
            if exported(name) is not None:
                records.append(plan_record(book, name, own, exported, as_of))
    if not any(record.rules for record in records):
        raise UsageError(
            _("the data"),
            _("no rule applies to any of the exports"),
            _("give exports of the records that the rules judge ('checker rules' lists them)"),
        )
    plan = Plan(tuple(records)).with_all_fields()
    _check_columns(plan, placed)
    return plan


def _check_columns(plan: Plan, placed: Exports) -> None:
    """Refuse a column that a rule reads and only some files of a record type have: there it would seem empty."""
    for path, table in plan.tables.items():
        exports = placed.get(path, [])
        for field in table.fields:
            having = [one.export.place for one in exports if field in one.columns]
            lacking = [one.export.place for one in exports if field not in one.columns]
            if lacking and having:
                raise SourceError(
                    lacking[0],
                    _("it has no column {field}, which {other} has").format(
                        field=table.record.label(field), other=having[0]
                    ),
                    _("export both with the same columns, or audit them apart"),
                )


def _check_unchanged(stamps: Map[Path, Stamp]) -> None:
    """Refuse an audit of files that changed while they were read, for no file like that ever was."""
    for path, before in stamps.items():
        if not path.exists() or stamp(path) != before:
            raise SourceError(
                path, _("the file changed while it was audited"), _("audit it again when nothing writes to it")
            )


def _findings(engine: Engine, placed: Exports, results: Iterable[RecordResult], gaps: Map[str, list[Gaps]]) -> Findings:
    sources = {}
    for number, result in enumerate(results):
        table = result.plan.table
        exports_ = zip(placed[table.path], result.rows, gaps[table.path], strict=True)
        places = tuple((first_place(one.export), rows, gap) for one, rows, gap in exports_)
        sources[number] = Source(table.book.name, table.name, places)
    return Findings(engine.connection, sources)


def _check_dates(findings: Findings, results: Sequence[RecordResult], placed: Exports) -> None:
    """Refuse dates that end in the year and begin so late in an export that its first rows did not show them."""
    for record, file, field, example in findings.dates_in_doubt():
        table = results[record].plan.table
        one = placed[table.path][file]
        if table.record.fields[field].type in DATED and not one.columns[field].form:
            raise dates.late(one, field, example)


def _rules(books: Iterable[Rulebook], rules: Iterable[Rule], results: Iterable[RecordResult]) -> Iterator[RuleResult]:
    """Yield what each rule said, in the rulebooks' order; those that had nothing to judge say so."""
    judged = {
        rule.number: (rule, sum(result.rows), counts)
        for result in results
        for rule, counts in zip(result.plan.rules, result.branches, strict=True)
    }
    owner = {id(rule): book for book in books for rule in book.rules.values()}
    for number, rule in enumerate(rules):
        book = owner[id(rule)]
        outcomes = dict.fromkeys(OUTCOMES, 0)
        if number not in judged:
            reason = both("no export holds {record}").with_(record=book.records[rule.record].title.label)
            yield RuleResult(number, book, rule, 0, outcomes, reason, ())
            continue
        done, records, counts = judged[number]
        for branch, count in counts.items():
            outcomes[done.judgement.branches[branch].outcome.word] += count
        missing = done.judgement.facts.get("missing")
        why = both("not exported: {fields}").with_(fields=missing) if isinstance(missing, Label) else None
        if not records:
            why = both("the export holds no records")
        names = tuple(name for name, _value, _label in done.evidence)
        yield RuleResult(number, book, rule, records, outcomes, why, names)
