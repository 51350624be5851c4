"""Protection: what it hides suffices, what it need not hide it shows, and what was hidden once stays hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.ids import SchoolId
from generator.statistics import programs
from generator.statistics.attack import PUBLIC, Attack, Attacker, Exposure, attack
from generator.statistics.cut import _demand
from generator.statistics.protect import Demand, Draft, Original, protect
from generator.statistics.tables import Secret, Statement, rounding_box
from tests.test_audit import EXPLORED, Grid, Sheet


def cell(row: int, column: int) -> Cell:
    return Cell(table="sheet", row=str(row), column=str(column))


def drafted(
    sheet: Sheet,
    k: int,
    *,
    insiders: bool = True,
    base: int = 1,
    groups: Iterable[Secret] = (),
    gated: Iterable[Cell] = (),
    inherited: Iterable[Cell] = (),
) -> Draft:
    cells = {cell(*place): sheet.atoms(place) for place in sheet.places}
    return protect(
        Original(
            values=sheet.values,
            cells=cells,
            sensitive=frozenset(cells),
            known=(),
            insiders=[sheet.insider(row).knows for row in range(len(sheet.grid))] if insiders else (),
            k=k,
            groups=tuple(groups),
            gated=frozenset(gated),
            inherited=frozenset(inherited),
            base=base,
        )
    )


def attacked(
    sheet: Sheet, draft: Draft, k: int, base: int = 1, gated: Iterable[Cell] = (), groups: Iterable[Secret] = ()
) -> Attack:
    known = []
    for place in sheet.places:
        match draft.cells[cell(*place)]:
            case Shown(value=value):
                low, high = rounding_box(value, base)
                known.append(Statement(terms=dict.fromkeys(sheet.atoms(place), 1), low=low, high=high))
            case Suppressed():
                pass
    secrets = [
        Secret(cell=cell(*place), atoms=sheet.atoms(place), guarded=cell(*place) in set(gated))
        for place in sheet.places
    ]
    return attack(
        sheet.values, known, [*secrets, *groups], [PUBLIC, *(sheet.insider(row) for row in range(len(sheet.grid)))], k
    )


def hidden(draft: Draft) -> set[Cell]:
    return {where for where, published in draft.cells.items() if isinstance(published, Suppressed)}


grids: st.SearchStrategy[Grid] = st.integers(2, 6).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=3, max_size=8)
)


@settings(max_examples=EXPLORED, deadline=None)
@given(grids, st.integers(2, 6))
def test_what_is_drafted_survives_the_attack(grid: Grid, k: int) -> None:
    sheet = Sheet(grid)
    draft = drafted(sheet, k)
    if draft.unmet == 0:
        assert attacked(sheet, draft, k).exposures == ()
    for place in sheet.places:  # nothing that is shown is small, and what is shown is the truth
        published = draft.cells[cell(*place)]
        if isinstance(published, Shown):
            assert published.value == sheet.value(place)
            assert not 0 < published.value < k


@settings(max_examples=EXPLORED // 4, deadline=None)
@given(grids, st.sampled_from([5, 10]))
def test_with_rounding_too(grid: Grid, base: int) -> None:
    sheet = Sheet(grid)
    draft = drafted(sheet, 5, base=base)
    assert all(published.value % base == 0 for published in draft.cells.values() if isinstance(published, Shown))
    if draft.unmet == 0:
        found = attacked(sheet, draft, 5, base)
        assert {e.secret.cell for e in found.exposures} <= hidden(draft), "what is shown and rounded gives nobody away"


@settings(max_examples=EXPLORED // 4, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=6, max_size=9), st.integers(2, 5))
def test_looking_near_by_first_proves_neither_more_nor_less(grid: Grid, k: int) -> None:
    """As in a large district: each row a block of its own, and only one block beside it looked at before all are."""
    sheet = Sheet(grid)
    unsafe = drafted(sheet, k, insiders=False)
    everywhere = exposures(attacked(sheet, unsafe, k))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("_LARGE", 0), ("_SHORT", 3), ("_BLOCKS", 1)):
            patch.setattr(programs, name, value)
        assert exposures(attacked(sheet, unsafe, k)) == everywhere
        draft = drafted(sheet, k)
    assert draft.unmet > 0 or attacked(sheet, draft, k).exposures == ()


def exposures(found: Attack) -> set[tuple[object, ...]]:
    return {(e.attacker.schools, e.secret.cell, e.value, e.low, e.high) for e in found.exposures}


def test_near_by_is_really_looked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list[bool]()
    part = programs.Program.solve_part

    def counted(program: programs.Program, columns: programs.Whole, *, whole: bool = False) -> programs.Floats | None:
        solution = part(program, columns, whole=whole)
        found.append(solution is not None)
        return solution

    for name, value in (("_LARGE", 0), ("_SHORT", 3), ("_BLOCKS", 2)):
        monkeypatch.setattr(programs, name, value)
    monkeypatch.setattr(programs.Program, "solve_part", counted)
    sheet = Sheet([[30, 20, 1 + row % 4] for row in range(12)])
    draft = drafted(sheet, 5)
    assert attacked(sheet, draft, 5).exposures == ()
    assert any(found)


BIG = [[300, 40, 12, 9], [280, 35, 14, 8], [310, 50, 11, 2], [290, 41, 16, 7], [305, 44, 13, 9]]


def test_one_small_count_costs_three_more_cells() -> None:
    draft = drafted(Sheet(BIG), 5, insiders=False)
    assert draft.primary == {cell(2, 3)}
    assert len(hidden(draft)) == 4


def test_nothing_small_nothing_hidden() -> None:
    assert hidden(drafted(Sheet([row[:3] for row in BIG]), 5)) == set()


def test_zeros_are_shown() -> None:
    draft = drafted(Sheet([[300, 0], [280, 35], [310, 50]]), 5)
    assert draft.cells[cell(0, 1)] == Shown(value=0)


@settings(max_examples=EXPLORED // 4, deadline=None)
@given(grids, st.integers(2, 6))
def test_no_group_is_known_to_be_whole(grid: Grid, k: int) -> None:
    """The first column is printable: where few are in it, it is said of all the row what the other columns say."""
    sheet = Sheet(grid)
    rows = [
        (row, tuple(a for a in sheet.atoms((row, -1)) if a not in sheet.atoms((row, 0))))
        for row in range(-1, len(grid))
    ]
    groups = [Secret(cell=cell(row, 0), atoms=sheet.atoms((row, 0)), beside=beside) for row, beside in rows]
    draft = drafted(sheet, k, groups=groups)
    for row, beside in rows:
        told = sum(sheet.values[atom] for atom in beside) > 0 and sheet.value((row, 0)) < k
        assert not told or isinstance(draft.cells[cell(row, 0)], Suppressed)
    if draft.unmet == 0:
        assert attacked(sheet, draft, k, groups=groups).exposures == ()


def test_a_zero_is_hidden_where_it_speaks_of_everybody_else() -> None:
    sheet = Sheet([[0, 300], [280, 35], [310, 50]])
    assert draft_of(sheet)[cell(0, 0)] == Shown(value=0)
    group = Secret(cell=cell(0, 0), atoms=sheet.atoms((0, 0)), beside=sheet.atoms((0, 1)))
    assert draft_of(sheet, [group])[cell(0, 0)] == draft_of(sheet, [group])[cell(0, 1)] == Suppressed()


def draft_of(sheet: Sheet, groups: Iterable[Secret] = ()) -> Mapping[Cell, Published]:
    return drafted(sheet, 5, groups=groups).cells


def test_what_was_hidden_before_stays_hidden() -> None:
    inherited = cell(0, 0)
    assert inherited not in hidden(drafted(Sheet(BIG), 5, insiders=False))
    assert inherited in hidden(drafted(Sheet(BIG), 5, insiders=False, inherited=[inherited]))


def test_a_gated_row_is_hidden_and_cannot_be_worked_out() -> None:
    sheet = Sheet([row[:3] for row in BIG])
    gated = [cell(0, column) for column in range(-1, 3)]
    draft = drafted(sheet, 5, gated=gated)
    assert set(gated) < hidden(draft)
    assert attacked(sheet, draft, 5, gated=gated).exposures == ()


def test_a_gated_count_may_rise_where_it_cannot_fall() -> None:
    """Eight in the first place, of which the rest of the table could take none over: it stands open upwards."""
    values = [8, 0, 40]
    rows = {"0": (0,), "1": (1,), "total": (0, 1)}
    cells = {Cell(table="a", row=row, column="c"): atoms for row, atoms in rows.items()}
    known = [Statement(terms={1: 1}, low=None, high=0), Statement(terms={0: 1}, low=8, high=None)]
    gated = frozenset({Cell(table="a", row="0", column="c")})
    draft = protect(
        Original(values=values, cells=cells, sensitive=frozenset(), known=known, insiders=(), k=5, gated=gated)
    )
    assert draft.unmet == 0
    assert {c.row for c in hidden(draft)} == {"0", "total"}


def test_a_sum_that_stands_twice_is_hidden_twice() -> None:
    values = [3, 40, 50, 60]
    cells = {
        Cell(table="a", row="r", column="c"): (0,),
        Cell(table="b", row="r", column="c"): (0,),
        Cell(table="a", row="total", column="c"): (0, 1, 2, 3),
        **{Cell(table="a", row=str(n), column="c"): (n,) for n in (1, 2, 3)},
    }
    draft = protect(Original(values=values, cells=cells, sensitive=frozenset(cells), known=(), insiders=(), k=5))
    assert {c for c in hidden(draft) if c.row == "r"} == {Cell(table=t, row="r", column="c") for t in "ab"}
    assert len(hidden(draft)) == 3


def test_what_everybody_knows_already_is_reckoned_with() -> None:
    """An earlier release showed the first two together: they cannot protect each other any more."""
    values = [3, 40, 50, 60]
    cells = {Cell(table="a", row=str(n), column="c"): (n,) for n in range(4)} | {
        Cell(table="a", row="total", column="c"): (0, 1, 2, 3)
    }
    known = [Statement(terms={0: 1, 1: 1}, low=43, high=43)]
    original = Original(values=values, cells=cells, sensitive=frozenset(cells), known=known, insiders=(), k=5)
    assert {c.row for c in hidden(protect(original))} == {"0", "1"}
    known = [Statement(terms={0: 1, 2: 1, 3: 1}, low=113, high=113)]
    rest = protect(Original(values=values, cells=cells, sensitive=frozenset(cells), known=known, insiders=(), k=5))
    assert {c.row for c in hidden(rest)} > {"0"}
    assert hidden(rest) != hidden(protect(original))


def test_a_demand_that_an_attack_found_is_met() -> None:
    """The school of the first row and the one of the second together."""
    sheet = Sheet(BIG)
    knows = sheet.insider(0, 1).knows
    demand = Demand(atoms=sheet.atoms((2, 2)), knows=knows, down=3, up=3)
    cells = {cell(*place): sheet.atoms(place) for place in sheet.places}
    original = Original(
        values=sheet.values, cells=cells, sensitive=frozenset(), known=(), insiders=(), k=5, demands=[demand]
    )
    assert len(hidden(protect(original))) == 4
    assert all(c.row not in ("0", "1") for c in hidden(protect(original)))


@pytest.mark.parametrize("values", [[3, 0], [2, 2]])
def test_what_cannot_be_protected_is_said(values: Sequence[int]) -> None:
    """Two schools, their sum known for good: no suppression makes the first one five or more."""
    cells = {Cell(table="a", row=str(n), column="c"): (n,) for n in range(2)}
    known = [Statement(terms={0: 1, 1: 1}, low=sum(values), high=sum(values))]
    draft = protect(Original(values=values, cells=cells, sensitive=frozenset(cells), known=known, insiders=(), k=5))
    assert draft.unmet > 0


@pytest.mark.parametrize(
    ("value", "beside", "down", "up"),
    [(3, (), 3, 2), (20, (), 5, 0), (5, (), 5, 0), (0, (7,), 0, 5), (3, (7,), 0, 2), (9, (7,), 0, 0)],
)
def test_what_is_demanded_after_an_attack_is_what_that_attacker_was_to_be_left_with(
    value: int, beside: tuple[int, ...], down: int, up: int
) -> None:
    """Without what he knows himself. Of the others of a group nobody must think that there are fewer."""
    secret = Secret(cell=cell(0, 0), atoms=(1, 2, 3), beside=beside)
    attacker = Attacker(schools=(SchoolId("a"),), knows=(3, 4))
    exposure = Exposure(secret=secret, attacker=attacker, value=value, target=5, low=value, high=value, proved=True)
    assert _demand(exposure) == Demand(atoms=(1, 2), knows=(3, 4), down=down, up=up)
