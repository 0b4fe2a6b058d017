"""Spark is started once, and with little ado."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from checker.engines import Opened, engine


@pytest.fixture(scope="session")
def spark() -> Iterator[Opened]:
    """What opens the engine, within this machine."""
    pytest.importorskip("pyspark", reason="the extra 'spark' is not installed")
    if not shutil.which("java"):
        pytest.skip("there is no Java")
    # a compiler that thinks long pays only after minutes
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m")
    from pyspark.sql import SparkSession

    yield engine("spark", "local[2]")
    if session := SparkSession.getActiveSession():
        session.stop()
