"""What the public may be told: one Site, made from what the files say, and the Pages written from it.

Owns `Site` and `Page`. Pages receive a Site and nothing else, so whether a page can leak is a question of this type:
nothing sealed is ever part of it. Must not know how a page is rendered or written.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.claims import ClaimResult, TargetResult, check, targets
from generator.compliance.days_gone_by import Weeks
from generator.compliance.evaluate import Earlier, Outcomes, TrendPoint, Verdicts, evaluate, trend
from generator.compliance.scoring import Assessment, Score, assess, scores
from generator.files.history import Commit
from generator.model.district import SchoolYear
from generator.model.ids import SchoolId, YearId
from generator.model.inspections import InspectionId
from generator.model.releases import Release
from generator.model.schools import Return, School
from generator.problems import Position
from generator.records.repository import Repository


class Archived(Struct, frozen=True, kw_only=True):
    """What a site of days gone by leads to: where the present one is, if that is known."""

    present: str | None


_T = TypeVar("_T")


class Keeping:
    """Keeps parts of files for a later build, by name and by the schools whose own records they are made of; and in a
    process that stays what was told of these schools. This one keeps nothing.
    """

    __slots__ = ()

    def found(self, _name: str, _schools: Sequence[SchoolId]) -> bytes | None:
        """The part as it was made before, if it was."""
        return None

    def keep(self, _name: str, _schools: Sequence[SchoolId], _part: bytes) -> None:
        """Leave it for the next build."""

    def leave(self, _name: str, _schools: Sequence[SchoolId]) -> None:
        """Leave the part, of which this build has no use, for one that has."""

    def made(self, name: str, schools: Sequence[SchoolId], make: Callable[[], bytes]) -> bytes:
        """The part as it was made before, or else as it is made now and kept."""
        if (part := self.found(name, schools)) is None:
            part = make()
            self.keep(name, schools, part)
        return part

    def shared(self, _name: str, _fields: Sequence[str], make: Callable[[], bytes]) -> bytes:
        """A part that of what schools own is made of these fields of the Repository alone."""
        return make()

    def told(
        self, _name: str, _schools: Sequence[SchoolId], tell: Callable[[], _T], _shape: type[_T] | None = None
    ) -> _T:
        """What was told of some schools before, or else as it is told now. It is the same for all languages. What is
        plain data of a `shape` is left for the next process, too.
        """
        return tell()


NOWHERE = Keeping()


class Site(Struct, frozen=True, kw_only=True):
    """Everything that may be published of one commit, as it stood at the end of the day `as_of` (in the district's time
    zone).
    """

    repository: Repository
    claims: tuple[ClaimResult, ...]
    targets: tuple[TargetResult, ...]
    verdicts: Verdicts
    trend: tuple[TrendPoint, ...]
    scores: Mapping[InspectionId, Score]
    assessments: tuple[Assessment, ...]
    as_of: date
    commit: Commit | None
    current_year: (
        SchoolYear  # the one that `as_of` falls in, or the last one begun before it (the first, before them all)
    )
    archived: Archived | None = None
    weeks: Weeks | None = None  # what turned lately, where the history was asked for
    sheets: bool = False  # whether sheets on paper lie beside the pages
    keeping: Keeping = NOWHERE

    @property
    def releases(self) -> tuple[Release, ...]:
        """What had been released by then and stands, from the first to the last."""
        return self.repository.published(self.as_of)

    @property
    def withdrawn(self) -> tuple[Release, ...]:
        """What had been released by then and was withdrawn."""
        found = (r for r in self.repository.releases.values() if r.id in self.repository.withdrawals)
        return tuple(r for r in found if r.released_on <= self.as_of)

    def return_of(self, school: SchoolId, year: YearId) -> Return | None:
        """A school's return for a school year, if it was filed by then."""
        found = self.repository.returns.get((school, year))
        return found if found is not None and found.filed_on <= self.as_of else None


class File(Struct, frozen=True, kw_only=True):
    """A file that the site hands out: its path in its language's half of the site, and its bytes."""

    path: str
    content: bytes


class Page(Struct, frozen=True, kw_only=True):
    """One page in one language.

    `path` has `/` and no suffix (`policies/xinzhuli`); `title` and `description` are plain text.

    `body` is Markdown whose data stand in escaped HTML blocks. `cites` are the records it was made from. `files` are
    what it hands out.
    """

    path: str
    kind: str
    title: str
    description: str
    body: str
    cites: tuple[Position, ...]
    searchable: bool = True
    hide: tuple[str, ...] = ()
    files: tuple[File, ...] = ()


def site(
    repository: Repository,
    as_of: date,
    commit: Commit | None,
    earlier: Earlier | None = None,
    of: Container[SchoolId] | None = None,
    outcomes: Outcomes | None = None,
) -> Site:
    """The Site of a checked repository. Claims are measured as of their own day, not of `as_of`.

    `earlier` and `outcomes` as in `evaluate`. With `of` there are verdicts of these schools alone: enough to compare
    two Sites, never to publish.
    """
    verdicts = evaluate(repository, as_of, earlier, of, outcomes)
    return Site(
        repository=repository,
        claims=check(repository),
        targets=targets(repository, as_of),
        verdicts=verdicts,
        trend=trend(repository, verdicts, earlier, of, outcomes),
        scores=scores(repository, as_of),
        assessments=assess(repository, as_of),
        as_of=as_of,
        commit=commit,
        current_year=repository.district.year_on(as_of),
    )


def archived(content: Site) -> Site:
    """The Site as one of days gone by. It lies elsewhere than the present one, so it has no address of its own."""
    district = content.repository.district
    elsewhere = replace(content.repository, district=replace(district, site_url=None))
    return replace(content, repository=elsewhere, archived=Archived(present=district.site_url))


_ONCE: list[Callable[[Site], object]] = []


def once(told: Callable[[Site], _T]) -> Callable[[Site], _T]:
    """What is told of a Site in every language alike, worked out once as long as the same Site is asked about."""
    kept: list[tuple[Site, _T]] = []

    @wraps(told)
    def asked(site: Site) -> _T:
        if not kept or kept[0][0] is not site:
            kept[:] = [(site, told(site))]
        return kept[0][1]

    _ONCE.append(asked)
    return asked


_ONCE_EACH: list[Callable[[Site, School], object]] = []


def once_each(told: Callable[[Site, School], _T]) -> Callable[[Site, School], _T]:
    """What is told of a school in every language alike, worked out once as long as the same Site is asked about."""
    of_site: Callable[[Site], dict[SchoolId, _T]] = once(lambda _: {})

    @wraps(told)
    def asked(site: Site, school: School) -> _T:
        found = of_site(site)
        if school.id not in found:
            found[school.id] = told(site, school)
        return found[school.id]

    _ONCE_EACH.append(asked)
    return asked


def tell_once(site: Site) -> None:
    """Work out all that is told of a Site and of each school in every language alike."""
    for told in _ONCE:
        told(site)
    for told_each in _ONCE_EACH:
        for school in site.repository.schools.values():
            told_each(site, school)
