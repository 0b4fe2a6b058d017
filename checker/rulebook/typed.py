"""Values of expressions: what they are, and how two of them are compared."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from checker.errors import UnplacedError
from checker.language import Label, _
from checker.rulebook import moments
from checker.sql import sql

Type = Literal[
    "text", "integer", "number", "date", "datetime", "time", "yes_no", "documents", "month", "period", "span", "empty"
]
"""What an expression yields; ``month`` is one of a year (``2023-01``), ``period`` that or a longer one (``2023Q1``),
``span`` a length of time in seconds, ``empty`` the literal NULL."""

TYPE_OF_FIELD: dict[str, Type] = {
    "text": "text",
    "choice": "text",
    "reference": "text",
    "integer": "integer",
    "decimal": "number",
    "money": "number",
    "date": "date",
    "datetime": "datetime",
    "time": "time",
    "month": "month",
    "period": "period",
    "yes_no": "yes_no",
    "documents": "documents",
}
SQL_TYPE: dict[Type, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "yes_no": "BOOLEAN",
    "documents": "VARCHAR",
    "month": "VARCHAR",
    "period": "VARCHAR",
    "span": "BIGINT",
    "empty": "VARCHAR",
}
"""How engines keep a value of each type."""

NUMERIC: frozenset[Type] = frozenset({"integer", "number"})
MOMENT: frozenset[Type] = frozenset({"date", "datetime"})
CALENDAR: frozenset[Type] = frozenset({"month", "period"})


class ExpressionError(UnplacedError):
    """An expression that says something impossible.

    Attributes:
        key: The key of the rule's file that it stands under, where that is not the kind's table.
    """

    key = ""


@contextmanager
def at(key: str, inside: Container[str] | None = None) -> Iterator[None]:
    """Say of what is found wrong within which key it stands under; what is inside says so first.

    Args:
        key: The key.
        inside: What may stand inside, where what says so first might mean something else.
    """
    try:
        yield
    except ExpressionError as error:
        is_told = bool(error.key) and (inside is None or error.key in inside)
        error.key = f"{key}.{error.key}" if is_told else key
        raise


def key_of(text: str, within: object) -> tuple[str, ...]:
    """Return the keys under which a text stands in tables and lists; none where it does not."""
    parts: Iterable[tuple[object, object]] = ()
    if isinstance(within, Mapping):
        parts = within.items()
    elif isinstance(within, list | tuple):
        parts = enumerate(within)
    for key, part in parts:
        own = (key,) if isinstance(key, str) else ()
        if part == text:
            return own
        if found := key_of(text, part):
            return (*own, *found)
    return ()


@dataclass(frozen=True)
class Document:
    """A document that a list may hold: the test whether it does, its spellings, and its name.

    The test is unknown of a document that is not found in a list with some that are not known: it may be one of these.
    """

    held: exp.Expr
    spellings: tuple[str, ...]
    label: Label


@dataclass(frozen=True)
class Typed:
    """A value that a rule can name or compute.

    Attributes:
        sql: How the engine computes it.
        type: What it is.
        codes: The values it may take, where they are listed, each with its name.
        documents: For ``documents``: each document by its code.
        open: Whether it may take other values than ``codes``.
        exact: Whether its number came from a text as it stands, so that comparing needs no rounding.
    """

    sql: exp.Expr
    type: Type
    codes: Mapping[str, Label] = field(default_factory=dict, compare=False)
    documents: Mapping[str, Document] = field(default_factory=dict, compare=False)
    exact: bool = True
    open: bool = False


def ambiguous(name: str, record: str) -> ExpressionError:
    """Return what to raise about a value or lookup that has the name of a field."""
    return ExpressionError(
        _("{name} is a field of {record} as well as a value or lookup of the rule").format(name=name, record=record),
        _("give the value or lookup another name"),
    )


def as_datetime(value: Typed) -> Typed:
    """Return a date as a datetime without a clock; a datetime as it is."""
    return Typed(moments.marked(value.sql), "datetime") if value.type == "date" else value


def seconds_between(first: exp.Expr, second: exp.Expr) -> exp.Expr:
    """Return the whole seconds from one TIMESTAMP to another; NULL where either has no clock time."""
    return sql(
        "CASE WHEN NOT :f AND NOT :s THEN CAST(DATEDIFF(:b, :a, SECOND) AS BIGINT) END",
        f=moments.day_only(first),
        s=moments.day_only(second),
        a=first,
        b=second,
    )
