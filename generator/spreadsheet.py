"""Spreadsheets: a table as CSV and as an Excel workbook, with the same bytes each time.

Owns both forms and is the only user of XlsxWriter. openpyxl stamps the moment of writing into the file and its archive; XlsxWriter lets all of it be
fixed, and is asked directly because pandas takes three times as long to hand it the same cells. Text that a spreadsheet would take for a formula
stays text. Must not know what the tables say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = "str | int | float | date | None"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MADE = datetime(2000, 1, 1)  # noqa: DTZ001 (properties have no zone); fixed: as_of and the commit stand in the notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A sheet: its name, its columns (title, and width in characters) and its rows. The first `frozen` columns stay in view, as the header does."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[Cell]]
    frozen: int = 0


def as_csv(table: Table) -> bytes:
    """UTF-8 with a byte order mark, without which Excel takes Chinese for something else; lines end as RFC 4180 has it."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([_guarded(title) for title, _ in table.columns])
    writer.writerows([[_guarded(cell) for cell in row] for row in table.rows])
    return made.getvalue().encode("utf-8-sig")


def _guarded(cell: Cell) -> Cell:
    """Text that begins like a formula gets an apostrophe before it: spreadsheets then take it for text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def as_workbook(tables: Sequence[Table], properties: Mapping[str, str]) -> bytes:
    """An Excel workbook with a sheet a table: header in view, a filter on every column, text never a formula or a link."""
    made = io.BytesIO()
    book = Workbook(made, {"constant_memory": True})  # a row at a time: a large district has some hundred thousand
    book.set_properties({**properties, "created": _MADE})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    day, wrapped = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    for table in tables:
        sheet = book.add_worksheet(table.name)
        sheet.freeze_panes(1, table.frozen)
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        for column, (title, width) in enumerate(table.columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        for number, row in enumerate(table.rows, start=1):
            _write(sheet, number, row, day, wrapped)
    book.close()
    return made.getvalue()


def _write(sheet: Worksheet, number: int, row: Sequence[Cell], day: Format, wrapped: Format) -> None:
    for column, cell in enumerate(row):
        match cell:
            case None:
                pass
            case str():
                sheet.write_string(number, column, cell, wrapped)
            case date():
                sheet.write_datetime(number, column, cell, day)
            case _:
                sheet.write_number(number, column, cell, wrapped)
