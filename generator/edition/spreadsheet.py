"""Spreadsheets: a table as CSV and as an Excel workbook, with the same bytes each time.

Owns both forms and is the only user of XlsxWriter. openpyxl stamps the moment of writing into the file and its archive;
XlsxWriter lets all of it be fixed, and is asked directly because pandas takes three times as long to hand it the same
cells. Text that a spreadsheet would take for a formula, a number or a day stays text. Must not know what the tables
say.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from html import escape
from typing import NamedTuple, TypeAlias

from msgspec import Struct
from xlsxwriter import Workbook

from generator.edition.archive import Piece, as_zip, piece

_KEPT = 4096  # most cells stand in many rows
SheetValue: TypeAlias = "str | int | float | date | None"
_FORMULA = re.compile(r"[=+\-@\u2212]")
_CONTROL = ("\t", "\r", "\n")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
# What spreadsheets turn into a day, a time or a number of another form, in the languages of their users here.
_VALUE = re.compile(
    # 2026-10, 3/4, 1.10, 2026/10/1
    rf"\d{{1,2}}[-/]\d{{1,4}}|\d{{3,4}}[-/]\d{{1,2}}|\d{{1,4}}([-/.])\d{{1,2}}\1\d{{1,4}}"
    rf"|\d+ \d+/\d+|\d{{1,2}}[-/. ]?{_MONTH}(?:[-/., ]*\d{{1,4}})?"
    rf"|{_MONTH}[-/. ]?\d{{1,2}}(?:[-/., ]*\d{{1,4}})?|{_MONTH}[-/. ]\d{{4}}"
    r"|(?:上午|下午)? ?\d{1,2}[时点](?:\d{1,2}分(?:\d{1,2}秒)?)?"
    r"|(?:上午|下午) ?\d{1,2}:\d{2}(?::\d{2})?|\d{1,3}(?:,\d{3})+(?:\.\d+)?"
    r"|(?:\d{1,4}年)?\d{1,2}月(?:\d{1,2}日)?|\d{4}年|\d{1,3}:\d{2}(?::\d{2})?(?:\.\d+)?(?: ?[ap]m?)?|\d{1,2} ?[ap]m?"
    r"|[\d,]*\.?\d+e[+-]?\d+|0\d+(?:\.\d+)?|\d{16,}|\d+\.\d*0|[$¥€£]\s*[\d,.]+|\([\d,.]+\)|\d[\d,.]*\s*%|true|false",
    re.IGNORECASE,
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_REACH, _FILTERED = re.compile(r'(?<=<dimension ref=")[^"]*'), re.compile(r'<autoFilter ref="([^"]*)"')
_OF_ADDRESSES = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_/.: -"
_STYLE, _WORD = re.compile(r'<c r="B[23]" s="(\d+)"'), re.compile(r'<c r="A\d+" t="s"><v>(\d+)')
_NUMBERED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9a-fA-F]{4}_)")
_LONGEST = 32_767  # signs in a cell
_DAY_0, _NO_DAY = date(1899, 12, 31), 59  # spreadsheets count 29 February 1900, which there was not
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 (properties have no zone); fixed: as_of and the commit stand in the notes


class Sheet(Struct, frozen=True, kw_only=True):
    """A sheet: its name, its columns (title, and width in characters) and its rows.

    The first `frozen` columns stay in view, as the header does. `words`: texts that stand in many rows, which the first
    sheet of a workbook has once.
    """

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[SheetValue]]
    frozen: int = 0
    words: Sequence[str] = ()


class CellRun:
    """Cells that stand side by side in many rows, so that they are written once. Each is one of its own: 2 and 2.0 are
    equal, and are written differently.
    """

    __slots__ = ("cells", "csv")

    def __init__(self, *cells: SheetValue) -> None:
        self.cells, self.csv = cells, ",".join(map(_csv_cell, cells))


class RowOfRuns(NamedTuple):
    """A row of cells that it shares with others, and of one that is its own."""

    before: tuple[CellRun, ...]
    own: str
    behind: tuple[CellRun, ...]


def as_csv(table: Sheet) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes Chinese for something else; lines end as RFC
    4180 has it.
    """
    return csv_head(table) + csv_lines(table.rows)


def csv_head(table: Sheet) -> bytes:
    """The mark and the line of titles."""
    return codecs.BOM_UTF8 + csv_lines([[title for title, _ in table.columns]])


def csv_lines(rows: Iterable[Sequence[SheetValue]]) -> bytes:
    """Rows of a table, a line each."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows([map(guarded, row) for row in rows])
    return made.getvalue().encode()


def csv_rows(rows: Iterable[RowOfRuns]) -> bytes:
    """The same of rows that share cells."""
    told = ((before, own if _addresses(own) else _csv_cell(own), behind) for before, own, behind in rows)
    lines = [[*[run.csv for run in before], own, *[run.csv for run in behind]] for before, own, behind in told]
    return "".join([f"{','.join(line)}\r\n" for line in lines]).encode()


def _addresses(text: str) -> bool:
    """Whether a text says where fields of records stand, which hardly any other row says too: no spreadsheet takes it
    for anything else, and nothing in it needs quotes.
    """
    return text.startswith("records/") and text[-1:].isalnum() and not text.encode().translate(None, _OF_ADDRESSES)


@lru_cache(maxsize=_KEPT, typed=True)
def _csv_cell(cell: SheetValue) -> str:
    """A cell with another behind it: alone an empty one would be told otherwise."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerow([guarded(cell), 0])
    return made.getvalue().removesuffix(",0\r\n")


@lru_cache(maxsize=_KEPT, typed=True)
def guarded(cell: SheetValue) -> SheetValue:
    """Text that a spreadsheet would take for something else gets an apostrophe before it; a day is told as ISO has
    it.
    """
    if isinstance(cell, date):
        return cell.isoformat()
    return f"'{cell}" if isinstance(cell, str) and taken_otherwise(cell) else cell


@lru_cache(maxsize=_KEPT)
def taken_otherwise(text: str) -> bool:
    """Whether a spreadsheet would make a formula, a day or another number of a text: in any width, after what cannot be
    seen, behind a separator.
    """
    if text.isalpha():  # most are
        return _VALUE.fullmatch(text) is not None
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    begins = (_seen(part) for part in re.split(r"[;\t]", plain))
    return (
        text.startswith(_CONTROL)
        or any(map(_FORMULA.match, begins))
        or _VALUE.fullmatch(_seen(plain).rstrip().translate(_DASHES)) is not None
    )


def _seen(text: str) -> str:
    """Text without what cannot be seen before it, and without quotes that open it."""
    if text[:1].isalnum():  # most begin so
        return text
    first = next(
        (n for n, sign in enumerate(text) if unicodedata.category(sign)[0] not in "ZC" and sign not in "\"'"), len(text)
    )
    return text[first:]


def as_workbook(tables: Sequence[Sheet], properties: Mapping[str, str]) -> bytes:
    """An Excel workbook with a sheet a table: header in view, a filter on every column, text never a formula
    or a link.
    """
    return Book(tables, properties).finished()


class Book:
    """A workbook whose first sheet takes rows in pieces, `more` of them beyond those of its table.

    XlsxWriter makes all of it but the rows below the headers, which would take it ten times as long. There no row and
    no cell says where it is, as the standard allows: each stands behind the one before it. So rows that say the same
    are written alike. Words are told by their numbers, which keeps rows of the same words near enough to each other for
    the compression to find them.
    """

    def __init__(self, tables: Sequence[Sheet], properties: Mapping[str, str], more: int = 0) -> None:
        self._shell = zipfile.ZipFile(_shell(tables, properties, more))
        self._sheets = {f"xl/worksheets/sheet{number}.xml": table for number, table in enumerate(tables, start=1)}
        first = self._shell.read(next(iter(self._sheets))).decode()
        words = dict(zip(tables[0].words, _WORD.findall(first), strict=True))
        self._cell = lru_cache(maxsize=_KEPT, typed=True)(partial(_cell, words, *_STYLE.findall(first)))
        self._runs = _WrittenRuns(self._cells)

    def encoded(self, rows: Iterable[Sequence[SheetValue]]) -> bytes:
        """Rows as the sheets have them."""
        return "".join([f"<row>{self._cells(row)}</row>" for row in rows]).encode()

    def encoded_rows(self, rows: Iterable[RowOfRuns]) -> bytes:
        """The same of rows that share cells."""
        run, other = self._runs.__getitem__, self._cell
        told = (
            (before, _plain(own[:_LONGEST]) if _addresses(own) else other(own), behind) for before, own, behind in rows
        )
        cells = [[*map(run, before), own, *map(run, behind)] for before, own, behind in told]
        return "".join([f"<row>{''.join(row)}</row>" for row in cells]).encode()

    def finished(self, pieces: Iterable[Piece] = ()) -> bytes:
        """The whole workbook, with more rows for the first sheet."""
        others = (name for name in self._shell.namelist() if name not in self._sheets)
        told = [(name, [piece(self._shell.read(name))]) for name in others]
        more: Iterable[Piece] = pieces
        for name, table in self._sheets.items():
            begin, end = self._around(name)
            told.append((name, [piece(begin + self.encoded(table.rows)), *more, piece(end)]))
            more = ()
        return as_zip(told)

    def _around(self, name: str) -> tuple[bytes, bytes]:
        """What stands before and behind the rows of a sheet."""
        begin, end, rest = self._shell.read(name).decode().partition("</row>")
        before = f"{_REACH.sub(_FILTERED.findall(rest)[0], begin)}{end}"
        return before.encode(), f"</sheetData>{rest.rpartition('</sheetData>')[2]}".encode()

    def _cells(self, row: Sequence[SheetValue]) -> str:
        return "".join(map(self._cell, row))


class _WrittenRuns(dict[CellRun, str]):
    """Cells that rows share, as a workbook has them."""

    def __init__(self, write: Callable[[Sequence[SheetValue]], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, run: CellRun) -> str:
        self[run] = self._write(run.cells)
        return self[run]


def _shell(tables: Sequence[Sheet], properties: Mapping[str, str], more: int) -> io.BytesIO:
    """The workbook without its rows; below the header of the first sheet stand its words, and a cell of each style."""
    made = io.BytesIO()
    usual = {"font_name": "Calibri", "font_size": 11, "text_wrap": True, "valign": "top"}
    # nothing temporary is written, which a full disk would leave behind
    book = Workbook(made, {"in_memory": True, "default_format_properties": usual})
    book.set_properties({**properties, "created": _MADE})
    head = book.add_format({"bold": True, "bottom": 1})
    # the first stays text when somebody edits the cell
    styles = ({"quote_prefix": True}, {"num_format": "yyyy-mm-dd", "text_wrap": False})
    for table in tables:
        sheet = book.add_worksheet(table.name)
        last = len(table.rows) + (0 if sheet.index else more)
        sheet.freeze_panes(1, table.frozen)
        sheet.autofilter(0, 0, last, len(table.columns) - 1)
        for column, (title, width) in enumerate(table.columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        if sheet.index == 0:
            for number, word in enumerate(table.words, start=1):
                sheet.write_string(number, 0, word)
            for number, style in enumerate(styles, start=1):
                sheet.write_number(number, 1, 0, book.add_format(style))
    book.close()
    return made


def _cell(words: Mapping[str, str], kept: str, day: str, cell: SheetValue) -> str:
    """A cell, in the numbers of the words and of the styles; the usual style has none."""
    match cell:
        case None:
            return "<c/>"
        case str():
            style = f' s="{kept}"' if taken_otherwise(cell) else ""
            if (number := words.get(cell)) is not None:
                return f'<c{style} t="s"><v>{number}</v></c>'
            return _plain(_text(cell), style, ' xml:space="preserve"' if cell != cell.strip() else "")
        case date():
            days = (cell - _DAY_0).days
            return f'<c s="{day}"><v>{days + (days > _NO_DAY)}</v></c>'
        case _:
            return f"<c><v>{cell:.16G}</v></c>"


def _plain(written: str, style: str = "", spaces: str = "") -> str:
    return f'<c{style} t="inlineStr"><is><t{spaces}>{written}</t></is></c>'


def _text(cell: str) -> str:
    """A text in XML as spreadsheets read it: a sign that XML cannot hold by its number."""
    return escape(_NUMBERED.sub(lambda sign: f"_x{ord(sign[0]):04X}_", cell[:_LONGEST]), quote=False)
