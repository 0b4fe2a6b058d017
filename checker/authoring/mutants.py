"""Rules changed in one place each: what a good set of examples must notice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import partial
from itertools import pairwise
from typing import Any

import sqlglot
from pydantic import ValidationError
from sqlglot import exp
from sqlglot.errors import SqlglotError

from checker.periods import Period
from checker.rulebook.model import Record
from checker.rulebook.rule import LookupTable, Rule
from checker.rulebook.rulebook import Rulebook
from checker.rulebook.typed import TYPE_OF_FIELD

Change = tuple[str, Any]
"""Where and what is changed, and what stands there then."""

_SILENT = frozenset({"record", "unit", "title", "reason", "default", "source", "shows"})
"""Keys that decide nothing, as the fields that a query's sentence quotes besides, or without which nothing is left."""

_CLOCK = re.compile(r"\d\d:\d\d")
_CLOCKS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\b")
_DAY_OF_YEAR = re.compile(r"(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9])|(?:0[13-9]|1[0-2])-30|(?:0[13578]|1[02])-31")
_TOKEN = re.compile(r"'[^']*'|[\w.:]+|[<>=!]+|\S")
_SOME_DAY = dt.datetime(2000, 1, 1)  # noqa: DTZ001  # of which only the clock is read
_TAKES = {"first": "last", "last": "first", "min": "max", "max": "min"}
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


@dataclass(frozen=True)
class Mutant:
    """A rule changed in one place.

    Attributes:
        what: The key and the change, such as ``deadline.within: 10 days -> 11 days``.
    """

    rule: Rule
    what: str


def in_short(what: str) -> str:
    """Return what a change was made to: ``within: 10 days, not 9 days``."""
    key, _colon, change = what.partition(": ")
    place = key.split(".", 1)[1]  # the table's name says nothing
    if change == "left out":
        return f"only under the condition of {place}"
    if change.endswith(" left out"):
        return f"{place}: {change.removesuffix(' left out')} counts"
    before, _arrow, after = change.partition(" -> ")
    if _DATE.match(after):  # which is no sum
        return f"{place}: {before}, not {after}"
    before = _as_written(before, after)
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    steps = [
        step
        for step in SequenceMatcher(
            None, list(map(str.lower, old)), list(map(str.lower, new)), autojunk=False
        ).get_opcodes()
        if step[0] != "equal"
    ]
    if not steps or len(old) < 4:
        return f"{place}: {before}, not {after}"
    first, last = steps[0], steps[-1]
    begin, before_end, after_end = max(first[1] - 1, 0), last[2] + 1, last[4] + 1
    return f"{place}: {' '.join(old[begin:before_end])}, not {' '.join(new[max(first[3] - 1, 0) : after_end])}"


def _as_written(before: str, after: str) -> str:
    """Return an expression as its changed form is written, so that only what was changed differs."""
    try:
        if sqlglot.parse_one(after).sql() == after:
            return sqlglot.parse_one(before).sql()
    except SqlglotError:
        pass
    return before


def mutants(rule: Rule, book: Rulebook) -> Iterator[Mutant]:
    """Yield a rule with each of its limits, comparisons, conditions, list items and fields changed, one at a time.

    Changes that the models of the rule's tables refuse are left out; others may still not compile.
    """
    names = own = _Names(book.records[rule.record], rule)
    kind = type(rule.kind)
    for what, content in _variants(rule.kind.model_dump(by_alias=True, exclude_defaults=True), rule.kind_name, names):
        yield from _changed(rule, what, "kind", partial(kind.model_validate, content))
    for name, dated in rule.values.items():
        for what, content in _variants(dated.model_dump(by_alias=True), f"values.{name}", names):
            yield from _changed(rule, what, "values", partial(type(dated).model_validate, content), name)
    for name, table in rule.lookup.items():
        for what, content in _lookup(table, f"lookup.{name}", _Names(book.records[table.record], rule), own):
            yield from _changed(rule, what, "lookup", partial(LookupTable.model_validate, content), name)


def _changed(rule: Rule, what: str, key: str, build: Callable[[], Any], name: str | None = None) -> Iterator[Mutant]:
    """Yield a rule in which one key, or one entry of it, is what ``build`` makes, unless that refuses."""
    try:
        new = build()
    except ValidationError:
        return
    yield Mutant(rule.model_copy(update={key: {**getattr(rule, key), name: new} if name else new}), what)


class _Names:
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


def _variants(node: Any, path: str, names: _Names) -> Iterator[Change]:  # noqa: ANN401  # whatever TOML holds
    """Yield a value of a rule file with one thing in it changed."""
    match node:
        case Mapping():
            for key, value in node.items():
                if key in _SILENT:
                    continue
                place = path if key in ("editions", "is") else f"{path}.{key}"
                for what, changed in _variants(value, place, names):
                    yield what, {**node, key: changed}
                if key == "when" and value:
                    yield f"{place}: left out", {one: own for one, own in node.items() if one != key}
                if key == "steps":
                    for index, (first, second) in enumerate(pairwise(value)):
                        swapped = [*value[:index], second, first, *value[index + 2 :]]
                        yield f"{place}: {first}, {second} -> {second}, {first}", {**node, key: swapped}
            if isinstance(begin := node.get("from"), str) and isinstance(end := node.get("to"), str):
                yield f"{path}.from: {begin} to {end} -> {end} to {begin}", {**node, "from": end, "to": begin}
        case list() | tuple():
            for index, value in enumerate(node):
                for what, changed in _variants(value, path, names):
                    yield what, [*node[:index], changed, *node[index + 1 :]]
                shown = value if isinstance(value, str) else f"item {index + 1}"
                yield f"{path}: {shown} left out", [*node[:index], *node[index + 1 :]]
        case bool():
            yield f"{path}: {node} -> {not node}", not node
        case int() | float() | Period() | dt.date():
            for changed in _shifted(node):
                yield f"{path}: {node} -> {changed}", changed
        case str():
            for changed in _texts(node, names):
                yield f"{path}: {node} -> {changed}", changed


def _shifted(value: Any) -> Iterator[Any]:  # noqa: ANN401
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


def _texts(text: str, names: _Names) -> Iterator[str]:
    """Yield a text with one thing in it changed: a period, clock times, documents, an expression."""
    try:
        yield from map(str, _shifted(Period.parse(text)))
    except ValueError:
        pass
    else:
        return
    if match := _CLOCKS.fullmatch(text):
        for group, clock in enumerate(match.groups(), start=1):
            yield from (text[: match.start(group)] + moved + text[match.end(group) :] for moved in _clocks(clock))
    elif _DAY_OF_YEAR.fullmatch(text):
        day = dt.date.fromisoformat(f"2024-{text}")  # a leap year
        yield from (f"{other:%m-%d}" for other in _shifted(day))
    elif re.fullmatch(r"\w+( \| \w+)+", text):
        parts = text.split(" | ")
        yield from (" | ".join(part for part in parts if part != left_out) for left_out in parts)
    else:
        yield from _expressions(text, names)


def _clocks(clock: str) -> Iterator[str]:
    """Yield a time of day a minute earlier and a minute later."""
    for minutes in (-1, 1):
        # a minute of some day, so that 24:00 is the next one's beginning
        moved = _SOME_DAY + dt.timedelta(hours=int(clock[:2]), minutes=int(clock[3:]) + minutes)
        yield f"{moved:%H:%M}"


def _lookup(table: LookupTable, path: str, names: _Names, own: _Names) -> Iterator[Change]:
    """Yield a lookup with one thing in it changed; ``names`` are those of its record, ``own`` those of the rule's."""
    content = {name: getattr(table, name) for name in LookupTable.model_fields}
    word, bracket, rest = table.take.partition("(")
    if word in _TAKES:
        yield f"{path}.take: {word} -> {_TAKES[word]}", {**content, "take": f"{_TAKES[word]}{bracket}{rest}"}
    taken = rest.removesuffix(")")
    for changed in _expressions(taken, names, own):
        yield f"{path}.take: {taken} -> {changed}", {**content, "take": f"{word}({changed})"}
    if table.order:
        for changed in _expressions(table.order, names, own):
            yield f"{path}.order: {table.order} -> {changed}", {**content, "order": changed}
    if table.where:
        yield f"{path}.where: left out", {**content, "where": ""}
        for changed in _expressions(table.where, names, own):
            yield f"{path}.where: {table.where} -> {changed}", {**content, "where": changed}
    for mine, theirs in table.on.items():
        rest_ = {one: other for one, other in table.on.items() if one != mine}
        if rest_:
            yield f"{path}.on: {mine} left out", {**content, "on": rest_}
        for other in own.others(mine)[:1]:
            if other not in table.on:
                yield f"{path}.on: {mine} -> {other}", {**content, "on": {**rest_, other: theirs}}


def _expressions(source: str, names: _Names, own: _Names | None = None) -> Iterator[str]:
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


def _replacements(node: exp.Expr, names: _Names, own: _Names) -> Iterator[exp.Expr]:
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
            moved = _clocks(node.this) if _CLOCK.fullmatch(node.this) else _period(node.this)
            yield from map(exp.Literal.string, moved)
        case exp.Literal():
            number = float(node.this) if "." in node.this else int(node.this)
            yield from (exp.convert(one) for one in _shifted(number) if one >= 0)
        case exp.Column():
            others = (own if node.table == "this" else names).others(node.name)
            yield from (exp.column(other, table=node.args.get("table")) for other in others)


def _period(text: str) -> Iterator[str]:
    try:
        yield from map(str, _shifted(Period.parse(text)))
    except ValueError:
        return
