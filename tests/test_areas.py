"""Lists of a large district, area by area: every school stands in one, and below the limit nothing is cut."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import Edition, edition
from generator.edition.site import Site
from generator.edition.stamp import donor, settled
from generator.files.catalogue import load
from generator.model.cells import Shown
from generator.model.ids import SchoolId
from generator.model.releases import Participation
from generator.pages import areas
from generator.pages.duties import inspections
from generator.pages.families import LISTINGS, STAMPED, PageFamily
from generator.pages.schools import schools
from generator.pages.statistics import releases
from generator.text import Language
from tests.test_build import typical_site


def district(*schools: int) -> Site:
    """The typical district with so many schools in its first areas, their codes as they come."""
    content = typical_site()
    like, found = next(iter(content.repository.schools.values())), {}
    for area, count in zip(content.repository.district.areas, schools, strict=False):
        for number in range(count):
            id_ = SchoolId(f"s{number:04}-{area.id}")
            found[id_] = replace(like, id=id_, area=area.id)
    return replace(content, repository=replace(content.repository, schools=dict(sorted(found.items()))))


@pytest.mark.parametrize(
    ("schools", "parts"),
    [
        ((areas.CARRIED,), []),
        ((areas.CARRIED - 1, 1), []),
        ((areas.CARRIED + 1,), [areas.CARRIED, 1]),
        ((areas.CARRIED, 1), [areas.CARRIED, 1]),
        ((0, 3 * areas.CARRIED, 1), [*[areas.CARRIED] * 3, 1]),
    ],
)
def test_lists_are_cut_only_where_a_page_would_be_too_long(schools: tuple[int, ...], parts: list[int]) -> None:
    content = district(*schools)
    found = areas.lists(content)
    assert [len(part.schools) for part in found] == parts
    assert len({part.id for part in found}) == len(found)
    if found:
        assert sorted(s.id for part in found for s in part.schools) == [*content.repository.schools]


def cut(language: Language) -> Edition:
    return edition(replace(typical_site()), language, load())


@pytest.mark.parametrize("language", Language)
def test_pages_of_parts_are_those_that_the_engine_would_be_given(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(areas, "CARRIED", 1)
    made = cut(language)
    for family, listing in LISTINGS.items():
        (around,) = (page for page in family(made) if page.path == listing.family.donor)
        for part, one in zip(areas.parts_of(made.site, listing), areas.to_stamp(made, listing), strict=True):
            whole, stamped = areas.ordinary(made, listing, part), one.make()
            assert (one.path, one.schools) == (whole.path, part.ids)
            assert donor(around.body).fill(stamped.places) == settled(whole.body)


def test_a_page_of_a_part_with_nothing_to_tell_names_the_district(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(areas, "CARRIED", 1)
    made = cut(Language.ZH)
    nothing = made.say("provenance.program")
    for listing in LISTINGS.values():
        for part in areas.parts_of(made.site, listing):
            assert nothing not in areas.ordinary(made, listing, part).body, listing.family.path(part.id)


def bodies_of(made: Edition, family: PageFamily) -> list[str]:
    return [page.body for page in family(made) if page.path not in dict(STAMPED)]


def led_to(content: Site, *bodies: str) -> set[str]:
    """The names of the pages of schools, desks and inspections that these texts lead to."""
    names = {*content.repository.schools, *content.repository.inspections}
    found = (
        re.search(r"([^/]+)\.html", link) for body in bodies for link in re.findall('href="([^"]+)"', settle(body))
    )
    return {name[1] for name in found if name and name[1] in names}


@pytest.mark.parametrize("language", Language)
def test_pages_of_areas_lead_to_all_that_one_page_leads_to(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    content, whole = typical_site(), edition(replace(typical_site()), language, load())
    listed = {family: led_to(content, *bodies_of(whole, family)) for family in LISTINGS}
    years = content.repository.district.years
    before = years[years.index(content.current_year) - 1].first_day
    listed[inspections.pages] -= {visit.id for visit in inspections.announced(content) if visit.visit_on < before}
    listed[inspections.pages] &= {*content.repository.inspections}
    monkeypatch.setattr(areas, "CARRIED", 1)
    made = cut(language)
    for family, listing in LISTINGS.items():
        index, parts = settle("".join(bodies_of(made, family))), areas.parts_of(made.site, listing)
        bodies = {listing.family.path(part.id): areas.ordinary(made, listing, part).body for part in parts}
        telling = [path for path, body in bodies.items() if led_to(content, body)]
        assert led_to(content, *bodies.values()) >= listed[family] != set()
        assert [path for path in telling if f'{path.rpartition("/")[2]}.html"' not in index] == []


def test_that_lists_are_cut_is_named_of_pages_of_schools_that_lead_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def copies(made: Edition) -> dict[str, tuple[str, object]]:
        return {one.path: (one.more, one.make().places) for one in schools.to_stamp(made)}

    whole = copies(cut(Language.ZH))
    monkeypatch.setattr(areas, "CARRIED", 1)
    parted = copies(cut(Language.ZH))
    differ = [path for path in whole if whole[path][1] != parted[path][1]]
    assert differ
    assert [path for path in differ if whole[path][0] == parted[path][0]] == []


def test_a_large_releases_page_counts_the_schools_whose_band_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    content = typical_site()
    first, second, *later = content.releases
    bands = Participation(edges=(85, 95), schools={school: Shown(value=85) for school in second.counted})
    other = replace(bands, schools={**bands.schools, next(iter(second.counted)): Shown(value=95)})
    made = (replace(first, participation=bands, counted=second.counted), replace(second, participation=other), *later)
    repository = replace(content.repository, releases={release.id: release for release in made})

    def page() -> str:
        side = edition(replace(content, repository=repository), Language.EN, load())
        return next(settle(one.body) for one in releases.pages(side) if one.path.endswith(second.id))

    assert "the band of 1 school is another one" not in page()
    whole = page().count('<tr><th scope="row"')
    monkeypatch.setattr(areas, "CARRIED", len(second.counted) - 1)
    assert "the band of 1 school is another one" in page()
    assert page().count('<tr><th scope="row"') == whole - 1 - len(second.counted)
