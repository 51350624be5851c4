"""Schools: the index that can be filtered, and one stamped page a school.

Owns what stands in the blocks of a school's page and in the index. Must not know how pages are stamped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from markupsafe import Markup

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site
from generator.files.schemas import field_title
from generator.model.duties import RuleId
from generator.model.schools import Return, School, SchoolType
from generator.pages import stamping
from generator.pages.duties import checklist, inspections
from generator.pages.schools.school import FACTS, ReturnState, filing, unstated
from generator.pages.stamping import Copy, Family, Stamped
from generator.problems import Position
from generator.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolPage(TemplateData):
    """A school's page: a field a block."""

    template: ClassVar[str] = "schools/school.md.j2"
    summary: Markup
    todo: Markup
    next: Markup
    lapsing: Markup
    waived: Markup
    supervision: Markup
    checks: Markup
    trend: Markup
    profile: Markup
    filing: Markup
    people: Markup
    room: Markup
    teaching: Markup
    care: Markup
    years: Markup


FAMILY = Family(kind="school", folder="schools", data=SchoolPage)
Clauses: TypeAlias = Mapping[RuleId, str]
_TONES: Mapping[ReturnState, str] = {
    ReturnState.FILED: "ok",
    ReturnState.LATE: "short",
    ReturnState.INCOMPLETE: "short",
    ReturnState.AWAITED: "neutral",
    ReturnState.MISSING: "missing",
}


def pages(edition: Edition) -> Iterator[Page]:
    """The index and the donor page."""
    yield _index(edition)
    yield stamping.donor(edition, FAMILY)


def ordinary(edition: Edition, school: School, clauses: Clauses | None = None) -> Page:
    """A school's page as the engine would build it without stamping.

    Who makes many of them looks the `clauses` up once.
    """
    return stamping.ordinary(
        edition, FAMILY, _copy(edition, school, checklist.clauses_told(edition) if clauses is None else clauses)
    )


def stamped(edition: Edition) -> Iterator[Stamped]:
    """Every school's values for the donor's places, in the order of their codes."""
    finished = edition.finished()
    clauses = checklist.clauses_told(finished)
    yield from (
        stamping.stamped(finished, FAMILY, _copy(finished, school, clauses))
        for school in edition.site.repository.schools.values()
    )


def _copy(edition: Edition, school: School, clauses: Clauses) -> Copy:
    data = _data(edition, school) | checklist.checklist(edition, school, clauses)
    title = edition.plain(school.title)
    return Copy(
        id=school.id,
        title=title,
        description=edition.say("school.description", title=title),
        blocks={name: _block(edition, school, name, data) for name in FAMILY.blocks},
        cites=_cites(edition.site, school),
        found_by=(school.id, school.title.zh, school.title.en or "", edition.plain(_area(edition.site, school))),
    )


def _block(edition: Edition, school: School, name: str, data: Mapping[str, object]) -> Markup:
    path = FAMILY.path(school.id)
    if name in FACTS:
        found = edition.site.return_of(school.id, edition.site.current_year.id)
        return edition.fragment(
            "schools/school/facts.html.j2", path, {"facts": tuple(FACTS[name](edition, found)) if found else ()}
        )
    if name == "supervision":
        return edition.printed(inspections.of_school(edition, school), path)
    return edition.fragment(f"schools/school/{name}.html.j2", path, data)


def _data(edition: Edition, school: School) -> dict[str, object]:
    site = edition.site
    current = site.return_of(school.id, site.current_year.id)
    state = filing(site, school)
    return {
        "school": school,
        "year": site.current_year,
        "current": current,
        "filing": state,
        "tone": _TONES[state],
        "unstated": [field_title("return", (part,)) for part in unstated(current)] if current else [],
        "years": [_year_row(found) for found in _returns(site, school)],
        "area": _area(site, school),
    }


def _returns(site: Site, school: School) -> Iterator[Return]:
    """The school's returns on file, newest first."""
    for school_year in reversed(site.repository.district.years):
        if (found := site.return_of(school.id, school_year.id)) is not None:
            yield found


def _year_row(found: Return) -> dict[str, object]:
    return {
        "year": found.year,
        "classes": sum(found.classes.values()),
        "enrolment": sum(found.enrolment.values()),
        "full_time": found.staff.full_time if found.staff else None,
        "part_time": found.staff.part_time if found.staff else None,
        "filed_on": found.filed_on,
    }


def _area(site: Site, school: School) -> Text:
    return next(a.title for a in site.repository.district.areas if a.id == school.area)


def _cites(site: Site, school: School) -> tuple[Position, ...]:
    return (
        school.source,
        *(found.source for found in _returns(site, school)),
        *checklist.cites(site, school),
        *inspections.cites_of_school(site, school),
    )


def _index(edition: Edition) -> Page:
    site = edition.site
    rows = [_index_row(site, school) for school in site.repository.schools.values()]
    filings = [row["filing"] for row in rows]
    return edition.page(
        path="schools/index",
        kind="schools",
        title=edition.say("schools.title"),
        description=edition.say("schools.description"),
        template="schools/schools.md.j2",
        hide=("navigation", "toc"),
        data={
            "rows": rows,
            "types": list(SchoolType),
            "areas": site.repository.district.areas,
            "counts": [(state, filings.count(state)) for state in ReturnState if state in filings],
            "year": site.current_year.id,
        },
        cites=[school.source for school in site.repository.schools.values()],
    )


def _index_row(site: Site, school: School) -> dict[str, object]:
    state = filing(site, school)
    return {
        "school": school,
        "area": _area(site, school),
        "classes": sum(school.classes.values()),
        "enrolment": sum(school.enrolment.values()),
        "filing": state,
        "tone": _TONES[state],
    }
