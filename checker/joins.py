"""Derived columns: lookups over other record types, a record's place among its like, and working days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

from sqlglot import exp

from checker.rulebook.derived import Among, Derived, Lookup, Returned, WorkingDay
from checker.rulebook.fields import LATER, fields_read, later_column, unreadable_column
from checker.rulebook.queries import OFFENDS
from checker.sql import (
    FALSE,
    NULL,
    TRUE,
    as_column,
    call,
    column,
    every,
    is_known,
    is_null,
    negated,
    some,
    sql,
    subquery,
    text,
)
from checker.tables import BITS, CASE, ROW, Table

CALENDAR = "calendar"
"""A table of all days the calendar reaches: ``day``, ``is_working``, ``working_days`` up to and with it."""

WORKING_DAYS = "working_days"
"""A table of all working days the calendar reaches: ``day`` and its ``number``."""


def with_derived(table: Table, derived: Iterable[Derived], others: Mapping[str, Table]) -> exp.Select:
    """Return a table's values with derived columns beside them.

    Lookups over the same rows are taken in one pass over these. An equal key is joined after the other table is
    grouped by it; a condition that names this record's fields joins first, the other rows to each combination of
    these that occurs, and groups by that.
    """
    select = table.values()
    groups: dict[tuple[object, ...], list[Lookup]] = {}
    days: list[WorkingDay] = []
    among: list[Among] = []
    for one in derived:
        if isinstance(one, Lookup):
            groups.setdefault((one.record, one.on, one.correlated), []).append(one)
        elif isinstance(one, WorkingDay):
            days.append(one)
        elif isinstance(one, Among):
            among.append(one)
        elif isinstance(one, Returned):
            select = _returned(select, table, one, others)
    for number, lookups in enumerate(groups.values()):
        select = _looked_up(select, table, lookups, others[lookups[0].record], f"l{number}")
    if among:
        windows = [as_column(_window(table, one), one.column) for one in among]
        select = exp.select("*", *windows, copy=False).from_(subquery(select, "b"), copy=False)
    for day in days:
        select = _working_day(select, day)
    return select


def _looked_up(select: exp.Select, table: Table, lookups: list[Lookup], other: Table, name: str) -> exp.Select:
    first = lookups[0]
    same = _equal([(column(CASE, "b"), column(CASE, name))] if table.cases else [])
    if first.correlated:
        asked_by = [exp.NullSafeEQ(this=column(one, "b"), expression=column(one, name)) for one in _own(table, lookups)]
        same = every([same, *asked_by])
    else:
        same = every([same, _equal((column(mine, "b"), column(key, name)) for mine, key in first.on)])
    unknown_key = some(is_null(column(mine, "b")) for mine, _theirs in first.on)
    unplaced = _unplaced(table, lookups, other)
    results = []
    for number, lookup in enumerate(lookups):
        value: exp.Expr = column(lookup.column, name)
        nothing = {"count": sql("0"), "sum": sql("0"), "list": text(""), "exists": FALSE}.get(lookup.word)
        if nothing is not None:
            value = sql("COALESCE(:v, :n)", v=value, n=nothing)
        bits, bit = _undecided_bit(number)
        asked = [name] if unplaced is None else [name, f"{name}u"]
        undecided = some(sql("COALESCE(:u & :m <> 0, FALSE)", u=column(bits, one), m=bit) for one in asked)
        if lookup.word == "exists":  # what else there may be changes nothing
            undecided = every([undecided, negated(value)])
        undecided = sql(":u OR :k", u=undecided, k=unknown_key)
        results += [
            as_column(sql("CASE WHEN :u THEN NULL ELSE :v END", u=undecided, v=value), lookup.column),
            as_column(undecided, lookup.undecided_column),
        ]
    joined = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("b")), *results, copy=False)
    joined = joined.from_(subquery(select, "b"), copy=False).join(
        subquery(_grouped(table, lookups, other), name), on=same, join_type="left", copy=False
    )
    if unplaced is not None:
        on = [(column(CASE, "b"), column(CASE, f"{name}u"))] if table.cases else []
        fields = other.record.fields
        on += [
            (column(mine, "b"), column(key, f"{name}u")) for mine, key in first.on if not fields[key].may_be_unreadable
        ]
        joined = joined.join(subquery(unplaced, f"{name}u"), on=_equal(on), join_type="left", copy=False)
    return joined


def _own(table: Table, lookups: list[Lookup]) -> list[str]:
    """Return this record's columns that lookups ask with."""
    fields = dict.fromkeys(field for lookup in lookups for field in lookup.own)
    return [*fields, *(unreadable_column(field) for field in fields if table.record.fields[field].may_hold_errors)]


def _unplaced(table: Table, lookups: list[Lookup], other: Table) -> exp.Select | None:
    """Return bit by bit for which lookups a row may count that has a key which cannot be read, by its other keys.

    Nothing where every key can be read whatever stands in it.
    """
    keys = dict.fromkeys(theirs for _mine, theirs in lookups[0].on)
    doubtful = [key for key in keys if other.record.fields[key].may_be_unreadable]
    if not doubtful:
        return None
    known = [column(key, "o") for key in ([CASE] if table.cases else []) + [key for key in keys if key not in doubtful]]
    # a condition on this record's fields cannot be asked without it
    counts = [TRUE if lookup.correlated else sql("COALESCE(:w, TRUE)", w=lookup.where) for lookup in lookups]
    rows = exp.select(*known, *_bits(counts), copy=False).from_(subquery(other.happened(), "o"), copy=False)
    rows = rows.where(some(column(unreadable_column(key), "o") for key in doubtful), copy=False)
    return rows.group_by(*known, copy=False) if known else rows


def _grouped(table: Table, lookups: list[Lookup], other: Table) -> exp.Select:
    """Return what lookups take from the rows that belong together, and bit by bit whether it is undecided.

    What stands first or last is found in two steps: its place, with all else; then, from the rows in that place
    alone, the values. There are few of these, and no state of theirs is much larger than a value.
    """
    first = lookups[0]
    case = [CASE] if table.cases else []
    theirs = [*case, *dict.fromkeys(theirs for _mine, theirs in first.on)]
    same = [(column(key, "t"), column(key, "o")) for key in case]
    same += [(column(mine, "t"), column(their, "o")) for mine, their in first.on]
    own = [*case, *_own(table, lookups)]
    mine = subquery(exp.select(*map(column, own)).distinct().from_(subquery(table.values(), "s")), "t")
    rows = subquery(other.happened(), "o")

    keys = [column(key, "t") for key in own] if first.correlated else [column(key, "o") for key in theirs]
    placed = {one: _place(one, one.order) for one in lookups if one.order is not None}
    places = {place: f"_place{number}" for number, place in enumerate(dict.fromkeys(placed.values()))}
    taken: list[exp.Expr] = [as_column(_taken(one), one.column) for one in lookups if one not in placed]
    taken += [as_column(place.copy(), called) for place, called in places.items()]
    taken += _undecided(lookups, other)
    grouped = exp.select(*keys, *taken, copy=False).from_(mine if first.correlated else rows, copy=False)
    if first.correlated:
        grouped = grouped.join(rows, on=_equal(same), join_type="inner", copy=False)
    grouped = grouped.group_by(*keys, copy=False)
    if not places:
        return grouped

    keys = [column(key.name, "t") for key in keys]
    stands = {
        lookup: every([lookup.where, sql(":o = :p", o=lookup.order or NULL, p=column(places[place], "t"))])
        for lookup, place in placed.items()
    }
    kept = [as_column(exp.Max(this=column(one.alias, "t")), one.alias) for one in taken]
    values = [as_column(_in_place(lookup, where, other), lookup.column) for lookup, where in stands.items()]
    found = exp.select(*keys, *kept, *values, copy=False).from_(subquery(grouped, "t"), copy=False)
    if not first.correlated:
        same = [(key, column(key.name, "o")) for key in keys]
    here = every([_equal(same), some(dict.fromkeys(stands.values()))])
    return found.join(rows.copy(), on=here, join_type="left", copy=False).group_by(*keys, copy=False)


def _taken(lookup: Lookup) -> exp.Expr:
    """Return a lookup's value over the rows of a group; of one that has no order."""
    where, value = lookup.where, lookup.value if lookup.value is not None else NULL
    match lookup.word:
        case "exists":
            return exp.LogicalOr(this=where.copy())
        case "count":
            return _filtered(exp.Count(this=exp.Star()), where)
        case "list":
            wanted = value if where == TRUE else sql("CASE WHEN :w THEN :v END", w=where, v=value)
            texts = _filtered(exp.ArrayAgg(this=wanted), where)  # the case alone would keep NULLs in the list
            return exp.ArrayToString(this=exp.ArraySort(this=texts), expression=text(""))
        case word:
            function = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max}[word]
            return _filtered(function(this=value.copy()), where)


def _place(lookup: Lookup, order: exp.Expr) -> exp.Expr:
    """Return what the order is at in the row that stands first or last in a group."""
    return _filtered((exp.Min if lookup.word == "first" else exp.Max)(this=order.copy()), lookup.where)


def _in_place(lookup: Lookup, stands: exp.Expr, other: Table) -> exp.Expr:
    """Return the value of the row that stands first or last, given whether a row does; empty where it is empty there.

    Of several in one place it is the one with the least or the greatest key, so that it does not hang on the order of
    rows, and all values are of one row.
    """
    function = "ARG_MIN_NULL" if lookup.word == "first" else "ARG_MAX_NULL"
    return _filtered(call(function, (lookup.value or NULL).copy(), _rank(lookup, other)), stands)


def _rank(lookup: Lookup, other: Table) -> exp.Expr:
    """Return what rows in one place go by: the key, as far as it is not the same in all of them, then their number."""
    given = [theirs for _mine, theirs in lookup.on]
    keys = [column(name, "o") for name in other.record.key if name in other.fields and name not in given]
    parts = [part for key in keys if key != lookup.order for part in (is_null(key), key)]
    if not parts:
        return column(ROW, "o")
    named = [(exp.to_identifier(f"k{n}"), part) for n, part in enumerate([*parts, column(ROW, "o")])]
    return exp.Struct(expressions=[exp.PropertyEQ(this=name, expression=part) for name, part in named])


def _undecided_bit(number: int) -> tuple[str, int]:
    """Return which column and which of its bits says that the lookup with a number is undecided."""
    return f"_undecided{number // BITS}", 1 << number % BITS


def _undecided(lookups: list[Lookup], other: Table) -> list[exp.Expr]:
    """Return columns of bits: whether a lookup's value hangs on something unknown, over the rows of a group."""
    fields = other.record.fields
    tests: list[exp.Expr] = []
    for lookup in lookups:
        taken = [one for one in (lookup.value, lookup.order) if one is not None]
        read = {field: None for one in taken for field in fields_read(one, "o")}
        doubts: list[exp.Expr] = [column(unreadable_column(f), "o") for f in read if fields[f].may_be_unreadable]
        lists = [f for f in read if fields[f].may_hold_errors and not fields[f].may_be_unreadable]
        unknown_words = some(column(unreadable_column(field), "o") for field in lists)
        doubts += [every([unknown_words, is_null(one)]) for one in taken if lists]
        if lookup.order is not None:
            ordered = fields_read(lookup.order, "o")
            later = [is_known(column(later_column(name), "o")) for name in other.events if name in ordered]
            doubts.append(every([is_null(lookup.order), negated(some(later))]))  # it may stand anywhere
        elif lookup.word == "sum":
            doubts.append(is_null(lookup.value or NULL))
        unknown = [is_null(lookup.where)] if lookup.where != TRUE else []
        unknown.append(every([lookup.where, some(doubts)]))  # of a row that does not count nothing matters
        tests.append(some(unknown))
    return _bits(tests)


def _bits(tests: Iterable[exp.Expr]) -> list[exp.Expr]:
    """Return columns of bits, over the rows of a group: for each lookup whether its test holds of one."""
    columns: dict[str, list[exp.Expr]] = {}
    for number, test in enumerate(tests):
        bits, bit = _undecided_bit(number)
        columns.setdefault(bits, []).append(sql("CASE WHEN :t THEN CAST(:b AS BIGINT) ELSE 0 END", t=test, b=bit))
    return [
        as_column(exp.BitwiseOrAgg(this=reduce(lambda a, b: sql(":a + :b", a=a, b=b), parts)), bits)
        for bits, parts in columns.items()
    ]


def _filtered(aggregate: exp.Expr, where: exp.Expr) -> exp.Expr:
    if where == TRUE:
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=where.copy()))


def _returned(select: exp.Select, table: Table, returned: Returned, others: Mapping[str, Table]) -> exp.Select:
    """Join what a query returns; of examples, each case is asked by itself."""
    query: exp.Query = returned.query.copy()
    own = {cte.alias: exp.to_identifier(f"{returned.column}_{cte.alias}") for cte in query.find_all(exp.CTE)}
    for cte in query.find_all(exp.CTE):  # Spark takes the parts of all queries for parts of one statement
        cte.args["alias"].set("this", own[cte.alias])
    for one in list(query.find_all(exp.Table)):
        if one.name in own:
            one.set("this", own[one.name].copy())
        else:
            rows = others[one.name].happened()
            if table.cases:
                rows = (
                    exp.select("*").from_(subquery(rows, "v")).where(_equal([(column(CASE, "v"), column(CASE, "c"))]))
                )
            one.replace(subquery(rows, one.alias_or_name))
    keys = [column(key) for key in returned.key]
    name = exp.TableAlias(this=exp.to_identifier("q"))
    if table.cases:
        keys.append(column(CASE))
        cases = exp.select(column(CASE)).distinct().from_(subquery(table.values(), "v"))
        each = exp.Lateral(this=exp.Subquery(this=query), alias=name)
        found = exp.select(*keys).from_(subquery(cases, "c")).join(each, join_type="cross")
    else:
        found = exp.select(*keys).from_(exp.Subquery(this=query, alias=name))
    if OFFENDS in query.named_selects:
        told = as_column(exp.LogicalOr(this=column(OFFENDS)), OFFENDS)
        found = found.select(told).where(sql("COALESCE(:o, TRUE)", o=column(OFFENDS))).group_by(*keys)
    else:
        found = found.select(as_column(TRUE, OFFENDS)).distinct()
    answer = sql("CASE WHEN :f THEN :o ELSE FALSE END", f=is_known(column(keys[0].name, "q")), o=column(OFFENDS, "q"))
    joined = exp.select("b.*", as_column(answer, returned.column), copy=False).from_(subquery(select, "b"), copy=False)
    same = _equal([(column(key.name, "b"), column(key.name, "q")) for key in keys])
    return joined.join(subquery(found, "q"), on=same, join_type="left", copy=False)


def _window(table: Table, among: Among) -> exp.Expr:
    """Return the window function; rows with equal order go by their key, whatever their order in the export."""
    order = [exp.Ordered(this=one.copy(), nulls_first=False) for one in among.order]
    if order:
        keys = [name for name in table.record.key if name in table.fields]
        order += [exp.Ordered(this=column(name), nulls_first=False) for name in (*keys, ROW)]
    apart = [column(CASE)] if table.cases else []
    apart += [column(LATER)] if table.beginnings else []
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    return exp.Window(
        this=among.value.copy(),
        partition_by=[*apart, *(one.copy() for one in among.by)],
        order=exp.Order(expressions=order) if order else None,
        spec=frame if among.so_far else None,
    )


def _working_day(select: exp.Select, day: WorkingDay) -> exp.Select:
    number = sql("c.working_days + :n", n=day.count)
    if day.roll:
        number = sql("c.working_days + CASE WHEN c.is_working THEN 0 ELSE 1 END")
    return (
        exp.select("b.*", as_column(column("day", "w"), day.column), copy=False)
        .from_(subquery(select, "b"), copy=False)
        .join(
            exp.alias_(exp.to_table(CALENDAR), "c", table=True),
            on=sql("c.day = :s", s=day.start),
            join_type="left",
        )
        .join(
            exp.alias_(exp.to_table(WORKING_DAYS), "w", table=True),
            on=sql("w.number = :n", n=number),
            join_type="left",
        )
    )


def _equal(pairs: Iterable[tuple[exp.Expr, exp.Expr]]) -> exp.Expr:
    return every(sql(":a = :b", a=left, b=right) for left, right in pairs)
