"""Plans: an index by school year, and a page a plan with its aims, targets, money, clauses and activities.

Owns what a plan's page shows. Whether a target is reached is told with the figure and the day it was measured on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from markupsafe import Markup
from msgspec import Struct

from generator.compliance.claims import TargetResult
from generator.edition.render import Edition, TemplateData, number
from generator.edition.site import Page, Site
from generator.model.district import Body, SchoolYear, System
from generator.model.ids import YearId
from generator.model.programme import Activity, ActivityState, Plan, PlanTarget
from generator.pages.programme.figures import TONES, figure, rests_on
from generator.pages.words.comparison import counted
from generator.pages.words.wording import Cited, clauses

STATE_TONES: Mapping[ActivityState, str] = {
    ActivityState.HELD: "ok",
    ActivityState.PLANNED: "neutral",
    ActivityState.CANCELLED: "missing",
}


class PlanCard(Struct, frozen=True, kw_only=True):
    """A plan in the index; `counted` is how many targets and activities it has."""

    plan: Plan
    body: Body
    counted: str


class PlanYear(Struct, frozen=True, kw_only=True):
    """The plans that begin in a school year."""

    year: YearId
    members: tuple[PlanCard, ...]


class PlansPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/plans.md.j2"
    groups: tuple[PlanYear, ...]


class TargetLine(Struct, frozen=True, kw_only=True):
    """A target beside what the records give; figures and progress in words."""

    target: PlanTarget
    promised: str
    found: str
    rests_on: str
    measured_on: Markup
    progress: str
    tone: str


class ActivityLine(Struct, frozen=True, kw_only=True):
    """An activity: its days, and the counts that were stated, in words."""

    activity: Activity
    tone: str
    days: str
    counts: tuple[str, ...]


class PlanPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/plan.md.j2"
    plan: Plan
    body: Body
    targets: tuple[TargetLine, ...]
    budget_total: int
    clauses: tuple[Cited, ...]
    activities: tuple[ActivityLine, ...]
    systems: tuple[System, ...]


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
    groups = (
        PlanYear(year=year.id, members=tuple(_card(edition, p) for p in plans if _begins_in(p, year)))
        for year in reversed(edition.site.repository.district.years)
    )
    return edition.page(
        path="plans/index",
        kind="plans",
        title=edition.say("plans.title"),
        description=edition.say("plans.description"),
        data=PlansPage(groups=tuple(g for g in groups if g.members)),
        cites=[p.source for p in plans],
    )


def _begins_in(plan: Plan, year: SchoolYear) -> bool:
    return year.first_day <= plan.first_day <= year.last_day


def _card(edition: Edition, plan: Plan) -> PlanCard:
    counts = {"targets": len(plan.targets), "activities": len(activities(edition.site, plan))}
    return PlanCard(plan=plan, body=_body(edition.site, plan), counted=counted(edition, "plans", counts))


def _body(site: Site, plan: Plan) -> Body:
    return next(b for b in site.repository.district.bodies if b.id == plan.body)


def _plan(edition: Edition, plan: Plan) -> Page:
    site = edition.site
    done = activities(site, plan)
    found = clauses(site)
    return edition.page(
        path=f"plans/{plan.id}",
        kind="plan",
        title=edition.plain(plan.title),
        description=edition.plain(plan.summary),
        data=PlanPage(
            plan=plan,
            body=_body(site, plan),
            targets=tuple(_target(edition, t) for t in site.targets if t.plan.id == plan.id),
            budget_total=sum(line.yuan for line in plan.budget),
            clauses=tuple(found[ref] for ref in plan.clauses),
            activities=tuple(activity_line(edition, a) for a in done),
            systems=tuple(s for s in site.repository.district.systems if s.number in plan.systems),
        ),
        cites=[plan.source, *(a.source for a in done)],
    )


def activity_line(edition: Edition, activity: Activity) -> ActivityLine:
    """An activity as a line of a list."""
    first, last = edition.day(activity.first_day), edition.day(activity.last_day)
    say = edition.say
    counts = (
        ("activity.participants", "count", activity.participants),
        ("activity.teachers_sent", "count", activity.teachers_sent),
        ("activity.spend", "yuan", activity.spend_yuan),
        ("activity.viewers", "count", activity.viewers),
    )
    return ActivityLine(
        activity=activity,
        tone=STATE_TONES[activity.state],
        days=first if first == last else f"{first} – {last}",
        counts=tuple(say(key, **{fact: number(count)}) for key, fact, count in counts if count is not None),
    )


def _target(edition: Edition, result: TargetResult) -> TargetLine:
    return TargetLine(
        target=result.target,
        promised=figure(edition, result.target.measure, result.target.value),
        found=figure(edition, result.target.measure, result.measured.value),
        rests_on=rests_on(edition, result.measured),
        measured_on=edition.until(result.measured_on),
        progress=edition.say(f"progress.{result.progress.value}"),
        tone=TONES[result.progress],
    )
