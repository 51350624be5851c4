"""How long pages are on a phone: none longer than ten screens but lists, which begin with what narrows them, show twenty
entries and say how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from sample import city
from tests.conftest import EXPLORING, explored, lent, lent_page, served, until
from tests.test_browser import PHONE, built

LONGEST, LONGEST_LIST, FIRST = 8_000, 10_000, 20
# What comes near a limit, in the language that takes more room; `make explore` looks at every page.
KINDS = (
    "help.html",
    "plans/teachers-2025.html",
    "policies/index.html",
    "policies/xinzhuli.html",
    "policies/district-decisions.html",
    "schools/index.html",
    "schools/xz24.html",
    "compliance/overdue.html",
    "rules/index.html",
    "rules/STAFF-21.html",
    "schemes/demonstration-2026.html",
    "figures/claims.html",
    "figures/accounts.html",
    "figures/measures.html",
    "lessons/micro.html",
)
# Of every list: how many entries are seen, how many there are, and whether its form says so and stands before them.
LISTS = """() => [...document.querySelectorAll("form.xz-filter[data-for]")].map((form) => {
  const table = document.querySelector(`table#${form.dataset.for}`);
  const entries = table ? [...table.tBodies[0].rows] : [...document.querySelectorAll(`[data-of="${form.dataset.for}"]`)];
  return { every: entries.length, seen: entries.filter((entry) => entry.getClientRects().length).length,
    told: form.innerText.includes(entries.length), shown: form.getClientRects().length > 0,
    first: !entries.length || !!(form.compareDocumentPosition(entries[0]) & Node.DOCUMENT_POSITION_FOLLOWING) };
})"""


def too_long(page: Page, path: str) -> Iterator[str]:
    """What is wrong with a page that stands open."""
    height = page.evaluate("document.documentElement.scrollHeight")
    lists: list[dict[str, Any]] = page.evaluate(LISTS)
    if height > (LONGEST_LIST if any(found["every"] >= FIRST for found in lists) else LONGEST):
        yield f"{path}: {height}"
    for found in lists:
        if found["every"] > FIRST and not (
            found["seen"] <= FIRST and found["told"] and found["shown"] and found["first"]
        ):
            yield f"{path}: {found}"


@explored
def test_no_page_is_longer_than_ten_screens_but_lists_that_begin_with_twenty(
    browser: Browser, sample_site: Path, sample_url: str
) -> None:
    every = [path.relative_to(sample_site).as_posix() for path in built(sample_site)]
    wrong: list[str] = []
    with lent_page(browser, viewport=PHONE) as page:
        for path in every if EXPLORING else [f"en/{kind}" for kind in KINDS]:
            page.goto(f"{sample_url}/{path}")
            wrong += too_long(page, path)
    assert wrong == []


@explored
def test_no_page_of_an_office_above_districts_is_longer(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of the sample city, which has the sample's rules and statistics."""
    root = tmp_path_factory.mktemp("sample") / "city"
    assert city.main(root, date(2026, 11, 27)) == 0
    wrong: list[str] = []
    with served(root / "build" / "site") as url, lent_page(browser, viewport=PHONE) as page:
        for path in (path.relative_to(root / "build" / "site").as_posix() for path in built(root / "build" / "site")):
            page.goto(f"{url}/{path}")
            wrong += too_long(page, path)
    assert wrong == []


def test_a_list_under_headings_is_narrowed_opened_and_led_into(browser: Browser, sample_url: str) -> None:
    with lent_page(browser, viewport=PHONE) as page:
        page.goto(f"{sample_url}/plans/teachers-2025.html")
        every, seen = page.locator("[data-of=activities]"), page.locator("[data-of=activities]:visible")
        last = every.last.get_attribute("id")
        expect(seen).to_have_count(FIRST)
        page.locator("form[data-for=activities] input").fill("no activity says this")
        expect(seen).to_have_count(0)
        expect(page.locator("#activities")).to_be_hidden()
        expect(page.locator("form[data-for=activities]")).to_be_visible()
        page.locator("form[data-for=activities] input").fill("")
        expect(seen).to_have_count(FIRST)
        page.locator("button.xz-more:visible").click()
        expect(seen).to_have_count(every.count())
        page.goto(f"{sample_url}/plans/index.html")
        page.goto(f"{sample_url}/plans/teachers-2025.html#{last}")
        expect(page.locator(f"#{last}")).to_be_visible()
        page.goto(f"{sample_url}/figures/measures.html#school-classes")
        expect(page.locator("#school-classes p").first).to_be_visible()
        page.goto(f"{sample_url}/statistics/releases/2025-2026-2-r2.html#table-services")
        expect(page.locator("#table-services + details table")).to_be_visible()


def test_what_is_folded_is_there_without_scripts_on_paper_and_on_a_desk(browser: Browser, sample_url: str) -> None:
    with lent(browser, viewport=PHONE, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{sample_url}/plans/teachers-2025.html")
        entries = page.locator("[data-of=activities]")
        assert entries.count() == page.locator("[data-of=activities]:visible").count() > FIRST
    with lent_page(browser, viewport=PHONE) as page:
        page.goto(f"{sample_url}/plans/teachers-2025.html")
        table = page.locator("#targets + details table")
        assert not seen(page)
        page.emulate_media(media="print")
        until(page, SEEN)
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 900})
        until(page, SEEN)
        expect(page.locator("#targets + details > summary")).to_be_hidden()
        assert table.count() == 1


# Playwright takes what a closed fold shows for hidden, whatever the style sheet says.
SEEN = """() => document.querySelector("#targets + details table").checkVisibility({ contentVisibilityAuto: true })"""


def seen(page: Page) -> bool:
    return bool(page.evaluate(SEEN))
