"""Lookups: repair follow-ups are judged from the visits, and a lookup reads neither export twice."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from checker.auditing import audit, by_table, planned
from checker.calendar import published
from checker.engines.duckdb import DuckDB
from checker.kinds import KINDS
from checker.report.model import Report, RuleResult
from checker.rulebook.kind import Outcome
from checker.rulebook.read import read_rulebook
from checker.rulebook.rulebook import Rulebook
from checker.sources.find import read
from checker.sources.mapping import Mapping
from checker.sql import sql

REPAIRS = """\
工单号,维修类别,完工时间,试漏时间
safe-in-time,安全设施,2023-02-01 09:00,
safe-late,安全设施,2023-02-01 09:00,
safe-never,安全设施,2023-02-01 09:00,
safe-open,安全设施,2023-02-28 09:00,
leak-in-time,渗漏水,2023-02-01 09:00,2023-02-04 09:00
leak-before-test,渗漏水,2023-02-01 09:00,2023-02-04 09:00
other-wrong-visit,其他,2023-02-01 09:00,
no-category,,2023-02-01 09:00,
"""
VISITS = """\
走回访编号,维修工单号,类型,走回访时间
V1,safe-in-time,维修回访,2023-02-03 23:59
V2,safe-in-time,维修回访,2023-02-20 09:00
V3,safe-late,维修回访,2023-02-04 00:00
V4,leak-in-time,维修回访,2023-02-07 10:00
V5,leak-before-test,维修回访,2023-02-03 10:00
V6,other-wrong-visit,其他,2023-02-02 10:00
V7,no-category,维修回访,2023-02-03 10:00
"""


def kind_of(result: RuleResult) -> str:
    """Return which follow-up a rule asks for: ``safety``, ``leak`` or ``other``."""
    return result.rule.id.rsplit("-", 1)[1]


def told(report: Report) -> dict[str, dict[str | None, str]]:
    """Return by rule and key what is told."""
    found: dict[str, dict[str | None, str]] = {}
    for one in report.findings.of(Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
        found.setdefault(kind_of(report.rules[one.rule]), {})[one.key] = one.outcome.word
    return found


def follow_ups(book: Rulebook, folder: Path) -> Report:
    return audit(
        [folder],
        [book],
        dt.date(2023, 3, 1),
        select=[f"property/repair/follow-up-{kind}" for kind in ("safety", "leak", "other")],
    )


def test_repairs_are_judged_from_the_visits(property_book: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "repair_orders.csv").write_text(REPAIRS, encoding="utf-8")
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    report = follow_ups(property_book, tmp_path)
    assert {kind_of(one): {word: count for word, count in one.outcomes.items() if count} for one in report.rules} == {
        "safety": {"pass": 1, "violation": 2, "pending": 1, "not_applicable": 3, "not_assessed": 1},
        "leak": {"pass": 1, "violation": 1, "not_applicable": 6},
        "other": {"pass": 1, "violation": 1, "not_applicable": 6},
    }
    assert told(report) == {
        "safety": {
            "safe-late": "violation",
            "safe-never": "violation",
            "safe-open": "pending",
            "no-category": "not_assessed",
        },
        "leak": {"leak-before-test": "violation"},
        "other": {"other-wrong-visit": "violation"},
    }


def test_without_the_visits_nothing_is_presumed(property_book: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "repair_orders.csv").write_text(REPAIRS, encoding="utf-8")
    for one in follow_ups(property_book, tmp_path).rules:
        assert not one.outcomes["pass"]
        assert not one.outcomes["violation"]
        assert one.outcomes["not_assessed"]
        assert "not exported" in str(one.reason)


def test_a_column_missing_from_another_record_is_named_with_it(property_book: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "repair_orders.csv").write_text(REPAIRS, encoding="utf-8")
    (tmp_path / "visits.csv").write_text(VISITS.replace("维修工单号", "别的列"), encoding="utf-8")
    reason = next(one.reason for one in follow_ups(property_book, tmp_path).rules if kind_of(one) == "safety")
    assert reason is not None
    assert (reason.en, reason.zh) == ("not exported: repair_order_id (Visit)", "未导出：维修工单号（走回访记录）")


def test_what_only_lookups_read_is_a_data_error_too(property_book: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "repair_orders.csv").write_text(REPAIRS, encoding="utf-8")
    (tmp_path / "visits.csv").write_text(
        VISITS.replace("V1,safe-in-time,维修回访", "V1,safe-in-time,别的"), encoding="utf-8"
    )
    report = follow_ups(property_book, tmp_path)
    assert [(one.key, one.field, one.value) for one in report.findings.data_errors()] == [("V1", "visit_kind", "别的")]
    assert {one.record: one.data_errors for one in report.inputs} == {"repair_order": 0, "visit": 1}
    assert told(report)["safety"]["safe-in-time"] == "not_assessed"


# reading

RECORDS = 120_000
SAID = {
    "desk/request": Mapping(formats={"resolved_at": "day first"}),
    "desk/visit": Mapping(formats={"visited_at": "day first"}),
}
"""The order of day and month, so that no sample of the exports is read for it."""


def bytes_read() -> int:
    """Return how many bytes this process has read so far."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").split("rchar: ")[1].split()[0])


def run(book: Rulebook, data: Sequence[str], work: Path, selected: str) -> tuple[dict[str, int], int]:
    """Judge some data by one rule; return how many records had each outcome, and how many bytes were read."""
    work.mkdir()
    placed = by_table(read(data, work, [book], SAID).exports)
    plan = planned([book], [book.rules[selected]], placed, sql("CAST('2023-03-01 23:59:59' AS TIMESTAMP)"))
    engine = DuckDB(work)
    before = bytes_read()
    results = engine.run(plan, placed, published, lambda _what, _share: None, mask=True)
    count = bytes_read() - before
    engine.close()
    outcomes = {
        rule.judgement.branches[branch].outcome.word: records
        for record, result in zip(plan.records, results, strict=True)
        for rule, branches in zip(record.rules, result.branches, strict=True)
        for branch, records in branches.items()
    }
    return outcomes, count


@pytest.mark.skipif(sys.platform != "linux", reason="counts bytes as Linux does")
def test_a_lookup_reads_neither_export_twice(tmp_path: Path) -> None:
    book = read_rulebook(Path(__file__).parent / "book", KINDS)
    note = "x" * 60
    requests, visits = tmp_path / "requests.csv", tmp_path / "visits.csv"
    with requests.open("w", encoding="utf-8") as file:
        file.write("request_id,resolved_at,customer\n")
        file.writelines(f"R{n},2023-02-01 09:00:00,{note}\n" for n in range(RECORDS))
    with visits.open("w", encoding="utf-8") as file:
        file.write("visit_id,request_id,visited_at,note\n")
        file.writelines(f"V{n},R{n},2023-02-0{2 + n % 4} 09:00:00,{note}\n" for n in range(RECORDS))
    size = requests.stat().st_size + visits.stat().st_size
    outcomes, count = run(book, [str(tmp_path / "*.csv")], tmp_path / "work", "desk/request/not-visited")
    assert outcomes == {"pass": RECORDS * 3 // 4, "violation": RECORDS // 4}
    assert size < count < 1.5 * size


LAST = """\
title = { en = "t", zh = "t" }
clause = "D1"
severity = "minor"

[eligibility]
record = "request"
require = "visited = 'R1'"

[lookup.visited]
record = "visit"
on = { request_id = "visit_id" }
order = "visited_at"
take = "last(request_id)"
"""


def test_a_table_that_only_a_lookup_reads_has_a_last_row_too(tmp_path: Path) -> None:
    """Rows in one place go by their numbers in the end, which those of a large table have only where it is kept."""
    shutil.copytree(Path(__file__).parent / "book", tmp_path / "book")
    (tmp_path / "book" / "rules" / "last.toml").write_text(LAST, encoding="utf-8")
    book = read_rulebook(tmp_path / "book", KINDS)
    data = tmp_path / "data"
    data.mkdir()
    (data / "requests.csv").write_text("request_id\nV1\n", encoding="utf-8")
    with (data / "visits.csv").open("w", encoding="utf-8") as file:
        file.write("visit_id,request_id,visited_at,note\n")
        file.writelines(f"V1,R{n},2023-02-02 09:00:00,\n" for n in (2, 1))
        file.writelines(f"W{n},R3,2023-02-02 09:00:00,{'x' * 90}\n" for n in range(40_000))
    assert (data / "visits.csv").stat().st_size > 1 << 22  # what is smaller is kept anyway
    (rule,) = [rule.id for rule in book.rules.values() if rule.id.endswith("last")]
    (result,) = audit([data], [book], dt.date(2023, 3, 1), select=[rule]).rules
    assert result.outcomes["pass"] == 1
