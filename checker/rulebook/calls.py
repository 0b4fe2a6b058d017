"""The functions that expressions of rules may call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce

from sqlglot import exp

from checker import periods
from checker.errors import UnplacedError, nearest
from checker.language import _
from checker.periods import Period, last_instant
from checker.rulebook import moments
from checker.rulebook.comparing import Expression, in_order, no_order
from checker.rulebook.fields import other_documents
from checker.rulebook.spelling import document_held, nothing_else
from checker.rulebook.typed import CALENDAR, MOMENT, NUMERIC, Document, ExpressionError, Type, Typed, seconds_between
from checker.sql import NULL, call, every, first_of, is_null, some, sql, text

Function = Callable[[Expression, list[Typed]], Typed]
FUNCTIONS: dict[str, Function] = {}
"""The functions an expression may call, by name."""


def _function(*types: frozenset[Type] | set[Type], more: bool = False) -> Callable[[Function], Function]:
    """Register a function under its Python name, its arguments' types checked before it is called.

    Args:
        types: What each argument may be.
        more: Whether more arguments like the last one may follow.
    """

    def register(function: Function) -> Function:
        name = function.__name__.rstrip("_")

        def checked(expression: Expression, arguments: list[Typed]) -> Typed:
            others = [types[-1]] * (len(arguments) - len(types)) if more else []
            if len(arguments) != len(types) + len(others):
                raise expression.wrong(
                    _("{name}() takes {count} values").format(name=name, count=len(types)),
                    _("give it {count}").format(count=len(types)),
                )
            for argument, allowed in zip(arguments, (*types, *others), strict=True):
                if argument.type not in allowed and argument.type != "empty":
                    raise expression.wrong(
                        _("{name}() was given {type}").format(name=name, type=argument.type),
                        _("give it {types}").format(types=", ".join(sorted(allowed))),
                    )
            return function(expression, arguments)

        checked.__doc__ = function.__doc__
        FUNCTIONS[name] = checked
        return function

    return register


def _variadic(function: Function) -> Function:
    FUNCTIONS[function.__name__.rstrip("_")] = function
    return function


def _literal(expression: Expression, value: Typed, what: str) -> str:
    if isinstance(value.sql, exp.Literal):
        return value.sql.name
    raise _written_out(expression, what, _("put it in single quotes"))


def _written_out(expression: Expression, what: str, remedy: str) -> ExpressionError:
    return expression.wrong(_("{what} must be written out").format(what=what), remedy)


@_function(MOMENT)
def day(_expression: Expression, args: list[Typed]) -> Typed:
    """The date of a moment."""
    return Typed(moments.day(args[0].sql), "date")


@_function(MOMENT | CALENDAR)
def year(_expression: Expression, args: list[Typed]) -> Typed:
    """The calendar year, such as 2023, of a moment or of a period such as ``2023-02``."""
    if args[0].type in CALENDAR:
        return Typed(sql("CAST(SUBSTRING(:p, 1, 4) AS BIGINT)", p=args[0].sql), "integer")
    return Typed(sql("CAST(EXTRACT(YEAR FROM :m) AS BIGINT)", m=args[0].sql), "integer")


@_function(MOMENT)
def month(_expression: Expression, args: list[Typed]) -> Typed:
    """The month, 1 to 12."""
    return Typed(sql("CAST(EXTRACT(MONTH FROM :m) AS BIGINT)", m=args[0].sql), "integer")


@_function(MOMENT)
def period(_expression: Expression, args: list[Typed]) -> Typed:
    """The month of a moment, such as ``2023-02``."""
    return Typed(sql("SUBSTRING(CAST(CAST(:m AS DATE) AS VARCHAR), 1, 7)", m=args[0].sql), "month")


@_function(MOMENT, MOMENT)
def in_order_(_expression: Expression, args: list[Typed]) -> Typed:
    """Whether the second of two events is no earlier than the first; one without seconds may be any in its minute."""
    return Typed(in_order(args[0], args[1]), "yes_no")


@_function(MOMENT)
def yyyymmdd(_expression: Expression, args: list[Typed]) -> Typed:
    """The date as eight digits, such as ``19430215``, as numbers of identity cards carry it."""
    return Typed(sql("REPLACE(CAST(CAST(:m AS DATE) AS VARCHAR), '-', '')", m=args[0].sql), "text")


@_function(CALENDAR)
def first_day(_expression: Expression, args: list[Typed]) -> Typed:
    """The first day of a month such as ``2023-02``, or of a longer period such as ``2023Q1``."""
    return Typed(date_of(args[0]), "date")


@_function(CALENDAR)
def last_day(_expression: Expression, args: list[Typed]) -> Typed:
    """The last day of a month or longer period."""
    return Typed(sql("CAST(:d + INTERVAL '1' MONTH AS DATE) + -1", d=_starting(args[0], _LAST_MONTH)), "date")


_FIRST_MONTH = {"": 1, "Q1": 1, "Q2": 4, "Q3": 7, "Q4": 10, "H1": 1, "H2": 7}
_LAST_MONTH = {"": 12, "Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "H1": 6, "H2": 12}
"""The first and the last month of a year, a quarter and a half-year."""


def date_of(value: Typed) -> exp.Expr:
    """Return the DATE of a moment, or the one on which a month or longer period begins."""
    return _starting(value, _FIRST_MONTH) if value.type in CALENDAR else moments.day(value.sql)


def _starting(value: Typed, months: Mapping[str, int]) -> exp.Expr:
    """Return the DATE on which a month begins, or such a month of a longer period."""
    begin = sql("CAST(:p || '-01' AS DATE)", p=value.sql)
    if value.type == "month":
        return begin
    part = sql("SUBSTRING(:p, 5)", p=value.sql)
    days = [(sql(":s = :m", s=part, m=mark), text(f"-{month:02}-01")) for mark, month in months.items()]
    within = sql("CAST(SUBSTRING(:p, 1, 4) || :d AS DATE)", p=value.sql, d=first_of(days, NULL))
    return sql("CASE WHEN :p LIKE '____-__' THEN :b ELSE :w END", p=value.sql, b=begin, w=within)


@_function(MOMENT)
def weekday(_expression: Expression, args: list[Typed]) -> Typed:
    """The day of the week, Monday 1 to Sunday 7."""
    monday = "CAST('1970-01-05' AS DATE)"
    days = sql(f"DATEDIFF(:d, {monday}, DAY)", d=moments.day(args[0].sql))
    return Typed(sql("CAST(MOD(MOD(:n, 7) + 7, 7) + 1 AS BIGINT)", n=days), "integer")


@_function(MOMENT)
def workday(expression: Expression, args: list[Typed]) -> Typed:
    """Whether a moment's date is a working day, make-up days included; unknown past the calendar."""
    if expression.next_working_day is None:
        raise expression.wrong(_("workday() knows only this record's own dates"), _("use it outside the lookup"))
    date = moments.day(args[0].sql)
    return Typed(sql(":w = :d", w=expression.next_working_day(date), d=date), "yes_no")


@_function({"datetime"})
def clock(_expression: Expression, args: list[Typed]) -> Typed:
    """The time of day; unknown where the export gave only a date."""
    time = sql("CASE WHEN NOT :o THEN CAST(:m AS TIME) END", o=moments.day_only(args[0].sql), m=args[0].sql)
    return Typed(time, "time")


@_function(MOMENT, MOMENT)
def days_between(_expression: Expression, args: list[Typed]) -> Typed:
    """How many days the second moment's date lies after the first's."""
    days = sql("DATEDIFF(:b, :a, DAY)", a=moments.day(args[0].sql), b=moments.day(args[1].sql))
    return Typed(sql("CAST(:n AS BIGINT)", n=days), "integer")


@_function({"datetime"}, {"datetime"})
def minutes_between(_expression: Expression, args: list[Typed]) -> Typed:
    """How many minutes lie between two moments; unknown where either has no clock time."""
    first, second = args[0].sql, args[1].sql
    return Typed(sql(":s / 60.0", s=seconds_between(first, second)), "number", exact=False)


@_function(MOMENT, MOMENT)
def age(_expression: Expression, args: list[Typed]) -> Typed:
    """The full years from a birthday to a moment; one born on 29 February has it on the 28th in other years."""
    birth, on = moments.day(args[0].sql), moments.day(args[1].sql)
    years = sql("CAST(EXTRACT(YEAR FROM :o) - EXTRACT(YEAR FROM :b) AS BIGINT)", o=on, b=birth)
    early = sql(
        "EXTRACT(MONTH FROM :o) < EXTRACT(MONTH FROM :b) OR (EXTRACT(MONTH FROM :o) = EXTRACT(MONTH FROM :b)"
        " AND EXTRACT(DAY FROM :o) < EXTRACT(DAY FROM :b)"
        " AND NOT (EXTRACT(MONTH FROM :b) = 2 AND EXTRACT(DAY FROM :b) = 29"
        " AND EXTRACT(DAY FROM :o) = 28 AND EXTRACT(MONTH FROM :o + 1) = 3))",
        o=on,
        b=birth,
    )
    return Typed(sql(":y - CASE WHEN :e THEN 1 ELSE 0 END", y=years, e=early), "integer")


@_function(MOMENT, {"text"})
def shift(expression: Expression, args: list[Typed]) -> Typed:
    """A moment moved by a period such as ``'10 days'`` or ``'-2 hours'``; days and longer give a date."""
    text = _literal(expression, args[1], _("the period"))
    back = text.startswith("-")
    try:
        moved = Period.parse(text.removeprefix("-"))
    except UnplacedError as error:
        raise expression.wrong(error.problem, error.remedy) from None
    moved = replace(moved, count=-moved.count if back else moved.count)
    if moved.exact:
        known = sql("CASE WHEN NOT :o THEN :m END", o=moments.day_only(args[0].sql), m=args[0].sql)
        return Typed(last_instant(known, moved), "datetime")
    if moved.unit == "working day":
        raise expression.wrong(_("shift() knows no working days"), _("use the kind 'deadline'"))
    return Typed(periods.last_day(moments.day(args[0].sql), moved, lambda start, _n: start), "date")


@_function({"datetime"}, {"text"})
def next_at(expression: Expression, args: list[Typed]) -> Typed:
    """The first time after a moment that a clock shows, such as ``'08:30'``; unknown where no clock time is known."""
    text = _literal(expression, args[1], _("the clock time"))
    try:
        clock = dt.time.fromisoformat(text)
    except ValueError:
        clock = None
    if clock is None or clock.tzinfo is not None:
        raise expression.wrong(_("{value!r} is no clock time").format(value=text), _("write it as 08:30"))
    moment, seconds = args[0].sql, 3600 * clock.hour + 60 * clock.minute + clock.second
    today = sql(f"CAST(:d AS TIMESTAMP) + INTERVAL '{seconds}' SECOND", d=moments.day(moment))
    following = sql("CASE WHEN :m < :t THEN :t ELSE :t + INTERVAL '1' DAY END", m=moment, t=today)
    return Typed(sql("CASE WHEN NOT :o THEN :f END", o=moments.day_only(moment), f=following), "datetime")


@_function(MOMENT)
def week_end(_expression: Expression, args: list[Typed]) -> Typed:
    """The Sunday of a moment's week."""
    date = moments.day(args[0].sql)
    return Typed(sql("CAST(DATE_TRUNC('week', :d) AS DATE) + 6", d=date), "date")


@_variadic
def concat(expression: Expression, args: list[Typed]) -> Typed:
    """Texts, dates, periods and whole numbers one after the other, those that are empty left out."""
    if not args or any(arg.type not in ("text", "date", "month", "period", "integer") for arg in args):
        raise expression.wrong(_("concat() takes texts, dates, periods and whole numbers"), _("give it some"))
    parts = [sql("COALESCE(CAST(:v AS VARCHAR), '')", v=arg.sql) for arg in args]
    return Typed(reduce(lambda left, right: sql(":l || :r", l=left, r=right), parts), "text")


@_variadic
def has(expression: Expression, args: list[Typed]) -> Typed:
    """Whether a list of documents holds all the documents named."""
    tests = [document.held for document in _named_documents(expression, "has", args)]
    return _told_of_list(expression, args[0], every(tests))


@_variadic
def only(expression: Expression, args: list[Typed]) -> Typed:
    """Whether a list of documents holds nothing but the documents named."""
    named = _named_documents(expression, "only", args)
    listed = args[0].sql
    alone = nothing_else(listed, [word for document in named for word in document.spellings])
    if args[0].open:
        return Typed(alone, "yes_no")
    others = [word for document in args[0].documents.values() if document not in named for word in document.spellings]
    other, unknown = document_held(listed, others), other_documents(listed)
    return _told_of_list(expression, args[0], sql(":a OR NULLIF(:u AND NOT :o, TRUE)", a=alone, u=unknown, o=other))


def _told_of_list(expression: Expression, listed: Typed, test: exp.Expr) -> Typed:
    """Return what a test says of a list of documents, and note when that is unknown."""
    if not listed.open:
        expression.doubts.append(every([other_documents(listed.sql), is_null(test)]))
    return Typed(test, "yes_no")


def _named_documents(expression: Expression, function: str, args: list[Typed]) -> list[Document]:
    """Return the documents that are named after the field that lists some."""
    if len(args) < 2 or args[0].type != "documents":
        raise expression.wrong(
            _("{function}() takes a documents field and documents").format(function=function),
            _("write {function}(papers, 'id_card')").format(function=function),
        )
    known = args[0].documents
    codes = [_literal(expression, wanted, _("the document")) for wanted in args[1:]]
    for code in codes:
        if code not in known:
            raise expression.wrong(_("{value!r} is not among the choices").format(value=code), nearest(code, known))
    return [known[code] for code in codes]


@_variadic
def coalesce(expression: Expression, args: list[Typed]) -> Typed:
    """The first value that is not empty."""
    common, values = _alike(expression, "coalesce", args)
    return replace(common, sql=exp.Coalesce(this=values[0], expressions=values[1:]))


@_variadic
def least(expression: Expression, args: list[Typed]) -> Typed:
    """The smallest of the values that are not empty."""
    return _foremost(expression, "least", "<=", args)


@_variadic
def greatest(expression: Expression, args: list[Typed]) -> Typed:
    """The largest of the values that are not empty."""
    return _foremost(expression, "greatest", ">=", args)


def _foremost(expression: Expression, function: str, word: str, args: list[Typed]) -> Typed:
    """Return the known one of some values that is ``<=`` or ``>=`` all others; engines differ on empty ones."""
    common, values = _alike(expression, function, args)
    if common.type == "period":
        raise no_order(f"{function}()")
    choose = f"CASE WHEN :v IS NULL OR :b {word} :v THEN :b ELSE :v END"
    return replace(common, sql=reduce(lambda best, value: sql(choose, b=best, v=value), values))


def _alike(expression: Expression, function: str, args: list[Typed]) -> tuple[Typed, list[exp.Expr]]:
    if not args:
        raise expression.wrong(_("{name}() takes values").format(name=function), _("give it some"))
    return expression.alike(args)


@_function(NUMERIC)
def abs_(_expression: Expression, args: list[Typed]) -> Typed:
    """The number without its sign."""
    return replace(args[0], sql=sql("ABS(:v)", v=args[0].sql))


_MOST_PLACES = 20


@_function(NUMERIC, {"integer"})
def round_(expression: Expression, args: list[Typed]) -> Typed:
    """The number rounded to so many places."""
    places = args[1].sql.this if isinstance(args[1].sql, exp.Neg) else args[1].sql
    if not (isinstance(places, exp.Literal) and int(places.name) <= _MOST_PLACES):
        remedy = _("write a number up to {most}, such as 2").format(most=_MOST_PLACES)
        raise _written_out(expression, _("the number of places"), remedy)
    return Typed(sql("ROUND(:v, :n)", v=args[0].sql, n=args[1].sql), "number", exact=False)


@_function(NUMERIC, NUMERIC)
def power(_expression: Expression, args: list[Typed]) -> Typed:
    """The first number raised to the second."""
    return Typed(sql("POWER(:b, :e)", b=args[0].sql, e=args[1].sql), "number", exact=False)


@_function(NUMERIC)
def floor(_expression: Expression, args: list[Typed]) -> Typed:
    """The largest whole number not above the number."""
    return Typed(sql("CAST(FLOOR(:v) AS BIGINT)", v=args[0].sql), "integer")


@_function({"text"})
def length(_expression: Expression, args: list[Typed]) -> Typed:
    """How many characters a text has."""
    return Typed(sql("CAST(LENGTH(:v) AS BIGINT)", v=args[0].sql), "integer")


@_function({"text"}, {"text"})
def starts_with(_expression: Expression, args: list[Typed]) -> Typed:
    """Whether a text begins with another."""
    return Typed(sql("LEFT(:v, LENGTH(:p)) = :p", v=args[0].sql, p=args[1].sql), "yes_no")


@_function({"text"}, {"text"})
def contains(_expression: Expression, args: list[Typed]) -> Typed:
    """Whether a text holds another."""
    return _held(args)


@_function({"text"}, {"text"}, more=True)
def contains_any(_expression: Expression, args: list[Typed]) -> Typed:
    """Whether a text holds one of several others."""
    return _held(args)


def _held(args: list[Typed]) -> Typed:
    whole, *parts = (one.sql for one in args)
    return Typed(some(sql("STR_POSITION(:v, :p) > 0", v=whole, p=part) for part in parts), "yes_no")


@_function({"text"})
def plain(_expression: Expression, args: list[Typed]) -> Typed:
    """The text in half-width small letters without blanks."""
    bare = exp.RegexpReplace(
        this=call("PLAIN", args[0].sql), expression=text("\\s+"), replacement=text(""), modifiers=text("g")
    )
    return Typed(bare, "text")
