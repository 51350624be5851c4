"""The registry of tables: everything that a release publishes, by name.

A number that stands in no table of it is not published.

Owns the tables, their columns and rows, and the version of the whole. Must not know a count: what is added up is named,
never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from generator.model.district import Instrument, RiskLevel
from generator.model.schools import STAGES_OF, SchoolType, Stage
from generator.model.submission import Concern, NotScreened, StageBand

VERSION = 1
TOTAL = "total"
PARTICIPATION = "participation"  # who was due and who was screened; for each school, the band of its share
BY_LEVEL = frozenset({"stage-level", "type-level"})  # what the screening found
FOLLOW_UP = "follow-up"  # the one table whose columns go by the term: its windows

# What the rows of a table may be, in their order; a row that cannot exist (a band that no school has) is left out.
ROWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"band": tuple(b.value for b in StageBand), "type": tuple(t.value for t in SchoolType)}
)
_RARE_CONCERNS = (Concern.EATING, Concern.SLEEP, Concern.OTHER)  # one column where there are few pupils
_RARE_SERVICES = frozenset({"referred", "crisis-interventions"})  # no column there


class Breadth(StrEnum):
    """How many columns the tables of a plan have."""

    FULL = "full"
    MEDIUM = "medium"  # the two gravest levels in one; rare services left out
    COARSE = "coarse"  # rare concerns in one, too; unusable answers left out, too
    BAREST = "barest"  # enrolment, electronic files, and who took part


class Because(StrEnum):
    """Why rows stand as one."""

    FEW_SCHOOLS = "few-schools"  # too few schools have pupils there
    LARGEST_SHARE = "largest-share"  # one school has nearly all of them
    MORE_SHOWN = "more-shown"  # apart more of their cells would have to be hidden than standing apart shows
    SAFETY = "safety"  # a finer table did not withstand the attack


class Step(StrEnum):
    """What a plan did without, step by step, because a finer one did not withstand the attack."""

    BANDS = "bands"
    VERDICTS = "verdicts"
    COLUMNS = "columns"
    ROWS = "rows"
    BAREST = "barest"


class Merged(Struct, frozen=True, kw_only=True):
    """A row that stands for several, and why: `part` has pupils of so many schools."""

    row: str
    because: Because
    part: str
    schools: int


class TablePlan(Struct, frozen=True, kw_only=True):
    """Which rows and columns the tables of a term have, the same in all of them. It follows from public facts and from
    the limits, and from nothing else but the steps, which are told too.

    `bands` and `types` are neighbouring rows that stand as one; where all do, there is only the total. `instruments`
    say by what each band was screened, where the district states it.
    """

    bands: tuple[tuple[str, ...], ...] = tuple((name,) for name in ROWS["band"])
    types: tuple[tuple[str, ...], ...] = tuple((name,) for name in ROWS["type"])
    breadth: Breadth = Breadth.FULL
    steps: tuple[Step, ...] = ()
    merged: tuple[Merged, ...] = ()
    instruments: tuple[tuple[str, Instrument], ...] = ()

    def unlike(self, rows: str) -> frozenset[str]:
        """The rows that would add up what unlike instruments found; none where nothing is stated of instruments."""
        groups = self.bands if rows == "band" else self.types
        one_row = (row_of(group) for group in groups if not self._alike(rows, group))
        everything = () if self._alike("band", self._present) else (TOTAL,)
        return frozenset((*one_row, *everything)) if self.instruments else frozenset()

    @property
    def _present(self) -> frozenset[str]:
        """The bands that anybody is in."""
        return frozenset(band for group in self.bands for band in group)

    def used(self, rows: str, group: Iterable[str]) -> frozenset[Instrument | None]:
        """By what everybody in these rows was screened; None stands for a band of which nothing is stated."""
        stated = dict(self.instruments)
        return frozenset(stated.get(band) for band in _bands_of(rows, group) if band in self._present)

    def used_in(self, rows: str, row: str) -> frozenset[Instrument | None]:
        """The same of a row by its id."""
        return self.used("band", self._present) if row == TOTAL else self.used(rows, row.split("+"))

    def as_screened_in(self, other: TablePlan, row: str) -> bool:
        """Whether everybody in a row of bands was screened by the same in both terms: else levels found cannot be
        compared.
        """
        here, there = (one.used_in("band", row) for one in (self, other))
        return here == there or not here or not there

    def _alike(self, rows: str, group: Iterable[str]) -> bool:
        """Whether everybody in these rows was screened by one instrument."""
        used = self.used(rows, group)
        return len(used) == 1 and used.isdisjoint({None, Instrument.BOTH})

    def groups(self, rows: str) -> tuple[tuple[str, ...], ...]:
        """What stands as one row, in the order of rows; none where the total is all."""
        found = self.bands if rows == "band" else self.types
        return found if len(found) > 1 else ()


EVERY_ROW = TablePlan()


def _bands_of(rows: str, group: Iterable[str]) -> frozenset[StageBand]:
    """The bands in which a row may have pupils."""
    if rows == "band":
        return frozenset(map(StageBand, group))
    stages = {stage for kind in group for stage in STAGES_OF.get(SchoolType(kind), frozenset(Stage))}
    return frozenset(band for band in StageBand if band.stage in stages)


def row_of(group: Iterable[str]) -> str:
    """The id of a row that stands for these."""
    return "+".join(group)


class Column(Struct, frozen=True, kw_only=True):
    """A column: the atoms' names that it adds up, and whether a small count in it speaks of somebody.

    What is `open` may be told of a single school too. Enrolment stands in each school's return, and every pupil has an
    electronic file whatever his circumstances: the outcome of that rule, 100 per cent, says how many a school has.
    """

    id: str
    sums: tuple[str, ...]
    sensitive: bool = True
    open: bool = False


class Group(Struct, frozen=True, kw_only=True):
    """Pupils of whom something is said, `speaks`, and the `others` of the same group, of whom it is not: names of
    atoms.

    If the others were known to be none or few, it would be said of each of the whole group. `column` is what is hidden
    then.
    """

    column: str
    speaks: tuple[str, ...]
    others: tuple[str, ...]


class Table(Struct, frozen=True, kw_only=True):
    """A table: what its rows are, its columns, what says how many pupils a row is about, and which columns are shown as
    shares of which.
    """

    id: str
    rows: str  # a key of ROWS
    columns: tuple[Column, ...]
    base: Column
    shares: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()
    merged: tuple[tuple[str, ...], ...] = ()  # what of ROWS stands as one row
    unlike: frozenset[str] = frozenset()  # rows that are left out: unlike instruments found what stands there

    @property
    def names(self) -> tuple[str, ...]:
        """The columns as published: counts, then shares, `part/whole`."""
        return (*(column.id for column in self.columns), *(f"{part}/{whole}" for part, whole in self.shares))

    @property
    def row_order(self) -> tuple[str, ...]:
        """What its rows may be, in their order; the total comes last."""
        return tuple(row for row in (*map(row_of, self.merged), TOTAL) if row not in self.unlike)


def registry(levels: Sequence[RiskLevel], windows: Sequence[str], plan: TablePlan = EVERY_ROW) -> tuple[Table, ...]:
    """Every table that is published for a term, for a district of these risk levels and a term of these follow-up
    windows, in the rows and columns of a plan. A term without windows has no table of them.
    """
    made = _barest(levels) if plan.breadth is Breadth.BAREST else _tables(levels, windows, plan.breadth)
    planned = (
        replace(
            table,
            merged=plan.groups(table.rows),
            unlike=plan.unlike(table.rows) if table.id in BY_LEVEL else frozenset(),
        )
        for table in made
    )
    return tuple(table for table in planned if table.columns and table.row_order)


def _barest(levels: Sequence[RiskLevel]) -> tuple[Table, ...]:
    due, screened, *_ = who_took_part(levels)
    enrolment, electronic = _open_columns()
    return (
        Table(id=PARTICIPATION, rows="band", columns=(due, screened), base=due, shares=(("screened", "due"),)),
        Table(
            id="files",
            rows="band",
            columns=(enrolment, electronic),
            base=enrolment,
            shares=(("electronic-files", "enrolment"),),
        ),
    )


def _tables(levels: Sequence[RiskLevel], windows: Sequence[str], breadth: Breadth) -> tuple[Table, ...]:
    fewer, coarse = breadth is not Breadth.FULL, breadth is Breadth.COARSE
    found = _found(levels, coarse=fewer)
    valid = _sum("valid", found, sensitive=False)
    due, screened, missed, invalid = who_took_part(levels)
    concerns = [
        Column(id=row_of(group), sums=tuple(f"concerns.{one}" for one in group)) for group in _concerns(coarse=coarse)
    ]
    paper = _sum("paper-files", concerns)
    enrolment, electronic = _open_columns()
    followed = [Column(id=window, sums=(f"followed_up.{window}",)) for window in windows]
    services = [
        column
        for column in map(_one, ("reviewed", "counselled", "referred", "guardians_informed", "crisis_interventions"))
        if not fewer or column.id not in _RARE_SERVICES
    ]
    by_level = tuple((column.id, "valid") for column in found)
    unseen = Group(column="valid", speaks=(*invalid.sums, *missed.sums), others=valid.sums)
    at_risk = Group(column=found[0].id, speaks=_all_but(found[0], found), others=found[0].sums)
    alike = tuple(Group(column=column.id, speaks=column.sums, others=_all_but(column, concerns)) for column in concerns)
    return (
        Table(
            id=PARTICIPATION,
            rows="band",
            columns=(due, screened, missed, valid, *(() if coarse else (invalid,))),
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


def _found(levels: Sequence[RiskLevel], *, coarse: bool = False) -> list[Column]:
    """A column a level; of three or more the two gravest in one, if coarse."""
    apart = len(levels) - 2 if coarse and len(levels) > 2 else len(levels)
    groups = [*([level] for level in levels[:apart]), *([levels[apart:]] if levels[apart:] else ())]
    return [
        Column(
            id=row_of(level.id for level in group),
            sums=tuple(f"levels.{level.id}" for level in group),
            sensitive=group[0] is not levels[0],
        )
        for group in groups
    ]


def _concerns(*, coarse: bool) -> list[tuple[Concern, ...]]:
    rare = _RARE_CONCERNS if coarse else ()
    return [*((concern,) for concern in Concern if concern not in rare), *([rare] if rare else ())]


def _open_columns() -> tuple[Column, Column]:
    return (
        Column(id="enrolment", sums=("enrolment",), sensitive=False, open=True),
        Column(id="electronic-files", sums=("electronic_files",), sensitive=False, open=True),
    )


def _one(name: str) -> Column:
    return Column(id=name.replace("_", "-"), sums=(name,))


def _sum(name: str, parts: Iterable[Column], *, sensitive: bool = True) -> Column:
    return Column(id=name, sums=tuple(name for part in parts for name in part.sums), sensitive=sensitive)
