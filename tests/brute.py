"""An attacker that tries everything: written apart from `generator.statistics.attack`, with no idea in common,
for tables small enough to write every one down.

Owns the enumeration of all two-way tables that agree with what is shown. The grand total must be shown, or there would
be no end of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

Place = tuple[int, int]  # row and column; -1 is the total
Verdict = tuple[
    int, frozenset[int], Fraction, bool
]  # of a row: whether at least so many per cent of it are in these columns


def intervals(
    grid: Sequence[Sequence[int]],
    hidden: frozenset[Place],
    knows: frozenset[int] = frozenset(),
    verdicts: Sequence[Verdict] = (),
) -> Mapping[Place, tuple[int, int]]:
    """The least and the most of every place, over all tables that somebody who knows some whole rows must reckon with."""
    tables = [table for table in every_table(grid, hidden, knows) if all(met(table, v[:3]) == v[3] for v in verdicts)]
    places = list(product(range(-1, len(grid)), range(-1, len(grid[0]))))
    return {
        place: (min(value_at(t, place) for t in tables), max(value_at(t, place) for t in tables)) for place in places
    }


def met(grid: Sequence[Sequence[int]], asked: tuple[int, frozenset[int], Fraction]) -> bool:
    """Whether a row has at least the share that is asked of it; a row of nobody has any."""
    row, columns, per_cent = asked
    return 100 * sum(grid[row][column] for column in columns) >= per_cent * sum(grid[row])


def value_at(grid: Sequence[Sequence[int]], place: Place) -> int:
    """A count of a table, or the sum of a row, of a column or of all."""
    rows = grid if place[0] < 0 else [grid[place[0]]]
    return sum(sum(row) if place[1] < 0 else row[place[1]] for row in rows)


def every_table(
    grid: Sequence[Sequence[int]], hidden: frozenset[Place], knows: frozenset[int]
) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every table that agrees with what is shown and with the rows that somebody knows."""
    most = [
        value_at(grid, (-1, column)) if (-1, column) not in hidden else value_at(grid, (-1, -1))
        for column in range(len(grid[0]))
    ]
    rows = [
        [tuple(row)] if number in knows else list(_rows(grid, number, hidden, most)) for number, row in enumerate(grid)
    ]
    yield from (
        table
        for table in _stacks(rows, most, value_at(grid, (-1, -1)))
        if all(value_at(table, p) == value_at(grid, p) for p in _shown(grid, hidden))
    )


def _shown(grid: Sequence[Sequence[int]], hidden: frozenset[Place]) -> list[Place]:
    return [place for place in product(range(-1, len(grid)), range(-1, len(grid[0]))) if place not in hidden]


def _rows(
    grid: Sequence[Sequence[int]], number: int, hidden: frozenset[Place], most: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    choices = [range(most[c] + 1) if (number, c) in hidden else (value,) for c, value in enumerate(grid[number])]
    yield from (row for row in product(*choices) if (number, -1) in hidden or sum(row) == sum(grid[number]))


def _stacks(
    rows: Sequence[Sequence[tuple[int, ...]]], left: Sequence[int], pupils: int
) -> Iterator[tuple[tuple[int, ...], ...]]:
    if not rows:
        if pupils == 0:
            yield ()
        return
    for row in rows[0]:
        if sum(row) <= pupils and all(value <= room for value, room in zip(row, left, strict=True)):
            rest = [room - value for value, room in zip(row, left, strict=True)]
            yield from ((row, *others) for others in _stacks(rows[1:], rest, pupils - sum(row)))
