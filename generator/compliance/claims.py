"""Claims and targets: whether the records give the figure that was published, and whether a plan reached what it
promised.

Owns the comparison and its closed set of outcomes. A claim is measured as of its own day, a target as of its due day or
today, whichever comes first. A claim that the records do not reproduce is a finding that is shown with both numbers; it
is never a Problem.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import partial

from msgspec import Struct

from generator.compliance.measures import Measured, measure
from generator.model.programme import Claim, Comparison, Plan, PlanTarget
from generator.records.repository import Repository


class ClaimOutcome(StrEnum):
    """Whether the records give a published figure."""

    REPRODUCED = "reproduced"
    NOT_REPRODUCED = "not-reproduced"
    NOT_MEASURABLE = "not-measurable"


class TargetOutcome(StrEnum):
    """Where a target stands: reached, not yet due, missed, or nothing stated to tell by."""

    REACHED = "reached"
    OPEN = "open"
    MISSED = "missed"
    NOT_MEASURABLE = "not-measurable"


class ClaimResult(Struct, frozen=True, kw_only=True):
    """A claim and what the records give; `measured` is None where no measure could."""

    claim: Claim
    measured: Measured | None
    outcome: ClaimOutcome


class TargetResult(Struct, frozen=True, kw_only=True):
    """A plan's target and what the records give as of `measured_on`."""

    plan: Plan
    target: PlanTarget
    measured: Measured
    measured_on: date
    progress: TargetOutcome


def check(repository: Repository) -> tuple[ClaimResult, ...]:
    """Every claim against the records, in the order of the programme's systems."""
    ordered = sorted(repository.claims.values(), key=lambda c: (c.systems, c.id))
    return tuple(_claim(repository, claim) for claim in ordered)


def targets(repository: Repository, as_of: date) -> tuple[TargetResult, ...]:
    """Every target of every plan as it stands on `as_of`."""
    return tuple(
        _target(repository, plan, target, as_of) for plan in repository.plans.values() for target in plan.targets
    )


def holds(comparison: Comparison, figure: float, found: float) -> bool:
    """Whether `found` is what the comparison with `figure` says. Exact: 70 is not more than 70."""
    match comparison:
        case Comparison.EQUAL:
            return found == figure
        case Comparison.AT_LEAST:
            return found >= figure
        case Comparison.MORE_THAN:
            return found > figure
        case Comparison.AT_MOST:
            return found <= figure
        case Comparison.NEARLY:
            return Fraction(95, 100) * Fraction(figure) <= Fraction(found) < figure


def _claim(repository: Repository, claim: Claim) -> ClaimResult:
    if claim.measure is None:
        return ClaimResult(claim=claim, measured=None, outcome=ClaimOutcome.NOT_MEASURABLE)
    found = measure(claim.measure, repository, claim.school_year, claim.as_of)
    outcome = {True: ClaimOutcome.REPRODUCED, False: ClaimOutcome.NOT_REPRODUCED, None: ClaimOutcome.NOT_MEASURABLE}[
        _decided(claim.comparison, claim.value, found)
    ]
    return ClaimResult(claim=claim, measured=found, outcome=outcome)


def _decided(comparison: Comparison, figure: float, found: Measured) -> bool | None:
    """Whether what was found is what the comparison says.

    A figure that was rounded decides only where all that it may stand for agree.
    """
    possible = found.exact or ((found.value,) if found.value is not None else ())
    outcomes = {holds(comparison, figure, value) for value in possible}
    if len(outcomes) != 1 or (
        _upward(comparison) and outcomes == {False} and found.may_yet(partial(holds, comparison, figure))
    ):
        return None
    return outcomes.pop()


def _upward(comparison: Comparison) -> bool:
    """Whether more can only help."""
    return comparison in (Comparison.AT_LEAST, Comparison.MORE_THAN)


def _target(repository: Repository, plan: Plan, target: PlanTarget, as_of: date) -> TargetResult:
    on = min(as_of, target.due)
    found = measure(target.measure, repository, target.school_year, on)
    progress = _progress(target, found, due=as_of >= target.due)
    return TargetResult(plan=plan, target=target, measured=found, measured_on=on, progress=progress)


def _progress(target: PlanTarget, found: Measured, *, due: bool) -> TargetOutcome:
    """What can still change for the worse (at most, equal, a share) is not called reached before its day."""
    lasting = _upward(target.comparison)
    match _decided(target.comparison, target.value, found):
        case True if due or lasting:
            return TargetOutcome.REACHED
        case None if due:
            return TargetOutcome.NOT_MEASURABLE
        case False if due:
            return TargetOutcome.MISSED
        case _:
            return TargetOutcome.OPEN
