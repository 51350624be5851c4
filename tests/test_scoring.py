"""Scoring: every verdict and grade, every way in which scores can be missing, thresholds to the last fraction, every
outcome on every day.
"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.compliance.evaluate import Verdict
from generator.compliance.scoring import (
    ApplicationOutcome,
    FormAnswers,
    Standing,
    Sum,
    added,
    assess,
    outcome,
    reached,
    score,
    scores,
    standing,
    worth,
)
from generator.model import inspections as s
from generator.model.duties import RuleId
from generator.model.ids import SchoolId
from generator.model.inspections import Grade
from generator.publish.build import read
from generator.records.repository import Repository

TYPICAL = Path(__file__).resolve().parent / "fixtures" / "typical"
NOW = date(2026, 11, 24)
WORTH = {
    Verdict.MET: 2,
    Verdict.UNMET: 0,
    Verdict.ADVISORY: 0,
}  # of two points; every other verdict leaves the score missing
RULES = (RuleId("ORG-01"), RuleId("STAFF-01"))
GRADED = (s.ItemId("work"), s.ItemId("open"))


@cache
def typical() -> Repository:
    repository, problems = read(TYPICAL)
    assert repository is not None, problems
    return repository


def scheme() -> s.Scheme:
    return typical().schemes[s.SchemeId("demonstration-2026")]


def finding(item: s.ItemId, grade: Grade) -> s.Finding:
    return s.Finding(item=item, grade=grade, text=None, rectification=None, source=scheme().source)


# --- items ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verdict", "grade"), list(product([*Verdict, None], [*Grade, None])))
def test_an_item_takes_its_score_from_one_source_only(verdict: Verdict | None, grade: Grade | None) -> None:
    by_rule, by_grade = scheme().items[0], scheme().items[3]
    assert (by_rule.rule, by_grade.rule) == ("ORG-01", None)
    assert worth(by_rule, scheme().multipliers, verdict, grade) == (WORTH.get(verdict) if verdict else None)
    share = {Grade.A: "1", Grade.B: "0.8", Grade.C: "0.6", Grade.D: "0.4"}
    assert worth(by_grade, scheme().multipliers, verdict, grade) == (4 * Fraction(share[grade]) if grade else None)


# --- adding up --------------------------------------------------------------------------------------------------------


def test_every_form_adds_up_at_every_level() -> None:
    """All 100 × 25 ways to fill in the typical form, against adding up by hand."""
    ways = [
        (*verdicts, *grades)
        for verdicts in product([*Verdict, None], repeat=2)
        for grades in product([*Grade, None], repeat=2)
    ]
    assert len(ways) == 100 * 25
    for org, staff, work, room in ways:
        adds_up((org, staff), (work, room))


def adds_up(verdicts: tuple[Verdict | None, ...], grades: tuple[Grade | None, ...]) -> None:
    said = {rule: verdict for rule, verdict in zip(RULES, verdicts, strict=True) if verdict is not None}
    found = [finding(item, grade) for item, grade in zip(GRADED, grades, strict=True) if grade is not None]
    made = score(scheme(), NOW, FormAnswers(verdicts=said, findings={one.item: one for one in found}))
    tenths = {Grade.A: 10, Grade.B: 8, Grade.C: 6, Grade.D: 4}
    graded = [Fraction(full * tenths[g], 10) if g else None for full, g in zip((2, 4), grades, strict=True)]
    by_hand: list[Fraction | int | None] = [*(WORTH.get(v) if v else None for v in verdicts), *graded]
    known = [points for points in by_hand if points is not None]
    open_ = sum(full for full, points in zip((2, 2, 2, 4), by_hand, strict=True) if points is None)
    assert made.sum == Sum(full=Fraction(10), scored=Fraction(sum(known)), open=Fraction(open_), missing=4 - len(known))
    assert made.sum.total == (sum(known) if len(known) == 4 else None)
    for whole, parts in [
        (made.sum, [i.sum for i in made.indicators]),
        *((i.sum, [p.sum for p in i.parts]) for i in made.indicators),
    ]:
        together = [sum(getattr(p, name) for p in parts) for name in ("full", "scored", "open", "missing")]
        assert together == [whole.full, whole.scored, whole.open, whole.missing]


POINTS = st.fractions(min_value=0, max_value=20, max_denominator=10)
PAIR = POINTS.flatmap(
    lambda full: st.tuples(st.just(full), st.none() | st.fractions(min_value=0, max_value=full, max_denominator=100))
)


@given(st.lists(PAIR, max_size=12))
def test_sums_are_exact_bounded_and_do_not_depend_on_order(pairs: list[tuple[Fraction, Fraction | None]]) -> None:
    made = added(pairs)
    assert made == added(pairs[::-1])
    assert 0 <= made.scored <= made.most <= made.full
    assert (made.total is None) is any(points is None for _, points in pairs)
    filled = added([(full, full if points is None else points) for full, points in pairs])
    assert filled.total == made.most
    emptied = added([(full, Fraction(0) if points is None else points) for full, points in pairs])
    assert emptied.total == made.scored


def test_three_tenths_are_three_tenths() -> None:
    assert added([(Fraction(1), Fraction("0.1"))] * 3).total == Fraction("0.3")


# --- titles -----------------------------------------------------------------------------------------------------------


def sum_of(scored: str, open_: str = "0") -> Sum:
    return Sum(full=Fraction(10), scored=Fraction(scored), open=Fraction(open_), missing=int(open_ != "0"))


@pytest.mark.parametrize(
    ("points", "level"),
    [("0", None), ("6.99", None), ("7", "growing"), ("8.4999", "growing"), ("8.5", "model"), ("10", "model")],
)
def test_a_threshold_is_reached_from_that_point_on(points: str, level: str | None) -> None:
    for levels in (scheme().levels, scheme().levels[::-1]):
        found = reached(levels, Fraction(points))
        assert (found and found.id) == level


@pytest.mark.parametrize(
    ("scored", "open_", "level", "settled"),
    [
        ("9", "0", "model", True),
        ("9", "1", "model", True),  # whatever is missing, it stays the highest
        ("7", "1", "growing", True),  # not enough is missing for the next
        ("7", "2", "growing", False),
        ("6", "2", None, False),
        ("3", "2", None, True),  # even full points would not do
        ("0", "10", None, False),
    ],
)
def test_a_level_is_settled_when_nothing_missing_could_change_it(
    scored: str, open_: str, level: str | None, settled: bool
) -> None:
    found = standing(scheme().levels, sum_of(scored, open_))
    assert (found.level and found.level.id, found.settled) == (level, settled)


def test_a_scheme_without_levels_reaches_none() -> None:
    assert standing((), sum_of("10")) == Standing(level=None, settled=True)


# --- outcomes ---------------------------------------------------------------------------------------------------------

MODEL = Standing(level=None, settled=True)


def application(**changed: object) -> s.Application:
    return replace(typical().applications[s.ApplicationId("2026-xz01")], **changed)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 11, 19), ApplicationOutcome.REACHED),
        (date(2026, 11, 20), ApplicationOutcome.NAMED),
        (date(2029, 11, 30), ApplicationOutcome.NAMED),  # the last day counts
        (date(2029, 12, 1), ApplicationOutcome.ENDED),
    ],
)
def test_an_application_stands_differently_on_different_days(on: date, expected: ApplicationOutcome) -> None:
    stands = Standing(level=scheme().levels[0], settled=True)
    assert outcome(application(), True, stands, on) is expected


@pytest.mark.parametrize(
    ("visited", "level", "settled", "expected"),
    [
        (False, None, False, ApplicationOutcome.AWAITING),
        (False, None, True, ApplicationOutcome.AWAITING),
        (True, None, False, ApplicationOutcome.INCOMPLETE),
        (True, 0, False, ApplicationOutcome.INCOMPLETE),
        (True, None, True, ApplicationOutcome.BELOW),
        (True, 1, True, ApplicationOutcome.REACHED),
    ],
)
def test_without_a_decision_the_score_tells(
    visited: bool, level: int | None, settled: bool, expected: ApplicationOutcome
) -> None:
    stands = Standing(level=None if level is None else scheme().levels[level], settled=settled)
    assert outcome(application(decision=None), visited, stands, NOW) is expected


def test_a_decision_without_a_title_is_not_named() -> None:
    decided = application().decision
    assert decided
    assert outcome(application(decision=replace(decided, named=None)), True, MODEL, NOW) is ApplicationOutcome.NOT_NAMED


# --- the whole district -----------------------------------------------------------------------------------------------


def test_scores_are_those_of_the_day_of_the_visit() -> None:
    made = scores(typical(), NOW)
    assert set(made) == {"2026-11-xz01"}  # a list has no scores
    found = made[s.InspectionId("2026-11-xz01")]
    assert found.on == date(2026, 11, 10)
    assert (found.sum.scored, found.sum.missing) == (Fraction("9.6"), 0)
    assert made == scores(typical(), NOW + timedelta(days=300))
    assert scores(typical(), date(2026, 11, 9)) == {}


def test_applications_are_told_from_their_day_on() -> None:
    assert assess(typical(), date(2026, 10, 11)) == ()
    assert [a.outcome for a in assess(typical(), date(2026, 11, 9))] == [
        ApplicationOutcome.AWAITING,
        ApplicationOutcome.AWAITING,
    ]
    named, waiting = assess(typical(), NOW)
    assert (named.outcome, named.named and named.named.id, named.unsupported) == (
        ApplicationOutcome.NAMED,
        "model",
        False,
    )
    assert (waiting.outcome, waiting.inspection, waiting.score.sum.total) == (ApplicationOutcome.AWAITING, None, None)


def test_a_title_that_the_score_does_not_support_is_pointed_out() -> None:
    made = dict(typical().inspections)
    bare = s.InspectionId("2026-11-xz01")
    made[bare] = replace(made[bare], findings=())
    found = assess(replace(typical(), inspections=made), NOW)[0]
    assert (found.outcome, found.unsupported) == (ApplicationOutcome.NAMED, True)


def test_one_more_good_grade_never_lowers_a_score() -> None:
    ids = [s.ItemId("work"), s.ItemId("open")]
    for first, second in product(Grade, Grade):
        graded = {ids[0]: finding(ids[0], first)}
        one = score(scheme(), NOW, FormAnswers(verdicts={}, findings=graded)).sum
        two = score(scheme(), NOW, FormAnswers(verdicts={}, findings={**graded, ids[1]: finding(ids[1], second)})).sum
        assert one.scored <= two.scored <= two.most <= one.most


def test_schools_are_those_of_the_applications() -> None:
    assert [a.application.school for a in assess(typical(), NOW)] == [SchoolId("xz01"), SchoolId("xz10")]
