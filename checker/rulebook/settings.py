"""What a site sets otherwise in the rules of a rulebook."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from checker.rulebook.kind import Kind

T = TypeVar("T")


class Setting(NamedTuple):
    """A value that a site sets otherwise, and where it says so."""

    value: Any
    place: str


Overrides = Mapping[str, Mapping[str, Setting]]
"""For a rule's id, what a site sets otherwise, by key: ``within``, ``severity``, a value's name."""

Change = tuple[str, Setting]
"""A key of one rule, and its setting."""


class Settings:
    """The settings of a site, and which of them have found their rule."""

    def __init__(self, overrides: Overrides) -> None:
        self._overrides = overrides
        self._used: set[str] = set()

    def of(self, *ids: str) -> list[Change]:
        """Return what is set otherwise for a rule, under any id that it has or had."""
        given = [one for one in ids if one in self._overrides]
        self._used.update(given)
        return [change for one in given for change in self._overrides[one].items()]

    def unused(self, book: str) -> Iterator[tuple[str, Setting]]:
        """Yield the settings of a rulebook's rules that found no rule, each with the id it names."""
        for identity, settings in self._overrides.items():
            if identity not in self._used and identity.startswith(f"{book}/"):
                yield from ((identity, setting) for setting in settings.values())


def settable(content: Mapping[str, Any], kind: type[Kind]) -> list[str]:
    """Return what may be set otherwise of a rule."""
    return [*kind.keys(), *content.get("values", {}), "severity"]


def with_settings(content: Mapping[str, Any], name: str, changes: Sequence[Change]) -> dict[str, Any]:
    """Return a rule's table, whose kind is called ``name``, with settings in their places."""
    changed = dict(content)
    for key, setting in changes:
        table = "values" if key in content.get("values", {}) else name
        if key == "severity":
            changed[key] = setting.value
        elif isinstance(changed[table], dict):  # else it is refused with the rule
            changed[table] = {**changed[table], key: setting.value}
    return changed


def to_blame(wrong: T, changes: Sequence[Change], found: Callable[[Sequence[Change]], Container[T]]) -> str:
    """Return the place of the setting that made something wrong; nothing where the rule's file did.

    That is a setting without which it would not be wrong. Where several are, or none alone is, all these are told.

    Args:
        wrong: What is wrong with all settings together.
        changes: The settings.
        found: What is wrong with some of them.
    """
    if not changes or wrong in found(()):
        return ""
    others = [(setting, [*changes[:at], *changes[at + 1 :]]) for at, (_key, setting) in enumerate(changes)]
    blamed = [setting for setting, rest in others if wrong not in found(rest)]
    return ", ".join(setting.place for setting in blamed or [setting for _key, setting in changes])
