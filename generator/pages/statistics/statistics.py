"""Statistics: what has been released, table by table; which schools have filed; how the figures are made safe.

Owns these pages. Every number on them is a cell of a release, or is worked out from cells that are shown. A district
that has released nothing yet says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar

from msgspec import Struct

from generator.edition.charts import Chart, draw
from generator.edition.render import FOLDERS, Edition, TemplateData, number
from generator.edition.site import Page, Site
from generator.model.channels import CHANNELS
from generator.model.district import Contact, Term
from generator.model.releases import PublishedTable, Release, latest
from generator.model.schools import School
from generator.model.sealed import Receipt
from generator.pages import areas
from generator.pages.areas import DistrictPart, DistrictPartLink, Listing
from generator.pages.beside import Beside, beside
from generator.pages.following import Event, newest_first, released
from generator.pages.parts import there
from generator.pages.schools.filing import LISTING as DESKS
from generator.pages.schools.schools import LISTING as PROFILES
from generator.pages.statistics import alone
from generator.pages.statistics.alone import TableFile
from generator.pages.statistics.tables import (
    SHOWN_MARK,
    CellWords,
    ReleasedTable,
    ReleaseWords,
    SchoolBands,
    TableSymbols,
    is_share,
    other_schools,
    release_title,
    released_table,
    school_bands,
    symbols,
    term_of,
)
from generator.pages.statistics.trends import figures, trends
from generator.pages.words.wording import PageLink

SCHOOLS = "participation-schools"  # the page of bands, school by school
# The figures that a reader meets first: table, column, and the name of the sentence that says what is counted.
_HEADLINES = (
    ("participation", "screened", "screened"),
    ("participation", "screened/due", "share"),
    ("files", "electronic-files", "electronic"),
    ("files", "paper-files", "paper"),
)
_NEWS = 4  # releases, corrections and withdrawals told on the overview
_BRIEF = ("sealed", "threshold", "neighbours", "attack", "schools", "revisions", "limits")
_METHODS = (
    *("source", "counts", "threshold", "rows", "limits", "complementary", "zeros", "rounding", "shares"),
    *("participation", "verdicts", "marks", "frozen", "withdrawn", "attackers", "attack", "channels", "certificate"),
    *("yourself", "beyond"),
)
_ATTACKERS = ("public", "school", "pair")


class Headline(Struct, frozen=True, kw_only=True):
    """A figure that a reader meets first, and the table that it is from."""

    table: str
    title: str
    counts: str
    cell: CellWords
    unit: str | None
    before: str  # the same then; empty where it was not published


class TableCard(Struct, frozen=True, kw_only=True):
    """A table in the list of tables."""

    id: str
    title: str
    note: str


class StatisticsPage(TemplateData, frozen=True, kw_only=True):
    """The newest release, if there is one; `coming` is the term that is released next."""

    template: ClassVar[str] = "statistics/statistics.md.j2"
    release: Release | None
    term: Term | None
    headlines: tuple[Headline, ...]
    schools: str  # how many the newest release counts
    compared: Term | None  # the same half of an earlier year, which the headlines are compared with
    others: str  # that it counts other schools
    charts: tuple[Chart, ...]
    news: tuple[Event, ...]
    tables: tuple[TableCard, ...]
    coming: Term | None
    claims: bool
    contact: Contact | None


class TitledRelease(Struct, frozen=True, kw_only=True):
    """A release with its title."""

    release: Release
    title: str


class TablePage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "statistics/table.md.j2"
    release: Release
    term: Term
    symbols: TableSymbols
    table: ReleasedTable
    charts: tuple[Chart, ...]
    files: tuple[TableFile, ...]
    cite: str
    iframe: str
    earlier: tuple[TitledRelease, ...]
    before: PageLink | None
    after: PageLink | None


class ParticipationPage(TemplateData, frozen=True, kw_only=True):
    """The band of every school; where they stand on pages of their own, the `parts`, of those that are no more."""

    template: ClassVar[str] = "statistics/participation.md.j2"
    release: Release
    term: Term
    participation: SchoolBands
    parts: tuple[DistrictPartLink, ...]
    before: PageLink | None
    after: PageLink | None


class ParticipationOfPart(TemplateData, frozen=True, kw_only=True):
    """The bands of the schools of a part."""

    template: ClassVar[str] = "statistics/participation_of_part.html.j2"
    parts: tuple[DistrictPartLink, ...]
    participation: SchoolBands


class NamedSchools(Struct, frozen=True, kw_only=True):
    """Schools under a title; where they stand on pages of their own, these `parts` and none by name."""

    title: str
    schools: tuple[School, ...]
    parts: tuple[DistrictPartLink, ...]


class TermReporting(Struct, frozen=True, kw_only=True):
    """Who has filed for a term; `due` says until when, or that it is over."""

    term: Term
    schools: int
    filed: int
    late: int
    corrected: int
    due: str
    named: tuple[NamedSchools, ...]


class ReportingPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "statistics/reporting.md.j2"
    terms: tuple[TermReporting, ...]


class SafetyLine(Struct, frozen=True, kw_only=True):
    """Who attacks and what he knows, or a channel and what is done about it."""

    title: str
    text: str


class SafetySection(Struct, frozen=True, kw_only=True):
    """A section of the methods; the table of limits stands below one of them."""

    id: str
    title: str
    text: str
    lines: tuple[SafetyLine, ...]
    has_limits: bool


class ReleaseLimits(Struct, frozen=True, kw_only=True):
    """A release, by what part of a school's count others must miss it, and how counts are rounded, in words."""

    release: Release
    missed: str
    rounding: str


class SafetyPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "statistics/statistics_methods.md.j2"
    brief: tuple[str, ...]
    sections: tuple[SafetySection, ...]
    releases: tuple[ReleaseLimits, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The overview, a page a table, which schools have filed, the methods."""
    newest = newest_release(edition.site)
    yield _overview(edition, newest)
    if newest:
        words = ReleaseWords(edition=edition, release=newest)
        yield from (_table(words, table) for table in newest.tables)
        if newest.participation:
            yield _participation(words)
            yield from areas.donors(edition, PARTICIPATION)
    yield _reporting(edition)
    yield _methods(edition)


def newest_release(site: Site) -> Release | None:
    """The last revision of the last term that was released."""
    by_term = latest(site.releases)
    return by_term[max(by_term)] if by_term else None


def _overview(edition: Edition, newest: Release | None) -> Page:
    words = ReleaseWords(edition=edition, release=newest) if newest else None
    earlier = _compared(edition.site, newest) if newest else None
    coming = next((t for t in _asked(edition.site) if t.release_from and t.release_from > edition.site.as_of), None)
    return edition.page(
        path="statistics/index",
        kind="statistics",
        title=edition.say("statistics.title"),
        description=edition.say("statistics.description"),
        data=StatisticsPage(
            release=newest,
            term=term_of(edition.site, newest.term) if newest else None,
            headlines=tuple(_headlines(words, earlier)) if words else (),
            schools=number(len(newest.counted)) if newest else "",
            compared=term_of(edition.site, earlier.term) if earlier else None,
            others=other_schools(edition, newest, earlier) if newest and earlier else "",
            charts=tuple(draw(figure, edition.say) for figure in trends(edition, _HEADLINES[0][0])),
            news=newest_first(released(edition))[:_NEWS],
            tables=tuple(_tables(words)) if words else (),
            coming=coming,
            claims=there(edition.site, "figures/claims"),
            contact=edition.site.repository.district.contact,
        ),
        cites=[newest.source] if newest else [edition.site.repository.district.source],
    )


def _tables(words: ReleaseWords) -> Iterator[TableCard]:
    say = words.edition.say
    for table in words.release.tables:
        yield TableCard(id=table.id, title=words.table(table.id), note=say(f"table.{table.id}.note"))
    if words.release.participation:
        yield TableCard(id=SCHOOLS, title=say("participation.title"), note=say("participation.note"))


def _compared(site: Site, newest: Release) -> Release | None:
    """The last revision of the same half of an earlier school year: autumn and spring cannot be compared."""
    by_term, half = latest(site.releases), newest.term.rpartition("-")[2]
    earlier = [term for term in by_term if term < newest.term and term.endswith(f"-{half}")]
    return by_term[max(earlier)] if earlier else None


def _headlines(words: ReleaseWords, earlier: Release | None) -> Iterator[Headline]:
    """Of those that the release has: the barest has few columns."""
    for table, column, name in _HEADLINES:
        then = earlier.table(table) if earlier else None
        cell = then.total.cells.get(column) if then and then.total else None
        found = words.release.table(table)
        if found and found.total and column in found.columns:
            yield Headline(
                table=table,
                title=words.column(table, column),
                counts=words.edition.say(f"statistics.headline.{name}"),
                cell=words.cell_of(found.total.cells, column),
                unit=None if is_share(column) else words.unit(table, column),
                before=words.cell(column, cell).text if cell else "",
            )


def _table(words: ReleaseWords, table: PublishedTable) -> Page:
    edition, title = words.edition, words.table(table.id)
    near = _beside(words, table.id)
    charts = tuple(draw(figure, edition.say) for figure in (*figures(words, table), *trends(edition, table.id)))
    released = released_table(words, table, _caption(words, title))
    top = edition.site.repository.district.site_url
    embedded = f"{FOLDERS[edition.language]}{alone.embed_path(table.id)}.html"
    address = f"{top.rstrip('/')}/{embedded}" if top else embedded
    return edition.page(
        path=_path(table.id),
        kind="table",
        title=title,
        description=edition.say(f"table.{table.id}.note"),
        data=TablePage(
            release=words.release,
            term=term_of(edition.site, words.release.term),
            symbols=symbols(words),
            table=released,
            charts=charts,
            files=alone.links(edition, table, charts),
            cite=alone.citation(words),
            iframe=f'<iframe src="{address}" title="{title}" width="100%" height="600"></iframe>',
            earlier=tuple(
                TitledRelease(release=r, title=release_title(edition, r))
                for r in reversed(edition.site.releases)
                if r is not words.release
            ),
            before=near.before,
            after=near.after,
        ),
        cites=[r.source for r in edition.site.releases],
        hide=("toc",),  # tables are wide
        files=tuple(alone.files(words, table, released, charts)),
    )


def _path(table: str) -> str:
    return f"statistics/tables/{table}"


def _beside(words: ReleaseWords, table: str) -> Beside:
    """The tables before and after one, as the overview lists them."""
    return beside([PageLink(page=_path(card.id), title=card.title) for card in _tables(words)], _path(table))


def _participation(words: ReleaseWords) -> Page:
    edition, release, title = words.edition, words.release, words.edition.say("participation.title")
    known, near = edition.site.repository.schools, _beside(words, SCHOOLS)
    parts = areas.counted(edition, PARTICIPATION, (known[school] for school in release.counted if school in known))
    named = [school for school in release.counted if school not in known] if parts else None
    bands = school_bands(words, _caption(words, title), named)
    assert bands
    return edition.page(
        path=_path(SCHOOLS),
        kind="participation",
        title=title,
        description=edition.say("participation.note"),
        data=ParticipationPage(
            release=release,
            term=term_of(edition.site, release.term),
            participation=bands,
            parts=parts,
            before=near.before,
            after=near.after,
        ),
        cites=[release.source],
        hide=("toc",),
    )


def _of_part(edition: Edition, part: DistrictPart) -> ParticipationOfPart:
    release = newest_release(edition.site)
    assert release
    words = ReleaseWords(edition=edition, release=release)
    caption = _caption(words, edition.say("participation.title"))
    bands = school_bands(words, caption, [school.id for school in part.schools])
    assert bands
    return ParticipationOfPart(parts=areas.links(edition, PARTICIPATION, part), participation=bands)


def _in_parts(site: Site) -> bool:
    newest = newest_release(site)
    return newest is not None and newest.participation is not None


PARTICIPATION = Listing(
    family=areas.family("participation", "statistics", "participation_in_"),
    title="participation.title",
    tell=_of_part,
    cites=lambda site, school: (school.source, *(release.source for release in [newest_release(site)] if release)),
    told=_in_parts,
)


def _caption(words: ReleaseWords, title: str) -> str:
    term = words.edition.plain(term_of(words.edition.site, words.release.term).title)
    return words.edition.say("statistics.caption", title=title, term=term)


# --- reporting status -------------------------------------------------------------------------------------------------


def _asked(site: Site) -> tuple[Term, ...]:
    """The terms for which schools' aggregates are asked for, in order."""
    return tuple(t for t in site.repository.district.terms.values() if t.submissions_due)


def _reporting(edition: Edition) -> Page:
    site = edition.site
    begun = [term for term in reversed(_asked(site)) if term.first_day <= site.as_of]
    return edition.page(
        path="statistics/reporting",
        kind="reporting",
        title=edition.say("reporting.title"),
        description=edition.say("reporting.description"),
        data=ReportingPage(terms=tuple(_status(edition, term) for term in begun)),
        cites=[site.repository.district.source],
    )


def _status(edition: Edition, term: Term) -> TermReporting:
    """Who has filed for a term, from receipts alone."""
    site, due = edition.site, term.submissions_due
    assert due
    over = site.as_of > due
    schools = [s for s in site.repository.schools.values() if s.was_there(term.last_day, min(due, term.last_day))]
    found = {
        s.id: r for s in schools if (r := site.repository.receipts.get((s.id, term.id))) and r.sealed_on <= site.as_of
    }
    late = [s for s in schools if s.id in found and _late(found[s.id], due)]
    corrected = [s for s in schools if s.id in found and found[s.id].revision > 1]
    missing = [s for s in schools if s.id not in found]
    return TermReporting(
        term=term,
        schools=len(schools),
        filed=len(found),
        late=len(late),
        corrected=len(corrected),
        due=edition.say("reporting.over" if over else "reporting.until", day=edition.day(due)),
        named=tuple(
            _named(edition, edition.say(key), named, listing)
            for key, named, listing in (
                # where nobody has filed, naming every school would say nothing more
                ("reporting.missing" if over else "reporting.awaited", missing if found else (), DESKS),
                ("reporting.late_named", late, PROFILES),
                ("reporting.corrected_named", corrected, PROFILES),
            )
            if named
        ),
    )


def _named(edition: Edition, title: str, schools: Sequence[School], listing: Listing) -> NamedSchools:
    parts = areas.counted(edition, listing, schools)
    return NamedSchools(title=title, schools=() if parts else tuple(schools), parts=parts)


def _late(receipt: Receipt, due: date) -> bool:
    """A first filing after the last day.

    When a correction's first filing was is not known any more: it is not called late.
    """
    return receipt.revision == 1 and receipt.sealed_on > due


# --- methods ----------------------------------------------------------------------------------------------------------


def _methods(edition: Edition) -> Page:
    releases = edition.site.releases
    return edition.page(
        path="statistics/methods",
        kind="safety",
        title=edition.say("safety.title"),
        description=edition.say("safety.description"),
        data=SafetyPage(
            brief=tuple(edition.say(f"safety.brief.{name}", mark=SHOWN_MARK) for name in _BRIEF),
            sections=tuple(_section(edition, name) for name in _METHODS),
            releases=tuple(_limits(edition, release) for release in reversed(releases)),
        ),
        cites=[r.source for r in releases] or [edition.site.repository.district.source],
    )


def _section(edition: Edition, name: str) -> SafetySection:
    return SafetySection(
        id=name,
        title=edition.say(f"safety.{name}"),
        text=edition.say(f"safety.{name}.text", mark=SHOWN_MARK),
        lines=tuple(_lines(edition, name)),
        has_limits=name == "limits",
    )


def _lines(edition: Edition, section: str) -> Iterator[SafetyLine]:
    say = edition.say
    if section == "attackers":
        for who in _ATTACKERS:
            yield SafetyLine(title=say(f"safety.attacker.{who}"), text=say(f"safety.attacker.{who}.text"))
    elif section == "channels":
        for channel, handling in CHANNELS.items():
            treatment = say(f"channel.treatment.{handling.treatment}")
            text = say("channel.told", text=say(f"channel.{channel}.text", mark=SHOWN_MARK), treatment=treatment)
            yield SafetyLine(title=say(f"channel.{channel}"), text=text)


def _limits(edition: Edition, release: Release) -> ReleaseLimits:
    base, dominance = release.limits.base, release.limits.dominance
    return ReleaseLimits(
        release=release,
        missed=f"{dominance} %" if dominance else edition.say("safety.limits.any"),
        rounding=str(base) if base > 1 else edition.say("safety.limits.exact"),
    )
