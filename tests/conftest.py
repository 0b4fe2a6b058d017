"""What several test modules share: the command line in this process, a small audit, and golden files."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import checker.config
import checker.kinds
import checker.waivers  # noqa: F401  # models of dates are made before a test stops the clock
from checker import cli as command
from checker import language
from checker.engines import Opened, engine
from checker.plugins import rulebooks
from checker.rulebook.rulebook import Rulebook

ROOT = Path(__file__).parent.parent

REQUESTS = """\
请求编号,房号,等级,受理时间,办结时间,客户,费用
R1,1-101,紧急,2023-02-01 09:00,2023-02-11 23:59,王伟,10
R2,1-102,紧急,2023-02-01 09:00,2023-02-12 00:00,李娜,20
R3,1-103,紧急,2023-02-20 09:00,,张敏,200
R4,1-104,普通,2023-02-20 09:00,,刘强,
R5,1-105,,2023-02-20 09:00,,,5
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write golden files anew instead of comparing")
    parser.addoption("--engine", action="append", help="the engine that the specification runs on; duckdb by default")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--write-golden") and config.getoption("numprocesses", 0):
        message = "--write-golden writes one test after the other: leave -n away"
        raise pytest.UsageError(message)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", metafunc.config.getoption("--engine") or ["duckdb"])


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the rulebooks of tests away from the user's."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CHECKER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


class Ran(NamedTuple):
    """What a command did: its exit status, and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run ``checker ARGUMENTS`` in this process, in English unless asked for otherwise."""
    monkeypatch.setenv("CHECKER_LANG", "en")
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["checker", *map(str, arguments)])
        capsys.readouterr()
        status: object = 0
        try:
            command.main()
        except SystemExit as ended:
            status = ended.code or 0
        finally:
            language.use("en")
        assert isinstance(status, int)
        return Ran(status, *capsys.readouterr())

    return run


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a golden file; ``--write-golden`` writes it instead."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--write-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), "if this is meant: pytest --write-golden, and read the diff"

    return compare


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository, made the current folder, so that paths in reports are the same everywhere."""
    monkeypatch.chdir(ROOT)
    return ROOT


@pytest.fixture
def golden_report(
    cli: Callable[..., Ran], root: Path, golden: Callable[[Path, str], None]
) -> Callable[[str, str], dict[str, Any]]:
    """Audit ``fixtures/NAME`` as of a day, compare the report with ``fixtures/expected/NAME.json``, and return it."""

    def audited(name: str, as_of: str) -> dict[str, Any]:
        ran = cli("check", f"fixtures/{name}", "-r", name, "--as-of", as_of, "-f", "json")
        assert ran.status == 1, ran.err
        report: dict[str, Any] = json.loads(ran.out)
        shown = json.loads(ran.out)
        for differs in ("engine", "version"):  # between installations
            del shown["audit"][differs]
        for book in shown["audit"]["rulebooks"]:
            del book["version"], book["sha256"]
        lists = {key: shown.pop(key) for key in list(shown) if isinstance(shown[key], list)}
        text = json.dumps(shown, ensure_ascii=False, indent=1)[:-2]
        for key, items in lists.items():
            lines = ",\n".join("  " + json.dumps(item, ensure_ascii=False) for item in items)
            text += f',\n "{key}": [\n{lines}\n ]'
        golden(root / "fixtures" / "expected" / f"{name}.json", text + "\n}\n")
        return report

    return audited


@pytest.fixture(scope="session")
def property_book() -> Rulebook:
    """The rulebook ``property``; what needs it is skipped where it is not installed."""
    pytest.importorskip("checker_property")
    return rulebooks(["property"])[0]


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with ``book`` and ``exports/requests.csv``: ``desk/request/late`` has one of each outcome."""
    shutil.copytree(ROOT / "tests" / "book", tmp_path / "book")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "requests.csv").write_text(REQUESTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def spark() -> Iterator[Opened]:
    """What opens the engine, within this machine."""
    pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")
    if not shutil.which("java"):
        pytest.skip("there is no Java")
    # a compiler that thinks long pays only after minutes
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m")
    from pyspark.sql import SparkSession

    yield engine("spark", "local[2]")
    if session := SparkSession.getActiveSession():
        session.stop()
