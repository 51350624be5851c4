"""One table alone: its CSV and workbook of all terms, its pictures, a page to embed, and what the table builder reads.

Owns these files and their addresses. Everything in them is a cell of a release that stands; what is not published has
its mark and no number everywhere. Nothing is added up here, in no browser either. Must not know how pages are laid out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from generator.edition.charts import Chart, alone
from generator.edition.literal import settle
from generator.edition.render import FOLDERS, Edition, TemplateData, relative
from generator.edition.site import File
from generator.edition.spreadsheet import Sheet, as_csv, as_workbook, guarded
from generator.files.resources import site_folder
from generator.model.cells import Shown, Suppressed
from generator.model.ids import TermId
from generator.model.releases import PublishedTable as Table
from generator.model.releases import Release, Row, latest
from generator.pages.statistics.release_files import figures_table, notes_table
from generator.pages.statistics.tables import (
    NOBODY,
    NOBODY_MARK,
    SHOWN_MARK,
    ReleasedTable,
    ReleaseWords,
    is_share,
    of_nobody,
    term_of,
)
from generator.text import Text

_FOLDER = "data/statistics/tables"
BUILDER_DATA = "statistics/builder-data.js"


class TableFile(Struct, frozen=True, kw_only=True):
    """A file of one table, from the table's page."""

    href: str
    name: str


class EmbeddedTable(TemplateData, frozen=True, kw_only=True):
    """A page for an `<iframe>`: the table, its picture, and the page that it is from."""

    template: ClassVar[str] = "statistics/embed.html.j2"
    title: str
    table: ReleasedTable
    charts: tuple[Chart, ...]
    source: str
    notice: Text | None
    page: str
    styles: str
    other: str
    other_language: str


def embed_path(table: str) -> str:
    """The page of a table for an `<iframe>`, without its suffix."""
    return f"statistics/embed/{table}"


def links(edition: Edition, table: Table, charts: Sequence[Chart]) -> tuple[TableFile, ...]:
    """The files of a table, from its page."""
    paths = [f"{_FOLDER}/{table.id}.{kind}" for kind in ("csv", "xlsx")] + [_picture(chart) for chart in charts]
    return tuple(TableFile(href=f"../../{path}", name=path.rpartition("/")[2]) for path in paths)


def files(words: ReleaseWords, table: Table, released: ReleasedTable, charts: Sequence[Chart]) -> Iterator[File]:
    """The files of a table: figures of all terms, pictures, the page to embed."""
    edition = words.edition
    figures = _figures(edition, table.id)
    yield File(path=f"{_FOLDER}/{table.id}.csv", content=as_csv(figures))
    properties = {"title": released.title, "subject": edition.plain(edition.site.repository.district.title)}
    book = as_workbook((figures, notes_table(words)), properties)
    yield File(path=f"{_FOLDER}/{table.id}.xlsx", content=book)
    source = _source(words, table.id)
    style = (site_folder() / "templates" / "statistics" / "chart.css").read_text(encoding="utf-8")
    for chart in charts:
        yield File(path=_picture(chart), content=settle(alone(chart, source, style)).encode())
    yield File(path=f"{embed_path(table.id)}.html", content=_embedded(words, released, charts).encode())


def _picture(chart: Chart) -> str:
    return f"{_FOLDER}/{chart.id}.svg"


def _figures(edition: Edition, table: str) -> Sheet:
    """The table's figures of every term, each as it was last revised."""
    sheets = [figures_table(ReleaseWords(edition=edition, release=r), table) for r in _by_term(edition).values()]
    return replace(sheets[0], rows=[row for sheet in sheets for row in sheet.rows])


def _by_term(edition: Edition) -> Mapping[TermId, Release]:
    return dict(sorted(latest(edition.site.releases).items()))


def citation(words: ReleaseWords) -> str:
    """How figures of a release are cited."""
    edition, release = words.edition, words.release
    district = edition.plain(edition.site.repository.district.title)
    return edition.say("statistics.cite", district=district, release=release.id, day=edition.day(release.released_on))


def _source(words: ReleaseWords, table: str) -> str:
    """What stands under a picture that people take elsewhere: how it is cited, and the page where the site has an
    address.
    """
    top = words.edition.site.repository.district.site_url
    page = f"{FOLDERS[words.edition.language]}statistics/tables/{table}.html"
    return f"{citation(words)} {top.rstrip('/')}/{page}" if top else citation(words)


def _embedded(words: ReleaseWords, released: ReleasedTable, charts: Sequence[Chart]) -> str:
    finished, path = words.edition.finished(), embed_path(released.id)
    others = [one for one in finished.site.repository.district.languages if one is not finished.language]
    top = "../" * (2 + FOLDERS[finished.language].count("/"))
    data = EmbeddedTable(
        title=released.title,
        table=released,
        charts=tuple(charts),
        source=citation(words),
        notice=words.edition.site.repository.district.notice,
        page=relative(path, f"statistics/tables/{released.id}"),
        styles="../../assets/xz.css",
        other=f"{top}{FOLDERS[others[0]]}{path}.html" if others else "",
        other_language=others[0].value if others else "",
    )
    return settle(str(finished.printed(data, path))) + "\n"


# --- what the table builder reads -------------------------------------------------------------------------------------


def builder_data(edition: Edition) -> File:
    """Every released cell of every term, last revised, as a script: a page in a folder may load nothing else."""
    releases = _by_term(edition)
    newest = ReleaseWords(edition=edition, release=releases[max(releases)])
    content: dict[str, object] = {
        "mark": SHOWN_MARK,
        "nobody": NOBODY_MARK,
        "terms": [
            {"id": term, "title": edition.plain(term_of(edition.site, term).title), "release": release.id}
            for term, release in releases.items()
        ],
        "tables": [_table(edition, newest, releases, table) for table in newest.release.tables],
    }
    content["guarded"] = guarded_texts(content)
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return File(path=BUILDER_DATA, content=f"window.xzTables = {text};\n".encode())


def guarded_texts(content: object) -> Mapping[str, str]:
    """How the texts stand in a CSV of which a spreadsheet would make something else."""
    match content:
        case Mapping():
            return {text: own for value in content.values() for text, own in guarded_texts(value).items()}
        case list():
            return {text: own for value in content for text, own in guarded_texts(value).items()}
        case str() if (own := str(guarded(content))) != content:
            return {content: own}
        case _:
            return {}


def _table(
    edition: Edition, newest: ReleaseWords, releases: Mapping[TermId, Release], table: Table
) -> Mapping[str, object]:
    rows: dict[str, str] = {}
    columns: dict[str, Mapping[str, object]] = {}
    cells: dict[str, Mapping[str, Mapping[str, int | float | str | None]]] = {}
    waiting: dict[str, Mapping[str, str]] = {}
    for term, release in reversed(list(releases.items())):
        words, found = ReleaseWords(edition=edition, release=release), release.table(table.id)
        if found is None:
            continue
        for row in found.rows:
            rows.setdefault(row.id, words.row(table.id, row.id))
        for column in found.columns:
            title, unit = words.column(table.id, column), words.unit(table.id, column)
            columns.setdefault(column, {"title": title, "unit": unit, "share": is_share(column)})
        waiting[term] = {
            row.id: edition.say("statistics.row_waits", row=rows[row.id])
            for row in found.rows
            if words.waits(table.id, row.id)
        }
        cells[term] = {row.id: {c: _value(release, row, c) for c in row.cells} for row in found.rows}
    return {
        "id": table.id,
        "title": newest.table(table.id),
        "note": edition.say(f"table.{table.id}.note"),
        "rows_are": newest.rows_are(table.id),
        "rows": rows,
        "columns": columns,
        "cells": cells,
        "waiting": {term: found for term, found in waiting.items() if found},
    }


def _value(release: Release, row: Row, column: str) -> int | float | str | None:
    """A published number; None for one that is not, the sign for a share of nobody."""
    if of_nobody(release, row.cells, column):
        return NOBODY
    match row.cells[column]:
        case Shown(value=value):
            return value / 10 if is_share(column) else value
        case Suppressed():
            return None
