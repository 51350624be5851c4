"""Tables of districts: what every page of an office above districts is made of.

Owns their types, and the words of a count that some districts show and some hide. Must not know what is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from generator.edition.render import Edition, TemplateData, number
from generator.model.rollup import CellSum
from generator.pages.duties.downloads import DownloadFile
from generator.pages.statistics.tables import SHOWN_MARK
from generator.text import Text

_MANY = 20  # rows; a table with more begins with what narrows it


class RollupCell(Struct, frozen=True, kw_only=True):
    """A cell in words; `note` says of how many it is; `page` and `address` lead somewhere, or are empty; `label` is its
    column's title.
    """

    text: str | Text
    note: str = ""
    page: str = ""
    address: str = ""
    hidden: bool = False
    label: str | Text = ""


class RollupRow(Struct, frozen=True, kw_only=True):
    """A row: its first cell says what it is of; `total` adds the others; `id` is its anchor, if it has one."""

    cells: tuple[RollupCell, ...]
    total: bool = False
    id: str = ""


class RollupTable(Struct, frozen=True, kw_only=True):
    """A table; the first of its columns is what rows are. `words`: cells are words and not numbers. `wide`: it scrolls
    sideways where there is little room, instead of being told row by row. `folded`: on a phone it is opened first;
    `narrowed`: it is so long that it can be searched.
    """

    id: str
    caption: str
    columns: tuple[RollupCell, ...]
    rows: tuple[RollupRow, ...]
    words: bool = False
    wide: bool = False
    folded: bool = False
    narrowed: bool = False


class RollupSection(Struct, frozen=True, kw_only=True):
    """A headline with sentences and tables."""

    id: str
    title: str
    said: tuple[str, ...]
    tables: tuple[RollupTable, ...]


class RollupPage(TemplateData, frozen=True, kw_only=True):
    """Sentences that stand first, links, sections, and files to be taken along."""

    template: ClassVar[str] = "rollup/page.md.j2"
    lead: tuple[str, ...]
    links: tuple[RollupCell, ...]
    sections: tuple[RollupSection, ...]
    files: tuple[DownloadFile, ...] = ()


def table_of(
    *,
    id_: str,
    caption: str,
    columns: Sequence[RollupCell],
    rows: Iterable[RollupRow],
    words: bool = False,
    wide: bool = False,
    folded: bool = False,
) -> RollupTable:
    """A table, each cell of which knows its column's title."""
    titled = tuple(
        replace(row, cells=tuple(replace(c, label=of.text) for c, of in zip(row.cells, columns, strict=True)))
        for row in rows
    )
    return RollupTable(
        id=id_,
        caption=caption,
        columns=tuple(columns),
        rows=titled,
        words=words,
        wide=wide,
        folded=folded,
        narrowed=len(titled) > _MANY,
    )


def row_of(*, head: RollupCell, cells: Iterable[RollupCell], total: bool = False, id_: str = "") -> RollupRow:
    """A row, and what it is of."""
    return RollupRow(cells=(head, *cells), total=total, id=id_)


NONE = RollupCell(text="—")


def count_of(edition: Edition, cell: CellSum, districts: int, base: int = 1) -> RollupCell:
    """A count of `districts`: the sum where all show it, at least that where some do, the mark where none does."""
    if cell.shown == 0:
        return RollupCell(text=SHOWN_MARK, hidden=True)
    about = edition.say("rollup.about", value=number(cell.value)) if base > 1 else number(cell.value)
    if cell.shown == districts:
        return RollupCell(text=about)
    note = edition.say("rollup.shown_by", shown=cell.shown, districts=districts)
    return RollupCell(text=edition.say("rollup.at_least", value=about), note=note)
