"""How values are compared, which comparisons never hold, and what type several values share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress

from sqlglot import exp

from checker.errors import nearest
from checker.language import _
from checker.rulebook import moments
from checker.rulebook.fields import constant
from checker.rulebook.spelling import MONTH, PERIOD
from checker.rulebook.typed import CALENDAR, MOMENT, NUMERIC, ExpressionError, Type, Typed, as_datetime
from checker.sql import NULL, sql


def must_match(mine: str, left: Type, theirs: str, right: Type) -> None:
    """Refuse two named values that cannot equal each other, for they are of different types."""
    if left != right and not {left, right} <= CALENDAR:
        raise ExpressionError(
            _("{mine} is {left}, but {theirs} is {right}").format(mine=mine, left=left, theirs=theirs, right=right),
            _("match fields of one type"),
        )


def compare_moments(left: Typed, word: str, right: Typed) -> exp.Expr:
    """Return the comparison of two dates or datetimes, by day where either has no clock."""
    if left.type == right.type == "datetime":
        return moments.compare(left.sql, word, right.sql)
    return sql(f":l {word} :r", l=moments.day(left.sql), r=moments.day(right.sql))


def in_order(first: Typed, second: Typed) -> exp.Expr:
    """Return whether one event is no earlier than another; they may be kept to the second or to the minute."""
    if first.type == second.type == "datetime":
        return moments.in_order(first.sql, second.sql)
    return compare_moments(first, "<=", second)


def order_periods(left: Typed, word: str, right: Typed) -> exp.Expr:
    """Return the order of two periods of one length; a month is neither before nor after its quarter."""
    mark = [sql("SUBSTRING(:p, 5, 1)", p=one.sql) for one in (left, right)]
    alike = sql("LENGTH(:l) = LENGTH(:r) AND :a = :b", l=left.sql, r=right.sql, a=mark[0], b=mark[1])
    return sql(f"CASE WHEN :a THEN :l {word} :r END", a=alike, l=left.sql, r=right.sql)


def no_order(what: str) -> ExpressionError:
    """Return what to raise about something that goes by the order of periods."""
    return ExpressionError(
        _("{what} goes by periods, of which a month and its quarter have no order").format(what=what),
        _("go by first_day() or last_day() of them"),
    )


def is_field(value: exp.Expr) -> bool:
    """Return whether a value is a field's as it stands: what is computed beside a record has a name with a stroke."""
    return isinstance(value, exp.Column) and not value.name.startswith("_")


def written_out(value: exp.Expr) -> str | float | None:
    """Return the text, the number or, as text, the date or time that stands there; nothing of what is computed."""
    match value:
        case exp.Literal():
            return value.name if value.is_string else float(value.name)
        case exp.Paren() | exp.Cast():
            return written_out(value.this)
        case exp.Neg() if isinstance(number := written_out(value.this), float):
            return -number
    return None


def no_common_code(one: Typed, other: Typed) -> bool:
    """Return whether two choices never are the same."""
    listed = one.codes and other.codes and not (one.open or other.open)
    return bool(listed) and not set(one.codes) & set(other.codes)


def nothing_in_common(one: str, other: str) -> ExpressionError:
    """Return what to raise about two fields that are never the same."""
    return ExpressionError(
        _("{one} and {other} have no choice in common").format(one=one, other=other),
        _("compare fields with the same choices"),
    )


NextWorkingDay = Callable[[exp.Expr], exp.Expr]
"""Gives a DATE itself where it is a working day, else the next one; NULL past the calendar."""


class Expression:
    """An expression while it is checked: what is wrong with it, and how its values are compared.

    Attributes:
        source: Its text.
        next_working_day: The calendar, where it may ask it.
        doubts: When what a call says of a list of documents is unknown, for the list holds some that are not known.
    """

    def __init__(self, source: str, next_working_day: NextWorkingDay | None) -> None:
        self.source, self.next_working_day = source, next_working_day
        self.doubts: list[exp.Expr] = []

    def wrong(self, problem: str, remedy: str) -> ExpressionError:
        """Return what to raise about something in the expression."""
        return ExpressionError(_("{problem} in {source!r}").format(problem=problem, source=self.source), remedy)

    def nothing_equals(self, empty: str) -> ExpressionError:
        """Return what to raise about a comparison with what stands for no value."""
        return self.wrong(_("nothing equals {empty}").format(empty=empty), _("write IS NULL or IS NOT NULL"))

    def differ(self, value: exp.Expr, *others: exp.Expr) -> None:
        """Refuse what is compared with itself, which tells nothing of a record."""
        written = value.unnest().sql(normalize_functions=False)
        if any(other.unnest().sql(normalize_functions=False) == written for other in others):
            raise self.wrong(
                _("{value} is compared with itself").format(value=written), _("compare it with another value")
            )

    def compared(self, left: Typed, word: str, right: Typed) -> exp.Expr:
        """Return the comparison of two values by ``=``, ``<>``, ``<``, ``<=``, ``>`` or ``>=``."""
        if "empty" in (left.type, right.type):
            raise self.nothing_equals("NULL")
        if word in ("=", "<>"):
            self.can_equal(left, right)
        left, right = self.dated(left, right), self.dated(right, left)
        types = {left.type, right.type}
        if types <= NUMERIC:
            if left.exact and right.exact:
                return sql(f":l {word} :r", l=left.sql, r=right.sql)
            return sql(f"ROUND(:l - :r, 6) {word} 0", l=left.sql, r=right.sql)
        if types <= MOMENT:
            return compare_moments(left, word, right)
        if "period" in types <= CALENDAR and word not in ("=", "<>"):
            return order_periods(left, word, right)
        if types <= CALENDAR or (len(types) == 1 and types <= {"text", "time", "yes_no", "span"}):
            self.known_code(left, right)
            return sql(f":l {word} :r", l=left.sql, r=right.sql)
        raise self.wrong(
            _("{left} is compared with {right}").format(left=left.type, right=right.type),
            _("compare values of one type"),
        )

    def can_equal(self, one: Typed, other: Typed) -> None:
        """Refuse what is compared with something that it never is."""
        for value, said in ((one, written_out(other.sql)), (other, written_out(one.sql))):
            if said == "" and is_field(value.sql):
                raise self.nothing_equals("''")
            if isinstance(said, float) and value.type == "integer" and not said.is_integer():
                raise self.wrong(_("a whole number is never {value}").format(value=said), _("write a whole number"))
        if is_field(one.sql) and is_field(other.sql) and no_common_code(one, other):
            raise nothing_in_common(one.sql.name, other.sql.name)

    def known_code(self, one: Typed, other: Typed) -> None:
        """Refuse a choice compared with a word that is none of its codes."""
        for value, literal in ((one, other.sql), (other, one.sql)):
            listed = value.codes and not value.open
            if listed and isinstance(literal, exp.Literal) and literal.name not in value.codes:
                raise self.wrong(
                    _("{value!r} is not among the choices").format(value=literal.name),
                    nearest(literal.name, value.codes),
                )

    def dated(self, value: Typed, other: Typed) -> Typed:
        """Read a text literal as what it is compared with: a date, a datetime, a time of day or a calendar period."""
        if other.type not in MOMENT | CALENDAR | {"time"} or not isinstance(value.sql, exp.Literal):
            return value
        text = value.sql.name
        if other.type in CALENDAR:
            if re.fullmatch(MONTH if other.type == "month" else PERIOD, text):
                return Typed(value.sql, other.type)
            longer = _("write 2023-02 or, for longer periods, 2023Q1, 2023H1 or 2023")
            raise self.wrong(
                _("{value!r} is no {type}").format(value=text, type=other.type),
                longer if other.type == "period" else _("write 2023-02"),
            )
        readers: tuple[Callable[[str], dt.date | dt.time], ...] = (dt.date.fromisoformat, dt.datetime.fromisoformat)
        for read in (dt.time.fromisoformat,) if other.type == "time" else readers:
            with suppress(ValueError):
                moment = read(text)
                if getattr(moment, "tzinfo", None) is None:  # those of records are local
                    return constant(moment)
        raise self.wrong(
            _("{value!r} is no {type}").format(value=text, type=other.type),
            _("write 2023-02-27, 2023-02-27 09:05:00 or, for a time of day, 09:05"),
        )

    def alike(self, values: list[Typed]) -> tuple[Typed, list[exp.Expr]]:
        """Return the type that several values share, and their SQL in it: a day among moments has no clock."""
        common = self._common(values)
        return common, [as_datetime(value).sql if common.type == "datetime" else value.sql for value in values]

    def _common(self, values: list[Typed]) -> Typed:
        """Return the type that several values share."""
        types = {value.type for value in values} - {"empty"}
        codes = {code: label for value in values for code, label in value.codes.items()}
        exact = all(value.exact for value in values)
        if not types:
            return Typed(NULL, "empty")
        if len(types) == 1:
            free = any(value.open or not value.codes for value in values if value.type == "text")
            return Typed(NULL, next(iter(types)), codes=codes, exact=exact, open=free)
        if types <= NUMERIC:
            return Typed(NULL, "number", exact=exact)
        if types == MOMENT:
            return Typed(NULL, "datetime")
        if types == CALENDAR:
            return Typed(NULL, "period")
        raise self.wrong(
            _("values of different types: {types}").format(types=", ".join(sorted(types))),
            _("give all results one type"),
        )
