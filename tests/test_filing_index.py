"""The entry page of the filing desk: every school that files, what it has still to file, and a desk one step away."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, BrowserContext

from generator.edition.render import edition, markdown
from generator.edition.site import site
from generator.files.catalogue import load
from generator.files.tree import folder
from generator.model.ids import SchoolId
from generator.pages.schools import filing
from generator.records.outstanding import outstanding
from generator.records.repository import Repository
from generator.records.repository import load as loaded
from generator.text import Language
from tests.conftest import explored, lent, lent_page, until
from tests.district import DAY, FIRST, SECOND, TYPICAL


@pytest.fixture(scope="module")
def repository() -> Repository:
    found, problems = loaded(folder(TYPICAL)[0])
    assert found, problems
    return found


def lines(repository: Repository, day: date, language: Language = Language.ZH) -> dict[str, str]:
    """What the page says of each school, by its id, as text."""
    (page,) = filing.pages(edition(site(repository, day, None), language, load()))
    found = re.findall(r"<li><a href=\"(\w*)\.html\">(.*)</li>", html.unescape(markdown(page)))
    return {desk: re.sub(r"<[^>]*>", "", text) for desk, text in found}


def test_each_school_has_its_desk_and_what_is_still_to_be_filed_by_when(repository: Repository) -> None:
    year = repository.district.year_on(DAY)
    unfiled = replace(repository, returns={k: v for k, v in repository.returns.items() if k != (FIRST, year.id)})
    before, after = (lines(unfiled, year.returns_due + timedelta(days=n)) for n in (0, 1))
    assert set(before) == set(repository.schools)
    due = f"{year.returns_due.year} 年 {year.returns_due.month} 月 {year.returns_due.day} 日"
    assert f"年度填报：最晚 {due}" in before[FIRST]
    assert f"年度填报：{due} 已截止，还没有收到" in after[FIRST]
    filed_on = repository.returns[SECOND, year.id].filed_on
    assert "年度填报" in lines(repository, filed_on - timedelta(days=1))[SECOND]
    assert "年度填报" not in lines(repository, filed_on)[SECOND]


def test_a_school_that_has_filed_all_is_told_so_and_one_that_closed_is_not_listed(repository: Repository) -> None:
    nothing = "目前没有要交的"
    for id_, told in lines(repository, DAY).items():
        assert (nothing in told) == (not outstanding(repository, repository.schools[SchoolId(id_)], DAY)), id_
    shut = replace(repository.schools[FIRST], closed_on=DAY - timedelta(days=1))
    without = replace(repository, schools={**repository.schools, FIRST: shut})
    assert set(lines(without, DAY)) == set(repository.schools) - {FIRST}
    assert FIRST in lines(without, DAY - timedelta(days=1))


def test_where_no_aggregates_are_asked_for_none_are_spoken_of(repository: Repository) -> None:
    years = tuple(
        replace(year, terms=tuple(replace(term, submissions_due=None) for term in year.terms))
        for year in repository.district.years
    )
    without = replace(repository, district=replace(repository.district, years=years))
    for one, spoken in ((repository, True), (without, False)):
        for language, word in ((Language.ZH, "密封上报"), (Language.EN, "ealed aggregate")):
            (page,) = filing.pages(edition(site(one, DAY, None), language, load()))
            assert (word in page.body) == spoken


@pytest.fixture(params=["without script", pytest.param("with script", marks=explored)])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    scripted = request.param == "with script"
    with lent(browser, viewport={"width": 390, "height": 844}, java_script_enabled=scripted) as made:
        yield made


def test_every_desk_is_there_without_a_script(context: BrowserContext, sample_url: str, sample_site: Path) -> None:
    page = context.new_page()
    page.goto(f"{sample_url}/filing/index.html")
    desks = {f"{file.stem}.html" for file in (sample_site / "filing").glob("*.html")} - {"index.html"}
    areas = page.locator("#desks details")
    assert areas.count() > 1
    assert {a.get_attribute("href") for a in page.locator("#desks a").all()} == desks
    first = page.locator("#desks a").first
    assert not first.is_visible()
    areas.first.locator("summary").click()
    first.click()
    page.wait_for_url(f"**/filing/{min(desks)}")
    page.close()


@pytest.mark.parametrize("below", ["", pytest.param("en/", marks=explored)])
def test_what_is_typed_leaves_the_schools_that_have_it(browser: Browser, sample_url: str, below: str) -> None:
    with lent_page(browser, viewport={"width": 390, "height": 844}) as page:
        page.goto(f"{sample_url}/{below}filing/index.html")
        box = page.locator("form.xz-filter input")
        box.fill("xz1")
        shown = page.locator("#desks li:visible")
        assert [one.inner_text().count("xz1") for one in shown.all()] == [1] * 10
        assert page.locator("#desks details:visible").evaluate_all("all => all.every(one => one.open)")
        box.fill("xz17")
        assert shown.count() == 1
        box.press("Enter")
        until(page, "location.pathname.endsWith('/filing/xz17.html')")
        page.go_back()
        box.fill("")
        assert page.locator("#desks details[open]").count() == 0


STARTS = ("index.html", "404.html", "about/filing.html", "filing/xz01.html", "schools/index.html")


@pytest.mark.parametrize(
    ("below", "start"),
    [
        pytest.param(below, start, marks=explored if (first + second) % 2 else ())
        for first, below in enumerate(("", "en/"))
        for second, start in enumerate(STARTS)
    ],
)
def test_the_entry_page_is_one_step_away(browser: Browser, sample_url: str, below: str, start: str) -> None:
    with lent_page(browser) as page:
        page.goto(f"{sample_url}/{below}{start}")
        leading = page.evaluate("[...document.links].filter(one => one.checkVisibility()).map(one => one.href)")
        assert f"{sample_url}/{below}filing/index.html" in leading
