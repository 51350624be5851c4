"""Every kind of page under axe in a real browser, in both languages, light and dark, on a desk and on a phone.

No page scrolls sideways. Pages are those of the typical district, which has every kind. Each kind of page is looked at
twice, the second time in the other language, in the other colours and at the other width; the next kind in the next two
ways, so that all eight occur. `make explore` looks at the sample's pages instead, each kind in all eight.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.test_browser import DESK, KINDS, PHONE

# each is the opposite of the one as far from the other end
WAYS = tuple(product(("zh", "en"), ("light", "dark"), ("wide", "narrow")))
PAGES = (*KINDS, "policies/a-policy.html", "plans/a-plan.html")
EXPLORING = "EXPLORE" in os.environ
REPORT = {"resultTypes": ["violations"]}  # what passes is counted, not described


def looked_at(way: int) -> tuple[str, ...]:
    """The kinds of pages that are looked at in this way."""
    turn = min(way, len(WAYS) - 1 - way)
    return PAGES if EXPLORING else PAGES[turn :: len(WAYS) // 2]


# What scrolls sideways and cannot be reached by keyboard, or has no name there.
UNREACHED = """[...document.querySelectorAll("main *")].filter(e =>
  e.scrollWidth > e.clientWidth && /auto|scroll/.test(getComputedStyle(e).overflowX)
  && !(e.tabIndex >= 0 && (e.hasAttribute("aria-label") || e.hasAttribute("aria-labelledby")))).map(e => e.outerHTML.slice(0, 120))"""


def test_every_kind_is_seen_in_both_languages_both_colours_and_both_widths() -> None:
    for kind in PAGES:
        ways = [WAYS[way] for way in range(len(WAYS)) if kind in looked_at(way)]
        assert {word for way in ways for word in way} == {"zh", "en", "light", "dark", "wide", "narrow"}, kind


def there(site: Path, path: str) -> str:
    """The page of this kind that a site has: this one, or the one beside it whose name is most like it."""
    folder, _, name = path.rpartition("/")
    beside = [p.name for p in (site / folder).glob("*.html") if p.stem != "index" or name == "index.html"]
    found = name if name in beside else get_close_matches(name, sorted(beside), n=1, cutoff=0)[0]
    return f"{folder}/{found}".lstrip("/")


@pytest.mark.parametrize("way", range(len(WAYS)), ids=map("-".join, WAYS))
def test_no_page_kind_has_an_accessibility_violation(
    browser: Browser, way: int, request: pytest.FixtureRequest
) -> None:
    which = "sample" if EXPLORING else "typical"
    url: str = request.getfixturevalue(f"{which}_url")
    site: Path = request.getfixturevalue("sample_site" if EXPLORING else "typical_built")
    language, scheme, size = WAYS[way]
    viewport = DESK if size == "wide" else PHONE
    colours: Literal["light", "dark"] = "dark" if scheme == "dark" else "light"
    context = browser.new_context(viewport=viewport, color_scheme=colours, reduced_motion="reduce")
    page, found = context.new_page(), []
    for kind in looked_at(way):
        path = there(site, kind)
        page.goto(f"{url}/{'en/' if language == 'en' else ''}{path}", wait_until="load")
        shown = page.locator("body").get_attribute("data-md-color-scheme")
        assert shown == ("slate" if scheme == "dark" else "default"), (path, shown)
        results = Axe().run(page, options=REPORT)
        found += [(path, v["id"], v["nodes"][0]["target"]) for v in results.response["violations"]]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} scrolls sideways by {overflow} px"
        assert page.evaluate(UNREACHED) == [], path
    context.close()
    assert found == []
