"""Corrections one upon the other, and beside a release that was withdrawn: before the public and every insider."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

import pytest
from msgspec.structs import replace

from generator.model.cells import Cell, Shown, Suppressed
from generator.model.ids import SchoolId
from generator.model.releases import Release, Withdrawal, written
from generator.model.schools import SchoolType
from generator.model.submission import Counts
from generator.problems import Position
from generator.statistics.cut import NoRelease, Why, cut
from generator.statistics.tables import Filing
from generator.text import Text
from tests.conftest import EXPLORING
from tests.invented import DAY, TERM, Invented, district, public
from tests.judge import Judge

MANY = tuple(SchoolId(f"s{number:03}") for number in range(1, 8))
OPEN = ("enrolment", "electronic-files")  # what may be told of a single school


@cache
def made() -> Invented:
    """Seven junior schools of one band; all have filed anew once, the first one twice."""
    once = district([(SchoolType.JUNIOR, 7, (30, 70))])
    whole = dict(once.submissions)
    for revision, schools in ((2, MANY), (3, MANY[:1])):
        for school in schools:
            old = once.submissions[Filing(term=TERM, school=school, revision=1)]
            bands = {band: _more(counts, 6 * (revision - 1)) for band, counts in old.bands.items()}
            filing = Filing(term=TERM, school=school, revision=revision)
            whole[filing] = replace(old, revision=revision, bands=bands)
    return replace(once, submissions=whole)


def _more(counts: Counts, pupils: int) -> Counts:
    return replace(counts, counselled=counts.counselled + pupils)


def counted(anew: Iterable[SchoolId], revision: int = 2) -> dict[SchoolId, int]:
    return dict.fromkeys(MANY, 1) | dict.fromkeys(anew, revision)


def tried(
    which: dict[SchoolId, int], *before: Release, withdrawn: Iterable[Release] = (), of: Invented | None = None
) -> Release | NoRelease:
    gone = {
        one.id: Withdrawal(id=one.id, withdrawn_on=DAY, reason=Text(zh="有错"), source=Position(path=""))
        for one in withdrawn
    }
    repository = replace(made().repository, withdrawals=gone)
    return cut(repository, (of or made()).order(which, before, DAY + timedelta(days=len(before))), lambda _: None)


@cache
def first() -> Release:
    found = tried(counted(()))
    assert isinstance(found, Release)
    return found


@cache
def after(anew: tuple[SchoolId, ...], *, withdrawn: bool = False) -> Release:
    found = tried(counted(anew), first(), withdrawn=[first()] if withdrawn else [])
    assert isinstance(found, Release)
    return found


def unkept(*releases: Release) -> list[object]:
    """The promises that releases together do not keep: to the public, every school, and every two or some two."""
    judge = Judge([written(one) for one in releases], public(made()))
    everybody = judge.attackers()
    attackers = everybody if EXPLORING else [*everybody[:3], everybody[-1]]
    return list(judge.broken(made().submissions.values(), attackers))


def counts(release: Release) -> dict[Cell, object]:
    return {cell: told for cell, told in release.cells.items() if "/" not in cell.column}


@pytest.mark.parametrize("anew", [MANY[:1], MANY[:2], MANY] if EXPLORING else [MANY])
def test_a_correction_that_waits_or_moves_keeps_every_promise(anew: tuple[SchoolId, ...]) -> None:
    """Of one school or two all waits; of all seven, what they changed alike moves."""
    moved = {cell.column for cell, told in counts(after(anew)).items() if counts(first())[cell] != told}
    assert moved == ({"counselled"} if anew == MANY else set())
    assert after(anew).waiting == tuple(sorted(anew))
    assert unkept(first(), after(anew)) == []


@pytest.mark.parametrize("which", [counted(MANY[:1], 3), counted(MANY[:2]), counted(MANY)])
@pytest.mark.parametrize("withdrawn", [(), (0,), (1,), (0, 1)])
def test_a_term_is_never_corrected_again(which: dict[SchoolId, int], withdrawn: tuple[int, ...]) -> None:
    """Neither by the school that waits, which files a third time, nor by others; nor once either is withdrawn."""
    chain = (first(), after(MANY[:1]))
    found = tried(which, *chain, withdrawn=[chain[number] for number in withdrawn])
    assert isinstance(found, NoRelease)
    assert found.why is Why.CORRECTED


# --- beside a release that was withdrawn ------------------------------------------------------------------------------


def test_what_was_withdrawn_is_not_said_again_of_who_filed_anew() -> None:
    """One school mends its figures. What it has a part in waits, and the wrong values do not take the place."""
    told = counts(after(MANY[:1], withdrawn=True))
    assert {cell.column for cell, value in told.items() if isinstance(value, Shown)} == {*OPEN}
    assert any(isinstance(value, Shown) for cell, value in counts(first()).items() if cell.column not in OPEN)
    assert after(MANY[:1], withdrawn=True).waiting == ()  # no row holds a value from before
    assert first().school_verdicts
    assert first().district_verdicts
    assert (after(MANY[:1], withdrawn=True).school_verdicts, after(MANY[:1], withdrawn=True).district_verdicts) == (
        (),
        (),
    )
    before, bands = first().participation, after(MANY[:1], withdrawn=True).participation
    assert before
    assert bands
    assert bands.schools == {**before.schools, MANY[0]: Suppressed()}
    assert unkept(first(), after(MANY[:1], withdrawn=True)) == []


def test_what_is_hidden_after_a_withdrawal_does_not_tell_what_changed() -> None:
    """Were shown again what is still right, then what is hidden would be what one school changed: of rows of so few
    schools not even that nothing changed is told.
    """
    once, anew = made().submissions, Filing(term=TERM, school=MANY[0], revision=2)
    as_before = replace(once[Filing(term=TERM, school=MANY[0], revision=1)], revision=2)
    for figures in (as_before, replace(as_before, bands={b: _referred(c) for b, c in as_before.bands.items()})):
        other = replace(made(), submissions={**once, anew: figures})
        found = tried(counted(MANY[:1]), first(), withdrawn=[first()], of=other)
        assert isinstance(found, Release)
        assert written(found) == written(after(MANY[:1], withdrawn=True))


def _referred(counts: Counts) -> Counts:
    return replace(counts, referred=counts.referred + 1, crisis_interventions=counts.crisis_interventions + 1)


def test_what_may_be_seen_is_told_anew() -> None:
    """All seven file anew: the difference is a table that may be seen."""
    told = counts(after(MANY, withdrawn=True))
    assert told == counts(after(MANY))


def test_what_was_public_once_counts_in_every_later_attack() -> None:
    """The release that was withdrawn gave away what one must not know: no later one of the term can be called safe."""
    hidden = [cell for cell, told in counts(first()).items() if told == Suppressed()]
    values = made().submissions
    small = {
        cell: sum(
            getattr(figures, cell.column.replace("-", "_"))
            for filing, one in values.items()
            if filing.revision == 1
            for figures in one.bands.values()
        )
        for cell in hidden
        if cell.table == "services"
    }
    given = next(iter(small))  # it would be small to a school that takes its own part away
    tables = tuple(
        replace(
            table,
            rows=tuple(
                replace(row, cells={**row.cells, given.column: Shown(value=small[given])})
                if (table.id, given.column in row.cells) == (given.table, True)
                else row
                for row in table.rows
            ),
        )
        for table in first().tables
    )
    leaking = replace(first(), tables=tables)
    found = tried(counted(MANY[:1]), leaking, withdrawn=[leaking])
    assert isinstance(found, NoRelease)
    assert found.why is Why.EXPOSED
