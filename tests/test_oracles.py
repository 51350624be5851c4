"""What others expect of the same tables: sdcTable, tau-ARGUS, GaussSuppression, SmallCountRounding, the handbook,
OpenSAFELY.

A heuristic need not choose the same cells (ties, costs). Held are the intervals of an attacker, the number of cells
where an optimum is known, and that what another tool calls safe from exact disclosure is so for our attack. Sources in
`tests/vectors/sdc/README.md`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path

import pytest

from generator.model.cells import Cell, Shown, Suppressed
from generator.model.ids import SchoolId
from generator.statistics.attack import PUBLIC, Attacker, attack, interval
from generator.statistics.protect import Draft, Original, protect
from generator.statistics.tables import Atoms, Secret, Statement, dominates, rounded, rounding_box

SDC = Path(__file__).resolve().parent / "vectors" / "sdc"
TOTAL = "Total"


def rows(name: str) -> list[dict[str, str]]:
    with (SDC / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Crossed:
    """Inner cells by row and column, and every margin."""

    def __init__(self, counts: Mapping[tuple[str, str], int]) -> None:
        self.values = list(counts.values())
        sides = [list(dict.fromkeys(key[side] for key in counts)) for side in (0, 1)]
        numbered = {key: number for number, key in enumerate(counts)}
        self.cells = {
            cell_of(row, column): tuple(
                n for key, n in numbered.items() if row in (key[0], TOTAL) and column in (key[1], TOTAL)
            )
            for row, column in product([*sides[0], TOTAL], [*sides[1], TOTAL])
        }

    def value(self, cell: Cell) -> int:
        return sum(self.values[atom] for atom in self.cells[cell])

    def statements(self, hidden: Iterable[Cell]) -> list[Statement]:
        hidden = set(hidden)
        return [exactly(atoms, self.value(cell)) for cell, atoms in self.cells.items() if cell not in hidden]

    def interval(self, cell: Cell, hidden: Iterable[Cell]) -> tuple[int, int]:
        return interval(self.values, self.statements(hidden), Secret(cell=cell, atoms=self.cells[cell]))

    def protect(
        self, k: int, *, sensitive: Iterable[Cell] | None = None, gated: Iterable[Cell] = (), base: int = 1
    ) -> Draft:
        whole = frozenset(self.cells if sensitive is None else sensitive)
        return protect(
            Original(
                values=self.values,
                cells=self.cells,
                sensitive=whole,
                known=(),
                insiders=(),
                k=k,
                gated=frozenset(gated),
                base=base,
            )
        )


def cell_of(row: str, column: str) -> Cell:
    return Cell(table="t", row=row, column=column)


def exactly(atoms: Atoms, value: int) -> Statement:
    return Statement(terms=dict.fromkeys(atoms, 1), low=value, high=value)


def hidden_in(draft: Draft) -> set[Cell]:
    return {cell for cell, published in draft.cells.items() if isinstance(published, Suppressed)}


# --- sdcTable ---------------------------------------------------------------------------------------------------------

SDCTABLE = Crossed({(r["row"], r["col"]): int(r["count"]) for r in rows("sdctable_4x4.csv")})
UNSAFE = [cell_of(r["row"], r["col"]) for r in rows("sdctable_4x4.csv") if r["status"] == "u"]


def test_sdctable_two_hidden_in_every_line_are_not_enough() -> None:
    assert len(UNSAFE) == 9
    assert SDCTABLE.interval(cell_of("w", "b"), UNSAFE) == (47, 47)


def test_sdctable_one_more_makes_it_safe() -> None:
    assert SDCTABLE.interval(cell_of("w", "b"), [*UNSAFE, cell_of("x", "d")]) == (0, 78)


def test_sdctable_we_find_that_one_more_is_enough() -> None:
    draft = SDCTABLE.protect(5, sensitive=(), gated=UNSAFE)
    assert len(hidden_in(draft)) == 10
    assert draft.unmet == 0
    for cell in UNSAFE:
        low, high = SDCTABLE.interval(cell, hidden_in(draft))
        assert high - low >= 5


# --- tau-ARGUS --------------------------------------------------------------------------------------------------------

TAUARGUS = {(r["region"], r["gender"]): r for r in rows("tauargus_ex1.csv")}


def test_tauargus_the_optimum_is_found() -> None:
    crossed = Crossed({key: int(r["count"]) for key, r in TAUARGUS.items() if TOTAL not in key})
    assert all(crossed.value(cell_of(*key)) == int(r["count"]) for key, r in TAUARGUS.items())
    (unsafe,) = (cell_of(*key) for key, r in TAUARGUS.items() if r["status"] == "u")
    draft = crossed.protect(5, sensitive=(), gated=[unsafe])
    expected = {cell_of(*key) for key, r in TAUARGUS.items() if r["optimal"] in "ux"}
    assert len(hidden_in(draft)) == len(expected) == 4
    for hidden in (hidden_in(draft), expected):
        low, high = crossed.interval(unsafe, hidden)
        assert low < crossed.value(unsafe) < high


# --- GaussSuppression -------------------------------------------------------------------------------------------------


def test_gauss_suppression_hides_no_fewer_and_is_exact_where_ours_is_wide() -> None:
    crossed = Crossed({(r["region"], r["hovedint"]): int(r["ant"]) for r in rows("ssb_z1.csv")})
    theirs = {cell_of(r["region"], r["hovedint"]): r for r in rows("gauss_z1_default.csv")}
    assert all(crossed.value(cell) == int(r["ant"]) for cell, r in theirs.items())
    primary = {cell for cell, r in theirs.items() if r["primary"] == "TRUE"}
    suppressed = {cell for cell, r in theirs.items() if r["suppressed"] == "TRUE"}
    assert (len(primary), len(suppressed)) == (3, 6)
    for cell in primary:  # what they call safe is not exactly disclosed to our attacker either
        low, high = crossed.interval(cell, suppressed)
        assert low < high
    ours = crossed.protect(4)  # their default: up to 3
    assert ours.primary == primary
    assert len(hidden_in(ours)) <= 1.2 * len(suppressed)
    secrets = [Secret(cell=cell, atoms=atoms) for cell, atoms in crossed.cells.items()]
    assert attack(crossed.values, crossed.statements(hidden_in(ours)), secrets, [PUBLIC], 4).exposures == ()


# --- SmallCountRounding -----------------------------------------------------------------------------------------------


def test_small_count_rounding_their_margins_and_ours_hide_the_same_truth() -> None:
    """They round so that everything adds up, we round each number on its own: both must leave the true margins
    possible.
    """
    crossed = Crossed({(r["rows"], r["cols"]): int(r["freq"]) for r in rows("scr_exPSD.csv")})
    published = {
        cell_of(r["rows"], r["cols"]): (int(r["original"]), int(r["rounded"])) for r in rows("scr_exPSD_base5.csv")
    }
    for cell, (original, theirs) in published.items():
        assert crossed.value(cell) == original
        low, high = rounding_box(rounded(original, 5), 5)
        assert low <= original <= high
        assert abs(theirs - original) <= 2
    assert (
        sum(v for cell, (_, v) in published.items() if cell.column == TOTAL and cell.row != TOTAL)
        == published[cell_of(TOTAL, TOTAL)][1]
    )


# --- the handbook: differencing ---------------------------------------------------------------------------------------


def found(values: Mapping[str, int], statements: Iterable[tuple[str, int]], k: int = 3) -> dict[str, tuple[int, int]]:
    """Which of these atoms the public works out too closely; a statement is names joined by ` + `."""
    numbers = {name: number for number, name in enumerate(values)}
    known = [exactly(tuple(numbers[name] for name in names.split(" + ")), value) for names, value in statements]
    secrets = [Secret(cell=cell_of("r", name), atoms=(number,)) for name, number in numbers.items()]
    return {
        e.secret.cell.column: (e.low, e.high)
        for e in attack(list(values.values()), known, secrets, [PUBLIC], k).exposures
    }


def test_handbook_geographical_differencing() -> None:
    """One area in two delineations; the strip between them is read off."""
    older = {"m30": 52, "m16": 130, "m0": 39, "f30": 55, "f16": 140, "f0": 49}
    newer = {"m30": 50, "m16": 128, "m0": 39, "f30": 54, "f16": 140, "f0": 49}
    values = {**newer, **{f"{name}-strip": older[name] - newer[name] for name in newer}}
    assert found(values, newer.items()) == {}
    published = [*newer.items(), *((f"{name} + {name}-strip", count) for name, count in older.items())]
    assert found(values, published) == {"m30-strip": (2, 2), "m16-strip": (2, 2), "f30-strip": (1, 1)}


def test_handbook_linking() -> None:
    """The employed, everybody and the men, by where they live and work: the woman who does both in the area is unique."""
    values = {"both-m": 21, "both-f": 1, "live-m": 58, "live-f": 5, "work-m": 23, "work-f": 4}
    everybody = [
        ("both-m + both-f + work-m + work-f", 49),
        ("both-m + both-f + live-m + live-f", 85),
        ("both-m + both-f", 22),
    ]
    assert found(values, everybody) == {}
    assert found(values, [*everybody, ("both-m", 21), ("live-m", 58), ("work-m", 23)]) == {"both-f": (1, 1)}


def test_handbook_sub_populations() -> None:
    """Hours worked, cut at 20 in one table and at 25 in the other."""
    values = {"m<20": 6, "m20-24": 1, "m25-39": 8, "f<20": 10, "f20-24": 0, "f25-39": 38}
    first = [("m<20", 6), ("m20-24 + m25-39", 9), ("f<20", 10), ("f20-24 + f25-39", 38)]
    second = [("m<20 + m20-24", 7), ("m25-39", 8), ("f<20 + f20-24", 10), ("f25-39", 38)]
    assert found(values, first) == found(values, second) == {}
    assert found(values, [*first, *second]) == {"m20-24": (1, 1)}


@pytest.mark.parametrize(
    ("parts", "others", "per_cent", "unsafe"),
    [
        ((50_000, 49_000, 1_000), 1, 10, True),  # the largest has half, and the second knows it to within 2 per cent
        ((50_000, 49_000, 1_000), 1, 2, False),  # exactly 2 per cent is as much as is asked
        ((50_000, 49_000, 1_000), 1, 3, True),
        ((9_900, *[2] * 50), 1, 10, True),  # one large and fifty very small ones
        ((40, 30, 20, 10), 1, 10, False),
        ((40, 30, 20, 10), 2, 10, False),
        ((40, 30, 20, 3), 2, 10, True),  # of four, two put their parts together
        ((40,), 1, 10, True),  # a cell of one
        ((40, 30), 1, 10, True),  # of two: either knows the other's part
        ((0, 0, 0), 1, 10, False),  # of none there is no largest part
    ],
)
def test_handbook_p_per_cent_rule(parts: tuple[int, ...], others: int, per_cent: int, *, unsafe: bool) -> None:
    """The total less the largest part and those of `others` is under p per cent of the largest. By a rule on the largest
    share alone (90 per cent) the first case is safe.
    """
    assert dominates(parts, others, per_cent) is unsafe
    (estimate,) = {sum(parts) - sum(parts[1 : 1 + others])}  # of the largest, by those who take their own away
    assert (100 * (estimate - parts[0]) < per_cent * parts[0]) is unsafe


def test_handbook_a_cell_of_one_and_a_cell_of_two() -> None:
    """Everybody reads off a cell of one; either of two takes its own away."""
    parts = [Secret(cell=cell_of("r", str(n)), school=SchoolId(str(n)), atoms=(n,), guarded=True) for n in range(3)]
    mine = [Attacker(schools=(SchoolId(str(n)),), knows=(n,)) for n in range(3)]
    alone = attack([40, 30, 60], [exactly((0,), 40)], parts[:1], [PUBLIC], 5).exposures
    assert [(e.low, e.high) for e in alone] == [(40, 40)]
    two = attack([40, 30, 60], [exactly((0, 1), 70)], parts[:2], [PUBLIC, *mine[:2]], 5).exposures
    assert {(e.attacker.schools, e.secret.school, e.low, e.high) for e in two} == {
        (("0",), "1", 30, 30),
        (("1",), "0", 40, 40),
    }
    three = [exactly((0, 1, 2), 130)]
    assert attack([40, 30, 60], three, parts, [PUBLIC, *mine], 5).exposures == ()
    together = Attacker(schools=(SchoolId("1"), SchoolId("2")), knows=(1, 2))
    assert [(e.low, e.high) for e in attack([40, 30, 60], three, parts, [together], 5).exposures] == [(40, 40)]


# --- OpenSAFELY -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "shown"), [(8, 10), (16, 15), (23, 25), (18, 20), (31, 30), (44, 45)])
def test_opensafely_rounding(count: int, shown: int) -> None:
    assert rounded(count, 5) == shown


def test_opensafely_a_total_beside_one_redacted_cell_gives_it_away() -> None:
    values = {"21-30": 1, "31-40": 10, "41-50": 15, "51+": 25}
    assert found(values, [("31-40", 10), ("41-50", 15), ("51+", 25), ("21-30 + 31-40 + 41-50 + 51+", 51)]) == {
        "21-30": (1, 1)
    }


def test_opensafely_everybody_and_the_men_give_the_woman_away() -> None:
    values = {"men": 7, "women": 1}
    assert found(values, [("men + women", 8)]) == {}
    assert found(values, [("men + women", 8), ("men", 7)]) == {"women": (1, 1)}


def test_opensafely_rounding_to_five_does_not_hide_six_or_seven_from_a_threshold_of_five() -> None:
    """Redact up to 5, round to 5: whatever is shown as 5 was 6 or 7.

    With a threshold of 8 no shown number is that narrow.
    """
    box = set(range(rounding_box(5, 5)[0], rounding_box(5, 5)[1] + 1))
    assert box - set(range(6)) == {6, 7}
    for count in range(8, 100):
        low, high = rounding_box(rounded(count, 5), 5)
        assert high - max(low, 8) >= 4


@pytest.mark.parametrize("base", [5, 10])
def test_every_count_lies_in_the_box_it_is_shown_as(base: int) -> None:
    for count in range(200):
        low, high = rounding_box(rounded(count, base), base)
        assert low <= count <= high
        assert {rounded(c, base) for c in range(low, high + 1)} == {rounded(count, base)}
        assert all(rounded(c, base) != rounded(count, base) for c in (high + 1, *([low - 1] if low else [])))


def test_totals_are_rounded_on_their_own() -> None:
    crossed = Crossed({("a", "x"): 12, ("a", "y"): 12, ("b", "x"): 12, ("b", "y"): 12})
    draft = crossed.protect(5, base=5)
    assert draft.cells[cell_of("a", "x")] == Shown(value=10)
    assert draft.cells[cell_of("a", TOTAL)] == Shown(value=25)
    assert draft.cells[cell_of(TOTAL, TOTAL)] == Shown(value=50)
