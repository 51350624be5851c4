"""Witnesses: other tables of whole counts that agree with everything that an attacker knows.

A secret is protected from an attacker if witnesses make it low enough and high enough.

Owns the search. The answers of the solver are suggestions: each is rounded and checked here in whole numbers, against
every statement and for every attacker, before it proves anything. The search goes from one residual to the next, not
from one attacker to the next: most know nothing that matters for a residual, so one table, as near to the truth as
possible, serves them all. Must not know who an attacker is, nor how anything was protected.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from generator.statistics.programs import (
    Blocks,
    Bounds,
    Constraint,
    Flags,
    Floats,
    Program,
    Whole,
    flat,
    group_sums,
    merged,
    ranges,
    sorted_into,
)
from generator.statistics.tables import ENDLESS, Atoms, Rooms, Secret, Statement


class UntrueStatementError(Exception):
    """A published number does not follow from the counts: a bug, never an input."""


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
        settled, rows = _settle([statement for statement in statements if not statement.each])
        self.each = [statement for statement in statements if statement.each]
        column, rows, shared = _merge(values, settled, rows, self.each)
        self.column = np.array([column.get(atom, -1) for atom in range(len(values))], dtype=np.int64)  # -1: settled
        width = 1 + max(column.values(), default=-1)
        held = self.column >= 0
        self.sizes = np.bincount(self.column[held], minlength=width)
        self.truth = _added(self.column[held], self.values[held], width)
        self.most = np.maximum(
            self.truth, max(1000, 4 * max(values, default=0))
        )  # an open column needs an end; one more for the attacker
        self.rows = [*rows, *shared]
        self.checked, self.shared = _Checked(self.rows), _Checked(shared)
        self.first_shared = len(rows)

    def allows(self, table: Whole) -> bool:
        """Whether a table agrees with everything that is public."""
        return bool(np.all(table >= 0)) and self.checked.allow(table)


def _settle(statements: Sequence[Statement]) -> tuple[frozenset[int], list[Constraint]]:
    """The atoms that one statement alone gives away, then the next with their help; and the statements that
    are left.
    """
    left = [dict(s.terms) for s in statements]
    bounds = [(s.low, s.high) for s in statements]
    holders: dict[int, list[int]] = {}
    for index, terms in enumerate(left):
        for atom in terms:
            holders.setdefault(atom, []).append(index)
    settled: dict[int, int] = {}
    waiting = deque(range(len(left)))
    while waiting:
        index = waiting.popleft()
        for atom, value in tuple(_given_away(left[index], *bounds[index])):
            settled[atom] = value
            for holder in holders[atom]:
                taken, (low, high) = left[holder].pop(atom) * value, bounds[holder]
                bounds[holder] = (None if low is None else low - taken, None if high is None else high - taken)
                waiting.append(holder)
    return frozenset(settled), [
        Constraint(terms=t, low=low, high=high) for t, (low, high) in zip(left, bounds, strict=True) if t
    ]


def _given_away(terms: dict[int, int], low: int | None, high: int | None) -> Iterator[tuple[int, int]]:
    if len(terms) == 1 and low == high is not None:
        ((atom, factor),) = terms.items()
        yield atom, high // factor
    elif high == 0 and min(terms.values(), default=0) > 0:
        yield from ((atom, 0) for atom in terms)


def _merge(
    values: Sequence[int], settled: frozenset[int], rows: Sequence[Constraint], each: Sequence[Statement]
) -> tuple[dict[int, int], list[Constraint], list[Constraint]]:
    """One column for each set of atoms that statements contain only as a sum; one also for the atoms that no statement
    contains.
    """
    shared = [_without(statement, settled, values) for statement in each]
    column = merged(len(values), [row.terms for row in (*rows, *shared)])
    silent = len(set(column.values()))
    column |= {atom: silent for atom in range(len(values)) if atom not in column and atom not in settled}

    def brought(row: Constraint) -> Constraint:
        return Constraint(terms={column[a]: f for a, f in row.terms.items()}, low=row.low, high=row.high)

    once = {(tuple(sorted(row.terms.items())), row.low, row.high): row for row in map(brought, rows)}
    return column, list(once.values()), list(map(brought, shared))


def _without(statement: Statement, settled: frozenset[int], values: Sequence[int]) -> Constraint:
    gone = sum(factor * values[atom] for atom, factor in statement.terms.items() if atom in settled)
    assert statement.high is not None
    return Constraint(
        terms={a: f for a, f in statement.terms.items() if a not in settled}, low=None, high=statement.high - gone
    )


def _added(places: Whole, amounts: Whole, size: int) -> Whole:
    """What is added up in each place."""
    sums = np.zeros(size, dtype=np.int64)
    np.add.at(sums, places, amounts)
    return sums


class _Checked:
    """Rows in whole numbers, to check the solver's answers with."""

    def __init__(self, rows: Sequence[Constraint]) -> None:
        self.columns, self.ends = flat([tuple(row.terms) for row in rows])
        self.factors = np.array([f for row in rows for f in row.terms.values()], dtype=np.int64)
        furthest = np.iinfo(np.int64)
        self.low = np.array([furthest.min if row.low is None else row.low for row in rows], dtype=np.int64)
        self.high = np.array([furthest.max if row.high is None else row.high for row in rows], dtype=np.int64)

    def sums(self, table: Whole) -> Whole:
        return group_sums(table[self.columns] * self.factors, self.ends)

    def allow(self, table: Whole) -> bool:
        sums = self.sums(table)
        return bool(np.all(self.low <= sums) and np.all(sums <= self.high))


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
        terms = [
            (a, row, factor) for row, statement in enumerate(self.field.each) for a, factor in statement.terms.items()
        ]
        atoms, rows, factors = (
            (np.array(side, dtype=np.int64) for side in zip(*sorted(terms), strict=True))
            if terms
            else (_NONE, _NONE, _NONE)
        )
        ends = np.searchsorted(atoms, np.arange(len(self.field.values) + 1))
        found, times = ranges(ends, atom), ends[atom + 1] - ends[atom]
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

    def agree(self, table: Whole) -> Flags:
        """In whose eyes a table may be true, if it agrees with what is public."""
        return self.columns.agree(table) & self.shared.agree(self.field.shared.sums(table))


_NONE = np.zeros(0, dtype=np.int64)
_NEAR = 1e-6


# --- what they are after ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
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


class Residuals:
    """The distinct Residuals that need a witness, and for each the attackers who need to be kept from it.

    Left out is what the true table itself protects: there the attacker's own limits are wide enough. `tried` counts the
    secrets that any attacker tries, `narrowest` is the narrowest interval among those left out. What must stay open is
    k, of large counts at least `share` per cent; where there are fewer pupils anyway, that many.
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
        self._tried, self.narrowest = np.zeros(len(secrets), dtype=bool), np.iinfo(np.int64).max
        self._numbers: dict[tuple[Residual, Atoms], int] = {}
        self.distinct: list[Residual] = []
        self.attackers: list[list[int]] = []
        nothing = _AttackerView(self, _NONE)
        common = [(secret, self._number(nothing, secret)) for secret in self._wanted(nothing).tolist()]
        for attacker, atoms in enumerate(knowledge.knows):
            view = _AttackerView(self, atoms) if len(atoms) else nothing
            wanted = self._wanted(view, spared[attacker] if spared else (), count=True)
            for secret in wanted[view.touched[wanted]]:
                self._add(self._number(view, int(secret)), attacker)
            theirs = set(wanted.tolist())
            for secret, number in common:
                if not view.touched[secret] and secret in theirs:
                    self._add(number, attacker)

    @property
    def tried(self) -> int:
        return int(np.count_nonzero(self._tried))

    def _flatten(self, secrets: Sequence[Secret]) -> None:
        atom, ends = flat([secret.atoms for secret in secrets])
        secret = np.repeat(np.arange(len(secrets)), np.diff(ends))
        column, width = self.field.column[atom], max(1, len(self.field.truth))
        held = column >= 0
        keys, where = np.unique(secret[held] * width + column[held], return_inverse=True)
        self.secret, self.column = np.divmod(keys, width)  # for every secret, the columns that it has atoms in
        self.count = np.bincount(where, minlength=len(keys))  # and how many
        self.begins = np.searchsorted(self.secret, np.arange(len(secrets) + 1))
        self.value = _added(secret, self.field.values[atom], len(secrets))
        self.given = _added(secret[~held], self.field.values[atom[~held]], len(secrets))
        self.guarded = np.array([secret.guarded for secret in secrets], dtype=bool)
        self.wide = np.array([secret.wide for secret in secrets], dtype=bool)
        self.group = np.array([bool(secret.beside) for secret in secrets], dtype=bool)
        beside, ends = flat([secret.beside for secret in secrets])
        whose = np.repeat(np.arange(len(secrets)), np.diff(ends))
        self.beside = _added(whose, self.field.values[beside], len(secrets))
        order = np.argsort(beside, kind="stable")
        self.beside_ends, self.beside_secret = (
            np.searchsorted(beside[order], np.arange(len(self.field.values) + 1)),
            whose[order],
        )
        place = np.full(len(atom), -1)
        place[held] = where
        order = np.argsort(atom, kind="stable")
        self.atom_ends = np.searchsorted(atom[order], np.arange(len(self.field.values) + 1))
        self.atom_secret, self.atom_place = (
            secret[order],
            place[order],
        )  # for every atom, the secrets that it is in, and the columns there

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
        large = np.where((view.value >= self.k) & self.wide, -(-self.share * view.value // 100), 0)
        return np.asarray(np.minimum(np.maximum(self.k, large), view.room))

    def _wanted(self, view: _AttackerView, spared: Atoms = (), *, count: bool = False) -> Whole:
        """The secrets that somebody with this part is after and that the truth does not keep from him. Of `spared` ones
        he is after small counts only.
        """
        small, width = view.value < self.k, view.high - view.low
        guarded = self.guarded
        if spared:
            guarded = guarded.copy()
            guarded[list(spared)] = False
        after = np.where(self.group, small & (view.beside > 0), (view.value > 0) & (small | guarded)) | self._every
        far = (view.high >= view.target) & (self.group | (view.low <= 0))
        kept = np.where(small | self.group, far, width >= view.target) & (not self._every)
        if count:
            self._tried |= after
            self.narrowest = min(self.narrowest, int(width[after & kept].min(initial=self.narrowest)))
        return np.flatnonzero(after & ~kept)

    def _number(self, view: _AttackerView, secret: int) -> int:
        """The number of a residual: the same for those that cannot be told apart."""
        here = slice(self.begins[secret], self.begins[secret + 1])
        columns, sure, open_ = self.column[here], view.sure[here], view.open[here]
        residual = Residual(
            secret=secret,
            value=int(view.value[secret]),
            target=int(view.target[secret]),
            group=bool(self.group[secret]),
            small=bool(view.value[secret] < self.k),
            given=int(view.given[secret]),
            sure=tuple(columns[sure].tolist()),
            open=tuple(columns[open_].tolist()),
            own_sure=int(view.own[columns[sure]].sum()),
            own_open=int(view.own[columns[open_]].sum()),
        )
        apart = residual.open or (-1, *view.rest_of(secret))
        number = self._numbers.setdefault((replace(residual, secret=0, open=()), apart), len(self.distinct))
        if number == len(self.distinct):
            self.distinct.append(residual)
            self.attackers.append([])
        return number

    def _add(self, number: int, attacker: int) -> None:
        if self.attackers[number][-1:] != [attacker]:
            self.attackers[number].append(attacker)

    def atoms(self, secret: int) -> Atoms:
        return self._secrets[secret].atoms


class _AttackerView:
    """Every secret as an attacker sees it who knows these atoms."""

    def __init__(self, residuals: Residuals, knows: Whole) -> None:
        field, many = residuals.field, len(residuals.value)
        self._residuals, self._knows = residuals, knows
        inside = knows[field.column[knows] >= 0]
        known = np.bincount(field.column[inside], minlength=len(field.truth))
        self.own = _added(field.column[inside], field.values[inside], len(field.truth))
        entries = ranges(residuals.atom_ends, knows)
        amounts = np.repeat(field.values[knows], residuals.atom_ends[knows + 1] - residuals.atom_ends[knows])
        mine, places = residuals.atom_secret[entries], residuals.atom_place[entries]
        next_to = ranges(residuals.beside_ends, knows)
        theirs = np.repeat(field.values[knows], residuals.beside_ends[knows + 1] - residuals.beside_ends[knows])
        self.beside = residuals.beside - _added(residuals.beside_secret[next_to], theirs, many)
        settled = places < 0
        self.value = residuals.value - _added(mine, amounts, many)
        self.given = residuals.given - _added(mine[settled], amounts[settled], many)
        known_rooms = np.unique(residuals.room_of[knows])
        known_rooms = known_rooms[residuals.holds[known_rooms] < ENDLESS]  # nobody knows all that has endless room
        inside_rooms = ranges(residuals.room_ends, known_rooms)
        taken = residuals.room_secret[inside_rooms], residuals.room_amount[inside_rooms]
        self.room = residuals.room - _added(*taken, many)
        self.target = residuals.targets(self)
        rest = residuals.count - np.bincount(places[~settled], minlength=len(residuals.count))
        self.open = rest > 0
        self.sure = self.open & (rest == (field.sizes - known)[residuals.column])
        room = (field.truth - self.own)[residuals.column]
        self.low = self.given + _added(residuals.secret[self.sure], room[self.sure], many)
        self.high = self.given + _added(residuals.secret[self.open], room[self.open], many)
        self.touched = np.zeros(many, dtype=bool)
        self.touched[mine] = True
        self.touched[residuals.beside_secret[next_to]] = True
        self.touched[residuals.secret[known[residuals.column] > 0]] = True

    def rest_of(self, secret: int) -> Atoms:
        """The atoms of a secret that he does not know."""
        return tuple(sorted(set(self._residuals.atoms(secret)) - set(self._knows.tolist())))


# --- the search -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
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


class Search:
    """The witnesses found so far: for every residual and every attacker who tries it, the least and the greatest value.

    Columns of the program: how far each sum of atoms rises, and how far it falls. It minimises how much is moved.
    """

    def __init__(self, field: Field, knowledge: Knowledge, residuals: Residuals) -> None:
        self.field, self.knowledge, self.residuals = field, knowledge, residuals.distinct
        self.attacker, self.ends = flat(residuals.attackers)
        self.sure, self.open = flat([one.sure for one in self.residuals]), flat([one.open for one in self.residuals])
        self.less_sure = np.array([residual.own_sure - residual.given for residual in self.residuals], dtype=np.int64)
        self.less_open = np.array([residual.own_open - residual.given for residual in self.residuals], dtype=np.int64)
        self.from_low, self.from_high = self._reach(field.truth)  # where the truth leaves each residual
        times = np.diff(self.ends)
        self.low, self.high = np.repeat(self.from_low, times), np.repeat(self.from_high, times)
        self.least, self.most = (np.full(len(self.low), end) for end in (-np.inf, np.inf))  # proved: nothing beyond
        self.shared = field.shared.sums(field.truth)  # what the truth makes of statements that hold school by school
        self.blocks = Blocks(len(field.truth), *flat([tuple(row.terms) for row in field.rows]))
        sums = sorted({columns for residual in self.residuals for columns in (residual.sure, residual.open) if columns})
        self.goals = {columns: len(field.rows) + index for index, columns in enumerate(sums)}
        self.program = self._program(sums)

    def _program(self, sums: Sequence[Atoms]) -> Program:
        width, held = len(self.field.truth), self.field.checked.sums(self.field.truth)

        def both(terms: Mapping[int, int]) -> dict[int, int]:
            return {**terms, **{width + column: -factor for column, factor in terms.items()}}

        rows = [
            Constraint(
                terms=both(row.terms),
                low=None if row.low is None else row.low - present,
                high=None if row.high is None else row.high - present,
            )
            for row, present in zip(self.field.rows, held.tolist(), strict=True)
        ]
        goals = [Constraint(terms=both(dict.fromkeys(columns, 1)), low=None, high=None) for columns in sums]
        highs = np.concatenate((self.field.most - self.field.truth, self.field.truth))
        return Program(np.zeros(2 * width), highs, np.ones(2 * width), [*rows, *goals])

    def _reach(self, table: Whole) -> tuple[Whole, Whole]:
        """What every residual comes to in a table, at the least and at the most."""
        low, high = (group_sums(table[columns], ends) for columns, ends in (self.sure, self.open))
        return low - self.less_sure, high - self.less_open

    def uncovered(self, enough: int, most: int, *, prove: bool = True) -> list[Uncovered]:
        """What no witness keeps from somebody, the first `enough`; attacker by attacker. After `most` programs the rest
        is left as it is: without a witness. `prove`: look how close each is, to the end.
        """
        failed: set[int] = set()
        for residual in sorted(range(len(self.residuals)), key=self._hardest):
            for direction in self._directions(residual):
                spent = self.program.solved >= most
                left = self._open(residual, direction).tolist() if spent else self._pursue_all(residual, direction)
                failed |= set(left)
            if len(failed) >= enough:
                break
        found = []
        for pair in sorted(failed, key=lambda pair: (self.attacker[pair], self._residual_of(pair)))[:enough]:
            if prove and self.program.solved < most:
                self.measure(pair)
            proved = self._too_close(pair)
            this, low, high = self.residuals[self._residual_of(pair)], int(self.low[pair]), int(self.high[pair])
            found.append(
                Uncovered(
                    secret=this.secret,
                    attacker=int(self.attacker[pair]),
                    value=this.value,
                    target=this.target,
                    low=low,
                    high=high,
                    proved=proved,
                )
            )
        return found

    @property
    def narrowest(self) -> int:
        """The narrowest interval that anybody is left with."""
        return int((self.high - self.low).min(initial=np.iinfo(np.int64).max))

    def _residual_of(self, pair: int) -> int:
        return int(np.searchsorted(self.ends, pair, side="right")) - 1

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
        low, high = int(self.from_low[residual]), int(self.from_high[residual])
        target = self.residuals[residual].target
        return -low if direction < 0 else target - high if direction > 0 else target - (high - low)

    def _open(self, residual: int, direction: int) -> Whole:
        """The attackers for whom there is no witness yet."""
        pairs = np.arange(self.ends[residual], self.ends[residual + 1])
        low, high, target = self.low[pairs], self.high[pairs], self.residuals[residual].target
        return pairs[low > 0] if direction < 0 else pairs[(high if direction > 0 else high - low) < target]

    def _pursue_all(self, residual: int, direction: int) -> set[int]:
        """Look for witnesses against every attacker who tries a residual: the first, then all others at once.

        Returns those against whom there is none.
        """
        first = self._open(residual, direction)[:1]
        failed = self._pursue(residual, direction, first)
        if failed and len(self.knowledge.knows[self.attacker[first[0]]]) == 0:
            return set(self._open(residual, direction).tolist())  # a witness for anybody would be one for the public
        return failed | self._pursue(residual, direction, self._open(residual, direction)[len(failed) :])

    def _pursue(self, residual: int, direction: int, pairs: Whole) -> set[int]:
        """One witness for all of these, or one for either half."""
        pairs = np.intersect1d(pairs, self._open(residual, direction), assume_unique=True)
        if len(pairs) == 0 or self._near(residual, direction, pairs):
            return set()
        if len(pairs) == 1:
            self._harder(residual, direction, pairs)
            return set(np.intersect1d(pairs, self._open(residual, direction)).tolist())
        half = len(pairs) // 2
        return self._pursue(residual, direction, pairs[:half]) | self._pursue(residual, direction, pairs[half:])

    def _near(self, residual: int, direction: int, pairs: Whole, *, whole: bool = False) -> bool:
        """Look for the nearest table that is just far enough and that all of these must reckon with."""
        self._know(pairs)
        for side in (direction,) if direction else (-1, 1):
            columns, goal = self._columns(residual, side), self._goal(residual, direction)
            if columns and goal * direction >= 0:
                row, far = self.goals[columns], (goal if direction else side * goal)
                self.program.bound_row(row, *((-np.inf, far) if side < 0 else (far, np.inf)))
                if whole or not self._learn(self._solved_nearby(columns, pairs)):
                    self._learn(self._solved(whole=whole))
                self.program.bound_row(row, -np.inf, np.inf)
            if not np.isin(pairs, self._open(residual, direction)).any():
                break
        self._forget(pairs)
        return not np.isin(pairs, self._open(residual, direction)).any()

    def _harder(self, residual: int, direction: int, pair: Whole) -> None:
        """What is left to try for one: the furthest tables, then both again in whole numbers from the start, until it
        is proved that there is no witness.
        """
        for whole in (False, True):
            if whole and len(self._open(residual, direction)) and not self._too_close(int(pair[0])):
                self._near(residual, direction, pair, whole=True)
            for side in (direction,) if direction else (-1, 1):
                if np.isin(pair, self._open(residual, direction)).any() and not self._too_close(int(pair[0])):
                    self._furthest(int(pair[0]), side, whole=whole)

    def measure(self, pair: int) -> None:
        """Learn how far from the residual tables can be in either direction, to the end."""
        for side in (-1, 1):
            if not self._furthest(pair, side, whole=False):
                self._furthest(pair, side, whole=True)

    def _too_close(self, pair: int) -> bool:
        """Whether it is proved that tables leave this attacker too close."""
        residual, least, most = self.residuals[self._residual_of(pair)], self.least[pair], self.most[pair]
        if residual.group or residual.small:
            return bool(most < residual.target or (not residual.group and least > 0))
        return bool(most - least < residual.target)

    def _furthest(self, pair: int, side: int, *, whole: bool) -> bool:
        """Learn how far from the residual a table can be; False if it is not whole. How far it goes is a bound."""
        number, width = self._residual_of(pair), len(self.field.truth)
        columns = np.array(self._columns(number, side), dtype=np.int64)
        every, ones = np.arange(2 * width), np.ones(len(columns))
        self._know(np.array([pair]))
        self.program.cost(every, np.zeros(2 * width))
        self.program.cost(np.concatenate((columns, columns + width)), np.concatenate((-side * ones, side * ones)))
        found = self._solved(whole=whole)
        learnt = self._learn(found)
        self.program.cost(every, np.ones(2 * width))
        self._forget(np.array([pair]))
        if found is not None:
            gone = float((found[columns] - found[columns + width]).sum())
            from_ = self.from_low if side < 0 else self.from_high
            (self.least if side < 0 else self.most)[pair] = float(from_[number]) + side * np.floor(side * gone + _NEAR)
        return learnt

    def _columns(self, residual: int, side: int) -> Atoms:
        return self.residuals[residual].sure if side < 0 else self.residuals[residual].open

    def _solved(self, *, whole: bool) -> Floats | None:
        return self.program.solve_whole(np.arange(2 * len(self.field.truth))) if whole else self.program.solve()

    def _solved_nearby(self, columns: Atoms, pairs: Whole) -> Floats | None:
        """Solve with what is far away left as it is."""
        ease, width = np.ones(len(self.field.truth)), len(self.field.truth)
        places, lows, highs = self.knowledge.columns.of(np.unique(self.attacker[pairs]))
        ease[places[lows == highs]] = 0
        near = self.blocks.near(np.array(columns, dtype=np.int64), ease)
        return None if near is None else self.program.solve_part(np.concatenate((near, near + width)))

    def _know(self, pairs: Whole) -> None:
        """Let the program know what each of these knows."""
        attackers = np.unique(self.attacker[pairs])
        self._limit(*self.knowledge.columns.of(attackers))
        rows, _, highs = self.knowledge.shared.of(attackers)
        self._share(rows, highs)

    def _forget(self, pairs: Whole) -> None:
        """Leave the program as the public knows it."""
        attackers = np.unique(self.attacker[pairs])
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
        present = self.shared[rows]
        self.program.bound_rows(self.field.first_shared + rows, np.full(len(rows), -np.inf), highs - present)

    def _learn(self, solution: Floats | None) -> bool:
        """Check an answer of the solver in whole numbers, and note what it proves to everybody who must reckon with it;
        False if it is no witness.
        """
        if solution is None:
            return False
        width = len(self.field.truth)
        table = self.field.truth + np.rint(solution[:width] - solution[width : 2 * width]).astype(np.int64)
        if not self.field.allows(table):
            return False
        agree, (low, high) = self.knowledge.agree(table), self._reach(table)
        for residual in np.flatnonzero((low < self.from_low) | (high > self.from_high)):
            here = slice(self.ends[residual], self.ends[residual + 1])
            theirs = agree[self.attacker[here]]
            self.low[here] = np.where(theirs, np.minimum(self.low[here], low[residual]), self.low[here])
            self.high[here] = np.where(theirs, np.maximum(self.high[here], high[residual]), self.high[here])
        return True
