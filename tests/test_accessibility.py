"""Every kind of page under axe in a real browser, in both languages, light and dark, on a desk and on a phone.

No page scrolls sideways, writes an error to the console or asks for anything from elsewhere. Pages are those of the
typical district, which has every kind. Each kind of page is looked at in one way, the next kind in the next way, so that
all eight occur. `make explore` looks at the sample's pages instead, each kind in all eight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.conftest import EXPLORING, explored, lent_page
from tests.test_browser import DESK, KINDS, PHONE

WAYS = tuple(product(("zh", "en"), ("light", "dark"), ("wide", "narrow")))
ALIKE = {  # made of nothing that does not occur on a page that is looked at
    "work/systems.html",
    "work/calendar.html",
    "policies/index.html",
    "schools/xz37.html",
    "compliance/matrix/index.html",
    "compliance/overdue.html",
    "inspections/2026-11-xz11.html",
    "demonstration/index.html",
    "statistics/tables/participation-schools.html",
    "statistics/reporting.html",
    "statistics/downloads.html",
    "statistics/methods.html",
    "figures/measures.html",
    "lessons/index.html",
    "lessons/micro.html",
    "team/index.html",
    "team/training.html",
    "about/index.html",
    "about/office.html",
    "about/dictionary/index.html",
    "about/dictionary/return.html",
    "about/glossary.html",
    "about/problems.html",
    "about/changes.html",
    "about/accessibility.html",
    "plans/a-plan.html",
    "404.html",
}
OFFICE = (  # what an office above districts has of its own; those of the same parts as another in `make explore` alone
    *("rollup/matrix.html", "districts/lake.html", "rollup/statistics.html", "about/summaries.html"),
    *(("index.html", "districts/index.html", "rules/MET-01.html", "rollup/years.html") if EXPLORING else ()),
    *(("rollup/downloads.html", "rollup/open.html", "rollup/coverage.html") if EXPLORING else ()),
    *(("compliance/waivers.html",) if EXPLORING else ()),
)
OFFICE_WAYS = range(len(WAYS)) if EXPLORING else (0, 3, 5, 6)  # each language, scheme and size with two others
EVERY = (*KINDS, "policies/a-policy.html", "plans/a-plan.html", "404.html")
PAGES = tuple(kind for kind in EVERY if EXPLORING or kind not in ALIKE)
REPORT = {"resultTypes": ["violations"]}  # what passes is counted, not described


ELEMENT = re.compile(r"<([a-z][a-z0-9-]*)((?:\s[^<>]*)?)>")
ATTRIBUTE = re.compile(r"([a-z-]+)(?:=\"([^\"]*)\")?")
TELLING = re.compile("aria|role|tabindex|lang|type|scope|for|colspan|href")
NOT_THERE = ("outreach/index.html",)  # in the typical district, which has no such activities


def looked_at(way: int) -> tuple[str, ...]:
    """The kinds of pages that are looked at in this way."""
    return PAGES if EXPLORING else PAGES[way :: len(WAYS)]


# What scrolls sideways and cannot be reached by keyboard, or has no name there.
UNREACHED = """[...document.querySelectorAll("main *")].filter(e =>
  e.scrollWidth > e.clientWidth && /auto|scroll/.test(getComputedStyle(e).overflowX)
  && !(e.tabIndex >= 0 && (e.hasAttribute("aria-label") || e.hasAttribute("aria-labelledby")))).map(e => e.outerHTML.slice(0, 120))"""


def test_every_kind_is_seen_and_several_in_each_way() -> None:
    seen = [looked_at(way) for way in range(len(WAYS))]
    assert {kind for kinds in seen for kind in kinds} == set(PAGES)
    assert min(map(len, seen)) >= 3
    assert set(EVERY) >= ALIKE


def parts(site: Path, kind: str) -> set[str]:
    """What the article of a page is made of: elements with each class that they have, and with all that says how they
    are read or worked.
    """
    article = (site / there(site, kind)).read_text(encoding="utf-8").partition("<main")[2].partition("</main>")[0]
    found = set()
    for element, attributes in ELEMENT.findall(article):
        told = dict(ATTRIBUTE.findall(attributes))
        found |= {f"{element}.{name}" for name in told.get("class", "").split()}
        found.add(" ".join([element, *sorted(name for name in told if TELLING.match(name))]))
    return found


def test_pages_that_are_not_looked_at_have_nothing_of_their_own(typical_built: Path) -> None:
    seen = set[str]().union(*(parts(typical_built, kind) for kind in EVERY if kind not in {*ALIKE, *NOT_THERE}))
    assert len(seen) > 200
    assert {kind: own for kind in ALIKE if (own := parts(typical_built, kind) - seen)} == {}


def there(site: Path, path: str) -> str:
    """The page of this kind that a site has: this one, or the one beside it whose name is most like it."""
    folder, _, name = path.rpartition("/")
    beside = [p.name for p in (site / folder).glob("*.html") if p.stem != "index" or name == "index.html"]
    found = name if name in beside else get_close_matches(name, sorted(beside), n=1, cutoff=0)[0]
    return f"{folder}/{found}".lstrip("/")


def heard(page: Page, url: str) -> list[str]:
    """Fills while pages are looked at: errors of the console and of scripts, and what was asked for from elsewhere."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda r: found.append(r.url) if not r.url.startswith((url, "data:", "blob:")) else None)
    return found


# The least contrast of text on the coloured front, taken with the lighter end of its background: axe leaves such alone.
FAINTEST = """() => {
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const numbers = text => text.match(/[0-9.]+/g).map(Number);
  const front = document.querySelector(".xz-hero");
  const ends = getComputedStyle(front).backgroundImage.match(/rgb[^)]*\\)/g).map(c => light(numbers(c)));
  const texts = [front, ...front.querySelectorAll("*")].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()));
  return Math.min(...texts.map(e => (light(numbers(getComputedStyle(e).color)) + .05) / (Math.max(...ends) + .05)));
}"""


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=explored)])
def test_all_that_stands_on_the_coloured_front_can_be_read(
    browser: Browser, typical_url: str, scheme: Literal["light", "dark"]
) -> None:
    """With a link to the office above."""
    with lent_page(browser, viewport=PHONE, color_scheme=scheme) as page:
        page.goto(f"{typical_url}/index.html")
        assert page.locator(".xz-hero > p:not([class]) > a").count() == 1
        assert page.evaluate(FAINTEST) >= 4.5


@pytest.mark.parametrize("way", range(len(WAYS)), ids=map("-".join, WAYS))
def test_no_page_kind_has_an_accessibility_violation_an_error_or_a_foreign_request(
    browser: Browser, way: int, request: pytest.FixtureRequest
) -> None:
    which = "sample" if EXPLORING else "typical"
    url: str = request.getfixturevalue(f"{which}_url")
    site: Path = request.getfixturevalue("sample_site" if EXPLORING else "typical_built")
    language, scheme, size = WAYS[way]
    viewport = DESK if size == "wide" else PHONE
    colours: Literal["light", "dark"] = "dark" if scheme == "dark" else "light"
    found: list[tuple[str, str, list[str]]] = []
    with lent_page(browser, viewport=viewport, color_scheme=colours, reduced_motion="reduce") as page:
        said = heard(page, url)
        for kind in looked_at(way):
            if not EXPLORING and kind in NOT_THERE:
                assert not (site / kind).exists()
                continue
            path = there(site, kind)
            found += violations(page, f"{url}/{'en/' if language == 'en' else ''}{path}", scheme)
    assert (found, said) == ([], [])


@pytest.mark.parametrize("way", OFFICE_WAYS, ids=["-".join(WAYS[way]) for way in OFFICE_WAYS])
def test_no_page_of_an_office_above_districts_has_one_either(browser: Browser, way: int, office_url: str) -> None:
    language, scheme, size = WAYS[way]
    colours: Literal["light", "dark"] = "dark" if scheme == "dark" else "light"
    viewport = DESK if size == "wide" else PHONE
    found: list[tuple[str, str, list[str]]] = []
    with lent_page(browser, viewport=viewport, color_scheme=colours, reduced_motion="reduce") as page:
        said = heard(page, office_url)
        for path in OFFICE if EXPLORING else [OFFICE[OFFICE_WAYS.index(way)]]:
            found += violations(page, f"{office_url}/{'en/' if language == 'en' else ''}{path}", scheme)
    assert (found, said) == ([], [])


def violations(page: Page, url: str, scheme: str) -> Iterator[tuple[str, str, list[str]]]:
    """What axe finds on a page, which is there, in these colours, within its width, and can be reached by keyboard."""
    response = page.goto(url, wait_until="load")
    assert response is not None
    assert response.ok, url
    shown = page.locator("body").get_attribute("data-md-color-scheme")
    assert shown == ("slate" if scheme == "dark" else "default"), (url, shown)
    results = Axe().run(page, options=REPORT)
    yield from ((url, v["id"], v["nodes"][0]["target"]) for v in results.response["violations"])
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{url} scrolls sideways by {overflow} px"
    assert page.evaluate(UNREACHED) == [], url
