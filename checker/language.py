"""The language of the interface: English in the code, Chinese from the catalogue in ``locale/``."""

from __future__ import annotations

import gettext
import locale
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

S = TypeVar("S", bound=str)

_current: Language = "en"
"""Of the whole process, for the threads that an audit starts speak it too."""


class Label(NamedTuple):
    """One thing's name in both languages."""

    en: str
    zh: str

    def __str__(self) -> str:
        return self.in_(_current)

    def in_(self, language: Language) -> str:
        """Return it in a language."""
        return self.zh if language == "zh" else self.en

    def with_(self, **facts: object) -> Label:
        """Return the text with its ``{fact}`` holes filled, a label's by the text of the same language."""

        def filled(language: Language) -> str:
            told = {name: fact.in_(language) if isinstance(fact, Label) else fact for name, fact in facts.items()}
            return self.in_(language).format(**told)

        return Label(*map(filled, LANGUAGES))


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("checker", Path(__file__).parent / "locale", [language])


def translate(message: str, language: Language) -> str:
    """Return an interface message in one language; an empty message stays empty."""
    return _catalogue(language).gettext(message) if message else message


def _(message: str) -> str:
    """Return an interface message in the language of this run."""
    return translate(message, _current)


def N_(message: S) -> S:  # noqa: N802  # gettext's own name for it
    """Mark a message for the catalogue, to be translated where it is shown."""
    return message


def both(message: str) -> Label:
    """Return an interface message in both languages."""
    return Label(*(translate(message, language) for language in LANGUAGES))


def listed(words: Iterable[str]) -> str:
    """Return words one after the other, with the comma of this run's language."""
    return ("、" if _current == "zh" else ", ").join(words)


def bracketed(said: object) -> str:
    """Return what stands in brackets behind other words, in those of this run's language."""
    return _(" ({reason})").format(reason=said)


def headed(head: str, said: object = "") -> str:
    """Return a heading with the colon of this run's language, and what it heads."""
    return head + ("：" if _current == "zh" else ": ") + str(said)


def use(language: Language) -> None:
    """Set the language of this run."""
    global _current  # noqa: PLW0603  # it is set once, when a run begins
    _current = language


def current() -> Language:
    """Return the language of this run."""
    return _current


def preferred() -> Language:
    """Return the language that the user's locale asks for, English where it asks for neither."""
    for name in ("CHECKER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
