"""Downloads: the verdicts as files, and the page that says what each of them holds.

Owns the addresses of the files, the columns of the table and the words of its cells. What is not stated is an empty cell with its status beside it,
never 0. Schools stand in the order of their codes.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

from generator.catalogue import Language
from generator.compliance import Check, Verdict
from generator.duties import SchoolMeasure, Subject, Value
from generator.open_data import FORMAT, days_left, days_overdue, meaning, verdicts_json
from generator.pages.dictionary import fields
from generator.render import FOLDERS, Edition, label_text, number
from generator.schemas import enum_label, published
from generator.site import File, Page
from generator.spreadsheet import Cell, Table, as_csv, as_workbook

PATH = "compliance/downloads"
CSV, XLSX, JSON, SCHEMA = "data/verdicts.csv", "data/verdicts.xlsx", "data/verdicts.json", "data/verdicts.schema.json"
_WORDS = {SchoolMeasure.LEADING_GROUP_HEAD: "HeadRole", SchoolMeasure.WORK_FILES: "WorkFile"}  # the others: MeasuredWord


class Status(StrEnum):
    """Why a check has a value or none."""

    STATED = "stated"
    NOT_STATED = "not-stated"
    NOT_APPLICABLE = "not-applicable"


def pages(edition: Edition) -> Iterator[Page]:
    """The page of downloads, with its files."""
    files = tuple(_files(edition))
    verdicts = edition.site.verdicts
    yield edition.page(
        path=PATH,
        kind="downloads",
        title=edition.say("downloads.title"),
        description=edition.say("downloads.description"),
        template="downloads.md.j2",
        data={
            "count": number(len(verdicts.checks)),
            "as_of": verdicts.as_of,
            "files": [_told(edition, file) for file in files],
            "verdicts": [{"verdict": v, "meaning": meaning(v, edition.catalogue)} for v in Verdict],
            "columns": list(_COLUMNS),
            "fields": list(fields(edition, published("verdicts"), "", ())),
            "format": FORMAT,
        },
        cites=(),
        files=tuple(file for file in files if edition.language is Language.ZH or not _shared(file)),
    )


def _shared(file: File) -> bool:
    """Whether one file serves both languages: it lies in the Chinese half, which is the site's root."""
    return file.path in (JSON, SCHEMA)


def _files(edition: Edition) -> Iterator[File]:
    table, notes = verdict_table(edition), _notes(edition)
    properties = {"title": edition.say("downloads.title"), "subject": edition.plain(edition.site.repository.district.title)}
    yield File(path=XLSX, content=as_workbook((table, notes), properties))
    yield File(path=CSV, content=as_csv(table))
    yield File(path=JSON, content=verdicts_json(edition.site, edition.catalogue))
    yield File(path=SCHEMA, content=f"{json.dumps(published('verdicts'), ensure_ascii=False, indent=2)}\n".encode())


def _told(edition: Edition, file: File) -> Mapping[str, object]:
    half = FOLDERS[edition.language]
    target = file.path if _shared(file) else f"{half}{file.path}"
    return {
        "name": posixpath.basename(file.path),
        "href": posixpath.relpath(target, posixpath.dirname(f"{half}{PATH}")),
        "holds": edition.say(f"downloads.file.{'schema' if file.path == SCHEMA else file.path.rpartition('.')[2]}"),
        "size": edition.say("downloads.bytes", count=number(len(file.content))),
        "checksum": hashlib.sha256(file.content).hexdigest(),
    }


# --- the table --------------------------------------------------------------------------------------------------------------------


def verdict_table(edition: Edition) -> Table:
    """A row a Check, in words of the Edition's language."""
    rows = [[cell(edition, check) for cell, _ in _COLUMNS.values()] for check in edition.site.verdicts.checks]
    columns = tuple((edition.say(f"downloads.{name}"), width) for name, (_, width) in _COLUMNS.items())
    return Table(name=edition.say("downloads.sheet"), columns=columns, rows=rows, frozen=2)


def _subject(edition: Edition, check: Check) -> str:
    return edition.plain(check.school.title if check.school else edition.site.repository.district.title)


def _area(edition: Edition, check: Check) -> str:
    areas = edition.site.repository.district.areas
    return next((edition.plain(a.title) for a in areas if check.school and a.id == check.school.area), "")


def _measure(edition: Edition, check: Check) -> str:
    closed_set = "SchoolMeasure" if check.rule.subject is Subject.SCHOOL else "MeasureName"
    return edition.plain(enum_label(closed_set, check.rule.measure))


def _cell(edition: Edition, check: Check, value: Value | None) -> Cell:
    """A value as a cell: a figure stays a figure."""
    match value:
        case bool():
            return edition.say("downloads.value.yes" if value else "downloads.value.no")
        case str():
            return _word(edition, check, value)
        case tuple():
            return edition.say("school.list_separator").join(_word(edition, check, word) for word in value) or edition.say("school.none_listed")
        case _:
            return value


def _word(edition: Edition, check: Check, word: str) -> str:
    return edition.plain(enum_label(_WORDS.get(SchoolMeasure(check.rule.measure), "MeasuredWord"), word))


def _status(check: Check) -> Status:
    if check.decisive is None:
        return Status.NOT_APPLICABLE
    return Status.NOT_STATED if check.decisive.value is None else Status.STATED


def _evidence(check: Check) -> str:
    return " ".join(f"{at.path}:{at.line}" for at in (*(e.at for e in check.evidence()), *check.cites))


_Column = tuple[Callable[[Edition, Check], Cell], int]
_COLUMNS: Mapping[str, _Column] = {
    "school": (lambda _, c: c.school.id if c.school else None, 8),
    "school_title": (_subject, 24),
    "area": (_area, 10),
    "rule": (lambda _, c: c.rule.id, 12),
    "rule_title": (lambda e, c: e.plain(c.rule.title), 36),
    "modality": (lambda e, c: label_text(e.language, c.rule.modality), 10),
    "verdict_": (lambda e, c: label_text(e.language, c.verdict), 10),
    "measure": (_measure, 24),
    "value": (lambda e, c: _cell(e, c, c.decisive.value) if c.decisive else None, 14),
    "value_status": (lambda e, c: e.say(f"downloads.status.{_status(c).value}"), 12),
    "operator": (lambda e, c: label_text(e.language, c.rule.operator), 12),
    "target": (lambda e, c: _cell(e, c, c.decisive.target) if c.decisive else None, 14),
    "period": (lambda _, c: c.decisive.period.id if c.decisive else None, 16),
    "due": (lambda _, c: c.decisive.due if c.decisive else None, 12),
    "days_overdue": (lambda e, c: days_overdue(c, e.site.as_of), 10),
    "next_due": (lambda _, c: c.next_due.due if c.next_due else None, 12),
    "days_left": (lambda e, c: days_left(c, e.site.as_of), 10),
    "dated": (lambda _, c: next((x.dated for x in c.evidence()), None), 12),
    "filed": (lambda _, c: next((x.filed for x in c.evidence()), None), 12),
    "fresh_until": (lambda _, c: c.fresh_until, 12),
    "evidence": (lambda _, c: _evidence(c), 44),
    "waiver": (lambda _, c: c.waiver.id if c.waiver else None, 18),
    "waiver_until": (lambda _, c: c.waiver.last_day if c.waiver else None, 12),
    "lapsed_waiver": (lambda _, c: c.lapsed.id if c.lapsed else None, 18),
}


def _notes(edition: Edition) -> Table:
    """What stands on the second sheet: the day, the version, the notice, every verdict and column explained."""
    content, say = edition.site, edition.say
    rows: list[list[Cell]] = [[say("downloads.notes.as_of"), content.as_of], [say("downloads.notes.commit"), _commit(edition)]]
    if content.repository.district.notice:
        rows.append([say("downloads.notes.notice"), edition.plain(content.repository.district.notice)])
    for verdict in Verdict:
        title = say("downloads.notes.verdict", title=label_text(edition.language, verdict))
        rows.append([title, edition.plain(meaning(verdict, edition.catalogue))])
    rows += [[say("downloads.notes.column", title=say(f"downloads.{name}")), say(f"downloads.{name}.note")] for name in _COLUMNS]
    return Table(name=say("downloads.notes"), columns=((say("downloads.notes.what"), 28), (say("downloads.notes.said"), 90)), rows=rows)


def _commit(edition: Edition) -> str:
    commit = edition.site.commit
    if commit is None:
        return edition.say("downloads.notes.no_commit")
    return edition.say("downloads.notes.uncommitted", commit=commit.id) if commit.dirty else commit.id
