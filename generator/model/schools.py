"""Schools and what each states openly for a school year.

Owns these types and their closed sets. Must not know what is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from generator.model.former import Former, so_on
from generator.model.ids import BandId, SchoolId, TermId, YearId
from generator.problems import Locate, Position
from generator.text import Text


class Stage(StrEnum):
    """小学, 初中, 高中."""

    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class SchoolType(StrEnum):
    """What a school is: one stage, nine-year (primary + junior), complete secondary (junior + senior), twelve-year (all
    three), vocational (senior), a teaching point (primary), special (any stages).
    """

    PRIMARY = "primary"
    JUNIOR = "junior"
    NINE_YEAR = "nine-year"
    SENIOR = "senior"
    COMPLETE = "complete"
    TWELVE_YEAR = "twelve-year"
    VOCATIONAL = "vocational"
    TEACHING_POINT = "teaching-point"
    SPECIAL = "special"


# A special school may teach any.
STAGES_OF: Mapping[SchoolType, frozenset[Stage]] = MappingProxyType(
    {
        SchoolType.PRIMARY: frozenset({Stage.PRIMARY}),
        SchoolType.JUNIOR: frozenset({Stage.JUNIOR}),
        SchoolType.NINE_YEAR: frozenset({Stage.PRIMARY, Stage.JUNIOR}),
        SchoolType.SENIOR: frozenset({Stage.SENIOR}),
        SchoolType.COMPLETE: frozenset({Stage.JUNIOR, Stage.SENIOR}),
        SchoolType.TWELVE_YEAR: frozenset(Stage),
        SchoolType.VOCATIONAL: frozenset({Stage.SENIOR}),
        SchoolType.TEACHING_POINT: frozenset({Stage.PRIMARY}),
    }
)


class Ownership(StrEnum):
    """Who runs a school."""

    PUBLIC = "public"
    PRIVATE = "private"


class WorkFile(StrEnum):
    """The kinds of paper that complete work files hold."""

    YEAR_PLAN = "year-plan"
    MEETING_MINUTES = "meeting-minutes"
    LESSON_PLANS = "lesson-plans"
    COUNSELLING_LOG = "counselling-log"
    CRISIS_PLAN = "crisis-plan"
    SCREENING_SUMMARY = "screening-summary"
    TRAINING_RECORD = "training-record"
    PARENT_WORK = "parent-work"


class HeadRole(StrEnum):
    PRINCIPAL = "principal"
    VICE_PRINCIPAL = "vice-principal"
    OTHER = "other"


# --- schools ----------------------------------------------------------------------------------------------------------


class SchoolShape(Struct, frozen=True, kw_only=True):
    """What a school is and which stages it has."""

    type: SchoolType
    stages: tuple[Stage, ...]


class School(Struct, frozen=True, kw_only=True):
    """A school's profile. `classes` and `enrolment` are by stage, as of `counted_on`; the id is the school's code."""

    id: SchoolId
    title: Text
    type: SchoolType
    stages: tuple[Stage, ...]
    area: str
    owner: Ownership | None
    campuses: tuple[Text, ...]
    opened_on: date | None
    closed_on: date | None
    merged_into: SchoolId | None
    split_from: SchoolId | None
    earlier_names: tuple[Former[Text], ...]
    earlier_stages: tuple[Former[SchoolShape], ...]
    counted_on: date
    classes: Mapping[Stage, int]
    enrolment: Mapping[Stage, int]
    place: Locate
    source: Position

    def shape_on(self, day: date) -> SchoolShape:
        """What it was on a day. Of a term the first day tells: for all of it."""
        return so_on(day, SchoolShape(type=self.type, stages=self.stages), self.earlier_stages)

    def stages_in(self, first: date, last: date) -> tuple[Stage, ...]:
        """The stages that it has at the beginning or at the end of a time."""
        found = {*self.shape_on(first).stages, *self.shape_on(last).stages}
        return tuple(stage for stage in Stage if stage in found)

    def is_open(self, on: date) -> bool:
        """Whether there was such a school on a day."""
        return (self.opened_on is None or self.opened_on <= on) and (self.closed_on is None or on <= self.closed_on)

    def was_there(self, first: date, last: date) -> bool:
        """Whether there was such a school on a day and still, or again, on a later one."""
        return (self.opened_on is None or self.opened_on <= first) and (
            self.closed_on is None or last <= self.closed_on
        )


class LeadingGroup(Struct, frozen=True, kw_only=True):
    head_role: HeadRole
    members: int
    founded_on: date


class Meeting(Struct, frozen=True, kw_only=True):
    """A special meeting on mental health held by the school."""

    term: TermId
    held_on: date
    topic: str
    minuted: bool


class Staff(Struct, frozen=True, kw_only=True):
    """Psychology teachers, heads. `certified` of them hold a psychology-teacher qualification."""

    full_time: int
    part_time: int
    certified: int | None


class Attendance(Struct, frozen=True, kw_only=True):
    """How many of the school's psychology teachers attended the term's collective guidance."""

    term: TermId
    guidance: int
    monthly_lectures: int  # lectures of the term attended by at least one of them


class Room(Struct, frozen=True, kw_only=True):
    """The counselling room. Areas in square metres."""

    opened_on: date | None
    individual_m2: tuple[float, ...] | None
    group_m2: int | float | None
    office_m2: int | float | None
    sand_table: bool | None
    venting: bool | None
    assessment_computer: bool | None
    expressive_art: bool | None
    relaxation: bool | None
    interviews: bool | None
    letter_box: bool | None
    open_every_school_day: bool | None
    open_outside_lessons: bool | None
    duty_person: bool | None
    free_of_charge: bool | None
    growth_records: bool | None


class FollowUp(Struct, frozen=True, kw_only=True):
    """Whether follow-up was done in a window, and on which day it ended. Never a count of pupils."""

    term: TermId
    window: str
    done: bool
    done_on: date | None


class Crisis(Struct, frozen=True, kw_only=True):
    workflow: bool
    referral_log: bool
    guardians_told_at_once: bool | None
    return_settled: bool | None  # the return to school after treatment, with guardian and doctor
    drill_on: date | None


class ScreeningConsent(Struct, frozen=True, kw_only=True):
    """How guardians were told of the yearly screening and asked to agree to it."""

    guardians_informed: bool | None
    consent_asked: bool | None


class SupervisorVisit(Struct, frozen=True, kw_only=True):
    """A regular visit of the inspector of the area (责任区督学)."""

    term: TermId
    visited_on: date


class Lessons(Struct, frozen=True, kw_only=True):
    """Mental-health lessons given in a band, per class in the term."""

    term: TermId
    band: BandId
    per_class: int


class SchoolDay(Struct, frozen=True, kw_only=True):
    """The ten measures of 2025: practical activities by month (`2026-09`), exercise hours a day, ranking by examination
    score, phones, sleep, pupils of special groups.
    """

    practical_months: tuple[str, ...]
    exercise_hours: int | float | None
    ranks_by_score: bool | None
    phones_kept_out: bool | None
    sleep_watched: bool | None
    early_arrival: bool | None  # demanded of pupils
    special_group_plans: bool | None


class DoubtKind(StrEnum):
    """What may be asked about a return that says what hardly can be."""

    TENFOLD = "tenfold"
    COPY = "copy"
    OTHER_YEAR = "other-year"


class AnsweredDoubt(Struct, frozen=True, kw_only=True):
    """That somebody looked and it is so, and why."""

    doubt: DoubtKind
    reason: str


# What a return says of each of these once: the fields that tell the items of a list apart.
STATED_ONCE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "meetings": ("term", "held_on", "topic"),
        "attendance": ("term",),
        "follow_ups": ("term", "window"),
        "supervisor_visits": ("term", "visited_on"),
        "lessons": ("term", "band"),
    }
)


class Return(Struct, frozen=True, kw_only=True):
    """What a school states openly for a school year.

    A part that was not stated is None or empty, never zero or false.
    """

    school: SchoolId
    year: YearId
    filed_on: date
    filed_by: str  # a role
    counted_on: date
    classes: Mapping[Stage, int]
    enrolment: Mapping[Stage, int]
    bands: tuple[BandId, ...] | None  # the curriculum bands it teaches, where that is not all of its stages
    leading_group: LeadingGroup | None
    meetings: tuple[Meeting, ...] | None
    work_files: tuple[WorkFile, ...] | None
    person_in_charge: bool | None
    staff: Staff | None
    attendance: tuple[Attendance, ...] | None
    has_room: bool | None  # said where there is none, or where nothing else of it is stated
    room: Room | None
    assessment_software: bool | None
    screening_consent: ScreeningConsent | None
    follow_ups: tuple[FollowUp, ...] | None
    supervisor_visits: tuple[SupervisorVisit, ...] | None
    crisis: Crisis | None
    lessons: tuple[Lessons, ...] | None
    school_day: SchoolDay | None
    earmarked_yuan: int | None
    pupils_served: int | None
    note: str | None
    confirmed: tuple[AnsweredDoubt, ...] | None
    place: Locate
    source: Position
