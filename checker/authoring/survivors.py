"""A record that tells a rule from a change of it, as the example that an author may add."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from checker.authoring.mutation import Survivor
from checker.examples import END_OF_TIME


def as_example(survivor: Survivor) -> str:
    """Return the lines of an ``[[example]]``."""
    example = survivor.example
    outcome, due = survivor.says
    lines = [
        f"given  = {_toml(example.given)}",
        *(f"rows.{name} = {_toml(rows)}" for name, rows in example.rows.items()),
    ]
    if example.as_of is not None and example.as_of != END_OF_TIME:
        lines.insert(0, f"as-of  = {_toml(example.as_of)}")
    lines.append(f'expect = "{outcome.word}"')
    if due is not None and outcome == survivor.instead[0]:
        lines.append(f"due    = {due.replace(' ', 'T') + ':00' if ' ' in due else due}")
    return "\n".join(lines)


def _toml(value: Any) -> str:  # noqa: ANN401  # whatever an example holds
    match value:
        case bool():
            return "true" if value else "false"
        case Mapping():
            cells = ", ".join(f"{key} = {_toml(one)}" for key, one in value.items())
            return f"{{ {cells} }}" if cells else "{}"
        case list() | tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)
