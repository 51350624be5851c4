"""Schools: the index that can be filtered, and one stamped page a school.

Owns the donor page and what goes into its places. The engine builds a single donor page whose data are marked places; `stamped` gives every school's
values for these places. `ordinary` writes the same page as the engine would build it, so that a test can compare the bytes.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from markupsafe import Markup

from generator.duties import RuleId
from generator.model import Return, School, SchoolType, Text
from generator.pages import checklist, inspections
from generator.pages.copies import Stamped, settled
from generator.pages.school import FACTS, Filing, filing, return_of, unstated, year
from generator.problems import Position
from generator.render import Edition, heading
from generator.schemas import field_title
from generator.search import Entry
from generator.site import Page, Site
from generator.stamp import mark

SIGNATURES = ("head", "leader", "inspector", "recorder")  # of the school, then of the inspection team: three roles at least
DONOR = f"schools/{mark('id')}"
BLOCKS = (*checklist.BLOCKS, "supervision", "profile", "filing", *FACTS, "years")
Clauses: TypeAlias = Mapping[RuleId, str]
_WORDS = ("id", "title", "heading", "description", "provenance")
_TONES: Mapping[Filing, str] = {
    Filing.FILED: "ok",
    Filing.LATE: "short",
    Filing.INCOMPLETE: "short",
    Filing.AWAITED: "neutral",
    Filing.MISSING: "missing",
}


def pages(edition: Edition) -> Iterator[Page]:
    """The index and the donor page."""
    yield _index(edition)
    places = {name: Markup(mark(name)) for name in (*BLOCKS, *_WORDS)}
    yield _page(edition, DONOR, places, mark("title"), mark("description"))


def ordinary(edition: Edition, school: School) -> Page:
    """A school's page as the engine would build it without stamping."""
    title, description = edition.plain(school.title), _description(edition, school)
    return _page(edition, _path(school), _places(edition, school, checklist.clauses_told(edition)), title, description)


def stamped(edition: Edition) -> tuple[Stamped, ...]:
    """Every school's values for the donor's places, in the order of their codes."""
    clauses = checklist.clauses_told(edition)
    return tuple(_stamped(edition, school, clauses) for school in edition.site.repository.schools.values())


def _path(school: School) -> str:
    return f"schools/{school.id}"


def _page(edition: Edition, path: str, places: Mapping[str, Markup], title: str, description: str) -> Page:
    """The page around the places. Its headings below the first are the same for every school."""
    body = edition.fragment("school.md.j2", path, {"place": places, "signatures": SIGNATURES})
    return Page(
        path=path,
        kind="school",
        title=title,
        description=description,
        body=f'# {places["heading"]} {{#top}}\n\n{body}\n\n<div class="xz-place">\n{places["provenance"]}\n</div>\n',
        cites=(),
        searchable=False,
        hide=("navigation",),
    )


def _places(edition: Edition, school: School, clauses: Clauses) -> Mapping[str, Markup]:
    data = _data(edition, school) | inspections.of_school(edition, school) | checklist.checklist(edition, school, clauses)
    blocks = {name: _block(edition, school, name, data) for name in BLOCKS}
    title = edition.plain(school.title)
    return blocks | {
        "id": Markup(html.escape(school.id)),
        "title": Markup(html.escape(title, quote=True)),
        "heading": heading(title),
        "description": Markup(html.escape(_description(edition, school), quote=True)),
        "provenance": settled(edition.provenance(_path(school), _cites(edition.site, school))),
    }


def _block(edition: Edition, school: School, name: str, data: Mapping[str, object]) -> Markup:
    if name in FACTS:
        found = return_of(edition.site, school, year(edition.site).id)
        facts = {"facts": tuple(FACTS[name](edition, found)) if found else ()}
        return settled(edition.fragment("school/facts.html.j2", _path(school), facts))
    return settled(edition.fragment(f"school/{name}.html.j2", _path(school), data))


def _data(edition: Edition, school: School) -> dict[str, object]:
    site = edition.site
    current = return_of(site, school, year(site).id)
    state = filing(site, school)
    return {
        "school": school,
        "year": year(site),
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
        if (found := return_of(site, school, school_year.id)) is not None:
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


def _description(edition: Edition, school: School) -> str:
    return edition.say("school.description", title=edition.plain(school.title))


def _stamped(edition: Edition, school: School, clauses: Clauses) -> Stamped:
    words = (school.id, school.title.zh, school.title.en or "", edition.plain(_area(edition.site, school)))
    return Stamped(
        path=_path(school),
        places={name: str(value) for name, value in _places(edition, school, clauses).items()},
        entry=Entry(location=f"{_path(school)}.html", title=edition.plain(school.title), text=" ".join(words)),
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
        template="schools.md.j2",
        hide=("navigation", "toc"),
        data={
            "rows": rows,
            "types": list(SchoolType),
            "areas": site.repository.district.areas,
            "counts": [(state, filings.count(state)) for state in Filing if state in filings],
            "year": site.current_year,
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
