"""Scoring: what an item is worth, what a form adds up to, which title that is enough for, how an application stands.

Owns the adding up, exact to the last fraction. A missing score is missing, never zero: a Sum has a total only when
nothing is missing; otherwise it says at least how much there is and how much is still open. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import date
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from generator.compliance.evaluate import Verdict, of_school
from generator.model.duties import RuleId
from generator.model.ids import SchoolId
from generator.model.inspections import (
    Application,
    AwardLevel,
    Finding,
    Grade,
    Indicator,
    Inspection,
    InspectionId,
    Item,
    ItemId,
    Scheme,
    SubIndicator,
)
from generator.records.repository import Repository


class Sum(Struct, frozen=True, kw_only=True):
    """Full points, the points scored, the points of the `missing` items: those that nobody has scored yet."""

    full: Fraction
    scored: Fraction
    open: Fraction
    missing: int

    @property
    def total(self) -> Fraction | None:
        """The points, where nothing is missing."""
        return None if self.missing else self.scored

    @property
    def most(self) -> Fraction:
        """What it comes to if all that is missing gets full points."""
        return self.scored + self.open


class ItemScore(Struct, frozen=True, kw_only=True):
    """An item with what it rests on: the verdict of its rule, or the inspectors' finding.

    `points` is None where the score is missing; `late` where what the rule demands was met only after its last day.
    """

    item: Item
    points: Fraction | None
    verdict: Verdict | None
    late: bool
    finding: Finding | None


class PartScore(Struct, frozen=True, kw_only=True):
    part: SubIndicator
    sum: Sum
    items: tuple[ItemScore, ...]


class IndicatorScore(Struct, frozen=True, kw_only=True):
    indicator: Indicator
    sum: Sum
    parts: tuple[PartScore, ...]


class Score(Struct, frozen=True, kw_only=True):
    """A form filled in for one school, with verdicts as of the day `on`."""

    scheme: Scheme
    on: date
    sum: Sum
    indicators: tuple[IndicatorScore, ...]


def worth(
    item: Item, multipliers: Mapping[Grade, Fraction], verdict: Verdict | None, grade: Grade | None
) -> Fraction | None:
    """What an item gets: from its rule's verdict or, where it has no rule, from the grade.

    None: missing. The item has points.
    """
    assert item.points is not None
    if item.rule is None:
        return None if grade is None else item.points * multipliers[grade]
    match verdict:
        case Verdict.MET:
            return item.points
        case Verdict.UNMET | Verdict.ADVISORY:
            return Fraction(0)
        case Verdict.DUE | Verdict.STALE | Verdict.UNREPORTED | Verdict.WAIVED | Verdict.SEALED:
            return None
        case Verdict.NOT_APPLICABLE | None:
            return None


def added(scores: Iterable[tuple[Fraction, Fraction | None]]) -> Sum:
    """Add up (full points, points or None where they are missing)."""
    pairs = tuple(scores)
    return Sum(
        full=sum((full for full, _ in pairs), Fraction(0)),
        scored=sum((points for _, points in pairs if points is not None), Fraction(0)),
        open=sum((full for full, points in pairs if points is None), Fraction(0)),
        missing=sum(points is None for _, points in pairs),
    )


class FormAnswers(Struct, frozen=True, kw_only=True):
    """What a form is filled in from: the verdict of each rule, the rules met late, the inspectors' findings."""

    verdicts: Mapping[RuleId, Verdict]
    findings: Mapping[ItemId, Finding]
    late: Container[RuleId] = ()


def score(scheme: Scheme, on: date, answers: FormAnswers) -> Score:
    """Fill in a form that has points."""
    indicators = tuple(_indicator(scheme, indicator, answers) for indicator in scheme.indicators)
    return Score(
        scheme=scheme, on=on, sum=_sum(i for x in indicators for p in x.parts for i in p.items), indicators=indicators
    )


def _indicator(scheme: Scheme, indicator: Indicator, answers: FormAnswers) -> IndicatorScore:
    parts = tuple(_part(scheme, part, answers) for part in indicator.parts)
    return IndicatorScore(indicator=indicator, sum=_sum(item for part in parts for item in part.items), parts=parts)


def _part(scheme: Scheme, part: SubIndicator, answers: FormAnswers) -> PartScore:
    items = tuple(_item(scheme, item, answers) for item in part.items)
    return PartScore(part=part, sum=_sum(items), items=items)


def _item(scheme: Scheme, item: Item, answers: FormAnswers) -> ItemScore:
    verdict, finding = None if item.rule is None else answers.verdicts.get(item.rule), answers.findings.get(item.id)
    points = worth(item, scheme.multipliers, verdict, finding.grade if finding else None)
    late = verdict is Verdict.MET and item.rule in answers.late
    return ItemScore(item=item, points=points, verdict=verdict, late=late, finding=finding)


def _sum(items: Iterable[ItemScore]) -> Sum:
    return added((found.item.points or Fraction(0), found.points) for found in items)


# --- titles -----------------------------------------------------------------------------------------------------------


class Standing(Struct, frozen=True, kw_only=True):
    """The highest level that the points reach (None: no level).

    Not `settled` while what is missing could still change it.
    """

    level: AwardLevel | None
    settled: bool


def reached(levels: Iterable[AwardLevel], points: Fraction) -> AwardLevel | None:
    """The level with the highest threshold that the points reach."""
    return max(
        (level for level in levels if level.threshold <= points), key=lambda level: level.threshold, default=None
    )


def standing(levels: tuple[AwardLevel, ...], sum_: Sum) -> Standing:
    """Which level is reached for certain."""
    least = reached(levels, sum_.scored)
    return Standing(level=least, settled=least is reached(levels, sum_.most))


class ApplicationOutcome(StrEnum):
    """How an application stands on a day: a closed set."""

    AWAITING = "awaiting"  # nobody has been there yet
    INCOMPLETE = "incomplete"  # visited, but what is missing could still change the level
    REACHED = "reached"  # a level is reached, nothing is decided
    BELOW = "below"  # no level is reached, nothing is decided
    NAMED = "named"
    NOT_NAMED = "not-named"
    ENDED = "ended"  # named once; the title's last day has passed


class Assessment(Struct, frozen=True, kw_only=True):
    """An application with its score and how it stands. `inspection` is the one that scores it, once it has been."""

    application: Application
    inspection: Inspection | None
    score: Score
    standing: Standing
    outcome: ApplicationOutcome
    named: AwardLevel | None

    @property
    def unsupported(self) -> bool:
        """Whether the title given asks for more points than there are for certain."""
        return self.named is not None and self.score.sum.scored < self.named.threshold


def outcome(application: Application, visited: bool, stands: Standing, on: date) -> ApplicationOutcome:
    """How an application stands at the end of a day."""
    decision = application.decision
    if decision is not None and decision.decided_on <= on:
        if decision.named is None:
            return ApplicationOutcome.NOT_NAMED
        return ApplicationOutcome.ENDED if decision.named.last_day < on else ApplicationOutcome.NAMED
    if not visited:
        return ApplicationOutcome.AWAITING
    if not stands.settled:
        return ApplicationOutcome.INCOMPLETE
    return ApplicationOutcome.BELOW if stands.level is None else ApplicationOutcome.REACHED


def scores(repository: Repository, as_of: date) -> Mapping[InspectionId, Score]:
    """The score of every inspection that has been and whose scheme has points, with verdicts as of the day of the
    visit.
    """
    found = [
        v
        for v in repository.inspections.values()
        if v.visited(as_of) and repository.schemes[v.scheme].points is not None
    ]
    return {v.id: _scored(repository, repository.schemes[v.scheme], v.school, v.visit_on, v.findings) for v in found}


def _scored(repository: Repository, scheme: Scheme, school: SchoolId, on: date, findings: Iterable[Finding]) -> Score:
    checks = of_school(repository, school, on)
    answers = FormAnswers(
        verdicts={rule: check.verdict for rule, check in checks.items()},
        findings={finding.item: finding for finding in findings},
        late=frozenset(rule for rule, check in checks.items() if check.met_late),
    )
    return score(scheme, on, answers)


def assess(repository: Repository, as_of: date) -> tuple[Assessment, ...]:
    """Every application made by the end of a day, in their order.

    One that nobody has visited is scored by the verdicts of that day alone.
    """
    made = [a for a in repository.applications.values() if a.applied_on <= as_of]
    return tuple(_assessed(repository, application, as_of) for application in made)


def _assessed(repository: Repository, application: Application, as_of: date) -> Assessment:
    scheme = repository.schemes[application.scheme]
    found = repository.inspections[application.inspection] if application.inspection else None
    inspection = found if found is not None and found.visited(as_of) else None
    on = as_of if inspection is None else inspection.visit_on
    made = _scored(repository, scheme, application.school, on, inspection.findings if inspection else ())
    stands = standing(scheme.levels, made.sum)
    comes_to = outcome(application, inspection is not None, stands, as_of)
    named = (
        application.decision.named
        if application.decision and comes_to in (ApplicationOutcome.NAMED, ApplicationOutcome.ENDED)
        else None
    )
    return Assessment(
        application=application,
        inspection=inspection,
        score=made,
        standing=stands,
        outcome=comes_to,
        named=next(level for level in scheme.levels if level.id == named.level) if named else None,
    )
