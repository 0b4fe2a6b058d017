"""Which record type each export holds, and where its fields stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cached_property

from checker.errors import CheckerError, SourceError, close_to, several
from checker.language import Label, _
from checker.rulebook.model import Record
from checker.rulebook.rulebook import Rulebook
from checker.sources import headers
from checker.sources.cells import Column
from checker.sources.columns import column_of
from checker.sources.export import Export
from checker.sources.mapping import Mapping, Mappings


@dataclass(frozen=True)
class Matched:
    """An export and the record type it holds.

    Attributes:
        columns: For each field found, where it stands.
        unknown: The headers that are no field.
        missing: The headers of the record type's fields that the export lacks.
        lost: The fields whose texts have lost digits, with their column's header and what is wrong with it.
    """

    export: Export
    rulebook: str
    record: str
    columns: Map[str, Column]
    unknown: tuple[str, ...]
    missing: tuple[str, ...] = ()
    lost: Map[str, tuple[str, Label]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The record type's full name."""
        return f"{self.rulebook}/{self.record}"


_UNMAPPED = Mapping()


@dataclass(frozen=True)
class _Try:
    """A record type that an export may hold."""

    book: Rulebook
    name: str
    mapping: Mapping
    export: Export

    @property
    def path(self) -> str:
        return f"{self.book.name}/{self.name}"

    @property
    def record(self) -> Record:
        return self.book.records[self.name]

    @cached_property
    def match(self) -> headers.Match:
        return headers.match(self.export.headers, self.record, self.mapping.columns)

    def has_key(self, words: frozenset[str]) -> bool:
        """Whether the key is among the headers, given their words; most types are ruled out by these alone."""
        return headers.may_have_key(words, self.record, self.mapping.columns) and self.match.has_key

    def tells(self) -> bool:
        """Whether headers tell the record type, under a name that does not: more than a third of them must be fields.

        A key counts only in a file that has the type's name, for elsewhere it may be anyone's number.
        """
        key = () if self._fits(self.export.path.stem) else self.record.key
        return 2 * len(self.match.fields.difference(key)) > len(self.match.unknown)

    def is_named(self) -> bool:
        """Whether a record type claims an export by its name."""
        return self._fits(self.export.name)

    def may_be_it(self) -> bool:
        """Whether so many headers are fields, the key among them, that a name would make the export the record type."""
        return self.match.has_key and 2 * len(self.match.fields) > len(self.match.unknown)

    def _fits(self, name: str) -> bool:
        return _is_like(name, (*self.mapping.sheets, *self.mapping.files, *self.record.files))

    def is_mapped(self) -> bool:
        """Whether a site's mapping says that an export holds the record type."""
        sheets, files, path = self.mapping.sheets, self.mapping.files, self.export.path
        by_sheet = _is_like(self.export.name, sheets)
        by_file = _is_like(path.name, files) or _is_like(path.stem, files)
        return by_sheet and by_file if sheets and files else by_sheet or by_file

    def is_elsewhere(self) -> bool:
        """Whether a site's mapping names the sheets or tables that hold the record type, and this is another one."""
        sheets = self.mapping.sheets
        return bool(sheets and self.export.container) and not _is_like(self.export.name, sheets)


def _is_like(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch(name.lower(), pattern.lower()) for pattern in patterns)


class StrangeExportError(SourceError):
    """An export that fits no record type.

    Attributes:
        nearest: The record type that it fits best: its name, and where its fields stand.
        brief: What is told of it among others.
    """

    nearest: tuple[str, headers.Match] | None = None
    brief: str = ""


class StrangersError(SourceError):
    """Exports that fit no record type, told with whatever else is wrong.

    Attributes:
        exports: Those that fit none.
    """

    def __init__(self, told: CheckerError, exports: Iterable[Export]) -> None:
        Exception.__init__(self, *told.args)
        self.lines, self.exports = told.lines, tuple(exports)


Placed = tuple[Export, Matched | SourceError]
"""An export, and what it holds or why it cannot be said."""


def each(exports: Iterable[Export], rulebooks: Iterable[Rulebook], mappings: Mappings) -> Iterator[Placed]:
    """Yield for each export what it holds, or why it cannot be said.

    A site's mapping decides; else the name decides where a record type claims it and its key is there; where no name
    fits, the headers must tell by themselves (``tells``). Of several types the one with the most of its fields found
    decides, if it is one alone.

    Args:
        exports: The exports.
        rulebooks: The rulebooks.
        mappings: For record types, how a site's exports differ.
    """
    rulebooks = list(rulebooks)
    for export in exports:
        try:
            yield export, _one(export, rulebooks, mappings)
        except SourceError as error:
            yield export, error


def settled(placed: Iterable[Placed]) -> tuple[list[Matched], list[str]]:
    """Return what exports hold, and the places of those left out: sheets, such as a cover, beside others that fit.

    Raises:
        SourceError: for headers that stand twice or are lost, and for an export that fits no type or several alike.
    """
    found: list[Matched] = []
    failed: list[tuple[Export, SourceError]] = []
    for export, one in placed:
        if isinstance(one, Matched):
            found.append(one)
        else:
            failed.append((export, one))
    fitting = {one.export.container for one in found if one.export.container}

    def is_beside(export: Export, error: SourceError) -> bool:
        return isinstance(error, StrangeExportError) and export.container in fitting

    wrong = [one for one in failed if not is_beside(*one)]
    strange = [(export, error) for export, error in wrong if isinstance(error, StrangeExportError)]
    if len(strange) > 1:
        for _export, error in strange:
            error.lines = (error.brief,)
    if wrong:
        told = several(error for _export, error in wrong)
        raise StrangersError(told, (export for export, _error in strange)) if strange else told
    return found, [export.place for export, error in failed if is_beside(export, error)]


def how_many_fit(exports: Iterable[Export], book: Rulebook) -> int:
    """Return how many exports hold a record type of a rulebook."""
    return sum(isinstance(one, Matched) for _export, one in each(exports, [book], {}))


def _one(export: Export, rulebooks: Iterable[Rulebook], mappings: Mappings) -> Matched:
    tried = [
        _Try(book, name, mappings.get(f"{book.name}/{name}", _UNMAPPED), export)
        for book in rulebooks
        for name in book.records
    ]
    words = headers.words(export.headers)
    with_key = [one for one in tried if one.has_key(words)]
    claimed = [one for one in tried if one.is_mapped()]
    with_key = [one for one in with_key if not one.is_elsewhere()]
    named = [one for one in with_key if one.is_named()]
    fitting = claimed or named or [one for one in with_key if one.tells()]
    most = max((len(one.match.fields) for one in fitting), default=0)
    best = [one for one in fitting if len(one.match.fields) == most]
    if not best:
        raise _no_type(export, tried, with_key)
    _check_headers(export, headers.duplicates(export.headers, best[0].record, best[0].mapping.columns))
    if len(best) > 1:
        raise SourceError(
            export.place,
            _("the headers fit several record types alike: {types}").format(types=", ".join(one.path for one in best)),
            _("name the file after one of them, or audit with one rulebook (--rulebook)"),
        )
    return _matched(export, best[0])


def _header_row(export: Export) -> str:
    return f"{export.place}: " + _("header row")


def _check_headers(export: Export, twice: Sequence[str]) -> None:
    """Refuse headers that are lost, and those that stand twice."""
    for number, header in enumerate(export.headers, 1):
        if headers.is_lost(header):
            problem = _("the header of column {number} is {header!r}; its letters were lost when the file was saved")
            raise SourceError(
                _header_row(export),
                problem.format(number=number, header=header),
                _("export it again as 'CSV UTF-8' or xlsx"),
            )
    if twice:
        problem = _("the header {header!r} stands twice").format(header=twice[0])
        raise SourceError(_header_row(export), problem, _("rename one of the columns"))


def _matched(export: Export, chosen: _Try) -> Matched:
    """Return where the fields of the record type chosen stand."""
    match, mapping, record = chosen.match, chosen.mapping, chosen.record
    if match.absent and chosen.is_named():
        field, header = match.absent[0]
        raise SourceError(
            _header_row(export),
            _("there is no column {header!r}, which the mapping names for {field}").format(header=header, field=field),
            close_to(header, export.headers) or _("mend [data.{record}] in checker.toml").format(record=chosen.name),
        )
    if match.lacking:
        raise SourceError(
            _header_row(export),
            _("there is no column for {field}, of which the key of {record} is made").format(
                field=record.label(match.lacking[0]), record=chosen.path
            ),
            _("name it under [data.{record}.columns] in checker.toml").format(record=chosen.name),
        )
    columns = {}
    lost: dict[str, tuple[str, Label]] = {}
    for name, index in match.columns.items():
        if record.fields[name].is_text and (problem := export.lost(export.columns[index])):
            if name in record.key:
                remedy = _("export it again with the column as text")
                raise SourceError(f"{export.place}: {export.headers[index]}", str(problem), remedy)
            lost[name] = export.headers[index], problem
            continue
        shared = sum(other == index for other in match.columns.values()) > 1
        part = (2 if name in match.second else 1) if shared else 0
        columns[name] = column_of(export, index, name, record.fields[name], mapping, part)
    for name, marks in match.marks.items():
        names = {word: export.columns[index] for word, index in marks.items()}
        columns[name] = Column("", "、".join(marks), marks=names)
    missing = [name for name in record.fields if name not in columns and name not in lost]
    columns |= {name: Column("") for name in missing if record.fields[name].optional}
    return Matched(
        export,
        chosen.book.name,
        chosen.name,
        columns,
        match.unknown,
        tuple(record.label(name).zh for name in missing),
        lost,
    )


def _no_type(export: Export, tried: list[_Try], with_key: list[_Try]) -> StrangeExportError:
    """Say which record types came nearest, and how to say that it is one whose key it has."""
    _check_headers(export, headers.duplicates(export.headers))
    nearest = [
        one for one in sorted(tried, key=lambda one: (-len(one.match.fields), one not in with_key)) if one.match.fields
    ]
    likely = max((one for one in with_key if one.may_be_it()), key=lambda one: len(one.match.fields), default=None)
    first = nearest[0] if nearest else None
    known = len(likely.match.fields) if likely else 1
    remedy = ""
    if first and len(first.match.fields) >= max(2 * known, len(export.headers) / 2) and first.match.lacking:
        remedy = _("if it is {type}, say which column is {field} under [data.{record}.columns] in checker.toml").format(
            type=first.path, field=first.record.label(first.match.lacking[0]), record=first.name
        )
    elif likely:
        remedy = _("if it is {type}, name it like {pattern}, or under {key} of [data.{record}] in checker.toml").format(
            type=likely.path,
            pattern=likely.record.files[0],
            key="sheet" if export.container else "files",
            record=likely.name,
        )
    in_full = _("see the headers known with 'checker records', and what fits with 'checker records --match'")
    stranger = StrangeExportError(export.place, _misfit(nearest[:3], tried), remedy or in_full)
    in_brief = _("leave it out, or see 'checker records --match'")
    (stranger.brief,) = SourceError(export.place, _misfit(nearest[:1], tried), remedy or in_brief).lines
    if first:
        stranger.nearest = first.path, first.match
    return stranger


def _misfit(nearest: Iterable[_Try], tried: Sequence[_Try]) -> str:
    """Return what is wrong with an export that fits no record type, with some that come nearest."""
    told = "; ".join(
        _("{type}: {found} of {all} headers, key {key} {there}").format(
            type=one.path,
            found=len(one.match.columns),
            all=len(one.export.headers),
            key=" + ".join(one.record.label(field).zh for field in one.record.key),
            there=_("found") if one.match.has_key else _("missing"),
        )
        for one in nearest
    )
    if told:
        return _("the headers fit no record type (tried {count}; nearest {told})").format(count=len(tried), told=told)
    return _("the headers fit no record type (tried {count}; no header is known)").format(count=len(tried))
