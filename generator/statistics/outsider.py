"""The attack that everybody can repeat: what can be worked out of published files alone, without a key.

Owns the reading of release files as a site hands them out, and the least and the greatest that each hidden count can be
in the eyes of somebody who has these files, knows the form that schools fill in and has read the methods page. Must not
know any figure that is not published, nor how anything was protected. Each release is taken by itself: its file does
not say whose figures differ from those of another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from typing import Any, TypeAlias

from generator.model.cells import Cell
from generator.model.district import RiskLevel
from generator.model.registry import BY_LEVEL, TOTAL, Breadth, Column, Table, TablePlan, registry
from generator.model.releases import Limits
from generator.statistics.programs import Constraint, Program
from generator.text import Text

_FORMAT, _FOLDER = "xinzhuli-statistics/", "data/statistics"
_NEAR = 1e-6
_WHOLE = 1 << 24  # more pupils than any district has
_RowFigure: TypeAlias = tuple[str, str, str]  # what the rows are, row, name of a figure


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A release as its JSON file tells it: tables, and every count of them; None is hidden."""

    release: str
    limits: Limits
    tables: tuple[Table, ...]
    cells: Mapping[Cell, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A hidden count, and what it must be at least and at most; None: no limit was found."""

    cell: Cell
    least: int
    greatest: int | None

    def narrow(self, k: int) -> bool:
        """Whether fewer than k lie between."""
        return self.greatest is not None and self.greatest - self.least < k


class NoReleaseFileError(Exception):
    """A file that calls itself a release's and cannot be understood."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(str(path))


def published_in(folder: Path) -> tuple[PublishedFile, ...]:
    """The releases of a built site, or whose JSON files lie in a folder. NoReleaseFileError."""
    here = folder / _FOLDER if (folder / _FOLDER).is_dir() else folder
    found: dict[str, PublishedFile] = {}
    for path in sorted(here.glob("*.json")):
        if (read := _read(path)) is not None:
            found.setdefault(read.release, read)
    return tuple(found.values())


def _read(path: Path) -> PublishedFile | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, Mapping) or not str(data.get("format", "")).startswith(_FORMAT):
        return None
    try:
        return understood(data)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise NoReleaseFileError(path) from None


def understood(data: Mapping[str, Any]) -> PublishedFile:
    """A release's JSON file. LookupError, TypeError, ValueError or AttributeError if it is none."""
    levels = [
        RiskLevel(id=level["id"], title=Text(zh=level["id"]), focus=False, paper_file=False) for level in data["levels"]
    ]
    values = {
        Cell(table=table["id"], row=row["id"], column=cell["column"]): cell["value"]
        for table in data["tables"]
        for row in table["rows"]
        for cell in row["cells"]
        if "/" not in cell["column"]  # a share is worked out of two counts that are shown
    }
    windows = dict.fromkeys(cell.column for cell in values if cell.table == "follow-up")
    tables = _tables(levels, list(windows), {(cell.table, cell.column) for cell in values})
    return PublishedFile(
        release=str(data["release"]),
        limits=Limits(**{name: _count(data["limits"].get(name, 0)) for name in Limits.__slots__}),
        tables=tables,
        cells={cell: None if value is None else _count(value) for cell, value in values.items()},
    )


def _count(value: object) -> int:
    """A count of a file. ValueError for anything that is none, or counts more than there can be."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in range(_WHOLE):
        raise ValueError(value)
    return value


def _tables(levels: Sequence[RiskLevel], windows: Sequence[str], columns: set[tuple[str, str]]) -> tuple[Table, ...]:
    """The tables that have these columns. One of levels is not there where unlike instruments found all that it would
    tell. ValueError if none do.
    """
    named = {table for table, _ in columns}
    for breadth in Breadth:
        tables = registry(levels, windows, TablePlan(breadth=breadth))
        there = tuple(table for table in tables if table.id in named or table.id not in BY_LEVEL)
        if {(table.id, column.id) for table in there for column in table.columns} == columns:
            return there
    raise ValueError(columns)


def worked_out(file: PublishedFile) -> tuple[Interval, ...]:
    """Every hidden count of a release with the least and the greatest that it can be."""
    sums = {cell: parts for table in file.tables for cell, parts in _sums(file, table)}
    numbers = {part: i for i, part in enumerate(dict.fromkeys(p for parts in sums.values() for p in parts))}
    rows = [*_shown(file, sums, numbers), *_form(numbers), *_axes(file, numbers)]
    many = len(numbers)
    program = Program([0] * many, [_WHOLE] * many, [0] * many, rows)
    found = []
    for cell in (cell for cell, value in file.cells.items() if value is None):
        columns = sorted(numbers[part] for part in sums[cell])
        least, greatest = (_furthest(program, columns, sign) for sign in (1, -1))
        known = greatest is not None and greatest < _WHOLE
        found.append(Interval(cell=cell, least=least or 0, greatest=greatest if known else None))
    return tuple(found)


def _furthest(program: Program, columns: list[int], sign: int) -> int | None:
    """The least sum of these columns (1) or the greatest (-1), rounded to the whole numbers inside."""
    program.cost(columns, [sign] * len(columns))
    solution = program.solve()
    program.cost(columns, [0] * len(columns))
    if solution is None:
        return None
    total = float(solution[columns].sum())
    return ceil(total - _NEAR) if sign > 0 else floor(total + _NEAR)


def _sums(file: PublishedFile, table: Table) -> Iterator[tuple[Cell, tuple[_RowFigure, ...]]]:
    """Each count of a table as a sum of what each row holds of each figure of the form."""
    rows = list(dict.fromkeys(cell.row for cell in file.cells if cell.table == table.id))
    plain = [row for row in rows if row != TOTAL]
    for row in rows:
        for column in table.columns:
            of = plain if row == TOTAL and plain else [row]
            yield (
                Cell(table=table.id, row=row, column=column.id),
                tuple((table.rows, one, name) for one in of for name in column.sums),
            )


def _shown(
    file: PublishedFile, sums: Mapping[Cell, Iterable[_RowFigure]], numbers: Mapping[_RowFigure, int]
) -> Iterator[Constraint]:
    columns = {(table.id, column.id): column for table in file.tables for column in table.columns}
    for cell, value in file.cells.items():
        if value is not None:
            low, high = _meant(value, columns[cell.table, cell.column], file.limits)
            yield Constraint(terms={numbers[part]: 1 for part in sums[cell]}, low=low, high=high)


def _meant(shown: int, column: Column, limits: Limits) -> tuple[int, int]:
    """The counts that are shown so. Of a column that speaks of somebody none from 1 to k - 1 is ever shown."""
    exact = limits.exact(shown) or range(shown, shown + 1)
    low, high = exact[0], exact[-1]
    if not column.sensitive:
        return low, high
    return (max(low, limits.k), high) if shown else (0, 0)


def _form(numbers: Mapping[_RowFigure, int]) -> Iterator[Constraint]:
    """What the form demands of every school, so of every row: no more than there are pupils, or results."""
    by_row: dict[tuple[str, str], dict[str, int]] = {}
    for (rows, row, name), number in numbers.items():
        by_row.setdefault((rows, row), {})[name] = number
    for names in by_row.values():
        valid = {number for name, number in names.items() if name.startswith("levels.")}
        due = valid | {n for name, n in names.items() if name == "invalid" or name.startswith("not_screened.")}
        paper = {n for name, n in names.items() if name.startswith("concerns.")}
        singly = [
            {n}
            for name, n in names.items()
            if name in ("electronic_files", "counselled", "referred", "guardians_informed")
            or name.startswith("followed_up.")
        ]
        if "enrolment" in names:
            yield from (_at_most(part, {names["enrolment"]}) for part in (due, paper, *singly) if part)
        if "reviewed" in names and valid:
            yield _at_most({names["reviewed"]}, valid)


def _at_most(part: Iterable[int], whole: Iterable[int]) -> Constraint:
    return Constraint(terms=dict.fromkeys(part, 1) | dict.fromkeys(whole, -1), low=None, high=0)


def _axes(file: PublishedFile, numbers: Mapping[_RowFigure, int]) -> Iterator[Constraint]:
    """All stages together are all types of school together."""
    by_name: dict[str, dict[str, list[int]]] = {}
    whole = {cell.table for cell in file.cells if cell.row == TOTAL}
    left_out = {name for t in file.tables if t.id not in whole for column in t.columns for name in column.sums}
    for (rows, _, name), number in numbers.items():
        if name in left_out:  # there are rows of it that no table has
            continue
        by_name.setdefault(name, {}).setdefault(rows, []).append(number)
    for axes in by_name.values():
        if len(axes) == 2:
            one, other = axes.values()
            yield Constraint(terms=dict.fromkeys(one, 1) | dict.fromkeys(other, -1), low=0, high=0)
