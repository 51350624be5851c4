"""How summaries add up: only like things, level upon level, and what one hides is never completed from others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations

import pytest
from msgspec.structs import replace

from generator.model.district import Instrument
from generator.model.ids import TermId
from generator.model.rollup import Added, Alike, CellSum, Pool, RowSum, Summary, added
from tests.city import named, typical_summary


def counts(told: Summary, by: int) -> Summary:
    """The same district with other counts: each verdict so many times, each shown cell so many times."""
    rules = tuple(
        replace(rule, counts={name: tuple(by * n for n in numbers) for name, numbers in rule.counts.items()})
        for rule in told.rules
    )
    pools = tuple(
        replace(pool, tables={t: tuple(_times(row, by) for row in rows) for t, rows in pool.tables.items()})
        for pool in told.pools
    )
    return replace(told, rules=rules, pools=pools)


def _times(row: RowSum, by: int) -> RowSum:
    return replace(row, cells={c: replace(cell, value=by * cell.value) for c, cell in row.cells.items()})


def office(parts: Sequence[Summary]) -> Summary:
    """What an office above these districts hands up."""
    found = added(parts)
    return replace(
        parts[0],
        schools=found.schools,
        rules=found.rules,
        coverage=found.coverage,
        indicators=found.indicators,
        pools=found.pools,
    )


A, B, C = (counts(named(name, name, name), by) for by, name in enumerate("abc", start=1))


def test_counts_of_like_things_are_added() -> None:
    found = added([A, B, C])
    for rule, one in zip(found.rules, sorted(A.rules, key=lambda rule: (rule.id, rule.definition)), strict=True):
        assert rule.districts == 3
        assert rule.counts == {name: tuple(6 * n for n in numbers) for name, numbers in one.counts.items()}
    for pool, its in zip(found.pools, A.pools, strict=True):
        assert (pool.districts, pool.schools) == (3, 3 * its.schools)
        for table, rows in pool.tables.items():
            for row, one_row in zip(rows, its.tables[table], strict=True):
                assert row.cells == {
                    name: CellSum(value=6 * cell.value, shown=3 * cell.shown) for name, cell in one_row.cells.items()
                }


def test_levels_stack_without_a_difference() -> None:
    whole = added([A, B, C])
    assert added([office([A, B]), C]) == added([A, office([B, C])]) == added([office([A, B, C])]) == whole


def test_the_order_of_districts_changes_no_number() -> None:
    def numbers(found: Added) -> object:
        return ({rule.id: rule.counts for rule in found.rules}, {pool.alike: pool for pool in found.pools})

    assert all(numbers(added(list(order))) == numbers(added([A, B, C])) for order in permutations([A, B, C]))


UNLIKE: tuple[Callable[[Alike], Alike], ...] = (
    lambda same: replace(same, term=TermId("2030-2031-1")),
    lambda same: replace(same, form=same.form + 1),
    lambda same: replace(same, limits=replace(same.limits, k=same.limits.k + 1)),
    lambda same: replace(same, limits=replace(same.limits, base=same.limits.base + 4)),
    lambda same: replace(same, limits=replace(same.limits, dominance=same.limits.dominance + 1)),
    lambda same: replace(same, levels=same.levels[:-1]),
    lambda same: replace(same, levels=tuple((id_, True, paper) for id_, _, paper in same.levels)),
    lambda same: replace(same, instruments=(("junior", Instrument.QUESTIONNAIRE),)),
    lambda same: replace(same, windows=(*same.windows, "other")),
)


@pytest.mark.parametrize("change", UNLIKE)
def test_tables_that_differ_in_what_they_count_by_are_never_added(change: Callable[[Alike], Alike]) -> None:
    other = replace(B, pools=tuple(replace(pool, alike=change(pool.alike)) for pool in B.pools))
    found = added([A, other])
    assert {pool.districts for pool in found.pools} == {1}
    assert len(found.pools) == 2 * len({pool.alike for pool in A.pools})


def test_rules_of_one_id_that_ask_for_different_things_are_never_added() -> None:
    other = replace(B, rules=tuple(replace(rule, definition="0" * 12) for rule in B.rules))
    found = added([A, other])
    assert {rule.districts for rule in found.rules} == {1}
    assert len(found.rules) == len(A.rules) + len(B.rules)


def cell(pool: Pool, table: str, row: str, column: str) -> CellSum:
    return next(one for one in pool.tables[table] if one.id == row).cells[column]


def hiding(told: Summary) -> Summary:
    """The same, with one cell hidden that the district showed."""
    pool = told.pools[0]
    table, rows = next(iter(pool.tables.items()))
    last = rows[-1]
    column = next(name for name, found in last.cells.items() if found.shown)
    hidden = replace(last, cells={**last.cells, column: CellSum(value=0, shown=0)})
    return replace(told, pools=(replace(pool, tables={**pool.tables, table: (*rows[:-1], hidden)}), *told.pools[1:]))


def test_a_hidden_cell_is_counted_as_hidden_and_never_completed() -> None:
    first = A.pools[0]
    table, rows = next(iter(first.tables.items()))
    column = next(name for name, found in rows[-1].cells.items() if found.shown)
    theirs = [cell(one.pools[0], table, "total", column).value for one in (A, C)]
    found = added([A, hiding(B), C]).pools[0]
    assert cell(found, table, "total", column) == CellSum(value=sum(theirs), shown=2)
    alone = added([hiding(A), hiding(B)]).pools[0]
    assert cell(alone, table, "total", column) == CellSum(value=0, shown=0)


def test_a_row_that_some_do_not_have_is_of_those_that_have_it() -> None:
    first = A.pools[0]
    table, rows = next(iter(first.tables.items()))
    fewer = replace(B, pools=(replace(first, tables={table: rows[1:]}),))
    found = added([A, fewer]).pools[0]
    row = next(row for row in found.tables[table] if row.id == rows[0].id)
    assert (found.districts, row.districts) == (2, 1)
    assert [row.id for row in found.tables[table]][-1] == "total"


def test_nothing_is_added_where_there_is_nothing() -> None:
    assert added([]) == Added(schools=0, rules=(), coverage=(), indicators=(), pools=())
    assert added([typical_summary()]).schools == typical_summary().schools
