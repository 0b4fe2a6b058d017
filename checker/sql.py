"""SQL as trees: written as text with named holes, filled with other trees.

Four functions that no two engines spell alike stand in trees under names of ours; each engine provides them:
``READ_TIME(text, formats)`` (a text read by a strptime format, or by the first of an array of them that fits; NULL
where none does), ``IN_ZONE(text, zone)`` (a text with an offset as local TIMESTAMP), ``BYTES(text)`` (its length in
UTF-8) and ``KEY_HASH(text)`` (64 bits). So do two aggregates that the embedded engine has:
``ARG_MIN_NULL(value, by)`` and ``ARG_MAX_NULL(value, by)``, a value, be it NULL, from where ``by`` is the least or the
greatest. Our own functions (``Function``) are built of these and of standard SQL.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, reduce

import sqlglot
from sqlglot import exp


@dataclass(frozen=True)
class Function:
    """An SQL function of ours, which every engine defines.

    Attributes:
        parameters: Each parameter's name and SQL type.
        returns: The SQL type of the result.
        body: The result, over columns named like the parameters.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    returns: str
    body: exp.Expr


NULL = exp.Null()
TRUE = exp.true()
FALSE = exp.false()

logging.getLogger("sqlglot").addHandler(logging.NullHandler())  # what it tells is refused too

_LOOSE = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.Is, exp.Alias)


def parsed(text: str, into: type[exp.Expr] | None = None) -> exp.Expr:
    """Return the tree of an SQL text, without where each part stood in it: that is of no use, and costly to copy.

    Args:
        text: The text.
        into: What it must be, where not any statement will do.
    """
    tree = sqlglot.parse_one(text, into=into)
    for node in tree.walk():
        node._meta = node._type = None  # noqa: SLF001
    return tree


_kept = cache(parsed)


def sql(text: str, **holes: exp.Expr | str | float) -> exp.Expr:
    """Return the tree of an SQL text whose ``:name`` holes are filled.

    A hole takes a tree (wrapped in parentheses where it needs them), a text or a number.
    """
    tree = _kept(text).copy()
    if not holes:
        return tree
    for hole in list(tree.find_all(exp.Placeholder)):
        value = holes[hole.name]
        node = value if isinstance(value, exp.Expr) else exp.convert(value)
        if isinstance(node, _LOOSE) and not isinstance(node, exp.Paren) and hole.parent is not None:
            node = exp.paren(node, copy=False)
        if hole is tree:
            return node
        hole.replace(node)
    return tree


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a quoted column reference."""
    return exp.column(name, table=table, quoted=True)


def as_column(value: exp.Expr, name: str) -> exp.Alias:
    """Return a value as the column of a query."""
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return the call of a function of ours."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def text(value: str) -> exp.Expr:
    """Return a text literal."""
    return exp.Literal.string(value)


def number(value: float) -> exp.Expr:
    """Return a number literal."""
    return exp.convert(value)


def every(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """Return the conjunction of conditions; TRUE of none."""
    return _joined("AND", conditions, TRUE)


def some(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """Return the disjunction of conditions; FALSE of none."""
    return _joined("OR", conditions, FALSE)


def conjuncts(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the parts of a condition that stand between its ANDs, however these are bracketed."""
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from conjuncts(condition.left)
        yield from conjuncts(condition.right)
    else:
        yield condition


def negated(condition: exp.Expr) -> exp.Expr:
    """Return NOT of a condition."""
    return sql("NOT :c", c=condition)


def _joined(word: str, conditions: Iterable[exp.Expr], empty: exp.Expr) -> exp.Expr:
    parts = list(conditions)
    if not parts:
        return empty
    if len(parts) == 1:
        return parts[0]
    return reduce(lambda left, right: sql(f":l {word} :r", l=left, r=right), parts)


def first_of(branches: Iterable[tuple[exp.Expr, exp.Expr]], otherwise: exp.Expr) -> exp.Expr:
    """Return CASE WHEN ... THEN ... END over branches, the first true one deciding."""
    case = exp.Case()
    for condition, value in branches:
        case = case.when(condition, value, copy=False)
    return case.else_(otherwise, copy=False) if case.args.get("ifs") else otherwise


def is_null(value: exp.Expr) -> exp.Expr:
    """Return ``value IS NULL``."""
    return sql(":v IS NULL", v=value)


def is_known(value: exp.Expr) -> exp.Expr:
    """Return ``value IS NOT NULL``."""
    return sql("NOT :v IS NULL", v=value)


def joined_text(separator: str, parts: Iterable[exp.Expr]) -> exp.Expr:
    """Return texts joined by a separator, leaving out those that are NULL."""
    return call("CONCAT_WS", text(separator), *parts)


def subquery(select: exp.Query, alias: str) -> exp.Subquery:
    """Return a query as a table."""
    return select.subquery(alias, copy=False)


def all_of(queries: Sequence[exp.Query]) -> exp.Query:
    """Return the rows of some queries, in their order.

    They are put together in halves, and these in halves: an engine goes through a chain once for each of its links.
    """
    if len(queries) == 1:
        return queries[0]
    half = len(queries) // 2
    first, second = (all_of(some).subquery(copy=False) for some in (queries[:half], queries[half:]))
    return exp.union(first, second, distinct=False, copy=False)
