"""The search: how a built page is read, what the index holds, and the reviewed lists of words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from generator.edition.entries import Entry
from generator.edition.render import edition
from generator.edition.site import Page
from generator.files.catalogue import load
from generator.publish.search import INDEX, WORDS, index, parts, words
from generator.text import Language
from tests.test_build import typical_site

PAGE = Page(path="a/b", kind="policy", title="甲<b>", description="d", body="", cites=())
BUILT = """<nav>nav</nav><article class="md-content__inner"><h1 id="top">甲<a class="headerlink" href="#top">¶</a></h1>
<p>一 &amp; <em>二</em>三</p><ul><li><span>47</span><span>met</span></li></ul><form><p>filter</p></form>
<h2 id="c">乙 <code>x</code></h2><table><tr><td>a</td><td>b</td></tr></table>
<div data-search-exclude><div>left</div> out</div><article class="xz-compare"><p>inner</p></article><p>after</p>
<details class="xz-provenance"><p>records/a.yml</p></details></article><footer>foot</footer>"""


def told(script: str) -> Any:
    """What a script of ours says."""
    return json.loads(script.partition("=")[2].rstrip().removesuffix(";"))


def made(page: Page = PAGE, *entries: Entry) -> Any:
    return told(index([(page, parts(page, BUILT))], entries))


def test_a_page_is_read_by_its_parts_and_as_it_is_seen() -> None:
    found = made()
    assert found["pages"] == [["a/b.html", "甲<b>", 1, ""]]
    assert [part for part in found["parts"] if part[2] or part[3]] == [
        [0, "", "甲", "一 & 二三 47 met"],
        [0, "c", "乙 x", "a b inner after"],
    ]


def test_of_a_page_that_is_not_searched_only_what_it_is_about_is_found() -> None:
    hidden = Page(path="a/b", kind="release", title="t", description="d", body="", cites=(), searchable=False)
    assert made(hidden)["parts"] == [[0, "", "", "d"]]


def test_schools_stand_before_inspections_and_what_explains_records_last() -> None:
    kinds = ("school", "policy", "inspection", "dictionary", "problems")
    entries = [Entry(location=f"{kind}.html", kind=kind, title=kind, text="x") for kind in kinds]
    assert [place[2] for place in made(PAGE, *entries)["pages"][1:]] == [0, 1, 2, 3, 3]


def test_no_text_of_a_record_can_end_the_script() -> None:
    wicked = '"};alert(1)//</script>\u2028'
    found = made(PAGE, Entry(location="x", kind="k", title=wicked, text=wicked))
    assert found["pages"][-1] == ["x", wicked, 1, wicked]


def test_traditional_signs_are_read_as_those_of_the_text() -> None:
    traditional, simplified = made(PAGE, Entry(location="x", kind="k", title="小学", text=""))["fold"]
    assert len(traditional) == len(simplified)
    assert dict(zip(traditional, simplified, strict=True))["學"] == "学"


def test_the_words_in_distress_are_there_in_both_ways_of_writing() -> None:
    content = Path(__file__).parent.parent / "site" / "content"
    signs: dict[str, str] = {
        pair[0]: pair[1]
        for row in (content / "traditional.txt").read_text(encoding="utf-8").splitlines()
        if not row.startswith("#")
        for pair in row.split()
    }
    rows = re.findall("(?m)^  - ([\u3400-\u9fff ]+)$", (content / "distress.yml").read_text(encoding="utf-8"))
    written = [(row.split()[0], row.split()[-1]) for row in rows]
    assert ["".join(signs.get(sign, sign) for sign in later) for _, later in written] == [first for first, _ in written]
    only = {sign for first, later in written if first == later for sign in first} & set(signs.values())
    assert only <= set("凌吊家挨出吃回制累"), (
        "these signs are written differently in traditional Chinese, not only sometimes"
    )
    distress, said = words(edition(typical_site(), Language.EN, load())).splitlines()
    found = told(distress)
    assert told(said)["one"] == "1 page found"
    assert [(number, urgent) for number, _, urgent in told(said)["lines"]] == [("110", True), ("12356", False)]
    assert found["han"] == [word for row in rows for word in row.split()]
    assert all(re.fullmatch("[a-z0-9]+( [a-z0-9]+)*", word) for word in found["latin"])


def test_elements_that_touch_are_no_one_word() -> None:
    body = '<article><li><span class="n">47</span><span>met</span></li><li><b>6</b> unmet</li>\n<tr><th>a</th><td>b</td><td>c</td></tr><dt>d</dt><dd>e</dd></article>'
    assert [part.text for part in parts(PAGE, body)] == ["47 met 6 unmet a b c d e"]


def test_every_page_of_the_reviewed_list_is_there(sample_site: Path) -> None:
    for half in ("", "en/"):
        found = told((sample_site / half / INDEX).read_text(encoding="utf-8"))
        pages = {page[0] for page in found["pages"]}
        assert {f"{page}.html" for lead in found["leads"] for page in lead["pages"]} <= pages
        assert (sample_site / half / WORDS).is_file()


def test_every_page_of_the_site_is_found(sample_site: Path) -> None:
    for half in ("", "en/"):
        root = sample_site / half
        found = {page[0] for page in told((root / INDEX).read_text(encoding="utf-8"))["pages"]}
        there = {path.relative_to(root).as_posix() for path in root.rglob("*.html")}
        beside = ("filing/", "statistics/embed/")  # no pages of the theme
        desks = {path for path in there if path.startswith(beside) or path.endswith("/filing.html")}
        assert {p for p in there - desks - found if not p.endswith("404.html") and not p.startswith("en/")} == set()


@pytest.mark.parametrize("word", ["unmet", "outcomes", "checksum", "holds"])
def test_a_word_of_a_table_finds_every_page_that_has_it(sample_site: Path, word: str) -> None:
    """What a reader sees as a word of its own is one in the index."""
    found = told((sample_site / "en" / INDEX).read_text(encoding="utf-8"))
    has = {found["pages"][part[0]][0] for part in found["parts"] if word in plain(f"{part[2]} {part[3]}")}
    stamped = r"(schools|inspections|compliance/matrix)/(?!index).*"
    searched = {found["pages"][page][0] for page, _, heading, _ in found["parts"] if heading}
    read = {page for page in searched if not re.fullmatch(stamped, page)}
    wanted = {page for page in read if word in plain(re.sub("<[^>]*>", " ", article(sample_site / "en" / page)))}
    assert wanted
    assert wanted <= has


def plain(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def article(path: Path) -> str:
    """A page's own text; nothing of a page that leaves a part of it out of the index."""
    html = path.read_text(encoding="utf-8")
    left_out = "data-search-exclude" in html or "<form" in html
    return "" if left_out else html.partition("<article")[2].rpartition("</article>")[0]
