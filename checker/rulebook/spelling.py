"""How texts are compared whatever their width, case and the space around them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from checker.sql import some, sql

WIDE = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000\u00a0"
NARROW = "".join(chr(code) for code in range(0x21, 0x7F)) + "  "
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
SPACE = " \t\r\n"

_YEAR = "(?:19|20|21)[0-9]{2}"
_MONTH = "-(?:0[1-9]|1[0-2])"
MONTH = f"{_YEAR}{_MONTH}"
"""How a month is kept, ``2023-01``, as a regular expression."""

PERIOD = f"{_YEAR}(?:{_MONTH}|Q[1-4]|H[12])?"
"""How any calendar period is kept: ``2023-01``, ``2023Q1``, ``2023H1`` or ``2023``."""

_TO_NARROW = str.maketrans(WIDE, NARROW, INVISIBLE)


def plain(word: str) -> str:
    """Return a word in half-width lower case without space around it; what SQL's ``PLAIN`` does to a value."""
    return word.translate(_TO_NARROW).strip(SPACE).lower()


def document_held(documents: exp.Expr, spellings: Iterable[str]) -> exp.Expr:
    """Return whether a list of documents holds one under any of its spellings.

    The list is kept as a text between ideographic commas, ``、身份证、户口本、``, without space.
    """
    return some(sql("STR_POSITION(:d, :w) > 0", d=documents, w=f"、{word}、") for word in _words(spellings))


def nothing_else(documents: exp.Expr, spellings: Iterable[str]) -> exp.Expr:
    """Return whether a list of documents holds nothing that is not under one of some spellings."""
    rest = sql("REPLACE(:d, '、', '、、')", d=documents)  # so that neighbours share no comma
    for word in _words(spellings):
        rest = sql("REPLACE(:r, :w, '')", r=rest, w=f"、{word}、")
    return sql("REPLACE(:r, '、', '') = ''", r=rest)


def _words(spellings: Iterable[str]) -> dict[str, None]:
    """Return spellings as they stand in a list, each once."""
    return dict.fromkeys(plain(spelling).replace(" ", "") for spelling in spellings)
