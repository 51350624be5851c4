"""Linear programs: the cheapest point, or the furthest, of what a set of rows allows. The only user of `highspy`.

Owns the solver and what counts as an answer: proved optimal, nothing else. Limits are on work, not on time, so that the same input gives the same
answer on every machine. Must not know what a column or a row means. Nobody has to believe an answer: `audit` checks each in whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import highspy
import numpy as np
from numpy.typing import NDArray

Terms: TypeAlias = Mapping[int, int]  # column -> coefficient
Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Some: TypeAlias = "Sequence[int] | NDArray[np.int64]"
Numbers: TypeAlias = "Sequence[float] | Floats | NDArray[np.int64]"
_N = TypeVar("_N", np.int64, np.float64)
_STEPS, _NODES = 200_000, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """low <= sum of coefficient x column <= high; None is open."""

    terms: Terms
    low: int | None
    high: int | None


def merged(columns: int, rows: Sequence[Terms]) -> dict[int, int]:
    """A new number for every column that stands in a row: the same for those that stand in the same rows in the same way.

    Sums are all that anybody sees of such columns, so that one column for their sum allows neither more nor less.
    """
    signs: dict[int, list[tuple[int, int]]] = {}
    for index, terms in enumerate(rows):
        for column, factor in terms.items():
            signs.setdefault(column, []).append((index, factor))
    numbers: dict[tuple[tuple[int, int], ...], int] = {}
    return {column: numbers.setdefault(tuple(signs[column]), len(numbers)) for column in range(columns) if column in signs}


def flat(groups: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Groups one after the other, and where each ends."""
    return np.array([i for group in groups for i in group], dtype=np.int64), np.cumsum([0, *map(len, groups)])


def group_sums(values: NDArray[_N], ends: NDArray[np.int64]) -> NDArray[_N]:
    """The sum of each group along the last axis, exact where the values are whole; an empty group gives 0."""
    nothing = np.zeros((*values.shape[:-1], 1), dtype=values.dtype)
    running = np.concatenate((nothing, np.cumsum(values, axis=-1)), axis=-1)
    return np.asarray(running[..., ends[1:]] - running[..., ends[:-1]])


def ranges(ends: Whole, groups: Iterable[int]) -> Whole:
    """The numbers of the members of these groups, each of which ends where the next begins."""
    found = [np.arange(ends[group], ends[group + 1]) for group in groups]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


class Bounds:
    """What several onlookers know of columns: places, and the least and the most that may stand there in the eyes of each. Sorted by onlooker."""

    def __init__(self, minds: int, mind: Whole, place: Whole, low: Whole, high: Whole) -> None:
        self.mind, self.place, self.low, self.high = mind, place, low, high
        self.ends = np.searchsorted(mind, np.arange(minds + 1))

    def agree(self, values: Whole | Floats, near: float = 0) -> NDArray[np.bool_]:
        """In whose bounds these values are, or as near to them."""
        found, here = np.ones(len(self.ends) - 1, dtype=bool), values[self.place]
        found[self.mind[(here < self.low - near) | (here > self.high + near)]] = False
        return found

    def of(self, minds: Iterable[int]) -> tuple[Whole, Whole, Whole]:
        """What holds in the eyes of all of these at once: places, the least, the most."""
        found = ranges(self.ends, minds)
        places, where = np.unique(self.place[found], return_inverse=True)
        low, high = np.full(len(places), np.iinfo(np.int64).min), np.full(len(places), np.iinfo(np.int64).max)
        np.maximum.at(low, where, self.low[found])
        np.minimum.at(high, where, self.high[found])
        return places, low, high


class _Quiet(highspy.Highs):
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802
        """Nobody listens; switching them on prints the solver's banner."""


class Program:
    """A program that is changed a little and solved again, each time from where the last solution stood. It minimises."""

    def __init__(self, lows: Numbers, highs: Numbers, costs: Numbers, rows: Sequence[Row]) -> None:
        self.columns, self.solved = len(lows), 0
        self._highs = _Quiet()
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex"), ("mip_max_nodes", _NODES)):
            self._highs.setOptionValue(option, value)
        self._highs.setOptionValue("simplex_iteration_limit", _STEPS)
        self._highs.passModel(_model(lows, highs, costs, rows))

    def cost(self, columns: Some, costs: Numbers) -> None:
        """What a unit of these columns costs from now on."""
        self._highs.changeColsCost(len(columns), np.asarray(columns, dtype=np.int32), np.asarray(costs, dtype=np.float64))

    def limit(self, columns: Some, lows: Numbers, highs: Numbers) -> None:
        """The least and the most that these columns may be from now on."""
        few, low, high = np.asarray(columns, dtype=np.int32), np.asarray(lows, dtype=np.float64), np.asarray(highs, dtype=np.float64)
        self._highs.changeColsBounds(len(few), few, low, high)

    def demand(self, row: int, low: float, high: float) -> None:
        """What a row must come to from now on."""
        self._highs.changeRowBounds(row, low, high)

    def solve(self) -> Floats | None:
        """The columns of a solution that the solver proved optimal; None if it did not."""
        self.solved += 1
        self._highs.clearSolver()  # from the start: an answer then depends on the question alone, and undoing the last one takes longer
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._highs.getSolution().col_value, dtype=np.float64)

    def solve_whole(self, columns: Some) -> Floats | None:
        """The same with these columns whole."""
        every, kinds = np.asarray(columns, dtype=np.int32), highspy.HighsVarType
        self._highs.changeColsIntegrality(len(every), every, np.full(len(every), kinds.kInteger))
        try:
            return self.solve()
        finally:
            self._highs.changeColsIntegrality(len(every), every, np.full(len(every), kinds.kContinuous))


def _model(lows: Numbers, highs: Numbers, costs: Numbers, rows: Sequence[Row]) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(lows), len(rows)
    model.col_lower_, model.col_upper_, model.col_cost_ = np.asarray(lows, float), np.asarray(highs, float), np.asarray(costs, float)
    model.row_lower_ = np.array([-highspy.kHighsInf if row.low is None else row.low for row in rows], float)
    model.row_upper_ = np.array([highspy.kHighsInf if row.high is None else row.high for row in rows], float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(row.terms) for row in rows)], dtype=np.int32)
    model.a_matrix_.index_ = np.array([column for row in rows for column in row.terms], dtype=np.int32)
    model.a_matrix_.value_ = np.array([value for row in rows for value in row.terms.values()], float)
    return model
