"""Protection: which cells may be shown and which must be hidden.

Makes a Draft; nothing that a Draft holds is public yet.

Owns the choice of what is suppressed, never the proof that it suffices: that is `attack`'s, which does not know this
module. Method: a count under the threshold is hidden, and so is one that would be small to a school that knows its own
part; then, for each, the cheapest other table is looked for in which the count is none, and one in which it is k or
more; whatever that table must change is hidden too (by linear programming, after Kelly, Golden and Assad, and
Robertson). What turns out to be unneeded is shown again. A sum that stands in several tables is one *node*: hidden in
one, hidden in all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.releases import Limits
from generator.statistics.programs import (
    Blocks,
    Bounds,
    Flags,
    Floats,
    Program,
    ProgramRows,
    Sums,
    Whole,
    by_column,
    flat,
    group_sums,
    merging,
    ranges,
    sorted_into,
    sums,
)
from generator.statistics.tables import (
    ENDLESS,
    Atoms,
    Ledger,
    Rooms,
    Secret,
    Statement,
    Tabulation,
    count_box,
    enough,
    rounded,
)

_NEAR, _FAR = 1e-6, 1e6
_TRIFLE = 0.01
_TRIES = 10  # new tables that showing one cell again may cost


class Demand(Struct, frozen=True, kw_only=True):
    """What must stay possible for somebody who knows the atoms `knows`: the sum of `atoms` lower by `down`, and higher
    by `up`.
    """

    atoms: Atoms
    knows: Atoms
    down: int
    up: int


class Original(Struct, frozen=True, kw_only=True):
    """What is to be protected: true counts, the cells as sums of them, what is known already, and who else looks on
    with what he knows.

    `groups`: pupils of whom something is published, and the others of the same group: that these are few must not be
    known. `gated` cells are hidden whatever they hold, `spared` says from which insiders (the first is 0) they need not
    be if they are not small; `inherited` ones are never shown: they were hidden before, or
    stand in no table; `base` rounds what is shown (1: not at all); of large counts `share` per cent must stay open;
    `rooms` say for how many pupils there is room; `demands` are what an attack on an earlier Draft found wanting.
    """

    values: Sequence[int]
    cells: Mapping[Cell, Atoms]
    sensitive: frozenset[Cell]
    known: Sequence[Statement]
    insiders: Sequence[Atoms]
    k: int
    groups: Sequence[Secret] = ()
    gated: frozenset[Cell] = frozenset()
    spared: Mapping[Cell, frozenset[int]] = field(default_factory=dict)
    inherited: frozenset[Cell] = frozenset()
    base: int = 1
    share: int = 0
    rooms: Rooms | None = None
    demands: Sequence[Demand] = ()


class Draft(Struct, frozen=True, kw_only=True):
    """Tables after protection, not yet audited; cannot be rendered.

    `primary` cells are hidden for what they hold, others for their neighbours.
    """

    cells: Mapping[Cell, Published]
    primary: frozenset[Cell]
    unmet: int  # demands that no suppression could meet; the audit will refuse


def original_of(
    ledger: Ledger,
    table: Tabulation,
    known: Sequence[Statement],
    limits: Limits,
    insiders: Sequence[Atoms],
    hidden: Iterable[Cell] = (),
    room: Rooms | None = None,
) -> Original:
    """The tables of a release as what is to be protected: with the finest ones beneath them, which are never shown but
    for sums that stand in a coarser row too.

    `hidden` were hidden by an earlier release; `room` is the ledger's, unless something is known of it.
    """
    beneath = table.beneath
    cells = {**(beneath.cells if beneath else {}), **table.cells}
    published = {tuple(sorted(atoms)) for atoms in table.cells.values()}
    beneath_only = (cell for cell in cells if cell not in table.cells)
    unseen = {cell for cell in beneath_only if tuple(sorted(cells[cell])) not in published}
    finest = (beneath.sensitive, beneath.gated, beneath.groups) if beneath else (frozenset(), frozenset(), ())
    few, whose = {**(beneath.few if beneath else {}), **table.few}, [ledger.owners(knows) for knows in insiders]
    outside = {
        some: frozenset(n for n, schools in enumerate(whose) if enough(some, schools, limits.schools))
        for some in set(few.values())
    }
    return Original(
        values=ledger.values,
        cells=cells,
        sensitive=table.sensitive | finest[0],
        groups=[group for group in (*table.groups, *finest[2]) if group.school is None],
        known=known,
        insiders=insiders,
        k=limits.k,
        gated=table.gated | finest[1],
        spared={cell: outside[some] for cell, some in few.items() if outside[some]},
        inherited=frozenset((*hidden, *unseen)),
        base=limits.base,
        share=limits.dominance,
        rooms=room or ledger.rooms,
    )


def protect(original: Original) -> Draft:
    """Hide what must be hidden, and as little else as can be found."""
    nodes = _Nodes(original)
    cover = _Cover(original, nodes)
    cover.meet()
    cover.show_again()
    shown = {
        cell: Suppressed() if cover.hidden[node] else Shown(value=rounded(nodes.value[node], original.base))
        for cell, node in nodes.of.items()
    }
    return Draft(
        cells=shown,
        primary=frozenset(cell for cell, node in nodes.of.items() if nodes.primary[node]),
        unmet=cover.unmet,
    )


class _Nodes:
    """The different sums among the cells, and which must be hidden for what they are."""

    def __init__(self, original: Original) -> None:
        numbers: dict[Atoms, int] = {}
        self.of = {
            cell: numbers.setdefault(tuple(sorted(atoms)), len(numbers)) for cell, atoms in original.cells.items()
        }
        self.atoms = tuple(numbers)
        self.value = [sum(original.values[a] for a in atoms) for atoms in self.atoms]
        self._values, self._whose, self._attackers = original.values, dict[int, list[int]](), len(original.insiders) + 1
        for number, atoms in enumerate(original.insiders, start=1):
            for atom in atoms:
                self._whose.setdefault(atom, []).append(number)
        self.parts = [self._parts(atoms) for atoms in self.atoms]
        self._rooms = original.rooms
        self.whole = self._whole(original)
        self.sensitive, self.gated, self.inherited = (
            {self.of[cell] for cell in cells if cell in self.of}
            for cells in (original.sensitive, original.gated, original.inherited)
        )
        self.spared = {self.of[cell]: insiders for cell, insiders in original.spared.items()}
        of_groups = {self.of[cell] for cell, _, _, _ in self.whole if cell in self.of}
        self.primary = [
            n in self.gated or n in of_groups or (n in self.sensitive and self._small(n, original.k))
            for n in self.nodes
        ]

    def _parts(self, atoms: Atoms) -> dict[int, int]:
        """What each insider has in a sum."""
        found = dict[int, int]()
        for atom in atoms:
            for number in self._whose.get(atom, ()):
                found[number] = found.get(number, 0) + self._values[atom]
        return found

    def _whole(self, original: Original) -> list[tuple[Cell, Atoms, int, int]]:
        """Where something is published of all but a few of a group, and who can tell: cell, atoms of the others, their
        number, attacker.
        """
        found = []
        for group in original.groups:
            others, some = (sum(self._values[atom] for atom in atoms) for atoms in (group.atoms, group.beside))
            theirs, own = self._parts(group.atoms), self._parts(group.beside)
            everybody = range(len(original.insiders) + 1) if others < original.k else sorted(theirs)
            for attacker in everybody:  # whoever has no part in the others sees as many as the public does
                few = others - theirs.get(attacker, 0)
                if few < original.k and some > own.get(attacker, 0):
                    found.append((group.cell, tuple(sorted(group.atoms)), few, attacker))
        return found

    def room(self, node: int, attacker: int) -> int:
        """How many pupils a count could hold in the eyes of an attacker, whatever is published."""
        if self._rooms is None:
            return ENDLESS
        rooms = {self._rooms.of[atom] for atom in self.atoms[node] if attacker not in self._whose.get(atom, ())}
        return sum(self._rooms.open(room, self.atoms[node]) for room in rooms)

    def remainders(self, node: int) -> dict[int, list[int]]:
        """What a count is without the attacker's own part, and to which attackers: the least first."""
        found = dict[int, list[int]]()
        for attacker in range(self._attackers):
            found.setdefault(self.value[node] - self.parts[node].get(attacker, 0), []).append(attacker)
        return dict(sorted(found.items()))

    def _small(self, node: int, k: int) -> bool:
        """Whether the count is small, or becomes small for a school that subtracts its own part."""
        return any(0 < self.value[node] - part < k for part in (0, *self.parts[node].values()))

    @property
    def nodes(self) -> range:
        return range(len(self.atoms))

    def cost(self, node: int, cells: int) -> float:
        """What hiding costs: more if many read it, in large counts or in several tables; a zero most of all, because
        "none" is good news.
        """
        return math.log2(4 + self.value[node]) * cells * (5 if self.value[node] == 0 else 1)


class _Demands:
    """All Demands of a Draft: a sum of atoms (a form) must possibly be higher by an amount, or lower if it is negative,
    for these attackers; `either`, where one of the two directions suffices. Attacker 0 is the public.
    """

    def __init__(self, original: Original, nodes: _Nodes) -> None:
        knowledge, forms = dict[Atoms, int](), dict[Atoms, int]()
        for knows in ((), *original.insiders, *(demand.knows for demand in original.demands)):
            knowledge.setdefault(tuple(sorted(knows)), len(knowledge))
        wanted: dict[tuple[int, int, bool], set[int]] = {}
        wide = ((atoms, amount, attackers, True) for atoms, amount, attackers in _of_large(original, nodes))
        small = (*_of_nodes(original, nodes), *_of_demands(original, knowledge))
        for atoms, amount, attackers, either in (*wide, *((*demand, False) for demand in small)):
            if amount:
                wanted.setdefault((forms.setdefault(atoms, len(forms)), amount, either), set()).update(attackers)
        hardest = sorted(wanted, key=lambda demand: (-abs(demand[1]), demand))
        self.knowledge, self.forms = tuple(knowledge), tuple(forms)
        self.form = np.array([form for form, _, _ in hardest], dtype=np.int64)
        self.amount = np.array([amount for _, amount, _ in hardest], dtype=np.int64)
        self.either = np.array([either for _, _, either in hardest], dtype=bool)
        self.attackers = np.zeros((len(hardest), len(knowledge)), dtype=bool)
        for index, demand in enumerate(hardest):
            self.attackers[index, sorted(wanted[demand])] = True

    def hit(self, reach: Floats) -> Flags:
        """Which demands a table meets, given how far each form goes in it."""
        far = reach[self.form] * np.sign(self.amount)
        return np.asarray(np.where(self.either, np.abs(far), far) >= np.abs(self.amount) - _NEAR, dtype=bool)


def _of_nodes(original: Original, nodes: _Nodes) -> Iterator[tuple[Atoms, int, list[int]]]:
    for node in (n for n in nodes.nodes if nodes.primary[n]):
        for value, attackers in nodes.remainders(node).items():
            if 0 < value < original.k:
                yield nodes.atoms[node], -value, attackers
                rooms = [min(original.k, nodes.room(node, attacker)) for attacker in attackers]
                for most in sorted(set(rooms)):
                    theirs = [attacker for attacker, room in zip(attackers, rooms, strict=True) if room == most]
                    yield nodes.atoms[node], most - value, theirs
    yield from ((others, original.k - few, [attacker]) for _, others, few, attacker in nodes.whole)


def _of_large(original: Original, nodes: _Nodes) -> Iterator[tuple[Atoms, int, list[int]]]:
    """What must stay open of counts that are not small and hidden all the same."""
    for node in (n for n in nodes.nodes if n in nodes.gated):
        for value, attackers in nodes.remainders(node).items():
            if value >= original.k:
                wide = -(-original.share * value // 100) if node in nodes.sensitive else 0
                spared = nodes.spared.get(node, frozenset())
                yield nodes.atoms[node], -max(original.k, wide), [a for a in attackers if a - 1 not in spared]


def _of_demands(original: Original, knowledge: Mapping[Atoms, int]) -> Iterator[tuple[Atoms, int, list[int]]]:
    for demand in original.demands:
        yield from (
            (tuple(sorted(demand.atoms)), amount, [knowledge[tuple(sorted(demand.knows))]])
            for amount in (-demand.down, demand.up)
        )


class _Cover:
    """The program that finds other tables, and what the tables found so far have taught.

    Columns: how far each sum of atoms rises, and how far it falls; the same for each node that is more than one of
    them.
    """

    def __init__(self, original: Original, nodes: _Nodes) -> None:
        self.nodes, self.demands = nodes, _Demands(original, nodes)
        values = np.array(original.values, dtype=np.int64)
        column, of, present = _merged(original, nodes, self.demands, values)
        held = column >= 0
        size = np.bincount(column[held]).astype(np.int64)
        self.truth = np.bincount(column[held], weights=values[held]).astype(np.float64)
        cells = np.bincount(list(nodes.of.values()))
        self.price = np.array([nodes.cost(node, int(cells[node])) for node in nodes.nodes])
        self.hidden = np.zeros(len(nodes.atoms), dtype=bool)
        about = nodes.sensitive if original.base > 1 else frozenset[int]()  # exact counts are their own box
        boxes = [
            (value, count_box(rounded(value, original.base), original.base, original.k, about_somebody=node in about))
            for node, value in enumerate(nodes.value)
        ]
        self.box = np.array([(low - value, high - value) for value, (low, high) in boxes]).reshape(-1, 2)
        self.bounds = self._bounds(original, column, size)
        members = [np.unique(column[list(atoms)]) for atoms in nodes.atoms]
        self.members, self.ends = _together(members)
        nodes_of = np.repeat(np.arange(len(members)), np.diff(self.ends))
        self.holders, self.holder_ends = sorted_into(self.members, nodes_of, len(self.truth))
        self.forms, self.form_ends = _together([np.unique(column[list(atoms)]) for atoms in self.demands.forms])
        self._columns(members, exact=original.base == 1)
        self.blocks = Blocks(len(self.truth), self.members, self.ends)
        self.program = self._program(self._rows(original, of, present))
        self.tables = _Tables(len(self.demands.knowledge))
        self.unmet = 0
        self._hide(
            np.array([node for node in nodes.nodes if nodes.primary[node] or node in nodes.inherited], dtype=np.int64)
        )

    def _bounds(self, original: Original, column: Whole, size: Whole) -> Bounds:
        """How far each column can fall and rise in the eyes of each attacker who knows something of it."""
        atoms, ends = flat(self.demands.knowledge)
        attackers = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
        held = column[atoms] >= 0
        attackers, columns = attackers[held], column[atoms[held]]
        own = np.array(original.values, dtype=np.int64)[atoms[held]]
        keys, where = np.unique(attackers * len(size) + columns, return_inverse=True)
        attackers, columns = np.divmod(keys, max(1, len(size)))
        rest = self.truth[columns] - np.bincount(where, weights=own, minlength=len(keys))
        rise = np.where(np.bincount(where, minlength=len(keys)) == size[columns], 0, _FAR)
        return Bounds(len(self.demands.knowledge), attackers, columns, -rest.astype(np.int64), rise.astype(np.int64))

    def _columns(self, members: Sequence[Whole], *, exact: bool) -> None:
        """Which columns say how far a node rises and falls: those of its atoms if these are one column, else columns of
        the node's own.
        """
        single = np.array([exact and len(columns) == 1 for columns in members])
        first = np.array([columns[0] if len(columns) else 0 for columns in members], dtype=np.int64)
        count, self.rows = len(self.truth), np.flatnonzero(~single)
        own = 2 * count + np.cumsum(~single) - 1
        self.ups = np.where(single, first, own)
        self.downs = np.where(single, first + count, own + len(self.rows))

    def _rows(self, original: Original, of: Sums, present: Whole) -> ProgramRows:
        columns, forms = len(self.truth), np.full(len(self.demands.forms), np.inf)
        nodes, own = self.rows, np.arange(len(self.rows))
        some = of.some(np.concatenate((nodes, np.arange(len(self.nodes.atoms), len(of)))))
        low, high = (
            np.array([nothing if bound is None else bound for bound in bounds], dtype=np.float64) - present
            for nothing, bounds in (
                (-np.inf, [statement.low for statement in original.known]),
                (np.inf, [statement.high for statement in original.known]),
            )
        )
        return by_column(
            2 * columns + 2 * len(nodes),
            np.concatenate((self.box[nodes, 0], -forms, low)),
            np.concatenate((self.box[nodes, 1], forms, high)),
            np.concatenate((some.columns, some.columns + columns, self.ups[nodes], self.downs[nodes])),
            np.concatenate((some.of, some.of, own, own)),
            np.concatenate((some.factors, -some.factors, np.full_like(own, -1), np.ones_like(own))),
        )

    def _program(self, rows: ProgramRows) -> Program:
        columns = len(self.truth)
        many = 2 * len(self.rows)
        highs = np.concatenate((np.full(columns, _FAR), self.truth, np.full(many, _FAR)))
        costs = np.concatenate((np.full(2 * columns, _TRIFLE), np.zeros(many)))
        costs[self.ups], costs[self.downs] = self.price, self.price
        return Program(np.zeros(len(highs)), highs, costs, rows)

    def meet(self) -> None:
        """Hide whatever is needed for every demand of every attacker."""
        for demand in range(len(self.demands.form)):
            open_ = np.flatnonzero(self.demands.attackers[demand] & ~self.tables.met(demand))
            self._meet(demand, open_[:1])
            self._meet(demand, open_[1:])

    def _meet(self, demand: int, attackers: NDArray[np.int64]) -> None:
        """Hide what one table for all of these attackers needs; or what two need, each for a half of them, if that is
        less, or if there is no such table.
        """
        attackers = attackers[~self.tables.met(demand)[attackers]]
        if len(attackers) == 0:
            return
        so_far = self.tables.count
        moved = self._move(demand, attackers)
        if moved is not None and (len(attackers) == 1 or not np.any(moved & ~self.hidden)):
            self._hide(np.flatnonzero(moved))
        elif len(attackers) == 1:
            self.unmet += 1
        else:
            self._meet_apart(demand, attackers, moved, so_far)

    def _meet_apart(self, demand: int, attackers: NDArray[np.int64], together: Flags | None, so_far: int) -> None:
        """The halves apart, unless a table for all of them hides less."""
        before, unmet = self.hidden.copy(), self.unmet
        self.tables.restore((), so_far)
        for half in (attackers[: len(attackers) // 2], attackers[len(attackers) // 2 :]):
            self._meet(demand, half)
        apart = self.price[self.hidden & ~before].sum()
        if together is None or (self.unmet == unmet and apart < self.price[together & ~before].sum()):
            return
        self.unmet = unmet
        self.tables.restore((so_far,), so_far)
        shown = np.flatnonzero(self.hidden & ~before & ~together)
        self.hidden[shown] = False
        self._price(shown, self.price[shown])
        self._hide(np.flatnonzero(together))

    def _move(self, demand: int, attackers: NDArray[np.int64]) -> Flags | None:
        """The cheapest other table that meets a demand for all of these: which nodes it moves; None without one."""
        few, fall, rise = self.bounds.of(attackers)
        columns, nothing = np.concatenate((few, few + len(self.truth))), np.zeros(2 * len(few))
        self.program.bound_columns(columns, nothing, np.concatenate((rise, -fall)))
        best, amount = None, float(self.demands.amount[demand])
        for far in (amount, -amount) if self.demands.either[demand] else (amount,):
            if best is None or self._dear(best[0]) > 0:
                found = self._moved(demand, far, few[fall == rise])
                best = found if best is None or (found and self._dear(found[0]) < self._dear(best[0])) else best
        self.program.bound_columns(columns, nothing, np.concatenate((np.full(len(few), _FAR), self.truth[few])))
        if best is None:
            return None
        moved, change = best
        self.tables.add(
            moved, self.demands.hit(group_sums(change[self.forms], self.form_ends)), self.bounds.agree(change, _NEAR)
        )
        return moved

    def _moved(self, demand: int, amount: float, fixed: NDArray[np.int64]) -> tuple[Flags, Floats] | None:
        """Which nodes move, and every column's change, in the cheapest table that is so far from the truth."""
        goal = len(self.rows) + int(self.demands.form[demand])
        self.program.bound_row(goal, amount, amount)
        found = self._nearby(demand, fixed)
        found = self.program.solve() if found is None else found
        self.program.bound_row(goal, -np.inf, np.inf)
        if found is None:
            return None
        change = found[: len(self.truth)] - found[len(self.truth) : 2 * len(self.truth)]
        sums = group_sums(change[self.members], self.ends)
        moved = np.asarray((sums < self.box[:, 0] - _NEAR) | (sums > self.box[:, 1] + _NEAR), dtype=bool)
        return moved, change

    def _dear(self, moved: Flags) -> float:
        """What hiding these costs beside what is hidden already."""
        return float(self.price[moved & ~self.hidden].sum())

    def _nearby(self, demand: int, fixed: NDArray[np.int64]) -> Floats | None:
        """The cheapest table that leaves what is far away as it is. What is hidden moves most easily."""
        count, ease = len(self.truth), np.ones(len(self.truth))
        single = np.diff(self.ends) == 1
        ease[self.members[self.ends[:-1][single & self.hidden]]] = 4
        ease[fixed] = 0
        form = slice(self.form_ends[self.demands.form[demand]], self.form_ends[self.demands.form[demand] + 1])
        near = self.blocks.near(self.forms[form], ease)
        if near is None:
            return None
        rows = self.rows[np.isin(self.rows, self.holders[ranges(self.holder_ends, near)])]
        columns = np.concatenate((near, near + count, self.ups[rows], self.downs[rows]))
        part = self.program.solve_part(columns)
        if part is None:
            return None
        found = np.zeros(self.program.columns)
        found[columns] = part
        return found

    def _hide(self, nodes: NDArray[np.int64]) -> None:
        """What is hidden may move for next to nothing: a table that moves little is one that many attackers must reckon
        with.
        """
        self.hidden[nodes] = True
        self._price(nodes, np.full(len(nodes), _TRIFLE))

    def _price(self, nodes: NDArray[np.int64], price: Floats) -> None:
        self.program.cost(np.concatenate((self.ups[nodes], self.downs[nodes])), np.concatenate((price, price)))

    def show_again(self) -> None:
        """Show again, the most expensive first, every cell that was hidden to protect other cells if they are still
        protected without it; then what nothing needs hidden any more, now that others are shown.
        """
        spare = [
            int(n) for n in np.flatnonzero(self.hidden) if not self.nodes.primary[n] and n not in self.nodes.inherited
        ]
        spare.sort(key=lambda n: (-self.price[n], n))
        for tries in (_TRIES, 0):
            for node in (n for n in spare if self.hidden[n]):
                one, so_far = np.array([node]), self.tables.count
                gone = self.tables.without(node)
                self.hidden[node] = False
                self._price(one, self.price[one])
                if not self._all_met(gone, tries):
                    self.tables.restore(gone, so_far)
                    self._hide(one)

    def _all_met(self, gone: Sequence[int], most: int) -> bool:
        """Whether what is hidden still meets every demand that these tables met, with so many new tables at most."""
        demands = sorted({int(demand) for table in gone for demand in self.tables.hits[table]})
        if sum(not self.tables.of_ask(demand) for demand in demands) > most:
            return False  # the public alone needs more than that
        tries = 0
        for demand in demands:
            while len(open_ := np.flatnonzero(self.demands.attackers[demand] & ~self.tables.met(demand))):
                moved = self._move(demand, open_[:1]) if tries < most else None
                if moved is None or np.any(moved & ~self.hidden):
                    return False
                tries += 1
        return True


def _merged(original: Original, nodes: _Nodes, demands: _Demands, values: Whole) -> tuple[Whole, Sums, Whole]:
    """The column of each atom (-1: none), the sums of nodes, of demands and of statements in columns, and what each
    statement comes to.
    """
    of = sums([*nodes.atoms, *demands.forms, *(statement.terms for statement in original.known)])
    column = merging(len(values), of)
    return column, of.merged(column), of.worth(values)[len(nodes.atoms) + len(demands.forms) :]


def _together(groups: Sequence[Whole]) -> tuple[Whole, Whole]:
    """Groups one after the other, and where each ends."""
    ends = np.cumsum([0, *map(len, groups)])
    return np.concatenate([np.zeros(0, dtype=np.int64), *groups]), ends


class _Tables:
    """Other tables that were found: the nodes that each moves, the demands that it meets, whom it suits."""

    def __init__(self, attackers: int) -> None:
        self.moves, self.hits, self._agree = list[NDArray[np.int64]](), list[NDArray[np.int64]](), list[Flags]()
        self._of_node, self._of_ask = dict[int, list[int]](), dict[int, list[int]]()
        self._gone, self._nobody = set[int](), np.zeros(attackers, dtype=bool)

    @property
    def count(self) -> int:
        return len(self.moves)

    def add(self, moved: Flags, hit: Flags, agree: Flags) -> None:
        for found, of in ((moved, self._of_node), (hit, self._of_ask)):
            for place in np.flatnonzero(found).tolist():
                of.setdefault(place, []).append(self.count)
        self.moves.append(np.flatnonzero(moved))
        self.hits.append(np.flatnonzero(hit))
        self._agree.append(agree)

    def of_ask(self, demand: int) -> list[int]:
        """The tables that meet a demand for somebody."""
        return [table for table in self._of_ask.get(demand, ()) if table not in self._gone]

    def met(self, demand: int) -> Flags:
        """For whom a demand is met."""
        found = [self._agree[table] for table in self.of_ask(demand)]
        return np.logical_or.reduce(found) if found else self._nobody

    def without(self, node: int) -> list[int]:
        """Take away those that move a node: which they were."""
        gone = [table for table in self._of_node.get(node, ()) if table not in self._gone]
        self._gone.update(gone)
        return gone

    def restore(self, gone: Sequence[int], count: int) -> None:
        """Put these back, and take away all others but the first `count`."""
        self._gone.update(range(count, self.count))
        self._gone.difference_update(gone)
