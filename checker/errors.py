"""Mistakes that a user can put right, told in one line each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from checker.language import N_, _, bracketed, current


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


def not_together(place: object, option: str) -> UsageError:
    """Return what to raise about something beside an option that would make it without effect."""
    return UsageError(place, _("it does not go with {option}").format(option=option), _("leave one of them out"))


def no_date(as_of: object) -> UsageError:
    """Return what to raise about an instant of an audit that there is not."""
    return UsageError(f"--as-of {as_of}", _("this is no date"), _("write 2023-03-01 or '2023-03-01 17:30'"))


def several(errors: Iterable[CheckerError]) -> CheckerError:
    """Return one error that tells the lines of all, in the order given."""
    first, *rest = errors
    for other in rest:
        first.lines += tuple(line for line in other.lines if line not in first.lines)
    return first


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the remedy for a misspelt word: the nearest known one, else the list of all."""
    options = set(known)
    return close_to(word, options) or choices(options)


def close_to(word: str, known: Iterable[str]) -> str:
    """Return the remedy for a misspelt word where a known one is near, else nothing."""
    close = get_close_matches(word, sorted(set(known)), n=1, cutoff=0.6)
    return _("did you mean {word}?").format(word=close[0]) if close else ""


def choices(known: Iterable[str]) -> str:
    """Return the remedy that lists the words known."""
    options = sorted(set(known))
    if not options:
        return _("there is none to choose from")
    shown = ", ".join(options[:20]) + (" …" if len(options) > 20 else "")
    return _("choose from {words}").format(words=shown)


def at_line(place: object, number: object) -> str:
    """Return the place of a line in a file."""
    return f"{place}: " + _("line {number}").format(number=number)


_SYSTEM = (
    N_("Permission denied"),
    N_("No such file or directory"),
    N_("File exists"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("Input/output error"),
)
"""What systems commonly say."""


def why(error: OSError) -> str:
    """Return what the system says of an error, in our words where it is one of the common reasons."""
    return _(error.strerror or str(error))


def cannot_be_read(error: OSError) -> str:
    """Return that a file cannot be read, and what the system says of it."""
    return _("the file cannot be read: {reason}").format(reason=why(error))


def cannot_be_written(error: OSError) -> str:
    """Return that a file cannot be written, and what the system says of it."""
    return _("the file cannot be written: {reason}").format(reason=why(error))


def aside(told: object) -> str:
    """Return what a library says of an error, in brackets to stand behind our own words.

    It says so in English; in another language only what has been translated is told.
    """
    said = str(told).partition("\n")[0]
    return "" if _(said) == said and current() != "en" else to_author(said)


def to_author(said: str) -> str:
    """Return what a library says of what the reader wrote for it, in brackets: in English rather than not at all."""
    return bracketed(_(said))


_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)$")


def broken_toml(file: object, error: ValueError | RecursionError) -> tuple[str, str, str]:
    """Return place, problem and remedy of a file that is no TOML."""
    if isinstance(error, UnicodeDecodeError):
        return str(file), _("the file is not UTF-8"), _("save it as UTF-8")
    said, problem = str(error).partition(";")[0], _("the TOML is broken")
    if found := _TOML_PLACE.search(said):
        problem = _("the TOML is broken in column {number}").format(number=found[2])
        return at_line(file, found[1]), problem + aside(said[: found.start()]), _("mend the TOML there")
    return str(file), problem + aside(said.removesuffix(" (at end of document)")), _("mend the TOML there")
