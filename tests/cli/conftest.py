"""A small audit for the commands: the rulebook ``tests/book`` and five requests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

REQUESTS = """\
请求编号,房号,等级,受理时间,办结时间,客户,费用
R1,1-101,紧急,2023-02-01 09:00,2023-02-11 23:59,王伟,10
R2,1-102,紧急,2023-02-01 09:00,2023-02-12 00:00,李娜,20
R3,1-103,紧急,2023-02-20 09:00,,张敏,200
R4,1-104,普通,2023-02-20 09:00,,刘强,
R5,1-105,,2023-02-20 09:00,,,5
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with ``book`` and ``exports/requests.csv``: ``desk/request/late`` has one of each outcome."""
    shutil.copytree(Path(__file__).parent.parent / "book", tmp_path / "book")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "requests.csv").write_text(REQUESTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
