"""Comparing: what an operator means, what a target comes to, which operator goes with which values.

Owns the pure arithmetic of rules, exact where Python's numbers are: nothing is compared after rounding that a rule did
not ask for. Must not know where values come from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeAlias

from generator.model.duties import Applies, Factor, Operator, Rounding, Rule, Target, Value, ValueType
from generator.model.schools import Stage

Number: TypeAlias = "int | float"
Lookup: TypeAlias = "Callable[[str], Value | None]"

# What kind of value each operator compares, and what kind of target it takes (None: no target).
TAKES: Mapping[Operator, tuple[ValueType, ValueType | None]] = {
    Operator.AT_LEAST: (ValueType.NUMBER, ValueType.NUMBER),
    Operator.MORE_THAN: (ValueType.NUMBER, ValueType.NUMBER),
    Operator.AT_MOST: (ValueType.NUMBER, ValueType.NUMBER),
    Operator.LESS_THAN: (ValueType.NUMBER, ValueType.NUMBER),
    Operator.EQUAL: (ValueType.NUMBER, ValueType.NUMBER),
    Operator.ONE_OF: (ValueType.WORD, ValueType.WORDS),
    Operator.INCLUDES_ALL: (ValueType.WORDS, ValueType.WORDS),
    Operator.IS_TRUE: (ValueType.YES_NO, None),
    Operator.IS_FALSE: (ValueType.YES_NO, None),
}
HIGHER_IS_BETTER = frozenset({Operator.AT_LEAST, Operator.MORE_THAN})
LOWER_IS_BETTER = frozenset({Operator.AT_MOST, Operator.LESS_THAN})
_COMPARE: Mapping[Operator, Callable[[Number, Number], bool]] = {
    Operator.AT_LEAST: lambda value, target: value >= target,
    Operator.MORE_THAN: lambda value, target: value > target,
    Operator.AT_MOST: lambda value, target: value <= target,
    Operator.LESS_THAN: lambda value, target: value < target,
    Operator.EQUAL: lambda value, target: value == target,
}


def type_of_value(value: Value) -> ValueType:
    """What kind of value this is."""
    match value:
        case bool():
            return ValueType.YES_NO
        case int() | float():
            return ValueType.NUMBER
        case str():
            return ValueType.WORD
        case tuple():
            return ValueType.WORDS


def holds(operator: Operator, value: Value, target: Value | None) -> bool:
    """Whether a value is what the operator demands. Types fit: the check of rules has seen to it."""
    if isinstance(target, (int, float)) and isinstance(value, (int, float)):
        return _COMPARE[operator](value, target)
    match operator:
        case Operator.IS_TRUE:
            return value is True
        case Operator.IS_FALSE:
            return value is False
        case Operator.ONE_OF:
            return value in _words(target)
        case Operator.INCLUDES_ALL:
            return set(_words(value)).issuperset(_words(target))
        case _:
            raise AssertionError(f"{operator.value} cannot compare {type(value).__name__} with {type(target).__name__}")


def _words(value: Value | None) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return value


def target_value(target: Target, measured: Lookup, parameters: Mapping[str, Number]) -> Value | None:
    """What a target comes to; None where its measure has no value. KeyError for a parameter that does not exist."""
    base = _base(target, measured, parameters)
    if base is None or (target.times is None and target.divided_by is None and target.rounded is None):
        return base
    assert isinstance(base, (int, float))
    exact: Fraction | int = base if isinstance(base, int) else Fraction(base)
    if target.times is not None:
        exact *= _factor(target.times, parameters)
    if target.divided_by is not None:
        exact = Fraction(exact) / _factor(target.divided_by, parameters)
    return _rounded(exact, target.rounded)


def _base(target: Target, measured: Lookup, parameters: Mapping[str, Number]) -> Value | None:
    if target.measure is not None:
        return measured(target.measure)
    return target.constant if target.parameter is None else parameters[target.parameter]


def _factor(factor: Factor, parameters: Mapping[str, Number]) -> Fraction | int:
    number = parameters[factor.parameter] if factor.parameter is not None else factor.number or 0
    return number if isinstance(number, int) else Fraction(number)


def _rounded(exact: Fraction | int, rounding: Rounding | None) -> Number:
    match rounding:
        case Rounding.UP:
            return math.ceil(exact)
        case Rounding.DOWN:
            return math.floor(exact)
        case None:
            return exact.numerator if exact.denominator == 1 else float(exact)


def applies(applies_to: Applies, stages: frozenset[Stage], classes: int | None, measured: Lookup) -> bool:
    """Whether a rule is about a school with these stages, so many classes (None: not known, then no size excludes it)
    and these measures.
    """
    if applies_to.stages and not stages.intersection(applies_to.stages):
        return False
    if applies_to.where is not None and measured(applies_to.where) is False:
        return False
    if classes is None:
        return True
    fewer = applies_to.least_classes is not None and classes < applies_to.least_classes
    more = applies_to.most_classes is not None and classes > applies_to.most_classes
    return not (fewer or more)


def answered(value: Value, target: Value | None, unanswered: frozenset[str]) -> bool:
    """Whether words suffice for a verdict: not where all that the target still lacks was left unanswered."""
    if not isinstance(value, tuple) or not isinstance(target, tuple):
        return True
    lacking = set(target).difference(value)
    return not lacking or not lacking <= unanswered


def example_holds(rule: Rule, given: Mapping[str, Value], parameters: Mapping[str, Number]) -> bool | None:
    """What the rule makes of an example's figures; None where they do not suffice."""
    value = given.get(rule.measure)
    target = target_value(rule.target, given.get, parameters) if rule.target else None
    if value is None or (rule.target is not None and target is None):
        return None
    return holds(rule.operator, value, target)
