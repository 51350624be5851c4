"""How the work is organised: the bodies and what the district has decided, the 18 systems, the calendar.

Owns these three kinds of page. The calendar of the current school year is `work/calendar`, that of another
`work/calendar-<year>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site
from generator.model.district import Body, Parameter, SchoolYear, ShownPage, System, Term, Window
from generator.model.ids import YearId
from generator.model.programme import Activity, Claim, Clause, Plan, Policy
from generator.pages.programme.plans import ActivityLine, activity_line
from generator.pages.words.comparison import counted
from generator.pages.words.wording import PageLink, changes_of, page_links


class BodyNode(Struct, frozen=True, kw_only=True):
    """A body with those that report to it."""

    body: Body
    below: tuple[BodyNode, ...]


class ParameterLine(Struct, frozen=True, kw_only=True):
    """A number that the district decided, as it is now, and when it was or will be another."""

    parameter: Parameter
    value: int | float
    changes: tuple[str, ...]


class WorkPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/work.md.j2"
    tops: tuple[BodyNode, ...]
    bodies: tuple[Body, ...]
    parameters: tuple[ParameterLine, ...]


class SystemClauses(Struct, frozen=True, kw_only=True):
    """A policy's clauses about one system."""

    policy: Policy
    clauses: tuple[Clause, ...]


class SystemSection(Struct, frozen=True, kw_only=True):
    """A system with all that the records tell of it, and the pages that show it. `behind` counts the rest in a
    sentence, and is empty where there is none.
    """

    system: System
    shown: tuple[PageLink, ...]
    behind: str
    plans: tuple[Plan, ...]
    policies: tuple[SystemClauses, ...]
    claims: tuple[Claim, ...]


class SystemsPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/systems.md.j2"
    systems: tuple[SystemSection, ...]


class CalendarMonth(Struct, frozen=True, kw_only=True):
    """A month in which anything stands; `due` is the last day for returns, if it falls here."""

    id: str
    title: str
    due: date | None
    windows: tuple[Window, ...]
    activities: tuple[ActivityLine, ...]


class OtherCalendar(Struct, frozen=True, kw_only=True):
    year: YearId
    page: str


class CalendarPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/calendar.md.j2"
    year: SchoolYear
    months: tuple[CalendarMonth, ...]
    others: tuple[OtherCalendar, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """Organisation, systems, then the calendar of every school year, the current one first."""
    yield _organisation(edition)
    yield _systems(edition)
    years = edition.site.repository.district.years
    for year in sorted(years, key=lambda y: (y.id != edition.site.current_year.id, -y.first_day.toordinal())):
        yield _calendar(edition, year)


def _organisation(edition: Edition) -> Page:
    district = edition.site.repository.district
    return edition.page(
        path="work/index",
        kind="work",
        title=edition.say("work.title"),
        description=edition.say("work.description"),
        data=WorkPage(
            tops=_below(district.bodies, None),
            bodies=district.bodies,
            parameters=tuple(_parameter(edition, one) for one in district.parameters),
        ),
        cites=[district.source, *(b.source for b in district.bodies)],
    )


def _parameter(edition: Edition, parameter: Parameter) -> ParameterLine:
    return ParameterLine(
        parameter=parameter,
        value=parameter.value_on(edition.site.as_of),
        changes=tuple(changes_of(edition, parameter.value, parameter.earlier)),
    )


def _below(bodies: tuple[Body, ...], above: str | None) -> tuple[BodyNode, ...]:
    """The bodies that report to `above`, each with those below it."""
    return tuple(BodyNode(body=b, below=_below(bodies, b.id)) for b in bodies if b.reports_to == above)


def _systems(edition: Edition) -> Page:
    district = edition.site.repository.district
    return edition.page(
        path="work/systems",
        kind="work",
        title=edition.say("systems.title"),
        description=edition.say("systems.description"),
        data=SystemsPage(systems=tuple(_system(edition, s) for s in district.systems)),
        cites=[s.source for s in district.systems],
    )


def _system(edition: Edition, system: System) -> SystemSection:
    repository = edition.site.repository
    of_policies = [(p, [c for c in p.clauses if system.number in c.systems]) for p in repository.policies.values()]
    policies = [SystemClauses(policy=p, clauses=tuple(clauses)) for p, clauses in of_policies if clauses]
    plans = [p for p in repository.plans.values() if system.number in p.systems]
    claims = [r.claim for r in edition.site.claims if system.number in r.claim.systems]
    clauses = sum(len(p.clauses) for p in policies)
    return SystemSection(
        system=system,
        shown=page_links(edition, ((_SHOWN[page], page.value) for page in system.pages)),
        behind=counted(edition, "systems.behind", {"plans": len(plans), "clauses": clauses, "claims": len(claims)}),
        plans=tuple(plans),
        policies=tuple(policies),
        claims=tuple(claims),
    )


# Where the site shows a system besides its plans, clauses and claims: the page of each name, and the key of its title.
_SHOWN: Mapping[ShownPage, str] = {
    ShownPage.CLAIMS: "figures/claims",
    ShownPage.ORGANISATION: "work/index",
    ShownPage.SCHOOLS: "schools/index",
    ShownPage.HELP: "help",
    ShownPage.CALENDAR: "work/calendar",
    ShownPage.TEAM: "team/index",
    ShownPage.TRAINING: "team/training",
    ShownPage.CURRICULUM: "lessons/index",
    ShownPage.MICRO: "lessons/micro",
    ShownPage.OUTREACH: "outreach/index",
}


def calendar_path(site: Site, year: str) -> str:
    """The page of a school year's calendar."""
    return "work/calendar" if year == site.current_year.id else f"work/calendar-{year}"


def _calendar(edition: Edition, year: SchoolYear) -> Page:
    site = edition.site
    found = [a for a in site.repository.activities.values() if year.first_day <= a.first_day <= year.last_day]
    others = [y.id for y in site.repository.district.years if y.id != year.id]
    return edition.page(
        path=calendar_path(site, year.id),
        kind="calendar",
        title=edition.say("calendar.title", year=year.id),
        description=edition.say("calendar.description", year=year.id),
        data=CalendarPage(
            year=year,
            months=tuple(_month(edition, month, year, found) for month in _months(year, found)),
            others=tuple(OtherCalendar(year=y, page=calendar_path(site, y)) for y in reversed(others)),
        ),
        cites=[site.repository.district.source, *(a.source for a in found)],
    )


def _months(year: SchoolYear, found: list[Activity]) -> list[str]:
    """The months (`2026-09`) in which anything stands, in order."""
    days = [a.first_day for a in found] + [w.first_day for t in year.terms for w in t.windows] + [year.returns_due]
    return sorted({day.isoformat()[:7] for day in days})


def _month(edition: Edition, month: str, year: SchoolYear, found: list[Activity]) -> CalendarMonth:
    def here(term: Term) -> list[Window]:
        return [w for w in term.windows if w.first_day.isoformat().startswith(month)]

    return CalendarMonth(
        id=month,
        title=edition.say(f"calendar.month.{int(month[5:])}", year=int(month[:4])),
        due=year.returns_due if year.returns_due.isoformat().startswith(month) else None,
        windows=tuple(w for term in year.terms for w in here(term)),
        activities=tuple(activity_line(edition, a) for a in found if a.first_day.isoformat().startswith(month)),
    )
