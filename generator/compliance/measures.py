"""Measures: named figures that can be worked out from the records, and what each rests on.

Owns the one definition of every figure that claims, targets and rules may cite. A measure looks at one school year and
only at what was known at the end of a day; what was not stated is left out and counted, never taken for zero or "no".
Must not know who cites it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from typing import Any

from msgspec import Struct

from generator.compliance.school_measures import has_room, periods
from generator.model.cells import Cell, Shown
from generator.model.curriculum import LessonAudience, MicroLesson
from generator.model.district import Body, BodyKind
from generator.model.duties import PeriodKind
from generator.model.ids import SchoolId, YearId
from generator.model.inspections import CONCLUSION_MONTHS, Inspection, SchemeKind
from generator.model.people import TeamKind
from generator.model.programme import Activity, ActivityKind, ActivityState, MeasureName, Strand
from generator.model.registry import TOTAL
from generator.model.releases import Release
from generator.model.schools import HeadRole, Return, WorkFile
from generator.problems import Position
from generator.records.blocks import blocks
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
    cites: Sequence[Position]
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

    def schools(self) -> int:
        """How many schools there were: those open then, and any that filed."""
        return _of_all(self.repository, self.year, self.as_of)[0]

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


Function = Callable[[Scope], Measured]
Stated = Callable[[Return, Scope], int | None]


def measure(name: MeasureName, repository: Repository, year: YearId, as_of: date) -> Measured:
    """The figure `name` of a school year as it was known at the end of `as_of`."""
    return _measured(repository, name, year, as_of)


@told_once
def _measured(repository: Repository, name: MeasureName, year: YearId, as_of: date) -> Measured:
    return MEASURES[name](Scope(repository=repository, year=year, as_of=as_of))


# --- of schools -------------------------------------------------------------------------------------------------------


class ReturnsTally(Struct, frozen=True, array_like=True):
    """What some returns come to: the sum of what they state, how many state anything, and which of the schools they
    are of are cited, by bits.
    """

    total: int
    counted: int
    cited: int


class ReturnsTold(Struct, frozen=True, array_like=True):
    """What is told of a few schools: how many of them there were, open or with a return, and for each of OF_RETURNS
    what their returns come to.
    """

    schools: int
    tallies: tuple[ReturnsTally, ...]


class ReturnPlaces(Sequence[Position]):
    """Where returns stand. They are looked for when somebody asks for one of them."""

    def __init__(self, scope: Scope, number: int) -> None:
        self._scope, self._number = scope, number

    def __len__(self) -> int:
        return sum(cited.bit_count() for *_, cited in self._parts)

    def __iter__(self) -> Iterator[Position]:
        return (place for schools, _, cited in self._parts for place in self._places(schools, cited))

    def __getitem__(self, index: Any) -> Any:
        return tuple(self)[index]

    @cached_property
    def _parts(self) -> Sequence[tuple[Sequence[SchoolId], ReturnsTold, int]]:
        told = _told(self._scope.repository, self._scope.year, self._scope.as_of)
        return [(schools, one, one.tallies[self._number].cited) for schools, one in told]

    def _places(self, schools: Sequence[SchoolId], cited: int) -> list[Position]:
        returns, year = self._scope.repository.returns, self._scope.year
        return [returns[school, year].source for bit, school in enumerate(schools) if cited >> bit & 1]

    def __eq__(self, other: object) -> bool:
        """Whether the others are the same. What was told once, of returns that did not change, is one object."""
        if not isinstance(other, ReturnPlaces):
            return isinstance(other, Sequence) and tuple(self) == tuple(other)
        pairs = zip(self._parts, other._parts, strict=False)
        same = len(self._parts) == len(other._parts) and all(
            one[1] is another[1] or self._places(one[0], one[2]) == other._places(another[0], another[2])
            for one, another in pairs
        )
        return same or tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return len(self)

    def __repr__(self) -> str:
        return repr(tuple(self))  # of which pages are made is told by what it says


@told_once
def _told(repository: Repository, year: YearId, as_of: date) -> tuple[tuple[Sequence[SchoolId], ReturnsTold], ...]:
    scope, name = Scope(repository=repository, year=year, as_of=as_of), f"returns {year} {as_of}"
    return tuple(
        (schools, repository.told(name, schools, partial(_of_some, scope, schools)))
        for schools in blocks(repository.schools)
    )


def _of_some(scope: Scope, schools: Sequence[SchoolId]) -> ReturnsTold:
    records, filed = scope.repository, dict[int, Return]()
    for bit, school in enumerate(schools):
        found = records.returns.get((school, scope.year))
        if found is not None and found.filed_on <= scope.as_of:
            filed[bit] = found
    there = sum(bit in filed or records.schools[s].is_open(scope.as_of) for bit, s in enumerate(schools))
    return ReturnsTold(schools=there, tallies=tuple(_tally(scope, filed, name) for name in OF_RETURNS))


def _tally(scope: Scope, filed: Mapping[int, Return], name: MeasureName) -> ReturnsTally:
    total = counted = cited = 0
    for bit, found in filed.items():
        value = OF_RETURNS[name](found, scope)
        if value is not None:
            total, counted = total + value, counted + 1
            if value or name is not MeasureName.COUNSELLING_ROOMS:  # a room that is not there is cited nowhere
                cited |= 1 << bit
    return ReturnsTally(total=total, counted=counted, cited=cited)


@told_once
def _of_all(repository: Repository, year: YearId, as_of: date) -> tuple[int, Sequence[tuple[int, int]]]:
    """How many schools there were, and for each of OF_RETURNS the sum of what all returns state and how many do."""
    told = [one for _, one in _told(repository, year, as_of)]
    each = zip(*(one.tallies for one in told), strict=True)
    sums = [(sum(one.total for one in tallies), sum(one.counted for one in tallies)) for tallies in each]
    return sum(one.schools for one in told), sums or [(0, 0)] * len(OF_RETURNS)


def _added(scope: Scope, name: MeasureName) -> tuple[int, int, ReturnPlaces]:
    """What all returns come to: the sum, how many state it, where these stand."""
    number = _ORDER[name]
    return *_of_all(scope.repository, scope.year, scope.as_of)[1][number], ReturnPlaces(scope, number)


def _sum_of_returns(name: MeasureName) -> Function:
    def function(scope: Scope) -> Measured:
        total, counted, cites = _added(scope, name)
        left_out = scope.schools() - counted
        return Measured(value=total if counted else None, counted=counted, left_out=left_out, cites=cites)

    return function


def _share_of_returns(name: MeasureName) -> Function:
    """The share of schools that meet something, of those that state it."""

    def function(scope: Scope) -> Measured:
        number, counted, cites = _added(scope, name)
        left_out = scope.schools() - counted
        return Measured(
            value=per_cent(number, counted) if counted else None,
            counted=counted,
            left_out=left_out,
            cites=cites,
            most=per_cent(number + left_out, counted + left_out) if counted else None,
        )

    return function


def per_cent(part: int, whole: int) -> int | float:
    """Cut, not rounded: 100 is said only of all."""
    hundredths = 10_000 * part // whole
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


def _places(records: Iterable[Activity | MicroLesson | Inspection]) -> tuple[Position, ...]:
    return tuple(r.source for r in records)


def _has_room(found: Return, scope: Scope) -> bool | None:
    """None where the return does not say."""
    opened = found.room.opened_on if found.room else None
    return has_room(found) if opened is None else opened <= scope.as_of


def _rooms(scope: Scope) -> Measured:
    rooms, counted, cites = _added(scope, MeasureName.COUNSELLING_ROOMS)
    value = rooms if counted else None
    return Measured(value=value, counted=counted, left_out=scope.schools() - counted, cites=cites)


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


# What a return states, yes and no as 1 and 0; None where it does not.
OF_RETURNS: Mapping[MeasureName, Stated] = {
    MeasureName.COUNSELLING_ROOMS: _has_room,
    MeasureName.SCHOOLS_WITH_ROOM_SHARE: _has_room,
    MeasureName.PSYCHOLOGY_TEACHERS: lambda r, _: _teachers(r),
    MeasureName.STAFFING_SHARE: _staffed,
    MeasureName.SCHOOLS_WITH_TEACHER_SHARE: lambda r, _: None if (teachers := _teachers(r)) is None else teachers > 0,
    MeasureName.VICE_PRINCIPAL_GROUP_SHARE: _vice_principal,
    MeasureName.SOFTWARE_SHARE: lambda r, _: r.assessment_software,
    MeasureName.COMPLETE_FILES_SHARE: lambda r, _: None if r.work_files is None else set(r.work_files) == set(WorkFile),
    MeasureName.MEETINGS_EVERY_TERM_SHARE: _met_every_term,
    MeasureName.PUPILS_SERVED: lambda r, _: r.pupils_served,
    MeasureName.ENROLMENT: lambda r, _: sum(r.enrolment.values()),
}
_ORDER = {name: number for number, name in enumerate(OF_RETURNS)}


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
    MeasureName.SCHOOLS_WITH_ROOM_SHARE: _share_of_returns(MeasureName.SCHOOLS_WITH_ROOM_SHARE),
    MeasureName.PSYCHOLOGY_TEACHERS: _sum_of_returns(MeasureName.PSYCHOLOGY_TEACHERS),
    MeasureName.STAFFING_SHARE: _share_of_returns(MeasureName.STAFFING_SHARE),
    MeasureName.SCHOOLS_WITH_TEACHER_SHARE: _share_of_returns(MeasureName.SCHOOLS_WITH_TEACHER_SHARE),
    MeasureName.VICE_PRINCIPAL_GROUP_SHARE: _share_of_returns(MeasureName.VICE_PRINCIPAL_GROUP_SHARE),
    MeasureName.SOFTWARE_SHARE: _share_of_returns(MeasureName.SOFTWARE_SHARE),
    MeasureName.COMPLETE_FILES_SHARE: _share_of_returns(MeasureName.COMPLETE_FILES_SHARE),
    MeasureName.MEETINGS_EVERY_TERM_SHARE: _share_of_returns(MeasureName.MEETINGS_EVERY_TERM_SHARE),
    MeasureName.PUPILS_SERVED: _sum_of_returns(MeasureName.PUPILS_SERVED),
    MeasureName.ENROLMENT: _sum_of_returns(MeasureName.ENROLMENT),
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
