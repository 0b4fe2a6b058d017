"""One thing changed in a value or an expression of a rule."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from checker.periods import Period
from checker.rulebook.model import Record
from checker.rulebook.rule import Rule
from checker.rulebook.typed import TYPE_OF_FIELD

_CLOCK = re.compile(r"\d\d:\d\d")
_CLOCKS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
_DAY_OF_YEAR = re.compile(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9])|(?:0[13-9]|1[0-2])-30|(?:0[13578]|1[02])-31")
_SOME_DAY = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # of which only the clock is read
_FLIPS: dict[type[exp.Expr], tuple[type[exp.Binary], ...]] = {
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
    exp.LT: (exp.LTE, exp.GTE),
    exp.LTE: (exp.LT, exp.GT),
    exp.GT: (exp.GTE, exp.LTE),
    exp.GTE: (exp.GT, exp.LT),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.Mul: (exp.Div,),
    exp.Div: (exp.Mul,),
}


class Names:
    """The names that expressions of a rule may use, by type, those first that the rule itself reads."""

    def __init__(self, record: Record, rule: Rule) -> None:
        self.types: dict[str, str] = {name: TYPE_OF_FIELD[field.type] for name, field in record.fields.items()}
        self.known = {*self.types, *rule.lookup, *rule.values, "as_of"}
        written = str(rule.kind.model_dump()) + str(rule.lookup)
        self.read = [name for name in self.types if re.search(rf"\b{name}\b", written)]

    def others(self, name: str) -> list[str]:
        """Return fields of the same type that could be meant instead: those the rule reads, else the next one."""
        alike = [other for other, type_ in self.types.items() if other != name and type_ == self.types.get(name)]
        return [other for other in alike if other in self.read] or alike[:1]


def shifted(value: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield a limit one unit less and one more; the unit of a number is its last decimal place."""
    match value:
        case Period(count, unit):
            yield from (Period(n, unit) for n in (count - 1, count + 1) if n >= 0)
        case dt.date():
            yield from (value - dt.timedelta(1), value + dt.timedelta(1))
        case int():
            yield from (value - 1, value + 1)
        case _:
            exponent = Decimal(str(value)).as_tuple().exponent
            step = Decimal(1).scaleb(int(exponent))
            yield from (float(Decimal(str(value)) - step), float(Decimal(str(value)) + step))


def texts(text: str, names: Names) -> Iterator[str]:
    """Yield a text with one thing in it changed: a period, clock times, documents, an expression."""
    if periods := list(_periods(text)):
        yield from periods
    elif match := _CLOCKS.fullmatch(text):
        for group, clock in enumerate(match.groups(), start=1):
            yield from (text[: match.start(group)] + moved + text[match.end(group) :] for moved in _clocks(clock))
    elif _DAY_OF_YEAR.fullmatch(text):
        day = dt.date.fromisoformat(f"2024-{text}")  # a leap year
        yield from (f"{other:%m-%d}" for other in shifted(day))
    elif re.fullmatch(r"\w+( \| \w+)+", text):
        parts = text.split(" | ")
        yield from (" | ".join(part for part in parts if part != left_out) for left_out in parts)
    else:
        yield from expressions(text, names)


def _periods(text: str) -> Iterator[str]:
    """Yield a period one unit less and one more; nothing for other texts."""
    try:
        yield from map(str, shifted(Period.parse(text)))
    except ValueError:
        return


def _clocks(clock: str) -> Iterator[str]:
    """Yield a time of day a minute earlier and a minute later."""
    for minutes in (-1, 1):
        # a minute of some day, so that 24:00 is the next one's beginning
        moved = _SOME_DAY + dt.timedelta(hours=int(clock[:2]), minutes=int(clock[3:]) + minutes)
        yield f"{moved:%H:%M}"


def expressions(source: str, names: Names, own: Names | None = None) -> Iterator[str]:
    """Yield an expression with one comparison, operand, number or field of it changed; nothing for other texts.

    Args:
        source: The text.
        names: What its names mean.
        own: What those after ``this.`` mean.
    """
    try:
        tree = sqlglot.parse_one(source)
    except SqlglotError:
        return
    columns = [column for column in tree.find_all(exp.Column) if column.table != "this"]
    is_query = isinstance(tree, exp.Query)
    if not columns or not (is_query or all(column.name in names.known for column in columns)):
        return
    seen = {tree.sql()}
    for index, node in enumerate(tree.walk()):
        if is_query and not node.find_ancestor(exp.Where, exp.Having):
            continue  # what is selected, joined and grouped hangs together
        for new in _replacements(node, names, own or names):
            copy = tree.copy()
            target = next(other for at, other in enumerate(copy.walk()) if at == index)
            changed = new if target is copy else (target.replace(new), copy)[1]
            if (text := changed.sql()) not in seen:
                seen.add(text)
                yield text


def _replacements(node: exp.Expr, names: Names, own: Names) -> Iterator[exp.Expr]:
    """Yield what may stand instead of one part of an expression."""
    for other in _FLIPS.get(type(node), ()):
        yield other(this=node.this.copy(), expression=node.expression.copy())
    match node:
        case exp.And() | exp.Or():
            yield from (node.this.copy(), node.expression.copy())
        case exp.Not() | exp.Neg():
            yield node.this.copy()
        case exp.Is() if not isinstance(node.parent, exp.Not):
            yield exp.Not(this=node.copy())
        case exp.In() if len(node.expressions) > 1:
            for item in node.expressions:
                yield exp.In(this=node.this.copy(), expressions=[o.copy() for o in node.expressions if o is not item])
        case exp.Anonymous(name="contains_any") if len(node.expressions) > 2:
            whole, *words = node.expressions
            for word in words:
                yield exp.func(node.name, whole.copy(), *(one.copy() for one in words if one is not word))
        case exp.Case() if len(node.args["ifs"]) > 1:
            for branch in node.args["ifs"]:
                copy = node.copy()
                copy.set("ifs", [one for one in copy.args["ifs"] if one != branch])
                yield copy
        case exp.Coalesce() | exp.Greatest() | exp.Least():
            yield node.this.copy()
            if node.expressions:
                yield node.expressions[0].copy()
        case exp.Literal() if isinstance(node.parent, exp.Select):
            return  # as in EXISTS (SELECT 1 …), which asks only whether there is a row
        case exp.Literal() if node.is_string:
            moved = _clocks(node.this) if _CLOCK.fullmatch(node.this) else _periods(node.this)
            yield from map(exp.Literal.string, moved)
        case exp.Literal():
            number = float(node.this) if "." in node.this else int(node.this)
            yield from (exp.convert(one) for one in shifted(number) if one >= 0)
        case exp.Column():
            others = (own if node.table == "this" else names).others(node.name)
            yield from (exp.column(other, table=node.args.get("table")) for other in others)
