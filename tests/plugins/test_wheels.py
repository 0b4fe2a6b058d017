"""Each plugin installs from its wheel into a clean environment beside the core's wheel, and is found there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import tomli

from checker.plugins import rulebooks

ROOT = Path(__file__).parent.parent.parent
UV = os.environ.get("UV") or shutil.which("uv")
PLUGINS = sorted(path.parent.name for path in (ROOT / "plugins").glob("*/pyproject.toml"))

pytestmark = pytest.mark.skipif(UV is None, reason="uv, which builds and installs wheels, is not on PATH")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def uv(*arguments: object, **environment: str) -> None:
    """Run uv in the project's folder."""
    assert UV is not None
    inherited = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run([UV, *map(str, arguments), "--quiet"], cwd=ROOT, env=inherited | environment, check=True)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheels of the core and of every plugin."""
    folder = tmp_path_factory.mktemp("wheels")
    uv("build", "--wheel", "--all-packages", "--out-dir", folder)
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, wheels: Path) -> Path:
    """The interpreter of an environment that holds the core's wheel and what it depends on, and nothing else."""
    place = tmp_path_factory.mktemp("clean") / "env"
    wanted = ("--frozen", "--no-default-groups", "--no-install-workspace", "--package", "rulebook-checker")
    uv("sync", "--python", sys.executable, *wanted, UV_PROJECT_ENVIRONMENT=str(place))
    found = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv("pip", "install", "--no-deps", "--python", found, wheel(wheels, "rulebook_checker"))
    return found


def wheel(wheels: Path, distribution: str) -> Path:
    (path,) = wheels.glob(f"{distribution}-[0-9]*.whl")
    return path


@pytest.fixture
def checker(python: Path, tmp_path: Path) -> Run:
    """Run ``checker`` in the clean environment, away from the project's folder."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(python), "-I", "-c", "from checker.cli import program; program()", *arguments]
        environment = os.environ | {"CHECKER_LANG": "en", "COLUMNS": "200", "PYTHONUTF8": "1"}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_is_found_beside_the_core(plugin: str, python: Path, wheels: Path, checker: Run) -> None:
    pytest.importorskip(f"checker_{plugin}", reason="not installed here, so its rules are not known")
    project = tomli.loads((ROOT / "plugins" / plugin / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    distribution = project["name"]
    uv("pip", "install", "--no-deps", "--python", python, wheel(wheels, distribution.replace("-", "_")))
    try:
        listed = checker("plugins")
        assert listed.returncode == 0, listed.stderr
        assert f"{distribution} {project['version']}" in listed.stdout
        for name in project["entry-points"]["checker"]:
            told = checker("rules", name)
            assert told.returncode == 0, told.stderr
            (book,) = rulebooks([name])
            assert all(rule in told.stdout for rule in book.rules)
    finally:
        uv("pip", "uninstall", "--python", python, distribution)
    gone = checker("rules", plugin)
    assert gone.returncode == 2
    assert gone.stdout == ""
    assert "none is installed" in gone.stderr


def test_without_plugins_the_core_says_so_and_audits_with_a_folder(checker: Run, tmp_path: Path) -> None:
    (tmp_path / "requests.csv").write_text("请求编号,费用\nR1,99\n", encoding="utf-8")
    none = checker("check", "requests.csv")
    assert none.returncode == 2
    assert none.stdout == ""
    assert "none is installed" in none.stderr
    book = str(ROOT / "tests" / "book")
    assert checker("check", "requests.csv", "--rulebook", book, "--as-of", "2023-03-01").returncode in (0, 1)
    assert checker("test", "--rulebook", book).returncode == 0
