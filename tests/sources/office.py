"""Auditing an office's exports, and what of the report must not depend on their format."""

from __future__ import annotations

import datetime as dt
import functools
from pathlib import Path
from typing import Any

from checker.auditing import audit
from checker.plugins import rulebooks
from checker.report.model import Report
from checker.rulebook.kind import Outcome
from checker.sources.mapping import Mapping, by_record

BOOK = Path(__file__).parent / "book"


@functools.cache
def office():
    return rulebooks([str(BOOK)])


def audited(*data: object, mapping: dict[str, Any] | None = None, as_of: dt.date = dt.date(2023, 5, 22)) -> Report:
    """Audit an office's exports."""
    given = {name: Mapping.model_validate(one) for name, one in (mapping or {}).items()}
    return audit(
        [str(one) for one in data],
        office(),
        as_of,
        mappings=by_record(given, office(), "checker.toml"),
        show_personal_data=True,
    )


def findings(report: Report) -> list[tuple[object, ...]]:
    """Return everything found but where it stands, in an order that does not depend on that."""
    everything = report.findings.of(*Outcome)
    return sorted(tuple(one._replace(place=None)) for one in everything)
