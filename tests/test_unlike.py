"""A district that is unlike the sample in every respect, begun by `init` and built: no word of the sample stands in its
pages, no page is empty, and none claims to come from elsewhere than it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.edition.site import site
from generator.files.tree import folder
from generator.pages.families import led_to
from generator.pages.parts import there
from generator.publish.build import publish
from generator.publish.engine import Engine
from generator.records.repository import Repository, load
from generator.text import Language, Text
from tests.conftest import explored
from tests.test_founding import begin

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 26)
# What the sample is called and where it lies; the rest is read from its records.
NAMES = ("心助力", "历下", "济南", "山东", "心连心", "十八", "Lixia", "Jinan", "Shandong", "Xinlianxin", "heart-assist")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    beside = tmp_path_factory.mktemp("unlike")
    begun = begin(beside)
    assert begun.returncode == 0, begun.stdout + begun.stderr
    return beside / "new"


def records(root: Path) -> Repository:
    found, problems = load(folder(root)[0])
    assert found, problems
    return found


@pytest.fixture(scope="module")
def pages(root: Path) -> Mapping[str, str]:
    """Every page by its path."""
    publish(site(records(root), DAY, None), root / "build" / "site", Engine.MKDOCS, lambda _: None)
    top = (root / "build" / "site").resolve()
    return {p.relative_to(top).as_posix(): p.read_text(encoding="utf-8") for p in sorted(top.rglob("*.html"))}


def test_the_district_is_unlike_the_sample(root: Path) -> None:
    ours, sample = records(root), records(ROOT)
    assert {s.type for s in ours.schools.values()} >= {"special", "vocational", "teaching-point"}
    assert {len(y.terms) for y in ours.district.years} == {3}
    assert ours.district.time_zone != sample.district.time_zone
    assert {s.owner.value for s in ours.schools.values() if s.owner} == {"public", "private"}
    assert any(s.campuses for s in ours.schools.values())
    for name in ("policies", "plans", "rules", "releases", "teams", "bands", "activities", "claims"):
        assert not getattr(ours, name)
        assert getattr(sample, name)
    for name in ("systems", "bodies", "risk_levels", "parameters"):
        assert not getattr(ours.district, name)


@cache
def foreign() -> frozenset[str]:
    """What only the sample's records say: its names of schools, areas, bodies, teams, plans and policies."""
    sample = records(ROOT)
    district = sample.district
    titles = [
        district.title,
        *(a.title for a in district.areas),
        *(b.title for b in district.bodies),
        *(s.title for s in sample.schools.values()),
        *(t.title for t in sample.teams.values()),
        *(p.title for p in sample.plans.values()),
        *(p.title for p in sample.policies.values() if p.decided_here),
    ]
    return frozenset(filter(None, (*NAMES, *(word for title in titles for word in _both(title)))))


def _both(title: Text) -> Iterator[str]:
    yield title.zh
    yield title.en or ""


def text(html: str) -> str:
    """What a reader reads."""
    return unescape(re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL))


def test_no_word_of_the_sample_stands_in_a_page(pages: Mapping[str, str]) -> None:
    found = {(path, word) for path, html in pages.items() for word in foreign() if word in text(html)}
    assert sorted(found) == []


def test_a_word_of_the_sample_would_be_found(pages: Mapping[str, str]) -> None:
    assert "第一小学" in "".join(foreign())
    assert len(foreign()) > 100
    assert any("北塬" in text(html) for html in pages.values())


EMPTY = (
    r'<span class="xz-figure__number">0( [^<]*)?(<small>[^<]*</small>)?</span>',
    r"<li[^>]*><b>0</b>",
    r"<tbody>\s*</tbody>",
    r"<(ul|ol|dl)( class=[^>]*)?>\s*</\1>",
    r"\b0 (rules|plans|policies|clauses|teams|bands|micro-lessons|systems|visits|published figures|figures)\b",
    r"(?<!\d)0 [条份个项节支]",
)


@pytest.mark.parametrize("pattern", EMPTY)
def test_no_page_shows_nothing(pages: Mapping[str, str], pattern: str) -> None:
    bodies = {path: re.sub(r"<nav\b.*?</nav>", "", html, flags=re.DOTALL) for path, html in pages.items()}
    assert [(path, found[0]) for path, html in bodies.items() if (found := re.search(pattern, html))] == []


def sections(html: str) -> Iterator[tuple[str, str]]:
    """Every heading of a page, with what a reader reads below it; one over smaller headings has these."""
    body = re.sub(r"<(nav|header|footer)\b.*?</\1>", "", html, flags=re.DOTALL)
    _, *parts = re.split(r"(<h[23]\b.*?</h[23]>)", body, flags=re.DOTALL)
    for heading, below, after in zip(parts[::2], parts[1::2], [*parts[2::2], ""], strict=False):
        smaller = heading.startswith("<h2") and after.startswith("<h3")
        yield text(heading).strip(), re.sub(r"\s", "", text(below)) or ("smaller headings" if smaller else "")


def test_no_heading_stands_over_nothing(pages: Mapping[str, str]) -> None:
    told = [(path, heading, below) for path, html in pages.items() for heading, below in sections(html)]
    assert len(told) > 100
    assert [(path, heading) for path, heading, below in told if not below] == []


def test_pages_speak_of_nothing_that_the_district_does_not_have(pages: Mapping[str, str]) -> None:
    """No section of rules, waivers or inspections, and no list of what is kept that is not."""
    words = (
        "Waivers",
        "Inspections and title",
        "grow too old",
        "policies, plans",
        "Clauses of policies",
        "Other school",
    )
    english = {path: text(html) for path, html in pages.items() if path.startswith("en/") and not _of_program(path)}
    assert [(path, word) for path, said in english.items() for word in words if word in said] == []


def _of_program(path: str) -> bool:
    """What tells of the program: every kind of record, every message, how to work with it."""
    return any(part in path for part in ("/dictionary/", "/problems", "/office", "/filing.html"))


def test_what_a_school_has_not_filed_is_not_called_done(pages: Mapping[str, str]) -> None:
    for path, html in pages.items():
        if path.startswith("en/schools/by"):
            assert "has not been filed; it was due on 20 Nov 2026" in text(html), path
            assert "Nothing falls short" not in text(html), path


def test_what_to_search_for_is_of_this_district(pages: Mapping[str, str]) -> None:
    shown = {path: re.findall(r'placeholder="([^"]*)"', html) for path, html in pages.items()}
    assert any("by-01" in word for word in shown["schools/index.html"])
    assert any("塬上小学" in unescape(word) for word in shown["filing/index.html"])
    codes = {s.id for s in records(ROOT).schools.values()}
    assert not [(p, w) for p, words in shown.items() for w in words if any(code in w for code in codes)]
    assert "records/schools/by-01/2026-2027.yml" in text(pages["about/edit.html"])


def test_only_what_the_program_itself_says_is_said_to_come_from_it(pages: Mapping[str, str]) -> None:
    said = {
        path.removeprefix("en/") for path, html in pages.items() if "program’s own rules" in html or "程序自身" in html
    }
    assert {path.split("/")[1].removesuffix(".html") for path in said} <= {"dictionary", "problems"}


def test_every_page_of_the_navigation_is_there_and_no_other(pages: Mapping[str, str], root: Path) -> None:
    made = {path.removesuffix(".html") for path in pages if not path.startswith("en/")}
    assert {f"en/{path}" for path in made} | made == {path.removesuffix(".html") for path in pages}
    told = site(records(root), DAY, None)
    assert all(there(told, path) for path in made)
    assert set(led_to(made)) <= made
    assert not [
        path for path in made if path.startswith(("compliance/", "statistics/", "plans/", "policies/", "team/"))
    ]


def alone(root: Path, beside: Path, language: Language) -> dict[str, str]:
    """The site of the same district in one language."""
    whole = records(root)
    told = replace(whole, district=replace(whole.district, languages=(language,)))
    publish(site(told, DAY, None), beside / "site", Engine.MKDOCS, lambda _: None)
    top = (beside / "site").resolve()
    return {p.relative_to(top).as_posix(): p.read_text(encoding="utf-8") for p in sorted(top.rglob("*.html"))}


@explored
def test_a_site_in_chinese_alone_has_no_english_half_and_leads_to_none(root: Path, tmp_path: Path) -> None:
    found = alone(root, tmp_path, Language.ZH)
    assert not [path for path in found if path.startswith("en/")]
    assert not [path for path, html in found.items() if "xz-language" in html or 'hreflang="en"' in html]
    assert "English" not in text(found["index.html"])


@explored  # a wheel builds one in every run
def test_a_site_in_english_alone_lies_in_its_folder_and_the_front_leads_there(root: Path, tmp_path: Path) -> None:
    found = alone(root, tmp_path, Language.EN)
    assert {path for path in found if not path.startswith("en/")} == {"index.html", "404.html"}
    assert 'url=en/index.html"' in found["index.html"]
    assert not [path for path, html in found.items() if "xz-language" in html or 'hreflang="zh-CN"' in html]
