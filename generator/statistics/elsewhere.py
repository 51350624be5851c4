"""What other files and pages of a site show of a release otherwise than its JSON file: tables as CSV, pages, other
JSON files of it, what the table builder reads.

Owns how these are read back. A cell that one form hides is public where another shows it. Must not judge what a value
gives away.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

from msgspec import Struct

from generator.model.cells import Cell
from generator.statistics.outsider import FOLDER, PublishedFile

_COLUMNS, _CHANGES = {"release", "table", "row", "column", "value"}, {"release", "previous", "from", "to"}
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*|[0-9]{1,9}")
_PAGES, _BUILDER = "statistics", "builder-data.js"
_ShownCell = tuple[str, Cell, str]  # release, cell, what stands there


class OtherForm(Struct, frozen=True, kw_only=True):
    """A count as another file or page shows it."""

    path: str
    release: str
    cell: Cell
    value: int


def elsewhere(folder: Path, files: Sequence[PublishedFile]) -> Iterator[OtherForm]:
    """Every count that stands somewhere in a folder otherwise than in its release's JSON file, which may hide it."""
    known = {file.release: file for file in files}
    seen = set[tuple[str, Cell, int]]()
    for path in sorted(_paths(folder)):
        for release, cell, text in _read(path, known):
            value = int(text.replace(",", "")) if _COUNT.fullmatch(text) else None
            if value is None or release not in known or cell not in known[release].cells:
                continue
            if known[release].cells[cell] != value and (release, cell, value) not in seen:
                seen.add((release, cell, value))
                yield OtherForm(path=path.relative_to(folder).as_posix(), release=release, cell=cell, value=value)


def _paths(folder: Path) -> Iterator[Path]:
    """Of a site, what lies where its statistics lie, in each language; of another folder what lies in it."""
    halves = [folder, *sorted(filter(_is_site, folder.iterdir()))] if _is_site(folder) else []
    tops = [half / name for half in halves for name in (FOLDER, _PAGES)]
    found = [path for top in tops for path in top.rglob("*")] or list(folder.glob("*"))
    yield from (path for path in found if path.suffix in (".csv", ".html", ".js", ".json") and path.is_file())


def _is_site(folder: Path) -> bool:
    with suppress(OSError):  # what may not be looked into
        return (folder / FOLDER).is_dir()
    return False


def _read(path: Path, known: Mapping[str, PublishedFile]) -> Iterable[_ShownCell]:
    """What a file shows; nothing if it is none that is known here."""
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError, csv.Error, RecursionError):
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix == ".csv":
            return list(_of_csv(text))
        if path.suffix == ".html":
            return list(_of_page(path, text, known))
        if path.name == _BUILDER:
            return list(_of_builder(text))
        if path.suffix == ".json":
            return list(_of_release_file(text))
    return ()


def _of_csv(text: str) -> Iterator[_ShownCell]:
    rows = csv.DictReader(io.StringIO(text))
    names = frozenset(rows.fieldnames or ())
    for row in rows if names >= _COLUMNS or names >= _CHANGES else ():
        cell = Cell(table=row["table"], row=row["row"], column=row["column"])
        if names >= _COLUMNS:
            yield row["release"], cell, row["value"] or ""
        else:
            yield from ((row["release"], cell, row["to"] or ""), (row["previous"], cell, row["from"] or ""))


def _of_release_file(text: str) -> Iterator[_ShownCell]:
    """Another JSON file of the release: `latest`, or in another language's half."""
    data = json.loads(text)
    for table in data["tables"]:
        for row in table["rows"]:
            for cell in row["cells"]:
                place = Cell(table=str(table["id"]), row=str(row["id"]), column=str(cell["column"]))
                yield str(data["release"]), place, str(cell["value"])


def _of_builder(text: str) -> Iterator[_ShownCell]:
    data = json.loads(text[text.index("{") : text.rindex("}") + 1])
    releases = {str(term["id"]): str(term["release"]) for term in data["terms"]}
    for table in data["tables"]:
        for term, rows in table["cells"].items():
            for row, columns in rows.items():
                for column, value in columns.items():
                    yield releases[term], Cell(table=str(table["id"]), row=row, column=column), str(value)


def _of_page(path: Path, text: str, known: Mapping[str, PublishedFile]) -> Iterator[_ShownCell]:
    """A page of a release tells of that, a page of a table of the last term's."""
    newest = max(known.values(), key=lambda one: (one.term, one.revision))
    file = known.get(path.stem) if path.parent.name == "releases" else newest
    if file is None:
        return
    parser = _TablesByCaption()
    parser.feed(text)
    for table in file.tables:
        rows = list(dict.fromkeys(cell.row for cell in file.cells if cell.table == table.id))
        _, *lines = parser.tables.get(f"table-{table.id}-caption", [[]])
        for row, line in zip(rows, lines, strict=False):
            for column, said in zip(table.columns, line[2:], strict=False):
                yield file.release, Cell(table=table.id, row=row, column=column.id), said.strip()


class _TablesByCaption(HTMLParser):
    """The rows of every table of a page, by the id of its caption."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._rows, self._inside = list[list[str]](), False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The beginning of a table, its caption, a row or a cell."""
        if tag == "table":
            self._rows = []
        elif tag == "caption":
            self.tables.setdefault(dict(attrs).get("id") or "", self._rows)
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td") and self._rows:
            self._rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        """The end of a cell."""
        self._inside = self._inside and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        """What stands in a cell."""
        if self._inside:
            self._rows[-1][-1] += data
