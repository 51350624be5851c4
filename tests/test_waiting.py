"""Advice before a release is made public: what more schools would bring, from public facts alone, at a terminal only."""

from __future__ import annotations

import io
import sys

import pytest
from msgspec.structs import replace

from generator.cli.commands.release import tell_released
from generator.cli.request import Request
from generator.model.cells import Suppressed
from generator.model.ids import SchoolId
from generator.model.registry import TOTAL, Because, Merged
from generator.model.releases import Release, Withdrawal, id_of
from generator.model.schools import Stage
from generator.problems import Position
from generator.records.repository import Repository
from generator.statistics.waiting import Wait, waiting
from generator.text import Language, Text
from tests.command import Terminal
from tests.released import chain
from tests.test_compliance import sample

FIRST = chain()[0]
SCHOOLS = sorted(sample().schools)
SENIOR = [id_ for id_ in SCHOOLS if Stage.SENIOR in sample().schools[id_].shape_on(FIRST.released_on).stages]


def repository(*releases: Release, withdrawn: bool = False) -> Repository:
    gone = {
        one.id: Withdrawal(id=one.id, withdrawn_on=one.released_on, reason=Text(zh="x"), source=Position(path=""))
        for one in releases
    }
    return replace(
        sample(), releases={one.id: one for one in releases}, withdrawals=gone if withdrawn else {}, receipts={}
    )


def release(schools: list[SchoolId], total: int, *, limit: int = 5, senior: int | None = None) -> Release:
    """Of these schools; the total stands for so many of them. With `senior` of so few it stands with junior."""
    table = FIRST.tables[0]
    row = replace(next(row for row in table.rows if row.id == TOTAL), schools=total)
    because = Merged(row="junior+senior", because=Because.FEW_SCHOOLS, part="senior", schools=senior or 0)
    bands = (*FIRST.plan.bands[:3], ("junior", "senior"))
    plan = FIRST.plan if senior is None else replace(FIRST.plan, bands=bands, merged=(because,))
    return replace(
        FIRST,
        counted=dict.fromkeys(schools, 1),
        tables=(replace(table, rows=(row,)),),
        limits=replace(FIRST.limits, schools=limit),
        plan=plan,
    )


def told(made: Release, language: Language, stream: io.TextIOWrapper, known: Repository) -> str:
    said, sys.stdout = sys.stdout, stream
    try:
        tell_released(Request(command="release", options={}, words=(), language=language), known, made, ())
    finally:
        sys.stdout = said
    stream.seek(0)
    return stream.read()


@pytest.mark.parametrize(("counted", "advised"), [(4, False), (5, True), (9, True), (10, False)])
def test_where_few_schools_have_filed_the_tenth_is_worth_waiting_for(counted: int, advised: bool) -> None:
    found = list(waiting(repository(), release(SCHOOLS[:counted], counted), None))
    assert [(one.wait, one.row, one.schools, one.needed) for one in found] == (
        [(Wait.PAIRS, TOTAL, counted, 10)] if advised else []
    )
    assert all(one.absent == tuple(SCHOOLS[counted:]) for one in found)


def test_nobody_is_waited_for_in_vain() -> None:
    """Where all have filed, or where all together would not be enough."""
    nine = release(SCHOOLS[:9], 9)
    there = replace(sample(), schools={id_: one for id_, one in sample().schools.items() if id_ in SCHOOLS[:9]})
    assert list(waiting(replace(there, releases={}, receipts={}), nine, None)) == []
    closed = {
        id_: one if id_ in nine.counted else replace(one, closed_on=FIRST.released_on.replace(year=2020))
        for id_, one in sample().schools.items()
    }
    assert list(waiting(replace(repository(), schools=closed), nine, None)) == []


def test_a_stage_of_few_schools_may_get_its_row_once_the_others_have_filed() -> None:
    assert len(SENIOR) >= 3
    others = [id_ for id_ in SCHOOLS if id_ not in SENIOR]
    made = release([*others, *SENIOR[:2]], len(others) + 2, limit=3, senior=2)
    (found,) = waiting(repository(), made, None)
    assert (found.wait, found.row, found.schools, found.needed) == (Wait.ROW, "senior", 2, 3)
    assert found.absent == tuple(SENIOR[2:])
    assert list(waiting(repository(), release(others, len(others), limit=len(SENIOR) + 1, senior=0), None)) == []


@pytest.mark.parametrize("anew", [1, 4, 5])
@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_correction_of_few_schools_is_better_kept_back(anew: int, withdrawn: bool) -> None:
    before = release(SCHOOLS, len(SCHOOLS))
    after = replace(
        before, id=id_of(before.term, 2), revision=2, counted={**before.counted, **dict.fromkeys(SCHOOLS[:anew], 2)}
    )
    known = repository(before, withdrawn=withdrawn)
    found = [(one.wait, one.schools, one.needed) for one in waiting(known, after, before)]
    assert found == ([(Wait.ANEW_WITHDRAWN if withdrawn else Wait.ANEW, anew, 5)] if anew < 5 else [])


def test_the_advice_follows_from_no_figure() -> None:
    made = release(SCHOOLS[:9], 9)
    hidden = [
        replace(table, rows=tuple(replace(r, cells=dict.fromkeys(r.cells, Suppressed())) for r in table.rows))
        for table in made.tables
    ]
    assert [*waiting(repository(), made, None)] == [*waiting(repository(), replace(made, tables=tuple(hidden)), None)]


@pytest.mark.parametrize("language", Language)
def test_it_is_told_to_a_person_and_in_no_log(language: Language) -> None:
    made, known = release(SCHOOLS[:9], 9), repository()
    logged = told(made, language, io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), known)
    shown = told(made, language, Terminal(io.BytesIO(), encoding="utf-8"), known)
    assert logged.count("\n") == 1
    assert shown.startswith(logged)
    assert known.schools[SCHOOLS[9]].title.in_(language) in shown
    assert shown.count("\n") == 2
