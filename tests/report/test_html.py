"""The HTML report in a browser: filtered, sorted, opened, switched, printed, on a desk and on a phone, with no network.

Screenshots go to the folder that ``CHECKER_SCREENSHOTS`` names, else to a temporary one.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

Cli = Callable[..., Any]
AS_OF = ("-r", "book", "--as-of", "2023-03-01")
DESK, PHONE = (1280, 900), (390, 844)


@pytest.fixture
def show(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a report; at the end there must have been no error on the console, and no request but for the file."""
    noise: list[str] = []
    pages: list[Page] = []

    def opened(path: Path, size: tuple[int, int] = DESK) -> Page:
        page = browser.new_page(viewport={"width": size[0], "height": size[1]})
        page.on("console", lambda message: noise.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: noise.append(str(error)))
        page.on("request", lambda request: noise.append(request.url) if request.url != path.as_uri() else None)
        page.goto(path.as_uri())
        page.wait_for_selector("body[data-ready]")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert noise == []


@pytest.fixture
def report(cli: Cli, desk: Path) -> Path:
    cli("check", "exports", *AS_OF, "-q", "-o", "report.html")
    return desk / "report.html"


def titles(page: Page) -> list[str]:
    return page.locator("#table .opener").all_inner_texts()


def test_filter_sort_open_and_switch(show: Callable[..., Page], report: Path) -> None:
    page = show(report)
    assert len(titles(page)) == 5
    expect(page.locator("#count")).to_have_text("5 of 9 findings")

    page.fill("#search", "r6 fee")
    assert titles(page) == ["Fee too high"]
    page.fill("#search", "未登记")  # Chinese titles are found in English too
    assert titles(page) == ["Request without a name"]
    page.click("#clear")
    page.select_option("#filter-severity", "info")
    assert titles(page) == ["Fee too high"] * 2
    page.click("#clear")
    page.select_option("#filter-outcome", label="not assessed")
    assert len(titles(page)) == 3
    page.click("#clear")

    keys = sorted(page.locator("#table tbody td.key").all_inner_texts())
    for order in (keys, keys[::-1]):
        page.locator("#table thead th", has_text="key").click()
        expect(page.locator("#table tbody td.key")).to_have_text(order)

    opener = page.locator("#table .opener", has_text="Urgent").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    detail = page.locator("#table .detail")
    expect(detail).to_contain_text("Urgent requests are settled within ten days.")
    expect(detail).to_contain_text("2023-01-20 09:00 + 10 days")
    expect(detail).to_contain_text("exports/requests.csv:7")

    page.click("#language")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert "紧急请求超期未办结" in titles(page)
    expect(page.locator("#coverage")).to_contain_text("紧急请求10天内办结。")
    page.click("#language")
    assert "Urgent request not settled within the limit" in titles(page)


def test_charts_have_their_numbers_as_tables_and_filter(show: Callable[..., Page], report: Path) -> None:
    page = show(report)
    figures = page.locator("figure.chart")
    assert figures.locator("figcaption").all_inner_texts() == [
        "Violations by severity",
        "Outcomes by rulebook",
        "Violations by department",
        "Violations by month of the record",
        "Violations by rule",
    ]
    months = figures.nth(3)
    months.locator("summary").click()
    assert months.locator("tbody th").all_inner_texts() == ["2023-01", "2023-02"]
    cells = months.locator("tbody td").all_inner_texts()
    assert sum(map(int, cells)) == 5
    assert figures.nth(4).locator("svg path[fill='#b42318']").count() >= 1
    page.evaluate("pick({severity: 'minor'})")
    assert titles(page) == ["Request without a name"]


def test_each_subject_has_a_page_of_its_own(show: Callable[..., Page], report: Path) -> None:
    page = show(report)
    subjects = page.locator("#subject-list tbody tr")
    assert subjects.count() == 6
    labels = subjects.locator("a").all_inner_texts()
    assert len(set(labels)) == 6, "masked subjects must be told apart"
    subjects.locator("a").first.click()
    expect(page.locator("#case h2")).to_contain_text(labels[0])
    assert page.locator("#case .detail").count() == 2  # R6: late, and too dear
    expect(page.locator("#findings")).to_be_hidden()
    page.go_back()
    expect(page.locator("#findings")).to_be_visible()


def test_nothing_is_lost_without_scripts(browser: Browser, report: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(report.as_uri())
    expect(page.locator("#overview")).to_contain_text("violations")
    expect(page.locator("#not-assessed")).to_contain_text("Visit")
    expect(page.locator("#manual")).to_contain_text("Is the desk tidy?")
    page.close()


def test_a_reader_finds_names_and_places(show: Callable[..., Page], report: Path) -> None:
    page = show(report)
    unnamed = page.evaluate("""() => [...document.querySelectorAll("button, select, input, a")]
        .filter((one) => !(one.textContent.trim() || one.labels?.length || one.getAttribute("aria-label")))
        .map((one) => one.outerHTML)""")
    assert unnamed == []
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    assert page.locator("h1").count() == 1
    assert page.locator("#table thead th[aria-sort]").count() <= 1


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_screens(
    show: Callable[..., Page], cli: Cli, root: Path, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    pytest.importorskip("checker_property")
    path = tmp_path / "property.html"
    cli("check", "fixtures/property", "-r", "property", "--as-of", "2023-03-01", "--lang", language, "-q", "-o", path)
    page = show(path, size)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0], "nothing stands out at the side"
    folder = Path(os.environ.get("CHECKER_SCREENSHOTS", tmp_path))
    name = f"report-{language}-{size[0]}"
    page.screenshot(path=folder / f"{name}.png")
    page.locator("#table .opener").first.click()
    page.locator("#findings").scroll_into_view_if_needed()
    page.locator("#findings").screenshot(path=folder / f"{name}-findings.png")
    assert page.locator("#table .detail").bounding_box()["width"] <= size[0]  # type: ignore[index]


def test_it_prints_on_a4(show: Callable[..., Page], report: Path) -> None:
    page = show(report)
    page.emulate_media(media="print")
    expect(page.locator(".sections")).to_be_hidden()
    expect(page.locator("#filters")).to_be_hidden()
    pdf = page.pdf(prefer_css_page_size=True)
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 8


def test_a_hundred_thousand_findings(show: Callable[..., Page], cli: Cli, desk: Path) -> None:
    head = "请求编号,房号,等级,受理时间,办结时间,客户,费用\n"
    line = "R{0:06},{1}-101,紧急,2023-01-{2:02} 09:00,2023-02-27 10:00,客户{0},{3}\n"
    rows = "".join(line.format(i, i % 900, i % 28 + 1, 101 + i % 899) for i in range(50_000))
    (desk / "exports" / "requests.csv").write_text(head + rows)
    cli("check", "exports", *AS_OF, "-q", "-o", "big.html")
    assert (desk / "big.html").stat().st_size < 12e6
    began = time.perf_counter()
    page = show(desk / "big.html")
    assert page.evaluate("performance.now()") < 3000
    assert time.perf_counter() - began < 6  # with the browser's own overhead, on a busy machine
    expect(page.locator("#count")).to_have_text("100,000 of 100,000 findings")
    took = page.evaluate("""() => {
        const began = performance.now();
        Object.assign(state, {search: "R00123"}); table.ajax.reload();
        table.order([[2, "desc"]]).draw();
        return performance.now() - began;
    }""")
    assert took < 1500
    expect(page.locator("#count")).to_have_text("20 of 100,000 findings")


def test_a_page_says_what_it_leaves_out(cli: Cli, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.report.html.MOST_FINDINGS", 2)
    monkeypatch.setattr("checker.report.html.MOST_ERRORS", 0)
    cli("check", "exports", *AS_OF, "-q", "-o", "report.html")
    page = (desk / "report.html").read_text(encoding="utf-8")
    assert "The table below holds the 2 gravest of 9 findings" in page
    assert page.count('class="findings" data-count="2"') == 1
    assert "<b>5</b>" in page, "figures count all"
