"""The attack that everybody can repeat: what can be worked out of published files alone, without a key.

Owns the reading of release files as a site hands them out, and the least and the greatest that each hidden count can be
in the eyes of somebody who has these files, knows the form that schools fill in and has read the methods page. Must not
know any figure that is not published, nor how anything was protected. Releases of a term are taken together: rows
without a mark count the same figures in both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, floor
from pathlib import Path
from typing import Any, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from generator.model.cells import Cell
from generator.model.district import RiskLevel
from generator.model.registry import BY_LEVEL, TOTAL, Breadth, Column, Table, TablePlan, registry
from generator.model.releases import Limits
from generator.statistics.programs import Constraint, Program, rows_of
from generator.text import Text

FOLDER = "data/statistics"  # of a site
_FORMAT = "xinzhuli-statistics/"
_MARK, _WAITS = "c", "w"  # statuses: hidden, and shown while a correction waits
_NEAR = 1e-6
_WHOLE = 1 << 24  # more pupils than any district has
_Place: TypeAlias = tuple[str, str]  # what the rows are, row
_RowFigure: TypeAlias = tuple[int, str, str, str]  # as of which revision, what the rows are, row, name of a figure


class PublishedFile(Struct, frozen=True, kw_only=True):
    """A release as its JSON file tells it: tables, and every count of them; None is hidden. `marked` rows may count
    other figures than the revision before; if it `waits`, what they say may be of the figures before.
    """

    release: str
    term: str
    revision: int
    limits: Limits
    tables: tuple[Table, ...]
    cells: Mapping[Cell, int | None]
    waits: bool = False
    marked: frozenset[_Place] = frozenset()
    shares: Mapping[Cell, float] = field(default_factory=dict)  # of which one count is hidden
    few: frozenset[tuple[str, str]] = frozenset()  # tables and rows of fewer schools than a row needs
    quotients: Mapping[Cell, float | None] = field(default_factory=dict)  # every share as it is shown, None: hidden
    schools: Mapping[tuple[str, str], int] = field(default_factory=dict)  # of each table and row
    bands: Mapping[str, int | None] | None = None  # where each school's band begins; None: no bands are told
    answers: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)  # of a rule school by school; none: of all

    def too_close(self, interval: Interval) -> bool:
        """Whether a count that may be under k, or is of too few schools, is told by fewer than k. One of k or more in
        another row is hidden for its neighbours' sake alone.
        """
        guarded = interval.least < self.limits.k or (interval.cell.table, interval.cell.row) in self.few
        return guarded and interval.narrow(self.limits.k)

    def place(self, cell: Cell) -> _Place:
        """What the rows of a cell's table are, and its row."""
        return next(table.rows for table in self.tables if table.id == cell.table), cell.row

    @property
    def told(self) -> Mapping[Cell, float]:
        """What is shown although it never may be: a count under k, or a share of hidden counts."""
        columns = {(table.id, column.id): column for table in self.tables for column in table.columns}
        small = {
            cell: value
            for cell, value in self.cells.items()
            if value is not None and _never_shown(value, columns[cell.table, cell.column], self.limits)
        }
        return {**small, **self.shares}


class Interval(Struct, frozen=True, kw_only=True):
    """A hidden count, and what it must be at least and at most; None: no limit was found."""

    cell: Cell
    least: int
    greatest: int | None

    def narrow(self, k: int) -> bool:
        """Whether fewer than k lie between."""
        return self.greatest is not None and self.greatest - self.least < k


class Besides(Struct, frozen=True, kw_only=True):
    """What else is told of a release: the sum of some of its counts, and where."""

    release: str
    cells: tuple[Cell, ...]
    value: int
    path: str


class NoReleaseFileError(Exception):
    """A file that calls itself a release's and cannot be understood."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(str(path))


def published_in(folder: Path) -> tuple[PublishedFile, ...]:
    """The releases of a built site, or whose JSON files lie in a folder. NoReleaseFileError."""
    here = folder / FOLDER if (folder / FOLDER).is_dir() else folder
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
    every = {
        Cell(table=table["id"], row=row["id"], column=cell["column"]): cell["value"]
        for table in data["tables"]
        for row in table["rows"]
        for cell in row["cells"]
    }
    values = {cell: value for cell, value in every.items() if "/" not in cell.column}
    shares = {cell: value for cell, value in every.items() if "/" in cell.column}
    windows = dict.fromkeys(cell.column for cell in values if cell.table == "follow-up")
    tables = _tables(levels, list(windows), {(cell.table, cell.column) for cell in values})
    rows_of = {table.id: table.rows for table in tables}
    schools = {(table["id"], row["id"]): _count(row["schools"]) for table in data["tables"] for row in table["rows"]}
    return PublishedFile(
        release=str(data["release"]),
        term=str(data["term"]),
        revision=_count(data["revision"]),
        limits=Limits(**{name: _count(data["limits"].get(name, 0)) for name in Limits.__struct_fields__}),
        tables=tables,
        cells={cell: None if value is None else _count(value) for cell, value in values.items()},
        waits=bool(data.get("waiting")),
        marked=frozenset(_marked(data, rows_of)),
        few=frozenset(place for place, number in schools.items() if number < data["limits"]["schools"]),
        shares={cell: float(value) for cell, value in shares.items() if value is not None and _hidden(cell, values)},
        quotients={cell: None if value is None else float(value) for cell, value in shares.items()},
        schools=schools,
        bands=_bands(data.get("participation")),
        answers={
            **{one["rule"]: {} for one in data.get("district_verdicts", ())},
            **{
                one["rule"]: {school["school"]: school["met"] for school in one["schools"]}
                for one in data.get("school_verdicts", ())
            },
        },
    )


def _bands(told: Mapping[str, Any] | None) -> Mapping[str, int | None] | None:
    return {one["school"]: one["value"] for one in told["schools"]} if told else None


def _hidden(share: Cell, counts: Mapping[Cell, object]) -> bool:
    """Whether either count is hidden that a share is the quotient of."""
    return any(counts[replace(share, column=column)] is None for column in share.column.split("/"))


def _marked(data: Mapping[str, Any], rows_of: Mapping[str, str]) -> Iterator[_Place]:
    """The rows in which a correction waits; also those that show nothing that could be marked. Where none waits beside
    an earlier revision, that was withdrawn, and any row may be another.
    """
    statuses: dict[_Place, set[str | None]] = {}
    for table in data["tables"]:
        for row in table["rows"]:
            found = statuses.setdefault((rows_of[table["id"]], row["id"]), set())
            found.update(cell.get("status") for cell in row["cells"])
    if data["revision"] > 1:
        waits = bool(data.get("waiting"))
        yield from (place for place, s in statuses.items() if not waits or _WAITS in s or s <= {_MARK})


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


def changed_little(file: PublishedFile, earlier: PublishedFile) -> tuple[Cell, ...]:
    """The counts about somebody that a revision shows otherwise than an earlier one, by fewer than k. What rounding
    makes of a change says less.
    """
    if file.limits.base > 1:
        return ()
    columns = {(table.id, column.id): column for table in file.tables for column in table.columns}
    both = ((cell, value, earlier.cells.get(cell)) for cell, value in file.cells.items())
    return tuple(
        cell
        for cell, value, before in both
        if value is not None and before is not None and columns[cell.table, cell.column].sensitive
        if 0 < abs(value - before) < file.limits.k
    )


def worked_out(
    file: PublishedFile, *others: PublishedFile, told: Iterable[Besides] = ()
) -> tuple[Interval, ...] | None:
    """Every hidden count of a release with the least and the greatest that it can be, beside other revisions of its
    term and what else is told. None if no figures fit what is published.
    """
    views, besides = sorted((file, *others), key=lambda one: one.revision), [*told]
    found = _intervals(file, views, besides, late=False)
    return _intervals(file, views, besides, late=True) if found is None else found


def _intervals(
    file: PublishedFile, views: Sequence[PublishedFile], told: Sequence[Besides], *, late: bool
) -> tuple[Interval, ...] | None:
    sums = {one.release: dict(_sums(one, late=late and one.waits)) for one in views}
    parts = (part for found in sums.values() for some in found.values() for part in some)
    numbers = {part: i for i, part in enumerate(dict.fromkeys(parts))}
    rows = [row for at, one in enumerate(views) for row in _shown(one, views[:at], sums[one.release], numbers)]
    rows += [*_form(numbers), *(row for found in sums.values() for row in _axes(found, numbers))]
    rows += [_told(one, sums[one.release], numbers, file.limits) for one in told if one.release in sums]
    many = len(numbers)
    program = Program([0] * many, [_WHOLE] * many, [0] * many, rows_of(many, rows))
    if program.solve() is None:
        return None
    found = []
    for cell in (cell for cell, value in file.cells.items() if value is None):
        columns = sorted(numbers[part] for part in sums[file.release][cell])
        least, greatest = (_furthest(program, columns, sign) for sign in (1, -1))
        known = greatest is not None and greatest < _WHOLE
        found.append(Interval(cell=cell, least=least or 0, greatest=greatest if known else None))
    return tuple(found)


def _told(
    one: Besides, sums: Mapping[Cell, Iterable[_RowFigure]], numbers: Mapping[_RowFigure, int], limits: Limits
) -> Constraint:
    """What is told of a sum."""
    terms = dict[int, int]()
    for part in (part for cell in one.cells for part in sums[cell]):
        terms[numbers[part]] = terms.get(numbers[part], 0) + 1
    exact = _shown_so(one.value, limits)
    return Constraint(terms=terms, low=exact[0], high=exact[-1])


def _furthest(program: Program, columns: list[int], sign: int) -> int | None:
    """The least sum of these columns (1) or the greatest (-1), rounded to the whole numbers inside."""
    program.cost(columns, [sign] * len(columns))
    solution = program.solve()
    program.cost(columns, [0] * len(columns))
    if solution is None:
        return None
    total = float(solution[columns].sum())
    return ceil(total - _NEAR) if sign > 0 else floor(total + _NEAR)


def _sums(file: PublishedFile, *, late: bool) -> Iterator[tuple[Cell, tuple[_RowFigure, ...]]]:
    """Each count of a release as a sum of what each row holds of each figure of the form: in a marked row as of this
    revision, else as of the first. A school that came `late` may stand in the total alone, where no row is for it.
    """
    for table in file.tables:
        rows = list(dict.fromkeys(cell.row for cell in file.cells if cell.table == table.id))
        plain = [row for row in rows if row != TOTAL]
        for row in rows:
            of = [*plain, *([TOTAL] if late else [])] if row == TOTAL and plain else [row]
            as_of = {one: file.revision if (table.rows, one) in file.marked else 1 for one in of}
            for column in table.columns:
                yield (
                    Cell(table=table.id, row=row, column=column.id),
                    tuple((as_of[one], table.rows, one, name) for one in of for name in column.sums),
                )


def _shown(
    file: PublishedFile,
    earlier: Sequence[PublishedFile],
    sums: Mapping[Cell, Iterable[_RowFigure]],
    numbers: Mapping[_RowFigure, int],
) -> Iterator[Constraint]:
    """What is shown, but for what may be of the figures before: in marked rows what says the same as before."""
    columns = {(table.id, column.id): column for table in file.tables for column in table.columns}
    for cell, value in file.cells.items():
        marked = file.waits and file.place(cell) in file.marked
        new = bool(earlier) and any(cell in one.cells and one.cells[cell] != value for one in earlier)
        if value is not None and (new or not marked):
            low, high = _meant(value, columns[cell.table, cell.column], file.limits)
            yield Constraint(terms={numbers[part]: 1 for part in sums[cell]}, low=low, high=high)


def _meant(shown: int, column: Column, limits: Limits) -> tuple[int, int]:
    """The counts that are shown so. Of a column that speaks of somebody none from 1 to k - 1 is ever shown; if one is,
    it is what it says. A 0 that large counts are rounded to may be any of them.
    """
    exact = _shown_so(shown, limits)
    low, high = exact[0], exact[-1]
    if not column.sensitive or _never_shown(shown, column, limits):
        return low, high
    return (max(low, limits.k), high) if shown else (0, 0 if high < limits.k else high)


def _never_shown(shown: int, column: Column, limits: Limits) -> bool:
    """Whether all counts that are shown so are under k, and not none."""
    return column.sensitive and shown > 0 and _shown_so(shown, limits)[-1] < limits.k


def _shown_so(shown: int, limits: Limits) -> range:
    """The counts that are shown so; this one alone where nothing is rounded."""
    return limits.exact(shown) or range(shown, shown + 1)


def _form(numbers: Mapping[_RowFigure, int]) -> Iterator[Constraint]:
    """What the form demands of every school, so of every row: no more than there are pupils, or results."""
    by_row: dict[tuple[int, str, str], dict[str, int]] = {}
    for (as_of, rows, row, name), number in numbers.items():
        by_row.setdefault((as_of, rows, row), {})[name] = number
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


def _axes(sums: Mapping[Cell, Iterable[_RowFigure]], numbers: Mapping[_RowFigure, int]) -> Iterator[Constraint]:
    """All stages together are all types of school together."""
    by_name: dict[str, dict[str, set[_RowFigure]]] = {}
    for cell, parts in sums.items():
        for part in parts if cell.row == TOTAL else ():
            by_name.setdefault(part[-1], {}).setdefault(part[1], set()).add(part)
    for axes in by_name.values():
        if len(axes) == 2:
            one, other = ({numbers[part]: 1 for part in parts} for parts in axes.values())
            yield Constraint(terms=one | dict.fromkeys(other, -1), low=0, high=0)
