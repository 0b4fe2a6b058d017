"""A value comes out the same however it is spelt: each row holds one plainly and in another spelling."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.report.model import Report
from checker.rulebook.rulebook import Rulebook

Judge = Callable[..., Report]
Books = Callable[..., Rulebook]
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})
EPOCH = dt.datetime.fromisoformat("1899-12-30")
EAST = dt.timedelta(hours=8)

DATES: tuple[Callable[[dt.date], str], ...] = (
    str,
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}/{d.month:02}/{d.day:02}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}年{d.month:02}月{d.day:02}日",
    lambda d: f"{d.year}-{d.month}-{d.day}",
    lambda d: f"{d:%Y%m%d}",
    lambda d: str((d - EPOCH.date()).days),
    lambda d: f"{d} 00:00:00",
    lambda d: f"{d}T00:00:00",
)
MONTHS: tuple[Callable[[dt.date], str], ...] = (
    lambda d: f"{d:%Y-%m}",
    lambda d: f"{d.year}-{d.month}",
    lambda d: f"{d.year}/{d.month}",
    lambda d: f"{d.year}/{d.month:02}",
    lambda d: f"{d.year}.{d.month:02}",
    lambda d: f"{d:%Y%m}",
    lambda d: f"{d:%Y%m}.0",
    lambda d: f"{d.year}年{d.month}月",
    lambda d: f"{d.year}年{d.month:02}月份",
    lambda d: f"{d.year} 年 {d.month} 月",
    *DATES,
)
MOMENTS: tuple[Callable[[dt.datetime], str], ...] = (
    str,
    lambda m: m.isoformat(),
    lambda m: f"{m.year}/{m.month}/{m.day} {m.hour}:{m.minute:02}:{m.second:02}",
    lambda m: f"{m.year}年{m.month}月{m.day}日 {m.hour}时{m.minute}分{m.second}秒",
    lambda m: f"{m.year}年{m.month}月{m.day}日 {m.hour}:{m.minute:02}:{m.second:02}",
    lambda m: f"{m:%Y%m%d%H%M%S}",
    lambda m: f"{m:%Y%m%d %H:%M:%S}",
    lambda m: f"{m:%Y.%m.%d %H:%M:%S}",
    lambda m: f"{m}.000",
    lambda m: m.replace(tzinfo=dt.timezone(EAST)).isoformat(),
    lambda m: (m - EAST).isoformat() + "Z",
    lambda m: f"{(m - EAST).isoformat()}+00:00",
    lambda m: repr((m - EPOCH) / dt.timedelta(days=1)),
)
NUMBERS: tuple[Callable[[Decimal], str], ...] = (
    str,
    lambda n: f"{n:,}",
    lambda n: f"¥{n:,}",
    lambda n: f"￥{n}",
    lambda n: f"{n}元",
    lambda n: f"{n}0",
    lambda n: f"{n:e}",
)
YES = ("是", "有", "Y", "yes", "TRUE", "1", "√", "✓", "对", "已")
NO = ("否", "无", "N", "no", "False", "0", "×", "x", "未", "没有")
DOCUMENTS = {"id_card": "身份证", "household_register": "户口本", "contract": "合同"}
AROUND = ("{}", " {}", "{} ", "\u3000{}\u3000", "\t{}", "\u200b{}", "\ufeff{}", "{}\u00a0")

Clothes = tuple[str, bool]
clothes = st.tuples(st.sampled_from(AROUND), st.booleans())


def clad(text: str, by: Clothes) -> str:
    """Return a text with space around it, and in full-width letters."""
    around, wide = by
    return around.format(text.translate(WIDE) if wide else text)


@pytest.fixture(scope="module")
def same(book_of: Books, judged: Judge) -> Callable[[str, list[dict[str, str]]], None]:
    """Say that every row meets a requirement, and that every value can be read."""
    books = {
        require: book_of({"r": f'eligibility = {{ record = "case", require = "{require}" }}'})
        for require in (
            "begun_on = ended_on",
            "begun_at = ended_at AND clock(begun_at) = clock(ended_at)",
            "month = period(begun_on) AND span = month",
            "amount = limit",
            "flag = (count = 1)",
        )
    }

    def check(field: str, rows: list[dict[str, str]]) -> None:
        book = next(book for require, book in books.items() if require.startswith(field))
        report = judged(book, dt.date(2100, 1, 1), case=[{"id": f"c{n}", **row} for n, row in enumerate(rows)])
        assert [error.value for error in report.findings.data_errors()] == []
        (rule,) = report.rules
        assert rule.outcomes["pass"] == len(rows)

    return check


Same = Callable[[str, list[dict[str, str]]], None]


def several(values: st.SearchStrategy[object], spellings: tuple[object, ...]) -> st.SearchStrategy[list[object]]:
    return st.lists(st.tuples(values, st.sampled_from(spellings), clothes), min_size=1, max_size=60)


@given(several(st.dates(dt.date(1930, 1, 1), dt.date(2099, 12, 31)), DATES))
def test_dates(same: Same, drawn: list[tuple[dt.date, Callable[[dt.date], str], Clothes]]) -> None:
    same("begun_on", [{"begun_on": str(day), "ended_on": clad(spelt(day), by)} for day, spelt, by in drawn])


@given(
    several(
        st.datetimes(EPOCH.replace(year=1992), EPOCH.replace(year=2099)).map(lambda m: m.replace(microsecond=0)),
        MOMENTS,
    )
)
def test_moments(same: Same, drawn: list[tuple[dt.datetime, Callable[[dt.datetime], str], Clothes]]) -> None:
    same("begun_at", [{"begun_at": str(moment), "ended_at": clad(spelt(moment), by)} for moment, spelt, by in drawn])


@given(several(st.dates(dt.date(1930, 1, 1), dt.date(2099, 12, 31)), MONTHS))
def test_months(same: Same, drawn: list[tuple[dt.date, Callable[[dt.date], str], Clothes]]) -> None:
    rows = [{"begun_on": str(day), "month": clad(spelt(day), by), "span": spelt(day)} for day, spelt, by in drawn]
    same("month", rows)


@given(several(st.decimals(-(10**9), 10**9, places=2), NUMBERS))
def test_numbers(same: Same, drawn: list[tuple[Decimal, Callable[[Decimal], str], Clothes]]) -> None:
    same("amount", [{"amount": str(number), "limit": clad(spelt(number), by)} for number, spelt, by in drawn])


@given(several(st.booleans(), tuple(range(10))))
def test_yes_and_no(same: Same, drawn: list[tuple[bool, int, Clothes]]) -> None:
    same("flag", [{"flag": clad((NO, YES)[yes][index], by), "count": str(int(yes))} for yes, index, by in drawn])


@pytest.fixture(scope="module")
def papers_book(book_of: Books) -> Rulebook:
    rule = 'checklist = {{ record = "case", documents = "papers", require = ["{}"] }}'
    return book_of({name.replace("_", "-"): rule.format(name) for name in DOCUMENTS})


@given(
    st.lists(st.tuples(st.sampled_from(list(DOCUMENTS)), st.booleans()), max_size=3, unique_by=lambda one: one[0]),
    st.sampled_from("、;；，,|"),
    clothes,
)
def test_lists_of_documents(
    papers_book: Rulebook, judged: Judge, held: list[tuple[str, bool]], between: str, by: Clothes
) -> None:
    papers = clad(between.join(DOCUMENTS[name] if translated else name for name, translated in held), by)
    report = judged(papers_book, dt.date(2023, 1, 1), case=[{"id": "1", "papers": papers}])
    found = {rule.rule.id.removeprefix("spec/").replace("-", "_") for rule in report.rules if rule.outcomes["pass"]}
    assert found == {name for name, _translated in held}
