"""School measures: what one school's return, or its inspections, say about one thing in one period, and which fields
say so.

Owns the function behind every SchoolMeasure. What was not stated is None, never zero and never "no". Events of a period
(meetings, follow-up, lessons) are only known to be missing once a return was filed after the period; until then what is
not there yet is not stated. Must not know rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeAlias

from msgspec import Struct

from generator.model.curriculum import Band
from generator.model.district import SchoolYear, Term, Window
from generator.model.duties import (
    CONSENT,
    CRISIS,
    MECHANISM,
    ROOM_AREAS,
    ROOM_EQUIPMENT,
    ROOM_OPENING,
    SERVICES,
    SLEEP,
    PeriodKind,
    SchoolMeasure,
    Value,
)
from generator.model.ids import BandId
from generator.model.inspections import Inspection, Mending, SchemeId, SchemeKind
from generator.model.schools import Return, Room
from generator.problems import Position
from generator.text import Text

FieldPath: TypeAlias = "tuple[str, ...]"


class Period(Struct, frozen=True, kw_only=True):
    """A school year, or a term, window or month of it; the id of a month is `2026-09`, of a window that of its term and
    its own.
    """

    id: str
    title: Text | None
    term: str
    first_day: date
    last_day: date


class MeasureInput(Struct, frozen=True, kw_only=True):
    """What a measure may look at: one return, one period, the curriculum's bands; with `until`, nothing that happened
    after that day.
    """

    found: Return
    period: Period
    bands: Mapping[BandId, Band]
    until: date | None = None

    def happened(self, day: date | None) -> bool:
        """Whether something had happened by then; of what has no day nobody can say that it had not."""
        return self.until is None or day is None or day <= self.until

    @property
    def over(self) -> bool:
        """Whether the return was filed after the period's end: what it does not list did not happen."""
        return self.found.filed_on > self.period.last_day


SchoolFunction: TypeAlias = "Callable[[MeasureInput], Value | None]"


class Measurable(Struct, frozen=True, kw_only=True):
    """A measure's function and the fields of the return that it reads.

    `unanswered` are the words of a measure that the return leaves open.
    """

    value: SchoolFunction
    fields: tuple[FieldPath, ...]
    unanswered: Callable[[Return], frozenset[str]] | None = None


def periods(kind: PeriodKind, year: SchoolYear) -> tuple[Period, ...]:
    """The periods of a school year, in their order."""
    match kind:
        case PeriodKind.YEAR:
            return (Period(id=year.id, title=None, term="", first_day=year.first_day, last_day=year.last_day),)
        case PeriodKind.TERM:
            return tuple(
                Period(id=t.id, title=t.title, term=t.id, first_day=t.first_day, last_day=t.last_day)
                for t in year.terms
            )
        case PeriodKind.WINDOW:
            return tuple(_window(t, w) for t in year.terms for w in t.windows)
        case PeriodKind.MONTH:
            return tuple(_month(t, first) for t in year.terms for first in _months(t))


def _window(term: Term, window: Window) -> Period:
    return Period(
        id=f"{term.id}/{window.id}",
        title=window.title,
        term=term.id,
        first_day=window.first_day,
        last_day=window.last_day,
    )


def _months(term: Term) -> tuple[date, ...]:
    """The first days of the months of a term that hold at least half a month of it."""
    firsts = []
    year, month = term.first_day.year, term.first_day.month
    while date(year, month, 1) <= term.last_day:
        if _overlap(term, date(year, month, 1)) >= 15:
            firsts.append(date(year, month, 1))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return tuple(firsts)


def _end_of(first: date) -> date:
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)


def _overlap(term: Term, first: date) -> int:
    return (min(term.last_day, _end_of(first)) - max(term.first_day, first)).days + 1


def _month(term: Term, first: date) -> Period:
    last = min(term.last_day, _end_of(first))
    return Period(id=f"{first:%Y-%m}", title=None, term=term.id, first_day=max(term.first_day, first), last_day=last)


# --- the measures -----------------------------------------------------------------------------------------------------


def _stated(value: Callable[[Return], Value | None]) -> SchoolFunction:
    """A measure of the return alone."""
    return lambda look: value(look.found)


def _of_room(value: Callable[[Room], Value | None]) -> SchoolFunction:
    """A measure of the counselling room; not stated where the return states no room."""
    return lambda look: None if look.found.room is None else value(look.found.room)


def _words(names: tuple[str, ...], has: Callable[[Return], tuple[bool | None, ...]], *fields: FieldPath) -> Measurable:
    """The words that the return says yes to; not stated where it answers none of them."""

    def value(look: MeasureInput) -> Value | None:
        answers = has(look.found)
        if all(answer is None for answer in answers):
            return None
        return tuple(name for name, answer in zip(names, answers, strict=True) if answer)

    def unanswered(found: Return) -> frozenset[str]:
        return frozenset(name for name, answer in zip(names, has(found), strict=True) if answer is None)

    return Measurable(value=value, fields=fields, unanswered=unanswered)


def _equipment(found: Return) -> tuple[bool | None, ...]:
    room = found.room
    return (
        (None,) * 5
        if room is None
        else (room.sand_table, room.venting, room.assessment_computer, room.expressive_art, room.relaxation)
    )


def _areas(found: Return) -> tuple[bool | None, ...]:
    room = found.room
    if room is None:
        return (None,) * 4
    individual = None if room.individual_m2 is None else bool(room.individual_m2)
    return (individual, _more_than_none(room.group_m2), _more_than_none(room.office_m2), room.letter_box)


def _more_than_none(area: float | None) -> bool | None:
    return None if area is None else area > 0


def _opening(found: Return) -> tuple[bool | None, ...]:
    room = found.room
    return (None,) * 3 if room is None else (room.open_every_school_day, room.open_outside_lessons, room.duty_person)


def _crisis(found: Return) -> tuple[bool | None, ...]:
    return (None,) * 2 if found.crisis is None else (found.crisis.workflow, found.crisis.referral_log)


def _mechanism(found: Return) -> tuple[bool | None, ...]:
    teachers = None if found.staff is None else found.staff.full_time + found.staff.part_time > 0
    workflow = None if found.crisis is None else found.crisis.workflow
    return (has_room(found), teachers, found.assessment_software, workflow)


def has_room(found: Return) -> bool | None:
    """Whether the school has a counselling room; None where the return does not say."""
    return True if found.room is not None else found.has_room


def _has_room(look: MeasureInput) -> bool | None:
    room = look.found.room
    return has_room(look.found) if room is None else look.happened(room.opened_on)


def _head(look: MeasureInput) -> str | None:
    group = look.found.leading_group
    return None if group is None or not look.happened(group.founded_on) else group.head_role.value


def _teachers(found: Return) -> int | None:
    return None if found.staff is None else found.staff.full_time + found.staff.part_time


def _counted(look: MeasureInput, number: int) -> int | None:
    """A number of events: none so far is only said once the period is over."""
    return number if number or look.over else None


def _meetings(look: MeasureInput) -> int | None:
    if look.found.meetings is None:
        return None
    return _counted(
        look, sum(m.minuted and look.happened(m.held_on) for m in look.found.meetings if m.term == look.period.term)
    )


def _guidance(look: MeasureInput) -> int | None:
    attended = [a.guidance for a in look.found.attendance or () if a.term == look.period.term]
    return sum(attended) if attended else None


def _follow_up(look: MeasureInput) -> bool | None:
    window = look.period.id.rpartition("/")[2]
    reported = [f for f in look.found.follow_ups or () if f.term == look.period.term and f.window == window]
    done = [f.done and look.happened(f.done_on) for f in reported]
    return done[0] if done else None


def _bands(look: MeasureInput) -> tuple[BandId, ...]:
    """The curriculum bands that the school teaches: those it names, or all of its stages, as far as they are in force.

    Of a period the first day tells: for all of it.
    """
    present = {band.id: band.stage for band in look.bands.values() if band.in_force(look.period.first_day)}
    own = look.found.bands or [band for band, stage in present.items() if stage in look.found.classes]
    return tuple(band for band in own if band in present)


def _bands_due(look: MeasureInput) -> int:
    return len(_bands(look))


def _lessons(look: MeasureInput) -> list[int] | None:
    """Lessons a class in the bands that the school teaches.

    A band that the return does not list is not stated: then nothing is said, unless a band with none decides.
    """
    given = {x.band: x.per_class for x in look.found.lessons or () if x.term == look.period.term}
    listed = [given[band] for band in _bands(look) if band in given]
    return listed if len(listed) == len(_bands(look)) or 0 in listed else None


def _bands_taught(look: MeasureInput) -> int | None:
    lessons = _lessons(look)
    return None if lessons is None else sum(number > 0 for number in lessons)


def _fewest(look: MeasureInput) -> int | None:
    lessons = _lessons(look)
    return min(lessons) if lessons else None


def _practical(look: MeasureInput) -> bool | None:
    if look.found.school_day is None:
        return None
    held = look.period.id in look.found.school_day.practical_months
    return held or (False if look.over else None)


def _bands_reaching(look: MeasureInput) -> int | None:
    """Bands with at least the district's number of lessons; nothing is said while one is not stated."""
    lessons = _lessons(look)
    if lessons is None:
        return None
    given = {x.band: x.per_class for x in look.found.lessons or () if x.term == look.period.term}
    asked = {band: look.bands[band].lessons_on(look.period.first_day) for band in _bands(look)}
    return sum(given.get(band, 0) >= least for band, least in asked.items())


def _services(found: Return) -> tuple[bool | None, ...]:
    room = found.room
    return (None,) * 3 if room is None else (room.expressive_art, room.relaxation, room.interviews)


def _consent(found: Return) -> tuple[bool | None, ...]:
    asked = found.screening_consent
    return (None,) * 2 if asked is None else (asked.guardians_informed, asked.consent_asked)


def _sleep(found: Return) -> tuple[bool | None, ...]:
    day = found.school_day
    if day is None:
        return (None,) * 2
    return (day.sleep_watched, None if day.early_arrival is None else not day.early_arrival)


_VISITS = 2  # a term, by the regulation: before the term is over fewer may still become as many


def _regular_visits(look: MeasureInput) -> int | None:
    if look.found.supervisor_visits is None:
        return None
    visits = sum(v.term == look.period.term and look.happened(v.visited_on) for v in look.found.supervisor_visits)
    return visits if look.over or visits >= _VISITS else None


def _sealed(_: MeasureInput) -> None:
    """Open records never hold these: a release gives their verdicts."""


_M = SchoolMeasure
MEASURABLE: Mapping[str, Measurable] = {  # a SchoolMeasure is text: rules name it by its value
    _M.CLASSES: Measurable(value=_stated(lambda r: sum(r.classes.values())), fields=(("classes",),)),
    _M.ENROLMENT: Measurable(value=_stated(lambda r: sum(r.enrolment.values())), fields=(("enrolment",),)),
    _M.STAGES: Measurable(value=_stated(lambda r: len(r.classes)), fields=(("classes",),)),
    _M.LEADING_GROUP_HEAD: Measurable(
        value=_head,
        fields=(("leading_group", "head_role"),),
    ),
    _M.MINUTED_MEETINGS: Measurable(value=_meetings, fields=(("meetings",),)),
    _M.WORK_FILES: Measurable(
        value=_stated(lambda r: None if r.work_files is None else tuple(f.value for f in r.work_files)),
        fields=(("work_files",),),
    ),
    _M.TEACHERS: Measurable(value=_stated(_teachers), fields=(("staff", "full_time"), ("staff", "part_time"))),
    _M.FULL_TIME_TEACHERS: Measurable(
        value=_stated(lambda r: None if r.staff is None else r.staff.full_time), fields=(("staff", "full_time"),)
    ),
    _M.HAS_ROOM: Measurable(value=_has_room, fields=(("room",), ("has_room",))),
    _M.ROOM_EQUIPMENT: _words(ROOM_EQUIPMENT, _equipment, ("room",)),
    _M.SMALLEST_INDIVIDUAL_ROOM: Measurable(
        value=_of_room(lambda room: min(room.individual_m2 or (), default=None)), fields=(("room", "individual_m2"),)
    ),
    _M.GROUP_ROOM: Measurable(value=_of_room(lambda room: room.group_m2), fields=(("room", "group_m2"),)),
    _M.OFFICE_AREA: Measurable(value=_of_room(lambda room: room.office_m2), fields=(("room", "office_m2"),)),
    _M.ROOM_AREAS: _words(ROOM_AREAS, _areas, ("room",)),
    _M.ROOM_OPENING: _words(ROOM_OPENING, _opening, ("room",)),
    _M.FREE_OF_CHARGE: Measurable(
        value=_of_room(lambda room: room.free_of_charge), fields=(("room", "free_of_charge"),)
    ),
    _M.GROWTH_RECORDS: Measurable(
        value=_of_room(lambda room: room.growth_records), fields=(("room", "growth_records"),)
    ),
    _M.EARMARKED_YUAN: Measurable(value=_stated(lambda r: r.earmarked_yuan), fields=(("earmarked_yuan",),)),
    _M.CRISIS_ARRANGEMENTS: _words(CRISIS, _crisis, ("crisis",)),
    _M.GUARDIANS_TOLD: Measurable(
        value=_stated(lambda r: None if r.crisis is None else r.crisis.guardians_told_at_once),
        fields=(("crisis", "guardians_told_at_once"),),
    ),
    _M.MECHANISM: _words(
        MECHANISM, _mechanism, ("room",), ("has_room",), ("staff",), ("assessment_software",), ("crisis", "workflow")
    ),
    _M.ASSESSMENT_SOFTWARE: Measurable(
        value=_stated(lambda r: r.assessment_software), fields=(("assessment_software",),)
    ),
    _M.FOLLOW_UP_DONE: Measurable(value=_follow_up, fields=(("follow_ups",),)),
    _M.GUIDANCE_ATTENDED: Measurable(value=_guidance, fields=(("attendance",),)),
    _M.BANDS_TAUGHT: Measurable(value=_bands_taught, fields=(("lessons",),)),
    _M.BANDS_DUE: Measurable(value=_bands_due, fields=(("bands",), ("classes",))),
    _M.FEWEST_LESSONS: Measurable(value=_fewest, fields=(("lessons",),)),
    _M.PRACTICAL_ACTIVITY: Measurable(value=_practical, fields=(("school_day", "practical_months"),)),
    _M.EXERCISE_HOURS: Measurable(
        value=_stated(lambda r: None if r.school_day is None else r.school_day.exercise_hours),
        fields=(("school_day", "exercise_hours"),),
    ),
    _M.RANKS_BY_SCORE: Measurable(
        value=_stated(lambda r: None if r.school_day is None else r.school_day.ranks_by_score),
        fields=(("school_day", "ranks_by_score"),),
    ),
    _M.PERSON_IN_CHARGE: Measurable(value=_stated(lambda r: r.person_in_charge), fields=(("person_in_charge",),)),
    _M.ROOM_SERVICES: _words(SERVICES, _services, ("room",)),
    _M.CERTIFIED_TEACHERS: Measurable(
        value=_stated(lambda r: None if r.staff is None else r.staff.certified), fields=(("staff", "certified"),)
    ),
    _M.BANDS_REACHING: Measurable(value=_bands_reaching, fields=(("lessons",),)),
    _M.SCREENING_CONSENT: _words(CONSENT, _consent, ("screening_consent",)),
    _M.RETURN_SETTLED: Measurable(
        value=_stated(lambda r: None if r.crisis is None else r.crisis.return_settled),
        fields=(("crisis", "return_settled"),),
    ),
    _M.REGULAR_VISITS: Measurable(value=_regular_visits, fields=(("supervisor_visits",),)),
    _M.PHONES_KEPT_OUT: Measurable(
        value=_stated(lambda r: None if r.school_day is None else r.school_day.phones_kept_out),
        fields=(("school_day", "phones_kept_out"),),
    ),
    _M.SLEEP_CARE: _words(SLEEP, _sleep, ("school_day", "sleep_watched"), ("school_day", "early_arrival")),
    _M.SPECIAL_GROUP_PLANS: Measurable(
        value=_stated(lambda r: None if r.school_day is None else r.school_day.special_group_plans),
        fields=(("school_day", "special_group_plans"),),
    ),
    _M.SCREENING_COVERAGE: Measurable(value=_sealed, fields=()),
    _M.ELECTRONIC_FILES: Measurable(value=_sealed, fields=()),
    _M.PAPER_FILES: Measurable(value=_sealed, fields=()),
}


# What happened on a day: with these, met late is told apart from met.
DATED: frozenset[str] = frozenset(
    {_M.MINUTED_MEETINGS, _M.FOLLOW_UP_DONE, _M.REGULAR_VISITS, _M.HAS_ROOM, _M.LEADING_GROUP_HEAD}
)


# --- what inspections say ---------------------------------------------------------------------------------------------


class Visits(Struct, frozen=True, kw_only=True):
    """What a measure of inspections may look at: a school's inspections visited by the end of `on`, what their schemes
    are, one period.
    """

    inspections: tuple[Inspection, ...]
    kinds: Mapping[SchemeId, SchemeKind]
    period: Period
    on: date


class Inspected(Struct, frozen=True, kw_only=True):
    """A measure's function, the field of an inspection that it reads, and the places of that field that it counted.

    `due` is the last day that the inspections themselves set, where they set one: for rules whose due day is counted
    from it.
    """

    value: Callable[[Visits], Value | None]
    field: FieldPath
    places: Callable[[Visits], tuple[tuple[Inspection, Position], ...]]
    due: Callable[[Visits], date | None] = lambda _: None


def _special(visits: Visits) -> tuple[tuple[Inspection, Position], ...]:
    first, last, kinds = visits.period.first_day, visits.period.last_day, visits.kinds
    found = [v for v in visits.inspections if kinds[v.scheme] is SchemeKind.YEAR_END and first <= v.visit_on <= last]
    return tuple((v, v.place(("visit_on",))) for v in found)


def _demanded(visits: Visits) -> tuple[tuple[Inspection, Position], ...]:
    return tuple((v, r.source) for v in visits.inspections for _, r in v.rectifications(visits.on))


def _days(visits: Visits, mending: Mending) -> list[date]:
    """The last days of what stands so."""
    demanded = [r for v in visits.inspections for _, r in v.rectifications(visits.on)]
    return [r.due for r in demanded if r.mending(visits.on) is mending]


def _overdue(visits: Visits) -> int:
    return len(_days(visits, Mending.OVERDUE))


def _first_due(visits: Visits) -> date | None:
    """The last day of what has been overdue for longest; with nothing overdue, the next that comes."""
    return min(_days(visits, Mending.OVERDUE) or _days(visits, Mending.OPEN), default=None)


_DUE: FieldPath = ("findings", "rectification", "due")
# An inspection that no record tells of is not stated. What inspections demanded is known: they are the district's own
# records.
INSPECTED: Mapping[str, Inspected] = {
    _M.SPECIAL_INSPECTIONS: Inspected(
        value=lambda visits: len(_special(visits)) or None, field=("visit_on",), places=_special
    ),
    _M.RECTIFICATION_DEMANDED: Inspected(value=lambda visits: bool(_demanded(visits)), field=_DUE, places=_demanded),
    _M.OVERDUE_RECTIFICATIONS: Inspected(value=_overdue, field=_DUE, places=_demanded, due=_first_due),
}
