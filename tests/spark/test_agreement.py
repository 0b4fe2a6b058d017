"""Spark and DuckDB say the same of every fixture, example and specification, to the letter."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from checker.auditing import audit
from checker.engines import Opened, engine
from checker.examples import instant, run_examples, shown
from checker.kinds.query import Query
from checker.plugins import installed, rulebooks
from checker.report.model import Report
from checker.rulebook.kind import Outcome
from checker.rulebook.rule import Example, Rule
from checker.rulebook.rulebook import Rulebook

pytestmark = pytest.mark.xdist_group("spark")

FIXTURES = [
    ("fixtures/property", "property", dt.date(2023, 3, 1)),
    ("fixtures/boston311/data", "fixtures/boston311/rulebook", dt.date(2022, 4, 1)),
    ("fixtures/eldercare", "eldercare", dt.date(2023, 3, 1)),
    ("fixtures/clinic", "clinic", dt.date(2023, 3, 1)),
    ("fixtures/banking_playbook", "banking_playbook", dt.date(2023, 6, 30)),
]
DUCKDB = engine()


@pytest.mark.parametrize(("data", "book", "as_of"), FIXTURES)
def test_fixture(spark: Opened, root: Path, data: str, book: str, as_of: dt.date) -> None:
    if "/" not in book:
        pytest.importorskip(f"checker_{book}")
    books = rulebooks([book])
    ours, theirs = (told(audit([data], books, as_of, engine=opened)) for opened in (DUCKDB, spark))
    assert ours["findings"]
    for part, ours_of_part in ours.items():
        assert theirs[part] == ours_of_part, part


def test_records_of_one_key_and_of_none(spark: Opened, small: Path) -> None:
    """Each is known by its place among them, which executors do not know while they write what they find."""
    again = "".join(f"{key},1-10{n},紧急,2023-02-01 09:00,,周杰,1\n" for n in range(3) for key in ("R2", "", "R3"))
    exports = small / "exports" / "requests.csv"
    exports.write_text(exports.read_text() + again)
    (small / "exports" / "requests2.csv").write_text(exports.read_text())
    books = rulebooks(["book"])
    ours, theirs = (told(audit(["exports"], books, dt.date(2023, 3, 1), engine=opened)) for opened in (DUCKDB, spark))
    assert theirs == ours
    found = list(ours["findings"])
    assert len({one.fingerprint for one in found}) == len(found)


def test_headings_among_the_records(spark: Opened, small: Path) -> None:
    exports = small / "exports" / "requests.csv"
    head, *lines = exports.read_text().splitlines()
    title = "一号楼" + "," * head.count(",")
    exports.write_text("\n".join([title, head, *lines[:2], "", head, lines[2], title, head, *lines[3:], head]))
    books = rulebooks(["book"])
    ours, theirs = (audit(["exports"], books, dt.date(2023, 3, 1), engine=opened) for opened in (DUCKDB, spark))
    assert told(theirs) == told(ours)
    assert [one.rows for one in theirs.inputs] == [len(lines)]
    assert theirs.ignored == ours.ignored == ("exports/requests.csv (请求编号 ×3)", "exports/requests.csv (一号楼)")


def test_queries_whose_parts_have_one_name(spark: Opened, small: Path) -> None:
    for name, least in (("dear", 5), ("dearer", 10)):
        sql = f"WITH one AS (SELECT request_id, fee > {least} AS offends FROM request) SELECT * FROM one"
        head = 'title.en = "Dear"\ntitle.zh = "费用过高"\nclause = "D2"\nseverity = "minor"\n'
        rule = f'{head}[query]\nrecord = "request"\nsql = "{sql}"\n'
        (small / "book" / "rules" / "request" / f"{name}.toml").write_text(rule)
    books = rulebooks(["book"])
    ours, theirs = (audit(["exports"], books, dt.date(2023, 3, 1), engine=opened) for opened in (DUCKDB, spark))
    assert told(theirs) == told(ours)
    dear, dearer = ({**one.outcomes} for one in ours.rules if one.rule.id.startswith("desk/request/dear"))
    assert dear["violation"] > dearer["violation"] > 0


def told(report: Report) -> dict[str, Any]:
    """Return all that a report says, but which engine said it."""
    findings = report.findings
    return {
        "findings": list(findings.of(Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED)),
        "outcomes": {result.rule.id: (result.records, dict(result.outcomes)) for result in report.rules},
        "data errors": list(findings.data_errors()),
        "inputs": report.inputs,
    }


RULES = [
    (book, rule)
    for plugin in installed()
    if plugin.rulebooks
    for book in rulebooks([plugin.name])
    for rule in book.rules.values()
]


@pytest.mark.slow
@pytest.mark.parametrize("name", dict.fromkeys(book.name for book, _rule in RULES))
def test_examples(spark: Opened, name: str) -> None:
    """The examples of all rules but queries: asked of many cases at once, these look out of more than one subquery."""
    (book,) = rulebooks([name])
    rules = [rule for rule in book.rules.values() if not isinstance(rule.kind, Query)]
    ours, theirs = (run_examples(book, rules, engine=opened) for opened in (DUCKDB, spark))
    assert theirs == ours


QUERIES = [
    pytest.param(book, rule, example, id=f"{rule.id}: {example.name}")
    for book, rule in RULES
    if isinstance(rule.kind, Query)
    for example in rule.example
]


@pytest.mark.slow
@pytest.mark.parametrize(("book", "rule", "example"), QUERIES)
def test_queries(spark: Opened, tmp_path: Path, book: Rulebook, rule: Rule, example: Example) -> None:
    """Each example of a query, audited as exports of its own."""
    assert isinstance(rule.kind, Query)
    read = {table.name for table in sqlglot.parse_one(rule.kind.sql).find_all(exp.Table)} | {rule.record}
    for name in read.intersection(book.records):
        rows = [example.given] * (name == rule.record) + list(example.rows.get(name, ()))
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            export = csv.DictWriter(file, list(book.records[name].fields))
            export.writeheader()
            export.writerows({field: shown(value) for field, value in row.items()} for row in rows)
    as_of = instant(example)
    ours, theirs = (
        told(audit([tmp_path], [book], as_of, select=[rule.id], engine=opened)) for opened in (DUCKDB, spark)
    )
    assert theirs == ours
