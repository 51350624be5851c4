"""Schools: the index that can be filtered, and one stamped page a school.

The engine builds a single donor page whose data are marked places; `stamped` gives every school's values for these places. `ordinary` writes the
same page as the engine would build it, so that a test can compare the bytes.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from generator.model import Return, School, YearId
from generator.problems import Position
from generator.render import Edition, heading
from generator.search import Entry
from generator.site import Page, Site
from generator.stamp import mark

DONOR = f"schools/{mark('id')}"
BLOCKS = ("profile", "filing", "people", "room", "teaching", "care", "years")
_WORDS = ("id", "title", "heading", "description", "provenance")


class Filing(StrEnum):
    """How a school's return for the current school year stands."""

    FILED = "filed"
    LATE = "late"
    INCOMPLETE = "incomplete"
    AWAITED = "awaited"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A school's page to be: its path, the HTML of every place, and its short entry in the search index."""

    path: str
    places: Mapping[str, str]
    entry: Entry


def pages(edition: Edition) -> Iterator[Page]:
    """The index and the donor page."""
    yield _index(edition)
    yield _page(edition, DONOR, {name: Markup(mark(name)) for name in (*BLOCKS, *_WORDS)}, mark("title"), mark("description"))


def ordinary(edition: Edition, school: School) -> Page:
    """A school's page as the engine would build it without stamping."""
    title, description = edition.plain(school.title), _description(edition, school)
    return _page(edition, _path(school), _places(edition, school), title, description)


def stamped(edition: Edition) -> tuple[Stamped, ...]:
    """Every school's values for the donor's places, in the order of their codes."""
    return tuple(_stamped(edition, school) for school in edition.site.repository.schools.values())


def filing(site: Site, school: School) -> Filing:
    """How the return of the current school year stands on `as_of`; the last day for returns still counts as in time."""
    year = next(y for y in site.repository.district.years if y.id == site.current_year)
    found = _return(site, school, year.id)
    if found is None:
        return Filing.AWAITED if site.as_of <= year.returns_due else Filing.MISSING
    if unstated(found):
        return Filing.INCOMPLETE
    return Filing.LATE if found.filed_on > year.returns_due else Filing.FILED


def unstated(found: Return) -> tuple[str, ...]:
    """The parts of a return that the school has not stated, by field name."""
    return tuple(part for part in _PARTS if getattr(found, part) is None)


_PARTS = (
    "leading_group",
    "meetings",
    "work_files",
    "staff",
    "attendance",
    "room",
    "assessment_software",
    "follow_ups",
    "crisis",
    "lessons",
    "school_day",
    "earmarked_yuan",
)


def _return(site: Site, school: School, year: YearId) -> Return | None:
    found = site.repository.returns.get((school.id, year))
    return found if found is not None and found.filed_on <= site.as_of else None


def _path(school: School) -> str:
    return f"schools/{school.id}"


def _page(edition: Edition, path: str, places: Mapping[str, Markup], title: str, description: str) -> Page:
    """The page around the places. Its headings below the first are the same for every school."""
    body = edition.fragment("school.md.j2", path, {"place": places})
    return Page(
        path=path,
        kind="school",
        title=title,
        description=description,
        body=f"# {places['heading']} {{#top}}\n\n{body}\n\n{places['provenance']}\n",
        cites=(),
        searchable=False,
    )


def _places(edition: Edition, school: School) -> Mapping[str, Markup]:
    data = _data(edition.site, school)
    blocks = {name: edition.fragment(f"school/{name}.html.j2", _path(school), data) for name in BLOCKS}
    title = edition.plain(school.title)
    return {name: _settled(block) for name, block in blocks.items()} | {
        "id": Markup(html.escape(school.id)),
        "title": Markup(html.escape(title, quote=True)),
        "heading": heading(title),
        "description": Markup(html.escape(_description(edition, school), quote=True)),
        "provenance": _settled(edition.provenance(_path(school), _cites(edition.site, school))),
    }


def _settled(block: Markup) -> Markup:
    """A block as Markdown would leave it: no line of spaces only."""
    return Markup("\n".join(line.rstrip() for line in block.splitlines() if line.strip()))


def _data(site: Site, school: School) -> dict[str, object]:
    current = _return(site, school, YearId(site.current_year))
    years = [(y, _return(site, school, y.id)) for y in site.repository.district.years]
    return {
        "school": school,
        "year": next(y for y in site.repository.district.years if y.id == site.current_year),
        "current": current,
        "filing": filing(site, school),
        "unstated": unstated(current) if current else (),
        "years": [(y, r, sum(r.classes.values()), sum(r.enrolment.values())) for y, r in years if r is not None],
        "area": {a.id: a.title for a in site.repository.district.areas}[school.area],
        "bands": site.repository.bands,
        "windows": {w.id: w for y in site.repository.district.years for t in y.terms for w in t.windows},
        "terms": {t.id: t for y in site.repository.district.years for t in y.terms},
    }


def _cites(site: Site, school: School) -> Iterable[Position]:
    yield school.source
    yield from (r.source for y in site.repository.district.years if (r := _return(site, school, y.id)) is not None)


def _description(edition: Edition, school: School) -> str:
    return edition.say("school.description", title=edition.plain(school.title))


def _stamped(edition: Edition, school: School) -> Stamped:
    places = _places(edition, school)
    area = next(a.title for a in edition.site.repository.district.areas if a.id == school.area)
    text = " ".join([school.id, school.title.zh, school.title.en or "", edition.plain(area)])
    return Stamped(
        path=_path(school),
        places={name: str(value) for name, value in places.items()},
        entry=Entry(location=f"{_path(school)}.html", title=edition.plain(school.title), text=text),
    )


def _index(edition: Edition) -> Page:
    site = edition.site
    areas = {a.id: a.title for a in site.repository.district.areas}
    rows = [
        {
            "school": school,
            "area": areas[school.area],
            "classes": sum(school.classes.values()),
            "enrolment": sum(school.enrolment.values()),
            "filing": filing(site, school),
        }
        for school in site.repository.schools.values()
    ]
    filings = [row["filing"] for row in rows]
    return edition.page(
        path="schools/index",
        kind="schools",
        title=edition.say("schools.title"),
        description=edition.say("schools.description"),
        template="schools.md.j2",
        data={
            "rows": rows,
            "areas": site.repository.district.areas,
            "counts": [(state, filings.count(state)) for state in Filing if state in filings],
            "year": site.current_year,
        },
        cites=[school.source for school in site.repository.schools.values()],
    )
