"""Schools and rules: a table an area, rules down, schools across, each cell a verdict that leads to the school's
checklist.

Owns how a district is cut into tables that a phone can show: by area, and an area by so many schools. The tables are
stamped, because they grow with the number of schools. Schools stand in the order of codes; nothing is added up by
school.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from generator.compliance.evaluate import Check, Verdict
from generator.edition.entries import Entry, apart
from generator.edition.literal import escaped, settle
from generator.edition.render import Edition, heading, label_text
from generator.edition.site import Page, Site
from generator.edition.stamp import mark
from generator.model.district import Area
from generator.model.duties import Rule, Subject
from generator.model.schools import School, Stage
from generator.pages.stamping import Stamped, trimmed
from generator.pages.words.wording import TONES, cited

DONOR = f"compliance/matrix/{mark('id')}"
_ACROSS = 20  # schools in one table
_PLAIN = frozenset(
    {Verdict.MET, Verdict.DUE, Verdict.NOT_APPLICABLE}
)  # cells that lead nowhere: there is nothing to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One table: an area's schools, or some of them. `number` is 0 where the area has only one."""

    area: Area
    number: int
    schools: tuple[School, ...]

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"compliance/matrix/{self.area.id}{f'_{self.number}' if self.number else ''}"


def grids(site: Site) -> tuple[Grid, ...]:
    """The tables, area by area; an area without schools has none."""
    return tuple(grid for area in site.repository.district.areas for grid in _grids(site, area))


def _grids(site: Site, area: Area) -> Iterator[Grid]:
    members = [s for s in site.repository.schools.values() if s.area == area.id]
    parts = [members[start : start + _ACROSS] for start in range(0, len(members), _ACROSS)]
    for number, part in enumerate(parts, start=1):
        yield Grid(area=area, number=number if len(parts) > 1 else 0, schools=tuple(part))


def pages(edition: Edition) -> Iterator[Page]:
    """The way in, and the donor of the tables."""
    yield _index(edition)
    places = {name: Markup(mark(name)) for name in ("heading", "table", "provenance", "links", "title", "description")}
    yield _page(edition, DONOR, places, places["title"], places["description"])


def ordinary(edition: Edition, grid: Grid) -> Page:
    """A table's page as the engine would build it without stamping."""
    return _page(edition, grid.path, _places(edition, grid), _title(edition, grid), edition.say("matrix.description"))


def stamped(edition: Edition) -> Iterator[Stamped]:
    """The values of every table for the donor's places."""
    finished = edition.finished()
    yield from (_stamped(finished, grid) for grid in grids(edition.site))


def _index(edition: Edition) -> Page:
    site = edition.site
    return edition.page(
        path="compliance/matrix/index",
        kind="compliance",
        title=edition.say("matrix.title"),
        description=edition.say("matrix.description"),
        template="duties/matrix/index.md.j2",
        hide=("toc",),
        data={
            "grids": [{"path": s.path, "title": _area(edition, s), "schools": s.schools} for s in grids(site)],
            "key": _key(edition),
        },
        cites=[site.repository.district.source],
    )


def _page(edition: Edition, path: str, places: Mapping[str, Markup], title: str, description: str) -> Page:
    rules = _rules(edition.site)
    data = {
        "place": places,
        "key": _key(edition),
        "stages": list(Stage),
        "systems": [
            s
            for s in edition.site.repository.district.systems
            if any(s.number in n for n in _systems(edition.site).values())
        ],
        "count": len(rules),
        "as_of": edition.site.as_of,
    }
    body = edition.fragment("duties/matrix/page.md.j2", path, data)
    foot = f'<div class="xz-place">\n{places["provenance"]}\n</div>'
    return Page(
        path=path,
        kind="matrix",
        title=title,
        description=description,
        body=f"# {places['heading']} {{#top}}\n\n{body}\n\n{foot}\n",
        cites=(),
        searchable=False,
        hide=("navigation", "toc"),
    )


def _places(edition: Edition, grid: Grid) -> Mapping[str, Markup]:
    every = [{"path": s.path, "title": _area(edition, s), "here": s == grid} for s in grids(edition.site)]
    cites = [*(s.source for s in grid.schools), *(rule.source for rule in _rules(edition.site))]
    return {
        "heading": heading(_title(edition, grid)),
        "links": trimmed(edition.fragment("duties/matrix/links.html.j2", grid.path, {"grids": every})),
        "table": trimmed(edition.fragment("duties/matrix/table.html.j2", grid.path, _table(edition, grid))),
        "provenance": trimmed(edition.provenance(grid.path, sorted(cites))),
    }


def _stamped(edition: Edition, grid: Grid) -> Stamped:
    title = _title(edition, grid)
    words = {"id": grid.path.rpartition("/")[2], "title": title, "description": edition.say("matrix.description")}
    places = {**_places(edition, grid), **{name: escaped(word) for name, word in words.items()}}
    return Stamped(
        path=grid.path,
        places={name: apart(settle(value)) for name, value in places.items()},
        entry=Entry(location=f"{grid.path}.html", title=title, text=title),
    )


def _area(edition: Edition, grid: Grid) -> str:
    title = edition.plain(grid.area.title)
    return edition.say("matrix.part", area=title, number=grid.number) if grid.number else title


def _title(edition: Edition, grid: Grid) -> str:
    return edition.say("matrix.headline", area=_area(edition, grid))


def _rules(site: Site) -> tuple[Rule, ...]:
    return tuple(rule for rule in site.repository.rules.values() if rule.subject is Subject.SCHOOL)


def _systems(site: Site) -> Mapping[str, tuple[int, ...]]:
    clauses = cited(site)
    return {rule.id: tuple(sorted({n for c in clauses[rule.id] for n in c.clause.systems})) for rule in _rules(site)}


def _key(edition: Edition) -> list[dict[str, object]]:
    return [{"verdict": v, "tone": TONES[v], "mark": edition.say(f"verdict.{v.value}.mark")} for v in Verdict]


def _table(edition: Edition, grid: Grid) -> dict[str, object]:
    site = edition.site
    systems = _systems(site)
    found = {(c.rule.id, school.id): c for school in grid.schools for c in site.verdicts.by_school[school.id]}
    words = {
        v: {"tone": TONES[v], "mark": edition.say(f"verdict.{v.value}.mark"), "word": label_text(edition.language, v)}
        for v in Verdict
    }
    return {
        "schools": grid.schools,
        "title": _title(edition, grid),
        "as_of": site.as_of,
        "rows": [
            {
                "rule": rule,
                "systems": systems[rule.id],
                "cells": [_cell(found[rule.id, s.id], s, words) for s in grid.schools],
            }
            for rule in _rules(site)
        ],
    }


def _cell(check: Check, school: School, words: Mapping[Verdict, Mapping[str, str]]) -> dict[str, object]:
    return {"verdict": check.verdict, "school": school, "leads": check.verdict not in _PLAIN, **words[check.verdict]}
