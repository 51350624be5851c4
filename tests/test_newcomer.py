"""Somebody who has never seen the project files a return and a sealed aggregate from the front page, in a browser; the
office takes both in, reviews, merges, and the school's page says so. Clicks are counted.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec import Struct
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from generator.edition.render import edition, markdown
from generator.edition.site import site
from generator.files.catalogue import load
from generator.filing import desk_page
from generator.model.ids import SchoolId, YearId
from generator.pages.schools import schools
from generator.text import Language
from tests.conftest import explored, lent_page, served, until
from tests.district import DAY, FIRST, TERM, District, git, invented, run, with_office
from tests.test_accessibility import REPORT, UNREACHED, heard
from tests.test_desk import edited, fill_in, saved

YEAR = YearId("2026-2027")
NOW = f"{DAY}T10:00:00"


class Newcomer(Struct):
    """A person at a phone; counts what they do."""

    page: Page
    clicks: int = 0
    fields: int = 0

    def click(self, what: str) -> None:
        self.page.locator(what).first.click()
        self.clicks += 1


@pytest.fixture
def made(tmp_path: Path) -> District:
    return with_office(tmp_path)


@pytest.fixture(scope="module")
def url(typical_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The built site of the typical district, with the desks of the district that has keys: those of `made`."""
    beside = tmp_path_factory.mktemp("newcomer")
    made = with_office(beside)
    folder = Path(shutil.copytree(typical_built, beside / "site"))
    for language, below in ((Language.ZH, folder), (Language.EN, folder / "en")):
        for file in desk_page.files(edited(made, language)):
            (below / file.path).write_bytes(file.content)
    with served(folder) as address:
        yield address


def test_from_the_front_page_to_the_merged_filing(browser: Browser, made: District, url: str, tmp_path: Path) -> None:
    with lent_page(browser, {"width": 390, "height": 844}, NOW) as page:
        said = heard(page, url)
        page.goto(f"{url}/index.html")
        person = Newcomer(page=page)
        person.click(".md-content a[href$='filing/index.html']")
        person.click(f".md-content a[href$='{FIRST}.html']")
        person.click("details.part:has(#f-staff-part_time) > summary")  # on a phone the form is folded
        old = made.repository().returns[(SchoolId(FIRST), YEAR)]
        assert old.staff is not None
        page.fill("#f-staff-part_time", str(old.staff.part_time + 3))
        inbox = tmp_path / "inbox"
        inbox.mkdir()
        saved(page, "#return-save", inbox)
        counted = replace(invented(made, FIRST), revision=2)
        fill_in(page, counted)
        person.click("#seal")
        page.wait_for_selector("#aggregate-sealed:not([hidden])")
        saved(page, "#aggregate-save", inbox)
        person.clicks += 2  # both files saved
        assert person.clicks <= 6
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        assert json.loads(kept)[1:] == [{}, ""]
        assert not any(str(c.enrolment) in kept for c in counted.bands.values() if c.enrolment > 99)
        assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
        page.reload()  # closed half-way: the draft of the return is there, the figures are nowhere
        assert page.input_value("#f-staff-part_time") == str(old.staff.part_time + 3)
        cells = page.eval_on_selector_all("#aggregate-table input", "cells => cells.map(cell => cell.value).join('')")
        assert cells == ""
        assert said == []
    office(made, inbox, old.staff.part_time)


def office(made: District, inbox: Path, before: int) -> None:
    """Intake, review, merge, and what the school's page says then."""
    taken = run(made, "intake", str(inbox))
    assert taken.returncode == 0, taken.stdout + taken.stderr
    first = git(made.root, "rev-parse", "HEAD").strip()
    for period in (YEAR, TERM):
        git(made.root, "merge", "-q", "--no-ff", "-m", "merged", f"filing/{FIRST}/{period}")
    assert made.codes() == []
    review = run(made, "diff", first, "HEAD", "--as-of", str(DAY))
    assert review.returncode == 0, review.stderr
    assert f"{before} → {before + 3}" in review.stdout.replace("from ", "").replace(" to ", " → ")
    shown = edition(site(made.repository(), DAY, None), Language.ZH, load())
    school = shown.site.repository.schools[SchoolId(FIRST)]
    assert f"{DAY.year} 年 {DAY.month} 月 {DAY.day} 日" in markdown(schools.ordinary(shown, school))
    assert shown.site.repository.receipts[SchoolId(FIRST), TERM].revision == 2


@pytest.mark.parametrize(
    ("language", "colours", "width"),
    [
        ("zh", "light", 390),
        pytest.param("en", "dark", 1280, marks=explored),
        pytest.param("zh", "dark", 1280, marks=explored),
        pytest.param("en", "light", 390, marks=explored),
    ],
)
def test_the_desk_is_accessible(
    browser: Browser, url: str, language: str, colours: Literal["light", "dark"], width: int
) -> None:
    with lent_page(browser, {"width": width, "height": 844}, NOW, color_scheme=colours) as page:
        page.goto(f"{url}/{'en/' if language == 'en' else ''}filing/{FIRST}.html")
        page.eval_on_selector_all("details.part, #signing", "all => all.forEach(one => { one.open = true; })")
        page.fill("#f-staff-certified", "99")  # something wrong is shown too
        cell = page.locator("#aggregate-table input").first
        cell.fill("三")
        results = Axe().run(page, options=REPORT)
        assert [(v["id"], v["nodes"][0]["target"]) for v in results.response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert page.evaluate(UNREACHED) == []


@pytest.mark.parametrize("start", ["compliance/overdue.html", pytest.param("schools/xz10.html", marks=explored)])
def test_an_unmet_duty_leads_to_its_field(browser: Browser, url: str, start: str) -> None:
    """On a phone, where the field stands in a section that is folded."""
    with lent_page(browser, {"width": 390, "height": 844}, NOW) as page:
        page.goto(f"{url}/{start}")
        link = page.locator(".md-content a[href*='#f-']").first
        field = (link.get_attribute("href") or "").partition("#")[2]
        link.click()
        until(page, "field => document.activeElement?.id === field", field)
        assert "xz10" in page.url
        assert page.locator(f"[id='{field}']").is_visible()


@explored
def test_by_keyboard_alone_from_a_duty_to_the_saved_return(browser: Browser, url: str, tmp_path: Path) -> None:
    with lent_page(browser, at=NOW) as page:
        page.goto(f"{url}/filing/{FIRST}.html#f-staff-part_time")  # as a duty on the school's page leads there
        focused = "document.activeElement.id"
        assert page.evaluate(focused) == "f-staff-part_time"
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("７")
        for _ in range(400):
            page.keyboard.press("Tab")
            if page.evaluate(focused) == "return-save":
                break
        with page.expect_download() as waiting:
            page.keyboard.press("Enter")
        path = tmp_path / "saved.json"
        waiting.value.save_as(path)
        assert "part_time: 7\\n" in path.read_text("utf-8")


@pytest.mark.parametrize("below", ["", pytest.param("en/", marks=explored)])
def test_the_language_of_a_desk_on_the_site_is_changed_without_losing_what_was_typed(
    browser: Browser, url: str, below: str
) -> None:
    other = "en/" if not below else ""
    with lent_page(browser, at=NOW) as page:
        said = heard(page, url)
        page.goto(f"{url}/{below}filing/{FIRST}.html#aggregate")
        page.locator("#aggregate-table input").first.fill("4321")
        page.click("#language")
        until(page, "language => document.documentElement.lang === language", "en" if other else "zh-CN")
        assert page.url == f"{url}/{other}filing/{FIRST}.html#aggregate"
        assert page.locator("#aggregate-table input").first.input_value() == "4321"
        assert "4321" not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
        page.click("#language")
        until(page, "language => document.documentElement.lang === language", "zh-CN" if other else "en")
        assert page.url == f"{url}/{below}filing/{FIRST}.html#aggregate"
        assert page.locator("#aggregate-table input").first.input_value() == "4321"
        page.click("[data-say=back]")
        page.wait_for_url(f"{url}/{below}schools/{FIRST}.html")
        assert said == []
