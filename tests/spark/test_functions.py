"""Our SQL functions give the same on Spark and DuckDB, whatever the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlglot import exp

from checker.engines import Opened, engine
from checker.functions import functions
from checker.plan import Plan
from checker.sql import call, column, number, sql, text

pytestmark = pytest.mark.xdist_group("spark")

TEXTS = (
    """
2023-01-01 9:05|2023/2/7|2023年2月27日 9时5分|20230227|45000|45000.5|2023-01-01t10:00:00z|2023-01-01 10:00:00+08:00
2023-01-01 9:05:00 am|2023-01-01 12:05 pm|2023-01-01 12:05:07.5|2023-13-01|1,234.50|12,34|1234万|万|-5|1e3|+5|+-5|1_000
abc|2023-02-30|2024-02-29|2023.2.27 9:05|09:05|9点5分|9时|24:00|a、b;c|1.a 2.b
["x","y"]|是|×|ｙｅｓ|１２３| 12
3天2小时|2023-2-7 24:00:00|20230227090500|2023-1-1 9:5:3.123456|2023年2月|5元|￥5|5 元|12%|2023-02-27T09:05:00.000+08:00
99999|10000|9999.5|.5|5.|1.5e-7|0.00012|123456789.125|inf|nan|12d|0x10|2023-01-01 10:00 +0800|1月5日
2023-01|2023年1月|2023/1|202301|2023.01|2023.1|２０２３-０１|2023年第一季度|2023q4|2023下半年|2023年度|2023|1月|20231|202301.0|2023-13
2023-01-01 上午9点5分
下午3:05|12:30pm|2023-01-01 25:00|2023-06-01 9:05:61|19:00|2023/12/31 23:59:59|--|无|N/A|人民币5元|约5|4小时4分钟
张三丰先生|2023-1-1 x|12345678.125|0.00001|1e17
""".strip()
    .replace("\n", "|")
    .split("|")
)


def test_functions_of_texts(spark: Opened, tmp_path: Path) -> None:
    calls = {
        function.name: call(function.name, column("t"), *(text("Asia/Shanghai") for _zone in function.parameters[1:]))
        for function in functions()
        if function.parameters[0][1] == "VARCHAR" and all(name == "zone" for name, _type in function.parameters[1:])
    }
    shown = {
        name: call("SHOW_NUMBER", one) if "DOUBLE" in types()[name] else sql("CAST(:c AS VARCHAR)", c=one)
        for name, one in calls.items()
    }
    rows = [exp.select(exp.alias_(text(value), "t"), exp.alias_(number(i), "i")) for i, value in enumerate(TEXTS)]
    asked = exp.select("i", *(exp.alias_(one, name) for name, one in shown.items()))
    question = asked.from_(exp.union(*rows, distinct=False).subquery("v")).order_by("i")

    def answers(name: str, opened: Opened) -> list[dict[str, object]]:
        (tmp_path / name).mkdir()
        running = opened(tmp_path / name)
        running.prepare(Plan(()), {}, lambda: pytest.fail("no calendar is needed"))
        return [dict(zip(("i", *shown), row, strict=True)) for row in running.fetch(question)]

    ours, theirs = answers("duckdb", engine()), answers("spark", spark)
    assert len(ours) == len(TEXTS)
    differing = [
        (TEXTS[mine["i"]], name, mine[name], other[name])
        for mine, other in zip(ours, theirs, strict=True)
        for name in mine
        if mine[name] != other[name]
    ]
    assert differing == []


def types() -> dict[str, str]:
    return {function.name: function.returns for function in functions()}
