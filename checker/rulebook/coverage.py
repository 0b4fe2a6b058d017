"""Coverage: what becomes of every clause of a manual."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from checker.language import N_
from checker.rulebook.model import Clause
from checker.rulebook.rule import Rule
from checker.rulebook.rulebook import Rulebook

Disposition = Literal["rule", "indicator", "manual", "context", "unaccounted"]
DISPOSITIONS: tuple[Disposition, ...] = (
    N_("rule"),
    N_("indicator"),
    N_("manual"),
    N_("context"),
    N_("unaccounted"),
)


@dataclass(frozen=True)
class Covered:
    """A clause and what becomes of it.

    Attributes:
        number: The clause's number in the manual.
        rules: The rules that cite it.
        disposition: ``rule`` where a program decides it by the manual's own words; ``indicator`` where every rule
            that cites it only computes a figure, or rests on a number of ours; ``manual`` where an inspector
            looks; ``context`` where nothing can be broken; ``unaccounted`` where the rulebook says nothing.
    """

    rulebook: Rulebook
    number: str
    clause: Clause
    rules: tuple[Rule, ...]

    @property
    def disposition(self) -> Disposition:
        """What becomes of the clause."""
        if self.rules:
            ours = all(rule.kind_name == "indicator" or rule.defaults for rule in self.rules)
            return "indicator" if ours else "rule"
        if self.clause.manual is not None:
            return "manual"
        return "context" if self.clause.context else "unaccounted"


def coverage(book: Rulebook) -> list[Covered]:
    """Return every clause of a rulebook, in the manual's order."""
    citing: dict[str, list[Rule]] = {number: [] for number in book.clauses}
    for rule in book.rules.values():
        for number in dict.fromkeys((rule.clause, *rule.also)):
            citing[number].append(rule)
    return [Covered(book, number, clause, tuple(citing[number])) for number, clause in book.clauses.items()]


def counted(clauses: Sequence[Covered]) -> dict[Disposition, int]:
    """Return how many clauses each disposition has."""
    found = Counter(one.disposition for one in clauses)
    return {disposition: found[disposition] for disposition in DISPOSITIONS}
