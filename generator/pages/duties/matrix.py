"""Schools and rules: a table an area, rules down, schools across, each cell a verdict that leads to the school's
checklist.

Owns how many schools stand in a table, so that a phone can show it. The tables are stamped, because they grow with
the number of schools. Schools stand in the order of codes; nothing is added up by school.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from typing import ClassVar, NamedTuple

from markupsafe import Markup
from msgspec import Struct

from generator.compliance.evaluate import Check, Verdict
from generator.edition.entries import Entry
from generator.edition.literal import escaped
from generator.edition.render import Edition, TemplateData, cited_lines, heading, label_text, relative
from generator.edition.site import Page, Site, once
from generator.edition.stamp import cut, mark, settled, within
from generator.model.district import System
from generator.model.duties import Rule, Subject
from generator.model.schools import School, Stage
from generator.pages import areas
from generator.pages.areas import DistrictPart
from generator.pages.stamping import Stamped, ToStamp, trimmed
from generator.pages.words.wording import TONES, cited

DONOR = f"compliance/matrix/{mark('id')}"
_ACROSS = 20  # schools in one table
_PLAIN = frozenset(
    {Verdict.MET, Verdict.DUE, Verdict.NOT_APPLICABLE}
)  # cells that lead nowhere: there is nothing to do


class Grid(DistrictPart, frozen=True, kw_only=True):
    """One table: an area's schools, or some of them."""

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"compliance/matrix/{self.id}"


class GridLink(Struct, frozen=True, kw_only=True):
    """A table in a list of tables, with the number of its schools; `here` is the one on this page."""

    path: str
    title: str
    schools: int
    here: bool


class VerdictMark(Struct, frozen=True, kw_only=True):
    """A verdict as the key tells it: mark and word."""

    verdict: Verdict
    tone: str
    mark: str
    word: str


class MatrixColumn(Struct, frozen=True, kw_only=True):
    """A school; `stages` are separated by spaces."""

    school: School
    stages: str


class MatrixCell(TemplateData, frozen=True, kw_only=True):
    """A Check; `link` is the school's checklist, where there is something to do.

    The style knows the marks of verdicts; `mark` is another one.
    """

    template: ClassVar[str] = "duties/matrix/cell.html.j2"
    verdict: Verdict
    mark: str | None
    word: str
    link: Markup | None


class MatrixRow(Struct, frozen=True, kw_only=True):
    """A rule; the numbers of its `systems` are separated by spaces."""

    rule: Rule
    systems: str
    cells: tuple[Markup, ...]


class MatrixIndex(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "duties/matrix/index.md.j2"
    grids: tuple[GridLink, ...]
    key: tuple[VerdictMark, ...]


class MatrixPage(TemplateData, frozen=True, kw_only=True):
    """The page around a table; `links` and `table` are its places."""

    template: ClassVar[str] = "duties/matrix/page.md.j2"
    links: Markup
    table: Markup
    key: tuple[VerdictMark, ...]
    stages: tuple[Stage, ...]
    systems: tuple[System, ...]


class MatrixLinks(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "duties/matrix/links.html.j2"
    grids: tuple[GridLink, ...]


class MatrixTable(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "duties/matrix/table.html.j2"
    title: str
    schools: tuple[MatrixColumn, ...]
    rows: tuple[MatrixRow, ...]


@once
def grids(site: Site) -> tuple[Grid, ...]:
    """The tables, area by area."""
    return tuple(Grid(area=p.area, number=p.number, ids=p.ids, records=p.records) for p in areas.parts(site, _ACROSS))


def pages(edition: Edition) -> Iterator[Page]:
    """The way in, and the donor of the tables."""
    yield _index(edition)
    places = {name: mark(name) for name in ("heading", "table", "provenance", "links", "title", "description")}
    yield _page(edition, DONOR, places, places["title"], places["description"])


def ordinary(edition: Edition, grid: Grid) -> Page:
    """A table's page as the engine would build it without stamping."""
    places = {name: Markup(value) for name, value in _places(edition, grid).items()}
    return _page(edition, grid.path, places, _title(edition, grid), edition.say("matrix.description"))


def to_stamp(edition: Edition) -> Iterator[ToStamp]:
    """Every table."""
    finished, all_ = edition.finished(), grids(edition.site)
    sizes = " ".join(f"{grid.path} {len(grid.ids)}" for grid in all_)
    for grid in all_:
        yield ToStamp(path=grid.path, schools=grid.ids, more=sizes, make=partial(_stamped, finished, grid))


def _index(edition: Edition) -> Page:
    site = edition.site
    return edition.page(
        path="compliance/matrix/index",
        kind="compliance",
        title=edition.say("matrix.title"),
        description=edition.say("matrix.description"),
        hide=("toc",),
        data=MatrixIndex(grids=_links(edition), key=tuple(_marks(edition).values())),
        cites=[site.repository.district.source],
    )


def _page(edition: Edition, path: str, places: Mapping[str, Markup], title: str, description: str) -> Page:
    checked = {number for numbers in _systems(edition.site).values() for number in numbers}
    data = MatrixPage(
        links=places["links"],
        table=places["table"],
        key=tuple(_marks(edition).values()),
        stages=tuple(Stage),
        systems=tuple(s for s in edition.site.repository.district.systems if s.number in checked),
    )
    body = edition.printed(data, path)
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


def _places(edition: Edition, grid: Grid) -> Mapping[str, str]:
    cites = [*(s.source for s in grid.schools), *(rule.source for rule in _rules(edition.site))]
    return {
        "heading": heading(_title(edition, grid)),
        "links": trimmed(edition.printed(MatrixLinks(grids=_links(edition, grid)), grid.path)),
        "table": trimmed(edition.printed(_table(edition, grid), grid.path)),
        "provenance": trimmed(edition.provenance(grid.path, cited_lines(sorted(cites)))),
    }


def _stamped(edition: Edition, grid: Grid) -> Stamped:
    title = _title(edition, grid)
    words = {"id": grid.path.rpartition("/")[2], "title": title, "description": edition.say("matrix.description")}
    places = {**_places(edition, grid), **{name: escaped(word) for name, word in words.items()}}
    return Stamped(
        path=grid.path,
        places={name: settled(value) for name, value in places.items()},
        entry=Entry(location=f"{grid.path}.html", kind="matrix", title=title, text=""),
    )


def _title(edition: Edition, grid: Grid) -> str:
    return edition.say("matrix.headline", area=areas.title(edition, grid))


def _rules(site: Site) -> tuple[Rule, ...]:
    return tuple(rule for rule in site.repository.rules.values() if rule.subject is Subject.SCHOOL)


@once
def _systems(site: Site) -> Mapping[str, tuple[int, ...]]:
    clauses = cited(site)
    return {rule.id: tuple(sorted({n for c in clauses[rule.id] for n in c.clause.systems})) for rule in _rules(site)}


def _links(edition: Edition, here: Grid | None = None) -> tuple[GridLink, ...]:
    """All tables; from one of them, those of its area and the first of each other."""
    return tuple(
        GridLink(path=grid.path, title=areas.title(edition, grid), schools=len(grid.ids), here=grid is here)
        for grid in grids(edition.site)
        if here is None or grid.area == here.area or grid.number <= 1
    )


def _marks(edition: Edition) -> Mapping[Verdict, VerdictMark]:
    return {
        v: VerdictMark(
            verdict=v,
            tone=TONES[v],
            mark=edition.say(f"verdict.{v.value}.mark"),
            word=label_text(edition.language, v),
        )
        for v in Verdict
    }


def _table(edition: Edition, grid: Grid) -> MatrixTable:
    site, rules = edition.site, _rules(edition.site)
    systems, cells = _systems(site), cache(partial(_cell, edition))
    anchors = [edition.html(f"#{rule.id}") for rule in rules]

    def column(school: School) -> Iterator[Markup]:
        found = {check.rule.id: check for check in site.verdicts.by_school[school.id]}
        page = edition.html(relative(grid.path, f"schools/{school.id}"))
        for rule, anchor in zip(rules, anchors, strict=True):
            before, *after = cells(_shown(found[rule.id]))
            yield Markup(f"{before}{page}{anchor}{after[0]}" if after else before)

    return MatrixTable(
        title=_title(edition, grid),
        schools=tuple(MatrixColumn(school=s, stages=" ".join(s.stages)) for s in grid.schools),
        rows=tuple(
            MatrixRow(rule=rule, systems=" ".join(map(str, systems[rule.id])), cells=row)
            for rule, row in zip(rules, zip(*map(column, grid.schools), strict=True), strict=True)
        ),
    )


class _Shown(NamedTuple):
    """What a cell shows of a Check. It leads to the school's checklist where there is something to do."""

    verdict: Verdict
    late: bool
    leads: bool


def _shown(check: Check) -> _Shown:
    late = check.verdict is Verdict.MET and bool(check.met_late)
    return _Shown(check.verdict, late, late or check.verdict not in _PLAIN)


def _cell(edition: Edition, shown: _Shown) -> tuple[str, ...]:
    """A cell as it stands around the address of a check: the same for all Checks that show the same."""
    word = label_text(edition.language, shown.verdict)
    cell = MatrixCell(
        verdict=shown.verdict,
        mark=edition.say("verdict.late.mark") if shown.late else None,
        word=edition.say("verdict.late.word", met=word) if shown.late else word,
        link=within("check") if shown.leads else None,
    )
    return cut(edition.printed(cell, "compliance/matrix/any")).parts
