"""Expressions of rules: SQL over a record's fields, checked word by word when a rulebook is read.

What is not listed here cannot be said, so a rulebook cannot reach files, settings or other tables.
Logic is SQL's: an empty value makes a comparison unknown, and an unknown condition is not a false one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from checker import periods
from checker.errors import nearest
from checker.language import Label, _
from checker.periods import Period, last_instant
from checker.rulebook import moments
from checker.rulebook.spelling import nothing_else
from checker.sql import every, negated, parsed, sql

Type = Literal[
    "text", "integer", "number", "date", "datetime", "time", "yes_no", "documents", "period", "span", "empty"
]
"""What an expression yields; ``span`` is a length of time in seconds, ``empty`` the literal NULL."""

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
    "yes_no": "yes_no",
    "documents": "documents",
}
NUMERIC: frozenset[Type] = frozenset({"integer", "number"})
MOMENT: frozenset[Type] = frozenset({"date", "datetime"})


class ExpressionError(ValueError):
    """An expression that says something impossible."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{problem}; {remedy}")


@dataclass(frozen=True)
class Document:
    """A document that a list may hold: the test whether it does, its spellings, and its name."""

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


Names = Callable[[str], Typed]
"""Resolves a name; raises ``ExpressionError`` for one that is not known."""


NextWorkingDay = Callable[[exp.Expr], exp.Expr]
"""Gives a DATE itself where it is a working day, else the next one; NULL past the calendar."""


LONGEST_EXPRESSION = 2_000
_DEEPEST = 30


def check_size(source: str, longest: int) -> None:
    """Refuse what is too long or too deep to be parsed in time: a rulebook may come from a stranger.

    Raises:
        ExpressionError: with the size allowed.
    """
    depth = deepest = 0
    for letter in source[: longest + 1]:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    if len(source) > longest or deepest > _DEEPEST or source.upper().count("CASE") > _DEEPEST:
        raise ExpressionError(
            _("{text!r} is too long or too deep").format(text=source[:40] + "…"),
            _("write at most {longest} characters and {deepest} brackets in each other").format(
                longest=longest, deepest=_DEEPEST
            ),
        )


def compile_expression(source: str, names: Names, next_working_day: NextWorkingDay | None = None) -> Typed:
    """Check an expression and return what it computes.

    Args:
        source: The expression.
        names: What its names stand for.
        next_working_day: The calendar, where the expression may ask it.

    Raises:
        ExpressionError: with the problem and what would be right.
    """
    check_size(source, LONGEST_EXPRESSION)
    try:
        tree = parsed(source)
    except (ParseError, TokenError):
        raise ExpressionError(
            _("{text!r} is no expression").format(text=source),
            _("write a condition or value such as \"grade = 'major' AND amount > 0\""),
        ) from None
    return _Checker(names, source, next_working_day).check(tree)


_WORDS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


class _Checker:
    def __init__(self, names: Names, source: str, next_working_day: NextWorkingDay | None) -> None:
        self.names = names
        self.source = source
        self.next_working_day = next_working_day

    def wrong(self, problem: str, remedy: str) -> ExpressionError:
        return ExpressionError(_("{problem} in {source!r}").format(problem=problem, source=self.source), remedy)

    def check(self, node: exp.Expr) -> Typed:
        for kinds, method in _METHODS:
            if isinstance(node, kinds):
                return method(self, node)
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
        return Typed(self.compared(left, _WORDS[type(node)], right), "yes_no")

    def between(self, node: exp.Expr) -> Typed:
        value = self.check(node.this)
        low = self.compared(value, ">=", self.check(node.args["low"]))
        high = self.compared(value, "<=", self.check(node.args["high"]))
        return Typed(sql(":l AND :h", l=low, h=high), "yes_no")

    def in_(self, node: exp.Expr) -> Typed:
        if node.args.get("query") or node.args.get("unnest") or not node.expressions:
            raise self.wrong(_("IN takes a list"), _("write IN ('a', 'b')"))
        value = self.check(node.this)
        options = [self.check(option) for option in node.expressions]
        if value.type == "text" and all(option.type == "text" for option in options):
            for option in options:
                self.known_code(value, option)
            return Typed(exp.In(this=_operand(value.sql), expressions=[o.sql for o in options]), "yes_no")
        tests = [self.compared(value, "=", option) for option in options]
        whole = tests[0]
        for test in tests[1:]:
            whole = sql(":l OR :r", l=whole, r=test)
        return Typed(whole, "yes_no")

    def like(self, node: exp.Expr) -> Typed:
        value, pattern = self.check(node.this), self.check(node.expression)
        if value.type != "text" or pattern.type != "text":
            raise self.wrong(_("LIKE compares texts"), _("compare {type} with =").format(type=value.type))
        held = sql(":v LIKE :p", v=value.sql, p=pattern.sql)
        return Typed(negated(held) if node.args.get("negate") else held, "yes_no")

    def known_code(self, one: Typed, other: Typed) -> None:
        for value, literal in ((one, other.sql), (other, one.sql)):
            listed = value.codes and not value.open
            if listed and isinstance(literal, exp.Literal) and literal.name not in value.codes:
                raise self.wrong(
                    _("{value!r} is not among the choices").format(value=literal.name),
                    nearest(literal.name, value.codes),
                )

    def compared(self, left: Typed, word: str, right: Typed) -> exp.Expr:
        if "empty" in (left.type, right.type):
            raise self.wrong(_("nothing equals NULL"), _("write IS NULL or IS NOT NULL"))
        left, right = self.dated(left, right), self.dated(right, left)
        types = {left.type, right.type}
        if types <= NUMERIC:
            if left.exact and right.exact:
                return sql(f":l {word} :r", l=left.sql, r=right.sql)
            return sql(f"ROUND(:l - :r, 6) {word} 0", l=left.sql, r=right.sql)
        if types <= MOMENT:
            return compare_moments(left, word, right)
        if len(types) == 1 and types <= {"text", "time", "yes_no", "span"}:
            self.known_code(left, right)
            return sql(f":l {word} :r", l=left.sql, r=right.sql)
        raise self.wrong(
            _("{left} is compared with {right}").format(left=left.type, right=right.type),
            _("compare values of one type"),
        )

    def dated(self, value: Typed, other: Typed) -> Typed:
        """Read a text literal as what it is compared with: a date, a datetime or a time of day."""
        if other.type not in ("date", "datetime", "time") or not isinstance(value.sql, exp.Literal):
            return value
        text = value.sql.name
        try:
            if other.type == "time":
                clock = dt.time.fromisoformat(text)
                return Typed(sql(f"CAST('{clock.isoformat()}' AS TIME)"), "time")
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            raise self.wrong(
                _("{value!r} is no {type}").format(value=text, type=other.type),
                _("write 2023-02-27, 2023-02-27 09:05:00 or, for a time of day, 09:05"),
            ) from None
        if len(text) == 10:
            return Typed(sql(f"CAST('{text}' AS DATE)"), "date")
        return Typed(sql(f"CAST('{moment.isoformat(sep=' ')}' AS TIMESTAMP)"), "datetime")

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
        return replace(value, sql=exp.Neg(this=_operand(value.sql)))

    def case(self, node: exp.Expr) -> Typed:
        if node.this is not None:
            raise self.wrong(_("CASE with a value"), _("write CASE WHEN condition THEN ... END"))
        conditions = [self.condition(part.this) for part in node.args["ifs"]]
        results = [self.check(part.args["true"]) for part in node.args["ifs"]]
        otherwise = self.check(node.args["default"]) if node.args.get("default") else Typed(exp.Null(), "empty")
        common = self.common([*results, otherwise])
        whole = exp.Case()
        for condition, result in zip(conditions, results, strict=True):
            whole = whole.when(condition, result.sql, copy=False)
        return replace(common, sql=whole.else_(otherwise.sql, copy=False))

    def common(self, values: list[Typed]) -> Typed:
        """Return the type that several values share."""
        types = {value.type for value in values} - {"empty"}
        codes = {code: label for value in values for code, label in value.codes.items()}
        exact = all(value.exact for value in values)
        if not types:
            return Typed(exp.Null(), "empty")
        if len(types) == 1:
            return Typed(exp.Null(), next(iter(types)), codes=codes, exact=exact)
        if types <= NUMERIC:
            return Typed(exp.Null(), "number", exact=exact)
        if types == MOMENT:
            return Typed(exp.Null(), "datetime")
        raise self.wrong(
            _("values of different types: {types}").format(types=", ".join(sorted(types))),
            _("give all results one type"),
        )

    def lifted(self, values: list[Typed], common: Typed) -> list[exp.Expr]:
        """Return the values' SQL, a date among datetimes as a moment without a clock."""
        return [as_datetime(value).sql if common.type == "datetime" else value.sql for value in values]

    def function(self, node: exp.Expr) -> Typed:
        named = node.name if isinstance(node, exp.Anonymous) else cast(exp.Func, node).sql_name()
        name = named.lower()
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.wrong(_("the function {name}() is not known").format(name=name), nearest(name, FUNCTIONS))
        return function(self, [self.check(argument) for argument in _arguments(node)])


def compare_moments(left: Typed, word: str, right: Typed) -> exp.Expr:
    """Return the comparison of two dates or datetimes, by day where either has no clock."""
    if left.type == right.type == "datetime":
        return moments.compare(left.sql, word, right.sql)
    return sql(f":l {word} :r", l=moments.day(left.sql), r=moments.day(right.sql))


def as_datetime(value: Typed) -> Typed:
    """Return a date as a datetime without a clock; a datetime as it is."""
    return Typed(moments.marked(value.sql), "datetime") if value.type == "date" else value


def _operand(value: exp.Expr) -> exp.Expr:
    return sql(":v", v=value)


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    """Return a function's arguments in order, whatever keys sqlglot files them under."""
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    found: list[exp.Expr] = []
    for key in node.arg_types:
        value = node.args.get(key)
        found += value if isinstance(value, list) else [value] if isinstance(value, exp.Expr) else []
    return found


Function = Callable[[_Checker, list[Typed]], Typed]
FUNCTIONS: dict[str, Function] = {}
"""The functions an expression may call, by name."""


def _function(*types: frozenset[Type] | set[Type]) -> Callable[[Function], Function]:
    """Register a function under its Python name, its arguments' types checked before it is called."""

    def register(function: Function) -> Function:
        name = function.__name__.rstrip("_")

        def checked(checker: _Checker, arguments: list[Typed]) -> Typed:
            if len(arguments) != len(types):
                raise checker.wrong(
                    _("{name}() takes {count} values").format(name=name, count=len(types)),
                    _("give it {count}").format(count=len(types)),
                )
            for argument, allowed in zip(arguments, types, strict=True):
                if argument.type not in allowed and argument.type != "empty":
                    raise checker.wrong(
                        _("{name}() was given {type}").format(name=name, type=argument.type),
                        _("give it {types}").format(types=", ".join(sorted(allowed))),
                    )
            return function(checker, arguments)

        checked.__doc__ = function.__doc__
        FUNCTIONS[name] = checked
        return function

    return register


def _variadic(function: Function) -> Function:
    FUNCTIONS[function.__name__.rstrip("_")] = function
    return function


def _literal(checker: _Checker, value: Typed, what: str) -> str:
    if isinstance(value.sql, exp.Literal):
        return value.sql.name
    raise checker.wrong(_("{what} must be written out").format(what=what), _("put it in single quotes"))


@_function(MOMENT)
def day(_checker: _Checker, args: list[Typed]) -> Typed:
    """The date of a moment."""
    return Typed(moments.day(args[0].sql), "date")


@_function(MOMENT | {"text"})
def year(_checker: _Checker, args: list[Typed]) -> Typed:
    """The calendar year, such as 2023, of a moment or of a period written as a text, such as ``2023-02``."""
    if args[0].type == "text":
        digits = "CASE WHEN REGEXP_LIKE(:p, '^[0-9]{4}') THEN SUBSTRING(:p, 1, 4) END"
        return Typed(sql(f"CAST({digits} AS BIGINT)", p=args[0].sql), "integer")
    return Typed(sql("CAST(EXTRACT(YEAR FROM :m) AS BIGINT)", m=args[0].sql), "integer")


@_function(MOMENT)
def month(_checker: _Checker, args: list[Typed]) -> Typed:
    """The month, 1 to 12."""
    return Typed(sql("CAST(EXTRACT(MONTH FROM :m) AS BIGINT)", m=args[0].sql), "integer")


@_function(MOMENT)
def period(_checker: _Checker, args: list[Typed]) -> Typed:
    """The month as a text, such as ``2023-02``."""
    return Typed(sql("SUBSTRING(CAST(CAST(:m AS DATE) AS VARCHAR), 1, 7)", m=args[0].sql), "text")


@_function(MOMENT)
def yyyymmdd(_checker: _Checker, args: list[Typed]) -> Typed:
    """The date as eight digits, such as ``19430215``, as numbers of identity cards carry it."""
    return Typed(sql("REPLACE(CAST(CAST(:m AS DATE) AS VARCHAR), '-', '')", m=args[0].sql), "text")


@_function({"text"})
def first_day(_checker: _Checker, args: list[Typed]) -> Typed:
    """The first day of a month written as a text, such as ``2023-02`` or ``2023年2月``."""
    return Typed(_month_start(args[0].sql), "date")


@_function({"text"})
def last_day_(_checker: _Checker, args: list[Typed]) -> Typed:
    """The last day of a month written as a text."""
    return Typed(sql("CAST(:d + INTERVAL '1' MONTH AS DATE) + -1", d=_month_start(args[0].sql)), "date")


def _month_start(month: exp.Expr) -> exp.Expr:
    """Return the DATE on which a month written as a text begins; NULL for any other text."""
    dashed = "REGEXP_REPLACE(:m, '^([0-9]{4})[-/.年]?([0-9]{1,2})月?$', '\\1-\\2-1')"
    read = exp.Anonymous(this="READ_TIME", expressions=[sql(dashed, m=month), exp.Literal.string("%Y-%m-%d")])
    return sql(
        "CAST(CASE WHEN REGEXP_LIKE(:m, '^[0-9]{4}[-/.年]?[0-9]{1,2}月?$') THEN :r END AS DATE)",
        m=month,
        r=read,
    )


@_function(MOMENT)
def weekday(_checker: _Checker, args: list[Typed]) -> Typed:
    """The day of the week, Monday 1 to Sunday 7."""
    monday = "CAST('1970-01-05' AS DATE)"
    days = sql(f"DATEDIFF(:d, {monday}, DAY)", d=moments.day(args[0].sql))
    return Typed(sql("CAST(MOD(MOD(:n, 7) + 7, 7) + 1 AS BIGINT)", n=days), "integer")


@_function(MOMENT)
def workday(checker: _Checker, args: list[Typed]) -> Typed:
    """Whether a moment's date is a working day, make-up days included; unknown past the calendar."""
    if checker.next_working_day is None:
        raise checker.wrong(_("workday() knows only this record's own dates"), _("use it outside the lookup"))
    date = moments.day(args[0].sql)
    return Typed(sql(":w = :d", w=checker.next_working_day(date), d=date), "yes_no")


@_function({"datetime"})
def clock(_checker: _Checker, args: list[Typed]) -> Typed:
    """The time of day; unknown where the export gave only a date."""
    time = sql("CASE WHEN NOT :o THEN CAST(:m AS TIME) END", o=moments.day_only(args[0].sql), m=args[0].sql)
    return Typed(time, "time")


@_function(MOMENT, MOMENT)
def days_between(_checker: _Checker, args: list[Typed]) -> Typed:
    """How many days the second moment's date lies after the first's."""
    days = sql("DATEDIFF(:b, :a, DAY)", a=moments.day(args[0].sql), b=moments.day(args[1].sql))
    return Typed(sql("CAST(:n AS BIGINT)", n=days), "integer")


@_function({"datetime"}, {"datetime"})
def minutes_between(_checker: _Checker, args: list[Typed]) -> Typed:
    """How many minutes lie between two moments; unknown where either has no clock time."""
    first, second = args[0].sql, args[1].sql
    return Typed(sql(":s / 60.0", s=seconds_between(first, second)), "number", exact=False)


def seconds_between(first: exp.Expr, second: exp.Expr) -> exp.Expr:
    """Return the whole seconds from one TIMESTAMP to another; NULL where either has no clock time."""
    return sql(
        "CASE WHEN NOT :f AND NOT :s THEN CAST(DATEDIFF(:b, :a, SECOND) AS BIGINT) END",
        f=moments.day_only(first),
        s=moments.day_only(second),
        a=first,
        b=second,
    )


@_function(MOMENT, MOMENT)
def age(_checker: _Checker, args: list[Typed]) -> Typed:
    """The full years from a birthday to a moment; one born on 29 February has it on the 28th in other years."""
    birth, on = moments.day(args[0].sql), moments.day(args[1].sql)
    years = sql("CAST(EXTRACT(YEAR FROM :o) - EXTRACT(YEAR FROM :b) AS BIGINT)", o=on, b=birth)
    early = sql(
        "EXTRACT(MONTH FROM :o) < EXTRACT(MONTH FROM :b) OR (EXTRACT(MONTH FROM :o) = EXTRACT(MONTH FROM :b)"
        " AND EXTRACT(DAY FROM :o) < EXTRACT(DAY FROM :b)"
        " AND NOT (EXTRACT(MONTH FROM :b) = 2 AND EXTRACT(DAY FROM :b) = 29"
        " AND EXTRACT(DAY FROM :o) = 28 AND EXTRACT(MONTH FROM :o + 1) = 3))",
        o=on,
        b=birth,
    )
    return Typed(sql(":y - CASE WHEN :e THEN 1 ELSE 0 END", y=years, e=early), "integer")


@_function(MOMENT, {"text"})
def shift(checker: _Checker, args: list[Typed]) -> Typed:
    """A moment moved by a period such as ``'10 days'`` or ``'-2 hours'``; days and longer give a date."""
    text = _literal(checker, args[1], _("the period"))
    back = text.startswith("-")
    try:
        moved = Period.parse(text.removeprefix("-"))
    except ValueError as error:
        raise checker.wrong(str(error), _("write it so")) from None
    moved = replace(moved, count=-moved.count if back else moved.count)
    if moved.exact:
        known = sql("CASE WHEN NOT :o THEN :m END", o=moments.day_only(args[0].sql), m=args[0].sql)
        return Typed(last_instant(known, moved), "datetime")
    if moved.unit == "working day":
        raise checker.wrong(_("shift() knows no working days"), _("use the kind 'deadline'"))
    return Typed(periods.last_day(moments.day(args[0].sql), moved, lambda start, _n: start), "date")


@_function({"datetime"}, {"text"})
def next_at(checker: _Checker, args: list[Typed]) -> Typed:
    """The first time after a moment that a clock shows, such as ``'08:30'``; unknown where no clock time is known."""
    text = _literal(checker, args[1], _("the clock time"))
    try:
        clock = dt.time.fromisoformat(text)
    except ValueError:
        raise checker.wrong(_("{value!r} is no clock time").format(value=text), _("write it as 08:30")) from None
    moment = args[0].sql
    minutes = clock.hour * 60 + clock.minute
    today = sql(f"CAST(:d AS TIMESTAMP) + INTERVAL '{minutes}' MINUTE", d=moments.day(moment))
    following = sql("CASE WHEN :m < :t THEN :t ELSE :t + INTERVAL '1' DAY END", m=moment, t=today)
    return Typed(sql("CASE WHEN NOT :o THEN :f END", o=moments.day_only(moment), f=following), "datetime")


@_function(MOMENT)
def week_end(_checker: _Checker, args: list[Typed]) -> Typed:
    """The Sunday of a moment's week."""
    date = moments.day(args[0].sql)
    return Typed(sql("CAST(DATE_TRUNC('week', :d) AS DATE) + 6", d=date), "date")


@_variadic
def concat(checker: _Checker, args: list[Typed]) -> Typed:
    """Texts, dates and whole numbers one after the other, those that are empty left out."""
    if not args or any(arg.type not in ("text", "date", "integer") for arg in args):
        raise checker.wrong(_("concat() takes texts, dates and whole numbers"), _("give it some"))
    parts = [sql("COALESCE(CAST(:v AS VARCHAR), '')", v=arg.sql) for arg in args]
    whole = parts[0]
    for part in parts[1:]:
        whole = sql(":l || :r", l=whole, r=part)
    return Typed(whole, "text")


@_variadic
def has(checker: _Checker, args: list[Typed]) -> Typed:
    """Whether a list of documents holds all the documents named."""
    tests = [document.held for document in _named_documents(checker, "has", args)]
    return Typed(every(tests), "yes_no")


@_variadic
def only(checker: _Checker, args: list[Typed]) -> Typed:
    """Whether a list of documents holds nothing but the documents named."""
    spellings = [word for document in _named_documents(checker, "only", args) for word in document.spellings]
    return Typed(nothing_else(args[0].sql, spellings), "yes_no")


def _named_documents(checker: _Checker, function: str, args: list[Typed]) -> list[Document]:
    """Return the documents that are named after the field that lists some."""
    if len(args) < 2 or args[0].type != "documents":
        raise checker.wrong(
            _("{function}() takes a documents field and documents").format(function=function),
            _("write {function}(papers, 'id_card')").format(function=function),
        )
    known = args[0].documents
    codes = [_literal(checker, wanted, _("the document")) for wanted in args[1:]]
    for code in codes:
        if code not in known:
            raise checker.wrong(_("{value!r} is not among the choices").format(value=code), nearest(code, known))
    return [known[code] for code in codes]


def _same_type(name: str) -> None:
    def function(checker: _Checker, args: list[Typed]) -> Typed:
        if not args:
            raise checker.wrong(_("{name}() takes values").format(name=name), _("give it some"))
        common = checker.common(args)
        values = checker.lifted(args, common)
        if name == "coalesce":
            return replace(common, sql=exp.Coalesce(this=values[0], expressions=values[1:]))
        # the least or greatest of those that are known; engines differ on empty values, so they are told
        word = "<=" if name == "least" else ">="
        best = values[0]
        for value in values[1:]:
            best = sql(f"CASE WHEN :v IS NULL OR :b {word} :v THEN :b ELSE :v END", b=best, v=value)
        return replace(common, sql=best)

    function.__doc__ = {
        "coalesce": "The first value that is not empty.",
        "least": "The smallest of the values that are not empty.",
        "greatest": "The largest of the values that are not empty.",
    }[name]
    FUNCTIONS[name] = function


for _name in ("coalesce", "least", "greatest"):
    _same_type(_name)


@_function(NUMERIC)
def abs_(_checker: _Checker, args: list[Typed]) -> Typed:
    """The number without its sign."""
    return replace(args[0], sql=sql("ABS(:v)", v=args[0].sql))


@_function(NUMERIC, {"integer"})
def round_(_checker: _Checker, args: list[Typed]) -> Typed:
    """The number rounded to so many places."""
    return Typed(sql("ROUND(:v, :n)", v=args[0].sql, n=args[1].sql), "number", exact=False)


@_function(NUMERIC, NUMERIC)
def power(_checker: _Checker, args: list[Typed]) -> Typed:
    """The first number raised to the second."""
    return Typed(sql("POWER(:b, :e)", b=args[0].sql, e=args[1].sql), "number", exact=False)


@_function(NUMERIC)
def floor(_checker: _Checker, args: list[Typed]) -> Typed:
    """The largest whole number not above the number."""
    return Typed(sql("CAST(FLOOR(:v) AS BIGINT)", v=args[0].sql), "integer")


@_function({"text"})
def length(_checker: _Checker, args: list[Typed]) -> Typed:
    """How many characters a text has."""
    return Typed(sql("CAST(LENGTH(:v) AS BIGINT)", v=args[0].sql), "integer")


@_function({"text"}, {"text"})
def starts_with(_checker: _Checker, args: list[Typed]) -> Typed:
    """Whether a text begins with another."""
    return Typed(sql("LEFT(:v, LENGTH(:p)) = :p", v=args[0].sql, p=args[1].sql), "yes_no")


@_function({"text"}, {"text"})
def contains(_checker: _Checker, args: list[Typed]) -> Typed:
    """Whether a text holds another."""
    return Typed(sql("STR_POSITION(:v, :p) > 0", v=args[0].sql, p=args[1].sql), "yes_no")


_METHODS: tuple[tuple[type[exp.Expr] | tuple[type[exp.Expr], ...], Callable[[_Checker, exp.Expr], Typed]], ...] = (
    (exp.Column, _Checker.name),
    (exp.Literal, _Checker.literal),
    (exp.Boolean, _Checker.boolean),
    (exp.Null, _Checker.null),
    (exp.Paren, _Checker.paren),
    ((exp.And, exp.Or), _Checker.logic),
    (exp.Not, _Checker.negation),
    (exp.Is, _Checker.is_),
    (tuple(_WORDS), _Checker.comparison),
    (exp.Between, _Checker.between),
    (exp.In, _Checker.in_),
    (exp.Like, _Checker.like),
    (tuple(_ARITHMETIC), _Checker.arithmetic),
    (exp.Neg, _Checker.negative),
    (exp.Case, _Checker.case),
    (exp.Func, _Checker.function),
)
