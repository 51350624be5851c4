"""Where the sheets lie that a site has beside its pages, and which there are.

Owns their places and what is put into one file: the schools of an area, the visits of a day. A site without sheets has
no places. Must not know how a sheet is laid out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from generator.edition.render import Edition
from generator.edition.site import Site
from generator.model.inspections import Inspection, InspectionState
from generator.model.schools import School

FOLDER = "sheets"


class SheetLink(Struct, frozen=True, kw_only=True):
    """A file of sheets: its place in its language's half, and what it is called."""

    path: str
    title: str


def of_school(school: School) -> str:
    """The sheet of a school."""
    return f"{FOLDER}/{school.id}.pdf"


def of_visit(inspection: Inspection) -> str:
    """The form of a visit."""
    return f"{FOLDER}/visits/{inspection.id}.pdf"


def of_area(area: str) -> str:
    """The sheets of all schools of an area."""
    return f"{FOLDER}/areas/{area}.pdf"


def of_day(day: date) -> str:
    """The forms of all visits of a day."""
    return f"{FOLDER}/days/{day}.pdf"


def visits(site: Site) -> Mapping[date, tuple[Inspection, ...]]:
    """The visits that were announced and have not been made, by their day."""
    coming = [
        inspection
        for inspection in site.repository.inspections.values()
        if inspection.notice_on <= site.as_of and inspection.state(site.as_of) is InspectionState.PLANNED
    ]
    days = sorted({inspection.visit_on for inspection in coming})
    return {day: tuple(v for v in coming if v.visit_on == day) for day in days}


def has_sheet(site: Site, school: School) -> bool:
    """Whether a school has a sheet: none that has closed."""
    return school.closed_on is None or site.as_of <= school.closed_on


def areas(site: Site) -> Mapping[str, tuple[School, ...]]:
    """The schools of each area that has any; none that has closed."""
    schools = [school for school in site.repository.schools.values() if has_sheet(site, school)]
    found = {area.id: tuple(s for s in schools if s.area == area.id) for area in site.repository.district.areas}
    return {area: members for area, members in found.items() if members}


def area_links(edition: Edition) -> Iterable[SheetLink]:
    """The files of the areas, where the site has sheets."""
    if edition.site.sheets:
        for area in edition.site.repository.district.areas:
            if area.id in areas(edition.site):
                yield SheetLink(path=of_area(area.id), title=edition.plain(area.title))


def day_links(edition: Edition) -> Iterable[SheetLink]:
    """The files of the days with visits to come, where the site has sheets."""
    if edition.site.sheets:
        yield from (SheetLink(path=of_day(day), title=edition.day(day)) for day in visits(edition.site))
