"""Every page of the site, and the order in which readers meet them.

Owns the list of page families and the navigation. One module a family: data first, then a template prints it. Nothing
is discovered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from msgspec import Struct

from generator.edition.render import Edition
from generator.edition.site import Page
from generator.pages import areas, home
from generator.pages.about import about, changes, dictionary, guides, problems
from generator.pages.areas import Listing
from generator.pages.duties import (
    compliance,
    demonstration,
    downloads,
    inspections,
    matrix,
    methods,
    overdue,
    rules,
    schemes,
    waivers,
)
from generator.pages.parts import there
from generator.pages.people import outreach, team
from generator.pages.programme import accounts, coverage, figures, lessons, plans, policies, work
from generator.pages.resting import COUNTS, FILED, TARGETS, PageToMake
from generator.pages.rollup import figures as rollup_figures
from generator.pages.rollup import files as rollup_files
from generator.pages.rollup import standing, verdicts, years
from generator.pages.schools import filing, schools
from generator.pages.stamping import ToStamp
from generator.pages.statistics import builder, open_figures, pathway, releases, statistics
from generator.pages.words.wording import PageLink

PageFamily = Callable[[Edition], Iterator[Page]]

FAMILIES: tuple[PageFamily, ...] = (
    home.pages,
    standing.pages,
    verdicts.pages,
    rollup_figures.pages,
    years.pages,
    rollup_files.pages,
    work.pages,
    plans.pages,
    policies.pages,
    rules.pages,
    compliance.pages,
    matrix.pages,
    overdue.pages,
    waivers.pages,
    coverage.pages,
    methods.pages,
    schools.pages,
    filing.pages,
    inspections.pages,
    demonstration.pages,
    schemes.pages,
    downloads.pages,
    statistics.pages,
    releases.pages,
    builder.pages,
    pathway.pages,
    open_figures.pages,
    figures.pages,
    accounts.pages,
    lessons.pages,
    team.pages,
    outreach.pages,
    about.pages,
    changes.pages,
    guides.pages,
    problems.pages,
    dictionary.pages,
)

# Families whose pages rest on different things.
ONE_BY_ONE: Mapping[PageFamily, Callable[[Edition], Iterator[PageToMake]]] = {rules.pages: rules.one_by_one}

# Of what schools own, what families rest on that rest on more than records of some kinds.
RESTS_ON: Mapping[PageFamily, tuple[str, ...]] = {
    policies.pages: (COUNTS,),
    coverage.pages: (COUNTS,),
    plans.pages: (TARGETS,),
    schools.pages: ("schools", FILED),
    filing.pages: ("schools", FILED),
    work.pages: (),
}

# What large districts tell of schools area by area, with the family that tells it on one page in others.
LISTINGS: Mapping[PageFamily, Listing] = {
    schools.pages: schools.LISTING,
    filing.pages: filing.LISTING,
    inspections.pages: inspections.LISTING,
    overdue.pages: overdue.LISTING,
    waivers.pages: waivers.LISTING,
    demonstration.pages: demonstration.LISTING,
    statistics.pages: statistics.PARTICIPATION,
}

# What grows with the number of schools: the donor page of a family and the copies made of it.
STAMPED: tuple[tuple[str, Callable[[Edition], Iterator[ToStamp]]], ...] = (
    (schools.FAMILY.donor, schools.to_stamp),
    (inspections.FAMILY.donor, inspections.to_stamp),
    (matrix.DONOR, matrix.to_stamp),
    *((listing.family.donor, partial(areas.to_stamp, listing=listing)) for listing in LISTINGS.values()),
)


class Section(Struct, frozen=True, kw_only=True):
    """A group in the navigation.

    `members` are page paths, or a path ending in `/` for every page below it that stands nowhere else.
    """

    title: str
    members: tuple[str | Section, ...]


NAVIGATION = (
    Section(title="nav.home", members=("index",)),
    Section(title="nav.help", members=("help",)),
    Section(
        title="nav.districts",
        members=(
            "districts/index",
            "rollup/matrix",
            "rollup/coverage",
            "rollup/statistics",
            "rollup/open",
            "rollup/years",
            "rollup/downloads",
        ),
    ),
    Section(
        title="nav.work",
        members=(
            "work/index",
            "work/systems",
            "work/calendar",
            Section(title="nav.plans", members=("plans/index", "plans/")),
        ),
    ),
    Section(title="nav.policies", members=("policies/index", "policies/")),
    Section(
        title="nav.compliance",
        members=(
            "compliance/index",
            "compliance/matrix/index",
            "rules/index",
            "compliance/overdue",
            "compliance/waivers",
            "compliance/coverage",
            "inspections/index",
            "demonstration/index",
            "schemes/",
            "compliance/methods",
            "compliance/downloads",
        ),
    ),
    Section(title="nav.schools", members=("schools/index",)),
    Section(
        title="nav.filing",
        members=("filing/index", "about/filing", "about/wall", "about/office", "about/edit"),
    ),
    Section(
        title="nav.statistics",
        members=(
            "statistics/index",
            Section(title="nav.tables", members=("statistics/tables/",)),
            "statistics/builder",
            "statistics/reporting",
            "statistics/releases/index",
            "statistics/downloads",
            "statistics/methods",
            "statistics/open",
            "figures/claims",
            "figures/accounts",
            "figures/measures",
        ),
    ),
    Section(title="nav.lessons", members=("lessons/index", "lessons/micro")),
    Section(title="nav.team", members=("team/index", "team/training")),
    Section(title="nav.outreach", members=("outreach/index",)),
    Section(
        title="nav.about",
        members=(
            "about/index",
            "about/glossary",
            "about/follow",
            "about/changes",
            "about/summaries",
            "about/problems",
            "about/accessibility",
            "about/dictionary/index",
        ),
    ),
)

Nav: TypeAlias = "str | list[str | dict[str, Nav]]"


def pages(edition: Edition) -> tuple[Page, ...]:
    """Every page of an Edition that the engine builds, in the families' order."""
    return tuple(page for family in FAMILIES for page in family(edition) if there(edition.site, page.path))


def navigation(edition: Edition, made: Sequence[Page]) -> list[dict[str, Nav]]:
    """The navigation in the engine's form: file names, and titles of sections in the Edition's language."""
    members = _members([page.path for page in made])
    return [_section(edition, section, members) for section in NAVIGATION if _filled(section, members)]


class Way(Struct, frozen=True, kw_only=True):
    """What lies above a page, or above the pages of a folder (whose name ends in `/`), from the top: its section, and
    its folder's own index.
    """

    of: str
    steps: tuple[PageLink, ...]


def ways(edition: Edition, made: Sequence[Page]) -> tuple[Way, ...]:
    """The Way to the pages of every folder; and to a page that stands in another section than its folder's index."""
    titles = {page.path: page.title for page in made}
    sections = _by_section(edition, tuple(titles))
    folders = dict.fromkeys(path.rpartition("/")[0] for path in titles if "/" in path)
    first: dict[str, PageLink] = {}
    for path, section in sections.items():
        first.setdefault(path.rpartition("/")[0], section)
    of_folder = {folder: sections.get(f"{folder}/index", first.get(folder)) for folder in folders}
    apart = {path: section for path, section in sections.items() if section != of_folder.get(path.rpartition("/")[0])}
    return (
        *(Way(of=f"{at}/", steps=tuple(_steps(section, f"{at}/index", titles))) for at, section in of_folder.items()),
        *(Way(of=path, steps=(section,)) for path, section in apart.items() if "/" in path),
    )


def _by_section(edition: Edition, paths: tuple[str, ...]) -> Mapping[str, PageLink]:
    """The first section that leads to a page, as a link to that section's first page."""
    members, found = _members(paths), dict[str, PageLink]()
    for section in NAVIGATION:
        below = [
            path for inner in _sections([section]) for m in inner.members if isinstance(m, str) for path in members[m]
        ]
        for path in below:
            found.setdefault(path, PageLink(page=below[0], title=edition.say(section.title)))
    return found


def _steps(section: PageLink | None, index: str, titles: Mapping[str, str]) -> Iterator[PageLink]:
    if section is not None:
        yield section
    if index in titles and (section is None or section.page != index):
        yield PageLink(page=index, title=titles[index])


def led_to(paths: Iterable[str]) -> tuple[str, ...]:
    """The pages that the navigation leads to, in its order, if these are the pages below its folders."""
    members = _members(tuple(paths))
    return tuple(
        path for section in _sections(NAVIGATION) for m in section.members if isinstance(m, str) for path in members[m]
    )


def _members(paths: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """What each name in NAVIGATION stands for: a page for itself, a folder for its pages but those named themselves."""
    named = {m for section in _sections(NAVIGATION) for m in section.members if isinstance(m, str)}
    return {
        name: tuple(p for p in paths if (p.startswith(name) and p not in named if name.endswith("/") else p == name))
        for name in named
    }


def _sections(sections: Sequence[str | Section]) -> Iterator[Section]:
    for section in sections:
        if isinstance(section, Section):
            yield section
            yield from _sections(section.members)


def _filled(section: Section, members: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a section has pages: before the first release there are no tables, and much a district does not have."""
    return any(members[m] if isinstance(m, str) else _filled(m, members) for m in section.members)


def _section(edition: Edition, section: Section, members: Mapping[str, tuple[str, ...]]) -> dict[str, Nav]:
    """A section with its pages; one of a single page is that page."""
    nav: list[Any] = []
    for member in section.members:
        if isinstance(member, Section):
            nav += [_section(edition, member, members)] if _filled(member, members) else []
        else:
            nav += (f"{path}.md" for path in members[member])
    return {edition.say(section.title): nav if len(nav) > 1 else nav[0]}
