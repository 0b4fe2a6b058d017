"""The rules that other tools are measured by: proved by their examples, and equal to plain SQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.data import complaints
from benchmarks.peers.compare import PEERS, RULEBOOK
from benchmarks.peers.given import AS_OF
from benchmarks.peers.truth import BREACHES, found_by_checker, found_by_peer, truth
from benchmarks.rules import REPLY, longest_reply, rulebook
from checker.plugins import rulebooks

Cli = Callable[..., Any]
DAY = AS_OF.date().isoformat()


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return complaints(tmp_path_factory.mktemp("exports"), 5_000)


def test_every_rule_of_the_comparison_is_proved_by_its_examples(cli: Cli) -> None:
    assert cli("test", "-r", str(RULEBOOK), "--quiet").out == "50 examples of 11 rules, 0 failed\n"


def test_every_rule_of_the_comparison_has_its_sql() -> None:
    (book,) = rulebooks([str(RULEBOOK)])
    assert {rule.split("/")[-1] for rule in book.rules} == set(BREACHES)


def test_the_audit_finds_what_plain_sql_finds(cli: Cli, export: Path, tmp_path: Path) -> None:
    report = tmp_path / "found.csv"
    assert cli("check", str(export), "-r", str(RULEBOOK), "--as-of", DAY, "-q", "-o", str(report)).status == 1
    there = truth(export)
    assert set(there) == set(BREACHES), "each rule is broken somewhere, or the comparison would show nothing"
    assert found_by_checker(report) == there


def test_a_breach_too_many_is_a_difference(export: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("rule,key\nform,TS1\nform,TS2\n")
    other.write_text("rule,key\nform,TS2\nform,TS3\n")
    assert found_by_peer(one)["form"][0] == found_by_peer(other)["form"][0] == 2
    assert found_by_peer(one) != found_by_peer(other)


def test_every_tool_has_its_rules() -> None:
    written = {path.stem for path in RULEBOOK.parent.glob("with_*.py")}
    assert written == {f"with_{distribution.replace('-', '_')}" for distribution, _on in PEERS.values()}


@pytest.mark.parametrize(("share", "broken"), [(0, 0), (0.01, 50), (0.3, 1500)])
def test_generated_rules_are_broken_by_the_share_asked_for(
    cli: Cli, export: Path, tmp_path: Path, share: float, broken: int
) -> None:
    report = tmp_path / "found.csv"
    limit = f"{REPLY}.max={longest_reply(share)}"
    cli(
        "check", str(export), "-r", str(rulebook(tmp_path, 30)), "--as-of", DAY, "--set", limit, "-q", "-o", str(report)
    )  # fmt: skip
    rows = [line for line in report.read_text(encoding="utf-8-sig").splitlines()[1:] if "violation" in line]
    assert len(rows) == pytest.approx(broken, rel=0.25)
    assert all(REPLY in row for row in rows)
