"""Files of an office above districts: every count as a table, and its own summary.

Owns their columns and the page that lists them. A count that is hidden is an empty value with its mark, never 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.edition.render import Edition
from generator.edition.site import File, Page
from generator.edition.spreadsheet import Sheet, SheetValue, as_csv
from generator.model.duties import Value
from generator.model.rollup import HIDDEN, PATH, SCHEMA
from generator.pages.duties.downloads import DownloadFile, download, in_root, kept
from generator.pages.rollup.standing import Together, of_how_many, state, together
from generator.pages.rollup.tables import RollupPage, RollupSection

HERE = "rollup/downloads"
_COLUMNS = {
    "data/districts.csv": ("district", "title", "state", "as_of", "listed", "reported", "schools", "counted_in"),
    "data/rollup-verdicts.csv": ("district", "rule", "definition", "stage", "verdict", "count"),
    "data/rollup-duties.csv": ("district", "rule", "verdict", "without_waiver", "value", "target", "due", "waiver"),
    "data/rollup-cells.csv": (
        *("kind", "term", "k", "districts", "table", "row", "schools", "column"),
        *("value", "shown_by", "status"),
    ),
}


def pages(edition: Edition) -> Iterator[Page]:
    """The page of downloads, with its files."""
    if not edition.site.repository.below:
        return
    say, files = edition.say, tuple(_files(edition, together(edition.site)))
    section = RollupSection(id="list", title=say("downloads.files"), said=(say("rollup.files_how"),), tables=())
    yield edition.page(
        path=HERE,
        kind="rollup",
        title=say("rollup.downloads"),
        description=say("rollup.downloads.description"),
        data=RollupPage(
            lead=(of_how_many(edition),), links=(), sections=(section,), files=tuple(_listed(edition, files))
        ),
        cites=[
            edition.site.repository.district.source,
            *(one.source for one in edition.site.repository.below.values()),
        ],
        hide=("toc",),
        files=kept(edition, files),
    )


def _files(edition: Edition, found: Together) -> Iterator[File]:
    rows = (_districts(edition, found), _verdicts(found), _duties(edition), _cells(found))
    for (path, columns), told in zip(_COLUMNS.items(), rows, strict=True):
        sheet = Sheet(name="data", columns=tuple((column, 12) for column in columns), rows=list(told))
        yield File(path=path, content=as_csv(sheet))


def _listed(edition: Edition, files: Sequence[File]) -> Iterator[DownloadFile]:
    """The files; the summary and its form are written later, so that their sizes are not known here."""
    for file in files:
        yield download(edition, file, HERE, f"rollup.file.{file.path.split('/')[1][:-4]}")
    for path, name in ((PATH, "summary"), (SCHEMA, "schema")):
        yield DownloadFile(
            name=path.rpartition("/")[2],
            href=in_root(edition, path, HERE),
            holds=edition.say(f"rollup.file.{name}"),
            size="—",
            checksum="—",
        )


def _districts(edition: Edition, found: Together) -> Iterator[list[SheetValue]]:
    for one in found.below:
        told = one.summary
        listed, reported = (told.districts.listed, told.districts.reported) if told else (one.districts, 0)
        how = state(edition.site, one).value
        head: list[SheetValue] = [one.id, edition.plain(one.title), how, told.as_of if told else None]
        yield [*head, listed, reported, told.schools if told else None, one.counted_in]


def _verdicts(found: Together) -> Iterator[list[SheetValue]]:
    parts = [(one.id, one.summary.verdicts, one.summary.rules) for one in found.below if one.summary]
    names = parts[0][1] if parts else ()
    for district, verdicts, rules in (*parts, (None, names, found.added.rules)):
        for rule in rules:
            for stage, counts in rule.counts.items():
                for verdict, count in zip(verdicts, counts, strict=True):
                    yield [district, rule.id, rule.definition, stage, verdict, count]


def _duties(edition: Edition) -> Iterator[list[SheetValue]]:
    """What the office's own rules say of every district."""
    for id_, checks in edition.site.verdicts.by_below.items():
        for check in checks:
            found = check.decisive
            figures: list[SheetValue] = (
                [_figure(found.value), _figure(found.target), found.due] if found else [None] * 3
            )
            verdicts: list[SheetValue] = [check.verdict.value, check.without_waiver.value]
            yield [id_, check.rule.id, *verdicts, *figures, check.waiver.id if check.waiver else None]


def _figure(value: Value | None) -> int | float | None:
    """The figure of a district, all of which are numbers."""
    assert value is None or isinstance(value, int | float)
    return value


def _cells(found: Together) -> Iterator[list[SheetValue]]:
    for kind, pool in enumerate(found.added.pools, start=1):
        head: list[SheetValue] = [kind, pool.alike.term, pool.alike.limits.k, pool.districts]
        for table, rows in pool.tables.items():
            for row in rows:
                for column, cell in row.cells.items():
                    whole = cell.shown == pool.districts
                    status = None if whole else "at-least" if cell.shown else HIDDEN
                    value = cell.value if cell.shown else None
                    yield [*head, table, row.id, row.schools, column, value, cell.shown, status]
