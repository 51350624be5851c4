"""The registry of tables: everything that a release publishes, by name.

A number that stands in no table of it is not published.

Owns the tables, their columns and rows, and the version of the whole. Must not know a count: what is added up is named,
never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from generator.model.district import RiskLevel
from generator.model.schools import SchoolType
from generator.model.submission import Concern, NotScreened, StageBand

VERSION = 1
TOTAL = "total"
PARTICIPATION = "participation"  # who was due and who was screened; for each school, the band of its share
FOLLOW_UP = "follow-up"  # the one table whose columns go by the term: its windows

# What the rows of a table may be, in their order; a row that cannot exist (a band that no school has) is left out.
ROWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"band": tuple(b.value for b in StageBand), "type": tuple(t.value for t in SchoolType)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: the atoms' names that it adds up, and whether a small count in it speaks of somebody.

    What is `open` may be told of a single school too. Enrolment stands in each school's return, and every pupil has an
    electronic file whatever his circumstances: the outcome of that rule, 100 per cent, says how many a school has.
    """

    id: str
    sums: tuple[str, ...]
    sensitive: bool = True
    open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pupils of whom something is said, `speaks`, and the `others` of the same group, of whom it is not: names of
    atoms.

    If the others were known to be none or few, it would be said of each of the whole group. `column` is what is hidden
    then.
    """

    column: str
    speaks: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: what its rows are, its columns, what says how many pupils a row is about, and which columns are shown as
    shares of which.
    """

    id: str
    rows: str  # a key of ROWS
    columns: tuple[Column, ...]
    base: Column
    shares: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns as published: counts, then shares, `part/whole`."""
        return (*(column.id for column in self.columns), *(f"{part}/{whole}" for part, whole in self.shares))

    @property
    def row_order(self) -> tuple[str, ...]:
        """What its rows may be, in their order; the total comes last."""
        return (*ROWS[self.rows], TOTAL)


def registry(levels: Sequence[RiskLevel], windows: Sequence[str]) -> tuple[Table, ...]:
    """Every table that is published for a term, for a district of these risk levels and a term of these follow-up
    windows.
    """
    found = _found(levels)
    valid = _sum("valid", found, sensitive=False)
    due, screened, missed, invalid = who_took_part(levels)
    concerns = [Column(id=concern.value, sums=(f"concerns.{concern}",)) for concern in Concern]
    paper = _sum("paper-files", concerns)
    enrolment = Column(id="enrolment", sums=("enrolment",), sensitive=False, open=True)
    electronic = Column(id="electronic-files", sums=("electronic_files",), sensitive=False, open=True)
    followed = [Column(id=window, sums=(f"followed_up.{window}",)) for window in windows]
    services = [
        _one(name) for name in ("reviewed", "counselled", "referred", "guardians_informed", "crisis_interventions")
    ]
    by_level = tuple((column.id, "valid") for column in found)
    unseen = Group(column="valid", speaks=(*invalid.sums, *missed.sums), others=valid.sums)
    at_risk = Group(column=found[0].id, speaks=_all_but(found[0], found), others=found[0].sums)
    alike = tuple(Group(column=column.id, speaks=column.sums, others=_all_but(column, concerns)) for column in concerns)
    return (
        Table(
            id=PARTICIPATION,
            rows="band",
            columns=(due, screened, missed, valid, invalid),
            base=due,
            shares=(("screened", "due"),),
            groups=(unseen,),
        ),
        Table(id="stage-level", rows="band", columns=(valid, *found), base=valid, shares=by_level, groups=(at_risk,)),
        Table(id="type-level", rows="type", columns=(valid, *found), base=valid, shares=by_level, groups=(at_risk,)),
        Table(id="stage-concern", rows="band", columns=(paper, *concerns), base=enrolment, groups=alike),
        Table(
            id="files",
            rows="band",
            columns=(enrolment, electronic, paper),
            base=enrolment,
            shares=(("electronic-files", "enrolment"),),
        ),
        Table(id=FOLLOW_UP, rows="band", columns=tuple(followed), base=enrolment),
        Table(id="services", rows="band", columns=tuple(services), base=enrolment),
    )


def _all_but(column: Column, whole: Iterable[Column]) -> tuple[str, ...]:
    """Everybody of a group but those of one column."""
    return tuple(name for other in whole for name in other.sums if name not in column.sums)


def who_took_part(levels: Sequence[RiskLevel]) -> tuple[Column, Column, Column, Column]:
    """Who was due, who was screened, who was not, and whose answers could not be used.

    A school's share of these is published as a band.
    """
    missed = _sum("not-screened", [Column(id="", sums=tuple(f"not_screened.{reason}" for reason in NotScreened))])
    invalid = Column(id="invalid", sums=("invalid",))
    screened = _sum("screened", [*_found(levels), invalid], sensitive=False)
    return _sum("due", [screened, missed], sensitive=False), screened, missed, invalid


def _found(levels: Sequence[RiskLevel]) -> list[Column]:
    return [Column(id=level.id, sums=(f"levels.{level.id}",), sensitive=level is not levels[0]) for level in levels]


def _one(name: str) -> Column:
    return Column(id=name.replace("_", "-"), sums=(name,))


def _sum(name: str, parts: Iterable[Column], *, sensitive: bool = True) -> Column:
    return Column(id=name, sums=tuple(name for part in parts for name in part.sums), sensitive=sensitive)
