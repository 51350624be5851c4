"""Ten things that people come for, each from the front page in at most four actions, on a phone and on a desk.

In turn one in Chinese on a phone and the next in English on a desk; `make explore` does each in all four ways.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import cycle, product
from pathlib import Path

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import EXPLORING, lent_page

MOST = 4
HALVES = ("", "en/")
WIDTHS = (390, 1280)
WAYS = tuple(product(HALVES, WIDTHS))
TURN = cycle((WAYS[0], WAYS[-1]))


class Reader(Struct, kw_only=True):
    """Who acts on the site: each click and each word typed counts."""

    page: Page
    half: str
    acted: int = 0

    def click(self, what: str) -> None:
        self._act(self.page.locator(what).locator("visible=true").first).click()

    def type(self, what: str, text: str) -> None:
        self._act(self.page.locator(what).locator("visible=true").first).fill(text)

    def search(self, text: str) -> None:
        if self.page.locator(".xz-search__open").is_visible():
            self.click(".xz-search__open")
        self.type(".xz-search__field", text)

    def _act(self, where: Locator) -> Locator:
        self.acted += 1
        assert self.acted <= MOST, "too many actions"
        return where


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    ways = WAYS if EXPLORING else (next(TURN),)
    metafunc.parametrize("reader", ways, indirect=True, ids=[f"{half or 'zh/'}{width}" for half, width in ways])


@pytest.fixture
def reader(request: pytest.FixtureRequest, browser: Browser, sample_url: str) -> Iterator[Reader]:
    half, width = request.param
    with lent_page(browser, viewport={"width": width, "height": 844}) as page:
        page.goto(f"{sample_url}/{half}index.html")
        yield Reader(page=page, half=half)


def test_find_help_at_night(reader: Reader) -> None:
    expect(reader.page.locator("a[href='tel:12356']").locator("visible=true").first).to_be_in_viewport()
    reader.click("article a[href='help.html']")
    expect(reader.page.locator("a[href='tel:12356']").locator("visible=true").first).to_be_in_viewport()
    expect(reader.page.locator("#tonight")).to_have_count(1)


def test_see_what_my_school_must_do_this_month(reader: Reader) -> None:
    reader.search("xz01")
    reader.click(".xz-search__hits a[href*='schools/xz01']")
    expect(reader.page.locator("#todo")).to_have_count(1)
    expect(reader.page.locator("#next ~ .xz-place .xz-timeline li").first).to_be_visible()
    assert reader.page.locator("a[href='../filing/xz01.html']").count() > 0


def test_print_the_form_of_a_visit(reader: Reader) -> None:
    reader.search("2026-12-xz17")
    reader.click(".xz-search__hits a")
    expect(reader.page).to_have_url(re.compile("inspections/2026-12-xz17"))  # with --sheets its PDF stands here
    reader.click("article a[href*='../schemes/']")
    expect(reader.page.locator("table.xz-form").first).to_be_attached()


def test_get_the_screening_rate_of_junior_schools_over_three_years_into_a_spreadsheet(reader: Reader) -> None:
    reader.click("article a[href='statistics/index.html']")
    reader.click("article .xz-figure a[href='tables/participation.html']")
    with reader.page.expect_download() as download:
        reader.click("article a[href$='tables/participation.csv']")
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    rates = {row[1].lstrip("'"): row[10] for row in rows if row[4] == "junior" and row[7] == "screened/due"}
    assert len({term[:9] for term in rates}) == 3
    assert all(rates.values())


def test_subscribe_to_corrections(reader: Reader) -> None:
    reader.click(".xz-footer a[href='about/follow.html']")
    link = reader.page.locator("article a[href$='feeds/releases.xml']")
    expect(link).to_be_visible()
    answer = reader.page.request.get(str(link.evaluate("a => a.href")))
    assert answer.ok
    assert "<feed" in answer.text()


def test_find_out_why_a_school_is_red(reader: Reader) -> None:
    reader.search("xz01")
    reader.click(".xz-search__hits a[href*='schools/xz01']")
    red = reader.page.locator("article.xz-check--missing, article.xz-check--short").first
    expect(red).to_be_visible()
    expect(red.locator("dl").first).to_be_visible()
    expect(red.locator(".md-button").first).to_be_visible()


def test_check_a_figure_from_the_newspaper(reader: Reader) -> None:
    reader.click("article a[href='figures/claims.html']")
    expect(reader.page.locator("article h1")).to_be_visible()
    assert reader.page.locator("article .xz-compare, article table").count() > 0


def test_find_a_lesson_on_sleep(reader: Reader) -> None:
    reader.click("article a[href='lessons/micro.html']")
    reader.type("form.xz-filter input[name=q]", "睡" if not reader.half else "sleep")
    rows = reader.page.locator("#micro-table tbody tr").locator("visible=true")
    expect(rows.first).to_be_visible()
    assert rows.count() < 10


def test_report_a_mistake(reader: Reader) -> None:
    reader.click("article a[href='compliance/index.html']")
    link = reader.page.locator(".xz-footer a[href^='mailto:'][href*='compliance/index.html']")
    expect(link).to_be_visible()


def test_read_a_law_behind_a_rule(reader: Reader) -> None:
    reader.click("article a[href='rules/index.html']")
    reader.click("#rules-table tbody a[href$='-01.html']")
    reader.click("article a[href*='../policies/'][href*='#clause-']")
    assert "/policies/" in reader.page.url
    anchor = reader.page.url.partition("#")[2]
    expect(reader.page.locator(f"[id='{anchor}']")).to_be_visible()
