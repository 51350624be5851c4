"""Every kind of page under axe in a real browser, in both languages, light and dark, on a desk and on a phone; and no page scrolls sideways.

What language, colours and width do to a page they do alone or in twos: the suite looks at four of their eight combinations, so chosen that every
two of the three meet in every way. `make explore` looks at all eight.
"""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.test_browser import DESK, KINDS, PHONE, sample_plan, sample_policy

EVERY = tuple(product(("zh", "en"), ("light", "dark"), ("wide", "narrow")))
PAIRS = tuple(c for c in EVERY if sum((c[0] == "en", c[1] == "dark", c[2] == "narrow")) % 2 == 0)
REPORT = {"resultTypes": ["violations"]}  # what passes is counted, not described


def test_every_two_meet_in_every_way() -> None:
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert {(c[one], c[other]) for c in PAIRS} == {(c[one], c[other]) for c in EVERY}


@pytest.mark.parametrize(("language", "scheme", "size"), EVERY if "EXPLORE" in os.environ else PAIRS)
def test_no_page_kind_has_an_accessibility_violation(
    browser: Browser, sample_url: str, sample_site: Path, language: str, scheme: str, size: str
) -> None:
    viewport = DESK if size == "wide" else PHONE
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # plain words here
    page, found = context.new_page(), []
    for path in (*KINDS, f"policies/{sample_policy(sample_site)}", f"plans/{sample_plan(sample_site)}"):
        page.goto(f"{sample_url}/{'en/' if language == 'en' else ''}{path}", wait_until="load")
        shown = page.locator("body").get_attribute("data-md-color-scheme")
        assert shown == ("slate" if scheme == "dark" else "default"), (path, shown)
        results = Axe().run(page, options=REPORT)
        found += [(path, v["id"], v["nodes"][0]["target"]) for v in results.response["violations"]]
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{path} scrolls sideways by {overflow} px"
    context.close()
    assert found == []
