"""Rules and waivers: from Documents to records, what is wrong within one file, and references.

Owns these: types of measure, operator and target fit together, nothing is divided by zero, the examples that a rule
must have are there and come out as they say. Must not know what a measure's value is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

from generator.files.schemas import enum_label
from generator.files.spelling import word_meant
from generator.model import duties as d
from generator.model.ids import BelowId, ClauseRef, SchoolId
from generator.model.operators import TAKES, applies, example_holds, type_of_value
from generator.model.programme import Account, MeasureName, Modality
from generator.model.schools import Stage
from generator.problems import Problem, problem
from generator.records.district import PARAMETER, SYSTEM
from generator.records.fields import Node, in_order
from generator.records.programme import CLAIM, CLAUSE, clauses
from generator.records.references import Known, Offer, Reference, Referent, listed
from generator.records.rollup import BELOW
from generator.records.schools import SCHOOL
from generator.text import Language

Measure: TypeAlias = "d.SchoolMeasure | MeasureName | d.BelowMeasure"
_MEASURES: Mapping[d.Subject, type[d.SchoolMeasure] | type[MeasureName] | type[d.BelowMeasure]] = {
    d.Subject.SCHOOL: d.SchoolMeasure,
    d.Subject.DISTRICT: MeasureName,
    d.Subject.BELOW: d.BelowMeasure,
}
_TYPES: Mapping[d.ValueType, tuple[str, str]] = {
    d.ValueType.NUMBER: ("数", "a number"),
    d.ValueType.YES_NO: ("是或否", "yes or no"),
    d.ValueType.WORD: ("一个词", "a word"),
    d.ValueType.WORDS: ("几个词", "words"),
}
RULE: Referent[d.Rule] = Referent(kind="rule", zh="规则", en="rule")
SCHOOL_RULE: Referent[d.Rule] = Referent(kind="rule", zh="学校规则", en="rule about schools")
MEASURES: Mapping[d.Subject, Referent[Measure]] = {
    subject: Referent(closed=frozenset(m.value for m in members), zh="指标", en="measure")
    for subject, members in _MEASURES.items()
}


# --- parsing ----------------------------------------------------------------------------------------------------------


def parse_rule(node: Node) -> d.Rule:
    """The Rule of a file."""
    period = node.get("period") or d.PeriodKind.YEAR.value
    return d.Rule(
        id=d.RuleId(node.data["id"]),
        clauses=tuple(ClauseRef(ref) for ref in node.data["clauses"]),
        in_force_from=node.day_or_none("in_force_from"),
        in_force_until=node.day_or_none("in_force_until"),
        modality=Modality(node.data["modality"]),
        subject=d.Subject(node.data["subject"]),
        title=node.text("title"),
        when_unmet=node.text("when_unmet"),
        remedy=node.text("remedy"),
        owner=node.text("owner"),
        applies_to=_applies(node.node("applies_to")),
        measure=node.data["measure"],
        of_rule=node.get("of_rule"),
        operator=d.Operator(node.data["operator"]),
        target=_target(node.node("target")),
        period=d.PeriodKind(period),
        due=d.Due(anchor=d.Anchor(node.data["due"]["anchor"]), days=int(node.data["due"]["days"])),
        freshness=_freshness(node.node("freshness")),
        examples=tuple(map(_example, node.nodes("examples"))),
        place=node.place,
        source=node.at(),
    )


def _applies(node: Node | None) -> d.Applies:
    if node is None:
        return d.Applies(stages=(), least_classes=None, most_classes=None, where=None)
    return d.Applies(
        stages=node.members("stages", Stage),
        least_classes=node.whole_or_none("least_classes"),
        most_classes=node.whole_or_none("most_classes"),
        where=node.get("where"),
    )


def _target(node: Node | None) -> d.Target | None:
    if node is None:
        return None
    constant = node.get("number") if "number" in node.data else _value(node.get("words"))
    rounded = node.get("rounded")
    return d.Target(
        constant=constant,
        parameter=node.get("parameter"),
        measure=node.get("measure"),
        times=_factor(node.node("times")),
        divided_by=_factor(node.node("divided_by")),
        rounded=None if rounded is None else d.Rounding(rounded),
    )


def _factor(node: Node | None) -> d.Factor | None:
    return None if node is None else d.Factor(number=node.get("number"), parameter=node.get("parameter"))


def _freshness(node: Node | None) -> d.Freshness | None:
    return None if node is None else d.Freshness(days=node.whole("days"), warn=node.whole("warn"))


def _example(node: Node) -> d.Example:
    return d.Example(
        note=node.text_or_none("note"),
        given=MappingProxyType({name: _value(value) for name, value in node.data["given"].items()}),
        stages=node.members("stages", Stage),
        expect=d.Expectation(node.data["expect"]),
        source=node.at(),
    )


def _value(value: object) -> d.Value:
    match value:
        case list():
            return tuple(str(item) for item in value)
        case bool() | int() | float() | str():
            return value
        case _:
            return ()


def parse_waiver(node: Node) -> d.Waiver:
    """The Waiver of a file."""
    return d.Waiver(
        id=d.WaiverId(node.data["id"]),
        rule=d.RuleId(node.data["rule"]),
        schools=tuple(SchoolId(school) for school in node.data.get("schools", ())),
        below=tuple(BelowId(one) for one in node.data.get("districts", ())),
        reason=node.text("reason"),
        approver=node.text("approver"),
        first_day=node.day("first_day"),
        last_day=node.day("last_day"),
        source=node.at(),
    )


# --- checks within one file -------------------------------------------------------------------------------------------


def known_measures(subject: d.Subject) -> Mapping[str, Measure]:
    """The measures that a rule about this subject may cite."""
    return {member.value: member for member in _MEASURES[subject]}


def type_of_measure(measure: Measure) -> d.ValueType:
    """What kind of value a measure has; those of districts are all numbers."""
    return d.type_of(measure) if isinstance(measure, d.SchoolMeasure) else d.ValueType.NUMBER


def check_waiver(waiver: d.Waiver, node: Node) -> Iterator[Problem]:
    """The last day does not come before the first."""
    yield from in_order(node, first_day=waiver.first_day, last_day=waiver.last_day)


def check_rule(rule: d.Rule, node: Node) -> Iterator[Problem]:
    """Types fit, nothing is divided by zero, the examples that must be there are."""
    measures = known_measures(rule.subject)
    measure = measures.get(rule.measure)
    if measure is not None:
        yield from _operator_fits(rule, node, measure)
        yield from _period_fits(rule, node, measure)
        if rule.due.anchor is d.Anchor.INSPECTION and measure not in d.DUE_BY_INSPECTION:
            yield problem(node.at("due", "anchor"), "rule-due-anchor", measure=measure.value)
    yield from _target_fits(rule, node, measures)
    if target := node.node("target"):
        yield from _words_fit(target, "words", target.data.get("words", ()), measure)
    yield from _where_fits(rule, node, measures)
    yield from _subject_fits(rule, node)
    for example in node.nodes("examples"):
        yield from _given_fits(example, measures)
    yield from _examples_suffice(rule, node)


def _operator_fits(rule: d.Rule, node: Node, measure: Measure) -> Iterator[Problem]:
    takes, _ = TAKES[rule.operator]
    has = type_of_measure(measure)
    if has is not takes:
        yield _mismatch(node, "operator", has, takes)


def _mismatch(node: Node, name: str, has: d.ValueType, takes: d.ValueType) -> Problem:
    facts = {"has": _TYPES[has][0], "has@en": _TYPES[has][1], "takes": _TYPES[takes][0], "takes@en": _TYPES[takes][1]}
    return problem(node.at(name), "rule-type-mismatch", **facts)


def _period_fits(rule: d.Rule, node: Node, measure: Measure) -> Iterator[Problem]:
    """A measure of terms is judged by terms, one of the school year by the year."""
    needed = d.BY_PERIOD.get(measure, d.PeriodKind.YEAR) if isinstance(measure, d.SchoolMeasure) else d.PeriodKind.YEAR
    if rule.period is not needed:
        at = node.at("period") if "period" in node.data else node.at("measure")
        yield problem(at, "rule-period", measure=measure.value, needed=needed.value)


def _target_fits(rule: d.Rule, node: Node, measures: Mapping[str, Measure]) -> Iterator[Problem]:
    """What the operator compares with; of several of them at once the record keeps one only, so the file is asked."""
    _, takes = TAKES[rule.operator]
    target = node.node("target")
    if target is None:
        if takes is not None:
            yield problem(node.at("operator"), "rule-target", operator=rule.operator.value)
        return
    bases = [name for name in ("number", "words", "parameter", "measure") if name in target.data]
    if takes is None or len(bases) != 1:
        yield problem(node.at("target"), "rule-target", operator=rule.operator.value)
        return
    has = _type_of_base(target, bases[0], measures)
    if has is not None and has is not takes:
        yield _mismatch(target, bases[0], has, takes)
    yield from _factors_fit(target)


def _where_fits(rule: d.Rule, node: Node, measures: Mapping[str, Measure]) -> Iterator[Problem]:
    scope, measure = node.node("applies_to"), measures.get(rule.applies_to.where or "")
    if scope and measure is not None and type_of_measure(measure) is not d.ValueType.YES_NO:
        yield _mismatch(scope, "where", type_of_measure(measure), d.ValueType.YES_NO)


def _subject_fits(rule: d.Rule, node: Node) -> Iterator[Problem]:
    """What is only of schools, or only of districts below, is said of no other; and a share of schools that meet a rule
    says of which.
    """
    subject = enum_label("Subject", rule.subject.value)
    facts = {"subject": subject.zh, "subject@en": subject.in_(Language.EN)}
    for name in ("applies_to", "freshness"):
        if rule.subject is not d.Subject.SCHOOL and name in node.data:
            yield problem(node.at(name), "rule-subject", field=name, **facts)
    reads = rule.measure in {measure.value for measure in d.READS_RULE}
    if rule.of_rule is not None and not (rule.subject is d.Subject.BELOW and reads):
        yield problem(node.at("of_rule"), "rule-subject", field="of_rule", **facts)
    elif rule.subject is d.Subject.BELOW and reads and rule.of_rule is None:
        yield problem(node.at("measure"), "rule-of-rule", measure=rule.measure)


def _type_of_base(target: Node, base: str, measures: Mapping[str, Measure]) -> d.ValueType | None:
    if base == "measure":
        found = measures.get(target.data["measure"])
        return None if found is None else type_of_measure(found)
    return d.ValueType.WORDS if base == "words" else d.ValueType.NUMBER


def _factors_fit(target: Node) -> Iterator[Problem]:
    divisor = target.node("divided_by")
    if divisor and divisor.get("number") == 0:
        yield problem(divisor.at("number"), "rule-divides-by-zero", divisor="0")
    for name in ("times", "divided_by", "rounded"):
        if name in target.data and "words" in target.data:
            yield _mismatch(target, name, d.ValueType.WORDS, d.ValueType.NUMBER)


def _given_fits(example: Node, measures: Mapping[str, Measure]) -> Iterator[Problem]:
    given = example.node("given")
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


def _words_fit(node: Node, name: str, words: Sequence[object], measure: Measure | None) -> Iterator[Problem]:
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
            at = node.at(name, index) if isinstance(node.data[name], list) else node.at(name)
            yield problem(at, "rule-word", **facts)


def _examples_suffice(rule: d.Rule, node: Node) -> Iterator[Problem]:
    """One that is met and one that is not; where the rule does not apply to every school, one that it does not apply
    to.
    """
    shown = {example.expect for example in rule.examples}
    needed = {d.Expectation.MET, d.Expectation.UNMET}
    if "applies_to" in node.data:
        needed.add(d.Expectation.NOT_APPLICABLE)
    for missing in sorted(needed - shown):
        yield problem(node.at("examples"), "rule-example-missing", expect=missing)


# --- references -------------------------------------------------------------------------------------------------------


def rule_offers(rule: d.Rule) -> Iterator[Offer]:
    """Itself."""
    yield Offer(to=RULE, id=rule.id, found=rule, title=rule.title)
    if rule.subject is d.Subject.SCHOOL:
        yield Offer(to=SCHOOL_RULE, id=rule.id, found=rule, title=rule.title)


def rule_refers(rule: d.Rule) -> Iterator[Reference]:
    """The clauses behind it, and every measure and parameter of its scope, its target and its examples."""
    measure = MEASURES[rule.subject]
    yield Reference(to=measure, id=rule.measure, at=("measure",))
    yield from clauses(rule.clauses)
    if rule.of_rule is not None:
        yield Reference(to=SCHOOL_RULE, id=rule.of_rule, at=("of_rule",))
    if rule.applies_to.where is not None:
        yield Reference(to=measure, id=rule.applies_to.where, at=("applies_to", "where"))
    if rule.target is not None:
        yield from _target_refers(rule.target, measure)
    for index, example in enumerate(rule.examples):
        for name in example.given:
            yield Reference(to=measure, id=name, at=("examples", index, "given", name))


def _target_refers(target: d.Target, measure: Referent[Measure]) -> Iterator[Reference]:
    if target.measure is not None:
        yield Reference(to=measure, id=target.measure, at=("target", "measure"))
    if target.parameter is not None:
        yield Reference(to=PARAMETER, id=target.parameter, at=("target", "parameter"))
    for name, factor in (("times", target.times), ("divided_by", target.divided_by)):
        if factor is not None and factor.parameter is not None:
            yield Reference(to=PARAMETER, id=factor.parameter, at=("target", name, "parameter"))


def rule_agrees(rule: d.Rule, node: Node, known: Known) -> Iterator[Problem]:
    """It demands no more than the strongest of its clauses does, and divides by no parameter that is zero."""
    order = list(Modality)
    behind = [clause.modality for ref in rule.clauses if (clause := known.find(CLAUSE, ref))]
    strongest = min(behind, key=order.index, default=rule.modality)
    if len(behind) == len(rule.clauses) and order.index(rule.modality) < order.index(strongest):
        yield problem(node.at("modality"), "rule-stronger-than-clause", strongest=strongest.value)
    factor = rule.target.divided_by if rule.target else None
    divisor = known.find(PARAMETER, factor.parameter if factor else None)
    if divisor is not None and divisor.value == 0:
        yield problem(node.at("target", "divided_by", "parameter"), "rule-divides-by-zero", divisor=divisor.id)


def rule_proves(rule: d.Rule, known: Known) -> Iterator[Problem]:
    """Its examples come out as they say."""
    parameters = {id_: parameter.value for id_, parameter in known.all(PARAMETER).items()}
    for example in rule.examples if known.complete(PARAMETER) else ():
        found = _comes_out(rule, example, parameters)
        if found is not example.expect:
            facts = {"expect": _in_words(example.expect), "expect@en": example.expect.value}
            facts |= {"found": _in_words(found), "found@en": found.value} if found else {"found": "—"}
            yield problem(example.source, "rule-example-wrong", **facts)


def _in_words(outcome: d.Expectation) -> str:
    """An outcome as readers call it, with the word that the file must have."""
    return f"{enum_label('Verdict', outcome.value).zh} {outcome.value}"


def _comes_out(rule: d.Rule, example: d.Example, parameters: Mapping[str, int | float]) -> d.Expectation | None:
    """What a rule makes of an example; None where its figures do not suffice."""
    classes = example.given.get(d.SchoolMeasure.CLASSES)
    stages = frozenset(example.stages or rule.applies_to.stages or Stage)
    if not applies(rule.applies_to, stages, classes if isinstance(classes, int) else None, example.given.get):
        return d.Expectation.NOT_APPLICABLE
    held = example_holds(rule, example.given, parameters)
    return None if held is None else d.Expectation.MET if held else d.Expectation.UNMET


def waiver_refers(waiver: d.Waiver) -> Iterator[Reference]:
    """The rule, and the schools or the districts below that are excused from it."""
    yield Reference(to=RULE, id=waiver.rule, at=("rule",))
    yield from listed(SCHOOL, waiver.schools, "schools")
    yield from listed(BELOW, waiver.below, "districts")


def waiver_agrees(waiver: d.Waiver, node: Node, known: Known) -> Iterator[Problem]:
    """It excuses those whom its rule is about."""
    rule = known.find(RULE, waiver.rule)
    if rule is None:
        return
    excused = {d.Subject.SCHOOL: waiver.schools, d.Subject.BELOW: waiver.below}
    if not excused.pop(rule.subject, ()) or any(excused.values()):
        subject = enum_label("Subject", rule.subject.value)
        yield problem(
            node.at("rule"),
            "waiver-subject",
            rule=rule.id,
            subject=subject.zh,
            **{"subject@en": subject.in_(Language.EN)},
        )


def account_refers(account: Account) -> Iterator[Reference]:
    """Of each sentence the systems, and the clauses, rules and claims behind it."""
    for index, sentence in enumerate(account.sentences):
        yield from listed(SYSTEM, sentence.systems, "sentences", index, "systems")
        yield from listed(CLAUSE, sentence.clauses, "sentences", index, "clauses")
        yield from listed(RULE, sentence.rules, "sentences", index, "rules")
        yield from listed(CLAIM, sentence.claims, "sentences", index, "claims")
