"""Drafts of rules that read one record type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from checker.authoring.picking import NUMBERS, events, fields, key, moment, two_events
from checker.authoring.toml import example, quoted, rows, table
from checker.rulebook.model import Record


def _dated(record: Record, pair: tuple[str, str], begun: str) -> Callable[[str], dict[str, str]]:
    """Return what gives an example of two events, the first on a day, for the day of the second."""
    first, second = pair
    return lambda day: {first: moment(record, first, begun), second: moment(record, second, day)}


def _deadline(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    if (pair := two_events(record)) is None:
        return None
    start, end = pair
    given = _dated(record, pair, "2024-02-01")
    keys = {"record": f'"{name}"', "from": f'"{start}"', "to": f'"{end}"', "within": '"3 days"'}
    return (
        table("deadline", keys)
        + example("done on the third day", given("2024-02-04"), "pass", "due    = 2024-02-04\n")
        + example("done on the fourth day", given("2024-02-05"), "violation")
        + example(
            "not done, and the third day is not over",
            {start: moment(record, start, "2024-02-01")},
            "pending",
            "as-of  = 2024-02-04\n",
        )
        + example("no start on record", {end: moment(record, end, "2024-02-04")}, "not_assessed")
    )


def _waiting_period(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    if (pair := two_events(record)) is None:
        return None
    start, end = pair
    given = _dated(record, pair, "2024-02-01")
    keys = {"record": f'"{name}"', "from": f'"{start}"', "to": f'"{end}"', "wait": '"3 days"'}
    return (
        table("waiting_period", keys)
        + example("on the third day", given("2024-02-04"), "pass")
        + example("on the second day", given("2024-02-03"), "violation")
    )


def _sequence(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    if (pair := two_events(record)) is None:
        return None
    first, second = pair
    given = _dated(record, pair, "2024-02-02")
    return (
        table("sequence", {"record": f'"{name}"', "steps": f'["{first}", "{second}"]'})
        + example("in order", given("2024-02-03"), "pass")
        + example("the second before the first", given("2024-02-01"), "violation")
    )


def _form(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    field = next(fields(record, "text", "reference"), None)
    if field is None:
        return None
    return (
        table("form", {"record": f'"{name}"', "fields": f'["{field}"]'})
        + example("filled in", {field: '"something"'}, "pass")
        + example("left empty", {}, "violation")
    )


def _limit(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    field = next(fields(record, *NUMBERS), None)
    if field is None:
        return None
    return (
        table("limit", {"record": f'"{name}"', "value": f'"{field}"', "max": "100"})
        + example("at the limit", {field: "100"}, "pass")
        + example("above the limit", {field: "101"}, "violation")
        + example("nothing on record", {}, "not_assessed")
    )


def _eligibility(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    field = next(fields(record, *NUMBERS), None)
    if field is None:
        return None
    return (
        table("eligibility", {"record": f'"{name}"', "require": f'"{field} > 0"'})
        + example("as required", {field: "1"}, "pass")
        + example("not as required", {field: "0"}, "violation")
    )


def _unique(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    field = next(fields(record, "text", "reference"), None)
    if field is None:
        return None
    same = {**key(record, 1), field: '"same"'}
    return (
        table("unique", {"record": f'"{name}"', "of": f'["{field}"]'})
        + example("alone", same, "pass")
        + example("another has the same", same, "violation", rows(name, {**same, **key(record, 2)}))
    )


def _indicator(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    field = next(fields(record, *NUMBERS), None)
    if field is None:
        return None
    bound = '{ is = 100, default = true, reason = { en = "say why this much", zh = "说明为何取此数" } }'
    return (
        table("indicator", {"record": f'"{name}"', "value": f'"{field}"', "max": bound})
        + example("at the bound", {field: "100"}, "pass")
        + example("beyond the bound", {field: "101"}, "violation")
    )


def _reconcile(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    one, other = ([*fields(record, *NUMBERS), None, None])[:2]
    if one is None or other is None:
        return None
    return (
        table("reconcile", {"record": f'"{name}"', "value": f'"{one}"', "equals": f'"{other}"', "tolerance": "1"})
        + example("as far apart as allowed", {one: "100", other: "101"}, "pass")
        + example("further apart", {one: "100", other: "102"}, "violation")
        + example("one is not on record", {one: "100"}, "not_assessed")
    )


def _rate(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    field = next(fields(record, *NUMBERS), None)
    if field is None:
        return None
    label = record.label(field)
    called = f"{{ en = {quoted(f'{label.en} above 0')}, zh = {quoted(f'{label.zh}大于0')} }}"
    given, other = {**key(record, 1), field: "1"}, {**key(record, 2), field: "0"}
    return (
        table("rate", {"record": f'"{name}"', "of": f'"{field} > 0"', "called": called, "min": "0.5"})
        + example("one of two", given, "pass", rows(name, other))
        + example("one of three", given, "violation", rows(name, other, {**key(record, 3), field: "0"}))
    )


def _query(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    field = next(fields(record, *NUMBERS), None)
    if field is None:
        return None
    label = record.label(field)
    keys = {
        "record": f'"{name}"',
        "sql": f'"SELECT {", ".join(record.key)} FROM {name} WHERE {field} > 100"',
        "tells": f"{{ en = {quoted(f'{label.en} is above 100')}, zh = {quoted(f'{label.zh}大于100')} }}",
        "shows": f'["{field}"]',
    }
    return (
        table("query", keys)
        + example("the query does not return it", {**key(record, 1), field: "100"}, "pass")
        + example("the query returns it", {**key(record, 1), field: "101"}, "violation")
    )


def _cadence(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    at = next(events(record), None)
    if at is None:
        return None

    def on(number: int, day: str) -> dict[str, str]:
        return {**key(record, number), at: moment(record, at, day)}

    return (
        table("cadence", {"record": f'"{name}"', "at": f'"{at}"', "every": '"7 days"'})
        + example("followed on the seventh day", on(1, "2024-02-01"), "pass", rows(name, on(2, "2024-02-08")))
        + example("followed on the eighth day", on(1, "2024-02-01"), "violation", rows(name, on(2, "2024-02-09")))
        + example(
            "not followed, and the seventh day is not over", on(1, "2024-02-01"), "pending", "as-of  = 2024-02-08\n"
        )
    )


def _coverage(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    begin, end = ([*fields(record, "datetime"), None, None])[:2]
    if begin is None or end is None:
        return None

    def shift(number: int, first: str, last: str) -> dict[str, str]:
        return {**key(record, number), begin: f"2024-02-01T{first}:00", end: f"2024-02-01T{last}:00"}

    return (
        table("coverage", {"record": f'"{name}"', "from": f'"{begin}"', "to": f'"{end}"'})
        + example("the next begins at once", shift(1, "08:00", "12:00"), "pass", rows(name, shift(2, "12:00", "18:00")))
        + example("an hour between", shift(1, "08:00", "12:00"), "violation", rows(name, shift(2, "13:00", "18:00")))
    )


def _time_of_day(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    at = next(fields(record, "datetime", "time"), None)
    if at is None:
        return None
    day = "2024-02-01T" if record.fields[at].type == "datetime" else ""
    return (
        table("time_of_day", {"record": f'"{name}"', "at": f'"{at}"', "hours": '"08:00-18:00"'})
        + example("in the last minute", {at: f"{day}18:00:00"}, "pass")
        + example("a minute later", {at: f"{day}18:01:00"}, "violation")
    )


def _approval(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    signed, pair = next(fields(record, "text", "reference"), None), two_events(record)
    if signed is None or pair is None:
        return None
    at, before = pair

    def given(day: str) -> dict[str, str]:
        return {signed: '"somebody"', at: moment(record, at, day), before: moment(record, before, "2024-02-02")}

    keys = {"record": f'"{name}"', "signed": f'["{signed}"]', "at": f'"{at}"', "before": f'"{before}"'}
    return (
        table("approval", keys)
        + example("signed the day before", given("2024-02-01"), "pass")
        + example("signed the day after", given("2024-02-03"), "violation")
        + example("not signed, and nothing done yet", {}, "pending")
    )


def _checklist(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    field = next(fields(record, "documents"), None)
    if field is None:
        return None
    needed = next(iter(record.fields[field].choices))
    return (
        table("checklist", {"record": f'"{name}"', "documents": f'"{field}"', "require": f'["{needed}"]'})
        + example("it is there", {field: f'["{needed}"]'}, "pass")
        + example("nothing is there", {}, "violation")
    )


ALONE = {
    "approval": _approval,
    "cadence": _cadence,
    "checklist": _checklist,
    "coverage": _coverage,
    "deadline": _deadline,
    "eligibility": _eligibility,
    "form": _form,
    "indicator": _indicator,
    "limit": _limit,
    "query": _query,
    "rate": _rate,
    "reconcile": _reconcile,
    "sequence": _sequence,
    "time_of_day": _time_of_day,
    "unique": _unique,
    "waiting_period": _waiting_period,
}
"""The drafts by kind."""
