"""An audit for the report formats: the rulebook ``tests/book`` and requests with every outcome."""

from __future__ import annotations

import base64
import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

Cli = Callable[..., Any]

REQUESTS = """\
请求编号,房号,部门,等级,受理时间,办结时间,客户,费用
R1,1-101,前台,紧急,2023-02-01 09:00,2023-02-11 23:59,王伟,10
R2,1-102,前台,紧急,2023-02-01 09:00,2023-02-12 00:00,李娜,20
R3,1-103,前台,紧急,2023-02-20 09:00,,张敏,200
R4,1-104,维修部,普通,2023-02-20 09:00,,刘强,
R5,1-105,维修部,,2023-02-20 09:00,,,5
R6,1-106,维修部,紧急,2023-01-20 09:00,,陈静,300
R7,1-107,,紧急,2023-01-21 09:00,待定,杨洋,1
"""

AS_OF = ("-r", "book", "--as-of", "2023-03-01")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with ``book`` and ``exports/requests.csv``."""
    shutil.copytree(Path(__file__).parent.parent / "book", tmp_path / "book")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "requests.csv").write_text(REQUESTS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path, str], Path]:
    """Convert a document with LibreOffice, which refuses what is broken; skipped where it is missing, but not in CI."""
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI has LibreOffice")
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("office")

    def convert(path: Path, to: str) -> Path:
        out = profile / "out"
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", to]
        subprocess.run([*command, "--outdir", str(out), str(path)], check=True, capture_output=True, timeout=120)
        (made,) = out.glob(f"{path.stem}*")
        return made.rename(path.with_suffix(f".{to.split(':', maxsplit=1)[0]}"))

    return convert


@pytest.fixture(scope="session")
def unpacked() -> Callable[[Path], str]:
    """Return a file's text; an HTML report's with its findings unpacked."""

    def text(path: Path) -> str:
        page = path.read_text(encoding="utf-8")
        parts = re.findall(r'<script type="application/gzip"[^>]*>([^<]*)</script>', page)
        return page + "".join(gzip.decompress(base64.b64decode(part)).decode() for part in parts)

    return text


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; skipped where it is missing, but not in CI."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("CI has Chromium")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
