"""A made-up cube of counts: schools x stages x levels with every margin, released again and again with a few schools
corrected.

Owns the invention: seeded, and nothing of it is ever published.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

from msgspec import Struct

from generator.model.cells import Cell
from generator.model.ids import SchoolId
from generator.statistics.attack import PUBLIC, Attacker
from generator.statistics.tables import Atoms, Secret

STAGES, LEVELS = 4, 4


class Cube(Struct, frozen=True, kw_only=True):
    """The atoms of all releases so far; a release is its cells."""

    values: list[int]
    owner: list[int]  # whose atom
    releases: list[dict[Cell, Atoms]]

    def knows(self, school: int) -> Atoms:
        return tuple(atom for atom, owner in enumerate(self.owner) if owner == school)

    def attackers(self) -> list[Attacker]:
        whose: dict[int, list[int]] = {}
        for atom, owner in enumerate(self.owner):
            whose.setdefault(owner, []).append(atom)
        return [
            PUBLIC,
            *(
                Attacker(schools=(SchoolId(str(school)),), knows=tuple(atoms))
                for school, atoms in sorted(whose.items())
            ),
        ]

    def secrets(self, release: int) -> list[Secret]:
        """Every cell but the mildest level's and the totals over levels."""
        return [
            Secret(cell=cell, atoms=atoms)
            for cell, atoms in self.releases[release].items()
            if cell.column in ("1", "2", "3")
        ]


def cube(schools: int, releases: int, corrected: int, seed: int) -> Cube:
    """Schools with a heavy-tailed number of pupils in each stage and level; `corrected` schools file anew in each later
    release.
    """
    chance = random.Random(seed)
    made = Cube(values=[], owner=[], releases=[])
    current: dict[tuple[int, int, int], int] = {}
    for release in range(releases):
        anew = range(schools) if release == 0 else sorted(chance.sample(range(schools), corrected))
        for school in anew:
            for stage, counts in ((stage, _levels(chance)) for stage in range(STAGES)):
                for level, count in enumerate(counts):
                    current[school, stage, level] = len(made.values)
                    made.values.append(count)
                    made.owner.append(school)
        made.releases.append(dict(_cells(schools, current)))
    return made


def _levels(chance: random.Random) -> list[int]:
    pupils = int(chance.gammavariate(1.2, 30))
    weights = [chance.gammavariate(a, 1) for a in (12, 2, 0.7, 0.25)]
    drawn = chance.choices(range(LEVELS), weights, k=pupils)
    return [drawn.count(level) for level in range(LEVELS)]


def _cells(schools: int, atoms: dict[tuple[int, int, int], int]) -> Iterator[tuple[Cell, Atoms]]:
    """Every sum of the cube that is no sum of nothing."""
    sums: dict[Cell, list[int]] = {}
    for (school, stage, level), atom in atoms.items():
        for table, row, column in product((str(school), "total"), (str(stage), "total"), (str(level), "total")):
            sums.setdefault(Cell(table=table, row=row, column=column), []).append(atom)
    yield from ((cell, tuple(members)) for cell, members in sums.items())
