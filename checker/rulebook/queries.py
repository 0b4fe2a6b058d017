"""Queries of rules: one SELECT over record types, made of allowed parts only.

Whatever is not listed here is refused, so a query reaches no file, setting, function with effects or table but
the record types of its rulebook.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.qualify_columns import quote_identifiers
from sqlglot.optimizer.scope import Scope as QueryScope
from sqlglot.optimizer.scope import traverse_scope

from checker.errors import nearest, to_author
from checker.language import _
from checker.rulebook.expressions import check_comparisons, compile_expression, within_size
from checker.rulebook.fields import field_value
from checker.rulebook.model import Record
from checker.rulebook.typed import SQL_TYPE, TYPE_OF_FIELD, ExpressionError, Typed

_SHAPE = (
    exp.Select, exp.Union, exp.Except, exp.Intersect, exp.With, exp.CTE, exp.Subquery, exp.From, exp.Join, exp.Where,
    exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Distinct, exp.Table, exp.TableAlias, exp.Alias, exp.Column,
    exp.Identifier, exp.Star, exp.Window, exp.WindowSpec, exp.Filter, exp.Exists, exp.Tuple,
)  # fmt: skip
_VALUES = (
    exp.Literal, exp.Boolean, exp.Null, exp.Neg, exp.Not, exp.And, exp.Or, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT,
    exp.GTE, exp.Is, exp.In, exp.Between, exp.Like, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Paren, exp.Case,
    exp.If, exp.Cast, exp.DataType, exp.Interval, exp.Var, exp.DPipe,
)  # fmt: skip
_FUNCTIONS = (
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.Avg, exp.Coalesce, exp.Nullif, exp.Abs, exp.Round, exp.Floor, exp.Ceil,
    exp.Length, exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Greatest, exp.Least, exp.Extract, exp.Year,
    exp.Month, exp.Day, exp.DateDiff, exp.RowNumber, exp.Rank, exp.Lag, exp.Lead, exp.LogicalAnd, exp.LogicalOr,
)  # fmt: skip
_OF_LISTS = ("has", "only")
"""The functions of expressions that queries know too."""

_LONGEST = 10_000

OFFENDS = "offends"
"""The column beside the key by which a query says of what it returns whether it is an offender."""

_UNKNOWN = re.compile(r"Column '(.+?)' could not be resolved")
"""What sqlglot says of a name that stands for nothing."""

_ALLOWED = frozenset(_SHAPE + _VALUES + _FUNCTIONS)


def compile_query(
    source: str, records: Mapping[str, Record], key: tuple[str, ...]
) -> tuple[exp.Query, dict[str, tuple[str, ...]]]:
    """Check a query and return it with all names resolved, and the fields it reads of each record type.

    Args:
        source: The query.
        records: The record types it may read; their fields have their values' types.
        key: The columns it must yield; ``offends`` may stand beside them.

    Raises:
        ExpressionError: with the problem and what would be right.
    """
    with within_size(source, _LONGEST):
        return _compiled(source, records, key)


def _compiled(
    source: str, records: Mapping[str, Record], key: tuple[str, ...]
) -> tuple[exp.Query, dict[str, tuple[str, ...]]]:
    try:
        statements = sqlglot.parse(source)
    except SqlglotError:
        statements = []
    tree = statements[0] if len(statements) == 1 else None
    if not isinstance(tree, exp.Query):
        raise ExpressionError(_("sql is no query"), _("write one SELECT over record types"))
    _check(tree, records)
    schema: dict[str, object] = {
        name: {field: SQL_TYPE[TYPE_OF_FIELD[one.type]] for field, one in record.fields.items()}
        for name, record in records.items()
    }
    try:
        tree = qualify(tree, schema=schema, quote_identifiers=False)
    except SqlglotError as error:
        said = str(error).partition("\n")[0].partition(". Line")[0]
        unknown = _UNKNOWN.search(said)
        raise _unread(
            _no_field(unknown[1]) if unknown else _("the query cannot be made out") + to_author(said)
        ) from None
    if tuple(tree.named_selects) not in (key, (*key, OFFENDS)):
        raise ExpressionError(
            _("the query yields {columns}").format(columns=", ".join(tree.named_selects)),
            _("select the record's key: {key}; and beside it {offends}, if that may be unknown").format(
                key=", ".join(key), offends=OFFENDS
            ),
        )
    reads, values = _read(tree, records)
    check_comparisons(tree, lambda column: values.get(id(column)))
    for call in list(tree.find_all(exp.Anonymous)):
        _ask_of_list(call, values)
    if len(tree.selects) > len(key) and not annotate_types(tree, schema).selects[-1].is_type("boolean"):
        raise ExpressionError(
            _("{column} is no yes or no").format(column=OFFENDS),
            _("compare there, such as amount > 100 AS {column}").format(column=OFFENDS),
        )
    return quote_identifiers(tree), reads


def _read(tree: exp.Query, records: Mapping[str, Record]) -> tuple[dict[str, tuple[str, ...]], dict[int, Typed]]:
    """Return the fields that a query reads of each record type, and those that its columns give by their identities."""
    reads: dict[str, dict[str, None]] = {}
    values: dict[int, Typed] = {}
    for scope in traverse_scope(tree):
        for column in scope.columns:
            table = scope.sources.get(column.table)
            if isinstance(table, exp.Table):
                reads.setdefault(table.name, {})[column.name] = None
            if (found := _field(column, scope)) is not None:
                record, field = found
                value = field_value(records[record], field, column.copy())
                if value.type == "documents" and not isinstance(column.parent, exp.Is | exp.Anonymous):
                    raise ExpressionError(
                        _("{name} lists documents, in the words of exports").format(name=field),
                        _(
                            "ask for them by has({name}, …) or only({name}, …), where the record type itself is read"
                        ).format(name=field),
                    )
                values[id(column)] = value
        for table in scope.sources.values():
            if isinstance(table, exp.Table):
                reads.setdefault(table.name, {})
    return {name: tuple(fields) for name, fields in reads.items()}, values


def _no_field(name: str) -> str:
    return _("{name} is no field that can be read there").format(name=name)


def _unread(problem: str) -> ExpressionError:
    return ExpressionError(problem, _("name fields of the record types that FROM and JOIN name"))


def _ask_of_list(call: exp.Anonymous, values: Mapping[int, Typed]) -> None:
    """Put what a function says of a list of documents in place of its call.

    Args:
        call: The call.
        values: The fields that columns of the query give, by the columns' identities.

    Raises:
        ExpressionError: with the problem and what would be right.
    """
    fields = {one.sql(): values[id(one)] for one in call.find_all(exp.Column) if id(one) in values}

    def named(word: str) -> Typed:
        if word not in fields:
            raise _unread(_no_field(word))
        return fields[word]

    asked = compile_expression(call.sql(normalize_functions=False), named)
    call.replace(exp.paren(asked.sql.copy()))


def _field(column: exp.Column, scope: QueryScope) -> tuple[str, str] | None:
    """Return the record type and the field that a column gives as it stands, if it does: also through subqueries."""
    source = scope.sources.get(column.table)
    if isinstance(source, exp.Table):
        return source.name, column.name
    if isinstance(source, QueryScope) and isinstance(source.expression, exp.Select):
        for selected in source.expression.selects:
            if selected.alias_or_name == column.name and isinstance(inner := selected.unalias(), exp.Column):
                return _field(inner, source)
    return None


def _check(tree: exp.Query, records: Mapping[str, Record]) -> None:
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for node in tree.walk():
        ours = isinstance(node, exp.Anonymous) and node.name.lower() in _OF_LISTS
        if not ours and (type(node) not in _ALLOWED or (isinstance(node, exp.With) and node.recursive)):
            raise ExpressionError(
                _("{what} cannot be used").format(what=node.sql()[:60]),
                _("use SELECT, JOIN, WHERE, GROUP BY, HAVING, WITH, windows and plain functions"),
            )
        if isinstance(node, exp.In) and node.args.get("query"):
            raise ExpressionError(
                _("{what} cannot be used").format(what=node.sql()[:60]),
                _("write EXISTS or a join: engines differ in what IN says of NULL"),
            )
        if isinstance(node, exp.Table) and (node.db or not isinstance(node.this, exp.Identifier)):
            raise ExpressionError(
                _("{what} is no record type").format(what=node.sql()[:60]), _("name record types of the rulebook")
            )
        if isinstance(node, exp.Table) and node.name not in own and node.name not in records:
            raise ExpressionError(_("{what} is no record type").format(what=node.name), nearest(node.name, records))
