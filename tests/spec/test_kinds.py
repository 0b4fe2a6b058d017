"""The specification of the kinds of rule: ``kinds/KIND.toml`` holds a kind's tables, ``rulebook`` their records.

A table is a rule with the records it judges. ``rule`` is what a rule's file would say, without title, clause and
severity; ``as-of`` is the instant of the audit; ``records`` are the rows of ``case``, and ``others.NAME`` those of
another record type, as texts between bars. What stands before ``outcome`` is exported as it stands there, and a field
without a column is not exported; what stands behind it is expected:

- ``outcome``: one of the five
- ``due``, ``overdue`` (``2 days``, ``90 min``) and ``says`` (a part of the English sentence), where they are told: for
  violations, pending and not assessed records. An empty cell expects nothing.

Records without an ``id`` column are numbered from 1. ``pytest tests/spec --engine spark`` runs them elsewhere.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli

import checker
from checker import engines
from checker.kinds import KINDS
from checker.report.finding import Finding
from checker.rulebook.kind import Outcome
from checker.rulebook.read import read_rulebook
from checker.rulebook.rulebook import Rulebook

HERE = Path(__file__).parent
EXPECTED = ("outcome", "due", "overdue", "says")
UNITS = {"day": 86400, "days": 86400, "h": 3600, "min": 60, "s": 1}

Row = dict[str, str]


@dataclass(frozen=True)
class Spec:
    """One table: its rule's id, its instant, its records and what is expected of them."""

    rule: str
    title: str
    as_of: dt.datetime | dt.date
    tables: Mapping[str, list[Row]]
    expected: tuple[Row, ...]


class Result(NamedTuple):
    """What an engine says: outcomes counted over all records, why the rule did not run, what is told by key."""

    outcomes: Mapping[str, int]
    reason: str
    told: Mapping[str, Finding]


def grid(text: str) -> list[Row]:
    """Read rows of cells between bars; the first row names the columns."""
    head, *body = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    for cells in body:
        assert len(cells) == len(head), f"{len(cells)} cells under {len(head)} headers: {cells}"
    return [dict(zip(head, cells, strict=True)) for cells in body]


def inline(value: Any) -> str:
    """Return a value as TOML writes it in one line."""
    match value:
        case dict():
            return "{ " + ", ".join(f'"{key}" = {inline(one)}' for key, one in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(inline, value)) + "]"
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case _:
            return str(value)


def specs(kind: str) -> Iterator[tuple[Spec, dict[str, Any]]]:
    """Yield a kind's tables, each with its rule as a file would say it."""
    content = tomli.loads((HERE / "kinds" / f"{kind}.toml").read_text(encoding="utf-8"))
    for number, table in enumerate(content["table"], 1):
        records = grid(table["records"])
        for place, row in enumerate(records, 1):
            row.setdefault("id", str(place))
        exported = [{name: cell for name, cell in row.items() if name not in EXPECTED} for row in records]
        expected = tuple({name: row[name] for name in ("id", *EXPECTED) if name in row} for row in records)
        others = {name: grid(text) for name, text in table.get("others", {}).items()}
        identity = f"{kind}/t{number:02}"
        own = {"record": "case", **table["rule"].get(kind, {})}
        title = table["title"]
        rule = {"title": {"en": title, "zh": title}, "clause": "S", "severity": "major", **table["rule"], kind: own}
        name = own["record"]
        yield Spec(f"spec/{identity}", title, table["as-of"], {name: exported, **others}, expected), rule


ALL = {
    spec.rule: (spec, rule)
    for kind in KINDS
    if (HERE / "kinds" / f"{kind}.toml").is_file()
    for spec, rule in specs(kind)
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The rulebook with every table's rule in it."""
    folder = tmp_path_factory.mktemp("spec") / "spec"
    shutil.copytree(HERE / "rulebook", folder)
    for identity, (_spec, rule) in ALL.items():
        file = folder / "rules" / f"{identity.removeprefix('spec/')}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{key} = {inline(value)}\n" for key, value in rule.items()), encoding="utf-8")
    return read_rulebook(folder, KINDS)


def judged(book: Rulebook, spec: Spec, folder: Path, engine: str) -> Result:
    """Judge by an audit of CSV files."""
    for name, rows in spec.tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    report = checker.audit([folder], [book], spec.as_of, select=[spec.rule], engine=engines.engine(engine))
    (result,) = report.rules
    assert result.records == sum(result.outcomes.values())
    told: dict[str, Finding] = {}
    for finding in report.findings.of(Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED):
        assert finding.key is not None
        assert finding.key not in told, "one outcome for each record"
        told[finding.key] = finding
    return Result(result.outcomes, str(result.reason), told)


@pytest.mark.parametrize("spec", [spec for spec, _rule in ALL.values()], ids=lambda spec: f"{spec.rule}: {spec.title}")
def test_kind(spec: Spec, engine: str, book: Rulebook, tmp_path: Path) -> None:
    result = judged(book, spec, tmp_path, engine)
    seen = [seen_as(row, result) for row in spec.expected]
    assert seen == list(spec.expected)
    counted = Counter(row["outcome"] for row in spec.expected)
    assert {outcome: count for outcome, count in result.outcomes.items() if count} == counted


def seen_as(row: Row, result: Result) -> Row:
    """Return what an engine said of a record, in the cells of its expectation.

    Of a record that passes, or to which the rule does not apply, nothing is told: those are only counted.
    """
    finding = result.told.get(row["id"])
    if finding is None:
        untold = row["outcome"] in ("pass", "not_applicable") or (row["outcome"] == "not_assessed" and result.reason)
        cells = {
            "outcome": row["outcome"] if untold else "nothing told",
            "says": result.reason if row["outcome"] == "not_assessed" else "",
        }
    else:
        cells = {
            "outcome": finding.outcome.word,
            "due": finding.due or "",
            "overdue": str(finding.overdue),
            "says": finding.en,
        }
    return {name: as_expected(name, wanted, cells.get(name, "")) for name, wanted in row.items()} | {"id": row["id"]}


def as_expected(name: str, wanted: str, said: str) -> str:
    """Return the expected cell where what was said agrees with it, else what was said."""
    match name:
        case "outcome":
            return said
        case _ if not wanted:
            return ""
        case "says":
            return wanted if wanted in said else said
        case "overdue":
            count, unit = wanted.split()
            return wanted if str(int(count) * UNITS[unit]) == said else f"{said} s"
        case _:
            return wanted if wanted == said else said


def test_every_kind_is_specified() -> None:
    """A kind without a table here has no meaning that anyone could hold it to."""
    assert {path.stem for path in (HERE / "kinds").glob("*.toml")} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_outcome_and_the_empties_are_shown(kind: str) -> None:
    shown = {row["outcome"] for spec, _rule in specs(kind) for row in spec.expected}
    assert {"pass", "violation", "not_applicable", "not_assessed"} <= shown
