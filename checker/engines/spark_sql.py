"""Neutral SQL as Spark SQL: every place in which the two differ.

Our own functions are put in place of their calls. What a text is read as (moments, numbers) is said with patterns,
because Spark's own functions take other texts than the embedded engine does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import cast

from sqlglot import exp

from checker.errors import UsageError
from checker.functions import functions
from checker.language import _
from checker.sql import NULL, call, first_of, sql
from checker.sql import text as literal

_NUMBER = r"^\s*[+]?-?(?:D\.?(?:D)?|\.D)(?:[eE][+-]?D)?\s*\z".replace("D", r"[0-9]+(?:_[0-9]+)*")
_OFFSET = (
    r"^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}(?:T| +)[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:[.][0-9]*)?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)\z"
)
_TWO = "[0-9]{1,2}+"
_PARTS = {
    "Y": "[0-9]{1,4}+",
    "m": _TWO,
    "d": _TWO,
    "H": _TWO,
    "I": "0?[1-9]|1[0-2]",
    "M": _TWO,
    "S": _TWO,
    "f": "[0-9]{1,6}+",
    "p": "[AaPp][Mm]",
}
"""The patterns of strptime's parts."""

_KNOWN = " ".join(f"%{part}" for part in _PARTS)
_OWN = {
    # a DOUBLE's own text has an exponent from 10 million on
    "SHOW_NUMBER": (
        "CASE WHEN ROUND(v, 6) = FLOOR(ROUND(v, 6)) AND ABS(v) < 9e18 THEN CAST(CAST(ROUND(v, 6) AS BIGINT) AS VARCHAR)"
        " ELSE FORMAT_NUMBER(CAST(v AS DOUBLE), '0.######') END"
    ),
}
"""Functions of ours that need another body here."""


def spark(tree: exp.Expr) -> str:
    """Return a tree of neutral SQL as Spark SQL."""
    return _bare(_rewritten(tree.copy())).sql("spark")


def name(*parts: str) -> str:
    """Return a quoted identifier."""
    return exp.to_identifier("/".join(parts), quoted=True).sql("spark")


def _rewritten(tree: exp.Expr) -> exp.Expr:
    """Rewrite a tree in place, from its leaves up."""
    for node in reversed(list(tree.walk(bfs=True))):
        rule = _RULES.get(type(node))
        if rule is None or (new := rule(node)) is node:
            continue
        if node is tree:
            tree = new
        else:
            node.replace(new)
    return tree


def _bare(tree: exp.Expr) -> exp.Expr:
    """Take away, in place, the parentheses that change nothing.

    Spark's parser reads ahead to the end of each before it knows that it is no row and no subquery, and keeps what
    it has seen: a gigabyte for a few megabytes of SQL.
    """
    for paren in list(tree.find_all(exp.Paren)):
        if paren.parent is not None and not _needed(paren):
            paren.replace(paren.this)
    return tree


_OPERATORS = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.AtTimeZone, exp.Interval, exp.Lambda)
"""What binds its parts more or less closely than what stands around it."""


def _needed(paren: exp.Paren) -> bool:
    """Return whether parentheses may change what is meant."""
    inner, outer = paren.this, paren.parent
    if isinstance(inner, exp.Query):
        return True
    if not isinstance(inner, _OPERATORS):
        return False
    if isinstance(outer, exp.Connector):
        return isinstance(inner, exp.Or) and isinstance(outer, exp.And)
    if isinstance(outer, exp.Not):
        return isinstance(inner, exp.Connector)
    if isinstance(outer, exp.Add | exp.DPipe) and type(inner) is type(outer):
        return paren.arg_key != "this"
    return isinstance(outer, (*_OPERATORS, exp.Bracket))


@cache
def _bodies() -> dict[str, tuple[tuple[str, ...], exp.Expr]]:
    """Return the parameters and bodies of our functions, which may call those before them."""
    found: dict[str, tuple[tuple[str, ...], exp.Expr]] = {}
    for function in functions():
        body = sql(_OWN[function.name]) if function.name in _OWN else function.body.copy()
        found[function.name] = tuple(parameter for parameter, _type in function.parameters), body
    return found


def _inlined(node: exp.Anonymous) -> exp.Expr:
    parameters, body = _bodies()[node.name]
    given = dict(zip(parameters, node.expressions, strict=True))
    whole = exp.paren(_rewritten(body.copy()), copy=False)
    for reference in list(whole.find_all(exp.Column)):
        if reference.name in given and not reference.table:
            reference.replace(exp.paren(given[reference.name].copy(), copy=False))
    return whole


def _call(node: exp.Anonymous) -> exp.Expr:
    if node.name in _bodies():
        return _inlined(node)
    match node.name:
        case "READ_TIME":
            value, forms = node.expressions
            listed = forms.expressions if isinstance(forms, exp.Array) else [forms]
            read = [_read(value, form.name) for form in listed]
            return exp.Coalesce(this=read[0], expressions=read[1:]) if len(read) > 1 else read[0]
        case "IN_ZONE":
            moment = sql("TRY_CAST(REPLACE(:t, '/', '-') AS TIMESTAMP)", t=node.expressions[0])
            local = call("FROM_UTC_TIMESTAMP", moment, node.expressions[1])
            return first_of([(_like(node.expressions[0], _OFFSET), local)], NULL)
        case "BYTES":
            return call("OCTET_LENGTH", *node.expressions)
        case "KEY_HASH":
            hashed = call("XXHASH64", node.expressions[0])
            return sql("CASE WHEN NOT :t IS NULL THEN :h END", t=node.expressions[0], h=hashed)
        case "ARG_MIN_NULL" | "ARG_MAX_NULL":
            return call(f"{node.name[4:7]}_BY", *node.expressions)
        case "PRINTF":
            return _printf(node.expressions[0].name, node.expressions[1:])
    return node


def _read(value: exp.Expr, form: str) -> exp.Expr:
    """Return a text read by a strptime format: where it fits, it is put in ISO's order and cast."""
    pattern, places = r"^\s*", dict[str, str]()
    for part in re.findall(r"%.|.", form):
        if part.startswith("%"):
            if part[1] not in _PARTS:
                raise UsageError(
                    form,
                    _("Spark reads no moments with {part}").format(part=part),
                    _("use {known}").format(known=_KNOWN),
                )
            places[part[1]] = f"${len(places) + 1}"
            pattern += f"({_PARTS[part[1]]})"
        else:
            pattern += r"\s+" if part == " " else re.escape(part)
    put = "-".join(places.get(p, d) for p, d in zip("Ymd", ("1900", "1", "1"), strict=True))
    hour = places.get("I", places.get("H", "0"))
    put += (
        " "
        + ":".join((hour, places.get("M", "0"), places.get("S", "0")))
        + (f".{places['f']}" if "f" in places else "")
    )
    pattern += r"\s*\z"
    ordered = call("REGEXP_REPLACE", value.copy(), literal(pattern), literal(put))
    moment = sql("TRY_CAST(:t AS TIMESTAMP)", t=ordered)
    if "p" in places:  # noon and midnight are 12
        added = "CASE WHEN :v LIKE '%pm%' THEN 12 ELSE 0 END - CASE WHEN HOUR(:m) = 12 THEN 12 ELSE 0 END"
        moment = sql(f":m + INTERVAL '1' HOUR * ({added})", m=moment, v=sql("LOWER(:v)", v=value))
    return first_of([(_like(value, pattern), moment)], NULL)


def _like(value: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=exp.paren(value.copy(), copy=False), expression=literal(pattern))


def _printf(template: str, values: list[exp.Expr]) -> exp.Expr:
    """Return the parts joined; as with PRINTF, one that is NULL leaves nothing."""
    parts: list[exp.Expr] = []
    rest = iter(values)
    for piece in re.findall(r"%[sd%]|[^%]+", template):
        if piece in ("%s", "%d"):
            parts.append(sql("CAST(:v AS VARCHAR)", v=next(rest)))
        else:
            parts.append(literal("%" if piece == "%%" else piece))
    return call("CONCAT", *parts)


def _number(node: exp.Literal) -> exp.Expr:
    """A number with a point is a DOUBLE; Spark computes with decimals of too few places."""
    if node.is_string or not re.fullmatch(r"[0-9]*\.[0-9]*", node.name):
        return node
    return exp.Literal.number(f"{node.name}D")


def _cast(node: exp.Cast) -> exp.Expr:
    if node.to.is_type("time"):
        # a clock time is kept as its text, which sorts as it should: 08:05:00, 23:59:59.999999
        return call("SUBSTRING_INDEX", sql("CAST(:v AS VARCHAR)", v=node.this), literal(" "), sql("-1"))
    return node


def _try_cast(node: exp.TryCast) -> exp.Expr:
    if not node.to.is_type("double"):
        return node
    plain = sql("REPLACE(REPLACE(:v, '_', ''), '+-', '-')", v=node.this)
    simple = _like(node.this, r"^-?[0-9]{1,18}(?:[.][0-9]{1,18})?\z")
    return first_of(
        [
            (simple, node.copy()),
            (_like(node.this, _NUMBER), sql("TRY_CAST(:v AS DOUBLE)", v=plain)),
        ],
        NULL,
    )


def _round(node: exp.Round) -> exp.Expr:
    """Round as binary numbers are rounded there: scaled, to a whole number, and back."""
    places = node.args.get("decimals")
    if places is None:
        return node
    scale = sql("POWER(10, :n)", n=places)
    if isinstance(places, exp.Literal):
        scale = sql(f"{10 ** int(places.name)}")
    rounded = exp.Round(this=sql("CAST(:v AS DOUBLE) * :s", v=node.this, s=scale))
    return exp.paren(sql(":r / :s", r=rounded, s=scale), copy=False)


def _regexp_replace(node: exp.RegexpReplace) -> exp.Expr:
    pattern, by = _ended(node.expression.name), node.args["replacement"].name
    if node.args.get("modifiers") is None and not pattern.startswith("^"):
        # only the first match is meant, so what stands before it is matched too
        pattern, by = rf"^((?s:.*?))(?:{pattern})", r"\1" + re.sub(r"\\([0-9])", lambda m: f"\\{int(m[1]) + 1}", by)
    by = re.sub(r"\\([0-9])", r"$\1", by)
    return call("REGEXP_REPLACE", node.this, literal(pattern), literal(by))


def _regexp_extract(node: exp.RegexpExtract) -> exp.Expr:
    return call("REGEXP_EXTRACT", node.this, literal(_ended(node.expression.name)), node.args["group"])


def _regexp_like(node: exp.RegexpLike) -> exp.Expr:
    node.set("expression", literal(_ended(node.expression.name)))
    return node


def _ended(pattern: str) -> str:
    """Return a pattern in which ``$`` is the very end, and not the last line's end too."""
    return re.sub(r"(\\.|\[(?:\\.|[^\]])*\])|\$", lambda match: match[1] or r"\z", pattern)


def _date_diff(node: exp.DateDiff) -> exp.Expr:
    unit = node.text("unit").upper() or "DAY"
    if unit == "SECOND":
        # seconds begun, as there, and not seconds passed
        return sql(":b - :a", b=call("UNIX_SECONDS", node.this), a=call("UNIX_SECONDS", node.expression))
    return call("DATEDIFF", node.this, node.expression) if unit == "DAY" else node


def _extract(node: exp.Extract) -> exp.Expr:
    return call("SECOND", node.expression) if node.name.upper() == "SECOND" else node


def _alias(node: exp.Alias) -> exp.Expr:
    """A column of nothing but NULL has a type that no file can hold."""
    if isinstance(node.this, exp.Null):
        node.set("this", sql("CAST(NULL AS VARCHAR)"))
    return node


def _matching(node: exp.Like) -> exp.Expr:
    if isinstance(node.expression, exp.Literal):
        node.set("expression", literal(node.expression.name.replace("\\", "\\\\")))
    return node


Rule = Callable[[exp.Expr], exp.Expr]

_RULES = cast(
    dict[type[exp.Expr], Rule],
    {
        exp.Alias: _alias,
        exp.Anonymous: _call,
        exp.Cast: _cast,
        exp.DateDiff: _date_diff,
        exp.DateTrunc: lambda node: call("DATE_TRUNC", literal(node.text("unit")), node.this),
        exp.Extract: _extract,
        exp.Like: _matching,
        exp.Literal: _number,
        exp.RegexpExtract: _regexp_extract,
        exp.RegexpLike: _regexp_like,
        exp.RegexpReplace: _regexp_replace,
        exp.Round: _round,
        exp.TryCast: _try_cast,
    },
)
