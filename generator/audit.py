"""The attacker: what can be worked out from everything that is published, by whom, and how closely.

Owns the verdict on a Draft. An attacker knows every published number of this and of all earlier releases, the sums that the form prescribes, and
what is his own. He is beaten where other whole numbers, which agree with all he knows, could stand in the place of what is hidden: such a *witness*
is a complete other table, found by linear programming and re-checked here in whole numbers, so that nobody needs to trust the solver. What has no
witness is exposed; also where the solver gave up or found only fractions. Must not know how the numbers were protected.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date
from itertools import combinations, islice
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from generator.model import Cell, Published, RiskLevel, SchoolId, Shown, Suppressed, TermId, Text
from generator.problems import Position
from generator.programs import Floats, Program, Row, flat, group_sums, merged
from generator.release import Certificate, DistrictVerdict, Limits, Link, PublishedTables, Release, SchoolVerdicts, id_of, path_of
from generator.tables import Atoms, Filing, Ledger, Question, Secret, Statement, Tabulation, rounding_box, share_of

Whole = NDArray[np.int64]
ENOUGH = 100  # exposures, after which an attack stops: the draft has failed, and these are where to mend it


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacker:
    """Somebody who knows, besides what everybody may know, the atoms of these schools. The public is no school."""

    schools: tuple[SchoolId, ...] = ()
    knows: Atoms = ()


PUBLIC = Attacker()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A secret that an attacker gets too close to: all he must reckon with lies between `low` and `high`, as far as whole tables prove it."""

    secret: Secret
    attacker: Attacker
    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """How it went: who tried, how many secrets, the programs solved, the narrowest interval that anybody was left with."""

    attackers: int
    secrets: int
    programs: int
    narrowest: int | None
    exposures: tuple[Exposure, ...]


class UntrueStatementError(Exception):
    """A published number does not follow from the counts: a bug, never an input."""


def attack(values: Sequence[int], statements: Iterable[Statement], secrets: Sequence[Secret], attackers: Sequence[Attacker], k: int) -> Attack:
    """Let every attacker try every secret. `values` are the true counts of all atoms; UntrueStatementError if a statement denies them."""
    field = _Field(values, tuple(statements), secrets)
    tried, widths, exposures = 0, [], list[Exposure]()
    for attacker in attackers:
        mind = _Mind(field, attacker, secrets, k)
        exposures += islice(mind.exposed(), ENOUGH - len(exposures))
        tried += len(mind.aims)
        widths += [int(width) for width in mind.high - mind.low]
        if len(exposures) == ENOUGH:
            break
    return Attack(
        attackers=len(attackers),
        secrets=tried,
        programs=field.program.solved,
        narrowest=min(widths, default=None),
        exposures=tuple(exposures),
    )


def interval(values: Sequence[int], statements: Iterable[Statement], secret: Secret, attacker: Attacker = PUBLIC) -> tuple[int, int]:
    """The least and the most that an attacker must reckon with, as far as whole tables prove it."""
    field = _Field(values, tuple(statements), [secret])
    mind = _Mind(field, attacker, [secret], k=0)
    mind.know()
    mind.measure(0)
    return int(mind.low[0]), int(mind.high[0])


# --- a release and all before it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A Release but for its certificate: what would be published if the attack fails."""

    term: TermId
    revision: int
    released_on: date
    correction: Text | None
    registry: int
    limits: Limits
    levels: tuple[RiskLevel, ...]
    windows: tuple[str, ...]
    counted: Mapping[SchoolId, int]
    tables: PublishedTables
    school_verdicts: tuple[SchoolVerdicts, ...]
    district_verdicts: tuple[DistrictVerdict, ...]
    previous: Link | None

    @property
    def cells(self) -> Mapping[Cell, Published]:
        """Every cell, table by table, row by row."""
        return {Cell(table=t.id, row=r.id, column=c): cell for t in self.tables for r in t.rows for c, cell in r.cells.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A release as the world sees it, and the sums that its numbers are. `questions` are the rules that it answers."""

    content: Candidate | Release
    tabulation: Tabulation
    questions: tuple[Question, ...]


def certify(ledger: Ledger, seen: Seen, before: Sequence[Seen]) -> Release | Attack:
    """Attack a candidate together with the term's earlier releases. The Release, if nothing is exposed; else how the attack went.

    Releases of other terms share no atom with this one: nothing that is said there narrows anything here.
    """
    candidate, stacked = seen.content, (*before, seen)
    facts = ledger.facts([one.tabulation.filings for one in stacked])
    statements = [*facts, *(statement for one in stacked for statement in said(ledger, one))]
    found = attack(ledger.values, statements, secrets(stacked), attackers(ledger, stacked), candidate.limits.k)
    if found.exposures:
        return found
    certificate = Certificate(attackers=found.attackers, secrets=found.secrets, programs=found.programs, narrowest=found.narrowest)
    name = id_of(candidate.term, candidate.revision)
    fields = {field.name: getattr(candidate, field.name) for field in dataclass_fields(Candidate)}
    return Release(**fields, id=name, certificate=certificate, source=Position(path=path_of(name)))


def attackers(ledger: Ledger, seen: Iterable[Seen]) -> tuple[Attacker, ...]:
    """The public, every school that filed, and every two schools of a row with so few that two are many."""
    small = {pair for one in seen for schools in one.tabulation.small for pair in combinations(sorted(schools), 2)}
    insiders = [*((school,) for school in ledger.schools), *sorted(small)]
    return (PUBLIC, *(Attacker(schools=schools, knows=ledger.known_to(schools)) for schools in insiders))


def secrets(seen: Iterable[Seen]) -> list[Secret]:
    """What nobody may come close to: every sensitive cell, every cell of a gated row, and each school's part of any of them."""
    found: dict[Atoms, Secret] = {}
    for one in seen:
        table = one.tabulation
        for cell, atoms in table.cells.items():
            if cell in table.sensitive or cell in table.gated:
                found.setdefault(atoms, Secret(cell=cell, atoms=atoms, guarded=cell in table.gated))
        for cell, school, atoms in ((c, s, a) for c, parts in table.parts.items() if c in table.sensitive for s, a in parts.items()):
            found.setdefault(atoms, Secret(cell=cell, school=school, atoms=atoms, guarded=True))
    return list(found.values())


def said(ledger: Ledger, seen: Seen) -> Iterator[Statement]:
    """Everything that a release says: its counts, its shares, its answers."""
    cells, base = seen.content.cells, seen.content.limits.base
    for cell, published in cells.items():
        match published:
            case Shown(value=value) if cell in seen.tabulation.cells:
                low, high = rounding_box(value, base)
                yield Statement(terms=dict.fromkeys(seen.tabulation.cells[cell], 1), low=low, high=high)
            case Shown(value=value):
                yield from _share(seen.tabulation, cells, cell, value)
            case Suppressed():
                pass
            case _ as never:
                assert_never(never)
    for verdicts in seen.content.school_verdicts:
        yield from _each_school(ledger, seen, verdicts)
    for verdict in seen.content.district_verdicts:
        yield from _all_alike(ledger, seen, verdict)


def _share(tabulation: Tabulation, cells: Mapping[Cell, Published], share: Cell, tenths: int) -> Iterator[Statement]:
    """p tenths of a per cent: between p - 1/2 and p + 1/2 of a thousandth. Says nothing where it follows from two shown counts."""
    part, whole = tabulation.shares[share]
    if share_of(cells[part], cells[whole]) == Shown(value=tenths):
        return
    for factor, low, high in ((2 * tenths - 1, 0, None), (2 * tenths + 1, None, 0)):
        terms = dict.fromkeys(tabulation.cells[whole], -factor)
        for atom in tabulation.cells[part]:
            terms[atom] = terms.get(atom, 0) + 2000
        yield Statement(terms=terms, low=low, high=high)


def _each_school(ledger: Ledger, seen: Seen, verdicts: SchoolVerdicts) -> Iterator[Statement]:
    """What is said of each school; of one that is left out, that there was nobody to ask about."""
    question = next(q for q in seen.questions if q.rule == verdicts.rule)
    for filing in seen.tabulation.filings:
        yield from _inequality(ledger, question, filing, verdicts.schools.get(filing.school))


def _all_alike(ledger: Ledger, seen: Seen, verdict: DistrictVerdict) -> Iterator[Statement]:
    """Where all schools are alike, each is. Who is among some of many is not said."""
    question = next(q for q in seen.questions if q.rule == verdict.rule)
    for filing in seen.tabulation.filings:
        if verdict.met == verdict.judged:
            yield Statement(terms=question.surplus(ledger, filing), low=0, high=None)
        elif verdict.met == 0 and verdict.judged == len(seen.tabulation.filings):
            yield from _inequality(ledger, question, filing, False)


def _inequality(ledger: Ledger, question: Question, filing: Filing, met: bool | None) -> Iterator[Statement]:
    whole = dict.fromkeys(ledger.atoms(filing, question.whole), 1)
    if met is None:
        yield Statement(terms=whole, low=0, high=0)
        return
    yield Statement(terms=whole, low=1, high=None)
    low, high = (0, None) if met else (None, -1)
    yield Statement(terms=question.surplus(ledger, filing), low=low, high=high)


# --- what everybody knows ------------------------------------------------------------------------------------------------------


class _Field:
    """What is public, in few columns: atoms that follow at once are settled, atoms that no statement tells apart are one column together."""

    def __init__(self, values: Sequence[int], statements: Sequence[Statement], secrets: Sequence[Secret]) -> None:
        for statement in statements:
            if not statement.holds(values):
                raise UntrueStatementError(statement)
        self.values = values
        self.settled, rows = _settle([statement for statement in statements if not statement.each])
        self.each = [statement for statement in statements if statement.each]
        shared = [self._without_settled(statement) for statement in self.each]
        self.column, rows, self.shared = _merge(len(values), self.settled, rows, shared)
        self.shares = slice(len(rows), len(rows) + len(self.shared))
        rows += self.shared
        width = 1 + max(self.column.values(), default=-1)
        self.sizes = np.bincount(list(self.column.values()), minlength=width)
        self.truth = np.zeros(width, dtype=np.int64)
        for atom, column in self.column.items():
            self.truth[column] += values[atom]
        self.most = np.maximum(self.truth, max(1000, 4 * max(values, default=0)))  # an open column needs an end; one more for the attacker
        sought = {tuple(sorted({self.column[a] for a in secret.atoms if a in self.column})) for secret in secrets}
        self.goals = {columns: len(rows) + index for index, columns in enumerate(sorted(sought))}
        goals = [Row(terms=dict.fromkeys(columns, 1), low=None, high=None) for columns in self.goals]
        self.program = Program(np.zeros(width), self.most, np.zeros(width), [*rows, *goals])
        self.checked = _Checked(rows)
        self._shared = flat([tuple(row.terms) for row in self.shared])
        self._factors = np.array([factor for row in self.shared for factor in row.terms.values()], dtype=np.int64)
        self._witnesses, self._found = np.zeros((64, width), dtype=np.int64), 0
        self.learn(self.truth)

    def _without_settled(self, statement: Statement) -> Row:
        gone = sum(factor * self.values[atom] for atom, factor in statement.terms.items() if atom in self.settled)
        assert statement.high is not None
        terms = {atom: factor for atom, factor in statement.terms.items() if atom not in self.settled}
        return Row(terms=terms, low=None, high=statement.high - gone)

    def solve_whole(self) -> Floats | None:
        """Solve with every column whole."""
        return self.program.solve_whole(np.arange(len(self.truth)))

    def sums_of_shared(self, tables: Whole) -> Whole:
        """What every shared row comes to in each table."""
        columns, ends = self._shared
        return group_sums(tables[:, columns] * self._factors, ends)

    @property
    def witnesses(self) -> Whole:
        """Every whole table found so far that agrees with what everybody knows; the truth is the first."""
        return self._witnesses[: self._found]

    def learn(self, table: Whole) -> None:
        """Remember a table, for every attacker."""
        if self._found == len(self._witnesses):
            self._witnesses = np.vstack((self._witnesses, np.zeros_like(self._witnesses)))
        self._witnesses[self._found] = table
        self._found += 1


def _settle(statements: Sequence[Statement]) -> tuple[frozenset[int], list[Row]]:
    """The atoms that one statement alone gives away, then the next with their help; and the statements that are left."""
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
                part, (low, high) = left[holder].pop(atom) * value, bounds[holder]
                bounds[holder] = (None if low is None else low - part, None if high is None else high - part)
                waiting.append(holder)
    return frozenset(settled), [Row(terms=t, low=low, high=high) for t, (low, high) in zip(left, bounds, strict=True) if t]


def _given_away(terms: dict[int, int], low: int | None, high: int | None) -> Iterator[tuple[int, int]]:
    if len(terms) == 1 and low == high is not None:
        ((atom, factor),) = terms.items()
        yield atom, high // factor
    elif high == 0 and min(terms.values(), default=0) > 0:
        yield from ((atom, 0) for atom in terms)


def _merge(atoms: int, settled: frozenset[int], rows: Sequence[Row], shared: Sequence[Row]) -> tuple[dict[int, int], list[Row], list[Row]]:
    """A column for every set of atoms that whoever sees only sums cannot tell apart; one, too, for the atoms that nothing is said of."""
    column = merged(atoms, [row.terms for row in (*rows, *shared)])
    silent = len(set(column.values()))
    column |= {atom: silent for atom in range(atoms) if atom not in column and atom not in settled}

    def brought(row: Row) -> Row:
        return Row(terms={column[a]: f for a, f in row.terms.items()}, low=row.low, high=row.high)

    once = {(tuple(sorted(row.terms.items())), row.low, row.high): row for row in map(brought, rows)}
    return column, list(once.values()), list(map(brought, shared))


class _Checked:
    """The rows again, in whole numbers, to check the solver's answers with."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.columns, self.ends = flat([tuple(row.terms) for row in rows])
        self.factors = np.array([f for row in rows for f in row.terms.values()], dtype=np.int64)
        furthest = np.iinfo(np.int64)
        self.low = np.array([furthest.min if row.low is None else row.low for row in rows], dtype=np.int64)
        self.high = np.array([furthest.max if row.high is None else row.high for row in rows], dtype=np.int64)

    def allow(self, table: Whole) -> bool:
        sums = group_sums(table[self.columns] * self.factors, self.ends)
        return bool(np.all(self.low <= sums) and np.all(sums <= self.high))


# --- what one attacker makes of it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aim:
    """A secret without what the attacker knows of it: `given` is certain; of the columns in `open` it may be all, of those in `sure` it is all."""

    secret: Secret
    value: int
    given: int
    sure: Atoms
    open: Atoms


class _Mind:
    """One attacker: what he knows, what he is after, and how far the witnesses keep him from it."""

    def __init__(self, field: _Field, attacker: Attacker, secrets: Sequence[Secret], k: int) -> None:
        self.field, self.attacker, self.k = field, attacker, k
        self.own, self.known = np.zeros_like(field.truth), np.zeros_like(field.sizes)
        for atom in attacker.knows:
            if (column := field.column.get(atom)) is not None:
                self.own[column] += field.values[atom]
                self.known[column] += 1
        self.touched = np.flatnonzero(self.known)
        self.ends = np.where(self.known == field.sizes, self.own, field.most)
        mine = frozenset(attacker.knows)
        less = (
            [sum(f * field.values[a] for a, f in statement.terms.items() if a in mine) for statement in field.each] if mine else [0] * len(field.each)
        )
        self.most = field.checked.high[field.shares] + np.array(less, dtype=np.int64)  # what is left for the others of what each may have
        self.aims = self._aims(secrets)
        self.sure, self.open = flat([aim.sure for aim in self.aims]), flat([aim.open for aim in self.aims])
        self.given = np.array([aim.given for aim in self.aims], dtype=np.int64)
        agreeing = field.witnesses[self._agree(field.witnesses)]
        self.low, self.high = self._reach(agreeing, self.sure).min(axis=0), self._reach(agreeing, self.open).max(axis=0)

    def _aims(self, secrets: Sequence[Secret]) -> list[_Aim]:
        knows, values = frozenset(self.attacker.knows), self.field.values
        found: dict[tuple[int, Atoms, Atoms], _Aim] = {}
        for secret in secrets:
            atoms = secret.atoms if knows.isdisjoint(secret.atoms) else tuple(a for a in secret.atoms if a not in knows)
            value = sum(values[a] for a in atoms)
            if self.k == 0 or (value > 0 and (value < self.k or secret.guarded)):
                aim = self._aim(secret, atoms, value)
                found.setdefault((value, aim.sure, aim.open or atoms), aim)  # what he cannot tell apart is one aim
        return list(found.values())

    def _aim(self, secret: Secret, atoms: Atoms, value: int) -> _Aim:
        counted: dict[int, int] = {}
        given = 0
        for atom in atoms:
            if (column := self.field.column.get(atom)) is None:
                given += self.field.values[atom]
            else:
                counted[column] = counted.get(column, 0) + 1
        whole = self.field.sizes - self.known
        sure = tuple(column for column, count in counted.items() if count == whole[column])
        return _Aim(secret=secret, value=value, given=given, sure=sure, open=tuple(counted))

    def _agree(self, tables: Whole) -> NDArray[np.bool_]:
        """Which tables agree with what the attacker knows."""
        few = tables[:, self.touched]
        possible = np.all((few >= self.own[self.touched]) & (few <= self.ends[self.touched]), axis=1)
        return np.asarray(possible & np.all(self.field.sums_of_shared(tables) <= self.most, axis=1), dtype=bool)

    def _reach(self, tables: Whole, columns: tuple[Whole, Whole]) -> Whole:
        """What every aim comes to in each table."""
        return self.given + group_sums((tables - self.own)[:, columns[0]], columns[1])

    def know(self) -> None:
        """Let the program know what he knows."""
        self.field.program.limit(self.touched, self.own[self.touched], self.ends[self.touched])
        self._share(self.most)

    def forget(self) -> None:
        """Leave the program as the public knows it."""
        self.field.program.limit(self.touched, np.zeros(len(self.touched)), self.field.most[self.touched])
        self._share(self.field.checked.high[self.field.shares])

    def _share(self, most: Whole) -> None:
        for row, high in enumerate(most, start=self.field.shares.start):
            self.field.program.demand(row, -np.inf, float(high))

    def exposed(self) -> Iterator[Exposure]:
        """Every aim that no witness keeps from the attacker."""
        self.know()
        for index, aim in enumerate(self.aims):
            for direction in (-1, 1):
                self.search(index, direction)
            if not (self._beaten(index, -1) and self._beaten(index, 1)):
                self.measure(index)
                low, high = int(self.low[index]), int(self.high[index])
                yield Exposure(secret=aim.secret, attacker=self.attacker, value=aim.value, low=low, high=high)
        self.forget()

    def _beaten(self, index: int, direction: int) -> bool:
        """A small count must look like anything from none to k; of any other secret k must stay open."""
        low, high = self.low[index], self.high[index]
        if self.aims[index].value < self.k:
            return bool(low <= 0 if direction < 0 else high >= self.k)
        return bool(high - low >= self.k)

    def search(self, index: int, direction: int) -> None:
        """Look for a witness just far enough, then for the furthest; first as if there were fractions, which is quicker, then in whole numbers."""
        for solve in (self.field.program.solve, self.field.solve_whole):
            for attempt in (self._near, self._furthest):
                if not self._beaten(index, direction):
                    attempt(index, direction, solve)

    def measure(self, index: int) -> None:
        """Learn how far from the aim tables can be in either direction, to the end."""
        for direction in (-1, 1):
            self._furthest(index, direction, self.field.program.solve)
            self._furthest(index, direction, self.field.solve_whole)

    def _furthest(self, index: int, direction: int, solve: Callable[[], Floats | None]) -> None:
        """Learn how far from the aim a table can be. What is no whole table is not learnt."""
        columns, program = self._columns(index, direction), self.field.program
        program.cost(columns, [-direction] * len(columns))
        self._learn(solve())
        program.cost(columns, [0] * len(columns))

    def _near(self, index: int, direction: int, solve: Callable[[], Floats | None]) -> None:
        """The same for a table that is just far enough: a short way from the last one, and whole more often than the furthest is."""
        aim, columns = self.aims[index], self._columns(index, direction)
        if aim.value < self.k and (row := self.field.goals.get(tuple(sorted(columns)))) is not None:
            goal = float(self.own[list(columns)].sum() + (0 if direction < 0 else self.k - aim.given))
            self.field.program.demand(row, goal, goal)
            self._learn(solve())
            self.field.program.demand(row, -np.inf, np.inf)

    def _columns(self, index: int, direction: int) -> Atoms:
        return self.aims[index].sure if direction < 0 else self.aims[index].open

    def _learn(self, solution: NDArray[np.float64] | None) -> bool:
        """Check an answer of the solver in whole numbers and remember it for every attacker; False if it is no witness."""
        if solution is None:
            return False
        table = np.rint(solution).astype(np.int64)
        if np.any(table < 0) or not self.field.checked.allow(table) or not self._agree(table[np.newaxis, :])[0]:
            return False
        self.field.learn(table)
        self.low = np.minimum(self.low, self._reach(table[np.newaxis, :], self.sure)[0])
        self.high = np.maximum(self.high, self._reach(table[np.newaxis, :], self.open)[0])
        return True
