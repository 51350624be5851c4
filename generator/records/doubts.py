"""Doubts: what a return says that may be so and hardly is. Nobody is stopped by one; who looked says so in the file.

Owns which there are, few and each for a mistake that was made; the filing desk asks by the same tables. Must not know
how they are told. They are for the school and for who reviews; no page that others read shows them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from msgspec import Struct

from generator.files.schemas import enum_label, field_title
from generator.model.ids import SchoolId, YearId
from generator.model.schools import DoubtKind, Return, School, Stage
from generator.problems import Position
from generator.records.repository import Repository
from generator.text import Text

JUMP, SMALL = 5, 10  # times as much or as little; figures below ten jump by themselves
BY_STAGE = ("classes", "enrolment")  # figures that the school's profile has too
ALONE = ("earmarked_yuan", "pupils_served")
COPIED = ("classes", "enrolment", "staff", "leading_group", "room", "work_files", "earmarked_yuan", "pupils_served")
PROFILE = Text(zh="学校档案", en="the school's profile")
LAST = Text(zh="上一年的填报", en="the return of the year before")


class Doubt(Struct, frozen=True, kw_only=True):
    """What is asked about one return, where, and the words of the question."""

    at: Position
    kind: DoubtKind
    facts: tuple[tuple[str, str | Text], ...]


def doubts(repository: Repository, apart_from: Container[tuple[SchoolId, YearId]] = ()) -> tuple[Doubt, ...]:
    """Every Doubt that the return itself does not answer, by file; apart from returns of which it is known that there
    is none.
    """
    asked = (repository.returns[key] for key in repository.returns if key not in apart_from)
    found = (d for r in asked for d in _of(repository, r) if d.kind not in _answered(r))
    return tuple(sorted(found, key=lambda doubt: (doubt.at, doubt.kind)))


def _answered(found: Return) -> frozenset[DoubtKind]:
    return frozenset(one.doubt for one in found.confirmed or ())


def _of(repository: Repository, found: Return) -> Iterator[Doubt]:
    before = return_before(repository, found.school, found.year)
    yield from _jumps(found, before, profile_of(repository, found.school, found.year))
    if before is not None and _alike(found, before):
        yield Doubt(at=found.source, kind=DoubtKind.COPY, facts=(("year", found.year), ("before", before.year)))
    year, drill = repository.year(found.year), found.crisis.drill_on if found.crisis else None
    if drill is not None and not year.first_day <= drill <= year.last_day:
        facts = (("year", found.year), ("day", drill.isoformat()))
        yield Doubt(at=found.place(("crisis", "drill_on")), kind=DoubtKind.OTHER_YEAR, facts=facts)


def return_before(repository: Repository, school: SchoolId, year: YearId) -> Return | None:
    """The school's return of the year before, if it filed one."""
    years = [one.id for one in repository.district.years]
    at = years.index(year)
    return repository.returns.get((school, years[at - 1])) if at else None


def profile_of(repository: Repository, school: SchoolId, year: YearId) -> School | None:
    """The school's profile, if it was counted in that year."""
    span, found = repository.year(year), repository.schools[school]
    return found if span.first_day <= found.counted_on <= span.last_day else None


_Figures = Mapping[tuple[str, ...], int]


def _figures(stated: Return | School) -> _Figures:
    """The figures that are compared, by field."""
    made: dict[tuple[str, ...], int] = {}
    for name in BY_STAGE:
        by_stage: Mapping[Stage, int] = getattr(stated, name)
        made |= {(name, stage.value): number for stage, number in by_stage.items()}
    if isinstance(stated, Return):
        made |= {(name,): number for name in ALONE if (number := getattr(stated, name)) is not None}
    return made


def _jumps(found: Return, before: Return | None, profile: School | None) -> Iterator[Doubt]:
    """Figures many times what the profile or the last return says: a digit too many, or one lost."""
    others = [(PROFILE, _figures(profile) if profile else {}), (LAST, _figures(before) if before else {})]
    for field, number in _figures(found).items():
        for other, figures in others:
            if field in figures and _far_apart(number, figures[field]):
                facts = (
                    ("what", named(field)),
                    ("value", str(number)),
                    ("other", other),
                    ("before", str(figures[field])),
                )
                yield Doubt(at=found.place(field), kind=DoubtKind.TENFOLD, facts=facts)
                break


def _far_apart(one: int, other: int) -> bool:
    low, high = sorted((one, other))
    return high >= SMALL and high >= JUMP * low


def named(field: tuple[str, ...]) -> Text:
    """What a figure that is compared is called."""
    title = field_title("return", field[:1])
    if len(field) == 1:
        return title
    stage = enum_label("Stage", Stage(field[1]).value)
    return Text(zh=f"{stage.zh}{title.zh}", en=f"{title.en}, {stage.en}")


def _alike(found: Return, before: Return) -> bool:
    """Whether all that is bound to no day is the same: the last file was copied and not brought up to date."""
    return all(getattr(found, name) == getattr(before, name) for name in COPIED)
