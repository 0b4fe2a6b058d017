"""The order of day and month in dates whose year stands last: one for a whole column, never guessed.

An engine asks two questions of each export: whether the first cells of its columns of moments hold such dates at
all, and if so, what the whole columns hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from checker.errors import SourceError
from checker.language import _
from checker.rulebook.model import DATED
from checker.sources.cells import YEAR_LAST, Column
from checker.sources.mapping import DAY_FIRST, MONTH_FIRST
from checker.sources.match import Matched
from checker.sources.spellings import extracted
from checker.sql import as_column, column, sql

SAMPLE = 2048
"""How many rows at the beginning of an export say whether its dates end in the year."""


def undecided(one: Matched, fields: Iterable[str], types: Mapping[str, str]) -> list[str]:
    """Return the fields of moments whose format nobody gave, and which may hold dates that end in the year."""
    if not one.export.may_end_in_year:
        return []
    return [name for name in fields if types[name] in DATED and name in one.columns and one.columns[name].is_open]


def sampled(source: exp.Expr, columns: Sequence[Column], most: int | None) -> exp.Select:
    """Return the question which columns hold dates that end in the year, within the first rows or all of them."""
    names = dict.fromkeys(one.name for one in columns)
    first = exp.select(*map(column, names)).from_(source)
    first = first if most is None else first.limit(most)
    seen = (sql("LOGICAL_OR(REGEXP_LIKE(:c, :p))", c=one.text, p=YEAR_LAST) for one in columns)
    return exp.select(*(as_column(test, f"s{index}") for index, test in enumerate(seen))).from_(first.subquery("x"))


def asked(source: exp.Expr, columns: Sequence[Column]) -> exp.Select:
    """Return the question for one date of each column that is surely day first, surely month first, and neither."""
    cells = []
    for index, one in enumerate(columns):
        cell = one.text
        first, second = (sql("TRY_CAST(:p AS INT)", p=extracted(cell, YEAR_LAST, group)) for group in (1, 2))
        tests = (
            sql(":f > 12", f=first),
            sql(":s > 12", s=second),
            sql(":f <= 12 AND :s <= 12 AND :f <> :s", f=first, s=second),
        )
        cells += [
            as_column(sql("MIN(CASE WHEN :t THEN :c END)", t=test, c=cell), f"e{index}_{number}")
            for number, test in enumerate(tests)
        ]
    return exp.select(*cells).from_(source)


def decided(one: Matched, fields: Sequence[str], answer: Sequence[str | None]) -> Matched:
    """Return an export whose dates' order is known.

    Args:
        one: The export.
        fields: The fields asked about.
        answer: For each, a date that is surely day first, one surely month first, and one that could be either.

    Raises:
        SourceError: for a column that holds both, or none that tells.
    """
    columns = dict(one.columns)
    for index, name in enumerate(fields):
        day_first, month_first, either = answer[3 * index : 3 * index + 3]
        header = columns[name].header
        where = f"{one.export.place}: {header}"
        if day_first and month_first:
            raise SourceError(
                where,
                _("dates with the day first ({first}) and with the month first ({second}) stand in one column").format(
                    first=day_first.strip(), second=month_first.strip()
                ),
                _("export them in one order, best year first"),
            )
        if either and not day_first and not month_first:
            raise ask(where, one.record, name, either)
        columns[name] = replace(columns[name], form=MONTH_FIRST if month_first else DAY_FIRST)
    return replace(one, columns=columns)


def ask(where: str, record: str, field: str, example: str) -> SourceError:
    """Return the question for the order of day and month."""
    return SourceError(
        where,
        _("no date tells whether {example} has the day or the month first").format(example=example.strip()),
        _remedy(record, field),
    )


def late(one: Matched, field: str, example: str) -> SourceError:
    """Return the question for the order of day and month where most dates of a column are written otherwise."""
    return SourceError(
        f"{one.export.place}: {one.columns[field].header}",
        _("dates such as {example} stand among others").format(example=example.strip()),
        _remedy(one.record, field),
    )


def _remedy(record: str, field: str) -> str:
    return _("say {field} = 'day first' or 'month first' under [data.{record}.formats] in checker.toml").format(
        field=field, record=record
    )
