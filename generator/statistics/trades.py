"""Trades: which few columns to move where much is to be moved at once.

Whoever knows a column sees when it moves; everybody else must reckon with it. So a table in which nothing moves but
what one attacker knows, and what a few others know who stand in the same rows, serves all the rest. Owns who owns which
columns and who is tried with whom. Must not know what a column means, nor how a table is found.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np

from generator.statistics.programs import Bounds, Flags, Whole, ranges, sorted_into

_Rows: TypeAlias = tuple[int, ...]
_TRADES, _OTHERS = 3, 3  # for each owner so many trades, each with so many others


class Trades:
    """The columns that are known to one alone (his own), and who else stands in the rows that these stand in."""

    def __init__(self, known: Bounds, whole: Flags, columns: Whole, ends: Whole, many: int) -> None:
        """`whole`: where somebody knows all of a column; `columns` stand in rows, each of which `ends`."""
        self.owner, self._attackers = _owners(known, whole, many), len(known.ends) - 1
        self._knowing, self._knowing_ends = sorted_into(known.place, known.attacker, many)
        held = np.flatnonzero(self.owner >= 0)
        self._own, self._own_ends = sorted_into(self.owner[held], held, self._attackers)
        self._alike(columns, ends)

    def _alike(self, columns: Whole, ends: Whole) -> None:
        """Owners who stand in the same rows in one kind, of those rows that hold more than one; and how like each kind
        is to another.
        """
        owner, row = self.owner[columns], np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        pairs = np.unique(row[owner >= 0] * max(1, self._attackers) + owner[owner >= 0])
        row, owner = np.divmod(pairs, max(1, self._attackers))
        several = np.bincount(row, minlength=len(ends) - 1)[row] > 1
        rows_of, row_ends = sorted_into(owner[several], row[several], self._attackers)
        self._kinds = dict[_Rows, list[int]]()
        self._kind = dict[int, _Rows]()
        for one in np.unique(owner).tolist():
            self._kind[one] = tuple(rows_of[row_ends[one] : row_ends[one + 1]].tolist())
            self._kinds.setdefault(self._kind[one], []).append(one)
        self._nearest = dict[_Rows, list[_Rows]]()

    def owner_of(self, columns: Sequence[int]) -> int:
        """Whose own all of these are; -1: nobody's."""
        first, *others = set(self.owner[list(columns)].tolist()) or {-1}
        return -1 if others else int(first)

    def _others(self, owner: int) -> Iterator[int]:
        """Those who stand in most of the same rows first; not the same ones for everybody."""
        mine = self._kind[owner]
        if mine not in self._nearest:
            rows = set(mine)
            self._nearest[mine] = sorted(self._kinds, key=lambda other: -len(rows.intersection(other)))
        for kind in self._nearest[mine]:
            members = self._kinds[kind]
            begin = bisect(members, owner)
            after = (members[(begin + step) % len(members)] for step in range(len(members)))
            yield from (other for other in after if other != owner)

    def of(self, owner: int) -> Iterator[tuple[Whole, Flags]]:
        """The columns that move in each trade of his, and who knows none of them."""
        others = list(islice(self._others(owner), _TRADES * _OTHERS)) if owner in self._kind else []
        for begin in range(min(_TRADES, len(others))):
            columns = np.sort(self._own[ranges(self._own_ends, [owner, *others[begin::_TRADES]])])
            strangers = np.ones(self._attackers, dtype=bool)
            strangers[self._knowing[ranges(self._knowing_ends, columns)]] = False
            yield columns, strangers


def _owners(known: Bounds, whole: Flags, many: int) -> Whole:
    """Who alone knows all of each column. Who knows what is another one's own is several together."""
    found = np.full(many, -1)
    for attacker in range(len(known.ends) - 1):
        here = slice(known.ends[attacker], known.ends[attacker + 1])
        columns = known.place[here][whole[here]]
        if np.all(found[columns] < 0):
            found[columns] = attacker
    return found
