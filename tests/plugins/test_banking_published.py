"""Recomputations and red flags on the published statements of a listed company.

Typed in from the consolidated balance sheets, statements of operations and statements of cash flows in Apple Inc.'s
annual reports on Form 10-K: fiscal year 2023 (ended 30 September 2023, filed 3 November 2023) and fiscal year 2022
(ended 24 September 2022, filed 28 October 2022). Millions of US dollars; what is not typed in stays blank. Every
figure that a rule gives is computed again below, in Python and from the same numbers only.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("checker_banking_playbook")

ENDS = ("2021-09-25", "2022-09-24", "2023-09-30")
APPLE: dict[str, tuple[int | None, int | None, int | None]] = {
    "revenue": (365_817, 394_328, 383_285),
    "cost_of_sales": (212_981, 223_546, 214_137),
    "total_profit": (None, 119_103, 113_736),
    "net_profit": (94_680, 99_803, 96_995),
    "depreciation": (11_284, 11_104, 11_519),
    "receivables": (26_278, 28_184, 29_508),
    "inventory": (6_580, 4_946, 6_331),
    "current_assets": (134_836, 135_405, 143_566),
    "fixed_assets_net": (39_440, 42_117, 43_715),
    "long_term_assets": (216_166, 217_350, 209_017),
    "total_assets": (351_002, 352_755, 352_583),
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


def depreciation_rate(year: Year) -> float:
    return year["depreciation"] / (year["depreciation"] + year["fixed_assets_net"])


def margin(year: Year) -> float:
    return (year["revenue"] - year["cost_of_sales"]) / year["revenue"]


def growth(now: Year, before: Year, name: str) -> float:
    return now[name] / before[name] - 1


OF_A_YEAR: dict[str, tuple[Callable[[Year], float], Callable[[float], bool]]] = {
    "flags/solvency#current-ratio": (lambda y: y["current_assets"] / y["current_liabilities"], lambda v: v < 1),
    "flags/solvency#quick-ratio": (
        lambda y: (y["current_assets"] - y["inventory"]) / y["current_liabilities"],
        lambda v: v < 0.8,
    ),
    "flags/solvency#debt-ratio": (lambda y: y["total_liabilities"] / y["total_assets"], lambda v: v > 0.7),
    "flags/funding-structure": (
        lambda y: y["long_term_assets"] / (y["long_term_debt"] + y["equity"]),
        lambda v: v > 1,
    ),
}
"""For a rule the figure of one period, and whether it is flagged."""

AGAINST_BEFORE: dict[str, tuple[Callable[[Year, Year], float], Callable[[float], bool]]] = {
    "flags/cash-cover": (
        lambda y, b: y["operating_cash_flow"] / ((y["current_liabilities"] + b["current_liabilities"]) / 2),
        lambda v: v < 0.2,
    ),
    "flags/earnings-quality#accruals": (
        lambda y, b: (y["net_profit"] - y["operating_cash_flow"]) / ((y["total_assets"] + b["total_assets"]) / 2),
        lambda v: v > 0.1,
    ),
    "flags/growth-against-sales#receivables": (
        lambda y, b: growth(y, b, "receivables") - growth(y, b, "revenue"),
        lambda v: v > 0.1,
    ),
    "flags/growth-against-sales#inventory": (
        lambda y, b: growth(y, b, "inventory") - growth(y, b, "revenue"),
        lambda v: v > 0.1,
    ),
    "flags/depreciation": (lambda y, b: depreciation_rate(b) / depreciation_rate(y), lambda v: v > 1.1),
    "flags/ratio-change#gross-margin": (lambda y, b: abs(margin(y) / margin(b) - 1), lambda v: v > 0.3),
    "flags/ratio-change#inventory-turnover": (
        lambda y, b: abs((y["cost_of_sales"] / y["inventory"]) / (b["cost_of_sales"] / b["inventory"]) - 1),
        lambda v: v > 0.3,
    ),
    "flags/ratio-change#asset-turnover": (
        lambda y, b: abs((y["revenue"] / y["total_assets"]) / (b["revenue"] / b["total_assets"]) - 1),
        lambda v: v > 0.3,
    ),
}
"""For a rule the figure of a period against the one before, and whether it is flagged."""


@pytest.fixture
def audited(cli: Cli, tmp_path: Path) -> Callable[[Mapping[str, tuple[Any, ...]]], dict[str, Any]]:
    def run(figures: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
        path = tmp_path / "financial_statement.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["client_id", "period_type", "period_end_on", *figures])
            for number, end in enumerate(ENDS):
                out.writerow(
                    ["AAPL", "annual", end, *("" if v[number] is None else v[number] for v in figures.values())]
                )
        chosen = ("recompute/balance-sheet", "recompute/cash-statement", *OF_A_YEAR, *AGAINST_BEFORE)
        options = [word for rule in chosen for word in ("--select", f"banking_playbook/{rule}")]
        ran = cli("check", path, "-r", "banking_playbook", "--as-of", "2024-03-01", "-f", "json", *options)
        report: dict[str, Any] = json.loads(ran.out)
        return report

    return run


def outcomes(report: Mapping[str, Any], rule: str) -> dict[str, int]:
    found = next(one["outcomes"] for one in report["rules"] if one["id"] == f"banking_playbook/{rule}")
    return {outcome: count for outcome, count in found.items() if count}


def told(report: Mapping[str, Any], rule: str) -> dict[str, float]:
    """Return the figure in each finding of a rule, by the end of its period."""
    return {
        one["key"].split(" / ")[-1]: float(re.findall(r" = (-?[\d.]+), allowed", one["message"]["en"])[-1])
        for one in report["violations"]
        if one["rule"] == f"banking_playbook/{rule}"
    }


def test_the_statements_add_up_and_the_flags_are_those_of_the_spreadsheet(
    audited: Callable[[Mapping[str, tuple[Any, ...]]], dict[str, Any]],
) -> None:
    report = audited(APPLE)
    for item in ("balance-sheet#identity", "balance-sheet#parts", "cash-statement#balances", "cash-statement#flows"):
        assert outcomes(report, f"recompute/{item}") == {"pass": 3}, item
    for rule, (figure, flagged) in OF_A_YEAR.items():
        values = {end: figure(year) for end, year in zip(ENDS, YEARS, strict=True)}
        bad = {end: value for end, value in values.items() if flagged(value)}
        assert told(report, rule) == pytest.approx(bad, abs=1e-6), rule
        assert outcomes(report, rule).get("pass", 0) == 3 - len(bad), rule
    for rule, (figure2, flagged) in AGAINST_BEFORE.items():
        values = {ENDS[i]: figure2(YEARS[i], YEARS[i - 1]) for i in (1, 2)}
        bad = {end: value for end, value in values.items() if flagged(value)}
        assert told(report, rule) == pytest.approx(bad, abs=1e-6), rule
        assert outcomes(report, rule) == {
            key: count
            for key, count in (("pass", 2 - len(bad)), ("violation", len(bad)), ("not_applicable", 1))
            if count
        }, rule
    assert told(report, "flags/solvency#debt-ratio").keys() == set(ENDS)  # the flags do flag something
    assert told(report, "flags/growth-against-sales#inventory").keys() == {"2023-09-30"}


def test_one_unit_apart_is_rounding_two_are_not_and_a_blank_is_not_assessed(
    audited: Callable[[Mapping[str, tuple[Any, ...]]], dict[str, Any]],
) -> None:
    report = audited({**APPLE, "equity": (63_091, 50_674, None)})
    assert outcomes(report, "recompute/balance-sheet#identity") == {"pass": 1, "violation": 1, "not_assessed": 1}
    (finding,) = (one for one in report["violations"] if one["rule"].endswith("balance-sheet#identity"))
    assert "total_assets" in finding["message"]["en"] or "352755" in finding["message"]["en"]
    assert "2022-09-24" in finding["key"]
