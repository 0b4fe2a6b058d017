"""Plugins: what an outside distribution adds is used; what is broken is named, and the others go on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from checker import hookspecs, plugins
from checker.hookspecs import hookimpl
from checker.kinds.form import Form
from checker.sources import csv

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]

RULE = """\
title.en = "Received at the weekend"
title.zh = "周末受理"
clause   = "D1"
severity = "minor"

[weekday]
record = "request"
on     = "received_at"
days   = ["monday", "tuesday", "wednesday", "thursday", "friday"]

[[example]]
name   = "on a Friday"
given  = { received_at = 2023-02-03T09:00:00 }
expect = "pass"

[[example]]
name   = "on a Saturday"
given  = { received_at = 2023-02-04T09:00:00 }
expect = "violation"

[[example]]
name   = "empty"
given  = {}
expect = "not_assessed"
"""


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Run ``checker`` in an environment into which the wheel of the sample distribution was installed."""
    work = tmp_path_factory.mktemp("outside")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", work]
    subprocess.run(build, cwd=ROOT / "fixtures" / "plugin_sample", check=True, capture_output=True)
    (wheel,) = work.glob("*.whl")
    venv.create(work / "env", with_pip=True)
    python = work / "env" / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--disable-pip-version-check", wheel]
    subprocess.run(install, check=True, capture_output=True)
    (packages,) = (work / "env" / "lib").glob("python*/site-packages")
    (packages / "ours.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [python, "-c", "from checker.cli import program; program()", *map(str, words)]
        environment = {**os.environ, "CHECKER_LANG": "en", "COLUMNS": "120"}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)

    return run


def test_an_outside_distribution_adds_a_kind_a_source_and_a_format(outside: Callable[..., Any], small: Path) -> None:
    assert "checker-sample 1.0.0" in outside("plugins").stdout
    (small / "book/rules/request/late.toml").write_text(RULE, encoding="utf-8")
    ran = outside("test", "-r", "book", "desk/request/late")
    assert (ran.returncode, ran.stderr) == (0, "")
    csv = small / "exports" / "requests.csv"
    (small / "requests.psv").write_text(csv.read_text(encoding="utf-8").replace(",", "|"), encoding="utf-8")
    ran = outside("check", "requests.psv", "-r", "book", "--as-of", "2023-03-01", "-o", "out.tally", "-q")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "     1 desk/request/nameless\n" in (small / "out.tally").read_text(encoding="utf-8")
    assert "weekday" in outside("schema", "rule").stdout


def test_without_it_the_ending_is_unknown(cli: Cli, small: Path) -> None:
    assert "no format ends in '.tally'" in cli("check", "exports", "-r", "book", "-o", "out.tally").err


class Entry(SimpleNamespace):
    """An entry point that loads what it is given, or fails as it is told."""

    dist = None

    def load(self) -> Any:
        if isinstance(self.what, Exception):
            raise self.what
        return self.what


def hooked(**hooks: Any) -> SimpleNamespace:
    return SimpleNamespace(**{name: hookimpl(lambda value=value: value) for name, value in hooks.items()})


def entries(**found: Any) -> list[EntryPoint]:
    return [Entry(name=name, what=what) for name, what in found.items()]


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (ImportError("no module named gone"), "ImportError: no module named gone"),
        (RuntimeError("boom"), "RuntimeError: boom"),
        (hooked(checker_ruleboks=[]), "unknown hook 'checker_ruleboks'"),
        (SimpleNamespace(checker_kinds=hookimpl(lambda: 1 / 0)), "ZeroDivisionError"),
        (hooked(checker_kinds={"deadline": Form}), "deadline exists already"),
        (hooked(checker_formats={".json": print}), ".json exists already"),
        (hooked(checker_sources={".csv": print}), ".csv exists already"),
        (hooked(checker_sources=["x"]), "AttributeError"),
    ],
)
def test_a_broken_plugin_is_named_and_takes_no_other_down(broken: Any, told: str) -> None:
    good = hooked(checker_kinds={"filled": Form}, checker_formats={".x": print})
    found = plugins.installed(entries(a_good=good, b_broken=broken, c_good=hooked(checker_sources={".y": print})))
    assert [bool(plugin.error) for plugin in found] == [False, True, False]
    assert told in found[1].error
    assert "filled" in plugins.kinds_of(found)
    assert ".x" in plugins.formats_of(found)
    assert ".y" in plugins.sources_of(found)
    assert ".json" in plugins.formats_of(found)


def test_an_audit_names_a_broken_plugin_and_goes_on(cli: Cli, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries(bad=RuntimeError("boom")))
    ran = cli("check", "exports", "-r", "book", "--as-of", "2023-03-01", "-q")
    assert ran.status == 1
    assert ran.err == "checker: bad: the plugin cannot be used: RuntimeError: boom; mend or uninstall it\n"
    ran = cli("plugins")
    assert (ran.status, "RuntimeError: boom" in ran.out) == (2, True)


@pytest.fixture
def psv(small: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of which only a plugin can read the exports."""
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries(psv=hooked(checker_sources={".psv": csv.read})))
    (small / "exports" / "requests.csv").rename(small / "exports" / "requests.psv")
    return small


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("check exports -r book --as-of 2023-03-01 -s desk/request/late", "exports/requests.psv:3  R2"),
        ("due exports -r book --as-of 2023-03-01 -s desk/request/late", "R3"),
        ("explain desk/request/late exports -r book --record R2", "exports/requests.psv:3  R2"),
        ("records -r book --match exports", "exports/requests.psv → desk/request"),
        ("new rulebook own --from exports", "own/records/requests.toml"),
    ],
)
def test_every_command_reads_what_a_plugin_reads(cli: Cli, psv: Path, command: str, told: str) -> None:
    assert told in cli(*command.split()).out


def test_a_plugin_may_bring_several_rulebooks(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(small / "book", small / "other")
    about = small / "other" / "rulebook.toml"
    about.write_text(about.read_text(encoding="utf-8").replace('"desk"', '"other"', 1), encoding="utf-8")
    (small / "other" / "rules" / "request" / "nameless.toml").unlink()  # it was once called after the other one
    two = hooked(checker_rulebooks=[small / "book", small / "other"])
    found = plugins.installed(entries(two=two))
    assert [book.name for book in plugins.rulebooks([], plugins=found)] == ["desk", "other"]
    asked = plugins.rulebooks(["other"], plugins=found)
    assert [book.name for book in asked] == ["other"]
    monkeypatch.setattr(plugins, "installed", lambda: found)
    assert [book.name for book in plugins.others(asked)] == ["desk"]


def test_a_rulebook_of_a_name_that_is_taken_is_told(small: Path) -> None:
    one, same = (hooked(checker_rulebooks=[small / "book"]) for _number in range(2))
    found = plugins.installed([*entries(desk=one), *entries(desk=same)])
    assert [plugin.error for plugin in found] == ["", "desk exists already"]


def test_every_hook_is_documented_and_used_by_something_real() -> None:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    sample = (ROOT / "fixtures/plugin_sample/checker_sample/__init__.py").read_text(encoding="utf-8")
    ours = (ROOT / "plugins/property/checker_property/__init__.py").read_text(encoding="utf-8")
    for name, hook in vars(hookspecs).items():
        if name.startswith("checker_"):
            assert hook.__doc__, name
            assert f"`{name}`" in page, name
            assert f"def {name}(" in sample + ours, name
