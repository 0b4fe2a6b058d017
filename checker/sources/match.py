"""Which record type each export holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch

from checker.errors import SourceError, several
from checker.language import _
from checker.rulebook.rulebook import Rulebook
from checker.sources import headers
from checker.sources.export import Export


@dataclass(frozen=True)
class Matched:
    """An export and the record type it holds.

    Attributes:
        columns: For each field found, the column's name in the scan.
        scales: For each number whose header carries a unit, by what it is multiplied.
        unknown: The headers that are no field.
    """

    export: Export
    rulebook: str
    record: str
    columns: Mapping[str, str]
    scales: Mapping[str, int]
    unknown: tuple[str, ...]


def matched(exports: Iterable[Export], rulebooks: Iterable[Rulebook]) -> list[Matched]:
    """Return what each export holds.

    A file's name decides where a record type claims it and its key is there; among several, and where no name
    fits, the type with the most of its fields found decides, if it is one alone.

    Raises:
        SourceError: for headers that stand twice, for an export that fits no type or several alike, and for
            files of one type that give different fields.
    """
    rulebooks = list(rulebooks)
    found: list[Matched] = []
    errors: list[SourceError] = []
    for export in exports:
        try:
            found.append(_one(export, rulebooks))
        except SourceError as error:
            errors.append(error)
    if errors:
        raise several(errors)
    _same_fields(found)
    return found


def _one(export: Export, rulebooks: list[Rulebook]) -> Matched:
    if twice := headers.duplicates(export.headers):
        raise SourceError(
            f"{export.place}: {_('header row')}",
            _("the header {header!r} stands twice").format(header=twice[0]),
            _("rename one of the columns"),
        )
    tried = [
        (rulebook, name, headers.match(export.headers, record))
        for rulebook in rulebooks
        for name, record in rulebook.records.items()
    ]
    with_key = [one for one in tried if one[2].has_key]
    named = [one for one in with_key if any(fnmatch(export.name.lower(), p.lower()) for p in one[2].record.files)]
    fitting = named or [one for one in with_key if 2 * len(one[2].columns) > len(one[2].unknown)]
    most = max((len(one[2].columns) for one in fitting), default=0)
    best = [one for one in fitting if len(one[2].columns) == most]
    if not best:
        raise _no_type(export, tried)
    if len(best) > 1:
        types = ", ".join(f"{rulebook.about.name}/{name}" for rulebook, name, _match in best)
        raise SourceError(
            export.place,
            _("the headers fit several record types alike: {types}").format(types=types),
            _("name the file after one of them, or audit with one rulebook (--rulebook)"),
        )
    rulebook, name, match = best[0]
    columns = {field: export.columns[index] for field, index in match.columns.items()}
    scales = {field: headers.scale(export.headers[index]) for field, index in match.columns.items()}
    return Matched(
        export,
        rulebook.about.name,
        name,
        columns,
        {field: factor for field, factor in scales.items() if factor != 1},
        match.unknown,
    )


def _no_type(export: Export, tried: list[tuple[Rulebook, str, headers.Match]]) -> SourceError:
    """Say which record types came nearest."""
    nearest = sorted(tried, key=lambda one: -len(one[2].columns))[:3]
    told = "; ".join(
        _("{type}: {found} of {all} headers, key {key} {there}").format(
            type=f"{rulebook.about.name}/{name}",
            found=len(match.columns),
            all=len(export.headers),
            key=" + ".join(match.record.label(field).zh for field in match.record.key),
            there=_("found") if match.has_key else _("missing"),
        )
        for rulebook, name, match in nearest
    )
    return SourceError(
        export.place,
        _("the headers fit no record type (tried {count}; nearest {told})").format(count=len(tried), told=told),
        _("see the headers known with 'checker records'"),
    )


def _same_fields(found: list[Matched]) -> None:
    """Refuse files of one record type that do not give the same fields."""
    first: dict[tuple[str, str], Matched] = {}
    for one in found:
        other = first.setdefault((one.rulebook, one.record), one)
        missing = sorted(set(other.columns) - set(one.columns)) or sorted(set(one.columns) - set(other.columns))
        if missing:
            lacking, having = (one, other) if missing[0] in other.columns else (other, one)
            raise SourceError(
                lacking.export.place,
                _("it has no column {field}, which {other} has").format(field=missing[0], other=having.export.place),
                _("export both with the same columns, or audit them apart"),
            )
