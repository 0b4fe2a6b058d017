"""The documentation: the tutorial runs word for word, generated pages are current, promises name tests that exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from checker.rulebook.model import RecordField
from checker.rulebook.units import factors

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS = {"checker check": 1}
"""The exit status of the commands that do not end with 0."""


def test_the_tutorial_runs_word_for_word(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "checker"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from checker.cli import program; program()' \"$@\"\n")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "CHECKER_LANG": "en"}
    blocks = BLOCK.findall((DOCS / "tutorial.md").read_text(encoding="utf-8"))
    assert sum(kind == "sh" for kind, _text in blocks) >= 7
    out = ""
    for kind, text in blocks:
        if kind == "text":
            lines = (re.escape(line).replace("…", ".*") + "\n" for line in text.splitlines())
            pattern = "".join("(?:.*\n)*?" if line == ".*\n" else line for line in lines)
            assert re.fullmatch(pattern, out), f"{text}\nis not what was printed:\n{out}"
            continue
        ran = subprocess.run(
            ["/bin/sh", "-ec", text], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        expected = next((status for start, status in STATUS.items() if text.startswith(start)), 0)
        assert ran.returncode == expected, f"{text}\n{ran.stdout}{ran.stderr}"
        out = ran.stdout
        if text.startswith("checker explain"):
            assert "R2" in out


def test_generated_pages_are_current(tmp_path: Path) -> None:
    subprocess.run([sys.executable, DOCS / "generate.py", tmp_path], check=True)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made
    for name in made:
        now, then = (tmp_path / name).read_text(encoding="utf-8"), (DOCS / name).read_text(encoding="utf-8")
        assert now == then, f"docs/{name} is stale: python docs/generate.py"


def promised() -> list[str]:
    return re.findall(r"`(tests/[^`]+::\w+)`", (DOCS / "promises.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("test", promised())
def test_every_promise_names_a_test_that_exists(test: str) -> None:
    path, _, name = test.partition("::")
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_links_between_pages_lead_somewhere() -> None:
    """Those to pages that are made with the site are the strict build's to check."""
    made = re.compile(r"(rulebooks|kinds)/.*\.md|(errors|commands|reference)\.md")
    for page in DOCS.rglob("*.md"):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists() or made.fullmatch(link), f"{page.name}: {link}"


def test_the_units_of_a_line_are_of_one_kind() -> None:
    section = (ROOT / "docs/exports.md").read_text(encoding="utf-8").partition("## Units\n")[2].partition("\n## ")[0]
    lines = [re.findall(r"`([^`]+)`", line) for line in section.splitlines() if line.startswith("| ") and "`" in line]
    assert len(lines) == 9
    for first, *others in lines:
        known = factors(RecordField(type="decimal", unit=first))
        assert [unit for unit in others if unit.lower() not in known] == []
