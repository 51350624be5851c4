"""The front page with its three doors, and the page for those who need help.

Owns what a reader meets first. Help comes before everything else and is never more than one step away.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.compliance.claims import ClaimOutcome
from generator.compliance.measures import measure
from generator.edition.render import Edition
from generator.edition.site import Page
from generator.model.programme import ActivityState, MeasureName, Verification
from generator.pages.programme.figures import figure, rests_on
from generator.pages.programme.plans import STATE_TONES

_DOORS = (
    (
        "inspector",
        (
            ("compliance/index", "summary"),
            ("compliance/matrix/index", "matrix"),
            ("compliance/overdue", "overdue"),
            ("rules/index", "rules"),
            ("policies/index", "policies"),
            ("figures/claims", "claims"),
        ),
    ),
    (
        "school",
        (
            ("schools/index", "checklists"),
            ("rules/index", "rules"),
            ("about/edit", "edit"),
            ("work/calendar", "calendar"),
            ("lessons/index", "curriculum"),
        ),
    ),
    (
        "parent",
        (
            ("help", "help"),
            ("lessons/micro", "micro"),
            ("outreach/index", "outreach"),
            ("statistics/index", "statistics"),
            ("work/index", "organisation"),
        ),
    ),
)
_HEADLINES = (
    MeasureName.COUNSELLING_ROOMS,
    MeasureName.PSYCHOLOGY_TEACHERS,
    MeasureName.ENROLMENT,
    MeasureName.MICRO_LESSONS,
)
_NEXT = 4  # activities shown on either side of today


def pages(edition: Edition) -> Iterator[Page]:
    """Home, then help."""
    yield _home(edition)
    yield _help(edition)


def _home(edition: Edition) -> Page:
    site = edition.site
    activities = [a for a in site.repository.activities.values() if a.state is not ActivityState.CANCELLED]
    coming = [a for a in activities if a.last_day > site.as_of][:_NEXT]
    past = [a for a in activities if a.last_day <= site.as_of and a.state is ActivityState.HELD][-_NEXT:]
    district = site.repository.district
    return edition.page(
        path="index",
        kind="home",
        title=edition.plain(district.title),
        description=edition.plain(district.summary),
        template="home.md.j2",
        data={
            "district": district,
            "urgent": [line for line in district.help_lines if line.urgent],
            "lines": [line for line in district.help_lines if not line.urgent],
            "doors": [{"id": d, "links": [{"page": p, "title": f"nav.{t}"} for p, t in links]} for d, links in _DOORS],
            "figures": [_headline(edition, name) for name in _HEADLINES],
            "year": site.current_year.id,
            "reproduced": sum(r.outcome is ClaimOutcome.REPRODUCED for r in site.claims),
            "claims": len(site.claims),
            "coming": [{"activity": a, "tone": STATE_TONES[a.state.value]} for a in coming],
            "past": [{"activity": a, "tone": STATE_TONES[a.state.value]} for a in reversed(past)],
        },
        cites=[district.source, *(a.source for a in (*past, *coming))],
        hide=("navigation", "toc"),
    )


def _headline(edition: Edition, name: MeasureName) -> dict[str, object]:
    site = edition.site
    found = measure(name, site.repository, site.current_year.id, site.as_of)
    return {"name": name, "value": figure(edition, name, found.value), "rests_on": rests_on(edition, found)}


def _help(edition: Edition) -> Page:
    district = edition.site.repository.district
    lines = sorted(district.help_lines, key=lambda line: not line.urgent)
    return edition.page(
        path="help",
        kind="help",
        title=edition.say("help.title"),
        description=edition.say("help.description"),
        template="help.md.j2",
        hide=("navigation",),
        data={
            "lines": [{"line": x, "unverified": x.verification is not Verification.VERBATIM} for x in lines],
            "steps": district.referral,
            "files_system": next((s for s in district.systems if s.number == 10), None),
        },
        cites=[district.source],
    )
