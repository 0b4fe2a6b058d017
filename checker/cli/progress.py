"""A bar on standard error while an audit takes long."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from checker.language import _

if TYPE_CHECKING:
    from checker.engines import Progress

PATIENCE = 1.0
"""Seconds before a bar appears."""


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Yield what an audit tells its progress; a bar appears when standard error is a terminal and it takes long."""
    if quiet or not sys.stderr.isatty():
        yield lambda _what, _share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(_("reading"), total=1.0)
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda what, share: bar.update(task, description=what, completed=share)
    finally:
        timer.cancel()
        bar.stop()
