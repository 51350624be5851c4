"""Plans: an index by school year, and a page a plan with its aims, targets, money, clauses and activities.

Owns what a plan's page shows. Whether a target is reached is told with the figure and the day it was measured on.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.compliance.claims import TargetResult
from generator.edition.render import Edition
from generator.edition.site import Page, Site
from generator.model.district import Body, SchoolYear
from generator.model.programme import Activity, Plan
from generator.pages.programme.figures import TONES, figure, rests_on


def pages(edition: Edition) -> Iterator[Page]:
    """The index, then every plan, newest school year first."""
    plans = sorted(edition.site.repository.plans.values(), key=lambda p: (-p.first_day.toordinal(), p.systems, p.id))
    yield _index(edition, plans)
    for plan in plans:
        yield _plan(edition, plan)


def activities(site: Site, plan: Plan) -> tuple[Activity, ...]:
    """What was done, or is to be done, under a plan, by day."""
    return tuple(a for a in site.repository.activities.values() if a.plan == plan.id)


def _index(edition: Edition, plans: list[Plan]) -> Page:
    groups = []
    for year in reversed(edition.site.repository.district.years):
        members = [_card(edition.site, p) for p in plans if _begins_in(p, year)]
        groups.append({"year": year.id, "members": members})
    return edition.page(
        path="plans/index",
        kind="plans",
        title=edition.say("plans.title"),
        description=edition.say("plans.description"),
        template="programme/plans.md.j2",
        data={"groups": [g for g in groups if g["members"]]},
        cites=[p.source for p in plans],
    )


def _begins_in(plan: Plan, year: SchoolYear) -> bool:
    return year.first_day <= plan.first_day <= year.last_day


def _card(site: Site, plan: Plan) -> dict[str, object]:
    return {
        "plan": plan,
        "body": _body(site, plan),
        "targets": len(plan.targets),
        "activities": len(activities(site, plan)),
    }


def _body(site: Site, plan: Plan) -> Body:
    return next(b for b in site.repository.district.bodies if b.id == plan.body)


def _plan(edition: Edition, plan: Plan) -> Page:
    site = edition.site
    done = activities(site, plan)
    targets = [_target(edition, t) for t in site.targets if t.plan.id == plan.id]
    clauses = site.repository.clauses
    policies = {c.ref: p for p in site.repository.policies.values() for c in p.clauses}
    return edition.page(
        path=f"plans/{plan.id}",
        kind="plan",
        title=edition.plain(plan.title),
        description=edition.plain(plan.summary),
        template="programme/plan.md.j2",
        data={
            "plan": plan,
            "body": _body(site, plan),
            "targets": targets,
            "budget_total": sum(line.yuan for line in plan.budget),
            "clauses": [{"policy": policies[ref], "clause": clauses[ref]} for ref in plan.clauses],
            "activities": [{"activity": a, "tone": STATE_TONES[a.state.value]} for a in done],
            "systems": [s for s in site.repository.district.systems if s.number in plan.systems],
        },
        cites=[plan.source, *(a.source for a in done)],
    )


STATE_TONES = {"held": "ok", "planned": "neutral", "cancelled": "missing"}


def _target(edition: Edition, result: TargetResult) -> dict[str, object]:
    return {
        "target": result.target,
        "promised": figure(edition, result.target.measure, result.target.value),
        "found": figure(edition, result.target.measure, result.measured.value),
        "rests_on": rests_on(edition, result.measured),
        "measured_on": result.measured_on,
        "progress": result.progress,
        "tone": TONES[result.progress],
    }
