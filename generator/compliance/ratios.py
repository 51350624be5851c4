"""Figures that people ask of open returns, for groups of schools: pupils per teacher, yuan per pupil and the like.

Owns what each is the quotient of, and the groups. A quotient is of sums, over the schools that state both numbers; how
many do not is told beside it. Nothing sealed is needed. Must not know how figures are put in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from msgspec import Struct

from generator.compliance.school_measures import has_room
from generator.model.district import SchoolYear
from generator.model.ids import SchoolId, YearId
from generator.model.schools import Return, School, SchoolShape, SchoolType, Stage
from generator.records.repository import Repository

SIZES = (12, 24, 36)  # classes; the first size is up to 12, the last more than 36


class Ratio(StrEnum):
    """What is divided by what."""

    PUPILS_PER_TEACHER = "pupils-per-teacher"
    CLASSES_PER_TEACHER = "classes-per-teacher"
    FULL_TIME = "full-time"
    CERTIFIED = "certified"
    YUAN_PER_PUPIL = "yuan-per-pupil"
    LESSONS_PER_CLASS = "lessons-per-class"
    WITH_ROOM = "with-room"
    ROOM_AREA = "room-area"

    @property
    def is_share(self) -> bool:
        """Whether it is told in per cent."""
        return self in (Ratio.FULL_TIME, Ratio.CERTIFIED, Ratio.WITH_ROOM)


class Grouping(StrEnum):
    """By what schools are put together."""

    ALL = "all"
    STAGE = "stage"
    TYPE = "type"
    AREA = "area"
    SIZE = "size"


class SchoolGroup(Struct, frozen=True, kw_only=True):
    """Schools of one stage (among others), type, area or size; `id` is empty for all of them."""

    by: Grouping
    id: str


class Quotient(Struct, frozen=True, kw_only=True):
    """The sums of a group in a year, and how many schools state them and how many do not."""

    part: float
    whole: float
    stated: int
    silent: int


_T = TypeVar("_T")
_Parts: TypeAlias = tuple[float, float] | None
_BLOCK = 16  # schools

# What is told of some schools by this name, as it was told before or as it is told now.
Told: TypeAlias = Callable[[str, Sequence[SchoolId], Callable[[], _T]], _T]


def anew(_name: str, _schools: Sequence[SchoolId], tell: Callable[[], _T]) -> _T:
    """What is told now: nothing is known from before."""
    return tell()


def groups(repository: Repository, told: Told[frozenset[SchoolGroup]] = anew) -> tuple[SchoolGroup, ...]:
    """All groups that have a school, in their order. `told` may know what was told of some schools before."""
    found = frozenset[SchoolGroup]().union(
        *(told("groups", some, partial(_groups_of, repository, some)) for some in _blocks(repository))
    )
    known = {
        Grouping.ALL: ("",),
        Grouping.STAGE: tuple(stage.value for stage in Stage),
        Grouping.TYPE: tuple(type_.value for type_ in SchoolType),
        Grouping.AREA: tuple(area.id for area in repository.district.areas),
        Grouping.SIZE: tuple(str(number) for number in range(len(SIZES) + 1)),
    }
    ordered = (SchoolGroup(by=by, id=id_) for by, ids in known.items() for id_ in ids)
    return tuple(group for group in ordered if group in found)


def _blocks(repository: Repository) -> Iterator[Sequence[SchoolId]]:
    schools = tuple(repository.schools)
    return (schools[first : first + _BLOCK] for first in range(0, len(schools), _BLOCK))


def _groups_of(repository: Repository, schools: Iterable[SchoolId]) -> frozenset[SchoolGroup]:
    return frozenset(
        group
        for school in map(repository.schools.__getitem__, schools)
        for shape in (SchoolShape(type=school.type, stages=school.stages), *(one.was for one in school.earlier_stages))
        for group in _of(school, shape, sum(school.classes.values()))
    )


def _of(school: School, shape: SchoolShape, classes: int) -> Iterator[SchoolGroup]:
    yield _group(Grouping.ALL, "")
    yield from (_group(Grouping.STAGE, stage.value) for stage in shape.stages)
    yield _group(Grouping.TYPE, shape.type.value)
    yield _group(Grouping.AREA, school.area)
    yield _group(Grouping.SIZE, str(sum(classes > size for size in SIZES)))


@lru_cache(maxsize=1000)  # a handful, asked for at each school
def _group(by: Grouping, id_: str) -> SchoolGroup:
    return SchoolGroup(by=by, id=id_)


def quotients(
    repository: Repository, year: YearId, as_of: date, told: Told[Mapping[SchoolGroup, Sequence[_Sums]]] = anew
) -> Mapping[tuple[Ratio, SchoolGroup], Quotient]:
    """Every ratio of every group in a school year, as it was known at the end of `as_of`. `told` as above."""
    found: dict[SchoolGroup, Sequence[_Sums]] = {}
    for some in _blocks(repository):
        of_some = told(f"quotients {year}", some, partial(_sums, repository, year, as_of, some))
        for group, sums in of_some.items():
            for one, more in zip(found.setdefault(group, _none()), sums, strict=True):
                one.take(more)
    return {(r, group): one.quotient() for group, sums in found.items() for r, one in zip(_RATIOS, sums, strict=True)}


def _sums(
    repository: Repository, year: YearId, as_of: date, schools: Iterable[SchoolId]
) -> Mapping[SchoolGroup, Sequence[_Sums]]:
    day = min(as_of, repository.year(year).last_day)
    found: dict[SchoolGroup, Sequence[_Sums]] = {}
    for school in map(repository.schools.__getitem__, schools):
        filed = repository.returns.get((school.id, year))
        if filed is not None and filed.filed_on > as_of:
            filed = None
        if filed is None and not school.is_open(day):
            continue
        shape = school.shape_on(filed.counted_on if filed else day)
        classes = sum((filed.classes if filed else school.classes).values())
        of_all = [parts(filed, day, None, repository) if filed else None for parts in _RATIOS.values()]
        for group in _of(school, shape, classes):
            stated = of_all
            if filed is not None and group.by is Grouping.STAGE:
                stated = [parts(filed, day, group, repository) for parts in _RATIOS.values()]
            for one, parted in zip(found.get(group) or found.setdefault(group, _none()), stated, strict=True):
                one.add(parted)
    return found


def _none() -> Sequence[_Sums]:
    return tuple(_Sums() for _ in _RATIOS)


class _Sums(Struct):
    """The same while schools are gone through."""

    part: float = 0
    whole: float = 0
    stated: int = 0
    silent: int = 0

    def add(self, stated: _Parts) -> None:
        if stated is None:
            self.silent += 1
        else:
            self.part += stated[0]
            self.whole += stated[1]
            self.stated += 1

    def take(self, other: _Sums) -> None:
        self.part += other.part
        self.whole += other.whole
        self.stated += other.stated
        self.silent += other.silent

    def quotient(self) -> Quotient:
        return Quotient(part=self.part, whole=self.whole, stated=self.stated, silent=self.silent)


def years(repository: Repository, as_of: date) -> tuple[SchoolYear, ...]:
    """The school years for which any return was filed by then."""
    filed = {found.year for found in repository.returns.values() if found.filed_on <= as_of}
    return tuple(year for year in repository.district.years if year.id in filed)


# --- what each is the quotient of -------------------------------------------------------------------------------------


def _pupils_per_teacher(found: Return, *_: object) -> _Parts:
    return None if found.staff is None else (sum(found.enrolment.values()), _teachers(found))


def _classes_per_teacher(found: Return, *_: object) -> _Parts:
    return None if found.staff is None else (sum(found.classes.values()), _teachers(found))


def _full_time(found: Return, *_: object) -> _Parts:
    return None if found.staff is None else (found.staff.full_time, _teachers(found))


def _certified(found: Return, *_: object) -> _Parts:
    if found.staff is None or found.staff.certified is None:
        return None
    return found.staff.certified, _teachers(found)


def _teachers(found: Return) -> int:
    return 0 if found.staff is None else found.staff.full_time + found.staff.part_time


def _yuan_per_pupil(found: Return, *_: object) -> _Parts:
    return None if found.earmarked_yuan is None else (found.earmarked_yuan, sum(found.enrolment.values()))


def _lessons_per_class(found: Return, day: date, group: SchoolGroup | None, repository: Repository) -> _Parts:
    """Per class and term, over the bands of the stage where schools are put together by stage."""
    if found.lessons is None:
        return None
    stated = [
        lessons.per_class
        for lessons in found.lessons
        if group is None or group.by is not Grouping.STAGE or repository.bands[lessons.band].stage == group.id
    ]
    return (sum(stated), len(stated)) if stated else None


def _with_room(found: Return, day: date, *_: object) -> _Parts:
    there = _has_room(found, day)
    return None if there is None else (int(there), 1)


def _has_room(found: Return, day: date) -> bool | None:
    opened = found.room.opened_on if found.room else None
    return has_room(found) if opened is None else opened <= day


def _room_area(found: Return, day: date, *_: object) -> _Parts:
    """Square metres of a room of which all parts are stated. A school that says it has none has no area to state."""
    if not _has_room(found, day) or found.room is None:
        return (0, 0) if _has_room(found, day) is False else None
    room = found.room
    if room.individual_m2 is None or room.group_m2 is None or room.office_m2 is None:
        return None
    return sum(room.individual_m2) + room.group_m2 + room.office_m2, 1


_RATIOS: Mapping[Ratio, Callable[[Return, date, SchoolGroup | None, Repository], _Parts]] = MappingProxyType(
    {
        Ratio.PUPILS_PER_TEACHER: _pupils_per_teacher,
        Ratio.CLASSES_PER_TEACHER: _classes_per_teacher,
        Ratio.FULL_TIME: _full_time,
        Ratio.CERTIFIED: _certified,
        Ratio.YUAN_PER_PUPIL: _yuan_per_pupil,
        Ratio.LESSONS_PER_CLASS: _lessons_per_class,
        Ratio.WITH_ROOM: _with_room,
        Ratio.ROOM_AREA: _room_area,
    }
)
