"""What waiting may bring: schools that have not filed yet, or not filed again, for want of which a release shows less.

Owns the advice for whoever is about to release. It follows from public facts and limits alone: who has filed, which
stages a school has, how many schools a row stands for. Must not look at a count, hidden or shown: whoever reads the
advice learns nothing of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from generator.model.ids import SchoolId
from generator.model.registry import TOTAL, Because, registry, row_of
from generator.model.releases import Release
from generator.model.schools import SchoolShape
from generator.model.submission import StageBand
from generator.records.repository import Repository
from generator.statistics.corrections import LEAST


class Wait(StrEnum):
    """What for."""

    ROW = "row"  # a part of a merged row may get a row of its own
    PAIRS = "pairs"  # from so many schools on no two of them together need be reckoned with
    ANEW = "anew"  # from so many schools on that filed anew what they changed may be shown
    ANEW_WITHDRAWN = "anew-withdrawn"  # the same where what they have a part in is hidden until then


class Waiting(Struct, frozen=True, kw_only=True):
    """A row (or a part of one) that stands for few schools; how many are needed, and who may yet come."""

    wait: Wait
    row: str
    schools: int
    needed: int
    absent: tuple[SchoolId, ...] = ()


def waiting(repository: Repository, release: Release, before: Release | None) -> Iterator[Waiting]:
    """What waiting may bring, before a release is made public; `before` is the one of its term that it corrects."""
    if before is None:
        yield from dict.fromkeys(_Late(repository, release).waiting())
    else:
        yield from _anew(release, before, withdrawn=before.id in repository.withdrawals)


def _anew(release: Release, before: Release, *, withdrawn: bool) -> Iterator[Waiting]:
    schools, needed = len(dict(release.counted.items() ^ before.counted.items())), max(LEAST, release.limits.schools)
    if schools < needed:
        yield Waiting(wait=Wait.ANEW_WITHDRAWN if withdrawn else Wait.ANEW, row=TOTAL, schools=schools, needed=needed)


class _Late:
    """The schools that have not filed for a release, and the rows that they would be counted in."""

    def __init__(self, repository: Repository, release: Release) -> None:
        self.release, term = release, repository.district.terms[release.term]
        self._absent = {
            school.id: school.shape_on(term.first_day)
            for school in repository.schools.values()
            if school.id not in release.counted and school.was_there(term.first_day, term.last_day)
        }
        rows_of = {table.id: table.rows for table in registry(release.levels, release.windows, release.plan)}
        self._schools = dict[tuple[str, str], int]()
        for table in release.tables:
            for row in table.rows:
                place = rows_of[table.id], row.id
                self._schools[place] = max(row.schools, self._schools.get(place, 0))

    def waiting(self) -> Iterator[Waiting]:
        plan, limits = self.release.plan, self.release.limits
        groups = [(rows, group) for rows, some in (("band", plan.bands), ("type", plan.types)) for group in some]
        several = [rows for rows, group in groups if len(group) > 1]
        for rows, merged in zip(several, plan.merged, strict=True):
            if merged.because is Because.FEW_SCHOOLS:
                yield from self._enough(Wait.ROW, rows, (merged.part,), merged.schools, limits.schools)
        for rows, group in (*groups, ("band", (TOTAL,))):
            if (schools := self._schools.get((rows, row_of(group)), 0)) >= limits.schools:
                yield from self._enough(Wait.PAIRS, rows, group, schools, 2 * limits.schools)

    def _enough(self, wait: Wait, rows: str, group: tuple[str, ...], schools: int, needed: int) -> Iterator[Waiting]:
        """If those who have not filed are enough together with those who have."""
        absent = tuple(sorted(id_ for id_, shape in self._absent.items() if _counts(shape, rows, group)))
        if schools < needed <= schools + len(absent):
            yield Waiting(wait=wait, row=row_of(group), schools=schools, needed=needed, absent=absent)


def _counts(shape: SchoolShape, rows: str, group: tuple[str, ...]) -> bool:
    """Whether a school is counted in a row."""
    mine = {shape.type.value} if rows == "type" else {b.value for b in StageBand if b.stage in shape.stages}
    return group == (TOTAL,) or not mine.isdisjoint(group)
