"""Linear programs: the cheapest point, or the furthest, of what a set of rows allows. The only user of `highspy`.

Owns the solver and what counts as an answer: proved optimal, nothing else. Limits are on work, not on time, so that the
same input gives the same answer on every machine. Must not know what a column or a row means. Nobody has to believe an
answer: `witnesses` checks each in whole numbers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import chain, pairwise, repeat
from typing import TypeAlias, TypeVar

import highspy
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Terms: TypeAlias = Mapping[int, int]  # column -> coefficient
Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Indices: TypeAlias = "Sequence[int] | NDArray[np.int64]"
Indices32: TypeAlias = "NDArray[np.int32] | NDArray[np.int64]"
Numbers: TypeAlias = "Sequence[float] | Floats | NDArray[np.int64]"
_N = TypeVar("_N", np.int64, np.float64)
_STEPS, _NODES = 200_000, 2_000
_LARGE, _SHORT, _BLOCKS = (
    1000,
    32,
    16,
)  # columns that are many; members of a row that holds a block together; blocks to look in beside the own


class Constraint(Struct, frozen=True, kw_only=True):
    """low <= sum of coefficient x column <= high; None is open."""

    terms: Terms
    low: int | None
    high: int | None


class Sums(Struct, frozen=True, kw_only=True):
    """Sums of columns, one after the other: in each sum columns, each with a factor; where each ends."""

    columns: Whole
    factors: Whole
    ends: Whole

    @property
    def of(self) -> Whole:
        """Which sum each column stands in."""
        return np.repeat(np.arange(len(self.ends) - 1), np.diff(self.ends))

    def __len__(self) -> int:
        return len(self.ends) - 1

    def some(self, which: Whole) -> Sums:
        """A few of them."""
        here = ranges(self.ends, which)
        ends = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(sizes(self.ends, which))))
        return Sums(columns=self.columns[here], factors=self.factors[here], ends=ends)

    def where(self, kept: Flags) -> Sums:
        """With these of all their columns only."""
        before = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(kept, dtype=np.int64)))
        return Sums(columns=self.columns[kept], factors=self.factors[kept], ends=before[self.ends])

    def merged(self, column: Whole) -> Sums:
        """The same of merged columns."""
        first = np.zeros(len(column), dtype=bool)
        first[np.unique(column, return_index=True)[1]] = True
        kept = self.where(first[self.columns])
        return Sums(columns=column[kept.columns], factors=kept.factors, ends=kept.ends)

    def worth(self, values: Whole) -> Whole:
        """What each comes to."""
        return group_sums(values[self.columns] * self.factors, self.ends)


def sums(groups: Sequence[Terms | Sequence[int]]) -> Sums:
    """Of columns with their factors, or of columns once each."""
    columns, ends = flat(groups)
    factors = (group.values() if isinstance(group, Mapping) else repeat(1, len(group)) for group in groups)
    found = np.fromiter(chain.from_iterable(factors), dtype=np.int64, count=len(columns))
    return Sums(columns=columns, factors=found, ends=ends)


def joined(one: Sums, other: Sums) -> Sums:
    """The sums of one, then those of the other."""
    return Sums(
        columns=np.concatenate((one.columns, other.columns)),
        factors=np.concatenate((one.factors, other.factors)),
        ends=np.concatenate((one.ends, one.ends[-1] + other.ends[1:])),
    )


def merging(columns: int, rows: Sums) -> Whole:
    """New numbers for the columns that stand in rows; -1 for others. Columns with the same factors in the same rows get
    one number.

    The rows hold nothing but the sum of such columns, so that one column for the sum allows the same solutions.
    """
    found, numbers = np.full(columns, -1), dict[bytes, int]()
    row, ends = sorted_into(rows.columns, rows.of, columns)
    factor, _ = sorted_into(rows.columns, rows.factors, columns)
    for column, (begin, end) in enumerate(pairwise(ends.tolist())):
        if begin < end:
            signs = row[begin:end].tobytes() + factor[begin:end].tobytes()
            found[column] = numbers.setdefault(signs, len(numbers))
    return found


def flat(groups: Sequence[Collection[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Groups one after the other, and where each ends."""
    ends = np.cumsum([0, *map(len, groups)])
    return np.fromiter(chain.from_iterable(groups), dtype=np.int64, count=int(ends[-1])), ends


def group_sums(values: NDArray[_N], ends: NDArray[np.int64]) -> NDArray[_N]:
    """The sum of each group along the last axis, exact where the values are whole; an empty group gives 0."""
    nothing = np.zeros((*values.shape[:-1], 1), dtype=values.dtype)
    running = np.concatenate((nothing, np.cumsum(values, axis=-1)), axis=-1)
    return np.asarray(running[..., ends[1:]] - running[..., ends[:-1]])


def sizes(ends: Whole, groups: Whole) -> Whole:
    """How many members each of these groups has."""
    return np.asarray(ends[groups + 1] - ends[groups])


def ranges(ends: Whole, groups: Indices) -> Whole:
    """The numbers of the members of these groups, each of which ends where the next begins."""
    which = np.asarray(groups, dtype=np.int64)
    many = sizes(ends, which)
    return np.repeat(ends[which] - np.cumsum(many) + many, many) + np.arange(many.sum())


def sorted_into(places: Whole, members: NDArray[_N], many: int) -> tuple[NDArray[_N], Whole]:
    """Members one place after the other, and where each place ends."""
    order = np.argsort(places, kind="stable")
    return members[order], np.searchsorted(places[order], np.arange(many + 1))


class Bounds:
    """What several attackers know of columns: places, and the least and the most that may stand there in the eyes of
    each. Sorted by attacker.
    """

    def __init__(self, attackers: int, attacker: Whole, place: Whole, low: Whole, high: Whole) -> None:
        self.attacker, self.place, self.low, self.high = attacker, place, low, high
        self.ends = np.searchsorted(attacker, np.arange(attackers + 1))

    def agree(self, values: Whole | Floats, near: float = 0) -> NDArray[np.bool_]:
        """In whose bounds these values are, or as near to them."""
        found, here = np.ones(len(self.ends) - 1, dtype=bool), values[self.place]
        found[self.attacker[(here < self.low - near) | (here > self.high + near)]] = False
        return found

    def of(self, attackers: Indices) -> tuple[Whole, Whole, Whole]:
        """What holds in the eyes of all of these at once: places, the least, the most."""
        found = ranges(self.ends, attackers)
        places, where = np.unique(self.place[found], return_inverse=True)
        low, high = np.full(len(places), np.iinfo(np.int64).min), np.full(len(places), np.iinfo(np.int64).max)
        np.maximum.at(low, where, self.low[found])
        np.minimum.at(high, where, self.high[found])
        return places, low, high


class Objections:
    """The same Bounds of `many` columns by their places: who knows better than a table that moves a few of them."""

    def __init__(self, bounds: Bounds, many: int) -> None:
        self._bounds = bounds
        self._found, self._ends = sorted_into(bounds.place, np.arange(len(bounds.place)), many)

    def against(self, places: Whole, values: Whole) -> Whole:
        """Who knows of one of these places, each named once, that another value stands there."""
        found = self._found[ranges(self._ends, places)]
        told, told_of = np.repeat(values, sizes(self._ends, places)), self._bounds
        return np.unique(told_of.attacker[found[(told < told_of.low[found]) | (told > told_of.high[found])]])


class Blocks:
    """Columns in blocks that short rows hold together, and which blocks lie near a few columns: where to look first if
    there are many.
    """

    def __init__(self, columns: int, members: Whole, ends: Whole) -> None:
        self._members, self._ends, self._sizes = members, ends, np.diff(ends)
        self._holders, self._holder_ends = sorted_into(
            members, np.repeat(np.arange(len(self._sizes)), self._sizes), columns
        )
        self._block = _joined(columns, [members[a:b] for a, b in pairwise(ends.tolist()) if 1 < b - a <= _SHORT])
        self._count = 1 + int(self._block.max(initial=-1))
        self._columns, self._column_ends = sorted_into(self._block, np.arange(columns), self._count)

    def near(self, goal: Whole, ease: Floats, most: int = _BLOCKS) -> Whole | None:
        """The columns of their own blocks and of as many others that move most easily with them.

        None where one may as well look everywhere.
        """
        home = np.unique(self._block[goal])
        if len(self._block) <= _LARGE or self._count <= 4 * most or len(home) > most:
            return None
        inner = self._columns[ranges(self._column_ends, home)]
        easy = np.concatenate((goal, inner[ease[inner] == ease.max()]))
        score = np.bincount(
            self._block, weights=ease * (4 * self._beside(goal) + self._beside(easy)), minlength=self._count
        )
        score[home] = -1
        least = np.partition(score, -most)[-most]  # sorting all would take longer than the program
        above = np.flatnonzero(score > least)
        best = np.concatenate((above, np.flatnonzero(score == least)[: most - len(above)]))
        return np.sort(self._columns[ranges(self._column_ends, np.concatenate((home, best)))])

    def _beside(self, columns: Whole) -> Floats:
        """1 for whatever stands in a row with one of these, but for rows that nearly everything stands in."""
        rows = np.unique(self._holders[ranges(self._holder_ends, columns)])
        found = np.zeros(len(self._block))
        found[self._members[ranges(self._ends, rows[self._sizes[rows] <= 4 * self._count])]] = 1
        return found


def _joined(columns: int, rows: Sequence[Whole]) -> Whole:
    """The number of each column's block."""
    first = list(range(columns))

    def leader(column: int) -> int:
        while first[column] != column:
            first[column] = first[first[column]]
            column = first[column]
        return column

    for row in rows:
        head = leader(int(row[0]))
        for column in row[1:].tolist():
            first[leader(column)] = head
    return (
        np.unique([leader(column) for column in range(columns)], return_inverse=True)[1]
        if columns
        else np.zeros(0, dtype=np.int64)
    )


class _Quiet(highspy.Highs):
    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:  # noqa: N802
        """Nobody listens; switching them on prints the solver's banner."""


def _solver() -> _Quiet:
    solver = _Quiet()
    for option, value in (
        ("output_flag", False),
        ("threads", 1),
        ("presolve", "off"),
        ("solver", "simplex"),
        ("mip_max_nodes", _NODES),
        ("mip_rel_gap", 0.0),
    ):
        solver.setOptionValue(option, value)
    solver.setOptionValue("simplex_iteration_limit", _STEPS)
    return solver


class ProgramRows(Struct, frozen=True, kw_only=True):
    """The rows of a program: the least and the most that each may come to; column by column the rows that it stands in,
    with its factors, and where each column ends.
    """

    least: Floats
    most: Floats
    rows: NDArray[np.int32]
    factors: Floats
    ends: Whole


def by_column(many: int, least: Floats, most: Floats, columns: Whole, rows: Whole, factors: Whole) -> ProgramRows:
    """The rows of a program with so many columns in which these columns stand, with these factors. What stands in one
    column comes in the order of its rows.
    """
    order = np.argsort(columns, kind="stable")
    return ProgramRows(
        least=least,
        most=most,
        rows=rows[order].astype(np.int32),
        factors=factors[order].astype(np.float64),
        ends=np.searchsorted(columns[order], np.arange(many + 1)),
    )


def rows_of(many: int, constraints: Sequence[Constraint]) -> ProgramRows:
    """The same of Constraints."""
    of = sums([row.terms for row in constraints])
    least = np.array([-np.inf if row.low is None else row.low for row in constraints], dtype=np.float64)
    most = np.array([np.inf if row.high is None else row.high for row in constraints], dtype=np.float64)
    return by_column(many, least, most, of.columns, of.of, of.factors)


class Program:
    """A program that is changed a little and solved again. It minimises."""

    def __init__(self, lows: Numbers, highs: Numbers, costs: Numbers, rows: ProgramRows) -> None:
        self.columns, self.solved = len(lows), 0
        self._lows, self._tops, self._costs = (np.array(side, dtype=np.float64) for side in (lows, highs, costs))
        self._least, self._most = rows.least, rows.most
        self._rows, self._factors, self._ends = rows.rows, rows.factors, rows.ends
        self._highs, self._small = _solver(), _solver()
        self._pass(self._highs, np.arange(self.columns), np.arange(len(self._least)), self._rows)

    def cost(self, columns: Indices, costs: Numbers) -> None:
        """What a unit of these columns costs from now on."""
        self._costs[np.asarray(columns, dtype=np.int64)] = costs
        self._highs.changeColsCost(
            len(columns), np.asarray(columns, dtype=np.int32), np.asarray(costs, dtype=np.float64)
        )

    def bound_columns(self, columns: Indices, lows: Numbers, highs: Numbers) -> None:
        """The least and the most that these columns may be from now on."""
        few, low, high = (
            np.asarray(columns, dtype=np.int32),
            np.asarray(lows, dtype=np.float64),
            np.asarray(highs, dtype=np.float64),
        )
        self._lows[few], self._tops[few] = low, high
        self._highs.changeColsBounds(len(few), few, low, high)

    def bound_row(self, row: int, low: float, high: float) -> None:
        """What a row must come to from now on."""
        self._least[row], self._most[row] = low, high
        self._highs.changeRowBounds(row, low, high)

    def bound_rows(self, rows: Indices, lows: Numbers, highs: Numbers) -> None:
        """What each of these rows must come to from now on."""
        few, low, high = (
            np.asarray(rows, dtype=np.int32),
            np.asarray(lows, dtype=np.float64),
            np.asarray(highs, dtype=np.float64),
        )
        self._least[few], self._most[few] = low, high
        self._highs.changeRowsBounds(len(few), few, low, high)  # type: ignore[attr-defined]

    def solve(self) -> Floats | None:
        """The columns of a solution that the solver proved optimal; None if it did not."""
        self.solved += 1
        # from the start: an answer then depends on the question alone, and undoing the last one takes longer
        self._highs.clearSolver()
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._highs.getSolution().col_value, dtype=np.float64)

    def solve_part(self, columns: Whole, *, whole: bool = False) -> Floats | None:
        """The same of these columns, maybe in whole numbers, if all others are 0: soon done where there are many more.
        None proves nothing of the whole.
        """
        self.solved += 1
        rows, where = np.unique(self._rows[ranges(self._ends, columns)], return_inverse=True)
        self._pass(self._small, columns, rows, where, whole=whole)
        self._small.run()
        if self._small.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(self._small.getSolution().col_value, dtype=np.float64)

    def solve_whole(self, columns: Indices) -> Floats | None:
        """The same with these columns whole."""
        every, kinds = np.asarray(columns, dtype=np.int32), highspy.HighsVarType
        self._highs.changeColsIntegrality(len(every), every, np.full(len(every), kinds.kInteger))
        try:
            return self.solve()
        finally:
            self._highs.changeColsIntegrality(len(every), every, np.full(len(every), kinds.kContinuous))

    def _pass(self, solver: _Quiet, columns: Whole, rows: Indices32, where: Indices32, *, whole: bool = False) -> None:
        """Give a solver these columns and rows of the program; `where` says in which of the rows each factor stands."""
        places = ranges(self._ends, columns)
        solver.passModel(
            len(columns),
            len(rows),
            len(places),
            int(highspy.MatrixFormat.kColwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            self._costs[columns],
            self._lows[columns],
            self._tops[columns],
            self._least[rows],
            self._most[rows],
            np.concatenate(([0], np.cumsum(np.diff(self._ends)[columns]))).astype(np.int32),
            where.astype(np.int32),
            self._factors[places],
            np.full(len(columns), int(whole), dtype=np.int32),  # all of them whole, or none
        )
