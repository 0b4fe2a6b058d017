"""What an inspector wrote into the workbook that ``-o findings.xlsx`` gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from checker.errors import CheckerError, UsageError, aside, choices, several
from checker.invalid import told
from checker.language import Label, _
from checker.report.model import Answer
from checker.report.sheets import answers, conclusions, review_columns
from checker.sources.heading import ROWS
from checker.waivers import Waiver

_K = TypeVar("_K")
_V = TypeVar("_V")

Row = dict[str, str]
"""A row's cells by the names of their columns; empty ones are left out."""


_FINDING = ("fingerprint", "rule", "key", "conclusion", "remark", "approver", "until")
_QUESTION = ("rulebook", "clause", "answer", "remark", "by", "on")
"""The columns that a sheet of findings must have, and one of questions."""

_MARKS = ((_FINDING, {"conclusion", "until"}), (_QUESTION, {"by", "on"}))
"""Columns that no other sheet has: one of them, with most of all, tells what a sheet is, though some are lost."""


@dataclass
class Review:
    """An inspector's conclusions.

    Attributes:
        concluded: For a finding's fingerprint, the remark of who confirmed it, or its waiver.
        answers: For rulebook and clause, what was seen on the spot.
        places: For each of both, where it was said.
    """

    concluded: dict[str, str | Waiver] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    places: dict[str | tuple[str, str], str] = field(default_factory=dict)


def read_review(paths: Iterable[Path]) -> Review:
    """Return the conclusions and answers of reviewed workbooks; rows left alone say nothing.

    Raises:
        UsageError: for a file that is no such workbook, for a sheet that has lost columns, and for every row that
            says something impossible, or something else than another.
    """
    review = Review()
    errors: list[CheckerError] = []
    for path in paths:
        errors += _read(path, review)
    if errors:
        raise several(errors)
    return review


def _read(path: Path, review: Review) -> list[CheckerError]:
    """Read a workbook, and return what is wrong in it."""
    errors: list[CheckerError] = []
    seen = False
    for sheet, lines in _sheets(path):
        place = Path(f"{path}: {sheet}")
        numbered = enumerate(lines, 1)
        wanted, columns = _head(numbered)
        if not wanted:
            continue
        seen = True
        if missing := _lost(wanted, columns):
            problem = _("each of these columns must stand once: {names}").format(names=", ".join(missing))
            errors.append(UsageError(place, problem, _("put them back as they were written, headers too")))
            continue
        read = _finding if wanted is _FINDING else _question
        for number, line in numbered:
            cells = ((name, _text(cell)) for name, cell in zip(columns, line, strict=False) if name in wanted)
            try:
                read({name: cell for name, cell in cells if cell}, review, place, number)
            except CheckerError as error:
                errors.append(error)
    if not seen:
        remedy = _("give a workbook written with -o findings.xlsx")
        errors.append(UsageError(path, _("it has no findings and no questions"), remedy))
    return errors


def _sheets(path: Path) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    """Yield each sheet's name and rows."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  # only reviews need it

    try:
        workbook = CalamineWorkbook.from_path(path)
        for name in workbook.sheet_names:
            yield name, workbook.get_sheet_by_name(name).iter_rows()
    except (OSError, CalamineError) as error:
        problem = _("the workbook cannot be read") + aside(error)
        raise UsageError(path, problem, _("give one saved as .xlsx")) from None


def _head(lines: Iterator[tuple[int, list[Any]]]) -> tuple[tuple[str, ...], list[str]]:
    """Read up to the header row; return the columns it must have and those it has. Titles may stand above it."""
    spelling = {word: name for name, label in review_columns().items() for word in label}
    for _number, line in islice(lines, ROWS):
        columns = [spelling.get(str(cell).strip(), "") for cell in line]
        for wanted, marks in _MARKS:
            if not marks.isdisjoint(columns) and 2 * len({*wanted}.intersection(columns)) > len(wanted):
                return wanted, columns
    return (), []


def _lost(wanted: Iterable[str], columns: list[str]) -> list[str]:
    """Return the headers that do not stand exactly once."""
    return [str(review_columns()[name]) for name in wanted if columns.count(name) != 1]


def _finding(row: Row, review: Review, place: Path, number: int) -> None:
    said = {name: row[name] for name in ("conclusion", "remark", "approver", "until") if name in row}
    if not said:
        return
    conclusion = _chosen(said.get("conclusion", ""), conclusions(), place, number)
    _whole(row, ("fingerprint", "rule"), place, number)
    concluded = said.get("remark", "") if conclusion == "confirmed" else _waiver(row, place, number)
    _note(review.concluded, row["fingerprint"], concluded, review.places, f"{place}: {number}")


def _question(row: Row, review: Review, place: Path, number: int) -> None:
    if any(name in row for name in ("answer", "remark", "by", "on")):
        answer = _chosen(row.get("answer", ""), answers(), place, number)
        _whole(row, ("rulebook", "clause"), place, number)
        found = Answer(answer, row.get("remark", ""), row.get("by", ""), row.get("on", ""))
        _note(review.answers, (row["rulebook"], row["clause"]), found, review.places, f"{place}: {number}")


def _whole(row: Row, names: Iterable[str], place: Path, number: int) -> None:
    """Refuse a row that does not tell what was concluded on, as one that an inspector has added does not."""
    for name in names:
        if name not in row:
            remedy = _("copy the whole row from the workbook as it was written, or delete it")
            raise UsageError(f"{place}: {number}: {review_columns()[name]}", _("the cell is empty"), remedy)


def _note(noted: dict[_K, _V], of: _K, said: _V, places: dict[Any, str], place: str) -> None:
    """Note what is said of something, and where; refuse what contradicts an earlier row."""
    if noted.setdefault(of, said) != said:
        problem = _("{place} says something else of the same").format(place=places[of])
        raise UsageError(place, problem, _("let both say the same, or one nothing"))
    places.setdefault(of, place)


def _chosen(word: str, options: Mapping[str, Label], place: Path, number: int) -> str:
    for option, label in options.items():
        if word in (option, *label):
            return option
    problem = _("{value!r} is none of the choices").format(value=word) if word else _("there is a remark but no choice")
    # the nearest word may say the opposite, as 属实 does of 不属实
    raise UsageError(f"{place}: {number}", problem, choices(str(label) for label in options.values()))


def _waiver(row: Row, place: Path, number: int) -> Waiver:
    given = {"rule": row["rule"], "key": row.get("key", "—"), "reason": row.get("remark")}
    given |= {name: row.get(name) for name in ("approver", "until")}
    given = {name: value for name, value in given.items() if value is not None}
    try:
        return Waiver.model_validate(given)
    except ValidationError as error:
        errors = []
        for where, problem, remedy in told(error, Waiver, given, place):
            name = where.removeprefix(f"{place}: ")
            if name not in given:
                problem, remedy = _("the cell is empty"), _("fill it in")  # noqa: PLW2901
            column = review_columns()["remark" if name == "reason" else name]
            errors.append(UsageError(f"{place}: {number}: {column}", problem, remedy))
        raise several(errors) from None


def _text(cell: object) -> str:
    """Return a cell's text: a day as it is written, a number without the point that Excel gives it."""
    if isinstance(cell, dt.datetime):
        return str(cell.date()) if cell.time() == dt.time() else str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
