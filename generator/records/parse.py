"""Documents become Records: typed, frozen, with the place they came from; and what is wrong within one file.

Owns which kind a path holds, how each kind is parsed, and the checks that need no other file: ids unique, days in
order, sums that add up. Relies on `schemas.validate`: a Document parsed here has the right shape. Must not know other
files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TypeAlias, TypeVar

from generator.files import zones
from generator.files.filenames import trouble
from generator.files.spelling import word_meant
from generator.files.strict_yaml import Document
from generator.model import duties as d
from generator.model import inspections as s
from generator.model.curriculum import Band, LessonAudience, MicroLesson, Theme, Topic
from generator.model.district import (
    Area,
    Body,
    BodyKind,
    District,
    HelpLine,
    Parameter,
    SchoolYear,
    System,
    Term,
    Window,
    WindowKind,
)
from generator.model.ids import (
    ActivityId,
    BandId,
    BodyId,
    ClaimId,
    ClauseRef,
    PlanId,
    PolicyId,
    RecipientId,
    SchoolId,
    SystemNumber,
    TeamId,
    TermId,
    YearId,
)
from generator.model.people import Member, Team, TeamKind
from generator.model.programme import (
    Activity,
    ActivityKind,
    ActivityState,
    BudgetLine,
    Claim,
    Clause,
    Comparison,
    Level,
    MeasureName,
    Modality,
    Plan,
    PlanTarget,
    Policy,
    Source,
    Strand,
    Verification,
)
from generator.model.releases import Release
from generator.model.schools import (
    Attendance,
    Crisis,
    FollowUp,
    HeadRole,
    LeadingGroup,
    Lessons,
    Meeting,
    Return,
    Room,
    School,
    SchoolDay,
    SchoolType,
    ScreeningConsent,
    Staff,
    Stage,
    SupervisorVisit,
    WorkFile,
)
from generator.model.sealed import Receipt, Recipient, RecipientRole, Signer
from generator.problems import Problem, problem
from generator.records import duties, inspections, releases
from generator.records.fields import Part, unique
from generator.sealed.recipients import fingerprint, key_format

Record: TypeAlias = (
    "District | Policy | Plan | Activity | Band | MicroLesson | Team | School | Return | Claim | d.Rule | d.Waiver"
    " | Recipient | Signer | Receipt | s.Scheme | s.Inspection | s.Application | Release"
)

# Which kind a path holds: the one place that says so.
PATHS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern + r"\Z"))
    for kind, pattern in (
        ("district", r"records/district\.yml"),
        ("policy", r"records/policies/(?P<id>[^/]+)\.yml"),
        ("plan", r"records/plans/(?P<id>[^/]+)\.yml"),
        ("activity", r"records/activities/(?P<year>[^/]+)/(?P<id>[^/]+)\.yml"),
        ("curriculum", r"records/catalogue/curriculum\.yml"),
        ("micro-lessons", r"records/catalogue/micro-lessons\.yml"),
        ("team", r"records/catalogue/teams/(?P<id>[^/]+)\.yml"),
        ("school", r"records/schools/(?P<id>[^/]+)/school\.yml"),
        ("return", r"records/schools/(?P<school>[^/]+)/(?P<year>[0-9]{4}-[0-9]{4})\.yml"),
        ("receipt", r"records/schools/(?P<school>[^/]+)/(?P<term>[0-9]{4}-[0-9]{4}-[12])\.receipt\.yml"),
        ("claim", r"records/claims/(?P<id>[^/]+)\.yml"),
        ("rule", r"records/rules/(?P<id>[^/]+)\.yml"),
        ("waiver", r"records/waivers/(?P<id>[^/]+)\.yml"),
        ("signers", r"records/recipients/signers\.yml"),
        ("recipient", r"records/recipients/(?P<id>[^/]+)\.yml"),
        ("scheme", r"records/schemes/(?P<id>[^/]+)\.yml"),
        ("inspection", r"records/inspections/(?P<year>[^/]+)/(?P<id>[^/]+)\.yml"),
        ("application", r"records/applications/(?P<id>[^/]+)\.yml"),
        ("release", r"records/releases/(?P<id>[^/]+)\.yml"),
    )
)


# A sealed file is no record: what it holds cannot be read here. Its receipt is.
SEALED = re.compile(r"records/schools/(?P<school>[^/]+)/(?P<term>[0-9]{4}-[0-9]{4}-[12])\.yml\.age\Z")


def kind_of(path: str) -> str | None:
    """The kind of record that a path holds; None if records may not stand there."""
    return next((kind for kind, pattern in PATHS if pattern.match(path)), None)


def parse(document: Document, kind: str) -> tuple[tuple[Record, ...], tuple[Problem, ...]]:
    """The Records of a Document of the right shape, and what is wrong within it."""
    part = Part(document=document, pointer=(), data=document.data)
    records = _PARSERS[kind](part)
    problems = (*_names(part, kind), *_CHECKS.get(kind, _nothing)(part))
    return records, problems


# --- parsing ----------------------------------------------------------------------------------------------------------


def _window(part: Part) -> Window:
    return Window(
        id=part.data["id"],
        kind=WindowKind(part.data["kind"]),
        title=part.text("title"),
        first_day=part.day("first_day"),
        last_day=part.day("last_day"),
    )


def _term(part: Part) -> Term:
    return Term(
        id=TermId(part.data["id"]),
        title=part.text("title"),
        first_day=part.day("first_day"),
        last_day=part.day("last_day"),
        submissions_due=part.day_or_none("submissions_due"),
        release_from=part.day_or_none("release_from"),
        windows=tuple(map(_window, part.parts("windows"))),
    )


def _year(part: Part) -> SchoolYear:
    return SchoolYear(
        id=YearId(part.data["id"]),
        first_day=part.day("first_day"),
        last_day=part.day("last_day"),
        returns_due=part.day("returns_due"),
        terms=tuple(map(_term, part.parts("terms"))),
    )


def _help_line(part: Part) -> HelpLine:
    return HelpLine(
        id=part.data["id"],
        title=part.text("title"),
        number=part.data["number"],
        hours=part.text("hours"),
        audience=part.text("audience"),
        note=part.text_or_none("note"),
        urgent=part.data["urgent"],
        verification=Verification(part.data["verification"]),
    )


def _body(part: Part) -> Body:
    return Body(
        id=BodyId(part.data["id"]),
        title=part.text("title"),
        head_role=part.text("head_role"),
        kind=BodyKind(part.data.get("kind", BodyKind.OTHER)),
        headed_by_director=part.get("headed_by_director"),
        research_posts=part.whole_or_none("research_posts"),
        duties=part.texts("duties"),
        reports_to=part.get("reports_to"),
        source=part.at(),
    )


def _parameter(part: Part) -> Parameter:
    return Parameter(
        id=part.data["id"],
        title=part.text("title"),
        value=part.data["value"],
        unit=part.text("unit"),
        reason=part.text("reason"),
    )


def _system(part: Part) -> System:
    return System(
        number=SystemNumber(part.whole("number")),
        title=part.text("title"),
        summary=part.text("summary"),
        source=part.at(),
    )


def _district(part: Part) -> tuple[Record, ...]:
    return (
        District(
            title=part.text("title"),
            summary=part.text("summary"),
            notice=part.text_or_none("notice"),
            time_zone=part.data["time_zone"],
            repo_url=part.get("repo_url"),
            repo_branch=part.data["repo_branch"],
            site_url=part.get("site_url"),
            years=tuple(map(_year, part.parts("years"))),
            areas=tuple(Area(id=a.data["id"], title=a.text("title")) for a in part.parts("areas")),
            bodies=tuple(map(_body, part.parts("bodies"))),
            help_lines=tuple(map(_help_line, part.parts("help_lines"))),
            referral=part.texts("referral"),
            risk_levels=tuple(map(releases.risk_level, part.parts("risk_levels"))),
            parameters=tuple(map(_parameter, part.parts("parameters"))),
            systems=tuple(map(_system, part.parts("systems"))),
            source=part.at(),
        ),
    )


def _systems(part: Part) -> tuple[SystemNumber, ...]:
    return tuple(SystemNumber(int(number)) for number in part.data["systems"])


def _origin(part: Part) -> Source:
    origin = part.part("origin")
    assert origin is not None
    return Source(
        title=origin.data["title"],
        publisher=origin.get("publisher"),
        published_on=origin.day_or_none("published_on"),
        url=origin.get("url"),
    )


def _policy(part: Part) -> tuple[Record, ...]:
    policy = part.data["id"]
    return (
        Policy(
            id=PolicyId(policy),
            title=part.text("title"),
            number=part.get("number"),
            issuer=part.text("issuer"),
            level=Level(part.data["level"]),
            jurisdiction=part.text("jurisdiction"),
            adopted_on=part.day_or_none("adopted_on"),
            in_force_from=part.day_or_none("in_force_from"),
            in_force_until=part.day_or_none("in_force_until"),
            summary=part.text("summary"),
            origin=_origin(part),
            verification=Verification(part.data["verification"]),
            clauses=tuple(_clause(policy, clause) for clause in part.parts("clauses")),
            source=part.at(),
        ),
    )


def _clause(policy: str, part: Part) -> Clause:
    return Clause(
        id=part.data["id"],
        ref=ClauseRef(f"{policy}#{part.data['id']}"),
        citation=part.text("citation"),
        modality=Modality(part.data["modality"]),
        text=part.text("text"),
        verification=Verification(part.data["verification"]),
        systems=_systems(part),
        why_no_rule=part.text_or_none("why_no_rule"),
        source=part.at(),
    )


def _target(part: Part) -> PlanTarget:
    return PlanTarget(
        id=part.data["id"],
        text=part.text("text"),
        measure=MeasureName(part.data["measure"]),
        comparison=Comparison(part.data["comparison"]),
        value=part.data["value"],
        due=part.day("due"),
        school_year=YearId(part.data["school_year"]),
        source=part.at(),
    )


def _plan(part: Part) -> tuple[Record, ...]:
    return (
        Plan(
            id=PlanId(part.data["id"]),
            title=part.text("title"),
            summary=part.text("summary"),
            body=BodyId(part.data["body"]),
            first_day=part.day("first_day"),
            last_day=part.day_or_none("last_day"),
            aims=part.texts("aims"),
            targets=tuple(map(_target, part.parts("targets"))),
            budget=tuple(
                BudgetLine(title=b.text("title"), yuan=b.whole("yuan"), year=b.whole("year"))
                for b in part.parts("budget")
            ),
            clauses=tuple(ClauseRef(ref) for ref in part.data["clauses"]),
            systems=_systems(part),
            source=part.at(),
        ),
    )


def _activity(part: Part) -> tuple[Record, ...]:
    return (
        Activity(
            id=ActivityId(part.data["id"]),
            kind=ActivityKind(part.data["kind"]),
            title=part.text("title"),
            summary=part.text_or_none("summary"),
            plan=PlanId(part.data["plan"]),
            body=BodyId(part.data["body"]),
            state=ActivityState(part.data["state"]),
            first_day=part.day("first_day"),
            last_day=part.day("last_day"),
            place=part.text("place"),
            audience=part.text("audience"),
            speaker=part.text_or_none("speaker"),
            participants=part.whole_or_none("participants"),
            teachers_sent=part.whole_or_none("teachers_sent"),
            spend_yuan=part.whole_or_none("spend_yuan"),
            viewers=part.whole_or_none("viewers"),
            themes=part.members("themes", Theme),
            strand=Strand(part.data["strand"]) if "strand" in part.data else None,
            society=part.text_or_none("society"),
            source=part.at(),
        ),
    )


def _curriculum(part: Part) -> tuple[Record, ...]:
    return tuple(map(_band, part.parts("bands")))


def _band(part: Part) -> Band:
    return Band(
        id=BandId(part.data["id"]),
        stage=Stage(part.data["stage"]),
        title=part.text("title"),
        grades=part.text("grades"),
        summary=part.text("summary"),
        lessons_per_term=part.whole("lessons_per_term"),
        topics=tuple(
            Topic(theme=Theme(t.data["theme"]), title=t.text("title"), goal=t.text("goal"))
            for t in part.parts("topics")
        ),
        source=part.at(),
    )


def _micro_lessons(part: Part) -> tuple[Record, ...]:
    return tuple(map(_micro_lesson, part.parts("lessons")))


def _micro_lesson(part: Part) -> MicroLesson:
    return MicroLesson(
        id=part.data["id"],
        number=part.whole("number"),
        title=part.text("title"),
        summary=part.text("summary"),
        audience=LessonAudience(part.data["audience"]),
        bands=tuple(BandId(band) for band in part.data["bands"]),
        theme=Theme(part.data["theme"]),
        video=part.data["video"],
        minutes=part.whole("minutes"),
        published_on=part.day("published_on"),
        source=part.at(),
    )


def _team(part: Part) -> tuple[Record, ...]:
    return (
        Team(
            id=TeamId(part.data["id"]),
            kind=TeamKind(part.data["kind"]),
            title=part.text("title"),
            summary=part.text("summary"),
            founded_on=part.day("founded_on"),
            plan=PlanId(part.data["plan"]),
            size=part.whole("size"),
            members=tuple(
                Member(role=x.text("role"), institution=x.text_or_none("institution"), count=x.whole("count"))
                for x in part.parts("members")
            ),
            duties=part.texts("duties"),
            source=part.at(),
        ),
    )


def _school(part: Part) -> tuple[Record, ...]:
    return (
        School(
            id=SchoolId(part.data["id"]),
            title=part.text("title"),
            type=SchoolType(part.data["type"]),
            stages=part.members("stages", Stage),
            area=part.data["area"],
            opened_on=part.day_or_none("opened_on"),
            counted_on=part.day("counted_on"),
            classes=part.by_stage("classes"),
            enrolment=part.by_stage("enrolment"),
            place=part.place,
            source=part.at(),
        ),
    )


_P = TypeVar("_P")


def _each(part: Part, name: str, make: Callable[[Part], _P]) -> tuple[_P, ...] | None:
    """A list that may not have been stated: None if not."""
    return tuple(map(make, part.parts(name))) if name in part.data else None


def _one(part: Part, name: str, make: Callable[[Part], _P]) -> _P | None:
    inner = part.part(name)
    return make(inner) if inner is not None else None


def _return(part: Part) -> tuple[Record, ...]:
    return (
        Return(
            school=SchoolId(part.data["school"]),
            year=YearId(part.data["year"]),
            filed_on=part.day("filed_on"),
            filed_by=part.data["filed_by"],
            counted_on=part.day("counted_on"),
            classes=part.by_stage("classes"),
            enrolment=part.by_stage("enrolment"),
            bands=tuple(map(BandId, part.data["bands"])) if "bands" in part.data else None,
            leading_group=_one(part, "leading_group", _leading_group),
            meetings=_each(part, "meetings", _meeting),
            work_files=part.members("work_files", WorkFile) if "work_files" in part.data else None,
            person_in_charge=part.get("person_in_charge"),
            staff=_one(part, "staff", _staff),
            attendance=_each(part, "attendance", _attendance),
            room=_one(part, "room", _room),
            assessment_software=part.get("assessment_software"),
            screening_consent=_one(part, "screening_consent", _screening_consent),
            follow_ups=_each(part, "follow_ups", _follow_up),
            supervisor_visits=_each(part, "supervisor_visits", _supervisor_visit),
            crisis=_one(part, "crisis", _crisis),
            lessons=_each(part, "lessons", _lessons),
            school_day=_one(part, "school_day", _school_day),
            earmarked_yuan=part.whole_or_none("earmarked_yuan"),
            pupils_served=part.whole_or_none("pupils_served"),
            note=part.get("note"),
            place=part.place,
            source=part.at(),
        ),
    )


def _leading_group(part: Part) -> LeadingGroup:
    return LeadingGroup(
        head_role=HeadRole(part.data["head_role"]), members=part.whole("members"), founded_on=part.day("founded_on")
    )


def _meeting(part: Part) -> Meeting:
    return Meeting(
        term=TermId(part.data["term"]),
        held_on=part.day("held_on"),
        topic=part.data["topic"],
        minuted=part.data["minuted"],
    )


def _staff(part: Part) -> Staff:
    return Staff(
        full_time=part.whole("full_time"), part_time=part.whole("part_time"), certified=part.whole_or_none("certified")
    )


def _attendance(part: Part) -> Attendance:
    return Attendance(
        term=TermId(part.data["term"]), guidance=part.whole("guidance"), monthly_lectures=part.whole("monthly_lectures")
    )


def _room(part: Part) -> Room:
    return Room(
        opened_on=part.day_or_none("opened_on"),
        individual_m2=tuple(float(area) for area in part.data.get("individual_m2", ())),
        group_m2=part.get("group_m2"),
        office_m2=part.get("office_m2"),
        sand_table=part.get("sand_table"),
        venting=part.get("venting"),
        assessment_computer=part.get("assessment_computer"),
        expressive_art=part.get("expressive_art"),
        relaxation=part.get("relaxation"),
        interviews=part.get("interviews"),
        letter_box=part.get("letter_box"),
        open_every_school_day=part.get("open_every_school_day"),
        open_outside_lessons=part.get("open_outside_lessons"),
        duty_person=part.get("duty_person"),
        free_of_charge=part.get("free_of_charge"),
        growth_records=part.get("growth_records"),
    )


def _follow_up(part: Part) -> FollowUp:
    return FollowUp(
        term=TermId(part.data["term"]),
        window=part.data["window"],
        done=part.data["done"],
        done_on=part.day_or_none("done_on"),
    )


def _crisis(part: Part) -> Crisis:
    return Crisis(
        workflow=part.data["workflow"],
        referral_log=part.data["referral_log"],
        guardians_told_at_once=part.get("guardians_told_at_once"),
        return_settled=part.get("return_settled"),
        drill_on=part.day_or_none("drill_on"),
    )


def _screening_consent(part: Part) -> ScreeningConsent:
    return ScreeningConsent(guardians_informed=part.get("guardians_informed"), consent_asked=part.get("consent_asked"))


def _supervisor_visit(part: Part) -> SupervisorVisit:
    return SupervisorVisit(term=TermId(part.data["term"]), visited_on=part.day("visited_on"))


def _lessons(part: Part) -> Lessons:
    return Lessons(term=TermId(part.data["term"]), band=BandId(part.data["band"]), per_class=part.whole("per_class"))


def _school_day(part: Part) -> SchoolDay:
    return SchoolDay(
        practical_months=tuple(part.data["practical_months"]),
        exercise_hours=part.get("exercise_hours"),
        ranks_by_score=part.get("ranks_by_score"),
        phones_kept_out=part.get("phones_kept_out"),
        sleep_watched=part.get("sleep_watched"),
        early_arrival=part.get("early_arrival"),
        special_group_plans=part.get("special_group_plans"),
    )


def _claim(part: Part) -> tuple[Record, ...]:
    return (
        Claim(
            id=ClaimId(part.data["id"]),
            text=part.text("text"),
            comparison=Comparison(part.data["comparison"]),
            value=part.data["value"],
            unit=part.text("unit"),
            as_of=part.day("as_of"),
            school_year=YearId(part.data["school_year"]),
            measure=MeasureName(part.data["measure"]) if "measure" in part.data else None,
            why_no_measure=part.text_or_none("why_no_measure"),
            mended=part.text_or_none("mended"),
            reading=part.text_or_none("reading"),
            systems=_systems(part),
            origin=_origin(part),
            source=part.at(),
        ),
    )


def _recipient(part: Part) -> tuple[Record, ...]:
    return (
        Recipient(
            id=RecipientId(part.data["id"]),
            role=RecipientRole(part.data["role"]),
            title=part.text("title"),
            key=part.data["key"],
            fingerprint=part.data["fingerprint"],
            valid_from=part.day("valid_from"),
            valid_until=part.day("valid_until"),
            source=part.at(),
        ),
    )


def _signers(part: Part) -> tuple[Record, ...]:
    return tuple(
        Signer(
            district=part.data["district"],
            school=SchoolId(signer.data["school"]),
            key=signer.data["key"],
            valid_from=signer.day("valid_from"),
            valid_until=signer.day("valid_until"),
            source=signer.at(),
        )
        for signer in part.parts("signers")
    )


def _receipt(part: Part) -> tuple[Record, ...]:
    return (
        Receipt(
            school=SchoolId(part.data["school"]),
            term=TermId(part.data["term"]),
            revision=part.whole("revision"),
            schema=part.whole("schema"),
            sealed_on=part.day("sealed_on"),
            rekeyed_on=part.day_or_none("rekeyed_on"),
            recipients=tuple(part.data["recipients"]),
            digest=part.data["digest"],
            commitment=part.get("commitment"),
            signature=part.get("signature"),
            source=part.at(),
        ),
    )


_PARSERS: Mapping[str, Callable[[Part], tuple[Record, ...]]] = {
    "district": _district,
    "policy": _policy,
    "plan": _plan,
    "activity": _activity,
    "curriculum": _curriculum,
    "micro-lessons": _micro_lessons,
    "team": _team,
    "school": _school,
    "return": _return,
    "claim": _claim,
    "rule": duties.rule,
    "waiver": duties.waiver,
    "recipient": _recipient,
    "signers": _signers,
    "receipt": _receipt,
    "scheme": inspections.scheme,
    "inspection": inspections.inspection,
    "application": inspections.application,
    "release": releases.release,
}


# --- checks within one file -------------------------------------------------------------------------------------------


def _nothing(_: Part) -> Iterator[Problem]:
    return iter(())


def _names(part: Part, kind: str) -> Iterator[Problem]:
    """What a path says, the file must say too; and the page that leads to all of a folder keeps its name."""
    for named in (part, *(part.parts("areas") if kind == "district" else ())):
        if named.data.get("id") == "index":
            yield problem(named.at("id"), "kept-id", id="index")
        elif named is not part and trouble(named.data.get("id", "")):
            yield problem(named.at("id"), "reserved-name", name=named.data["id"])
    match = dict(PATHS)[kind].match(part.document.path)
    for field, told in (match.groupdict() if match else {}).items():
        if field in part.data and part.data[field] != told:
            yield problem(part.at(field), "path-differs", field=field, value=part.data[field], path=told)


def _in_order(part: Part, earlier: str, later: str) -> Iterator[Problem]:
    if earlier in part.data and later in part.data and part.day(earlier) > part.day(later):
        facts = {"earlier": part.data[earlier], "later": part.data[later]}
        yield problem(part.at(later), "days-out-of-order", part.at(earlier), **facts)


def _within(inner: Part, outer: Part) -> Iterator[Problem]:
    """The days of a part lie within those of the part around it."""
    yield from _in_order(inner, "first_day", "last_day")
    for name in ("first_day", "last_day"):
        if not outer.day("first_day") <= inner.day(name) <= outer.day("last_day"):
            facts = {"day": inner.data[name], "first": outer.data["first_day"], "last": outer.data["last_day"]}
            yield problem(inner.at(name), "outside", outer.at("first_day"), **facts)


def _check_district(part: Part) -> Iterator[Problem]:
    for name in ("years", "areas", "bodies", "help_lines", "risk_levels", "parameters"):
        yield from unique(part.parts(name), "id")
    yield from unique(part.parts("systems"), "number")
    yield from _grows(part)
    yield from _zone(part)
    years = part.parts("years")
    for year in years:
        yield from _in_order(year, "first_day", "last_day")
        yield from unique(year.parts("terms"), "id")
        for term in year.parts("terms"):
            yield from _within(term, year)
            yield from _in_order(term, "first_day", "submissions_due")
            yield from _in_order(term, "submissions_due", "release_from")
            yield from unique(term.parts("windows"), "id")
            for window in term.parts("windows"):
                yield from _within(window, term)
    for before, after in pairwise(years):
        if before.day("last_day") >= after.day("first_day"):
            facts = {"earlier": before.data["last_day"], "later": after.data["first_day"]}
            yield problem(after.at("first_day"), "days-out-of-order", before.at("last_day"), **facts)


def _zone(part: Part) -> Iterator[Problem]:
    if not zones.known(part.data["time_zone"]):
        near = word_meant(part.data["time_zone"], zones.choices()) or ""
        yield problem(part.at("time_zone"), "no-such-zone", value=part.data["time_zone"][:40], nearest=near)


def _grows(part: Part) -> Iterator[Problem]:
    """What holds at a risk level holds at every graver one."""
    for before, after in pairwise(part.parts("risk_levels")):
        for name in ("focus", "paper_file"):
            if before.data[name] and not after.data[name]:
                yield problem(after.at(name), "levels-out-of-order", before.at(name), field=name)


def _check_policy(part: Part) -> Iterator[Problem]:
    yield from unique(part.parts("clauses"), "id")
    yield from _in_order(part, "adopted_on", "in_force_until")
    yield from _in_order(part, "in_force_from", "in_force_until")


def _check_plan(part: Part) -> Iterator[Problem]:
    yield from unique(part.parts("targets"), "id")
    yield from _in_order(part, "first_day", "last_day")


def _check_activity(part: Part) -> Iterator[Problem]:
    yield from _in_order(part, "first_day", "last_day")


def _check_curriculum(part: Part) -> Iterator[Problem]:
    yield from unique(part.parts("bands"), "id")


def _check_micro_lessons(part: Part) -> Iterator[Problem]:
    yield from unique(part.parts("lessons"), "id")
    yield from unique(part.parts("lessons"), "number")


def _check_team(part: Part) -> Iterator[Problem]:
    total = sum(member.whole("count") for member in part.parts("members"))
    if total != part.whole("size"):
        yield problem(part.at("size"), "sum-differs", stated=part.whole("size"), total=total)


_STAGES: Mapping[SchoolType, frozenset[Stage]] = {
    SchoolType.PRIMARY: frozenset({Stage.PRIMARY}),
    SchoolType.JUNIOR: frozenset({Stage.JUNIOR}),
    SchoolType.NINE_YEAR: frozenset({Stage.PRIMARY, Stage.JUNIOR}),
    SchoolType.SENIOR: frozenset({Stage.SENIOR}),
    SchoolType.COMPLETE: frozenset({Stage.JUNIOR, Stage.SENIOR}),
    SchoolType.TWELVE_YEAR: frozenset(Stage),
}


def _check_school(part: Part) -> Iterator[Problem]:
    stages = frozenset(part.members("stages", Stage))
    needed = _STAGES[SchoolType(part.data["type"])]
    if stages != needed:
        yield problem(
            part.at("stages"), "stages-differ", type=part.data["type"], needed=_listed(needed), stated=_listed(stages)
        )
    for name in ("classes", "enrolment"):
        if frozenset(part.by_stage(name)) != stages:
            facts = {"needed": _listed(stages), "stated": _listed(part.by_stage(name))}
            yield problem(part.at(name), "stages-differ", type=part.data["type"], **facts)


def _listed(stages: Iterable[Stage]) -> str:
    return ", ".join(stage.value for stage in Stage if stage in frozenset(stages))


def _check_return(part: Part) -> Iterator[Problem]:
    if frozenset(part.by_stage("classes")) != frozenset(part.by_stage("enrolment")):
        facts = {"needed": _listed(part.by_stage("classes")), "stated": _listed(part.by_stage("enrolment"))}
        yield problem(part.at("enrolment"), "stages-differ", type="", **facts)
    yield from _in_order(part, "counted_on", "filed_on")
    staff = part.part("staff")
    if (
        staff
        and "certified" in staff.data
        and staff.whole("certified") > staff.whole("full_time") + staff.whole("part_time")
    ):
        total = staff.whole("full_time") + staff.whole("part_time")
        yield problem(staff.at("certified"), "part-exceeds-whole", part=staff.whole("certified"), whole=total)
    for follow_up in part.parts("follow_ups"):
        if not follow_up.data["done"] and "done_on" in follow_up.data:
            yield problem(follow_up.at("done_on"), "done-on-not-done")


def _check_recipient(part: Part) -> Iterator[Problem]:
    yield from _in_order(part, "valid_from", "valid_until")
    if key_format(part.data["key"]) is None:
        yield problem(part.at("key"), "bad-recipient")
    elif (told := fingerprint(part.data["key"])) != part.data["fingerprint"]:
        yield problem(part.at("fingerprint"), "fingerprint-differs", fingerprint=told, stated=part.data["fingerprint"])


def _check_signers(part: Part) -> Iterator[Problem]:
    for signer in part.parts("signers"):
        yield from _in_order(signer, "valid_from", "valid_until")


def _check_receipt(part: Part) -> Iterator[Problem]:
    yield from _in_order(part, "sealed_on", "rekeyed_on")


_CHECKS: Mapping[str, Callable[[Part], Iterator[Problem]]] = {
    "district": _check_district,
    "policy": _check_policy,
    "plan": _check_plan,
    "activity": _check_activity,
    "curriculum": _check_curriculum,
    "micro-lessons": _check_micro_lessons,
    "team": _check_team,
    "school": _check_school,
    "return": _check_return,
    "rule": duties.check_rule,
    "waiver": duties.check_waiver,
    "recipient": _check_recipient,
    "signers": _check_signers,
    "receipt": _check_receipt,
    "scheme": inspections.check_scheme,
    "inspection": inspections.check_inspection,
    "application": inspections.check_application,
    "release": releases.check_release,
}
