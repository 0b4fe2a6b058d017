"""A record that tells a rule from changes of it, as the example that an author may add."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import tomli

from checker.authoring.mutants import in_short
from checker.authoring.mutation import Survivor
from checker.authoring.toml import literal
from checker.examples import END_OF_TIME

_LONGEST_NAME = 100


def by_example(survivors: Iterable[Survivor]) -> list[list[Survivor]]:
    """Return the changes that one example notices together, example by example."""
    groups: dict[int, list[Survivor]] = {}
    for one in survivors:
        groups.setdefault(id(one.example), []).append(one)
    return list(groups.values())


def name_of(survivors: Sequence[Survivor]) -> str:
    """Return a sentence that says what an example shows that no other does."""
    said = list(dict.fromkeys(in_short(one.what) for one in survivors))
    whole = "; ".join(said)
    if len(whole) <= _LONGEST_NAME:
        return whole
    rest = f"; and {len(said) - 1} more" if len(said) > 1 else ""
    return said[0][: _LONGEST_NAME - len(rest)].rstrip() + rest


def add_examples(path: Path, found: Iterable[tuple[str, Sequence[Survivor]]]) -> None:
    """Write examples behind those of a rule file.

    Args:
        path: The file.
        found: For each example the id of its rule, and the changes that it notices.
    """
    text = path.read_text(encoding="utf-8").rstrip("\n") + "\n"
    taken = {example["name"] for example in tomli.loads(text).get("example", ())}
    for identity, survivors in found:
        item = identity.partition("#")[2]
        said = name_of(survivors)
        name = next(name for name in (said, *(f"{said} ({n})" for n in range(2, len(taken) + 3))) if name not in taken)
        taken.add(name)
        lines = [f"name   = {literal(name)}", *([f"item   = {literal(item)}"] if item else [])]
        text += "\n".join(("", "[[example]]", *lines, as_example(survivors), ""))
    path.write_text(text, encoding="utf-8")


def as_example(survivors: Sequence[Survivor]) -> str:
    """Return the lines of the ``[[example]]`` that notices some changes."""
    example = survivors[0].example
    outcome, due = survivors[0].says
    lines = [
        f"given  = {literal(example.given)}",
        *(f"rows.{name} = {literal(rows)}" for name, rows in example.rows.items() if rows),
    ]
    if example.as_of is not None and example.as_of != END_OF_TIME:
        lines.insert(0, f"as-of  = {literal(example.as_of)}")
    lines.append(f'expect = "{outcome.word}"')
    if due is not None and any(outcome == one.instead[0] for one in survivors):
        lines.append(f"due    = {due.replace(' ', 'T') + ':00' if ' ' in due else due}")
    return "\n".join(lines)
