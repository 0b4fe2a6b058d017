"""Changes of rules that no record can tell from the rule, each with the reason why."""

from __future__ import annotations

import tomli
from pydantic import BaseModel, ConfigDict, ValidationError

from checker.errors import RulebookError, broken_toml, several
from checker.invalid import told
from checker.rulebook.rulebook import Rulebook

FILE = "equivalent.toml"
"""The file in a rulebook's folder that lists them."""


class Equivalent(BaseModel):
    """Some changes of a rule that make no difference.

    Attributes:
        rule: The rule's id without the rulebook's name; that of a family stands for all its items.
        changes: The changes, as ``checker test --mutate`` calls them.
        reason: Why no record can tell them from the rule.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    changes: tuple[str, ...]
    reason: str


class _Content(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    same: tuple[Equivalent, ...] = ()


class Reasons:
    """The reasons that a rulebook states; remembers which have been asked for."""

    def __init__(self, book: Rulebook, stated: tuple[Equivalent, ...]) -> None:
        self._book = book
        self._reasons = {(one.rule, change): one.reason for one in stated for change in one.changes}
        self._used: set[tuple[str, str]] = set()

    @property
    def rules(self) -> set[str]:
        """The rules of which something is stated, without the rulebook's name."""
        return {rule for rule, _change in self._reasons}

    def of(self, rule_id: str, change: str) -> str | None:
        """Return why a change of a rule makes no difference, if that is stated."""
        rule = rule_id.partition("/")[2]
        for key in ((rule, change), (rule.partition("#")[0], change)):
            if key in self._reasons:
                self._used.add(key)
                return self._reasons[key]
        return None

    def unused(self, rule_ids: set[str]) -> list[tuple[str, str]]:
        """Return what is stated in vain: changes that are not made, or that a record notices after all.

        Args:
            rule_ids: The rules that were changed; of a family with others left out, nothing is known.
        """
        left_out = {rule.partition("/")[2] for rule in self._book.rules.keys() - rule_ids}
        left_out |= {rule.partition("#")[0] for rule in left_out}
        return [key for key in self._reasons if key not in self._used and key[0] not in left_out]


def reasons(book: Rulebook) -> Reasons:
    """Read what a rulebook states.

    Raises:
        RulebookError: for a file that is not such a list.
    """
    path = book.path / FILE
    if not path.exists():
        return Reasons(book, ())
    try:
        given = tomli.loads(path.read_text(encoding="utf-8"))
        content = _Content.model_validate(given)
    except ValidationError as error:
        raise several(RulebookError(*one) for one in told(error, _Content, given, path)) from None
    except (ValueError, RecursionError) as error:
        raise RulebookError(*broken_toml(path, error)) from None
    return Reasons(book, content.same)
