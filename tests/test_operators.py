"""Every operator of rules: which values it takes, and on which side of its target it holds."""

from __future__ import annotations

import pytest

from generator.model.duties import Operator, Value, ValueType
from generator.model.operators import TAKES, holds, type_of_value

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


def test_truth_is_no_number() -> None:
    assert [type_of_value(value) for value in (True, 1, 1.5, "1", ("1",))] == [YES_NO, NUMBER, NUMBER, WORD, WORDS]
