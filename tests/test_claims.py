"""Claims and targets: exact comparison, both numbers kept, and what the sample's own claims must come out as."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.compliance.claims import ClaimOutcome, TargetOutcome, check, holds, targets
from generator.compliance.measures import measure
from generator.model.programme import Comparison
from generator.publish.build import read
from generator.records.repository import Repository

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def sample() -> Repository:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return repository


@pytest.mark.parametrize(
    ("comparison", "figure", "found", "expected"),
    [
        (Comparison.EQUAL, 55, 55, True),
        (Comparison.EQUAL, 55, 54, False),
        (Comparison.AT_LEAST, 10, 10, True),
        (Comparison.AT_LEAST, 10, 9, False),
        (Comparison.MORE_THAN, 70000, 70000, False),
        (Comparison.MORE_THAN, 70000, 70001, True),
        (Comparison.AT_MOST, 10, 10, True),
        (Comparison.AT_MOST, 10, 11, False),
        (Comparison.NEARLY, 80000, 75999, False),
        (Comparison.NEARLY, 80000, 76000, True),
        (Comparison.NEARLY, 80000, 79999, True),
        (Comparison.NEARLY, 80000, 80000, False),
    ],
)
def test_comparisons_are_exact(comparison: Comparison, figure: int, found: int, expected: bool) -> None:
    assert holds(comparison, figure, found) is expected


def test_the_sample_reproduces_what_the_article_says_but_for_what_it_cannot(sample: Repository) -> None:
    outcomes = {r.claim.id: r.outcome for r in check(sample)}
    not_reproduced = {c for c, o in outcomes.items() if o is ClaimOutcome.NOT_REPRODUCED}
    not_measurable = {c for c, o in outcomes.items() if o is ClaimOutcome.NOT_MEASURABLE}
    assert not_reproduced == {"pupils-served"}
    assert not_measurable == set()
    assert len(outcomes) == 27


def test_a_changed_record_unmakes_a_claim(sample: Repository) -> None:
    key = next(k for k in sample.returns if k[1] == "2020-2021")
    fewer = {k: v for k, v in sample.returns.items() if k != key}
    results = {str(r.claim.id): r for r in check(replace(sample, returns=fewer))}
    assert results["teachers"].outcome is ClaimOutcome.NOT_REPRODUCED
    measured = results["teachers"].measured
    assert measured is not None
    assert measured.value is not None
    assert measured.value < 486
    assert measured.left_out == 1


def test_targets_are_open_until_their_day_and_then_reached_or_missed(sample: Repository) -> None:
    before = {t.target.id: t.progress for t in targets(sample, date(2020, 9, 1)) if t.plan.id == "xinzhuli-2020"}
    after = {t.target.id: t.progress for t in targets(sample, date(2021, 7, 31)) if t.plan.id == "xinzhuli-2020"}
    assert set(before.values()) == {TargetOutcome.OPEN}
    assert set(after.values()) == {TargetOutcome.REACHED}


def test_a_target_is_measured_on_its_day_not_later(sample: Repository) -> None:
    for result in targets(sample, date(2026, 11, 24)):
        assert result.measured_on == min(result.target.due, date(2026, 11, 24))


def test_a_target_that_a_rounded_figure_cannot_decide_is_neither_reached_nor_missed(sample: Repository) -> None:
    """What is shown to the nearest five may be two more or two less."""
    claim = next(c for c in sample.claims.values() if c.id == "screened")
    plan = next(p for p in sample.plans.values() if p.id == "xinzhuli-2020")
    rounded = {r.id: replace(r, limits=replace(r.limits, base=5)) for r in sample.releases.values()}
    name = claim.measure
    assert name
    shown = measure(name, replace(sample, releases=rounded), claim.school_year, claim.as_of).value
    assert shown is not None

    def progress(value: float, day: date) -> TargetOutcome:
        target = replace(plan.targets[0], measure=name, comparison=Comparison.AT_LEAST, value=value, due=claim.as_of)
        changed = {**sample.plans, plan.id: replace(plan, targets=(target,))}
        found = targets(replace(sample, releases=rounded, plans=changed), day)
        return next(t.progress for t in found if t.plan.id == plan.id)

    assert progress(shown - 2, claim.as_of) is TargetOutcome.REACHED
    assert progress(shown, claim.as_of) is TargetOutcome.NOT_MEASURABLE
    assert progress(shown, claim.as_of - timedelta(days=1)) is TargetOutcome.OPEN
    assert progress(shown + 3, claim.as_of) is TargetOutcome.MISSED
