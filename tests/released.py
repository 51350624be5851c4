"""Releases of invented figures, in a chain: three terms' worth of hand-made counts, and what is suppressed of them.

Used to write the fixtures too.

Nothing here protects anything: the pattern of what is suppressed was thought out by hand for the three schools of the
typical district. The scrape attack tries it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.district import RiskLevel
from generator.model.duties import RuleId
from generator.model.ids import SchoolId, TermId
from generator.model.registry import TOTAL, Table, registry
from generator.model.releases import (
    Certificate,
    DistrictVerdict,
    Limits,
    Link,
    Participation,
    Release,
    SchoolVerdicts,
    arranged,
    digest,
    id_of,
    path_of,
)
from generator.problems import Position
from generator.text import Text

LEVELS = (
    RiskLevel(id="none", title=Text(zh="未见异常", en="No concern found"), focus=False, paper_file=False),
    RiskLevel(id="general", title=Text(zh="一般关注", en="General attention"), focus=False, paper_file=True),
    RiskLevel(id="close", title=Text(zh="重点关注", en="Close attention"), focus=True, paper_file=True),
    RiskLevel(id="highest", title=Text(zh="高度关注", en="Highest attention"), focus=True, paper_file=True),
)
HIDDEN_ROWS = {
    "primary-upper",
    "junior",
    "primary",
    "nine-year",
}  # the one school with a junior stage could be worked out from the others
HIDDEN_SMALL = {"close", "highest", "eating", "sleep", "relationships", "referred", "crisis-interventions"}
ROWS = {"band": ("primary-lower", "primary-middle", "primary-upper", "junior"), "type": ("primary", "nine-year")}
SCHOOLS = {
    "primary-lower": 3,
    "primary-middle": 3,
    "primary-upper": 3,
    "junior": 1,
    "primary": 2,
    "nine-year": 1,
    TOTAL: 3,
}

# Atoms by row. Levels: none, general, close, highest. Concerns in the order of the closed set.
Figures = Mapping[str, Mapping[str, Sequence[int]]]
AUTUMN: Figures = {
    "enrolment": {"primary-lower": [1248], "primary-middle": [1302], "primary-upper": [1313], "junior": [527]},
    "missed": {"primary-lower": [31], "primary-middle": [24], "primary-upper": [22], "junior": [9]},
    "invalid": {"primary-lower": [12], "primary-middle": [10], "primary-upper": [8], "junior": [6]},
    "levels": {
        "primary-lower": [1120, 74, 9, 2],
        "primary-middle": [1164, 88, 13, 3],
        "primary-upper": [1140, 118, 20, 5],
        "junior": [438, 60, 11, 3],
    },
    "concerns": {
        "primary-lower": [21, 34, 3, 6, 15, 6],
        "primary-middle": [24, 41, 4, 9, 17, 9],
        "primary-upper": [30, 60, 5, 12, 25, 11],
        "junior": [14, 30, 4, 8, 12, 6],
    },
    "electronic": {"primary-lower": [1236], "primary-middle": [1296], "primary-upper": [1309], "junior": [527]},
    "windows": {
        "primary-lower": [64, 58, 71],
        "primary-middle": [72, 69, 80],
        "primary-upper": [95, 90, 104],
        "junior": [50, 47, 58],
    },
    "services": {
        "primary-lower": [85, 40, 2, 11, 1],
        "primary-middle": [104, 52, 4, 16, 2],
        "primary-upper": [143, 71, 7, 25, 2],
        "junior": [74, 39, 5, 14, 2],
    },
}
SPRING: Figures = {
    **AUTUMN,
    "missed": {"primary-lower": [24], "primary-middle": [19], "primary-upper": [17], "junior": [8]},
    "levels": {
        "primary-lower": [1131, 71, 8, 2],
        "primary-middle": [1172, 84, 14, 3],
        "primary-upper": [1149, 115, 18, 6],
        "junior": [442, 57, 11, 3],
    },
    "electronic": {"primary-lower": [1248], "primary-middle": [1302], "primary-upper": [1313], "junior": [527]},
}


def counts(figures: Figures, table: Table) -> dict[Cell, int]:
    """The true cells of a table: bands as given; school types invented so that they add up."""
    by_band = {row: _row(figures, table.id, row) for row in ROWS["band"]}
    total = [sum(column) for column in zip(*by_band.values(), strict=True)]
    third = [value // 3 for value in total[1:]]
    by_type = {
        "primary": [total[0] - sum(third), *(t - n for t, n in zip(total[1:], third, strict=True))],
        "nine-year": [sum(third), *third],
    }
    rows = by_band if table.rows == "band" else by_type
    named = {**rows, TOTAL: total}
    return {
        Cell(table=table.id, row=row, column=c.id): v
        for row, values in named.items()
        for c, v in zip(table.columns, values, strict=True)
    }


def _row(figures: Figures, table: str, row: str) -> list[int]:
    missed, invalid, levels = figures["missed"][row][0], figures["invalid"][row][0], list(figures["levels"][row])
    valid = sum(levels)
    match table:
        case "participation":
            return [valid + invalid + missed, valid + invalid, missed, valid, invalid]
        case "stage-level" | "type-level":
            return [valid, *levels]
        case "stage-concern":
            return [sum(figures["concerns"][row]), *figures["concerns"][row]]
        case "files":
            return [figures["enrolment"][row][0], figures["electronic"][row][0], sum(figures["concerns"][row])]
        case "follow-up":
            return list(figures["windows"][row])
        case _:
            return list(figures["services"][row])


def published(
    figures: Figures, windows: Sequence[str], base: int
) -> tuple[Mapping[Cell, Published], tuple[Table, ...]]:
    """The cells with the hand-made pattern, and the tables."""
    tables = registry(LEVELS, windows)
    cells: dict[Cell, Published] = {}
    for table in tables:
        true = counts(figures, table)
        for cell, value in true.items():
            hidden = cell.row in HIDDEN_ROWS or (cell.row != TOTAL and cell.column in HIDDEN_SMALL)
            cells[cell] = Suppressed() if hidden else Shown(value=(2 * value + base) // (2 * base) * base)
        for part, whole in table.shares:
            for row in {cell.row for cell in true}:
                above, below = (cells[Cell(table=table.id, row=row, column=name)] for name in (part, whole))
                known = isinstance(above, Shown) and isinstance(below, Shown)
                share = Shown(value=(2000 * above.value + below.value) // (2 * below.value)) if known else Suppressed()  # type: ignore[union-attr]
                cells[Cell(table=table.id, row=row, column=f"{part}/{whole}")] = share
    return cells, tables


def release(
    term: str,
    revision: int,
    day: date,
    figures: Figures,
    windows: Sequence[str],
    *,
    base: int = 1,
    previous: Release | None = None,
    why: Text | None = None,
) -> Release:
    """A Release of these figures, after `previous`."""
    cells, tables = published(figures, windows, base)
    name = id_of(TermId(term), revision)
    contributing = {(cell.table, cell.row): SCHOOLS[cell.row] for cell in cells}
    counted = {SchoolId("xz01"): revision, SchoolId("xz10"): 1, SchoolId("xz37"): 1}
    verdicts = {SchoolId("xz01"): revision > 1 or base > 1, SchoolId("xz10"): True, SchoolId("xz37"): base > 1}
    at = Position(path=path_of(name))
    return Release(
        id=name,
        term=TermId(term),
        revision=revision,
        released_on=day,
        correction=why,
        registry=1,
        limits=Limits(k=5, schools=2, per_cent=90, base=base),
        levels=LEVELS,
        windows=tuple(windows),
        counted=counted,
        tables=arranged(tables, cells, contributing),
        participation=Participation(edges=(85, 95), schools=_participation(spring=base > 1)),
        school_verdicts=(
            SchoolVerdicts(
                rule=RuleId("SCREEN-02"),
                target=95,
                schools=dict.fromkeys(counted, True) | {SchoolId("xz37"): base == 1},
                source=at,
            ),
            SchoolVerdicts(rule=RuleId("FILE-01"), target=100, schools=verdicts, source=at),
        ),
        district_verdicts=(DistrictVerdict(rule=RuleId("FILE-02"), target=100, met=2, judged=3, source=at),),
        certificate=Certificate(schools=3, pairs=3),
        previous=Link(id=previous.id, digest=digest(previous)) if previous else None,
        source=at,
    )


def _participation(*, spring: bool) -> Mapping[SchoolId, Published]:
    """One school is too small for a band; in spring it is one where nobody is due."""
    last = {SchoolId("xz37"): Shown(value=85 if spring else 95)}
    return {SchoolId("xz01"): Shown(value=95), **({} if spring else {SchoolId("xz10"): Suppressed()}), **last}


def chain() -> tuple[Release, ...]:
    """The fixture's releases: an autumn, its correction, and a spring whose counts are rounded."""
    why = Text(
        zh="泉畔第一小学更正了一、二年级的电子档案数。",
        en="Springside No. 1 Primary School corrected the electronic files of grades 1 and 2.",
    )
    windows = ("term-start", "national-day", "mid-term")
    first = release("2025-2026-1", 1, date(2025, 12, 2), AUTUMN, windows)
    corrected = {**AUTUMN, "electronic": {**AUTUMN["electronic"], "primary-lower": [1248]}}
    second = release("2025-2026-1", 2, date(2025, 12, 16), corrected, windows, previous=first, why=why)
    return (
        first,
        second,
        release(
            "2025-2026-2", 1, date(2026, 7, 21), SPRING, ("term-start", "mid-term", "may-day"), base=5, previous=second
        ),
    )
