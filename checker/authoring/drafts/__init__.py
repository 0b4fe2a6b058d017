"""Drafts of rules: for each kind a rule over whatever fields a record type has, with examples that pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from checker.authoring.drafts.alone import ALONE
from checker.authoring.drafts.beside import BESIDE
from checker.rulebook.model import Record

Draft = Callable[[str, Mapping[str, Record]], str | None]
"""Returns the rule's own tables and examples for one of some record types; ``None`` where it lacks the fields."""

DRAFTS: dict[str, Draft] = {**ALONE, **BESIDE}
"""The drafts by kind."""
