"""Every operator of rules: which values it takes, and on which side of its target it holds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.model.duties import Applies, Factor, Operator, Rounding, Target, Value, ValueType
from generator.model.operators import (
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    TAKES,
    answered,
    applies,
    example_holds,
    holds,
    target_value,
    type_of_value,
)
from generator.model.schools import Stage
from generator.publish.build import read

NUMBER, WORD, WORDS, YES_NO = ValueType.NUMBER, ValueType.WORD, ValueType.WORDS, ValueType.YES_NO

# value, target, whether it holds: below, at and above where there is an order
CASES: dict[Operator, tuple[tuple[Value, Value | None, bool], ...]] = {
    Operator.AT_LEAST: ((2, 3, False), (3, 3, True), (4, 3, True)),
    Operator.MORE_THAN: ((2, 3, False), (3, 3, False), (4, 3, True)),
    Operator.AT_MOST: ((2, 3, True), (3, 3, True), (4, 3, False)),
    Operator.LESS_THAN: ((2, 3, True), (3, 3, False), (4, 3, False)),
    Operator.EQUAL: ((2, 3, False), (3, 3, True), (4, 3, False), (3.0, 3, True)),
    Operator.ONE_OF: (("a", ("a", "b"), True), ("c", ("a", "b"), False)),
    Operator.INCLUDES_ALL: ((("a", "b", "c"), ("a", "b"), True), (("a", "c"), ("a", "b"), False), ((), ("a",), False)),
    Operator.IS_TRUE: ((True, None, True), (False, None, False)),
    Operator.IS_FALSE: ((False, None, True), (True, None, False)),
}


def test_every_operator_is_tried_and_takes_what_it_is_tried_with() -> None:
    assert set(CASES) == set(Operator) == set(TAKES)
    for operator, cases in CASES.items():
        for value, target, _ in cases:
            assert TAKES[operator] == (type_of_value(value), None if target is None else type_of_value(target)), (
                operator
            )


@pytest.mark.parametrize("operator", Operator)
def test_an_operator_holds_on_its_side_of_the_target(operator: Operator) -> None:
    assert [holds(operator, value, target) for value, target, _ in CASES[operator]] == [
        holding for *_, holding in CASES[operator]
    ]


def test_on_which_side_more_is_better() -> None:
    of_numbers = {operator: cases for operator, cases in CASES.items() if TAKES[operator] == (NUMBER, NUMBER)}
    sides = {operator: (below, above) for operator, ((*_, below), _, (*_, above), *_) in of_numbers.items()}
    assert {operator for operator, side in sides.items() if side == (False, True)} == HIGHER_IS_BETTER
    assert {operator for operator, side in sides.items() if side == (True, False)} == LOWER_IS_BETTER


def test_truth_is_no_number() -> None:
    assert [type_of_value(value) for value in (True, 1, 1.5, "1", ("1",))] == [YES_NO, NUMBER, NUMBER, WORD, WORDS]


def target(constant: Value | None = None, **parts: object) -> Target:
    nothing = dict.fromkeys(("parameter", "measure", "times", "divided_by", "rounded"))
    return Target(constant=constant, **{**nothing, **parts})  # type: ignore[arg-type]


def by(number: int | float | None = None, parameter: str | None = None) -> Factor:
    return Factor(number=number, parameter=parameter)


UP, DOWN = Rounding.UP, Rounding.DOWN
FIGURES: Mapping[str, Value] = {"five": 5}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (target(4), 4),
        (target(("a", "b")), ("a", "b")),
        (target(parameter="seven"), 7),
        (target(measure="five"), 5),
        (target(measure="unknown"), None),
        (target(measure="unknown", times=by(2)), None),
        (target(5, times=by(3)), 15),
        (target(0.5, times=by(3)), 1.5),
        (target(3, times=by(0.5)), 1.5),
        (target(3, times=by(parameter="half")), 1.5),
        (target(0.1, times=by(3)), float(Fraction(0.1) * 3)),  # exact until the end
        (target(7, divided_by=by(2)), 3.5),
        (target(6, divided_by=by(2)), 3),
        (target(6, divided_by=by(parameter="half")), 12),
        (target(7, times=by(2), divided_by=by(4)), 3.5),
        (target(7, times=by(2), divided_by=by(4), rounded=UP), 4),
        (target(7, times=by(2), divided_by=by(4), rounded=DOWN), 3),
        (target(2.5, rounded=UP), 3),
        (target(2.5, rounded=DOWN), 2),
    ],
)
def test_what_a_target_comes_to(asked: Target, expected: Value | None) -> None:
    found = target_value(asked, FIGURES.get, {"seven": 7, "half": 0.5})
    assert (found, type(found)) == (expected, type(expected))


def test_a_parameter_that_does_not_exist_is_a_bug_of_whoever_asks() -> None:
    with pytest.raises(KeyError):
        target_value(target(parameter="none"), FIGURES.get, {})


def test_an_example_without_the_figures_that_a_rule_asks_for_says_nothing() -> None:
    repository, problems = read(Path(__file__).resolve().parent / "fixtures" / "typical")
    assert repository, problems
    parameters = {p.id: p.value for p in repository.district.parameters}
    told = [rule for rule in repository.rules.values() if rule.examples]
    assert {rule.target is None for rule in told} == {True, False}
    for rule in told:
        assert example_holds(rule, {}, parameters) is None
        value = {name: given for name, given in rule.examples[0].given.items() if name == rule.measure}
        if value and rule.target and rule.target.measure:
            assert example_holds(rule, value, parameters) is None


@pytest.mark.parametrize(
    ("classes", "limits", "expected"),
    [
        (None, (10, 20), True),
        (9, (10, 20), False),
        (10, (10, 20), True),
        (20, (10, 20), True),
        (21, (10, 20), False),
        (20, (None, 20), True),
        (9, (None, 20), True),
        (21, (None, 20), False),
        (10, (10, None), True),
        (99, (10, None), True),
        (9, (10, None), False),
        (9, (None, None), True),
    ],
)
def test_a_rule_is_about_schools_of_its_size_both_ends_included(
    classes: int | None, limits: tuple[int | None, int | None], expected: bool
) -> None:
    about = Applies(stages=(), least_classes=limits[0], most_classes=limits[1], where=None)
    assert applies(about, frozenset({Stage.PRIMARY}), classes, FIGURES.get) is expected


def test_a_rule_is_about_its_stages_and_not_where_its_condition_is_no() -> None:
    about = Applies(stages=(Stage.SENIOR, Stage.JUNIOR), least_classes=None, most_classes=None, where=None)
    assert applies(about, frozenset({Stage.PRIMARY, Stage.JUNIOR}), None, FIGURES.get)
    assert not applies(about, frozenset({Stage.PRIMARY}), None, FIGURES.get)
    where = replace(about, stages=(), where="boards")
    told: tuple[dict[str, Value], ...] = ({"boards": True}, {}, {"boards": False})
    assert [applies(where, frozenset(), 5, given.get) for given in told] == [True, True, False]


@pytest.mark.parametrize(
    ("value", "wanted", "unanswered", "enough"),
    [
        (3, 4, frozenset({"a"}), True),
        ("a", ("a", "b"), frozenset({"b"}), True),
        (("a",), None, frozenset({"b"}), True),
        (("a", "b"), ("a", "b"), frozenset({"a"}), True),
        (("a",), ("a", "b"), frozenset({"b"}), False),
        (("a",), ("a", "b", "c"), frozenset({"b"}), True),  # c was answered, and is not there
        (("a",), ("a", "b"), frozenset(), True),
    ],
)
def test_words_suffice_unless_all_that_lacks_was_left_unanswered(
    value: Value, wanted: Value | None, unanswered: frozenset[str], enough: bool
) -> None:
    assert answered(value, wanted, unanswered) is enough


def test_what_cannot_be_compared_is_a_bug_of_whoever_asks() -> None:
    with pytest.raises(AssertionError, match="at-least cannot compare str with int"):
        holds(Operator.AT_LEAST, "a", 1)
