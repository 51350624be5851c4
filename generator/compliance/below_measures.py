"""Measures of districts below an office: what their summaries say, as one number that a rule can ask for.

Owns the one definition of each, and between which numbers it lies where schools or districts have not spoken: silence
is neither met nor unmet. Must not know what a rule makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from generator.compliance.measures import per_cent
from generator.model.duties import BelowMeasure, RuleId
from generator.model.ids import YearId
from generator.model.rollup import ALL, DistrictBelow, RuleTally, Summary

# The verdicts of schools, as summaries name them, that say something, and those that could be either.
_JUDGED, _SILENT = ("met", "unmet", "advisory"), ("unreported", "stale")


class BelowMeasured(Struct, frozen=True, kw_only=True):
    """A figure, and between which numbers it lies with those who have not spoken; None where nothing is known, and
    `why`. `silent` schools have not spoken.
    """

    value: int | float | None
    least: int | float | None
    most: int | float | None
    silent: int = 0
    why: str = ""


class AskedRule(Struct, frozen=True, kw_only=True):
    """A rule about schools that is read in summaries, by its id and by what it asks for."""

    id: RuleId
    definition: str


def measured(
    name: BelowMeasure, one: DistrictBelow, year: YearId, on: date, asked: AskedRule | None = None
) -> BelowMeasured:
    """A measure of a district for a school year, as it was known at the end of a day."""
    told = one.told_on(on)
    if told is None:
        return _unknown("no_summary")
    if name is BelowMeasure.SUMMARY_AGE:
        return _exact((on - told.as_of).days)
    if told.year != year:
        return _unknown("other_year")
    match name:
        case BelowMeasure.DISTRICTS_SHARE:
            return _exact(per_cent(told.districts.reported, max(1, told.districts.listed)))
        case BelowMeasure.CLAUSES_SHARE:
            return _clauses(told)
        case BelowMeasure.ANSWERED_SHARE | BelowMeasure.MET_SHARE:
            assert asked is not None
            return _of_rule(name, told, asked)


def _unknown(why: str) -> BelowMeasured:
    return BelowMeasured(value=None, least=None, most=None, why=why)


def _exact(value: float) -> BelowMeasured:
    return BelowMeasured(value=value, least=value, most=value)


def _clauses(told: Summary) -> BelowMeasured:
    clauses = sum(policy.clauses for policy in told.coverage)
    covered = sum(policy.rule + policy.reason for policy in told.coverage)
    return _exact(per_cent(covered, clauses)) if clauses else _unknown("no_clauses")


def _of_rule(name: BelowMeasure, told: Summary, asked: AskedRule) -> BelowMeasured:
    of_that_id = [rule for rule in told.rules if rule.id == asked.id and rule.subject == "school"]
    same = next((rule for rule in of_that_id if rule.definition == asked.definition), None)
    if same is None:
        return _unknown("other_rule" if of_that_id else "no_such_rule")
    counts = _counts(told, same)
    judged, silent = sum(counts[v] for v in _JUDGED), sum(counts[v] for v in _SILENT)
    if name is BelowMeasure.ANSWERED_SHARE:
        silent = 0
        part, whole = (
            judged + counts["stale"] + counts["sealed"],
            sum(counts[v] for v in (*_JUDGED, *_SILENT, "sealed")),
        )
        value = per_cent(part, whole) if whole else None
    else:
        part, whole = counts["met"], judged + silent
        value = per_cent(part, judged) if judged else None
    if not whole:
        return _unknown("nothing_judged")
    if same.districts < told.districts.listed:  # nobody knows how many schools the others have
        return BelowMeasured(value=value, least=0, most=100, silent=silent, why="some_districts")
    return BelowMeasured(
        value=value,
        least=per_cent(part, whole),
        most=per_cent(part + silent, whole),
        silent=silent,
        why="silent" if silent else "",
    )


def _counts(told: Summary, rule: RuleTally) -> Mapping[str, int]:
    return dict(zip(told.verdicts, rule.counts[ALL], strict=True))
