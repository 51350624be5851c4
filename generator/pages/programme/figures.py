"""Figures: every published claim beside what the records give, and every measure with its values year by year.

The measures of one school that rules read stand there too.

Owns how a figure is put in words with its unit. A claim that is not reproduced is shown with both numbers, first.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.compliance.claims import ClaimOutcome, ClaimResult, TargetOutcome
from generator.compliance.evaluate import measures_of
from generator.compliance.measures import Measured, measure
from generator.compliance.school_measures import INSPECTED, MEASURABLE
from generator.edition.render import Edition, label_text, number
from generator.edition.site import Page
from generator.files.schemas import field_title
from generator.model.district import SchoolYear
from generator.model.duties import BY_PERIOD, SEALED, PeriodKind, SchoolMeasure, Subject
from generator.model.programme import MeasureName

TONES = {
    ClaimOutcome.REPRODUCED: "ok",
    ClaimOutcome.NOT_REPRODUCED: "short",
    ClaimOutcome.NOT_MEASURABLE: "neutral",
    TargetOutcome.REACHED: "ok",
    TargetOutcome.OPEN: "neutral",
    TargetOutcome.MISSED: "short",
    TargetOutcome.NOT_MEASURABLE: "missing",
}


def pages(edition: Edition) -> Iterator[Page]:
    """The claims, then the measures."""
    yield _claims(edition)
    yield _measures(edition)


def figure(edition: Edition, name: MeasureName, value: float | None) -> str:
    """A measure's value with its unit; "not stated" where nothing was."""
    if value is None:
        return edition.say("measures.unknown")
    return edition.say(f"measure.{name.value}.value", value=number(value))


def rests_on(edition: Edition, found: Measured) -> str:
    """Of how many records a figure was made, and how many are left out."""
    key = "measures.left_out" if found.left_out else "measures.complete"
    told = edition.say(key, counted=number(found.counted), left_out=number(found.left_out))
    if found.exact is None:
        return told
    rounded = edition.say("measures.rounded", low=number(found.exact.start), high=number(found.exact.stop - 1))
    return edition.say("measures.rests_on", told=told, rounded=rounded)


def _claims(edition: Edition) -> Page:
    results = edition.site.claims
    groups = [(o, [_claim(edition, r) for r in results if r.outcome is o]) for o in _ORDER]
    return edition.page(
        path="figures/claims",
        kind="figures",
        title=edition.say("claims.title"),
        description=edition.say("claims.description"),
        template="programme/claims.md.j2",
        data={
            "groups": [{"outcome": o, "tone": TONES[o], "members": g} for o, g in groups if g],
            "total": len(results),
        },
        cites=[r.claim.source for r in results],
    )


_ORDER = (ClaimOutcome.NOT_REPRODUCED, ClaimOutcome.REPRODUCED, ClaimOutcome.NOT_MEASURABLE)


def _claim(edition: Edition, result: ClaimResult) -> dict[str, object]:
    claim, found = result.claim, result.measured
    measured = claim.measure is not None and found is not None
    return {
        "claim": claim,
        "found": figure(edition, claim.measure, found.value) if claim.measure and found else None,
        "rests_on": rests_on(edition, found) if found and measured else None,
        "systems": [s for s in edition.site.repository.district.systems if s.number in claim.systems],
    }


def _measures(edition: Edition) -> Page:
    years = tuple(reversed(edition.site.repository.district.years))
    rows = [_measure(edition, name, years) for name in MeasureName]
    return edition.page(
        path="figures/measures",
        kind="figures",
        title=edition.say("measures.title"),
        description=edition.say("measures.description"),
        template="programme/measures.md.j2",
        data={
            "years": [y.id for y in years],
            "rows": rows,
            "of_schools": [_of_schools(edition, name) for name in SchoolMeasure],
        },
        cites=[edition.site.repository.district.source],
    )


def _measure(edition: Edition, name: MeasureName, years: tuple[SchoolYear, ...]) -> dict[str, object]:
    site = edition.site
    found = [(y.id, measure(name, site.repository, y.id, min(site.as_of, y.last_day))) for y in years]
    return {
        "name": name,
        "cells": [
            {"year": y, "value": figure(edition, name, m.value), "rests_on": rests_on(edition, m)} for y, m in found
        ],
        "claims": [r.claim for r in site.claims if r.claim.measure is name],
        "targets": [t for t in site.targets if t.target.measure is name],
    }


def _of_schools(edition: Edition, name: SchoolMeasure) -> dict[str, object]:
    """A measure of one school: by what period it has a value, which fields of the return give it, which rules
    read it.
    """
    stated = name in MEASURABLE
    fields = (
        [("return", f[:1]) for f in MEASURABLE[name].fields] if stated else [("inspection", INSPECTED[name].field[:1])]
    )
    rules = [
        r for r in edition.site.repository.rules.values() if r.subject is Subject.SCHOOL and name in measures_of(r)
    ]
    title = label_text(edition.language, name)
    return {
        "name": name,
        "title": title[:1].upper() + title[1:],
        "period": BY_PERIOD.get(name, PeriodKind.YEAR),
        "sealed": name in SEALED,
        "kind": "return" if stated else "inspection",
        "fields": [field_title(kind, field) for kind, field in dict.fromkeys(fields)],
        "rules": rules,
    }
