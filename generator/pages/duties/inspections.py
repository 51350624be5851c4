"""Inspections: the index with every rectification, and one stamped page an inspection.

Owns what is told of an inspection and of a school's inspections. An item that no finding tells of was not looked at;
that is said, not left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from generator.compliance.scoring import ItemScore
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site
from generator.model.district import SchoolYear
from generator.model.inspections import (
    Finding,
    Grade,
    Indicator,
    Inspection,
    InspectionState,
    Item,
    Mending,
    Rectification,
)
from generator.model.schools import School
from generator.pages import stamping
from generator.pages.duties.scores import OUTCOME_TONES, item_row, standing_text, sum_text
from generator.pages.stamping import Copy, Family, Stamped
from generator.problems import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionPage(TemplateData):
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


def pages(edition: Edition) -> Iterator[Page]:
    """The index and the donor page."""
    yield _index(edition)
    yield stamping.donor(edition, FAMILY)


def announced(site: Site) -> tuple[Inspection, ...]:
    """Every inspection of which notice was given by the day, newest visit first."""
    return tuple(v for v in reversed(tuple(site.repository.inspections.values())) if v.notice_on <= site.as_of)


def ordinary(edition: Edition, inspection: Inspection) -> Page:
    """An inspection's page as the engine would build it without stamping."""
    return stamping.ordinary(edition, FAMILY, _copy(edition, inspection))


def stamped(edition: Edition) -> Iterator[Stamped]:
    """Every announced inspection's values for the donor's places."""
    finished = edition.finished()
    yield from (
        stamping.stamped(finished, FAMILY, _copy(finished, inspection)) for inspection in announced(edition.site)
    )


def path(inspection: Inspection) -> str:
    """The path of an inspection's page."""
    return FAMILY.path(inspection.id)


# --- one inspection ---------------------------------------------------------------------------------------------------


def _copy(edition: Edition, inspection: Inspection) -> Copy:
    school, data, title = _school(edition.site, inspection), _data(edition, inspection), _title(edition, inspection)
    return Copy(
        id=inspection.id,
        title=title,
        description=edition.say("inspection.description", title=title),
        blocks={
            name: edition.fragment(f"duties/inspection/{name}.html.j2", path(inspection), data)
            for name in FAMILY.blocks
        },
        cites=(inspection.source, edition.site.repository.schemes[inspection.scheme].source, school.source),
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


def _data(edition: Edition, inspection: Inspection) -> dict[str, object]:
    site = edition.site
    score, on = site.scores.get(inspection.id), site.as_of
    scheme, visited = site.repository.schemes[inspection.scheme], inspection.visited(on)
    told = inspection.opinion is not None and inspection.opinion.issued_on <= on
    objected = inspection.objection is not None and inspection.objection.raised_on <= on
    return {
        "inspection": inspection,
        "school": _school(site, inspection),
        "scheme": scheme,
        "state": inspection.state(on),
        "tone": _STATE_TONES[inspection.state(on)],
        "visited": visited,
        "as_of": on,
        "score": sum_text(edition, score.sum) if score else None,
        "indicators": _indicators(edition, inspection, scheme.indicators) if visited else [],
        "rectifications": rectifications(site, [inspection]),
        "opinion": inspection.opinion if told else None,
        "objection": inspection.objection if objected else None,
        "concluded": bool(
            objected
            and inspection.objection
            and inspection.objection.concluded_on
            and inspection.objection.concluded_on <= on
        ),
    }


def _indicators(edition: Edition, inspection: Inspection, indicators: Iterable[Indicator]) -> list[dict[str, object]]:
    """The form, indicator by indicator, as it was filled in."""
    score = edition.site.scores.get(inspection.id)
    if score is None:
        return [
            _filled(i, None, [_looked_at(inspection, item) for part in i.parts for item in part.items])
            for i in indicators
        ]
    return [
        _filled(i.indicator, sum_text(edition, i.sum), [item for part in i.parts for item in part.items])
        for i in score.indicators
    ]


def _filled(indicator: Indicator, comes_to: str | None, items: Iterable[ItemScore]) -> dict[str, object]:
    return {"indicator": indicator, "sum": comes_to, "items": [item_row(item) for item in items]}


def _looked_at(inspection: Inspection, item: Item) -> ItemScore:
    """An item of a list that has no points."""
    return ItemScore(
        item=item, points=None, verdict=None, finding=next((f for f in inspection.findings if f.item == item.id), None)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectifying:
    """A rectification with the school and the item it is about, and how it stands: `days` are those left, or those
    overdue.
    """

    inspection: Inspection
    path: str
    school: School
    item: Item
    finding: Finding
    rectification: Rectification
    mending: Mending
    tone: str
    days: int


def rectifications(site: Site, found: Iterable[Inspection]) -> tuple[Rectifying, ...]:
    """What these inspections demand: overdue first, what is settled last, each by its last day."""
    made = [_rectifying(site, v, f, r) for v in found for f, r in v.rectifications(site.as_of)]
    order = list(MENDING_TONES)
    return tuple(sorted(made, key=lambda d: (order.index(d.mending), d.rectification.due)))


def _rectifying(site: Site, inspection: Inspection, finding: Finding, rectification: Rectification) -> Rectifying:
    mending = rectification.mending(site.as_of)
    return Rectifying(
        inspection=inspection,
        path=path(inspection),
        school=_school(site, inspection),
        item=next(item for item in site.repository.schemes[inspection.scheme].items if item.id == finding.item),
        finding=finding,
        rectification=rectification,
        mending=mending,
        tone=MENDING_TONES[mending],
        days=abs((rectification.due - site.as_of).days),
    )


# --- the index --------------------------------------------------------------------------------------------------------


def _index(edition: Edition) -> Page:
    site = edition.site
    found = announced(site)
    asked = rectifications(site, found)
    states = [d.mending for d in asked]
    return edition.page(
        path="inspections/index",
        kind="inspections",
        title=edition.say("inspections.title"),
        description=edition.say("inspections.description"),
        template="duties/inspections.md.j2",
        hide=("navigation", "toc"),
        data={
            "counts": [(state, states.count(state)) for state in MENDING_TONES],
            "rectifications": asked,
            "years": [
                {"year": y.id, "rows": rows}
                for y in reversed(site.repository.district.years)
                if (rows := _rows(edition, found, y))
            ],
            "visits": sum(v.visited(site.as_of) for v in found),
            "schemes": list(site.repository.schemes.values()),
        },
        cites=[v.source for v in found],
    )


def _rows(edition: Edition, found: Iterable[Inspection], year: SchoolYear) -> list[dict[str, object]]:
    return [row(edition, v) for v in found if year.first_day <= v.visit_on <= year.last_day]


def row(edition: Edition, inspection: Inspection) -> dict[str, object]:
    """An inspection as a line of a table."""
    site = edition.site
    state = inspection.state(site.as_of)
    score = site.scores.get(inspection.id)
    states = [r.mending(site.as_of) for _, r in inspection.rectifications(site.as_of)]
    return {
        "inspection": inspection,
        "path": path(inspection),
        "school": _school(site, inspection),
        "scheme": site.repository.schemes[inspection.scheme],
        "state": state,
        "tone": _STATE_TONES[state],
        "rectifications": len(states),
        "overdue": states.count(Mending.OVERDUE),
        "visited": inspection.visited(site.as_of),
        "poor": sum(f.grade in (Grade.C, Grade.D) for f in inspection.findings),
        "score": sum_text(edition, score.sum) if score else None,
    }


# --- a school ---------------------------------------------------------------------------------------------------------


def of_school(edition: Edition, school: School) -> dict[str, object]:
    """What `school/supervision.html.j2` prints: the school's inspections, what they demand, its applications and
    titles.
    """
    site = edition.site
    found = [v for v in announced(site) if v.school == school.id]
    assessed = [a for a in site.assessments if a.application.school == school.id]
    return {
        "inspections": [row(edition, v) for v in found],
        "rectifications": [d for d in rectifications(site, found) if d.mending is not Mending.VERIFIED],
        "applications": [
            {
                "assessment": a,
                "tone": OUTCOME_TONES[a.outcome],
                "score": sum_text(edition, a.score.sum) if a.inspection else None,
                "standing": standing_text(edition, a.standing) if a.inspection else None,
            }
            for a in assessed
        ],
    }


def cites_of_school(site: Site, school: School) -> tuple[Position, ...]:
    """The records behind `of_school`."""
    found = [v.source for v in announced(site) if v.school == school.id]
    return (*found, *(a.application.source for a in site.assessments if a.application.school == school.id))
