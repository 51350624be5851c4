"""The teacher team: expert group, volunteers, lecturers; and how teachers are trained, year by year.

Owns what is shown of teams and of activities for teachers. Roles and institutions only, never persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from generator.compliance.measures import measure
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.model.district import SchoolYear
from generator.model.ids import YearId
from generator.model.people import Team
from generator.model.programme import Activity, ActivityKind, MeasureName, Plan
from generator.pages.parts import FOR_TEACHERS
from generator.pages.programme.figures import figure
from generator.pages.programme.plans import ActivityLine, activity_line

_TRAINING = (
    MeasureName.TRAINING_SPEND_YUAN,
    MeasureName.TEACHERS_SENT,
    MeasureName.GUIDANCE_SESSIONS,
    MeasureName.MONTHLY_LECTURES,
)


class TeamSection(Struct, frozen=True, kw_only=True):
    """A team and the plan that it was founded under."""

    team: Team
    plan: Plan


class TeamPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "people/team.md.j2"
    teams: tuple[TeamSection, ...]


class YearFigure(Struct, frozen=True, kw_only=True):
    """A measure and its value for a school year, in words."""

    name: MeasureName
    value: str


class ActivityGroup(Struct, frozen=True, kw_only=True):
    """A school year's activities of one kind."""

    kind: ActivityKind
    rows: tuple[ActivityLine, ...]


class ActivityYear(Struct, frozen=True, kw_only=True):
    id: YearId
    figures: tuple[YearFigure, ...]
    groups: tuple[ActivityGroup, ...]


class ActivitiesPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "people/activities.md.j2"
    lead: str
    years: tuple[ActivityYear, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The teams, then training."""
    yield _teams(edition)
    yield activity_page(
        edition, path="team/training", words="training", kind="team", kinds=FOR_TEACHERS, measures=_TRAINING
    )


def _teams(edition: Edition) -> Page:
    repository = edition.site.repository
    teams = [t for t in repository.teams.values() if t.founded_on <= edition.site.as_of]
    return edition.page(
        path="team/index",
        kind="team",
        title=edition.say("team.title"),
        description=edition.say("team.description"),
        data=TeamPage(teams=tuple(TeamSection(team=t, plan=repository.plans[t.plan]) for t in teams)),
        cites=[t.source for t in teams],
    )


def activity_page(
    edition: Edition,
    *,
    path: str,
    words: str,
    kind: str,
    kinds: tuple[ActivityKind, ...],
    measures: tuple[MeasureName, ...],
) -> Page:
    """A page of the activities of some kinds, by school year, newest first, each year with its figures.

    `words` begins its sentences' keys.
    """
    site = edition.site
    found = [a for a in site.repository.activities.values() if a.kind in kinds]
    years = [_year(edition, y, found, measures) for y in reversed(site.repository.district.years)]
    return edition.page(
        path=path,
        kind=kind,
        title=edition.say(f"{words}.title"),
        description=edition.say(f"{words}.description"),
        data=ActivitiesPage(lead=edition.say(f"{words}.lead"), years=tuple(y for y in years if y.groups)),
        cites=[a.source for a in found],
    )


def _year(edition: Edition, year: SchoolYear, found: list[Activity], measures: tuple[MeasureName, ...]) -> ActivityYear:
    site = edition.site
    until = min(site.as_of, year.last_day)
    here = [a for a in found if year.first_day <= a.first_day <= year.last_day]
    values = [(name, measure(name, site.repository, year.id, until).value) for name in measures]
    return ActivityYear(
        id=year.id,
        figures=tuple(YearFigure(name=name, value=figure(edition, name, value)) for name, value in values),
        groups=tuple(
            ActivityGroup(kind=k, rows=tuple(activity_line(edition, a) for a in here if a.kind is k))
            for k in ActivityKind
            if any(a.kind is k for a in here)
        ),
    )
