"""A rulebook: a manual turned into data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from checker.rulebook.model import About, Clause, Record
from checker.rulebook.rule import Rule


@dataclass(frozen=True)
class Rulebook:
    """A rulebook, read and checked.

    Attributes:
        about: What ``rulebook.toml`` says.
        records: The record types by name.
        clauses: The manual's clauses by number, in its order.
        rules: The rules by id, in the order of their files.
        path: Its folder.
        sha256: The hash of all its files.
        version: The version of the distribution it came with, if any.
    """

    about: About
    records: Mapping[str, Record] = field(repr=False)
    clauses: Mapping[str, Clause] = field(repr=False)
    rules: Mapping[str, Rule] = field(repr=False)
    path: Path
    sha256: str
    version: str = ""

    @cached_property
    def joined_on(self) -> frozenset[tuple[str, str]]:
        """The record types' fields by which lookups join."""
        tables = [(rule.record, table) for rule in self.rules.values() for table in rule.lookups.values()]
        mine = {(record, field) for record, table in tables for field in table.on}
        return frozenset(mine | {(table.record, field) for _record, table in tables for field in table.on.values()})

    @property
    def name(self) -> str:
        """The rulebook's name."""
        return self.about.name


def file_of(book: Rulebook, rule: Rule) -> Path:
    """Return the file that a rule stands in."""
    return book.path / "rules" / f"{rule.id.split('/', 1)[1].split('#')[0]}.toml"
