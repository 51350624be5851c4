"""Policies, plans, activities and claims: what the programme is bound by, sets out to do, has done and has published.

Owns these types and their closed sets. Must not know schools.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from generator.model.curriculum import Theme
from generator.model.ids import (
    AccountId,
    ActivityId,
    BodyId,
    ClaimId,
    ClauseRef,
    PlanId,
    PolicyId,
    SystemNumber,
    YearId,
)
from generator.problems import Position
from generator.text import Text


class Modality(StrEnum):
    """应当 (binding) / 原则上 (as a principle) / 鼓励 (encouraged). Only the first can ever be unmet."""

    SHALL = "shall"
    PRINCIPLE = "principle"
    ENCOURAGED = "encouraged"


class Level(StrEnum):
    """Binding order of an instrument, strongest first: 法律/法规 > 地方性法规 > 部门文件 > 计划目标 > 区级文件 >
    评分表.
    """

    LAW = "law"
    LOCAL_REGULATION = "local-regulation"
    DEPARTMENT = "department"
    PLAN_TARGET = "plan-target"
    DISTRICT = "district"
    SCORING = "scoring"


class Verification(StrEnum):
    """How a wording was verified: read verbatim, read in a secondary source, recalled.

    Only the first may be shown as settled.
    """

    VERBATIM = "V"
    SECONDARY = "S"
    RECALLED = "R"


class ActivityKind(StrEnum):
    TRAINING = "training"  # courses for teachers, bought or held
    GUIDANCE = "guidance"  # the expert group's collective guidance for teachers, once a term
    LECTURE = "lecture"  # the monthly special lecture for teachers
    EXCHANGE = "exchange"  # teachers sent to other cities and annual meetings
    MEETING = "meeting"  # of the leading group and others
    LIAISON = "liaison"  # of the schools' liaison teachers
    PARENT_LECTURE = "parent-lecture"
    COMMUNITY = "community"  # the lecturer group in a community
    BROADCAST = "broadcast"  # live television or radio
    RECORDING = "recording"  # a recorded programme
    FOLLOW_UP = "follow-up"  # a follow-up window organised by the district
    INSPECTION = "inspection"  # the year-end special inspection


class Strand(StrEnum):
    """The three strands of building the teacher team."""

    TRAINING_REFORM = "training-reform"
    ABILITY = "ability"
    WELLBEING = "wellbeing"  # the teachers' own


class ActivityState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Comparison(StrEnum):
    """How a claim or a target compares with what the records give."""

    EQUAL = "equal"
    AT_LEAST = "at-least"
    MORE_THAN = "more-than"
    AT_MOST = "at-most"
    NEARLY = "nearly"  # below the figure, and at least 95 % of it


class MeasureName(StrEnum):
    """The measures that claims, targets and rules may cite; `measures` gives each its function."""

    COUNSELLING_ROOMS = "counselling_rooms"
    SCHOOLS_WITH_ROOM_SHARE = "schools_with_room_share"
    PSYCHOLOGY_TEACHERS = "psychology_teachers"
    STAFFING_SHARE = "staffing_share"
    SCHOOLS_WITH_TEACHER_SHARE = "schools_with_teacher_share"
    VICE_PRINCIPAL_GROUP_SHARE = "vice_principal_group_share"
    SOFTWARE_SHARE = "software_share"
    COMPLETE_FILES_SHARE = "complete_files_share"
    MEETINGS_EVERY_TERM_SHARE = "meetings_every_term_share"
    PUPILS_SERVED = "pupils_served"
    ENROLMENT = "enrolment"
    EXPERT_GROUP_SIZE = "expert_group_size"
    VOLUNTEER_TEAM_SIZE = "volunteer_team_size"
    MICRO_LESSONS = "micro_lessons"
    MICRO_LESSONS_PUPIL = "micro_lessons_pupil"
    MICRO_LESSONS_PARENT = "micro_lessons_parent"
    CURRICULUM_BANDS = "curriculum_bands"
    GUIDANCE_SESSIONS = "guidance_sessions"
    MONTHLY_LECTURES = "monthly_lectures"
    TRAINING_SPEND_YUAN = "training_spend_yuan"
    TEACHERS_SENT = "teachers_sent"
    RECORDED_PROGRAMMES = "recorded_programmes"
    PROGRAMME_VIEWERS = "programme_viewers"
    PARENT_LECTURES = "parent_lectures"
    PARENT_LECTURE_ATTENDANCE = "parent_lecture_attendance"
    COMMUNITY_VISITS = "community_visits"
    LIVE_BROADCASTS = "live_broadcasts"
    OUTREACH_MISSED = "outreach_missed"
    PUPILS_SCREENED = "pupils_screened"
    ELECTRONIC_FILES = "electronic_files"
    PAPER_FILES = "paper_files"
    FEWEST_GUIDANCE_A_TERM = "fewest_guidance_a_term"
    FEWEST_LECTURES_A_MONTH = "fewest_lectures_a_month"
    GUIDANCE_CENTRES = "guidance_centres"
    LEADING_GROUPS_BY_DIRECTOR = "leading_groups_by_director"
    RESEARCH_POSTS = "research_posts"
    DEMONSTRATION_SCHEMES = "demonstration_schemes"
    INDEX_SCHEMES = "index_schemes"
    INSPECTED_SHARE = "inspected_share"
    LATE_CONCLUSIONS = "late_conclusions"
    LIAISON_MEETINGS = "liaison_meetings"
    TRAINING_REFORM_ACTIVITIES = "training_reform_activities"
    ABILITY_ACTIVITIES = "ability_activities"
    WELLBEING_ACTIVITIES = "wellbeing_activities"
    ANNUAL_MEETINGS = "annual_meetings"
    LECTURER_GROUP_SIZE = "lecturer_group_size"
    RESULTS_REVIEWED = "results_reviewed"
    FOCUS_PUPILS = "focus_pupils"


class Source(Struct, frozen=True, kw_only=True):
    """Where a text or figure was taken from. `url` is printed, never fetched."""

    title: str
    publisher: str | None = None
    published_on: date | None = None
    url: str | None = None


# --- policies and plans -----------------------------------------------------------------------------------------------


class Clause(Struct, frozen=True, kw_only=True):
    """The smallest citable obligation, in our own words.

    `citation` is the place in the instrument (第十六条, 配置 …).
    """

    id: str
    ref: ClauseRef
    citation: Text
    modality: Modality
    text: Text
    in_force_from: date | None  # where it is not that of the whole text
    in_force_until: date | None
    replaced_by: ClauseRef | None
    verification: Verification
    systems: tuple[SystemNumber, ...]
    why_no_rule: Text | None  # why nothing checks it, where no rule does
    source: Position


class Policy(Struct, frozen=True, kw_only=True):
    id: PolicyId
    title: Text
    number: str | None  # 文号
    issuer: Text
    level: Level
    jurisdiction: Text
    adopted_on: date | None
    in_force_from: date | None
    in_force_until: date | None
    entered_on: date | None  # where nobody knows since when it binds: the day it was entered here
    summary: Text
    origin: Source
    decided_here: bool  # by the district itself: the record is the text
    clauses_in_text: int | None  # how many the text has; those entered are `clauses`
    verification: Verification
    clauses: tuple[Clause, ...]
    source: Position

    @property
    def places(self) -> int:
        """How many clauses of the text are entered: several of ours may put one clause of it in words."""
        return len({clause.citation.zh for clause in self.clauses})

    def binding(self, clause: Clause) -> tuple[date, date]:
        """The first and the last day on which one of its clauses binds; where the first is not known, it binds nobody
        before it was adopted or, failing that, entered.
        """
        first = self.in_force_from or self.adopted_on or self.entered_on or date.max
        return max(first, clause.in_force_from or first), min(
            self.in_force_until or date.max, clause.in_force_until or date.max
        )


class PlanTarget(Struct, frozen=True, kw_only=True):
    """What a plan promises: a measure, how it compares and by when.

    `school_year` says which year's records are measured.
    """

    id: str
    text: Text
    measure: MeasureName
    comparison: Comparison
    value: int | float
    due: date
    school_year: YearId
    source: Position


class BudgetLine(Struct, frozen=True, kw_only=True):
    title: Text
    yuan: int
    year: int  # calendar year of the budget


class Plan(Struct, frozen=True, kw_only=True):
    id: PlanId
    title: Text
    summary: Text
    body: BodyId
    first_day: date
    last_day: date | None
    aims: tuple[Text, ...]
    targets: tuple[PlanTarget, ...]
    budget: tuple[BudgetLine, ...]
    clauses: tuple[ClauseRef, ...]
    systems: tuple[SystemNumber, ...]
    source: Position


class Activity(Struct, frozen=True, kw_only=True):
    """Something done (or planned, or cancelled) under a plan. Counts are heads; money is yuan."""

    id: ActivityId
    kind: ActivityKind
    title: Text
    summary: Text | None
    plan: PlanId
    body: BodyId
    state: ActivityState
    first_day: date
    last_day: date
    place: Text
    audience: Text
    speaker: Text | None  # a role and an institution, never a name
    participants: int | None
    teachers_sent: int | None
    spend_yuan: int | None
    viewers: int | None
    themes: tuple[Theme, ...]
    strand: Strand | None
    society: Text | None  # whose annual meeting it is
    source: Position


# --- claims -----------------------------------------------------------------------------------------------------------


class Claim(Struct, frozen=True, kw_only=True):
    """A figure that the district has published, tied to the measure that must reproduce it as of `as_of`.

    `measure` is None where open records cannot reproduce it; then `why_no_measure` says why.
    """

    id: ClaimId
    text: Text
    comparison: Comparison
    value: int | float
    unit: Text
    as_of: date
    school_year: YearId
    measure: MeasureName | None
    why_no_measure: Text | None
    mended: Text | None  # how a figure damaged in the source was mended
    reading: Text | None  # how words were read as a figure, where the source prints none
    systems: tuple[SystemNumber, ...]
    origin: Source
    source: Position


# --- accounts ---------------------------------------------------------------------------------------------------------


class AccountSentence(Struct, frozen=True, kw_only=True):
    """A sentence of an Account by its number, never quoted: the clauses, rules and claims behind it, or why there are
    neither rules nor claims.
    """

    number: int
    systems: tuple[SystemNumber, ...]
    clauses: tuple[ClauseRef, ...]
    rules: tuple[str, ...]
    claims: tuple[ClaimId, ...]
    why_not: Text | None
    source: Position


class Account(Struct, frozen=True, kw_only=True):
    """A published text that the programme rests on, sentence by sentence."""

    id: AccountId
    title: Text
    summary: Text
    sentence_count: int
    origin: Source
    sentences: tuple[AccountSentence, ...]
    source: Position
