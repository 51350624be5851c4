"""Measures: named figures that can be worked out from the records, and what each rests on.

Owns the one definition of every figure that claims, targets and rules may cite. A measure looks at one school year and
only at what was known at the end of a day; what was not stated is left out and counted, never taken for zero or "no".
Must not know who cites it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from msgspec import Struct

from generator.compliance.school_measures import has_room, periods
from generator.model.cells import Cell, Shown
from generator.model.curriculum import LessonAudience, MicroLesson
from generator.model.district import Body, BodyKind
from generator.model.duties import PeriodKind
from generator.model.ids import YearId
from generator.model.inspections import CONCLUSION_MONTHS, Inspection, SchemeKind
from generator.model.people import TeamKind
from generator.model.programme import Activity, ActivityKind, ActivityState, MeasureName, Strand
from generator.model.registry import TOTAL
from generator.model.releases import Release
from generator.model.schools import HeadRole, Return, WorkFile
from generator.problems import Position
from generator.records.repository import Repository, told_once


class Measured(Struct, frozen=True, kw_only=True):
    """A figure. `value` is None where nothing was stated; shares are per cent, cut (not rounded) to two places.

    `counted` records (schools or activities) made the figure, `left_out` could not: nothing was filed or stated.
    `cites` is where the counted stand. `exact` are the whole numbers that the figure may stand for where it was rounded
    before it was published. `most` is what it would be if all that are left out spoke for it; None where nobody knows.
    """

    value: int | float | None
    counted: int
    left_out: int
    cites: tuple[Position, ...]
    exact: range | None = None
    most: int | float | None = None

    def may_yet(self, holds: Callable[[int | float], bool]) -> bool:
        """Whether the figure could be large enough if those that are left out had spoken."""
        return self.left_out > 0 and (self.most is None or holds(self.most))


class Scope(Struct, frozen=True, kw_only=True):
    """What a measure may look at: a school year's facts as they were known at the end of the day `as_of`."""

    repository: Repository
    year: YearId
    as_of: date

    def returns(self) -> tuple[Return, ...]:
        """The year's returns filed by then."""
        return _filed(self.repository, self.year, self.as_of)

    def schools(self) -> int:
        """How many schools there were: those open then, and any that filed."""
        return _schools(self.repository, self.year, self.as_of)

    def held(self, kind: ActivityKind) -> tuple[Activity, ...]:
        """The year's activities of a kind that were held by then."""
        year = self.repository.year(self.year)
        return tuple(
            a
            for a in self.repository.activities.values()
            if a.kind is kind
            and a.state is ActivityState.HELD
            and year.first_day <= a.first_day <= year.last_day
            and a.last_day <= self.as_of
        )


@told_once
def _filed(repository: Repository, year: YearId, as_of: date) -> tuple[Return, ...]:
    of_year = (repository.returns[key] for key in repository.returns if key[1] == year)  # others are not opened
    return tuple(r for r in of_year if r.filed_on <= as_of)


@told_once
def _schools(repository: Repository, year: YearId, as_of: date) -> int:
    opened = {s.id for s in repository.schools.values() if s.is_open(as_of)}
    return len(opened | {r.school for r in _filed(repository, year, as_of)})


Function = Callable[[Scope], Measured]


def measure(name: MeasureName, repository: Repository, year: YearId, as_of: date) -> Measured:
    """The figure `name` of a school year as it was known at the end of `as_of`."""
    return _measured(repository, name, year, as_of)


@told_once
def _measured(repository: Repository, name: MeasureName, year: YearId, as_of: date) -> Measured:
    return MEASURES[name](Scope(repository=repository, year=year, as_of=as_of))


# --- of schools -------------------------------------------------------------------------------------------------------


def _sum_of_returns(stated: Callable[[Return], int | None]) -> Function:
    def function(scope: Scope) -> Measured:
        found = [(r, value) for r in scope.returns() if (value := stated(r)) is not None]
        total = sum(value for _, value in found) if found else None
        return Measured(
            value=total, counted=len(found), left_out=scope.schools() - len(found), cites=_places(r for r, _ in found)
        )

    return function


def _share_of_returns(meets: Callable[[Return, Scope], bool | None]) -> Function:
    """The share of schools that meet something, of those that state it (None: not stated)."""

    def function(scope: Scope) -> Measured:
        found = [(r, met) for r in scope.returns() if (met := meets(r, scope)) is not None]
        number, left_out = sum(met for _, met in found), scope.schools() - len(found)
        return Measured(
            value=per_cent(number, len(found)) if found else None,
            counted=len(found),
            left_out=left_out,
            cites=_places(r for r, _ in found),
            most=per_cent(number + left_out, len(found) + left_out) if found else None,
        )

    return function


def per_cent(part: int, whole: int) -> int | float:
    """Cut, not rounded: 100 is said only of all."""
    hundredths = 10_000 * part // whole
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def _places(records: Iterable[Return | Activity | MicroLesson | Inspection]) -> tuple[Position, ...]:
    return tuple(r.source for r in records)


def _has_room(found: Return, scope: Scope) -> bool | None:
    """None where the return does not say."""
    opened = found.room.opened_on if found.room else None
    return has_room(found) if opened is None else opened <= scope.as_of


def _rooms(scope: Scope) -> Measured:
    stated = [(r, has) for r in scope.returns() if (has := _has_room(r, scope)) is not None]
    rooms = [r for r, has in stated if has]
    value = len(rooms) if stated else None
    return Measured(value=value, counted=len(stated), left_out=scope.schools() - len(stated), cites=_places(rooms))


def _teachers(found: Return) -> int | None:
    return None if found.staff is None else found.staff.full_time + found.staff.part_time


@told_once
def _classes_per_teacher(repository: Repository, year: YearId, as_of: date) -> int | float | None:
    judged = min(repository.year(year).returns_due, as_of)
    return repository.district.parameters_on(judged).get("classes_per_teacher")


def _staffed(found: Return, scope: Scope) -> bool | None:
    """One full- or part-time teacher for every so many classes begun; how many is the district's decision."""
    teachers = _teachers(found)
    per_teacher = _classes_per_teacher(scope.repository, scope.year, scope.as_of)
    if teachers is None or per_teacher is None:
        return None
    return teachers >= 1 and teachers * per_teacher >= sum(found.classes.values())


def _vice_principal(found: Return, scope: Scope) -> bool | None:
    """Headed by a vice-principal or higher."""
    group = found.leading_group
    return None if group is None else group.head_role is not HeadRole.OTHER and group.founded_on <= scope.as_of


def _met_every_term(found: Return, scope: Scope) -> bool | None:
    """A minuted meeting in every term that is over. Before a term is over nothing can be said."""
    over = [t.id for t in scope.repository.year(scope.year).terms if t.last_day <= scope.as_of]
    if found.meetings is None or not over:
        return None
    met = {m.term for m in found.meetings if m.minuted and m.held_on <= scope.as_of}
    return met.issuperset(over)


# --- of activities and the catalogue ----------------------------------------------------------------------------------


def _number_of(kind: ActivityKind) -> Function:
    def function(scope: Scope) -> Measured:
        held = scope.held(kind)
        return Measured(value=len(held), counted=len(held), left_out=0, cites=_places(held))

    return function


def _fewest(kind: ActivityKind, by: PeriodKind) -> Function:
    """How many were held in the period with fewest, of the year's periods that are over; None while none is."""

    def function(scope: Scope) -> Measured:
        over = [p for p in periods(by, scope.repository.year(scope.year)) if p.last_day <= scope.as_of]
        held = scope.held(kind)
        numbers = [sum(p.first_day <= a.first_day <= p.last_day for a in held) for p in over]
        return Measured(value=min(numbers, default=None), counted=len(held), left_out=0, cites=_places(held))

    return function


def _sum_of(kind: ActivityKind, stated: Callable[[Activity], int | None]) -> Function:
    def function(scope: Scope) -> Measured:
        held = scope.held(kind)
        known = [(a, value) for a in held if (value := stated(a)) is not None]
        total = sum(value for _, value in known) if known or not held else None
        return Measured(
            value=total, counted=len(known), left_out=len(held) - len(known), cites=_places(a for a, _ in known)
        )

    return function


_OUTREACH = frozenset(
    {ActivityKind.PARENT_LECTURE, ActivityKind.COMMUNITY, ActivityKind.BROADCAST, ActivityKind.RECORDING}
)


def _missed(kinds: frozenset[ActivityKind]) -> Function:
    """Planned activities whose last day has passed and that are recorded neither as held nor as cancelled."""

    def function(scope: Scope) -> Measured:
        year = scope.repository.year(scope.year)
        last = min(scope.as_of, year.last_day)
        due = [
            a
            for a in scope.repository.activities.values()
            if a.kind in kinds and year.first_day <= a.first_day and a.last_day < last
        ]
        missed = [a for a in due if a.state is ActivityState.PLANNED]
        return Measured(value=len(missed), counted=len(due), left_out=0, cites=_places(missed))

    return function


def _team_size(kind: TeamKind) -> Function:
    def function(scope: Scope) -> Measured:
        teams = [t for t in scope.repository.teams.values() if t.kind is kind and t.founded_on <= scope.as_of]
        size = sum(t.size for t in teams)
        return Measured(value=size, counted=len(teams), left_out=0, cites=tuple(t.source for t in teams))

    return function


def _lessons(counts: Callable[[MicroLesson], bool]) -> Function:
    def function(scope: Scope) -> Measured:
        found = [x for x in scope.repository.lessons.values() if x.published_on <= scope.as_of and counts(x)]
        return Measured(value=len(found), counted=len(found), left_out=0, cites=_places(found))

    return function


def _bands(scope: Scope) -> Measured:
    bands = [band for band in scope.repository.bands.values() if band.in_force(scope.as_of)]
    return Measured(value=len(bands), counted=len(bands), left_out=0, cites=tuple(b.source for b in bands))


def _held_with(counts: Callable[[Activity], bool]) -> Function:
    """The year's activities of any kind that were held by then and of which something is so."""

    def function(scope: Scope) -> Measured:
        held = [a for kind in ActivityKind for a in scope.held(kind) if counts(a)]
        return Measured(value=len(held), counted=len(held), left_out=0, cites=_places(held))

    return function


# --- of the district itself -------------------------------------------------------------------------------------------


def _bodies(number: Callable[[Body], int]) -> Function:
    """What the district's bodies come to; they have no days, so it holds for every year."""

    def function(scope: Scope) -> Measured:
        bodies = scope.repository.district.bodies
        cites = tuple(b.source for b in bodies if number(b))
        return Measured(value=sum(map(number, bodies)), counted=len(bodies), left_out=0, cites=cites)

    return function


def _schemes(kind: SchemeKind) -> Function:
    """Schemes of a kind in use by then."""

    def function(scope: Scope) -> Measured:
        found = [s for s in scope.repository.schemes.values() if s.kind is kind and s.first_day <= scope.as_of]
        return Measured(value=len(found), counted=len(found), left_out=0, cites=tuple(s.source for s in found))

    return function


def _inspected(scope: Scope) -> Measured:
    """The share of schools with a year-end inspection in the year; one that no record tells of is not stated."""
    year, schemes = scope.repository.year(scope.year), scope.repository.schemes
    found = [
        v
        for v in scope.repository.inspections.values()
        if schemes[v.scheme].kind is SchemeKind.YEAR_END
        and v.visited(scope.as_of)
        and year.first_day <= v.visit_on <= year.last_day
    ]
    schools = len({v.school for v in found})
    share = per_cent(schools, scope.schools()) if found else None
    return Measured(value=share, counted=schools, left_out=scope.schools() - schools, cites=_places(found))


def _late_conclusions(scope: Scope) -> Measured:
    """Objections of the year that were concluded after the district's period, or are not and it is over; not stated
    where the district has set none.
    """
    year, district = scope.repository.year(scope.year), scope.repository.district
    raised = [
        (v, v.objection, v.objection.conclude_by(district.parameters_on(v.objection.raised_on)))
        for v in scope.repository.inspections.values()
        if v.objection is not None
        and v.objection.raised_on <= scope.as_of
        and year.first_day <= v.objection.raised_on <= year.last_day
    ]
    if CONCLUSION_MONTHS not in {one.id for one in district.parameters}:
        return Measured(value=None, counted=0, left_out=0, cites=())
    late = [v for v, o, by in raised if by and by < min(o.concluded_on or scope.as_of, scope.as_of)]
    return Measured(value=len(late), counted=len(raised), left_out=0, cites=_places(late))


# --- of releases ------------------------------------------------------------------------------------------------------


def _published(table: str, column: str) -> Function:
    """A total of the year's newest release; not stated where none was published, or where it is suppressed."""

    def function(scope: Scope) -> Measured:
        terms = {term.id for term in scope.repository.year(scope.year).terms}
        found = [release for release in scope.repository.published(scope.as_of) if release.term in terms]
        if not found:
            return Measured(value=None, counted=0, left_out=scope.schools(), cites=())
        cell = found[-1].cells.get(Cell(table=table, row=TOTAL, column=column))
        value, exact = (cell.value, found[-1].limits.exact(cell.value)) if isinstance(cell, Shown) else (None, None)
        counted = len(found[-1].counted)
        return Measured(
            value=value,
            counted=counted,
            left_out=max(0, scope.schools() - counted),
            cites=(found[-1].source,),
            exact=exact,
        )

    return function


def _screened(scope: Scope) -> Release | None:
    """The year's newest release by then of a term with a screening."""
    terms = {term.id for term in scope.repository.year(scope.year).terms}
    cell = Cell(table="participation", row=TOTAL, column="screened")
    found = [
        r
        for r in scope.repository.published(scope.as_of)
        if r.term in terms and isinstance(shown := r.cells.get(cell), Shown) and shown.value
    ]
    return found[-1] if found else None


def _of_screening(cells: Callable[[Release], tuple[Cell, ...]]) -> Function:
    """A sum of published totals of the year's screening; not stated where one of them is suppressed."""

    def function(scope: Scope) -> Measured:
        release = _screened(scope)
        if release is None:
            return Measured(value=None, counted=0, left_out=scope.schools(), cites=())
        found = [release.cells.get(cell) for cell in cells(release)]
        shown = [cell.value for cell in found if isinstance(cell, Shown)]
        counted = len(release.counted)
        return Measured(
            value=sum(shown) if len(shown) == len(found) else None,
            counted=counted,
            left_out=max(0, scope.schools() - counted),
            cites=(release.source,),
        )

    return function


def _focus_cells(release: Release) -> tuple[Cell, ...]:
    """By the levels that the release tells of, whatever they are by now. Where two stand in one column, that counts if
    both are such levels.

    Who needs care needs it whatever found it: where levels are not added up across instruments, the bands stand for the
    total, if each has a row.
    """
    focus = [level.id for level in release.levels if level.focus]
    table, apart = release.table("stage-level"), release.plan.unlike("band")
    rows = [row.id for row in table.rows] if table and apart == {TOTAL} else [TOTAL]
    together = [column for column in table.columns if "+" in column and "/" not in column] if table else []
    both = [column for column in together if {*column.split("+")} <= {*focus}]
    columns = [*(level for level in focus if not any(level in one.split("+") for one in both)), *both]
    return tuple(Cell(table="stage-level", row=row, column=column) for row in rows for column in columns)


MEASURES: Mapping[MeasureName, Function] = {
    MeasureName.COUNSELLING_ROOMS: _rooms,
    MeasureName.SCHOOLS_WITH_ROOM_SHARE: _share_of_returns(_has_room),
    MeasureName.PSYCHOLOGY_TEACHERS: _sum_of_returns(_teachers),
    MeasureName.STAFFING_SHARE: _share_of_returns(_staffed),
    MeasureName.SCHOOLS_WITH_TEACHER_SHARE: _share_of_returns(
        lambda r, _: None if (teachers := _teachers(r)) is None else teachers > 0
    ),
    MeasureName.VICE_PRINCIPAL_GROUP_SHARE: _share_of_returns(_vice_principal),
    MeasureName.SOFTWARE_SHARE: _share_of_returns(lambda r, _: r.assessment_software),
    MeasureName.COMPLETE_FILES_SHARE: _share_of_returns(
        lambda r, _: None if r.work_files is None else set(r.work_files) == set(WorkFile)
    ),
    MeasureName.MEETINGS_EVERY_TERM_SHARE: _share_of_returns(_met_every_term),
    MeasureName.PUPILS_SERVED: _sum_of_returns(lambda r: r.pupils_served),
    MeasureName.ENROLMENT: _sum_of_returns(lambda r: sum(r.enrolment.values())),
    MeasureName.EXPERT_GROUP_SIZE: _team_size(TeamKind.EXPERT),
    MeasureName.VOLUNTEER_TEAM_SIZE: _team_size(TeamKind.VOLUNTEER),
    MeasureName.MICRO_LESSONS: _lessons(lambda _: True),
    MeasureName.MICRO_LESSONS_PUPIL: _lessons(lambda x: x.audience is LessonAudience.PUPIL),
    MeasureName.MICRO_LESSONS_PARENT: _lessons(lambda x: x.audience is LessonAudience.PARENT and x.video),
    MeasureName.CURRICULUM_BANDS: _bands,
    MeasureName.GUIDANCE_SESSIONS: _number_of(ActivityKind.GUIDANCE),
    MeasureName.FEWEST_GUIDANCE_A_TERM: _fewest(ActivityKind.GUIDANCE, PeriodKind.TERM),
    MeasureName.FEWEST_LECTURES_A_MONTH: _fewest(ActivityKind.LECTURE, PeriodKind.MONTH),
    MeasureName.MONTHLY_LECTURES: _number_of(ActivityKind.LECTURE),
    MeasureName.TRAINING_SPEND_YUAN: _sum_of(ActivityKind.TRAINING, lambda a: a.spend_yuan),
    MeasureName.TEACHERS_SENT: _sum_of(ActivityKind.EXCHANGE, lambda a: a.teachers_sent),
    MeasureName.RECORDED_PROGRAMMES: _number_of(ActivityKind.RECORDING),
    MeasureName.PROGRAMME_VIEWERS: _sum_of(ActivityKind.RECORDING, lambda a: a.viewers),
    MeasureName.PARENT_LECTURES: _number_of(ActivityKind.PARENT_LECTURE),
    MeasureName.PARENT_LECTURE_ATTENDANCE: _sum_of(ActivityKind.PARENT_LECTURE, lambda a: a.participants),
    MeasureName.COMMUNITY_VISITS: _number_of(ActivityKind.COMMUNITY),
    MeasureName.LIVE_BROADCASTS: _number_of(ActivityKind.BROADCAST),
    MeasureName.OUTREACH_MISSED: _missed(_OUTREACH),
    MeasureName.GUIDANCE_CENTRES: _bodies(lambda b: b.kind is BodyKind.GUIDANCE_CENTRE),
    MeasureName.LEADING_GROUPS_BY_DIRECTOR: _bodies(
        lambda b: b.kind is BodyKind.LEADING_GROUP and b.headed_by_director is True
    ),
    MeasureName.RESEARCH_POSTS: _bodies(lambda b: b.research_posts or 0),
    MeasureName.DEMONSTRATION_SCHEMES: _schemes(SchemeKind.DEMONSTRATION),
    MeasureName.INDEX_SCHEMES: _schemes(SchemeKind.INDEX),
    MeasureName.INSPECTED_SHARE: _inspected,
    MeasureName.LATE_CONCLUSIONS: _late_conclusions,
    MeasureName.LIAISON_MEETINGS: _number_of(ActivityKind.LIAISON),
    MeasureName.TRAINING_REFORM_ACTIVITIES: _held_with(lambda a: a.strand is Strand.TRAINING_REFORM),
    MeasureName.ABILITY_ACTIVITIES: _held_with(lambda a: a.strand is Strand.ABILITY),
    MeasureName.WELLBEING_ACTIVITIES: _held_with(lambda a: a.strand is Strand.WELLBEING),
    MeasureName.ANNUAL_MEETINGS: _held_with(lambda a: a.kind is ActivityKind.EXCHANGE and a.society is not None),
    MeasureName.LECTURER_GROUP_SIZE: _team_size(TeamKind.LECTURER),
    MeasureName.RESULTS_REVIEWED: _of_screening(lambda _: (Cell(table="services", row=TOTAL, column="reviewed"),)),
    MeasureName.FOCUS_PUPILS: _of_screening(_focus_cells),
    MeasureName.PUPILS_SCREENED: _published("participation", "screened"),
    MeasureName.ELECTRONIC_FILES: _published("files", "electronic-files"),
    MeasureName.PAPER_FILES: _published("files", "paper-files"),
}
