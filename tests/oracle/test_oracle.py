"""DuckDB, and in a slow test Spark, agree with the oracle on random tables and rules.

``HYPOTHESIS_PROFILE=many uv run pytest tests/oracle`` looks longer.
"""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from cases import FIELDS, KINDS, PART_FIELDS, Said, rules, tables, text
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from oracle import NOT_APPLICABLE, Row, Table, outcome, so_far

from checker.auditing import audit
from checker.engines import Opened, engine
from checker.errors import SourceError
from checker.kinds import KINDS as ALL_KINDS
from checker.rulebook.kind import Outcome
from checker.rulebook.read import read_rulebook

BOOK = Path(__file__).parent.parent / "spec" / "rulebook"
UNTOLD = ("pass", "not_applicable")
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "many"


def test_the_oracle_knows_every_kind() -> None:
    assert set(KINDS) == set(ALL_KINDS) - {"assessment"}  # told by its specification


@pytest.mark.parametrize("kind", KINDS)
def test_duckdb(kind: str) -> None:
    @settings(max_examples=500 if LONG else 6, deadline=None, derandomize=not LONG)
    @given(said=st.lists(rules(kind), min_size=1, max_size=5), table=tables())
    def agrees(said: list[Said], table: Table) -> None:
        agree(said, table, engine())

    agrees()


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
@settings(max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(said=st.tuples(*(st.lists(rules(kind), min_size=2, max_size=3) for kind in KINDS)), table=tables())
def test_spark(spark: Opened, said: tuple[list[Said], ...], table: Table) -> None:
    agree([one for of_kind in said for one in of_kind], table, spark)


def agree(said: list[Said], table: Table, opened: Opened) -> None:
    """Audit a table by rules, and compare each outcome with the oracle's."""
    with tempfile.TemporaryDirectory() as folder:
        book, data = Path(folder, "book"), Path(folder, "data")
        shutil.copytree(BOOK, book, ignore=shutil.ignore_patterns("rules"))
        (book / "rules").mkdir()
        data.mkdir()
        for number, (file, _rule) in enumerate(said):
            (book / "rules" / f"r{number}.toml").write_text(toml(file), encoding="utf-8")
        _export(data / "case.csv", table.rows, ("id", *FIELDS))
        _export(data / "part.csv", table.parts, ("id", "case_id", *PART_FIELDS))
        for file in sorted((book / "rules").iterdir()):
            note(file.read_text(encoding="utf-8"))
        note((data / "case.csv").read_text(encoding="utf-8"))
        note((data / "part.csv").read_text(encoding="utf-8"))
        there = so_far(table)
        if not there.rows:
            with pytest.raises(SourceError, match="all of it lies later"):
                audit([data], [read_rulebook(book, ALL_KINDS)], table.as_of, engine=opened)
            return
        report = audit([data], [read_rulebook(book, ALL_KINDS)], table.as_of, engine=opened)
        told: dict[tuple[str, str | None], tuple[str, str]] = {}
        for finding in report.findings.of(Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
            told[report.rules[finding.rule].rule.id, finding.key] = finding.outcome.word, finding.en
    for result in report.rules:
        rule = said[int(result.rule.id.rpartition("r")[2])][1]
        expected = dict.fromkeys((row["id"] for row in table.rows), NOT_APPLICABLE)
        expected |= {row["id"]: outcome(rule, row, there) for row in there.rows}
        seen = {key: told.get((result.rule.id, key), (word, "")) for key, word in expected.items()}
        for key, word in expected.items():
            assert seen[key][0] == word if word not in UNTOLD else seen[key][1] == "", (key, seen[key], word)
        assert {word: n for word, n in result.outcomes.items() if n} == Counter(expected.values())


def _export(path: Path, rows: list[Row], names: tuple[str, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(
            [row[name] if name in ("id", "case_id") else text(row, name) for name in names] for row in rows
        )


def toml(file: dict[str, object]) -> str:
    """Return a rule as its file would say it."""
    head = {"title": {"en": "T", "zh": "T"}, "clause": "S", "severity": "major"}
    return "".join(f"{key} = {_inline(value)}\n" for key, value in {**head, **file}.items())


def _inline(value: object) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f'"{key}" = {_inline(one)}' for key, one in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(_inline, value)) + "]"
        case bool():
            return str(value).lower()
        case str():
            return '"' + value + '"'
        case _:
            return str(value)
