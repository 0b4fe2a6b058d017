"""What an audit may use up: time, memory, disk; and what a user is told who has set or met a limit."""

from __future__ import annotations

import threading
from pathlib import Path

import duckdb

from checker.errors import CheckerError, UsageError
from checker.language import _

_AGAIN = 0.1
"""Seconds after which sessions are interrupted once more, when time is up."""


def is_out_of_memory(error: duckdb.Error) -> bool:
    """Return whether an error says that there was too little memory; one at the end of a statement has another type."""
    return isinstance(error, duckdb.OutOfMemoryException) or (
        isinstance(error, duckdb.TransactionException) and "failed to pin block" in str(error)
    )


class Limits:
    """The limits of one run.

    Args:
        work: The folder of working tables.
        memory: The memory that may be used.
        seconds: The time that it may take.
    """

    def __init__(self, work: Path, memory: str, seconds: float | None) -> None:
        self._work, self._memory, self._seconds = work, memory, seconds
        self._sessions: list[duckdb.DuckDBPyConnection] = []
        self._over, self._done = threading.Event(), threading.Event()

    def watch(self, session: duckdb.DuckDBPyConnection) -> None:
        """Interrupt a session too, when time is up."""
        self._sessions.append(session)
        if self._over.is_set():
            raise duckdb.InterruptException

    def start(self) -> None:
        """Begin to count the time."""
        if self._seconds is not None:
            threading.Thread(target=self._stop_all, daemon=True).start()

    def stop(self) -> None:
        """Count no longer."""
        self._done.set()

    def _stop_all(self) -> None:
        """Interrupt all sessions when time is up, again and again: one that plans its next statement runs none now."""
        if self._done.wait(min(self._seconds or 0, threading.TIMEOUT_MAX)):
            return
        self._over.set()
        while not self._done.wait(_AGAIN):
            for session in tuple(self._sessions):
                session.interrupt()

    def told(self, error: duckdb.Error) -> CheckerError | None:
        """Return what a user is told of an error that a limit caused; ``None`` for others."""
        if isinstance(error, duckdb.InterruptException) and self._over.is_set():
            return UsageError(
                f"--time-limit {self._seconds:g}",
                _("the audit is not done in that time"),
                _("allow more, or audit fewer records or rules"),
            )
        if is_out_of_memory(error):
            return UsageError(
                f"--memory-limit {self._memory}",
                _("the audit needs more"),
                _("allow more with --memory-limit, or audit fewer records or rules"),
            )
        if str(self._work) in str(error) and "write" in str(error):
            reason = str(error).rpartition(": ")[2].splitlines()[0]
            return UsageError(
                self._work,
                _("the working files cannot be written: {reason}").format(reason=reason),
                _("free space there, or name another folder in TMPDIR"),
            )
        return None
