"""Fields of record types to make drafts of rules of, and values for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checker.authoring.toml import quoted
from checker.rulebook.model import FieldType, Record, RecordField
from checker.rulebook.typed import TYPE_OF_FIELD

NUMBERS: tuple[FieldType, ...] = ("money", "decimal", "integer")
"""The types of fields that hold numbers."""

_CLOCK = "T09:00:00"


def fields(record: Record, *types: FieldType) -> Iterator[str]:
    """Yield the fields of some types, the record's own date first and its key never."""
    wanted = [name for name, field in record.fields.items() if field.type in types and name not in record.key]
    yield from sorted(wanted, key=lambda name: name != record.at)


def events(record: Record) -> Iterator[str]:
    """Yield the fields that say when something happened, the record's own date first and its key never."""
    yield from sorted(record.events(record.fields), key=lambda name: name != record.at)


def two_events(record: Record) -> tuple[str, str] | None:
    """Return two fields that say when something happened, if there are two."""
    first, second = ([*events(record), None, None])[:2]
    return (first, second) if first and second else None


def moment(record: Record, field: str, day: str) -> str:
    """Return a day as a field holds it, at nine o'clock where it has a clock."""
    return day if record.fields[field].type == "date" else day + _CLOCK


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


def linked(name: str, records: Mapping[str, Record]) -> Iterator[tuple[str, str]]:
    """Yield the other record types that hold a field of this one's key, each with that field."""
    record = records[name]
    for other, its in records.items():
        for field in record.key:
            if other != name and field in its.fields:
                mine, theirs = (TYPE_OF_FIELD[one.fields[field].type] for one in (record, its))
                if mine == theirs:
                    yield other, field
