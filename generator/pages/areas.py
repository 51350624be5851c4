"""Lists of schools that are too long for one page: cut by area, and an area by so many schools in the order of codes.

Owns where a list is cut, what a piece of it is called and how its pages are stamped. Must not know what a list says of
a school.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import partial
from typing import ClassVar

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from generator.edition.render import Edition, TemplateData, cited_lines
from generator.edition.site import Page, Site, once
from generator.model.district import Area
from generator.model.ids import SchoolId
from generator.model.schools import School
from generator.pages import stamping
from generator.pages.stamping import Copy, Family, Stamped, ToStamp
from generator.problems import Position
from generator.records.blocks import blocks
from generator.records.repository import Repository

CARRIED = 500  # schools, or lines, that one page carries: 250 to 300 KB of HTML


class DistrictPart(Struct, frozen=True, kw_only=True):
    """An area's schools, or some of them, by their `ids`. `number` is 0 where the area has only one such part."""

    area: Area
    number: int
    ids: tuple[SchoolId, ...]
    records: Repository

    @property
    def schools(self) -> tuple[School, ...]:
        """The schools."""
        return tuple(self.records.schools[school] for school in self.ids)

    @property
    def id(self) -> str:
        """Its name in an address."""
        return f"{self.area.id}{f'_{self.number}' if self.number else ''}"


class DistrictPartLink(Struct, frozen=True, kw_only=True):
    """A part in a list of parts, with the number of its schools; `reach` names the first and the last of them where an
    area has several parts; `here` is the one on this page.
    """

    path: str
    title: str
    schools: int
    reach: str
    here: bool


class DistrictPartPage(TemplateData, frozen=True, kw_only=True):
    """The page of a part, of one block."""

    template: ClassVar[str] = "schools/part.md.j2"
    lines: Markup


class Listing(Struct, frozen=True, kw_only=True):
    """What is told of schools in lists, part by part, below `title`, where it is `told` at all: data that a template
    prints, and the records of each school that they are made of.
    """

    family: Family
    title: str
    tell: Callable[[Edition, DistrictPart], TemplateData]
    cites: Callable[[Site, School], Iterable[Position]] = lambda _, school: (school.source,)
    told: Callable[[Site], bool] = lambda _: True


def family(kind: str, folder: str, before: str = "in_") -> Family:
    """The pages of the parts in a folder. No id of a record has a line below, so that none has the same address."""
    return Family(kind=kind, folder=folder, before=before, data=DistrictPartPage, hide=("navigation", "toc"))


def parts(site: Site, most: int) -> Iterator[DistrictPart]:
    """All schools, area by area, at most so many in one part; an area without schools has none."""
    for area in site.repository.district.areas:
        members = _by_area(site).get(area.id, [])
        pieces = [members[start : start + most] for start in range(0, len(members), most)]
        for number, piece in enumerate(pieces, start=1):
            yield DistrictPart(
                area=area, number=number if len(pieces) > 1 else 0, ids=tuple(piece), records=site.repository
            )


@once
def _by_area(site: Site) -> Mapping[str, list[SchoolId]]:
    """The schools of each area."""
    found: dict[str, list[SchoolId]] = {}
    for some in blocks(site.repository.schools):
        for school, area in zip(some, site.keeping.told("areas", some, partial(_areas, site, some)), strict=True):
            found.setdefault(area, []).append(school)
    return found


def _areas(site: Site, schools: Iterable[SchoolId]) -> tuple[str, ...]:
    return tuple(site.repository.schools[school].area for school in schools)


def too_many(repository: Repository) -> bool:
    """Whether there are more schools than one page carries."""
    return len(repository.schools) > CARRIED


@once
def lists(site: Site) -> tuple[DistrictPart, ...]:
    """The parts of the lists of schools; none where one page carries all schools."""
    return tuple(parts(site, CARRIED)) if too_many(site.repository) else ()


def parts_of(site: Site, listing: Listing) -> tuple[DistrictPart, ...]:
    """The parts that have a page of a Listing."""
    return lists(site) if listing.told(site) else ()


def title(edition: Edition, part: DistrictPart) -> str:
    """What a part is called."""
    area = edition.plain(part.area.title)
    return edition.say("areas.part", area=area, number=part.number) if part.number else area


def links(edition: Edition, listing: Listing, here: DistrictPart | None = None) -> tuple[DistrictPartLink, ...]:
    """All parts of a Listing."""
    return tuple(
        _link(
            edition,
            listing,
            part,
            len(part.ids),
            reach=_reach(edition, part) if part.number else "",
            here=here is not None and part.id == here.id,
        )
        for part in parts_of(edition.site, listing)
    )


def counted(edition: Edition, listing: Listing, schools: Iterable[School]) -> tuple[DistrictPartLink, ...]:
    """The parts of a Listing that have any of these schools, with the number of these."""
    found = {school.id for school in schools}
    parts = ((part, sum(id_ in found for id_ in part.ids)) for part in parts_of(edition.site, listing))
    return tuple(_link(edition, listing, part, count) for part, count in parts if count)


def _link(
    edition: Edition, listing: Listing, part: DistrictPart, schools: int, *, reach: str = "", here: bool = False
) -> DistrictPartLink:
    path = listing.family.path(part.id)
    return DistrictPartLink(path=path, title=title(edition, part), schools=schools, reach=reach, here=here)


def _reach(edition: Edition, part: DistrictPart) -> str:
    schools = part.records.schools
    first, last = (f"{id_} {edition.plain(schools[id_].title)}" for id_ in (part.ids[0], part.ids[-1]))
    return edition.say("areas.reach", first=first, last=last)


def donors(edition: Edition, listing: Listing) -> Iterator[Page]:
    """The donor of the pages of parts, where there are any."""
    if parts_of(edition.site, listing):
        yield stamping.donor(edition, listing.family)


def ordinary(edition: Edition, listing: Listing, part: DistrictPart) -> Page:
    """A part's page as the engine would build it without stamping."""
    return stamping.ordinary(edition, listing.family, _copy(edition, listing, part))


def to_stamp(edition: Edition, listing: Listing) -> Iterator[ToStamp]:
    """The page of every part."""
    finished, all_ = edition.finished(), parts_of(edition.site, listing)
    others = " ".join(part.id for part in all_)

    def made(part: DistrictPart) -> Stamped:
        return stamping.stamped(finished, listing.family, _copy(finished, listing, part))

    for part in all_:
        yield ToStamp(path=listing.family.path(part.id), schools=part.ids, more=others, make=partial(made, part))


def _copy(edition: Edition, listing: Listing, part: DistrictPart) -> Copy:
    path = listing.family.path(part.id)
    called = edition.say("areas.title", title=edition.say(listing.title), part=title(edition, part))
    return Copy(
        id=part.id,
        title=called,
        description=called,
        blocks={"lines": edition.printed(listing.tell(edition, part), path)},
        cites=cited_lines(_cites(edition.site, listing, part)),
        found_by=(),
    )


def _cites(site: Site, listing: Listing, part: DistrictPart) -> list[Position]:
    """The records of a part's schools; that of the district where the list tells of none of them."""
    found = [place for school in part.schools for place in listing.cites(site, school)]
    return found or [site.repository.district.source]


def differing(
    before: Site, after: Site, reached: Container[SchoolId]
) -> Iterator[tuple[DistrictPart | None, DistrictPart | None]]:
    """The parts that can be told otherwise after a change that reached these schools, as they were and as they are:
    with these schools alone, where a part has the same schools before and after.
    """
    old, new = ({part.id: part for part in lists(side)} for side in (before, after))
    for id_ in dict.fromkeys((*old, *new)):
        was, comes = old.get(id_), new.get(id_)
        if was and comes and list(old) == list(new) and was.ids == comes.ids:
            was, comes = (replace(part, ids=tuple(s for s in part.ids if s in reached)) for part in (was, comes))
            if not comes.ids:
                continue
        yield was, comes
