"""What pydantic refuses, told as all errors are: place, problem, remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from checker.errors import nearest
from checker.language import _


def causes(error: ValidationError) -> Iterator[Any]:
    """Yield each thing pydantic found wrong once: not what follows from another, and a choice of types as one."""
    found = error.errors()
    places = [tuple(one["loc"]) for one in found]
    for number, (one, place) in enumerate(zip(found, places, strict=True)):
        if any(len(other) > len(place) and other[: len(place)] == place for other in places):
            continue
        choices = [index for index, other in enumerate(places) if _choice(other) and other[:-1] == place[:-1]]
        if not _choice(place) or len(choices) == 1:
            yield one
        elif number == choices[0]:
            wanted = " or ".join(
                found[index]["msg"].removeprefix("Input should be ").split(" or instance")[0] for index in choices
            )
            yield {**one, "type": "choice", "loc": place[:-1], "msg": f"Input should be {wanted}"}


def _choice(place: tuple[int | str, ...]) -> bool:
    """Return whether a place ends with the name of one of the types that a value may have."""
    last = str(place[-1]) if place else ""
    return last in ("str", "int", "float", "bool", "date", "datetime", "time") or last.startswith("function-")


def told(error: Any, model: type[BaseModel], file: Path, key: str) -> tuple[str, str, str]:  # noqa: ANN401
    """Return place, problem and remedy of one of pydantic's errors."""
    path = [str(part) for part in error["loc"] if not str(part).startswith(("function-", "json-or-python", "Dated["))]
    place = f"{file}: {'.'.join([key, *path] if key else path)}".replace(".editions.0.is", "").replace(".editions", "")
    match error["type"]:
        case "extra_forbidden":
            siblings = _keys_beside(model, error["loc"])
            return place, _("unknown key"), nearest(path[-1], siblings)
        case "missing":
            return place, _("the key is missing"), _("add it")
        case "literal_error":
            return (
                place,
                _("{value!r} is not allowed").format(value=error["input"]),
                _("write one of {expected}").format(expected=error["ctx"]["expected"]),
            )
        case "value_error":
            return place, _(str(error["ctx"]["error"])), _("change it so")
        case "string_pattern_mismatch":
            remedy = _("write a name in lower case letters and digits, with single underscores between words")
            return place, _("{value!r} is not allowed").format(value=error["input"]), remedy
        case "tuple_type":
            return place, _("{value!r} is no list").format(value=error["input"]), _("write a list in [ ]")
        case _:
            wanted = error["msg"].replace("Input should", "it should").replace("String should", "it should")
            return place, _("{value!r} is not allowed").format(value=error["input"]), wanted


def _keys_beside(model: type[BaseModel], loc: Iterable[Any]) -> list[str]:
    """Return the keys that are known where an unknown one stands."""
    schema = model.model_json_schema()
    node: Any = schema
    for part in list(loc)[:-1]:
        node = _resolved(node, schema)
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(part, node.get("additionalProperties", {}))
    return list(_resolved(node, schema).get("properties", {})) if isinstance(node, dict) else []


def _resolved(node: Any, schema: dict[str, Any]) -> Any:  # noqa: ANN401
    while isinstance(node, dict) and ("$ref" in node or "anyOf" in node or "allOf" in node):
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        else:
            options = node.get("anyOf") or node["allOf"]
            node = next((one for one in options if "$ref" in one or "properties" in one), {})
    return node
