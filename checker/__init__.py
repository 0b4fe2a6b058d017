"""Audits of business records against service manuals: the public Python API, and what plugins are made of.

>>> import checker, datetime, polars
>>> report = checker.audit(["exports"], checker.rulebooks(["property"]), datetime.date(2023, 3, 1))
>>> report.totals["violation"]
>>> polars.DataFrame(report)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checker import sql
    from checker.auditing import audit
    from checker.errors import CheckerError, RulebookError, SourceError, UsageError
    from checker.hookspecs import hookimpl
    from checker.language import Label
    from checker.plugins import rulebooks
    from checker.report.finding import DataError, Finding
    from checker.report.model import Report, RuleResult
    from checker.rulebook.kind import Branch, Judgement, Kind, Outcome
    from checker.rulebook.rule import Rule
    from checker.rulebook.rulebook import Rulebook
    from checker.rulebook.scope import Scope
    from checker.sources.export import CsvScan, Export, File, JsonScan
    from checker.sources.heading import Heading

_PLACES = {
    "auditing": ("audit",),
    "errors": ("CheckerError", "RulebookError", "SourceError", "UsageError"),
    "hookspecs": ("hookimpl",),
    "language": ("Label",),
    "plugins": ("rulebooks",),
    "report.finding": ("DataError", "Finding"),
    "report.model": ("Report", "RuleResult"),
    "rulebook.kind": ("Branch", "Judgement", "Kind", "Outcome"),
    "rulebook.rule": ("Rule",),
    "rulebook.rulebook": ("Rulebook",),
    "rulebook.scope": ("Scope",),
    "sources.export": ("CsvScan", "Export", "File", "JsonScan"),
    "sources.heading": ("Heading",),
}
"""The module of each name; imported when the name is first used, so that ``import checker`` costs nothing."""

__all__ = [
    "Branch",
    "CheckerError",
    "CsvScan",
    "DataError",
    "Export",
    "File",
    "Finding",
    "Heading",
    "JsonScan",
    "Judgement",
    "Kind",
    "Label",
    "Outcome",
    "Report",
    "Rule",
    "RuleResult",
    "Rulebook",
    "RulebookError",
    "Scope",
    "SourceError",
    "UsageError",
    "audit",
    "hookimpl",
    "rulebooks",
    "sql",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the name stands for
    if name == "sql":  # the module, of which kinds are built
        return import_module("checker.sql")
    for module, names in _PLACES.items():
        if name in names:
            globals()[name] = found = getattr(import_module(f"checker.{module}"), name)
            return found
    message = f"module 'checker' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    return __all__
