"""No text of any record is more than text: two sites that differ in their texts alone are built of the same elements,
and nothing runs.

Both engines: Zensical in `make explore`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from generator.files.schemas import kinds
from generator.publish.build import build
from generator.publish.engine import Engine
from tests.conftest import AS_OF, COMMIT, EXPLORING, lent_page, served
from tests.hostile import CLOSED, WICKED, districts, text_fields
from tests.test_build import TYPICAL, quiet, sign_again

ENGINES = list(Engine) if EXPLORING else [Engine.MKDOCS]

# What a page is made of, without its texts. Drawings wrap and cut their texts by their width, so that of them only
# names are told.
STRUCTURE = """html => {
  const made = new DOMParser().parseFromString(html, "text/html");
  const telling = ["id", "class", "href", "src", "for", "name", "type", "role", "hreflang", "rel", "http-equiv", "data-for", "data-matrix", "value"];
  const attribute = (a) => telling.includes(a.name) ? `${a.name}=${a.value}` : a.name;
  const told = (element) => [element.localName, ...[...element.attributes].map(attribute)].join(" ");
  const drawn = (element) => element.closest("svg") && element.localName !== "svg";
  const names = (element) => [element.localName, ...[...element.attributes].map(a => a.name)].join(" ");
  const every = [...made.querySelectorAll("*")];
  return {
    elements: every.filter(e => !drawn(e)).map(told).join("\\n"),
    drawn: [...new Set(every.filter(drawn).map(names))],
    comments: [...html.matchAll(/<!--/g)].length,
    shown: made.body.textContent,
  };
}"""
PLACED = """text => {
  const place = document.createElement("template");
  place.innerHTML = text;
  return [...place.content.querySelectorAll("*")].map(e => e.localName);
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The sites of the two districts."""

    engine: Engine
    plain: Path
    hostile: Path


def test_every_field_that_may_hold_text_is_filled(tmp_path: Path) -> None:
    _, _, filled = districts(TYPICAL, tmp_path)
    of_districts = set(kinds()) - {"district-below"}  # an office's records: tests/test_office_text.py
    assert {field for kind in of_districts for field in text_fields(kind)} - filled == CLOSED


@pytest.fixture(scope="module", params=ENGINES)
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    beside = tmp_path_factory.mktemp("text")
    plain, hostile, _ = districts(TYPICAL, beside)
    for root in (plain, hostile):
        sign_again(root / "records" / "releases")
        assert build(root, beside / f"{root.name}-site", AS_OF, COMMIT, request.param, quiet) == ()
    return Pair(engine=request.param, plain=beside / "plain-site", hostile=beside / "hostile-site")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with lent_page(browser) as made:
        yield made


def structure(page: Page, path: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = page.evaluate(STRUCTURE, path.read_text(encoding="utf-8"))
    return found


def test_both_sites_hold_the_same_files(pair: Pair) -> None:
    plain, hostile = (
        {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()} for root in (pair.plain, pair.hostile)
    )
    assert plain == hostile


def test_both_sites_are_built_of_the_same_elements(pair: Pair, page: Page) -> None:
    drawn, seen = set(), ""
    for path in sorted(pair.plain.rglob("*.html")):
        name = path.relative_to(pair.plain).as_posix()
        plain, hostile = structure(page, path), structure(page, pair.hostile / name)
        assert hostile["elements"] == plain["elements"], name
        assert hostile["comments"] == plain["comments"], name
        drawn |= {*hostile["drawn"]} - {*plain["drawn"]}
        seen += hostile["shown"]
    assert drawn <= {
        "title",
        "text x y",
        "text x y class",
        "text x y text-anchor",
        "text x y text-anchor class",
        "tspan x y",
    }, drawn
    words = " ".join(seen.split())
    assert [
        piece for piece in WICKED if " ".join(piece.split()) not in words
    ] == []  # all that was tried is there to be read


def test_what_the_search_finds_holds_no_element(pair: Pair, page: Page) -> None:
    for half in ("", "en/"):
        plain, hostile = (index(root / half) for root in (pair.plain, pair.hostile))
        assert [place[0] for place in hostile["pages"]] == [place[0] for place in plain["pages"]]
        assert [part[:2] for part in hostile["parts"]] == [part[:2] for part in plain["parts"]]
        found = json.dumps([hostile["pages"], hostile["parts"]])
        assert not re.search(r"&#(?!60;|62;)\d", found)  # the two are written so in the records
    page.goto((pair.hostile / "index.html").as_uri())
    page.locator(".xz-search__field").fill("xz")
    page.locator(".xz-search__hits a").first.wait_for()
    drawn = page.locator(".xz-search__hits *").evaluate_all("all => all.map(e => e.localName)")
    assert set(drawn) <= {"li", "a", "p", "mark"}


def index(root: Path) -> Any:
    return json.loads((root / "search" / "index.js").read_text(encoding="utf-8").partition("=")[2].rstrip(";\n"))


def test_nothing_of_a_record_runs_or_is_fetched(pair: Pair, page: Page) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    one_of_each = {
        p.parent.relative_to(pair.hostile).as_posix(): p
        for p in sorted(pair.hostile.rglob("*.html"))
        if p.stem != "index"
    }
    with served(pair.hostile) as url:
        page.on("request", lambda r: told.append(r.url) if not r.url.startswith((f"{url}/", "data:")) else None)
        for path in (*one_of_each.values(), pair.hostile / "index.html"):
            page.goto(f"{url}/{path.relative_to(pair.hostile).as_posix()}", wait_until="load")
            assert page.evaluate("window.ran") is None, path
            links = page.locator("a[href]").evaluate_all(
                "all => all.map(a => [new URL(a.href).protocol, a.host, a.rel])"
            )
            assert {protocol for protocol, _, _ in links} <= {"http:", "https:", "tel:", "mailto:"}
            assert {rel for _, host, rel in links if host not in (url.removeprefix("http://"), "")} <= {
                "noreferrer noopener"
            }
    assert told == []


def test_files_to_download_hold_the_texts_as_they_are(pair: Pair) -> None:
    """Data are no HTML: no sign of them is a reference that was not one in the record, and JSON has the same fields."""
    for path in sorted(p for p in pair.hostile.rglob("*") if p.suffix in (".json", ".csv") and "search" not in p.name):
        told = path.read_text(encoding="utf-8")
        assert not re.search(r"&#(?!60;|62;)", told), path.name
        if path.suffix == ".json":
            assert names(json.loads(told)) == names(
                json.loads((pair.plain / path.relative_to(pair.hostile)).read_text(encoding="utf-8"))
            ), path.name


def names(data: Any) -> Any:
    """The names of all fields, without values."""
    match data:
        case dict():
            return {name: names(value) for name, value in data.items()}
        case list():
            return [names(value) for value in data]
        case _:
            return None
