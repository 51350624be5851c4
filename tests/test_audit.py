"""The attacker: agrees with one that tries everything, is never fooled by the solver, and knows what each attacker
knows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations, product
from random import Random
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.model.cells import Cell
from generator.model.ids import SchoolId
from generator.statistics.attack import PUBLIC, Attack, Attacker, attack, interval
from generator.statistics.programs import Constraint, Program, rows_of
from generator.statistics.tables import Atoms, Rooms, Secret, Statement
from generator.statistics.witnesses import Field, Knowledge, Move, Residual, Residuals, UntrueStatementError
from tests.brute import Place, Verdict, intervals, met

EXPLORED = int(os.environ.get("EXPLORE", "25"))  # `make explore` asks for many more
Grid = Sequence[Sequence[int]]


class Sheet:
    """A two-way table with its totals as atoms, cells and statements. Each row is a school's."""

    def __init__(self, grid: Grid) -> None:
        self.grid, self.width = grid, len(grid[0])
        self.values = [value for row in grid for value in row]
        self.places = list(product(range(-1, len(grid)), range(-1, self.width)))

    def atoms(self, place: Place) -> Atoms:
        rows = range(len(self.grid)) if place[0] < 0 else (place[0],)
        columns = range(self.width) if place[1] < 0 else (place[1],)
        return tuple(row * self.width + column for row in rows for column in columns)

    def value(self, place: Place) -> int:
        return sum(self.values[atom] for atom in self.atoms(place))

    def shown(self, hidden: Iterable[Place]) -> list[Statement]:
        places = [place for place in self.places if place not in set(hidden)]
        return [exactly(self.atoms(place), self.value(place)) for place in places]

    def secret(self, place: Place, *, guarded: bool = False) -> Secret:
        return Secret(
            cell=Cell(table="sheet", row=str(place[0]), column=str(place[1])), atoms=self.atoms(place), guarded=guarded
        )

    def insider(self, *rows: int) -> Attacker:
        return Attacker(
            schools=tuple(SchoolId(str(row)) for row in rows),
            knows=tuple(atom for row in rows for atom in self.atoms((row, -1))),
        )


def exactly(atoms: Iterable[int], value: int) -> Statement:
    return Statement(terms=dict.fromkeys(atoms, 1), low=value, high=value)


def tried(
    sheet: Sheet,
    hidden: Iterable[Place],
    k: int,
    attackers: Sequence[Attacker] = (PUBLIC,),
    more: Sequence[Statement] = (),
) -> Attack:
    hidden = list(hidden)
    return attack(
        sheet.values, [*sheet.shown(hidden), *more], [sheet.secret(place) for place in sheet.places], attackers, k
    )


def exposed(found: Attack) -> dict[tuple[str, str], tuple[int, int]]:
    return {(e.secret.cell.row, e.secret.cell.column): (e.low, e.high) for e in found.exposures}


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Grid, frozenset[Place]]:
    rows, columns = draw(st.sampled_from([(2, 2), (2, 3), (3, 2), (3, 3), (2, 4), (4, 2), (3, 4), (4, 4)]))
    few = st.integers(0, 3 if rows * columns < 9 else 1)
    grid = draw(st.lists(st.lists(few, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    places = [place for place in product(range(-1, rows), range(-1, columns)) if place != (-1, -1)]
    most = 9 if rows * columns < 16 else 8
    return grid, frozenset(draw(st.lists(st.sampled_from(places), max_size=most)))


def settled_one_by_one(statements: Sequence[Statement]) -> set[int]:
    """The atoms that statements give away, each with the help of those before."""
    known = dict[int, int]()
    while True:
        before = len(known)
        for one in statements:
            left = {atom: factor for atom, factor in one.terms.items() if atom not in known}
            high = None if one.high is None else one.high - sum(f * known.get(a, 0) for a, f in one.terms.items())
            if len(left) == 1 and one.low == one.high is not None:
                known |= {atom: (high or 0) // factor for atom, factor in left.items()}
            elif high == 0 and all(factor > 0 for factor in left.values()):
                known |= dict.fromkeys(left, 0)
        if len(known) == before:
            return set(known)


@pytest.mark.parametrize(("columns", "whole", "found"), [([0], False, [0.5]), ([0], True, [1]), ([1], True, [0])])
def test_a_few_columns_are_solved_apart_in_whole_numbers_if_asked(
    columns: list[int], whole: bool, found: list[float]
) -> None:
    """Twice the first is at least 1; the second stands in no row, and rows in which none of them stand are let be."""
    rows = rows_of(2, [Constraint(terms={0: 2}, low=1, high=None)])
    made = Program([0, 0], [9, 9], [1, 1], rows).solve_part(np.array(columns), whole=whole)
    assert made is not None
    assert made.tolist() == found


@pytest.mark.parametrize("seed", range(30))
def test_what_follows_is_settled_and_what_always_stands_together_is_one_column(seed: int) -> None:
    random = Random(seed)
    values = [random.choice((0, 0, 1, 5)) for _ in range(12)]
    statements = []
    for number in range(10):
        terms = {atom: random.choice((1, 1, 1, -1)) for atom in random.sample(range(12), random.randint(1, 4))}
        total = sum(factor * values[atom] for atom, factor in terms.items())
        low = random.choice((total, total, None))
        statements.append(Statement(terms=terms, low=low, high=total if low is not None else total + number % 2))
    each = [Statement(terms={0: 1, 1: 1, 11: -6}, low=None, high=0, each=True)] if values[11] == 5 else []
    settled, field = settled_one_by_one(statements), Field(values, [*statements, *each])
    assert set(np.flatnonzero(field.column < 0).tolist()) == settled
    stands = {
        atom: tuple((n, s.terms[atom]) for n, s in enumerate([*statements, *each]) if atom in s.terms)
        for atom in range(12)
        if atom not in settled
    }
    together = {frozenset(a for a in stands if stands[a] == signs) for signs in stands.values()}
    columns = {frozenset(np.flatnonzero(field.column == n).tolist()) for n in range(len(field.truth))}
    assert columns - {frozenset()} == together
    assert field.allows(Move(places=np.zeros(0, dtype=np.int64), by=np.zeros(0, dtype=np.int64)))


@settings(max_examples=EXPLORED, deadline=None)
@given(sheets(), st.integers(-1, 3), st.integers(2, 4))
def test_the_attack_agrees_with_trying_everything(drawn: tuple[Grid, frozenset[Place]], who: int, k: int) -> None:
    grid, hidden = drawn
    sheet = Sheet(grid)
    row = who if who < len(grid) else -1
    attacker = PUBLIC if row < 0 else sheet.insider(row)
    every = intervals(grid, hidden, frozenset({row} - {-1}))
    for place in sheet.places:
        own = 0 if row < 0 or place[0] not in (-1, row) else sum(grid[row]) if place[1] < 0 else grid[row][place[1]]
        low, high = (end - own for end in every[place])
        assert interval(sheet.values, sheet.shown(hidden), sheet.secret(place), attacker) == (low, high), place
        small = 0 < sheet.value(place) - own < k
        unsafe = exposed(attack(sheet.values, sheet.shown(hidden), [sheet.secret(place)], [attacker], k))
        assert bool(unsafe) == (small and not (low == 0 and high >= k)), place


def districts(most: int) -> st.SearchStrategy[tuple[Sheet, list[Place], list[Secret]]]:
    """Sheets of so many schools of which little is shown, so that columns hold figures of several; what is hidden; some
    of it guarded.
    """

    @st.composite
    def made(draw: st.DrawFn) -> tuple[Sheet, list[Place], list[Secret]]:
        rows, columns = draw(st.integers(2, most)), draw(st.integers(1, 2))
        counts = st.sampled_from([0, 1, 2, 3, 4, 7, 30])
        sheet = Sheet(
            draw(st.lists(st.lists(counts, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
        )
        shown = draw(st.frozensets(st.sampled_from(sheet.places), max_size=3))
        secrets = [sheet.secret(place, guarded=draw(st.booleans())) for place in sheet.places]
        return sheet, [place for place in sheet.places if place not in shown], secrets

    return made()


@settings(max_examples=4 * EXPLORED, deadline=None)
@given(districts(7), st.integers(2, 5))
def test_whoever_sees_what_the_public_sees_need_not_be_looked_at_alone(
    drawn: tuple[Sheet, list[Place], list[Secret]], k: int
) -> None:
    """The same residuals are tried by the same people as if each attacker looked at every secret anew."""
    sheet, hidden, secrets = drawn
    attackers = [PUBLIC, *map(sheet.insider, range(len(sheet.grid))), sheet.insider(0, 1)]
    knowledge = Knowledge(Field(sheet.values, sheet.shown(hidden)), [one.knows for one in attackers])

    def who_tries_what() -> tuple[int, list[tuple[Residual, list[int]]]]:
        made = Residuals(knowledge, secrets, k)
        who = [one.of(len(attackers)).tolist() for one in made.trying]
        return made.tried, [(one, they) for one, they in zip(made.distinct, who, strict=True) if they]

    found = who_tries_what()
    with patch.object(Residuals, "_otherwise", lambda made, *_: np.arange(len(made.value))):
        assert who_tries_what() == found


@settings(max_examples=EXPLORED, deadline=None)
@given(districts(4), st.integers(2, 5))
def test_many_attackers_together_find_what_each_finds_alone(
    drawn: tuple[Sheet, list[Place], list[Secret]], k: int
) -> None:
    """Witnesses are looked for once for all who must reckon with them."""
    sheet, hidden, secrets = drawn
    attackers = [PUBLIC, *map(sheet.insider, range(len(sheet.grid)))]

    def found(who: Sequence[Attacker]) -> set[tuple[Attacker, int, int, int]]:
        made = attack(sheet.values, sheet.shown(hidden), secrets, who, k)
        return {(e.attacker, e.value, e.low, e.high) for e in made.exposures}

    assert found(attackers) == {one for who in attackers for one in found([who])}


def test_a_hidden_cell_in_a_line_of_its_own_is_read_off() -> None:
    sheet = Sheet([[3, 20], [30, 40]])
    assert exposed(tried(sheet, [(0, 0)], 5)) == {("0", "0"): (3, 3)}
    assert exposed(tried(sheet, [(0, 0), (0, 1), (1, 0), (1, 1)], 5)) == {}


def test_a_shown_small_count_is_exposed() -> None:
    assert exposed(tried(Sheet([[3, 20], [30, 40]]), [], 5)) == {("0", "0"): (3, 3)}


def test_a_zero_is_no_secret() -> None:
    assert exposed(tried(Sheet([[0, 20], [30, 40]]), [], 5)) == {}


def test_zero_that_cannot_be_excluded_is_not_enough() -> None:
    """From 0 to 4 everybody can tell that it is under 5."""
    sheet = Sheet([[3, 1], [30, 40]])
    assert exposed(tried(sheet, [(0, 0), (0, 1), (1, 0), (1, 1)], 5)) == {
        ("0", "0"): (0, 4),
        ("0", "1"): (0, 4),
        ("0", "-1"): (4, 4),
    }


def test_an_insider_takes_his_own_part_away() -> None:
    """Seven in the column, five of them mine: two elsewhere."""
    sheet = Sheet([[5, 40], [1, 40], [1, 40]])
    hidden = [(row, column) for row in range(3) for column in range(2)]
    assert tried(sheet, hidden, 3, [PUBLIC]).exposures == ()
    found = tried(sheet, hidden, 3, [PUBLIC, sheet.insider(0)])
    assert {
        (e.attacker.schools, e.secret.cell.row, e.secret.cell.column, e.value, e.low, e.high) for e in found.exposures
    } == {
        (("0",), "-1", "0", 2, 2, 2),
        (("0",), "1", "0", 1, 0, 2),
        (("0",), "2", "0", 1, 0, 2),
    }


def test_two_insiders_know_the_third() -> None:
    sheet = Sheet([[5, 40], [6, 40], [4, 40]])
    hidden = [(row, column) for row in range(3) for column in range(2)]
    assert tried(sheet, hidden, 5, [PUBLIC, sheet.insider(0), sheet.insider(1)]).exposures == ()
    (found,) = tried(
        sheet, hidden, 5, [sheet.insider(0, 1)]
    ).exposures  # the column without their parts and the third row's cell are one
    assert (found.attacker.schools, found.value, found.low, found.high) == (("0", "1"), 4, 4, 4)


def test_a_percentage_is_a_constraint() -> None:
    """7.5 per cent of 40, to one place: nothing but three of them."""
    sheet = Sheet([[3, 37], [30, 40]])
    hidden = [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert exposed(tried(sheet, hidden, 5)) == {}
    whole = dict.fromkeys(sheet.atoms((0, -1)), 1)
    share = [Statement(terms={a: 20000 * (a == 0) - 10 * 149 for a in whole}, low=0, high=None)]  # 7.45 % <= x
    share += [Statement(terms={a: 20000 * (a == 0) - 10 * 151 for a in whole}, low=None, high=0)]  # x <= 7.55 %
    assert exposed(tried(sheet, hidden, 5, more=share)) == {("0", "0"): (3, 3)}


def test_fewer_than_k_is_a_constraint() -> None:
    sheet = Sheet([[3, 37], [30, 40]])
    hidden = [(0, 0), (0, 1), (1, 0), (1, 1)]
    fewer = Statement(terms={0: 1}, low=None, high=4)
    assert exposed(tried(sheet, hidden, 5, more=[fewer])) == {("0", "0"): (0, 4)}


def test_the_inequality_of_a_verdict_is_a_constraint() -> None:
    """A school that misses a duty has somebody who was missed."""
    missed = Statement(terms={0: 1}, low=1, high=None)
    assert exposed(tried(Sheet([[3, 37], [30, 40]]), [(0, 0), (0, 1), (1, 0), (1, 1)], 5, more=[missed])) == {
        ("0", "0"): (1, 33)
    }


asked = st.tuples(st.frozensets(st.integers(0, 3), min_size=1, max_size=2), st.fractions(0, 100, max_denominator=8))


@settings(max_examples=EXPLORED, deadline=None)
@given(sheets(), st.integers(-1, 3), st.lists(asked, min_size=1, max_size=2), st.randoms(use_true_random=False))
def test_with_verdicts_too_the_attack_agrees_with_trying_everything(
    drawn: tuple[Grid, frozenset[Place]], who: int, questions: list[tuple[frozenset[int], Fraction]], chance: Random
) -> None:
    """A rule asks whether so many per cent of a row are in these columns, and the answer is published.

    No number that is shown says more for it.
    """
    grid, hidden = drawn
    sheet = Sheet(grid)
    row = who if who < len(grid) else -1
    attacker = PUBLIC if row < 0 else sheet.insider(row)
    verdicts, said = list[Verdict](), list[Statement]()
    for columns, per_cent in questions:
        of, part = chance.randrange(len(grid)), frozenset(c for c in columns if c < len(grid[0]))
        answer = met(grid, (of, part, per_cent))
        verdicts.append((of, part, per_cent, answer))
        terms = {
            of * sheet.width + c: 100 * per_cent.denominator * (c in part) - per_cent.numerator
            for c in range(sheet.width)
        }
        said.append(Statement(terms=terms, low=0 if answer else None, high=None if answer else -1))
    every = intervals(grid, hidden, frozenset({row} - {-1}), verdicts)
    for place in sheet.places:
        own = 0 if row < 0 or place[0] not in (-1, row) else sum(grid[row]) if place[1] < 0 else grid[row][place[1]]
        low, high = (end - own for end in every[place])
        assert interval(sheet.values, [*sheet.shown(hidden), *said], sheet.secret(place), attacker) == (low, high), (
            place
        )


def test_two_releases_one_person_apart() -> None:
    """Either release is safe. One school corrected a count by one, and the difference of the totals says so."""
    first = [exactly((0, 1), 47), exactly((2, 3), 60)]
    second = [exactly((4, 1), 48), exactly((5, 3), 59)]
    values = [3, 44, 20, 40, 4, 19]
    cell = Cell(table="level", row="school", column="highest")
    secrets = [Secret(cell=cell, school=SchoolId("a"), atoms=(atom,)) for atom in (0, 4)]
    assert attack(values, first, secrets[:1], [PUBLIC], 5).exposures == ()
    assert attack(values, second, secrets[1:], [PUBLIC], 5).exposures == ()
    found = attack(values, [*first, *second], secrets, [PUBLIC], 5).exposures
    assert [(e.secret.atoms, e.low, e.high) for e in found] == [
        ((4,), 1, 48)
    ]  # it cannot be none: it is one more than before


def test_a_newcomer_between_two_releases_is_read_off() -> None:
    """The same schools and one more: its whole row is the difference."""
    values = [10, 90, 12, 80, 2, 30]
    releases = [exactly((0, 2), 22), exactly((1, 3), 170), exactly((0, 2, 4), 24), exactly((1, 3, 5), 200)]
    secret = Secret(cell=Cell(table="level", row="c", column="highest"), school=SchoolId("c"), atoms=(4,))
    assert [(e.low, e.high) for e in attack(values, releases, [secret], [PUBLIC], 5).exposures] == [(2, 2)]


def test_a_guarded_count_must_stay_open_by_k() -> None:
    sheet = Sheet([[30, 20], [30, 40]])
    guarded = [sheet.secret((0, 0), guarded=True)]
    assert attack(sheet.values, sheet.shown([(0, 0)]), guarded, [PUBLIC], 5).exposures[0].high == 30
    assert attack(sheet.values, sheet.shown([(0, 0), (0, 1), (1, 0), (1, 1)]), guarded, [PUBLIC], 5).exposures == ()


def test_a_row_of_few_is_kept_from_those_who_make_it_no_row_of_enough() -> None:
    """Five schools and their total. Two that look on from outside are left with the three others, as any two of five
    are; to the public, and to one alone, the three are too few for a row.
    """
    sheet = Sheet([[30], [31], [32], [33], [34]])
    few = frozenset(SchoolId(str(row)) for row in range(3))
    secret = replace(sheet.secret((0, 0), guarded=True), atoms=(0, 1, 2), few=few)
    known = [exactly(range(5), 160)]
    attackers = [PUBLIC, sheet.insider(3), sheet.insider(3, 4), sheet.insider(0, 3)]
    assert attack(sheet.values, known, [secret], attackers, 5, schools=5).exposures == ()
    assert [e.attacker for e in attack(sheet.values, known, [secret], attackers, 5, schools=6).exposures] == [
        sheet.insider(3, 4)
    ]
    small = Sheet([[1], [1], [1], [33], [34]])
    found = attack(small.values, [exactly(range(5), 70)], [secret], [small.insider(3, 4)], 5, schools=5)
    assert [(e.value, e.high) for e in found.exposures] == [(3, 3)]


def test_a_tiny_band_must_be_open_as_far_as_it_is_anyway() -> None:
    """Four pupils, one of whom is known to have an answer that counts: three at most were not screened."""
    values = [1, 3, 40]
    statements = [exactly((0, 1), 4), Statement(terms={1: 1}, low=1, high=None)]
    secret = Secret(cell=Cell(table="t", row="r", column="c"), atoms=(0,))
    tiny = Rooms(of=[0, 0, 1], holds=[4, 50])
    assert [e.target for e in attack(values, statements, [secret], [PUBLIC], 5, room=tiny).exposures] == [4]
    known = replace(tiny, some={0: frozenset({1})})
    assert attack(values, statements, [secret], [PUBLIC], 5, room=known).exposures == ()


@pytest.mark.parametrize("others", range(7))
def test_nobody_may_know_that_a_group_is_whole_or_all_but(others: int) -> None:
    """Forty of 40, or all but a few.

    A zero that does the telling counts like any other few; five others are enough to hide among.
    """
    sheet = Sheet([[others, 40], [30, 40]])
    group = Secret(cell=sheet.secret((0, 0)).cell, atoms=(0,), beside=(1,))
    everything, nothing = sheet.shown([]), sheet.shown([(0, 0), (0, 1), (1, 0), (1, 1)])
    found = attack(sheet.values, everything, [group], [PUBLIC], 5).exposures
    assert [(e.value, e.low, e.high) for e in found] == ([(others, others, others)] if others < 5 else [])
    assert attack(sheet.values, nothing, [group], [PUBLIC], 5).exposures == ()


def test_a_group_of_nobody_is_no_group() -> None:
    sheet = Sheet([[0, 0], [30, 40]])
    group = Secret(cell=sheet.secret((0, 0)).cell, atoms=(0,), beside=(1,))
    assert attack(sheet.values, sheet.shown([]), [group], [PUBLIC], 5).exposures == ()


def test_a_group_may_be_whole_to_an_insider_only() -> None:
    """The only ones who are not are mine."""
    sheet = Sheet([[9, 40], [0, 30], [1, 30]])
    group = Secret(cell=sheet.secret((-1, 0)).cell, atoms=sheet.atoms((-1, 0)), beside=sheet.atoms((-1, 1)))
    totals = sheet.shown(place for place in sheet.places if place[0] >= 0)
    found = attack(sheet.values, totals, [group], [PUBLIC, sheet.insider(0), sheet.insider(1)], 5).exposures
    assert [(e.attacker.schools, e.value, e.high) for e in found] == [(("0",), 1, 1)]


def test_an_untrue_statement_is_refused() -> None:
    with pytest.raises(UntrueStatementError):
        attack([3], [exactly((0,), 4)], [], [PUBLIC], 5)


ODD = [
    Statement(terms={0: 2, 1: 2, 2: 2}, low=6, high=6),
    Statement(terms={0: 1, 1: 1}, low=1, high=3),
    Statement(terms={0: 2, 1: -2}, low=-1, high=1),
]


def test_a_fraction_is_no_witness() -> None:
    """Half of a pupil could stand in the first place. No pupil can: the solver's word is not taken."""
    assert interval([1, 1, 1], ODD, Secret(cell=Cell(table="t", row="r", column="c"), atoms=(0,))) == (1, 1)


@pytest.mark.parametrize(
    "answer", [None, np.array([0.5, 0.5, 2.0, 0.0]), np.array([-1.0, 2.0, 2.0]), np.array([9.0, 9.0, 9.0])]
)
def test_what_the_solver_gets_wrong_counts_as_unsafe(
    answer: np.ndarray | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gave up, half a pupil, less than none, a table that denies what is published."""
    sheet = Sheet([[3, 20], [30, 40]])
    hidden = [(0, 0), (0, 1), (1, 0), (1, 1)]
    monkeypatch.setattr(Program, "solve", lambda _: None if answer is None else np.resize(answer, 8))
    assert exposed(tried(sheet, hidden, 5)) == {("0", "0"): (3, 3)}


@settings(max_examples=max(10, EXPLORED // 4), deadline=None)
@given(sheets(), st.integers(2, 4))
def test_each_attacker_finds_beside_others_what_he_finds_alone(drawn: tuple[Grid, frozenset[Place]], k: int) -> None:
    """What few can trade is looked at for everybody at once, and hides nothing from anybody."""
    sheet, hidden = Sheet(drawn[0]), drawn[1]
    attackers = [PUBLIC, *map(sheet.insider, range(len(sheet.grid)))]
    together = tried(sheet, hidden, k, attackers).exposures
    for attacker in attackers:
        alone = tried(sheet, hidden, k, [attacker]).exposures
        assert {(e.value, e.target, e.low, e.high) for e in together if e.attacker == attacker} == {
            (e.value, e.target, e.low, e.high) for e in alone
        }


def test_one_trade_serves_many() -> None:
    """Ten rows that only their margins are shown of: 60 secrets, each before 56 attackers."""
    sheet = Sheet([[(row + 3 * column) % 5 + 1 for column in range(6)] for row in range(10)])
    inner = list(product(range(10), range(6)))
    attackers = [PUBLIC, *(sheet.insider(*rows) for n in (1, 2) for rows in combinations(range(10), n))]
    secrets = [sheet.secret(place) for place in inner]
    found = attack(sheet.values, sheet.shown(inner), secrets, attackers, 5)
    assert found.exposures == ()
    assert found.programs < 2 * len(inner)


def test_the_attack_says_how_much_it_tried() -> None:
    sheet = Sheet([[3, 20], [30, 40]])
    found = tried(sheet, [(0, 0), (0, 1), (1, 0), (1, 1)], 5, [PUBLIC])
    assert (found.attackers, found.secrets, found.exposures) == (1, 1, ())
    assert found.programs >= 2
