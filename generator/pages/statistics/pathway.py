"""The way from screened to referred, as numbers and rates, and the same term year on year.

Owns this page: which published totals are steps, of what each is a rate, and whether it counts what was there at the
end of the term or what happened in it. Every number is a total that a release shows, or is worked out from such totals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData, number
from generator.edition.site import Page
from generator.model.cells import Published, Shown
from generator.model.ids import TermId
from generator.model.registry import PARTICIPATION, TOTAL
from generator.model.releases import Release, latest
from generator.pages.statistics.tables import (
    SHOWN_MARK,
    CellWords,
    ReleaseWords,
    TableSymbols,
    is_share,
    other_schools,
    symbols,
    term_of,
    term_short,
)

FOUND = "found"  # with whom anything was found: all levels but the first


class _Step(Struct, frozen=True, kw_only=True):
    """A total and what it is a rate of. `flow`: it counts what happened in the term, not what was there at its end."""

    table: str
    column: str
    of: str = ""
    flow: bool = True


_STEPS = (
    _Step(table="files", column="enrolment", flow=False),
    _Step(table=PARTICIPATION, column="due"),
    _Step(table=PARTICIPATION, column="screened", of="due"),
    _Step(table=PARTICIPATION, column="valid", of="screened"),
    _Step(table="stage-level", column=FOUND, of="valid"),
    _Step(table="services", column="reviewed", of="valid"),
    _Step(table="services", column="counselled", of="enrolment"),
    _Step(table="services", column="referred", of="enrolment"),
    _Step(table="services", column="guardians-informed", of="enrolment"),
    _Step(table="services", column="crisis-interventions"),
    _Step(table="files", column="paper-files", of="enrolment", flow=False),
    _Step(table="files", column="electronic-files", of="enrolment", flow=False),
)
_WHERE = {step.column: step.table for step in _STEPS}


class StepCell(Struct, frozen=True, kw_only=True):
    """A step in a term: its number and its rate."""

    term: str
    cell: CellWords
    rate: str


class StepRow(Struct, frozen=True, kw_only=True):
    """A step in every year; `change` is from the year before to the newest."""

    title: str
    nature: str
    of: str
    cells: tuple[StepCell, ...]
    change: str


class PathwayTable(Struct, frozen=True, kw_only=True):
    """The same term of every year that has been released, the newest first; `others`: that the newest does not count
    the schools of the one before.
    """

    id: str
    title: str
    terms: tuple[str, ...]
    rows: tuple[StepRow, ...]
    others: str


class PathwayPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "statistics/pathway.md.j2"
    symbols: TableSymbols
    tables: tuple[PathwayTable, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The one page, once anything is released."""
    by_term = latest(edition.site.releases)
    if not by_term:
        return
    newest = by_term[max(by_term)]
    halves = sorted({_half(term) for term in by_term}, key=lambda half: half != _half(newest.term))
    yield edition.page(
        path="statistics/tables/pathway",
        kind="pathway",
        title=edition.say("pathway.title"),
        description=edition.say("pathway.description"),
        data=PathwayPage(
            symbols=symbols(ReleaseWords(edition=edition, release=newest)),
            tables=tuple(_table(edition, half, by_term) for half in halves),
        ),
        cites=[release.source for release in by_term.values()],
        hide=("toc",),  # tables are wide
    )


def _half(term: TermId) -> str:
    return term.rpartition("-")[2]


def _table(edition: Edition, half: str, by_term: Mapping[TermId, Release]) -> PathwayTable:
    terms = [term for term in sorted(by_term, reverse=True) if _half(term) == half]
    releases = [by_term[term] for term in terms]
    return PathwayTable(
        id=f"half-{half}",
        title=edition.say("pathway.half", term=edition.plain(term_of(edition.site, terms[0]).title)),
        terms=tuple(term_short(edition, term) for term in terms),
        rows=(_schools(edition, releases), *(_row(edition, step, releases) for step in _STEPS)),
        others=other_schools(edition, *releases[:2]) if len(releases) > 1 else "",
    )


def _schools(edition: Edition, releases: Sequence[Release]) -> StepRow:
    """How many schools each term's figures are of."""
    counts = [len(release.counted) for release in releases]
    cells = (
        StepCell(term=term_short(edition, release.term), cell=CellWords(text=number(count), suppressed=False), rate="")
        for release, count in zip(releases, counts, strict=True)
    )
    change = _signed(edition, counts[0], counts[1]) if _a_year_apart(releases) else ""
    nature = edition.say("pathway.of_release")
    return StepRow(title=edition.say("pathway.schools"), nature=nature, of="", cells=tuple(cells), change=change)


def _row(edition: Edition, step: _Step, releases: Sequence[Release]) -> StepRow:
    words = ReleaseWords(edition=edition, release=releases[0])
    title = edition.say("pathway.found") if step.column == FOUND else words.column(step.table, step.column)
    return StepRow(
        title=title,
        nature=edition.say("pathway.flow" if step.flow else "pathway.stock"),
        of=edition.say("pathway.of", whole=words.whole(_WHERE[step.of], step.of)) if step.of else "",
        cells=tuple(_cell(edition, step, release) for release in releases),
        change=_change(edition, step, releases),
    )


def _cell(edition: Edition, step: _Step, release: Release) -> StepCell:
    value, term = _value(release, step.column), term_short(edition, release.term)
    if value is None and not _cells(release, step.column):
        return StepCell(term=term, cell=CellWords(text=edition.say("pathway.no_number"), suppressed=False), rate="")
    if value is None:
        return StepCell(term=term, cell=CellWords(text=SHOWN_MARK, suppressed=True), rate="")
    whole = _value(release, step.of) if step.of else None
    rate = edition.say("charts.share", share=_share(value, whole)) if whole else ""
    return StepCell(term=term, cell=CellWords(text=number(value), suppressed=False), rate=rate)


def _cells(release: Release, column: str) -> list[Published]:
    """The cells whose sum a total is; none where the term's tables have no such number. With whom anything was found is
    the sum of the levels but the first.
    """
    table = release.table(_WHERE[column])
    total = table.total.cells if table and table.total else {}
    if column != FOUND:
        return [total[column]] if column in total else []
    found = [name for name in total if not is_share(name) and {*name.split("+")} <= {x.id for x in release.levels[1:]}]
    return [total[name] for name in found]


def _value(release: Release, column: str) -> int | None:
    """A total as published; None where it is not."""
    cells = _cells(release, column)
    shown = [cell.value for cell in cells if isinstance(cell, Shown)]
    return sum(shown) if cells and len(shown) == len(cells) else None


def _share(part: int, whole: int) -> str:
    """Rounded to tenths of a per cent; 0 and 100 only for none and all."""
    least, most = (0 if part == 0 else 1), (1000 if part == whole else 999)
    tenths = (2000 * part + whole) // (2 * whole)
    tenths = tenths if part > whole else min(max(tenths, least), most)
    return f"{tenths // 10}.{tenths % 10}"


def _change(edition: Edition, step: _Step, releases: Sequence[Release]) -> str:
    """From the release of the year before to the newest; empty where either does not show it."""
    if not _a_year_apart(releases):
        return ""
    new, old = (_value(release, step.column) for release in releases[:2])
    if new is None or old is None:
        return ""
    if step.column == FOUND and not releases[0].plan.as_screened_in(releases[1].plan, TOTAL):
        return edition.say("pathway.unlike")
    return _signed(edition, new, old)


def _signed(edition: Edition, new: int, old: int) -> str:
    sign = "+" if new > old else "−" if new < old else "±"
    return edition.say("pathway.change", sign=sign, count=number(abs(new - old)))


def _a_year_apart(releases: Sequence[Release]) -> bool:
    """Whether the second is of the year before the first."""
    return len(releases) > 1 and _year(releases[0]) - _year(releases[1]) == 1


def _year(release: Release) -> int:
    return int(release.term[:4])
