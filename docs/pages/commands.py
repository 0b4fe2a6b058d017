"""The commands, each with its help in both languages."""

from __future__ import annotations

import os
import subprocess
import sys

from pages.markdown import fenced

COMMANDS = (
    "check", "due", "explain", "records", "coverage", "rules", "compare", "test", "new rulebook", "new rule", "schema",
    "plugins",
)  # fmt: skip
PROGRAM = """
import sys
from checker.cli import main
for command in sys.argv[1].split(","):
    sys.argv = ["checker", *command.split(), "--help"]
    try:
        main()
    except SystemExit:
        print(end="\\0")
"""
"""One process says the help of all commands: the language is chosen while their modules load."""


def page() -> str:
    """Return the page of all commands."""
    parts = [
        "# Commands",
        "What `checker COMMAND --help` says. With `--lang zh`, or under a Chinese locale, it speaks Chinese.",
    ]
    english, chinese = _help("en"), _help("zh")
    for command in COMMANDS:
        parts.append(f"## checker {command}")
        for tab, told in (("English", english[command]), ("中文", chinese[command])):
            block = fenced(told, "text")
            parts.append(f'=== "{tab}"\n\n' + "\n".join(f"    {line}".rstrip() for line in block.splitlines()))
    return "\n\n".join(parts) + "\n"


def _help(language: str) -> dict[str, str]:
    environment = {**os.environ, "CHECKER_LANG": language, "COLUMNS": "80", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, "-c", PROGRAM, ",".join(COMMANDS)]
    ran = subprocess.run(words, check=True, capture_output=True, encoding="utf-8", env=environment)  # noqa: S603  # ourselves
    return dict(zip(COMMANDS, ran.stdout.split("\0")[:-1], strict=True))
