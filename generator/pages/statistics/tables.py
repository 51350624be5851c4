"""Published tables in words: what rows, columns and cells of a Release are called in an Edition, with their units,
marks and notes.

Owns these words, for pages, charts and files alike, so that they cannot differ. A suppressed cell has a mark and no
number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from generator.edition.render import Edition, number
from generator.edition.site import Site
from generator.files.schemas import enum_label
from generator.model.cells import Published, Shown, Suppressed
from generator.model.district import Instrument, Term
from generator.model.ids import SchoolId, TermId
from generator.model.registry import BY_LEVEL, PARTICIPATION, TOTAL, Breadth, Step
from generator.model.releases import PublishedTable, Release, Row
from generator.model.schools import SchoolShape
from generator.model.submission import StageBand
from generator.text import Text

MARK = "c"  # one mark for all that is hidden, so that the mark itself tells nothing
SHOWN_MARK = f"[{MARK}]"  # as it stands in a table
NOBODY = "z"  # there was nobody to be asked about
NOBODY_MARK = f"[{NOBODY}]"
WAITS = "w"  # a number from before a correction that waits, or perhaps from before it
BY_TYPE, CONCERNS, WINDOWS = "type-level", "stage-concern", "follow-up"
_FILES = frozenset({"electronic-files", "paper-files"})


def of_nobody(release: Release, cells: Mapping[str, Published], column: str) -> bool:
    """Whether a share is of nobody at all, as everybody sees: its whole is published as none, and not rounded to it."""
    whole = cells.get(column.partition("/")[2])
    return release.limits.base == 1 and isinstance(whole, Shown) and whole.value == 0


class CellWords(Struct, frozen=True, kw_only=True):
    """A cell in words, and whether it stands for a number that is not published."""

    text: str
    suppressed: bool


def rows_of(table: str) -> str:
    """What the rows of a table are, as the registry calls it."""
    return "type" if table == BY_TYPE else "band"


def rows_are(edition: Edition, table: str) -> str:
    """The same in words: school types or bands."""
    return edition.say("statistics.type" if table == BY_TYPE else "statistics.band")


def row_title(edition: Edition, table: str, row: str) -> str:
    """A band, a school type, or the total."""
    if row == TOTAL:
        return edition.say("statistics.total")
    kind = "SchoolType" if table == BY_TYPE else "StageBand"
    return edition.say("statistics.and").join(edition.plain(enum_label(kind, part)) for part in row.split("+"))


def column_title(edition: Edition, table: str, column: str, titles: Mapping[str, Text]) -> str:
    """A column that is no share: a level or window by its own title, a concern by its word, the others by the
    catalogue.
    """
    if "+" in column:
        return edition.say("statistics.and").join(
            column_title(edition, table, part, titles) for part in column.split("+")
        )
    if column in titles and table in (WINDOWS, *BY_LEVEL):
        return edition.plain(titles[column])
    if table == CONCERNS and column != "paper-files":
        return edition.plain(enum_label("Concern", column))
    return edition.say(f"column.{column}")


class ReleaseWords(Struct, frozen=True, kw_only=True):
    """The words of one Release in one Edition."""

    edition: Edition
    release: Release

    def table(self, table: str) -> str:
        """A table's title."""
        return self.edition.say(f"table.{table}")

    def rows_are(self, table: str) -> str:
        """What the rows of a table are: school types or bands."""
        return rows_are(self.edition, table)

    def row(self, table: str, row: str) -> str:
        """A band, a school type, or the total."""
        return row_title(self.edition, table, row)

    def instruments(self) -> str:
        """By what each band was screened in which there are pupils; nothing where that is not stated."""
        say, plain, plan = self.edition.say, self.edition.plain, self.release.plan
        present = {band for group in plan.bands for band in group}
        bands = (
            say("statistics.instrument", band=self.row(PARTICIPATION, band), used=plain(enum_label("Instrument", used)))
            for band, used in plan.instruments
            if band in present
        )
        return say("participation.separator").join(bands)

    def instrument(self, table: str, row: str) -> str | None:
        """The codes of all by which the pupils of a row were screened; None where that is not stated of all of them."""
        used = self.release.plan.used_in(rows_of(table), row)
        return None if None in used else "+".join(one.value for one in Instrument if one in used) or None

    def column(self, table: str, column: str) -> str:
        """A column, a share by its parts."""
        part, _, whole = column.partition("/")
        if whole:
            return self.edition.say("statistics.share", part=self.column(table, part), whole=self.whole(table, whole))
        known = term_of(self.edition.site, self.release.term).windows if table == WINDOWS else self.release.levels
        return column_title(self.edition, table, column, {one.id: one.title for one in known})

    def whole(self, table: str, column: str) -> str:
        """What a share is of, as it stands within a sentence."""
        title = self.column(table, column)
        return title[:1].lower() + title[1:]

    def heading(self, table: str, column: str) -> tuple[str, str]:
        """A column's title and unit where there is little room: a share says of what in its unit."""
        part, _, whole = column.partition("/")
        if not whole:
            return self.column(table, column), self.unit(table, column)
        of = self.edition.say("statistics.unit.share_of", whole=self.whole(table, whole))
        return self.edition.say("statistics.share_short", part=self.column(table, part)), of

    def cell(self, column: str, cell: Published) -> CellWords:
        """A number, a share in per cent, or the mark."""
        match cell:
            case Suppressed():
                return CellWords(text=SHOWN_MARK, suppressed=True)
            case Shown():
                text = (
                    self.edition.say("charts.share", share=f"{cell.value / 10:.1f}")
                    if is_share(column)
                    else number(cell.value)
                )
                return CellWords(text=text, suppressed=False)

    def cell_of(self, cells: Mapping[str, Published], column: str) -> CellWords:
        """A cell of a row in words."""
        if of_nobody(self.release, cells, column):
            return CellWords(text=NOBODY_MARK, suppressed=False)
        return self.cell(column, cells[column])

    def band(self, begin: int) -> str:
        """The band of participation that begins there."""
        bands = self.release.participation
        end = bands.end(begin) if bands else None
        if end is None:
            return self.edition.say("participation.over", begin=begin)
        return self.edition.say("participation.between" if begin else "participation.under", begin=begin, end=end)

    def participation(self, of: Iterable[SchoolId] | None = None) -> Mapping[SchoolId, CellWords]:
        """The band of every school that was counted, or of these of them, where there are bands."""
        bands, counted = self.release.participation, self.release.counted
        schools = counted if of is None else (school for school in of if school in counted)
        return {school: self._of_school(bands.schools.get(school)) for school in schools} if bands else {}

    def _of_school(self, found: Published | None) -> CellWords:
        match found:
            case None:
                return CellWords(text=self.edition.say("participation.nobody"), suppressed=False)
            case Suppressed():
                return CellWords(text=SHOWN_MARK, suppressed=True)
            case Shown(value=begin):
                return CellWords(text=self.band(begin), suppressed=False)

    def unit(self, table: str, column: str) -> str:
        """What is counted in a column."""
        if is_share(column):
            return self.edition.say("statistics.unit.share")
        if column in _FILES or table == CONCERNS:
            return self.edition.say("statistics.unit.files")
        return self.edition.say(
            "statistics.unit.interventions" if column == "crisis-interventions" else "statistics.unit.pupils"
        )

    def waits(self, table: str, row: str) -> bool:
        """Whether a school whose correction waits has pupils in a row: whether its figures changed there or not."""
        repository, parts = self.edition.site.repository, set(row.split("+"))
        known, first = repository.schools, repository.district.terms[self.release.term].first_day
        then = {school: known[school].shape_on(first) for school in self.release.waiting if school in known}
        return any(
            row == TOTAL
            or school not in then
            or (then[school].type.value in parts if table == BY_TYPE else parts & _bands(then[school]))
            for school in self.release.waiting
        )

    def marked_row(self, table: str, row: str) -> str:
        """A row's title, with words beside it where a correction waits."""
        title = self.row(table, row)
        return self.edition.say("statistics.row_waits", row=title) if self.waits(table, row) else title

    def waiting(self) -> str:
        """Which schools' corrections wait, and where that is marked."""
        known, say = self.edition.site.repository.schools, self.edition.say
        names = [self.edition.plain(known[s].title) if s in known else s for s in self.release.waiting]
        return say("statistics.waiting", schools=say("statistics.separator").join(names))

    def recut(self) -> str:
        """That a withdrawn revision is not repeated; nothing where none is, or where its values stand until a
        correction can be seen.
        """
        release, withdrawn = self.release, self.edition.site.withdrawn
        earlier = any(one.term == release.term and one.revision < release.revision for one in withdrawn)
        return self.edition.say("statistics.recut", mark=SHOWN_MARK) if earlier and not release.waiting else ""

    def status(self, table: str, row: Row, column: str) -> str | None:
        """What must be known of a cell beside its value, as one letter; None where there is nothing."""
        if of_nobody(self.release, row.cells, column):
            return NOBODY
        if not isinstance(row.cells[column], Shown):
            return MARK
        return WAITS if self.waits(table, row.id) else None

    def notes(self, table: PublishedTable) -> Iterator[tuple[str, str]]:
        """What must be known of a column where its name does not say it: column and note."""
        for column in table.columns:
            key = f"column.{column}.note"
            if table.id not in (CONCERNS, WINDOWS) and key in self.edition.catalogue.sentences:
                yield column, self.edition.say(key)


# --- as templates print them ------------------------------------------------------------------------------------------


class ReleasedColumn(Struct, frozen=True, kw_only=True):
    """A column; `mark` is the number of its note, if it has one."""

    title: str
    unit: str
    mark: int | None


class ReleasedRow(Struct, frozen=True, kw_only=True):
    """A row with the number of its schools."""

    title: str
    total: bool
    schools: str
    cells: tuple[CellWords, ...]


class ColumnNote(Struct, frozen=True, kw_only=True):
    """What must be known of a column, by number."""

    mark: int
    text: str


class ReleasedTable(Struct, frozen=True, kw_only=True):
    """A table as `_released.html.j2` prints it; `general` is what must be known of the whole."""

    id: str
    title: str
    caption: str
    rows_are: str
    columns: tuple[ReleasedColumn, ...]
    rows: tuple[ReleasedRow, ...]
    notes: tuple[ColumnNote, ...]
    general: tuple[str, ...]


class TableSymbols(Struct, frozen=True, kw_only=True):
    """What signs in tables mean, as `_symbols.html.j2` prints it: the mark stands for counts under `k` and others."""

    mark: str
    k: int
    zero: str
    rounded: str


class SchoolBand(Struct, frozen=True, kw_only=True):
    """A school and its band; no title where the school is gone."""

    id: SchoolId
    title: Text | None
    band: CellWords


class BandCount(Struct, frozen=True, kw_only=True):
    """How many schools lie in a band."""

    title: str
    schools: str


class SchoolBands(Struct, frozen=True, kw_only=True):
    """The bands of schools as `_participation.html.j2` prints them: all are counted, those `schools` told one by one.
    `symbol` says what the mark stands for.
    """

    caption: str
    symbol: str
    bands: tuple[BandCount, ...]
    schools: tuple[SchoolBand, ...]


def released_table(words: ReleaseWords, table: PublishedTable, caption: str) -> ReleasedTable:
    """A table with titles, cells, and notes by number."""
    notes = dict(words.notes(table))
    marks = {column: index for index, column in enumerate(notes, start=1)}
    return ReleasedTable(
        id=table.id,
        title=words.table(table.id),
        caption=caption,
        rows_are=words.rows_are(table.id),
        columns=tuple(_column(words, table, column, marks.get(column)) for column in table.columns),
        rows=tuple(_row(words, table, row) for row in table.rows),
        notes=tuple(ColumnNote(mark=marks[column], text=text) for column, text in notes.items()),
        general=tuple(_general(words, table)),
    )


def _column(words: ReleaseWords, table: PublishedTable, column: str, mark: int | None) -> ReleasedColumn:
    title, unit = words.heading(table.id, column)
    return ReleasedColumn(title=title, unit=unit, mark=mark)


def _row(words: ReleaseWords, table: PublishedTable, row: Row) -> ReleasedRow:
    return ReleasedRow(
        title=words.marked_row(table.id, row.id),
        total=row.id == TOTAL,
        schools=number(row.schools),
        cells=tuple(words.cell_of(row.cells, column) for column in row.cells),
    )


def _bands(shape: SchoolShape) -> set[str]:
    return {band.value for band in StageBand if band.stage in shape.stages}


def _general(words: ReleaseWords, table: PublishedTable) -> Iterator[str]:
    say, limits = words.edition.say, words.release.limits
    yield say(f"table.{table.id}.note")
    hidden = [
        of_nobody(words.release, row.cells, column)
        for row in table.rows
        for column, cell in row.cells.items()
        if isinstance(cell, Suppressed)
    ]
    if not all(hidden):
        yield say("statistics.symbol.c", k=limits.k, mark=SHOWN_MARK)
    if any(hidden):
        yield say("statistics.symbol.z", mark=NOBODY_MARK)
    if limits.base > 1:
        yield say("statistics.rounded", base=limits.base)
    for merged in words.release.plan.merged:
        if merged.row in {row.id for row in table.rows}:
            titles = {"row": words.row(table.id, merged.row), "part": words.row(table.id, merged.part)}
            yield say(f"statistics.merged.{merged.because}", schools=merged.schools, **titles)
    plan = words.release.plan
    if plan.breadth is not Breadth.FULL and Step.BAREST not in plan.steps:  # of which its own sentence tells
        few = say("statistics.breadth.levels") if len(words.release.levels) > 2 else ""
        yield say(f"statistics.breadth.{plan.breadth}", levels=few)
    yield from (say(f"statistics.step.{step}") for step in words.release.plan.steps)
    if table.id in (PARTICIPATION, *BY_LEVEL) and words.release.plan.instruments:
        yield say("statistics.instruments", bands=words.instruments())
    if table.id in BY_LEVEL and words.release.plan.unlike(rows_of(table.id)):
        yield say("statistics.unlike")
    if words.release.waiting:
        yield words.waiting()
    if recut := words.recut():
        yield recut


def symbols(words: ReleaseWords) -> TableSymbols:
    """The signs in the tables of a release."""
    limits, say = words.release.limits, words.edition.say
    rounded = say("statistics.symbols.rounded", base=limits.base) if limits.base > 1 else ""
    zero = say("statistics.symbols.zero_rounded" if rounded else "statistics.symbols.zero")
    return TableSymbols(mark=SHOWN_MARK, k=limits.k, zero=zero, rounded=rounded)


def school_bands(words: ReleaseWords, caption: str, of: Iterable[SchoolId] | None = None) -> SchoolBands | None:
    """The band of every school, or of these, in the order of the district's schools; None where there are no bands."""
    bands, known = words.release.participation, words.edition.site.repository.schools
    if bands is None:
        return None
    stated, say, waiting = list(bands.schools.values()), words.edition.say, words.release.waiting
    symbol = say("participation.symbol", mark=SHOWN_MARK, k=words.release.limits.k)
    if recut := words.recut():
        symbol = say("participation.recut", symbol=symbol, recut=recut)
    return SchoolBands(
        caption=caption,
        symbol=say("participation.waiting", symbol=symbol, waiting=words.waiting()) if waiting else symbol,
        bands=tuple(
            BandCount(title=words.band(begin), schools=number(stated.count(Shown(value=begin))))
            for begin in (*bands.edges[::-1], 0)
        ),
        schools=tuple(
            SchoolBand(
                id=school,
                title=known[school].title if school in known else None,
                band=replace(band, text=say("statistics.row_waits", row=band.text)) if school in waiting else band,
            )
            for school, band in words.participation(of).items()
        ),
    )


def other_schools(edition: Edition, release: Release, than: Release) -> str:
    """That a release counts other schools than another one, whose figures stand beside its own; nothing where both
    count the same.
    """
    if {*release.counted} == {*than.counted}:
        return ""
    term = edition.plain(term_of(edition.site, than.term).title)
    facts = {"schools": len(release.counted), "before": len(than.counted), "term": term}
    return edition.say("statistics.other_schools", **facts)


# --- what columns, terms and releases are called ----------------------------------------------------------------------


def is_share(column: str) -> bool:
    """Whether a column holds shares, in tenths of a per cent."""
    return "/" in column


def term_of(site: Site, term: TermId) -> Term:
    """A term of the calendar. KeyError-free: references are resolved."""
    return site.repository.district.terms[term]


# Of a year of two terms: in which calendar year each of them lies.
_HALVES: Mapping[str, Callable[[str, str], str]] = {"1": lambda first, _: first, "2": lambda _, last: last}


def term_short(edition: Edition, term: TermId) -> str:
    """A term for the axis of a chart: season and calendar year; its number, where a year has not two."""
    first, last, number = term.split("-")
    if len(edition.site.repository.district.year_of(term).terms) != len(_HALVES):
        return edition.say("statistics.term.numbered", first=first, last=last, number=number)
    return edition.say(f"statistics.term.{number}", year=_HALVES[number](first, last))


def release_title(edition: Edition, release: Release) -> str:
    """A release by its term and revision."""
    term = edition.plain(term_of(edition.site, release.term).title)
    return edition.say("releases.one", term=term, revision=release.revision)
