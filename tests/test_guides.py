"""The guides as people see them: pictures that load, one page of A4 for the wall, nothing wider than a phone."""

from __future__ import annotations

import html
import io

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser
from pypdf import PdfReader

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.files.resources import site_folder
from generator.files.tree import folder
from generator.model.district import Contact
from generator.pages.about import guides
from generator.records.repository import load as loaded
from generator.text import Language, Text
from tests.conftest import lent_page, until
from tests.district import DAY, TYPICAL

LANGUAGES = {"": Language.ZH, "en/": Language.EN}


@pytest.mark.parametrize("below", LANGUAGES)
def test_the_teachers_guide_shows_the_desk(browser: Browser, typical_url: str, below: str) -> None:
    with lent_page(browser, viewport={"width": 390, "height": 844}) as page:
        page.goto(f"{typical_url}/{below}about/filing.html")
        pictures = page.locator(".xz-guide img")
        pictures.evaluate_all("all => all.forEach(one => { one.loading = 'eager'; })")
        until(page, "[...document.querySelectorAll('.xz-guide img')].every(one => one.naturalWidth > 0)")
        shown = pictures.evaluate_all("all => all.map(one => [one.alt, one.naturalWidth * 2 / 3 - one.width])")
        assert len(shown) == 6
        assert all(len(alt) > 10 for alt, _ in shown)
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_pictures_weigh_little() -> None:
    for language in Language:
        files = list((site_folder() / "pictures" / language.value).iterdir())
        assert len(files) == 6
        assert sum(file.stat().st_size for file in files) < 150_000


@pytest.mark.parametrize("below", LANGUAGES)
def test_the_page_for_the_wall_prints_on_one_sheet(browser: Browser, typical_url: str, below: str) -> None:
    with lent_page(browser) as page:
        page.goto(f"{typical_url}/{below}about/wall.html")
        printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        assert len(printed.pages) == 1
        box = printed.pages[0].mediabox
        assert (round(box.width), round(box.height)) == (595, 842)


@pytest.mark.parametrize("language", Language)
def test_the_page_for_the_wall_has_the_sites_address_or_a_line_to_write_it_on(language: Language) -> None:
    repository, problems = loaded(folder(TYPICAL)[0])
    assert repository, problems
    contact = Contact(
        title=Text(zh="办公室", en="The office"), telephone="12355", mail=None, hours=None, public_reports=False
    )
    for address, whom, lines in (("https://desk.invalid/a/", contact, 0), (None, contact, 1), (None, None, 2)):
        district = replace(repository.district, site_url=address, contact=whom)
        shown = edition(site(replace(repository, district=district), DAY, None), language, load())
        (wall,) = (page for page in guides.pages(shown) if page.path == "about/wall")
        assert wall.body.count("xz-blank") == lines
        assert address is None or f"<strong>{address}</strong>" in html.unescape(wall.body)
