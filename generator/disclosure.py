"""Protection: which cells may be shown and which must be hidden. Makes a Draft; nothing that a Draft holds is public yet.

Owns the choice of what is suppressed, never the proof that it suffices: that is `audit`'s, which does not know this module. Method: a count under
the threshold is hidden, and so is one that would be small to a school that knows its own part; then, for each, the cheapest other table is looked
for in which the count is none, and one in which it is k or more; whatever that table must change is hidden too (by linear programming, after Kelly,
Golden and Assad, and Robertson). What turns out to be unneeded is shown again. A sum that stands in several tables is one *node*: hidden in one,
hidden in all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.model import Cell, Published, Shown, Suppressed
from generator.programs import Program, Row, flat, group_sums, merged
from generator.tables import Atoms, Statement, rounded, rounding_box

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_NEAR, _FAR = 1e-6, 1e6
_TRIFLE = 0.01
_TRIES = 3  # new tables that showing one cell again may cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What must stay possible for somebody who knows the atoms `knows`: the sum of `atoms` lower by `down`, and higher by `up`."""

    atoms: Atoms
    knows: Atoms
    down: int
    up: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What is to be protected: true counts, the cells as sums of them, what is known already, and who else looks on with what he knows.

    `gated` cells are hidden whatever they hold; `inherited` ones were hidden before; `base` rounds what is shown (1: not at all); `demands` are
    what an attack on an earlier Draft found wanting.
    """

    values: Sequence[int]
    cells: Mapping[Cell, Atoms]
    sensitive: frozenset[Cell]
    known: Sequence[Statement]
    insiders: Sequence[Atoms]
    k: int
    gated: frozenset[Cell] = frozenset()
    inherited: frozenset[Cell] = frozenset()
    base: int = 1
    demands: Sequence[Demand] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Tables after protection, not yet audited; cannot be rendered. `primary` cells are hidden for what they hold, others for their neighbours."""

    cells: Mapping[Cell, Published]
    primary: frozenset[Cell]
    unmet: int  # demands that no suppression could meet; the audit will refuse


def protect(original: Original) -> Draft:
    """Hide what must be hidden, and as little else as can be found."""
    nodes = _Nodes(original)
    cover = _Cover(original, nodes)
    cover.meet()
    cover.show_again()
    shown = {cell: Suppressed() if cover.hidden[node] else Shown(value=rounded(nodes.value[node], original.base)) for cell, node in nodes.of.items()}
    return Draft(cells=shown, primary=frozenset(cell for cell, node in nodes.of.items() if nodes.primary[node]), unmet=cover.unmet)


class _Nodes:
    """The different sums among the cells, and which must be hidden for what they are."""

    def __init__(self, original: Original) -> None:
        numbers: dict[Atoms, int] = {}
        self.of = {cell: numbers.setdefault(tuple(sorted(atoms)), len(numbers)) for cell, atoms in original.cells.items()}
        self.atoms = tuple(numbers)
        self.value = [sum(original.values[a] for a in atoms) for atoms in self.atoms]
        self.parts = [dict[int, int]() for _ in self.atoms]  # what each insider has in it
        whose: dict[int, list[int]] = {}
        for number, atoms in enumerate(original.insiders, start=1):
            for atom in atoms:
                whose.setdefault(atom, []).append(number)
        for node, atoms in enumerate(self.atoms):
            for atom in atoms:
                for number in whose.get(atom, ()):
                    self.parts[node][number] = self.parts[node].get(number, 0) + original.values[atom]
        self.sensitive, self.gated, self.inherited = (
            {self.of[cell] for cell in cells if cell in self.of} for cells in (original.sensitive, original.gated, original.inherited)
        )
        self.primary = [node in self.gated or (node in self.sensitive and self._small(node, original.k)) for node in self.nodes]

    def _small(self, node: int, k: int) -> bool:
        """Whether it is a small count to the public, or what is left of it to a school that takes its own part away."""
        return any(0 < self.value[node] - part < k for part in (0, *self.parts[node].values()))

    @property
    def nodes(self) -> range:
        return range(len(self.atoms))

    def cost(self, node: int, cells: int) -> float:
        """What hiding costs: more if many read it, in large counts or in several tables; a zero most of all, because "none" is good news."""
        return math.log2(4 + self.value[node]) * cells * (5 if self.value[node] == 0 else 1)


class _Asks:
    """Everything that must stay possible: that a form comes to so much more (or less, if negative) in the eyes of onlookers. 0 is the public."""

    def __init__(self, original: Original, nodes: _Nodes) -> None:
        onlookers, forms = dict[Atoms, int](), dict[Atoms, int]()
        for knows in ((), *original.insiders, *(demand.knows for demand in original.demands)):
            onlookers.setdefault(tuple(sorted(knows)), len(onlookers))
        asked: dict[tuple[int, int], set[int]] = {}
        for atoms, amount, minds in (*_of_nodes(original, nodes), *_of_demands(original, onlookers)):
            if amount:
                asked.setdefault((forms.setdefault(atoms, len(forms)), amount), set()).update(minds)
        hardest = sorted(asked, key=lambda ask: (-abs(ask[1]), ask))
        self.onlookers, self.forms = tuple(onlookers), tuple(forms)
        self.form = np.array([form for form, _ in hardest], dtype=np.int64)
        self.amount = np.array([amount for _, amount in hardest], dtype=np.int64)
        self.minds = np.zeros((len(hardest), len(onlookers)), dtype=bool)
        for index, ask in enumerate(hardest):
            self.minds[index, sorted(asked[ask])] = True

    def hit(self, reach: Floats) -> Flags:
        """Which asks a table meets, given how far each form goes in it."""
        return np.asarray(reach[self.form] * np.sign(self.amount) >= np.abs(self.amount) - _NEAR, dtype=bool)


def _of_nodes(original: Original, nodes: _Nodes) -> Iterator[tuple[Atoms, int, list[int]]]:
    everybody = range(len(original.insiders) + 1)
    for node in (n for n in nodes.nodes if nodes.primary[n]):
        parts = nodes.parts[node]
        for value in sorted({nodes.value[node] - part for part in (0, *parts.values())}):
            minds = [mind for mind in everybody if nodes.value[node] - parts.get(mind, 0) == value]
            if 0 < value < original.k:
                yield from ((nodes.atoms[node], amount, minds) for amount in (-value, original.k - value))
            elif node in nodes.gated and value:
                yield nodes.atoms[node], -original.k, minds


def _of_demands(original: Original, onlookers: Mapping[Atoms, int]) -> Iterator[tuple[Atoms, int, list[int]]]:
    for demand in original.demands:
        yield from ((tuple(sorted(demand.atoms)), amount, [onlookers[tuple(sorted(demand.knows))]]) for amount in (-demand.down, demand.up))


class _Cover:
    """The program that finds other tables, and what the tables found so far have taught.

    Columns: how far each sum of atoms rises, and how far it falls; the same for each node that is more than one of them; how far each form goes.
    """

    def __init__(self, original: Original, nodes: _Nodes) -> None:
        self.nodes, self.asks = nodes, _Asks(original, nodes)
        sums = [*(dict.fromkeys(atoms, 1) for atoms in (*nodes.atoms, *self.asks.forms)), *(statement.terms for statement in original.known)]
        column = merged(len(original.values), sums)
        size = np.bincount(list(column.values())).astype(np.int64)
        self.truth = np.bincount(list(column.values()), weights=[original.values[atom] for atom in column]).astype(np.float64)
        cells = np.bincount(list(nodes.of.values()))
        self.price = np.array([nodes.cost(node, int(cells[node])) for node in nodes.nodes])
        self.hidden = np.zeros(len(nodes.atoms), dtype=bool)
        boxes = [(value, rounding_box(rounded(value, original.base), original.base)) for value in nodes.value]
        self.box = np.array([(low - value, high - value) for value, (low, high) in boxes])
        self.lookers = [_Looker(original.values, column, size, self.truth, knows) for knows in self.asks.onlookers]
        members = [sorted({column[atom] for atom in atoms}) for atoms in nodes.atoms]
        self.members, self.ends = flat(members)
        self._columns(members, exact=original.base == 1)
        self.program = self._program(original, [{column[a]: f for a, f in terms.items()} for terms in sums])
        self.tables = _Tables(len(nodes.atoms), len(self.asks.form), len(self.lookers))
        self.unmet = 0
        self._hide(np.array([node for node in nodes.nodes if nodes.primary[node] or node in nodes.inherited], dtype=np.int64))

    def _columns(self, members: Sequence[Sequence[int]], *, exact: bool) -> None:
        """Which column says how far a node rises, and falls: that of its atoms where it is but one, else one of its own."""
        single = np.array([exact and len(columns) == 1 for columns in members])
        first = np.array([columns[0] if columns else 0 for columns in members], dtype=np.int64)
        count, self.rows = len(self.truth), np.flatnonzero(~single)
        own = 2 * count + np.cumsum(~single) - 1
        self.ups = np.where(single, first, own)
        self.downs = np.where(single, first + count, own + len(self.rows))
        self.goals = 2 * count + 2 * len(self.rows)

    def _program(self, original: Original, sums: Sequence[dict[int, int]]) -> Program:
        count, forms, columns = len(self.nodes.atoms), len(self.asks.forms), len(self.truth)

        def both(terms: Mapping[int, int]) -> dict[int, int]:
            return {**terms, **{columns + column: -factor for column, factor in terms.items()}}

        rows = []
        for node in map(int, self.rows):
            low, high = self.box[node]
            rows.append(Row(terms={**both(sums[node]), int(self.ups[node]): -1, int(self.downs[node]): 1}, low=low, high=high))
        rows += [Row(terms={**both(sums[count + form]), self.goals + form: -1}, low=0, high=0) for form in range(forms)]
        for statement, terms in zip(original.known, sums[count + forms :], strict=True):
            present = sum(factor * original.values[atom] for atom, factor in statement.terms.items())
            low, high = (None if bound is None else bound - present for bound in (statement.low, statement.high))
            rows.append(Row(terms=both(terms), low=low, high=high))
        many = 2 * len(self.rows)
        lows = np.concatenate((np.zeros(2 * columns + many), np.full(forms, -_FAR)))
        highs = np.concatenate((np.full(columns, _FAR), self.truth, np.full(many + forms, _FAR)))
        costs = np.concatenate((np.full(2 * columns, _TRIFLE), np.zeros(many + forms)))
        costs[self.ups], costs[self.downs] = self.price, self.price
        return Program(lows, highs, costs, rows)

    def meet(self) -> None:
        """Hide whatever is needed for every ask of every onlooker."""
        open_ = self.asks.minds.copy()
        for ask in range(len(open_)):
            while open_[ask].any():
                mind = int(np.argmax(open_[ask]))
                if (moved := self._move(ask, mind)) is None:
                    self.unmet += 1
                    open_[ask, mind] = False
                    continue
                self._hide(np.flatnonzero(moved))
                open_ &= ~self.tables.met(slice(-1, None))
                open_[ask, mind] = False

    def _move(self, ask: int, mind: int) -> Flags | None:
        """The cheapest other table that meets an ask for an onlooker: which nodes it moves. None if there is none."""
        looker, goal, amount = self.lookers[mind], [self.goals + int(self.asks.form[ask])], [float(self.asks.amount[ask])]
        columns = np.concatenate((looker.columns, looker.columns + len(self.truth)))
        nothing = np.zeros(len(columns))
        self.program.limit(columns, nothing, np.concatenate((looker.rise, looker.fall)))
        self.program.limit(goal, amount, amount)
        found = self.program.solve()
        self.program.limit(goal, [-_FAR], [_FAR])
        self.program.limit(columns, nothing, np.concatenate((np.full(len(looker.columns), _FAR), self.truth[looker.columns])))
        if found is None:
            return None
        change = found[: len(self.truth)] - found[len(self.truth) : 2 * len(self.truth)]
        sums = group_sums(change[self.members], self.ends)
        moved = np.asarray((sums < self.box[:, 0] - _NEAR) | (sums > self.box[:, 1] + _NEAR), dtype=bool)
        self.tables.add(moved, self.asks.hit(found[self.goals :]), np.array([looker.agrees(change) for looker in self.lookers]))
        return moved

    def _hide(self, nodes: NDArray[np.int64]) -> None:
        """What is hidden may move for next to nothing: a table that moves little is one that many onlookers must reckon with."""
        self.hidden[nodes] = True
        self._price(nodes, np.full(len(nodes), _TRIFLE))

    def _price(self, nodes: NDArray[np.int64], price: Floats) -> None:
        self.program.cost(np.concatenate((self.ups[nodes], self.downs[nodes])), np.concatenate((price, price)))

    def show_again(self) -> None:
        """Show every cell again that is hidden for its neighbours only and that they can do without. The dearest first."""
        spare = [int(n) for n in np.flatnonzero(self.hidden) if not self.nodes.primary[n] and n not in self.nodes.inherited]
        for node in sorted(spare, key=lambda n: (-self.price[n], n)):
            before, one = self.tables, np.array([node])
            self.tables, self.hidden[node] = before.without(node), False
            self._price(one, self.price[one])
            if not self._all_met():
                self.tables = before
                self._hide(one)

    def _all_met(self) -> bool:
        """Whether what is hidden meets every ask, with a few new tables at most."""
        if np.count_nonzero(~self.tables.hit.any(axis=0)) > _TRIES:
            return False  # the public alone needs more than that
        open_ = self.asks.minds & ~self.tables.met(slice(None))
        for _ in range(_TRIES):
            if not open_.any():
                return True
            ask, mind = np.unravel_index(int(np.argmax(open_)), open_.shape)
            moved = self._move(int(ask), int(mind))
            if moved is None or np.any(moved & ~self.hidden):
                return False
            open_ &= ~self.tables.met(slice(-1, None))
            open_[ask, mind] = False
        return not open_.any()


class _Looker:
    """Somebody who looks on: the columns that he knows something of, and how far each can rise and fall in his eyes."""

    def __init__(self, values: Sequence[int], column: Mapping[int, int], size: NDArray[np.int64], truth: Floats, knows: Atoms) -> None:
        mine = [atom for atom in knows if atom in column]
        known = np.bincount([column[atom] for atom in mine], minlength=len(size))
        own = np.bincount([column[atom] for atom in mine], weights=[values[atom] for atom in mine], minlength=len(size))
        self.columns = np.flatnonzero(known)
        self.fall = (truth - own)[self.columns]
        self.rise = np.where(known == size, 0.0, _FAR)[self.columns]

    def agrees(self, change: Floats) -> bool:
        """Whether a change may be true as far as he knows."""
        few = change[self.columns]
        return bool(np.all(few >= -self.fall - _NEAR) and np.all(few <= self.rise + _NEAR))


class _Tables:
    """Other tables that were found: which nodes each moves, which asks it meets, and which onlookers it agrees with."""

    def __init__(self, nodes: int, asks: int, lookers: int) -> None:
        self.moved, self.hit, self.agree = (np.zeros((0, width), dtype=bool) for width in (nodes, asks, lookers))

    def add(self, moved: Flags, hit: Flags, agree: Flags) -> None:
        self.moved, self.hit, self.agree = (np.vstack(pair) for pair in ((self.moved, moved), (self.hit, hit), (self.agree, agree)))

    def without(self, node: int) -> _Tables:
        """Those that leave a node as it is."""
        rest, alive = _Tables(0, 0, 0), ~self.moved[:, node]
        rest.moved, rest.hit, rest.agree = self.moved[alive], self.hit[alive], self.agree[alive]
        return rest

    def met(self, part: slice) -> Flags:
        """Which asks these tables meet for whom."""
        return np.asarray(self.hit[part].astype(np.float32).T @ self.agree[part].astype(np.float32) > 0, dtype=bool)
