"""Figures over districts: coverage of clauses, open figures, released statistics.

Owns their tables. What districts count by different forms, limits, levels or windows stands apart and is never added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from generator.compliance.ratios import Grouping, Quotient, Ratio
from generator.edition.render import Edition, number
from generator.edition.site import Page
from generator.files.schemas import enum_label
from generator.model.ids import YearId
from generator.model.programme import Level
from generator.model.registry import TOTAL
from generator.model.rollup import OpenFigure, PolicyTally, Pool, RowSum
from generator.pages.rollup.standing import Together, of_how_many, path_of, term_title, together
from generator.pages.rollup.tables import (
    NONE,
    RollupCell,
    RollupPage,
    RollupRow,
    RollupSection,
    RollupTable,
    count_of,
    row_of,
    table_of,
)
from generator.pages.statistics.open_figures import value_of
from generator.pages.statistics.tables import column_title, row_title, rows_are


def pages(edition: Edition) -> Iterator[Page]:
    """Coverage, open figures, released statistics."""
    if edition.site.repository.below:
        found = together(edition.site)
        yield _page(edition, found, "coverage", (_coverage(edition, found),))
        yield _page(edition, found, "open", tuple(_open(edition, found)))
        yield _page(edition, found, "statistics", tuple(_released(edition, found)))


def _page(edition: Edition, found: Together, name: str, sections: tuple[RollupSection, ...]) -> Page:
    lead = (of_how_many(edition), edition.say(f"rollup.{name}.lead" if sections else f"rollup.{name}.none"))
    return edition.page(
        path=f"rollup/{name}",
        kind="rollup",
        title=edition.say(f"rollup.{name}"),
        description=edition.say(f"rollup.{name}.description"),
        data=RollupPage(lead=lead, links=(), sections=sections),
        cites=[edition.site.repository.district.source, *(one.source for one in found.below)],
        hide=("toc",),
    )


# --- coverage ---------------------------------------------------------------------------------------------------------


def _coverage(edition: Edition, found: Together) -> RollupSection:
    say, levels = edition.say, list(Level)
    policies = sorted(found.added.coverage, key=lambda policy: (levels.index(policy.level), policy.id))
    rows = tuple(
        row_of(
            head=RollupCell(text=policy.title, note=_word(edition, "Level", policy.level.value)),
            cells=(RollupCell(text=number(getattr(policy, name))) for name in _COVERED),
        )
        for policy in policies
    )
    names = ("policy", *_COVERED)
    table = table_of(
        id_="coverage",
        caption=say("rollup.coverage.caption"),
        columns=tuple(RollupCell(text=say(f"rollup.coverage.{name}")) for name in names),
        rows=rows,
    )
    by_district = table_of(
        id_="coverage-districts",
        caption=say("rollup.coverage.by_district"),
        columns=tuple(RollupCell(text=say(f"rollup.coverage.{name}")) for name in ("district", *_COVERED[1:])),
        rows=tuple(
            row_of(head=RollupCell(text=one.title, page=path_of(one)), cells=_covered(one.summary.coverage))
            for one in found.below
            if one.summary
        ),
    )
    return RollupSection(id="policies", title=say("rollup.coverage.policies"), said=(), tables=(table, by_district))


_COVERED = ("districts", "clauses", "rule", "reason", "not_yet")


def _covered(policies: Sequence[PolicyTally]) -> tuple[RollupCell, ...]:
    return tuple(RollupCell(text=number(sum(getattr(p, name) for p in policies))) for name in _COVERED[1:])


# --- open figures -----------------------------------------------------------------------------------------------------


def _open(edition: Edition, found: Together) -> Iterator[RollupSection]:
    for ratio in Ratio:
        together_ = [one for one in found.added.indicators if one.id == ratio.value]
        if together_:
            yield _ratio(edition, found, ratio, together_)


def _ratio(edition: Edition, found: Together, ratio: Ratio, added_: Sequence[OpenFigure]) -> RollupSection:
    say = edition.say
    rows = [
        row_of(head=RollupCell(text=one.title, page=path_of(one)), cells=_open_cells(edition, ratio, figure))
        for one in found.below
        for figure in (one.summary.indicators if one.summary else ())
        if figure.id == ratio.value and figure.by == Grouping.ALL.value
    ]
    for figure in added_:
        if figure.by in (Grouping.ALL.value, Grouping.STAGE.value):
            head = RollupCell(text=_group(edition, figure))
            rows.append(row_of(head=head, cells=_open_cells(edition, ratio, figure), total=True))
    names = ("district", "year", "value", "stated")
    table = table_of(
        id_=ratio.value,
        caption=say("rollup.open.caption", title=say(f"open.{ratio}")),
        columns=tuple(RollupCell(text=say(f"rollup.open.{name}")) for name in names),
        rows=tuple(rows),
        folded=True,
    )
    return RollupSection(
        id=f"open-{ratio.value}", title=say(f"open.{ratio}"), said=(say(f"open.{ratio}.text"),), tables=(table,)
    )


def _group(edition: Edition, figure: OpenFigure) -> str:
    if figure.by == Grouping.ALL.value:
        return edition.say("rollup.total")
    return edition.say("rollup.total_stage", stage=_word(edition, "Stage", figure.group))


def _open_cells(edition: Edition, ratio: Ratio, one: OpenFigure) -> tuple[RollupCell, ...]:
    quotient = Quotient(part=one.part, whole=one.whole, stated=one.stated, silent=one.silent)
    key = "open.all_stated" if one.silent == 0 else "open.stated"
    return (
        RollupCell(text=YearId(one.year)),
        RollupCell(text=value_of(edition, ratio, quotient)),
        RollupCell(text=edition.say(key, stated=one.stated, silent=one.silent)),
    )


# --- released statistics ----------------------------------------------------------------------------------------------


def _released(edition: Edition, found: Together) -> Iterator[RollupSection]:
    for number_, pools in enumerate(_told_once(found.added.pools), start=1):
        pool = pools[0]
        tables = tuple(_table(edition, one, f"{number_}-{table}", table) for one in pools for table in one.tables)
        yield RollupSection(
            id=f"kind-{number_}",
            title=edition.say(
                "rollup.pool",
                term=term_title(edition, pool.alike.term),
                table=edition.say(f"table.{next(iter(pool.tables))}"),
            )
            if pool.alike.windows
            else edition.say("rollup.pool_of_term", term=term_title(edition, pool.alike.term)),
            said=(_alike(edition, pool), *_instruments(edition, pool), *_waiting(edition, pool)),
            tables=tables,
        )


def _told_once(pools: Sequence[Pool]) -> Sequence[Sequence[Pool]]:
    """Tables by what is said above them, the newest term first: those of follow-ups with the others of their kind."""
    found: list[list[Pool]] = []
    for pool in sorted(pools, key=lambda pool: (pool.alike.term, not pool.alike.windows), reverse=True):
        same = (replace(pool.alike, windows=()), pool.districts, pool.schools, pool.waiting)
        group = next((g for g in found if (g[0].alike, g[0].districts, g[0].schools, g[0].waiting) == same), None)
        if group is not None and pool.alike.windows and len(group) == 1:
            group.append(pool)
        else:
            found.append([pool])
    return found


def _alike(edition: Edition, pool: Pool) -> str:
    say, limits = edition.say, pool.alike.limits
    levels = say("school.list_separator").join(edition.plain(pool.titles[id_]) for id_, *_ in pool.alike.levels)
    facts = {"districts": pool.districts, "schools": number(pool.schools), "k": limits.k, "levels": levels}
    return say("rollup.alike", **facts, least=limits.schools, per_cent=limits.per_cent, base=limits.base)


def _instruments(edition: Edition, pool: Pool) -> Iterator[str]:
    """By what each band was screened, where districts state it."""
    told = [
        edition.say(
            "rollup.instrument", band=_word(edition, "StageBand", band), by=_word(edition, "Instrument", by.value)
        )
        for band, by in pool.alike.instruments
    ]
    if told:
        yield edition.say("rollup.instruments", told=edition.say("school.list_separator").join(told))


def _waiting(edition: Edition, pool: Pool) -> Iterator[str]:
    """That corrections wait, where they do."""
    if pool.waiting:
        yield edition.say("rollup.waiting", schools=number(pool.waiting))


def _word(edition: Edition, kind: str, value: str) -> str:
    return edition.plain(enum_label(kind, value))


def _table(edition: Edition, pool: Pool, id_: str, table: str) -> RollupTable:
    say, rows = edition.say, pool.tables[table]
    columns = tuple(dict.fromkeys(column for row in rows for column in row.cells))
    titles = [rows_are(edition, table)]
    titles += [column_title(edition, table, column, pool.titles) for column in columns]
    titles += [say("column.schools"), say("rollup.districts")]
    return table_of(
        id_=f"table-{id_}",
        caption=say("rollup.table_caption", table=say(f"table.{table}"), term=term_title(edition, pool.alike.term)),
        columns=tuple(RollupCell(text=title) for title in titles),
        rows=tuple(_row(edition, pool, table, row, columns) for row in rows),
        wide=True,
        folded=True,
    )


def _row(edition: Edition, pool: Pool, table: str, row: RowSum, columns: Sequence[str]) -> RollupRow:
    base = pool.alike.limits.base
    cells = (count_of(edition, row.cells[c], pool.districts, base) if c in row.cells else NONE for c in columns)
    of = RollupCell(text=f"{row.districts}/{pool.districts}")
    head = RollupCell(text=row_title(edition, table, row.id))
    return row_of(head=head, cells=(*cells, RollupCell(text=number(row.schools)), of), total=row.id == TOTAL)
