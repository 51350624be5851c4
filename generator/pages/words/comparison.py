"""Sentences that compare: what is asked, what is there, by how much it falls short.

Owns the unit of every measure of a school and how values, targets and their difference are put in words, in both
languages. Must not judge: whether a value suffices was decided in `compliance`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.compliance.below_measures import BelowMeasured
from generator.compliance.evaluate import Check, JudgedPeriod, Verdict, below_figure, is_sealed, measures_of
from generator.compliance.school_measures import MEASURABLE, MeasureInput
from generator.edition.render import Edition, number
from generator.files.schemas import enum_label
from generator.model.duties import (
    SEALED,
    TOLD_BY_SCHOOL,
    BelowMeasure,
    Factor,
    Operator,
    PeriodKind,
    Rule,
    SchoolMeasure,
    Subject,
    Target,
    Value,
)
from generator.model.operators import LOWER_IS_BETTER, Number
from generator.model.programme import MeasureName
from generator.pages.programme.figures import figure
from generator.records.repository import Repository

_M = SchoolMeasure

_UNITS: Mapping[SchoolMeasure, str] = {
    _M.CLASSES: "unit.classes",
    _M.ENROLMENT: "unit.pupils",
    _M.STAGES: "unit.stages",
    _M.MINUTED_MEETINGS: "unit.meetings",
    _M.TEACHERS: "unit.teachers",
    _M.FULL_TIME_TEACHERS: "unit.teachers",
    _M.SMALLEST_INDIVIDUAL_ROOM: "unit.m2",
    _M.GROUP_ROOM: "unit.m2",
    _M.OFFICE_AREA: "unit.m2",
    _M.EARMARKED_YUAN: "unit.yuan",
    _M.GUIDANCE_ATTENDED: "unit.teachers",
    _M.BANDS_TAUGHT: "unit.bands",
    _M.BANDS_DUE: "unit.bands",
    _M.FEWEST_LESSONS: "unit.class_lessons",
    _M.EXERCISE_HOURS: "unit.hours",
    _M.SCREENING_COVERAGE: "unit.percent",
    _M.ELECTRONIC_FILES: "unit.percent",
    _M.PAPER_FILES: "unit.percent",
    _M.SPECIAL_INSPECTIONS: "unit.inspections",
    _M.OVERDUE_RECTIFICATIONS: "unit.findings",
    _M.CERTIFIED_TEACHERS: "unit.teachers",
    _M.BANDS_REACHING: "unit.bands",
    _M.REGULAR_VISITS: "unit.regular_visits",
}
_UNITS_BELOW: Mapping[BelowMeasure, str] = {
    measure: "unit.days" if measure is BelowMeasure.SUMMARY_AGE else "unit.percent" for measure in BelowMeasure
}
MEASURES: Mapping[Subject, str] = {
    Subject.SCHOOL: "SchoolMeasure",
    Subject.DISTRICT: "MeasureName",
    Subject.BELOW: "BelowMeasure",
}  # the closed set that a rule about this subject names its measure from
_WORDS: Mapping[SchoolMeasure, str] = {
    _M.LEADING_GROUP_HEAD: "HeadRole",
    _M.WORK_FILES: "WorkFile",
}  # the others: MeasuredWord
# Counts of what is amiss: with none allowed, a sentence of their own says more than a comparison with nought.
_AMISS = frozenset({_M.OVERDUE_RECTIFICATIONS.value, MeasureName.OUTREACH_MISSED, MeasureName.LATE_CONCLUSIONS})


def listed(edition: Edition, words: Sequence[str]) -> str:
    """Words one after the other."""
    return edition.say("school.list_separator").join(words)


def counted(edition: Edition, key: str, counts: Mapping[str, int]) -> str:
    """How many there are of each thing, in one line; of what there is none nothing is said."""
    return listed(edition, [edition.say(f"{key}.{name}", count=count) for name, count in counts.items() if count])


def measure_title(edition: Edition, rule: Rule, name: str) -> str:
    """What a measure that the rule reads is called; of a share of schools that meet another rule, with that rule."""
    title = edition.plain(enum_label(MEASURES[rule.subject], name))
    if rule.of_rule is None or name != rule.measure:
        return title
    return edition.say(
        "measure.of_rule", measure=title, rule=edition.plain(edition.site.repository.rules[rule.of_rule].title)
    )


def measured(edition: Edition, rule: Rule, name: str, value: Value) -> str:
    """A value of a measure in words, with its unit."""
    if rule.subject is Subject.DISTRICT:
        assert isinstance(value, int | float)
        return figure(edition, MeasureName(name), value)
    match value:
        case bool():
            return edition.say(f"measured.{name}.{'yes' if value else 'no'}")
        case int() | float():
            return edition.say(_unit(rule, name), value=number(value))
        case str():
            return _word(edition, name, value)
        case tuple():
            return listed(edition, [_word(edition, name, word) for word in value]) or edition.say("school.none_listed")


def _unit(rule: Rule, name: str) -> str:
    """The unit of a measure of schools or of districts below."""
    return _UNITS[SchoolMeasure(name)] if rule.subject is Subject.SCHOOL else _UNITS_BELOW[BelowMeasure(name)]


def _word(edition: Edition, name: str, word: str) -> str:
    return edition.plain(enum_label(_WORDS.get(SchoolMeasure(name), "MeasuredWord"), word))


# --- a period judged --------------------------------------------------------------------------------------------------


def compared(edition: Edition, check: Check, judged: JudgedPeriod) -> str:
    """What was asked in a period, what is there, and the difference where it falls short."""
    rule, value, target = check.rule, judged.value, judged.target
    if value is None or (rule.target is not None and target is None):
        return edition.say(_below_unknown(edition, check) or f"compare.{_why_unknown(check, judged)}")
    match rule.operator:
        case Operator.IS_TRUE | Operator.IS_FALSE:
            return measured(edition, rule, rule.measure, value)
        case Operator.ONE_OF:
            assert isinstance(target, tuple)
            return _one_of(edition, rule, value, target)
        case Operator.INCLUDES_ALL:
            assert isinstance(value, tuple)
            assert isinstance(target, tuple)
            return _includes(edition, check, value, target)
        case _:
            assert isinstance(value, int | float)
            assert isinstance(target, int | float)
            said = _numbers(edition, rule, value, target)
            if check.below is not None and judged.verdict in (Verdict.UNREPORTED, Verdict.DUE):
                said = _undecided(edition, check, said)
            if rule.subject is not Subject.SCHOOL:
                return edition.say("compare.named", measure=measure_title(edition, rule, rule.measure), said=said)
            basis = _basis(edition, check, judged)
            return edition.say("compare.basis", basis=basis, said=said) if basis else said


def besides(repository: Repository, check: Check) -> tuple[object, ...]:
    """All that `compared` reads of a school's Check besides its rule and its periods."""
    rule, found = check.rule, check.found
    if found is None:
        return (bool(check.further),)
    before: list[object] = [bool(check.further)]
    before += [found.filed_on > judged.period.last_day for judged in check.periods]
    if rule.operator is Operator.INCLUDES_ALL:
        before.append(_unanswered(check))
    if rule.target is not None and rule.target.measure is not None:
        for judged in check.periods:
            value = _worked_out_from(repository, check, judged)
            before += value, value.__class__  # 1 is not true
    return tuple(before)


def _below_unknown(edition: Edition, check: Check) -> str:
    """Why nothing is known of a district below; empty for any other."""
    return f"compare.below.{_below(edition, check).why}" if check.below else ""


def _undecided(edition: Edition, check: Check, said: str) -> str:
    """What is told of a district below, and that those who have not spoken decide."""
    found = _below(edition, check)
    if not found.why:
        return said
    return edition.say(f"compare.below.{found.why}.besides", said=said, count=number(found.silent))


def _below(edition: Edition, check: Check) -> BelowMeasured:
    """What a rule read of a district below."""
    assert check.below is not None
    return below_figure(edition.site.repository, check.rule, check.rule.measure, check.below, edition.site.as_of)


def rests_on_return(rule: Rule) -> bool:
    """Whether a rule about schools is answered by their returns, not by inspections alone."""
    return any(name in MEASURABLE and name not in SEALED for name in measures_of(rule))


def _why_unknown(check: Check, judged: JudgedPeriod) -> str:
    if is_sealed(check.rule):
        if check.further:
            return "released_met" if judged.verdict is Verdict.MET else "released_unmet"
        return "sealed" if check.rule.measure in TOLD_BY_SCHOOL else "sealed_of_district"
    if check.school is not None and not rests_on_return(check.rule):
        return "not_inspected"
    if check.school is not None and check.found is None:
        return "no_return"
    if judged.verdict is Verdict.DUE:
        return "not_yet"
    if check.found is not None and check.rule.period is not PeriodKind.YEAR:
        return "not_stated" if check.found.filed_on > judged.period.last_day else "filed_before"
    return "not_stated"


def _one_of(edition: Edition, rule: Rule, value: Value, target: tuple[str, ...]) -> str:
    facts = {"target": edition.say("compare.or").join(_word(edition, rule.measure, word) for word in target)}
    found = measured(edition, rule, rule.measure, value)
    return edition.say("compare.is" if value in target else "compare.should_be", value=found, **facts)


def _includes(edition: Edition, check: Check, value: tuple[str, ...], target: tuple[str, ...]) -> str:
    """What is there of what is asked; what the return leaves open is not stated, and nobody calls it missing."""
    lacking = [word for word in target if word not in value]
    unanswered = _unanswered(check)
    missing = [word for word in lacking if word not in unanswered]
    unstated = [word for word in lacking if word in unanswered]
    key = ("missing_and_unstated" if unstated else "missing") if missing else "unstated" if unstated else "all_there"

    def said(words: Sequence[str]) -> str:
        return listed(edition, [_word(edition, check.rule.measure, word) for word in words])

    return edition.say(
        f"compare.{key}",
        count=len(target),
        have=len(target) - len(lacking),
        words=said(missing or unstated or target),
        unstated=said(unstated),
    )


def _unanswered(check: Check) -> frozenset[str]:
    if check.found is None or check.rule.measure not in MEASURABLE:
        return frozenset()
    find = MEASURABLE[SchoolMeasure(check.rule.measure)].unanswered
    return find(check.found) if find is not None else frozenset()


def _numbers(edition: Edition, rule: Rule, value: Number, target: Number) -> str:
    if target == 0 and rule.operator is Operator.AT_MOST and rule.measure in _AMISS:
        key = "left" if value else "none"
        return edition.say(f"compare.{key}.{rule.measure}", value=_figure(edition, rule, number(value)))
    if target == 0 and rule.operator is Operator.MORE_THAN:
        return edition.say("compare.some" if value else "compare.no_some", value=_figure(edition, rule, number(value)))
    shown = _apart(value, target)
    words = [_figure(edition, rule, text) for text in shown]
    said = edition.say(f"compare.{rule.operator.value}", value=words[0], target=words[1])
    difference = value - target
    if difference > 0 and rule.operator in LOWER_IS_BETTER:
        return edition.say("compare.over", said=said, gap=_gap(edition, rule, difference))
    if difference < 0 and rule.operator not in LOWER_IS_BETTER:
        return edition.say("compare.short", said=said, gap=_gap(edition, rule, -difference))
    return said


def _apart(value: Number, target: Number) -> tuple[str, str]:
    """Two figures with as many places as it takes to tell them apart."""
    if value == target or number(value) != number(target):
        return number(value), number(target)
    places = next((p for p in range(3, 12) if f"{value:,.{p}f}" != f"{target:,.{p}f}"), 12)
    return f"{value:,.{places}f}", f"{target:,.{places}f}"


def _figure(edition: Edition, rule: Rule, said: str) -> str:
    district = rule.subject is Subject.DISTRICT
    return edition.say(f"measure.{rule.measure}.value" if district else _unit(rule, rule.measure), value=said)


def _gap(edition: Edition, rule: Rule, difference: Number) -> str:
    rounded = round(difference, 10)  # 2 - 1.8 is 0.2, not 0.19999999999999996
    said = number(rounded) if number(rounded) != "0" else f"{rounded:f}".rstrip("0")
    if rule.measure.endswith("_share") or (
        rule.subject is Subject.SCHOOL and _UNITS.get(SchoolMeasure(rule.measure)) == "unit.percent"
    ):
        return edition.say("unit.points", value=said)
    return _figure(edition, rule, said)


def _basis(edition: Edition, check: Check, judged: JudgedPeriod) -> str:
    """What the target was worked out from, where that is another measure of the school: `36 classes`."""
    value, target = _worked_out_from(edition.site.repository, check, judged), check.rule.target
    if value is None or target is None or target.measure is None:
        return ""
    return measured(edition, check.rule, target.measure, value)


def _worked_out_from(repository: Repository, check: Check, judged: JudgedPeriod) -> Value | None:
    target, found = check.rule.target, check.found
    worked_out = target is not None and (target.times is not None or target.divided_by is not None)
    if target is None or target.measure is None or not worked_out or found is None or target.measure not in MEASURABLE:
        return None
    look = MeasureInput(found=found, period=judged.period, bands=repository.bands)
    return MEASURABLE[SchoolMeasure(target.measure)].value(look)


# --- a rule -----------------------------------------------------------------------------------------------------------


def demanded(edition: Edition, rule: Rule) -> str:
    """What a rule asks of its measure, in words: how it compares, with what, and how that is worked out."""
    title = measure_title(edition, rule, rule.measure)
    if rule.operator in (Operator.IS_TRUE, Operator.IS_FALSE):
        return measured(edition, rule, rule.measure, rule.operator is Operator.IS_TRUE)
    assert rule.target is not None
    operator = edition.plain(enum_label("Operator", rule.operator.value))
    return edition.say("demand", measure=title, operator=operator, target=_target(edition, rule, rule.target))


def _target(edition: Edition, rule: Rule, target: Target) -> str:
    said = _base(edition, rule, target)
    if target.times is not None:
        said = edition.say("demand.times", said=said, by=_factor(edition, target.times))
    if target.divided_by is not None:
        said = edition.say("demand.divided_by", said=said, by=_factor(edition, target.divided_by))
    if target.rounded is not None:
        said = edition.say(f"demand.rounded.{target.rounded.value}", said=said)
    return said


def _base(edition: Edition, rule: Rule, target: Target) -> str:
    if target.measure is not None:
        return measure_title(edition, rule, target.measure)
    if target.parameter is not None:
        return _parameter(edition, target.parameter)
    assert target.constant is not None
    return measured(edition, rule, rule.measure, target.constant)


def _factor(edition: Edition, factor: Factor) -> str:
    return number(factor.number) if factor.parameter is None else _parameter(edition, factor.parameter)


def _parameter(edition: Edition, name: str) -> str:
    found = next(p for p in edition.site.repository.district.parameters if p.id == name)
    value = found.value_on(edition.site.as_of)
    return edition.say("demand.parameter", value=number(value), title=edition.plain(found.title))
