"""Drafts of rules: for each kind a rule over whatever fields a record type has, with examples that pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from checker.rulebook.model import Record

Draft = Callable[[str, Record], str | None]
"""Returns the rule's own table and examples for a record type; ``None`` where it lacks the fields."""

_CLOCK = "T09:00:00"


def _fields(record: Record, *types: str) -> Iterator[str]:
    """Yield the fields of some types, the record's own date first and its key never."""
    wanted = [name for name, field in record.fields.items() if field.type in types and name not in record.key]
    yield from sorted(wanted, key=lambda name: name != record.at)


def _moment(record: Record, field: str, day: str) -> str:
    return day if record.fields[field].type == "date" else day + _CLOCK


def _table(kind: str, keys: Mapping[str, str]) -> str:
    width = max(map(len, keys))
    return f"\n[{kind}]\n" + "".join(f"{key:<{width}} = {value}\n" for key, value in keys.items())


def _example(name: str, given: Mapping[str, str], expect: str, more: str = "") -> str:
    cells = ", ".join(f"{field} = {value}" for field, value in given.items())
    return f'\n[[example]]\nname   = "{name}"\n{more}given  = {{ {cells} }}\nexpect = "{expect}"\n'


def _two_moments(record: Record) -> tuple[str, str] | None:
    first, second = ([*_fields(record, "date", "datetime"), None, None])[:2]
    return (first, second) if first and second else None


def _deadline(name: str, record: Record) -> str | None:
    if (pair := _two_moments(record)) is None:
        return None
    start, end = pair

    def given(day: str) -> dict[str, str]:
        return {start: _moment(record, start, "2024-02-01"), end: _moment(record, end, day)}

    keys = {"record": f'"{name}"', "from": f'"{start}"', "to": f'"{end}"', "within": '"3 days"'}
    return (
        _table("deadline", keys)
        + _example("done on the third day", given("2024-02-04"), "pass", "due    = 2024-02-04\n")
        + _example("done on the fourth day", given("2024-02-05"), "violation")
        + _example(
            "not done, and the third day is not over",
            {start: _moment(record, start, "2024-02-01")},
            "pending",
            "as-of  = 2024-02-04\n",
        )
        + _example("no start on record", {end: _moment(record, end, "2024-02-04")}, "not_assessed")
    )


def _waiting_period(name: str, record: Record) -> str | None:
    if (pair := _two_moments(record)) is None:
        return None
    start, end = pair

    def given(day: str) -> dict[str, str]:
        return {start: _moment(record, start, "2024-02-01"), end: _moment(record, end, day)}

    keys = {"record": f'"{name}"', "from": f'"{start}"', "to": f'"{end}"', "wait": '"3 days"'}
    return (
        _table("waiting_period", keys)
        + _example("on the third day", given("2024-02-04"), "pass")
        + _example("on the second day", given("2024-02-03"), "violation")
    )


def _sequence(name: str, record: Record) -> str | None:
    if (pair := _two_moments(record)) is None:
        return None
    first, second = pair

    def given(day: str) -> dict[str, str]:
        return {first: _moment(record, first, "2024-02-02"), second: _moment(record, second, day)}

    return (
        _table("sequence", {"record": f'"{name}"', "steps": f'["{first}", "{second}"]'})
        + _example("in order", given("2024-02-03"), "pass")
        + _example("the second before the first", given("2024-02-01"), "violation")
    )


def _form(name: str, record: Record) -> str | None:
    field = next(_fields(record, "text", "reference"), None)
    if field is None:
        return None
    return (
        _table("form", {"record": f'"{name}"', "fields": f'["{field}"]'})
        + _example("filled in", {field: '"something"'}, "pass")
        + _example("left empty", {}, "violation")
    )


def _limit(name: str, record: Record) -> str | None:
    field = next(_fields(record, "money", "decimal", "integer"), None)
    if field is None:
        return None
    return (
        _table("limit", {"record": f'"{name}"', "value": f'"{field}"', "max": "100"})
        + _example("at the limit", {field: "100"}, "pass")
        + _example("above the limit", {field: "101"}, "violation")
        + _example("nothing on record", {}, "not_assessed")
    )


def _eligibility(name: str, record: Record) -> str | None:
    field = next(_fields(record, "money", "decimal", "integer"), None)
    if field is None:
        return None
    return (
        _table("eligibility", {"record": f'"{name}"', "require": f'"{field} > 0"'})
        + _example("as required", {field: "1"}, "pass")
        + _example("not as required", {field: "0"}, "violation")
    )


def _unique(name: str, record: Record) -> str | None:
    field = next(_fields(record, "text", "reference"), None)
    if field is None:
        return None
    same = {**dict.fromkeys(record.key, '"A"'), field: '"same"'}
    other = ", ".join(f"{key} = {value}" for key, value in {**same, record.key[0]: '"B"'}.items())
    return (
        _table("unique", {"record": f'"{name}"', "of": f'["{field}"]'})
        + _example("alone", same, "pass")
        + _example("another has the same", same, "violation", f"rows.{name} = [{{ {other} }}]\n")
    )


DRAFTS: dict[str, Draft] = {
    "deadline": _deadline,
    "eligibility": _eligibility,
    "form": _form,
    "limit": _limit,
    "sequence": _sequence,
    "unique": _unique,
    "waiting_period": _waiting_period,
}
"""The drafts by kind."""
