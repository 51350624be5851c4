"""Silence is never zero and never no: what a return leaves out makes no breach and lowers no figure unseen."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.evaluate import BREACHES, Tally, Verdict, evaluate
from generator.compliance.measures import MEASURES, Measured, measure
from generator.compliance.school_measures import MEASURABLE
from generator.edition.render import Edition, PageDraft, edition
from generator.edition.site import Page, site
from generator.files.catalogue import load
from generator.model.duties import SchoolMeasure
from generator.model.ids import SchoolId, YearId
from generator.model.programme import MeasureName
from generator.model.schools import Return, Room
from generator.pages import home
from generator.pages.duties import compliance, downloads, rules
from generator.pages.programme import figures as figures_pages
from generator.pages.statistics import open_figures
from generator.records.repository import Repository
from generator.text import Language
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
    return own + [("room", f) for f in Room.__struct_fields__ if found.room and getattr(found.room, f) is not None]


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


# --- what is published of them ----------------------------------------------------------------------------------------


class Kept(Edition, frozen=True, kw_only=True):
    """An Edition that keeps what its pages are made of."""

    drafts: list[PageDraft]

    def written(self, draft: PageDraft) -> Page:
        self.drafts.append(draft)
        return Page(path=draft.path, kind=draft.kind, title=draft.title, description="", body="", cites=draft.cites)


class Told(Struct, frozen=True, kw_only=True):
    """A figure as it is published, and what is said of how many it was made of."""

    figure: float | None
    of: str


_BESIDE = {"value": ("rests_on", "stated"), "found": ("rests_on",)}  # a figure's field, and of how many it was made
_IDENTITY = ("id", "name", "title", "year", "day", "ratio", "claim", "rule", "system", "school")


def told_of(thing: object, key: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Told]]:
    """Every figure of a page's data that stands beside its "of how many", and every count of verdicts."""
    if isinstance(thing, Tally):
        judged = f"{thing.judged} judged, {thing.left_out} left out"
        yield (*key, "met"), Told(figure=thing.met, of=judged)
    elif isinstance(thing, tuple):
        for one in thing:
            yield from told_of(one, key)
    elif isinstance(thing, Struct) and type(thing).__module__.startswith("generator.pages."):
        above = key[:1] if hasattr(thing, "claim") else key  # a claim may be found in another group
        own = (*above, type(thing).__name__, *(named(getattr(thing, n)) for n in _IDENTITY if hasattr(thing, n)))
        for name, beside in _BESIDE.items():
            for of in (of for of in beside if hasattr(thing, name) and hasattr(thing, of)):
                yield (*own, name), Told(figure=number_in(getattr(thing, name)), of=str(getattr(thing, of)))
        for name in thing.__struct_fields__:
            yield from told_of(getattr(thing, name), own)


def named(thing: object) -> str:
    return str(getattr(thing, "id", getattr(thing, "number", thing)))


def number_in(text: str) -> float | None:
    found = re.search(r"\d[\d,]*(\.\d+)?", text)
    return float(found[0].replace(",", "")) if found else None


def published(repository: Repository) -> Mapping[tuple[str, ...], Told]:
    """What the front page, the figures, the tables of open returns, the rules and the trends tell of a day."""
    plain = edition(site(repository, AFTER, None), Language.EN, load())
    kept = Kept(**{name: getattr(plain, name) for name in Edition.__struct_fields__}, drafts=[])
    for family in (home, figures_pages, open_figures, compliance, rules):
        for _ in family.pages(kept):
            pass
    return dict(one for draft in kept.drafts for one in told_of(draft.data, (draft.path,)))


def rows_handed_out(repository: Repository) -> Mapping[tuple[str, str], Mapping[str, object]]:
    """The rows of the table of verdicts that is handed out."""
    sheet = downloads.verdict_table(edition(site(repository, AFTER, None), Language.EN, load()))
    names = [name for name, _ in sheet.columns]
    rows = [dict(zip(names, row, strict=True)) for row in sheet.rows]
    return {(str(row["School code"]), str(row["Rule"])): row for row in rows}


@cache
def whole() -> tuple[Mapping[tuple[str, ...], Told], Mapping[tuple[str, str], Mapping[str, object]]]:
    return published(small()), rows_handed_out(small())


@pytest.mark.parametrize("seed", range(6))
def test_no_published_total_falls_without_saying_of_how_many(seed: int) -> None:
    thin, dice = small(), random.Random(seed)
    for _ in range(4):
        thin = thinned(thin, dice)
    (before, rows), after = whole(), published(thin)
    assert len(before) > 300
    assert any(key[0] == "index" for key in before)
    for key, then in before.items():
        now = after.get(key)
        if now is None:  # told no more: only where nobody states it
            assert key[0] == "index", key
        elif then.figure is not None and (now.figure is None or now.figure < then.figure):
            assert now.of != then.of, (key, then, now)
    for name, row in rows_handed_out(thin).items():
        was = rows[name]
        if row["Recorded"] != was["Recorded"]:
            assert row["Recorded"] not in (0, "no"), name
        if row["Outcome"] == "unmet":
            assert was["Outcome"] == "unmet", name
