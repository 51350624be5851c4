"""The sample site in a real browser, as a reader meets it: languages, filters, tables, colours.

What is to be seen on every kind of page (console, foreign requests, axe) is looked at in `test_accessibility`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect

from tests.conftest import explored, lent, lent_page

PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)

# One page of each kind; the same paths exist in both languages.
KINDS = (
    "index.html",
    "help.html",
    "work/index.html",
    "work/systems.html",
    "work/calendar.html",
    "plans/index.html",
    "policies/index.html",
    "filing/index.html",
    "schools/index.html",
    "schools/xz01.html",
    "schools/xz37.html",
    "compliance/index.html",
    "compliance/matrix/index.html",
    "compliance/matrix/hills.html",
    "compliance/overdue.html",
    "compliance/waivers.html",
    "compliance/coverage.html",
    "compliance/methods.html",
    "rules/index.html",
    "rules/STAFF-01.html",
    "inspections/index.html",
    "inspections/2025-12-xz09.html",
    "inspections/2026-11-xz11.html",
    "schemes/demonstration-2026.html",
    "demonstration/index.html",
    "statistics/index.html",
    "statistics/tables/services.html",
    "statistics/tables/participation-schools.html",
    "statistics/releases/2026-2027-1-r1.html",
    "statistics/reporting.html",
    "statistics/releases/index.html",
    "statistics/downloads.html",
    "statistics/methods.html",
    "statistics/builder.html",
    "figures/claims.html",
    "figures/measures.html",
    "lessons/index.html",
    "lessons/micro.html",
    "lessons/micro-32.html",
    "team/index.html",
    "team/training.html",
    "outreach/index.html",
    "about/index.html",
    "about/filing.html",
    "about/office.html",
    "about/wall.html",
    "about/edit.html",
    "about/dictionary/index.html",
    "about/dictionary/return.html",
    "about/problems.html",
    "about/glossary.html",
    "about/changes.html",
    "about/accessibility.html",
)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with lent(browser) as context:
        yield context


def test_the_language_switch_stays_on_the_page(context: BrowserContext, sample_url: str) -> None:
    page = context.new_page()
    page.goto(f"{sample_url}/schools/xz07.html")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    page.locator("a[hreflang='en']:visible").first.click()
    expect(page).to_have_url(f"{sample_url}/en/schools/xz07.html")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("a[hreflang='zh-CN']:visible").first.click()
    expect(page).to_have_url(f"{sample_url}/schools/xz07.html")


def built(site: Path) -> list[Path]:
    """The pages that the theme made; a filing desk and a table to embed have policies of their own, which `test_desk`
    and `test_table_alone` hold.
    """
    return [path for path in sorted(site.rglob("*.html")) if path.parent.name not in ("filing", "embed")]


def test_every_page_names_its_other_language(sample_site: Path) -> None:
    for path in built(sample_site):
        if path.name == "404.html":
            continue
        text = path.read_text(encoding="utf-8")
        assert re.search(r'<link rel="alternate[^>]*hreflang="en"', text), path
        assert re.search(r'<link rel="alternate[^>]*hreflang="zh-CN"', text), path
        expected = "en" if path.relative_to(sample_site).parts[0] == "en" else "zh-CN"
        assert f'<html lang="{expected}"' in text, path


def test_the_index_of_schools_filters_and_sorts(context: BrowserContext, sample_url: str) -> None:
    page = context.new_page()
    page.goto(f"{sample_url}/schools/index.html")
    rows = page.locator("#schools-table tbody tr:visible")
    expect(rows).to_have_count(20)
    page.locator("button.xz-more").click()
    expect(rows).to_have_count(55)
    page.locator("form.xz-filter select[name=type]").select_option("senior")
    fewer = rows.count()
    assert 0 < fewer < 55
    page.locator("form.xz-filter select[name=type]").select_option("")
    page.locator("form.xz-filter input[name=q]").fill("XZ07")
    expect(rows).to_have_count(1)
    page.locator("form.xz-filter input[name=q]").fill("")
    expect(rows).to_have_count(55)
    button = page.locator("#schools-table thead button").nth(5)
    button.click()
    figures = [
        int(c.replace(",", "")) for c in page.locator("#schools-table tbody tr td:nth-child(6)").all_inner_texts()
    ]
    assert figures == sorted(figures)
    button.click()
    figures = [
        int(c.replace(",", "")) for c in page.locator("#schools-table tbody tr td:nth-child(6)").all_inner_texts()
    ]
    assert figures == sorted(figures, reverse=True)


def test_a_long_list_shows_twenty_rows_the_rest_when_asked_for_and_keeps_the_choice_in_its_address(
    context: BrowserContext, sample_url: str
) -> None:
    page = context.new_page()
    page.goto(f"{sample_url}/compliance/overdue.html")
    rows = page.locator("#overdue-table tbody tr")
    every, visible = rows.count(), page.locator("#overdue-table tbody tr:visible")
    expect(visible).to_have_count(20)
    expect(page.locator(".xz-filter__count")).to_contain_text(str(every))
    expect(page.locator("button.xz-more")).to_contain_text(f"({every - 20})")
    area = page.locator("select[name=area] option").nth(1).get_attribute("value")
    page.locator("select[name=area]").select_option(area)
    chosen = page.locator(".xz-filter__count").inner_text()
    assert f"area={area}" in page.url
    page.locator("form.xz-filter input[name=q]").fill("nothing that any row says")
    expect(visible).to_have_count(0)
    expect(page.locator("button.xz-more")).to_be_hidden()
    page.locator("form.xz-filter input[name=q]").fill("")
    page.reload()
    expect(page.locator("select[name=area]")).to_have_value(str(area))
    expect(page.locator(".xz-filter__count")).to_have_text(chosen)
    page.goto(f"{sample_url}/lessons/micro.html")
    last = page.locator("#micro-table tbody tr").last.get_attribute("id")
    assert not page.locator(f"#{last}").is_visible()
    page.goto(f"{sample_url}/lessons/micro.html#{last}")
    page.reload()
    expect(page.locator(f"#{last}")).to_be_visible()


@explored
def test_a_page_shows_under_which_tab_it_lies(context: BrowserContext, sample_url: str) -> None:
    page = context.new_page()
    for path, tab in (
        ("schools/xz07.html", "../schools/index.html"),
        ("inspections/2025-12-xz09.html", "../compliance/index.html"),
        ("lessons/micro-32.html", "lessons/index.html"),
    ):
        page.goto(f"{sample_url}/{path}")
        here = page.locator(".xz-tabs [aria-current]")
        expect(here).to_have_attribute("aria-current", "true")
        assert str(here.evaluate("a => a.href")).endswith(tab.removeprefix("../")), path
    page.goto(f"{sample_url}/index.html")
    expect(page.locator(".xz-tabs [aria-current]")).to_have_attribute("aria-current", "page")


@pytest.mark.parametrize("scripts", [False, pytest.param(True, marks=explored)])
def test_on_a_phone_the_tabs_are_a_drawer(browser: Browser, sample_url: str, scripts: bool) -> None:
    """It opens by its button, and from the keyboard as soon as one of its links has the focus."""
    with lent(browser, viewport=PHONE, reduced_motion="reduce", java_script_enabled=scripts) as context:
        page = context.new_page()
        page.goto(f"{sample_url}/schools/xz07.html")
        first, button = page.locator(".xz-tabs a").first, page.locator("label.md-header__button[for=__drawer]")
        expect(first).not_to_be_in_viewport()
        button.click()
        expect(first).to_be_in_viewport()
        page.locator(".md-overlay").click(position={"x": 380, "y": 400})
        expect(first).not_to_be_in_viewport()
        first.focus()
        expect(first).to_be_in_viewport()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{sample_url}/help.html")
        button.click()  # where the drawer has a section's own pages, the tabs stay away
        expect(page.locator(".md-nav--primary").first).to_be_in_viewport()
        expect(page.locator(".xz-tabs")).to_be_hidden()


def test_on_paper_a_table_stays_a_table(context: BrowserContext, sample_url: str) -> None:
    """A4 less its margins is narrower than many a screen: what is meant for phones must not reach the printer."""
    page = context.new_page()
    page.set_viewport_size(ViewportSize(width=673, height=980))
    page.emulate_media(media="print")
    page.goto(f"{sample_url}/schools/index.html")
    assert page.locator("#schools-table thead").evaluate("e => getComputedStyle(e).display") == "table-header-group"
    assert page.locator("#schools-table").evaluate("e => e.scrollWidth") <= 673
    for hidden in (".md-header", ".xz-tabs", ".xz-filter", ".md-footer"):
        expect(page.locator(hidden)).to_be_hidden()


def test_the_table_of_schools_and_rules_filters_by_part_stage_and_outcome(
    context: BrowserContext, sample_url: str
) -> None:
    page = context.new_page()
    page.goto(f"{sample_url}/compliance/matrix/hills.html")
    rows, heads = page.locator("#matrix-table tbody tr:visible"), page.locator("#matrix-table thead th:visible")
    every, schools = rows.count(), heads.count() - 1
    page.locator("select[name=system]").select_option("7")
    assert 0 < rows.count() < every
    page.locator("select[name=system]").select_option("")
    page.locator("select[name=stage]").select_option("primary")
    assert 0 < heads.count() - 1 < schools
    page.locator("select[name=stage]").select_option("")
    page.locator("select[name=verdict]").select_option("unmet")
    assert 0 < rows.count() < every
    assert 0 < heads.count() - 1 < schools
    for row in rows.all():  # whatever is left has the outcome asked for
        assert row.locator("td:visible[data-v=unmet]").count() > 0
    said = page.locator(".xz-filter__count").inner_text()
    assert str(rows.count()) in said, said
    assert str(heads.count() - 1) in said, said
    page.locator("select[name=verdict]").select_option("waived")
    page.locator("select[name=stage]").select_option("senior")
    expect(page.locator(".xz-filter__count")).to_have_text(re.compile(r"\d+"))


@pytest.mark.parametrize("size", [pytest.param(DESK, id="wide", marks=explored), pytest.param(PHONE, id="narrow")])
def test_the_table_keeps_its_headings_in_sight_and_is_worked_by_keyboard(
    browser: Browser, sample_url: str, size: ViewportSize
) -> None:
    with lent_page(browser, viewport=size, reduced_motion="reduce") as page:
        page.goto(f"{sample_url}/compliance/matrix/hills.html")
        table = page.locator(".xz-matrix")
        table.scroll_into_view_if_needed()
        table.focus()
        page.keyboard.press("End")
        end = "t => new Promise(done => { const look = () => t.scrollTop + t.clientHeight > t.scrollHeight - 2 ? done() : setTimeout(look, 50); look(); })"
        table.evaluate(end)  # not `wait_for_function`, which evaluates text, as the pages' policy forbids
        box = table.bounding_box()
        head = page.locator("#matrix-table thead th").nth(1).bounding_box()
        row = page.locator("#matrix-table tbody th").last.bounding_box()
        assert box
        assert head
        assert row
        assert abs(head["y"] - box["y"]) < 3, "the schools' names stay at the top"
        assert abs(row["x"] - box["x"]) < 3, "the rules' names stay at the left"
        seen = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e, '::before').content]"
        for name in ("thead th", "tbody th"):
            assert page.locator(f"#matrix-table {name}").last.evaluate(seen)[0] != "rgba(0, 0, 0, 0)", (
                "nothing shows through names"
            )
        assert "未" in page.locator("#matrix-table [data-v=unmet]").first.evaluate(seen)[1]
        cell = page.locator("#matrix-table td a").first
        cell.focus()
        at = cell.bounding_box()
        head = page.locator("#matrix-table thead th").nth(1).bounding_box()
        assert at
        assert head
        assert at["y"] >= head["y"] + head["height"] - 1, "what has the focus is not under the heading"
        assert min(at["width"], at["height"]) >= 24
        address = cell.get_attribute("href")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(r"schools/.*#"))
        assert address is not None
        assert page.url.endswith(address.removeprefix("../.."))


def test_the_table_is_small_enough_for_a_phone(context: BrowserContext, sample_url: str, sample_site: Path) -> None:
    """As files, and the largest of them as the browser has it."""
    tables = (sample_site / "compliance" / "matrix").glob("*.html")
    sizes = {path.name: len(re.findall(r"<[a-z]", path.read_text(encoding="utf-8"))) for path in tables}
    assert {name: size for name, size in sizes.items() if size > 2000} == {}
    page = context.new_page()
    page.goto(f"{sample_url}/compliance/matrix/{max(sizes, key=lambda name: sizes[name])}")
    assert page.evaluate("document.querySelectorAll('*').length") <= 2000


def test_a_cell_leads_to_the_line_of_the_checklist_and_opens_it(context: BrowserContext, sample_url: str) -> None:
    page = context.new_page()
    page.goto(f"{sample_url}/schools/xz09.html#STAFF-11")  # it is met, so it stands in what is folded
    expect(page.locator("#STAFF-11")).to_be_visible()
    page.goto(f"{sample_url}/schools/xz09.html")
    todo = page.locator("#todo")
    assert todo.bounding_box()["y"] < 900, "what is to be done is on the first screen"  # type: ignore[index]
    summary = page.locator("details.xz-fold > summary").last
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.xz-fold").last).to_have_attribute("open", "")


POLICY = '<meta http-equiv="Content-Security-Policy" content="'


def test_every_page_forbids_what_it_does_not_need(sample_site: Path) -> None:
    """Scripts and styles come from files of the site; none stands in a page, so that nothing has to be excepted."""
    for path in built(sample_site):
        text = path.read_text(encoding="utf-8")
        head, _, rest = text.partition(POLICY)
        policy = dict(part.strip().partition(" ")[::2] for part in rest.partition('"')[0].split(";"))
        assert policy.pop("img-src") == "'self' data:", path
        assert policy.pop("media-src", None) == ("'self'" if path.parent.name == "lessons" else None), path
        assert policy == dict.fromkeys(("script-src", "style-src", "connect-src"), "'self'") | dict.fromkeys(
            ("default-src", "base-uri", "form-action"), "'none'"
        ), path
        assert not re.search("<(?:script|link|style|base)", head), path
        assert not re.search(
            r"<style|\sstyle=|<script(?![^>]* src=|[^>]* type=\"application/(?:ld\+)?json\")|<[^>]*\son[a-z]+=|javascript:",
            text,
        ), path


def test_a_script_in_a_page_does_not_run(context: BrowserContext, sample_url: str) -> None:
    """The second line of defence: what got into a page all the same stays dead, whichever way it asks to run."""
    page, refused = context.new_page(), []
    page.on(
        "console", lambda message: refused.append(message.text) if "Content Security Policy" in message.text else None
    )
    wicked = (
        "<script>window.ran = 1</script>",
        '<img src="data:," onerror="window.ran = 2">',
        '<script src="data:text/javascript,window.ran = 3"></script>',
        '<a id="x" href="javascript:window.ran = 4">x</a>',
        '<iframe srcdoc="<script>parent.ran = 5</script>"></iframe>',
        '<base href="https://elsewhere.example/">',
        '<form id="y" action="https://elsewhere.example/"><input name="z"></form>',
    )
    page.route(
        "**/about/index.html",
        lambda route: route.fulfill(body=route.fetch().text().replace("<article", f"{''.join(wicked)}<article", 1)),
    )
    page.goto(f"{sample_url}/about/index.html", wait_until="load")
    page.locator("#x").click()
    page.evaluate("document.getElementById('y').submit()")
    page.wait_for_timeout(200)
    assert page.evaluate("window.ran") is None
    assert page.url == f"{sample_url}/about/index.html"
    assert len(refused) >= len(wicked) - 1, refused


@pytest.mark.parametrize("language", ["", pytest.param("en/", marks=explored)])
def test_the_colours_that_a_reader_chose_are_kept(context: BrowserContext, sample_url: str, language: str) -> None:
    page = context.new_page()
    page.goto(f"{sample_url}/{language}index.html")
    body = page.locator("body")
    expect(body).to_have_attribute("data-md-color-scheme", "default")
    page.locator("label.md-header__button[for=__palette_1]").click()
    expect(body).to_have_attribute("data-md-color-scheme", "slate")
    page.goto(f"{sample_url}/{language}schools/xz01.html")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")


def test_who_chose_no_colours_has_those_of_the_device(browser: Browser, sample_url: str) -> None:
    with lent_page(browser, color_scheme="light") as page:
        page.goto(f"{sample_url}/index.html", wait_until="load")
        expect(page.locator("meta[name=theme-color]")).to_have_count(1)  # the theme has run
        page.emulate_media(color_scheme="dark")
        page.goto(f"{sample_url}/schools/xz01.html")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")


@pytest.mark.parametrize("kept", ["throw new DOMException('denied', 'SecurityError')", "return {getItem: () => 'x'}"])
def test_a_browser_that_keeps_nothing_has_the_buttons(browser: Browser, sample_url: str, kept: str) -> None:
    errors: list[str] = []
    with lent_page(browser) as page:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(f"Object.defineProperty(window, 'localStorage', {{get() {{ {kept}; }}}})")
        page.goto(f"{sample_url}/schools/xz01.html", wait_until="load")
        page.locator("label.md-header__button[for=__palette_1]").click()
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    assert errors == []


def test_the_colours_are_right_before_the_theme_has_run(browser: Browser, sample_url: str) -> None:
    with lent(browser, color_scheme="dark") as context:
        page = context.new_page()
        page.route("**/bundle.*.js", lambda route: route.abort())
        page.goto(f"{sample_url}/schools/xz01.html")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        expect(page.locator("label[for=__palette_0]")).to_be_visible()
        expect(page.locator("label[for=__palette_1]")).to_be_hidden()
