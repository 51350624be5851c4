"""Inspections: the index with every rectification, and one stamped page an inspection.

Owns what is told of an inspection and of a school's inspections. An item that no finding tells of was not looked at;
that is said, not left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import ClassVar

from markupsafe import Markup
from msgspec import Struct

from generator.compliance.scoring import ApplicationOutcome, Assessment, ItemScore
from generator.edition.render import Edition, TemplateData, cited_lines
from generator.edition.site import Page, Site, once
from generator.model.district import SchoolYear
from generator.model.ids import SchoolId
from generator.model.inspections import (
    Application,
    AwardLevel,
    Finding,
    Grade,
    Indicator,
    Inspection,
    InspectionState,
    Item,
    Mending,
    Named,
    Objection,
    Opinion,
    Rectification,
    Scheme,
)
from generator.model.schools import School
from generator.pages import areas, paper, stamping
from generator.pages.areas import DistrictPart, DistrictPartLink, Listing
from generator.pages.duties.scores import OUTCOME_TONES, ItemLine, item_line, sum_text
from generator.pages.paper import SheetLink
from generator.pages.stamping import Copy, Family, Stamped, ToStamp
from generator.problems import Position
from generator.text import Text


class InspectionPage(TemplateData, frozen=True, kw_only=True):
    """An inspection's page: a field a block."""

    template: ClassVar[str] = "duties/inspection.md.j2"
    facts: Markup
    findings: Markup
    rectifications: Markup
    opinion: Markup


FAMILY = Family(kind="inspection", folder="inspections", data=InspectionPage)
MENDING_TONES: Mapping[Mending, str] = {
    Mending.OVERDUE: "missing",
    Mending.REPORTED: "short",
    Mending.OPEN: "neutral",
    Mending.VERIFIED: "ok",
}
_STATE_TONES: Mapping[InspectionState, str] = {
    InspectionState.PLANNED: "neutral",
    InspectionState.VISITED: "short",
    InspectionState.CLOSED: "ok",
}


class InspectionFacts(TemplateData, frozen=True, kw_only=True):
    """`visit` is the title of the day: of the visit, or the day planned for it."""

    template: ClassVar[str] = "duties/inspection/facts.html.j2"
    inspection: Inspection
    school: School
    scheme: Scheme
    state: str
    tone: str
    score: str | None
    visit: str
    sheet: str  # the form as PDF, from the page, while the visit is to come and the site has sheets


class FilledIndicator(Struct, frozen=True, kw_only=True):
    """An indicator as it was filled in; no `sum` where the scheme has no points."""

    indicator: Indicator
    sum: str | None
    rows: tuple[ItemLine, ...]


class InspectionFindings(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "duties/inspection/findings.html.j2"
    visited: bool
    indicators: tuple[FilledIndicator, ...]


class Rectifying(Struct, frozen=True, kw_only=True):
    """A rectification with the school and the item it is about, and how it stands by the day.

    `days` says how many are left or overdue, and is empty once the school has reported; what came later is None.
    """

    path: str
    school: School
    item: Item
    rectification: Rectification
    mending: Mending
    state: str
    tone: str
    days: str
    late: bool
    reported_on: date | None
    report: Text | None
    verified_on: date | None


class InspectionRectifications(TemplateData, frozen=True, kw_only=True):
    """`empty` says why there are no rectifications."""

    template: ClassVar[str] = "duties/inspection/rectifications.html.j2"
    rectifications: tuple[Rectifying, ...]
    empty: str


class InspectionOpinion(TemplateData, frozen=True, kw_only=True):
    """Opinion and objection where they are there by the day; `may_object` says whether the school still may."""

    template: ClassVar[str] = "duties/inspection/opinion.html.j2"
    opinion: Opinion | None
    objection: Objection | None
    until: date | None
    late: bool  # objected after that day
    concluded: bool
    conclude_by: date | None
    may_object: str


class InspectionLine(Struct, frozen=True, kw_only=True):
    """An inspection as a line of a table: how it stands, and what came of it."""

    inspection: Inspection
    path: str
    school: School
    kind: str
    state: str
    tone: str
    score: str | None
    result: str


class InspectionYear(Struct, frozen=True, kw_only=True):
    """The inspections of a school year."""

    year: str
    rows: tuple[InspectionLine, ...]


class MendingCount(Struct, frozen=True, kw_only=True):
    """How many rectifications stand so."""

    mending: Mending
    title: str
    count: int


class InspectionsPage(TemplateData, frozen=True, kw_only=True):
    """Every inspection; none by name where the schools stand on pages of their own, the `parts`."""

    template: ClassVar[str] = "duties/inspections.md.j2"
    parts: tuple[DistrictPartLink, ...]
    counts: tuple[MendingCount, ...]
    rectifications: tuple[Rectifying, ...]
    years: tuple[InspectionYear, ...]
    visits: int
    days: tuple[SheetLink, ...]


class InspectionsOfPart(TemplateData, frozen=True, kw_only=True):
    """Of the schools of a part what is still demanded, and the inspections of this school year and the one before."""

    template: ClassVar[str] = "duties/inspections_of_part.html.j2"
    parts: tuple[DistrictPartLink, ...]
    counts: tuple[MendingCount, ...]
    rectifications: tuple[Rectifying, ...]
    years: tuple[InspectionYear, ...]


class ApplicationLine(Struct, frozen=True, kw_only=True):
    """An application of a school, with its place on the page of all; `level` and `named` while it has the title."""

    application: Application
    place: str
    outcome: str
    tone: str
    score: str | None
    level: AwardLevel | None
    named: Named | None


class SchoolSupervision(TemplateData, frozen=True, kw_only=True):
    """A block of a school's page."""

    template: ClassVar[str] = "schools/school/supervision.html.j2"
    inspections: tuple[InspectionLine, ...]
    rectifications: tuple[Rectifying, ...]
    applications: tuple[ApplicationLine, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The index, and the donors of inspections' pages and of the lists of a large district."""
    yield _index(edition)
    yield stamping.donor(edition, FAMILY)
    yield from areas.donors(edition, LISTING)


@once
def announced(site: Site) -> tuple[Inspection, ...]:
    """Every inspection of which notice was given by the day, newest visit first."""
    return tuple(v for v in reversed(tuple(site.repository.inspections.values())) if v.notice_on <= site.as_of)


@once
def _by_school(site: Site) -> Mapping[SchoolId, tuple[Inspection, ...]]:
    found: dict[SchoolId, tuple[Inspection, ...]] = {}
    for inspection in announced(site):
        found[inspection.school] = (*found.get(inspection.school, ()), inspection)
    return found


def ordinary(edition: Edition, inspection: Inspection) -> Page:
    """An inspection's page as the engine would build it without stamping."""
    return stamping.ordinary(edition, FAMILY, _copy(edition, inspection))


def to_stamp(edition: Edition) -> Iterator[ToStamp]:
    """The page of every announced inspection."""
    finished = edition.finished()

    def made(inspection: Inspection) -> Stamped:
        return stamping.stamped(finished, FAMILY, _copy(finished, inspection))

    for one in announced(edition.site):
        yield ToStamp(path=path(one), schools=(one.school,), make=partial(made, one))


def path(inspection: Inspection) -> str:
    """The path of an inspection's page."""
    return FAMILY.path(inspection.id)


# --- one inspection ---------------------------------------------------------------------------------------------------


def _copy(edition: Edition, inspection: Inspection) -> Copy:
    school, title = _school(edition.site, inspection), _title(edition, inspection)
    return Copy(
        id=inspection.id,
        title=title,
        description=edition.say("inspection.description", title=title),
        blocks={
            "facts": edition.printed(_facts(edition, inspection), path(inspection)),
            "findings": edition.printed(_findings(edition, inspection), path(inspection)),
            "rectifications": edition.printed(_demands(edition, inspection), path(inspection)),
            "opinion": edition.printed(_opinion(edition, inspection), path(inspection)),
        },
        cites=cited_lines(
            (inspection.source, edition.site.repository.schemes[inspection.scheme].source, school.source)
        ),
        found_by=(inspection.id, school.title.zh, school.title.en or ""),
    )


def _school(site: Site, inspection: Inspection) -> School:
    return site.repository.schools[inspection.school]


def _title(edition: Edition, inspection: Inspection) -> str:
    school, scheme = _school(edition.site, inspection), edition.site.repository.schemes[inspection.scheme]
    kind = edition.say(f"inspection.kind.{scheme.kind.value}")
    return edition.say(
        "inspection.title", school=edition.plain(school.title), kind=kind, day=edition.day(inspection.visit_on)
    )


def _facts(edition: Edition, inspection: Inspection) -> InspectionFacts:
    site = edition.site
    score, state = site.scores.get(inspection.id), inspection.state(site.as_of)
    return InspectionFacts(
        inspection=inspection,
        school=_school(site, inspection),
        scheme=site.repository.schemes[inspection.scheme],
        state=edition.say(f"inspection.state.{state.value}"),
        tone=_STATE_TONES[state],
        score=sum_text(edition, score.sum) if score else None,
        sheet=f"../{paper.of_visit(inspection)}" if site.sheets and state is InspectionState.PLANNED else "",
        visit=edition.say(f"inspection.{'visit_on' if inspection.visited(site.as_of) else 'planned_on'}"),
    )


def _findings(edition: Edition, inspection: Inspection) -> InspectionFindings:
    """The form, indicator by indicator, as it was filled in; empty before the visit."""
    visited, score = inspection.visited(edition.site.as_of), edition.site.scores.get(inspection.id)
    form = edition.site.repository.schemes[inspection.scheme].indicators
    filled: Iterable[FilledIndicator] = ()
    if score is not None:
        filled = (
            _filled(edition, i.indicator, sum_text(edition, i.sum), [item for part in i.parts for item in part.items])
            for i in score.indicators
        )
    elif visited:
        filled = (
            _filled(edition, i, None, [_looked_at(inspection, item) for part in i.parts for item in part.items])
            for i in form
        )
    return InspectionFindings(visited=visited, indicators=tuple(filled))


def _filled(
    edition: Edition, indicator: Indicator, comes_to: str | None, items: Iterable[ItemScore]
) -> FilledIndicator:
    return FilledIndicator(indicator=indicator, sum=comes_to, rows=tuple(item_line(edition, item) for item in items))


def _looked_at(inspection: Inspection, item: Item) -> ItemScore:
    """An item of a list that has no points."""
    return ItemScore(
        item=item,
        points=None,
        verdict=None,
        late=False,
        finding=next((f for f in inspection.findings if f.item == item.id), None),
    )


def _demands(edition: Edition, inspection: Inspection) -> InspectionRectifications:
    visited = inspection.visited(edition.site.as_of)
    return InspectionRectifications(
        rectifications=rectifications(edition, [inspection]),
        empty=edition.say(f"inspection.{'no_demands' if visited else 'not_visited'}"),
    )


def rectifications(edition: Edition, found: Iterable[Inspection]) -> tuple[Rectifying, ...]:
    """What these inspections demand: overdue first, what is settled last, each by its last day."""
    made = [_rectifying(edition, v, f, r) for v in found for f, r in v.rectifications(edition.site.as_of)]
    order = list(MENDING_TONES)
    return tuple(sorted(made, key=lambda d: (order.index(d.mending), d.rectification.due)))


def _rectifying(edition: Edition, inspection: Inspection, finding: Finding, rectification: Rectification) -> Rectifying:
    site = edition.site
    mending = rectification.mending(site.as_of)
    reported, verified = mending in (Mending.REPORTED, Mending.VERIFIED), mending is Mending.VERIFIED
    days = abs((rectification.due - site.as_of).days)
    return Rectifying(
        path=path(inspection),
        school=_school(site, inspection),
        item=next(item for item in site.repository.schemes[inspection.scheme].items if item.id == finding.item),
        rectification=rectification,
        mending=mending,
        state=edition.say(f"mending.{mending.value}"),
        tone=MENDING_TONES[mending],
        days="" if reported else edition.say(f"mending.{mending.value}.days", days=days),
        late=reported and rectification.reported_late,
        reported_on=rectification.reported_on if reported else None,
        report=rectification.report if reported else None,
        verified_on=rectification.verified_on if verified else None,
    )


def _opinion(edition: Edition, inspection: Inspection) -> InspectionOpinion:
    on, opinion, objection = edition.site.as_of, inspection.opinion, inspection.objection
    opinion = opinion if opinion is not None and opinion.issued_on <= on else None
    objection = objection if objection is not None and objection.raised_on <= on else None
    concluded = objection.concluded_on if objection else None
    district = edition.site.repository.district
    parameters = district.parameters_on(opinion.issued_on) if opinion else {}
    until = opinion.objections_until(parameters) if opinion else None
    return InspectionOpinion(
        opinion=opinion,
        objection=objection,
        until=until,
        late=until is not None and objection is not None and objection.raised_on > until,
        concluded=concluded is not None and concluded <= on,
        conclude_by=objection.conclude_by(district.parameters_on(objection.raised_on)) if objection else None,
        may_object=_may_object(edition, until) if opinion else "",
    )


def _may_object(edition: Edition, until: date | None) -> str:
    if until is None or edition.site.as_of > until:
        return edition.say("inspection.no_objection")
    return edition.say("inspection.may_object", day=edition.day(until))


# --- the index --------------------------------------------------------------------------------------------------------


def _index(edition: Edition) -> Page:
    site = edition.site
    found = announced(site)
    asked = rectifications(edition, found)
    parts = areas.links(edition, LISTING)
    years = () if parts else reversed(site.repository.district.years)
    return edition.page(
        path="inspections/index",
        kind="inspections",
        title=edition.say("inspections.title"),
        description=edition.say("inspections.description"),
        hide=("navigation", "toc"),
        data=InspectionsPage(
            parts=parts,
            counts=tuple(_count(edition, mending, asked) for mending in MENDING_TONES),
            rectifications=() if parts else asked,
            years=tuple(_by_year(edition, found, years)),
            visits=sum(v.visited(site.as_of) for v in found),
            days=tuple(paper.day_links(edition)),
        ),
        cites=[site.repository.district.source] if parts else [v.source for v in found],
    )


def _of_part(edition: Edition, part: DistrictPart) -> InspectionsOfPart:
    site = edition.site
    found = [v for school in part.schools for v in _by_school(site).get(school.id, ())]
    found.sort(key=lambda v: v.visit_on, reverse=True)
    asked = tuple(d for d in rectifications(edition, found) if d.mending is not Mending.VERIFIED)
    years = [y for y in site.repository.district.years if y.first_day <= site.current_year.first_day]
    return InspectionsOfPart(
        parts=areas.links(edition, LISTING, part),
        counts=tuple(_count(edition, mending, asked) for mending in MENDING_TONES if mending is not Mending.VERIFIED),
        rectifications=asked,
        years=tuple(_by_year(edition, found, reversed(years[-2:]))),
    )


def _cites(site: Site, school: School) -> Iterator[Position]:
    return (inspection.source for inspection in _by_school(site).get(school.id, ()))


LISTING = Listing(
    family=areas.family("inspections", "inspections"), title="inspections.title", tell=_of_part, cites=_cites
)


def _by_year(edition: Edition, found: Sequence[Inspection], years: Iterable[SchoolYear]) -> Iterator[InspectionYear]:
    for year in years:
        if rows := tuple(_lines(edition, found, year)):
            yield InspectionYear(year=year.id, rows=rows)


def _count(edition: Edition, mending: Mending, asked: Iterable[Rectifying]) -> MendingCount:
    count = sum(one.mending is mending for one in asked)
    return MendingCount(mending=mending, title=edition.say(f"mending.{mending.value}"), count=count)


def _lines(edition: Edition, found: Iterable[Inspection], year: SchoolYear) -> Iterator[InspectionLine]:
    yield from (_line(edition, v) for v in found if year.first_day <= v.visit_on <= year.last_day)


def _line(edition: Edition, inspection: Inspection) -> InspectionLine:
    site = edition.site
    mendings = [r.mending(site.as_of) for _, r in inspection.rectifications(site.as_of)]
    overdue, state = Mending.OVERDUE in mendings, inspection.state(site.as_of)
    score = site.scores.get(inspection.id)
    return InspectionLine(
        inspection=inspection,
        path=path(inspection),
        school=_school(site, inspection),
        kind=edition.say(f"inspection.kind.{site.repository.schemes[inspection.scheme].kind.value}"),
        state=edition.say("mending.overdue" if overdue else f"inspection.state.{state.value}"),
        tone=MENDING_TONES[Mending.OVERDUE] if overdue else _STATE_TONES[state],
        score=sum_text(edition, score.sum) if score else None,
        result=_result(edition, inspection, len(mendings)),
    )


def _result(edition: Edition, inspection: Inspection, demanded: int) -> str:
    """What came of a visit in a few words: points where the form has them, else what was not good."""
    if not inspection.visited(edition.site.as_of):
        return "—"
    if score := edition.site.scores.get(inspection.id):
        return sum_text(edition, score.sum)
    if demanded:
        return edition.say("inspections.demanded", count=demanded)
    poor = sum(f.grade in (Grade.C, Grade.D) for f in inspection.findings)
    return edition.say("inspections.poor", count=poor) if poor else edition.say("inspections.clean")


# --- a school ---------------------------------------------------------------------------------------------------------


def of_school(edition: Edition, school: School) -> SchoolSupervision:
    """A school's inspections, what they demand, its applications and titles."""
    site = edition.site
    found = _by_school(site).get(school.id, ())
    return SchoolSupervision(
        inspections=tuple(_line(edition, v) for v in found),
        rectifications=tuple(d for d in rectifications(edition, found) if d.mending is not Mending.VERIFIED),
        applications=tuple(_applied(edition, found) for found in applications(site).get(school.id, ())),
    )


@once
def applications(site: Site) -> Mapping[SchoolId, Sequence[Assessment]]:
    """The applications of each school, of those that have any."""
    found: dict[SchoolId, list[Assessment]] = {}
    for one in site.assessments:
        found.setdefault(one.application.school, []).append(one)
    return found


def _applied(edition: Edition, found: Assessment) -> ApplicationLine:
    decision = found.application.decision
    has_title = found.outcome is ApplicationOutcome.NAMED
    return ApplicationLine(
        application=found.application,
        place="areas" if areas.lists(edition.site) else f"application-{found.application.id}",
        outcome=edition.say(f"outcome.{found.outcome.value}"),
        tone=OUTCOME_TONES[found.outcome],
        score=sum_text(edition, found.score.sum) if found.inspection else None,
        level=found.named if has_title else None,
        named=decision.named if decision and has_title else None,
    )


def cites_of_school(site: Site, school: School) -> tuple[Position, ...]:
    """The records behind `of_school`."""
    found = [v.source for v in _by_school(site).get(school.id, ())]
    return (*found, *(one.application.source for one in applications(site).get(school.id, ())))
