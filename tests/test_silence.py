"""Silence is never zero and never no: what a return leaves out makes no breach and lowers no figure unseen."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from generator.compliance.evaluate import BREACHES, Verdict, evaluate
from generator.compliance.measures import MEASURES, Measured, measure
from generator.compliance.school_measures import MEASURABLE
from generator.model.duties import SchoolMeasure
from generator.model.ids import SchoolId, YearId
from generator.model.programme import MeasureName
from generator.model.schools import Return, Room
from generator.records.repository import Repository
from tests.test_compliance import check_of, sample, typical, with_return
from tests.test_measures import OPTIONAL

DAYS = (date(2026, 8, 20), date(2027, 8, 20))
AFTER = date(2026, 8, 20)
YEAR, NEXT, XZ01 = YearId("2025-2026"), YearId("2026-2027"), SchoolId("xz01")
NOTHING: dict[str, Any] = dict.fromkeys(OPTIONAL)


def without_rooms() -> Repository:
    repository = typical()
    return replace(repository, returns={key: replace(r, room=None) for key, r in repository.returns.items()})


def test_rooms_that_no_return_states_are_not_no_rooms() -> None:
    found = measure(MeasureName.COUNSELLING_ROOMS, without_rooms(), YEAR, AFTER)
    assert (found.value, found.counted) == (None, 0)
    assert found.left_out > 0
    share = measure(MeasureName.SCHOOLS_WITH_ROOM_SHARE, without_rooms(), YEAR, AFTER)
    assert (share.value, share.counted) == (None, 0)


def test_a_stated_want_of_a_room_is_one() -> None:
    repository = without_rooms()
    said = {key: replace(r, has_room=False) for key, r in repository.returns.items()}
    found = measure(MeasureName.COUNSELLING_ROOMS, replace(repository, returns=said), YEAR, AFTER)
    assert (found.value, found.counted) == (0, sum(year == YEAR for _, year in said))


def test_a_return_with_almost_nothing_in_it_breaches_nothing() -> None:
    empty = with_return("xz01", **NOTHING)
    assert check_of(empty, "ROOM-01", "xz01").without_waiver in (Verdict.UNREPORTED, Verdict.DUE)
    day = date(2027, 8, 20)
    for found in evaluate(empty, day).by_school[XZ01]:
        assert found.without_waiver not in BREACHES, found.rule.id


def test_areas_that_are_not_stated_are_not_missing() -> None:
    room = typical().returns[XZ01, NEXT].room
    assert room
    areas = MEASURABLE[SchoolMeasure.ROOM_AREAS]
    silent = with_return("xz01", room=replace(room, group_m2=None, individual_m2=None)).returns[XZ01, NEXT]
    assert areas.unanswered
    assert areas.unanswered(silent) == {"individual", "group"}
    none = with_return("xz01", room=replace(room, group_m2=0, individual_m2=())).returns[XZ01, NEXT]
    assert not areas.unanswered(none)


# --- fields taken out at random ---------------------------------------------------------------------------------------


@cache
def small() -> Repository:
    """Five schools of the sample and all its rules."""
    repository = sample()
    kept = sorted(repository.schools)[:5]
    return replace(
        repository,
        schools={school: repository.schools[school] for school in kept},
        returns={key: r for key, r in repository.returns.items() if r.school in kept},
        inspections={key: v for key, v in repository.inspections.items() if v.school in kept},
        waivers={},
        receipts={},
        applications={},
    )


def places(found: Return) -> list[tuple[str, str]]:
    """Fields that a return may leave out: of itself, of its room, of an area of it."""
    own = [("", name) for name in OPTIONAL if getattr(found, name) is not None]
    return own + [("room", f.name) for f in fields(Room) if found.room and getattr(found.room, f.name) is not None]


def thinned(repository: Repository, rng: random.Random) -> Repository:
    """The same without some fields of some returns."""
    returns = dict(repository.returns)
    for key in rng.sample(sorted(returns), k=rng.randint(1, len(returns))):
        found = returns[key]
        for group, name in rng.sample(places(found), k=rng.randint(1, 4)):
            nothing: dict[str, Any] = {name: None}
            if not group:
                found = replace(found, **nothing)
            elif found.room:
                found = replace(found, room=replace(found.room, **nothing))
        returns[key] = found
    return replace(repository, returns=returns)


def breaches(repository: Repository) -> Iterator[tuple[object, ...]]:
    for day in DAYS:
        for check in evaluate(repository, day).checks:
            for judged in check.periods:
                if judged.verdict in BREACHES:
                    yield day, check.rule.id, check.school and check.school.id, judged.period.id


def figures(repository: Repository) -> Mapping[tuple[MeasureName, date], Measured]:
    return {
        (name, day): measure(name, repository, repository.district.year_on(day).id, day)
        for name in MEASURES
        for day in DAYS
    }


@pytest.mark.parametrize("seed", range(8))
def test_nothing_becomes_a_breach_and_no_figure_falls_alone(seed: int) -> None:
    whole, thin = small(), thinned(small(), random.Random(seed))
    assert set(breaches(thin)) <= set(breaches(whole))
    before, after = figures(whole), figures(thin)
    for key, then in before.items():
        now = after[key]
        assert now.counted + now.left_out == then.counted + then.left_out, key
        if now.value is not None and then.value is not None and now.value < then.value:
            assert now.counted < then.counted, key
