"""Downloads: the verdicts as files, and the page that says what each of them holds.

Owns the addresses of the files, the columns of the table and the words of its cells. What is not stated is an empty
cell with its status beside it, never 0. Schools stand in the order of their codes.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, partial
from itertools import chain
from typing import ClassVar, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.evaluate import Check, ChecksOfSchools, Verdict
from generator.edition.archive import Piece, as_zip, piece
from generator.edition.open_data import (
    BLOCK,
    FORMAT,
    days_left,
    days_overdue,
    in_blocks,
    meaning,
    verdicts_in_pieces,
    verdicts_json,
)
from generator.edition.render import FOLDERS, Edition, TemplateData, label_text, number
from generator.edition.site import File, Page, Site, once
from generator.edition.spreadsheet import Book, CellRun, RowOfRuns, Sheet, SheetValue, csv_head, csv_rows
from generator.files.schemas import enum_label, public, published
from generator.model import rollup
from generator.model.duties import Rule, SchoolMeasure, Value
from generator.model.ids import SchoolId
from generator.pages.about.dictionary import FieldLine, fields
from generator.pages.words.comparison import MEASURES
from generator.text import Text

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


class DownloadFile(Struct, frozen=True, kw_only=True):
    """A file as `_files.html.j2` prints it: address, what it holds, size, checksum."""

    name: str
    href: str
    holds: str
    size: str
    checksum: str


class VerdictInFile(Struct, frozen=True, kw_only=True):
    """A verdict and what it means, as the files say it."""

    verdict: Verdict
    meaning: Text


class ColumnMeaning(Struct, frozen=True, kw_only=True):
    """A column of a file and what it means."""

    title: str
    note: str


class DownloadsPage(TemplateData, frozen=True, kw_only=True):
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
            parted=say("downloads.parted", most=number(MOST_ROWS)) if _is_parted(edition.site) else "",
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

    JSON serves both languages: it lies in the half of the first.
    """
    own = FOLDERS[edition.language] == half_of_shared(edition)
    return tuple(file for file in files if own or not _is_shared(file))


def half_of_shared(edition: Edition) -> str:
    """The half of the site in which lies what serves both languages."""
    return FOLDERS[edition.site.repository.district.languages[0]]


def _is_shared(file: File) -> bool:
    return file.path.endswith((".json", ".json.zip"))


def _files(edition: Edition) -> Iterator[File]:
    books = _Books(edition)
    if books.parted:
        lines = as_zip([(posixpath.basename(CSV), map(Piece, books.filled()))])
        yield from books.finished()
        yield File(path=f"{CSV}.zip", content=lines)
    else:
        table = b"".join(books.filled())
        yield from books.finished()
        yield File(path=CSV, content=table)
    yield _json(edition.site)
    yield schema_file(edition, "verdicts", SCHEMA, half_of_shared(edition))


def _properties(edition: Edition) -> Mapping[str, str]:
    return {
        "title": edition.say("downloads.title"),
        "subject": edition.plain(edition.site.repository.district.title),
    }


class _Books:
    """The workbook, or those of the areas and of the district, filled as the lines of the CSV file are made, so that no
    row is made twice or kept. What is made of the same as before is not made again: the part of some schools, an area's
    workbook.
    """

    def __init__(self, edition: Edition) -> None:
        self._edition, self._keeping = edition, edition.site.keeping
        self.parted = _is_parted(edition.site)
        # a workbook by its place: its schools, if it holds nothing but rows of schools; and how many rows it holds
        self._schools: dict[str, list[SchoolId]] = {} if self.parted else {XLSX: []}
        self._count: Counter[str] = Counter()
        for schools, checks in in_blocks(edition.site):
            for school, some in _apart(edition.site, schools, checks):
                self._schools.setdefault(place := self._place(school), [])
                self._schools[place] += [school] if school and self.parted else []
                self._count[place] += len(some)
        self._kept = {at: self._keeping.found(self._name(at), schools) for at, schools in self._schools.items()}
        self._books = {place: self._begun(place) for place, kept in self._kept.items() if kept is None}
        self._waiting: dict[str, list[_SchoolRows]] = {place: [] for place in self._schools}
        self._pieces: dict[str, list[Piece]] = {place: [] for place in self._books}

    def filled(self) -> Iterator[bytes]:
        """The CSV file, in parts; those of a parted one are compressed."""
        row, language, shape = _row_of(self._edition), self._edition.language, piece if self.parted else bytes
        yield shape(csv_head(_empty(self._edition)))
        for schools, checks in in_blocks(self._edition.site):
            apart = _apart(self._edition.site, schools, checks)
            parts = [_SchoolRows(school, cache(partial(_rows, row, some))) for school, some in apart]
            yield self._keeping.made(f"verdicts.csv {language} {self.parted}", schools, partial(_csv, parts, shape))
            for part in parts:
                self._add(part)

    def finished(self) -> Iterator[File]:
        """The workbooks."""
        for place in sorted(self._schools):
            self._compress(place)
            if (content := self._kept[place]) is None:
                content = self._books.pop(place).finished(self._pieces.pop(place))
                self._keeping.keep(self._name(place), self._schools[place], content)
            yield File(path=place, content=content)

    def _add(self, part: _SchoolRows) -> None:
        """A school's rows for its workbook; those of no school are no part of a piece that is kept."""
        self._waiting[place := self._place(part.school)].append(part)
        if part.school is None or len(self._waiting[place]) == BLOCK:
            self._compress(place)

    def _compress(self, place: str) -> None:
        """Put rows into a workbook that is made; pieces of others are of use when another of their schools changes."""
        parts, name, book = self._waiting[place], f"rows {self._edition.language}", self._books.get(place)
        schools = [part.school for part in parts if part.school]
        if book is None:
            self._keeping.leave(name, schools)
        else:
            self._pieces[place].append(Piece(self._keeping.made(name, schools, partial(_encoded, book, parts))))
        self._waiting[place] = []

    def _begun(self, place: str) -> Book:
        return Book((_empty(self._edition), _notes(self._edition)), _properties(self._edition), self._count[place])

    def _name(self, place: str) -> str:
        return f"{place} {self._edition.language} {self._edition.site.commit}"

    def _place(self, school: SchoolId | None) -> str:
        """Where the workbook lies that a school's Checks stand in, or those of none."""
        if not self.parted:
            return XLSX
        return f"{OF_AREAS}/{self._edition.site.repository.schools[school].area}.xlsx" if school else OF_DISTRICT


class _SchoolRows(NamedTuple):
    """The rows of a school, or those of none: what makes them once."""

    school: SchoolId | None
    rows: Callable[[], Sequence[RowOfRuns]]


def _apart(
    site: Site, schools: Sequence[SchoolId], checks: Sequence[Check]
) -> Sequence[tuple[SchoolId | None, Sequence[Check]]]:
    by_school = site.verdicts.by_school
    return [(school, ChecksOfSchools((), by_school, (school,))) for school in schools] or [(None, checks)]


def _rows(row: Callable[[Check], RowOfRuns], checks: Iterable[Check]) -> Sequence[RowOfRuns]:
    return [row(check) for check in checks]


def _csv(parts: Sequence[_SchoolRows], shape: Callable[[bytes], bytes]) -> bytes:
    return shape(csv_rows(row for part in parts for row in part.rows()))


def _encoded(book: Book, parts: Sequence[_SchoolRows]) -> bytes:
    return piece(book.encoded_rows(row for part in parts for row in part.rows()))


def _is_parted(site: Site) -> bool:
    """Whether the table is too large to be opened as a whole."""
    return len(site.verdicts.checks) > MOST_ROWS


@once
def _json(site: Site) -> File:
    if not _is_parted(site):
        return File(path=JSON, content=verdicts_json(site))
    return File(path=f"{JSON}.zip", content=as_zip([(posixpath.basename(JSON), verdicts_in_pieces(site))]))


def _areas(edition: Edition) -> Mapping[str, str]:
    """What each area is called, by the place of its workbook."""
    areas = edition.site.repository.district.areas
    return {f"{OF_AREAS}/{area.id}.xlsx": edition.plain(area.title) for area in areas}


def in_root(edition: Edition, file: str, here: str) -> str:
    """Where a file in the root of the site is, from the page `here`."""
    return "../" * f"{FOLDERS[edition.language]}{here}".count("/") + file


def schema_file(edition: Edition, name: str, path: str, half: str = "") -> File:
    """The form of JSON files, which lies in a half or in the root, with its address if the district says where its site
    is.
    """
    site = edition.site.repository.district.site_url
    form = public(name, f"{site.rstrip('/')}/{half}{path}" if site else None)
    return File(path=path, content=f"{json.dumps(form, ensure_ascii=False, indent=2)}\n".encode())


def download(edition: Edition, file: File, here: str, words: str, part: str = "") -> DownloadFile:
    """A file in the list of the page `here`; the catalogue says below `words` what each kind of file holds.

    `part`: of what part of the district it is, if not of the whole.
    """
    kind = next((kind for end, kind in _ENDS.items() if file.path.endswith(end)), file.path.rpartition(".")[2])
    half = FOLDERS[edition.language]
    target = f"{half_of_shared(edition) if _is_shared(file) else half}{file.path}"
    return DownloadFile(
        name=posixpath.basename(file.path),
        href=posixpath.relpath(target, posixpath.dirname(f"{half}{here}")),
        holds=edition.say(f"{words}.{kind}", part=part),
        size=edition.say("downloads.bytes", count=number(len(file.content))),
        checksum=hashlib.sha256(file.content).hexdigest(),
    )


# --- the table --------------------------------------------------------------------------------------------------------


def verdict_table(edition: Edition) -> Sheet:
    """A row a Check, in words of the Edition's language."""
    rows = map(_row_of(edition), edition.site.verdicts.checks)
    told = [[*_cells(row.before), row.own, *_cells(row.behind)] for row in rows]
    return replace(_empty(edition), rows=told)


def _cells(runs: Iterable[CellRun]) -> Iterable[SheetValue]:
    return chain(*(run.cells for run in runs))


def _empty(edition: Edition) -> Sheet:
    """The table without its rows."""
    columns = tuple((edition.say(f"downloads.{name}"), width) for name, width in _COLUMNS.items())
    return Sheet(name=edition.say("downloads.sheet"), columns=columns, rows=(), frozen=2, words=tuple(_words(edition)))


def _words(edition: Edition) -> Iterable[str]:
    """What most rows say in words: of rules, and of verdicts and values."""
    say, rules = edition.say, edition.site.repository.rules.values()
    of_rules = (word for rule in rules for word in (rule.id, *_rule_cells(edition, rule)))
    verdicts = (label_text(edition.language, verdict) for verdict in Verdict)
    statuses = (say(f"downloads.status.{status.value}") for status in Status)
    values = (say(f"downloads.value.{value}") for value in ("yes", "no"))
    return dict.fromkeys((*of_rules, *verdicts, *statuses, *values))


def _row_of(edition: Edition) -> Callable[[Check], RowOfRuns]:
    """What makes the row of a Check, in the order of the columns. What schools are called is found once, and what many
    Checks tell alike.
    """
    site = edition.site
    areas = {area.id: edition.plain(area.title) for area in site.repository.district.areas}
    judged, alike = _judged(edition), dict[tuple[object, ...], tuple[Check, CellRun]]()
    run = cache(CellRun)  # of days and ids

    @cache
    def about(id_: SchoolId | None) -> CellRun:
        if id_ is None:
            return CellRun(None, edition.plain(site.repository.district.title), "")
        school = site.repository.schools[id_]
        return CellRun(school.id, edition.plain(school.title), areas.get(school.area, ""))

    def row(check: Check) -> RowOfRuns:
        stale = check.fresh_until if check.without_waiver is Verdict.STALE else None
        key = check.rule.id, check.verdict, check.without_waiver, id(check.periods), stale
        if (known := alike.get(key)) is None:  # with the Check: while its periods are there, no others have their id
            known = alike[key] = check, judged(check)
        evidence, waiver, lapsed = check.evidence(), check.waiver, check.lapsed
        days = (evidence[0].dated, evidence[0].filed) if evidence else (None, None)
        return RowOfRuns(
            (about(check.school.id if check.school else None), known[1], run(*days, check.fresh_until)),
            " ".join([f"{at.path}:{at.line}" for at in (*[e.at for e in evidence], *check.cites)]),
            (run(waiver and waiver.id, waiver and waiver.last_day, lapsed and lapsed.id),),
        )

    return row


def _judged(edition: Edition) -> Callable[[Check], CellRun]:
    """What makes the cells that tell of a Check's rule, and how its periods were judged."""
    site, say, language = edition.site, edition.say, edition.language
    rules = {rule.id: _rule_cells(edition, rule) for rule in site.repository.rules.values()}
    verdicts = {verdict: label_text(language, verdict) for verdict in Verdict}
    statuses = {status: say(f"downloads.status.{status.value}") for status in Status}

    def run(check: Check) -> CellRun:
        rule, decisive, coming = rules[check.rule.id], check.decisive, check.next_due
        return CellRun(
            check.rule.id,
            rule.title,
            rule.modality,
            verdicts[check.verdict],
            rule.measure,
            _cell(edition, check, decisive.value) if decisive else None,
            statuses[_status(check)],
            rule.operator,
            _cell(edition, check, decisive.target) if decisive else None,
            period(decisive.period.id) if decisive else None,
            decisive.due if decisive else None,
            " ".join(period(late.period.id) for late in check.met_late) or None,
            days_overdue(check, site.as_of),
            coming.due if coming else None,
            days_left(check, site.as_of),
        )

    return run


class _RuleCells(NamedTuple):
    """What the cells of a rule say."""

    title: str
    modality: str
    measure: str
    operator: str


def _rule_cells(edition: Edition, rule: Rule) -> _RuleCells:
    return _RuleCells(
        title=edition.plain(rule.title),
        modality=label_text(edition.language, rule.modality),
        measure=edition.plain(enum_label(MEASURES[rule.subject], rule.measure)),
        operator=label_text(edition.language, rule.operator),
    )


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


def _status(check: Check) -> Status:
    if check.decisive is None:
        return Status.NOT_APPLICABLE
    return Status.NOT_STATED if check.decisive.value is None else Status.STATED


def period(name: str) -> str:
    """A period's id; of a month `2026-M10`, as SDMX writes it: of `2026-10` spreadsheets make the first of October."""
    return f"{name[:5]}M{name[5:]}" if len(name) == len("2026-10") else name


# How wide each column is.
_COLUMNS: Mapping[str, int] = {
    "school": 8,
    "school_title": 24,
    "area": 10,
    "rule": 12,
    "rule_title": 36,
    "modality": 10,
    "verdict_": 10,
    "measure": 24,
    "value": 14,
    "value_status": 12,
    "operator": 12,
    "target": 14,
    "period": 16,
    "due": 12,
    "met_late": 16,
    "days_overdue": 10,
    "next_due": 12,
    "days_left": 10,
    "dated": 12,
    "filed": 12,
    "fresh_until": 12,
    "evidence": 44,
    "waiver": 18,
    "waiver_until": 12,
    "lapsed_waiver": 18,
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
