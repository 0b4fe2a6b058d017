"""Mistakes that a user can put right, told in one line each."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from checker.language import _


class CheckerError(Exception):
    """Ends the run with exit status 2 and no traceback.

    Each line reads ``place: what is wrong; what would be right``. Any other exception is a bug of ours and
    shows its traceback.
    """

    def __init__(self, place: object, problem: str, remedy: str) -> None:
        self.lines: tuple[str, ...] = (f"{place}: {problem}; {remedy}",)
        super().__init__(self.lines[0])

    def __str__(self) -> str:
        return "\n".join(self.lines)


class SourceError(CheckerError):
    """An export that cannot be read or placed."""


class RulebookError(CheckerError):
    """A rulebook, or a setting of it, that says something impossible."""


class UsageError(CheckerError):
    """A command called with words it does not know."""


class UnplacedError(ValueError):
    """Something that cannot be, found where nothing tells of which place: whoever knows the place tells it."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem, self.remedy = problem, remedy
        super().__init__(f"{problem}; {remedy}")


def several(errors: Iterable[CheckerError]) -> CheckerError:
    """Return one error that tells the lines of all, in the order given."""
    first, *rest = errors
    for other in rest:
        first.lines += tuple(line for line in other.lines if line not in first.lines)
    return first


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the remedy for a misspelt word: the nearest known one, else the list of all."""
    options = sorted(set(known))
    close = get_close_matches(word, options, n=1, cutoff=0.6)
    if close:
        return _("did you mean {word}?").format(word=close[0])
    return choices(options)


def choices(known: Iterable[str]) -> str:
    """Return the remedy that lists the words known."""
    options = sorted(set(known))
    if not options:
        return _("there is none to choose from")
    shown = ", ".join(options[:12]) + (" …" if len(options) > 12 else "")
    return _("choose from {words}").format(words=shown)
