"""Eight kinds of pages at 400 % zoom (in the language with the longer words), from the keyboard (every other kind), and
in forced colours; docs/ACCESSIBILITY.md lists what is tried. `make explore` tries all of it.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.conftest import EXPLORING, explored, lent_page

KINDS = (
    "index.html",
    "help.html",
    "schools/index.html",
    "schools/xz01.html",
    "rules/STAFF-01.html",
    "compliance/matrix/hills.html",
    "statistics/tables/stage-level.html",
    "statistics/builder.html",
)


@pytest.mark.parametrize("half", [pytest.param("", marks=explored), "en/"])
def test_at_four_times_the_size_nothing_scrolls_sideways_but_tables_in_their_frames(
    browser: Browser, sample_url: str, half: str
) -> None:
    with lent_page(browser, viewport={"width": 320, "height": 256}) as page:
        wide = []
        for path in KINDS:
            page.goto(f"{sample_url}/{half}{path}")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wide += [(path, over)] if over > 0 else []
    assert wide == []


def test_content_is_two_keys_away_and_focus_is_seen(browser: Browser, sample_url: str) -> None:
    with lent_page(browser, viewport={"width": 1280, "height": 900}) as page:
        for path in KINDS if EXPLORING else KINDS[1::2]:
            page.goto(f"{sample_url}/{path}")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.classList.contains('md-skip')"), path
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('main') !== null"), path
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", path


def test_in_forced_colours_marks_keep_their_words(browser: Browser, sample_url: str) -> None:
    with lent_page(browser, forced_colors="active", reduced_motion="reduce") as page:
        page.goto(f"{sample_url}/schools/xz01.html")
        tags = page.locator(".xz-tag").locator("visible=true")
        assert tags.count() > 0
        assert all(text.strip() for text in tags.all_inner_texts())
        assert page.evaluate("getComputedStyle(document.querySelector('.xz-tag')).color") != ""
