"""Reports of ours that lie among exports, as when both are kept in one folder: they are no data."""

from __future__ import annotations

import re
import zipfile
import zlib
from functools import cache
from pathlib import Path

from checker.language import both

MARK = "checker report"
"""A keyword of every workbook that we write; who works in one and saves it keeps it."""

_HEAD = 4096
_PROPERTIES = "docProps/core.xml"
_DAMAGED = (KeyError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile)


def is_report(path: Path) -> bool:
    """Return whether a file is a report, by how it begins."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.startswith(b"PK"):
        return _begins().match(head.decode("utf-8-sig", errors="replace")) is not None
    try:
        with zipfile.ZipFile(path) as book:
            return MARK.encode() in book.read(_PROPERTIES)
    except _DAMAGED:  # whoever reads it tells what is wrong with it
        return False


@cache
def _begins() -> re.Pattern[str]:
    """Return how reports begin: JSON, JSON Lines and code quality, CSV, text."""
    title, header = both("Audit as of {instant}"), both("fingerprint")
    titles = "|".join(re.escape(words.partition("{")[0]) for words in (title.en, title.zh))
    return re.compile(
        r'\{\s*"schema_version": \d+,\s*"audit"'
        r'|[\[{][^}]*"fingerprint": "[0-9a-f]{16}"'
        rf"|[^\n]*,({header.en}|{header.zh})\r?\n"
        rf"|({titles})\d{{4}}-"
    )
