"""Figures that people ask of open returns, for groups of schools: pupils per teacher, yuan per pupil and the like.

Owns what each is the quotient of, and the groups. A quotient is of sums, over the schools that state both numbers; how
many do not is told beside it. Nothing sealed is needed. Must not know how figures are put in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import partial
from operator import add
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from generator.compliance.school_measures import has_room
from generator.model.district import SchoolYear
from generator.model.ids import SchoolId, YearId
from generator.model.schools import Return, SchoolShape, SchoolType, Stage
from generator.records.blocks import Told, anew, blocks
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


_Parts: TypeAlias = tuple[float, float] | None


class SchoolsAlike(NamedTuple):
    """What schools have in common that are in the same groups."""

    shape: SchoolShape
    area: str
    size: int

    @property
    def groups(self) -> Iterator[SchoolGroup]:
        """All groups that they are in."""
        yield SchoolGroup(by=Grouping.ALL, id="")
        yield from (SchoolGroup(by=Grouping.STAGE, id=stage.value) for stage in self.shape.stages)
        yield SchoolGroup(by=Grouping.TYPE, id=self.shape.type.value)
        yield SchoolGroup(by=Grouping.AREA, id=self.area)
        yield SchoolGroup(by=Grouping.SIZE, id=str(self.size))


def groups(repository: Repository, told: Told[frozenset[SchoolsAlike]] = anew) -> tuple[SchoolGroup, ...]:
    """All groups that have a school, in their order. `told` may know what was told of some schools before."""
    alike = frozenset[SchoolsAlike]().union(
        *(told("groups", some, partial(_alike, repository, some)) for some in blocks(repository.schools))
    )
    found = {group for one in alike for group in one.groups}
    known = {
        Grouping.ALL: ("",),
        Grouping.STAGE: tuple(stage.value for stage in Stage),
        Grouping.TYPE: tuple(type_.value for type_ in SchoolType),
        Grouping.AREA: tuple(area.id for area in repository.district.areas),
        Grouping.SIZE: tuple(str(number) for number in range(len(SIZES) + 1)),
    }
    ordered = (SchoolGroup(by=by, id=id_) for by, ids in known.items() for id_ in ids)
    return tuple(group for group in ordered if group in found)


def _alike(repository: Repository, schools: Iterable[SchoolId]) -> frozenset[SchoolsAlike]:
    return frozenset(
        SchoolsAlike(shape=shape, area=school.area, size=_size(school.classes))
        for school in map(repository.schools.__getitem__, schools)
        for shape in (SchoolShape(type=school.type, stages=school.stages), *(one.was for one in school.earlier_stages))
    )


def _size(classes: Mapping[Stage, int]) -> int:
    number = sum(classes.values())
    return sum(number > size for size in SIZES)


def quotients(
    repository: Repository, year: YearId, as_of: date, told: Told[Mapping[SchoolsAlike, RatioNumbers]] = anew
) -> Mapping[tuple[Ratio, SchoolGroup], Quotient]:
    """Every ratio of every group in a school year, as it was known at the end of `as_of`. Schools that are in the same
    groups are added up first. `told` as above.
    """
    of_alike: dict[SchoolsAlike, RatioNumbers] = {}
    for some in blocks(repository.schools):
        for alike, numbers in told(f"quotients {year}", some, partial(_parted, repository, year, as_of, some)).items():
            of_alike[alike] = _together(of_alike.get(alike), numbers)
    of_groups: dict[SchoolGroup, RatioNumbers] = {}
    for alike, numbers in of_alike.items():
        for group in alike.groups:
            of_groups[group] = _together(of_groups.get(group), numbers)
    return {(ratio, group): _quotient(numbers, ratio, group) for group, numbers in of_groups.items() for ratio in Ratio}


# Of schools that are in the same groups four numbers for each of _PLACES (the sums of parts and of wholes, how many
# schools state both, how many do not), and how many schools filed nothing.
RatioNumbers: TypeAlias = list[int | float]


def _together(one: RatioNumbers | None, other: RatioNumbers) -> RatioNumbers:
    return other if one is None else list(map(add, one, other))


def _quotient(numbers: RatioNumbers, ratio: Ratio, group: SchoolGroup) -> Quotient:
    at = _PLACES[f"{ratio} {group.id}" if ratio is Ratio.LESSONS_PER_CLASS and group.by is Grouping.STAGE else ratio]
    part, whole, stated, silent = numbers[at : at + 4]
    return Quotient(part=part, whole=whole, stated=int(stated), silent=int(silent + numbers[-1]))


def _parted(
    repository: Repository, year: YearId, as_of: date, schools: Iterable[SchoolId]
) -> Mapping[SchoolsAlike, RatioNumbers]:
    day = min(as_of, repository.year(year).last_day)
    parted: dict[SchoolsAlike, RatioNumbers] = {}
    for school in map(repository.schools.__getitem__, schools):
        filed = repository.returns.get((school.id, year))
        if filed is not None and filed.filed_on > as_of:
            filed = None
        if filed is None and not school.is_open(day):
            continue
        shape = school.shape_on(filed.counted_on if filed else day)
        alike = SchoolsAlike(shape, school.area, _size((filed or school).classes))
        numbers = parted.setdefault(alike, [0] * (4 * len(_PLACES) + 1))
        if filed is None:
            numbers[-1] += 1
            continue
        for ratio, parts in _RATIOS.items():
            _add(numbers, ratio, parts(filed, day))
        _add(numbers, Ratio.LESSONS_PER_CLASS, _lessons_per_class(filed, None, repository))
        for stage in shape.stages:
            _add(numbers, f"{Ratio.LESSONS_PER_CLASS} {stage}", _lessons_per_class(filed, stage, repository))
    return parted


def _add(numbers: RatioNumbers, name: str, stated: _Parts) -> None:
    at = _PLACES[name]
    if stated is None:
        numbers[at + 3] += 1
    else:
        numbers[at] += stated[0]
        numbers[at + 1] += stated[1]
        numbers[at + 2] += 1


def years(repository: Repository, as_of: date) -> tuple[SchoolYear, ...]:
    """The school years for which any return was filed by then."""
    found = (
        repository.told(f"years {as_of}", some, partial(_years, repository, as_of, some))
        for some in blocks(repository.schools)
    )
    filed = frozenset[YearId]().union(*found)
    return tuple(year for year in repository.district.years if year.id in filed)


def _years(repository: Repository, as_of: date, schools: Iterable[SchoolId]) -> frozenset[YearId]:
    keys = ((school, year.id) for school in schools for year in repository.district.years)
    found = (repository.returns.get(key) for key in keys)
    return frozenset(one.year for one in found if one is not None and one.filed_on <= as_of)


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


def _lessons_per_class(found: Return, stage: Stage | None, repository: Repository) -> _Parts:
    """Per class and term, over the bands of the stage where schools are put together by stage."""
    if found.lessons is None:
        return None
    stated = [
        lessons.per_class for lessons in found.lessons if stage is None or repository.bands[lessons.band].stage is stage
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


_RATIOS: Mapping[Ratio, Callable[[Return, date], _Parts]] = MappingProxyType(
    {
        Ratio.PUPILS_PER_TEACHER: _pupils_per_teacher,
        Ratio.CLASSES_PER_TEACHER: _classes_per_teacher,
        Ratio.FULL_TIME: _full_time,
        Ratio.CERTIFIED: _certified,
        Ratio.YUAN_PER_PUPIL: _yuan_per_pupil,
        Ratio.WITH_ROOM: _with_room,
        Ratio.ROOM_AREA: _room_area,
    }
)
# Lessons are other ones for each stage.
_PLACES: Mapping[str, int] = {
    name: 4 * number for number, name in enumerate((*Ratio, *(f"{Ratio.LESSONS_PER_CLASS} {stage}" for stage in Stage)))
}
