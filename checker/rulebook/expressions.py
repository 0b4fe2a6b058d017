"""Expressions of rules: SQL over a record's fields, checked word by word when a rulebook is read.

What is not listed here cannot be said, so a rulebook cannot reach files, settings or other tables.
Logic is SQL's: an empty value makes a comparison unknown, and an unknown condition is not a false one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import cast

from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.parser import Parser
from sqlglot.tokens import Tokenizer

from checker.errors import nearest
from checker.language import _
from checker.rulebook.calls import FUNCTIONS
from checker.rulebook.comparing import Expression, NextWorkingDay, written_out
from checker.rulebook.typed import NUMERIC, ExpressionError, Typed
from checker.sql import NULL, first_of, negated, parsed, some, sql

Names = Callable[[str], Typed]
"""Resolves a name; raises ``ExpressionError`` for one that is not known."""

LONGEST_EXPRESSION = 2_000
_DEEPEST = 30

_WORDS = frozenset({*Tokenizer.KEYWORDS, *Parser.NO_PAREN_FUNCTION_PARSERS})
"""Words that SQL may read as something else than a name."""


@cache
def is_name(word: str) -> bool:
    """Return whether expressions read a word as a name wherever it stands; ``from`` and ``as_of`` they do not."""
    if word.upper() not in _WORDS:
        return word != "as_of"
    try:
        tree = parsed(f"{word} NOT IN (({word}), f({word}, {word} + {word}))", exp.Condition)
    except SqlglotError:
        return False
    return [name.sql() for name in tree.find_all(exp.Column)] == [word] * 5


@contextmanager
def within_size(source: str, longest: int) -> Iterator[None]:
    """Refuse to compile what is too long or too deep to be parsed in time: a rulebook may come from a stranger.

    Raises:
        ExpressionError: with the size allowed.
    """

    def refused() -> ExpressionError:
        problem = _("{text!r} is too long or too deep").format(text=source[:40] + "…")
        remedy = _("write at most {longest} characters and {deepest} brackets in each other")
        return ExpressionError(problem, remedy.format(longest=longest, deepest=_DEEPEST))

    depth = deepest = 0
    for letter in source[: longest + 1]:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    if len(source) > longest or deepest > _DEEPEST or source.upper().count("CASE") > _DEEPEST:
        raise refused()
    try:
        yield
    except RecursionError:  # also without brackets, as NOT NOT NOT
        raise refused() from None


def compile_expression(source: str, names: Names, next_working_day: NextWorkingDay | None = None) -> Typed:
    """Check an expression and return what it computes.

    Args:
        source: The expression.
        names: What its names stand for.
        next_working_day: The calendar, where the expression may ask it.

    Raises:
        ExpressionError: with the problem and what would be right.
    """
    with within_size(source, LONGEST_EXPRESSION):
        try:
            tree = parsed(source, exp.Condition)
        except (ParseError, TokenError):
            raise ExpressionError(
                _("{text!r} is no expression").format(text=source),
                _("write a condition or value such as \"grade = 'major' AND amount > 0\""),
            ) from None
        return _Checker(names, source, next_working_day).check(tree)


_SIGNS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


def check_comparisons(query: exp.Query, values: Callable[[exp.Column], Typed | None]) -> None:
    """Check what a query compares as expressions are checked, where that is fields and what is written out.

    Args:
        query: The query.
        values: Returns the field that a column of the query gives; nothing of a column that is computed.

    Raises:
        ExpressionError: with the problem and what would be right.
    """
    for node in query.find_all(*_SIGNS, exp.Between, exp.In):
        parts = list(node.iter_expressions())
        columns = {part.sql(): values(part) for part in parts if isinstance(part, exp.Column)}
        fields = {name: value for name, value in columns.items() if value and value.type != "documents"}
        checker = _Checker(fields.__getitem__, node.sql(normalize_functions=False), None)
        if any(isinstance(part, exp.Null) for part in parts):
            raise checker.nothing_equals("NULL")
        checker.differ(*parts)
        if all(part.sql() in fields or isinstance(_bare(part), exp.Literal | exp.Boolean) for part in parts):
            checker.check(node)


def _bare(number: exp.Expr) -> exp.Expr:
    """Return a number without its sign."""
    return number.this if isinstance(number, exp.Neg) else number


class _Checker(Expression):
    def __init__(self, names: Names, source: str, next_working_day: NextWorkingDay | None) -> None:
        super().__init__(source, next_working_day)
        self.names = names

    def check(self, node: exp.Expr) -> Typed:
        for kinds, method in _METHODS:
            if isinstance(node, kinds):
                before = len(self.doubts)
                value = method(self, node)
                doubts = self.doubts[before:]
                if doubts and isinstance(node, (exp.Is, exp.Case, exp.Coalesce)):  # these make of unknown what is known
                    return replace(value, sql=sql("CASE WHEN :k THEN :v END", k=negated(some(doubts)), v=value.sql))
                return value
        raise self.wrong(
            _("{what} cannot be used").format(what=node.sql()[:60]),
            _("use comparisons, AND, OR, NOT, IN, BETWEEN, IS NULL, CASE, arithmetic and the functions {names}").format(
                names=", ".join(sorted(FUNCTIONS))
            ),
        )

    # names and literals

    def name(self, node: exp.Expr) -> Typed:
        return self.names(node.sql() if node.args.get("table") else node.name)

    def literal(self, node: exp.Expr) -> Typed:
        if node.is_string:
            return Typed(node.copy(), "text")
        return Typed(node.copy(), "integer" if node.is_int else "number")

    def boolean(self, node: exp.Expr) -> Typed:
        return Typed(node.copy(), "yes_no")

    def null(self, node: exp.Expr) -> Typed:
        return Typed(node.copy(), "empty")

    def paren(self, node: exp.Expr) -> Typed:
        return self.check(node.this)

    # logic

    def condition(self, node: exp.Expr) -> exp.Expr:
        value = self.check(node)
        if value.type not in ("yes_no", "empty"):
            raise self.wrong(
                _("{part!r} is {type}, not yes or no").format(part=node.sql(), type=value.type),
                _("compare it with something"),
            )
        return value.sql

    def logic(self, node: exp.Expr) -> Typed:
        word = "AND" if isinstance(node, exp.And) else "OR"
        left, right = self.condition(node.this), self.condition(node.expression)
        return Typed(sql(f":l {word} :r", l=left, r=right), "yes_no")

    def negation(self, node: exp.Expr) -> Typed:
        return Typed(sql("NOT :c", c=self.condition(node.this)), "yes_no")

    def is_(self, node: exp.Expr) -> Typed:
        if isinstance(node.expression, exp.Null):
            return Typed(sql(":v IS NULL", v=self.check(node.this).sql), "yes_no")
        if isinstance(node.expression, exp.Boolean):
            word = "TRUE" if node.expression.this else "FALSE"
            return Typed(sql(f":v IS {word}", v=self.condition(node.this)), "yes_no")
        raise self.wrong(_("IS takes NULL, TRUE or FALSE"), _("compare values with ="))

    # comparisons

    def comparison(self, node: exp.Expr) -> Typed:
        left, right = self.check(node.this), self.check(node.expression)
        self.differ(node.this, node.expression)
        return Typed(self.compared(left, _SIGNS[type(node)], right), "yes_no")

    def between(self, node: exp.Expr) -> Typed:
        value, low, high = (self.check(node.args[part]) for part in ("this", "low", "high"))
        self.differ(node.this, node.args["low"], node.args["high"])
        least, most = self.compared(value, ">=", low), self.compared(value, "<=", high)
        bounds = [written_out(self.dated(bound, value).sql) for bound in (low, high)]
        if _in_disorder(*bounds):
            shown = {part: node.args[part].sql(normalize_functions=False) for part in ("this", "low", "high")}
            if value.type == "time":
                problem = _("BETWEEN does not cross midnight")
                raise self.wrong(problem, _("write {this} >= {low} OR {this} <= {high}").format(**shown))
            problem = _("nothing lies between {low} and {high}").format(**shown)
            raise self.wrong(problem, _("name the smaller one first"))
        return Typed(sql(":l AND :h", l=least, h=most), "yes_no")

    def in_(self, node: exp.Expr) -> Typed:
        if node.args.get("query") or node.args.get("unnest") or not node.expressions:
            raise self.wrong(_("IN takes a list"), _("write IN ('a', 'b')"))
        value = self.check(node.this)
        options = [self.check(option) for option in node.expressions]
        self.differ(node.this, *node.expressions)
        if value.type == "text" and all(option.type == "text" for option in options):
            for option in options:
                self.can_equal(value, option)
                self.known_code(value, option)
            return Typed(exp.In(this=value.sql, expressions=[o.sql for o in options]), "yes_no")
        return Typed(some(self.compared(value, "=", option) for option in options), "yes_no")

    def like(self, node: exp.Expr) -> Typed:
        value, pattern = self.check(node.this), self.check(node.expression)
        if value.type != "text" or pattern.type != "text":
            raise self.wrong(_("LIKE compares texts"), _("compare {type} with =").format(type=value.type))
        held = sql(":v LIKE :p", v=value.sql, p=pattern.sql)
        return Typed(negated(held) if node.args.get("negate") else held, "yes_no")

    # computing

    def arithmetic(self, node: exp.Expr) -> Typed:
        left, right = self.check(node.this), self.check(node.expression)
        word = _ARITHMETIC[type(node)]
        if not {left.type, right.type} <= NUMERIC:
            raise self.wrong(
                _("{left} {word} {right} has no meaning").format(left=left.type, word=word, right=right.type),
                _("compute with numbers; for dates use shift(), days_between() and their like"),
            )
        if word == "/":  # a division by zero is unknown, and a quotient is never cut to an integer
            return Typed(
                sql("CAST(:l AS DOUBLE) / NULLIF(CAST(:r AS DOUBLE), 0)", l=left.sql, r=right.sql),
                "number",
                exact=False,
            )
        whole = left.type == right.type == "integer"
        return Typed(sql(f":l {word} :r", l=left.sql, r=right.sql), "integer" if whole else "number", exact=whole)

    def negative(self, node: exp.Expr) -> Typed:
        value = self.check(node.this)
        if value.type not in NUMERIC:
            raise self.wrong(_("-{type} has no meaning").format(type=value.type), _("compute with numbers"))
        return replace(value, sql=sql("-:v", v=value.sql))

    def case(self, node: exp.Expr) -> Typed:
        if node.this is not None:
            raise self.wrong(_("CASE with a value"), _("write CASE WHEN condition THEN ... END"))
        conditions = [self.condition(part.this) for part in node.args["ifs"]]
        results = [self.check(part.args["true"]) for part in node.args["ifs"]]
        otherwise = self.check(node.args["default"]) if node.args.get("default") else Typed(NULL, "empty")
        common, (*values, rest) = self.alike([*results, otherwise])
        return replace(common, sql=first_of(zip(conditions, values, strict=True), rest))

    def function(self, node: exp.Expr) -> Typed:
        named = node.name if isinstance(node, exp.Anonymous) else cast(exp.Func, node).sql_name()
        name = named.lower()
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.wrong(_("the function {name}() is not known").format(name=name), nearest(name, FUNCTIONS))
        return function(self, [self.check(argument) for argument in _arguments(node)])


def _in_disorder(low: str | float | None, high: str | float | None) -> bool:
    """Return whether two bounds are both written out, the larger one first."""
    match low, high:
        case (str(), str()) | (float(), float()):
            return low > high  # type: ignore[operator]  # of one type, as just asked
    return False


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    """Return a function's arguments in order, whatever keys sqlglot files them under."""
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    found: list[exp.Expr] = []
    for key in node.arg_types:
        value = node.args.get(key)
        found += value if isinstance(value, list) else [value] if isinstance(value, exp.Expr) else []
    return found


_METHODS: tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[_Checker, exp.Expr], Typed]], ...] = (
    (exp.Column, _Checker.name),
    (exp.Literal, _Checker.literal),
    (exp.Boolean, _Checker.boolean),
    (exp.Null, _Checker.null),
    (exp.Paren, _Checker.paren),
    ((exp.And, exp.Or), _Checker.logic),
    (exp.Not, _Checker.negation),
    (exp.Is, _Checker.is_),
    (tuple(_SIGNS), _Checker.comparison),
    (exp.Between, _Checker.between),
    (exp.In, _Checker.in_),
    (exp.Like, _Checker.like),
    (tuple(_ARITHMETIC), _Checker.arithmetic),
    (exp.Neg, _Checker.negative),
    (exp.Case, _Checker.case),
    (exp.Func, _Checker.function),
)
