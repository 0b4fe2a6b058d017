"""Texts from the data, made harmless: whatever a record holds, a report shows it and nothing acts on it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_DIRECTIONS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_HALVES = range(0xD800, 0xE000)
_FORBIDDEN = (*_HALVES, 0xFFFE, 0xFFFF)

_PLAIN = dict.fromkeys(_CONTROLS, " ") | dict.fromkeys((*_DIRECTIONS, *_FORBIDDEN), "\N{REPLACEMENT CHARACTER}")
_LINES = {**_PLAIN, ord("\n"): "\n"}

_MARKDOWN = {ord(sign): f"\\{sign}" for sign in "\\`*_{}[]#|"} | {ord("<"): "&lt;", ord(">"): "&gt;"}

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # Chinese and Japanese Excel take the wide ones too


def _letters(codes: Iterable[int]) -> str:
    return "".join(rf"\x{{{code:x}}}" for code in codes)


BLANKED = _letters(code for code in _CONTROLS if code != ord("\n"))
"""What ``lines`` makes a space, in a regular expression's brackets."""

MARKED = _letters(code for code in (*_DIRECTIONS, *_FORBIDDEN) if code not in _HALVES)
"""What ``lines`` puts a mark in place of; halves of letters do not reach SQL."""

FORMULA_START = rf"^[\s\pZ{BLANKED}]*[{''.join(map(re.escape, _FORMULA))}]"
"""A regular expression that fits what a spreadsheet takes for a formula."""


def plain(text: str) -> str:
    """Return a text on one line, with no control characters and none that turn the writing round."""
    return text.translate(_PLAIN)


def lines(text: str) -> str:
    """Return a text whose lines stay apart, with nothing else in it that acts."""
    return text.translate(_LINES)


def cell(text: str, *, markdown: bool) -> str:
    """Return a text on one line, with nothing that a terminal, or where asked for Markdown, would act on."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text.translate(_MARKDOWN) if markdown else text


def short(text: str, most: int, mark: str) -> str:
    """Return a text no longer than so many characters; a mark says where it was cut."""
    return text if len(text) <= most else text[: most - len(mark)] + mark


def harmless(cell: Any) -> Any:  # noqa: ANN401  # a cell's text or number
    """Return a cell of a CSV that no spreadsheet takes for a formula."""
    if isinstance(cell, str):
        cell = lines(cell)
        return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell
    return "" if cell is None else cell
