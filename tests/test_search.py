"""The search index: entries for stamped pages, Chinese cut into short words, both engines' forms."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.edition.entries import Entry, with_spaces
from generator.publish.engine import Engine
from generator.publish.search import complete, cutter

CUT = cutter()


@pytest.mark.parametrize(
    ("text", "words"),
    [("心理健康教育", ["心理", "健康", "教育"]), ("心理辅导室", ["心理", "辅导", "室"]), ("abc", ["abc"])],
)
def test_words_inside_words_stand_alone(text: str, words: list[str]) -> None:
    assert [w for w in CUT(text).split("\u200b") if w] == words


def test_cutting_is_the_same_whatever_was_cut_before() -> None:
    assert CUT("\u200b心理健康\u200b教育\u200b") == CUT("心理健康教育")


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="心理健康教育辅导室学校 abc<&;>", max_size=40))
def test_cutting_only_adds_breaks(text: str) -> None:
    assert CUT(text).replace("\u200b", "") == text


@pytest.mark.parametrize(
    ("engine", "path", "key"),
    [(Engine.MKDOCS, "search/search_index.json", "docs"), (Engine.ZENSICAL, "search.json", "items")],
)
def test_entries_are_added_and_escaped(tmp_path: Path, engine: Engine, path: str, key: str) -> None:
    index = tmp_path / path
    index.parent.mkdir(exist_ok=True)
    index.write_text(json.dumps({"config": {}, key: [{"location": "index.html", "title": "首页", "text": "a"}]}))
    complete(tmp_path, engine, [Entry(location="schools/xz01.html", title="甲<b>小学", text="xz01 & 心理辅导室")])
    documents = json.loads(index.read_text(encoding="utf-8"))[key]
    plain = [{k: v.replace("\u200b", "") for k, v in d.items() if isinstance(v, str)} for d in documents]
    cut = {field: "\u200b" in documents[1][field] for field in ("title", "text")}
    assert cut == dict.fromkeys(cut, engine is Engine.MKDOCS)  # Zensical cuts in the browser
    assert plain[0] == {"location": "index.html", "title": "首页", "text": "a"}
    assert plain[1] == {"location": "schools/xz01.html", "title": "甲&lt;b&gt;小学", "text": "xz01 &amp; 心理辅导室"}


def test_elements_that_touch_are_no_one_word() -> None:
    body = '<li><span class="n">47</span><span>met</span></li><li><b>6</b> unmet</li>\n<tr><th>a</th><td>b</td><td>c</td></tr><dt>d</dt><dd>e</dd>'
    assert re.sub("<[^>]*>", "", with_spaces(body)).split() == ["47", "met", "6", "unmet", "a", "b", "c", "d", "e"]
    assert re.sub(r"\s", "", with_spaces(body)) == re.sub(r"\s", "", body)


@pytest.mark.parametrize("word", ["unmet", "outcomes", "checksum", "holds"])
def test_a_word_of_a_table_finds_every_page_that_has_it(sample_site: Path, word: str) -> None:
    """What a reader sees as a word of its own is one in the index."""
    docs = json.loads((sample_site / "en" / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    stamped = {
        d["location"]
        for d in docs
        if re.fullmatch(r"(schools|inspections|compliance/matrix)/(?!index)[^#]*", d["location"])
    }
    pages = {d["location"].partition("#")[0] for d in docs} - stamped
    found = {
        d["location"].partition("#")[0]
        for d in docs
        if word in words(re.sub("<[^>]*>", "", f"{d['title']} {d['text']}"))
    }
    assert {
        page for page in pages if word in words(re.sub("<[^>]*>", " ", article(sample_site / "en" / page)))
    } <= found
    glued = {
        d["location"].partition("#")[0] for d in docs if re.search(rf"(?<![a-z_]){word}(?![a-z_])", d["text"].lower())
    }  # as in `6unmet`
    assert glued <= found


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.lower()))


def article(path: Path) -> str:
    """A page's own text; nothing of a page that leaves a part of it out of the index."""
    html = path.read_text(encoding="utf-8")
    return "" if "data-search-exclude" in html else html.partition("<article")[2].rpartition("</article>")[0]
