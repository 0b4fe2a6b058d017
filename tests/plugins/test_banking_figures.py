"""Figures of the banking fixture computed again, in Python and from the exports only.

The golden report holds what an audit says; ``test_banking_golden`` holds that an audit says it.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "fixtures" / "banking_playbook"
Row = dict[str, str]
Keys = set[str]


def rows(name: str, encoding: str = "utf-8-sig") -> list[Row]:
    with (DATA / f"{name}.csv").open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    text = (ROOT / "fixtures" / "expected" / "banking_playbook.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def told(report: dict[str, Any], where: str, rule: str) -> Keys:
    """Return the keys of the records of which a list of the report tells something by a rule."""
    return {one["key"] for one in report[where] if one["rule"] == f"banking_playbook/{rule}"}


# loan need


def percentage_of_sales(row: Row, _loan: Row) -> float:
    """Assets less liabilities that grow with sales, times the growth, less the profit kept."""
    grown = number(row, "预计销售收入年增长率") / 100
    kept = number(row, "上年度销售收入") * (1 + grown) * number(row, "销售净利率") / 100 * number(row, "留存比率") / 100
    return (number(row, "随销售变动的资产") - number(row, "随销售变动的负债")) * grown - kept


def monthly_income(row: Row, loan: Row) -> float:
    """The loan that equal instalments out of the income pay off: each instalment discounted by itself."""
    monthly, month = number(loan, "年利率") / 1200, number(row, "月收入净额") * number(row, "可用于还款比例") / 100
    return sum(month / (1 + monthly) ** due for due in range(1, int(loan["期限"]) + 1))


def operating_cycle(row: Row, _loan: Row) -> float:
    """As the annex of CBRC order 2010 no. 1 says it, step by step."""
    days = (
        number(row, "存货周转天数")
        + number(row, "应收账款周转天数")
        - number(row, "应付账款周转天数")
        + number(row, "预付账款周转天数")
        - number(row, "预收账款周转天数")
    )
    turns = 360 / days
    costs = number(row, "上年度销售收入") * (1 - number(row, "上年度销售利润率") / 100)
    working_capital = costs * (1 + number(row, "预计销售收入年增长率") / 100) / turns
    return working_capital - number(row, "自有资金") - number(row, "现有流动资金贷款") - number(row, "其他渠道营运资金")


METHODS: dict[str, tuple[str, Callable[[Row, Row], float]]] = {
    "销售百分比法": ("percentage-of-sales", percentage_of_sales),
    "月收入净额法": ("monthly-income", monthly_income),
    "营业周期法": ("operating-cycle", operating_cycle),
}
CODES = {"percentage-of-sales": "percentage_of_sales", "monthly-income": "monthly_income"}


def number(row: Row, name: str) -> float:
    """Return a cell as a number; an empty or unreadable one raises ValueError."""
    return float(row[name])


def needs() -> Iterator[tuple[str, str, float | None, float, float | None]]:
    """Yield item, key, recomputed need, stated need and amount of each row; None for what cannot be had."""
    loans = {row["业务编号"]: row for row in rows("授信业务台账", "gb18030")}
    for row in rows("贷款需求测算表"):
        item, need = METHODS[row["测算方法"]]
        loan = loans[row["业务编号"]]
        computed: float | None
        amount: float | None
        try:
            computed = need(row, loan)
        except ValueError:
            computed = None
        try:
            amount = number(loan, "金额")
        except ValueError:
            amount = None
        yield (
            item,
            f"{row['业务编号']} / {CODES.get(item, 'operating_cycle')}",
            computed,
            number(row, "测算结果"),
            amount,
        )


@pytest.mark.parametrize("item", [item for item, _need in METHODS.values()])
def test_each_loan_need_computed_again(report: dict[str, Any], item: str) -> None:
    mine = [one[1:] for one in needs() if one[0] == item]
    assert len(mine) > 20
    wrong = {key for key, need, stated, _ in mine if need is not None and abs(stated - need) > abs(need) / 100 + 1e-6}
    blank = {key for key, need, _, _ in mine if need is None}
    above = {key for key, need, _, amount in mine if need is not None and amount is not None and amount > need}
    unknown = {key for key, need, _, amount in mine if need is None or amount is None}
    assert told(report, "violations", f"recompute/loan-need#{item}") == wrong
    assert told(report, "not_assessed", f"recompute/loan-need#{item}") == blank
    assert told(report, "violations", f"flags/loan-above-need#{item}") == above
    assert told(report, "not_assessed", f"flags/loan-above-need#{item}") == unknown
    assert wrong
    assert above
    for one in report["violations"]:
        if one["rule"] == f"banking_playbook/recompute/loan-need#{item}":
            need = next(need for key, need, _, _ in mine if key == one["key"])
            assert need is not None
            figure = one["message"]["en"].rpartition(" = ")[2].partition(" yuan")[0]
            assert float(figure) == pytest.approx(need, rel=1e-5)


# statements

KINDS = {
    "年报": "annual",
    "母公司年报": "parent_annual",
    "不满一年年报": "part_year",
    "月报": "monthly",
}
Statement = dict[str, float]


def statements() -> dict[tuple[str, str, dt.date], Statement]:
    """Return each statement's figures in yuan, by client, kind and end; blanks are left out."""
    found = {}
    for row in rows("企业财务报表数据"):
        figures = {
            name.partition("（")[0]: float(cell) * 10_000 for name, cell in row.items() if "（万元）" in name and cell
        }
        found[row["客户编号"], KINDS[row["报表类型"]], dt.date.fromisoformat(row["报表期末"])] = figures
    return found


def key(of: tuple[str, str, dt.date]) -> str:
    return " / ".join(map(str, of))


def test_identities_computed_again(report: dict[str, Any]) -> None:
    identity, parts, balances, flows = set(), set(), set(), set()
    for of, one in statements().items():
        if "资产总计" in one:
            if abs(one["资产总计"] - one["负债合计"] - one["所有者权益"]) > 1 + 1e-6:
                identity.add(key(of))
            if abs(one["流动资产"] + one["非流动资产"] - one["资产总计"]) > 1 + 1e-6:
                parts.add(key(of))
            if abs(one["期初现金余额"] + one["现金净增加额"] - one["期末现金余额"]) > 0.01 + 1e-6:
                balances.add(key(of))
            total = sum(one[f"{name}活动现金流量净额"] for name in ("经营", "投资", "筹资")) + one["汇率变动影响"]
            if abs(total - one["现金净增加额"]) > 0.01 + 1e-6:
                flows.add(key(of))
    assert told(report, "violations", "recompute/balance-sheet#identity") == identity != set()
    assert told(report, "violations", "recompute/balance-sheet#parts") == parts != set()
    assert told(report, "violations", "recompute/cash-statement#balances") == balances != set()
    assert told(report, "violations", "recompute/cash-statement#flows") == flows != set()


def test_growth_and_corrected_ratio_computed_again(report: dict[str, Any]) -> None:
    """Growth is that against the statement of the same kind a year before; a gap is not bridged."""
    all_of_them = statements()
    faster: dict[str, Keys] = {"应收账款": set(), "存货": set()}
    gaps, weak, uncollected = set(), set(), set()
    for (client, kind, end), one in all_of_them.items():
        of = key((client, kind, end))
        if kind != "monthly" and one["流动资产"] >= one["流动负债"]:
            lost = one["积压存货"] + one["逾期应收账款"] + one["预付账款"]
            if (one["流动资产"] - lost) / (one["流动负债"] + one["或有负债"]) < 1:
                weak.add(of)
        if kind not in ("annual", "parent_annual"):
            continue
        if not any(c == client and k == kind and e < end for c, k, e in all_of_them):
            continue
        before = all_of_them.get((client, kind, end.replace(year=end.year - 1)))
        if before is None:
            gaps.add(of)
            continue
        for name, keys in faster.items():
            excess = one[name] / before[name] - one["营业收入"] / before["营业收入"]
            if excess > 0.1:
                keys.add(of)
        if one["销售商品收到的现金"] / one["营业收入"] < before["销售商品收到的现金"] / before["营业收入"]:
            uncollected.add(of)
    slower = faster["应收账款"] & uncollected
    assert told(report, "violations", "flags/growth-against-sales#receivables-uncollected") == slower != set()
    assert told(report, "violations", "flags/growth-against-sales#receivables") == faster["应收账款"] - slower != set()
    assert told(report, "violations", "flags/growth-against-sales#inventory") == faster["存货"] != set()
    assert (
        told(report, "not_assessed", "flags/growth-against-sales#inventory") == gaps == {"C053 / annual / 2022-12-31"}
    )
    assert told(report, "violations", "flags/corrected-solvency#current-ratio") == weak != set()
