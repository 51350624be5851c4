"""Figures of open returns for groups of schools: sums divided by sums, of those who state both, and how many do not."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.compliance.ratios import Grouping, Quotient, Ratio, SchoolGroup, groups, quotients, years
from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load as load_catalogue
from generator.files.tree import folder
from generator.model.ids import SchoolId, YearId
from generator.model.schools import Room, Staff, Stage
from generator.pages.statistics import open_figures
from generator.records.repository import Repository, load
from generator.text import Language
from tests.conftest import AS_OF, COMMIT

YEAR = YearId("2026-2027")
ALL = SchoolGroup(by=Grouping.ALL, id="")
ROOT = Path(__file__).resolve().parent.parent


@cache
def typical() -> Repository:
    loaded, problems = load(folder(ROOT / "tests" / "fixtures" / "typical")[0])
    assert loaded, problems
    return loaded


def made(**staffs: Staff | None) -> Repository:
    """The district with other teachers at some schools."""
    returns = {
        key: replace(found, staff=staffs[found.school]) if found.school in staffs and found.year == YEAR else found
        for key, found in typical().returns.items()
    }
    return replace(typical(), returns=returns)


def of(repository: Repository, ratio: Ratio, group: SchoolGroup = ALL, day: date = AS_OF) -> Quotient:
    return quotients(repository, YEAR, day)[ratio, group]


def filed() -> list[SchoolId]:
    return [school for school, year in typical().returns if year == YEAR]


def test_a_quotient_is_of_sums_and_not_a_mean_of_quotients() -> None:
    first, second, *_ = filed()
    there = made(
        **{first: Staff(full_time=1, part_time=2, certified=2), second: Staff(full_time=0, part_time=1, certified=None)}
    )
    there = replace(there, returns={key: r for key, r in there.returns.items() if r.school in (first, second)})
    pupils = sum(sum(r.enrolment.values()) for r in there.returns.values() if r.year == YEAR)
    found = of(there, Ratio.PUPILS_PER_TEACHER)
    assert (found.part, found.whole, found.stated) == (pupils, 4, 2)
    assert (of(there, Ratio.FULL_TIME).part, of(there, Ratio.FULL_TIME).whole) == (1, 4)
    certified = of(there, Ratio.CERTIFIED)  # of the one that states it
    assert (certified.part, certified.whole, certified.stated, certified.silent) == (2, 3, 1, found.silent + 1)


def test_who_states_nothing_is_counted_and_is_no_zero() -> None:
    first = filed()[0]
    before, after = of(typical(), Ratio.CLASSES_PER_TEACHER), of(made(**{first: None}), Ratio.CLASSES_PER_TEACHER)
    assert (after.stated, after.silent) == (before.stated - 1, before.silent + 1)
    assert after.part < before.part
    schools = [s for s in typical().schools.values() if s.opened_on is None or s.opened_on <= AS_OF]
    assert before.stated + before.silent == len(schools)
    early = of(typical(), Ratio.CLASSES_PER_TEACHER, day=date(2026, 9, 1))
    assert early.stated == 0  # nothing was filed yet


def test_groups_are_parts_of_the_district_but_stages() -> None:
    whole = of(typical(), Ratio.YUAN_PER_PUPIL)
    for by in (Grouping.TYPE, Grouping.AREA, Grouping.SIZE):
        parts = [of(typical(), Ratio.YUAN_PER_PUPIL, group) for group in groups(typical()) if group.by is by]
        assert sum(part.part for part in parts) == whole.part
        assert sum(part.stated + part.silent for part in parts) == whole.stated + whole.silent
    for stage in (group for group in groups(typical()) if group.by is Grouping.STAGE):
        with_it = [s for s in typical().schools.values() if Stage(stage.id) in s.stages]
        found = of(typical(), Ratio.YUAN_PER_PUPIL, stage)
        assert found.stated + found.silent == len(with_it)


def test_an_area_is_of_rooms_whose_parts_are_all_stated() -> None:
    there = typical()
    with_room = [r for r in there.returns.values() if r.year == YEAR and r.room is not None]
    assert with_room
    one = with_room[0]
    assert one.room
    room: Room = replace(one.room, opened_on=None, individual_m2=(10.0, 12.0), group_m2=40.0, office_m2=20.0)
    for told, stated in ((room, True), (replace(room, group_m2=None), False)):
        only = {(one.school, YEAR): replace(one, room=told)}
        found = of(replace(there, returns=only), Ratio.ROOM_AREA)
        assert (found.part, found.whole, found.stated) == ((82.0, 1, 1) if stated else (0, 0, 0))
    none = {(one.school, YEAR): replace(one, room=None, has_room=False)}
    assert of(replace(there, returns=none), Ratio.ROOM_AREA).stated == 1
    assert of(replace(there, returns=none), Ratio.WITH_ROOM).part == 0


@pytest.mark.parametrize("language", Language)
def test_the_page_tells_every_ratio_of_every_group_and_year(language: Language) -> None:
    content = site(typical(), AS_OF, COMMIT)
    (page,) = open_figures.pages(edition(content, language, load_catalogue()))
    body = settle(page.body)
    assert [year.id for year in years(typical(), AS_OF)] == ["2025-2026", "2026-2027"]
    assert body.count("<table") == len(Ratio)
    assert body.count('<tr><th scope="row"') == len(Ratio) * len(groups(typical()))
    found = of(typical(), Ratio.PUPILS_PER_TEACHER)
    assert f"{found.part / found.whole:,.1f}" in body
    assert load_catalogue().say("open.silent", language) != load_catalogue().say("open.none", language)
