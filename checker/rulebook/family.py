"""Rules' files before they are rules: one rule, or a family of like ones, each an item that adds what is its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from checker.errors import nearest
from checker.language import _
from checker.rulebook.checked import Wrong, placed

ITEM_KEYS = frozenset({"title", "clause", "also", "severity", "formerly", "reading", "values", "lookup"})
"""What an item of a family may say for itself, besides what is special to its kind."""

RULE_KEYS = ITEM_KEYS | {"item", "example"}
"""What every rule may say besides the table of its kind."""


class _Tables(BaseModel):
    """What has to be a table for an item of a family to be put into it."""

    formerly: tuple[str, ...] = ()
    values: dict[str, Any] = {}
    lookup: dict[str, Any] = {}


class RuleFile(_Tables):
    """A rule's file before its items are made rules."""

    example: tuple[dict[str, Any], ...] = ()
    item: dict[str, _Tables] = {}


def wrong_in_family(content: Mapping[str, Any], kind: str | None, file: Path) -> Iterator[Wrong]:
    """Yield what is wrong with a file's values and items.

    Args:
        content: What the file holds.
        kind: The table that is the kind of its items, if it is known.
        file: The file.
    """
    for key in _unused(content):
        yield placed(file, key), _("nothing uses it"), _("use it or delete it")
    items = content.get("item")
    for example in content.get("example", []):
        if example.get("item") not in (None, *(items or ())):
            place = placed(file, f"example {example.get('name', '…')!r}.item")
            problem = _("{name} is no item").format(name=example["item"])
            yield place, problem, nearest(str(example["item"]), items or ())
    if items is not None and not items:
        yield placed(file, "item"), _("it is empty"), _("write something there")
    allowed = [*ITEM_KEYS, *([kind] if kind else [])]
    for suffix, item in (items or {}).items():
        for key in item:
            if key not in allowed:
                yield placed(file, f"item.{suffix}.{key}"), _("unknown key"), nearest(key, allowed)


def rules_of(content: Mapping[str, Any], kind: str | None, identity: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the table of each rule that a file holds, with the rule's id.

    Args:
        content: What the file holds.
        kind: The table that is the kind of its items, if it is known.
        identity: The id of its rule, to which an item adds its own.
    """
    common = {key: value for key, value in content.items() if key != "item"}
    if "item" not in content:
        yield identity, common
        return
    for suffix, item in content["item"].items():
        own = {key: value for key, value in item.items() if key in ITEM_KEYS}
        merged = {**common, **own}
        for table in ("values", "lookup"):
            if table in common or table in own:
                merged[table] = {**common.get(table, {}), **own.get(table, {})}
        if kind and kind in item:
            both = (common[kind], item[kind])
            none = [one for one in both if not isinstance(one, dict)]  # it is refused with the rule
            merged[kind] = none[0] if none else {**common[kind], **item[kind]}
        merged["example"] = [
            _filled(example, {**merged.get("values", {}), "clause": merged.get("clause", "")})
            for example in common.get("example", [])
            if example.get("item", suffix) == suffix
        ]
        yield f"{identity}#{suffix}", merged


def _unused(content: Mapping[str, Any]) -> Iterator[str]:
    """Yield the keys of the values, of a rule or an item, that no expression or text names and no example fills in."""
    parts = {"": content, **{f"item.{suffix}.": item for suffix, item in content.get("item", {}).items()}}
    stated = {f"{place}values.{name}": name for place, part in parts.items() for name in part.get("values", {})}
    if not stated:
        return
    named = str([[part[key] for key in part if key == "lookup" or key not in RULE_KEYS] for part in parts.values()])
    examples = str(content.get("example"))
    for key, name in stated.items():
        if not re.search(rf"\b{re.escape(name)}\b", named) and f"{{{name}}}" not in examples:
            yield key


def _filled(content: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return what stands in an example with an item's values put into its texts, where ``{name}`` stands for one."""
    match content:
        case str():
            for name, value in values.items():
                content = content.replace(f"{{{name}}}", str(value.get("is") if isinstance(value, dict) else value))
        case dict():
            return {key: _filled(value, values) for key, value in content.items()}
        case list():
            return [_filled(value, values) for value in content]
    return content
