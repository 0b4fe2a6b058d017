"""Drafts of rules that read a second record type."""

from __future__ import annotations

from collections.abc import Mapping

from checker.authoring.picking import events, fields, linked, moment, value
from checker.authoring.toml import example, literal, rows, table
from checker.rulebook.model import Record


def _reference(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    for other, link in linked(name, records):
        keys = {"record": f'"{other}"', "on": f'{{ {link} = "{link}" }}', "take": '"exists"'}
        given = {link: value(record.fields[link], 1)}
        return (
            table("lookup.found", keys)
            + table("reference", {"record": f'"{name}"', "to": '"found"'})
            + example("there is one", given, "pass", rows(other, given))
            + example("there is none", given, "violation")
        )
    return None


def _assessment(name: str, records: Mapping[str, Record]) -> str | None:
    record = records[name]
    start = next(events(record), None)
    for other, link in linked(name, records):
        at = next((one for one in events(records[other]) if records[other].fields[one].type == "date"), None)
        texts = [field for field in fields(records[other], "text") if field != link]
        if start is None or at is None or len(texts) < 3:
            continue
        item, conclusion, *filled, explained = texts
        keys = {
            "record": f'"{name}"',
            "of": f'"{other}"',
            "on": f'{{ {link} = "{link}" }}',
            "code": '"A1"',
            "from": f'"{start}"',
            "within": '"3 days"',
            "item": f'"{item}"',
            "at": f'"{at}"',
            "conclusion": f'"{conclusion}"',
            "filled": literal(filled),
            "explained": f'"{explained}"',
            "ordinary": '"normal"',
        }
        given = {link: value(record.fields[link], 1), start: moment(record, start, "2024-02-01")}
        found = {
            link: given[link],
            item: '"A1"',
            at: moment(records[other], at, "2024-02-04"),
            conclusion: '"normal"',
            **dict.fromkeys(filled, '"something"'),
        }
        late = {**found, at: moment(records[other], at, "2024-02-05")}
        before = {**found, item: '"A2"', at: moment(records[other], at, "2024-02-01")}
        return (
            table("assessment", keys)
            + example("examined on the third day", given, "pass", rows(other, found))
            + example("examined on the fourth day", given, "violation", rows(other, late, before))
            + example("not examined", given, "violation")
        )
    return None


BESIDE = {
    "assessment": _assessment,
    "reference": _reference,
}
"""The drafts by kind."""
