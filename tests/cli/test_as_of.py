"""The day of an audit, as people write it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.cli.options import instant
from checker.errors import UsageError


@pytest.mark.parametrize(
    "written",
    ["2023-03-01", "2023/3/1", "2023.03.01", "2023年3月1日", " 2023年03月1日", "20230301", "2023-W09-3"],
)
def test_days(written: str) -> None:
    assert instant(written) == dt.date(2023, 3, 1)


@pytest.mark.parametrize("written", ["2023-03-01 17:30", "2023-03-01T17:30:00", " 20230301T1730"])
def test_moments(written: str) -> None:
    assert instant(written) == dt.datetime(2023, 3, 1, 17, 30)  # the rulebook's own time


@pytest.mark.parametrize("written", ["2023-02-30", "2023年13月1日", "01.03.2023", "3月1日", ""])
def test_refused(written: str) -> None:
    with pytest.raises(UsageError, match="this is no date"):
        instant(written)


@pytest.mark.parametrize("written", ["0001-01-01T00:00+14:00", "9999-12-31T23:59:59-08:00"])
def test_an_instant_in_no_year_is_refused(written: str, cli: Callable[..., Any], small: Path) -> None:
    ran = cli("check", "exports", "-r", "book", "--as-of", written)
    assert ran.status == 2
    assert "this is no date; write 2023-03-01" in ran.err


@pytest.mark.parametrize("output", ["notices", "report.html", "findings.xlsx"])
def test_the_last_day_that_there_is(output: str, cli: Callable[..., Any], small: Path) -> None:
    last = ("exports", "-r", "book", "--as-of", "9999-12-31")
    assert cli("check", *last, "-q", "-o", output).status == 1
    assert cli("due", *last, "--within", "99999w").status == 0
