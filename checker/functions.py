"""The SQL functions of ours, in an order in which they can be defined."""

from __future__ import annotations

from checker import wording
from checker.rulebook import moments
from checker.sources import habits, months, spellings
from checker.sql import Function


def functions() -> list[Function]:
    """Return every function that a plan's queries call."""
    return [
        *moments.functions(),
        *spellings.functions(),
        *months.functions(),
        *habits.functions(),
        *wording.functions(),
    ]
