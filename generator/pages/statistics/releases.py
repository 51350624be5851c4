"""Releases: the calendar, every release with its certificate, its corrections and its files, and how the files are
read.

Owns these pages. A release's page and files keep their addresses for ever; `latest` follows the newest term.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from generator.edition.render import Edition
from generator.edition.site import File, Page
from generator.files.schemas import published
from generator.model.cells import Cell, Published
from generator.model.district import Term
from generator.model.ids import SchoolId
from generator.model.releases import Release, digest, id_of
from generator.pages.about.dictionary import fields
from generator.pages.duties.downloads import told as file_told
from generator.pages.statistics.release_files import COLUMNS, FORMAT, SCHEMA, about, files, is_shared, schema_file
from generator.pages.statistics.statistics import newest_release, participation, told
from generator.pages.statistics.tables import MARK, ReleaseWords, term_of
from generator.text import Language

PATH = "statistics/releases"


def pages(edition: Edition) -> Iterator[Page]:
    """The list, a page a release with its files, and how the files are read."""
    releases = edition.site.releases
    newest = newest_release(edition.site)
    yield _list(edition, releases)
    for release in reversed(releases):
        yield _release(edition, release, latest=release is newest)
    yield _downloads(edition, newest)


def _list(edition: Edition, releases: tuple[Release, ...]) -> Page:
    site = edition.site
    terms = [t for t in site.repository.district.terms.values() if t.release_from]
    return edition.page(
        path=f"{PATH}/index",
        kind="releases",
        title=edition.say("releases.title"),
        description=edition.say("releases.description"),
        template="statistics/releases.md.j2",
        data={
            "calendar": [_planned(edition, term, releases) for term in reversed(terms)],
            "releases": [
                {"release": r, "term": term_of(site, r.term), "digest": digest(r)} for r in reversed(releases)
            ],
            "corrections": [{"release": r, "term": term_of(site, r.term)} for r in reversed(releases) if r.correction],
        },
        cites=[r.source for r in releases] or [site.repository.district.source],
        hide=("toc",),  # the certificates are wide
    )


def _planned(edition: Edition, term: Term, releases: tuple[Release, ...]) -> Mapping[str, object]:
    found = [r for r in releases if r.term == term.id]
    overdue = not found and term.release_from is not None and term.release_from <= edition.site.as_of
    return {"term": term, "releases": found, "state": "released" if found else "open" if overdue else "planned"}


def _release(edition: Edition, release: Release, *, latest: bool) -> Page:
    voice = ReleaseWords(edition=edition, release=release)
    names = (release.id, "latest") if latest else (release.id,)
    made = tuple(files(edition, release, names))
    path = f"{PATH}/{release.id}"
    before = edition.site.repository.releases.get(id_of(release.term, release.revision - 1))
    later = [r for r in edition.site.releases if r.term == release.term and r.revision > release.revision]
    return edition.page(
        path=path,
        kind="release",
        title=edition.say(
            "releases.one", term=edition.plain(term_of(edition.site, release.term).title), revision=release.revision
        ),
        description=edition.say("releases.one.description", release=release.id),
        template="statistics/release.md.j2",
        data={
            "release": release,
            "digest": digest(release),
            "later": later[-1] if later else None,
            "facts": [
                {"title": title, "text": edition.day(text) if isinstance(text, date) else text}
                for title, text in about(voice)
            ],
            "mark": f"[{MARK}]",
            "tables": [told(voice, table) for table in release.tables],
            "participation": participation(voice),
            "changes": [*_changes(voice, before), *_moved(voice, before)] if before else [],
            "by_school": [
                _by_school(edition, verdicts.rule, verdicts.target, verdicts.schools)
                for verdicts in release.school_verdicts
            ],
            "by_district": [
                {"rule": _rule(edition, v.rule), "target": v.target, "met": v.met, "judged": v.judged}
                for v in release.district_verdicts
            ],
            "files": [_file(edition, file, path) for file in made if "/latest." not in file.path],
        },
        cites=[release.source],
        searchable=False,
        hide=("toc",),
        files=_kept(edition, made),
    )


def _kept(edition: Edition, made: tuple[File, ...]) -> tuple[File, ...]:
    """One file of each address: what serves both languages lies in the Chinese half."""
    return tuple(file for file in made if edition.language is Language.ZH or not is_shared(file))


def _file(edition: Edition, file: File, here: str) -> Mapping[str, object]:
    kind = "schema" if file.path == SCHEMA else file.path.rpartition(".")[2]
    return file_told(edition, file, here, edition.say(f"releases.file.{kind}"), shared=is_shared(file))


def _changes(voice: ReleaseWords, before: Release) -> Iterator[Mapping[str, object]]:
    """The cells that a revision shows otherwise than the revision before. Both are published."""
    after = voice.release.cells
    for cell in dict.fromkeys((*after, *before.cells)):
        was, is_ = before.cells.get(cell), after.get(cell)
        if was != is_:
            yield {"where": _where(voice, cell), "was": _said(voice, cell, was), "now": _said(voice, cell, is_)}


def _moved(voice: ReleaseWords, before: Release) -> Iterator[Mapping[str, object]]:
    """The schools whose band a revision tells otherwise."""
    after, then = voice.participation(), ReleaseWords(edition=voice.edition, release=before).participation()
    known, none = voice.edition.site.repository.schools, voice.edition.say("releases.not_there")
    for school in dict.fromkeys((*after, *then)):
        was, is_ = (told[school].text if school in told else none for told in (then, after))
        if was != is_:
            name = voice.edition.plain(known[school].title) if school in known else school
            yield {
                "where": voice.edition.say(
                    "releases.where_school", table=voice.edition.say("participation.title"), school=name
                ),
                "was": was,
                "now": is_,
            }


def _where(voice: ReleaseWords, cell: Cell) -> str:
    words = (voice.table(cell.table), voice.row(cell.table, cell.row), voice.column(cell.table, cell.column))
    return voice.edition.say("releases.where", table=words[0], row=words[1], column=words[2])


def _said(voice: ReleaseWords, cell: Cell, found: Published | None) -> str:
    return voice.edition.say("releases.not_there") if found is None else voice.cell(cell.column, found).text


def _by_school(edition: Edition, rule: str, target: float, schools: Mapping[SchoolId, bool]) -> Mapping[str, object]:
    met = sum(schools.values())
    known = edition.site.repository.schools
    unmet = [known[s] for s in known if schools.get(s) is False]
    return {"rule": _rule(edition, rule), "target": target, "met": met, "judged": len(schools), "unmet": unmet}


def _rule(edition: Edition, rule: str) -> Mapping[str, object]:
    """A rule as it is now, or only its id where it is gone."""
    return next(
        ({"id": r.id, "title": r.title} for r in edition.site.repository.rules.values() if r.id == rule),
        {"id": rule, "title": None},
    )


def _downloads(edition: Edition, newest: Release | None) -> Page:
    path = "statistics/downloads"
    made = (*(files(edition, newest, ("latest",)) if newest else ()), schema_file(edition))
    return edition.page(
        path=path,
        kind="downloads",
        title=edition.say("releases.downloads"),
        description=edition.say("releases.downloads.description"),
        template="statistics/release_downloads.md.j2",
        data={
            "newest": newest,
            "files": [_file(edition, file, path) for file in made],
            "releases": tuple(reversed(edition.site.releases)),
            "columns": list(COLUMNS),
            "fields": list(fields(edition, published("statistics"), "", ())),
            "format": FORMAT,
            "mark": MARK,
        },
        cites=[r.source for r in edition.site.releases] or [edition.site.repository.district.source],
        files=(schema_file(edition),) if edition.language is Language.ZH else (),
    )
