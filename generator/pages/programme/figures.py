"""Figures: every published claim beside what the records give, and every measure with its values year by year.

The measures of one school that rules read stand there too.

Owns how a figure is put in words with its unit. A claim that is not reproduced is shown with both numbers, first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from msgspec import Struct

from generator.compliance.claims import ClaimOutcome, ClaimResult, TargetOutcome, TargetResult
from generator.compliance.evaluate import measures_of
from generator.compliance.measures import Measured, measure
from generator.compliance.school_measures import INSPECTED, MEASURABLE
from generator.edition.render import Edition, TemplateData, label_text, number
from generator.edition.site import Page, Site
from generator.files.schemas import field_title
from generator.model.district import SchoolYear, System
from generator.model.duties import BY_PERIOD, SEALED, BelowMeasure, PeriodKind, Rule, SchoolMeasure, Subject
from generator.model.ids import YearId
from generator.model.programme import Claim, Comparison, MeasureName
from generator.text import Text

TONES = {
    ClaimOutcome.REPRODUCED: "ok",
    ClaimOutcome.NOT_REPRODUCED: "short",
    ClaimOutcome.NOT_MEASURABLE: "neutral",
    TargetOutcome.REACHED: "ok",
    TargetOutcome.OPEN: "neutral",
    TargetOutcome.MISSED: "short",
    TargetOutcome.NOT_MEASURABLE: "missing",
}


class ClaimLine(Struct, frozen=True, kw_only=True):
    """A claim beside what the records give. `comparison` is there where it is not that both are equal; `found` and
    `rests_on` where there is a measure.
    """

    claim: Claim
    comparison: Comparison | None
    found: str
    rests_on: str
    systems: tuple[System, ...]


class OutcomeGroup(Struct, frozen=True, kw_only=True):
    """The claims that came out alike."""

    outcome: ClaimOutcome
    title: str
    explain: str
    tone: str
    count: int
    members: tuple[ClaimLine, ...]


class ClaimsPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/claims.md.j2"
    total: int
    groups: tuple[OutcomeGroup, ...]


class YearValue(Struct, frozen=True, kw_only=True):
    """A measure's value for a school year, and of what it was made, in words."""

    year: YearId
    value: str
    rests_on: str


class MeasureSection(Struct, frozen=True, kw_only=True):
    """A measure of the district with its values, the latest of them in a sentence, and the claims and targets that
    cite it.
    """

    name: MeasureName
    explain: str
    latest: str
    cells: tuple[YearValue, ...]
    claims: tuple[Claim, ...]
    targets: tuple[TargetResult, ...]


class SchoolMeasureSection(Struct, frozen=True, kw_only=True):
    """A measure of one school: by what period it has a value, which fields of which kind of record give it, which rules
    read it.
    """

    name: SchoolMeasure
    title: str
    explain: str
    period: PeriodKind
    sealed: bool
    lead: str
    kind: str
    fields: tuple[Text, ...]
    rules: tuple[Rule, ...]


class BelowMeasureSection(Struct, frozen=True, kw_only=True):
    """A measure of districts below, and the rules that read it."""

    name: BelowMeasure
    title: str
    explain: str
    rules: tuple[Rule, ...]


class MeasuresPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/measures.md.j2"
    rows: tuple[MeasureSection, ...]
    of_schools: tuple[SchoolMeasureSection, ...]
    of_below: tuple[BelowMeasureSection, ...]


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
    groups = (_group(edition, outcome, [r for r in results if r.outcome is outcome]) for outcome in _ORDER)
    return edition.page(
        path="figures/claims",
        kind="figures",
        title=edition.say("claims.title"),
        description=edition.say("claims.description"),
        data=ClaimsPage(total=len(results), groups=tuple(group for group in groups if group.members)),
        cites=[r.claim.source for r in results],
    )


_ORDER = (ClaimOutcome.NOT_REPRODUCED, ClaimOutcome.REPRODUCED, ClaimOutcome.NOT_MEASURABLE)


def _group(edition: Edition, outcome: ClaimOutcome, results: Sequence[ClaimResult]) -> OutcomeGroup:
    return OutcomeGroup(
        outcome=outcome,
        title=edition.say(f"claims.{outcome.value}"),
        explain=edition.say(f"claims.{outcome.value}.explain"),
        tone=TONES[outcome],
        count=len(results),
        members=tuple(_claim(edition, result) for result in results),
    )


def _claim(edition: Edition, result: ClaimResult) -> ClaimLine:
    claim, found = result.claim, result.measured
    return ClaimLine(
        claim=claim,
        comparison=None if claim.comparison is Comparison.EQUAL else claim.comparison,
        found=figure(edition, claim.measure, found.value) if claim.measure and found else "",
        rests_on=rests_on(edition, found) if claim.measure and found else "",
        systems=tuple(s for s in edition.site.repository.district.systems if s.number in claim.systems),
    )


def _measures(edition: Edition) -> Page:
    records = edition.site.repository
    rows = (_measure(edition, name, tuple(reversed(records.district.years))) for name in _told(edition.site))
    of_schools = (_of_schools(edition, name) for name in SchoolMeasure)
    return edition.page(
        path="figures/measures",
        kind="figures",
        title=edition.say("measures.title"),
        description=edition.say("measures.description"),
        data=MeasuresPage(
            rows=tuple(rows),
            of_schools=tuple(one for one in of_schools if one.rules or not records.is_office),
            of_below=tuple(_of_below(edition, name) for name in BelowMeasure if records.below),
        ),
        cites=[records.district.source],
    )


def _told(site: Site) -> Iterator[MeasureName]:
    """Every measure; of an office, which has no schools, those that something of its own reads or gives."""
    records = site.repository
    read: set[str | None] = {r.measure for r in records.rules.values() if r.subject is Subject.DISTRICT}
    read |= {r.claim.measure for r in site.claims} | {t.target.measure for t in site.targets}
    for name in MeasureName:
        given = (measure(name, records, y.id, min(site.as_of, y.last_day)).counted for y in records.district.years)
        if not records.is_office or name in read or any(given):
            yield name


def _measure(edition: Edition, name: MeasureName, years: tuple[SchoolYear, ...]) -> MeasureSection:
    site = edition.site
    found = [(y.id, measure(name, site.repository, y.id, min(site.as_of, y.last_day))) for y in years]
    cells = [YearValue(year=y, value=figure(edition, name, m.value), rests_on=rests_on(edition, m)) for y, m in found]
    return MeasureSection(
        name=name,
        explain=edition.say(f"measure.{name.value}.explain"),
        latest=edition.say("measures.latest", year=cells[0].year, value=cells[0].value),
        cells=tuple(cells),
        claims=tuple(r.claim for r in site.claims if r.claim.measure is name),
        targets=tuple(t for t in site.targets if t.target.measure is name),
    )


def _of_schools(edition: Edition, name: SchoolMeasure) -> SchoolMeasureSection:
    stated = name in MEASURABLE
    fields = (
        [("return", f[:1]) for f in MEASURABLE[name].fields] if stated else [("inspection", INSPECTED[name].field[:1])]
    )
    rules = [
        r for r in edition.site.repository.rules.values() if r.subject is Subject.SCHOOL and name in measures_of(r)
    ]
    title = label_text(edition.language, name)
    return SchoolMeasureSection(
        name=name,
        title=title[:1].upper() + title[1:],
        explain=edition.say(f"measured.{name.value}.explain"),
        period=BY_PERIOD.get(name, PeriodKind.YEAR),
        sealed=name in SEALED,
        lead=edition.say("measures.fields" if stated else "measures.inspections"),
        kind="return" if stated else "inspection",
        fields=tuple(field_title(kind, field) for kind, field in dict.fromkeys(fields)),
        rules=tuple(rules),
    )


def _of_below(edition: Edition, name: BelowMeasure) -> BelowMeasureSection:
    rules = edition.site.repository.rules.values()
    return BelowMeasureSection(
        name=name,
        title=label_text(edition.language, name),
        explain=edition.say(f"measure.below.{name.value}"),
        rules=tuple(rule for rule in rules if rule.subject is Subject.BELOW and rule.measure == name.value),
    )
