"""Points in time, with or without a clock.

A datetime field whose export gave only a date is kept as that day at 00:00:00.000001: one column tells both
the day and that no clock time is known. No export carries single microseconds (values are read to the
millisecond), so the mark cannot be mistaken. A value with a date only counts as that day, so two moments of
which one has no clock are compared by their days.
"""

from __future__ import annotations

from sqlglot import exp

from checker.sql import sql


def day(moment: exp.Expr) -> exp.Expr:
    """Return the DATE of a DATE or TIMESTAMP."""
    return sql("CAST(:m AS DATE)", m=moment)


def day_only(moment: exp.Expr) -> exp.Expr:
    """Return whether a TIMESTAMP is a day without a clock time."""
    return sql("CAST(CAST(:m AS DATE) AS TIMESTAMP) + INTERVAL '1' MICROSECOND = :m", m=moment)


def marked(date: exp.Expr) -> exp.Expr:
    """Return the TIMESTAMP that stands for a DATE without a clock time."""
    return sql("CAST(:d AS TIMESTAMP) + INTERVAL '1' MICROSECOND", d=date)


def compare(left: exp.Expr, word: str, right: exp.Expr) -> exp.Expr:
    """Return the comparison of two TIMESTAMPs by ``=``, ``<>``, ``<``, ``<=``, ``>`` or ``>=``."""
    exact = sql(f":l {word} :r", l=left, r=right)
    by_day = sql(f":l {word} :r", l=day(left), r=day(right))
    either = sql(":l OR :r", l=day_only(left), r=day_only(right))
    if word in ("<=", ">="):  # true on the clock is true by day, and most records are
        return sql("CASE WHEN :x THEN TRUE WHEN :e THEN :d ELSE :x END", x=exact, e=either, d=by_day)
    return sql("CASE WHEN :e THEN :d ELSE :x END", x=exact, e=either, d=by_day)
