"""What each kind of rule means, in plain Python: one record after the other, and slow.

Written from what the kinds promise, not from their queries. A moment is a ``datetime``, or a ``date`` where no clock
time is known; an empty value is ``None``, and so is a condition that cannot be told.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

PASS, VIOLATION, PENDING = "pass", "violation", "pending"
NOT_APPLICABLE, NOT_ASSESSED = "not_applicable", "not_assessed"

Row = dict[str, Any]
Truth = bool | None
Condition = Callable[[Row], Truth]
END = dt.time(23, 59, 59, 999999)


@dataclass(frozen=True)
class Table:
    """What is audited: records, those of another type that belong to them, and the instant.

    Under ``unreadable`` a row names its fields that hold what cannot be read; their values are ``None``.
    """

    rows: list[Row]
    parts: list[Row]
    as_of: dt.datetime


@dataclass(frozen=True)
class Both:
    """A condition of several parts that must all hold, each with the fields that it reads."""

    parts: tuple[tuple[Condition, frozenset[str]], ...]

    def __call__(self, row: Row) -> Truth:
        truths = [part(row) for part, _reads in self.parts]
        return False if False in truths else None if None in truths else True


@dataclass(frozen=True)
class Rule:
    """A rule: its kind, what it states, the fields it reads, its condition's included, and those of the condition."""

    kind: str
    when: Condition
    reads: frozenset[str]
    states: dict[str, Any] = field(default_factory=dict)
    asks: frozenset[str] = frozenset()

    def __getattr__(self, name: str) -> Any:
        return self.states.get(name)


def outcome(rule: Rule, row: Row, table: Table) -> str:
    """Return what a rule says of a record."""
    if surely_false(rule, row):
        return NOT_APPLICABLE
    if rule.asks & row["unreadable"]:
        return NOT_ASSESSED
    applied = rule.when(row)
    if applied is False:
        return NOT_APPLICABLE
    if applied is None or rule.reads & row["unreadable"]:
        return NOT_ASSESSED
    return KINDS[rule.kind](rule, row, table)


EVENTS = ("at", "begun_at", "middle_at", "ended_at", "begun_on", "ended_on", "signed_at", "done_at")
BEGINNINGS = ("at", "target_on", "done_at")


def so_far(table: Table) -> Table:
    """Return what is there at the instant of the audit, what happened later left out."""

    def has_come(row: Row, name: str) -> bool:
        return day(row[name]) <= table.as_of.date() and instant(row[name]) <= table.as_of

    def is_there(row: Row) -> bool:
        """Tell whether a record is there: no event with which it begins is later, or another has come or may have."""
        said = {name: has_come(row, name) for name in BEGINNINGS if row.get(name) is not None}
        later = any(not come for name, come in said.items() if name in EVENTS)
        return not later or True in said.values() or not row["unreadable"].isdisjoint(BEGINNINGS)

    def seen(rows: list[Row]) -> list[Row]:
        found = []
        for row in filter(is_there, rows):
            later = {name for name in EVENTS if row.get(name) is not None and not has_come(row, name)}
            found.append({name: None if name in later else value for name, value in row.items()})
        return found

    return Table(seen(table.rows), seen(table.parts), table.as_of)


def surely_false(rule: Rule, row: Row) -> bool:
    """Return whether a part of a rule's condition is false that reads nothing which cannot be read."""
    parts = rule.when.parts if isinstance(rule.when, Both) else ()
    return any(part(row) is False and not reads & row["unreadable"] for part, reads in parts)


def applies(rule: Rule, row: Row) -> Truth:
    """Return whether a rule applies to a record; unknown where its condition reads what cannot be read."""
    if surely_false(rule, row):
        return False
    return None if rule.asks & row["unreadable"] else rule.when(row)


# moments


def day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def has_clock(moment: dt.date | None) -> bool:
    return isinstance(moment, dt.datetime)


def instant(moment: dt.date) -> dt.datetime:
    """Return when something on a day may have happened at the earliest."""
    return moment if isinstance(moment, dt.datetime) else dt.datetime.combine(moment, dt.time())


def no_later(first: dt.date | None, second: dt.date | None) -> Truth:
    """Compare two moments, by their days where either has no clock."""
    if first is None or second is None:
        return None
    if has_clock(first) and has_clock(second):
        return first <= second
    return day(first) <= day(second)


def after(start: dt.date, count: int, unit: str) -> dt.date | None:
    """Return a period's last day, or its end on the clock; none where the start has no clock that it needs."""
    if unit in ("hour", "minute"):
        return start + dt.timedelta(**{f"{unit}s": count}) if isinstance(start, dt.datetime) else None
    if unit == "day":
        return day(start) + dt.timedelta(days=count)
    months = day(start).year * 12 + day(start).month - 1 + count
    year, month = months // 12, months % 12 + 1
    return dt.date(year, month, min(day(start).day, calendar.monthrange(year, month)[1]))


def keeps(done: dt.date, due: dt.date) -> Truth:
    """Return whether an event keeps a limit; a day without a clock keeps or misses a limit on the clock if it must."""
    if has_clock(due) and not has_clock(done) and day(done) == day(due):
        return None
    return no_later(done, due) if has_clock(due) else day(done) <= day(due)


def in_order(first: dt.date | None, second: dt.date | None) -> Truth:
    """Whether two events are in order; one without seconds may be any in its minute."""
    if isinstance(first, dt.datetime) and isinstance(second, dt.datetime) and not second.second:
        return no_later(first, second + dt.timedelta(seconds=59))
    return no_later(first, second)


# kinds


def in_time(began: dt.date | None, done: dt.date | None, due: dt.date | None, as_of: dt.datetime) -> str:
    if began is None:
        return NOT_ASSESSED
    happened = done is not None and instant(done) <= as_of
    if due is None:
        return NOT_ASSESSED
    if not happened:
        return PENDING if no_later(as_of, due) else VIOLATION
    if not in_order(began, done):
        return NOT_ASSESSED
    kept = keeps(done, due)
    return NOT_ASSESSED if kept is None else PASS if kept else VIOLATION


def deadline(rule: Rule, row: Row, table: Table) -> str:
    start, done = row[rule.from_], row[rule.to]
    if rule.by:
        due = row[rule.by]
        return in_time(due if start is None and not rule.from_ else start, done, due, table.as_of)
    return in_time(start, done, None if start is None else after(start, *rule.within), table.as_of)


def waiting_period(rule: Rule, row: Row, table: Table) -> str:
    start, done = row[rule.from_], row[rule.to]
    if done is None or instant(done) > table.as_of:
        return PENDING
    earliest = None if start is None else after(start, *rule.wait)
    if earliest is None:
        return NOT_ASSESSED
    return PASS if no_later(earliest, done) else VIOLATION


def sequence(rule: Rule, row: Row, _table: Table) -> str:
    steps = [row[name] for name in rule.steps]
    pairs = [(steps[i], steps[j]) for i in range(len(steps)) for j in range(i + 1, len(steps))]
    if any(in_order(first, second) is False for first, second in pairs):
        return VIOLATION
    needed = [i for i, name in enumerate(rule.steps) if name not in rule.optional]
    empty = [i for i in needed if steps[i] is None]
    if any(rule.complete or any(later is not None for later in steps[i + 1 :]) for i in empty):
        return VIOLATION
    return PENDING if empty else PASS


def time_of_day(rule: Rule, row: Row, _table: Table) -> str:
    at = row[rule.at]
    if at is None or (not isinstance(at, dt.time) and not has_clock(at)):
        return NOT_ASSESSED
    clock = at if isinstance(at, dt.time) else at.time()
    begin, end = rule.hours
    inside = begin <= clock <= end if begin <= end else clock >= begin or clock <= end
    return PASS if inside else VIOLATION


def eligibility(rule: Rule, row: Row, _table: Table) -> str:
    met = rule.require(row)
    return NOT_ASSESSED if met is None else PASS if met else VIOLATION


def lacking(demands: Iterable[tuple[Truth, Truth]], *, wrong: bool = False) -> str:
    """Judge demands, each with whether it applies and whether it is met."""
    unmet = [True if applies and met is False else None for applies, met in demands if not met and applies is not False]
    if True in unmet or wrong:
        return VIOLATION
    return NOT_ASSESSED if None in unmet else PASS


UNKNOWN_PAPER = "photo"
"""A document that the record type does not know."""


def form(rule: Rule, row: Row, _table: Table) -> str:
    demands: list[tuple[Truth, Truth]] = [
        (True, any(row[name] is not None for name in names)) for names in [*rule.fields, *([n] for n in rule.values)]
    ]
    demands += [(condition(row), row[name] is not None) for condition, name in rule.also]
    wrong = any(row[name] is not None and row[name] not in allowed for name, allowed in rule.values.items())
    return lacking(demands, wrong=wrong)


def checklist(rule: Rule, row: Row, _table: Table) -> str:
    held = row["papers"] or ()

    def there(names: Iterable[str]) -> Truth:
        return any(name in held for name in names) or (None if UNKNOWN_PAPER in held else False)

    demands: list[tuple[Truth, Truth]] = [(True, there(names)) for names in rule.require]
    demands += [(condition(row), there([name])) for condition, name in rule.also]
    return lacking(demands)


def approval(rule: Rule, row: Row, _table: Table) -> str:
    marks = [row[name] for name in (*rule.signed, *([rule.at] if rule.at else []))]
    if None in marks:
        return PENDING if rule.before and row[rule.before] is None else VIOLATION
    if rule.before and in_order(row[rule.at], row[rule.before]) is False:
        return VIOLATION
    if rule.role and row[rule.role] is not None and row[rule.role] not in rule.allowed:
        return VIOLATION
    apart = [row[name] for name in rule.apart or ()]
    if apart and None not in apart and apart[0] == apart[1]:
        return VIOLATION
    needed = [*([row[rule.role]] if rule.role else []), *apart]
    return NOT_ASSESSED if None in needed else PASS


EXCEEDED = {
    "min": lambda value, bound: value < bound,
    "max": lambda value, bound: value > bound,
    "above": lambda value, bound: value <= bound,
    "below": lambda value, bound: value >= bound,
}


def limit(rule: Rule, row: Row, _table: Table) -> str:
    value = row[rule.value]
    bounds = {name: row[bound] if isinstance(bound, str) else bound for name, bound in rule.bounds.items()}
    if value is None or None in bounds.values():
        return NOT_ASSESSED
    broken = any(EXCEEDED[name](round(value, 6), round(bound, 6)) for name, bound in bounds.items())
    return VIOLATION if broken else PASS


# other records of the same type


def like(rule: Rule, row: Row, table: Table, keys: Callable[[Row], tuple[Any, ...]]) -> list[Row]:
    """Return the records to which the rule applies and that have something in common with this one."""
    return [other for other in table.rows if applies(rule, other) and keys(other) == keys(row)]


def unsure(rule: Rule, row: Row, table: Table, keys: Callable[[Row], tuple[Any, ...]]) -> int:
    """Return of how many records that have something in common with this one cannot be told if the rule applies."""
    return sum(applies(rule, other) is None and keys(other) == keys(row) for other in table.rows)


def unique(rule: Rule, row: Row, table: Table) -> str:
    def keys(one: Row) -> tuple[Any, ...]:
        return tuple(one[name] for name in rule.of)

    if None in keys(row):
        return NOT_ASSESSED
    if len(like(rule, row, table, keys)) > 1:
        return VIOLATION
    if unsure(rule, row, table, keys):
        return NOT_ASSESSED
    for name in rule.of:
        rest = [other for other in rule.of if other != name]
        for one in table.rows:
            if name in one["unreadable"] and all(one[n] == row[n] for n in rest) and applies(rule, one) is not False:
                return NOT_ASSESSED
    return PASS


def series(rule: Rule, row: Row, table: Table) -> tuple[list[Row], int]:
    """Return the records of a series in the order of time, those without one last, and this one's place."""

    def order(one: Row) -> tuple[bool, dt.datetime]:
        at = one[rule.at]
        return at is None, marked(at) if at is not None else dt.datetime.min

    found = sorted(like(rule, row, table, lambda one: tuple(one[name] for name in rule.by)), key=order)
    return found, next(place for place, one in enumerate(found) if one is row)


def marked(moment: dt.date) -> dt.datetime:
    """Return where a moment stands in an order: a day without a clock right after its midnight."""
    return moment if isinstance(moment, dt.datetime) else instant(moment) + dt.timedelta(microseconds=1)


def cadence(rule: Rule, row: Row, table: Table) -> str:
    at = row[rule.at]
    if at is None or any(row[name] is None for name in rule.by):
        return NOT_ASSESSED
    found, place = series(rule, row, table)
    following = found[place + 1][rule.at] if place + 1 < len(found) else None
    if rule.every:
        said = in_time(at, following, after(at, *rule.every), table.as_of)
    else:
        said = _by_period(rule, at, following, found, table.as_of)
    same = [one for one in table.rows if all(one[name] == row[name] for name in rule.by)]
    unsure = any(applies(rule, one) is None or (applies(rule, one) and one[rule.at] is None) for one in same)
    return NOT_ASSESSED if said == VIOLATION and unsure else said


def first_of_period(moment: dt.date, per: str, later: int = 0) -> dt.date:
    one = day(moment)
    if per == "week":
        return one - dt.timedelta(days=one.weekday()) + dt.timedelta(weeks=later)
    if per == "day":
        return one + dt.timedelta(days=later)
    first = after(one.replace(day=1), later, "month")
    assert first is not None
    return first


def _by_period(rule: Rule, at: dt.date, following: dt.date | None, found: list[Row], as_of: dt.datetime) -> str:
    end, end_of_next = (first_of_period(at, rule.per, later) for later in (1, 2))
    if following is not None and day(following) < end:
        return NOT_APPLICABLE
    dated = [one[rule.at] for one in found if one[rule.at] is not None]
    count = sum(first_of_period(one, rule.per) == first_of_period(at, rule.per) for one in dated)
    today = as_of.date()
    if count < rule.times:
        return VIOLATION if today >= end else PENDING
    if today < end or (following is not None and day(following) < end_of_next):
        return PASS
    return PENDING if following is None and today < end_of_next else VIOLATION


def coverage(rule: Rule, row: Row, table: Table) -> str:
    begin, end = row[rule.at], row[rule.to]
    if begin is None or any(row[name] is None for name in rule.by):
        return NOT_ASSESSED
    if not has_clock(begin) or (end is not None and not has_clock(end)):
        return NOT_ASSESSED
    if end is not None and end < begin:
        return NOT_ASSESSED
    unsorted, _place = series(rule, row, table)
    late = dt.datetime.max
    found = sorted(
        unsorted, key=lambda one: tuple(marked(one[name]) if one[name] else late for name in (rule.at, rule.to))
    )
    place = next(number for number, one in enumerate(found) if one is row)
    ends = [one[rule.to] for one in found[: place + 1]]
    covered = max((marked(one) for one in ends if one is not None), default=None)
    following = found[place + 1][rule.at] if place + 1 < len(found) else None
    limit_ = None if covered is None else covered + dt.timedelta(minutes=rule.tolerance)
    happened = following is not None and marked(following) <= table.as_of
    if happened and limit_ is not None and marked(following) <= limit_:
        return PASS
    if not happened and (end is None or (limit_ is not None and table.as_of <= limit_)):
        return PENDING
    if None in ends or any(one[rule.at] is None for one in found):
        return NOT_ASSESSED
    return VIOLATION


def rate(rule: Rule, row: Row, table: Table) -> str:
    def keys(one: Row) -> tuple[Any, ...]:
        at = one[rule.at] if rule.per else None
        period = first_of_period(at, rule.per) if at is not None else None
        return (*(one[name] for name in rule.by), period)

    def may_belong(one: Row) -> bool:
        if not one["unreadable"].isdisjoint(rule.by):
            return True
        return rule.per and rule.at in one["unreadable"] and all(one[name] == row[name] for name in rule.by)

    if any(row[name] is None for name in rule.by) or (rule.per and row[rule.at] is None):
        return NOT_ASSESSED
    group = sorted(like(rule, row, table, keys), key=lambda one: one["id"])
    if group[0] is not row:
        return NOT_APPLICABLE
    if rule.per and table.as_of.date() < first_of_period(row[rule.at], rule.per, 1):
        return PENDING
    adrift = [one for one in table.rows if applies(rule, one) is not False and may_belong(one)]
    said = [rule.of(one) for one in group] + [None] * (unsure(rule, row, table, keys) + len(adrift))
    said_of = {
        any(EXCEEDED[name](round(hits / len(said), 6), bound) for name, bound in rule.bounds.items())
        for hits in range(said.count(True), said.count(True) + said.count(None) + 1)
    }
    return NOT_ASSESSED if len(said_of) > 1 else VIOLATION if said_of.pop() else PASS


# records of another type


class UndecidedError(Exception):
    """A lookup hangs on a value that is empty or cannot be read."""


def looked_up(rule: Rule, row: Row, table: Table) -> Any:
    """Return what ``exists``, ``count``, ``sum``, ``min``, ``first`` or ``last`` takes from the parts of a record."""
    word, name, where = rule.take
    mine = [part for part in table.parts if part["case_id"] == row["id"]]
    counts = [where(part) for part in mine]
    if word == "exists" and True in counts:
        return True
    if None in counts:
        raise UndecidedError
    counted = [part for part in mine if where(part)]
    if word in ("exists", "count"):
        return len(counted) if word == "count" else bool(counted)
    if any(rule.part_reads & part["unreadable"] for part in counted):
        raise UndecidedError
    values = [part[name] for part in counted]
    if word == "sum":
        if None in values:
            raise UndecidedError
        return sum(values)
    if word in ("first", "last"):
        if any(part["done_at"] is None for part in counted):
            raise UndecidedError
        in_order = sorted(counted, key=lambda part: (marked(part["done_at"]), part["id"]))
        return in_order[0 if word == "first" else -1][name] if in_order else None
    return min((value for value in values if value is not None), key=marked, default=None)


def reference(rule: Rule, row: Row, table: Table) -> str:
    try:
        found = looked_up(rule, row, table)
    except UndecidedError:
        return NOT_ASSESSED
    if found is True or (found is not False and found is not None and found != 0):
        return PASS
    if not rule.within:
        return VIOLATION
    start = row[rule.from_]
    due = None if start is None else after(start, *rule.within)
    if due is None:
        return NOT_ASSESSED
    return PENDING if no_later(table.as_of, due) else VIOLATION


def reconcile(rule: Rule, row: Row, table: Table) -> str:
    try:
        equals = looked_up(rule, row, table)
    except UndecidedError:
        return NOT_ASSESSED
    if row[rule.value] is None or equals is None:
        return NOT_ASSESSED
    return VIOLATION if round(abs(row[rule.value] - equals) - rule.tolerance, 6) > 0 else PASS


def query(rule: Rule, row: Row, _table: Table) -> str:
    return VIOLATION if rule.offends(row) else PASS


KINDS: dict[str, Callable[[Rule, Row, Table], str]] = {
    "approval": approval,
    "cadence": cadence,
    "checklist": checklist,
    "coverage": coverage,
    "deadline": deadline,
    "eligibility": eligibility,
    "form": form,
    "indicator": limit,
    "limit": limit,
    "query": query,
    "rate": rate,
    "reconcile": reconcile,
    "reference": reference,
    "sequence": sequence,
    "time_of_day": time_of_day,
    "unique": unique,
    "waiting_period": waiting_period,
}
