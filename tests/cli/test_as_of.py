"""The day of an audit, as people write it."""

from __future__ import annotations

import datetime as dt

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
