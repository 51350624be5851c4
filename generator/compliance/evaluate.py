"""Compliance: every rule applied to every subject on one day, with what the verdict rests on.

Owns `evaluate` and the meaning of verdicts. A Check is one rule on one subject on one day; it is judged by periods (the
school year, or each term, window or month begun by then) and the periods' verdicts become one. A breach is not a
Problem: it is recorded. What the files do not say is never taken for a breach. Must not know pages.

The day is the whole day in the district's time zone: a due day, and a waiver's last day, still count.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from generator.compliance.below_measures import AskedRule, BelowMeasured
from generator.compliance.below_measures import measured as measured_below
from generator.compliance.measures import Measured, measure
from generator.compliance.school_measures import DATED, INSPECTED, MEASURABLE, MeasureInput, Period, Visits, periods
from generator.model.district import SchoolYear
from generator.model.duties import (
    SEALED,
    Anchor,
    BelowMeasure,
    Due,
    Operator,
    PeriodKind,
    Rule,
    RuleId,
    SchoolMeasure,
    Subject,
    Value,
    Waiver,
    WaiverId,
)
from generator.model.ids import BelowId, ClauseRef, SchoolId, YearId
from generator.model.inspections import Inspection, SchemeId, SchemeKind
from generator.model.operators import HIGHER_IS_BETTER, answered, applies, holds, target_value
from generator.model.programme import MeasureName, Modality
from generator.model.rollup import DistrictBelow, definition
from generator.model.schools import Return, School
from generator.problems import Position
from generator.records.repository import Repository, differing, same_records, spans


class Verdict(StrEnum):
    """What a Check comes out as: a closed set."""

    MET = "met"
    UNMET = "unmet"  # only of a 应当 clause
    ADVISORY = "advisory"  # a 原则上 or 鼓励 clause is not followed
    DUE = "due"  # not there yet, and the last day has not passed
    STALE = "stale"  # it was met, but what says so is too old
    UNREPORTED = "unreported"  # the last day has passed and the files do not say
    WAIVED = "waived"
    SEALED = "sealed"  # the school has handed in what answers it; its own answer is not told, or not yet
    NOT_APPLICABLE = "not-applicable"

    __hash__ = str.__hash__  # an enumeration's own is a function of Python; Checks are counted by the hundred thousand


# A Check judged by several periods comes out as the first of these that any period came out as.
WORST_FIRST = (
    Verdict.UNMET,
    Verdict.ADVISORY,
    Verdict.UNREPORTED,
    Verdict.STALE,
    Verdict.MET,
    Verdict.SEALED,
    Verdict.DUE,
)
JUDGED = frozenset({Verdict.MET, Verdict.UNMET, Verdict.ADVISORY})  # what shares are shares of
LATE_COUNTS = "late_counts"  # the district's parameter: 0 where what was done late does not count; else it does
BREACHES = frozenset({Verdict.UNMET, Verdict.ADVISORY})
WAIVABLE = frozenset({Verdict.UNMET, Verdict.ADVISORY, Verdict.UNREPORTED, Verdict.STALE})


class JudgedPeriod(Struct, frozen=True, gc=False):  # made once a Check or oftener
    """One period judged: its last day, the value found and the target it was compared with (None: not known); `late` if
    what was done was done after the last day.
    """

    period: Period
    due: date
    verdict: Verdict
    value: Value | None
    target: Value | None
    late: bool = False


class Evidence(Struct, frozen=True, gc=False):  # made some times a Check
    """A field that a verdict rests on.

    `dated` is the day its figures were counted, `filed` the day they were reported. What is told of a term, month or
    window goes on after the count: it is as of the day of filing.
    """

    kind: str  # of the record: a return, an inspection, a release
    at: Position
    field: tuple[str, ...]
    dated: date
    filed: date


class Check(Struct, frozen=True, kw_only=True, gc=False):  # made once a rule and school
    """One rule on one subject: a school, a district `below`, or with neither the district itself.

    `periods` are the periods begun, `decisive` the last of them that came out as the whole; none where it does not
    apply.

    Checks of a day that were judged alike have the very same `periods`, so that what is told of these can be made once.
    `without_waiver` is what it would be without `waiver`; `lapsed` is a waiver that has run out. `fresh_until` is the
    last day on which the evidence is good (None: it does not age). `found` is the return it rests on, `further` what it
    rests on in inspections or a release.
    """

    rule: Rule
    school: School | None
    verdict: Verdict
    without_waiver: Verdict
    periods: tuple[JudgedPeriod, ...]
    decisive: JudgedPeriod | None
    fresh_until: date | None
    waiver: Waiver | None
    lapsed: Waiver | None
    found: Return | None
    further: tuple[Evidence, ...]
    cites: Sequence[Position]
    below: DistrictBelow | None = None

    @property
    def about(self) -> str | None:
        """The id of the school or of the district below that it is of."""
        return self.school.id if self.school else self.below.id if self.below else None

    @property
    def next_due(self) -> JudgedPeriod | None:
        """The earliest period that is still to come."""
        for judged in self.periods:  # a generator takes twice as long
            if judged.verdict is Verdict.DUE:
                return judged
        return None

    @property
    def met_late(self) -> tuple[JudgedPeriod, ...]:
        """The periods of which the demand was met, and only after their last day."""
        return tuple(p for p in self.periods if p.late and p.verdict is Verdict.MET)

    def evidence(self) -> tuple[Evidence, ...]:
        """The fields it rests on, with file and line."""
        found = self.found
        if found is None or self.rule.subject is Subject.DISTRICT:
            return self.further
        source, place, filed = found.source, found.place, found.filed_on
        dated = found.counted_on if self.rule.period is PeriodKind.YEAR else filed
        all_ = [(path, place(path)) for path in _fields(*_names(self.rule))]
        there = [one for one in all_ if one[1] != source] or all_  # what is not there cites nothing
        return (*[Evidence("return", at, path, dated, filed) for path, at in there], *self.further)


class Tally(Struct, frozen=True, kw_only=True):
    """How many Checks came out as what; `late` of those met were met late."""

    counts: Mapping[Verdict, int]
    late: int = 0

    @property
    def judged(self) -> int:
        """How many could be judged: what shares are shares of."""
        return sum(self.counts[v] for v in JUDGED)

    @property
    def met(self) -> int:
        """How many are met."""
        return self.counts[Verdict.MET]

    @property
    def left_out(self) -> int:
        """How many the rule applies to and no share counts: due, stale, unreported, waived, sealed."""
        return sum(n for v, n in self.counts.items() if v not in JUDGED and v is not Verdict.NOT_APPLICABLE)

    @property
    def share(self) -> float | int | None:
        """Per cent met of those judged, cut to one place; None where none was judged: nothing is not "all"."""
        if not self.judged:
            return None
        tenths = 1000 * self.met // self.judged
        return tenths // 10 if tenths % 10 == 0 else tenths / 10


def together(tallies: Iterable[Tally]) -> Tally:
    """Several Tallies added up."""
    counts, late = dict.fromkeys(Verdict, 0), 0
    for one in tallies:
        for verdict, number in one.counts.items():
            counts[verdict] += number
        late += one.late
    return Tally(counts=counts, late=late)


def counted(found: Mapping[Verdict, int]) -> Tally:
    """A Tally of what was counted by verdict, none of it met late."""
    return Tally(counts={verdict: found.get(verdict, 0) for verdict in Verdict})


def tally(checks: Iterable[Check]) -> Tally:
    """Count Checks by verdict; every verdict is there, with 0 if need be."""
    counts, late = dict.fromkeys(Verdict, 0), 0
    for check in checks:
        verdict = check.verdict
        counts[verdict] += 1
        if verdict is Verdict.MET:
            for judged in check.periods:  # `met_late` takes three times as long
                if judged.late and judged.verdict is Verdict.MET:
                    late += 1
                    break
    return Tally(counts=counts, late=late)


class Outcome(NamedTuple):
    """What a school came out as on a day: a sign for each rule about schools in their order, which is enough to count;
    and the waivers that it has need of.
    """

    signs: str
    needs: tuple[WaiverId, ...]


_SIGNS = {verdict: chr(ord("a") + number) for number, verdict in enumerate(Verdict)}
_MET_LATE = _SIGNS[Verdict.MET].upper()


def _outcome(checks: Sequence[Check]) -> Outcome:
    return Outcome("".join(map(_sign, checks)), tuple([check.waiver.id for check in checks if check.waiver]))


def _sign(check: Check) -> str:
    if check.verdict is Verdict.MET:
        for judged in check.periods:  # `met_late` takes three times as long
            if judged.late and judged.verdict is Verdict.MET:
                return _MET_LATE
    return _SIGNS[check.verdict]


def _counted(signs: str) -> Tally:
    late = signs.count(_MET_LATE)
    counts = {verdict: signs.count(sign) for verdict, sign in _SIGNS.items()}
    return Tally(counts={**counts, Verdict.MET: counts[Verdict.MET] + late}, late=late)


def tallies(rules: Sequence[RuleId], outcomes: Iterable[Outcome]) -> Mapping[RuleId, Tally]:
    """How schools came out by each of the rules about schools, which stand in their order."""
    signs = "".join([one.signs for one in outcomes])
    return {rule: _counted(signs[number :: len(rules)]) for number, rule in enumerate(rules)}


class Outcomes(Struct, kw_only=True):
    """By day: what was `found` before of schools of which nothing has changed since, and what is `made` now."""

    found: Mapping[date, Mapping[SchoolId, Outcome]] = field(default_factory=dict)
    made: dict[date, Mapping[SchoolId, Outcome]] = field(default_factory=dict)


class ChecksBySchool(Mapping[SchoolId, tuple[Check, ...]]):
    """The Checks of schools on a day; a school is judged when they are asked for."""

    def __init__(self, day: _Day, schools: Iterable[SchoolId], judged: Mapping[SchoolId, tuple[Check, ...]]) -> None:
        self.rules = tuple(ready for ready in day.rules if ready.rule.subject is Subject.SCHOOL)
        self._day, self._schools, self.judged = day, dict.fromkeys(schools), {**judged}

    def __getitem__(self, school: SchoolId) -> tuple[Check, ...]:
        if school not in self.judged:
            if school not in self._schools:
                raise KeyError(school)
            self.judged[school] = _of_school(self._day, self._day.repository.schools[school], self.rules)
        return self.judged[school]

    def of_rule(self, number: int) -> Iterator[Check]:
        """The Checks of a rule, by its number among those about schools. Nothing else is judged for that."""
        rule = self.rules[number : number + 1]
        for school in self._schools:
            if (judged := self.judged.get(school)) is not None:
                yield judged[number]
            else:
                yield _of_school(self._day, self._day.repository.schools[school], rule)[0]

    def __iter__(self) -> Iterator[SchoolId]:
        return iter(self._schools)

    def __len__(self) -> int:
        return len(self._schools)


class ChecksByRule(Mapping[RuleId, tuple[Check, ...]]):
    """The Checks of each rule."""

    def __init__(self, repository: Repository, others: Sequence[Check], by_school: ChecksBySchool) -> None:
        self._rules, self._others, self._by_school = repository.rules, others, by_school
        self._numbers = {ready.rule.id: number for number, ready in enumerate(by_school.rules)}
        self._made: dict[RuleId, tuple[Check, ...]] = {}

    def __getitem__(self, rule: RuleId) -> tuple[Check, ...]:
        if rule not in self._made:
            if rule in self._numbers:
                self._made[rule] = tuple(self._by_school.of_rule(self._numbers[rule]))
            else:
                self._made[self._rules[rule].id] = tuple(c for c in self._others if c.rule.id == rule)
        return self._made[rule]

    def __iter__(self) -> Iterator[RuleId]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


class ChecksOfSchools(Sequence[Check]):
    """Checks of no school, and those of schools one after the other: each is judged when it is asked for."""

    def __init__(
        self, others: Sequence[Check], by_school: Mapping[SchoolId, tuple[Check, ...]], schools: Collection[SchoolId]
    ) -> None:
        self._others, self._by_school, self._schools = others, by_school, schools

    def __iter__(self) -> Iterator[Check]:
        return chain(self._others, chain.from_iterable(map(self._by_school.__getitem__, self._schools)))

    def __len__(self) -> int:
        if isinstance(self._by_school, ChecksBySchool):
            return len(self._others) + len(self._by_school.rules) * len(self._schools)
        return len(self._others) + sum(len(self._by_school[school]) for school in self._schools)

    def __getitem__(self, at: Any) -> Any:
        return tuple(self)[at]


class TalliesBySchool(Mapping[SchoolId, Tally]):
    """How the Checks of each school came out."""

    def __init__(self, outcomes: Mapping[SchoolId, Outcome]) -> None:
        self._outcomes = outcomes

    def __getitem__(self, school: SchoolId) -> Tally:
        return _counted(self._outcomes[school].signs)

    def __iter__(self) -> Iterator[SchoolId]:
        return iter(self._outcomes)

    def __len__(self) -> int:
        return len(self._outcomes)


class Verdicts(Struct, frozen=True, kw_only=True):
    """Every Check of one day, by rule and by school, in the order of rules and schools; and by district below. Where it
    is known what a school came out as, it is judged when its Checks are asked for.

    `tallies` are those of each rule's Checks, which many pages tell, `school_tallies` those of each school's.
    """

    as_of: date
    checks: Sequence[Check]
    others: tuple[Check, ...]  # of no school
    by_rule: Mapping[RuleId, tuple[Check, ...]]
    tallies: Mapping[RuleId, Tally]
    by_school: Mapping[SchoolId, tuple[Check, ...]]
    outcomes: Mapping[SchoolId, Outcome]
    school_tallies: Mapping[SchoolId, Tally]
    of_district: tuple[Check, ...]
    by_below: Mapping[BelowId, tuple[Check, ...]]
    needless: tuple[WaiverId, ...]  # waivers in force of which no school has need


# The records that the Checks of every school rest on.
FOR_ALL = ("bands", "district", "policies", "releases", "rules", "schemes", "withdrawals")

# What was last evaluated for a day, and of which records.
Earlier: TypeAlias = "dict[date, tuple[Repository, Verdicts]]"


def evaluate(
    repository: Repository,
    as_of: date,
    earlier: Earlier | None = None,
    of: Container[SchoolId] | None = None,
    outcomes: Outcomes | None = None,
) -> Verdicts:
    """Every rule on every subject it is about, as the records say at the end of `as_of`; of the schools only those in
    `of`, if it is given. Which waivers are needless is known then if all schools that waivers name are among them.

    Who evaluates several states of the same records hands the same `earlier` over, and a school that nothing new
    concerns keeps its Checks. A school whose outcome is among the `outcomes` that were found is not judged for it.
    """
    before = outcomes.found.get(as_of, {}) if outcomes else {}
    found = _evaluated(repository, as_of, earlier.get(as_of) if earlier else None, of, before)
    if earlier is not None:
        earlier[as_of] = (repository, found)
    if outcomes is not None:
        outcomes.made[as_of] = found.outcomes
    return found


def _evaluated(
    repository: Repository,
    as_of: date,
    known: tuple[Repository, Verdicts] | None,
    of: Container[SchoolId] | None,
    before: Mapping[SchoolId, Outcome],
) -> Verdicts:
    day = _day(repository, as_of)
    schools = tuple(school for school in repository.schools if of is None or school in of)
    kept, judged = _kept(repository, *known) if known else ({}, {})
    by_school = ChecksBySchool(day, schools, {school: judged[school] for school in schools if school in judged})
    told = {**before, **kept}
    outcomes = {school: told.get(school) or _outcome(by_school[school]) for school in schools}
    others = tuple(_of_no_school(day))
    by_rule = ChecksByRule(repository, others, by_school)
    needed = {waiver for one in outcomes.values() for waiver in one.needs} | {c.waiver.id for c in others if c.waiver}
    of_schools = tallies([ready.rule.id for ready in by_school.rules], outcomes.values())
    return Verdicts(
        as_of=as_of,
        checks=ChecksOfSchools(others, by_school, schools),
        others=others,
        by_rule=by_rule,
        tallies={rule: of_schools.get(rule) or tally(by_rule[rule]) for rule in repository.rules},
        by_school=by_school,
        outcomes=outcomes,
        school_tallies=TalliesBySchool(outcomes),
        of_district=tuple(check for check in others if check.about is None),
        by_below={id_: tuple(c for c in others if c.below and c.below.id == id_) for id_ in repository.below},
        needless=tuple(w.id for w in repository.waivers.values() if w.in_force(as_of) and w.id not in needed),
    )


def of_school(repository: Repository, school: SchoolId, as_of: date) -> Mapping[RuleId, Check]:
    """Every rule about schools on one school, as the records say at the end of `as_of`."""
    day = _day(repository, as_of)
    rules = [ready for ready in day.rules if ready.rule.subject is Subject.SCHOOL]
    return {check.rule.id: check for check in _of_school(day, repository.schools[school], rules)}


# --- one day ----------------------------------------------------------------------------------------------------------


class _Slot(NamedTuple):
    """A period begun with its last day, the district's numbers that hold on that day, and the target, where it is the
    same for all.
    """

    period: Period
    due: date
    parameters: Mapping[str, int | float]
    fixed: Value | None


class _Ready(Struct, frozen=True, kw_only=True):
    """A rule made ready for a day: found once, used for every school."""

    rule: Rule
    in_force: bool
    limited: bool  # not about every school
    slots: tuple[_Slot, ...]
    inspects: tuple[str, ...]  # the measures of inspections that it reads
    reads_return: bool
    sealed: bool


class _Released(Struct, frozen=True, kw_only=True):
    """A school's verdict by a sealed rule, as a release published it."""

    met: bool
    target: int | float
    at: Position
    on: date


class _Day(Struct, frozen=True, kw_only=True):
    """What is the same for every Check of a day."""

    repository: Repository
    as_of: date
    year: SchoolYear
    whole_year: Period
    rules: tuple[_Ready, ...]
    waivers: Mapping[tuple[RuleId, str], tuple[Waiver, ...]]
    kinds: Mapping[SchemeId, SchemeKind]
    visits: Mapping[SchoolId, tuple[Inspection, ...]]  # those that have been, in their order
    released: Mapping[tuple[RuleId, SchoolId], _Released]
    alike: dict[tuple[object, ...], tuple[JudgedPeriod, ...]] = field(default_factory=dict)  # periods judged before

    def shared(self, rule: Rule, judged: tuple[JudgedPeriod, ...]) -> tuple[JudgedPeriod, ...]:
        """The periods of a rule as they were judged for another school before, if they were judged alike."""
        key: list[object] = [rule.id]
        for one in judged:
            value, target = one.value, one.target
            key += one.period.id, one.due, one.verdict, one.late
            key += value, value.__class__, target, target.__class__  # 2 is not 2.0 here
        return self.alike.setdefault(tuple(key), judged)


def _day(repository: Repository, as_of: date) -> _Day:
    year = repository.district.year_on(as_of)
    begun = {kind: tuple(p for p in periods(kind, year) if p.first_day <= as_of) for kind in PeriodKind}
    binding = repository.binding()
    # Of a last day that is still to come nobody knows the number yet: today's is told.
    parameters = cache(lambda due: repository.district.parameters_on(min(due, as_of)))
    waivers: dict[tuple[RuleId, str], tuple[Waiver, ...]] = {}
    for waiver in repository.waivers.values():
        for one in (*waiver.schools, *waiver.below):
            waivers[waiver.rule, one] = (*waivers.get((waiver.rule, one), ()), waiver)
    return _Day(
        repository=repository,
        as_of=as_of,
        year=year,
        whole_year=periods(PeriodKind.YEAR, year)[0],
        rules=tuple(
            _ready(rule, begun[rule.period], year, spans(rule, binding), parameters, as_of)
            for rule in repository.rules.values()
        ),
        waivers=waivers,
        kinds={scheme.id: scheme.kind for scheme in repository.schemes.values()},
        visits=_visits(repository, as_of),
        released=_released(repository, year, as_of),
    )


def _released(repository: Repository, year: SchoolYear, as_of: date) -> Mapping[tuple[RuleId, SchoolId], _Released]:
    """What the school year's releases say of sealed rules by then, the newest last: it is the one that counts."""
    terms = {term.id for term in year.terms}
    found = [release for release in repository.published(as_of) if release.term in terms]
    return {
        (answer.rule, school): _Released(met=met, target=answer.target, at=answer.source, on=release.released_on)
        for release in found
        for answer in release.school_verdicts
        for school, met in answer.schools.items()
    }


def _visits(repository: Repository, as_of: date) -> Mapping[SchoolId, tuple[Inspection, ...]]:
    by_school: dict[SchoolId, list[Inspection]] = {}
    for inspection in repository.inspections.values():
        if inspection.visited(as_of):
            by_school.setdefault(inspection.school, []).append(inspection)
    return {school: tuple(found) for school, found in by_school.items()}


def _ready(
    rule: Rule,
    begun: tuple[Period, ...],
    year: SchoolYear,
    binds: tuple[tuple[date, date], ...],
    parameters: Callable[[date], Mapping[str, int | float]],
    as_of: date,
) -> _Ready:
    measures = measures_of(rule) if rule.subject is Subject.SCHOOL else ()
    due = [(period, due_day(rule.due, period, year)) for period in begun]
    return _Ready(
        rule=rule,
        in_force=any(first <= as_of <= last for first, last in binds),
        limited=rule.applies_to.restricts,
        slots=tuple(
            _Slot(period, last, parameters(last), _fixed(rule, parameters(last)))
            for period, last in due
            if any(_bound(rule, period, last, span) for span in binds)
        ),
        inspects=tuple(name for name in measures if name in INSPECTED),
        reads_return=any(name in MEASURABLE and name not in SEALED for name in measures),
        sealed=is_sealed(rule),
    )


def _fixed(rule: Rule, parameters: Mapping[str, int | float]) -> Value | None:
    if rule.target is None or rule.target.measure is not None:
        return None
    return target_value(rule.target, lambda _: None, parameters)


def _bound(rule: Rule, period: Period, due: date, span: tuple[date, date]) -> bool:
    """Whether a period is judged: its last day comes while the rule binds, and the period is not over before."""
    first, last = span
    if rule.due.anchor is Anchor.INSPECTION:  # the inspection sets the day
        return first <= period.last_day and period.first_day <= last
    return first <= period.last_day and first <= due <= last


def due_day(due: Due, period: Period, year: SchoolYear) -> date:
    """The last day that counts as in time."""
    match due.anchor:
        case Anchor.RETURNS_DUE:
            start = year.returns_due
        case Anchor.PERIOD_START | Anchor.INSPECTION:
            start = period.first_day
        case Anchor.PERIOD_END:
            start = period.last_day
    return start + timedelta(days=due.days)


def _of_no_school(day: _Day) -> Iterator[Check]:
    """District rules first, then those about districts below."""
    for ready in day.rules:
        if ready.rule.subject is Subject.DISTRICT:
            yield _district(day, ready)
    for ready in day.rules:
        if ready.rule.subject is Subject.BELOW:
            yield from (_waived(day, _below(day, ready, one)) for one in day.repository.below.values())


def _of_school(day: _Day, school: School, rules: Iterable[_Ready]) -> tuple[Check, ...]:
    seen = _SchoolOnDay(day, school)
    return tuple([_waived(day, seen.check(ready)) for ready in rules])


def _kept(
    repository: Repository, other: Repository, verdicts: Verdicts
) -> tuple[Mapping[SchoolId, Outcome], Mapping[SchoolId, tuple[Check, ...]]]:
    """What schools came out as in another state of the records, and do in this one; and those Checks that are made."""
    new = concerned(other, repository)
    if new is None:
        return {}, {}
    by_school = verdicts.by_school
    judged = by_school.judged if isinstance(by_school, ChecksBySchool) else by_school
    outcomes = {school: found for school, found in verdicts.outcomes.items() if school not in new}
    return outcomes, {school: checks for school, checks in judged.items() if school in outcomes}


def concerned(one: Repository, other: Repository) -> frozenset[SchoolId] | None:
    """The schools whose Checks need not be the same in both: of any other, all that a Check rests on is the very same
    record. None: every school.
    """
    return differing(one, other) if same_records(one, other, FOR_ALL) else None


# --- a school ---------------------------------------------------------------------------------------------------------


class _SchoolOnDay:
    """A school on a day: its return if it was filed by then, its inspections, and what its measures gave, each found
    once.
    """

    def __init__(self, day: _Day, school: School) -> None:
        found = day.repository.returns.get((school.id, day.year.id))
        self.day, self.school = day, school
        self.found = found if found is not None and found.filed_on <= day.as_of else None
        self.opened = school.is_open(day.as_of)
        self.whole_year = school.was_there(day.year.first_day, date.max)
        stated = self.found.classes if self.found else school.classes
        self.stages = frozenset(stated if self.found else school.shape_on(day.as_of).stages)
        self.classes = sum(stated.values()) if self.stages == frozenset(stated) else None  # of other stages: not known
        self._values: dict[tuple[str, str], Value | None] = {}

    def value(self, name: str, period: Period) -> Value | None:
        """A measure's value in a period; None where it is not stated."""
        key = (name, period.id)
        if key not in self._values:
            self._values[key] = self._measured(name, period)
        return self._values[key]

    def _measured(self, name: str, period: Period) -> Value | None:
        if (inspected := INSPECTED.get(name)) is not None:
            return inspected.value(self._visits(period))
        if self.found is None:
            return None
        return MEASURABLE[name].value(MeasureInput(found=self.found, period=period, bands=self.day.repository.bands))

    def _visits(self, period: Period) -> Visits:
        return Visits(
            inspections=self.day.visits.get(self.school.id, ()), kinds=self.day.kinds, period=period, on=self.day.as_of
        )

    def check(self, ready: _Ready) -> Check:
        """A rule on this school, before any waiver."""
        rule = ready.rule
        if not (self.opened and ready.in_force and (not ready.limited or self._concerned(rule))):
            return _check(rule, self.school, (), None, None)
        if ready.sealed:
            return self._sealed(ready)
        found, fresh_until = self.found if ready.reads_return else None, None
        if rule.freshness is not None and found is not None:
            fresh_until = found.counted_on + timedelta(days=rule.freshness.days)
        judged = tuple([self._judged_period(ready, slot, fresh_until) for slot in self._slots(ready)])
        by_period = self.day.shared(rule, judged)
        check = _check(rule, self.school, by_period, fresh_until, found)
        return replace(check, further=self._inspected(ready.inspects)) if ready.inspects else check

    def _sealed(self, ready: _Ready) -> Check:
        """The verdict that a release published: no figure stands behind it that could be shown."""
        answer = self.day.released.get((ready.rule.id, self.school.id))
        held = answer.met if answer else None
        by_period = tuple(
            JudgedPeriod(
                period=slot.period,
                due=slot.due,
                verdict=self._by_release(ready.rule, held, slot),
                value=None,
                target=answer.target if answer else slot.fixed,
            )
            for slot in self._slots(ready)
        )
        further = (
            (Evidence(kind="release", at=answer.at, field=("school_verdicts",), dated=answer.on, filed=answer.on),)
            if answer
            else ()
        )
        found = _check(ready.rule, self.school, self.day.shared(ready.rule, by_period), None, None)
        return replace(found, further=further) if further else found

    def _by_release(self, rule: Rule, held: bool | None, slot: _Slot) -> Verdict:
        """A school that handed in does not stand among those that said nothing, though its answer is not told."""
        if held is None and slot.period.id in self._handed_in():
            return Verdict.SEALED
        return _judged(rule, held, due=slot.due, as_of=self.day.as_of)

    def _handed_in(self) -> frozenset[str]:
        """The terms for which the school handed in sealed figures by then, and their year."""
        receipts, school, on = self.day.repository.receipts, self.school.id, self.day.as_of
        counted = {release.term for release in self.day.repository.published(on) if school in release.counted}
        terms = {
            term.id
            for term in self.day.year.terms
            if term.id in counted or ((kept := receipts.get((school, term.id))) and kept.sealed_on <= on)
        }
        return frozenset({*terms, self.day.year.id} if terms else ())

    def _slots(self, ready: _Ready) -> tuple[_Slot, ...]:
        """The periods that the school was there for, up to their last day."""
        if self.whole_year:
            return ready.slots
        return tuple(s for s in ready.slots if self.school.was_there(min(s.due, s.period.last_day), s.due))

    def _inspected(self, measures: tuple[str, ...]) -> tuple[Evidence, ...]:
        visits = self._visits(self.day.whole_year)
        found = [(INSPECTED[name].field, v, at) for name in measures for v, at in INSPECTED[name].places(visits)]
        return tuple(
            Evidence(kind="inspection", at=at, field=field, dated=v.visit_on, filed=v.told_on(self.day.as_of))
            for field, v, at in found
        )

    def _concerned(self, rule: Rule) -> bool:
        return applies(rule.applies_to, self.stages, self.classes, lambda name: self.value(name, self.day.whole_year))

    def _judged_period(self, ready: _Ready, slot: _Slot, fresh_until: date | None) -> JudgedPeriod:
        period, due, parameters, target = slot
        rule, value = ready.rule, self.value(ready.rule.measure, period)
        if target is None and rule.target is not None:
            target = target_value(rule.target, lambda name: self.value(name, period), parameters)
        if rule.due.anchor is Anchor.INSPECTION:
            due = self._set_by_inspections(rule, period) or due
        held = _held(rule, value, target)
        late = bool(held) and self._late(rule, period, due, target)
        if late and not parameters.get(LATE_COUNTS, 1):
            held = False
        verdict = _judged(rule, held, due=due, as_of=self.day.as_of)
        if (
            isinstance(value, tuple)
            and verdict in BREACHES
            and not answered(value, target, self._unanswered(rule.measure))
        ):
            verdict = Verdict.UNREPORTED
        if verdict is Verdict.MET and fresh_until is not None and self.day.as_of > fresh_until:
            verdict = Verdict.STALE
        return JudgedPeriod(period=period, due=due, verdict=verdict, value=value, target=target, late=late)

    def _late(self, rule: Rule, period: Period, due: date, target: Value | None) -> bool:
        """Whether what meets the rule had not happened by its last day."""
        if self.found is None or rule.measure not in DATED or self.day.as_of <= due:
            return False
        look = MeasureInput(found=self.found, period=period, bands=self.day.repository.bands, until=due)
        return not _held(rule, MEASURABLE[rule.measure].value(look), target)

    def _set_by_inspections(self, rule: Rule, period: Period) -> date | None:
        day = INSPECTED[rule.measure].due(self._visits(period))
        return None if day is None else day + timedelta(days=rule.due.days)

    def _unanswered(self, name: str) -> frozenset[str]:
        find = MEASURABLE[name].unanswered
        return find(self.found) if find is not None and self.found is not None else frozenset()


def _held(rule: Rule, value: Value | None, target: Value | None) -> bool | None:
    """Whether a value is what the rule demands; None where one of the two is not known."""
    if value is None or (rule.target is not None and target is None):
        return None
    return holds(rule.operator, value, target)


def _judged(rule: Rule, held: bool | None, *, due: date, as_of: date) -> Verdict:
    if held:
        return Verdict.MET
    if as_of <= due:
        return Verdict.DUE
    if held is None:
        return Verdict.UNREPORTED
    return Verdict.UNMET if rule.modality is Modality.SHALL else Verdict.ADVISORY


def combined(by_period: Sequence[Verdict]) -> Verdict:
    """What the verdicts of a Check's periods come to. No period yet: nothing is due, so it does not apply."""
    return next((verdict for verdict in WORST_FIRST if verdict in by_period), Verdict.NOT_APPLICABLE)


def _check(
    rule: Rule,
    school: School | None,
    by_period: tuple[JudgedPeriod, ...],
    fresh_until: date | None,
    found: Return | None,
    cites: Sequence[Position] = (),
) -> Check:
    if len(by_period) == 1:
        decisive: JudgedPeriod | None = by_period[0]
        verdict = by_period[0].verdict
    else:
        verdict = combined([m.verdict for m in by_period])
        decisive = next((m for m in reversed(by_period) if m.verdict is verdict), None)
    return Check(
        rule=rule,
        school=school,
        verdict=verdict,
        without_waiver=verdict,
        periods=by_period,
        decisive=decisive,
        fresh_until=fresh_until if by_period else None,
        waiver=None,
        lapsed=None,
        found=found if by_period else None,
        further=(),
        cites=cites,
    )


def _waived(day: _Day, check: Check) -> Check:
    """A waiver in force changes what is not met, and nothing else; one that has run out is named."""
    waivers = day.waivers.get((check.rule.id, check.about)) if check.about else None
    if not waivers or check.verdict not in WAIVABLE:
        return check
    if (valid := next((w for w in waivers if w.in_force(day.as_of)), None)) is not None:
        return replace(check, verdict=Verdict.WAIVED, waiver=valid)
    ended = [w for w in waivers if w.last_day < day.as_of]
    return replace(check, lapsed=max(ended, key=lambda w: w.last_day)) if ended else check


# --- the district -----------------------------------------------------------------------------------------------------


def _district(day: _Day, ready: _Ready) -> Check:
    rule = ready.rule
    if not ready.in_force:
        return _check(rule, None, (), None, None)
    figures: dict[str, Measured] = {}

    def value(name: str) -> int | float | None:
        if name not in figures:
            figures[name] = measure(MeasureName(name), day.repository, day.year.id, day.as_of)
        return figures[name].value

    if not ready.slots:
        return _check(rule, None, (), None, None)
    period, due, parameters, _ = ready.slots[0]
    found = value(rule.measure)
    target = target_value(rule.target, value, parameters) if rule.target else None
    held = _held(rule, found, target)
    if (
        held is False
        and rule.operator in HIGHER_IS_BETTER
        and figures[rule.measure].may_yet(lambda most: holds(rule.operator, most, target))
    ):
        held = None  # those that did not say could make it enough
    verdict = _judged(rule, held, due=due, as_of=day.as_of)
    one = JudgedPeriod(period=period, due=due, verdict=verdict, value=found, target=target)
    return _check(rule, None, (one,), None, None, figures[rule.measure].cites)


# --- districts below --------------------------------------------------------------------------------------------------


def _below(day: _Day, ready: _Ready, one: DistrictBelow) -> Check:
    """A rule on a district below, before any waiver."""
    if not (ready.in_force and ready.slots):
        return replace(_check(ready.rule, None, (), None, None), below=one)
    rule, (period, due, parameters, _) = ready.rule, ready.slots[0]
    found = below_figure(day.repository, rule, rule.measure, one, day.as_of)

    def value(name: str) -> int | float | None:
        return below_figure(day.repository, rule, name, one, day.as_of).value

    target = target_value(rule.target, value, parameters) if rule.target else None
    verdict = _judged(rule, _held_between(rule, found, target), due=due, as_of=day.as_of)
    judged = JudgedPeriod(period=period, due=due, verdict=verdict, value=found.value, target=target)
    return replace(_check(rule, None, (judged,), None, None, (one.source,)), below=one)


def below_figure(repository: Repository, rule: Rule, name: str, one: DistrictBelow, as_of: date) -> BelowMeasured:
    """A measure of a district below, as a rule reads it on a day."""
    read = repository.rules.get(rule.of_rule) if rule.of_rule else None
    numbers = repository.district.parameters_on(as_of)
    asked = AskedRule(id=read.id, definition=definition(read, numbers)) if read else None
    return measured_below(BelowMeasure(name), one, repository.district.year_on(as_of).id, as_of, asked)


def _held_between(rule: Rule, found: BelowMeasured, target: Value | None) -> bool | None:
    """Whether a figure is what the rule demands wherever it lies; None where those who have not spoken decide."""
    if found.least is None or found.most is None or not isinstance(target, int | float):
        return None
    if rule.operator is Operator.EQUAL and found.least < target < found.most:
        return None
    ends = {holds(rule.operator, end, target) for end in (found.least, found.most)}
    return ends.pop() if len(ends) == 1 else None


# --- asked of rules and verdicts --------------------------------------------------------------------------------------


def measures_of(rule: Rule) -> tuple[SchoolMeasure, ...]:
    """The school measures that a rule reads: its own and its target's."""
    return _measures(*_names(rule))


def _names(rule: Rule) -> tuple[str, str | None]:
    return rule.measure, rule.target.measure if rule.target else None  # what is asked for by a name is found faster


@cache
def _measures(*names: str | None) -> tuple[SchoolMeasure, ...]:
    return tuple(SchoolMeasure(name) for name in names if name)


@cache
def _fields(*names: str | None) -> tuple[tuple[str, ...], ...]:
    """The fields of a return that measures read."""
    measures = (name for name in _measures(*names) if name in MEASURABLE)
    return tuple(dict.fromkeys(f for name in measures for f in MEASURABLE[name].fields))


def is_sealed(rule: Rule) -> bool:
    """Whether only sealed submissions can answer the rule."""
    return rule.subject is Subject.SCHOOL and _sealed(*_names(rule))


@cache
def _sealed(*names: str | None) -> bool:
    return bool(SEALED.intersection(_measures(*names)))


def awaits_release(check: Check) -> bool:
    """Whether only a release can answer it, and none has."""
    return is_sealed(check.rule) and not check.further


def rules_of(repository: Repository) -> Mapping[ClauseRef, tuple[Rule, ...]]:
    """The rules of every clause: written once, in the rule; here turned round. A clause without a rule has none."""
    found: dict[ClauseRef, list[Rule]] = {ref: [] for ref in repository.clauses}
    for rule in repository.rules.values():
        for ref in rule.clauses:
            found[ref].append(rule)
    return {ref: tuple(rules) for ref, rules in found.items()}


class TrendPoint(Struct, frozen=True, kw_only=True):
    """The verdicts of one day in the past, counted: of all schools' Checks, and by rule and by school."""

    day: date
    year: YearId
    schools: Tally
    by_rule: Mapping[RuleId, Tally]
    by_school: Mapping[SchoolId, Tally]


def trend(
    repository: Repository,
    present: Verdicts,
    earlier: Earlier | None = None,
    of: Container[SchoolId] | None = None,
    outcomes: Outcomes | None = None,
) -> tuple[TrendPoint, ...]:
    """How the present records stood on the last day of every school year that was over by then, and how they stand.

    `earlier`, `of` and `outcomes` as in `evaluate`.
    """
    over = [y.last_day for y in repository.district.years if y.last_day < present.as_of]
    return (
        *(trend_point(repository, evaluate(repository, day, earlier, of, outcomes)) for day in over),
        trend_point(repository, present),
    )


def trend_point(repository: Repository, verdicts: Verdicts) -> TrendPoint:
    """One day's verdicts, counted."""
    of_schools = (rule.id for rule in repository.rules.values() if rule.subject is Subject.SCHOOL)
    return TrendPoint(
        day=verdicts.as_of,
        year=repository.district.year_on(verdicts.as_of).id,
        schools=together(verdicts.tallies[rule] for rule in of_schools),
        by_rule=verdicts.tallies,
        by_school=verdicts.school_tallies,
    )
