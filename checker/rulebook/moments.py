"""Points in time, with or without a clock.

A datetime field whose export gave only a date is kept as that day at 00:00:00.000001: one column tells both
the day and that no clock time is known. No export carries single microseconds (values are read to the
millisecond), so the mark cannot be mistaken. A value with a date only counts as that day, so two moments of
which one has no clock are compared by their days.
"""

from __future__ import annotations

from sqlglot import exp

from checker.sql import Function, call, column, negated, sql


def day(moment: exp.Expr) -> exp.Expr:
    """Return the DATE of a DATE or TIMESTAMP."""
    return sql("CAST(:m AS DATE)", m=moment)


def day_only(moment: exp.Expr) -> exp.Expr:
    """Return whether a TIMESTAMP is a day without a clock time."""
    return call("DAY_ONLY", moment)


def marked(date: exp.Expr) -> exp.Expr:
    """Return the TIMESTAMP that stands for a DATE without a clock time."""
    return sql("CAST(:d AS TIMESTAMP) + INTERVAL '1' MICROSECOND", d=date)


def has_come(moment: exp.Expr, type_: str, as_of: exp.Expr) -> exp.Expr:
    """Return whether a DATE or TIMESTAMP, as ``type_`` says, is no later than an instant, to the second."""
    if type_ == "date":
        return sql(":m <= :t", m=moment, t=day(as_of))
    return sql(":m < :n + INTERVAL '1' SECOND", m=moment, n=as_of)


def compare(left: exp.Expr, word: str, right: exp.Expr) -> exp.Expr:
    """Return the comparison of two TIMESTAMPs by ``=``, ``<>``, ``<``, ``<=``, ``>`` or ``>=``."""
    match word:
        case "<=":
            return call("NOT_AFTER", left, right)
        case ">=":
            return call("NOT_AFTER", right, left)
        case "<":
            return call("BEFORE", left, right)
        case ">":
            return call("BEFORE", right, left)
        case "=":
            return call("SAME_TIME", left, right)
        case _:
            return negated(call("SAME_TIME", left, right))


def in_order(first: exp.Expr, second: exp.Expr) -> exp.Expr:
    """Return whether a TIMESTAMP is no earlier than the one before it; without seconds it may be any in its minute."""
    return call("IN_ORDER", first, second)


def functions() -> list[Function]:
    """Return the SQL functions for moments; two of which one has no clock are compared by their days."""
    a, b, m = column("a"), column("b"), column("m")
    either = sql("DAY_ONLY(:a) OR DAY_ONLY(:b)", a=a, b=b)
    two = (("a", "TIMESTAMP"), ("b", "TIMESTAMP"))

    def compared(word: str) -> exp.Expr:
        by_day = sql(f":a {word} :b", a=day(a), b=day(b))
        return sql("CASE WHEN :e THEN :d ELSE :x END", e=either, d=by_day, x=sql(f":a {word} :b", a=a, b=b))

    only = sql("DATE_TRUNC('MILLISECOND', :m) <> :m", m=m)
    # what is true on the clock is true by day, and most records are in order
    ordered = sql("CASE WHEN :a <= :b THEN TRUE ELSE :rest END", a=a, b=b, rest=compared("<="))
    clocks = "NOT DAY_ONLY(:a) AND NOT DAY_ONLY(:b)"
    # as NOT_AFTER, first what most records are
    in_minute = f":a <= :b OR {clocks} AND EXTRACT(SECOND FROM :b) = 0 AND :a < :b + INTERVAL '1' MINUTE"
    to_minute = sql(f"CASE WHEN {in_minute} THEN TRUE ELSE NOT_AFTER(:a, :b) END", a=a, b=b)
    return [
        Function("DAY_ONLY", (("m", "TIMESTAMP"),), "BOOLEAN", only),
        Function("NOT_AFTER", two, "BOOLEAN", ordered),
        Function("IN_ORDER", two, "BOOLEAN", to_minute),
        Function("BEFORE", two, "BOOLEAN", compared("<")),
        Function("SAME_TIME", two, "BOOLEAN", compared("=")),
    ]
