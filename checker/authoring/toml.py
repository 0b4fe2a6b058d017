"""Parts of rulebook files as TOML writes them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any


def table(name: str, keys: Mapping[str, str]) -> str:
    """Return a table of a rule's file."""
    width = max(map(len, keys))
    return f"\n[{name}]\n" + "".join(f"{key:<{width}} = {value}\n" for key, value in keys.items())


def example(name: str, given: Mapping[str, str], expect: str, more: str = "") -> str:
    """Return an example; ``more`` are further lines of it."""
    cells = ", ".join(f"{field} = {value}" for field, value in given.items())
    written = f"{{ {cells} }}" if cells else "{}"
    return f'\n[[example]]\nname   = "{name}"\n{more}given  = {written}\nexpect = "{expect}"\n'


def rows(record: str, *rows: Mapping[str, str]) -> str:
    """Return rows beside an example's own record."""
    told = ", ".join("{ " + ", ".join(f"{field} = {value}" for field, value in row.items()) + " }" for row in rows)
    return f"rows.{record} = [{told}]\n"


def quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def literal(value: Any) -> str:  # noqa: ANN401  # whatever an example holds
    """Return a value as TOML writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case Mapping():
            cells = ", ".join(f"{key} = {literal(one)}" for key, one in value.items())
            return f"{{ {cells} }}" if cells else "{}"
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)
