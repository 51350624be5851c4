"""Measures: each figure from records made by hand, what was not stated is left out, nothing from after the day counts."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.compliance.measures import MEASURES, Measured, measure
from generator.model.district import Body, BodyKind, Parameter
from generator.model.ids import ActivityId, SchoolId, TermId, YearId
from generator.model.inspections import CONCLUSION_MONTHS, InspectionId, Objection, SchemeId, SchemeKind
from generator.model.programme import ActivityKind, ActivityState
from generator.model.programme import MeasureName as Name
from generator.model.schools import (
    HeadRole,
    LeadingGroup,
    Meeting,
    Return,
    Room,
    School,
    SchoolType,
    Staff,
    Stage,
    WorkFile,
)
from generator.pages.schools.school import PARTS
from generator.problems import Position
from generator.publish.build import read
from generator.records.repository import Repository
from generator.text import Text

ROOT = Path(__file__).resolve().parent.parent
YEAR = YearId("2020-2021")
END = date(2021, 7, 15)
HERE = Position(path="records/schools/a/2020-2021.yml")


@cache
def sample() -> Repository:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return repository


def school(name: str) -> School:
    one: dict[Stage, int] = {Stage.PRIMARY: 1}
    return School(
        owner=None,
        split_from=None,
        campuses=(),
        id=SchoolId(name),
        title=Text(zh=name),
        type=SchoolType.PRIMARY,
        stages=(Stage.PRIMARY,),
        area="east",
        opened_on=None,
        closed_on=None,
        merged_into=None,
        earlier_names=(),
        earlier_stages=(),
        counted_on=date(2021, 6, 30),
        classes=one,
        enrolment=one,
        place=lambda _: HERE,
        source=HERE,
    )


OPTIONAL = tuple(
    name for name, told in Return.__annotations__.items() if told.endswith("| None")
)  # what a return need not state


def test_a_part_that_can_be_left_out_is_asked_for_or_never_missing() -> None:
    """The page of a school says what its return leaves out: all but what many schools have no reason to state."""
    newer = {
        "person_in_charge",
        "screening_consent",
        "supervisor_visits",
        "has_room",
    }  # rules say it where these are not stated
    assert {*OPTIONAL} - {*PARTS} == {"bands", "note", "pupils_served", "confirmed"} | newer
    assert {*PARTS} <= {*OPTIONAL}


def stated(name: str = "a", classes: int = 20, **parts: Any) -> Return:
    """A return that states nothing but what is given."""
    nothing: dict[str, Any] = dict.fromkeys(OPTIONAL)
    return Return(
        school=SchoolId(name),
        year=YEAR,
        filed_by="校长",
        counted_on=date(2021, 6, 30),
        classes={Stage.PRIMARY: classes},
        enrolment={Stage.PRIMARY: classes * 40},
        place=lambda _: HERE,
        source=HERE,
        **{"filed_on": date(2021, 7, 1), **nothing, **parts},
    )


def with_returns(*returns: Return) -> Repository:
    """The sample's district with three schools, a, b, c, and these returns only, with their schools."""
    schools = {SchoolId(n): school(n) for n in sorted({*"abc", *(r.school for r in returns)})}
    return replace(sample(), schools=schools, returns={(r.school, r.year): r for r in returns})


def found(name: Name, *returns: Return, as_of: date = END) -> tuple[object, int, int]:
    got = measure(name, with_returns(*returns), YEAR, as_of)
    return got.value, got.counted, got.left_out


def staff(full: int, part: int) -> Staff:
    return Staff(full_time=full, part_time=part, certified=None)


def room(opened_on: date | None) -> Room:
    names = [f for f in Room.__struct_fields__ if f not in ("opened_on", "individual_m2")]
    nothing: dict[str, Any] = dict.fromkeys(names)
    return Room(opened_on=opened_on, individual_m2=(), **nothing)


def test_every_measure_name_has_a_function() -> None:
    assert set(MEASURES) == set(Name)


@pytest.mark.parametrize("name", list(Name))
def test_every_measure_of_the_sample_says_what_it_rests_on(name: Name) -> None:
    """Every school states everything there, and whole numbers are no fractions."""
    got = measure(name, sample(), YEAR, END)
    assert got.left_out == 0
    assert type(got.value) is int
    assert got.cites == () or all(c.path.startswith("records/") for c in got.cites)


def test_what_was_not_stated_is_left_out_and_never_zero() -> None:
    assert found(Name.PSYCHOLOGY_TEACHERS) == (None, 0, 3)
    assert found(Name.PSYCHOLOGY_TEACHERS, stated("a"), stated("b", staff=staff(1, 2))) == (3, 1, 2)
    assert found(Name.PUPILS_SERVED, stated("a", pupils_served=0)) == (0, 1, 2)


def test_a_school_counts_from_the_day_on_which_it_opened() -> None:
    before = with_returns(stated("a"))
    new = replace(school("d"), opened_on=END)
    repository = replace(before, schools={**before.schools, new.id: new})
    for day, left_out in ((END - timedelta(days=1), 2), (END, 3)):
        assert measure(Name.ENROLMENT, repository, YEAR, day).left_out == left_out


def test_returns_filed_after_the_day_do_not_count() -> None:
    late = stated("a", staff=staff(1, 1), filed_on=END + timedelta(days=1))
    assert found(Name.PSYCHOLOGY_TEACHERS, late) == (None, 0, 3)
    assert found(Name.PSYCHOLOGY_TEACHERS, late, as_of=END + timedelta(days=1)) == (2, 1, 2)


@pytest.mark.parametrize(
    ("classes", "teachers", "met"),
    [(1, 0, False), (1, 1, True), (10, 1, True), (11, 1, False), (11, 2, True), (20, 2, True), (21, 2, False)],
)
def test_one_teacher_for_every_ten_classes_begun(classes: int, teachers: int, met: bool) -> None:
    value, counted, _ = found(Name.STAFFING_SHARE, stated("a", classes, staff=staff(0, teachers)))
    assert (value, counted) == (100 if met else 0, 1)


def test_a_share_is_cut_never_rounded_up() -> None:
    returns = [
        stated("a", assessment_software=True),
        stated("b", assessment_software=True),
        stated("c", assessment_software=False),
    ]
    assert found(Name.SOFTWARE_SHARE, *returns) == (66.66, 3, 0)


def test_a_return_that_says_nothing_of_a_room_is_left_out() -> None:
    returns = [stated("a", room=room(date(2021, 5, 1))), stated("b"), stated("c", room=room(date(2021, 9, 1)))]
    returns.append(stated("d", has_room=False))
    assert found(Name.COUNSELLING_ROOMS, *returns) == (1, 3, 1)
    assert found(Name.SCHOOLS_WITH_ROOM_SHARE, *returns) == (33.33, 3, 1)


def meeting(term: str, day: date, minuted: bool = True) -> Meeting:
    return Meeting(term=TermId(term), held_on=day, topic="议题", minuted=minuted)


def test_meetings_are_wanted_in_every_term_that_is_over() -> None:
    autumn, spring = meeting("2020-2021-1", date(2020, 10, 9)), meeting("2020-2021-2", date(2021, 4, 9))
    assert found(Name.MEETINGS_EVERY_TERM_SHARE, stated("a", meetings=(autumn, spring))) == (100, 1, 2)
    assert found(Name.MEETINGS_EVERY_TERM_SHARE, stated("a", meetings=(autumn,))) == (0, 1, 2)
    unminuted = meeting("2020-2021-2", date(2021, 4, 9), minuted=False)
    assert found(Name.MEETINGS_EVERY_TERM_SHARE, stated("a", meetings=(autumn, unminuted))) == (0, 1, 2)
    early = stated("a", meetings=(autumn,), filed_on=date(2020, 11, 1))
    assert found(Name.MEETINGS_EVERY_TERM_SHARE, early, as_of=date(2020, 12, 1)) == (None, 0, 3)
    assert found(Name.MEETINGS_EVERY_TERM_SHARE, early, as_of=date(2021, 2, 1)) == (100, 1, 2)


def test_leading_groups_count_from_the_day_they_were_founded() -> None:
    group = LeadingGroup(head_role=HeadRole.VICE_PRINCIPAL, members=5, founded_on=date(2021, 7, 20))
    assert found(Name.VICE_PRINCIPAL_GROUP_SHARE, stated("a", leading_group=group))[0] == 0
    assert found(Name.VICE_PRINCIPAL_GROUP_SHARE, stated("a", leading_group=group), as_of=date(2021, 7, 20))[0] == 100


def test_work_files_are_complete_only_with_all_kinds() -> None:
    every = tuple(WorkFile)
    one, other = stated("a", work_files=every), stated("b", work_files=every[1:])
    assert found(Name.COMPLETE_FILES_SHARE, one, other, stated("c", work_files=())) == (33.33, 3, 0)


def test_only_activities_held_by_then_in_that_year_count() -> None:
    repository = sample()
    lectures = [
        a for a in repository.activities.values() if a.kind is ActivityKind.LECTURE and a.id.startswith("2020-09")
    ]
    assert len(lectures) == 1
    day = lectures[0].last_day
    assert measure(Name.MONTHLY_LECTURES, repository, YEAR, day - timedelta(days=1)).value == 0
    assert measure(Name.MONTHLY_LECTURES, repository, YEAR, day).value == 1
    cancelled = {**repository.activities, lectures[0].id: replace(lectures[0], state=ActivityState.CANCELLED)}
    assert measure(Name.MONTHLY_LECTURES, replace(repository, activities=cancelled), YEAR, day).value == 0


@given(st.lists(st.tuples(st.integers(1, 60), st.none() | st.integers(0, 9)), max_size=3))
def test_counted_and_left_out_are_all_schools(rows: list[tuple[int, int | None]]) -> None:
    returns = [
        stated(name, classes, staff=None if teachers is None else staff(teachers, 0))
        for name, (classes, teachers) in zip("abc", rows, strict=False)
    ]
    for name in (Name.PSYCHOLOGY_TEACHERS, Name.STAFFING_SHARE, Name.ENROLMENT, Name.COUNSELLING_ROOMS):
        got: Measured = measure(name, with_returns(*returns), YEAR, END)
        assert got.counted + got.left_out == 3


def test_bodies_count_by_their_kind_their_head_and_the_posts_that_they_state() -> None:
    one = replace(sample().district.bodies[0], kind=BodyKind.GUIDANCE_CENTRE, headed_by_director=True)
    centre = replace(one, research_posts=None)
    group = replace(one, kind=BodyKind.LEADING_GROUP, headed_by_director=None, research_posts=2)

    def got(name: Name, *bodies: Body) -> tuple[object, int]:
        district = replace(sample().district, bodies=bodies)
        measured = measure(name, replace(sample(), district=district), YEAR, END)
        return measured.value, len(measured.cites)

    assert got(Name.GUIDANCE_CENTRES, centre, group, group) == (1, 1)
    assert got(Name.LEADING_GROUPS_BY_DIRECTOR, centre, group) == (0, 0)
    assert got(Name.LEADING_GROUPS_BY_DIRECTOR, centre, replace(group, headed_by_director=True)) == (1, 1)
    assert got(Name.RESEARCH_POSTS, centre, group) == (2, 1)
    assert got(Name.RESEARCH_POSTS, centre) == (0, 0)


OUTREACH = (
    ActivityKind.PARENT_LECTURE,
    ActivityKind.COMMUNITY,
    ActivityKind.BROADCAST,
    ActivityKind.RECORDING,
)


@pytest.mark.parametrize("kind", ActivityKind)
def test_what_was_planned_and_has_passed_is_missed_for_every_kind_of_outreach_and_no_other(kind: ActivityKind) -> None:
    one = replace(next(iter(sample().activities.values())), kind=kind, first_day=END, last_day=END)
    state = ActivityState
    states = {s.value: s for s in state} | {"planned-too": state.PLANNED}
    every = {ActivityId(name): replace(one, id=ActivityId(name), state=s) for name, s in states.items()}
    repository = replace(sample(), activities=every)
    day = END + timedelta(days=1)
    last = next(y for y in repository.district.years if y.id == YEAR).last_day
    assert last >= day
    wanted = (2, len(states)) if kind in OUTREACH else (0, 0)
    got = measure(Name.OUTREACH_MISSED, repository, YEAR, day)
    assert (got.value, got.counted) == wanted
    assert measure(Name.OUTREACH_MISSED, repository, YEAR, END).value == 0  # its day is not over yet


def test_schemes_count_by_their_kind_from_their_first_day() -> None:
    one = replace(next(iter(sample().schemes.values())), kind=SchemeKind.INDEX, first_day=END)
    other, later = replace(one, kind=SchemeKind.DEMONSTRATION), replace(one, first_day=END + timedelta(days=1))
    repository = replace(sample(), schemes={SchemeId(str(n)): s for n, s in enumerate((one, other, other, later))})
    before = END - timedelta(days=1)
    got = [
        (m.value, m.counted, m.left_out, len(m.cites))
        for name in (Name.INDEX_SCHEMES, Name.DEMONSTRATION_SCHEMES)
        for day in (before, END)
        if (m := measure(name, repository, YEAR, day))
    ]
    assert got == [(0, 0, 0, 0), (1, 1, 0, 1), (0, 0, 0, 0), (2, 2, 0, 2)]


RAISED = date(2021, 3, 1)
OVER = date(2021, 4, 1)  # the last day, where the district gives a month


@pytest.mark.parametrize(
    ("raised", "concluded", "as_of", "late", "counted"),
    [
        (RAISED, None, OVER, 0, 1),
        (RAISED, None, OVER + timedelta(days=1), 1, 1),
        (RAISED, OVER, END, 0, 1),
        (RAISED, OVER + timedelta(days=1), END, 1, 1),
        (RAISED, OVER + timedelta(days=9), OVER, 0, 1),  # not known then
        (RAISED, None, RAISED, 0, 1),
        (RAISED, None, RAISED - timedelta(days=1), 0, 0),
        (date(2020, 8, 31), None, END, 0, 0),
        (date(2020, 9, 1), None, END, 1, 1),
        (date(2021, 8, 31), None, date(2021, 9, 30), 0, 1),
        (date(2021, 9, 1), None, date(2022, 9, 1), 0, 0),
    ],
)
def test_objections_of_the_year_are_late_after_the_last_day_for_their_conclusion(
    raised: date, concluded: date | None, as_of: date, late: int, counted: int
) -> None:
    year = next(y for y in sample().district.years if y.id == YEAR)
    assert (year.first_day, year.last_day) == (date(2020, 9, 1), date(2021, 8, 31))
    conclusion = Text(zh="维持") if concluded else None
    objection = Objection(raised_on=raised, about=Text(zh="分数"), concluded_on=concluded, conclusion=conclusion)
    one = next(iter(sample().inspections.values()))
    repository = replace(
        sample(),
        inspections={InspectionId("a"): replace(one, objection=objection), one.id: replace(one, objection=None)},
        district=replace(sample().district, parameters=(months(1),)),
    )
    got = measure(Name.LATE_CONCLUSIONS, repository, YEAR, as_of)
    assert (got.value, got.counted, got.left_out, len(got.cites)) == (late, counted, 0, late)
    unset = replace(repository, district=replace(repository.district, parameters=()))
    assert measure(Name.LATE_CONCLUSIONS, unset, YEAR, as_of) == Measured(value=None, counted=0, left_out=0, cites=())


def months(number: int) -> Parameter:
    return replace(sample().district.parameters[0], id=CONCLUSION_MONTHS, value=number, earlier=())
