"""Earlier reports, as a baseline and to compare with. Findings are known by fingerprints, never by their rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson

from checker.errors import UsageError, cannot_be_read
from checker.language import _
from checker.report.json import SCHEMA_VERSION


def known(path: Path) -> Iterator[str]:
    """Yield the fingerprints of the violations of a JSON report; those waived there are not among them.

    Raises:
        UsageError: for a file that is no JSON report.
    """
    for finding in items(path, "violations"):
        yield finding["fingerprint"]


def items(path: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the members of one of a JSON report's lists, without reading the whole file into memory.

    Raises:
        UsageError: for a file that is no JSON report.
    """
    yield from _found(path, f"{name}.item")


def as_of(path: Path) -> str:
    """Return the instant of a JSON report's audit.

    Raises:
        UsageError: for a file that is no JSON report.
    """
    return str(next(_found(path, "audit.as_of"), ""))


def _found(path: Path, prefix: str) -> Iterator[Any]:
    try:
        with path.open("rb") as file:
            yield from ijson.items(file, prefix, use_float=True)
    except OSError as error:
        raise UsageError(path, cannot_be_read(error), _("name a JSON report")) from None
    except ijson.JSONError as error:
        said = error.args[0] if error.args else ""
        said = said.decode(errors="replace") if isinstance(said, bytes) else str(said)  # as one of its parsers has it
        problem = _("it is no JSON: {reason}").format(reason=said.partition("\n")[0])
        raise UsageError(path, problem, _("name a report written with -o report.json")) from None


def check_report(path: Path) -> None:
    """Refuse what is no JSON report of ours before any work begins.

    Raises:
        UsageError: for such a file.
    """
    if not path.exists():
        raise UsageError(path, _("there is no such file or folder"), _("check the spelling"))
    try:
        with path.open("rb") as file:
            version = next(ijson.items(file, "schema_version"), None)
    except (OSError, ijson.JSONError):
        version = None
    if version != SCHEMA_VERSION:
        raise UsageError(path, _("it is no JSON report of this program"), _("write one with -o report.json"))
