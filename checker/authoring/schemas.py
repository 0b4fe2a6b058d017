"""JSON Schemas of the TOML files, so that editors complete and check them while they are written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from checker.authoring.docstrings import key_texts, summary
from checker.config import Config
from checker.report.shape import ReportShape
from checker.rulebook.family import ITEM_KEYS
from checker.rulebook.kind import Kind
from checker.rulebook.model import About, Clause, Name, Record
from checker.rulebook.rule import Rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NOT_WRITTEN = ("id", "kind-name", "kind", "overrides")
"""What a rule knows but its file does not say."""
_LOCAL = {"date-time": r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", "time": r"^\d\d:\d\d"}
"""How times look to which the formats of JSON Schema would want an offset added."""

Schema = dict[str, Any]


def schemas(kinds: Mapping[str, type[Kind]]) -> dict[str, Schema]:
    """Return the schema of each sort of file: those of a rulebook, a site's checker.toml, and the JSON report.

    Args:
        kinds: The kinds of rule by the names of their tables.
    """
    lists = dict[str, dict[Name, tuple[str, ...]]]
    return {
        "rulebook": _schema("rulebook.toml", About),
        "record": _with_named_choices(_schema("records/NAME.toml", Record)),
        "choices": _headed("choices.toml", TypeAdapter(lists).json_schema()),
        "clauses": _completed("clauses.toml", TypeAdapter(dict[str, Clause]).json_schema(), [Clause]),
        "rule": _rule(kinds),
        "checker": _schema("checker.toml", Config),
        "report": _schema("report.json", ReportShape),
    }


def _schema(title: str, model: type[BaseModel]) -> Schema:
    return _completed(title, model.model_json_schema(), [model])


def _headed(title: str, schema: Schema) -> Schema:
    return {"$schema": DIALECT, **schema, "title": title}


def _completed(title: str, schema: Schema, models: Iterable[type[BaseModel]]) -> Schema:
    """Return a schema with the keys' descriptions, and with dated values in every shape that they are written in."""
    named = {model.__name__: model for root in models for model in (root, *_inner(root))}
    definitions = schema.get("$defs", {})
    for name, node in (*definitions.items(), (next(iter(named), ""), schema)):
        if name in named:
            node["description"] = summary(named[name])
            for key, text in key_texts(named[name]).items():
                if key in node.get("properties", {}):
                    node["properties"][key] = {**node["properties"][key], "description": text}
    for name, node in definitions.items():
        if name.startswith("Dated_"):
            edition = node["properties"]["editions"]["items"]
            value = definitions[edition["$ref"].rsplit("/", 1)[-1]]["properties"]["is"]
            several = {"type": "array", "items": edition, "minItems": 1}
            definitions[name] = {"anyOf": [{k: v for k, v in value.items() if k != "title"}, edition, several]}
    return _headed(title, {key: _local(node) for key, node in schema.items()})


def _local(node: Any) -> Any:  # noqa: ANN401  # any part of a schema
    """Return a part of a schema in which times need no offset: those of rulebooks are local."""
    match node:
        case {"type": "string", "format": str(known)} if known in _LOCAL:
            return {**{key: value for key, value in node.items() if key != "format"}, "pattern": _LOCAL[known]}
        case dict():
            return {key: _local(value) for key, value in node.items()}
        case list():
            return [_local(value) for value in node]
        case _:
            return node


def _inner(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Return the models that a model's fields are made of, and theirs."""
    found: set[type[BaseModel]] = set()
    waiting: list[Any] = [field.annotation for field in model.model_fields.values()]
    while waiting:
        one = waiting.pop()
        waiting += getattr(one, "__args__", ())
        if isinstance(one, type) and issubclass(one, BaseModel) and one not in found:
            found.add(one)
            waiting += [field.annotation for field in one.model_fields.values()]
    return found


def _with_named_choices(schema: Schema) -> Schema:
    field = schema["$defs"]["RecordField"]["properties"]
    field["choices"] = {
        "anyOf": [field["choices"], {"type": "string", "description": "The name of a list in choices.toml."}]
    }
    return schema


def _rule(kinds: Mapping[str, type[Kind]]) -> Schema:
    """Return the schema of a rule file: a rule's own keys and the table of exactly one kind, or a family of items."""
    schema = _schema("rules/TOPIC/NAME.toml", Rule)
    definitions = schema["$defs"]
    definitions.pop("Kind", None)
    properties = schema["properties"]
    for key in _NOT_WRITTEN:
        properties.pop(key)
    schema["required"] = []  # an item may give what the family does not
    items = {key: properties[key] for key in sorted(ITEM_KEYS)}
    needed = {}
    for name, kind in kinds.items():
        # two kinds may each have a table of one name
        text = json.dumps(_schema(name, kind)).replace('"#/$defs/', f'"#/$defs/{name}.')
        own = json.loads(text)
        del own["$schema"]
        definitions |= {f"{name}.{inner}": node for inner, node in own.pop("$defs", {}).items()}
        needed[name] = {"required": own.pop("required", [])}
        definitions[f"kind.{name}"] = own
        properties[name] = {"$ref": f"#/$defs/kind.{name}"}
        items[name] = {"type": "object", "description": f"What is special to the item's {name}."}
    properties["item"] = {
        "type": "object",
        "description": "A family: each item is a rule of its own, whose id ends in #NAME.",
        "additionalProperties": {"type": "object", "properties": items, "additionalProperties": False},
    }
    schema["oneOf"] = [{"required": [name]} for name in kinds]
    # a family may leave to its items what a rule of its own must say; editors look into no condition to complete
    alone = {"properties": needed, "required": ["title", "clause", "severity"]}
    return {**schema, "if": {"required": ["item"]}, "else": alone}
