"""Records made up from a rule's examples: their values mixed, left out, and moved to the next one."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from checker.examples import END_OF_TIME
from checker.rulebook.model import Record, RecordField
from checker.rulebook.rule import Example, Rule
from checker.rulebook.rulebook import Rulebook

_NUMBER = re.compile(r"(?<![\w.'-])\d+(?:\.\d+)?(?![\w'-])")
_CLOCK = re.compile(r"\b(?:[01]\d|2[0-3]):[0-5]\d\b")
_LITERALS = re.compile(r"contains(?:_any)?\(\w+(?:, (?:'[^']+'|\w+))+\)")


def made_up(rule: Rule, book: Rulebook, count: int) -> list[Example]:
    """Return that many records with the rows beside them; the same ones every time.

    Args:
        rule: The rule whose examples and numbers they are made from.
        book: Its rulebook.
        count: How many.
    """
    dice = random.Random(rule.id)  # noqa: S311  # nothing secret
    pools = _Pools(rule, book)
    return [_one(dice, dice.choice(rule.example), rule, pools) for _number in range(count if rule.example else 0)]


def _one(dice: random.Random, base: Example, rule: Rule, pools: _Pools) -> Example:
    given = _changed(dice, base.given, rule.record, pools)
    rows = {}
    for name, beside in base.rows.items():
        kept = [row for row in beside if dice.random() < 0.9]
        found = [_changed(dice, row, name, pools) if dice.random() < 0.3 else row for row in kept]
        if beside and dice.random() < 0.5:  # one more, alike or of another case
            found.insert(dice.randint(0, len(found)), _other(dice, dice.choice(beside), name, pools))
        rows[name] = tuple(_of_own_keys(found, pools.keys[name], [given] if name == rule.record else []))
    as_of = base.as_of if dice.random() < 0.6 else dice.choice([END_OF_TIME, *pools.moments])
    return base.model_copy(update={"given": given, "rows": rows, "as_of": as_of})


def _of_own_keys(
    rows: Iterable[dict[str, Any]], key: Sequence[str], others: Iterable[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield rows without those whose key another has: two records of one key are an error of the data."""
    taken = [tuple(str(row.get(field)) for field in key) for row in others]
    for row in rows:
        own = tuple(str(row.get(field)) for field in key)
        if own not in taken or any(field not in row for field in key):
            taken.append(own)
            yield row


def _other(dice: random.Random, row: Mapping[str, Any], record: str, pools: _Pools) -> dict[str, Any]:
    """Return a row like another, with other values, mostly in one of the fields by which rows are found."""
    changed = dict(row)
    if (found_by := pools.found_by.get(record)) and dice.random() < 0.8:
        field = dice.choice(found_by)
        changed[field] = dice.choice(pools.values(record, field) or ["another"])
    for field in pools.fields[record]:
        if field not in (pools.found_by.get(record) or ()) and field in changed and dice.random() < 0.5:
            changed[field] = dice.choice(pools.values(record, field) or [changed[field]])
    return changed


def _changed(dice: random.Random, row: Mapping[str, Any], record: str, pools: _Pools) -> dict[str, Any]:
    """Return a row with up to three of its fields changed."""
    changed = dict(row)
    fields = pools.fields[record]
    for field in dice.sample(fields, min(len(fields), dice.choice([1, 1, 2, 3]))):
        choices = pools.values(record, field)
        if not choices or dice.random() < 0.15:
            changed.pop(field, None)
        else:
            changed[field] = dice.choice(choices)
    return changed


class _Pools:
    """The values to choose from: those of the examples and the rule's own numbers, with their neighbours."""

    def __init__(self, rule: Rule, book: Rulebook) -> None:
        self._book = book
        given = [(rule.record, example.given) for example in rule.example]
        beside = [(name, row) for example in rule.example for name, rows in example.rows.items() for row in rows]
        written = str(rule.kind.model_dump()) + str(rule.lookup) + str(rule.values)
        self.moments: list[dt.datetime] = []
        self._numbers: set[float] = {0}
        self._texts: dict[str, dict[Any, None]] = {}
        self.fields: dict[str, list[str]] = {}
        self.keys = {name: record.key for name, record in book.records.items()}
        self.found_by: dict[str, list[str]] = {}
        for table in rule.lookup.values():
            of = book.records[table.record].fields
            by = [*table.on.values(), *(name for name in of if re.search(rf"(?<![.\w]){name}\b", table.where))]
            self.found_by[table.record] = list(dict.fromkeys((*self.found_by.get(table.record, ()), *by)))
        for name in dict.fromkeys((rule.record, *(name for name, _row in beside))):
            own = [field for field in book.records[name].fields if re.search(rf"\b{field}\b", written)]
            filled = [field for record, row in (*given, *beside) if record == name for field in row]
            self.fields[name] = list(dict.fromkeys((*own, *filled)))
        moments: set[dt.datetime] = set()
        for _record, row in (*given, *beside):
            for field, value in row.items():
                match value:
                    case bool() | list() | tuple():
                        pass
                    case dt.date():
                        moments |= set(_near(value, _periods(rule)))
                    case int() | float():
                        self._numbers.add(value)
                    case str():
                        self._texts.setdefault(field, {})[value] = None
        for day in dict.fromkeys(moment.date() for moment in sorted(moments)[:6]):
            for clock in dict.fromkeys(_CLOCK.findall(written)):
                moments |= set(_around(dt.datetime.combine(day, dt.time.fromisoformat(clock))))
        self._literals = tuple(dict.fromkeys(re.findall("'([^']+)'", " ".join(_LITERALS.findall(written)))))
        self._numbers |= {float(found) for found in _NUMBER.findall(written)}
        self.moments = sorted(moments)

    def values(self, record: str, field: str) -> list[Any]:
        """Return what a field may hold."""
        about: Record = self._book.records[record]
        return list(self._of(field, about.fields[field]))

    def _of(self, name: str, field: RecordField) -> Iterator[Any]:
        match field.type:
            case "datetime":
                yield from self.moments
            case "date":
                yield from sorted({moment.date() for moment in self.moments})
            case "integer" | "decimal" | "money":
                step = 1 if field.type == "integer" else 0.01
                near = {n + d for n in self._numbers for d in (-1, -step, 0, step, 1)}
                yield from sorted({int(n) if field.type == "integer" else round(n, 4) for n in near if n >= 0})
            case "choice":
                yield from field.choices
            case "documents":
                codes = list(field.choices)
                yield from [codes, codes[:1], *([code for code in codes if code != out] for out in codes[:20])]
            case "yes_no":
                yield from (True, False)
            case "month" | "period":
                yield from dict.fromkeys(
                    (*self._texts.get(name, {}), *(f"{moment:%Y-%m}" for moment in self.moments), "2000-01")
                )
            case "time":
                yield from sorted({moment.time() for moment in self.moments})
            case _:
                yield from dict.fromkeys((*self._texts.get(name, {}), "another", *self._literals))


def _periods(rule: Rule) -> list[dt.timedelta]:
    """Return about how long the periods are that a rule speaks of."""
    sizes = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "working day": 1.4, "week": 7, "month": 30.4, "year": 365.25}
    written = str(rule.kind.model_dump()) + str(rule.values)
    found = re.findall(r"Period\(count=(\d+), unit='([a-z ]+)'\)", written)
    spelt = [(count, unit) for count, unit in re.findall(r"'(\d+) ([a-z ]+?)s?'", written) if unit in sizes]
    return [dt.timedelta(days=int(count) * sizes[unit]) for count, unit in (*found, *spelt)]


def _near(value: dt.date, periods: list[dt.timedelta]) -> Iterator[dt.datetime]:
    """Yield a moment, those a minute, a day and each period away, and its day's beginning."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    moment = moment.replace(tzinfo=None, microsecond=0)
    minute, day = dt.timedelta(minutes=1), dt.timedelta(days=1)
    yield from (*_around(moment), moment - day, moment + day)
    yield moment.replace(hour=0, minute=0, second=0)
    for period in periods:
        end = (moment + period).replace(second=0, microsecond=0)
        yield from (end, end - day, end + day, end + minute, end - minute)


def _around(moment: dt.datetime) -> tuple[dt.datetime, ...]:
    """Return a moment, the minute before and the minute after."""
    minute = dt.timedelta(minutes=1)
    return moment, moment - minute, moment + minute
