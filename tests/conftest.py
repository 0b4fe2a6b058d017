"""What several test modules share: the command line in this process, and golden files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from checker import cli as command
from checker import language
from checker.plugins import rulebooks
from checker.rulebook.rulebook import Rulebook

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write golden files anew instead of comparing")


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


@pytest.fixture(scope="session")
def property_book() -> Rulebook:
    """The rulebook ``property``."""
    return rulebooks(["property"])[0]
