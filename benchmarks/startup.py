"""How long the small things take, against the imports they cannot do without."""

from __future__ import annotations

import sys

from benchmarks.measure import best, checker, measure, python

_LIBRARIES = "import duckdb, pydantic, typer, sqlglot"

_BOSTON = ("check", "fixtures/boston311/data", "-r", "fixtures/boston311/rulebook", "--as-of", "2022-06-01", "--quiet")
_PROPERTY = ("check", "fixtures/property", "-r", "property", "--as-of", "2023-03-01", "--quiet")

_AUDIT = """
import sys
from checker.cli import main
try:
    main()
finally:
    found = [name for name, one in sys.modules.items() if getattr(one, "__spec__", None)]
    print(*(name for name in found if name.replace(".", "").isidentifier()))
"""
"""Runs the command, and prints the packages and modules it has imported."""


def _needed(arguments: tuple[str, ...]) -> str:
    """Return the imports of all that a command has imported."""
    names = measure(sys.executable, "-c", _AUDIT, *arguments, expect=(0, 1)).output.splitlines()[-1].split()
    return f"import {', '.join(names)}"


def startup(runs: int) -> None:
    """Print the time of ``--help`` and of two small audits, each against bare imports."""
    needed = _needed(_BOSTON)
    for name, said, bare, arguments in (
        ("checker --help", "import typer", "import typer", ("--help",)),
        ("checker check fixtures/boston311", "importing what it needs", needed, _BOSTON),
        ("checker check fixtures/property", _LIBRARIES, _LIBRARIES, _PROPERTY),
    ):
        least = best(runs, lambda bare=bare: python(bare))  # type: ignore[misc]
        ours = best(runs, lambda arguments=arguments: checker(*arguments))  # type: ignore[misc]
        print(f"{name}: {ours.seconds:.2f} s; {said}: {least.seconds:.2f} s; ratio {ours.seconds / least.seconds:.2f}")
