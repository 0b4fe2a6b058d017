"""The HTML report of very many findings in headless Chromium: how soon it can be used, and how quickly it answers."""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.data import complaints
from benchmarks.measure import checker
from benchmarks.writing import hurried

LIMIT_S = 3.0

ANSWERS = {
    "search for a key": "{const box = document.getElementById('search'); box.value = 'TS00000012';"
    " box.dispatchEvent(new Event('input'))}",
    "search away": "document.getElementById('clear').click()",
    "filter by severity": "{const one = document.getElementById('filter-severity'); one.value = 'critical';"
    " one.dispatchEvent(new Event('change'))}",
    "sort by key": "document.querySelectorAll('#table thead th')[2].click()",
    "sort by days overdue": "document.querySelectorAll('#table thead th')[7].click()",
    "last page": "document.querySelector('#findings .dt-paging-button.last').click()",
    "open a finding": "document.querySelector('#table .opener').click()",
    "switch the language": "document.getElementById('language').click()",
}
"""What people do, as the script that does it; the time runs until the page has been drawn anew."""

_DRAWN = """async () => {{
    const began = performance.now();
    {what};
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return performance.now() - began;
}}"""


def page(folder: Path, count: int, runs: int) -> None:
    """Print how long a report of about so many findings takes to open, and to answer what people do.

    Raises:
        RuntimeError: when there is no Chromium, or it opens in more than three seconds.
    """
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise RuntimeError("Chromium is not installed")
    report = folder / f"complaints-{count}" / "report.html"
    measured = checker(*hurried(complaints(folder, count)), "-o", str(report))
    print(f"written in {measured.seconds:.1f} s, {report.stat().st_size / 1e6:.1f} MB")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        seen = [_seen(browser, report) for _run in range(runs)]
        browser.close()
    best = min(one["opened"] for one in seen)
    print(f"{seen[0]['findings']:,} findings, open and usable after {best / 1000:.2f} s (quickest of {runs})")
    for name in ANSWERS:
        print(f"  {name:22} {median(one[name] for one in seen):6.0f} ms")
    if best > LIMIT_S * 1000:
        raise RuntimeError(f"it took {best / 1000:.1f} s to open")


def _seen(browser: Browser, report: Path) -> dict[str, Any]:
    """Open the report in a new window and do all that people do."""
    window = browser.new_page(viewport={"width": 1280, "height": 900})
    window.goto(report.resolve().as_uri())
    window.wait_for_selector("body[data-ready]")
    seen: dict[str, Any] = {"opened": window.evaluate("performance.now()")}
    seen["findings"] = window.evaluate("findings.length")
    for name, what in ANSWERS.items():
        seen[name] = window.evaluate(_DRAWN.format(what=what))
    window.close()
    return seen
