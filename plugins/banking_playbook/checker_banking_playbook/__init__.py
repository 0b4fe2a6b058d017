"""The corporate-banking handbook as a rulebook: only data, and where it lies."""

from pathlib import Path

from checker.hookspecs import hookimpl


@hookimpl
def checker_rulebooks() -> list[Path]:
    """Return the folder of this rulebook."""
    return [Path(__file__).parent]
