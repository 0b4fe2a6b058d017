"""The public Python API: exactly ``__all__``, cheap to import, findings as Arrow."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

import checker


@pytest.fixture
def report(small: Path) -> checker.Report:
    return checker.audit(["exports"], checker.rulebooks(["book"]), dt.date(2023, 3, 1))


def test_every_public_name_is_there_and_documented() -> None:
    for name in checker.__all__:
        assert getattr(checker, name).__doc__, name
    assert sorted(checker.__all__) == checker.__all__ == dir(checker)
    public = {name for name in vars(checker) if not name.startswith("_")}
    modules = {name.removeprefix("checker.") for name in sys.modules if name.startswith("checker.")}
    assert public - modules - {"annotations", "import_module", "TYPE_CHECKING", "Any"} <= set(checker.__all__)


def test_a_name_that_is_not_public_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'DuckDB'"):
        checker.DuckDB  # noqa: B018


def test_the_api_page_tells_every_name() -> None:
    page = (Path(__file__).parents[2] / "docs" / "python-api.md").read_text(encoding="utf-8")
    missing = [name for name in checker.__all__ if f"`{name}`" not in page and f"`{name}(" not in page]
    assert not missing


def test_importing_costs_nothing() -> None:
    code = "import sys, checker; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not {"duckdb", "pydantic", "sqlglot", "typer"} & set(json.loads(loaded.replace("'", '"')))


def test_findings_are_a_table(report: checker.Report) -> None:
    table = pl.DataFrame(report)
    (late,) = table.filter((pl.col("rule") == "desk/request/late") & (pl.col("outcome") == "violation")).to_dicts()
    assert late["key"] == "R2"
    assert Path(late["path"]).name == "requests.csv"
    assert (late["row"], late["sheet"], late["due"], late["overdue"]) == (3, None, "2023-02-11", 86400)
    assert (late["clause"], late["severity"], late["rulebook"]) == ("D1", "critical", "desk")
    assert late["title_zh"] == "紧急请求超期未办结"
    assert {one["name"]: one["value"] for one in late["evidence"]}["resolved_at"] == "2023-02-12 00:00"
    assert (late["waived"], late["known"]) == (False, False)


def test_the_table_holds_what_the_iterator_yields(report: checker.Report) -> None:
    listed = [
        (report.rules[one.rule].rule.id, one.outcome.word, one.key, one.place.row, one.fingerprint)
        for one in report.findings.of(checker.Outcome.VIOLATION, checker.Outcome.PENDING, checker.Outcome.NOT_ASSESSED)
    ]
    table = pl.DataFrame(report).select("rule", "outcome", "key", "row", "fingerprint")
    assert sorted(table.rows()) == sorted(listed)
    assert pa.table(report).num_rows == len(listed) > 0


def test_the_documented_columns_are_the_columns(report: checker.Report) -> None:
    told = checker.Report.__doc__ or ""
    assert [name for name in pl.DataFrame(report).columns if f"``{name}``" not in told] == []


def test_a_rulebook_that_is_not_there_is_a_checker_error() -> None:
    with pytest.raises(checker.CheckerError, match="nowhere"):
        checker.rulebooks(["nowhere"])


def test_rulebooks_and_what_rules_said_are_shown_in_short(report: checker.Report) -> None:
    assert "desk" in repr(report.rulebooks[0])
    assert report.rules[0].rule.id in repr(report.rules[0])
    assert len(repr(report.rulebooks[0])) < 500
    assert len(repr(report.rules[0])) < 1500
