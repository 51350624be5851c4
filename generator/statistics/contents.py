"""What stands in a file, as anybody can read it: grids, texts, data and drawings, in whatever kind of file they lie.

Owns how files of a site are read: tables as CSV, workbooks, pages, drawings, JSON, scripts, feeds, calendars, and
archives of any of them. What is no text (pictures, films) is said to be unread. Must not know what a figure means.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import TypeAlias
from warnings import catch_warnings, simplefilter

from msgspec import Struct

from generator.guard.reading import decoded

_LARGEST = 1 << 28  # bytes of one file, also of one within an archive
_DEEPEST = 3  # archives within archives
# what a file or an archive ends in that cannot be read
BROKEN = (OSError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError)
_UNREAD = frozenset(
    (".gif", ".ico", ".jpeg", ".jpg", ".mp3", ".mp4", ".pdf", ".png", ".webm", ".webp", ".woff", ".woff2")
)
_TAG = re.compile(r"<[^>]*>")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_FOLDED = re.compile(r"\r?\n[ \t]")  # a long line of a calendar goes on after this
_INLINE = frozenset(("a", "abbr", "b", "br", "code", "em", "i", "small", "span", "strong", "sub", "td", "th", "tspan"))
_QUIET = frozenset(("script", "style", "sup"))  # the last holds numbers of notes
_SAYS = frozenset(("alt", "aria-label", "content", "data-label", "label", "placeholder", "title", "value"))
_SHAPES = frozenset(("circle", "ellipse", "line", "path", "polygon", "polyline", "rect"))


class ReadTable(Struct, frozen=True, kw_only=True):
    """A table, line by line; `id` is its caption's, `under` what stands above it."""

    rows: tuple[tuple[str, ...], ...]
    id: str = ""
    under: str = ""


class ReadText(Struct, frozen=True, kw_only=True):
    """A piece of text; `under` is the title of the drawing that it stands in, `item` the id of its item of a list."""

    text: str
    under: str = ""
    item: str = ""


class ReadData(Struct, frozen=True, kw_only=True):
    """What a JSON file or a script holds."""

    value: object


class DrawnPart(Struct, frozen=True, kw_only=True):
    """A part of a drawing with its title and how its shapes are drawn, or, not `single`, the whole."""

    text: str
    single: bool
    shapes: tuple[tuple[str, Mapping[str, str]], ...]


class UnreadFile(Struct, frozen=True, kw_only=True):
    """A file, or one within an archive, that is not read."""

    name: str


ReadPart: TypeAlias = "ReadTable | ReadText | ReadData | DrawnPart | UnreadFile"


def contents(name: str, data: bytes, seen: set[bytes], depth: int = 0) -> Iterator[ReadPart]:
    """All that a file of this name says, but for files in it that were `seen`. Never fails, whatever lies there."""
    kind = PurePosixPath(name).suffix.lower()
    if (digest := sha256(data).digest() + kind.encode()) in seen:
        return
    seen.add(digest)
    try:
        if kind in (".zip", ".xlsx", ".docx") and depth < _DEEPEST:
            yield from _of_archive(name, data, seen, depth)
        elif kind == ".gz" and depth < _DEEPEST:
            inside = zlib.decompressobj(wbits=31).decompress(data, _LARGEST)
            yield from contents(name.removesuffix(kind), inside, seen, depth + 1)
        elif kind in _UNREAD or len(data) > _LARGEST or (text := decoded(data)) is None:
            yield UnreadFile(name=name)
        else:
            yield from _READ.get(kind, _of_lines)(text.removeprefix("\ufeff"))
    except (ValueError, LookupError, TypeError, AttributeError, csv.Error, *BROKEN):
        yield UnreadFile(name=name)


# --- archives and workbooks -------------------------------------------------------------------------------------------


def _of_archive(name: str, data: bytes, seen: set[bytes], depth: int) -> Iterator[ReadPart]:
    """Each file in it; of a workbook first its sheets as tables, then what else it says."""
    book = name.lower().endswith(".xlsx")
    if book:
        yield from _sheets(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for one in archive.infolist():
            yield ReadText(text=one.filename)
            inside = f"{name}/{one.filename}"
            if one.is_dir() or (book and one.filename.startswith(("xl/worksheets/sheet", "xl/styles", "xl/theme"))):
                continue
            if one.file_size > _LARGEST:
                yield UnreadFile(name=inside)
            else:
                yield from contents(inside, archive.read(one), seen, depth + 1)


def _sheets(data: bytes) -> Iterator[ReadPart]:
    """The sheets of a workbook, those that are hidden too."""
    from openpyxl import load_workbook

    with catch_warnings():
        simplefilter("ignore")  # of styles that are not known
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book.worksheets:
        lines = [tuple("" if v is None else str(v) for v in line) for line in sheet.iter_rows(values_only=True)]
        yield from _of_rows(lines, sheet.title)


# --- texts ------------------------------------------------------------------------------------------------------------


def _of_lines(text: str) -> Iterator[ReadPart]:
    yield from (ReadText(text=line) for line in text.splitlines() if line.strip())


def _of_csv(text: str) -> Iterator[ReadPart]:
    lines = csv.reader(io.StringIO(text), delimiter="\t" if "\t" in text.partition("\n")[0] else ",")
    yield from _of_rows([tuple(line) for line in lines])


def _of_rows(lines: list[tuple[str, ...]], under: str = "") -> Iterator[ReadPart]:
    yield ReadTable(rows=tuple(lines), under=under)
    yield from (ReadText(text=cell) for line in lines for cell in line if len(cell) > 5 and not cell.isascii())
    yield from (ReadText(text=cell) for line in lines for cell in line if cell.isascii() and cell.count(" ") > 1)


def _of_json(text: str) -> Iterator[ReadPart]:
    value = json.loads(text)
    yield ReadData(value=value)
    yield from map(_said, _strings(value))


def _of_script(text: str) -> Iterator[ReadPart]:
    """What is set to one piece of JSON, as our own scripts of data are; else every string in it."""
    with suppress(ValueError):
        yield from _of_json(text[text.index("{") : text.rindex("}") + 1])
        return
    yield from (ReadText(text=found[0][1:-1]) for found in _STRING.finditer(text) if not found[0].isascii())


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Mapping():
            for key, inside in value.items():
                yield str(key)
                yield from _strings(inside)
        case list():
            for inside in value:
                yield from _strings(inside)


def _said(text: str) -> ReadText:
    """A string of data, which may hold markup."""
    return ReadText(text=unescape(_TAG.sub(" ", text)) if "<" in text else text)


def _of_feed(text: str) -> Iterator[ReadPart]:
    """The text of each element, which may hold markup once more."""
    for part in _TAG.split(text):
        if part.strip():
            yield ReadText(text=unescape(_TAG.sub(" ", unescape(part))))


def _of_calendar(text: str) -> Iterator[ReadPart]:
    yield from _of_lines(_FOLDED.sub("", text).replace("\\n", "\n").replace("\\,", ","))


def _of_markup(text: str) -> Iterator[ReadPart]:
    page = _Page()
    page.feed(text)
    page.close()
    page.flush()
    yield from page.found


class _Page(HTMLParser):
    """Tables, blocks of text, attributes and comments of a page or a drawing, and the parts of drawings."""

    def __init__(self) -> None:
        super().__init__()
        self.found = list[ReadPart]()
        self._text, self._under, self._item, self._quiet = list[str](), "", "", ""
        self._tables = list[_Table]()
        self._parts = list[_OpenDrawing]()

    def flush(self) -> None:
        """The end of a block of text."""
        if text := " ".join("".join(self._text).split()):
            self.found.append(ReadText(text=text, under=self._under, item=self._item))
        self._text = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block, a table and its parts, or a part of a drawing begins; attributes may say something."""
        said = {name: value or "" for name, value in attrs}
        self.found += [
            ReadText(text=value) for name, value in said.items() if name in _SAYS or name.startswith("data-")
        ]
        if tag in _QUIET:
            self.flush()
            self._quiet = f"{tag} {said.get('type', '')}"
        elif tag == "table":
            self._tables.append(_Table())
        elif self._tables:
            self._tables[-1].begin(tag, said.get("id", ""))
        if tag in ("g", "svg"):
            self._parts.append(_OpenDrawing())
        elif self._parts and tag in _SHAPES:
            self._parts[-1].shapes.append((tag, said))
        self._space(tag)
        if tag == "li":
            self._item = said.get("id", "")

    def handle_endtag(self, tag: str) -> None:
        """The end of one."""
        if tag in _QUIET:
            self._quiet = ""
        if self._parts and tag == "title":
            title = "".join(self._text).strip()
            part = self._parts[-1]
            part.title, part.texts = part.title or title, [text for text in part.texts if text != title]
            self._under = title if len(self._parts) == 1 else self._under
        self._space(tag)
        self._item = "" if tag == "li" else self._item
        if self._tables and tag == "table":
            self.found.append(self._tables.pop().grid())
        elif self._tables:
            self._tables[-1].end(tag)
        if self._parts and tag in ("g", "svg"):
            part = self._parts.pop()
            if tag == "g":
                self.found.append(ReadText(text=" ".join((part.title, *part.texts)), under=self._under))
            self.found.append(DrawnPart(text=part.title, single=tag == "g", shapes=tuple(part.shapes)))
            if self._parts:
                self._parts[-1].shapes += part.shapes
            if tag == "svg":
                self._under = ""

    def handle_data(self, data: str) -> None:
        """What is said; a note's number says nothing, a script its strings."""
        if self._quiet.startswith("script"):
            self.found += _of_json(data) if "json" in self._quiet else _of_script(data)
        elif not self._quiet:
            self._text.append(data)
            if self._parts and data.strip():
                self._parts[-1].texts.append(data.strip())
            if self._tables:
                self._tables[-1].say(data)

    def handle_comment(self, data: str) -> None:
        """A comment, which nobody sees and everybody can read."""
        self.found.append(ReadText(text=data))

    def _space(self, tag: str) -> None:
        if tag not in _INLINE:
            self.flush()
        elif tag in ("td", "th", "br", "small"):
            self.handle_data(" ")


class _OpenDrawing:
    """A part of a drawing."""

    def __init__(self) -> None:
        self.title, self.texts, self.shapes = "", list[str](), list[tuple[str, Mapping[str, str]]]()


class _Table:
    """A table of a page, as far as it is read."""

    def __init__(self) -> None:
        self._rows, self._caption = list[list[str]](), ""
        self._inside, self._id = "", ""

    def begin(self, tag: str, name: str) -> None:
        """Its caption, a row or a cell begins."""
        if tag == "caption":
            self._inside, self._id = tag, name
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td") and self._rows:
            self._rows[-1].append("")
            self._inside = "cell"

    def end(self, tag: str) -> None:
        """The end of a cell or of the caption."""
        if tag in ("th", "td", "caption"):
            self._inside = ""

    def say(self, text: str) -> None:
        """What stands in the caption or in a cell."""
        if self._inside == "cell":
            self._rows[-1][-1] += text
        elif self._inside:
            self._caption += text

    def grid(self) -> ReadTable:
        """The whole."""
        rows = tuple(tuple(" ".join(cell.split()) for cell in row) for row in self._rows)
        return ReadTable(rows=rows, id=self._id, under=" ".join(self._caption.split()))


_READ = {
    **dict.fromkeys((".csv", ".tsv"), _of_csv),
    **dict.fromkeys((".htm", ".html", ".svg"), _of_markup),
    **dict.fromkeys((".json", ".map", ".webmanifest"), _of_json),
    **dict.fromkeys((".js", ".mjs"), _of_script),
    **dict.fromkeys((".rels", ".rss", ".xml"), _of_feed),
    ".ics": _of_calendar,
}
