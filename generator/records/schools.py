"""Schools and their returns: from Documents to records, what is wrong within one file, and references.

Owns these. Must not know what is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from generator.model.district import SchoolYear
from generator.model.ids import BandId, SchoolId, TermId, YearId
from generator.model.schools import (
    STAGES_OF,
    STATED_ONCE,
    AnsweredDoubt,
    Attendance,
    Crisis,
    DoubtKind,
    FollowUp,
    HeadRole,
    LeadingGroup,
    Lessons,
    Meeting,
    Ownership,
    Return,
    Room,
    School,
    SchoolDay,
    SchoolShape,
    SchoolType,
    ScreeningConsent,
    Staff,
    Stage,
    SupervisorVisit,
    WorkFile,
)
from generator.problems import Position, Problem, problem
from generator.records.curriculum import BAND
from generator.records.district import AREA, TERM, TERM_OF_YEAR, WINDOW, YEAR
from generator.records.fields import Node, former_in_order, in_order, inside, stated_once
from generator.records.references import Known, Offer, Reference, Referent, listed

SCHOOL: Referent[School] = Referent(kind="school", zh="学校", en="school")
_P = TypeVar("_P")


# --- parsing ----------------------------------------------------------------------------------------------------------


def parse_school(node: Node) -> School:
    """The School of a file."""
    return School(
        id=SchoolId(node.data["id"]),
        title=node.text("title"),
        type=SchoolType(node.data["type"]),
        stages=node.members("stages", Stage),
        area=node.data["area"],
        owner=Ownership(node.data["owner"]) if "owner" in node.data else None,
        campuses=tuple(campus.text("title") for campus in node.nodes("campuses")),
        opened_on=node.day_or_none("opened_on"),
        closed_on=node.day_or_none("closed_on"),
        merged_into=SchoolId(node.data["merged_into"]) if "merged_into" in node.data else None,
        split_from=SchoolId(node.data["split_from"]) if "split_from" in node.data else None,
        earlier_names=node.former("earlier_names", lambda name: name.text("title")),
        earlier_stages=node.former("earlier_stages", _shape),
        counted_on=node.day("counted_on"),
        classes=node.by_stage("classes"),
        enrolment=node.by_stage("enrolment"),
        place=node.place,
        source=node.at(),
    )


def _shape(node: Node) -> SchoolShape:
    return SchoolShape(type=SchoolType(node.data["type"]), stages=node.members("stages", Stage))


def _each(node: Node, name: str, make: Callable[[Node], _P]) -> tuple[_P, ...] | None:
    """A list that may not have been stated: None if not."""
    return tuple(map(make, node.nodes(name))) if name in node.data else None


def _one(node: Node, name: str, make: Callable[[Node], _P]) -> _P | None:
    inner = node.node(name)
    return make(inner) if inner is not None else None


def parse_return(node: Node) -> Return:
    """The Return of a file."""
    return Return(
        school=SchoolId(node.data["school"]),
        year=YearId(node.data["year"]),
        filed_on=node.day("filed_on"),
        filed_by=node.data["filed_by"],
        counted_on=node.day("counted_on"),
        classes=node.by_stage("classes"),
        enrolment=node.by_stage("enrolment"),
        bands=tuple(map(BandId, node.data["bands"])) if "bands" in node.data else None,
        leading_group=_one(node, "leading_group", _leading_group),
        meetings=_each(node, "meetings", _meeting),
        work_files=node.members("work_files", WorkFile) if "work_files" in node.data else None,
        person_in_charge=node.get("person_in_charge"),
        staff=_one(node, "staff", _staff),
        attendance=_each(node, "attendance", _attendance),
        has_room=node.get("has_room"),
        room=_one(node, "room", _room),
        assessment_software=node.get("assessment_software"),
        screening_consent=_one(node, "screening_consent", _screening_consent),
        follow_ups=_each(node, "follow_ups", _follow_up),
        supervisor_visits=_each(node, "supervisor_visits", _supervisor_visit),
        crisis=_one(node, "crisis", _crisis),
        lessons=_each(node, "lessons", _lessons),
        school_day=_one(node, "school_day", _school_day),
        earmarked_yuan=node.whole_or_none("earmarked_yuan"),
        pupils_served=node.whole_or_none("pupils_served"),
        note=node.get("note"),
        confirmed=_each(node, "confirmed", _answered),
        place=node.place,
        source=node.at(),
    )


def _answered(node: Node) -> AnsweredDoubt:
    return AnsweredDoubt(doubt=DoubtKind(node.data["doubt"]), reason=node.data["reason"])


def _leading_group(node: Node) -> LeadingGroup:
    return LeadingGroup(
        head_role=HeadRole(node.data["head_role"]), members=node.whole("members"), founded_on=node.day("founded_on")
    )


def _meeting(node: Node) -> Meeting:
    return Meeting(
        term=TermId(node.data["term"]),
        held_on=node.day("held_on"),
        topic=node.data["topic"],
        minuted=node.data["minuted"],
    )


def _staff(node: Node) -> Staff:
    return Staff(
        full_time=node.whole("full_time"), part_time=node.whole("part_time"), certified=node.whole_or_none("certified")
    )


def _attendance(node: Node) -> Attendance:
    return Attendance(
        term=TermId(node.data["term"]), guidance=node.whole("guidance"), monthly_lectures=node.whole("monthly_lectures")
    )


def _room(node: Node) -> Room:
    return Room(
        opened_on=node.day_or_none("opened_on"),
        individual_m2=tuple(map(float, node.data["individual_m2"])) if "individual_m2" in node.data else None,
        group_m2=node.get("group_m2"),
        office_m2=node.get("office_m2"),
        sand_table=node.get("sand_table"),
        venting=node.get("venting"),
        assessment_computer=node.get("assessment_computer"),
        expressive_art=node.get("expressive_art"),
        relaxation=node.get("relaxation"),
        interviews=node.get("interviews"),
        letter_box=node.get("letter_box"),
        open_every_school_day=node.get("open_every_school_day"),
        open_outside_lessons=node.get("open_outside_lessons"),
        duty_person=node.get("duty_person"),
        free_of_charge=node.get("free_of_charge"),
        growth_records=node.get("growth_records"),
    )


def _follow_up(node: Node) -> FollowUp:
    return FollowUp(
        term=TermId(node.data["term"]),
        window=node.data["window"],
        done=node.data["done"],
        done_on=node.day_or_none("done_on"),
    )


def _crisis(node: Node) -> Crisis:
    return Crisis(
        workflow=node.data["workflow"],
        referral_log=node.data["referral_log"],
        guardians_told_at_once=node.get("guardians_told_at_once"),
        return_settled=node.get("return_settled"),
        drill_on=node.day_or_none("drill_on"),
    )


def _screening_consent(node: Node) -> ScreeningConsent:
    return ScreeningConsent(guardians_informed=node.get("guardians_informed"), consent_asked=node.get("consent_asked"))


def _supervisor_visit(node: Node) -> SupervisorVisit:
    return SupervisorVisit(term=TermId(node.data["term"]), visited_on=node.day("visited_on"))


def _lessons(node: Node) -> Lessons:
    return Lessons(term=TermId(node.data["term"]), band=BandId(node.data["band"]), per_class=node.whole("per_class"))


def _school_day(node: Node) -> SchoolDay:
    return SchoolDay(
        practical_months=tuple(node.data["practical_months"]),
        exercise_hours=node.get("exercise_hours"),
        ranks_by_score=node.get("ranks_by_score"),
        phones_kept_out=node.get("phones_kept_out"),
        sleep_watched=node.get("sleep_watched"),
        early_arrival=node.get("early_arrival"),
        special_group_plans=node.get("special_group_plans"),
    )


# --- checks within one file -------------------------------------------------------------------------------------------


def check_school(school: School, node: Node) -> Iterator[Problem]:
    """Its stages are those of its type, and it states figures for each of them."""
    yield from _of_type(school, node)
    for former, at in zip(school.earlier_stages, node.nodes("earlier_stages"), strict=True):
        yield from _of_type(former.was, at)
    yield from former_in_order(node, "earlier_names", school.earlier_names)
    yield from former_in_order(node, "earlier_stages", school.earlier_stages)
    stages = frozenset(school.stages)
    for name, figures in (("classes", school.classes), ("enrolment", school.enrolment)):
        if frozenset(figures) != stages:
            facts = {"needed": _listed(stages), "stated": _listed(figures)}
            yield problem(node.at(name), "stages-differ", type=school.type.value, **facts)
    yield from in_order(node, opened_on=school.opened_on, closed_on=school.closed_on)
    if school.merged_into is not None and school.closed_on is None:
        yield problem(node.at("merged_into"), "merged-not-closed", school=school.merged_into)


def _of_type(shape: School | SchoolShape, node: Node) -> Iterator[Problem]:
    stages = frozenset(shape.stages)
    needed = STAGES_OF.get(shape.type, stages)  # a special school may teach any
    if stages != needed:
        facts = {"needed": _listed(needed), "stated": _listed(stages)}
        yield problem(node.at("stages"), "stages-differ", type=shape.type.value, **facts)


def _listed(stages: Iterable[Stage]) -> str:
    return ", ".join(stage.value for stage in Stage if stage in frozenset(stages))


def check_return(filed: Return, node: Node) -> Iterator[Problem]:
    """Figures are of the same stages, parts are no more than the whole, nothing ended that was not done, and nothing is
    said twice.
    """
    if frozenset(filed.classes) != frozenset(filed.enrolment):
        facts = {"needed": _listed(filed.classes), "stated": _listed(filed.enrolment)}
        yield problem(node.at("enrolment"), "stages-differ", type="", **facts)
    yield from in_order(node, counted_on=filed.counted_on, filed_on=filed.filed_on)
    staff = filed.staff
    if staff and staff.certified is not None and staff.certified > (whole := staff.full_time + staff.part_time):
        yield problem(node.at("staff", "certified"), "part-exceeds-whole", part=staff.certified, whole=whole)
    for index, follow_up in enumerate(filed.follow_ups or ()):
        if not follow_up.done and follow_up.done_on is not None:
            yield problem(node.at("follow_ups", index, "done_on"), "done-on-not-done")
    for name, apart in STATED_ONCE.items():
        yield from stated_once(node, "return", name, apart)


# --- references -------------------------------------------------------------------------------------------------------


def school_offers(school: School) -> Iterator[Offer]:
    """Itself."""
    yield Offer(to=SCHOOL, id=school.id, found=school, title=school.title)


def school_refers(school: School) -> Iterator[Reference]:
    """The area that it lies in, the school that took it over, and the one that it was part of."""
    yield Reference(to=AREA, id=school.area, at=("area",))
    if school.merged_into is not None:
        yield Reference(to=SCHOOL, id=school.merged_into, at=("merged_into",))
    if school.split_from is not None:
        yield Reference(to=SCHOOL, id=school.split_from, at=("split_from",))


def school_of_folder(school: SchoolId, source: Position) -> Iterator[Reference]:
    """The school that a file in its folder is of; if it names another, `path-differs` has said so."""
    if school == source.path.split("/")[2]:
        yield Reference(to=SCHOOL, id=school, at=("school",))


def return_refers(filed: Return) -> Iterator[Reference]:
    """Its school and year, and the terms, windows and bands that it tells of."""
    yield from school_of_folder(filed.school, filed.source)
    year = Reference(to=YEAR, id=filed.year, at=("year",))
    yield year
    for index, meeting in enumerate(filed.meetings or ()):
        yield Reference(to=TERM_OF_YEAR, id=meeting.term, at=("meetings", index, "term"), of=year)
    for index, attended in enumerate(filed.attendance or ()):
        yield Reference(to=TERM_OF_YEAR, id=attended.term, at=("attendance", index, "term"), of=year)
    for index, follow_up in enumerate(filed.follow_ups or ()):
        term = Reference(to=TERM_OF_YEAR, id=follow_up.term, at=("follow_ups", index, "term"), of=year)
        yield term
        yield Reference(to=WINDOW, id=follow_up.window, at=("follow_ups", index, "window"), of=term)
    for index, visit in enumerate(filed.supervisor_visits or ()):
        yield Reference(to=TERM_OF_YEAR, id=visit.term, at=("supervisor_visits", index, "term"), of=year)
    for index, taught in enumerate(filed.lessons or ()):
        yield Reference(to=TERM_OF_YEAR, id=taught.term, at=("lessons", index, "term"), of=year)
    yield from _bands(filed)


def _bands(filed: Return) -> Iterator[Reference]:
    """The bands that it has, and those that it gave lessons in."""
    yield from listed(BAND, filed.bands or (), "bands")
    for index, taught in enumerate(filed.lessons or ()):
        yield Reference(to=BAND, id=taught.band, at=("lessons", index, "band"))


def while_open(school: School | None, node: Node, field: str, day: date) -> Iterator[Problem]:
    """What is recorded of a school lies between its first and its last day: one of the two days is wrong."""
    if school is not None and not school.is_open(day):
        limit = school.closed_on if school.closed_on is not None and day > school.closed_on else school.opened_on
        facts = {"day": day.isoformat(), "school": school.id, "limit": limit.isoformat() if limit else ""}
        yield problem(node.at(field), "school-not-open", school.source, **facts)


def return_agrees(filed: Return, node: Node, known: Known) -> Iterator[Problem]:
    """Its days lie in the year and terms that they are of; bands, and lessons in them, are of stages that the school
    states classes for.
    """
    year = known.find(YEAR, filed.year)
    if year is None:
        return
    if filed.filed_on < year.first_day:
        yield from inside(node, "filed_on", filed.filed_on, year)
    yield from inside(node, "counted_on", filed.counted_on, year)
    yield from while_open(known.find(SCHOOL, filed.school), node, "counted_on", filed.counted_on)
    yield from _filed_before(filed, node)
    yield from _stages_of(known.find(SCHOOL, filed.school), filed, node, year)
    yield from _days(filed, node, year)
    for reference in _bands(filed):
        band = known.find(BAND, reference.id)
        if band is not None and band.stage not in filed.classes:
            yield problem(node.at(*reference.at), "stage-not-taught", band=band.id, stage=band.stage.value)
    for index, taught in enumerate(filed.lessons or ()):
        band, term = known.find(BAND, taught.band), known.find(TERM, taught.term)
        if band is not None and term is not None and not band.in_force(term.first_day):
            yield problem(node.at("lessons", index, "band"), "band-not-in-force", band=band.id, term=term.id)


def _stages_of(school: School | None, filed: Return, node: Node, year: SchoolYear) -> Iterator[Problem]:
    """Classes only of stages that the school has, as far as its profile is of the same year."""
    if school is None or not year.first_day <= school.counted_on <= year.last_day:
        return
    for stage in filed.classes:
        if stage not in {*school.stages, *school.shape_on(filed.counted_on).stages}:
            yield problem(node.at("classes", stage.value), "stage-not-in-profile", stage=stage.value, school=school.id)


def _filed_before(filed: Return, node: Node) -> Iterator[Problem]:
    """What a return tells of had happened when it was filed."""
    days: list[tuple[date | None, tuple[str | int, ...]]] = [
        (filed.leading_group.founded_on if filed.leading_group else None, ("leading_group", "founded_on")),
        (filed.room.opened_on if filed.room else None, ("room", "opened_on")),
        (filed.crisis.drill_on if filed.crisis else None, ("crisis", "drill_on")),
        *((m.held_on, ("meetings", i, "held_on")) for i, m in enumerate(filed.meetings or ())),
        *((v.visited_on, ("supervisor_visits", i, "visited_on")) for i, v in enumerate(filed.supervisor_visits or ())),
        *((f.done_on, ("follow_ups", i, "done_on")) for i, f in enumerate(filed.follow_ups or ())),
    ]
    for day, at in days:
        if day is not None and day > filed.filed_on:
            facts = {"day": day.isoformat(), "filed": filed.filed_on.isoformat()}
            yield problem(node.at(*at), "event-after-filing", node.at("filed_on"), **facts)


def _days(filed: Return, node: Node, year: SchoolYear) -> Iterator[Problem]:
    terms = {term.id: term for term in year.terms}
    for meeting, at in zip(filed.meetings or (), node.nodes("meetings"), strict=True):
        if term := terms.get(meeting.term):
            yield from inside(at, "held_on", meeting.held_on, term)
    for visit, at in zip(filed.supervisor_visits or (), node.nodes("supervisor_visits"), strict=True):
        if term := terms.get(visit.term):
            yield from inside(at, "visited_on", visit.visited_on, term)
    for follow_up, at in zip(filed.follow_ups or (), node.nodes("follow_ups"), strict=True):
        yield from inside(at, "done_on", follow_up.done_on, year)
    first, last = year.first_day.isoformat(), year.last_day.isoformat()
    for index, month in enumerate(filed.school_day.practical_months if filed.school_day else ()):
        if not first[:7] <= month <= last[:7]:
            facts = {"day": month, "first": first, "last": last}
            yield problem(node.at("school_day", "practical_months", index), "outside", **facts)
