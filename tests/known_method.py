"""Somebody who knows the program: of all tables that agree with what is shown, those are left of which the program would
have shown the same.

Owns the use of both sides, which know nothing of each other: what protects is run on every table that the attacker of
`tests/brute.py` can think of. For tables small enough for that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from generator.model.cells import Cell, Published, Suppressed
from tests.brute import Place, every_table, value_at
from tests.test_audit import Grid, Sheet
from tests.test_disclosure import cell, drafted

Marks = Callable[[Grid], Mapping[Cell, object]]


def published(k: int) -> Callable[[Grid], Mapping[Cell, Published]]:
    """What is shown of a table, and where marks stand."""
    return lambda grid: drafted(Sheet(grid), k, insiders=False).cells


def hidden(told: Mapping[Cell, Published], grid: Grid) -> frozenset[Place]:
    """Where marks stand."""
    return frozenset(place for place in Sheet(grid).places if told[cell(*place)] == Suppressed())


def left(grid: Grid, places: frozenset[Place], seen: Marks) -> list[Sequence[Sequence[int]]]:
    """The tables that agree with what is shown and of which the same would be seen."""
    here = seen(grid)
    return [table for table in every_table(grid, places, frozenset()) if seen(table) == here]


def values(tables: Sequence[Sequence[Sequence[int]]], place: Place) -> set[int]:
    """What a count may be."""
    return {value_at(table, place) for table in tables}
