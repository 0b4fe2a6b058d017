"""Promises that no other test holds; ``docs/promises.md`` lists all of them."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

Cli = Callable[..., Any]
CHECK = ("check", "exports", "-r", "book")


def test_a_limit_of_the_display_says_what_it_hides(cli: Cli, small: Path) -> None:
    whole = cli(*CHECK, "--as-of", "2023-03-03", "--max-per-rule", "0").out
    cut = cli(*CHECK, "--as-of", "2023-03-03", "--max-per-rule", "1").out
    assert "more" not in whole
    assert "… and 1 more (--max-per-rule shows more, -o FILE keeps all)" in cut


def test_an_audit_as_of_a_day_does_not_change_with_today(cli: Cli, small: Path) -> None:
    reports = []
    for today in ("2023-02-01", "2031-07-31"):
        with freeze_time(today):
            reports.append(cli(*CHECK, "--as-of", "2023-02-25", "-f", "json").out)
    assert reports[0] == reports[1]
    assert '"as_of": "2023-02-25' in reports[0]


def test_an_audit_as_of_a_day_does_not_change_with_what_came_later(cli: Cli, small: Path) -> None:
    exports = small / "exports" / "requests.csv"
    found = []
    for lines_read in (6, 3):
        report = json.loads(cli(*CHECK, "--as-of", "2023-02-11", "-f", "json").out)
        found.append([report[part] for part in ("violations", "pending", "not_assessed")])
        lines = exports.read_text(encoding="utf-8").splitlines()
        then = [line.replace("2023-02-12 00:00", "") for line in lines if "2023-02-20" not in line]
        assert len(lines) == lines_read
        exports.write_text("\n".join(then), encoding="utf-8")
    for part in found[0]:
        for one in part:
            one["evidence"] = {name: None if "(>" in str(held) else held for name, held in one["evidence"].items()}
    assert found[0] == found[1]
    assert found[0][1]


def test_nothing_is_sent_anywhere(cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    assert cli(*CHECK, "--as-of", "2023-02-25").status == 1
