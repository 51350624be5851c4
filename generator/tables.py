"""Raw counts and their tables: the only place where the numbers of schools are added up. Never reachable from `build`.

Owns what everybody may know of the form, and `tabulate`; which tables there are is the registry's. pandas shapes here; no number leaves this module
except through `disclosure` and `audit`.

An *atom* is one figure of one band of one Submission. Every cell of every table is a sum of atoms: two releases that count the same Submission share
its atoms, and what can be worked out from both is one question. Figures that the form defines as sums (due, screened, valid, paper files) are no
atoms: the form's sums hold by construction, for the district and for its attackers.

Zeros. A zero is shown like any other count and is not sensitive: "none" is what the district wishes to be able to say. Where a zero would give
a neighbour away it is hidden like any other cell. What cannot exist (a band that no school has) has no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from generator.model import Cell, RiskLevel, SchoolId, SchoolType
from generator.registry import TOTAL, Table
from generator.submission import Counts, Submission

Atoms: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """low <= sum of coefficient x atom <= high: something that everybody may know. None is open."""

    terms: Mapping[int, int]
    low: int | None
    high: int | None

    def holds(self, values: Sequence[int]) -> bool:
        """Whether it is true of these counts."""
        total = sum(factor * values[atom] for atom, factor in self.terms.items())
        return (self.low is None or self.low <= total) and (self.high is None or total <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A sum of atoms that nobody may come close to: a cell, or one school's part of it. Small counts always; `guarded`: any other count of it too."""

    cell: Cell
    school: str | None = None
    atoms: Atoms
    guarded: bool = False


def rounded(value: int, base: int) -> int:
    """To the nearest multiple of `base`, halves up."""
    return (2 * value + base) // (2 * base) * base


def rounding_box(shown: int, base: int) -> tuple[int, int]:
    """The least and the most count that is shown so."""
    return max(0, shown - base // 2), shown + (base - 1) // 2


# --- atoms and sums --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Filing:
    """Which Submission: two releases that count the same Filing share its atoms."""

    term: str
    school: SchoolId
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a row needs to be shown at all: so many contributing schools, none of them more than so many per cent of it."""

    schools: int
    per_cent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tabulation:
    """The cells of a set of tables as sums of atoms. `gated` cells stand in rows that too few schools contribute to; `small` are those with so few
    schools that two of them together are an attacker; `shares` give a cell the cells of which it is the share."""

    cells: Mapping[Cell, Atoms]
    sensitive: frozenset[Cell]
    gated: frozenset[Cell]
    small: tuple[frozenset[SchoolId], ...]
    shares: Mapping[Cell, tuple[Cell, Cell]]
    filings: tuple[Filing, ...]


class Ledger:
    """The atoms of any number of Submissions. One ledger serves a release and all releases before it."""

    def __init__(self, submissions: Iterable[Submission], types: Mapping[SchoolId, SchoolType], levels: Sequence[RiskLevel]) -> None:
        self.frame = pd.DataFrame.from_records(
            [
                (Filing(term=s.term, school=s.school, revision=s.revision), s.school, types[s.school].value, band.value, name, value)
                for s in submissions
                for band, counts in s.bands.items()
                for name, value in _figures(counts)
            ],
            columns=["filing", "school", "type", "band", "name", "value"],
        )
        self.levels = tuple(levels)

    @property
    def values(self) -> tuple[int, ...]:
        """The true count of every atom."""
        return tuple(int(value) for value in self.frame["value"])

    def knows(self, schools: Iterable[SchoolId]) -> Atoms:
        """The atoms that these schools filed, in any term and revision."""
        return tuple(int(i) for i in self.frame.index[self.frame["school"].isin(list(schools))])

    def facts(self) -> Iterator[Statement]:
        """What everybody may know of every Submission: its enrolment, which schools state openly, and what the form lets not be."""
        focus = [f"levels.{level.id}" for level in self.levels if level.focus]
        valid = [f"levels.{level.id}" for level in self.levels]
        for _, part in self.frame.groupby(["filing", "band"], sort=True):
            atoms = dict(zip(part["name"], (int(i) for i in part.index), strict=True))
            due = [name for name in atoms if name in (*valid, "invalid") or name.startswith("not_screened.")]
            paper = [name for name in atoms if name.startswith("concerns.")]
            singly = [[name] for name in atoms if name in ("electronic_files", "counselled", "guardians_informed") or name.startswith("followed_up.")]
            pupils = dict(zip(part["name"], map(int, part["value"]), strict=True))["enrolment"]
            yield Statement(terms={atoms["enrolment"]: 1}, low=pupils, high=pupils)
            yield from (_at_most(atoms, names, ["enrolment"]) for names in (due, paper, *singly))
            yield _at_most(atoms, ["referred"], focus)
            yield _at_most(atoms, ["reviewed"], valid)


def _at_most(atoms: Mapping[str, int], part: Sequence[str], whole: Sequence[str]) -> Statement:
    return Statement(terms={**{atoms[name]: 1 for name in part}, **{atoms[name]: -1 for name in whole}}, low=None, high=0)


def _figures(counts: Counts) -> Iterator[tuple[str, int]]:
    """The figures of a band that are no sums of others."""
    for name in ("enrolment", "invalid", "reviewed", "electronic_files", "counselled", "referred", "guardians_informed", "crisis_interventions"):
        yield name, getattr(counts, name)
    for name in ("not_screened", "levels", "followed_up", "concerns"):
        yield from ((f"{name}.{key}", value) for key, value in getattr(counts, name).items())


def tabulate(ledger: Ledger, tables: Sequence[Table], filings: Sequence[Filing], gate: Gate) -> Tabulation:
    """The tables of a term over these filings."""
    frame = ledger.frame[ledger.frame["filing"].isin(list(filings))]
    cells: dict[Cell, Atoms] = {}
    sensitive, gated = set[Cell](), set[Cell]()
    small = set[frozenset[SchoolId]]()
    for table in tables:
        for row, part in _rows(frame, table.rows):
            by_school = part[part["name"].isin(table.base.sums)].groupby("school")["value"].sum()
            contributing = by_school[by_school > 0]
            here = {Cell(table=table.id, row=row, column=column.id): column for column in table.columns}
            cells |= {cell: tuple(int(i) for i in part.index[part["name"].isin(column.sums)]) for cell, column in here.items()}
            sensitive |= {cell for cell, column in here.items() if column.sensitive}
            if 0 < len(contributing) < gate.schools or 100 * contributing.max() > gate.per_cent * contributing.sum():
                gated |= set(here)
            if len(contributing) < 2 * gate.schools:
                small.add(frozenset(SchoolId(str(school)) for school in contributing.index))
    shares = {
        Cell(table=t.id, row=cell.row, column=f"{part}/{whole}"): (cell, Cell(table=t.id, row=cell.row, column=whole))
        for t in tables
        for part, whole in t.shares
        for cell in cells
        if (cell.table, cell.column) == (t.id, part)
    }
    return Tabulation(
        cells=cells,
        sensitive=frozenset(sensitive),
        gated=frozenset(gated),
        small=tuple(sorted(small, key=sorted)),
        shares=shares,
        filings=tuple(sorted(filings)),
    )


def _rows(frame: pd.DataFrame, by: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of a table, then its total."""
    for row, part in frame.groupby(by, sort=False):
        yield str(row), part
    yield TOTAL, frame
