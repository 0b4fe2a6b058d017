"""The SQL that reads the values of fields.

Every column comes in as text; a rule sees what its field's type makes of it. The commonest spelling is read
first (``quick``). Where that fails, the text is made plain (half-width, lower case, no space around it) and read
by all other spellings (``slow``). An **empty** spelling gives NULL; a text that the type cannot read gives NULL too
and is a data error (``unreadable``).
"""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from checker.rulebook.model import RecordField
from checker.rulebook.spelling import nothing_else, plain
from checker.rulebook.units import factors, is_length, lengths, seconds
from checker.sources.spellings import ENDLESS, among, coded, dated, extracted, like, read
from checker.sql import NULL, call, first_of, sql, text

_LARGE = "万元"


def quick(field: RecordField, raw: exp.Expr, *, identifier: bool) -> exp.Expr:
    """Return the SQL that reads a text by its type's commonest spelling.

    Args:
        field: The field.
        raw: The text as exported.
        identifier: Whether other records refer to it, so that full-width letters count as plain ones.
    """
    match field.type:
        case "datetime":
            return dated(call("COMMON_MOMENT", raw))
        case "date":
            return sql("CAST(:m AS DATE)", m=dated(call("COMMON_DAY", raw)))
        case "time":
            return sql("CAST(:m AS TIME)", m=read(raw, "%H:%M:%S"))
        case "money" if factors(field).get(_LARGE):  # whole statements come in this unit, by their headers
            in_units = _times(call("FINITE", sql("LEFT(:r, LENGTH(:r) - 2)", r=raw)), factors(field)[_LARGE])
            plain_ = call("FINITE", raw)
            return sql("CASE WHEN RIGHT(:r, 2) = :u THEN :m ELSE :n END", r=raw, u=_LARGE, m=in_units, n=plain_)
        case "integer" | "decimal" | "money":
            return call("FINITE", raw)
        case "month":
            return call("COMMON_MONTH", raw)
        case "period":
            return call("COMMON_PERIOD", raw)
        case "yes_no":
            return call("READ_YES_NO", raw)
        case "choice":
            return coded(raw, [((code, *names), text(code)) for code, names in field.choices.items()])
        case "documents":
            return NULL
        case _:
            return call("READ_WORD" if identifier else "READ_TEXT", raw)


def has_slow(field: RecordField) -> bool:
    """Return whether a type knows spellings beyond the commonest."""
    return not field.is_text


def slow(field: RecordField, bare: exp.Expr, zone: str) -> exp.Expr:
    """Return the SQL that reads a plain text by all other spellings.

    Args:
        field: The field.
        bare: What ``PLAIN`` makes of the text.
        zone: The time zone of moments that carry an offset.
    """
    match field.type:
        case "datetime":
            return _moment(field, bare, zone)
        case "date":
            return sql("CAST(:m AS DATE)", m=_moment(field, bare, zone))
        case "time":
            return call("READ_CLOCK", bare)
        case "integer" | "decimal" | "money":
            return _number(field, bare)
        case "month":
            return call("READ_MONTH", bare, text(zone))
        case "period":
            return call("READ_PERIOD", bare, text(zone))
        case "yes_no":
            return call("READ_YES_NO", bare)
        case "choice":
            other = call("READ_TEXT", bare) if field.open else NULL
            spellings = [((code, *names), text(code)) for code, names in field.choices.items()]
            return coded(bare, [(tuple(dict.fromkeys(map(plain, names))), code) for names, code in spellings], other)
        case "documents":
            return call("READ_LIST", bare)
        case _:
            return NULL


def _moment(field: RecordField, bare: exp.Expr, zone: str) -> exp.Expr:
    """Read a moment by all spellings; a limit may be none, which is the last day there is."""
    read = call("READ_MOMENT", bare, text(zone))
    never = sql("CAST('9999-12-31 00:00:00.000001' AS TIMESTAMP)")
    return coded(bare, [(ENDLESS, never)], read) if field.moment == "plan" else read


def finished(field: RecordField, value: exp.Expr) -> exp.Expr:
    """Return a value in its type: whole numbers as such."""
    if field.type == "integer":
        return sql("CASE WHEN :n = FLOOR(:n) THEN CAST(:n AS BIGINT) END", n=value)
    return value


def unlike(field: RecordField, raw: exp.Expr, quick_: exp.Expr) -> exp.Expr:
    """Return the SQL of whether a text is not in its type's commonest spelling.

    Args:
        field: The field.
        raw: The text as exported.
        quick_: What the commonest spelling gives.
    """
    if field.type == "integer":
        return sql("NOT :r IS NULL AND COALESCE(:q <> FLOOR(:q), TRUE)", r=raw, q=quick_)
    return sql("NOT :r IS NULL AND :q IS NULL", r=raw, q=quick_)


def unreadable(field: RecordField, raw: exp.Expr, bare: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Return the SQL of whether a field holds something that its type cannot read.

    Args:
        field: The field; its type can refuse a text.
        raw: The text as exported.
        bare: What ``PLAIN`` makes of the text; NULL where the commonest spelling was read, or nothing is there.
        value: What was read; of a list of documents all of it, with those that are not known.
    """
    nothing = {
        "yes_no": "NOTHING",
        "choice": "NO_NUMBER",
        "date": "NO_MOMENT",
        "datetime": "NO_MOMENT",
        "time": "NO_MOMENT",
        "month": "NO_MOMENT",
        "period": "NO_MOMENT",
    }
    if field.type == "documents":
        return sql("NOT COALESCE(:k, TRUE)", k=nothing_else(value, field.spellings))
    empty = call(nothing.get(field.type, "NO_NUMBER"), bare)
    if field.type == "integer":  # a broken number was read by the commonest spelling, but is no whole one
        broken = sql("NOT COALESCE(:e, FALSE)", e=empty)
        return sql("CASE WHEN :v IS NULL AND NOT :r IS NULL THEN :b ELSE FALSE END", v=value, r=raw, b=broken)
    return sql("CASE WHEN :v IS NULL AND NOT :b IS NULL THEN NOT :e ELSE FALSE END", v=value, b=bare, e=empty)


def _number(field: RecordField, bare: exp.Expr) -> exp.Expr:
    """Read a number with its unit, as many of the field's own unit as it is."""
    tidy = call("UNGROUPED", bare)
    by_factor: dict[float, list[str]] = {}
    for unit, factor in factors(field).items():
        by_factor.setdefault(factor, []).append(unit)
    value = call("READ_NUMBER", tidy)
    branches = [
        (among(call("READ_UNIT", tidy), units), value if factor == 1 else _times(value, factor))
        for factor, units in by_factor.items()
    ]
    branches.insert(0, (sql(":u = ''", u=call("READ_UNIT", tidy)), value))
    if is_length(field):  # 4小时4分钟
        parts = [(extracted(tidy, f"([0-9.]+){unit}", 1), size) for unit, size in lengths()]
        sum_ = reduce(
            lambda a, b: sql(":a + :b", a=a, b=b),
            (sql("COALESCE(TRY_CAST(:p AS DOUBLE), 0) * :s", p=part, s=size) for part, size in parts),
        )
        written = "^" + "".join(f"([0-9.]+{unit})?" for unit, _size in lengths()) + "$"
        branches.insert(
            0, (sql(":t <> '' AND :w", t=tidy, w=like(tidy, written)), sql(":s / :o", s=sum_, o=seconds(field)))
        )
    return first_of(branches, NULL)


def _times(value: exp.Expr, factor: float) -> exp.Expr:
    """Return a number times a factor; divided where that is exact."""
    if factor < 1 and (1 / factor).is_integer():
        return sql(":v / :f", v=value, f=1 / factor)
    return sql(":v * :f", v=value, f=factor)
