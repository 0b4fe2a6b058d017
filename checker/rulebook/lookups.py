"""Lookups: what a rule takes from the records of another type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from sqlglot import exp

from checker.language import _
from checker.rulebook.comparing import must_match, no_common_code, no_order, nothing_in_common
from checker.rulebook.derived import Lookup
from checker.rulebook.expressions import Names, compile_expression
from checker.rulebook.fields import field_value, fields_read, unreadable_column
from checker.rulebook.model import Record, RecordField
from checker.rulebook.rule import LookupTable
from checker.rulebook.typed import NUMERIC, ExpressionError, Typed, ambiguous, at
from checker.sql import NULL, TRUE, column, every, negated, some, sql

_TAKE = re.compile(r"(first|last|min|max|sum|list|count|exists)(?:\((.*)\))?", re.DOTALL)


def compile_lookup(table: LookupTable, record: Record, other: Record, beside: Callable[[str], Typed | None]) -> Lookup:
    """Check a lookup and return the column it computes.

    Args:
        table: The lookup.
        record: The rule's record type.
        other: The record type looked up.
        beside: What a name stands for that is none of the other's fields, if anything.

    Raises:
        ExpressionError: with the problem and what would be right.
    """
    reads: dict[str, None] = dict.fromkeys(table.on.values())
    own: dict[str, None] = dict.fromkeys(table.on)
    correlated: dict[str, None] = {}

    def names(word: str) -> Typed:
        if word.startswith("this."):
            field = word.removeprefix("this.")
            own[field] = correlated[field] = None
            return field_value(record, field, column(field, "t"))
        if known := beside(word):
            if word in other.fields:
                raise ambiguous(word, table.record)
            return known
        reads[word] = None
        return field_value(other, word, column(word, "o"))

    for mine, theirs in table.on.items():
        with at("on"):
            left, right = field_value(record, mine, column(mine)), field_value(other, theirs, column(theirs))
            must_match(mine, left.type, theirs, right.type)
            if no_common_code(left, right):
                raise nothing_in_common(mine, theirs)
    with at("where"):
        where = compile_expression(table.where, names) if table.where else Typed(TRUE, "yes_no")
        if where.type != "yes_no":
            raise ExpressionError(_("{where!r} is no condition").format(where=table.where), _("compare something"))
    with at("take"):
        word, value = _taken(table.take, names)
    order = None
    if word in ("first", "last"):
        with at("order"):
            order = _order(word, table.order or other.at, names)
    chosen = value if value and word != "list" else Typed(NULL, "empty")
    return Lookup(
        record=table.record,
        on=tuple(table.on.items()),
        where=_readable(where.sql, reads, other.fields) if table.readable else _unsure(where.sql, other.fields),
        word=word,
        value=value.sql if value else None,
        order=order,
        type="integer" if word == "count" else value.type if value else "yes_no",
        codes=chosen.codes,
        open=chosen.open,
        reads=tuple(reads),
        own=tuple(own),
        correlated=bool(correlated),
    )


def _taken(take: str, names: Names) -> tuple[str, Typed | None]:
    """Return the word of what a lookup takes and the value in its brackets, if it has some."""
    match = _TAKE.fullmatch(take)
    word, argument = (match[1], (match[2] or "").strip()) if match else ("", "")
    if not match or (word in ("count", "exists")) != (argument in ("", "*")):
        raise ExpressionError(
            _("{take!r} takes nothing").format(take=take),
            _("take first(x), last(x), min(x), max(x), sum(x), list(x), count or exists"),
        )
    if word in ("count", "exists"):
        return word, None
    value = compile_expression(argument, names)
    if word == "sum" and value.type not in NUMERIC:
        raise ExpressionError(
            _("{take!r} adds up {type}").format(take=take, type=value.type),
            _("sum numbers, or take count with a where"),
        )
    if word == "list" and value.type != "text":
        raise ExpressionError(_("{take!r} lists {type}").format(take=take, type=value.type), _("list texts"))
    if word in ("min", "max") and value.type == "period":
        raise no_order(take)
    return word, value


def _order(word: str, source: str | None, names: Names) -> exp.Expr:
    """Return what ``first`` or ``last`` goes by."""
    if source is None:
        raise ExpressionError(_("{word} has no order").format(word=word), _("give order, the field to go by"))
    by = compile_expression(source, names)
    if by.type == "period":
        raise no_order(word)
    return by.sql


_ASK = (exp.Is, exp.Coalesce, exp.Case)
"""What tells an empty value from others; all else is unknown of it."""


def _unsure(where: exp.Expr, fields: Mapping[str, RecordField]) -> exp.Expr:
    """Return a condition that is unknown where it asks if something is empty that in truth cannot be read."""

    def unsure(node: exp.Expr) -> exp.Expr:
        read = fields_read(node, "o")
        unreadable = [column(unreadable_column(name), "o") for name in read if fields[name].may_be_unreadable]
        return sql("CASE WHEN NOT :u THEN :n END", u=some(unreadable), n=node) if unreadable else node

    return where.transform(lambda node: unsure(node) if isinstance(node, _ASK) else node)


def _readable(where: exp.Expr, reads: Iterable[str], fields: Mapping[str, RecordField]) -> exp.Expr:
    """Return a condition that is false where something that a lookup reads cannot be read."""
    readable = [negated(column(unreadable_column(name), "o")) for name in reads if fields[name].may_be_unreadable]
    return every([*readable, where])
