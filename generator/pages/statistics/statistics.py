"""Statistics: what has been released, table by table; which schools have filed; how the figures are made safe.

Owns these pages. Every number on them is a cell of a release, or is worked out from cells that are shown. A district
that has released nothing yet says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from generator.edition.charts import draw
from generator.edition.render import Edition, number
from generator.edition.site import Page, Site
from generator.model.cells import Shown, Suppressed
from generator.model.district import Term
from generator.model.registry import TOTAL
from generator.model.releases import PublishedTable, Release, latest
from generator.model.sealed import Receipt
from generator.pages.statistics.tables import MARK, ReleaseWords, is_share, term_of
from generator.pages.statistics.trends import figures, trends

SCHOOLS = "participation-schools"  # the page of bands, school by school
# The figures that a reader meets first: table, column.
_HEADLINES = (
    ("participation", "screened"),
    ("participation", "screened/due"),
    ("files", "electronic-files"),
    ("files", "paper-files"),
)
_METHODS = (
    *(
        "source",
        "counts",
        "threshold",
        "rows",
        "complementary",
        "zeros",
        "rounding",
        "shares",
        "participation",
        "marks",
    ),
    *("frozen", "attack", "certificate", "limits", "verdicts", "yourself", "beyond"),
)


def pages(edition: Edition) -> Iterator[Page]:
    """The overview, a page a table, which schools have filed, the methods."""
    newest = newest_release(edition.site)
    yield _overview(edition, newest)
    if newest:
        voice = ReleaseWords(edition=edition, release=newest)
        yield from (_table(voice, table) for table in newest.tables)
        if newest.participation:
            yield _participation(voice)
    yield _reporting(edition)
    yield _methods(edition, newest)


def newest_release(site: Site) -> Release | None:
    """The last revision of the last term that was released."""
    by_term = latest(site.releases)
    return by_term[max(by_term)] if by_term else None


def told(voice: ReleaseWords, table: PublishedTable) -> Mapping[str, object]:
    """A table as `_released.html.j2` prints it: titles, cells, and notes by number."""
    notes = dict(voice.notes(table))
    marks = {column: index for index, column in enumerate(notes, start=1)}
    return {
        "id": table.id,
        "title": voice.table(table.id),
        "columns": [
            dict(zip(("title", "unit"), voice.heading(table.id, c), strict=True)) | {"mark": marks.get(c)}
            for c in table.columns
        ],
        "rows": [
            {
                "title": voice.row(table.id, row.id),
                "total": row.id == TOTAL,
                "schools": number(row.schools),
                "cells": [voice.cell(c, cell) for c, cell in row.cells.items()],
            }
            for row in table.rows
        ],
        "notes": [{"mark": marks[column], "text": text} for column, text in notes.items()],
        "general": list(_general(voice, table)),
    }


def _general(voice: ReleaseWords, table: PublishedTable) -> Iterator[str]:
    """What must be known of the table as a whole."""
    say, limits = voice.edition.say, voice.release.limits
    yield say(f"table.{table.id}.note")
    cells = [cell for row in table.rows for cell in row.cells.values()]
    if any(isinstance(cell, Suppressed) for cell in cells):
        yield say("statistics.symbol.c", k=limits.k, mark=f"[{MARK}]")
    if limits.base > 1:
        yield say("statistics.rounded", base=limits.base)


def _overview(edition: Edition, newest: Release | None) -> Page:
    voice = ReleaseWords(edition=edition, release=newest) if newest else None
    coming = next((t for t in _asked(edition.site) if t.release_from and t.release_from > edition.site.as_of), None)
    return edition.page(
        path="statistics/index",
        kind="statistics",
        title=edition.say("statistics.title"),
        description=edition.say("statistics.description"),
        template="statistics/statistics.md.j2",
        data={
            "release": newest,
            "term": term_of(edition.site, newest.term) if newest else None,
            "figures": [_headline(voice, *headline) for headline in _HEADLINES] if voice else [],
            "tables": list(_tables(voice)) if voice else [],
            "coming": coming,
            "mark": f"[{MARK}]",
        },
        cites=[newest.source] if newest else [edition.site.repository.district.source],
    )


def _tables(voice: ReleaseWords) -> Iterator[Mapping[str, str]]:
    say = voice.edition.say
    yield from (
        {"id": t.id, "title": voice.table(t.id), "note": say(f"table.{t.id}.note")} for t in voice.release.tables
    )
    if voice.release.participation:
        yield {"id": SCHOOLS, "title": say("participation.title"), "note": say("participation.note")}


def _headline(voice: ReleaseWords, table: str, column: str) -> Mapping[str, object]:
    found = voice.release.table(table)
    assert found  # a release has every table of the registry
    cell = found.rows[-1].cells[column]
    return {
        "table": table,
        "title": voice.column(table, column),
        "cell": voice.cell(column, cell),
        "unit": None if is_share(column) else voice.unit(table, column),
    }


def _table(voice: ReleaseWords, table: PublishedTable) -> Page:
    edition = voice.edition
    drawn = (*figures(voice, table), *trends(edition, table.id))
    return edition.page(
        path=f"statistics/tables/{table.id}",
        kind="table",
        title=voice.table(table.id),
        description=edition.say(f"table.{table.id}.note"),
        template="statistics/table.md.j2",
        data={
            "release": voice.release,
            "term": term_of(edition.site, voice.release.term),
            "mark": f"[{MARK}]",
            "table": told(voice, table),
            "charts": [draw(figure, edition.say) for figure in drawn],
            "earlier": [
                {"release": r, "term": term_of(edition.site, r.term)}
                for r in reversed(edition.site.releases)
                if r is not voice.release
            ],
        },
        cites=[r.source for r in edition.site.releases],
        hide=("toc",),  # tables are wide
    )


# --- participation, school by school ----------------------------------------------------------------------------------


def _participation(voice: ReleaseWords) -> Page:
    edition, release = voice.edition, voice.release
    return edition.page(
        path=f"statistics/tables/{SCHOOLS}",
        kind="participation",
        title=edition.say("participation.title"),
        description=edition.say("participation.note"),
        template="statistics/participation.md.j2",
        data={
            "release": release,
            "term": term_of(edition.site, release.term),
            "mark": f"[{MARK}]",
            "participation": participation(voice),
        },
        cites=[release.source],
        hide=("toc",),
    )


def participation(voice: ReleaseWords) -> Mapping[str, object] | None:
    """The band of every school as `_participation.html.j2` prints it, in the order of the district's schools; None
    where there are no bands.
    """
    bands, known = voice.release.participation, voice.edition.site.repository.schools
    if bands is None:
        return None
    told, stated = voice.participation(), list(bands.schools.values())
    return {
        "schools": [
            {"id": s, "title": known[s].title if s in known else None, "band": band} for s, band in told.items()
        ],
        "bands": [
            {"title": voice.band(begin), "schools": number(sum(found == Shown(value=begin) for found in stated))}
            for begin in (*bands.edges[::-1], 0)
        ],
    }


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
        template="statistics/reporting.md.j2",
        data={"terms": [_status(site, term) for term in begun], "as_of": site.as_of},
        cites=[site.repository.district.source],
    )


def _status(site: Site, term: Term) -> Mapping[str, object]:
    """Who has filed for a term, from receipts alone."""
    due = term.submissions_due
    assert due
    schools = [s for s in site.repository.schools.values() if s.opened_on is None or s.opened_on <= term.last_day]
    found = {
        s.id: r for s in schools if (r := site.repository.receipts.get((s.id, term.id))) and r.sealed_on <= site.as_of
    }
    late = [s for s in schools if s.id in found and _late(found[s.id], due)]
    missing = [s for s in schools if s.id not in found]
    return {
        "term": term,
        "due": due,
        "over": site.as_of > due,
        "schools": len(schools),
        "filed": len(found),
        "late": late,
        "corrected": [s for s in schools if s.id in found and found[s.id].revision > 1],
        "missing": missing if found else [],  # where nobody has filed, naming every school would say nothing more
    }


def _late(receipt: Receipt, due: date) -> bool:
    """A first filing after the last day.

    When a correction's first filing was is not known any more: it is not called late.
    """
    return receipt.revision == 1 and receipt.sealed_on > due


# --- methods ----------------------------------------------------------------------------------------------------------


def _methods(edition: Edition, newest: Release | None) -> Page:
    sections = [
        {
            "id": name,
            "title": edition.say(f"safety.{name}"),
            "text": edition.say(f"safety.{name}.text", mark=f"[{MARK}]"),
        }
        for name in _METHODS
    ]
    return edition.page(
        path="statistics/methods",
        kind="safety",
        title=edition.say("safety.title"),
        description=edition.say("safety.description"),
        template="statistics/statistics_methods.md.j2",
        data={"sections": sections, "releases": tuple(reversed(edition.site.releases)), "newest": newest},
        cites=[r.source for r in edition.site.releases] or [edition.site.repository.district.source],
    )
