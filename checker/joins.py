"""Derived columns: lookups over other record types, a record's place among its like, and working days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlglot import exp

from checker.rulebook.derived import Among, Derived, Lookup, Returned, WorkingDay
from checker.rulebook.fields import unreadable_column
from checker.sql import FALSE, NULL, TRUE, as_column, column, every, is_known, is_null, some, sql, subquery, text
from checker.tables import CASE, ROW, Table

CALENDAR = "calendar"
"""A table of all days the calendar reaches: ``day``, ``is_working``, ``working_days`` up to and with it."""

WORKING_DAYS = "working_days"
"""A table of all working days the calendar reaches: ``day`` and its ``number``."""


def with_derived(table: Table, derived: Iterable[Derived], others: Mapping[str, Table]) -> exp.Select:
    """Return a table's values with derived columns beside them.

    Lookups over the same rows are taken in one pass over these. An equal key is joined after the other table is
    grouped by it; a condition that names this record's fields joins first and groups by this record's row.
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
    rows = subquery(other.values(), "o")
    first = lookups[0]
    case = [CASE] if table.cases else []
    taken = [part for lookup in lookups for part in _aggregates(lookup, other)]
    if first.correlated:
        own = exp.select(*map(column, dict.fromkeys((ROW, *case, *(f for lookup in lookups for f in lookup.own)))))
        grouped = exp.select(column(ROW, "t"), *taken, copy=False).from_(
            subquery(own.from_(subquery(table.values(), "s")), "t"), copy=False
        )
        pairs = [(column(key, "t"), column(key, "o")) for key in case]
        pairs += [(column(mine, "t"), column(theirs, "o")) for mine, theirs in first.on]
        grouped = grouped.join(rows, on=_equal(pairs), join_type="inner", copy=False)
        grouped = grouped.group_by(column(ROW, "t"), copy=False)
        on = [(column(ROW, "b"), column(ROW, name))]
    else:
        theirs = [*case, *dict.fromkeys(theirs for _mine, theirs in first.on)]
        grouped = (
            exp.select(*(column(key, "o") for key in theirs), *taken, copy=False)
            .from_(rows, copy=False)
            .group_by(*(column(key, "o") for key in theirs), copy=False)
        )
        on = [(column(key, "b"), column(key, name)) for key in case]
        on += [(column(mine, "b"), column(key, name)) for mine, key in first.on]
    unknown_key = some(is_null(column(mine, "b")) for mine, _theirs in first.on)
    results = []
    for lookup in lookups:
        value: exp.Expr = column(lookup.column, name)
        nothing = {"count": sql("0"), "sum": sql("0"), "list": text(""), "exists": FALSE}.get(lookup.word)
        if nothing is not None:
            value = sql("COALESCE(:v, :n)", v=value, n=nothing)
        undecided = sql("COALESCE(:u, FALSE) OR :k", u=column(lookup.undecided_column, name), k=unknown_key)
        results += [
            as_column(sql("CASE WHEN :u THEN NULL ELSE :v END", u=undecided, v=value), lookup.column),
            as_column(undecided, lookup.undecided_column),
        ]
    joined = exp.select(exp.Column(this=exp.Star(), table=exp.to_identifier("b")), *results, copy=False)
    return joined.from_(subquery(select, "b"), copy=False).join(
        subquery(grouped, name), on=_equal(on), join_type="left", copy=False
    )


def _aggregates(lookup: Lookup, other: Table) -> list[exp.Expr]:
    """Return a lookup's value and whether it hangs on something unknown, over the rows of a group."""
    where, value = lookup.where, lookup.value if lookup.value is not None else NULL
    taken: exp.Expr
    match lookup.word:
        case "exists":
            taken = exp.LogicalOr(this=where.copy())
        case "count":
            taken = _filtered(exp.Count(this=exp.Star()), where)
        case "sum" | "min" | "max":
            function = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max}[lookup.word]
            taken = _filtered(function(this=value.copy()), where)
        case "list":
            wanted = value if where == TRUE else sql("CASE WHEN :w THEN :v END", w=where, v=value)
            texts = _filtered(exp.ArrayAgg(this=wanted), where)  # the case alone would keep NULLs in the list
            taken = exp.ArrayToString(this=exp.ArraySort(this=texts), expression=text(""))
        case _:
            # the least or greatest of (order, value), so that ties do not hang on the order of rows
            pair = exp.Struct(
                expressions=[
                    exp.PropertyEQ(this=exp.to_identifier("at"), expression=lookup.order),
                    exp.PropertyEQ(this=exp.to_identifier("value"), expression=value.copy()),
                ]
            )
            best = (exp.Min if lookup.word == "first" else exp.Max)(this=pair)
            chosen = _filtered(best, every([where, sql("NOT :o IS NULL", o=lookup.order or NULL)]))
            taken = exp.Dot(this=exp.paren(chosen), expression=exp.to_identifier("value"))
    fields = other.book.records[other.name].fields
    unknown = [is_null(where)] if where != TRUE else []
    unknown += [column(unreadable_column(f), "o") for f in lookup.reads if fields[f].may_be_unreadable]
    if lookup.word == "sum":
        unknown.append(every([where, is_null(value)]))
    undecided = exp.LogicalOr(this=some(unknown)) if unknown else FALSE.copy()
    return [
        as_column(taken, lookup.column),
        as_column(undecided, lookup.undecided_column),
    ]


def _filtered(aggregate: exp.Expr, where: exp.Expr) -> exp.Expr:
    if where == TRUE:
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=where.copy()))


def _returned(select: exp.Select, table: Table, returned: Returned, others: Mapping[str, Table]) -> exp.Select:
    """Join what a query returns; of examples, each case is asked by itself."""
    query: exp.Query = returned.query.copy()
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    for one in list(query.find_all(exp.Table)):
        if one.name not in own:
            rows = others[one.name].values()
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
        offenders = exp.select(*keys).distinct().from_(subquery(cases, "c")).join(each, join_type="cross")
    else:
        offenders = exp.select(*keys).distinct().from_(exp.Subquery(this=query, alias=name))
    found = as_column(is_known(column(keys[0].name, "q")), returned.column)
    joined = exp.select("b.*", found, copy=False).from_(subquery(select, "b"), copy=False)
    same = _equal([(column(key.name, "b"), column(key.name, "q")) for key in keys])
    return joined.join(subquery(offenders, "q"), on=same, join_type="left", copy=False)


def _window(table: Table, among: Among) -> exp.Expr:
    """Return the window function; rows with equal order go by their key, whatever their order in the export."""
    order = [exp.Ordered(this=one.copy(), nulls_first=False) for one in among.order]
    if order:
        keys = [name for name in table.record.key if name in table.fields]
        order += [exp.Ordered(this=column(name), nulls_first=False) for name in (*keys, ROW)]
    case = [column(CASE)] if table.cases else []
    frame = exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW")
    return exp.Window(
        this=among.value.copy(),
        partition_by=[*case, *(one.copy() for one in among.by)],
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
