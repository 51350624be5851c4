"""No text of any record is more than text: two sites that differ in their texts alone are built of the same elements,
and nothing runs.

Both engines: Zensical in `make explore`. What runs is looked at in a page of each folder, in one language and the next.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Page

from generator.files.schemas import kinds
from generator.publish.build import build
from generator.publish.engine import Engine
from tests.conftest import AS_OF, COMMIT, EXPLORING, lent_page, served
from tests.hostile import CLOSED, WICKED, districts, text_fields
from tests.test_build import TYPICAL, quiet, sign_again

ENGINES = list(Engine) if EXPLORING else [Engine.MKDOCS]

# What two pages are made of, without their texts: the first element that is not the same in both, what only the second
# draws, and what it shows. Drawings wrap and cut their texts by their width, so that of them only names are told.
COMPARED = """([plain, hostile]) => {
  const telling = new Set(["id", "class", "href", "src", "for", "name", "type", "role", "hreflang", "rel", "http-equiv", "data-for", "data-matrix", "value"]);
  const attribute = (a) => telling.has(a.name) ? `${a.name}=${a.value}` : a.name;
  const told = (element) => [element.localName, ...[...element.attributes].map(attribute)].join(" ");
  const names = (element) => [element.localName, ...[...element.attributes].map(a => a.name)].join(" ");
  const structure = (html) => {
    const made = new DOMParser().parseFromString(html, "text/html");
    const drawn = new Set(made.querySelectorAll("svg :not(svg)"));
    return {
      elements: [...made.querySelectorAll("*")].filter(e => !drawn.has(e)).map(told),
      drawn: new Set([...drawn].map(names)),
      comments: [...html.matchAll(/<!--/g)].length,
      shown: made.body.textContent,
    };
  };
  const [one, other] = [plain, hostile].map(structure);
  const longest = one.elements.length > other.elements.length ? one.elements : other.elements;
  const at = longest.findIndex((_, place) => one.elements[place] !== other.elements[place]);
  return {
    elements: at < 0 ? [] : [one.elements[at] ?? null, other.elements[at] ?? null],
    comments: other.comments - one.comments,
    drawn: [...other.drawn].filter(name => !one.drawn.has(name)),
    shown: other.shown,
  };
}"""


class Pair(Struct, frozen=True, kw_only=True):
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


def compared(page: Page, plain: Path, hostile: Path) -> Mapping[str, Any]:
    """Two pages that must be made of the same elements, and of as many comments; what more the second has drawn, and
    what it shows.
    """
    found: Mapping[str, Any] = page.evaluate(COMPARED, [path.read_text(encoding="utf-8") for path in (plain, hostile)])
    assert (found["elements"], found["comments"]) == ([], 0), hostile
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
        told = compared(page, path, pair.hostile / name)
        drawn |= {*told["drawn"]}
        seen += told["shown"]
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
    if not EXPLORING:  # of each folder in one language, of the next in the other
        kinds = sorted(kind for kind in one_of_each if not f"{kind}/".startswith("en/"))
        one_of_each = {
            kind: one_of_each[Path("en" if place % 2 else "", kind).as_posix()] for place, kind in enumerate(kinds)
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
