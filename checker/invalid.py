"""What pydantic refuses, told as all errors are: place, problem, remedy, in the words of the file's author."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from checker.errors import UnplacedError, close_to, nearest
from checker.language import N_, _

_LONGEST = 60
"""How much of a value is quoted."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")

_TEXT = N_("a text in quotes")
_WHOLE = N_("a whole number")
_NUMBER = N_("a number")
_TRUTH = N_("true or false")
_DATE = N_("a date such as 2024-01-31")
_MOMENT = N_("a date and time such as 2024-01-31T09:00:00")
_TIME = N_("a time of day such as 09:00:00")
_LIST = N_("a list in [ ]")

_WANTED = {
    "string": _TEXT,
    "int": _WHOLE,
    "float": _NUMBER,
    "finite": _NUMBER,
    "bool": _TRUTH,
    "date": _DATE,
    "datetime": _MOMENT,
    "time": _TIME,
    "tuple": _LIST,
    "list": _LIST,
}
"""What was wanted, by the beginning of pydantic's name for the error."""

_SHAPE = re.compile(
    r"(string|int|float|finite|bool|date|datetime|time|tuple|list|dict|model)"
    r"_(type|parsing|from_float|number|from_datetime_parsing|from_datetime_inexact|from_date_parsing)"
)
"""Pydantic's names for values of another type than wanted."""


def told(
    error: ValidationError, model: type[BaseModel], content: object, file: object, key: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield place, problem and remedy of each thing that pydantic found wrong, once.

    Args:
        error: What pydantic found.
        model: What the content should have been.
        content: What was checked.
        file: Where it stands.
        key: The key in the file that it stands under, if any.
    """
    every = error.errors()
    found: dict[tuple[int | str, ...], list[Any]] = {}
    for one in every:
        if not _begins(one["loc"], (other["loc"] for other in every)) and not _meant(one, every):
            found.setdefault(_written_path(one, content), []).append(one)
    for path, errors in found.items():
        if _begins(path, found):
            continue
        keys = key + named(path, content) if key else named(path, content).removeprefix(".")
        lacking = [one["loc"][-1] for one in _beside(errors[0], every, "missing")]
        yield f"{file}: {keys}" if keys else str(file), *_said(errors, path, model, lacking)


def named(path: Sequence[int | str], content: object) -> str:
    """Return a path into a file's content as its author knows it, with a dot before.

    What stands in a list is called by its ``name`` where it has one, else counted from 1.
    """
    words = ""
    for part in path:
        content = _below(content, part)
        if not isinstance(part, int):
            words += "." + (part if _BARE.fullmatch(part) else f'"{part}"')
        elif isinstance(content, dict) and isinstance(name := content.get("name"), str):
            words += f" {name!r}"
        else:
            words += f" {part + 1}"
    return words


def _begins(path: tuple[int | str, ...], others: Iterable[tuple[int | str, ...]]) -> bool:
    """Return whether another path goes on where one ends: then what is wrong here follows from what is wrong there."""
    return any(len(other) > len(path) and other[: len(path)] == path for other in others)


def _beside(error: Any, every: Iterable[Any], type_: str) -> Iterator[Any]:  # noqa: ANN401
    """Yield the errors of a type that are of the same table as another."""
    return (one for one in every if one["type"] == type_ and one["loc"][:-1] == error["loc"][:-1])


def _meant(error: Any, every: Iterable[Any]) -> bool:  # noqa: ANN401
    """Return whether a key is missing that an unknown one beside it seems to mean: that one is told."""
    unknown = (str(one["loc"][-1]) for one in _beside(error, every, "extra_forbidden"))
    return error["type"] == "missing" and any(close_to(word, [error["loc"][-1]]) for word in unknown)


def _written_path(error: Any, content: object) -> tuple[int | str, ...]:  # noqa: ANN401
    """Return where an error stands in what was written, without the steps that only the model has."""
    path: list[int | str] = []
    *above, last = [*error["loc"]] or [None]
    made_up = False  # whether the model put one thing into a list of its own
    for part in above:
        if _has(content, part) and not made_up:
            path.append(part)
            content = _below(content, part)
        made_up = part == "editions" and not (isinstance(content, list) and all(isinstance(o, dict) for o in content))
    if last is not None and (_has(content, last) or error["type"] == "missing"):
        path.append(last)
    return tuple(path)


def _has(content: object, part: object) -> bool:
    if isinstance(part, int):
        return isinstance(content, (list, tuple)) and part < len(content)
    return isinstance(content, dict) and part in content


def _below(content: object, part: Any) -> object:  # noqa: ANN401
    return content[part] if _has(content, part) else None  # type: ignore[index]  # as just asked


def _said(
    errors: Sequence[Any], path: Sequence[int | str], model: type[BaseModel], lacking: Sequence[str]
) -> tuple[str, str]:
    """Return problem and remedy of what is wrong at one place.

    Args:
        errors: What pydantic says of it; several are the types it might have had.
        path: The place.
        model: What the whole should have been.
        lacking: The keys that are missing beside it.
    """
    error = next((one for one in errors if not _SHAPE.fullmatch(one["type"])), errors[0])
    value = error["input"]
    refused = _("{value} is not allowed").format(value=_in_toml(value))
    match error["type"]:
        case "extra_forbidden":
            word = str(path[-1])
            return _("unknown key"), close_to(word, lacking) or nearest(word, _properties(model, error["loc"][:-1]))
        case "missing":
            return _("the key is missing"), _("add it")
        case "literal_error":
            return refused, nearest(str(value), re.findall(r"'([^']*)'", error["ctx"]["expected"]))
        case "value_error" if isinstance(cause := error["ctx"]["error"], UnplacedError):
            return cause.problem, cause.remedy
        case "value_error":
            return _(str(error["ctx"]["error"])), _("change it so")
        case "string_pattern_mismatch":
            return refused, _("write a name in lower case letters and digits, with single underscores between words")
        case "string_too_short" | "too_short":
            return _("it is empty"), _("write something there")
        case "greater_than_equal":
            return refused, _("write {least} or more").format(least=error["ctx"]["ge"])
        case "timezone_naive":
            return refused, _("write {wanted}").format(wanted=_(_MOMENT))
        case shape if _SHAPE.fullmatch(shape):
            return refused, _("write {wanted}").format(wanted=_wanted(errors, model))
        case _:
            return refused, error["msg"]


def _wanted(errors: Sequence[Any], model: type[BaseModel]) -> str:
    """Return what might have stood there, in TOML's words."""
    wanted: dict[str, None] = {}
    for error in errors:
        shape = error["type"].partition("_")[0]
        if shape in ("dict", "model"):
            keys = _properties(model, error["loc"], needed=True) or ["…"]
            table = "{ " + ", ".join(f"{key} = …" for key in keys) + " }"
            wanted[_("a table such as {table}").format(table=table)] = None
        else:
            wanted[_(_WANTED[shape])] = None
    if _(_NUMBER) in wanted:
        wanted.pop(_(_WHOLE), None)
    return _(" or ").join(wanted)


def _in_toml(value: object) -> str:
    """Return a value as a file holds it, cut where it is long."""
    match value:
        case bool():
            text = "true" if value else "false"
        case dt.date() | dt.time():
            text = value.isoformat()
        case dict():
            text = "{ " + ", ".join(f"{key} = {_in_toml(one)}" for key, one in value.items()) + " }"
        case list() | tuple():
            text = "[" + ", ".join(map(_in_toml, value)) + "]"
        case _:
            text = repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _properties(model: type[BaseModel], loc: Sequence[Any], *, needed: bool = False) -> list[str]:
    """Return the keys that may stand at a place, or those that must, if any must."""
    schema = model.model_json_schema()
    node: Any = _resolved(schema, schema)
    for part in loc:
        if isinstance(part, int):
            node = node.get("items", {})
        elif part in node.get("properties", {}):
            node = node["properties"][part]
        else:  # a name of the author's own, or a step that only the model has
            names = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
            node = next((one for one in names if isinstance(one, dict)), node)
        node = _resolved(node, schema)
    keys = list(node.get("properties", {}))
    if not needed:
        return keys
    every = keys if node.get("additionalProperties") is False else []
    return [key for key in keys if key in node.get("required", ())] or every


def _resolved(node: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a part of a schema refers to; of several the first that is a table."""
    while "$ref" in node or "anyOf" in node or "allOf" in node:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        else:
            options = node.get("anyOf") or node["allOf"]
            node = next((one for one in options if "$ref" in one or "properties" in one), {})
    return node
