"""Demonstration schools: who has the title and until when, every application with its score and what came of it; in a
large district on a page of each area, but for what was decided long ago.

Owns these pages. A school is listed as named until the last day of its title.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from msgspec import Struct

from generator.compliance.evaluate import Verdict
from generator.compliance.scoring import ApplicationOutcome, Assessment
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site
from generator.model.inspections import (
    Application,
    AwardLevel,
    Decision,
    Indicator,
    Item,
    Named,
    Scheme,
    SchemeKind,
    decimal,
)
from generator.model.schools import School
from generator.pages import areas
from generator.pages.areas import DistrictPart, DistrictPartLink, Listing
from generator.pages.duties.inspections import applications, path
from generator.pages.duties.scores import OUTCOME_TONES, standing_text, sum_text
from generator.problems import Position

_DECIDED = frozenset({ApplicationOutcome.NAMED, ApplicationOutcome.NOT_NAMED, ApplicationOutcome.ENDED})


class IndicatorSum(Struct, frozen=True, kw_only=True):
    """What an indicator comes to."""

    indicator: Indicator
    sum: str


class UnscoredItem(Struct, frozen=True, kw_only=True):
    """An item without points, with its rule's verdict if that is the reason."""

    item: Item
    verdict: Verdict | None


class ApplicationCard(Struct, frozen=True, kw_only=True):
    """An application: score, indicator by indicator, and what was decided by the day.

    `inspection` is the path of the one that scores it, None before the visit: nothing is `missing` until then.
    """

    application: Application
    school: School
    state: str
    tone: str
    inspection: str | None
    score: str
    standing: str
    self_score: str
    indicators: tuple[IndicatorSum, ...]
    missing: tuple[UnscoredItem, ...]
    decision: Decision | None
    named: Named | None
    level: AwardLevel | None
    unsupported: bool


class OutcomeCount(Struct, frozen=True, kw_only=True):
    """How many applications stand so."""

    title: str
    count: int


class DemonstrationPage(TemplateData, frozen=True, kw_only=True):
    """`named` are the schools that have the title; none where the schools stand on pages of their own, the `parts`."""

    template: ClassVar[str] = "duties/demonstration.md.j2"
    parts: tuple[DistrictPartLink, ...]
    named: tuple[ApplicationCard, ...]
    cards: tuple[ApplicationCard, ...]
    counts: tuple[OutcomeCount, ...]
    schemes: tuple[Scheme, ...]


class DemonstrationOfPart(TemplateData, frozen=True, kw_only=True):
    """Of the schools of a part those that have the title, and the applications that are undecided or new."""

    template: ClassVar[str] = "duties/demonstration_of_part.html.j2"
    parts: tuple[DistrictPartLink, ...]
    named: tuple[ApplicationCard, ...]
    cards: tuple[ApplicationCard, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The page of all, and the donor of the pages of a large district's parts."""
    site = edition.site
    schools = (site.repository.schools[found.application.school] for found in site.assessments)
    parts = areas.counted(edition, LISTING, schools)
    listed = () if parts else site.assessments
    outcomes = [found.outcome for found in site.assessments]
    yield edition.page(
        path="demonstration/index",
        kind="demonstration",
        title=edition.say("demonstration.title"),
        description=edition.say("demonstration.description"),
        data=DemonstrationPage(
            parts=parts,
            named=_named(edition, listed),
            cards=tuple(_card(edition, found) for found in listed),
            counts=tuple(
                OutcomeCount(title=edition.say(f"outcome.{o.value}"), count=outcomes.count(o))
                for o in ApplicationOutcome
                if o in outcomes
            ),
            schemes=tuple(s for s in site.repository.schemes.values() if s.kind is SchemeKind.DEMONSTRATION),
        ),
        cites=[at for found in listed for at in _places(found)] or [site.repository.district.source],
    )
    yield from areas.donors(edition, LISTING)


def _of_part(edition: Edition, part: DistrictPart) -> DemonstrationOfPart:
    found = [one for school in part.schools for one in _shown(edition.site, school)]
    return DemonstrationOfPart(
        parts=areas.links(edition, LISTING, part),
        named=_named(edition, found),
        cards=tuple(_card(edition, one) for one in found),
    )


def _shown(site: Site, school: School) -> Iterator[Assessment]:
    """A school's applications, but for those that are settled since the school year before."""
    years = [year for year in site.repository.district.years if year.first_day <= site.current_year.first_day]
    for found in applications(site).get(school.id, ()):
        settled = found.outcome in _DECIDED and found.outcome is not ApplicationOutcome.NAMED
        if not settled or found.application.applied_on >= years[-2:][0].first_day:
            yield found


def _cites(site: Site, school: School) -> Iterator[Position]:
    return (place for found in _shown(site, school) for place in _places(found))


LISTING = Listing(
    family=areas.family("demonstration", "demonstration"), title="demonstration.title", tell=_of_part, cites=_cites
)


def _named(edition: Edition, found: Sequence[Assessment]) -> tuple[ApplicationCard, ...]:
    return tuple(_card(edition, one) for one in found if one.outcome is ApplicationOutcome.NAMED)


def _places(found: Assessment) -> list[Position]:
    return [found.application.source, *([found.inspection.source] if found.inspection else [])]


def _card(edition: Edition, found: Assessment) -> ApplicationCard:
    application = found.application
    decision = application.decision if found.outcome in _DECIDED else None
    self_score = application.self_score
    return ApplicationCard(
        application=application,
        school=edition.site.repository.schools[application.school],
        state=edition.say(f"outcome.{found.outcome.value}"),
        tone=OUTCOME_TONES[found.outcome],
        inspection=path(found.inspection) if found.inspection else None,
        score=sum_text(edition, found.score.sum),
        standing=standing_text(edition, found.standing),
        self_score=edition.say("school.not_stated")
        if self_score is None
        else edition.say("unit.score", value=decimal(self_score)),
        indicators=tuple(
            IndicatorSum(indicator=i.indicator, sum=sum_text(edition, i.sum)) for i in found.score.indicators
        ),
        missing=tuple(_missing(found)) if found.inspection else (),
        decision=decision,
        named=decision.named if decision else None,
        level=found.named,
        unsupported=found.unsupported,
    )


def _missing(found: Assessment) -> Iterator[UnscoredItem]:
    items = (item for indicator in found.score.indicators for part in indicator.parts for item in part.items)
    yield from (UnscoredItem(item=i.item, verdict=i.verdict) for i in items if i.points is None)
