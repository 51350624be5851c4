"""Every kind of page under axe in a real browser, in both languages, light and dark, on a desk and on a phone; and no page scrolls sideways.

Each kind of page is looked at twice, the second time in the other language, in the other colours and at the other width; the next kind in the next
two ways, so that all eight occur. `make explore` looks at every page in all eight.
"""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.test_browser import DESK, KINDS, PHONE, sample_plan, sample_policy

WAYS = tuple(product(("zh", "en"), ("light", "dark"), ("wide", "narrow")))  # each is the opposite of the one as far from the other end
REPORT = {"resultTypes": ["violations"]}  # what passes is counted, not described


def looked_at(way: int) -> tuple[str, ...]:
    """The kinds of pages that are looked at in this way."""
    turn = min(way, len(WAYS) - 1 - way)
    return KINDS if "EXPLORE" in os.environ else KINDS[turn :: len(WAYS) // 2]


def test_every_kind_is_seen_in_both_languages_both_colours_and_both_widths() -> None:
    for kind in KINDS:
        ways = [WAYS[way] for way in range(len(WAYS)) if kind in looked_at(way)]
        assert {word for way in ways for word in way} == {"zh", "en", "light", "dark", "wide", "narrow"}, kind


@pytest.mark.parametrize("way", range(len(WAYS)), ids=map("-".join, WAYS))
def test_no_page_kind_has_an_accessibility_violation(browser: Browser, sample_url: str, sample_site: Path, way: int) -> None:
    language, scheme, size = WAYS[way]
    viewport = DESK if size == "wide" else PHONE
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # plain words here
    page, found = context.new_page(), []
    for path in (*looked_at(way), f"policies/{sample_policy(sample_site)}", f"plans/{sample_plan(sample_site)}"):
        page.goto(f"{sample_url}/{'en/' if language == 'en' else ''}{path}", wait_until="load")
        shown = page.locator("body").get_attribute("data-md-color-scheme")
        assert shown == ("slate" if scheme == "dark" else "default"), (path, shown)
        results = Axe().run(page, options=REPORT)
        found += [(path, v["id"], v["nodes"][0]["target"]) for v in results.response["violations"]]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} scrolls sideways by {overflow} px"
    context.close()
    assert found == []
