"""Parts of rulebook files as TOML writes them, and fields and values to make drafts of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from checker.rulebook.model import Record, RecordField
from checker.rulebook.typed import TYPE_OF_FIELD

NUMBERS = ("money", "decimal", "integer")
"""The types of fields that hold numbers."""

_CLOCK = "T09:00:00"


def fields(record: Record, *types: str) -> Iterator[str]:
    """Yield the fields of some types, the record's own date first and its key never."""
    wanted = [name for name, field in record.fields.items() if field.type in types and name not in record.key]
    yield from sorted(wanted, key=lambda name: name != record.at)


def moment(record: Record, field: str, day: str) -> str:
    """Return a day as a field holds it, at nine o'clock where it has a clock."""
    return day if record.fields[field].type == "date" else day + _CLOCK


def table(name: str, keys: Mapping[str, str]) -> str:
    """Return a table of a rule's file."""
    width = max(map(len, keys))
    return f"\n[{name}]\n" + "".join(f"{key:<{width}} = {value}\n" for key, value in keys.items())


def example(name: str, given: Mapping[str, str], expect: str, more: str = "") -> str:
    """Return an example; ``more`` are further lines of it."""
    cells = ", ".join(f"{field} = {value}" for field, value in given.items())
    return f'\n[[example]]\nname   = "{name}"\n{more}given  = {{ {cells} }}\nexpect = "{expect}"\n'


def rows(record: str, *rows: Mapping[str, str]) -> str:
    """Return rows beside an example's own record."""
    told = ", ".join("{ " + ", ".join(f"{field} = {value}" for field, value in row.items()) + " }" for row in rows)
    return f"rows.{record} = [{told}]\n"


def key(record: Record, number: int) -> dict[str, str]:
    """Return a key, another one for each number."""
    return {name: value(record.fields[name], number) for name in record.key}


def value(field: RecordField, number: int) -> str:
    """Return a value of a field, another one for each of a few numbers from 1 on."""
    match field.type:
        case "integer" | "decimal" | "money":
            return str(number)
        case "date":
            return f"2024-01-0{number}"
        case "datetime":
            return f"2024-01-0{number}{_CLOCK}"
        case "time":
            return f"0{number}:00:00"
        case "choice":
            return quoted([*field.choices][-number % len(field.choices)])
        case "month" | "period":
            return f'"2024-0{number}"'
        case "yes_no":
            return "true" if number % 2 else "false"
        case _:
            return quoted("ABC"[number - 1])


def linked(name: str, record: Record, others: Mapping[str, Record]) -> Iterator[tuple[str, str]]:
    """Yield the other record types that hold a field of this one's key, each with that field."""
    for other, its in others.items():
        for field in record.key:
            if other != name and field in its.fields:
                mine, theirs = (TYPE_OF_FIELD[one.fields[field].type] for one in (record, its))
                if mine == theirs:
                    yield other, field


def two_moments(record: Record) -> tuple[str, str] | None:
    """Return two fields that say when something happened, if there are two."""
    first, second = ([*fields(record, "date", "datetime"), None, None])[:2]
    return (first, second) if first and second else None


def quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def listed(texts: Iterable[str]) -> str:
    """Return a list of texts as TOML writes it."""
    return "[" + ", ".join(map(quoted, texts)) + "]"
