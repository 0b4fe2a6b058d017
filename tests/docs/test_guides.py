"""What the guides show is so: their files are written, their commands run, and what they print is compared.

A block ``sh`` is commands, one a line; a block ``text`` behind it is what the last of them prints, with ``…`` for lines
left out. A block with a title is a file.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from checker.cli import application

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(checker [^`]+)`")
ENDS_WITH_1 = ("checker check", "checker compare", "checker test --rulebook desk --mutate")
"""Commands that find something on these pages; the others end with 0."""
GUIDES = ("inspector.md", "inspector.zh.md", "author.md", "author.zh.md")
EXPORTS = {"inspector.md": "exports", "inspector.zh.md": "导出文件夹"}


def shown(expected: str, printed: str) -> bool:
    """Whether lines were printed, with anything in place of a line ``…``; how wide columns are does not count."""
    lines = [" ".join(line.split()) for line in expected.splitlines()]
    pattern = "".join("(?:.*\n)*?" if line == "…" else re.escape(line) + "\n" for line in lines)
    return re.fullmatch(pattern, "".join(" ".join(line.split()) + "\n" for line in printed.splitlines())) is not None


@pytest.mark.parametrize("page", GUIDES)
def test_a_guide_shows_what_happens(page: str, tmp_path: Path) -> None:
    language = "zh" if page.endswith(".zh.md") else "en"
    environment = {**os.environ, "CHECKER_LANG": language, "COLUMNS": "100"}
    if page in EXPORTS:
        pytest.importorskip("checker_property")
        (tmp_path / EXPORTS[page]).symlink_to(ROOT / "fixtures/property")
    blocks = BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))
    assert sum(kind == "text" for kind, _title, _text in blocks) >= 5
    printed = ""
    for kind, title, text in blocks:
        if title:
            file = tmp_path / title
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif kind == "sh":
            for line in text.splitlines():
                program = [sys.executable, "-c", "from checker.cli import program; program()", *shlex.split(line)[1:]]
                ran = subprocess.run(
                    program, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False
                )
                assert ran.returncode == line.startswith(ENDS_WITH_1), f"{line}\n{ran.stdout[-2000:]}{ran.stderr}"
                printed = ran.stdout
        elif kind == "text":
            assert shown(text, printed), f"{text}\nis not what was printed:\n{printed[:20000]}"


def test_the_author_s_guides_write_the_same_rulebook() -> None:
    english, chinese = (
        {title for _kind, title, _text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")) if title}
        for page in ("author.md", "author.zh.md")
    )
    assert english == chinese


def commands() -> list[tuple[str, str]]:
    """Return every command that a page names, with the page."""
    found = []
    for page in (*sorted(DOCS.glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        text = page.read_text(encoding="utf-8")
        lines = [
            line.strip().removeprefix("$ ").removeprefix("- run: ").removeprefix("- ") for line in text.splitlines()
        ]
        shown = [line for line in lines if line.startswith("checker ")] + INLINE.findall(text)
        found += [(page.name, line.partition("#")[0] if " #" in line else line) for line in shown]
    return found


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_and_option_named_exists(page: str, line: str) -> None:
    command: Any = typer.main.get_command(application())
    words = [word for word in line.replace("…", " ").split()[1:] if word not in ("DATA", "COMMAND")]
    while words and hasattr(command, "commands"):
        if words[0].startswith("-") or words[0] == ".":
            break
        if words[0] in ("ends", "says"):
            return
        assert words[0] in command.commands, f"{page}: {line}"
        command = command.commands[words.pop(0)]
    options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
    named = {word.partition("=")[0].rstrip(",.;") for word in words if re.match(r"--?[a-z]", word)}
    assert named <= options, f"{page}: {line}"
