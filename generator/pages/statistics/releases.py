"""Releases: the calendar, every release with its certificate, its corrections and its files, and how the files are
read.

Owns these pages. A release's page and files keep their addresses for ever; `latest` follows the newest term.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from msgspec import Struct

from generator.edition.literal import data_block
from generator.edition.render import Edition, TemplateData
from generator.edition.site import File, Page
from generator.files.schemas import published
from generator.model.cells import Cell, Published
from generator.model.district import Term
from generator.model.duties import RuleId
from generator.model.releases import (
    DistrictVerdict,
    Release,
    ReleaseId,
    SchoolVerdicts,
    Withdrawal,
    digest,
)
from generator.model.schools import School
from generator.pages import areas
from generator.pages.about.dictionary import FieldLine, fields
from generator.pages.duties.downloads import ColumnMeaning, DownloadFile, download, kept
from generator.pages.statistics.descriptions import csvw, dataset, package
from generator.pages.statistics.release_files import COLUMNS, FORMAT, about, before, changes, files, schema
from generator.pages.statistics.statistics import TitledRelease, newest_release
from generator.pages.statistics.tables import (
    MARK,
    ReleasedTable,
    ReleaseWords,
    SchoolBands,
    TableSymbols,
    release_title,
    released_table,
    school_bands,
    symbols,
)
from generator.text import Text

PATH = "statistics/releases"
_HOLDS = "releases.file"  # what a file holds, in the catalogue


class PlannedRelease(Struct, frozen=True, kw_only=True):
    """A term in the calendar with its releases; `state` is said where there is none yet."""

    term: Term
    releases: tuple[Release, ...]
    state: str


class ChainedRelease(Struct, frozen=True, kw_only=True):
    """A release with its digest."""

    release: Release
    digest: str


class WithdrawnRelease(Struct, frozen=True, kw_only=True):
    """All that is still told of a release that was withdrawn."""

    id: ReleaseId
    title: str
    released_on: date
    withdrawal: Withdrawal
    digest: str
    standing: tuple[Release, ...]  # of the same term


class WithdrawnPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "statistics/withdrawn.md.j2"
    withdrawn: WithdrawnRelease


class ReleasesPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "statistics/releases.md.j2"
    calendar: tuple[PlannedRelease, ...]
    releases: tuple[ChainedRelease, ...]
    corrections: tuple[TitledRelease, ...]
    withdrawn: tuple[WithdrawnRelease, ...]


class ReleaseFact(Struct, frozen=True, kw_only=True):
    """What must be read with the figures."""

    title: str
    text: str


class ChangedCell(Struct, frozen=True, kw_only=True):
    """A place of which a revision tells otherwise than the one before."""

    where: str
    was: str
    value: str


class RuleName(Struct, frozen=True, kw_only=True):
    """A rule as it is now, or only its id where it is gone."""

    id: RuleId
    title: Text | None


class SealedAnswer(Struct, frozen=True, kw_only=True):
    """What a release says of a sealed rule; `unmet` schools are named where the verdict is school by school, and only
    `counted` in a large district.
    """

    rule: RuleName
    target: int | float
    met: int
    judged: int
    unmet: tuple[School, ...]
    counted: int


class ReleasePage(TemplateData, frozen=True, kw_only=True):
    """A release; `later` is the newest revision after it. Where it counts more schools than one page carries, each
    stands in its files only.
    """

    template: ClassVar[str] = "statistics/release.md.j2"
    release: Release
    dataset: str  # a block of data, as it stands in the page
    later: Release | None
    facts: tuple[ReleaseFact, ...]
    changes: tuple[ChangedCell, ...]
    moved: int  # schools whose band is another one, where these are not among the changes
    files: tuple[DownloadFile, ...]
    symbols: TableSymbols
    tables: tuple[ReleasedTable, ...]
    participation: SchoolBands | None
    by_school: tuple[SealedAnswer, ...]
    by_district: tuple[SealedAnswer, ...]


class ReleaseDownloadsPage(TemplateData, frozen=True, kw_only=True):
    """How the files are read, those of the newest release and every release's."""

    template: ClassVar[str] = "statistics/release_downloads.md.j2"
    newest: Release | None
    files: tuple[DownloadFile, ...]
    releases: tuple[Release, ...]
    columns: tuple[ColumnMeaning, ...]
    fields: tuple[FieldLine, ...]
    format: str
    mark: str


def pages(edition: Edition) -> Iterator[Page]:
    """The list, a page a release with its files, and how the files are read."""
    newest = newest_release(edition.site)
    yield _list(edition)
    for release in reversed(edition.site.releases):
        yield _release(edition, release, latest=release is newest)
    yield from (_withdrawn_page(edition, release) for release in edition.site.withdrawn)
    yield _downloads(edition, newest)


def _list(edition: Edition) -> Page:
    site, newest_first = edition.site, tuple(reversed(edition.site.releases))
    terms = [t for t in site.repository.district.terms.values() if t.release_from]
    return edition.page(
        path=f"{PATH}/index",
        kind="releases",
        title=edition.say("releases.title"),
        description=edition.say("releases.description"),
        data=ReleasesPage(
            calendar=tuple(_planned(edition, term) for term in reversed(terms)),
            releases=tuple(ChainedRelease(release=r, digest=digest(r)) for r in newest_first),
            corrections=tuple(
                TitledRelease(release=r, title=release_title(edition, r)) for r in newest_first if r.correction
            ),
            withdrawn=tuple(_withdrawn(edition, release) for release in reversed(site.withdrawn)),
        ),
        cites=[r.source for r in site.releases] or [site.repository.district.source],
        hide=("toc",),  # the certificates are wide
    )


def _planned(edition: Edition, term: Term) -> PlannedRelease:
    found = tuple(r for r in edition.site.releases if r.term == term.id)
    overdue = term.release_from is not None and term.release_from <= edition.site.as_of
    withdrawn = any(r.term == term.id for r in edition.site.withdrawn)
    how = "withdrawn" if withdrawn else "open" if overdue else "planned"
    state = "" if found else edition.say(f"releases.{how}")
    return PlannedRelease(term=term, releases=found, state=state)


def _withdrawn(edition: Edition, release: Release) -> WithdrawnRelease:
    return WithdrawnRelease(
        id=release.id,
        title=release_title(edition, release),
        released_on=release.released_on,
        withdrawal=edition.site.repository.withdrawals[release.id],
        digest=digest(release),
        standing=tuple(r for r in edition.site.releases if r.term == release.term),
    )


def _withdrawn_page(edition: Edition, release: Release) -> Page:
    """In the place of the release's page: that it was withdrawn and why, and nothing of what it said."""
    withdrawn = _withdrawn(edition, release)
    return edition.page(
        path=f"{PATH}/{release.id}",
        kind="release",
        title=withdrawn.title,
        description=edition.say("releases.withdrawn.description", release=release.id),
        data=WithdrawnPage(withdrawn=withdrawn),
        cites=[withdrawn.withdrawal.source],
        searchable=False,
    )


def _release(edition: Edition, release: Release, *, latest: bool) -> Page:
    words = ReleaseWords(edition=edition, release=release)
    names = (release.id, "latest") if latest else (release.id,)
    made = (*files(edition, release, names), *(csvw(edition, release, name) for name in names))
    path = f"{PATH}/{release.id}"
    earlier, large = before(edition, release), _is_large(release)
    moved = tuple(_moved(words, earlier)) if earlier else ()
    later = [r for r in edition.site.releases if r.term == release.term and r.revision > release.revision]
    return edition.page(
        path=path,
        kind="release",
        title=release_title(edition, release),
        description=edition.say("releases.one.description", release=release.id),
        data=ReleasePage(
            release=release,
            dataset=data_block(dataset(edition, release)),
            later=later[-1] if later else None,
            facts=tuple(_facts(words)),
            changes=(*_changes(words, earlier), *(() if large else moved)) if earlier else (),
            moved=len(moved) if large else 0,
            files=tuple(download(edition, file, path, _HOLDS) for file in made if "/latest." not in file.path),
            symbols=symbols(words),
            tables=tuple(released_table(words, table, words.table(table.id)) for table in release.tables),
            participation=school_bands(words, edition.say("participation.title"), () if large else None),
            by_school=tuple(_by_school(edition, release, verdicts) for verdicts in release.school_verdicts),
            by_district=tuple(_by_district(edition, verdict) for verdict in release.district_verdicts),
        ),
        cites=[release.source],
        searchable=False,
        hide=("toc",),
        files=kept(edition, made),
    )


def _facts(words: ReleaseWords) -> Iterator[ReleaseFact]:
    for title, value in about(words):
        yield ReleaseFact(title=title, text=words.edition.day(value) if isinstance(value, date) else str(value))


def _changes(words: ReleaseWords, before: Release) -> Iterator[ChangedCell]:
    """The cells that a revision shows otherwise than the revision before. Both are published."""
    after = words.release.cells
    for cell in dict.fromkeys((*after, *before.cells)):
        was, is_ = before.cells.get(cell), after.get(cell)
        if was != is_:
            yield ChangedCell(where=_where(words, cell), was=_said(words, cell, was), value=_said(words, cell, is_))


def _moved(words: ReleaseWords, before: Release) -> Iterator[ChangedCell]:
    """The schools whose band a revision tells otherwise."""
    after, then = words.participation(), ReleaseWords(edition=words.edition, release=before).participation()
    known, none = words.edition.site.repository.schools, words.edition.say("releases.not_there")
    for school in dict.fromkeys((*after, *then)):
        was, is_ = (bands[school].text if school in bands else none for bands in (then, after))
        if was != is_:
            name = words.edition.plain(known[school].title) if school in known else school
            table = words.edition.say("participation.title")
            where = words.edition.say("releases.where_school", table=table, school=name)
            yield ChangedCell(where=where, was=was, value=is_)


def _where(words: ReleaseWords, cell: Cell) -> str:
    table, row, column = words.table(cell.table), words.row(cell.table, cell.row), words.column(cell.table, cell.column)
    return words.edition.say("releases.where", table=table, row=row, column=column)


def _said(words: ReleaseWords, cell: Cell, found: Published | None) -> str:
    return words.edition.say("releases.not_there") if found is None else words.cell(cell.column, found).text


def _is_large(release: Release) -> bool:
    return len(release.counted) > areas.CARRIED


def _by_school(edition: Edition, release: Release, verdicts: SchoolVerdicts) -> SealedAnswer:
    met, large = verdicts.schools, _is_large(release)
    known = {} if large else edition.site.repository.schools
    return SealedAnswer(
        rule=_rule(edition, verdicts.rule),
        target=verdicts.target,
        met=sum(met.values()),
        judged=len(met),
        unmet=tuple(school for id_, school in known.items() if met.get(id_) is False),
        counted=list(met.values()).count(False) if large else 0,
    )


def _by_district(edition: Edition, verdict: DistrictVerdict) -> SealedAnswer:
    rule = _rule(edition, verdict.rule)
    return SealedAnswer(rule=rule, target=verdict.target, met=verdict.met, judged=verdict.judged, unmet=(), counted=0)


def _rule(edition: Edition, rule: RuleId) -> RuleName:
    found = edition.site.repository.rules.get(rule)
    return RuleName(id=rule, title=found.title if found else None)


def _downloads(edition: Edition, newest: Release | None) -> Page:
    path = "statistics/downloads"
    made: tuple[File, ...] = (schema(edition),)
    if newest:
        whole = (package(edition, edition.site.releases), changes(edition))
        made = (*files(edition, newest, ("latest",)), csvw(edition, newest, "latest"), *whole, *made)
    return edition.page(
        path=path,
        kind="downloads",
        title=edition.say("releases.downloads"),
        description=edition.say("releases.downloads.description"),
        data=ReleaseDownloadsPage(
            newest=newest,
            files=tuple(download(edition, file, path, _HOLDS) for file in made),
            releases=tuple(reversed(edition.site.releases)),
            columns=tuple(_column(edition, name) for name in COLUMNS),
            fields=tuple(fields(edition, published("statistics"), "", ())),
            format=FORMAT,
            mark=MARK,
        ),
        cites=[r.source for r in edition.site.releases] or [edition.site.repository.district.source],
        files=kept(edition, [file for file in made if "/latest." not in file.path]),
    )


def _column(edition: Edition, name: str) -> ColumnMeaning:
    title = edition.say(f"statistics.column.{name}")
    return ColumnMeaning(title=title, note=edition.say(f"statistics.column.{name}.note"))
