"""Demonstration schools: who has the title and until when, every application with its score and what came of it.

Owns this page. A school is listed as named until the last day of its title.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.compliance.scoring import ApplicationOutcome, Assessment
from generator.edition.render import Edition
from generator.edition.site import Page
from generator.model.inspections import SchemeKind, decimal
from generator.pages.duties.inspections import path
from generator.pages.duties.scores import OUTCOME_TONES, standing_text, sum_text
from generator.problems import Position


def pages(edition: Edition) -> Iterator[Page]:
    """The one page."""
    site = edition.site
    cards = [_card(edition, found) for found in site.assessments]
    yield edition.page(
        path="demonstration/index",
        kind="demonstration",
        title=edition.say("demonstration.title"),
        description=edition.say("demonstration.description"),
        template="duties/demonstration.md.j2",
        data={
            "named": [
                card
                for card, found in zip(cards, site.assessments, strict=True)
                if found.outcome is ApplicationOutcome.NAMED
            ],
            "cards": cards,
            "counts": [
                (o, n) for o in ApplicationOutcome if (n := sum(found.outcome is o for found in site.assessments))
            ],
            "schemes": [s for s in site.repository.schemes.values() if s.kind is SchemeKind.DEMONSTRATION],
        },
        cites=[position for found in site.assessments for position in _cites(found)],
    )


def _cites(found: Assessment) -> list[Position]:
    return [found.application.source, *([found.inspection.source] if found.inspection else [])]


def _card(edition: Edition, found: Assessment) -> dict[str, object]:
    application, site = found.application, edition.site
    items = [item for indicator in found.score.indicators for part in indicator.parts for item in part.items]
    decision, decided = (
        application.decision,
        found.outcome in (ApplicationOutcome.NAMED, ApplicationOutcome.NOT_NAMED, ApplicationOutcome.ENDED),
    )
    return {
        "application": application,
        "school": site.repository.schools[application.school],
        "scheme": found.score.scheme,
        "outcome": found.outcome,
        "tone": OUTCOME_TONES[found.outcome],
        "visited": found.inspection is not None,
        "inspection": path(found.inspection) if found.inspection else None,
        "score": sum_text(edition, found.score.sum),
        "standing": standing_text(edition, found.standing),
        "self_score": None if application.self_score is None else decimal(application.self_score),
        "indicators": [{"indicator": i.indicator, "sum": sum_text(edition, i.sum)} for i in found.score.indicators],
        "missing": [{"item": i.item, "verdict": i.verdict} for i in items if i.points is None]
        if found.inspection
        else [],
        "decision": decision if decided else None,
        "named": decision.named if decided and decision else None,
        "level": found.named,
        "unsupported": found.unsupported,
    }
