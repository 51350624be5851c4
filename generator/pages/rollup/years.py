"""What districts handed up over the school years: the last summary of each year that is over, and the newest.

Owns how years stand side by side. What asks for something else in another year stands in another row; nothing is added
over years.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from generator.compliance.ratios import Grouping, Quotient, Ratio
from generator.edition.render import Edition, number
from generator.edition.site import Page, Site
from generator.model.ids import YearId
from generator.model.rollup import Added, Summary, added
from generator.pages.rollup.standing import of_judged, tally_of
from generator.pages.rollup.tables import NONE, RollupCell, RollupPage, RollupSection, row_of, table_of
from generator.pages.statistics.open_figures import value_of


class YearTogether(Struct, frozen=True, kw_only=True):
    """A school year: the summaries of those that are counted, and what they come to."""

    year: YearId
    summaries: tuple[Summary, ...]
    added: Added


def pages(edition: Edition) -> Iterator[Page]:
    """The one page, where there is more than one year."""
    found = years(edition.site)
    if len(found) < 2:
        return
    say = edition.say
    yield edition.page(
        path="rollup/years",
        kind="rollup",
        title=say("rollup.years"),
        description=say("rollup.years.description"),
        data=RollupPage(
            lead=(say("rollup.years.lead"),),
            links=(RollupCell(text=say("rollup.matrix"), page="rollup/matrix"),),
            sections=(_reported(edition, found), _rules(edition, found), *_open(edition, found)),
        ),
        cites=[
            edition.site.repository.district.source,
            *(one.source for one in edition.site.repository.below.values()),
        ],
        hide=("toc",),
    )


def years(site: Site) -> tuple[YearTogether, ...]:
    """Every school year of which a summary is kept, the oldest first; of each district the last one of it."""
    of_year: dict[YearId, list[Summary]] = {}
    for one in site.repository.below.values():
        if one.counted_in is None:
            for year, told in {told.year: told for told in one.kept}.items():
                of_year.setdefault(year, []).append(told)
    return tuple(
        YearTogether(year=year, summaries=tuple(told), added=added(told)) for year, told in sorted(of_year.items())
    )


def _heads(edition: Edition, first: str, found: Sequence[YearTogether]) -> tuple[RollupCell, ...]:
    return (RollupCell(text=edition.say(first)), *(RollupCell(text=one.year) for one in found))


def _reported(edition: Edition, found: Sequence[YearTogether]) -> RollupSection:
    say = edition.say
    rows = tuple(
        row_of(
            head=RollupCell(text=one.year),
            cells=(
                RollupCell(text=number(sum(told.districts.reported for told in one.summaries))),
                RollupCell(text=number(one.added.schools)),
                RollupCell(text=edition.day(max(told.as_of for told in one.summaries))),
            ),
        )
        for one in found
    )
    columns = tuple(RollupCell(text=say(f"rollup.years.{name}")) for name in ("year", "districts", "schools", "newest"))
    table = table_of(id_="reported", caption=say("rollup.years.reported_caption"), columns=columns, rows=rows)
    return RollupSection(id="years-reported", title=say("rollup.years.reported"), said=(), tables=(table,))


def _rules(edition: Edition, found: Sequence[YearTogether]) -> RollupSection:
    """A row a rule and what it asks for."""
    say = edition.say
    by_year = [{(rule.id, rule.definition): rule for rule in one.added.rules} for one in found]
    newest = {key: rule for rules in by_year for key, rule in rules.items()}
    several = _several(newest)
    rows = tuple(
        row_of(
            head=RollupCell(
                text=rule.title,
                note=say("rollup.wording", name=rule.definition) if several[rule.id] > 1 else "",
                page=f"rollup/rules/{rule.id}" if key in by_year[-1] else "",
            ),
            cells=(
                RollupCell(
                    text=of_judged(tally_of(rules[key])), note=say("rollup.years.of", count=rules[key].districts)
                )
                if key in rules
                else NONE
                for rules in by_year
            ),
        )
        for key, rule in sorted(newest.items())
    )
    table = table_of(
        id_="rules", caption=say("rollup.years.rules_caption"), columns=_heads(edition, "rollup.rule", found), rows=rows
    )
    return RollupSection(id="years-rules", title=say("rollup.rules"), said=(), tables=(table,))


def _several(rules: Mapping[tuple[str, str], object]) -> Mapping[str, int]:
    """How many wordings a rule has had."""
    found: dict[str, int] = {}
    for id_, _ in rules:
        found[id_] = found.get(id_, 0) + 1
    return found


def _open(edition: Edition, found: Sequence[YearTogether]) -> Iterator[RollupSection]:
    say = edition.say
    rows = tuple(
        row_of(head=RollupCell(text=say(f"open.{ratio}")), cells=(_figure(edition, ratio, one) for one in found))
        for ratio in Ratio
        if any(figure.id == ratio.value for one in found for figure in one.added.indicators)
    )
    if rows:
        columns = _heads(edition, "rollup.years.figure", found)
        table = table_of(id_="open", caption=say("rollup.years.open_caption"), columns=columns, rows=rows)
        yield RollupSection(id="years-open", title=say("rollup.open"), said=(), tables=(table,))


def _figure(edition: Edition, ratio: Ratio, one: YearTogether) -> RollupCell:
    """An open figure of all schools in a year's own summaries."""
    figure = next(
        (f for f in one.added.indicators if f.id == ratio.value and f.by == Grouping.ALL.value and f.year == one.year),
        None,
    )
    if figure is None:
        return NONE
    quotient = Quotient(part=figure.part, whole=figure.whole, stated=figure.stated, silent=figure.silent)
    key = "open.all_stated" if figure.silent == 0 else "open.stated"
    return RollupCell(
        text=value_of(edition, ratio, quotient), note=edition.say(key, stated=figure.stated, silent=figure.silent)
    )
