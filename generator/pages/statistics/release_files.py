"""The files of a Release: tidy CSV, Excel workbook, JSON, and all of them in one zip with a README and a data
dictionary.

Owns their addresses and columns. Every file of a release stays where it is, byte for byte; `latest` is a copy of the
newest term's. A number that is not published is an empty value with its status beside it, never 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from generator.edition.archive import as_zip, piece
from generator.edition.render import Edition
from generator.edition.site import File
from generator.edition.spreadsheet import Sheet, SheetValue, as_csv, as_workbook
from generator.files.schemas import enum_label
from generator.model.cells import Published, Shown
from generator.model.district import RiskLevel
from generator.model.ids import SchoolId
from generator.model.releases import Participation, Release, Row, digest, id_of
from generator.pages.duties.downloads import half_of_shared, schema_file
from generator.pages.statistics.tables import MARK, NOBODY, SHOWN_MARK, WAITS, ReleaseWords, is_share, term_of
from generator.text import Text

FORMAT = "xinzhuli-statistics/3"
FOLDER = "data/statistics"
SCHEMA = f"{FOLDER}/statistics.schema.json"
KINDS = ("csv", "xlsx", "json", "zip")
_WIDTHS = {"release": 18, "table_title": 26, "row_title": 18, "column_title": 30, "status": 10, "value": 12}
COLUMNS = (
    "release",
    "term",
    "table",
    "table_title",
    "row",
    "row_title",
    "schools",
    "column",
    "column_title",
    "unit",
    "value",
    "status",
    "instrument",
)


CHANGES = f"{FOLDER}/changes.csv"
CHANGE_COLUMNS = (
    *("release", "previous", "released_on", "table", "row", "column"),
    *("from", "from_status", "to", "to_status", "why"),
)


def path_of(name: str, kind: str) -> str:
    """The address of a release's file, or of `latest`."""
    return f"{FOLDER}/{name}.{kind}"


def files(edition: Edition, release: Release, names: Sequence[str]) -> Iterator[File]:
    """The files of a release under each of `names`: its id, and `latest` if it is that."""
    words = ReleaseWords(edition=edition, release=release)
    made = {"csv": as_csv(figures_table(words)), "xlsx": _workbook(words), "json": as_json(edition, release)}
    made["zip"] = as_zip((name, [piece(content)]) for name, content in _packed(words, made))
    yield from (File(path=path_of(name, kind), content=made[kind]) for name in names for kind in KINDS)


def schema(edition: Edition) -> File:
    """The form of the JSON files."""
    return schema_file(edition, "statistics", SCHEMA, half_of_shared(edition))


def before(edition: Edition, release: Release) -> Release | None:
    """The revision before a release, if that stands."""
    name = id_of(release.term, release.revision - 1)
    return next((r for r in edition.site.releases if r.id == name), None)


def changes(edition: Edition) -> File:
    """What every revision tells otherwise than the one before: a row a cell, from what to what, and why."""
    pairs = [(r, earlier) for r in edition.site.releases if (earlier := before(edition, r))]
    rows = [row for release, earlier in pairs for row in _changed(edition, release, earlier)]
    columns = tuple((name, 14) for name in CHANGE_COLUMNS)
    return File(path=CHANGES, content=as_csv(Sheet(name="changes", columns=columns, rows=rows)))


def _changed(edition: Edition, release: Release, earlier: Release) -> Iterator[list[SheetValue]]:
    head: list[SheetValue] = [release.id, earlier.id, release.released_on]
    why = edition.plain(release.correction)
    after, then = release.cells, earlier.cells
    for cell in (c for c in dict.fromkeys((*after, *then)) if after.get(c) != then.get(c)):
        values = [part for found in (then, after) for part in _value_or_none(cell.column, found.get(cell))]
        yield [*head, cell.table, cell.row, cell.column, *values, why]


def _value_or_none(column: str, cell: Published | None) -> tuple[int | float | None, str | None]:
    return (None, NOBODY) if cell is None else _value(column, cell)


# --- tables -----------------------------------------------------------------------------------------------------------


def figures_table(words: ReleaseWords, only: str | None = None) -> Sheet:
    """A row a cell, in the order of the release; with `only` of one table."""
    release, edition = words.release, words.edition
    rows: list[list[SheetValue]] = []
    for table in (t for t in release.tables if only in (None, t.id)):
        title = words.table(table.id)
        for row in table.rows:
            named, instrument = words.row(table.id, row.id), words.instrument(table.id, row.id)
            for column, cell in row.cells.items():
                named_column = (words.column(table.id, column), words.unit(table.id, column))
                rows.append(
                    [
                        release.id,
                        release.term,
                        table.id,
                        title,
                        row.id,
                        named,
                        row.schools,
                        column,
                        *named_column,
                        _number(column, cell),
                        words.status(table.id, row, column),
                        instrument,
                    ]
                )
    columns = tuple((edition.say(f"statistics.column.{name}"), _WIDTHS.get(name, 14)) for name in COLUMNS)
    return Sheet(name=edition.say("statistics.sheet.figures"), columns=columns, rows=rows)


def _value(column: str, cell: object) -> tuple[int | float | None, str | None]:
    return (_number(column, cell), None) if isinstance(cell, Shown) else (None, MARK)


def _number(column: str, cell: object) -> int | float | None:
    """A count, or a share in per cent."""
    if not isinstance(cell, Shown):
        return None
    return cell.value / 10 if is_share(column) else cell.value


def verdicts_table(words: ReleaseWords) -> Sheet:
    """What the release says of sealed rules: a row a school, or one for the district."""
    edition, release = words.edition, words.release
    schools = edition.site.repository.schools
    rows: list[list[SheetValue]] = []
    for verdicts in release.school_verdicts:
        for school, met in verdicts.schools.items():
            title = edition.plain(schools[school].title) if school in schools else None
            verdict, status = _verdict(edition, met=met), _of_school(release, school)
            rows.append([verdicts.rule, verdicts.target, school, title, verdict, None, None, status])
    all_schools = WAITS if release.waiting else None
    rows += [
        [one.rule, one.target, None, None, None, one.met, one.judged, all_schools] for one in release.district_verdicts
    ]
    names = ("rule", "target", "school", "school_title", "verdict", "met", "judged", "status")
    columns = tuple((edition.say(f"statistics.column.{name}"), 24 if name == "school_title" else 12) for name in names)
    return Sheet(name=edition.say("statistics.sheet.verdicts"), columns=columns, rows=rows)


def participation_table(words: ReleaseWords) -> Sheet:
    """The band of every school's participation: a row a school; empty where there are no bands."""
    release, schools = words.release, words.edition.site.repository.schools
    rows: list[list[SheetValue]] = []
    for school, band in words.participation().items():
        title = words.edition.plain(schools[school].title) if school in schools else None
        rows.append(
            [release.id, release.term, school, title, None if band.suppressed else band.text, *_band(release, school)]
        )
    names = ("release", "term", "school", "school_title", "band", "value", "below", "status")
    columns = tuple((name, 24 if name in ("school_title", "band") else 14) for name in names)
    return Sheet(name=words.edition.say("statistics.sheet.participation"), columns=columns, rows=rows)


def _band(release: Release, school: SchoolId) -> tuple[int | None, int | None, str | None]:
    """Where a school's band begins and ends, and its status."""
    bands = release.participation
    match bands.schools.get(school) if bands else None:
        case Shown(value=begin):
            return begin, bands.end(begin) if bands else None, _of_school(release, school)
        case None:
            return None, None, NOBODY
        case _:
            return None, None, MARK


def _of_school(release: Release, school: SchoolId) -> str | None:
    """The status of what is told of a school."""
    return WAITS if school in release.waiting else None


def _verdict(edition: Edition, *, met: bool) -> str:
    return edition.plain(enum_label("ReleaseVerdict", "met" if met else "unmet"))


def notes_table(words: ReleaseWords) -> Sheet:
    """What must be read with the figures, and what each column is."""
    say = words.edition.say
    rows = [[title, text] for title, text in about(words)]
    rows += [[title, say("statistics.about.participation.columns")] for title in _of_bands(words)]
    rows += [
        [say("statistics.notes.column", title=say(f"statistics.column.{name}")), say(f"statistics.column.{name}.note")]
        for name in COLUMNS
    ]
    return Sheet(
        name=say("statistics.sheet.notes"),
        columns=((say("statistics.notes.what"), 28), (say("statistics.notes.said"), 90)),
        rows=rows,
    )


def _of_bands(words: ReleaseWords) -> list[str]:
    """The title of the columns that tell bands, where there are any."""
    return [words.edition.say("statistics.sheet.participation")] if words.release.participation else []


def about(words: ReleaseWords) -> Iterator[tuple[str, SheetValue]]:
    """What must be read with the figures: which release, under which limits, what the mark means."""
    edition, release = words.edition, words.release
    say, limits = edition.say, release.limits
    yield say("statistics.about.release"), release.id
    yield say("statistics.about.term"), edition.plain(term_of(edition.site, release.term).title)
    yield say("statistics.about.released_on"), release.released_on
    if release.correction:
        yield say("statistics.about.correction"), edition.plain(release.correction)
    yield say("statistics.about.digest"), digest(release)
    yield say("statistics.about.counted"), len(release.counted)
    yield say("statistics.about.mark", mark=SHOWN_MARK), say("statistics.about.mark.text", k=limits.k, mark=MARK)
    zero = "statistics.about.zero.rounded" if limits.base > 1 else "statistics.about.zero.text"
    yield say("statistics.about.zero"), say(zero)
    if limits.base > 1:
        yield say("statistics.about.rounding"), say("statistics.about.rounding.text", base=limits.base)
    yield (
        say("statistics.about.rows"),
        say("statistics.about.rows.text", schools=limits.schools, per_cent=limits.per_cent),
    )
    if bands := release.participation:
        begins = say("statistics.separator").join(words.band(begin) for begin in (0, *bands.edges))
        yield say("participation.title"), say("statistics.about.participation.text", bands=begins, k=limits.k)
    if release.waiting:
        yield say("channel.waiting"), words.waiting()
    if recut := words.recut():
        yield say("safety.withdrawn"), recut
    if (notice := edition.site.repository.district.notice) is not None:
        yield say("statistics.about.notice"), edition.plain(notice)


def _workbook(words: ReleaseWords) -> bytes:
    title = words.edition.say("statistics.files.title", release=words.release.id)
    properties = {"title": title, "subject": words.edition.plain(words.edition.site.repository.district.title)}
    bands = [participation_table(words)] if words.release.participation else []
    return as_workbook((figures_table(words), *bands, verdicts_table(words), notes_table(words)), properties)


# --- zip --------------------------------------------------------------------------------------------------------------


def _packed(words: ReleaseWords, made: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    name = words.release.id
    yield "README.txt", _readme(words).encode("utf-8-sig")
    yield "dictionary.csv", as_csv(_dictionary(words))
    yield f"{name}.csv", made["csv"]
    if words.release.participation:
        yield f"{name}-participation.csv", as_csv(participation_table(words))
    yield f"{name}-verdicts.csv", as_csv(verdicts_table(words))
    yield f"{name}.xlsx", made["xlsx"]
    yield f"{name}.json", made["json"]
    yield "statistics.schema.json", schema(words.edition).content


def _readme(words: ReleaseWords) -> str:
    say, edition, name = words.edition.say, words.edition, words.release.id
    facts = [
        say("statistics.readme.fact", name=what, said=edition.day(fact) if isinstance(fact, date) else fact)
        for what, fact in about(words)
    ]
    facts += [
        say("statistics.readme.fact", name=title, said=say("statistics.about.participation.columns"))
        for title in _of_bands(words)
    ]
    listed = [f"  {file}  {say(f'statistics.readme.{kind}')}" for file, kind in _listed(words.release)]
    cite = say("statistics.readme.cite", district=edition.plain(edition.site.repository.district.title), release=name)
    title = say("statistics.files.title", release=name)
    return "\r\n".join(
        (title, "", *facts, "", say("statistics.readme.files"), *listed, "", cite, say("statistics.readme.how"), "")
    )


def _listed(release: Release) -> Iterator[tuple[str, str]]:
    name = release.id
    yield f"{name}.csv", "csv"
    if release.participation:
        yield f"{name}-participation.csv", "participation"
    yield from (
        (f"{name}-verdicts.csv", "verdicts"),
        (f"{name}.xlsx", "xlsx"),
        (f"{name}.json", "json"),
        ("dictionary.csv", "dictionary"),
    )


def _dictionary(words: ReleaseWords) -> Sheet:
    """Every table, row and column of the release with its name, unit and note."""
    say = words.edition.say
    rows: list[list[SheetValue]] = []
    for table in words.release.tables:
        notes = dict(words.notes(table))
        rows.append(["table", table.id, None, words.table(table.id), None, say(f"table.{table.id}.note")])
        rows += [["row", table.id, row.id, words.row(table.id, row.id), None, None] for row in table.rows]
        rows += [
            ["column", table.id, c, words.column(table.id, c), words.unit(table.id, c), notes.get(c)]
            for c in table.columns
        ]
    names = ("kind", "table", "id", "title", "unit", "note")
    return Sheet(
        name="dictionary", columns=tuple((say(f"statistics.dictionary.{name}"), 14) for name in names), rows=rows
    )


# --- JSON -------------------------------------------------------------------------------------------------------------


def as_json(edition: Edition, release: Release) -> bytes:
    """A release in the form of `schemas/published/statistics.schema.json`, both languages in it."""
    made = _release(ReleaseWords(edition=edition, release=release))
    return f"{json.dumps(made, ensure_ascii=False, indent=1)}\n".encode()


def _release(words: ReleaseWords) -> Mapping[str, object]:
    edition, r = words.edition, words.release
    notice = edition.site.repository.district.notice
    limits, certificate = r.limits, r.certificate
    return {
        "format": FORMAT,
        "district": _text(edition.site.repository.district.title),
        "notice": _text(notice) if notice else None,
        "release": r.id,
        "term": r.term,
        "revision": r.revision,
        "released_on": r.released_on.isoformat(),
        "correction": _text(r.correction) if r.correction else None,
        "digest": digest(r),
        "previous": r.previous.id if r.previous else None,
        "limits": {"k": limits.k, "schools": limits.schools, "per_cent": limits.per_cent, "base": limits.base}
        | ({"dominance": limits.dominance} if limits.dominance else {}),
        "levels": [_level(level) for level in r.levels],
        "counted": len(r.counted),
        "waiting": list(r.waiting),
        "instruments": dict(r.plan.instruments),
        "tables": [
            {
                "id": table.id,
                "rows": [
                    {"id": row.id, "schools": row.schools, "cells": [_cell(words, table.id, row, c) for c in row.cells]}
                    for row in table.rows
                ],
            }
            for table in r.tables
        ],
        "participation": _bands(r, r.participation) if r.participation else None,
        **_verdicts(r),
        "certificate": {"schools": certificate.schools, "pairs": certificate.pairs},
    }


def _verdicts(r: Release) -> Mapping[str, object]:
    all_schools = WAITS if r.waiting else None
    return {
        "school_verdicts": [
            {
                "rule": v.rule,
                "target": v.target,
                "schools": [{"school": s, "met": met, "status": _of_school(r, s)} for s, met in v.schools.items()],
            }
            for v in r.school_verdicts
        ],
        "district_verdicts": [
            {"rule": v.rule, "target": v.target, "met": v.met, "judged": v.judged, "status": all_schools}
            for v in r.district_verdicts
        ],
    }


def _bands(release: Release, bands: Participation) -> Mapping[str, object]:
    of_schools = [
        {"school": school, **dict(zip(("value", "below", "status"), _band(release, school), strict=True))}
        for school in release.counted
    ]
    return {"edges": list(bands.edges), "schools": of_schools}


def _cell(words: ReleaseWords, table: str, row: Row, column: str) -> Mapping[str, object]:
    value, status = _number(column, row.cells[column]), words.status(table, row, column)
    return {"column": column, "value": value, "status": status}


def _level(level: RiskLevel) -> Mapping[str, object]:
    return {"id": level.id, "title": _text(level.title)}


def _text(text: Text) -> Mapping[str, str | None]:
    return {"zh": text.zh, "en": text.en}
