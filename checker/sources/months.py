"""The spellings of months and of longer periods of a calendar year, and the SQL functions that read them.

A month comes out as ``2023-01``; in a field of type ``period``, a quarter as ``2023Q1``, a half-year as ``2023H1``, a
year as ``2023``. What names no year cannot be read.
"""

from __future__ import annotations

from sqlglot import exp

from checker.rulebook.spelling import MONTH, PERIOD
from checker.sources.spellings import extracted, like
from checker.sql import NULL, Function, call, column, first_of, sql

_YEAR = "^(?:19|20|21)[0-9]{2}"

_UNCLEAR = f"{_YEAR}([0-9]|[.]1)$"
"""20231 may be a month, or a spreadsheet's number of a day in 1955; 2023.1 may be October, cut short as a number."""

_NUMBERED = f"{_YEAR}[-/.年]?(1[0-2]|0?[1-9])(?:月份?|月度)?$"
_QUARTER = f"{_YEAR}[-/.年]?(?:q([1-4])|第?([1-4一二三四])季度?)$"
_HALF = f"{_YEAR}[-/.年]?(?:h([12])|([上下])半年度?)$"
_WHOLE = f"{_YEAR}(?:年度?|年?全年)?$"


def functions() -> list[Function]:
    """Return the SQL functions that read months and periods."""
    r, p, zone = column("r"), column("p"), column("zone")
    raw, bare = (("r", "VARCHAR"),), (("p", "VARCHAR"), ("zone", "VARCHAR"))
    return [
        Function("COMMON_MONTH", raw, "VARCHAR", _kept(r, MONTH)),
        Function("COMMON_PERIOD", raw, "VARCHAR", _kept(r, PERIOD)),
        Function("READ_MONTH", bare, "VARCHAR", _month(p, zone)),
        Function("READ_PERIOD", bare, "VARCHAR", _period(p, zone)),
    ]


def _kept(raw: exp.Expr, pattern: str) -> exp.Expr:
    """Return a text that is written as periods are kept; NULL for any other."""
    return sql("CASE WHEN :l THEN :r END", l=like(raw, f"^{pattern}\\z"), r=raw)


def _tidy(bare: exp.Expr) -> exp.Expr:
    """Return a text without space, and whole again where it became a broken number on its way (``202301.0``)."""
    return sql("REGEXP_REPLACE(REPLACE(:p, ' ', ''), '^([0-9]+)[.]0$', :one)", p=bare, one="\\1")


def _month(bare: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """Read every spelling of a month, and a day as the month that it lies in."""
    tidy = _tidy(bare)
    numbered = sql("LEFT(:t, 4) || '-' || RIGHT('0' || :m, 2)", t=tidy, m=extracted(tidy, _NUMBERED, 1))
    day = sql("LEFT(CAST(CAST(:d AS DATE) AS VARCHAR), 7)", d=call("READ_MOMENT", bare, zone))
    return first_of([(like(tidy, _UNCLEAR), NULL), (like(tidy, _NUMBERED), numbered)], day)


def _period(bare: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """Read every spelling of a year, a half-year, a quarter and a month."""
    tidy = _tidy(bare)

    def part(pattern: str, letter: str) -> exp.Expr:
        number = sql(
            "TRANSLATE(:a || :b, '一二三四上下', '123412')",
            a=extracted(tidy, pattern, 1),
            b=extracted(tidy, pattern, 2),
        )
        return sql("LEFT(:t, 4) || :l || :n", t=tidy, l=letter, n=number)

    branches = [
        (like(tidy, _WHOLE), sql("LEFT(:t, 4)", t=tidy)),
        (like(tidy, _QUARTER), part(_QUARTER, "Q")),
        (like(tidy, _HALF), part(_HALF, "H")),
    ]
    return first_of(branches, call("READ_MONTH", bare, zone))
