"""The filing desk's entry page: find your school, see what it has still to file, open its desk.

Owns what is told of each school there. Must not know what a desk asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site
from generator.model.district import Contact
from generator.model.ids import SchoolId, YearId
from generator.model.schools import School
from generator.pages import areas
from generator.pages.about.guides import FilingDay, filing_days
from generator.pages.areas import DistrictPart, DistrictPartLink, Listing
from generator.pages.words.wording import desk_page
from generator.records.blocks import blocks
from generator.records.outstanding import Missing, outstanding
from generator.text import Text

_FEW = 20  # schools that are seen at once, without opening an area


class StillToFile(Struct, frozen=True, kw_only=True):
    """A filing that a school has not handed in, and by when; `tone` tells one that is late from one to come."""

    text: str
    tone: str


class DeskLine(Struct, frozen=True, kw_only=True):
    """A school, its desk, and what it has still to file."""

    school: School
    desk: str
    still: tuple[StillToFile, ...]


class AreaDesks(Struct, frozen=True, kw_only=True):
    """The desks of the schools of an area."""

    title: Text
    lines: tuple[DeskLine, ...]


class FilingIndex(TemplateData, frozen=True, kw_only=True):
    """Every desk by area, the year's last days, and whom to ask. `sealed`: the district asks for aggregates. Where the
    desks stand on pages of their own, these `parts` and no areas.
    """

    template: ClassVar[str] = "filing/index.md.j2"
    year: YearId
    days: tuple[FilingDay, ...]
    parts: tuple[DistrictPartLink, ...]
    areas: tuple[AreaDesks, ...]
    unfolded: bool
    sealed: bool
    contact: Contact | None
    example: str  # a school to search for


class DesksOfPart(TemplateData, frozen=True, kw_only=True):
    """The desks of the schools of a part, unfolded."""

    template: ClassVar[str] = "filing/desks_of_part.html.j2"
    parts: tuple[DistrictPartLink, ...]
    areas: tuple[AreaDesks, ...]
    unfolded: bool
    example: str


def pages(edition: Edition) -> Iterator[Page]:
    """The entry page, and the donor of the pages of a large district's parts."""
    yield _index(edition)
    yield from areas.donors(edition, LISTING)


def _index(edition: Edition) -> Page:
    repository = edition.site.repository
    all_, parts = _all_with_desks(edition.site), areas.links(edition, LISTING)
    schools = () if parts else tuple(repository.schools[school] for school in all_)
    days = filing_days(edition)
    found = (
        AreaDesks(title=area.title, lines=tuple(_line(edition, s) for s in schools if s.area == area.id))
        for area in (() if parts else repository.district.areas)
    )
    return edition.page(
        path="filing/index",
        kind="filing",
        title=edition.say("desks.title"),
        description=edition.say("desks.description"),
        hide=("navigation", "toc"),
        data=FilingIndex(
            year=edition.site.current_year.id,
            days=days,
            parts=parts,
            areas=tuple(area for area in found if area.lines),
            unfolded=len(all_) <= _FEW,
            sealed=len(days) > 1,
            contact=repository.district.contact,
            example=edition.plain(repository.schools[all_[0]].title) if all_ else "",
        ),
        cites=[repository.district.source, *(s.source for s in schools)],
    )


def _of_part(edition: Edition, part: DistrictPart) -> DesksOfPart:
    schools = _with_desks(edition.site, part.schools)
    desks = AreaDesks(title=part.area.title, lines=tuple(_line(edition, school) for school in schools))
    return DesksOfPart(
        parts=areas.links(edition, LISTING, part),
        areas=(desks,) if schools else (),
        unfolded=True,
        example=edition.plain(schools[0].title) if schools else "",
    )


LISTING = Listing(family=areas.family("filing", "filing"), title="desks.title", tell=_of_part)


def _all_with_desks(site: Site) -> Sequence[SchoolId]:
    told = site.keeping.told
    found = (told("desks", some, partial(_desks_of, site, some)) for some in blocks(site.repository.schools))
    return tuple(chain.from_iterable(found))


def _desks_of(site: Site, some: Iterable[SchoolId]) -> tuple[SchoolId, ...]:
    return tuple(school.id for school in _with_desks(site, map(site.repository.schools.__getitem__, some)))


def _with_desks(site: Site, schools: Iterable[School]) -> tuple[School, ...]:
    """Those that have not closed."""
    return tuple(school for school in schools if school.closed_on is None or site.as_of <= school.closed_on)


def _line(edition: Edition, school: School) -> DeskLine:
    asked = outstanding(edition.site.repository, school, edition.site.as_of)
    return DeskLine(school=school, desk=desk_page(school.id), still=tuple(_still(edition, one) for one in asked))


def _still(edition: Edition, missing: Missing) -> StillToFile:
    late = missing.due < edition.site.as_of
    what = edition.say("desks.aggregate" if missing.term else "desks.return")
    text = edition.say("desks.late" if late else "desks.due", what=what, day=edition.day(missing.due))
    return StillToFile(text=text, tone="missing" if late else "neutral")
