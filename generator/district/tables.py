"""Tables as an office hands them over: a workbook, or a text file of any of the forms that spreadsheets write.

Owns encodings, signs between cells, zeros that only a format shows, and heads of two lines with merged cells. Must not
know what the columns mean.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

LARGEST = 1 << 24  # bytes; a table of a thousand schools has some hundred thousand
_MOST_ROWS = 5000
_MOST_COLUMNS = 60
_BETWEEN = ",;\t"  # what spreadsheets put between cells, the usual one first
_LOOKED_AT = 20  # lines by which it is told, and in which a head may stand

Cells = Sequence[object]


def rows(data: bytes) -> list[Cells] | None:
    """The cells of a file, row by row; None if it is no table that we can read."""
    if len(data) > LARGEST:
        return None
    if zipfile.is_zipfile(io.BytesIO(data)):
        return _workbook_rows(data)
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # what a spreadsheet calls Unicode text
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else _text_rows(text)
    return None


def _text_rows(text: str) -> list[Cells] | None:
    head = text.splitlines()[:_LOOKED_AT]
    between = max(_BETWEEN, key=lambda sign: sum(line.count(sign) for line in head))
    try:
        found = csv.reader(io.StringIO(text, newline=""), delimiter=between)
        return [[_unwrapped(cell) or None for cell in row] for row in found]
    except csv.Error:
        return None


def _unwrapped(cell: str) -> str:
    """A cell without what only keeps a spreadsheet from reading a number: `="001"`."""
    kept = re.fullmatch(r'="([^"]*)"', cell.strip())
    return kept[1] if kept else cell


def _workbook_rows(data: bytes) -> list[Cells] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > 8 * LARGEST:
                return None
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [[_shown(cell) for cell in row] for row in sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS)]
    except Exception:  # the library raises what it likes on a damaged file
        return None


def _shown(cell: object) -> object:
    """A cell's value; a number that its format shows with zeros in front, with these."""
    value, form = getattr(cell, "value", None), str(getattr(cell, "number_format", "") or "")
    if isinstance(value, int | float) and not isinstance(value, bool) and re.fullmatch("0{2,}", form):
        return plain(value).zfill(len(form))
    return value


def plain(value: object) -> str:
    """A cell as text, without spaces around it."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def cell_name(row: int, column: int) -> str:
    """A cell as a spreadsheet calls it: `C4`."""
    return f"{get_column_letter(column + 1)}{row + 1}"


# --- heads ------------------------------------------------------------------------------------------------------------


class Head(Struct, frozen=True, kw_only=True):
    """The head of a table: its last row, and which column holds what; `strange` are columns that hold nothing known."""

    row: int
    columns: Mapping[str, int]
    strange: Mapping[int, str]


def head(found: Sequence[Cells], named: Callable[[str], str | None], needed: frozenset[str]) -> Head | None:
    """The head that has what is needed and tells most columns: one row, or two where cells are merged over or beside
    others.
    """
    told = [one for one in _heads(found, named) if one.columns.keys() >= needed]
    return max(told, key=lambda one: len(one.columns), default=None)


def _heads(found: Sequence[Cells], named: Callable[[str], str | None]) -> Iterator[Head]:
    for number, row in enumerate(found[:_LOOKED_AT]):
        yield _head(number, tuple(map(plain, row)), named)
        below = found[number + 1] if number + 1 < len(found) else ()
        if not any(plain(cell).isdigit() for cell in below):  # no head but a school
            yield _head(number + 1, tuple(_of_two(row, below, named)), named)


def _head(row: int, words: Sequence[str], named: Callable[[str], str | None]) -> Head:
    columns: dict[str, int] = {}
    for column, word in enumerate(words):
        if name := named(word):
            columns.setdefault(name, column)
    strange = {c: word for c, word in enumerate(words) if word and c not in columns.values()}
    return Head(row=row, columns=columns, strange=strange)


def _of_two(above: Cells, below: Cells, named: Callable[[str], str | None]) -> Iterator[str]:
    """What two rows of a head say of each column: a cell above goes for the empty ones to its right."""
    group = ""
    for column in range(max(len(above), len(below))):
        own = plain(below[column]) if column < len(below) else ""
        over = plain(above[column]) if column < len(above) else ""
        group = over or group
        if not own:
            yield over
        else:
            both = f"{group}{own}"
            yield both if named(both) else own
