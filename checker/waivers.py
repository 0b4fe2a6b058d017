"""Waivers: breaches that someone answers for, for a time.

A waiver names a rule (or any selector) and one record, a reason, who approved it, and its last day. It is written in
TOML (``[[waiver]]`` tables), CSV or Excel (one a row).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import tomli
from pydantic import BeforeValidator, Field, StringConstraints, ValidationError

from checker.errors import CheckerError, UsageError, aside, broken_toml, cannot_be_read, nearest, several
from checker.invalid import told
from checker.language import N_, _
from checker.rulebook.model import Model
from checker.rulebook.rule import Rule
from checker.selection import names

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


def _day(value: Any) -> Any:  # noqa: ANN401  # pydantic judges what is no day
    """Return the day that a cell holds, however it is written."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, str) and (found := _DAY.fullmatch(value.strip())):
        return "{:0>4}-{:0>2}-{:0>2}".format(*found.groups())
    return value


def _word(value: Any) -> Any:  # noqa: ANN401
    """Return a number's digits as a text: spreadsheets take keys for numbers."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Day = Annotated[dt.date, BeforeValidator(_day)]
Word = Annotated[str, BeforeValidator(_word), StringConstraints(strip_whitespace=True, min_length=1)]


class Waiver(Model):
    """A breach that someone answers for.

    Attributes:
        rule: The rule's id, or any selector that means it.
        key: The record's key; parts of a compound key are joined by `` / ``.
        from_: Its first day; the beginning of time where none is given.
        until: Its last day, which still counts.
    """

    rule: Word
    key: Word
    reason: Word
    approver: Word
    from_: Day | None = None
    until: Day

    def state(self, day: dt.date) -> str:
        """Return ``in force``, ``not yet`` or ``expired``."""
        if self.from_ is not None and day < self.from_:
            return N_("not yet")
        return N_("in force") if day <= self.until else N_("expired")


class _File(Model):
    waiver: Annotated[tuple[Waiver, ...], Field(min_length=1)]


HEADERS: Mapping[str, tuple[str, ...]] = {
    "rule": ("规则",),
    "key": ("编号", "主键", "记录编号"),
    "reason": ("理由", "原因", "豁免理由"),
    "approver": ("批准人", "审批人"),
    "from": ("自", "开始日期", "起始日期"),
    "until": ("至", "截止日期", "到期日"),
}
"""The columns of waivers in a spreadsheet, with the Chinese headers they may have."""


def read_waivers(path: Path, rules: Iterable[Rule]) -> tuple[Waiver, ...]:
    """Return the waivers of a file.

    Args:
        path: A file ending in ``.toml``, ``.csv`` or ``.xlsx``.
        rules: The rules that selectors can mean.

    Raises:
        UsageError: for a file that cannot be read, and for every waiver that says something impossible.
    """
    try:
        found = tuple(_read(path))
    except OSError as error:
        raise UsageError(path, cannot_be_read(error), _("check --waivers")) from None
    known = {word for rule in rules for word in names(rule)}
    wrong = [
        UsageError(f"{path}: {waiver.rule}", _("it means no rule"), nearest(waiver.rule, known))
        for waiver in found
        if waiver.rule not in known
    ]
    if wrong:
        raise several(wrong)
    return found


def _read(path: Path) -> Iterable[Waiver]:
    match path.suffix.lower():
        case ".toml":
            return _toml(path)
        case ".csv":
            try:
                text = path.read_text(encoding="utf-8-sig")
            except UnicodeDecodeError:
                text = _gb18030(path)
            return _table(path, csv.reader(io.StringIO(text)))
        case ".xlsx":
            from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415  # only for this ending

            try:
                return _table(path, CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())
            except CalamineError as error:
                raise UsageError(
                    path, _("the workbook is broken or cut short") + aside(error), _("save it from Excel as .xlsx")
                ) from None
        case _:
            raise UsageError(path, _("waivers cannot be read from it"), _("end it in .toml, .csv or .xlsx"))


def _gb18030(path: Path) -> str:
    try:
        return path.read_text(encoding="gb18030")
    except UnicodeDecodeError:
        raise UsageError(path, _("neither UTF-8 nor GB18030"), _("save it as UTF-8")) from None


def _toml(path: Path) -> tuple[Waiver, ...]:
    try:
        content = tomli.loads(path.read_text(encoding="utf-8-sig"))
        return _File.model_validate(content).waiver
    except ValidationError as error:
        raise several(UsageError(*one) for one in told(error, _File, content, path)) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(*broken_toml(path, error)) from None


def _table(path: Path, rows: Iterable[list[Any]]) -> Iterator[Waiver]:
    lines = iter(rows)
    spelling = {word: name for name, words in HEADERS.items() for word in (name, *words)}
    columns: list[str] = []
    for header in next(lines, []):
        word = str(header).strip()
        if word not in spelling:
            raise UsageError(path, _("{name!r} is no column of waivers").format(name=word), nearest(word, spelling))
        columns.append(spelling[word])
    errors: list[CheckerError] = []
    found: list[Waiver] = []
    for number, line in enumerate(lines, 2):
        cells = {name: cell for name, cell in zip(columns, line, strict=False) if cell not in ("", None)}
        if not cells:
            continue
        try:
            found.append(Waiver.model_validate(cells))
        except ValidationError as error:
            errors += [UsageError(*one) for one in told(error, Waiver, cells, path, str(number))]
    if errors:
        raise several(errors)
    return iter(found)


def covered(waivers: Iterable[Waiver], rules: Iterable[Rule], day: dt.date) -> Iterator[tuple[str, int]]:
    """Yield the fingerprints that waivers in force on a day cover, each with the waiver's number."""
    rules = list(rules)
    for number, waiver in enumerate(waivers):
        if waiver.state(day) == "in force":
            for rule in rules:
                if waiver.rule in names(rule):
                    yield rule.fingerprint(waiver.key), number
