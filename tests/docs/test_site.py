"""The site: it builds without a warning, fetches nothing, and is searched in both languages, opened from a folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from checker.plugins import rulebooks

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("site")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built strictly: a broken link, anchor or reference is an error."""
    for name in ("property", "eldercare", "clinic", "banking_playbook"):
        pytest.importorskip(f"checker_{name}")
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return folder


def test_every_rule_has_a_page_with_its_file_and_examples(site: Path) -> None:
    pages = 0
    for book in rulebooks([]):
        for identity in dict.fromkeys(identity.partition("#")[0] for identity in book.rules):
            page = (site / "rulebooks" / f"{identity}.html").read_text(encoding="utf-8")
            rules = [rule for rule in book.rules.values() if rule.id.partition("#")[0] == identity]
            assert f"{identity}.toml" in page
            assert page.count('class="badge ') >= len(rules) + len(rules[0].example)
            assert all(f'coverage.html#c-{rule.clause}"' in page for rule in rules)
            pages += 1
    assert pages > 600


def test_nothing_is_fetched(site: Path) -> None:
    fetched = re.compile(
        r'(?:<script[^>]*\ssrc|<link[^>]*rel="(?!canonical|next|prev)[^"]*"[^>]*\shref|<img[^>]*\ssrc)="https?:'
    )
    for page in site.rglob("*.html"):
        assert not fetched.search(page.read_text(encoding="utf-8")), page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield browser
        browser.close()


@pytest.mark.parametrize("words", ["重大投诉超期未解决", "Major complaint not resolved within the limit", "M1.4.4.5c"])
def test_the_search_finds_a_rule_without_server_or_network(site: Path, browser: Browser, words: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "index.html").as_uri())
    page.click("input.md-search__input")
    page.fill("input.md-search__input", words)
    page.press("input.md-search__input", "End")
    page.wait_for_selector(".md-search-result__item a", timeout=60_000)
    found = [link.get_attribute("href") or "" for link in page.query_selector_all(".md-search-result__item a")]
    page.close()
    assert any("complaint/major-resolution.html" in address for address in found[:10]), found[:10]
    assert not [address for address in asked if address.startswith("http")]


def test_pages_fit_a_telephone(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for name in (
        "index",
        "inspector.zh",
        "author",
        "errors",
        "reference",
        "kinds/deadline",
        "rulebooks/property/coverage",
        "rulebooks/property/records",
        "rulebooks/property/complaint/major-resolution",
    ):
        page.goto((site / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page.close()
