"""Published tables in words: what rows, columns and cells of a Release are called in an Edition, with their units,
marks and notes.

Owns these words, for pages, charts and files alike, so that they cannot differ. A suppressed cell has a mark and no
number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from generator.edition.render import Edition, number
from generator.edition.site import Site
from generator.files.schemas import enum_label
from generator.model.cells import Published, Shown, Suppressed
from generator.model.district import Term
from generator.model.ids import SchoolId, TermId
from generator.model.registry import TOTAL
from generator.model.releases import PublishedTable, Release

MARK = "c"  # one mark for all that is hidden, so that the mark itself tells nothing
NOBODY = "z"  # in files: there was nobody to be asked about
BY_TYPE, CONCERNS, WINDOWS = "type-level", "stage-concern", "follow-up"
BY_LEVEL = frozenset({"stage-level", BY_TYPE})
_FILES = frozenset({"electronic-files", "paper-files"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CellWords:
    """A cell in words, and whether it stands for a number that is not published."""

    text: str
    suppressed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseWords:
    """The words of one Release in one Edition."""

    edition: Edition
    release: Release

    def table(self, table: str) -> str:
        """A table's title."""
        return self.edition.say(f"table.{table}")

    def row(self, table: str, row: str) -> str:
        """A band, a school type, or the total."""
        if row == TOTAL:
            return self.edition.say("statistics.total")
        return self.edition.plain(enum_label("SchoolType" if table == BY_TYPE else "StageBand", row))

    def column(self, table: str, column: str) -> str:
        """A column: a level or window by its own title, a concern by its word, a share by its parts, the others by the
        catalogue.
        """
        part, _, whole = column.partition("/")
        if whole:
            return self.edition.say("statistics.share", part=self.column(table, part), whole=self.whole(table, whole))
        if table in BY_LEVEL and (level := next((x for x in self.release.levels if x.id == column), None)):
            return self.edition.plain(level.title)
        if table == WINDOWS:
            windows = term_of(self.edition.site, self.release.term).windows
            return next(self.edition.plain(window.title) for window in windows if window.id == column)
        if table == CONCERNS and column != "paper-files":
            return self.edition.plain(enum_label("Concern", column))
        return self.edition.say(f"column.{column}")

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
                return CellWords(text=f"[{MARK}]", suppressed=True)
            case Shown():
                text = (
                    self.edition.say("charts.share", share=f"{cell.value / 10:.1f}")
                    if is_share(column)
                    else number(cell.value)
                )
                return CellWords(text=text, suppressed=False)

    def band(self, begin: int) -> str:
        """The band of participation that begins there."""
        bands = self.release.participation
        end = bands.end(begin) if bands else None
        if end is None:
            return self.edition.say("participation.over", begin=begin)
        return self.edition.say("participation.between" if begin else "participation.under", begin=begin, end=end)

    def participation(self) -> Mapping[SchoolId, CellWords]:
        """The band of every school that was counted, where there are bands."""
        bands = self.release.participation
        return {school: self._of_school(bands.schools.get(school)) for school in self.release.counted} if bands else {}

    def _of_school(self, found: Published | None) -> CellWords:
        match found:
            case None:
                return CellWords(text=self.edition.say("participation.nobody"), suppressed=False)
            case Suppressed():
                return CellWords(text=f"[{MARK}]", suppressed=True)
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

    def notes(self, table: PublishedTable) -> Iterator[tuple[str, str]]:
        """What must be known of a column where its name does not say it: column and note."""
        for column in table.columns:
            key = f"column.{column}.note"
            if table.id not in (CONCERNS, WINDOWS) and key in self.edition.catalogue.sentences:
                yield column, self.edition.say(key)


def is_share(column: str) -> bool:
    """Whether a column holds shares, in tenths of a per cent."""
    return "/" in column


def term_of(site: Site, term: TermId) -> Term:
    """A term of the calendar. KeyError-free: references are resolved."""
    return site.repository.district.terms[term]


def term_short(edition: Edition, term: TermId) -> str:
    """A term for the axis of a chart: season and calendar year."""
    first, last, half = term.split("-")
    return edition.say(f"statistics.term.{half}", year=first if half == "1" else last)
