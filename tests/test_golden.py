"""Golden tree: the Markdown that we render for the typical district, settled so that people can read it, in both
languages; and what an office above districts has of its own, for the small city. Orphans fail.
"""

from __future__ import annotations

import re
from datetime import date
from difflib import unified_diff
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath
from tempfile import TemporaryDirectory

import pytest
from msgspec.structs import replace

from generator.edition.render import edition, markdown
from generator.edition.site import Page, Site, site
from generator.edition.stamp import filled_last, settled
from generator.files.catalogue import load
from generator.pages import areas
from generator.pages.duties import inspections, matrix
from generator.pages.families import LISTINGS, STAMPED, navigation, pages
from generator.pages.schools import schools
from generator.pages.statistics import releases
from generator.publish import output
from generator.text import Language
from tests.city import records, with_years
from tests.conftest import COMMIT
from tests.test_build import typical_site

GOLDEN = Path(__file__).resolve().parent / "golden"
CUT = (  # by area, in a large district
    *("schools/", "filing/", "inspections/", "compliance/", "demonstration/", "statistics/reporting"),
    *("statistics/participation", "statistics/tables/participation-schools", "statistics/releases/2"),
)
OF_OFFICES = ("districts/", "rollup/", "rules/", "compliance/waivers", "about/changes")


def rendered() -> dict[str, str]:
    """Every Markdown file, stamped pages as ordinary ones, and the navigation."""
    content, catalogue = typical_site(), load()
    files: dict[str, str] = {}
    for language in Language:
        made = edition(content, language, catalogue)
        built = pages(made)
        shown = [page for page in built if page.path not in dict(STAMPED)]
        shown += [schools.ordinary(made, school) for school in content.repository.schools.values()]
        shown += [matrix.ordinary(made, grid) for grid in matrix.grids(content)]
        shown += [inspections.ordinary(made, inspection) for inspection in inspections.announced(content)]
        last = made.told_last()
        files |= {f"{language.value}/{page.path}.md": filled_last(settled(markdown(page)), last) for page in shown}
        files[f"{language.value}/navigation.txt"] = _lines(navigation(made, built))
        made = edition(office(), language, catalogue)
        built, last = pages(made), made.told_last()
        files |= {
            f"office/{language.value}/{page.path}.md": filled_last(settled(markdown(page)), last)
            for page in built
            if page.path.startswith(OF_OFFICES)
        }
        files[f"office/{language.value}/navigation.txt"] = _lines(navigation(made, built))
        files |= {
            f"large/{language.value}/{page.path}.md": filled_last(settled(markdown(page)), last)
            for page in in_parts(language)
        }
    return files


def in_parts(language: Language) -> list[Page]:
    """What the typical district has otherwise, if one page carries only one school."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(areas, "CARRIED", 1)
        made = edition(replace(typical_site()), language, load())  # what is worked out once a Site is worked out anew
        cut = [page for family in (*LISTINGS, releases.pages) for page in family(made)]
        cut = [page for page in cut if page.path not in dict(STAMPED) and page.path.startswith(CUT)]
        cut += [areas.ordinary(made, one, part) for one in LISTINGS.values() for part in areas.parts_of(made.site, one)]
        return cut


@cache
def office() -> Site:
    """The small city, with rules of its own and a school year gone by."""
    with TemporaryDirectory() as folder_:
        return site(records(with_years(Path(folder_))), date(2026, 11, 30), COMMIT)


def _lines(nav: object, depth: int = 0) -> str:
    match nav:
        case str():
            return f"{'  ' * depth}{nav}\n"
        case dict():
            return "".join(f"{'  ' * depth}{title}\n{_lines(below, depth + 1)}" for title, below in nav.items())
        case list():
            return "".join(_lines(item, depth) for item in nav)
        case _:
            raise AssertionError(nav)


def groups() -> list[str]:
    """What a reviewer reads together: a language and an area, as the folders have it; pages at the top are one area."""
    kept = (path.relative_to(GOLDEN) for path in GOLDEN.rglob("*") if path.is_file())
    return sorted({group(path.as_posix()) for path in kept})


def group(name: str) -> str:
    language, *area = name.split("/")[:-1]
    return "/".join((language, *area[:1]))


@cache
def made() -> dict[str, str]:
    return rendered()


def test_no_golden_file_is_missing_and_none_is_left_over(update_golden: bool) -> None:
    if update_golden:
        for path in GOLDEN.rglob("*"):
            if path.is_file() and path.relative_to(GOLDEN).as_posix() not in made():
                path.unlink()
        output.write(GOLDEN, made().items())
    kept = sorted(p.relative_to(GOLDEN).as_posix() for p in GOLDEN.rglob("*") if p.is_file())
    assert kept == sorted(made()), "run `make golden` and review the difference"


@pytest.mark.parametrize("area", groups())
def test_the_pages_of_an_area_read_as_they_did(area: str) -> None:
    """All differences of an area at once, as a reviewer would see them."""
    told: list[str] = []
    for name in sorted(name for name in made() if group(name) == area):
        kept = (
            (GOLDEN / name).read_text(encoding="utf-8").splitlines(keepends=True) if (GOLDEN / name).is_file() else []
        )
        told += unified_diff(kept, made()[name].splitlines(keepends=True), name, name, n=1)
    assert told == [], "run `make golden` and review the difference:\n" + "".join(told[:200])


@pytest.mark.parametrize("language", Language)
def test_every_page_is_led_to_by_the_navigation_or_by_another_page(language: Language) -> None:
    """A page that was forgotten in NAVIGATION is read by nobody."""
    texts = {
        name.removeprefix(f"{language.value}/"): text
        for name, text in made().items()
        if name.startswith(f"{language.value}/")
    }
    led = set(texts.pop("navigation.txt").split())
    for name, text in texts.items():
        led |= {normpath(join(dirname(name), href)) + ".md" for href in re.findall(r'href="([^"#:?]+)\.html', text)} - {
            name
        }
    assert set(texts) - led == set()


def test_no_page_prints_a_value_as_the_program_writes_it() -> None:
    """Chinese pages: in English ones the words may stand."""
    pages = {name: text for name, text in made().items() if name.startswith("zh-CN/")}
    assert pages
    assert {n: found for n, text in pages.items() if (found := re.findall(r"\b(?:None|True|False)\b", text))} == {}
