"""Downloads: the verdicts as files, and the page that says what each of them holds.

Owns the addresses of the files, the columns of the table and the words of its cells. What is not stated is an empty
cell with its status beside it, never 0. Schools stand in the order of their codes.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, NamedTuple

from generator.compliance.evaluate import Check, Evidence, Verdict
from generator.edition.archive import as_zip
from generator.edition.open_data import FORMAT, days_left, days_overdue, meaning, verdicts_json
from generator.edition.render import FOLDERS, Edition, TemplateData, label_text, number
from generator.edition.site import File, Page, Site, once
from generator.edition.spreadsheet import Sheet, SheetValue, as_csv, as_workbook
from generator.files.schemas import enum_label, public, published
from generator.model import rollup
from generator.model.duties import SchoolMeasure, Value
from generator.pages.about.dictionary import FieldLine, fields
from generator.pages.words.comparison import MEASURES
from generator.text import Language, Text

PATH = "compliance/downloads"
CSV, XLSX, JSON, SCHEMA = "data/verdicts.csv", "data/verdicts.xlsx", "data/verdicts.json", "data/verdicts.schema.json"
# of a table that somebody opens as a whole; of a larger one each area's part is a workbook, and the whole is compressed
MOST_ROWS = 5_000
OF_AREAS, OF_DISTRICT = "data/verdicts/areas", "data/verdicts/district.xlsx"
_WORDS = {
    SchoolMeasure.LEADING_GROUP_HEAD: "HeadRole",
    SchoolMeasure.WORK_FILES: "WorkFile",
}  # the others: MeasuredWord


class Status(StrEnum):
    """Why a check has a value or none."""

    STATED = "stated"
    NOT_STATED = "not-stated"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadFile:
    """A file as `_files.html.j2` prints it: address, what it holds, size, checksum."""

    name: str
    href: str
    holds: str
    size: str
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictInFile:
    """A verdict and what it means, as the files say it."""

    verdict: Verdict
    meaning: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMeaning:
    """A column of a file and what it means."""

    title: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadsPage(TemplateData):
    """`parted` says why there is no workbook of the whole; `summary` is where the file for the office above lies."""

    template: ClassVar[str] = "duties/downloads.md.j2"
    count: str
    files: tuple[DownloadFile, ...]
    parted: str
    summary: str
    verdicts: tuple[VerdictInFile, ...]
    columns: tuple[ColumnMeaning, ...]
    fields: tuple[FieldLine, ...]
    format: str


def pages(edition: Edition) -> Iterator[Page]:
    """The page of downloads, with its files."""
    files = tuple(_files(edition))
    verdicts, say = edition.site.verdicts, edition.say
    parts = {OF_DISTRICT: edition.plain(edition.site.repository.district.title), **_areas(edition)}
    yield edition.page(
        path=PATH,
        kind="downloads",
        title=say("downloads.title"),
        description=say("downloads.description"),
        data=DownloadsPage(
            count=number(len(verdicts.checks)),
            files=tuple(
                download(edition, file, PATH, "downloads.file", part=parts.get(file.path, "")) for file in files
            ),
            parted=say("downloads.parted", most=number(MOST_ROWS)) if len(verdicts.checks) > MOST_ROWS else "",
            summary=in_root(edition, rollup.PATH, PATH),
            verdicts=tuple(VerdictInFile(verdict=v, meaning=meaning(v, edition.catalogue)) for v in Verdict),
            columns=tuple(
                ColumnMeaning(title=say(f"downloads.{name}"), note=say(f"downloads.{name}.note")) for name in _COLUMNS
            ),
            fields=tuple(fields(edition, published("verdicts"), "", ())),
            format=FORMAT,
        ),
        cites=(),
        files=kept(edition, files),
    )


# What a file is where its last ending does not say it.
_ENDS = {
    ".csv.zip": "csv_zip",
    ".json.zip": "json_zip",
    ".schema.json": "schema",
    "-metadata.json": "csvw",
    "/datapackage.json": "package",
    "/changes.csv": "changes",
}


def kept(edition: Edition, files: Iterable[File]) -> tuple[File, ...]:
    """The files that lie in this language's half of the site.

    JSON serves both languages: it lies in the Chinese half, which is the site's root.
    """
    return tuple(file for file in files if edition.language is Language.ZH or not _is_shared(file))


def _is_shared(file: File) -> bool:
    return file.path.endswith((".json", ".json.zip"))


def _files(edition: Edition) -> Iterator[File]:
    table, whole = verdict_table(edition), edition.site.verdicts.checks
    if len(table.rows) <= MOST_ROWS:
        yield File(path=XLSX, content=_workbook(edition, table))
        yield File(path=CSV, content=as_csv(table))
        yield File(path=JSON, content=verdicts_json(edition.site))
    else:
        places: dict[str, list[Sequence[SheetValue]]] = {}
        for check, row in zip(whole, table.rows, strict=True):
            place = f"{OF_AREAS}/{check.school.area}.xlsx" if check.school else OF_DISTRICT
            places.setdefault(place, []).append(row)
        for place in sorted(places):
            yield File(path=place, content=_workbook(edition, replace(table, rows=places[place])))
        yield _zipped(File(path=CSV, content=as_csv(table)))
        yield _zipped_json(edition.site)
    yield schema_file(edition, "verdicts", SCHEMA)


def _workbook(edition: Edition, table: Sheet) -> bytes:
    properties = {
        "title": edition.say("downloads.title"),
        "subject": edition.plain(edition.site.repository.district.title),
    }
    return as_workbook((table, _notes(edition)), properties)


def _zipped(file: File) -> File:
    name = posixpath.basename(file.path)
    return File(path=f"{file.path}.zip", content=as_zip([(name, file.content)]))


@once
def _zipped_json(site: Site) -> File:
    return _zipped(File(path=JSON, content=verdicts_json(site)))


def _areas(edition: Edition) -> Mapping[str, str]:
    """What each area is called, by the place of its workbook."""
    areas = edition.site.repository.district.areas
    return {f"{OF_AREAS}/{area.id}.xlsx": edition.plain(area.title) for area in areas}


def in_root(edition: Edition, file: str, here: str) -> str:
    """Where a file in the root of the site is, from the page `here`."""
    return "../" * f"{FOLDERS[edition.language]}{here}".count("/") + file


def schema_file(edition: Edition, name: str, path: str) -> File:
    """The form of JSON files, with its address if the district says where its site is."""
    site = edition.site.repository.district.site_url
    form = public(name, f"{site.rstrip('/')}/{path}" if site else None)
    return File(path=path, content=f"{json.dumps(form, ensure_ascii=False, indent=2)}\n".encode())


def download(edition: Edition, file: File, here: str, words: str, part: str = "") -> DownloadFile:
    """A file in the list of the page `here`; the catalogue says below `words` what each kind of file holds.

    `part`: of what part of the district it is, if not of the whole.
    """
    kind = next((kind for end, kind in _ENDS.items() if file.path.endswith(end)), file.path.rpartition(".")[2])
    half = FOLDERS[edition.language]
    target = file.path if _is_shared(file) else f"{half}{file.path}"
    return DownloadFile(
        name=posixpath.basename(file.path),
        href=posixpath.relpath(target, posixpath.dirname(f"{half}{here}")),
        holds=edition.say(f"{words}.{kind}", part=part),
        size=edition.say("downloads.bytes", count=number(len(file.content))),
        checksum=hashlib.sha256(file.content).hexdigest(),
    )


class _CheckRow(NamedTuple):
    """A Check, and the evidence that several columns tell of."""

    check: Check
    evidence: tuple[Evidence, ...]


# --- the table --------------------------------------------------------------------------------------------------------


def verdict_table(edition: Edition) -> Sheet:
    """A row a Check, in words of the Edition's language."""
    cells = [cell for cell, _ in _COLUMNS.values()]
    checks = (_CheckRow(check=check, evidence=check.evidence()) for check in edition.site.verdicts.checks)
    rows = [[cell(edition, row) for cell in cells] for row in checks]
    columns = tuple((edition.say(f"downloads.{name}"), width) for name, (_, width) in _COLUMNS.items())
    return Sheet(name=edition.say("downloads.sheet"), columns=columns, rows=rows, frozen=2)


def _subject(edition: Edition, row: _CheckRow) -> str:
    school = row.check.school
    return edition.plain(school.title if school else edition.site.repository.district.title)


def _area(edition: Edition, row: _CheckRow) -> str:
    school, areas = row.check.school, edition.site.repository.district.areas
    return next((edition.plain(a.title) for a in areas if school and a.id == school.area), "")


def _measure(edition: Edition, row: _CheckRow) -> str:
    rule = row.check.rule
    return edition.plain(enum_label(MEASURES[rule.subject], rule.measure))


def _found(edition: Edition, row: _CheckRow) -> SheetValue:
    return _cell(edition, row.check, row.check.decisive.value) if row.check.decisive else None


def _target(edition: Edition, row: _CheckRow) -> SheetValue:
    return _cell(edition, row.check, row.check.decisive.target) if row.check.decisive else None


def _cell(edition: Edition, check: Check, value: Value | None) -> SheetValue:
    """A value as a cell: a figure stays a figure."""
    match value:
        case bool():
            return edition.say("downloads.value.yes" if value else "downloads.value.no")
        case str():
            return _word(edition, check, value)
        case tuple():
            return edition.say("school.list_separator").join(
                _word(edition, check, word) for word in value
            ) or edition.say("school.none_listed")
        case _:
            return value


def _word(edition: Edition, check: Check, word: str) -> str:
    return edition.plain(enum_label(_WORDS.get(SchoolMeasure(check.rule.measure), "MeasuredWord"), word))


def _status(edition: Edition, row: _CheckRow) -> str:
    decisive = row.check.decisive
    status = (
        Status.NOT_APPLICABLE if decisive is None else Status.NOT_STATED if decisive.value is None else Status.STATED
    )
    return edition.say(f"downloads.status.{status.value}")


def _evidence(_: Edition, row: _CheckRow) -> str:
    return " ".join(f"{at.path}:{at.line}" for at in (*(e.at for e in row.evidence), *row.check.cites))


def period(name: str) -> str:
    """A period's id; of a month `2026-M10`, as SDMX writes it: of `2026-10` spreadsheets make the first of October."""
    return f"{name[:5]}M{name[5:]}" if len(name) == len("2026-10") else name


_COLUMNS: Mapping[str, tuple[Callable[[Edition, _CheckRow], SheetValue], int]] = {
    "school": (lambda _, s: s.check.school.id if s.check.school else None, 8),
    "school_title": (_subject, 24),
    "area": (_area, 10),
    "rule": (lambda _, s: s.check.rule.id, 12),
    "rule_title": (lambda e, s: e.plain(s.check.rule.title), 36),
    "modality": (lambda e, s: label_text(e.language, s.check.rule.modality), 10),
    "verdict_": (lambda e, s: label_text(e.language, s.check.verdict), 10),
    "measure": (_measure, 24),
    "value": (_found, 14),
    "value_status": (_status, 12),
    "operator": (lambda e, s: label_text(e.language, s.check.rule.operator), 12),
    "target": (_target, 14),
    "period": (lambda _, s: period(s.check.decisive.period.id) if s.check.decisive else None, 16),
    "due": (lambda _, s: s.check.decisive.due if s.check.decisive else None, 12),
    "met_late": (lambda _, s: " ".join(period(p.period.id) for p in s.check.met_late) or None, 16),
    "days_overdue": (lambda e, s: days_overdue(s.check, e.site.as_of), 10),
    "next_due": (lambda _, s: s.check.next_due.due if s.check.next_due else None, 12),
    "days_left": (lambda e, s: days_left(s.check, e.site.as_of), 10),
    "dated": (lambda _, s: s.evidence[0].dated if s.evidence else None, 12),
    "filed": (lambda _, s: s.evidence[0].filed if s.evidence else None, 12),
    "fresh_until": (lambda _, s: s.check.fresh_until, 12),
    "evidence": (_evidence, 44),
    "waiver": (lambda _, s: s.check.waiver.id if s.check.waiver else None, 18),
    "waiver_until": (lambda _, s: s.check.waiver.last_day if s.check.waiver else None, 12),
    "lapsed_waiver": (lambda _, s: s.check.lapsed.id if s.check.lapsed else None, 18),
}


def _notes(edition: Edition) -> Sheet:
    """What stands on the second sheet: the day, the version, the notice, every verdict and column explained."""
    content, say = edition.site, edition.say
    rows: list[list[SheetValue]] = [
        [say("downloads.notes.as_of"), content.as_of],
        [say("downloads.notes.commit"), _commit(edition)],
    ]
    if content.repository.district.notice:
        rows.append([say("downloads.notes.notice"), edition.plain(content.repository.district.notice)])
    for verdict in Verdict:
        title = say("downloads.notes.verdict", title=label_text(edition.language, verdict))
        rows.append([title, edition.plain(meaning(verdict, edition.catalogue))])
    rows += [
        [say("downloads.notes.column", title=say(f"downloads.{name}")), say(f"downloads.{name}.note")]
        for name in _COLUMNS
    ]
    return Sheet(
        name=say("downloads.notes"),
        columns=((say("downloads.notes.what"), 28), (say("downloads.notes.said"), 90)),
        rows=rows,
    )


def _commit(edition: Edition) -> str:
    commit = edition.site.commit
    if commit is None:
        return edition.say("downloads.notes.no_commit")
    said = {True: "downloads.notes.uncommitted", None: "downloads.notes.unknown"}.get(commit.dirty)
    return edition.say(said, commit=commit.id) if said else commit.id
