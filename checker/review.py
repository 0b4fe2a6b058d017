"""What an inspector wrote into the workbook that ``-o findings.xlsx`` gave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from checker.errors import CheckerError, UsageError, aside, choices, several
from checker.invalid import told
from checker.language import Label, _
from checker.report.model import Answer
from checker.report.sheets import answers, conclusions, review_columns
from checker.waivers import Waiver

Row = dict[str, str]
"""A row's cells by the names of their columns; empty ones are left out."""


@dataclass
class Review:
    """An inspector's conclusions.

    Attributes:
        confirmed: For a finding's fingerprint, the remark on it.
        waived: For a finding's fingerprint, its waiver.
        answers: For rulebook and clause, what was seen on the spot.
    """

    confirmed: dict[str, str] = field(default_factory=dict)
    waived: dict[str, Waiver] = field(default_factory=dict)
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)


def read_review(path: Path) -> Review:
    """Return the conclusions and answers of a reviewed workbook; rows left alone say nothing.

    Raises:
        UsageError: for a file that is no such workbook, and for every row that says something impossible.
    """
    review = Review()
    errors: list[CheckerError] = []
    seen = False
    for sheet, columns, lines in _sheets(path):
        read = _reader(columns, review)
        if read is None:
            continue
        seen = True
        for number, line in enumerate(lines, 2):
            cells = {name: _text(line[index]) for name, index in columns.items() if index < len(line)}
            place = Path(f"{path}: {sheet}")
            try:
                read({name: cell for name, cell in cells.items() if cell}, place, number)
            except CheckerError as error:
                errors.append(error)
    if not seen:
        raise UsageError(
            path, _("it has no findings and no questions"), _("give a workbook written with -o findings.xlsx")
        )
    if errors:
        raise several(errors)
    return review


def _sheets(path: Path) -> Iterator[tuple[str, dict[str, int], Iterator[list[Any]]]]:
    """Yield each sheet's name, its known columns with their places, and its rows."""
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  # only reviews need it

    spelling = {word: name for name, label in review_columns().items() for word in label}
    try:
        workbook = CalamineWorkbook.from_path(path)
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).iter_rows()
            header = [str(cell).strip() for cell in next(rows, [])]
            yield name, {spelling[word]: index for index, word in enumerate(header) if word in spelling}, rows
    except (OSError, CalamineError) as error:
        problem = _("the workbook cannot be read") + aside(error)
        raise UsageError(path, problem, _("give one saved as .xlsx")) from None


def _reader(columns: Mapping[str, int], review: Review) -> Callable[[Row, Path, int], None] | None:
    """Return what reads the rows of a sheet with certain columns."""

    def finding(row: Row, place: Path, number: int) -> None:
        said = {name: row[name] for name in ("conclusion", "remark", "approver", "until") if name in row}
        if not said:
            return
        match _chosen(said.get("conclusion", ""), conclusions(), place, number):
            case "confirmed":
                review.confirmed[row["fingerprint"]] = said.get("remark", "")
            case _:
                review.waived[row["fingerprint"]] = _waiver(row, place, number)

    def question(row: Row, place: Path, number: int) -> None:
        if any(name in row for name in ("answer", "remark", "by", "on")):
            answer = _chosen(row.get("answer", ""), answers(), place, number)
            found = Answer(answer, row.get("remark", ""), row.get("by", ""), row.get("on", ""))
            review.answers[row["rulebook"], row["clause"]] = found

    if {"fingerprint", "conclusion", "rule", "key"} <= set(columns):
        return finding
    return question if {"rulebook", "clause", "answer"} <= set(columns) else None


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
