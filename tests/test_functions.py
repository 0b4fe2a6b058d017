"""What functions of expressions refuse."""

from __future__ import annotations

import pytest

from checker.language import both
from checker.rulebook.expressions import compile_expression, is_name
from checker.rulebook.typed import Document, ExpressionError, Typed
from checker.sql import TRUE, column

NAMES = {
    "papers": Typed(column("papers"), "documents", documents={"card": Document(TRUE, ("card",), both("card"))}),
    "grade": Typed(column("grade"), "text"),
    "begun_at": Typed(column("begun_at"), "datetime"),
    "fee": Typed(column("fee"), "number"),
    "month": Typed(column("month"), "month"),
    "span": Typed(column("span"), "period"),
}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("only(papers, 'cart')", "'cart' is not among the choices"),
        ("only(grade, 'card')", "takes a documents field"),
        ("has(papers)", "takes a documents field"),
        ("only(papers, grade)", "the document must be written out"),
        ("round(fee, year(begun_at))", "the number of places must be written out"),
        ("round(fee, NULL)", "the number of places must be written out"),
        ("round(fee, 21)", "the number of places must be written out"),
        ("workday(grade)", "was given text"),
        ("contains_any(grade)", "contains_any() takes 2 values"),
        ("contains_any(grade, 'a', fee)", "contains_any() was given number"),
        ("first_day(grade)", "was given text"),
        ("month = '2023年1月'", "'2023年1月' is no month"),
        ("month = '2023Q1'", "'2023Q1' is no month"),
        ("month IN ('2023-01', '2023-13')", "'2023-13' is no month"),
        ("span = '2023年1月'", "'2023年1月' is no period"),
        ("month = grade", "month is compared with text"),
        ("greatest(span, month) = span", "greatest() goes by periods, of which a month and its quarter have no order"),
        (
            "workday(begun_at)",
            "workday() knows only this record's own dates",
        ),  # as in a lookup
    ],
)
def test_refused(source: str, says: str) -> None:
    with pytest.raises(ExpressionError, match=says.replace("(", r"\(").replace(")", r"\)")):
        compile_expression(source, NAMES.__getitem__)


@pytest.mark.parametrize(
    ("source", "sql"),
    [
        ("begun_at > '2023-02-01'", "> CAST(CAST('2023-02-01' AS DATE) AS DATE)"),
        ("begun_at > '20230201'", "> CAST(CAST('2023-02-01' AS DATE) AS DATE)"),
        ("begun_at > '2023-W05-3'", "> CAST(CAST('2023-02-01' AS DATE) AS DATE)"),
        ("begun_at > '2023-02-01T09:05'", "BEFORE(CAST('2023-02-01 09:05:00' AS TIMESTAMP), begun_at)"),
        ("clock(begun_at) > '09:05'", "> CAST('09:05:00' AS TIME)"),
        ("next_at(begun_at, '09:30')", "INTERVAL '34200' SECOND"),
        ("next_at(begun_at, '09:30:30')", "INTERVAL '34230' SECOND"),
    ],
)
def test_days_and_times_written_out(source: str, sql: str) -> None:
    assert sql in compile_expression(source, NAMES.__getitem__).sql.sql().replace('"', "")


@pytest.mark.parametrize("source", ["-(fee + 1)", "-(fee - 1)", "2 - (fee - 1)", "-(-fee)"])
def test_a_minus_is_of_all_that_stands_in_brackets(source: str) -> None:
    assert compile_expression(source, NAMES.__getitem__).sql.sql().replace('"', "") == source


@pytest.mark.parametrize("name", ["comment", "load", "limit", "month", "order"])
def test_words_of_statements_are_names(name: str) -> None:
    assert is_name(name)
    assert compile_expression(f"{name} IS NULL", lambda word: Typed(column(word), "text")).type == "yes_no"


@pytest.mark.parametrize("word", ["from", "case", "null", "show", "if", "values", "interval", "as_of"])
def test_words_of_expressions_are_no_names(word: str) -> None:
    assert not is_name(word)
