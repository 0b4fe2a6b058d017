"""One process at a time: how long it took and how much memory it held."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True)
class Measured:
    """Wall-clock and processor seconds and peak memory in MB of a process, and what it printed."""

    seconds: float
    cpu: float
    megabytes: float
    output: str


def measure(*command: str, expect: tuple[int, ...] = (0,)) -> Measured:
    """Run a command and measure it; what Python compiles it may keep, as it does for users.

    Raises:
        RuntimeError: when it ends with another status than expected.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    output = process.stdout.read() if process.stdout else ""
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code not in expect:
        raise RuntimeError(f"{' '.join(command)[:200]} ended with {code}: {output[-2000:]}")
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def python(code: str, *arguments: str) -> Measured:
    """Measure a piece of Python."""
    return measure(sys.executable, "-c", code, *arguments)


def checker(*arguments: str) -> Measured:
    """Measure the command; an audit that finds violations ends with 1, and so does a crash."""
    measured = measure(sys.executable, "-m", "checker", *arguments, expect=(0, 1))
    if "Traceback" in measured.output:
        raise RuntimeError(measured.output[-2000:])
    return measured


def apart(function: Callable[..., _T], *arguments: object) -> _T:
    """Run a function in a process of its own, so that what is measured later does not inherit its memory."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def best(runs: int, run: Callable[[], Measured]) -> Measured:
    """Return the quickest of several runs: what disturbs a run only ever slows it down."""
    return min((run() for _ in range(runs)), key=lambda one: one.seconds)
