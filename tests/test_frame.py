"""What stands around every page: whom to reach and how to report a mistake, where the district says so."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from generator.cli.commands.guard import _district
from generator.edition.literal import settle
from generator.edition.render import edition
from generator.files.catalogue import load
from generator.model.district import Contact, District, FilingHost
from generator.publish.frame import contact, tight
from generator.text import Language, Text
from tests.test_build import typical_site
from tests.test_guard import mobile

OFFICE = Contact(title=Text(zh="办公室"), telephone=None, mail=None, hours=None, public_reports=True)


def links(district: District, language: Language = Language.EN) -> dict[str, str] | None:
    content = typical_site()
    made = replace(content, repository=replace(content.repository, district=district))
    found = contact(edition(made, language, load()))
    return None if found is None else {name: unescape(settle(str(link))) for name, link in found.items()}


def test_every_page_but_help_says_whom_to_reach_and_how_to_report_a_mistake_on_it(typical_built: Path) -> None:
    pages = [path for path in sorted(typical_built.rglob("*.html")) if path.parent.name not in ("filing", "embed")]
    for path in pages:
        html, place = path.read_text(encoding="utf-8"), path.relative_to(typical_built).as_posix()
        mails = [unescape(link) for link in re.findall(r'href="(mailto:[^"]*\?[^"]*)"', html)]
        if path.name == "help.html":
            assert not mails, place
            assert "office@example.org" not in html, place
            continue
        assert 'href="tel:12345"' in html, place
        assert len(mails) == 1, place
        said = parse_qs(urlsplit(mails[0]).query)
        if path.name != "404.html":
            assert said["subject"][0].endswith(place)
            assert place in said["body"][0]


def test_every_page_says_where_it_is(typical_built: Path) -> None:
    found = {}
    for path in sorted(typical_built.rglob("*.html")):
        place = path.relative_to(typical_built).as_posix()
        if (path.parent.name in ("filing", "embed") and "filing/index" not in place) or path.name == "404.html":
            continue
        way = re.search(r'<nav class="xz-way".*?</nav>', path.read_text(encoding="utf-8"), re.DOTALL)
        found[place] = re.findall(r'href="([^"]*)"', way[0]) if way else None
    alone = {place for place, links in found.items() if not links}
    assert alone == {"index.html", "en/index.html"}
    assert [place for place, links in found.items() if links and links[0].split("/")[-1] != "index.html"] == []
    assert found["rules/STAFF-01.html"] == ["../index.html", "../compliance/index.html", "index.html"]
    assert found["en/schools/xz01.html"] == ["../index.html", "index.html"]
    assert found["schools/index.html"] == ["../index.html"]
    assert found["help.html"] == ["index.html"]
    assert found["about/index.html"] == ["../index.html"]
    assert found["about/follow.html"] == ["../index.html", "index.html"]
    assert found["about/filing.html"] == ["../index.html", "../filing/index.html"]  # where the navigation has it


def test_a_district_that_says_nothing_shows_nothing() -> None:
    assert links(replace(typical_site().repository.district, contact=None)) is None


@pytest.mark.parametrize("host", [host for host in FilingHost if host is not FilingHost.GITEE])
@pytest.mark.parametrize(
    ("language", "warning"), [(Language.ZH, "不要写到任何孩子"), (Language.EN, "Describe no child")]
)
def test_a_public_report_is_filled_in_and_says_that_it_is_public(
    host: FilingHost, language: Language, warning: str
) -> None:
    district = typical_site().repository.district
    told = links(
        replace(
            district,
            contact=OFFICE,
            repo_url="https://git.example/d/r",
            filing_host=host,
            site_url="https://d.example/s/",
        ),
        language,
    )
    assert told is not None
    assert not told["mistake"]
    assert told["issue"].startswith("https://git.example/d/r/")
    title, text = (values[0] for values in parse_qs(urlsplit(told["issue"]).query).values())
    half = "en/" if language is Language.EN else ""
    assert f"https://d.example/s/{half}XZPAGE" in title
    assert f"https://d.example/s/{half}XZPAGE" in text
    assert warning in text


def test_no_public_report_is_offered_unless_the_district_wants_it() -> None:
    district = replace(
        typical_site().repository.district, repo_url="https://git.example/d/r", filing_host=FilingHost.GITHUB
    )
    told = links(replace(district, contact=replace(OFFICE, public_reports=False)))
    assert told is not None
    assert not told["issue"]
    assert links(replace(district, contact=OFFICE))["issue"]  # type: ignore[index]


def test_the_guard_lets_the_telephone_of_the_office_pass(tmp_path: Path) -> None:
    number = mobile(4)
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "district.yml").write_text(f'contact:\n  telephone: "{number[:3]} {number[3:]}"\n', "utf-8")
    assert number in _district(tmp_path)[0]


def test_indents_go_from_around_the_text_and_stay_within() -> None:
    within = "<article>\n<pre>\n  a\n\n  b</pre>\n<article>\n  c\n</article>\n</article>"
    assert tight(f"<nav>\n\n   <p> d  e </p>\n {within}\n  \n</nav>\n") == f"<nav><p> d  e </p>\n{within}</nav>\n"
    line = "<label>\n<svg/>\nd\n<b>e</b>\n<i>f</i>\n</label>"  # what stands in a line stays so
    assert tight(f"{line}\n<script>\n1\n</script>\n<article></article>") == (
        f"{line}<script>\n1\n</script>\n<article>\n</article>"
    )
    way = '<nav class="xz-way"><ol>\n<li>g</li>\n\n</ol></nav>'
    assert tight(f"<article>\n   \n{way}\n\n   <h1>h</h1>\n  <p>\n i</p>\n\n  \n</article>") == (
        '<article><nav class="xz-way"><ol><li>g</li></ol></nav>\n<h1>h</h1>\n  <p>\n i</p>\n</article>'
    )
    item = '<li class="md-nav__item md-nav__item--pruned md-nav__item--nested">\n<a href="a" class="md-nav__link">\n'
    item += '<span class="md-ellipsis">\n j k \n</span>\n<span class="md-nav__icon md-icon"></span>\n</a>\n</li>\n'
    assert tight(f"{item}<article></article>") == (
        '<li class="md-nav__item"><a href="a" class="md-nav__link">j k'
        '<span class="md-nav__icon md-icon"></span></a></li>\n<article>\n</article>'
    )
    assert tight("<p>\n  no text</p>") == "<p>\n  no text</p>"


def test_what_stands_around_the_text_of_a_page_is_small(typical_built: Path) -> None:
    """It is there as often as there are pages."""
    for half in ("", "en/"):
        for path in sorted((typical_built / half / "schools").glob("[!i]*.html")):
            html = path.read_text(encoding="utf-8")
            text = html[html.index("<article") : html.rindex("</article>")]
            assert len(html.encode()) - len(text.encode()) < 8_000, path


def test_nothing_of_the_theme_is_published_that_no_page_loads(typical_built: Path) -> None:
    there = {path.relative_to(typical_built).as_posix() for path in typical_built.rglob("*")}
    assert {path for path in there if path.endswith(".map") or "/lunr" in path or "/workers" in path} == set()


def test_every_page_says_under_which_tab_it_lies(typical_built: Path) -> None:
    under = {
        "schools/xz01.html": ("true", "index.html"),
        "en/schools/xz01.html": ("true", "index.html"),
        "inspections/2025-12-xz10.html": ("true", "../compliance/index.html"),
        "about/filing.html": ("true", "../filing/index.html"),  # where the navigation has it
        "help.html": ("page", "help.html"),
        "404.html": None,
    }
    for path, expected in under.items():
        tabs = re.search(r'<nav class="xz-tabs.*?</nav>', (typical_built / path).read_text(encoding="utf-8"), re.DOTALL)
        assert tabs, path
        found = dict(re.findall(r'href="([^"]*)" aria-current="([^"]*)"', tabs[0]))
        assert found == ({expected[1]: expected[0]} if expected else {}), path


def test_the_sections_stand_twice_only_where_the_drawer_has_pages_of_one(typical_built: Path) -> None:
    """Else the tabs are the drawer."""
    for path in ("schools/xz01.html", "inspections/2025-12-xz10.html", "rules/STAFF-01.html", "404.html"):
        html = (typical_built / path).read_text(encoding="utf-8")
        assert 'class="xz-tabs"' in html, path
        assert "md-nav--primary" not in html, path
    for path in ("index.html", "policies/xinzhuli.html", "statistics/index.html"):
        html = (typical_built / path).read_text(encoding="utf-8")
        assert 'class="xz-tabs xz-tabs--wide"' in html, path
        assert "md-nav--primary" in html, path
