"""Which installed rulebooks exports fit that were refused for those asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from checker.errors import UsageError
from checker.language import _
from checker.plugins import others
from checker.sources.match import StrangersError, how_many_fit

if TYPE_CHECKING:
    from checker.rulebook.rulebook import Rulebook
    from checker.sources.export import Export


@contextmanager
def told(books: Sequence[Rulebook], named: Sequence[str]) -> Iterator[None]:
    """Add to what is said of exports that fit no record type which rulebooks, not asked, they do fit.

    Args:
        books: The rulebooks asked.
        named: Those that ``--rulebook`` names.
    """
    try:
        yield
    except StrangersError as error:
        error.lines += tuple(lines(error.exports, books, named))
        raise


def lines(exports: Iterable[Export], books: Sequence[Rulebook], named: Sequence[str]) -> Iterator[str]:
    """Yield a line for each installed rulebook that was not asked and that some exports fit."""
    exports = list(exports)
    place = " ".join(f"--rulebook {name}" for name in named) or "checker.toml: rulebooks"
    for book in others(books) if exports else ():
        if count := how_many_fit(exports, book):
            problem = _("{book}, which was not asked, knows {count} of the exports refused")
            remedy = (
                _("add --rulebook {book}, or leave --rulebook out to ask all that are installed")
                if named
                else _("name it there too")
            )
            yield from UsageError(
                place, problem.format(book=book.name, count=count), remedy.format(book=book.name)
            ).lines
