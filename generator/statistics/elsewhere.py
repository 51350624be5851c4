"""What all other files and pages of a site say of a release otherwise than its JSON file: tables in whatever form,
sentences, drawings, what is told of each school.

Owns what of it is about a cell, and which files were not looked at. A cell that one form hides is public where another
shows it; so is a sum of cells that no table has. Must not know how files are read, nor judge what a value gives away.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from html import unescape
from pathlib import Path, PurePosixPath

from msgspec import Struct

from generator.files.catalogue import Catalogue
from generator.files.schemas import enum_label
from generator.model.cells import Cell
from generator.statistics.contents import (
    BROKEN,
    DrawnPart,
    ReadData,
    ReadPart,
    ReadTable,
    ReadText,
    UnreadFile,
    contents,
)
from generator.statistics.outsider import Besides, PublishedFile
from generator.statistics.sentences import (
    MAY_COUNT,
    NumberInText,
    PublishedTitles,
    RowInText,
    claims,
    names,
    of_cell,
    runs,
)
from generator.text import Language

_COLUMNS, _CHANGES = {"release", "table", "row", "column", "value"}, {"release", "previous", "from", "to"}
_BANDS = {"release", "school", "school_title", "band", "value"}
_COUNT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*|[0-9]{1,9}")
_SHARE = re.compile(r"([0-9]{1,4}(?:\.[0-9]+)?)\s*[%％]?")
_NOTHING = frozenset(("", "[c]", "c", "None", "…", "—"))  # what stands where nothing is told
_MARK, _NOBODY = "[c]", frozenset(("[z]", "z"))
_LEAVES = frozenset(("value", "from", "to"))  # what a cell's value is called in JSON
_PAGES = frozenset(("data", "statistics"))
_AS_TEXT = frozenset((".csv", ".htm", ".html", ".ics", ".js", ".json", ".md", ".svg", ".txt", ".vtt", ".xml"))
_LONGEST_MARK = 20  # what is longer stands in no cell
_NEAR = 0.051  # a share is shown to one place


class OtherForm(Struct, frozen=True, kw_only=True):
    """What another file says, and of what; `besides` is what it adds to what is known of counts."""

    path: str
    release: str
    place: str
    value: str
    besides: Besides | None = None


class Elsewhere(Struct, frozen=True, kw_only=True):
    """What is told otherwise, what sums of cells are told besides, the files that were not looked at, and whether
    titles are known, by which sentences are read.
    """

    found: tuple[OtherForm, ...]
    sums: tuple[Besides, ...]
    unread: tuple[str, ...]
    titled: bool


class _DataPlace(Struct, frozen=True, kw_only=True):
    """Where in data a value stands, as far as the names around it tell."""

    terms: Mapping[str, str]
    release: str = ""
    table: str = ""
    row: str = ""
    column: str = ""

    @property
    def cell(self) -> Cell:
        return Cell(table=self.table, row=self.row, column=self.column)


def elsewhere(folder: Path, files: Sequence[PublishedFile], catalogue: Catalogue) -> Elsewhere:
    """Everything that stands somewhere in a folder otherwise than in its release's JSON file, which may hide it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    reader = _Matcher(files, catalogue, *_titles(folder, paths, files, catalogue))
    found, sums = dict[tuple[str, str, str], OtherForm](), dict[Besides, None]()
    unread, seen = list[str](), set[bytes]()
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            data = path.read_bytes()
        except OSError:
            unread.append(name)
            continue
        for content in contents(name, data, seen) if reader.may_tell(name, data) else ():
            if isinstance(content, UnreadFile):
                unread.append(content.name)
            for one in reader.told(name, content):
                if isinstance(one, OtherForm):
                    found.setdefault((one.release, one.place, one.value), one)
                else:
                    sums[one] = None
    return Elsewhere(
        found=tuple(found.values()), sums=tuple(sums), unread=tuple(unread), titled=bool(reader.known.rows)
    )


# --- titles -----------------------------------------------------------------------------------------------------------


class _Schools(Struct, frozen=True, kw_only=True):
    """What schools and bands of participation are called."""

    titles: Mapping[str, str]
    bands: Mapping[str, int]


def _titles(
    folder: Path, paths: Iterable[Path], files: Sequence[PublishedFile], catalogue: Catalogue
) -> tuple[PublishedTitles, _Schools]:
    """What the release files of each language call rows, columns, terms, schools and bands."""
    grids, terms = list[ReadTable](), dict[str, str]()
    for path in paths:
        for name, data in _with_titles(path) if _of_statistics(path.relative_to(folder).as_posix()) else ():
            for content in contents(name, data, set()):
                if isinstance(content, ReadTable):
                    grids.append(content)
                elif isinstance(content, ReadData):
                    terms |= {str(term.get("title", "")): str(term["id"]) for term in _terms(content.value)}
    records = [
        dict(zip(g.rows[0], line, strict=False)) for g in grids if {*(g.rows or ((),))[0]} >= _BANDS for line in g.rows
    ]
    schools = _Schools(
        titles={record["school_title"]: record["school"] for record in records},
        bands={record["band"]: int(record["value"]) for record in records if record["value"].isdigit()},
    )
    return names(grids, [file.term for file in files], terms, catalogue), schools


def _with_titles(path: Path) -> Iterator[tuple[str, bytes]]:
    """The tables and scripts that a file is or holds, which may say what something is called."""
    with suppress(*BROKEN):
        if path.suffix in (".csv", ".js"):
            yield path.name, path.read_bytes()
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from ((name, archive.read(name)) for name in archive.namelist() if name.endswith(".csv"))


def _terms(data: object) -> list[Mapping[str, object]]:
    """The terms that data lists, as what the table builder reads does."""
    listed = data.get("terms") if isinstance(data, Mapping) else None
    return [term for term in listed if isinstance(term, Mapping) and "id" in term] if isinstance(listed, list) else []


def _releases(data: object) -> Mapping[str, str]:
    """Of which release data tells each term, where it says so."""
    return {str(term["id"]): str(term["release"]) for term in _terms(data) if "release" in term}


def _of_statistics(name: str) -> bool:
    """Whether a file lies where a site has its statistics, or in a folder of files alone."""
    parts = PurePosixPath(name).parts[:-1]
    return not _PAGES.isdisjoint(parts) or not parts


class _Release:
    """A release with its counts and shares together, and its rows, each with its cells in their order."""

    def __init__(self, file: PublishedFile) -> None:
        self.file, self.id, self.term = file, file.release, file.term
        self.told: Mapping[Cell, float | None] = {**file.cells, **file.quotients}
        self.rows = dict[tuple[str, str], list[Cell]]()
        for cell in self.told:
            self.rows.setdefault((cell.table, cell.row), []).append(cell)


# --- what is about a cell ---------------------------------------------------------------------------------------------


class _Matcher:
    """What the contents of files say of the releases."""

    def __init__(
        self, files: Sequence[PublishedFile], catalogue: Catalogue, known: PublishedTitles, schools: _Schools
    ) -> None:
        self.known = known
        self._schools = schools
        self._releases = [_Release(file) for file in sorted(files, key=lambda one: (one.term, one.revision))]
        self._newest, self._by_id = self._releases[-1], {one.id: one for one in self._releases}
        self._terms = {one.term: one.id for one in self._releases}
        self._tables = {cell.table for one in self._releases for cell in one.told}
        self._of_tables = {(c.table, name) for one in self._releases for c in one.told for name in (c.row, c.column)}
        self._known_schools = {school for file in files for school in file.bands or ()} | {
            school for file in files for of in file.answers.values() for school in of
        }
        self._rules = {rule for file in files for rule in file.answers}
        self._of_all = {rule.lower() for file in files for rule, of in file.answers.items() if not of}
        hidden = [cell for one in self._releases for cell, value in one.told.items() if value is None]
        self._rows = _words({cell.row for cell in hidden}, known.rows)
        self._columns = _words(
            {part for cell in hidden for part in (cell.column, *cell.column.split("/"))}, known.columns
        )
        self._answers = {
            catalogue.say(f"compare.released_{word}", language): word == "met"
            for word in ("met", "unmet")
            for language in Language
        }
        self._heard = set[tuple[ReadText, str]]()
        self._met = {
            said.lower(): word == "met"
            for kind in ("ReleaseVerdict", "Verdict")
            for word in ("met", "unmet")
            for said in (word, *filter(None, (enum_label(kind, word).zh, enum_label(kind, word).en)))
        }

    def may_tell(self, name: str, data: bytes) -> bool:
        """Whether a file has to be read whole: one of statistics, one whose text is not seen at once, one that names a
        row and a column of something hidden, or a rule that is told of all schools alone.
        """
        if PurePosixPath(name).suffix not in _AS_TEXT or _of_statistics(name):
            return True
        text = unescape(data.decode("utf-8", "replace")).replace("\r\n ", "").lower()
        if "\0" in text or "\\u" in text:
            return True
        return any(rule in text for rule in self._of_all) or (
            any(word in text for word in self._rows) and any(word in text for word in self._columns)
        )

    def told(self, name: str, content: ReadPart) -> Iterator[OtherForm | Besides]:
        """What is told otherwise."""
        match content:
            case ReadTable():
                yield from self._of_grid(name, content)
            case ReadText():
                yield from self._of_text(name, content)
            case ReadData():
                yield from self._of_data(
                    name, content.value, _DataPlace(terms={**self._terms, **_releases(content.value)}), ""
                )
            case DrawnPart():
                yield from self._of_drawing(name, content)

    # texts

    def _of_text(self, name: str, said: ReadText) -> Iterator[OtherForm | Besides]:
        """What a text says that was not said before of the same release."""
        page = self._of_page(name)
        school = PurePosixPath(name).stem
        for met in {met for words, met in self._answers.items() if said.item in self._rules and words in said.text}:
            yield from self._answer(name, page.id, said.item, school, met=met)
        if not self._rows or not MAY_COUNT.search(said.text) or (key := (said, page.id)) in self._heard:
            return
        self._heard.add(key)
        for claim in claims(said, self.known):
            if claim.sure or _of_statistics(name):
                yield from self._loosely(name, claim)
        for run in runs(said, self.known):
            yield from self._of_run(name, run)

    # grids

    def _of_grid(self, name: str, grid: ReadTable) -> Iterator[OtherForm | Besides]:
        heads, *lines = grid.rows or ((),)
        if {*heads} >= _COLUMNS or {*heads} >= _CHANGES:
            for line in lines:
                yield from self._of_record(name, dict(zip(heads, line, strict=False)))
            return
        page, table = self._of_page(name), grid.id.removeprefix("table-").removesuffix("-caption")
        if grid.id == f"table-{table}-caption" and table in self._tables:
            of_rows = [cells for (of, _), cells in page.rows.items() if of == table]
            for cells, line in zip(of_rows, lines, strict=False):
                for cell, text in zip(cells, line[2:], strict=False):
                    yield from self._exactly(name, page.id, cell, text)
            return
        by_words = bool(self._rows) and _of_statistics(name)
        for line in lines:
            yield from self._of_school(name, dict(zip(heads, line, strict=False)))
            for head, text in zip(heads[1:], line[1:], strict=False):
                claim = (
                    of_cell(head, line[0], grid.under, text, self.known) if by_words and text[:1].isdigit() else None
                )
                if claim:
                    yield from self._loosely(name, claim)

    def _of_record(self, name: str, record: Mapping[str, str]) -> Iterator[OtherForm | Besides]:
        if not record.keys() >= {"table", "row", "column"}:
            return
        cell = Cell(table=record["table"], row=record["row"], column=record["column"])
        for release, value in (("release", "value"), ("release", "to"), ("previous", "from")):
            if release in record and value in record:
                yield from self._exactly(name, record[release], cell, record[value])

    def _of_page(self, name: str) -> _Release:
        """A page or a file of a release tells of that, another of the newest."""
        return next((self._by_id[part] for part in re.split(r"[/.]", name) if part in self._by_id), self._newest)

    # data: the names around a value say of what it is

    def _of_data(self, name: str, value: object, place: _DataPlace, key: str) -> Iterator[OtherForm | Besides]:
        if isinstance(value, Mapping):
            yield from self._of_school(name, value)
            at = self._at(place, value)
            for inner, inside in value.items():
                yield from self._of_data(name, inside, self._below(at, str(inner)), str(inner))
        elif isinstance(value, list):
            for inside in value:
                yield from self._of_data(name, inside, place, key)
        elif place.column and (key in _LEAVES or key == place.column):
            release = place.release or self._of_page(name).id
            yield from self._exactly(name, release, place.cell, "" if value is None else str(value))

    def _at(self, place: _DataPlace, value: Mapping[str, object]) -> _DataPlace:
        """With what an object calls itself."""
        said = {key: inside for key, inside in value.items() if isinstance(inside, str)}
        release = said.get("release") or place.terms.get(said.get("term", ""), "") or place.release
        table, row, column = (said.get(key) or getattr(place, key) for key in ("table", "row", "column"))
        own = said.get("id", "")
        if own and not table:
            table = own if own in self._tables else ""
        elif own and not row:
            row = own
        return _DataPlace(terms=place.terms, release=release, table=table, row=row, column=column)

    def _below(self, place: _DataPlace, key: str) -> _DataPlace:
        """With the name under which something stands, where that is a term, a row or a column of the table."""
        release = place.terms.get(key) or (key if key in self._by_id else place.release)
        row, column = place.row, place.column
        if place.table and not row and (place.table, key) in self._of_tables:
            row = key
        elif place.table and row and (place.table, key) in self._of_tables:
            column = key
        return _DataPlace(terms=place.terms, release=release, table=place.table, row=row, column=column)

    # what is told of each school

    def _of_school(self, name: str, record: Mapping[str, object]) -> Iterator[OtherForm]:
        """The band and the answers of a school that a line of a table or an object in data tells."""
        values = [str(value) for value in record.values() if isinstance(value, str | int)]
        school = next(
            (s for value in values for s in (self._schools.titles.get(value, value),) if s in self._known_schools), ""
        )
        if not school:
            return
        page = self._of_page(name)
        file = self._by_id.get(str(record.get("release")), page).file
        begins = [self._schools.bands[value] for value in values if value in self._schools.bands]
        for begin in begins if file.bands is not None else ():
            if (file.bands or {}).get(school) != begin:
                yield OtherForm(path=name, release=file.release, place=school, value=f"{begin}%+")
        for rule in (value for value in values if value in self._rules):
            for met in {self._met[value.lower()] for value in values if value.lower() in self._met}:
                yield from self._answer(name, file.release, rule, school, met=met)

    def _answer(self, name: str, release: str, rule: str, school: str, *, met: bool) -> Iterator[OtherForm]:
        """An answer of a school that no release tells."""
        told = any(one.file.answers.get(rule, {}).get(school) is met for one in self._releases)
        if not told and school in self._known_schools:
            yield OtherForm(path=name, release=release, place=f"{rule} / {school}", value="✓" if met else "✗")

    # judging

    def _exactly(self, name: str, release: str, cell: Cell, text: str) -> Iterator[OtherForm | Besides]:
        """What stands in a place that is one cell, or the sum of some."""
        of, text = self._by_id.get(release), text.strip().lstrip("'")
        if of is None or text in _NOTHING or not (parts := _parts(of, cell)):
            return
        count = int(text.replace(",", "")) if _COUNT.fullmatch(text) else None
        besides = None if count is None else Besides(release=release, cells=parts, value=count, path=name)
        if cell not in of.told:
            if besides and any(of.told[part] is None for part in parts):
                yield besides
        elif _otherwise(of, cell, text, count):
            place = f"{cell.table} / {cell.row} / {cell.column}"
            counted = besides if cell in of.file.cells else None
            yield OtherForm(path=name, release=release, place=place, value=text, besides=counted)

    def _loosely(self, name: str, claim: NumberInText) -> Iterator[OtherForm | Besides]:
        """What a sentence says of a hidden cell, and no release says of it."""
        of = [one for one in self._releases if one.term in claim.terms] if claim.terms else [self._of_page(name)]
        beside = of if claim.terms else self._releases
        if any(_near(one.told[cell], claim) for one in beside for cell in _meant(one, claim)):
            return
        for one in of:
            cells = [*_meant(one, claim), *_added(one, claim)]
            for cell in [cell for cell in cells if one.told.get(cell) is None][:1]:
                yield from self._exactly(name, one.id, cell, f"{claim.value:g}")

    def _of_run(self, name: str, run: RowInText) -> Iterator[OtherForm | Besides]:
        """Numbers in the order of a row of a table: of one with which everything agrees that is shown, unless they are
        all that another row shows.
        """
        page = self._of_page(name)
        in_turn = [page, *(one for one in reversed(self._releases) if one is not page)]
        fitting = [(one, told) for one in in_turn for told in _as_row(one, run)]
        if fitting and all(told for _, told in fitting):
            one, told = fitting[0]
            for cell, text in told:
                yield from self._exactly(name, one.id, cell, text)

    def _of_drawing(self, name: str, part: DrawnPart) -> Iterator[OtherForm]:
        """What is hidden is drawn as a box that has one size."""
        boxes = {shape.get("width", "") for kind, shape in part.shapes if "box" in shape.get("class", "").split()}
        others = [kind for kind, shape in part.shapes if "box" not in shape.get("class", "").split()]
        hidden = (
            part.single and _MARK in part.text and not any(sign.isdigit() for sign in part.text.rpartition(_MARK)[2])
        )
        if (hidden and others) or len(boxes) > 1:
            yield OtherForm(
                path=name, release=self._of_page(name).id, place=part.text, value=" ".join(sorted(boxes) or others)
            )


def _words(ids: set[str], titles: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """By what some rows or columns are called, ids among it."""
    return tuple(sorted(ids | {title for title, of in titles.items() if of & ids}))


def _otherwise(of: _Release, cell: Cell, text: str, count: int | None) -> bool:
    """Whether a text in the place of a cell says something else than its release does, or more."""
    known, share = of.told[cell], _SHARE.fullmatch(text)
    if cell in of.file.cells and count is not None:
        return count != known
    if share and cell not in of.file.cells:
        return known is None or abs(float(share[1]) - known) > _NEAR
    says_more = len(text) <= _LONGEST_MARK and any(sign.isdigit() for sign in text)
    return known is None and (says_more or (text in _NOBODY and not _is_nobody(of, cell)))


def _is_nobody(of: _Release, cell: Cell) -> bool:
    """Whether everybody sees that a share is of nobody."""
    whole = Cell(table=cell.table, row=cell.row, column=cell.column.partition("/")[2])
    return of.file.limits.base == 1 and of.told.get(whole) == 0


def _meant(of: _Release, claim: NumberInText) -> Iterator[Cell]:
    """The cells that a claim may be about."""
    for cell in of.file.quotients if claim.per_cent else of.file.cells:
        if cell.row in claim.rows and (cell.column in claim.columns or cell.column.partition("/")[0] in claim.columns):
            yield cell


def _added(of: _Release, claim: NumberInText) -> Iterator[Cell]:
    """The sums of cells that a claim may be about."""
    tables = dict.fromkeys(cell.table for cell in of.file.cells)
    for row in (row for row in claim.rows if "+" in row and not claim.per_cent):
        sums = (Cell(table=table, row=row, column=column) for table in tables for column in sorted(claim.columns))
        yield from (cell for cell in sums if _parts(of, cell))


def _near(known: float | None, claim: NumberInText) -> bool:
    """Whether a release shows what is claimed."""
    return known is not None and abs(known - claim.value) <= (_NEAR if claim.per_cent else 0)


def _parts(of: _Release, cell: Cell) -> tuple[Cell, ...]:
    """The counts of the release that add up to a cell; nothing if some are in no table."""
    if cell in of.told:
        return (cell,)
    parts = tuple(Cell(table=cell.table, row=r, column=c) for r in cell.row.split("+") for c in cell.column.split("+"))
    return parts if all(part in of.file.cells for part in parts) else ()


def _as_row(of: _Release, run: RowInText) -> Iterator[list[tuple[Cell, str]]]:
    """For each row of a table with which the numbers agree: what they tell of its hidden cells."""
    for place, cells in of.rows.items():
        if place[1] not in run.rows or len(run.items) != len(cells) + 1 or run.items[0] != str(of.file.schools[place]):
            continue
        both = [(cell, of.told[cell], item) for cell, item in zip(cells, run.items[1:], strict=False)]
        if all(known is None or _says(item, known) or item in _NOBODY for _, known, item in both):
            yield [(cell, item) for cell, known, item in both if known is None and item[0].isdigit()]


def _says(item: str, known: float) -> bool:
    return item[0].isdigit() and abs(float(item.rstrip("%").replace(",", "")) - known) < _NEAR
