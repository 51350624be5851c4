"""Spreadsheets: a table as CSV and as an Excel workbook, with the same bytes each time.

Owns both forms and is the only user of XlsxWriter. openpyxl stamps the moment of writing into the file and its archive;
XlsxWriter lets all of it be fixed, and is asked directly because pandas takes three times as long to hand it the same
cells. Text that a spreadsheet would take for a formula, a number or a day stays text. Must not know what the tables
say.
"""

from __future__ import annotations

import csv
import errno
import io
import os
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

_KEPT = 16384  # most cells stand in many rows
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
_REACH = re.compile(r'<dimension ref="[^"]*"/>')
_CELL = re.compile(
    r'<row r="(\d+)"><c r="A\d+"(.*?)</c></row>', re.DOTALL
)  # in a cell no sign stands that begins a mark
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 (properties have no zone); fixed: as_of and the commit stand in the notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: its name, its columns (title, and width in characters) and its rows.

    The first `frozen` columns stay in view, as the header does.
    """

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[SheetValue]]
    frozen: int = 0


def as_csv(table: Sheet) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes Chinese for something else; lines end as RFC
    4180 has it.
    """
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([guarded(title) for title, _ in table.columns])
    writer.writerows([[guarded(cell) for cell in row] for row in table.rows])
    return made.getvalue().encode("utf-8-sig")


@lru_cache(maxsize=_KEPT, typed=True)
def guarded(cell: SheetValue) -> SheetValue:
    """Text that a spreadsheet would take for something else gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and taken_otherwise(cell) else cell


def taken_otherwise(text: str) -> bool:
    """Whether a spreadsheet would make a formula, a day or another number of a text: in any width, after what cannot be
    seen, behind a separator.
    """
    if text.isalpha():  # most are
        return _VALUE.fullmatch(text) is not None
    plain = unicodedata.normalize("NFKC", text)
    begins = (_seen(part) for part in re.split(r"[;\t]", plain))
    return (
        text.startswith(_CONTROL)
        or any(map(_FORMULA.match, begins))
        or _VALUE.fullmatch(_seen(plain).rstrip().translate(_DASHES)) is not None
    )


def _seen(text: str) -> str:
    """Text without what cannot be seen before it, and without quotes that open it."""
    first = next(
        (n for n, sign in enumerate(text) if unicodedata.category(sign)[0] not in "ZC" and sign not in "\"'"), len(text)
    )
    return text[first:]


def as_workbook(tables: Sequence[Sheet], properties: Mapping[str, str]) -> bytes:
    """An Excel workbook with a sheet a table: header in view, a filter on every column, text never a formula
    or a link.

    The library encodes each different cell once, one below the other; they are put into their rows afterwards, so that
    a table of some hundred thousand cells takes a tenth of the time, for the same bytes.
    """
    made = io.BytesIO()
    book = Workbook(made, {"constant_memory": True, "tmpdir": _temporary()})
    book.set_properties({**properties, "created": _MADE})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    day, wrapped = (
        book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    kept = book.add_format(
        {"text_wrap": True, "valign": "top", "quote_prefix": True}
    )  # stays text when somebody edits the cell
    placed: dict[str, tuple[Sheet, Sequence[SheetValue]]] = {}
    for table in tables:
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, table.frozen)
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        for column, (title, width) in enumerate(table.columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        cells = dict.fromkeys(cell for row in table.rows for cell in row if cell is not None)
        for number, cell in enumerate(cells, start=1):
            _write(sheet, number, cell, day, wrapped, kept)
        placed[f"xl/worksheets/sheet{len(placed) + 1}.xml"] = table, tuple(cells)
    try:
        book.close()
    except FileCreateError as failed:  # the library's name for what the disk refused: no fault of the program
        raise failed.args[0] from None
    return _with_rows(made, placed)


def _write(sheet: Worksheet, number: int, cell: SheetValue, day: Format, wrapped: Format, kept: Format) -> None:
    match cell:
        case str():
            sheet.write_string(number, 0, cell, kept if taken_otherwise(cell) else wrapped)
        case date():
            sheet.write_datetime(number, 0, cell, day)
        case _:
            sheet.write_number(number, 0, cell, wrapped)


def _with_rows(book: io.BytesIO, placed: Mapping[str, tuple[Sheet, Sequence[SheetValue]]]) -> bytes:
    """The workbook with the rows of each sheet in place of the different cells that stand there below each other."""
    made = io.BytesIO()
    with zipfile.ZipFile(book) as encoded, zipfile.ZipFile(made, "w") as whole:
        for part in encoded.infolist():
            content = encoded.read(part)
            with whole.open(part, "w") as out:
                if part.filename in placed:
                    out.writelines(_sheet(content.decode(), *placed[part.filename]))
                else:
                    out.write(content)
    return made.getvalue()


def _sheet(encoded: str, table: Sheet, cells: Sequence[SheetValue]) -> Iterator[bytes]:
    """A sheet's XML, a row after the other: a large district has some thousand."""
    begin, _, rest = encoded.partition("</row>")
    written = {cells[int(number) - 2]: cell for number, cell in _CELL.findall(encoded) if number != "1"}
    columns = [xl_col_to_name(number) for number in range(len(table.columns))]
    last = max((n for n, row in enumerate(table.rows, start=2) if any(cell in written for cell in row)), default=1)
    reach = f"A1:{columns[-1]}{last}" if (columns[-1], last) != ("A", 1) else "A1"
    yield _REACH.sub(f'<dimension ref="{reach}"/>', begin).encode() + b"</row>"
    for number, row in enumerate(table.rows, start=2):
        told = [
            f'<c r="{column}{number}"{written[cell]}</c>'
            for column, cell in zip(columns, row, strict=True)
            if cell in written
        ]
        if told:
            yield f'<row r="{number}">{"".join(told)}</row>'.encode()
    yield f"</sheetData>{rest.rpartition('</sheetData>')[2]}".encode()


def _temporary() -> str:
    """The folder for temporary files.

    OSError (no space left) where none can be written to, as Python says FileNotFoundError of a full disk.
    """
    try:
        return tempfile.gettempdir()
    except FileNotFoundError:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
