"""What a page weighs, compressed as a server sends it, and what it loads: nothing that its reader may never need."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.conftest import EXPLORING, explored, lent

FIRST, NEXT = 200_000, 40_000  # bytes of a first visit, and of the next page
KINDS = (
    "index.html",
    "help.html",
    "schools/xz01.html",
    "schools/index.html",
    "filing/index.html",
    "compliance/overdue.html",
    "statistics/index.html",
    "statistics/tables/stage-level.html",
    "rules/STAFF-01.html",
    "lessons/micro.html",
    "compliance/matrix/hills.html",
)
HALVES = ("", "en/")  # one at each width and there every other page, in `make explore` both and all
SEARCHED_OR_BUILT = ("search/index.js", "xz-builder.js", "builder-data.js", "worker", "age-encryption", "desk")
WATCH = """() => {
  window.moved = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


@cache
def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def opened(context: BrowserContext, width: int, url: str) -> tuple[Page, list[str]]:
    """A page, and what answers it gets."""
    page, got = context.new_page(), list[str]()
    page.set_viewport_size({"width": width, "height": 844})
    page.add_init_script(f"({WATCH})()")
    page.on("response", lambda response: got.append(response.url))
    page.goto(url)
    return page, got


@pytest.mark.parametrize("width", [390, pytest.param(1280, marks=explored)])
def test_pages_are_light_load_nothing_needless_and_stand_still(
    browser: Browser, sample_site: Path, sample_url: str, width: int
) -> None:
    with lent(browser) as context:
        kinds = KINDS if EXPLORING else (KINDS[0], *KINDS[1 + (width > 390) :: 2])
        for half in HALVES if EXPLORING else HALVES[width > 390 :][:1]:
            got = {path: opened(context, width, f"{sample_url}/{half}{path}") for path in kinds}
            common: set[str] = set()
            for path, (page, asked) in got.items():
                page.wait_for_load_state("networkidle")  # all wait side by side
                files = dict.fromkeys(url for url in asked if not url.startswith("data:"))
                whole = {url: compressed(sample_site / urlsplit(url).path.lstrip("/")) for url in files}
                assert sum(whole.values()) < FIRST, (path, whole)
                assert not [url for url in whole if any(part in url for part in SEARCHED_OR_BUILT)], path
                common = common & whole.keys() if common else set(whole)
                again = sum(size for url, size in whole.items() if url not in common)
                if path != KINDS[0]:
                    assert again < NEXT, (path, again)
                assert page.evaluate("window.moved") < 0.05, path
