"""``checker test`` as a test runner: expected and actual, JUnit, watching."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from junitparser import Failure, JUnitXml, TestSuite

Cli = Callable[..., Any]
LATE = "book/rules/request/late.toml"


@pytest.fixture
def failing(small: Path) -> Path:
    path = small / LATE
    text = path.read_text(encoding="utf-8").replace('expect = "pass"\ndue    = 2023-02-11', 'expect = "violation"')
    path.write_text(text, encoding="utf-8")
    return path


def test_a_failure_shows_expected_and_actual_with_the_arithmetic(cli: Cli, failing: Path) -> None:
    ran = cli("test", "-r", "book", "-q")
    assert ran.status == 1
    assert ran.out.splitlines()[:3] == [
        "FAIL  desk/request/late: settled in the last minute of the tenth day",
        "      expected violation",
        (
            "      but was  pass, due 2023-02-11: Due 2023-02-11 (received_at 2023-02-01 09:00 + 10 days), "
            "resolved_at 2023-02-11 23:59: in time."
        ),
    ]


def test_the_arithmetic_speaks_the_language_of_the_run(cli: Cli, failing: Path) -> None:
    assert "受理时间 2023-02-01 09:00" in cli("test", "-r", "book", "-q", "--lang", "zh").out


def test_junit_holds_every_example(cli: Cli, failing: Path) -> None:
    cli("test", "-r", "book", "-q", "--junit", "out.xml")
    suites = JUnitXml.fromfile("out.xml")
    suites = [suites] if isinstance(suites, TestSuite) else list(suites)
    cases = [case for suite in suites for case in suite]
    assert [(suite.tests, suite.failures) for suite in suites] == [(len(cases), sum(bool(c.result) for c in cases))]
    (late,) = [case for case in cases if case.name.startswith("settled in the last minute")]
    assert late.classname == "desk/request/late"
    (failure,) = late.result
    assert isinstance(failure, Failure)
    assert failure.message == "expected violation"
    assert "received_at 2023-02-01 09:00 + 10 days" in failure.text


def test_junit_that_cannot_be_written_is_told(cli: Cli, small: Path) -> None:
    ran = cli("test", "-r", "book", "-q", "--junit", "nowhere/out.xml")
    assert (ran.status, ran.err.split(";")[0]) == (
        2, "checker: nowhere/out.xml: the file cannot be written: No such file or directory",
    )  # fmt: skip


def test_watching_runs_again_when_a_file_is_saved(cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = small / LATE
    good = path.read_text(encoding="utf-8")
    edits = iter([good.replace("10 days", "10 dayz"), good.replace("10 days", "9 days"), good])

    def edit(_seconds: float) -> None:
        text = next(edits, None)
        if text is None:
            raise KeyboardInterrupt
        path.write_text(text, encoding="utf-8")

    monkeypatch.setattr(time, "sleep", edit)
    ran = cli("test", "-r", "book", "-q", "--watch")
    assert ran.status == 0
    runs = ran.out.split("Waiting for a change; Ctrl-C ends.\n")
    assert [run.splitlines()[-1].split(", ")[-1] if run else "" for run in runs] == [
        "0 failed",
        "",
        "1 failed",
        "0 failed",
        "",
    ]
    assert "10 dayz" in ran.err
