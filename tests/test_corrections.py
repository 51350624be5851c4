"""Corrections of a term: what a second release may say beside the first. Each case is one that an attack found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import pytest
from msgspec.structs import replace

from generator.model.cells import Shown
from generator.model.ids import SchoolId
from generator.model.registry import TOTAL, registry
from generator.model.releases import Limits
from generator.model.schools import SchoolType
from generator.model.submission import Counts
from generator.statistics.corrections import FiledAnew, passes
from generator.statistics.tables import Filing, Ledger, tabulate
from tests.invented import ORDINARY, TERM, Invented, district

LIMITS = Limits(k=5, schools=5, per_cent=80, base=1, dominance=10)


def changes(*amounts: int) -> dict[SchoolId, int]:
    return {SchoolId(f"s{number}"): amount for number, amount in enumerate(amounts)}


@pytest.mark.parametrize(
    ("amounts", "may"),
    [
        ((0, 0, 0, 0, 0), True),  # nothing changed
        ((4, 4, 4, 4, 4), True),
        ((20, 0, 0, 0, 0), False),  # five file anew, one changes
        ((1, 1, 1, 1, 0), False),  # few together
        ((9, -9, 4, 4, -6), False),  # few on balance
        ((9, 9, 1, 1, 1), False),  # two of few schools together know the others' three
        ((-9, -9, -9, -9, -9), True),
        ((30, 1, 1, 0, 0), False),  # one has nearly all of it, and the second knows the first
    ],
)
def test_a_change_is_held_to_the_limits_of_any_count(amounts: tuple[int, ...], *, may: bool) -> None:
    assert passes(changes(*amounts), LIMITS) is may


def test_each_school_takes_its_own_change_away() -> None:
    """Twelve schools: too many for pairs. To the one that fell by nine, the others' rise is none on balance; to the one
    that rose by six it is three.
    """
    many = (6, 1, 1, 1, -9, 2, 2, 1, 1, 1, 1, 1)
    assert sum(many) == 9
    assert passes(changes(*many), LIMITS) is False
    assert passes(changes(*(2 * abs(amount) for amount in many)), LIMITS) is True


# --- districts ---------------------------------------------------------------------------------------------------------


@cache
def eighteen() -> Invented:
    """Eleven primary and seven junior schools."""
    return district([(SchoolType.PRIMARY, 11, ORDINARY), (SchoolType.JUNIOR, 7, ORDINARY)])


def moving(
    amounts: Mapping[str, int], change: Callable[[Counts, int], Counts], hidden: str = ""
) -> set[tuple[str, str, str]]:
    """What may move if these schools file again with so much changed in each band, all counts having been shown but
    those of a hidden column, and what is open set aside.
    """
    whole = dict(eighteen().submissions)
    for name, amount in amounts.items():
        old = whole[Filing(term=TERM, school=SchoolId(name), revision=1)]
        bands = {band: change(counts, amount) for band, counts in old.bands.items()}
        whole[Filing(term=TERM, school=SchoolId(name), revision=2)] = replace(old, revision=2, bands=bands)
    repository = eighteen().repository
    types = {school.id: school.type for school in repository.schools.values()}
    ledger = Ledger([whole[filing] for filing in sorted(whole)], types, repository.district.risk_levels)
    tables = registry(repository.district.risk_levels, ["term-start", "national-day", "mid-term"])
    last = {filing.school: filing for filing in sorted(whole)}
    old_view, new_view = (
        tabulate(ledger, tables, some, LIMITS)
        for some in ([filing for filing in sorted(whole) if filing.revision == 1], list(last.values()))
    )
    cells_before = old_view.cells.items()
    shown = {c: Shown(value=sum(ledger.values[a] for a in at)) for c, at in cells_before if c.column != hidden}
    units = FiledAnew(ledger, tables, (old_view, new_view), shown, LIMITS).moving()
    cells = [cell for unit in units for cell in unit if cell.column not in ("enrolment", "electronic-files")]
    assert len(cells) == len(set(cells))
    return {(cell.table, cell.row, cell.column) for cell in cells}


def counselled(counts: Counts, more: int) -> Counts:
    return replace(counts, counselled=counts.counselled + more)


def higher(counts: Counts, pupils: int) -> Counts:
    none, general, *_ = counts.levels
    levels = {**counts.levels, none: counts.levels[none] - pupils, general: counts.levels[general] + pupils}
    return replace(counts, levels=levels)


def more_answers(counts: Counts, useless: int) -> Counts:
    """Nine more with nothing found, and so many more answers of no use."""
    none = next(iter(counts.levels))
    return replace(counts, levels={**counts.levels, none: counts.levels[none] + 9}, invalid=counts.invalid + useless)


def rows(found: set[tuple[str, str, str]], column: str) -> set[tuple[str, str]]:
    return {(table, row) for table, row, name in found if name == column}


def test_a_row_of_one_does_not_move() -> None:
    """Four primary schools and one junior: the total may move, and with it no row: the junior one would follow."""
    found = moving({"s001": 6, "s002": 6, "s003": 6, "s004": 6, "s012": 6}, counselled)
    assert rows(found, "counselled") == {("services", TOTAL)}


def test_rows_move_until_what_is_left_would_be_of_few() -> None:
    """Six primary schools and four junior: each primary row is of six, and what is left beside all three is of four."""
    found = moving({f"s{number:03}": 6 for number in (1, 2, 3, 4, 5, 6, 12, 13, 14, 15)}, counselled)
    assert len(rows(found, "counselled")) == 3
    assert ("services", "junior") not in rows(found, "counselled")


@pytest.mark.parametrize("amounts", [{"s012": 8, "s013": 8}, {"s001": 9}])
def test_neither_one_school_nor_two_insiders(amounts: Mapping[str, int]) -> None:
    assert moving(amounts, counselled) == set()


def test_ten_schools_move_every_row() -> None:
    found = moving({f"s{number:03}": 6 for number in (1, 2, 3, 4, 5, 12, 13, 14, 15, 16)}, counselled)
    bands = ("primary-lower", "primary-middle", "primary-upper", "junior", TOTAL)
    assert rows(found, "counselled") == {("services", band) for band in bands}


def test_figures_that_say_something_of_each_other_move_together_or_not_at_all() -> None:
    """Five schools put pupils one level higher: with nothing found and the level change as much, the others not at all,
    in three tables. If one of them has nearly all of it, none of these moves.
    """
    even = moving({f"s{number:03}": 9 for number in (1, 2, 3, 4, 5)}, higher)
    names = {(table, column) for table, row, column in even if row == TOTAL}
    assert names >= {("participation", "due"), ("stage-level", "general"), ("type-level", "valid")}
    uneven = moving({f"s{number:03}": 90 if number == 1 else 1 for number in (1, 2, 3, 4, 5)}, higher)
    assert {table for table, _, _ in uneven}.isdisjoint({"participation", "stage-level", "type-level"})


def test_a_school_type_never_moves() -> None:
    found = moving({f"s{number:03}": 9 for number in range(1, 19)}, higher)
    assert {row for table, row, _ in found if table == "type-level"} == {TOTAL}


@pytest.mark.parametrize("hidden", ["", "invalid"])
def test_what_follows_from_two_sums_is_held_to_the_limits_too(hidden: str) -> None:
    """Who was screened less who has a result is whose answers were of no use, shown or not. One school changed that."""
    names = [f"s{number:03}" for number in (1, 2, 3, 4, 5)]
    one = moving(dict.fromkeys(names, 0) | {"s001": 3}, more_answers, hidden)
    assert {table for table, _, _ in one}.isdisjoint({"participation", "stage-level"})
    everybody = moving(dict.fromkeys(names, 3), more_answers, hidden)
    assert ("participation", TOTAL, "screened") in everybody
