"""Nothing new is learned from the site of an office above districts: an attacker, written apart from what adds up, who
knows everything that twelve districts published tries to come nearer to a hidden count with the office's files.

Two of the twelve publish the same schools, and hide other cells of them; the schools of one lie within another's area.
In one city the office counts all twelve, in another it counts neither of these twice.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeAlias

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import site
from generator.edition.summary import summary
from generator.files.catalogue import load
from generator.model.ids import YearId
from generator.model.rollup import CellSum, Pool, RowSum, Summary, written
from generator.pages import following
from generator.pages.about import changes
from generator.pages.rollup import figures, files, standing, verdicts, years
from generator.text import Language
from tests.city import CITY, hand_up, member, named, put, records, typical_summary

ROWS, COLUMNS = ("junior", "senior", "total"), ("due", "screened", "not-screened")
DISTRICTS = tuple(f"d{number:02}" for number in range(1, 13))
TWINS, WITHIN = ("d03", "d04"), ("d05", "d06")  # the same schools; those of the first are among the second's
MOST = 10_000

Place: TypeAlias = tuple[str, str, str]  # district, row, column
Bounds: TypeAlias = dict[Place, tuple[int, int]]


class Truth(Struct, frozen=True, kw_only=True):
    """What is so, and what is hidden of it."""

    counts: Mapping[Place, int]
    hidden: frozenset[Place]

    @property
    def shown(self) -> Mapping[Place, int]:
        return {place: count for place, count in self.counts.items() if place not in self.hidden}


@cache
def truth(seed: int) -> Truth:
    chance = random.Random(seed)
    counts: dict[Place, int] = {}
    for district in DISTRICTS:
        for row in ROWS[:-1]:
            screened, missed = chance.randint(50, 400), chance.randint(0, 9)
            counts |= {(district, row, "screened"): screened, (district, row, "not-screened"): missed}
    for row in ROWS[:-1]:
        for column in COLUMNS[1:]:
            counts[TWINS[1], row, column] = counts[TWINS[0], row, column]
            counts[WITHIN[1], row, column] += counts[WITHIN[0], row, column]
    for district in DISTRICTS:
        for column in COLUMNS[1:]:
            counts[district, "total", column] = sum(counts[district, row, column] for row in ROWS[:-1])
        for row in ROWS:
            counts[district, row, "due"] = sum(counts[district, row, column] for column in COLUMNS[1:])
    hidden = {place for place in counts if chance.random() < 0.6}
    for row in ROWS:  # the twins never hide the same
        hidden -= {(TWINS[1], row, column) for column in COLUMNS if (TWINS[0], row, column) in hidden}
    return Truth(counts=counts, hidden=frozenset(hidden))


def pool(told: Truth, district: str) -> Pool:
    """What a district releases: a table of three rows."""
    rows = tuple(
        RowSum(
            id=row,
            districts=1,
            schools=9,
            cells={
                column: CellSum(value=0, shown=0)
                if (district, row, column) in told.hidden
                else CellSum(value=told.counts[district, row, column], shown=1)
                for column in COLUMNS
            },
        )
        for row in ROWS
    )
    return replace(typical_summary().pools[0], districts=1, schools=9, tables={"participation": rows})


def handed(told: Truth, district: str) -> Summary:
    return replace(named(district, district, district), rules=(), coverage=(), pools=(pool(told, district),))


class World(Struct, frozen=True, kw_only=True):
    """What is so, the office's records, and the districts that it counts."""

    told: Truth
    root: Path
    counted: tuple[str, ...]


@pytest.fixture(scope="module", params=[(1, False), (2, False), (3, True)], ids=["one", "two", "nobody-twice"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    seed, once = request.param
    told, root = truth(seed), tmp_path_factory.mktemp("twelve")
    within = {TWINS[1]: TWINS[0], WITHIN[0]: WITHIN[1]} if once else {}
    put(root, {"records/district.yml": CITY})
    for district in DISTRICTS:
        areas = {TWINS[1]: TWINS[0], WITHIN[0]: WITHIN[1]}.get(district, district) if once else district
        more = [f"areas: [{areas}]", *([f"counted_in: {within[district]}"] if district in within else [])]
        put(root, {f"records/districts/{district}.yml": member(district, district, district, *more)})
        hand_up(root, handed(told, district))
    return World(told=told, root=root, counted=tuple(d for d in DISTRICTS if d not in within))


class Total(Struct, frozen=True, kw_only=True):
    """A total as the office tells it: a number, how many districts it is of, and the mark."""

    row: str
    column: str
    value: int | None
    shown: int
    status: str


def totals(root: Path) -> Iterator[Total]:
    """Every total in every file of the office."""
    made = edition(site(records(root), date(2026, 11, 30), None), Language.ZH, load())
    (page,) = files.pages(made)
    data = next(file.content for file in page.files if file.path.endswith("rollup-cells.csv"))
    for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))):
        value = int(row["value"]) if row["value"] else None
        yield Total(row=row["row"], column=row["column"], value=value, shown=int(row["shown_by"]), status=row["status"])
    own = json.loads(written(summary(made.site)))
    for told in own["releases"][0]["tables"][0]["rows"]:
        for column, cell in told["cells"].items():
            yield _from_summary(told["id"], column, cell, told["districts"])


def _from_summary(row: str, column: str, cell: object, districts: int) -> Total:
    match cell:
        case "c":
            return Total(row=row, column=column, value=None, shown=0, status="c")
        case {"at_least": int(value), "shown": int(shown)}:
            return Total(row=row, column=column, value=value, shown=shown, status="at-least")
        case int(value):
            return Total(row=row, column=column, value=value, shown=districts, status="")
    raise AssertionError(cell)


# --- the attacker -----------------------------------------------------------------------------------------------------


class Sum(Struct, frozen=True, kw_only=True):
    """That counts add up to something between two numbers."""

    of: tuple[tuple[int, Place], ...]
    least: int
    most: int


def known(told: Truth) -> list[Sum]:
    """What everybody knows without the office: the form, and which schools two districts have in common."""
    found: list[Sum] = []
    for district in DISTRICTS:
        for column in COLUMNS:
            parts = [(1, (district, row, column)) for row in ROWS[:-1]]
            found.append(Sum(of=(*parts, (-1, (district, "total", column))), least=0, most=0))
        for row in ROWS:
            parts = [(1, (district, row, column)) for column in COLUMNS[1:]]
            found.append(Sum(of=(*parts, (-1, (district, row, "due"))), least=0, most=0))
    for row in ROWS:
        for column in COLUMNS:
            same = tuple((sign, (twin, row, column)) for sign, twin in zip((1, -1), TWINS, strict=True))
            inner = tuple((sign, (one, row, column)) for sign, one in zip((1, -1), WITHIN, strict=True))
            found += (Sum(of=same, least=0, most=0), Sum(of=inner, least=-MOST, most=0))
    found += (Sum(of=((1, place),), least=count, most=count) for place, count in told.shown.items())
    return found


def said(found: Sequence[Total], counted: Sequence[str] = DISTRICTS) -> list[Sum]:
    """What the office says besides: the sum of the districts that it counts, or that it is at least so much."""
    return [
        Sum(
            of=tuple((1, (district, one.row, one.column)) for district in counted),
            least=one.value or 0,
            most=one.value if one.status == "" and one.value is not None else MOST * len(DISTRICTS),
        )
        for one in found
    ]


def bounds(statements: Sequence[Sum]) -> Bounds:
    """The least and the greatest that each count can be: every statement is used until nothing comes nearer."""
    found: Bounds = {place: (0, MOST) for one in statements for _, place in one.of}
    moved = True
    while moved:
        moved = False
        for one in statements:
            ends = [sorted((sign * found[place][0], sign * found[place][1])) for sign, place in one.of]
            low, high = sum(end[0] for end in ends), sum(end[1] for end in ends)
            for (sign, place), (its_low, its_high) in zip(one.of, ends, strict=True):
                least, most = one.least - (high - its_high), one.most - (low - its_low)
                first, last = sorted((sign * least, sign * most))
                nearer = max(found[place][0], first), min(found[place][1], last)
                moved |= nearer != found[place]
                found[place] = nearer
    return found


def subtracted(told: Truth, found: Sequence[Total], counted: Sequence[str] = DISTRICTS) -> set[tuple[str, str, int]]:
    """What is left of a total when all that is shown is taken away: parts of hidden counts."""
    left: set[tuple[str, str, int]] = set()
    for one in found:
        shown = [count for (d, r, c), count in told.shown.items() if d in counted and (r, c) == (one.row, one.column)]
        if one.value is not None and one.value != sum(shown):
            left.add((one.row, one.column, one.value - sum(shown)))
    return left


# --- what he finds ----------------------------------------------------------------------------------------------------


def test_no_total_holds_anything_of_a_hidden_count(world: World) -> None:
    told, counted = world.told, world.counted
    found = list(totals(world.root))
    assert len(found) == 2 * len(ROWS) * len(COLUMNS)
    assert {one.status for one in found} >= {"at-least"}
    assert subtracted(told, found, counted) == set()
    for one in found:
        showing = [d for d in counted if (d, one.row, one.column) not in told.hidden]
        assert (one.shown, one.status == "") == (len(showing), len(showing) == len(counted))


def test_nobody_comes_nearer_to_a_hidden_count_by_the_office(world: World) -> None:
    told = world.told
    of_office = said(list(totals(world.root)), world.counted)
    without, with_office = bounds(known(told)), bounds([*known(told), *of_office])
    assert with_office == without
    for place, (least, most) in without.items():
        assert least <= told.counts[place] <= most
    assert any(least < most for least, most in without.values())


def test_no_other_number_stands_on_the_page(world: World) -> None:
    root = world.root
    made = edition(site(records(root), date(2026, 11, 30), None), Language.ZH, load())
    body = settle(next(page.body for page in figures.pages(made) if page.path == "rollup/statistics"))
    cells = re.findall(r'<td class="xz-num" data-label="(?!学校|有这一行)[^>]*>(.*?)</td>', body)
    told = [re.sub(r"<[^>]+>|[0-9]+ 个里 [0-9]+ 个公布|,", "", cell) for cell in cells]
    numbers = {int(number) for cell in told for number in re.findall(r"[0-9]+", cell)}
    assert len(cells) == len(ROWS) * len(COLUMNS)
    assert numbers == {one.value for one in totals(root) if one.value is not None}


def test_what_is_shown_no_longer_is_told_no_longer(tmp_path: Path) -> None:
    """A district took a count back. The office keeps the summary of the year before, and tells none of its cells."""
    told, gone = truth(1), 987_654
    put(tmp_path, {"records/district.yml": CITY, "records/districts/d01.yml": member("d01", "d01", "d01")})
    hand_up(tmp_path, handed(told, "d01"))
    before = list(totals(tmp_path))
    cells = {column: CellSum(value=gone, shown=1) for column in COLUMNS}
    rows = tuple(RowSum(id=row, districts=1, schools=9, cells=cells) for row in ROWS)
    pools = (replace(pool(told, "d01"), tables={"participation": rows}),)
    kept = replace(handed(told, "d01"), year=YearId("2025-2026"), as_of=date(2026, 8, 1), pools=pools)
    hand_up(tmp_path, kept, year="2025-2026")
    assert list(totals(tmp_path)) == before
    made = edition(site(records(tmp_path), date(2026, 11, 30), None), Language.ZH, load())
    families = (standing, verdicts, figures, years, files, changes)
    built = [page for family in families for page in family.pages(made)]
    assert "rollup/years" in {page.path for page in built}
    texts = [settle(page.body) for page in built]
    texts += [file.content.decode("utf-8-sig") for page in built for file in page.files if file.path.endswith("csv")]
    texts += [file.content.decode() for file in following.files(made)]
    assert not [text for text in texts if re.search(r"987,?654", text)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_office_that_completed_one_from_another_would_be_found_out(seed: int) -> None:
    """A total of the true counts, and one that takes a hidden count from who publishes the same schools."""
    told = truth(seed)
    of_all = [
        Total(row=row, column=column, value=sum(told.counts[d, row, column] for d in DISTRICTS), shown=12, status="")
        for row in ROWS
        for column in COLUMNS
    ]
    assert subtracted(told, of_all)
    assert bounds([*known(told), *said(of_all)]) != bounds(known(told))
    row, column = next((row, column) for d, row, column in sorted(told.hidden) if d == TWINS[0])
    shown = sum(count for (_, r, c), count in told.shown.items() if (r, c) == (row, column))
    completed = Total(
        row=row, column=column, value=shown + told.counts[TWINS[1], row, column], shown=12, status="at-least"
    )
    assert subtracted(told, [completed]) == {(row, column, told.counts[TWINS[0], row, column])}
