"""What the engine puts together of findings is what Python says of each."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import audit, language, rulebooks
from checker.language import LANGUAGES, Language
from checker.report import bulk, rows
from checker.report import csv as as_csv
from checker.report import json as as_json
from checker.report.finding import Finding
from checker.report.plain import harmless
from checker.rulebook.kind import Outcome

TOLD = (Outcome.VIOLATION, Outcome.PENDING, Outcome.NOT_ASSESSED)


ACTING = ("=1", "\x00 =1", "\u3000＝1", "a\u202eb", "a\nb", "\x85@x", "-", 'a"b', "a,b", "a\rb", '="1,2"\n', "")


@settings(deadline=None)
@given(st.lists(st.none() | st.text() | st.sampled_from(ACTING)))
def test_cells_of_a_csv(cells: list[str | None]) -> None:
    cells = [cell and cell.encode("utf-8", "replace").decode() for cell in cells]
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT unnest(CAST(? AS VARCHAR[])) AS c", [cells])
    made = connection.execute(f"SELECT concat_ws(',', 'a', {as_csv._cell('c')}) FROM t").fetchall()
    assert [f"{line}\r\n" for (line,) in made] == [as_csv.csv_line(["a", cell]) for cell in cells]


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_overdue(spoken: Language) -> None:
    lengths = [None, 0, 1, 2, 59, 60, 61, 119, 120, 3_599, 3_600, 7_200, 86_399, 86_400, 172_799, 172_800, 10**9]
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT unnest(CAST(? AS BIGINT[])) AS s", [lengths])
    made = connection.execute(f"SELECT {as_csv._overdue('s', spoken)} FROM t").fetchall()
    assert [words or "" for (words,) in made] == [rows.overdue(length, spoken) for length in lengths]


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_findings(root: Path, spoken: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("checker_clinic")
    report = audit([root / "fixtures" / "clinic"], rulebooks(["clinic"]), dt.date(2023, 3, 1))
    monkeypatch.setattr(language, "_current", spoken)
    for outcome in TOLD:
        lines = [json.loads(line) for line in as_json.lines(report, outcome)]
        assert lines == [rows.finding(report, one) for one in report.findings.of(outcome)]
    out = io.StringIO()
    as_csv.write(report, out)
    _head, *cells = csv.reader(io.StringIO(out.getvalue()[1:]))
    told = [one for outcome in TOLD for one in report.findings.of(outcome)]
    assert len(told) > 50
    for row, one in zip(cells, told, strict=True):
        result = report.rules[one.rule]
        department = rows.department(result, one.department, spoken)
        assert row[7:11] == [str(one.place.row), one.key or "", one.subject or "", department]
        assert row[14:] == [
            harmless(one.zh if spoken == "zh" else one.en),
            harmless(rows.evidence(result, one, spoken)),
            one.fingerprint,
        ]


def test_parts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put in order in parts, findings are the same in the same order, within a rule and across rules in any order."""
    pytest.importorskip("checker_clinic")
    report = audit([root / "fixtures" / "clinic"], rulebooks(["clinic"]), dt.date(2023, 3, 1))
    backwards = [result.number for result in reversed(report.rules)]

    def told() -> tuple[list[str], list[Finding], list[Finding]]:
        lines = list(as_json.lines(report, Outcome.VIOLATION))
        return lines, list(report.findings.of(*TOLD)), list(report.findings.of(*TOLD, rules=backwards))

    whole = told()
    assert len(list(bulk.parts(report.findings._cursor()))) == 1
    for at_once in (1, 2, 7):
        monkeypatch.setattr(bulk, "_AT_ONCE", at_once)
        assert len(list(bulk.parts(report.findings._cursor()))) > len(whole[1]) / (2 * at_once)
        assert told() == whole
