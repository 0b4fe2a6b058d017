"""Random tables, and random rules of every kind: as a file says them, and as the oracle understands them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st
from oracle import UNKNOWN_PAPER, Both, Condition, Row, Rule, Table, Truth

DRAWN = st.sampled_from

BAD = "???"
"""What no field but a text can read."""

CLOCKS = (None, dt.time(0, 0), dt.time(9, 0), dt.time(9, 0, 30), dt.time(9, 30), dt.time(23, 59))
DAYS = [dt.date(2023, 1, 31), *(dt.date(2023, 2, n) for n in range(1, 8)), dt.date(2023, 2, 28), dt.date(2023, 3, 2)]


def moment(day: dt.date, clock: dt.time | None) -> dt.date:
    return day if clock is None else dt.datetime.combine(day, clock)


moments = st.builds(moment, st.sampled_from(DAYS), st.sampled_from(CLOCKS))
amounts = st.sampled_from([-3, 0, 5, 5.5, 10, 10.000001, 12])
people = st.sampled_from(["Li", "Wang"])
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "at": moments,
    "target_on": st.sampled_from(DAYS),
    "begun_at": moments,
    "middle_at": moments,
    "ended_at": moments,
    "target_at": moments,
    "begun_on": st.sampled_from(DAYS),
    "ended_on": st.sampled_from(DAYS),
    "clock_at": st.sampled_from([clock for clock in CLOCKS if clock]),
    "team": st.sampled_from(["A", "B"]),
    "month": st.sampled_from([dt.date(2023, 1, 1), dt.date(2023, 2, 1)]),
    "grade": st.sampled_from(["major", "minor"]),
    "flag": st.booleans(),
    "amount": amounts,
    "limit": amounts,
    "papers": st.lists(
        st.sampled_from(["id_card", "household_register", "contract", UNKNOWN_PAPER]), min_size=1, unique=True
    ),
    "signed_by": people,
    "checked_by": people,
    "role": st.sampled_from(["manager", "director", "clerk"]),
    "signed_at": moments,
}
PART_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "sort": st.sampled_from(["visit", "call"]),
    "done_at": moments,
    "amount": amounts,
}
TEXTS = frozenset({"team", "signed_by", "checked_by", "papers", "role"})


@st.composite
def _row(draw: st.DrawFn, fields: dict[str, st.SearchStrategy[Any]]) -> Row:
    row: Row = {"unreadable": set()}
    for name, values in fields.items():
        kind = draw(st.integers(0, 9))
        row[name] = draw(values) if kind < 8 else None
        if kind == 9 and name not in TEXTS:
            row["unreadable"].add(name)
    return row


@st.composite
def tables(draw: st.DrawFn) -> Table:
    rows = [{"id": f"C{n}", **row} for n, row in enumerate(draw(st.lists(_row(FIELDS), min_size=1, max_size=7)))]
    parts = [
        {"id": f"P{n}", "case_id": draw(st.sampled_from([row["id"] for row in rows])), **row}
        for n, row in enumerate(draw(st.lists(_row(PART_FIELDS), min_size=1, max_size=6)))
    ]
    as_of = moment(
        draw(st.sampled_from(DAYS)), draw(st.sampled_from([dt.time(8, 0), dt.time(12), dt.time(23, 59, 59)]))
    )
    assert isinstance(as_of, dt.datetime)
    return Table(rows, parts, as_of)


def text(row: Row, name: str) -> str:
    """Return a value as an export spells it."""
    value = row[name]
    if name in row["unreadable"]:
        return BAD
    match value:
        case None:
            return ""
        case list():
            return "、".join(value)
        case bool():
            return "是" if value else "否"
        case dt.date() if name == "month":  # spelt in another way in every other record
            return f"{value:%Y-%m}" if int(row["id"][1:]) % 2 else f"{value.year}年{value.month}月"
        case dt.datetime():
            return value.isoformat(sep=" ")
        case _:
            return str(value)


# conditions


def _at_least(name: str, number: float) -> Condition:
    return lambda row: None if row[name] is None else row[name] >= number


def _is(name: str, value: Any) -> Condition:
    return lambda row: None if row[name] is None else row[name] == value


def either(first: Truth, second: Truth) -> Truth:
    return True if True in (first, second) else None if None in (first, second) else False


CONDITIONS: list[tuple[str, Condition, frozenset[str]]] = [
    ("grade = 'major'", _is("grade", "major"), frozenset({"grade"})),
    ("amount >= 5", _at_least("amount", 5), frozenset({"amount"})),
    ("NOT flag", _is("flag", False), frozenset({"flag"})),
    ("limit IS NULL", lambda row: row["limit"] is None, frozenset({"limit"})),
    (
        "grade = 'minor' OR amount >= 5",
        lambda row: either(_is("grade", "minor")(row), _at_least("amount", 5)(row)),
        frozenset({"grade", "amount"}),
    ),
    (
        "grade = 'major' AND amount >= 5",
        Both(((_is("grade", "major"), frozenset({"grade"})), (_at_least("amount", 5), frozenset({"amount"})))),
        frozenset({"grade", "amount"}),
    ),
    (
        "limit IS NULL AND NOT flag",
        Both(((lambda row: row["limit"] is None, frozenset({"limit"})), (_is("flag", False), frozenset({"flag"})))),
        frozenset({"limit", "flag"}),
    ),
]
conditions = st.sampled_from(CONDITIONS)


def _empty(name: str) -> Condition:
    return lambda row: None if name in row["unreadable"] else row[name] is None


PART_CONDITIONS: list[tuple[str, Condition]] = [
    ("sort = 'visit'", _is("sort", "visit")),
    ("done_at IS NULL", _empty("done_at")),
    ("sort = 'call' OR amount >= 5", lambda row: either(_is("sort", "call")(row), _at_least("amount", 5)(row))),
    ("sort = 'visit' OR amount IS NULL", lambda row: either(_is("sort", "visit")(row), _empty("amount")(row))),
]
"""Which parts count; what cannot be read is not empty."""

datetimes = st.sampled_from(["begun_at", "middle_at", "ended_at", "signed_at"])
dates = st.sampled_from(["begun_at", "ended_at", "begun_on", "ended_on"])
periods = st.tuples(st.integers(0, 3), st.just("day")) | st.tuples(st.integers(1, 2), st.just("month"))
clock_periods = st.tuples(st.integers(1, 30), st.just("hour")) | st.tuples(st.integers(1, 90), st.just("minute"))
by = st.lists(st.sampled_from(["team", "grade", "month"]), max_size=2, unique=True)
NAMES = ("min", "max", "above", "below")

Said = tuple[dict[str, Any], Rule]
"""A rule as a file says it, without its headings, and as the oracle has it."""


@st.composite
def rules(draw: st.DrawFn, kind: str) -> Said:
    file, states, reads = draw(_KINDS[kind]())
    when: Condition = lambda _row: True  # noqa: E731
    asks = frozenset[str]()
    if draw(st.booleans()):
        source, when, read = draw(conditions)
        file[kind]["when"], reads, asks = source, reads | read, frozenset(read)
    file[kind]["record"] = "case"
    return file, Rule(kind, when, frozenset(reads), states, asks)


def written(period: tuple[int, str]) -> str:
    count, unit = period
    return f"{count} {unit}s"


@st.composite
def _deadline(draw: st.DrawFn) -> Any:
    start, end = draw(st.lists(dates, min_size=2, max_size=2, unique=True))
    if draw(st.booleans()):
        return (
            {"deadline": {"from": start, "to": end, "by": "target_at"}},
            {
                "from_": start,
                "to": end,
                "by": "target_at",
            },
            {start, end, "target_at"},
        )
    within = draw(periods if start.endswith("on") else periods | clock_periods)
    said = {"from": start, "to": end, "within": written(within)}
    return {"deadline": said}, {"from_": start, "to": end, "within": within}, {start, end}


@st.composite
def _waiting_period(draw: st.DrawFn) -> Any:
    start, end = draw(st.lists(dates, min_size=2, max_size=2, unique=True))
    wait = draw(periods if start.endswith("on") else periods | clock_periods)
    said = {"from": start, "to": end, "wait": written(wait)}
    return {"waiting_period": said}, {"from_": start, "to": end, "wait": wait}, {start, end}


@st.composite
def _sequence(draw: st.DrawFn) -> Any:
    steps = draw(st.lists(datetimes, min_size=2, max_size=4, unique=True))
    optional = draw(st.lists(DRAWN(steps), max_size=1))
    said = {"steps": steps, "complete": draw(st.booleans()), "optional": optional}
    return {"sequence": said}, dict(said), set(steps)


@st.composite
def _time_of_day(draw: st.DrawFn) -> Any:
    at = draw(DRAWN(["clock_at", "begun_at"]))
    begin, end = draw(
        st.lists(DRAWN([dt.time(8), dt.time(9, 30), dt.time(18), dt.time(23, 59)]), min_size=2, max_size=2, unique=True)
    )
    said = {"at": at, "hours": f"{begin:%H:%M}-{end:%H:%M}"}
    return {"time_of_day": said}, {"at": at, "hours": (begin, end)}, {at}


@st.composite
def _eligibility(draw: st.DrawFn) -> Any:
    source, condition, reads = draw(conditions)
    return {"eligibility": {"require": source}}, {"require": condition}, set(reads)


@st.composite
def _form(draw: st.DrawFn) -> Any:
    fields = draw(st.lists(DRAWN([["ended_at"], ["team", "grade"], ["amount"], ["papers"]]), min_size=1, max_size=3))
    said: dict[str, Any] = {"fields": [" | ".join(names) for names in fields]}
    states: dict[str, Any] = {"fields": fields, "values": {}, "also": []}
    reads = {name for names in fields for name in names}
    if draw(st.booleans()):
        said["values"] = states["values"] = {"role": ["manager", "director"]}
        reads.add("role")
    if draw(st.booleans()):
        source, condition, read = draw(conditions)
        said["also"] = [{"when": source, "fields": ["checked_by"]}]
        states["also"] = [(condition, "checked_by")]
        reads |= {"checked_by", *read}
    return {"form": said}, states, reads


@st.composite
def _checklist(draw: st.DrawFn) -> Any:
    require = draw(st.lists(DRAWN([["id_card"], ["household_register", "contract"]]), min_size=1, max_size=2))
    said: dict[str, Any] = {"documents": "papers", "require": [" | ".join(names) for names in require]}
    states: dict[str, Any] = {"require": require, "also": []}
    reads = {"papers"}
    if draw(st.booleans()):
        source, condition, read = draw(conditions)
        said["also"] = [{"when": source, "require": ["contract"]}]
        states["also"] = [(condition, "contract")]
        reads |= read
    return {"checklist": said}, states, reads


@st.composite
def _approval(draw: st.DrawFn) -> Any:
    said: dict[str, Any] = {"signed": ["signed_by"]}
    if draw(st.booleans()):
        said |= {"role": "role", "allowed": ["manager", "director"]}
    if draw(st.booleans()):
        said |= {"at": "signed_at"} | ({"before": "ended_at"} if draw(st.booleans()) else {})
    if draw(st.booleans()):
        said["apart"] = ["signed_by", "checked_by"]
    reads = {*said["signed"], *said.get("apart", ()), *(said[n] for n in ("role", "at", "before") if n in said)}
    return {"approval": said}, dict(said), reads


def _kept(bounds: dict[str, Any]) -> bool:
    """Return whether some number keeps the plain ones of some bounds; a rule of others is refused."""
    low = [(bounds[name], name == "above") for name in ("min", "above") if isinstance(bounds.get(name), int)]
    high = [(bounds[name], name == "below") for name in ("max", "below") if isinstance(bounds.get(name), int)]
    return all(a < b or (a == b and not open_a and not open_b) for a, open_a in low for b, open_b in high)


def _limit(kind: str) -> Any:
    @st.composite
    def draw_one(draw: st.DrawFn) -> Any:
        bounds = draw(st.dictionaries(DRAWN(NAMES), DRAWN([0, 5, 10, "limit"]), min_size=1, max_size=2).filter(_kept))
        reads = {"amount", *(bound for bound in bounds.values() if isinstance(bound, str))}
        return {kind: {"value": "amount", **bounds}}, {"value": "amount", "bounds": bounds}, reads

    return draw_one


@st.composite
def _unique(draw: st.DrawFn) -> Any:
    of = draw(st.lists(DRAWN(["team", "grade", "flag", "month"]), min_size=1, max_size=2, unique=True))
    return {"unique": {"of": of}}, {"of": of}, set(of)


@st.composite
def _cadence(draw: st.DrawFn) -> Any:
    at, groups = draw(DRAWN(["begun_at", "begun_on"])), draw(by)
    said: dict[str, Any] = {"at": at, "by": groups}
    states: dict[str, Any] = dict(said)
    if draw(st.booleans()):
        every = draw(periods.filter(lambda one: one[0] > 0))
        said["every"], states["every"] = written(every), every
    else:
        states["times"] = draw(st.integers(1, 2))
        said |= {"per": draw(DRAWN(["day", "week", "month"])), "times": states["times"]}
        states["per"] = said["per"]
    return {"cadence": said}, states, {at, *groups}


@st.composite
def _coverage(draw: st.DrawFn) -> Any:
    groups, tolerance = draw(by), draw(DRAWN([0, 15, 600]))
    said: dict[str, Any] = {"from": "begun_at", "to": "ended_at", "by": groups}
    if tolerance:
        said["tolerance"] = f"{tolerance} minutes"
    states = {"at": "begun_at", "to": "ended_at", "by": groups, "tolerance": tolerance}
    return {"coverage": said}, states, {"begun_at", "ended_at", *groups}


@st.composite
def _rate(draw: st.DrawFn) -> Any:
    source, condition, reads = draw(conditions)
    bounds = draw(st.dictionaries(DRAWN(NAMES), DRAWN([0.25, 0.5, 1]), min_size=1, max_size=1))
    groups = draw(by)
    said: dict[str, Any] = {"of": source, "by": groups, **bounds}
    states: dict[str, Any] = {"of": condition, "by": groups, "bounds": bounds}
    reads = {*reads, *groups}
    if draw(st.booleans()):
        said |= {"at": "begun_on", "per": draw(DRAWN(["week", "month"]))}
        states |= {"at": "begun_on", "per": said["per"]}
        reads.add("begun_on")
    return {"rate": said}, states, reads


@st.composite
def _lookup(draw: st.DrawFn, *takes: str) -> Any:
    take = draw(DRAWN(takes))
    word, _bracket, name = take.rstrip(")").partition("(")
    table: dict[str, Any] = {"record": "part", "on": {"id": "case_id"}, "take": take}
    where: Condition = lambda _part: True  # noqa: E731
    reads = {*({name} if name else ()), *({"done_at"} if word in ("first", "last") else ())}
    if draw(st.booleans()):
        table["where"], where = draw(st.sampled_from(PART_CONDITIONS))
    return {"lookup": {"found": table}}, {"take": (word, name, where), "part_reads": frozenset(reads)}


@st.composite
def _reference(draw: st.DrawFn) -> Any:
    file, states = draw(_lookup("exists", "count", "min(done_at)"))
    file["reference"] = {"to": "found"}
    if draw(st.booleans()):
        within = draw(periods)
        file["reference"] |= {"from": "begun_at", "within": written(within)}
        return file, {**states, "from_": "begun_at", "within": within}, {"begun_at"}
    return file, states, set()


@st.composite
def _reconcile(draw: st.DrawFn) -> Any:
    file, states = draw(_lookup("sum(amount)", "count", "first(amount)", "last(amount)"))
    tolerance = draw(DRAWN([0, 0.5]))
    file["reconcile"] = {"value": "amount", "equals": "found", "tolerance": tolerance}
    return file, {**states, "value": "amount", "tolerance": tolerance}, {"amount"}


@st.composite
def _query(draw: st.DrawFn) -> Any:
    source, condition, _reads = draw(conditions)
    return {"query": {"sql": f"SELECT id FROM case WHERE {source}"}}, {"offends": condition}, set()


_KINDS: dict[str, Any] = {
    "approval": _approval,
    "cadence": _cadence,
    "checklist": _checklist,
    "coverage": _coverage,
    "deadline": _deadline,
    "eligibility": _eligibility,
    "form": _form,
    "indicator": _limit("indicator"),
    "limit": _limit("limit"),
    "query": _query,
    "rate": _rate,
    "reconcile": _reconcile,
    "reference": _reference,
    "sequence": _sequence,
    "time_of_day": _time_of_day,
    "unique": _unique,
    "waiting_period": _waiting_period,
}
KINDS = tuple(_KINDS)
