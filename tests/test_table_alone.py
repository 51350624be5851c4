"""One table alone: its files, its page to embed and the table builder hold released cells and their marks, nothing
else.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from generator.edition.render import FOLDERS
from generator.model.cells import Published, Shown
from generator.model.registry import TOTAL
from generator.model.releases import Release, latest
from generator.model.submission import StageBand
from generator.pages.statistics.alone import guarded_texts
from generator.pages.statistics.tables import is_share
from generator.publish.build import read
from generator.records.repository import Repository
from generator.text import Language
from tests.conftest import AS_OF, ROOT, explored, lent_page
from tests.test_build import typical_site
from tests.test_statistics import statistics_pages

Told = dict[tuple[str, str, str], float | str | None]


@cache
def sample() -> Repository:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return repository


@pytest.fixture(scope="module")
def by_term() -> dict[str, Release]:
    repository = sample()
    return {str(term): release for term, release in latest(repository.published(AS_OF)).items()}


def number(column: str, cell: Published) -> float | None:
    if not isinstance(cell, Shown):
        return None
    return cell.value / 10 if is_share(column) else cell.value


def released(by_term: dict[str, Release], table: str) -> Told:
    return {
        (term, row.id, column): "z"
        if row.cells.get(column.partition("/")[2]) == Shown(value=0)
        else number(column, cell)
        for term, release in by_term.items()
        if (found := release.table(table))
        for row in found.rows
        for column, cell in row.cells.items()
    }


def waits(release: Release, row: str) -> bool:
    """Whether a school whose correction waits has pupils in a row."""
    shapes = [sample().schools[school].shape_on(AS_OF) for school in release.waiting]
    bands = {band.value for band in StageBand for shape in shapes if band.stage in shape.stages}
    rows = {*bands, *(shape.type.value for shape in shapes), *([TOTAL] if shapes else [])}
    return not rows.isdisjoint(row.split("+"))


def shown_as(value: float | str | None) -> str:
    """A share as the builder shows it, without its sign."""
    return "[c]" if value is None else f"[{value}]" if isinstance(value, str) else f"{value:.1f}"


def tables(by_term: dict[str, Release]) -> list[str]:
    return [table.id for table in by_term[max(by_term)].tables]


@pytest.mark.parametrize("language", Language)
def test_the_csv_of_a_table_holds_its_cells_of_every_term_and_marks_what_is_hidden(
    sample_site: Path, by_term: dict[str, Release], language: Language
) -> None:
    hidden = 0
    for table in tables(by_term):
        path = sample_site / FOLDERS[language] / "data" / "statistics" / "tables" / f"{table}.csv"
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))[1:]
        told = {(row[1].lstrip("'"), row[4], row[7]): (row[10], row[11]) for row in rows}
        expected = released(by_term, table)
        assert told.keys() == expected.keys()
        for key, value in expected.items():
            text, status = told[key]
            if isinstance(value, int | float):
                assert (float(text), status) == (value, "w" if waits(by_term[key[0]], key[1]) else ""), key
            else:
                assert (text, status) == ("", value or "c"), key
            hidden += value is None
        assert path.with_suffix(".xlsx").read_bytes().startswith(b"PK")
    assert hidden


@pytest.mark.parametrize("language", Language)
def test_the_builder_is_given_released_cells_and_nothing_else(
    sample_site: Path, by_term: dict[str, Release], language: Language
) -> None:
    script = (sample_site / FOLDERS[language] / "statistics" / "builder-data.js").read_text("utf-8")
    data = json.loads(script.removeprefix("window.xzTables = ").removesuffix(";\n"))
    assert [term["id"] for term in data["terms"]] == sorted(by_term)
    assert [table["id"] for table in data["tables"]] == tables(by_term)
    for table in data["tables"]:
        told = {
            (term, row, column): value
            for term, rows in table["cells"].items()
            for row, columns in rows.items()
            for column, value in columns.items()
        }
        assert told == released(by_term, table["id"])
        assert {row for _, row, _ in told} == set(table["rows"])
        marked = {(term, row) for term, rows in table["waiting"].items() for row in rows}
        assert marked == {(term, row) for term, row, _ in told if waits(by_term[term], row)} != set()
        assert {column for _, _, column in told} == set(table["columns"])


def test_pictures_stand_alone(sample_site: Path) -> None:
    pictures = sorted((sample_site / "data" / "statistics" / "tables").glob("*.svg"))
    assert pictures
    for path in pictures:
        text = path.read_text("utf-8")
        ElementTree.fromstring(text)
        assert "心助力示例区" in text
        assert not re.search(r"(?:href|src)=|url\((?!#)|@import|<script", text)


@pytest.mark.parametrize("half", ["", "en/"])
def test_a_page_to_embed_has_the_cells_of_the_table_s_page_and_runs_nothing(sample_site: Path, half: str) -> None:
    pages = sorted((sample_site / half / "statistics" / "embed").glob("*.html"))
    assert pages
    for path in pages:
        html = path.read_text("utf-8")
        whole = (path.parent.parent / "tables" / path.name).read_text("utf-8")

        def cells(text: str, table: str = path.stem) -> list[str]:
            found = re.search(rf'<caption id="table-{table}-caption">.*?</table>', text, re.DOTALL)
            assert found
            return [re.sub("<[^>]+>|\\s", "", cell) for cell in re.findall(r"<td.*?</td>", found[0], re.DOTALL)]

        assert cells(html) == cells(whole) != []
        assert "<script" not in html
        assert "default-src 'none'; style-src 'self'" in html
        assert ("示例数据" if not half else "Sample data") in html


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    said: list[str] = []
    with lent_page(browser) as made:
        made.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        made.on("pageerror", lambda error: said.append(str(error)))
        yield made
    assert said == []


@pytest.mark.parametrize("half", ["", pytest.param("en/", marks=explored)])
def test_a_reader_puts_a_table_together_takes_it_away_and_comes_back_to_it(
    page: Page, sample_url: str, by_term: dict[str, Release], half: str
) -> None:
    page.goto(f"{sample_url}/{half}statistics/tables/participation.html")
    page.locator("a[href*='builder.html?table=participation']").click()
    page.locator("fieldset[name=rows] button").nth(1).click()
    expect(page.locator("#built-do")).to_be_hidden()
    page.locator("fieldset[name=rows] input[value=junior]").check()
    cells = page.locator("#built tbody td").all_inner_texts()
    assert len(cells) == len(by_term)
    shown = [released(by_term, "participation")[term, "junior", "screened/due"] for term in sorted(by_term)]
    assert [cell.rstrip(" %") for cell in cells] == [shown_as(v) for v in shown]
    with page.expect_download() as download:
        page.locator("#built-do button").click()
    lines = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    status = ["w" if waits(by_term[term], "junior") else "" for term in sorted(by_term)]
    assert "w" in status
    assert [line[4:6] for line in lines[1:]] == [
        ["", m[1]] if (m := shown_as(v))[0] == "[" else [m, s] for v, s in zip(shown, status, strict=True)
    ]
    said = "更正待发" if not half else "correction waits"
    marks = [said in text for text in page.locator("#built tbody th:nth-child(2)").all_inner_texts()]
    assert marks == [one == "w" for one in status]
    page.reload()
    assert page.locator("#built tbody td").all_inner_texts() == cells


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=explored)])
def test_a_chart_is_saved_as_a_picture_with_its_marks(browser: Browser, sample_url: str, scheme: str) -> None:
    with lent_page(browser, color_scheme="dark" if scheme == "dark" else "light") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{sample_url}/statistics/tables/stage-level.html")
        assert not [url for url in asked if "xz-picture" in url]
        page.locator("figure.xz-chart:has(svg .box)").first.evaluate("figure => { figure.id = 'hidden'; }")
        pictures = []
        for _ in range(2):  # as it stands, and as it would be without the boxes of what is not published
            with page.expect_download() as download:
                page.locator("#hidden button.xz-picture").click()
            pictures.append(Path(download.value.path()).read_bytes())
            assert download.value.suggested_filename.endswith(".png")
            page.evaluate("document.querySelectorAll('svg .box').forEach((box) => box.remove())")
        whole, without = pictures
        assert whole[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = (int.from_bytes(whole[at : at + 4], "big") for at in (16, 20))
        assert width == (360 + 32) * 3
        assert height > 500
        assert whole != without


@pytest.mark.parametrize("known", [True, pytest.param(False, marks=explored)])
def test_a_picture_says_the_address_of_its_page(browser: Browser, sample_url: str, known: bool) -> None:
    """As the site says it, where it knows; else where the page was opened."""
    place, there = f"{sample_url}/statistics/tables/files.html", "https://district.example/statistics/tables/files.html"
    with lent_page(browser) as page:
        page.goto(place)
        page.evaluate(
            """(address) => {
              document.querySelector('link[rel=canonical]')?.remove();
              if (address) {
                const link = document.createElement('link');
                Object.assign(link, { rel: 'canonical', href: address });
                document.head.append(link);
              }
              const draw = CanvasRenderingContext2D.prototype.fillText;
              window.drawn = [];
              CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
                window.drawn.push(text);
                return draw.call(this, text, ...place);
              };
            }""",
            there if known else "",
        )
        with page.expect_download():
            page.locator("figure.xz-chart button.xz-picture").first.click()
        drawn = "".join(page.evaluate("window.drawn")).replace(" ", "")
    assert (there if known else place) in drawn
    assert (there in drawn) == known


def test_a_picture_as_a_file_says_where_it_is_from() -> None:
    content = typical_site()
    for url in (None, "https://district.example/x/"):
        district = replace(content.repository.district, site_url=url)
        pages = statistics_pages(
            replace(content, repository=replace(content.repository, district=district)), Language.EN
        )
        pictures = [file for page in pages.values() for file in page.files if file.path.endswith("files-bars.svg")]
        (text,) = (re.sub("<[^>]+>|\\s", "", file.content.decode()) for file in pictures)
        assert ("https://district.example/x/en/statistics/tables/files.html" in text) == (url is not None)


def test_what_a_reader_takes_away_holds_no_formula_and_no_day(page: Page, sample_url: str, sample_site: Path) -> None:
    wicked = ["＝HYPERLINK(1)", "\t=1+1", "2026-10", "a;@SUM(1)"]
    data = (sample_site / "statistics" / "builder-data.js").read_text("utf-8")
    told = json.loads(data.removeprefix("window.xzTables = ").removesuffix(";\n"))
    one = next(table for table in told["tables"] if table["id"] == "participation")
    told["terms"][0]["title"], one["rows"]["junior"] = wicked[0], wicked[1]
    (column, *_) = one["columns"].values()
    column["title"], one["rows_are"] = wicked[2], wicked[3]
    told["guarded"] = guarded_texts(told)
    body = f"window.xzTables = {json.dumps(told)};"
    page.route("**/builder-data.js", lambda route: route.fulfill(body=body, content_type="text/javascript"))
    page.goto(f"{sample_url}/statistics/builder.html?table=participation&columns={next(iter(one['columns']))}")
    assert page.locator("#built td").count() > 0
    with page.expect_download() as download:
        page.locator("#built-do button").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    cells = {cell for line in csv.reader(io.StringIO(text)) for cell in line}
    assert {f"'{text}" for text in wicked} <= cells
    assert not cells & {*wicked}


def test_hidden_cells_stand_as_marks_in_the_builder(page: Page, sample_url: str, by_term: dict[str, Release]) -> None:
    hidden = [key for key, value in released(by_term, "services").items() if value is None]
    assert hidden
    page.goto(f"{sample_url}/statistics/builder.html?table=services&columns={hidden[0][2]}")
    expect(page.locator("#built td.xz-suppressed").first).to_have_text("[c]")
    nobody = [key for key, value in released(by_term, "participation").items() if value == "z"]
    assert nobody
    page.goto(f"{sample_url}/statistics/builder.html?table=participation&columns={nobody[0][2]}")
    assert page.locator("#built td", has_text="[z]").count() == len([key for key in nobody if key[2] == nobody[0][2]])
    assert page.locator("#built td", has_text=re.compile("^(0|NaN|null|undefined|)$")).count() == 0


def test_the_overview_says_what_is_new_what_comes_next_and_whom_to_ask(page: Page, sample_url: str) -> None:
    page.goto(f"{sample_url}/statistics/index.html")
    assert page.locator(".xz-figure small", has_text="2025—2026学年第一学期").count() > 0
    assert page.locator("figure.xz-chart svg").count() == 1
    assert page.locator("#news ~ .xz-timeline li").count() >= 4
    assert page.locator("article a[href^='mailto:office@example.org']").count() == 1
