"""A return as a workbook: what a school fills in with a spreadsheet, and how it is read back cell by cell.

Owns where each field stands: a sheet of single fields, and a sheet of rows for each list of groups. What was not filled
in is not stated. A fault names sheet and cell and the reason's short name. Must not know where files are put.
"""

from __future__ import annotations

import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from msgspec import Struct, field
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook as Opened
from openpyxl.worksheet.worksheet import Worksheet as OpenedSheet
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from generator.files.catalogue import Say
from generator.files.schemas import schema_of
from generator.filing.forms import AskedField, Choice, Form, form
from generator.model.district import SchoolYear
from generator.model.schools import School
from generator.problems import day
from generator.records.repository import Repository
from generator.text import Language

MARK = "xinzhuli"  # the hidden sheet that says what the workbook is
_FORM = 2  # of the sheets: how lines are laid out for the same fields
_MAIN = 0
_LARGEST = 1 << 24  # bytes of all that a workbook holds; ours have some hundred thousand
_MOST_ROWS = 5000  # of a sheet; a sheet that somebody filled to its end would take minutes
_MOST_COVERED = 1 << 16  # cells that are joined, or have a link or a note; in ours there are none
_MOST_JOINED = 200  # places of joined cells: each is looked at for each cell that is read
_COLUMNS, _ALL_ROWS = 1 << 14, 1 << 20  # of any sheet
_ROWS = 40  # empty rows of a sheet of rows
_FIRST = 4  # the first row of the main sheet with a field, counted from 0
_LIST = 2  # the first row of a sheet of rows with an item
_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")


class BookFrame(Struct, frozen=True, kw_only=True):
    """What the district gives for a workbook: choices by field name, the stages of the school, heading and names."""

    school: str
    school_title: str
    year: str
    choices: Mapping[str, tuple[Choice, ...]]
    stages: tuple[str, ...]


def known(repository: Repository, school: School, year: SchoolYear, language: Language) -> BookFrame:
    """What the district gives for a school's workbook of a year."""
    windows = {w.id: w.title.in_(language) for term in year.terms for w in term.windows}
    stages = school.stages_in(year.first_day, year.last_day)
    present = [band for band in repository.bands.values() if band.in_force_in(year.first_day, year.last_day)]
    bands = tuple(Choice(value=band.id, title=band.title.in_(language)) for band in present if band.stage in stages)
    return BookFrame(
        school=school.id,
        school_title=school.title.in_(language),
        year=year.id,
        choices={
            "term": tuple(Choice(value=term.id, title=term.title.in_(language)) for term in year.terms),
            "window": tuple(Choice(value=id_, title=title) for id_, title in windows.items()),
            "band": bands,
            "bands": bands,
        },
        stages=tuple(stage.value for stage in stages),
    )


class CellFault(Struct, frozen=True, kw_only=True):
    """What is wrong in a cell: sheet and cell as a spreadsheet names them, the reason, and its facts."""

    sheet: str
    cell: str
    why: str
    facts: Mapping[str, str] = field(default_factory=dict)


class _Line(Struct, frozen=True, kw_only=True):
    """A line of the main sheet: the field's place, and what may stand there."""

    place: tuple[str, ...]
    title: str
    asked: AskedField
    member: str | None = None  # of a list of choices


def version() -> str:
    """What tells one form of the return from another."""
    return sha256(json.dumps([_FORM, schema_of("return")], sort_keys=True).encode()).hexdigest()[:16]


def _lines(form: Form, known: BookFrame) -> Iterator[_Line]:
    for asked in form.fields:
        if not asked.fixed:
            yield from _of(asked, (asked.name,), asked.title, known, form.signs.colon)


def _of(asked: AskedField, place: tuple[str, ...], title: str, known: BookFrame, colon: str) -> Iterator[_Line]:
    match asked.kind:
        case "group":
            for inner in asked.fields:
                if place[0] not in ("classes", "enrolment") or inner.name in known.stages:
                    yield from _of(inner, (*place, inner.name), f"{title}{colon}{inner.title}", known, colon)
        case "list" if offered := known.choices.get(asked.name, asked.item.choices if asked.item else ()):
            for choice in offered:
                yield _Line(place=place, title=f"{title}{colon}{choice.title}", asked=asked, member=choice.value)
            yield _Line(place=place, title=title, asked=asked, member="")
        case "list" if asked.item and asked.item.kind == "group":
            yield _Line(place=place, title=title, asked=asked, member="")
        case _:
            yield _Line(place=place, title=title, asked=asked)


def _rows_of(form: Form) -> tuple[AskedField, ...]:
    return tuple(f for f in form.fields if f.kind == "list" and f.item and f.item.kind == "group")


def _choices(asked: AskedField, known: BookFrame, say: Say) -> tuple[Choice, ...]:
    if asked.name in known.choices:
        return known.choices[asked.name]
    if asked.kind == "yes-no":
        return (Choice(value="true", title=say("forms.yes")), Choice(value="false", title=say("forms.no")))
    return asked.choices


# --- writing ----------------------------------------------------------------------------------------------------------


class _Looks(Struct, frozen=True, kw_only=True):
    """The formats of a workbook that is written."""

    title: Format
    help: Format
    filled: Format
    day: Format


def workbook(form: Form, known: BookFrame, last: Mapping[str, Any], say: Say) -> bytes:
    """The workbook of a school, with what was stated last."""
    made = io.BytesIO()
    book = Workbook(made, {"in_memory": True})
    book.set_properties({"title": form.title, "created": datetime(2000, 1, 1)})  # noqa: DTZ001 (the library's form)
    looks = _Looks(
        title=book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        help=book.add_format({"text_wrap": True, "valign": "top", "font_color": "#4d5d68"}),
        filled=book.add_format({"locked": False, "border": 1, "valign": "top", "num_format": "@", "text_wrap": True}),
        day=book.add_format({"locked": False, "border": 1, "valign": "top", "num_format": "yyyy-mm-dd"}),
    )
    _main(book.add_worksheet(say("forms.sheet")), looks, form, known, last, say)
    for asked in _rows_of(form):
        _list(book.add_worksheet(asked.title[:31]), looks, asked, known, last.get(asked.name) or [], say)
    mark = book.add_worksheet(MARK)
    mark.hide()
    for column, text in enumerate((MARK, form.kind, version(), known.school, known.year)):
        mark.write_string(0, column, text)
    book.close()
    return made.getvalue()


def _main(sheet: Worksheet, looks: _Looks, form: Form, known: BookFrame, last: Mapping[str, Any], say: Say) -> None:
    sheet.protect()
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 2, 60)
    sheet.set_column(3, 3, None, None, {"hidden": True})
    sheet.write_string(0, 0, f"{known.school_title} {known.year}", looks.title)
    sheet.write_string(1, 0, say("forms.how"), looks.help)
    for column, key in enumerate(("forms.field", "forms.value", "forms.help")):
        sheet.write_string(_FIRST - 1, column, say(key), looks.title)
    for row, line in enumerate(_lines(form, known), start=_FIRST):
        none = line.member == ""
        sheet.write_string(row, 0, say("forms.none", title=line.title) if none else line.title, looks.title)
        sheet.write_string(row, 2, say("forms.none_help") if none else line.asked.help, looks.help)
        sheet.write_string(row, 3, ".".join(line.place) + (f"[{line.member}]" if line.member is not None else ""))
        if line.member is not None:
            choices: tuple[Choice, ...] = (Choice(value="true", title=say("forms.yes")),)
        else:
            choices = _choices(line.asked, known, say)
        _cell(sheet, row, 1, looks, line.asked, choices, _shown(line, last))


def _shown(line: _Line, last: Mapping[str, Any]) -> Any:
    value: Any = last
    for step in line.place:
        value = value.get(step) if isinstance(value, Mapping) else None
    if line.member is None:
        return value
    if value is None:
        return None
    return (value == [] if line.member == "" else line.member in value) or None


def _list(
    sheet: Worksheet,
    looks: _Looks,
    asked: AskedField,
    known: BookFrame,
    items: Sequence[Mapping[str, Any]],
    say: Say,
) -> None:
    assert asked.item is not None
    sheet.protect()
    sheet.set_row(0, None, None, {"hidden": True})
    for column, inner in enumerate(asked.item.fields):
        sheet.set_column(column, column, 28)
        sheet.write_string(0, column, inner.name)
        sheet.write_string(1, column, f"{inner.title}\n{inner.help}", looks.title)
        for number in range(_ROWS):
            value = items[number].get(inner.name) if number < len(items) else None
            _cell(sheet, _LIST + number, column, looks, inner, _choices(inner, known, say), value)


def _cell(
    sheet: Worksheet, row: int, column: int, looks: _Looks, asked: AskedField, choices: Sequence[Choice], value: Any
) -> None:
    titles = {c.value: c.title for c in choices}
    look = looks.day if asked.kind == "day" else looks.filled
    match value:
        case None:
            sheet.write_blank(row, column, None, look)
        case bool():
            sheet.write_string(row, column, titles["true" if value else "false"], look)
        case int() | float():
            sheet.write_number(row, column, value, look)
        case list():
            sheet.write_string(row, column, ", ".join(map(str, value)), look)
        case _ if asked.kind == "day":
            sheet.write_datetime(row, column, datetime.fromisoformat(value), look)
        case _:
            sheet.write_string(row, column, titles.get(value, str(value)), look)
    if choices:
        listed = [choice.title for choice in choices]
        if len(",".join(listed)) < 255:  # more than a cell's list may hold
            sheet.data_validation(row, column, row, column, {"validate": "list", "source": listed})


# --- reading ----------------------------------------------------------------------------------------------------------


class WorkbookLabel(Struct, frozen=True, kw_only=True):
    """What a workbook says it is."""

    kind: str
    version: str
    school: str
    year: str


class NotRead(StrEnum):
    """Why a file is not read as a workbook."""

    NOT_OURS = "no_workbook"
    TOO_LARGE = "large_workbook"


def opened_workbook(data: bytes) -> tuple[Opened, WorkbookLabel] | NotRead:
    """A workbook of ours, opened; or why a file is not read as one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > _LARGEST:
                return NotRead.TOO_LARGE
            if sum(_covered(archive.read(part)) for part in archive.infolist()) > _MOST_COVERED:
                return NotRead.TOO_LARGE
        book = load_workbook(io.BytesIO(data))
    except Exception:  # the library raises what it likes on a damaged file
        return NotRead.NOT_OURS
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if MARK not in sheets or len(sheets) < len(book.sheetnames):
        return NotRead.NOT_OURS  # of ours none is a chart
    if any(map(_too_much, sheets.values())):
        return NotRead.TOO_LARGE
    cells = [str(cell.value) for cell in sheets[MARK][1]]
    if len(cells) < 5:
        return NotRead.NOT_OURS
    return book, WorkbookLabel(kind=cells[1], version=cells[2], school=cells[3], year=cells[4])


def language_of(book: Opened) -> Language | None:
    """The language in which a workbook asks: the one by whose names its sheets are called. None where one lacks."""
    names = {language: {one.title[:31] for one in _rows_of(form("return", language))} for language in Language}
    return next((language for language, sheets in names.items() if sheets <= {*book.sheetnames}), None)


def _covered(part: bytes) -> int:
    """How many cells are joined, or have a link or a note, by what a part of a workbook says in a few signs: the
    library makes each of them.
    """
    found = 0

    def begun(name: str, attributes: dict[str, str]) -> None:
        nonlocal found
        if "ref" not in attributes or name.rpartition(":")[2] == "dimension":
            return
        with suppress(ValueError):  # no place of cells
            left, top, right, bottom = range_boundaries(attributes["ref"])
            wide = (right or _COLUMNS) - (left or 1) + 1
            found += wide * ((bottom or _ALL_ROWS) - (top or 1) + 1)

    parser = ParserCreate()
    parser.StartElementHandler = begun
    with suppress(ExpatError):  # a picture; what the library needs and cannot read, it says itself
        parser.Parse(part, True)
    return found


def _too_much(sheet: OpenedSheet) -> bool:
    return sheet.max_row > _MOST_ROWS or len(sheet.merged_cells.ranges) > _MOST_JOINED


def filled_in(book: Opened, form: Form, known: BookFrame, say: Say) -> tuple[dict[str, Any], tuple[CellFault, ...]]:
    """The data of a return, and what is wrong cell by cell."""
    faults: list[CellFault] = []
    main = book.worksheets[_MAIN]
    lines = {
        f"{'.'.join(one.place)}" + (f"[{one.member}]" if one.member is not None else ""): one
        for one in _lines(form, known)
    }
    found: dict[str, Any] = {"school": known.school, "year": known.year}
    filled: dict[str, str] = {}
    for row in range(_FIRST + 1, main.max_row + 1):
        line = lines.get(name := str(main.cell(row, 4).value))
        if line is None:
            continue
        if line.member is not None:
            asked = AskedField(name="", title="", help="", kind="yes-no", expected="", needed=False)
        else:
            asked = line.asked
        value = _value(main, row, 2, asked, known, say, faults)
        if value is None:
            continue
        here = main.cell(row, 2).coordinate
        if (other := filled.setdefault(name, here)) != here:  # a line that somebody copied
            faults.append(CellFault(sheet=main.title, cell=here, why="twice", facts={"other": other}))
            continue
        _put(found, line, value)
    for asked in _rows_of(form):
        items = list(_items(book, asked, known, say, faults))
        if items:
            found[asked.name] = items
    return {f.name: found[f.name] for f in form.fields if f.name in found}, tuple(faults)


def _put(found: dict[str, Any], line: _Line, value: Any) -> None:
    *above, name = line.place
    for step in above:
        found = found.setdefault(step, {})
    if line.member is None:
        found[name] = value
    elif value and line.member == "":
        found.setdefault(name, [])
    elif value:
        found.setdefault(name, []).append(line.member)


def _items(
    book: Opened, asked: AskedField, known: BookFrame, say: Say, faults: list[CellFault]
) -> Iterator[dict[str, Any]]:
    assert asked.item is not None
    sheet = book[asked.title[:31]]
    names = [str(cell.value) for cell in sheet[1]]
    inner = {one.name: one for one in asked.item.fields}
    for row in range(_LIST + 1, sheet.max_row + 1):
        values = {
            name: value
            for column, name in enumerate(names, start=1)
            if name in inner and (value := _value(sheet, row, column, inner[name], known, say, faults)) is not None
        }
        if values:
            yield {name: values[name] for name in inner if name in values}


def _value(
    sheet: OpenedSheet,
    row: int,
    column: int,
    asked: AskedField,
    known: BookFrame,
    say: Say,
    faults: list[CellFault],
) -> Any:
    """What a cell states, as the record has it; None for nothing, and for what is told as a fault."""
    cell = sheet.cell(row, column)

    def wrong(why: str, **facts: str) -> Any:
        faults.append(CellFault(sheet=sheet.title, cell=cell.coordinate, why=why, facts=facts))
        return None

    if any(cell.coordinate in merged for merged in sheet.merged_cells.ranges):
        return wrong("merged")
    raw = cell.value
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if cell.data_type == "f":
        return wrong("formula")
    if asked.kind == "day":
        return _day_of(raw) or wrong("no_day", value=_plain(raw))
    if isinstance(raw, datetime | date):
        return wrong("became_day", value=_plain(raw))
    choices = _choices(asked, known, say)
    if choices:
        word = _plain(raw)
        chosen = next((c.value for c in choices if word in (c.title, c.value)), None)
        if chosen is None:
            return wrong("no_choice", value=word, choices="、".join(c.title for c in choices))
        return chosen == "true" if asked.kind == "yes-no" else chosen
    if asked.kind in ("whole", "number"):
        number = _number(raw, whole=asked.kind == "whole")
        return wrong("no_number", value=_plain(raw)) if number is None else number
    if asked.kind == "list":
        return _several(asked, raw) or wrong("no_list", value=_plain(raw))
    return _plain(raw)


def _plain(raw: object) -> str:
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    return " ".join(str(raw).split())


def _day_of(raw: object) -> str | None:
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", str(raw)).strip())
    text = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else ""
    return text if match and day(text) else None


def _number(raw: object, *, whole: bool) -> int | float | None:
    """A number as people type it: full width, with thousands marks; `3.0` is 3."""
    if isinstance(raw, bool):
        return None
    text = re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", str(raw)))
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,20})?", text):  # of a longer one digits would be lost
        return None
    number = float(text)
    if number.is_integer():
        return int(number)
    return None if whole else number


def _several(asked: AskedField, raw: object) -> list[Any] | None:
    parts = [part for part in re.split(r"[,，、;；\s]+", _plain(raw)) if part]
    if asked.item is None or asked.item.kind == "text":
        return [unicodedata.normalize("NFKC", part) for part in parts]
    numbers = [_number(part, whole=asked.item.kind == "whole") for part in parts]
    return None if None in numbers else list(numbers)


def _seen_at(book: Opened, fault: CellFault) -> Cell:
    """The cell that is seen there: of merged cells the first, which alone can be marked."""
    sheet = book[fault.sheet]
    assert isinstance(sheet, OpenedSheet)
    over = next((merged for merged in sheet.merged_cells.ranges if fault.cell in merged), None)
    found = sheet.cell(over.min_row, over.min_col) if over else sheet[fault.cell]
    assert isinstance(found, Cell)
    return found


def marked(data: bytes, faults: Sequence[CellFault], words: Sequence[str]) -> bytes | None:
    """The same workbook with the cells that are wrong in colour, each with what is wrong; None for one that the library
    reads and cannot write.
    """
    book = load_workbook(io.BytesIO(data))
    for fault, said in zip(faults, words, strict=True):
        cell = _seen_at(book, fault)
        cell.fill = PatternFill(fill_type="solid", start_color="FFF4B6B6")
        cell.comment = Comment(said, "xinzhuli")
    made = io.BytesIO()
    try:
        book.save(made)
    except Exception:  # the library raises what it likes
        return None
    return made.getvalue()
