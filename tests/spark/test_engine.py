"""Which engine runs is said by ``--engine`` and ``--spark-master``."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from checker.engines import Opened

Cli = Callable[..., Any]
CHECK = ("check", "fixtures/boston311/data", "-r", "fixtures/boston311/rulebook", "--as-of", "2022-04-01")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--engine", "sparkle"), "checker: --engine sparkle: there is no such engine; did you mean spark?\n"),
        (("--spark-master", "local"), "checker: --spark-master local: the engine is not Spark; add --engine spark\n"),
    ],
)
def test_what_is_no_engine_is_refused(cli: Cli, root: object, options: tuple[str, ...], message: str) -> None:
    ran = cli(*CHECK, *options)
    assert (ran.status, ran.err) == (2, message)


def test_without_java(cli: Cli, root: object, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _program: None)
    ran = cli(*CHECK, "--engine", "spark")
    assert (ran.status, ran.err) == (
        2,
        "checker: --engine spark: there is no Java; install a Java runtime, 17 or newer\n",
    )


@pytest.mark.xdist_group("spark")
def test_a_driver_without_memory(spark: Opened, cli: Cli, root: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark.errors import PySparkException

    from checker.engines.spark import Spark

    def prepare(*_given: object) -> None:
        message = "Not enough memory to build and broadcast the table to all worker nodes."
        raise PySparkException(message)

    monkeypatch.setattr(Spark, "prepare", prepare)
    ran = cli(*CHECK, "--engine", "spark")
    told = "Spark's driver finds no memory; allow it more, such as SPARK_DRIVER_MEMORY=4g"
    assert (ran.status, ran.err.splitlines()[-1]) == (2, f"checker: --engine spark: {told}")


@pytest.mark.xdist_group("spark")
def test_the_report_names_the_engine(spark: Opened, cli: Cli, root: object) -> None:
    ran = cli(*CHECK, "--engine", "spark", "--spark-master", "local[2]", "-f", "json")
    assert ran.status == 1
    assert '"engine": "spark ' in ran.out
