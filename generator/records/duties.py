"""Rules and waivers: from Documents to records, and what is wrong within one file.

Owns their parsing and the checks that need no other file: types of measure, operator and target fit together, nothing
is divided by zero, and the examples that a rule must have are there. What needs the district's parameters or other
records is checked by `repository`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from generator.files.spelling import word_meant
from generator.model import duties as d
from generator.model.ids import ClauseRef, SchoolId
from generator.model.operators import TAKES, type_of_value
from generator.model.programme import MeasureName, Modality
from generator.model.schools import Stage
from generator.problems import Problem, problem
from generator.records.fields import Part

Measure: TypeAlias = "d.SchoolMeasure | MeasureName"
_TYPES: Mapping[d.ValueType, tuple[str, str]] = {
    d.ValueType.NUMBER: ("数", "a number"),
    d.ValueType.YES_NO: ("是或否", "yes or no"),
    d.ValueType.WORD: ("一个词", "a word"),
    d.ValueType.WORDS: ("几个词", "words"),
}


# --- parsing ----------------------------------------------------------------------------------------------------------


def rule(part: Part) -> tuple[d.Rule]:
    """The one Rule of a file."""
    period = part.get("period") or d.PeriodKind.YEAR.value
    return (
        d.Rule(
            id=d.RuleId(part.data["id"]),
            clauses=tuple(ClauseRef(ref) for ref in part.data["clauses"]),
            modality=Modality(part.data["modality"]),
            subject=d.Subject(part.data["subject"]),
            title=part.text("title"),
            when_unmet=part.text("when_unmet"),
            remedy=part.text("remedy"),
            owner=part.text("owner"),
            applies_to=_applies(part.part("applies_to")),
            measure=part.data["measure"],
            operator=d.Operator(part.data["operator"]),
            target=_target(part.part("target")),
            period=d.PeriodKind(period),
            due=d.Due(anchor=d.Anchor(part.data["due"]["anchor"]), days=int(part.data["due"]["days"])),
            freshness=_freshness(part.part("freshness")),
            examples=tuple(map(_example, part.parts("examples"))),
            place=part.place,
            source=part.at(),
        ),
    )


def _applies(part: Part | None) -> d.Applies:
    if part is None:
        return d.Applies(stages=(), least_classes=None, most_classes=None, where=None)
    return d.Applies(
        stages=part.members("stages", Stage),
        least_classes=part.whole_or_none("least_classes"),
        most_classes=part.whole_or_none("most_classes"),
        where=part.get("where"),
    )


def _target(part: Part | None) -> d.Target | None:
    if part is None:
        return None
    constant = part.get("number") if "number" in part.data else _value(part.get("words"))
    rounded = part.get("rounded")
    return d.Target(
        constant=constant,
        parameter=part.get("parameter"),
        measure=part.get("measure"),
        times=_factor(part.part("times")),
        divided_by=_factor(part.part("divided_by")),
        rounded=None if rounded is None else d.Rounding(rounded),
    )


def _factor(part: Part | None) -> d.Factor | None:
    return None if part is None else d.Factor(number=part.get("number"), parameter=part.get("parameter"))


def _freshness(part: Part | None) -> d.Freshness | None:
    return None if part is None else d.Freshness(days=part.whole("days"), warn=part.whole("warn"))


def _example(part: Part) -> d.Example:
    return d.Example(
        note=part.text_or_none("note"),
        given=MappingProxyType({name: _value(value) for name, value in part.data["given"].items()}),
        stages=part.members("stages", Stage),
        expect=d.Expectation(part.data["expect"]),
        source=part.at(),
    )


def _value(value: object) -> d.Value:
    match value:
        case list():
            return tuple(str(item) for item in value)
        case bool() | int() | float() | str():
            return value
        case _:
            return ()


def waiver(part: Part) -> tuple[d.Waiver]:
    """The one Waiver of a file."""
    return (
        d.Waiver(
            id=d.WaiverId(part.data["id"]),
            rule=d.RuleId(part.data["rule"]),
            schools=tuple(SchoolId(school) for school in part.data["schools"]),
            reason=part.text("reason"),
            approver=part.text("approver"),
            first_day=part.day("first_day"),
            last_day=part.day("last_day"),
            source=part.at(),
        ),
    )


# --- checks within one file -------------------------------------------------------------------------------------------


def known_measures(subject: d.Subject) -> Mapping[str, Measure]:
    """The measures that a rule about this subject may cite."""
    members: type[d.SchoolMeasure] | type[MeasureName] = d.SchoolMeasure if subject is d.Subject.SCHOOL else MeasureName
    return {member.value: member for member in members}


def type_of_measure(measure: Measure) -> d.ValueType:
    """What kind of value a measure has; the district's are all numbers."""
    return d.type_of(measure) if isinstance(measure, d.SchoolMeasure) else d.ValueType.NUMBER


def check_waiver(part: Part) -> Iterator[Problem]:
    """The last day does not come before the first."""
    if part.day("last_day") < part.day("first_day"):
        facts = {"earlier": part.data["first_day"], "later": part.data["last_day"]}
        yield problem(part.at("last_day"), "days-out-of-order", part.at("first_day"), **facts)


def check_rule(part: Part) -> Iterator[Problem]:
    """Types fit, nothing is divided by zero, the examples that must be there are.

    Unknown measures are told by `repository`.
    """
    measures = known_measures(d.Subject(part.data["subject"]))
    measure = measures.get(part.data["measure"])
    if measure is not None:
        yield from _operator_fits(part, measure)
        yield from _period_fits(part, measure)
        if part.data["due"]["anchor"] == d.Anchor.INSPECTION and measure not in d.DUE_BY_INSPECTION:
            yield problem(part.at("due", "anchor"), "rule-due-anchor", measure=measure.value)
    yield from _target_fits(part, measures)
    if target := part.part("target"):
        yield from _words_fit(target, "words", target.data.get("words", ()), measure)
    yield from _where_fits(part, measures)
    for example in part.parts("examples"):
        yield from _given_fits(example, measures)
    yield from _examples_suffice(part)


def _operator_fits(part: Part, measure: Measure) -> Iterator[Problem]:
    takes, _ = TAKES[d.Operator(part.data["operator"])]
    has = type_of_measure(measure)
    if has is not takes:
        yield _mismatch(part, "operator", has, takes)


def _mismatch(part: Part, name: str, has: d.ValueType, takes: d.ValueType) -> Problem:
    facts = {"has": _TYPES[has][0], "has@en": _TYPES[has][1], "takes": _TYPES[takes][0], "takes@en": _TYPES[takes][1]}
    return problem(part.at(name), "rule-type-mismatch", **facts)


def _period_fits(part: Part, measure: Measure) -> Iterator[Problem]:
    """A measure of terms is judged by terms, one of the school year by the year."""
    needed = d.BY_PERIOD.get(measure, d.PeriodKind.YEAR) if isinstance(measure, d.SchoolMeasure) else d.PeriodKind.YEAR
    stated = part.get("period") or d.PeriodKind.YEAR.value
    if stated != needed.value:
        at = part.at("period") if "period" in part.data else part.at("measure")
        yield problem(at, "rule-period", measure=measure.value, needed=needed.value)


def _target_fits(part: Part, measures: Mapping[str, Measure]) -> Iterator[Problem]:
    _, takes = TAKES[d.Operator(part.data["operator"])]
    target = part.part("target")
    if target is None:
        if takes is not None:
            yield problem(part.at("operator"), "rule-target", operator=part.data["operator"])
        return
    bases = [name for name in ("number", "words", "parameter", "measure") if name in target.data]
    if takes is None or len(bases) != 1:
        yield problem(part.at("target"), "rule-target", operator=part.data["operator"])
        return
    has = _type_of_base(target, bases[0], measures)
    if has is not None and has is not takes:
        yield _mismatch(target, bases[0], has, takes)
    yield from _factors_fit(target)


def _where_fits(part: Part, measures: Mapping[str, Measure]) -> Iterator[Problem]:
    scope = part.part("applies_to")
    measure = measures.get(scope.get("where")) if scope else None
    if scope and measure is not None and type_of_measure(measure) is not d.ValueType.YES_NO:
        yield _mismatch(scope, "where", type_of_measure(measure), d.ValueType.YES_NO)


def _type_of_base(target: Part, base: str, measures: Mapping[str, Measure]) -> d.ValueType | None:
    if base == "measure":
        found = measures.get(target.data["measure"])
        return None if found is None else type_of_measure(found)
    return d.ValueType.WORDS if base == "words" else d.ValueType.NUMBER


def _factors_fit(target: Part) -> Iterator[Problem]:
    divisor = target.part("divided_by")
    if divisor and divisor.get("number") == 0:
        yield problem(divisor.at("number"), "rule-divides-by-zero", divisor="0")
    for name in ("times", "divided_by", "rounded"):
        if name in target.data and "words" in target.data:
            yield _mismatch(target, name, d.ValueType.WORDS, d.ValueType.NUMBER)


def _given_fits(example: Part, measures: Mapping[str, Measure]) -> Iterator[Problem]:
    given = example.part("given")
    for name, value in given.data.items() if given else ():
        measure, has = measures.get(name), type_of_value(_value(value))
        if given is None or measure is None:
            continue
        if has is not type_of_measure(measure):
            yield _mismatch(given, name, has, type_of_measure(measure))
        elif isinstance(value, list):
            yield from _words_fit(given, name, value, measure)
        elif not isinstance(value, (bool, int, float, str)):
            yield problem(given.at(name), "rule-given", measure=measure.value)
        elif isinstance(value, str):
            yield from _words_fit(given, name, (value,), measure)


def _words_fit(part: Part, name: str, words: Sequence[object], measure: Measure | None) -> Iterator[Problem]:
    """Words that the measure can give: any other would never be met, and no page has a name for it."""
    known = d.WORDS_OF.get(measure, ()) if isinstance(measure, d.SchoolMeasure) else ()
    for index, word in enumerate(words if known else ()):
        if word not in known:
            near = word_meant(str(word), dict.fromkeys(known, ()))
            facts = {
                "measure": str(measure),
                "word": str(word)[:40],
                "allowed": ", ".join(known),
                "nearest": near or "",
            }
            at = part.at(name, index) if isinstance(part.data[name], list) else part.at(name)
            yield problem(at, "rule-word", **facts)


def _examples_suffice(part: Part) -> Iterator[Problem]:
    """One that is met and one that is not; where the rule does not apply to every school, one that it does not apply
    to.
    """
    shown = {example.data["expect"] for example in part.parts("examples")}
    needed = {d.Expectation.MET.value, d.Expectation.UNMET.value} | (
        {d.Expectation.NOT_APPLICABLE.value} if "applies_to" in part.data else set()
    )
    for missing in sorted(needed - shown):
        yield problem(part.at("examples"), "rule-example-missing", expect=missing)
