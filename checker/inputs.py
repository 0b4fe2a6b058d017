"""What an audit tells of its exports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Map
from pathlib import Path

from checker.engines import Exports, RecordResult
from checker.errors import SourceError
from checker.language import _
from checker.report.model import Input
from checker.rulebook.kind import LATER_THAN_AUDIT
from checker.sources.export import Gapped, Gaps


def hashes(placed: Exports) -> dict[Path, str]:
    """Return the hash of each file."""
    found: dict[Path, str] = {}
    for path in {one.export.path for exports_ in placed.values() for one in exports_}:
        with path.open("rb") as file:
            found[path] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def surveys(placed: Exports) -> dict[str, list[Gapped]]:
    """Return for each table's exports what tells which rows among their records are none."""
    return {path: [one.export.survey() for one in exports_] for path, exports_ in placed.items()}


def later(results: Iterable[RecordResult]) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield the record types of which records lie later than the audit, with their number: all rules say the same."""
    for result in results:
        table = result.plan.table
        for judged, counts in zip(result.plan.rules, result.branches, strict=True):
            if judged.judgement.branches[0] == LATER_THAN_AUDIT:
                if counts.get(0):
                    yield (table.book.name, table.name), counts[0]
                break


def check_judged(placed: Exports, results: Iterable[RecordResult], later: Map[tuple[str, str], int]) -> None:
    """Refuse an audit in which no rule had a record to judge: it would look clean."""
    judged = [result for result in results if result.plan.rules]
    rows = sum(sum(result.rows) for result in judged)
    if not rows:
        empty = [one.export.place for result in judged for one in placed[result.plan.table.path]]
        raise SourceError(
            empty[0] if len(empty) == 1 else _("the data"),
            _("it holds no record, so nothing was judged"),
            _("export the records too, not their headers alone"),
        )
    if rows == sum(later.values()):
        raise SourceError(
            _("the data"),
            _("all of it lies later than the day of the audit, so nothing was judged"),
            _("name a later day with --as-of"),
        )


def gaps(results: Iterable[RecordResult], surveys: Map[str, list[Gapped]]) -> dict[str, list[Gaps]]:
    """Return for each table's exports which rows among their records are none."""
    found = {}
    for result in results:
        path = result.plan.table.path
        found[path] = [gapped(rows) for gapped, rows in zip(surveys[path], result.rows, strict=True)]
    return found


def headings(placed: Exports, gaps: Map[str, list[Gaps]]) -> Iterator[str]:
    """Yield the places of headings that stand again among the records."""
    for path, found in gaps.items():
        for one, gap in zip(placed[path], found, strict=True):
            yield from (f"{one.export.place} ({called})" for called in gap.called)


def told(
    placed: Exports,
    results: Iterable[RecordResult],
    hashes: Map[Path, str],
    wrong: Map[tuple[int, int], int],
) -> tuple[Input, ...]:
    """Return what is told of each export.

    Args:
        placed: The exports by their tables.
        results: What came of each record type.
        hashes: The hash of each file.
        wrong: The rows with data errors, by the numbers of record type and export.
    """
    inputs = []
    for number, result in enumerate(results):
        for file, (one, rows) in enumerate(zip(placed[result.plan.table.path], result.rows, strict=True)):
            inputs.append(
                Input(
                    place=one.export.place,
                    sha256=hashes[one.export.path],
                    bytes=one.export.path.stat().st_size,
                    encoding=one.export.encoding,
                    rulebook=one.rulebook,
                    record=one.record,
                    rows=rows,
                    first=result.days[file][0],
                    last=result.days[file][1],
                    data_errors=wrong.get((number, file), 0),
                    unknown=one.unknown,
                    lost=tuple(one.lost.values()),
                )
            )
    return tuple(inputs)
