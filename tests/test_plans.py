"""Plans: rows and columns from public facts alone, and a small district that could not publish before."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise

import pytest

from generator.model.cells import Suppressed
from generator.model.registry import Because, Breadth, Step
from generator.model.releases import Limits, Release
from generator.statistics.cut import cut
from generator.statistics.plans import PublicFacts, ladder
from tests.invented import SHAPES, Invented, district

LIMITS = Limits(k=5, schools=5, per_cent=80, base=1, dominance=10)


def facts(made: Invented) -> PublicFacts:
    return PublicFacts(
        types={school.id: school.type for school in made.repository.schools.values()},
        enrolment={f.school: {b: c.enrolment for b, c in s.bands.items()} for f, s in made.submissions.items()},
        limits=LIMITS,
        levels=made.repository.district.risk_levels,
        windows=("term-start",),
    )


def test_a_plan_follows_from_enrolment_and_nothing_else() -> None:
    made = district(SHAPES["county of 10"][0])
    others = {
        filing: replace(one, bands={b: replace(c, reviewed=0, counselled=0, referred=0) for b, c in one.bands.items()})
        for filing, one in made.submissions.items()
    }
    one, another = (next(ladder(facts(m))) for m in (made, replace(made, submissions=others)))
    assert one == another
    assert one.steps == ()
    assert any(m.because is Because.FEW_SCHOOLS and m.part == "senior" for m in one.merged)


def test_each_step_down_does_without_more_and_the_last_is_the_barest() -> None:
    plans = list(ladder(facts(district(SHAPES["5 nine-year"][0]))))
    assert all(set(one.steps) <= set(following.steps) for one, following in pairwise(plans))
    assert plans[-1].breadth is Breadth.BAREST
    assert plans[-1].steps[-1] is Step.BAREST
    assert {Step.BANDS, Step.VERDICTS} <= set(plans[2].steps)


QUICK = ("5 nine-year", "3 + 1 + 1 nine-year")


@pytest.mark.parametrize("shape", SHAPES if "EXPLORE" in os.environ else QUICK)
def test_a_district_that_was_refused_publishes_nine_tenths_of_its_table(shape: str) -> None:
    made = district(SHAPES[shape][0])
    found = cut(made.repository, made.order(), lambda _: None)
    assert isinstance(found, Release)
    cells = [told for cell, told in found.cells.items() if "/" not in cell.column]
    hidden = sum(isinstance(told, Suppressed) for told in cells)
    assert len(cells) - 2 * hidden >= SHAPES[shape][1]
