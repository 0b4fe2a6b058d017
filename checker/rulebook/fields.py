"""What the fields of records stand for in SQL, and a rulebook's own values."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from sqlglot import exp

from checker.errors import nearest
from checker.language import Label, _
from checker.rulebook.model import Record
from checker.rulebook.spelling import document_held
from checker.rulebook.typed import TYPE_OF_FIELD, Document, ExpressionError, Typed
from checker.sql import FALSE, column, number, sql, text

UNREADABLE = "_unreadable"
"""The column that says whether any field of a row is unreadable."""


LATER = "_later"
"""The column that says whether a record begins later than the audit: it is not there yet."""

_UNREADABLE_FIELD, _LATER_FIELD = "__unreadable", "__later"


def unreadable_column(field: str) -> str:
    """Return the column that says whether a field is unreadable."""
    return f"{field}{_UNREADABLE_FIELD}"


def later_column(field: str) -> str:
    """Return the column that holds an event of a field that is later than the audit; empty where none is."""
    return f"{field}{_LATER_FIELD}"


def field_of(column_: str) -> str:
    """Return the field that a column stands for: its value, a later one, or whether it is unreadable."""
    return column_.removesuffix(_UNREADABLE_FIELD).removesuffix(_LATER_FIELD)


def fields_read(expression: exp.Expr, under: str) -> dict[str, None]:
    """Return the fields that an expression reads under a table's alias, by their values or by what is said of them."""
    columns = (one for one in expression.find_all(exp.Column) if one.table == under)
    return dict.fromkeys(field_of(one.name) for one in columns)


def field_value(record: Record, name: str, place: exp.Expr) -> Typed:
    """Return what a record's field stands for, given its column."""
    if name not in record.fields:
        raise ExpressionError(
            _("{name} is no field of {record}").format(name=name, record=record.title.en),
            nearest(name, record.fields),
        )
    field = record.fields[name]
    labels = {code: Label(code, spellings[0] if spellings else code) for code, spellings in field.choices.items()}
    if field.type != "documents":
        return Typed(place, TYPE_OF_FIELD[field.type], codes=labels, open=field.open)
    unknown = sql("NULLIF(:u, TRUE)", u=other_documents(place)) if field.may_hold_errors else FALSE
    documents = {
        code: Document(
            sql(":h OR :u", h=document_held(place, (code, *spellings)), u=unknown), (code, *spellings), labels[code]
        )
        for code, spellings in field.choices.items()
    }
    return Typed(place, "documents", documents=documents, open=field.open)


def other_documents(place: exp.Expr) -> exp.Column:
    """Return the column that says whether a list of documents holds some that are not known."""
    return column(unreadable_column(place.name), cast("exp.Column", place).table or None)


def constant(value: Any) -> Typed:  # noqa: ANN401  # a rulebook's scalar
    """Return a rulebook's scalar as SQL."""
    match value:
        case bool():
            return Typed(exp.Boolean(this=value), "yes_no")
        case int():
            return Typed(number(value), "integer")
        case float():
            return Typed(number(value), "number")
        case dt.datetime():
            return Typed(sql("CAST(:v AS TIMESTAMP)", v=value.isoformat(sep=" ")), "datetime")
        case dt.date():
            return Typed(sql("CAST(:v AS DATE)", v=value.isoformat()), "date")
        case dt.time():
            return Typed(sql("CAST(:v AS TIME)", v=value.isoformat()), "time")
        case _:
            return Typed(text(value), "text")
