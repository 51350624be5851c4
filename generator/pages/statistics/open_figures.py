"""Figures of open returns that people ask for, for groups of schools and over the years.

Owns this page. Nothing on it is sealed, so nothing has to be hidden; how many schools did not state a number stands
beside each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from msgspec import Struct

from generator.compliance.ratios import SIZES, Grouping, Quotient, Ratio, SchoolGroup, groups, years
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.edition.summary import open_quotients
from generator.files.schemas import enum_label
from generator.model.ids import YearId


class RatioCell(Struct, frozen=True, kw_only=True):
    """A figure of a group in a year, and how many schools it is from."""

    year: YearId
    value: str
    stated: str


class RatioRow(Struct, frozen=True, kw_only=True):
    """A group of schools."""

    title: str
    cells: tuple[RatioCell, ...]


class RatioTable(Struct, frozen=True, kw_only=True):
    """One ratio for every group, and the latest of the whole district in a sentence."""

    ratio: Ratio
    title: str
    explain: str
    latest: str
    years: tuple[YearId, ...]
    rows: tuple[RatioRow, ...]


class OpenFiguresPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "statistics/open_figures.md.j2"
    tables: tuple[RatioTable, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The one page."""
    repository, as_of = edition.site.repository, edition.site.as_of
    told = open_quotients(edition.site)
    of_years = {year.id: told[year.id] for year in reversed(years(repository, as_of))}
    yield edition.page(
        path="statistics/open",
        kind="open-figures",
        title=edition.say("open.title"),
        description=edition.say("open.description"),
        data=OpenFiguresPage(tables=tuple(_tables(edition, of_years)) if of_years else ()),
        cites=[repository.district.source],
        hide=("toc",),  # tables are wide
    )


_OfYears = Mapping[YearId, Mapping[tuple[Ratio, SchoolGroup], Quotient]]


def _tables(edition: Edition, of_years: _OfYears) -> Iterator[RatioTable]:
    of_groups = groups(edition.site.repository, edition.site.keeping.told)
    return (_table(edition, ratio, of_groups, of_years) for ratio in Ratio)


def _table(edition: Edition, ratio: Ratio, of_groups: Sequence[SchoolGroup], of_years: _OfYears) -> RatioTable:
    rows = [_row(edition, ratio, group, of_years) for group in of_groups]
    latest = rows[0].cells[0]
    return RatioTable(
        ratio=ratio,
        title=edition.say(f"open.{ratio}"),
        explain=edition.say(f"open.{ratio}.text"),
        latest=edition.say("open.latest", year=latest.year, value=latest.value),
        years=tuple(of_years),
        rows=tuple(rows),
    )


def _row(edition: Edition, ratio: Ratio, group: SchoolGroup, of_years: _OfYears) -> RatioRow:
    cells = (_cell(edition, ratio, year, found.get((ratio, group))) for year, found in of_years.items())
    return RatioRow(title=_title(edition, group), cells=tuple(cells))


def _title(edition: Edition, group: SchoolGroup) -> str:
    match group.by:
        case Grouping.ALL:
            name = ""
        case Grouping.STAGE:
            name = edition.plain(enum_label("Stage", group.id))
        case Grouping.TYPE:
            name = edition.plain(enum_label("SchoolType", group.id))
        case Grouping.AREA:
            name = next(edition.plain(a.title) for a in edition.site.repository.district.areas if a.id == group.id)
        case Grouping.SIZE:
            name = _size(edition, int(group.id))
    return edition.say(f"open.group.{group.by}", name=name)


def _size(edition: Edition, which: int) -> str:
    if which == len(SIZES):
        return edition.say("open.size.over", low=SIZES[-1])
    low = SIZES[which - 1] + 1 if which else 1
    return edition.say("open.size.between", low=low, high=SIZES[which])


def _cell(edition: Edition, ratio: Ratio, year: YearId, found: Quotient | None) -> RatioCell:
    if found is None:
        return RatioCell(year=year, value=edition.say("open.nobody"), stated="")
    key = "open.all_stated" if found.silent == 0 else "open.stated"
    stated = edition.say(key, stated=found.stated, silent=found.silent)
    return RatioCell(year=year, value=value_of(edition, ratio, found), stated=stated)


def value_of(edition: Edition, ratio: Ratio, found: Quotient) -> str:
    """To one decimal. A share is cut, not rounded: 100 is said only of all."""
    if found.whole == 0:
        return edition.say("open.none" if found.stated else "open.silent")
    if ratio.is_share:
        tenths = int(1000 * found.part) // int(found.whole)
        return edition.say("charts.share", share=f"{tenths // 10}.{tenths % 10}")
    if ratio is Ratio.YUAN_PER_PUPIL:
        return f"{found.part / found.whole:,.2f}"
    return f"{found.part / found.whole:,.1f}"
