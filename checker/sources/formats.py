"""What a workbook's formats of numbers show: days, clocks, percentages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

_DAYS = frozenset((14, 15, 16, 17, *range(27, 32), 36, *range(50, 55), 57, 58))
_MOMENTS = frozenset((22,))
_PERCENTS = {9: "0%", 10: "0.00%"}
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|[_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_CONDITION = re.compile(r"\[((?:<>|[<>]=?|=)-?[0-9]+(?:[.][0-9]+)?)\]")
_PLACES = re.compile("[0#?]|general|g/", re.IGNORECASE)
"""What stands for a number in a format."""
_ANY = "IS NOT NULL"
_SECTIONS = {1: (_ANY,), 2: (">= 0", _ANY), 3: ("> 0", "< 0", _ANY)}
"""The numbers that the sections of a format are for, where they do not say it."""

Shares = tuple[tuple[str, int], ...]
"""How a format shows numbers as percentages: the condition of those that each section is for, and how many percent it
shows 1 as; 0 where it shows no percentage."""


class Styles(NamedTuple):
    """What a workbook's styles, by their number, show.

    Attributes:
        days: Those that show a day without a clock.
        moments: Those that show a day with a clock.
        percents: Those that show percentages, and how.
    """

    days: set[int]
    moments: set[int]
    percents: dict[int, Shares]


def styles(formats: Sequence[int], own: Mapping[int, str]) -> Styles:
    """Return what the styles of a workbook show.

    Args:
        formats: The format of each style.
        own: The formats that a workbook itself defines.
    """
    return Styles(
        {style for style, number in enumerate(formats) if _is_day(number, own)},
        {style for style, number in enumerate(formats) if _is_moment(number, own)},
        {style: shown for style, number in enumerate(formats) if (shown := _percents(number, own))},
    )


def _is_day(number: int, own: Mapping[int, str]) -> bool:
    """Return whether a format shows a day without a clock."""
    return _shown(own[number]) == (True, False) if number in own else number in _DAYS


def _is_moment(number: int, own: Mapping[int, str]) -> bool:
    """Return whether a format shows a day with a clock."""
    return _shown(own[number]) == (True, True) if number in own else number in _MOMENTS


def _percents(number: int, own: Mapping[int, str]) -> Shares:
    """Return how a format shows numbers as percentages; nothing where it does not."""
    return _shares(own.get(number) or _PERCENTS.get(number, ""))


@cache
def _shown(form: str) -> tuple[bool, bool]:
    """Return whether a format shows a day, and whether it shows a clock."""
    signs = _NOT_SHOWN.sub("", form).lower().split(";")[0]
    return bool(re.search("[yd年]", signs)), bool(re.search("[hs时]", signs))


@cache
def _shares(form: str) -> Shares:
    sections = [one for one in _NOT_SHOWN.sub(_kept, form).split(";")[:3] if "@" not in one]
    percents = [_percent(_CONDITION.sub("", one)) for one in sections]
    most = max((one for one in percents if one), default=0)
    if not most:
        return ()
    conditions = map(_CONDITION.search, sections)
    return tuple(
        (said[1] if said else usual, most if percent is None else percent)
        for said, usual, percent in zip(conditions, _SECTIONS[len(sections)], percents, strict=True)
    )


def _kept(hidden: re.Match[str]) -> str:
    """Return a condition as it is, and a sign that is written out, and so multiplies nothing, as a wide one."""
    if _CONDITION.fullmatch(hidden[0]):
        return hidden[0]
    return "％" if hidden[0].strip('"\\ ').startswith(("%", "％")) else ""


def _percent(section: str) -> int | None:
    """Return how many percent a section of a format shows 1 as; ``None`` where it shows no number at all."""
    if not _PLACES.search(section):
        return None
    return 100 if "%" in section else int("％" in section)
