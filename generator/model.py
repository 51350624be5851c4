"""The domain: frozen, typed records of a district's mental-health programme.

Owns the public types that records become and the closed sets they use. Knows nothing of files' syntax, of checking or of pages: every
value here is already valid in shape. Text that may carry an English version is a `Text`. Dates are calendar days in the district's
time zone; school years are ids like `2026-2027`, terms like `2026-2027-1` (autumn) and `2026-2027-2` (spring).
Every record has `source`, the position of the record in its file; parts that pages cite have one too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NewType, TypeAlias

from generator.problems import Position

SchoolId = NewType("SchoolId", str)
PolicyId = NewType("PolicyId", str)
PlanId = NewType("PlanId", str)
ActivityId = NewType("ActivityId", str)
ClaimId = NewType("ClaimId", str)
TeamId = NewType("TeamId", str)
BodyId = NewType("BodyId", str)
BandId = NewType("BandId", str)
YearId = NewType("YearId", str)
TermId = NewType("TermId", str)
RecipientId = NewType("RecipientId", str)
ClauseRef = NewType("ClauseRef", str)  # "policy-id#clause-id"
SystemNumber = NewType("SystemNumber", int)  # 1..18, the rows of the programme
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)  # between them lie the days of which anything is told
Locate: TypeAlias = "Callable[[tuple[str | int, ...]], Position]"  # the place of a field within a record


class Stage(StrEnum):
    """小学, 初中, 高中."""

    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class SchoolType(StrEnum):
    """What a school is: one stage, nine-year (primary + junior), complete secondary (junior + senior), twelve-year (all three)."""

    PRIMARY = "primary"
    JUNIOR = "junior"
    NINE_YEAR = "nine-year"
    SENIOR = "senior"
    COMPLETE = "complete"
    TWELVE_YEAR = "twelve-year"


class Modality(StrEnum):
    """应当 (binding) / 原则上 (as a principle) / 鼓励 (encouraged). Only the first can ever be unmet."""

    SHALL = "shall"
    PRINCIPLE = "principle"
    ENCOURAGED = "encouraged"


class Level(StrEnum):
    """Binding order of an instrument, strongest first: 法律/法规 > 地方性法规 > 部门文件 > 计划目标 > 区级文件 > 评分表."""

    LAW = "law"
    LOCAL_REGULATION = "local-regulation"
    DEPARTMENT = "department"
    PLAN_TARGET = "plan-target"
    DISTRICT = "district"
    SCORING = "scoring"


class Verification(StrEnum):
    """How a wording was verified: read verbatim, read in a secondary source, recalled. Only the first may be shown as settled."""

    VERBATIM = "V"
    SECONDARY = "S"
    RECALLED = "R"


class ActivityKind(StrEnum):
    TRAINING = "training"  # courses for teachers, bought or held
    GUIDANCE = "guidance"  # the expert group's collective guidance for teachers, once a term
    LECTURE = "lecture"  # the monthly special lecture for teachers
    EXCHANGE = "exchange"  # teachers sent to other cities and annual meetings
    MEETING = "meeting"  # of the leading group, of the schools' liaison teachers
    PARENT_LECTURE = "parent-lecture"
    COMMUNITY = "community"  # the lecturer group in a community
    BROADCAST = "broadcast"  # live television or radio
    RECORDING = "recording"  # a recorded programme
    FOLLOW_UP = "follow-up"  # a follow-up window organised by the district
    INSPECTION = "inspection"  # the year-end special inspection


class ActivityState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class WindowKind(StrEnum):
    """When pupils of concern are followed up: start of term, around holidays, before and after important examinations."""

    TERM_START = "term-start"
    HOLIDAY = "holiday"
    EXAM = "exam"


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


class Theme(StrEnum):
    """What lessons are about."""

    EMOTION = "emotion"
    RELATIONSHIPS = "relationships"
    SELF = "self-knowledge"
    CAREER = "career"
    LEARNING = "learning"
    FAMILY = "family"


class TeamKind(StrEnum):
    EXPERT = "expert"
    VOLUNTEER = "volunteer"
    LECTURER = "lecturer"


class LessonAudience(StrEnum):
    PUPIL = "pupil"
    PARENT = "parent"


class RecipientRole(StrEnum):
    """Whose key opens sealed files: the office's, its deputy's, the backup whose words are held by several officials."""

    OFFICE = "office"
    DEPUTY = "deputy"
    BACKUP = "backup"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Record text in the district's language, and in English where somebody wrote it."""

    zh: str
    en: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a text or figure was taken from. `url` is printed, never fetched."""

    title: str
    publisher: str | None = None
    published_on: date | None = None
    url: str | None = None


# --- district -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A follow-up window of a term, first and last day included."""

    id: str
    kind: WindowKind
    title: Text
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    id: TermId
    title: Text
    first_day: date
    last_day: date
    submissions_due: date | None  # last day for schools' sealed aggregates; None where the district asks for none
    release_from: date | None  # the day from which the term's statistics may be released
    windows: tuple[Window, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolYear:
    """Two terms; `returns_due` is the last day on which a school's return counts as in time."""

    id: YearId
    first_day: date
    last_day: date
    returns_due: date
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpLine:
    id: str
    title: Text
    number: str
    hours: Text
    audience: Text
    note: Text | None
    urgent: bool
    verification: Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body of the programme's organisation: a leading group, the guidance centre. Roles only, never persons."""

    id: BodyId
    title: Text
    head_role: Text
    duties: tuple[Text, ...]
    reports_to: BodyId | None
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    id: str
    title: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that the district decides (not law), with its reason."""

    id: str
    title: Text
    value: int | float
    unit: Text
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLevel:
    """What a screening may find. The order of `District.risk_levels`, mildest first, is the only order: none is read from a name.

    `focus`: pupils at this level are of particular concern (重点关注); only they are referred. `paper_file`: they need a paper file too.
    """

    id: str
    title: Text
    focus: bool
    paper_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One row of the programme: what must be kept, published and checked."""

    number: SystemNumber
    title: Text
    summary: Text
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    title: Text
    summary: Text
    notice: Text | None  # shown on every page when the data are a sample
    time_zone: str
    repo_url: str | None
    repo_branch: str
    site_url: str | None
    years: tuple[SchoolYear, ...]
    areas: tuple[Area, ...]
    bodies: tuple[Body, ...]
    help_lines: tuple[HelpLine, ...]
    referral: tuple[Text, ...]  # the steps from a worry to help, in order
    risk_levels: tuple[RiskLevel, ...]  # mildest first
    parameters: tuple[Parameter, ...]
    systems: tuple[System, ...]
    source: Position


# --- policies and plans -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """The smallest citable obligation, in our own words. `citation` is the place in the instrument (第十六条, 配置 …)."""

    id: str
    ref: ClauseRef
    citation: Text
    modality: Modality
    text: Text
    verification: Verification
    systems: tuple[SystemNumber, ...]
    why_no_rule: Text | None  # why nothing checks it, where no rule does
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    id: PolicyId
    title: Text
    number: str | None  # 文号
    issuer: Text
    level: Level
    jurisdiction: Text
    adopted_on: date | None
    in_force_from: date | None
    in_force_until: date | None
    summary: Text
    origin: Source
    verification: Verification
    clauses: tuple[Clause, ...]
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a plan promises: a measure, how it compares and by when. `school_year` says which year's records are measured."""

    id: str
    text: Text
    measure: MeasureName
    comparison: Comparison
    value: int | float
    due: date
    school_year: YearId
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLine:
    title: Text
    yuan: int
    year: int  # calendar year of the budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    id: PlanId
    title: Text
    summary: Text
    body: BodyId
    first_day: date
    last_day: date | None
    aims: tuple[Text, ...]
    targets: tuple[Target, ...]
    budget: tuple[BudgetLine, ...]
    clauses: tuple[ClauseRef, ...]
    systems: tuple[SystemNumber, ...]
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
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
    source: Position


# --- catalogue -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    theme: Theme
    title: Text
    goal: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A curriculum band; `lessons_per_term` is the least number of lessons a class gets."""

    id: BandId
    stage: Stage
    title: Text
    grades: Text
    summary: Text
    lessons_per_term: int
    topics: tuple[Topic, ...]
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroLesson:
    id: str
    number: int
    title: Text
    summary: Text
    audience: LessonAudience
    bands: tuple[BandId, ...]
    theme: Theme
    video: bool
    minutes: int
    published_on: date
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Members of a team by role and institution; never a name."""

    role: Text
    institution: Text | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    id: TeamId
    kind: TeamKind
    title: Text
    summary: Text
    founded_on: date
    plan: PlanId
    size: int  # equals the sum of its members' counts
    members: tuple[Member, ...]
    duties: tuple[Text, ...]
    source: Position


# --- schools -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """A school's profile. `classes` and `enrolment` are by stage, as of `counted_on`; the id is the school's code."""

    id: SchoolId
    title: Text
    type: SchoolType
    stages: tuple[Stage, ...]
    area: str
    opened_on: date | None
    counted_on: date
    classes: Mapping[Stage, int]
    enrolment: Mapping[Stage, int]
    place: Locate
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadingGroup:
    head_role: HeadRole
    members: int
    founded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A special meeting on mental health held by the school."""

    term: TermId
    held_on: date
    topic: str
    minuted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Psychology teachers, heads. `certified` of them hold a psychology-teacher qualification."""

    full_time: int
    part_time: int
    certified: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """How many of the school's psychology teachers attended the term's collective guidance."""

    term: TermId
    guidance: int
    monthly_lectures: int  # lectures of the term attended by at least one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The counselling room. Areas in square metres."""

    opened_on: date | None
    individual_m2: tuple[float, ...]
    group_m2: float | None
    office_m2: float | None
    sand_table: bool | None
    venting: bool | None
    assessment_computer: bool | None
    expressive_art: bool | None
    relaxation: bool | None
    letter_box: bool | None
    open_every_school_day: bool | None
    open_outside_lessons: bool | None
    duty_person: bool | None
    free_of_charge: bool | None
    growth_records: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Whether follow-up was done in a window, and on which day it ended. Never a count of pupils."""

    term: TermId
    window: str
    done: bool
    done_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crisis:
    workflow: bool
    referral_log: bool
    guardians_told_at_once: bool | None
    drill_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Mental-health lessons given in a band, per class in the term."""

    term: TermId
    band: BandId
    per_class: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDay:
    """The ten measures of 2025: practical activities by month (`2026-09`), exercise hours a day, ranking by examination score."""

    practical_months: tuple[str, ...]
    exercise_hours: float | None
    ranks_by_score: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a school states openly for a school year. A part that was not stated is None or empty, never zero or false."""

    school: SchoolId
    year: YearId
    filed_on: date
    filed_by: str  # a role
    counted_on: date
    classes: Mapping[Stage, int]
    enrolment: Mapping[Stage, int]
    leading_group: LeadingGroup | None
    meetings: tuple[Meeting, ...] | None
    work_files: tuple[WorkFile, ...] | None
    staff: Staff | None
    attendance: tuple[Attendance, ...] | None
    room: Room | None
    assessment_software: bool | None
    follow_ups: tuple[FollowUp, ...] | None
    crisis: Crisis | None
    lessons: tuple[Lessons, ...] | None
    school_day: SchoolDay | None
    earmarked_yuan: int | None
    pupils_served: int | None
    note: str | None
    place: Locate
    source: Position


# --- sealed aggregates: what may be known without a key ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who can open what is sealed from `valid_from` to `valid_until`, both days included. `key` is public; `fingerprint` is read aloud."""

    id: RecipientId
    role: RecipientRole
    title: Text  # a post, never a name
    key: str
    fingerprint: str
    valid_from: date
    valid_until: date
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The SSH key with which a school signs what it hands in. `district` is the name under which the district's schools sign."""

    district: str
    school: SchoolId
    key: str
    valid_from: date
    valid_until: date
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What stands beside a sealed file: nothing that comes from its figures.

    `recipients` are fingerprints, in order. `digest` is of the file as it is, and changes when the office seals it again (`rekeyed_on`);
    `commitment` is of the salted content and stays (None in form 1, which had none). `signature` is the school's, over what stays.
    """

    school: SchoolId
    term: TermId
    revision: int
    schema: int
    sealed_on: date
    rekeyed_on: date | None
    recipients: tuple[str, ...]
    digest: str
    commitment: str | None
    signature: str | None
    source: Position


# --- claims --------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
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
    systems: tuple[SystemNumber, ...]
    origin: Source
    source: Position


# --- releases ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cell:
    """A place in a published table. A share's column is `part/whole`."""

    table: str
    row: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A published number: a count of pupils, rounded if the release rounds; a share in tenths of a per cent."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A number that is not published, for whatever reason: there is one mark, so that the mark itself tells nothing. Never 0, blank or NaN."""


Published: TypeAlias = Shown | Suppressed
