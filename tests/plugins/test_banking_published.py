"""Recomputations and red flags on the published statements of a listed company.

Typed in from the consolidated balance sheets, statements of operations and statements of cash flows in Apple Inc.'s
annual reports on Form 10-K: fiscal year 2023 (ended 30 September 2023, filed 3 November 2023) and fiscal year 2022
(ended 24 September 2022, filed 28 October 2022). Millions of US dollars; what is not typed in stays blank. Every
figure that a rule gives is computed again below, in Python and from the same numbers only, also where it is not
flagged: a second run moves each bound so far that every figure is told.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("checker_banking_playbook")

ENDS = ("2021-09-25", "2022-09-24", "2023-09-30")
APPLE: dict[str, tuple[int | None, int | None, int | None]] = {
    "revenue": (365_817, 394_328, 383_285),
    "cost_of_sales": (212_981, 223_546, 214_137),
    "selling_expense": (21_973, 25_094, 24_932),  # selling, general and administrative in one
    "admin_expense": (None, None, None),
    "interest_expense": (2_645, 2_931, 3_933),
    "total_profit": (None, 119_103, 113_736),
    "net_profit": (94_680, 99_803, 96_995),
    "depreciation": (11_284, 11_104, 11_519),
    "receivables": (26_278, 28_184, 29_508),
    "inventory": (6_580, 4_946, 6_331),
    "current_assets": (134_836, 135_405, 143_566),
    "fixed_assets_net": (39_440, 42_117, 43_715),
    "long_term_assets": (216_166, 217_350, 209_017),
    "total_assets": (351_002, 352_755, 352_583),
    "short_term_debt": (15_613, 21_110, 15_807),  # commercial paper and the current part of term debt
    "payables": (54_763, 64_115, 62_611),
    "current_liabilities": (125_481, 153_982, 145_308),
    "long_term_debt": (109_106, 98_959, 95_281),
    "total_liabilities": (287_912, 302_083, 290_437),
    "equity": (63_090, 50_672, 62_146),
    "operating_cash_flow": (104_038, 122_151, 110_543),
    "investing_cash_flow": (-14_545, -22_354, 3_705),
    "financing_cash_flow": (-93_353, -110_749, -108_488),
    "fx_effect": (0, 0, 0),
    "net_cash_increase": (-3_860, -10_952, 5_760),
    "cash_opening": (39_789, 35_929, 24_977),
    "cash_closing": (35_929, 24_977, 30_737),
}

Year = Mapping[str, float]
YEARS: list[Year] = [{name: row[i] for name, row in APPLE.items() if row[i] is not None} for i in range(3)]  # type: ignore[misc]
Cli = Callable[..., Any]


class NotApplicableError(Exception):
    """A figure is not asked for."""


def only(holds: bool) -> None:
    if not holds:
        raise NotApplicableError


def rate(year: Year) -> float:
    return year["depreciation"] / (year["depreciation"] + year["fixed_assets_net"])


def margin(year: Year) -> float:
    return (year["revenue"] - year["cost_of_sales"]) / year["revenue"]


def growth(now: Year, before: Year, name: str) -> float:
    return now[name] / before[name] - 1


def moved(now: float, before: float) -> float:
    return abs(now / before - 1)


def debt(year: Year) -> float:
    return year["short_term_debt"] + year["long_term_debt"]


def better(now: Year, before: Year, name: str) -> float:
    return max(now[name], before[name])


def profit_without_cash(now: Year, before: Year) -> float:
    only(now["net_profit"] > 0 and before["net_profit"] > 0)
    return better(now, before, "operating_cash_flow")


def fixed_asset_growth(now: Year, before: Year) -> float:
    only(now["revenue"] <= before["revenue"])
    return growth(now, before, "fixed_assets_net")


def payables_jump(now: Year, before: Year) -> float:
    only(now["operating_cash_flow"] > before["operating_cash_flow"])
    return growth(now, before, "payables")


def investing_gap(now: Year, before: Year) -> float:
    only(now["investing_cash_flow"] < 0)
    spent = -now["investing_cash_flow"]
    return (spent - (now["long_term_assets"] - before["long_term_assets"] + now["depreciation"])) / spent


def financing_gap(now: Year, before: Year) -> float:
    change, flow = debt(now) - debt(before), now["financing_cash_flow"]
    return abs(flow - change) / debt(before) if flow * change < 0 else 0


def m_score(now: Year, before: Year) -> float:
    """Beneish's eight indices; that of expenses counts as 1, as one of the two is blank."""

    def other_assets(year: Year) -> float:
        return 1 - (year["current_assets"] + year["fixed_assets_net"]) / year["total_assets"]

    def leverage(year: Year) -> float:
        return (year["current_liabilities"] + year["long_term_debt"]) / year["total_assets"]

    return sum(
        (
            -4.84,
            0.920 * (now["receivables"] / now["revenue"]) / (before["receivables"] / before["revenue"]),
            0.528 * margin(before) / margin(now),
            0.404 * other_assets(now) / other_assets(before),
            0.892 * now["revenue"] / before["revenue"],
            0.115 * rate(before) / rate(now),
            -0.172,
            4.679 * (now["net_profit"] - now["operating_cash_flow"]) / now["total_assets"],
            -0.327 * leverage(now) / leverage(before),
        )
    )


def average(now: Year, before: Year, name: str) -> float:
    return (now[name] + before[name]) / 2


def fallen_twice(now: Year, before: Year, older: Year) -> float:
    flow = "operating_cash_flow"
    return max(now[flow] - before[flow], before[flow] - older[flow])


Bound = tuple[str, float]
OF_A_YEAR: dict[str, tuple[Callable[[Year], float], Bound]] = {
    "flags/solvency#current-ratio": (lambda y: y["current_assets"] / y["current_liabilities"], ("min", 1)),
    "flags/solvency#quick-ratio": (
        lambda y: (y["current_assets"] - y["inventory"]) / y["current_liabilities"],
        ("min", 0.8),
    ),
    "flags/solvency#debt-ratio": (lambda y: y["total_liabilities"] / y["total_assets"], ("max", 0.7)),
    "flags/solvency#interest-cover": (
        lambda y: (y["total_profit"] + y["interest_expense"]) / y["interest_expense"],
        ("min", 1.5),
    ),
    "flags/profit-margin#level": (lambda y: y["total_profit"] / y["revenue"], ("min", 0.02)),
    "flags/funding-structure": (
        lambda y: (y["long_term_debt"] + y["equity"]) / y["long_term_assets"],
        ("min", 1),
    ),
}
"""For a rule the figure of one period, and the bound beyond which it is flagged."""

AGAINST_BEFORE: dict[str, tuple[Callable[[Year, Year], float], Bound]] = {
    "flags/cash-cover": (
        lambda y, b: y["operating_cash_flow"] / average(y, b, "current_liabilities"),
        ("min", 0.2),
    ),
    "flags/cash-flow-trend#negative": (lambda y, b: better(y, b, "operating_cash_flow"), ("min", 0)),
    "flags/profit-without-cash": (profit_without_cash, ("min", 0)),
    "flags/earnings-quality#accruals": (
        lambda y, b: (y["net_profit"] - y["operating_cash_flow"]) / average(y, b, "total_assets"),
        ("max", 0.1),
    ),
    "flags/earnings-quality#cash-behind-profit": (
        lambda y, b: max(x["operating_cash_flow"] / x["net_profit"] for x in (y, b)),
        ("min", 1),
    ),
    "flags/growth-against-sales#receivables": (
        lambda y, b: growth(y, b, "receivables") - growth(y, b, "revenue"),
        ("max", 0.1),
    ),
    "flags/growth-against-sales#inventory": (
        lambda y, b: growth(y, b, "inventory") - growth(y, b, "revenue"),
        ("max", 0.1),
    ),
    "flags/depreciation": (lambda y, b: rate(y) / rate(b), ("min", 0.909)),
    "flags/fixed-asset-growth": (fixed_asset_growth, ("max", 0.3)),
    "flags/operating-cash-dressed#payables-jump": (payables_jump, ("max", 0.5)),
    "flags/investing-cash-dressed": (investing_gap, ("max", 0.3)),
    "flags/financing-cash-dressed": (financing_gap, ("max", 0.3)),
    "flags/m-score": (m_score, ("max", -1.78)),
    "flags/ratio-change#gross-margin": (lambda y, b: moved(margin(y), margin(b)), ("max", 0.3)),
    "flags/ratio-change#receivable-turnover": (
        lambda y, b: moved(y["revenue"] / y["receivables"], b["revenue"] / b["receivables"]),
        ("max", 0.3),
    ),
    "flags/ratio-change#inventory-turnover": (
        lambda y, b: moved(y["cost_of_sales"] / y["inventory"], b["cost_of_sales"] / b["inventory"]),
        ("max", 0.3),
    ),
    "flags/ratio-change#asset-turnover": (
        lambda y, b: moved(y["revenue"] / y["total_assets"], b["revenue"] / b["total_assets"]),
        ("max", 0.3),
    ),
}
"""For a rule the figure of a period against the one before, and the bound beyond which it is flagged."""

OVER_THREE: dict[str, tuple[Callable[[Year, Year, Year], float], Bound]] = {
    "flags/cash-flow-trend#falling": (fallen_twice, ("min", 0)),
}
"""The same over three periods."""

RULES: dict[str, tuple[Callable[..., float], Bound, int]] = {
    **{rule: (*of, 1) for rule, of in OF_A_YEAR.items()},
    **{rule: (*of, 2) for rule, of in AGAINST_BEFORE.items()},
    **{rule: (*of, 3) for rule, of in OVER_THREE.items()},
}


def spreadsheet(rule: str) -> dict[str, float | str]:
    """Return a rule's figure at each period's end, or why there is none."""
    figure, _bound, periods = RULES[rule]
    cells: dict[str, float | str] = {}
    for place, end in enumerate(ENDS):
        if place + 1 < periods:
            cells[end] = "not_applicable"
            continue
        try:
            cells[end] = figure(*(YEARS[place - back] for back in range(periods)))
        except KeyError:
            cells[end] = "not_assessed"
        except NotApplicableError:
            cells[end] = "not_applicable"
    return cells


@pytest.fixture
def audited(cli: Cli, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    def run(figures: Mapping[str, tuple[Any, ...]], *more: str) -> dict[str, Any]:
        path = tmp_path / "financial_statement.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["client_id", "period_type", "period_end_on", *figures])
            for number, end in enumerate(ENDS):
                out.writerow(
                    ["AAPL", "annual", end, *("" if v[number] is None else v[number] for v in figures.values())]
                )
        chosen = ("recompute/balance-sheet", "recompute/cash-statement", *RULES)
        options = [word for rule in chosen for word in ("--select", f"banking_playbook/{rule}")]
        ran = cli("check", path, "-r", "banking_playbook", "--as-of", "2024-03-01", "-f", "json", *options, *more)
        report: dict[str, Any] = json.loads(ran.out)
        return report

    return run


def outcomes(report: Mapping[str, Any], rule: str) -> dict[str, int]:
    found = next(one["outcomes"] for one in report["rules"] if one["id"] == f"banking_playbook/{rule}")
    return {outcome: count for outcome, count in found.items() if count}


def told(report: Mapping[str, Any], rule: str) -> dict[str, float]:
    """Return the figure in each finding of a rule, by the end of its period."""
    return {
        one["key"].split(" / ")[-1]: float(
            re.findall(r" = (-?[\d.]+) (?:times|yuan|points), allowed", one["message"]["en"])[-1]
        )
        for one in report["violations"]
        if one["rule"] == f"banking_playbook/{rule}"
    }


def test_the_statements_add_up_and_the_flags_are_those_of_the_spreadsheet(
    audited: Callable[..., dict[str, Any]],
) -> None:
    report = audited(APPLE)
    for item in ("balance-sheet#identity", "balance-sheet#parts", "cash-statement#balances", "cash-statement#flows"):
        assert outcomes(report, f"recompute/{item}") == {"pass": 3}, item
    for rule, (_figure, (side, bound), _periods) in RULES.items():
        cells = spreadsheet(rule)
        bad = {
            end: cell
            for end, cell in cells.items()
            if not isinstance(cell, str) and (cell < bound if side == "min" else cell > bound)
        }
        assert told(report, rule) == pytest.approx(bad, rel=1e-5, abs=1e-6), rule
        expected = Counter(
            cell if isinstance(cell, str) else "violation" if end in bad else "pass" for end, cell in cells.items()
        )
        assert outcomes(report, rule) == expected, rule
    assert told(report, "flags/solvency#debt-ratio").keys() == set(ENDS)  # the flags do flag something
    assert told(report, "flags/growth-against-sales#inventory").keys() == {"2023-09-30"}
    assert spreadsheet("flags/profit-margin#level")["2021-09-25"] == "not_assessed"  # and leave blanks


def test_every_figure_is_that_of_the_spreadsheet_flagged_or_not(audited: Callable[..., dict[str, Any]]) -> None:
    """With every bound out of reach each figure is told."""
    beyond = {"min": "1000000000", "max": "-1000000000"}
    moved_bounds = [
        word
        for rule, (_figure, (side, _bound), _periods) in RULES.items()
        for word in ("--set", f"banking_playbook/{rule}.{side}={beyond[side]}")
    ]
    report = audited(APPLE, *moved_bounds)
    for rule in RULES:
        cells = {end: cell for end, cell in spreadsheet(rule).items() if not isinstance(cell, str)}
        assert cells, rule
        assert told(report, rule) == pytest.approx(cells, rel=1e-5, abs=1e-6), rule


def test_one_unit_apart_is_rounding_two_are_not_and_a_blank_is_not_assessed(
    audited: Callable[..., dict[str, Any]],
) -> None:
    report = audited({**APPLE, "equity": (63_091, 50_674, None)})
    assert outcomes(report, "recompute/balance-sheet#identity") == {"pass": 1, "violation": 1, "not_assessed": 1}
    (finding,) = (one for one in report["violations"] if one["rule"].endswith("balance-sheet#identity"))
    assert "total_assets" in finding["message"]["en"] or "352755" in finding["message"]["en"]
    assert "2022-09-24" in finding["key"]
