"""Markdown of values: escaped texts, code, tables."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path

from checker.language import Label, both

ROOT = Path(__file__).parents[2]
_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~])")


def text(value: object) -> str:
    """Return a text as Markdown that shows it as it stands."""
    return _SPECIAL.sub(r"\\\1", escape(str(value), quote=False)).replace("\n", "<br>")


def code(value: object) -> str:
    """Return a text as code, fit for a table's cell."""
    return f"<code>{escape(str(value), quote=False).replace('|', '&#124;')}</code>"


def twice(label: Label) -> str:
    """Return a text in English and in Chinese behind it."""
    return text(label.en) if label.en == label.zh else f"{text(label.en)} {zh(label.zh)}"


def zh(value: str) -> str:
    """Return a Chinese text, marked so that browsers choose Chinese glyphs."""
    return f'<span lang="zh-Hans">{text(value)}</span>'


def heading(label: Label) -> str:
    """Return a page's title in both languages, so that the search finds it by either."""
    return f'# {text(label.en)} <span class="zh-title" lang="zh-Hans">{text(label.zh)}</span>'


def badge(word: str) -> str:
    """Return a severity, an outcome or a disposition, coloured, in both languages."""
    label = both(word)
    return f'<span class="badge {word}">{twice(label)}</span>'


def table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(cell or " " for cell in line) + " |" for line in lines)


def fenced(content: str, language: str, title: str = "") -> str:
    """Return a block of code."""
    named = f' title="{title}"' if title else ""
    return f"```{language}{named}\n{content.strip()}\n```"


def value(one: object) -> str:
    """Return a value of a TOML file as people write it."""
    match one:
        case bool():
            return "yes" if one else "no"
        case dt.datetime():
            return f"{one:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
        case Mapping() if set(one) == {"en", "zh"}:
            return f"{one['en']} {one['zh']}"
        case Mapping():
            return ", ".join(f"{key} = {value(held)}" for key, held in one.items())
        case list() | tuple():
            return ", ".join(f"({value(held)})" if isinstance(held, Mapping) else value(held) for held in one)
        case _:
            return str(one)
