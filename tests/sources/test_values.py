"""Every spelling of a value that real exports have, in one file, read as what it is."""

from __future__ import annotations

import json

import pytest
from office import office

from checker.auditing import by_table, planned
from checker.calendar import published
from checker.engines.duckdb import DuckDB
from checker.rulebook.fields import unreadable_column
from checker.sources.find import read
from checker.sql import sql

MOMENTS = {
    "2019/4/25 9:32:09": "2019-04-25 09:32:09",
    "2018/4/24": "2018-04-24 00:00:00.000001",
    "2023-02-27": "2023-02-27 00:00:00.000001",
    "2023-02-27 09:05": "2023-02-27 09:05:00",
    "20220614130023": "2022-06-14 13:00:23",
    "20230227": "2023-02-27 00:00:00.000001",
    "2015-05-20T13:29:35.120+08:00": "2015-05-20 13:29:35.120",
    "2015-05-20T05:29:35Z": "2015-05-20 13:29:35",
    "2019-01-04 12:00:00.000": "2019-01-04 12:00:00",
    "2023年2月27日": "2023-02-27 00:00:00.000001",
    "2023年2月27日 9时5分": "2023-02-27 09:05:00",
    "２０２３年２月２７日　９：０５": "2023-02-27 09:05:00",
    "2023/2/27 下午 2:05:00": "2023-02-27 14:05:00",
    "2023/2/27 上午12:05": "2023-02-27 00:05:00",
    "44984.378472": "2023-02-27 09:05:00",
    "44984": "2023-02-27 00:00:00.000001",
    "1899-12-30": None,
    "1899-12-30 00:00:00": None,
    "1899/12/31 0:00": None,
    "--": None,
    "无": None,
    "NA": None,
    "None": None,
    "null": None,
    "": None,
    "  ": None,
    "9999-12-31": "9999-12-31 00:00:00.000001",
    "9999/12/31 0:00": "9999-12-31 00:00:00",
    "昨天": "?",
    "长期": "?",
    "2023-02": "?",
    "2023年2月": "?",
    "99123456": "?",
    "20/2/23": "?",
    "20-02-23": "?",
    "2023-02-30": "?",
    "2023-13-01": "?",
    "1/1": "?",
    "12345678901": "?",
}
LIMITS = {
    "2023-02-27": "2023-02-27", "2023/2/27 9:05": "2023-02-27",
    **dict.fromkeys(("长期", " 长期有效", "永久", "无固定期限", "Permanent", "9999-12-31"), "9999-12-31"),
    "长期合同": "?", "无": None, "": None,
}  # fmt: skip
AMOUNTS = {
    "￥0.00": 0, "￥-70.08": -70.08, "$-70.08": "?",
    "9,508,234": 9508234, "1.5万": 15000, "2万元": 20000, "3.2 亿元": 3.2e8,
    "480元": 480,     "人民币 12.50 元": 12.5, "１２．５": 12.5, "-3": -3, "2135.0": 2135,
    "1e3": 1000, ".5": 0.5, "--": None, "无": None,
    "(1,234.50)": -1234.5, "（￥5）": -5, "￥(5)": -5, "()": "?", "(五)": "?", "€5": "?", "1,234.50-": "?",
    "1,5": "?", "12,34,567": "?", "五元": "?", "12 瓶": "?", "1-2": "?", "NaN": None, "inf": "?",
}  # fmt: skip
SHARES = {"0%": 0, "37.8125 %": 0.378125, "100％": 1, "5‰": 0.005, "0.5": 0.5, "半": "?"}
LENGTHS = {
    "4小时4分钟": 244, "剩余1天": 1440, "90": 90, "1.5小时": 90, "30分": 30, "120秒": 2, "2h": 120, "1天2小时": 1560,
    "三天": "?",
}  # fmt: skip
COUNTS = {"480 次": 480, "3": 3, "3.0": 3, "1万次": 10000, "2.5": "?", "3 个": 3, "三": "?"}
ANSWERS = dict.fromkeys(("是", "Y", "yes", "1", "TRUE", "有", "√", "✔", "对"), True)
ANSWERS |= dict.fromkeys(("否", "N", "0", "false", "无", "×", "✗", "没有"), False)
ANSWERS |= {"": None, "--": None, "NULL": None, "也许": "?", "2": "?"}
LISTS = {
    "身份证、户口本": "、身份证、户口本、", "身份证，户口本": "、身份证、户口本、",
    "身份证;户口本": "、身份证、户口本、", "身份证|户口本|": "、身份证、户口本、",
    "1.身份证 2.户口本": "、身份证、户口本、",
    "身份证\n户口本": "、身份证、户口本、", "身份证 户口本": "、身份证、户口本、",
    "1.身份证\r\n2.户口本": "、身份证、户口本、", "①身份证②户口本": "、身份证、户口本、",
    "①身份证； ②户口本": "、身份证、户口本、", "Identity card, B": "、identitycard、b、",
    "身份证 合 同": "、身份证、合同、", "身 份 证": "、身份证、",
    "身份证(复印件) 户口本": "、身份证(复印件)、户口本、",
    "110、120": "、110、120、", "家属、110、社区": "、家属、110、社区、",
    "身份证（原件）/户口本（1份）+合同(两份)": "、身份证、户口本、合同、", "①": "、①、", "无": None, "[]": None,
    "['P2501']": "、p2501、", "": None,
}  # fmt: skip
TEXTS = {
    "007": "007",
    "11010119900101123X": "11010119900101123X",
    "  前后 ": "前后",
    "--": None,
    "[]": None,
    "{}": None,
    "[?]": "[?]",
    "无": "无",
    **dict.fromkeys(("待定", " 待补", "待签　", "未签", "暂无", "暂缺"), None),
    "待定中": "待定中",
    "未签字": "未签字",
    "#REF!": None,
    "#VALUE!": None,
    "# 1!": "# 1!",
    "a\tb": "a\tb",
}
KEYS = {"007": "007", "2135.0": "2135", "Ａ-1": "A-1", "11010119900101123X": "11010119900101123X", "无": None,
        " 没有": None, "待定": None, "无锡一号": "无锡一号", "未签": None}  # fmt: skip
CLOCKS = {
    "9:05": "09:05:00", "09:05:30": "09:05:30", "9时5分": "09:05:00", "9点": "09:00:00", "0.5": "12:00:00",
    "1899-12-31 09:05:00": "09:05:00", "25:00": "?", "--": None,
}  # fmt: skip
MONTHS = {
    **dict.fromkeys(
        (
            "2023-01", "2023年1月", "2023年01月", "2023年01月份", "2023 年 1 月", "2023年1月度", "2023年1",
            "2023-1", "2023/1", "2023/01",
            "202301", "202301.0", "2023.01", "2023.1月", "２０２３－０１", "２０２３年１月", " 2023-01 ",
            "2023-01-01", "2023/1/31",
            "20230115", "2023年1月1日", "2023-01-01 00:00:00", "2023-01-31T23:59:00", "44927",
            "44927.0", "2023.1.5",
        ),
        "2023-01",
    ),
    "2023-01-31T20:00:00Z": "2023-02", "2023-12": "2023-12", "2023/10": "2023-10", "2023.10": "2023-10",
    "2023.2": "2023-02", "202312": "2023-12", "1999年12月": "1999-12",
    **dict.fromkeys(
        (
            "1月", "一月", "01", "Q1", "2023", "2023年", "2023Q1", "2023-13", "2023-00", "202313", "202300",
            "20231", "2023.1",
            "23-01", "01-2023", "2023-1-", "2023-01~2023-03", "2023-02-30", "春节", "0123-01", "2023--01",
        ),
        "?",
    ),
    **dict.fromkeys(("", "--", "无", "NULL", "0", "1899-12-30"), None),
}  # fmt: skip
TERMS = {
    **dict.fromkeys(("2023-01", "2023年1月", "202301", "2023-01-01", "44927", "2023.01"), "2023-01"),
    **dict.fromkeys(("2023", "2023年", "2023年度", "2023.0", "２０２３年", "2023全年", "2023 年"), "2023"),
    **dict.fromkeys(
        (
            "2023Q1", "2023q1", "2023-Q1", "2023年Q1", "2023 Q1", "2023年第一季度", "2023年第1季度", "2023年一季度",
            "2023年1季度",
        ),
        "2023Q1",
    ),
    **dict.fromkeys(("2023H2", "2023年下半年", "2023下半年", "2023-H2", "2023年下半年度"), "2023H2"),
    "2023年四季度": "2023Q4", "2023上半年": "2023H1",
    **dict.fromkeys(
        (
            "1月", "第一季度", "Q1", "上半年", "2023Q5", "2023H3", "2023年春", "2023-2024", "2023年1-3月",
            "2023.1", "20231",
        ),
        "?",
    ),
    "": None, "无": None, "--": None,
}  # fmt: skip

FIELDS = {
    "received_at": MOMENTS, "promised_on": LIMITS,
    "amount": AMOUNTS, "share": SHARES, "spent": LENGTHS, "calls": COUNTS,
    "is_valid": ANSWERS, "documents": LISTS, "customer": TEXTS, "complaint_id": KEYS, "call_at": CLOCKS,
    "month": MONTHS, "term": TERMS,
}  # fmt: skip
CASES = [(field, text) for field, spellings in FIELDS.items() for text in spellings]


@pytest.fixture(scope="module")
def values(tmp_path_factory):
    """For each field and text what was read; ``?`` where it cannot be."""
    folder = tmp_path_factory.mktemp("values")
    book = office()[0]
    headers = {name: book.records["complaint"].fields[name].headers[0] for name in FIELDS}
    rows = [{header: text if name == field else None for name, header in headers.items()} for field, text in CASES]
    (folder / "投诉.json").write_text(json.dumps(rows), encoding="utf-8")
    placed = by_table(read([str(folder)], folder, [book], {}).exports)
    plan = planned([book], book.rules.values(), placed, sql("CAST('9999-12-31 23:59:59' AS TIMESTAMP)"))
    engine = DuckDB(folder)
    plan = engine.prepare(plan, placed, published, keep=True)
    table = plan.records[0].table
    found = engine.connection.execute(table.values().sql("duckdb"))
    names = [one[0] for one in found.description]
    seen = {}
    for (field, text), cells in zip(CASES, found.fetchall(), strict=True):
        row = dict(zip(names, cells, strict=True))
        seen[field, text] = "?" if row.get(unreadable_column(field)) and row[field] is None else row[field]
    engine.close()
    return seen


@pytest.mark.parametrize("field", FIELDS)
def test_spellings(field, values):
    for text, expected in FIELDS[field].items():
        found = values[field, text]
        if field == "received_at" and found not in (None, "?"):
            found = found.isoformat(" ", "milliseconds" if found.microsecond > 1 else "auto")
        elif not isinstance(found, (bool, int, float, str)) and found is not None:
            found = str(found)
        assert (text, found) == (text, expected)
