"""The reference of the Python API, from its docstrings."""

from __future__ import annotations

import checker

AUDITS = (
    "audit", "rulebooks", "Report", "RuleResult", "Finding", "DataError", "Outcome", "Rulebook", "Rule", "CheckerError",
    "UsageError", "RulebookError", "SourceError",
)  # fmt: skip
"""What an audit from Python needs; the other names are for plugins."""


def page() -> str:
    """Return the page of every public name."""
    rest = [name for name in checker.__all__ if name not in AUDITS]
    parts = [
        "# Python reference",
        "Every public name, importable from `checker`. [Python API](python-api.md) says how they go together.",
    ]
    parts += ["*To audit*", *(f"::: checker.{name}" for name in AUDITS)]
    parts += ["*To write a plugin*", *(f"::: checker.{name}" for name in rest)]
    return "\n\n".join(parts) + "\n"
