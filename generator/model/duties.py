"""Duties as data: rules, their examples, and waivers.

Owns the frozen public types that `records/rules` and `records/waivers` become, the closed sets they use, and what kind
of value each school measure has. Knows nothing of how a measure finds its value, of verdicts or of pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NewType, TypeAlias

from msgspec import Struct

from generator.model.ids import BelowId, ClauseRef, SchoolId
from generator.model.programme import Modality
from generator.model.schools import HeadRole, Stage, WorkFile
from generator.problems import Locate, Position
from generator.text import Text

RuleId = NewType("RuleId", str)
WaiverId = NewType("WaiverId", str)
Value: TypeAlias = "int | float | bool | str | tuple[str, ...]"


class Subject(StrEnum):
    """Whom a rule is about: every school, the district, or every district below an office."""

    SCHOOL = "school"
    DISTRICT = "district"
    BELOW = "below"


class ValueType(StrEnum):
    NUMBER = "number"
    YES_NO = "yes-no"
    WORD = "word"  # one member of a closed set
    WORDS = "words"  # several of them


class Operator(StrEnum):
    """How a measure's value is compared with the target; is-true and is-false take none."""

    AT_LEAST = "at-least"
    MORE_THAN = "more-than"
    AT_MOST = "at-most"
    LESS_THAN = "less-than"
    EQUAL = "equal"
    ONE_OF = "one-of"
    INCLUDES_ALL = "includes-all"
    IS_TRUE = "is-true"
    IS_FALSE = "is-false"


class PeriodKind(StrEnum):
    """What a rule is judged by: the school year, or each of its terms, follow-up windows or months of term."""

    YEAR = "year"
    TERM = "term"
    WINDOW = "window"
    MONTH = "month"


class Anchor(StrEnum):
    """The day that a due day is counted from."""

    RETURNS_DUE = "returns-due"
    PERIOD_START = "period-start"
    PERIOD_END = "period-end"
    INSPECTION = "inspection"  # the day that an inspection set; the first day of the period while none is set


class Rounding(StrEnum):
    UP = "up"
    DOWN = "down"


class Expectation(StrEnum):
    """What an example must come out as. `unmet` stands for advisory too: the duty's modality decides which."""

    MET = "met"
    UNMET = "unmet"
    NOT_APPLICABLE = "not-applicable"


class SchoolMeasure(StrEnum):
    """The measures of one school that rules and schemes may cite; `school_measures` gives each its function."""

    CLASSES = "classes"
    ENROLMENT = "enrolment"
    STAGES = "stages"
    LEADING_GROUP_HEAD = "leading_group_head"
    MINUTED_MEETINGS = "minuted_meetings"
    WORK_FILES = "work_files"
    TEACHERS = "teachers"
    FULL_TIME_TEACHERS = "full_time_teachers"
    HAS_ROOM = "has_room"
    ROOM_EQUIPMENT = "room_equipment"
    SMALLEST_INDIVIDUAL_ROOM = "smallest_individual_room"
    GROUP_ROOM = "group_room"
    OFFICE_AREA = "office_area"
    ROOM_AREAS = "room_areas"
    ROOM_OPENING = "room_opening"
    FREE_OF_CHARGE = "free_of_charge"
    GROWTH_RECORDS = "growth_records"
    EARMARKED_YUAN = "earmarked_yuan"
    CRISIS_ARRANGEMENTS = "crisis_arrangements"
    GUARDIANS_TOLD = "guardians_told"
    MECHANISM = "mechanism"
    ASSESSMENT_SOFTWARE = "assessment_software"
    FOLLOW_UP_DONE = "follow_up_done"
    GUIDANCE_ATTENDED = "guidance_attended"
    BANDS_TAUGHT = "bands_taught"
    BANDS_DUE = "bands_due"
    FEWEST_LESSONS = "fewest_lessons"
    PRACTICAL_ACTIVITY = "practical_activity"
    EXERCISE_HOURS = "exercise_hours"
    RANKS_BY_SCORE = "ranks_by_score"
    SCREENING_COVERAGE = "screening_coverage"
    ELECTRONIC_FILES = "electronic_files"
    PAPER_FILES = "paper_files"
    SPECIAL_INSPECTIONS = "special_inspections"
    RECTIFICATION_DEMANDED = "rectification_demanded"
    OVERDUE_RECTIFICATIONS = "overdue_rectifications"
    PERSON_IN_CHARGE = "person_in_charge"
    ROOM_SERVICES = "room_services"
    CERTIFIED_TEACHERS = "certified_teachers"
    BANDS_REACHING = "bands_reaching"
    SCREENING_CONSENT = "screening_consent"
    RETURN_SETTLED = "return_settled"
    REGULAR_VISITS = "regular_visits"
    PHONES_KEPT_OUT = "phones_kept_out"
    SLEEP_CARE = "sleep_care"
    SPECIAL_GROUP_PLANS = "special_group_plans"


class BelowMeasure(StrEnum):
    """The measures of a district below an office, read from the summary that it handed up; all are numbers."""

    SUMMARY_AGE = "summary_age"
    DISTRICTS_SHARE = "districts_share"
    ANSWERED_SHARE = "answered_share"
    MET_SHARE = "met_share"
    CLAUSES_SHARE = "clauses_share"


READS_RULE = frozenset({BelowMeasure.ANSWERED_SHARE, BelowMeasure.MET_SHARE})  # of which rule is told beside them

_NOT_NUMBERS: Mapping[SchoolMeasure, ValueType] = {
    SchoolMeasure.LEADING_GROUP_HEAD: ValueType.WORD,
    SchoolMeasure.WORK_FILES: ValueType.WORDS,
    SchoolMeasure.HAS_ROOM: ValueType.YES_NO,
    SchoolMeasure.ROOM_EQUIPMENT: ValueType.WORDS,
    SchoolMeasure.ROOM_AREAS: ValueType.WORDS,
    SchoolMeasure.ROOM_OPENING: ValueType.WORDS,
    SchoolMeasure.FREE_OF_CHARGE: ValueType.YES_NO,
    SchoolMeasure.GROWTH_RECORDS: ValueType.YES_NO,
    SchoolMeasure.CRISIS_ARRANGEMENTS: ValueType.WORDS,
    SchoolMeasure.GUARDIANS_TOLD: ValueType.YES_NO,
    SchoolMeasure.MECHANISM: ValueType.WORDS,
    SchoolMeasure.ASSESSMENT_SOFTWARE: ValueType.YES_NO,
    SchoolMeasure.FOLLOW_UP_DONE: ValueType.YES_NO,
    SchoolMeasure.PRACTICAL_ACTIVITY: ValueType.YES_NO,
    SchoolMeasure.RANKS_BY_SCORE: ValueType.YES_NO,
    SchoolMeasure.RECTIFICATION_DEMANDED: ValueType.YES_NO,
    SchoolMeasure.PERSON_IN_CHARGE: ValueType.YES_NO,
    SchoolMeasure.ROOM_SERVICES: ValueType.WORDS,
    SchoolMeasure.SCREENING_CONSENT: ValueType.WORDS,
    SchoolMeasure.RETURN_SETTLED: ValueType.YES_NO,
    SchoolMeasure.PHONES_KEPT_OUT: ValueType.YES_NO,
    SchoolMeasure.SLEEP_CARE: ValueType.WORDS,
    SchoolMeasure.SPECIAL_GROUP_PLANS: ValueType.YES_NO,
}

# Measures of which inspections set the last day themselves.
DUE_BY_INSPECTION = frozenset({SchoolMeasure.OVERDUE_RECTIFICATIONS})

# What only sealed submissions hold: open records never answer these, a release does.
TOLD_BY_SCHOOL = frozenset({SchoolMeasure.ELECTRONIC_FILES})  # a release tells each school's verdict, not only how many
SEALED = frozenset({SchoolMeasure.SCREENING_COVERAGE, SchoolMeasure.ELECTRONIC_FILES, SchoolMeasure.PAPER_FILES})

# Measures with a value for each period of this kind; every other has one for the school year.
BY_PERIOD: Mapping[SchoolMeasure, PeriodKind] = {
    SchoolMeasure.MINUTED_MEETINGS: PeriodKind.TERM,
    SchoolMeasure.GUIDANCE_ATTENDED: PeriodKind.TERM,
    SchoolMeasure.BANDS_TAUGHT: PeriodKind.TERM,
    SchoolMeasure.FEWEST_LESSONS: PeriodKind.TERM,
    SchoolMeasure.BANDS_REACHING: PeriodKind.TERM,
    SchoolMeasure.REGULAR_VISITS: PeriodKind.TERM,
    SchoolMeasure.FOLLOW_UP_DONE: PeriodKind.WINDOW,
    SchoolMeasure.PRACTICAL_ACTIVITY: PeriodKind.MONTH,
}

# The words that a measure of type WORD or WORDS may give, beside those of a closed set of `model`.
ROOM_EQUIPMENT = ("sand-table", "venting", "assessment-computer", "expressive-art", "relaxation")
ROOM_AREAS = ("individual", "group", "office", "letter-box")
ROOM_OPENING = ("every-school-day", "outside-lessons", "duty-person")
CRISIS = ("workflow", "referral-log")
SERVICES = ("expressive-art", "relaxation", "interviews")
CONSENT = ("guardians-informed", "consent-asked")
SLEEP = ("sleep-watched", "no-early-arrival")
MECHANISM = ("room", "teacher", "assessment-software", "crisis-workflow")

# Every word that a measure of type WORD or WORDS may give: a rule asks for these and no others.
WORDS_OF: Mapping[SchoolMeasure, tuple[str, ...]] = {
    SchoolMeasure.LEADING_GROUP_HEAD: tuple(role.value for role in HeadRole),
    SchoolMeasure.WORK_FILES: tuple(file.value for file in WorkFile),
    SchoolMeasure.ROOM_EQUIPMENT: ROOM_EQUIPMENT,
    SchoolMeasure.ROOM_AREAS: ROOM_AREAS,
    SchoolMeasure.ROOM_OPENING: ROOM_OPENING,
    SchoolMeasure.CRISIS_ARRANGEMENTS: CRISIS,
    SchoolMeasure.MECHANISM: MECHANISM,
    SchoolMeasure.ROOM_SERVICES: SERVICES,
    SchoolMeasure.SCREENING_CONSENT: CONSENT,
    SchoolMeasure.SLEEP_CARE: SLEEP,
}


def type_of(measure: SchoolMeasure) -> ValueType:
    """What kind of value a school measure has."""
    return _NOT_NUMBERS.get(measure, ValueType.NUMBER)


class Applies(Struct, frozen=True, kw_only=True):
    """Which schools a rule is about: any of the stages, so many classes, and a yes-no measure that is not "no".

    Empty means every school.
    """

    stages: tuple[Stage, ...]
    least_classes: int | None
    most_classes: int | None
    where: str | None

    @property
    def restricts(self) -> bool:
        """Whether there can be a school that the rule does not apply to."""
        return any(
            limit not in (None, ()) for limit in (self.stages, self.least_classes, self.most_classes, self.where)
        )


class Factor(Struct, frozen=True, kw_only=True):
    """What a target is multiplied or divided by: a number, or a parameter of the district."""

    number: int | float | None
    parameter: str | None


class Target(Struct, frozen=True, kw_only=True):
    """What a value is compared with: a constant, a parameter of the district or another measure; times, divided by,
    rounded in that order.
    """

    constant: Value | None
    parameter: str | None
    measure: str | None
    times: Factor | None
    divided_by: Factor | None
    rounded: Rounding | None


class Due(Struct, frozen=True, kw_only=True):
    """The last day that still counts: so many days after an anchor of the period."""

    anchor: Anchor
    days: int


class Freshness(Struct, frozen=True, kw_only=True):
    """How many days a value stays good after the day it was counted on, and how many days before its end it is warned
    of.
    """

    days: int
    warn: int


class Example(Struct, frozen=True, kw_only=True):
    """Figures by measure, and what the rule must make of them.

    `stages` says which kind of school, where that matters.
    """

    note: Text | None
    given: Mapping[str, Value]
    stages: tuple[Stage, ...]
    expect: Expectation
    source: Position


class Rule(Struct, frozen=True, kw_only=True):
    """A Clause made executable. `measure` is the value of a SchoolMeasure, of a MeasureName for the district, or of a
    BelowMeasure for districts below; `of_rule` is the rule about schools that it reads there.
    """

    id: RuleId
    clauses: tuple[ClauseRef, ...]
    in_force_from: date | None  # where it was first used later than its clauses bind
    in_force_until: date | None
    modality: Modality
    subject: Subject
    title: Text
    when_unmet: Text
    remedy: Text
    owner: Text
    applies_to: Applies
    measure: str
    of_rule: RuleId | None
    operator: Operator
    target: Target | None
    period: PeriodKind
    due: Due
    freshness: Freshness | None
    examples: tuple[Example, ...]
    place: Locate
    source: Position


class Waiver(Struct, frozen=True, kw_only=True):
    """A dated permission for schools, or districts below, to be excused from a rule; valid through its last day in the
    district's time zone.
    """

    id: WaiverId
    rule: RuleId
    schools: tuple[SchoolId, ...]
    below: tuple[BelowId, ...]
    reason: Text
    approver: Text  # a role
    first_day: date
    last_day: date
    source: Position

    def in_force(self, on: date) -> bool:
        """Whether it is valid on a day, first and last included."""
        return self.first_day <= on <= self.last_day
