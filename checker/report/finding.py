"""What is found in the data: the shapes that reports are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from checker.language import Label
from checker.rulebook.kind import Outcome
from checker.sources.export import Export, Gaps, row_of


class Place(NamedTuple):
    """Where a record stands, as the user sees it: the file, the row, and the sheet or array if it has several."""

    path: str
    row: int
    sheet: str | None = None

    def __str__(self) -> str:
        return f"{self.export}:{self.row}"

    @property
    def export(self) -> str:
        """The file, with the sheet or array if it has several."""
        return ":".join(filter(None, (self.path, self.sheet)))


class Finding(NamedTuple):
    """One record of which a rule has something to tell.

    Attributes:
        rule: The rule's number in the report.
        key: The record's key as one text.
        fingerprint: What stays the same however the record is exported: rule and key, hashed; where several
            records have one key, also what the rule read.
        due: Date or instant by which it was due.
        overdue: By how many seconds it is late.
        evidence: What the rule read, in its order.
        en: The sentence in English.
        zh: The sentence in Chinese.
        waiver: The number of the waiver that covers it.
        known: Whether the baseline has it too.
        remark: What an inspector who confirmed it wrote; ``None`` where nobody has.
        case: The number of its subject in this report: it tells masked subjects apart.
    """

    rule: int
    outcome: Outcome
    data_error: bool
    place: Place
    key: str | None
    fingerprint: str
    subject: str | None
    department: str | None
    at: str | None
    due: str | None
    overdue: int | None
    evidence: tuple[str | None, ...]
    en: str
    zh: str
    waiver: int | None
    known: bool
    remark: str | None
    case: int | None

    @property
    def called(self) -> str:
        """Its key; a dash where the record has none."""
        return self.key or "—"

    @property
    def says(self) -> str:
        """The sentence in the language of this run."""
        return str(Label(self.en, self.zh))


class DataError(NamedTuple):
    """Something in the data that cannot be read or cannot be true.

    Attributes:
        field: The field, empty where the whole row is meant.
        value: What stands there.
        problem: ``unreadable``, ``key twice``, ``no key`` or ``impossible``.
        also: For a key that stands more than once, the other places.
        says: For something impossible, what it is.
    """

    place: Place
    rulebook: str
    record: str
    key: str | None
    field: str
    value: str | None
    problem: str
    also: tuple[Place, ...] = ()
    says: Label | None = None


@dataclass(frozen=True)
class Source:
    """The exports of a record type: for each where its first record stands, its number of rows, and their gaps."""

    rulebook: str
    record: str
    exports: tuple[tuple[Place, int, Gaps], ...]

    def place(self, file: int, row: int) -> Place:
        """Return where the row with a number stands."""
        first, _rows, gaps = self.exports[file]
        return first._replace(row=row_of(first.row, gaps, row - self._before[file]))

    @cached_property
    def _before(self) -> list[int]:
        """For each export, how many rows stand in those before it."""
        return list(accumulate((rows for _place, rows, _gaps in self.exports), initial=0))

    def places(self) -> Iterator[tuple[int, int, str, str | None, int]]:
        """Yield for each run of rows its export's number, its first record's number, and where that one stands."""
        for file, (first, _rows, gaps) in enumerate(self.exports):
            offsets = {0: 0} | {index: number for number, index in enumerate(gaps.before, start=1)}
            for index, offset in offsets.items():
                yield file, self._before[file] + index, first.path, first.sheet, first.row + index + offset


def first_place(export: Export) -> Place:
    """Return where the first record of an export stands."""
    sheet = export.name if export.place.endswith(f":{export.name}") else None
    path = export.place.removesuffix(f":{sheet}") if sheet else export.place
    return Place(path, export.first_row, sheet)
