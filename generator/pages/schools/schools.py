"""Schools: the index that can be filtered, and one stamped page a school.

Owns what stands in the blocks of a school's page and in the index. Must not know how pages are stamped.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial
from itertools import chain
from typing import ClassVar

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from generator.edition.render import CitedLines, Edition, TemplateData, cited_lines
from generator.edition.site import Page, Site, once, once_each
from generator.files.schemas import field_title
from generator.model.district import Area, SchoolYear
from generator.model.ids import SchoolId, YearId
from generator.model.schools import Return, School, SchoolType, Stage
from generator.pages import areas, paper, stamping
from generator.pages.areas import DistrictPart, DistrictPartLink, Listing
from generator.pages.beside import Beside
from generator.pages.duties import checklist, inspections
from generator.pages.duties.check_rows import Rows
from generator.pages.paper import SheetLink
from generator.pages.schools.school import FACTS, Fact, ReturnState, filing, unstated
from generator.pages.stamping import Copy, Family, Stamped, ToStamp
from generator.pages.words.wording import PageLink
from generator.records.blocks import blocks
from generator.records.repository import Repository, told_once
from generator.text import Text


class SchoolPage(TemplateData, frozen=True, kw_only=True):
    """A school's page: a field a block. None where the district has nothing that the block could tell of."""

    template: ClassVar[str] = "schools/school.md.j2"
    summary: Markup
    todo: Markup
    next: Markup
    lapsing: Markup | None
    waived: Markup | None
    supervision: Markup | None
    checks: Markup | None
    trend: Markup | None
    profile: Markup
    filing: Markup
    people: Markup
    room: Markup
    teaching: Markup
    care: Markup
    years: Markup
    beside: Markup


class EarlierName(Struct, frozen=True, kw_only=True):
    """What a school was called, and the last day of that name."""

    was: Text
    until: date


class EarlierType(Struct, frozen=True, kw_only=True):
    """What a school was before it gained or dropped a stage, and until when."""

    was: SchoolType
    until: date


class StageSize(Struct, frozen=True, kw_only=True):
    """How many classes and pupils of a stage a school has."""

    stage: Stage
    classes: int
    enrolment: int


class SchoolProfile(TemplateData, frozen=True, kw_only=True):
    """A block of a school's page."""

    template: ClassVar[str] = "schools/school/profile.html.j2"
    school: School
    area: Text
    merged_into: School | None
    split_from: School | None
    taken_over: tuple[School, ...]
    split_off: tuple[School, ...]
    earlier_names: tuple[EarlierName, ...]
    earlier_types: tuple[EarlierType, ...]
    sizes: tuple[StageSize, ...]


class SchoolFiling(TemplateData, frozen=True, kw_only=True):
    """A block of a school's page: how its return stands, and what it does not state; `missing` says that it is not on
    file.
    """

    template: ClassVar[str] = "schools/school/filing.html.j2"
    state: str
    tone: str
    year: SchoolYear
    current: Return | None
    unstated: tuple[Text, ...]
    missing: str


class SchoolFacts(TemplateData, frozen=True, kw_only=True):
    """A block of a school's page: a group of what its return states."""

    template: ClassVar[str] = "schools/school/facts.html.j2"
    facts: tuple[Fact, ...]


class ReturnLine(Struct, frozen=True, kw_only=True):
    """A return on file; what it does not state is None."""

    year: YearId
    classes: int
    enrolment: int
    full_time: int | None
    part_time: int | None
    filed_on: date


class SchoolYears(TemplateData, frozen=True, kw_only=True):
    """A block of a school's page: its returns, newest first."""

    template: ClassVar[str] = "schools/school/years.html.j2"
    years: tuple[ReturnLine, ...]


class ReturnStateCount(Struct, frozen=True, kw_only=True):
    """How many schools' returns stand so."""

    state: ReturnState
    title: str
    count: int


class SchoolLine(Struct, frozen=True, kw_only=True):
    """A school in the index; `filing` is how its return stands, `state` the same in words."""

    school: School
    area: Text
    classes: int
    enrolment: int
    filing: ReturnState
    state: str
    tone: str


class SchoolsPage(TemplateData, frozen=True, kw_only=True):
    """The schools, and what they can be filtered by; no rows where they stand on pages of their own, the `parts`."""

    template: ClassVar[str] = "schools/schools.md.j2"
    year: YearId
    count: int
    parts: tuple[DistrictPartLink, ...]
    rows: tuple[SchoolLine, ...]
    types: tuple[SchoolType, ...]
    areas: tuple[Area, ...]
    states: tuple[ReturnStateCount, ...]
    sheets: tuple[SheetLink, ...]
    example: str  # a code to search for


class SchoolsOfPart(TemplateData, frozen=True, kw_only=True):
    """The schools of a part, and what they can be filtered by. They have one area: `areas` is empty."""

    template: ClassVar[str] = "schools/schools_of_part.html.j2"
    year: YearId
    parts: tuple[DistrictPartLink, ...]
    rows: tuple[SchoolLine, ...]
    types: tuple[SchoolType, ...]
    areas: tuple[Area, ...]
    states: tuple[ReturnStateCount, ...]
    example: str


FAMILY = Family(kind="school", folder="schools", data=SchoolPage)
_TONES: Mapping[ReturnState, str] = {
    ReturnState.FILED: "ok",
    ReturnState.LATE: "short",
    ReturnState.INCOMPLETE: "short",
    ReturnState.AWAITED: "neutral",
    ReturnState.MISSING: "missing",
    ReturnState.NOT_DUE: "neutral",
}


def pages(edition: Edition) -> Iterator[Page]:
    """The index, and the donors of schools' pages and of the lists of a large district."""
    yield _index(edition)
    yield stamping.donor(edition, _family(edition.site))
    yield from areas.donors(edition, LISTING)


@once
def _family(site: Site) -> Family:
    """Without the blocks of rules, waivers and inspections where the district has none."""
    found = site.repository
    without: set[str] = set()
    if not found.rules:
        without |= {"lapsing", "checks", "trend"}
    if not found.waivers:
        without.add("waived")
    if not (found.inspections or found.applications or found.schemes):
        without.add("supervision")
    return replace(FAMILY, left_out=frozenset(without))


def ordinary(edition: Edition, school: School, rows: Rows | None = None) -> Page:
    """A school's page as the engine would build it without stamping.

    Who makes many of them hands over the same `rows`.
    """
    return stamping.ordinary(
        edition,
        _family(edition.site),
        _copy(edition, school, Rows(edition) if rows is None else rows),
    )


def to_stamp(edition: Edition) -> Iterator[ToStamp]:
    """Every school's page, in the order of their codes."""
    finished = edition.finished()
    rows = cache(lambda: Rows(finished, places=True))

    def made(school: School) -> Stamped:
        return stamping.stamped(finished, _family(edition.site), _copy(finished, school, rows()))

    leads = "to areas" if areas.lists(edition.site) else ""
    for school in edition.site.repository.schools.values():
        yield ToStamp(path=FAMILY.path(school.id), schools=(school.id,), more=leads, make=partial(made, school))


def _copy(edition: Edition, school: School, rows: Rows) -> Copy:
    title = edition.plain(school.title)
    return Copy(
        id=school.id,
        title=title,
        description=edition.say("school.description", title=title),
        blocks=_blocks(edition, school, rows),
        cites=_cites(edition.site, school),
        found_by=(school.id, school.title.zh, school.title.en or "", edition.plain(_area(edition.site, school))),
    )


def _blocks(edition: Edition, school: School, rows: Rows) -> Mapping[str, Markup]:
    site = edition.site
    current = site.return_of(school.id, site.current_year.id)
    made = {
        **checklist.blocks(rows, school, _area(site, school)),
        "supervision": inspections.of_school(edition, school),
        "profile": _profile(site, school),
        "filing": _filing(edition, school, current),
        "years": SchoolYears(years=tuple(_return_line(found) for found in _returns(site, school))),
        "beside": _beside(edition, school),
    }
    made |= {name: SchoolFacts(facts=tuple(tell(edition, current)) if current else ()) for name, tell in FACTS.items()}
    return {name: rows.block(data, school.id) for name, data in made.items()}


@told_once
def neighbours(repository: Repository) -> Mapping[SchoolId, tuple[SchoolId | None, SchoolId | None]]:
    """The schools before and after each, as the index lists them."""
    schools = tuple(repository.schools)
    return dict(zip(schools, zip((None, *schools), (*schools[1:], None), strict=False), strict=True))


@told_once
def named(repository: Repository) -> Mapping[SchoolId, tuple[School | None, ...]]:
    """The other schools that each school's page names: those beside it, and those that it became or came from, or that
    became it or came from it.
    """
    found: dict[SchoolId, list[School | None]] = {
        id_: [None if other is None else repository.schools[other] for other in beside]
        for id_, beside in neighbours(repository).items()
    }
    for school in repository.schools.values():
        for other in (school.merged_into, school.split_from):
            if other is not None:
                found[school.id].append(repository.schools[other])
                found[other].append(school)
    return {id_: tuple(others) for id_, others in found.items()}


def _beside(edition: Edition, school: School) -> Beside:
    before, after = (
        PageLink(page=FAMILY.path(other), title=edition.plain(edition.site.repository.schools[other].title))
        if other is not None
        else None
        for other in neighbours(edition.site.repository)[school.id]
    )
    return Beside(before=before, after=after)


def _profile(site: Site, school: School) -> SchoolProfile:
    schools = site.repository.schools
    sizes = (StageSize(stage=s, classes=school.classes[s], enrolment=school.enrolment[s]) for s in school.stages)
    return SchoolProfile(
        school=school,
        area=_area(site, school),
        merged_into=schools[school.merged_into] if school.merged_into else None,
        split_from=schools[school.split_from] if school.split_from else None,
        taken_over=_taken_over(site).get(school.id, ()),
        split_off=_split_off(site).get(school.id, ()),
        earlier_names=tuple(EarlierName(was=one.was, until=one.until) for one in school.earlier_names),
        earlier_types=tuple(EarlierType(was=one.was.type, until=one.until) for one in school.earlier_stages),
        sizes=tuple(sizes),
    )


@once
def _taken_over(site: Site) -> Mapping[SchoolId, tuple[School, ...]]:
    return _by((s.merged_into, s) for s in _tied(site))


@once
def _split_off(site: Site) -> Mapping[SchoolId, tuple[School, ...]]:
    return _by((s.split_from, s) for s in _tied(site))


def _tied(site: Site) -> Iterator[School]:
    """The schools that became another, or came from one."""
    schools, told = site.repository.schools, site.keeping.told
    found = (told("tied", some, partial(_tied_of, site, some)) for some in blocks(schools))
    return (schools[school] for school in chain.from_iterable(found))


def _tied_of(site: Site, some: Iterable[SchoolId]) -> tuple[SchoolId, ...]:
    schools = map(site.repository.schools.__getitem__, some)
    return tuple(school.id for school in schools if school.merged_into is not None or school.split_from is not None)


def _by(pairs: Iterable[tuple[SchoolId | None, School]]) -> Mapping[SchoolId, tuple[School, ...]]:
    found: dict[SchoolId, tuple[School, ...]] = {}
    for school, other in pairs:
        if school is not None:
            found[school] = (*found.get(school, ()), other)
    return found


def _filing(edition: Edition, school: School, current: Return | None) -> SchoolFiling:
    year, state = edition.site.current_year, filing(edition.site, school)
    return SchoolFiling(
        state=edition.say(f"filing.{state.value}"),
        tone=_TONES[state],
        year=year,
        current=current,
        unstated=tuple(field_title("return", (part,)) for part in (unstated(current) if current else ())),
        missing="" if current else edition.say(f"school.none.{state.value}", due=edition.day(year.returns_due)),
    )


def _returns(site: Site, school: School) -> Iterator[Return]:
    """The school's returns on file, newest first."""
    for school_year in reversed(site.repository.district.years):
        if (found := site.return_of(school.id, school_year.id)) is not None:
            yield found


def _return_line(found: Return) -> ReturnLine:
    return ReturnLine(
        year=found.year,
        classes=sum(found.classes.values()),
        enrolment=sum(found.enrolment.values()),
        full_time=found.staff.full_time if found.staff else None,
        part_time=found.staff.part_time if found.staff else None,
        filed_on=found.filed_on,
    )


def _area(site: Site, school: School) -> Text:
    return next(a.title for a in site.repository.district.areas if a.id == school.area)


@once_each
def _cites(site: Site, school: School) -> tuple[CitedLines, ...]:
    found = (
        school.source,
        *(found.source for found in _returns(site, school)),
        *checklist.cites(site, school),
        *inspections.cites_of_school(site, school),
    )
    return cited_lines(found)


def _index(edition: Edition) -> Page:
    site = edition.site
    parts = areas.links(edition, LISTING)
    schools = () if parts else tuple(site.repository.schools.values())
    return edition.page(
        path="schools/index",
        kind="schools",
        title=edition.say("schools.title"),
        description=edition.say("schools.description"),
        hide=("navigation", "toc"),
        data=SchoolsPage(
            year=site.current_year.id,
            count=len(site.repository.schools),
            parts=parts,
            rows=tuple(_line(edition, school) for school in schools),
            types=_all_types(site),
            sheets=tuple(paper.area_links(edition)),
            example=next(iter(site.repository.schools), ""),
            areas=site.repository.district.areas,
            states=_counted(edition, _all_states(site)),
        ),
        cites=[site.repository.district.source] if parts else [school.source for school in schools],
    )


def _of_part(edition: Edition, part: DistrictPart) -> SchoolsOfPart:
    return SchoolsOfPart(
        year=edition.site.current_year.id,
        parts=areas.links(edition, LISTING, part),
        rows=tuple(_line(edition, school) for school in part.schools),
        types=_types(part.schools),
        areas=(),
        states=_counted(edition, _states(edition.site, part.schools)),
        example=part.schools[0].id,
    )


LISTING = Listing(family=areas.family("schools", "schools"), title="schools.title", tell=_of_part)


def _all_types(site: Site) -> tuple[SchoolType, ...]:
    schools, told = site.repository.schools, site.keeping.told
    found = (told("types", some, partial(_types_of, site, some)) for some in blocks(schools))
    there = {*chain.from_iterable(found)}
    return tuple(type_ for type_ in SchoolType if type_ in there)


def _types_of(site: Site, some: Iterable[SchoolId]) -> tuple[SchoolType, ...]:
    return _types([site.repository.schools[school] for school in some])


def _types(schools: Sequence[School]) -> tuple[SchoolType, ...]:
    found = {school.type for school in schools}
    return tuple(type_ for type_ in SchoolType if type_ in found)


def _all_states(site: Site) -> Mapping[ReturnState, int]:
    """How the returns of all schools stand."""
    counts, told = Counter[ReturnState](), site.keeping.told
    for some in blocks(site.repository.schools):
        counts.update(told("states", some, partial(_states, site, (site.repository.schools[id_] for id_ in some))))
    return counts


def _states(site: Site, schools: Iterable[School]) -> Mapping[ReturnState, int]:
    return Counter(filing(site, school) for school in schools)


def _counted(edition: Edition, counts: Mapping[ReturnState, int]) -> tuple[ReturnStateCount, ...]:
    return tuple(
        ReturnStateCount(state=state, title=edition.say(f"filing.{state.value}"), count=counts[state])
        for state in ReturnState
        if state in counts
    )


def _line(edition: Edition, school: School) -> SchoolLine:
    state = filing(edition.site, school)
    return SchoolLine(
        school=school,
        area=_area(edition.site, school),
        classes=sum(school.classes.values()),
        enrolment=sum(school.enrolment.values()),
        filing=state,
        state=edition.say(f"filing.{state.value}"),
        tone=_TONES[state],
    )
