"""How the work is organised: the bodies and what the district has decided, the 18 systems, the calendar.

Owns these three kinds of page. The calendar of the current school year is `work/calendar`, that of another
`work/calendar-<year>`.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.edition.render import Edition
from generator.edition.site import Page, Site
from generator.model.district import Body, SchoolYear, System, Term, Window
from generator.model.programme import Activity
from generator.pages.programme.plans import STATE_TONES


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
        template="programme/work.md.j2",
        data={"tops": _below(district.bodies, None), "bodies": district.bodies, "parameters": district.parameters},
        cites=[district.source, *(b.source for b in district.bodies)],
    )


def _below(bodies: tuple[Body, ...], above: str | None) -> list[dict[str, object]]:
    """The bodies that report to `above`, each with those below it."""
    return [{"body": b, "below": _below(bodies, b.id)} for b in bodies if b.reports_to == above]


def _systems(edition: Edition) -> Page:
    district = edition.site.repository.district
    return edition.page(
        path="work/systems",
        kind="work",
        title=edition.say("systems.title"),
        description=edition.say("systems.description"),
        template="programme/systems.md.j2",
        data={"systems": [_system(edition.site, s) for s in district.systems]},
        cites=[s.source for s in district.systems],
    )


def _system(site: Site, system: System) -> dict[str, object]:
    repository = site.repository
    policies = [p for p in repository.policies.values() if any(system.number in c.systems for c in p.clauses)]
    clauses = [(p, [c for c in p.clauses if system.number in c.systems]) for p in policies]
    return {
        "system": system,
        "plans": [p for p in repository.plans.values() if system.number in p.systems],
        "policies": [{"policy": p, "clauses": found} for p, found in clauses],
        "claims": [r.claim for r in site.claims if system.number in r.claim.systems],
        "shown": [{"page": page, "title": f"nav.{title}"} for page, title in _SHOWN.get(system.number, ())],
    }


# Where the site shows a system besides its plans, clauses and claims: page, and the key of its title.
_SHOWN: dict[int, tuple[tuple[str, str], ...]] = {
    1: (("figures/claims", "claims"),),
    2: (("work/index", "organisation"),),
    5: (("schools/index", "schools"),),
    6: (("schools/index", "schools"),),
    7: (("schools/index", "schools"), ("help", "help")),
    8: (("work/calendar", "calendar"), ("schools/index", "schools")),
    9: (("work/calendar", "calendar"), ("schools/index", "schools")),
    10: (("help", "help"),),
    11: (("team/index", "team"), ("team/training", "training")),
    12: (("team/index", "team"), ("team/training", "training")),
    13: (("team/training", "training"),),
    14: (("team/training", "training"),),
    15: (("lessons/index", "curriculum"),),
    16: (("lessons/micro", "micro"), ("team/index", "team")),
    17: (("outreach/index", "outreach"), ("team/index", "team")),
    18: (("outreach/index", "outreach"),),
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
        template="programme/calendar.md.j2",
        data={
            "year": year,
            "months": [_month(month, year, found) for month in _months(year, found)],
            "others": [{"year": y, "page": calendar_path(site, y)} for y in reversed(others)],
        },
        cites=[site.repository.district.source, *(a.source for a in found)],
    )


def _months(year: SchoolYear, found: list[Activity]) -> list[str]:
    """The months (`2026-09`) in which anything stands, in order."""
    days = [a.first_day for a in found] + [w.first_day for t in year.terms for w in t.windows] + [year.returns_due]
    return sorted({day.isoformat()[:7] for day in days})


def _month(month: str, year: SchoolYear, found: list[Activity]) -> dict[str, object]:
    def here(term: Term) -> list[Window]:
        return [w for w in term.windows if w.first_day.isoformat().startswith(month)]

    return {
        "id": month,
        "year": int(month[:4]),
        "number": int(month[5:]),
        "windows": [w for term in year.terms for w in here(term)],
        "due": year.returns_due if year.returns_due.isoformat().startswith(month) else None,
        "activities": [
            {"activity": a, "tone": STATE_TONES[a.state.value]}
            for a in found
            if a.first_day.isoformat().startswith(month)
        ],
    }
