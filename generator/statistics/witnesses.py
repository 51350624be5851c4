"""Witnesses: other tables of whole counts that agree with everything that an attacker knows.

A secret is protected from an attacker if witnesses make it low enough and high enough.

Owns the search. The answers of the solver are suggestions: each is rounded and checked here in whole numbers, against
every statement and for every attacker, before it proves anything. The search goes from one residual to the next, not
from one attacker to the next: most know nothing that matters for a residual, so one table, as near to the truth as
possible, serves them all. Must not know who an attacker is, nor how anything was protected.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from generator.statistics.programs import (
    Blocks,
    Bounds,
    Flags,
    Floats,
    Objections,
    Program,
    ProgramRows,
    Sums,
    Whole,
    by_column,
    flat,
    joined,
    merging,
    ranges,
    sizes,
    sorted_into,
    sums,
)
from generator.statistics.tables import ENDLESS, Atoms, Rooms, Secret, Statement
from generator.statistics.trades import Trades


class UntrueStatementError(Exception):
    """A published number does not follow from the counts: a bug, never an input."""


class Move(Struct, frozen=True, kw_only=True):
    """A table, told by where it leaves the truth, and by how much."""

    places: Whole
    by: Whole


class Holders:
    """Sums that columns stand in, each with a factor: which of them a table moves, and by how much."""

    def __init__(self, columns: Whole, sums: Whole, width: int, factors: Whole | None = None) -> None:
        self._sums, self._ends = sorted_into(columns, sums, width)
        times = np.ones(len(columns), dtype=np.int64) if factors is None else factors
        self._factors, _ = sorted_into(columns, times, width)

    def moved(self, move: Move) -> tuple[Whole, Whole]:
        """The sums, each once, and what is added to each."""
        here = ranges(self._ends, move.places)
        by = np.repeat(move.by, sizes(self._ends, move.places)) * self._factors[here]
        sums, where = np.unique(self._sums[here], return_inverse=True)
        return sums, _added(where, by, len(sums))


# --- what everybody knows ---------------------------------------------------------------------------------------------


class Field:
    """What is public, in few columns.

    Atoms whose value follows from statements are settled; atoms that no statement tells apart share a column.
    """

    def __init__(self, values: Sequence[int], statements: Sequence[Statement]) -> None:
        for statement in statements:
            if not statement.holds(values):
                raise UntrueStatementError(statement)
        self.values = np.array(values, dtype=np.int64)
        self.each = sums([statement.terms for statement in statements if statement.each])
        settled, rows = _settle(self.values, _limited([statement for statement in statements if not statement.each]))
        shared = _without(
            [s.high for s in statements if s.each and s.high is not None], self.each, settled, self.values
        )
        self.column, rows, shared = _merge(settled, rows, shared)
        width = 1 + int(self.column.max(initial=-1))
        held = self.column >= 0
        self.sizes = np.bincount(self.column[held], minlength=width)
        self.truth = _added(self.column[held], self.values[held], width)
        self.most = np.maximum(
            self.truth, max(1000, 4 * max(values, default=0))
        )  # an open column needs an end; one more for the attacker
        self.rows = _Limited(
            of=joined(rows.of, shared.of),
            low=np.concatenate((rows.low, shared.low)),
            high=np.concatenate((rows.high, shared.high)),
        )
        self.checked, self.shared = _Checked(self.rows, self.truth), _Checked(shared, self.truth)
        self.first_shared = len(rows.of)

    def part(self, atoms: Whole) -> tuple[Whole, Whole, Whole]:
        """The columns that these atoms are in, how many of each, and what they come to."""
        held = atoms[self.column[atoms] >= 0]
        columns, where = np.unique(self.column[held], return_inverse=True)
        return columns, np.bincount(where, minlength=len(columns)), _added(where, self.values[held], len(columns))

    def allows(self, move: Move) -> bool:
        """Whether a table agrees with everything that is public; where it leaves the truth as it is, it does."""
        return bool(np.all(self.truth[move.places] + move.by >= 0)) and self.checked.allow(move)


class _Limited(Struct, frozen=True, kw_only=True):
    """Sums, and the least and the most that each may be; `_OPEN` ends are open."""

    of: Sums
    low: Whole
    high: Whole


_OPEN = np.iinfo(np.int64)


def _limited(statements: Sequence[Statement]) -> _Limited:
    """Statements, of atoms."""
    return _Limited(
        of=sums([s.terms for s in statements]),
        low=np.array([_OPEN.min if s.low is None else s.low for s in statements], dtype=np.int64),
        high=np.array([_OPEN.max if s.high is None else s.high for s in statements], dtype=np.int64),
    )


def _settle(values: Whole, rows: _Limited) -> tuple[Flags, _Limited]:
    """The atoms that one statement alone gives away, then the next with their help; and what is left of the statements.

    One that has a single atom left and says exactly how much that is gives it away; so does one that says of what can
    only add up that it is nothing. What is given away is what is there, or a statement would not hold.
    """
    settled, open_, of = np.zeros(len(values), dtype=bool), np.ones(len(rows.of.columns), dtype=bool), rows.of.of
    many, exact = len(rows.of), rows.low == rows.high
    taken = np.zeros(many, dtype=np.int64)
    while True:
        left = np.bincount(of[open_], minlength=many)
        falling = np.bincount(of[open_ & (rows.of.factors <= 0)], minlength=many)
        nothing = (rows.high != _OPEN.max) & (rows.high == taken) & (falling == 0)
        giving = open_ & ((exact & (left == 1)) | nothing)[of]
        if not giving.any():
            break
        settled[rows.of.columns[giving]] = True
        gone = open_ & settled[rows.of.columns]
        taken += _added(of[gone], values[rows.of.columns[gone]] * rows.of.factors[gone], many)
        open_ &= ~gone
    kept = np.flatnonzero(left)
    of_kept = rows.of.where(open_).some(kept)
    return settled, _Limited(
        of=of_kept, low=_less(rows.low, taken, _OPEN.min)[kept], high=_less(rows.high, taken, _OPEN.max)[kept]
    )


def _less(bounds: Whole, taken: Whole, open_: int) -> Whole:
    return np.where(bounds == open_, open_, bounds - np.where(bounds == open_, 0, taken))


def _without(highs: Sequence[int], each: Sums, settled: Flags, values: Whole) -> _Limited:
    """Statements that hold school by school, without what is settled."""
    left = ~settled[each.columns]
    gone = each.where(~left).worth(values)
    high = np.array(highs, dtype=np.int64) - gone
    return _Limited(of=each.where(left), low=np.full(len(each), _OPEN.min), high=high)


def _merge(settled: Flags, rows: _Limited, shared: _Limited) -> tuple[Whole, _Limited, _Limited]:
    """One column for each set of atoms that statements contain only as a sum; one also for the atoms that no statement
    contains. -1 for what is settled. Rows that say the same are said once.
    """
    column = merging(len(settled), joined(rows.of, shared.of))
    silent, merged = 1 + int(column.max(initial=-1)), rows.of.merged(column)
    by_column = np.lexsort((merged.columns, merged.of))
    columns, factors = merged.columns[by_column], merged.factors[by_column]
    seen = dict[bytes, int]()
    for row, (begin, end) in enumerate(pairwise(merged.ends.tolist())):
        limits = rows.low[row : row + 1].tobytes() + rows.high[row : row + 1].tobytes()
        seen.setdefault(columns[begin:end].tobytes() + factors[begin:end].tobytes() + limits, row)
    once = np.array(list(seen.values()), dtype=np.int64)
    found = np.where((column < 0) & ~settled, silent, column)
    return (
        found,
        _Limited(of=merged.some(once), low=rows.low[once], high=rows.high[once]),
        _Limited(of=shared.of.merged(column), low=shared.low, high=shared.high),
    )


def _added(places: Whole, amounts: Whole, size: int) -> Whole:
    """What is added up in each place."""
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, places, amounts)
    return sums


def _among(some: Whole, sorted_: Whole) -> Flags:
    """Which of these are there."""
    if len(sorted_) == 0:
        return np.zeros(len(some), dtype=bool)
    return np.asarray(sorted_[np.minimum(np.searchsorted(sorted_, some), len(sorted_) - 1)] == some)


class _Checked:
    """Rows in whole numbers, to check the solver's answers with: only what a table moves is looked at."""

    def __init__(self, rows: _Limited, truth: Whole) -> None:
        self.low, self.high, self.present = rows.low, rows.high, rows.of.worth(truth)
        self._holders = Holders(rows.of.columns, rows.of.of, len(truth), rows.of.factors)

    def moved(self, move: Move) -> tuple[Whole, Whole]:
        """The rows that a table moves, and what each comes to then."""
        rows, by = self._holders.moved(move)
        return rows, self.present[rows] + by

    def allow(self, move: Move) -> bool:
        rows, sums = self.moved(move)
        return bool(np.all(self.low[rows] <= sums) and np.all(sums <= self.high[rows]))


# --- who looks on -----------------------------------------------------------------------------------------------------


class Knowledge:
    """Everybody who looks on with what he knows: atoms. Whoever knows none is the public."""

    def __init__(self, field: Field, knows: Sequence[Atoms]) -> None:
        self.field, self.knows = field, [np.array(atoms, dtype=np.int64) for atoms in knows]
        attacker = np.repeat(np.arange(len(knows)), [len(atoms) for atoms in knows])
        atom, _ = flat(knows)
        column = field.column[atom]
        self.columns = self._columns(attacker[column >= 0], column[column >= 0], field.values[atom[column >= 0]])
        self.shared = self._shared(attacker, atom)
        self._of_columns = Objections(self.columns, len(field.truth))
        self._of_shared = Objections(self.shared, len(field.each))

    def _columns(self, attacker: Whole, column: Whole, own: Whole) -> Bounds:
        keys, where = np.unique(attacker * len(self.field.truth) + column, return_inverse=True)
        self.known, low = np.bincount(where, minlength=len(keys)), _added(where, own, len(keys))
        attackers, places = np.divmod(keys, max(1, len(self.field.truth)))
        high = np.where(self.known == self.field.sizes[places], low, self.field.most[places])
        return Bounds(len(self.knows), attackers, places, low, high)

    def _shared(self, attacker: Whole, atom: Whole) -> Bounds:
        """For statements that hold school by school: the bound for the other schools, in each row that holds atoms of
        the attacker.
        """
        each, of = self.field.each, self.field.each.of
        order = np.lexsort((of, each.columns))
        atoms, rows, factors = each.columns[order], of[order], each.factors[order]
        ends = np.searchsorted(atoms, np.arange(len(self.field.values) + 1))
        found, times = ranges(ends, atom), sizes(ends, atom)
        keys, where = np.unique(
            np.repeat(attacker, times) * max(1, len(self.field.each)) + rows[found], return_inverse=True
        )
        own = _added(where, factors[found] * self.field.values[atoms[found]], len(keys))
        attackers, places = np.divmod(keys, max(1, len(self.field.each)))
        return Bounds(
            len(self.knows),
            attackers,
            places,
            np.full(len(keys), np.iinfo(np.int64).min),
            self.field.shared.high[places] + own,
        )

    def trades(self, columns: Whole, ends: Whole) -> Trades:
        """Who may trade with whom; these columns stand in rows, each of which ends there."""
        whole = self.known == self.field.sizes[self.columns.place]
        return Trades(self.columns, whole, columns, ends, len(self.field.truth))

    def against(self, move: Move) -> Whole:
        """Who knows that a table is not true, of those that agree with what is public."""
        rows, sums = self.field.shared.moved(move)
        here = self.field.truth[move.places] + move.by
        return np.union1d(self._of_columns.against(move.places, here), self._of_shared.against(rows, sums))


_NONE = np.zeros(0, dtype=np.int64)
_NEAR = 1e-6
_DEAR = 100  # how much more a step towards a goal counts than what else moves for it
_BLOCKS = 16, 256  # in which a table is looked for before it is looked for everywhere


# --- what they are after ----------------------------------------------------------------------------------------------


class Residual(Struct, frozen=True, kw_only=True):
    """A Secret less the attacker's own atoms of it. Its value is `given` (what is public) plus a sum of columns: all
    columns in `sure`, and any part of those in `open`. The attacker's own part of these columns is `own_sure` and
    `own_open`. A small count must possibly be 0, and possibly `target`; the interval of any other must be at least
    `target` wide. With `group` it must only be possible that it is `target` or more.
    """

    secret: int
    value: int
    target: int
    given: int
    group: bool
    small: bool
    sure: Atoms
    open: Atoms
    own_sure: int
    own_open: int


class Trying:
    """Who tries a residual: `everybody` but a few, or `some`."""

    def __init__(self) -> None:
        self.everybody, self.but, self.some = False, set[int](), set[int]()

    def __contains__(self, attacker: int) -> bool:
        return attacker in self.some or (self.everybody and attacker not in self.but)

    def of(self, attackers: int) -> Whole:
        """All of them, in order."""
        if not self.everybody:
            return np.array(sorted(self.some), dtype=np.int64)
        return np.delete(np.arange(attackers), list(self.but - self.some))


class Residuals:
    """The distinct Residuals that need a witness, and for each the attackers who need to be kept from it.

    Left out is what the true table itself protects: there the attacker's own limits are wide enough. `tried` counts the
    secrets that any attacker tries. What must stay open is k, of large counts at least `share` per cent; where there
    are fewer pupils anyway, that many.

    What somebody sees as the public does is not looked at again for each attacker: in a large district that is nearly
    everything.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        secrets: Sequence[Secret],
        k: int,
        *,
        every: bool = False,
        share: int = 0,
        rooms: Rooms | None = None,
        spared: Sequence[Atoms] = (),
    ) -> None:
        self.field, self.k, self._every, self.share = knowledge.field, k, every, share
        self._secrets = secrets
        self._flatten(secrets)
        self._furnish(secrets, rooms or Rooms(of=[0] * len(self.field.values), holds=[ENDLESS]))
        self._numbers: dict[tuple[Residual, Atoms], int] = {}
        self.distinct: list[Residual] = []
        self.trying: list[Trying] = []
        nothing = _AttackerView(self, _NONE, np.arange(len(secrets)))
        after, kept = self._wanted(nothing)
        common = {secret: self._number(nothing, secret) for secret in np.flatnonzero(after & ~kept).tolist()}
        for number in common.values():
            self.trying[number].everybody = True
        self._watch(nothing, after & kept, common)
        tried, looked = np.zeros(len(secrets), dtype=bool), np.zeros(len(secrets), dtype=np.int64)
        for attacker, atoms in enumerate(knowledge.knows):
            not_theirs = spared[attacker] if spared else ()
            these = self._otherwise(atoms, not_theirs)
            tried[these] |= self._of_attacker(attacker, _AttackerView(self, atoms, these), not_theirs, common)
            looked[these] += 1
        tried |= after & (looked < len(knowledge.knows))
        self.tried = int(np.count_nonzero(tried))

    def _of_attacker(self, attacker: int, view: _AttackerView, spared: Atoms, common: Mapping[int, int]) -> Flags:
        """Note what he tries of what he may see otherwise than the public; which of it he is after."""
        after, kept = self._wanted(view, spared)
        wanted, not_his = after & ~kept, Counter[int]()
        for place in np.flatnonzero(wanted & view.touched).tolist():
            self.trying[self._number(view, place)].some.add(attacker)
        for secret in view.these[view.touched | ~wanted].tolist():
            if secret in common:
                not_his[common[secret]] += 1
        for number, times in not_his.items():
            if times == self._alike[number]:
                self.trying[number].but.add(attacker)
        return after

    def _watch(self, nothing: _AttackerView, kept: Flags, common: Mapping[int, int]) -> None:
        """Where to look whether the truth still keeps a secret from somebody who knows a part of the same columns: how
        much of each may be taken away, and which counts of atoms it has.
        """
        self._alike, width = Counter(common.values()), len(self.field.truth)
        some = np.isin(self.secret, np.array(list(common), dtype=np.int64))
        self._common_of_column = sorted_into(self.column[some], self.secret[some], width)
        interval = nothing.high - np.where((nothing.value < self.k) | self.group, 0, nothing.low)
        spare = (interval - nothing.target) // np.maximum(1, np.diff(self.begins))
        self._spare, watched = np.full(width, np.iinfo(np.int64).max), kept[self.secret]
        np.minimum.at(self._spare, self.column[watched], spare[self.secret[watched]])
        self._base = 1 + int(self.count.max(initial=0))
        self._counts = np.unique(self.column * self._base + self.count)

    def _otherwise(self, knows: Whole, spared: Atoms) -> Whole:
        """The secrets that somebody may see otherwise than the public: what he has a part in, and what he may come
        closer to because he knows a part of what it is hidden among.
        """
        columns, known, own = self.field.part(knows)
        left = self.field.sizes[columns] - known
        keys = columns * self._base + left
        where = np.minimum(np.searchsorted(self._counts, keys), len(self._counts) - 1)
        alone = (left < self._base) & (self._counts[where] == keys) if len(self._counts) else left < 0
        closer = columns[(own > self._spare[columns]) | alone]
        found = (
            self.atom_secret[ranges(self.atom_ends, knows)],
            self.beside_secret[ranges(self.beside_ends, knows)],
            self.room_secret[ranges(self.room_ends, self.rooms_of(knows))],
            self.secret[self.entries_of(closer)],
            self._common_of_column[0][ranges(self._common_of_column[1], columns)],
            np.array(spared, dtype=np.int64),
        )
        return np.unique(np.concatenate(found))

    def entries_of(self, columns: Whole) -> Whole:
        """Where these columns stand in secrets."""
        return self._entries[ranges(self._entry_ends, columns)]

    def shared(self, columns: Whole, these: Whole) -> Whole:
        """Where these columns stand in these secrets, in order. Many secrets may have a column, or a secret many."""
        if sizes(self._entry_ends, columns).sum() < sizes(self.begins, these).sum():
            found = np.sort(self.entries_of(columns))
            return found[_among(self.secret[found], these)]
        found = ranges(self.begins, these)
        return found[_among(self.column[found], columns)]

    def rooms_of(self, knows: Whole) -> Whole:
        """The rooms that these atoms are in; nobody knows all that has endless room."""
        rooms = np.unique(self.room_of[knows])
        return np.asarray(rooms[self.holds[rooms] < ENDLESS])

    def _flatten(self, secrets: Sequence[Secret]) -> None:
        atom, ends = flat([secret.atoms for secret in secrets])
        secret = np.repeat(np.arange(len(secrets)), np.diff(ends))
        column, width = self.field.column[atom], max(1, len(self.field.truth))
        held = column >= 0
        keys, where = np.unique(secret[held] * width + column[held], return_inverse=True)
        self.secret, self.column = np.divmod(keys, width)  # for every secret, the columns that it has atoms in
        self.count = np.bincount(where, minlength=len(keys))  # and how many
        self.begins = np.searchsorted(self.secret, np.arange(len(secrets) + 1))
        self._entries, self._entry_ends = sorted_into(self.column, np.arange(len(self.column)), len(self.field.truth))
        self.sure, truth = self.count == self.field.sizes[self.column], self.field.truth[self.column]
        self.least = _added(
            self.secret[self.sure], truth[self.sure], len(secrets)
        )  # to the public, by the columns alone
        self.most = _added(self.secret, truth, len(secrets))
        self.value = _added(secret, self.field.values[atom], len(secrets))
        self.given = _added(secret[~held], self.field.values[atom[~held]], len(secrets))
        self.guarded = np.array([secret.guarded for secret in secrets], dtype=bool)
        self.wide = np.array([secret.wide for secret in secrets], dtype=bool)
        self.group = np.array([bool(secret.beside) for secret in secrets], dtype=bool)
        beside, ends = flat([secret.beside for secret in secrets])
        whose = np.repeat(np.arange(len(secrets)), np.diff(ends))
        self.beside = _added(whose, self.field.values[beside], len(secrets))
        self.beside_secret, self.beside_ends = sorted_into(beside, whose, len(self.field.values))
        place = np.full(len(atom), -1)
        place[held] = where
        # for every atom, the secrets that it is in, and the columns there
        self.atom_secret, self.atom_ends = sorted_into(atom, secret, len(self.field.values))
        self.atom_place, _ = sorted_into(atom, place, len(self.field.values))

    def _furnish(self, secrets: Sequence[Secret], rooms: Rooms) -> None:
        """The rooms that each secret has atoms in, and the secrets that have atoms in each room."""
        self.room_of, holds = np.array(rooms.of, dtype=np.int64), np.array(rooms.holds, dtype=np.int64)
        atom, ends = flat([secret.atoms for secret in secrets])
        whose = np.repeat(np.arange(len(secrets)), np.diff(ends))
        pairs = np.unique(whose * max(1, len(holds)) + self.room_of[atom])
        mine, room = np.divmod(pairs, max(1, len(holds)))
        amount = holds[room]
        for place in np.flatnonzero(np.isin(room, list(rooms.some)) & (amount <= 2 * self.k)).tolist():
            amount[place] = rooms.open(int(room[place]), secrets[mine[place]].atoms)
        self.holds, self.room = holds, _added(mine, amount, len(secrets))
        self.room_secret, self.room_ends = sorted_into(room, mine, len(holds))
        self.room_amount, _ = sorted_into(room, amount, len(holds))

    def targets(self, view: _AttackerView) -> Whole:
        """How much of each secret must stay open to somebody with this part."""
        wide = self.wide[view.these]
        large = np.where((view.value >= self.k) & wide, -(-self.share * view.value // 100), 0)
        return np.asarray(np.minimum(np.maximum(self.k, large), view.room))

    def _wanted(self, view: _AttackerView, spared: Atoms = ()) -> tuple[Flags, Flags]:
        """The secrets that somebody with this part is after, and those that the truth keeps from him. Of `spared` ones
        he is after small counts only.
        """
        these = view.these
        small, width, group = view.value < self.k, view.high - view.low, self.group[these]
        guarded = self.guarded[these] & ~np.isin(these, spared)
        after = np.where(group, small & (view.beside > 0), (view.value > 0) & (small | guarded)) | self._every
        far = (view.high >= view.target) & (group | (view.low <= 0))
        return after, np.where(small | group, far, width >= view.target) & (not self._every)

    def _number(self, view: _AttackerView, place: int) -> int:
        """The number of a residual: the same for those that cannot be told apart."""
        secret = int(view.these[place])
        sure, open_ = view.columns_of(secret)
        residual = Residual(
            secret=secret,
            value=int(view.value[place]),
            target=int(view.target[place]),
            group=bool(self.group[secret]),
            small=bool(view.value[place] < self.k),
            given=int(view.given[place]),
            sure=tuple(sure.tolist()),
            open=tuple(open_.tolist()),
            own_sure=int(view.own(sure).sum()),
            own_open=int(view.own(open_).sum()),
        )
        apart = residual.open or (-1, *view.rest_of(secret))
        number = self._numbers.setdefault((replace(residual, secret=0, open=()), apart), len(self.distinct))
        if number == len(self.distinct):
            self.distinct.append(residual)
            self.trying.append(Trying())
        return number

    def atoms(self, secret: int) -> Atoms:
        return self._secrets[secret].atoms


class _AttackerView:
    """Some secrets as an attacker sees them who knows these atoms."""

    def __init__(self, residuals: Residuals, knows: Whole, these: Whole) -> None:
        field, many = residuals.field, len(these)
        self._residuals, self._knows, self.these = residuals, knows, these
        self._columns, self._known, self._own = field.part(knows)
        found = ranges(residuals.atom_ends, knows)
        amounts = np.repeat(field.values[knows], sizes(residuals.atom_ends, knows))
        mine, places = np.searchsorted(these, residuals.atom_secret[found]), residuals.atom_place[found]
        found = ranges(residuals.beside_ends, knows)
        theirs = np.repeat(field.values[knows], sizes(residuals.beside_ends, knows))
        next_to = np.searchsorted(these, residuals.beside_secret[found])
        settled = places < 0
        self.beside = residuals.beside[these] - _added(next_to, theirs, many)
        self.value = residuals.value[these] - _added(mine, amounts, many)
        self.given = residuals.given[these] - _added(mine[settled], amounts[settled], many)
        found = ranges(residuals.room_ends, residuals.rooms_of(knows))
        room_of = np.searchsorted(these, residuals.room_secret[found])
        self.room = residuals.room[these] - _added(room_of, residuals.room_amount[found], many)
        self.target = residuals.targets(self)
        self._reach(places[~settled])
        self.touched[mine] = True
        self.touched[next_to] = True

    def _reach(self, taken: Whole) -> None:
        """How far the limits of columns leave each secret open: as far as to the public, but for columns that he knows
        a part of. One entry for each of these in each secret.
        """
        residuals, field, these = self._residuals, self._residuals.field, self.these
        self.entries = residuals.shared(self._columns, these)
        place = np.searchsorted(these, residuals.secret[self.entries])
        column = residuals.column[self.entries]
        rest = residuals.count[self.entries] - np.bincount(
            np.searchsorted(self.entries, taken), minlength=len(self.entries)
        )
        self.open = rest > 0
        self.sure = self.open & (rest == field.sizes[column] - self._of(column, self._known))
        truth, room = field.truth[column], field.truth[column] - self.own(column)
        lower = np.where(self.sure, room, 0) - np.where(residuals.sure[self.entries], truth, 0)
        higher = np.where(self.open, room, 0) - truth
        self.low = self.given + residuals.least[these] + _added(place, lower, len(these))
        self.high = self.given + residuals.most[these] + _added(place, higher, len(these))
        self.touched = np.zeros(len(these), dtype=bool)
        self.touched[place] = True

    def columns_of(self, secret: int) -> tuple[Whole, Whole]:
        """The columns of a secret that are all in it, and all that are."""
        residuals = self._residuals
        begin, end = residuals.begins[secret], residuals.begins[secret + 1]
        sure, open_ = residuals.sure[begin:end].copy(), np.ones(end - begin, dtype=bool)
        mine = slice(*np.searchsorted(self.entries, (begin, end)))
        places = self.entries[mine] - begin
        sure[places], open_[places] = self.sure[mine], self.open[mine]
        return residuals.column[begin:end][sure], residuals.column[begin:end][open_]

    def own(self, columns: Whole) -> Whole:
        """What he has himself of each of these columns."""
        return self._of(columns, self._own)

    def _of(self, columns: Whole, told: Whole) -> Whole:
        if len(self._columns) == 0:
            return np.zeros(len(columns), dtype=np.int64)
        where = np.minimum(np.searchsorted(self._columns, columns), len(self._columns) - 1)
        return np.where(self._columns[where] == columns, told[where], 0)

    def rest_of(self, secret: int) -> Atoms:
        """The atoms of a secret that he does not know."""
        return tuple(sorted(set(self._residuals.atoms(secret)) - set(self._knows.tolist())))


_Pair: TypeAlias = tuple[int, int]  # an attacker, and the number of a residual
_Way: TypeAlias = tuple[int, int]  # the number of a residual, and a direction
_NOTHING = (-np.inf, np.inf)  # is proved


# --- the search -------------------------------------------------------------------------------------------------------


class Uncovered(Struct, frozen=True, kw_only=True):
    """A residual that no witness protects from an attacker: the witnesses found lie between `low` and `high`. It is
    `proved` that he gets too close if the solver proved that there is no other witness; else it is not known.
    """

    secret: int
    attacker: int
    value: int
    target: int
    low: int
    high: int
    proved: bool


class _Left:
    """What the witnesses found leave of a residual: the least and the greatest value, to whoever must reckon with all
    that reach it, and to each who knows better than one of them. `closed`: from what interval on it is kept from
    somebody; of whom that is true no more is noted.
    """

    def __init__(self, low: int, high: int, closed: Callable[[int, int], bool]) -> None:
        self.low, self.high, self._closed = low, high, closed
        self.apart: dict[int, tuple[int, int]] = {}

    @property
    def done(self) -> bool:
        """Whether it is kept from everybody."""
        return not self.apart and self._closed(self.low, self.high)

    def to(self, attacker: int) -> tuple[int, int]:
        return self.apart.get(attacker, (self.low, self.high))

    def learn(self, low: int, high: int, against: Iterable[int]) -> None:
        """Another witness, which these know to be none."""
        knowing = dict.fromkeys(against)
        if not self._closed(self.low, self.high):
            self.apart = {attacker: self.to(attacker) for attacker in knowing} | self.apart
        self.low, self.high = min(self.low, low), max(self.high, high)
        done = self._closed(self.low, self.high)
        for attacker, (least, most) in tuple(self.apart.items()):
            told = (least, most) if attacker in knowing else (min(least, low), max(most, high))
            self.apart[attacker] = told
            if done and self._closed(*told):
                del self.apart[attacker]


class Search:
    """The witnesses found so far: for every residual and every attacker who tries it, the least and the greatest value.

    Most witnesses move little, and few know better: so what they leave is kept once for all others. Columns of the
    program: how far each sum of atoms rises, and how far it falls. It minimises how much is moved.
    """

    def __init__(self, field: Field, knowledge: Knowledge, residuals: Residuals) -> None:
        self.field, self.knowledge = field, knowledge
        self.residuals, self.trying = residuals.distinct, residuals.trying
        sides = [one.sure for one in self.residuals], [one.open for one in self.residuals]
        self._held = [_held(side, len(field.truth)) for side in sides]
        self.left = [self._of_truth(number, one) for number, one in enumerate(self.residuals)]
        self.from_truth = [(one.low, one.high) for one in self.left]  # where the truth leaves each residual
        self.proved: dict[_Pair, tuple[float, float]] = {}  # nothing beyond
        columns, ends = field.rows.of.columns, field.rows.of.ends
        self.blocks, self.trades = Blocks(len(field.truth), columns, ends), knowledge.trades(columns, ends)
        goals = sorted({some for residual in self.residuals for some in (residual.sure, residual.open) if some})
        self._every = np.arange(len(field.truth))
        self.goals = {some: len(field.rows.of) + index for index, some in enumerate(goals)}
        self.program = self._program(self._rows(sums(goals)))

    def _of_truth(self, number: int, one: Residual) -> _Left:
        low, high = (int(self.field.truth[list(columns)].sum()) for columns in (one.sure, one.open))

        def closed(least: int, most: int) -> bool:  # of a target of nothing all is noted
            return one.target > 0 and not any(
                self._is_open(number, direction, least, most) for direction in self._directions(number)
            )

        return _Left(low + one.given - one.own_sure, high + one.given - one.own_open, closed)

    def _rows(self, goals: Sums) -> ProgramRows:
        width, held, limits = len(self.field.truth), self.field.checked.present, self.field.rows
        of, open_ = joined(limits.of, goals), np.full(len(goals), np.inf)
        return by_column(
            2 * width,
            np.concatenate((np.where(limits.low == _OPEN.min, -np.inf, limits.low - held), -open_)),
            np.concatenate((np.where(limits.high == _OPEN.max, np.inf, limits.high - held), open_)),
            np.concatenate((of.columns, of.columns + width)),
            np.concatenate((of.of, of.of)),
            np.concatenate((of.factors, -of.factors)),
        )

    def _program(self, rows: ProgramRows) -> Program:
        highs = np.concatenate((self.field.most - self.field.truth, self.field.truth))
        return Program(np.zeros(len(highs)), highs, np.ones(len(highs)), rows)

    def uncovered(self, enough: int, most: int, *, prove: bool = True) -> list[Uncovered]:
        """What no witness keeps from somebody, the first `enough`; attacker by attacker. After `most` programs the rest
        is left as it is: without a witness. `prove`: look how close each is, to the end.
        """
        self._trade()
        failed: set[_Pair] = set()
        for residual in sorted(range(len(self.residuals)), key=self._hardest):
            for direction in self._directions(residual):
                spent = self.program.solved >= most
                failed |= self._left_open(residual, direction) if spent else self._pursue_all(residual, direction)
            if len(failed) >= enough:
                break
        found = []
        for pair in sorted(failed)[:enough]:
            if prove and self.program.solved < most:
                self.measure(*pair)
            proved, (attacker, residual) = self._too_close(pair), pair
            this, (low, high) = self.residuals[residual], self.left[residual].to(attacker)
            found.append(
                Uncovered(
                    secret=this.secret,
                    attacker=attacker,
                    value=this.value,
                    target=this.target,
                    low=low,
                    high=high,
                    proved=proved,
                )
            )
        return found

    def between(self, attacker: int, residual: int) -> tuple[int, int]:
        """The least and the greatest value that witnesses make of a residual in an attacker's eyes."""
        return self.left[residual].to(attacker)

    def _hardest(self, residual: int) -> tuple[int, int]:
        return -max(abs(self._goal(residual, direction)) for direction in self._directions(residual)), residual

    def _directions(self, residual: int) -> tuple[int, ...]:
        """1: a value of k or more must stay possible; -1: a value of 0; 0: an interval of width k, on either side of
        the truth.

        A small count needs the first two, the others of a group the first, any other secret the interval.
        """
        if self.residuals[residual].group:
            return (1,)
        return (-1, 1) if self.residuals[residual].small else (0,)

    def _goal(self, residual: int, direction: int) -> int:
        """How far a table must go from the truth."""
        low, high = self.from_truth[residual]
        target = self.residuals[residual].target
        return -low if direction < 0 else target - high if direction > 0 else target - (high - low)

    def _open(self, residual: int, direction: int) -> Whole:
        """The attackers for whom there is no witness yet, in order."""
        trying, left = self.trying[residual], self.left[residual]
        if not self._is_open(residual, direction, left.low, left.high):
            found = (a for a, told in left.apart.items() if self._is_open(residual, direction, *told) and a in trying)
            return np.array(sorted(found), dtype=np.int64)
        closed = [a for a, told in left.apart.items() if not self._is_open(residual, direction, *told)]
        everyone = trying.of(len(self.knowledge.knows))
        return everyone[~np.isin(everyone, closed)] if closed else everyone

    def _open_to(self, residual: int, direction: int, attackers: Flags) -> bool:
        """Whether there is no witness yet for some of these."""
        first = int(attackers.argmax())  # most often the public, which spares looking at everybody
        if attackers[first] and first in self.trying[residual]:
            told = self.left[residual].to(first)
            if self._is_open(residual, direction, *told):
                return True
        return bool(np.any(attackers[self._open(residual, direction)]))

    def _still_open(self, residual: int, direction: int, attackers: Whole) -> Whole:
        """Those of these attackers, who all try it, for whom there is no witness yet."""
        left = self.left[residual]
        if not left.apart:
            return attackers if self._is_open(residual, direction, left.low, left.high) else _NONE
        found = [a for a in attackers.tolist() if self._is_open(residual, direction, *left.to(a))]
        return np.array(found, dtype=np.int64)

    def _is_open(self, residual: int, direction: int, low: int, high: int) -> bool:
        target = self.residuals[residual].target
        return low > 0 if direction < 0 else (high if direction > 0 else high - low) < target

    def _left_open(self, residual: int, direction: int) -> set[_Pair]:
        return {(attacker, residual) for attacker in self._open(residual, direction).tolist()}

    def _trade(self) -> None:
        """Look for tables that serve many residuals and nearly everybody at once."""
        mine = dict[int, list[int]]()
        for residual, one in enumerate(self.residuals):
            mine.setdefault(self.trades.owner_of(one.open), []).append(residual)
        for owner, residuals in mine.items():
            for columns, strangers in self.trades.of(owner):
                self._push(residuals, columns, strangers)

    def _push(self, residuals: Sequence[int], columns: Whole, attackers: Flags) -> None:
        """Push these residuals as far as they must go in the eyes of these attackers, all at once, this side and that
        by turns, as long as it helps. Nothing but these columns moves.
        """

        def left(some: Iterable[_Way]) -> list[_Way]:
            return [(one, way) for one, way in some if not self.left[one].done and self._open_to(one, way, attackers)]

        open_, side, idle = left((r, way) for r in residuals for way in self._directions(r)), -1, 0
        while open_ and idle < 2:
            wanted = [(r, way) for r, way in open_ if way in (0, side) and self._columns(r, side)]
            if wanted:
                self._push_once(wanted, side, columns)
            before, open_, side = open_, left(open_), -side
            idle = idle + 1 if len(open_) == len(before) else 0

    def _push_once(self, wanted: Sequence[_Way], side: int, columns: Whole) -> None:
        times, furthest = Counter[int](), dict[int, int]()
        for residual, way in wanted:
            moved, goal = self._columns(residual, side), abs(self._goal(residual, way))
            times.update(moved)
            furthest[self.goals[moved]] = max(furthest.get(self.goals[moved], 0), goal)
        moving, rows = np.array(list(times), dtype=np.int64), list(furthest)
        both, open_ = np.concatenate((moving, moving + len(self.field.truth))), np.full(len(rows), np.inf)
        ends = side * np.array([furthest[row] for row in rows])
        price = -_DEAR * side * np.array(list(times.values()), dtype=np.float64)
        self.program.cost(both, np.concatenate((1 + price, 1 - price)))
        self.program.bound_rows(rows, *((ends, open_) if side < 0 else (-open_, ends)))
        self._learn(columns, self._part(columns))
        self.program.bound_rows(rows, -open_, open_)
        self.program.cost(both, np.ones(len(both)))

    def _pursue_all(self, residual: int, direction: int) -> set[_Pair]:
        """Look for witnesses against every attacker who tries a residual: the first, then all others at once.

        Returns those against whom there is none.
        """
        first = self._open(residual, direction)[:1]
        failed = self._pursue(residual, direction, first)
        if failed and len(self.knowledge.knows[first[0]]) == 0:
            return self._left_open(residual, direction)  # a witness for anybody would be one for the public
        return failed | self._pursue(residual, direction, self._open(residual, direction)[len(failed) :])

    def _pursue(self, residual: int, direction: int, attackers: Whole) -> set[_Pair]:
        """One witness for all of these, or one for either half."""
        attackers = self._still_open(residual, direction, attackers)
        if len(attackers) == 0 or self._near(residual, direction, attackers):
            return set()
        if len(attackers) == 1:
            self._harder(residual, direction, attackers)
            return {(attacker, residual) for attacker in self._still_open(residual, direction, attackers).tolist()}
        half = len(attackers) // 2
        one, other = attackers[:half], attackers[half:]
        return self._pursue(residual, direction, one) | self._pursue(residual, direction, other)

    def _near(self, residual: int, direction: int, attackers: Whole, *, whole: bool = False) -> bool:
        """Look for the nearest table that is just far enough and that all of these must reckon with."""
        self._know(attackers)
        for side in (direction,) if direction else (-1, 1):
            columns, goal = self._columns(residual, side), self._goal(residual, direction)
            if columns and goal * direction >= 0:
                row, far = self.goals[columns], (goal if direction else side * goal)
                self.program.bound_row(row, *((-np.inf, far) if side < 0 else (far, np.inf)))
                if whole or not self._nearby(columns, attackers):
                    self._learn(self._every, self._solved(whole=whole))
                self.program.bound_row(row, -np.inf, np.inf)
            if len(self._still_open(residual, direction, attackers)) == 0:
                break
        self._forget(attackers)
        return len(self._still_open(residual, direction, attackers)) == 0

    def _harder(self, residual: int, direction: int, one: Whole) -> None:
        """What is left to try for one attacker: the furthest tables, then both again in whole numbers from the start,
        until it is proved that there is no witness.
        """
        attacker = int(one[0])
        for whole in (False, True):
            if whole and len(self._open(residual, direction)) and not self._too_close((attacker, residual)):
                self._near(residual, direction, one, whole=True)
            for side in (direction,) if direction else (-1, 1):
                if len(self._still_open(residual, direction, one)) and not self._too_close((attacker, residual)):
                    self._furthest(attacker, residual, side, whole=whole)

    def measure(self, attacker: int, residual: int) -> None:
        """Learn how far from the residual tables can be in either direction, to the end."""
        for side in (-1, 1):
            if not self._furthest(attacker, residual, side, whole=False):
                self._furthest(attacker, residual, side, whole=True)

    def _too_close(self, pair: _Pair) -> bool:
        """Whether it is proved that tables leave this attacker too close."""
        residual, (least, most) = self.residuals[pair[1]], self.proved.get(pair, _NOTHING)
        if residual.group or residual.small:
            return bool(most < residual.target or (not residual.group and least > 0))
        return bool(most - least < residual.target)

    def _furthest(self, attacker: int, residual: int, side: int, *, whole: bool) -> bool:
        """Learn how far from the residual a table can be; False if it is not whole. How far it goes is a bound."""
        width = len(self.field.truth)
        columns = np.array(self._columns(residual, side), dtype=np.int64)
        every, ones = np.arange(2 * width), np.ones(len(columns))
        self._know(np.array([attacker]))
        self.program.cost(every, np.zeros(2 * width))
        self.program.cost(np.concatenate((columns, columns + width)), np.concatenate((-side * ones, side * ones)))
        found = self._solved(whole=whole)
        learnt = self._learn(self._every, found)
        self.program.cost(every, np.ones(2 * width))
        self._forget(np.array([attacker]))
        if found is not None:
            gone = float((found[columns] - found[columns + width]).sum())
            bound = self.from_truth[residual][side > 0] + side * float(np.floor(side * gone + _NEAR))
            least, most = self.proved.get((attacker, residual), _NOTHING)
            self.proved[attacker, residual] = (bound, most) if side < 0 else (least, bound)
        return learnt

    def _columns(self, residual: int, side: int) -> Atoms:
        return self.residuals[residual].sure if side < 0 else self.residuals[residual].open

    def _solved(self, *, whole: bool) -> Floats | None:
        return self.program.solve_whole(np.arange(2 * len(self.field.truth))) if whole else self.program.solve()

    def _nearby(self, columns: Atoms, attackers: Whole) -> bool:
        """Solve with what is far away left as it is, a little and much of it, and learn of it."""
        ease = np.ones(len(self.field.truth))
        places, lows, highs = self.knowledge.columns.of(attackers)
        ease[places[lows == highs]] = 0
        goal = np.array(columns, dtype=np.int64)
        near, wide = (self.blocks.near(goal, ease, many) for many in _BLOCKS)
        if near is not None and self._learn(near, self._part(near)):
            return True
        if near is None or wide is None:  # to look everywhere takes as little
            return False
        return self._learn(near, self._part(near, whole=True)) or self._learn(wide, self._part(wide))

    def _part(self, columns: Whole, *, whole: bool = False) -> Floats | None:
        return self.program.solve_part(np.concatenate((columns, columns + len(self.field.truth))), whole=whole)

    def _know(self, attackers: Whole) -> None:
        """Let the program know what each of these knows."""
        self._limit(*self.knowledge.columns.of(attackers))
        rows, _, highs = self.knowledge.shared.of(attackers)
        self._share(rows, highs)

    def _forget(self, attackers: Whole) -> None:
        """Leave the program as the public knows it."""
        columns, _, _ = self.knowledge.columns.of(attackers)
        self._limit(columns, np.zeros(len(columns)), self.field.most[columns])
        rows, _, _ = self.knowledge.shared.of(attackers)
        self._share(rows, self.field.shared.high[rows])

    def _limit(self, columns: Whole, lows: Whole | Floats, highs: Whole) -> None:
        truth, width = self.field.truth[columns], len(self.field.truth)
        self.program.bound_columns(
            np.concatenate((columns, columns + width)),
            np.zeros(2 * len(columns)),
            np.concatenate((highs - truth, truth - lows)),
        )

    def _share(self, rows: Whole, highs: Whole) -> None:
        present = self.field.shared.present[rows]
        self.program.bound_rows(self.field.first_shared + rows, np.full(len(rows), -np.inf), highs - present)

    def _learn(self, columns: Whole, solution: Floats | None) -> bool:
        """Check an answer of the solver, about these columns, in whole numbers, and note what it proves to everybody
        who must reckon with it; False if it is no witness.
        """
        if solution is None:
            return False
        by = np.rint(solution[: len(columns)] - solution[len(columns) :]).astype(np.int64)
        moved = np.flatnonzero(by)
        move = Move(places=columns[moved], by=by[moved])
        if not self.field.allows(move):
            return False
        lower, higher = (dict(zip(*map(np.ndarray.tolist, side.moved(move)), strict=True)) for side in self._held)
        against = self.knowledge.against(move).tolist()
        for residual in sorted({*lower, *higher}):
            from_low, from_high = self.from_truth[residual]
            low, high = from_low + lower.get(residual, 0), from_high + higher.get(residual, 0)
            if (low < from_low or high > from_high) and not self.left[residual].done:
                trying = self.trying[residual]
                self.left[residual].learn(low, high, (attacker for attacker in against if attacker in trying))
        return True


def _held(sides: Sequence[Atoms], width: int) -> Holders:
    columns, ends = flat(sides)
    return Holders(columns, np.repeat(np.arange(len(sides)), np.diff(ends)), width)
