"""A nation rolled up: 2,800 districts with 210,000 schools, in cities, provinces and one office above them.

`make FOLDER` writes every office's repository with the seeded summaries of its districts, signed; `roll FOLDER` does
what the offices do from the lowest level upwards: load the records, which checks shape, signature and id, add up, write
and sign a summary of their own and hand it up. Owns the invented nation. The engine that makes pages is measured apart.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from generator.edition.site import site
from generator.edition.summary import summary
from generator.files.tree import folder
from generator.model.registry import TOTAL
from generator.model.rollup import ALL, CellSum, Pool, RowSum, RuleTally, Summary, written
from generator.records.repository import Repository, load
from generator.sealed.signatures import SUMMARY, signed
from generator.text import Text

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 26)
DISTRICTS, CITIES, PROVINCES, SCHOOLS = 2800, 333, 31, 75  # schools of a district, on average
CORES = 2
_DISTRICT = """form: 2
id: {id}
level: {level}
title: {title}
summary: 模拟的上一级办公室。
notice: 模拟数据，均为虚构。
time_zone: Asia/Shanghai
repo_branch: main
years:
  - id: "2026-2027"
    first_day: 2026-09-01
    last_day: 2027-08-31
    returns_due: 2026-10-31
    terms:
      - id: "2026-2027-1"
        title: 2026—2027学年第一学期
        first_day: 2026-09-01
        last_day: 2027-01-22
        windows: []
areas:
  - id: all
    title: 全境
help_lines: []
"""


def main() -> None:
    what, where = sys.argv[1], Path(sys.argv[2])
    _make(where) if what == "make" else _roll(where)


def _part(whole: int, parts: int, number: int) -> range:
    return range(whole * number // parts, whole * (number + 1) // parts)


# --- the nation -------------------------------------------------------------------------------------------------------


def _make(where: Path) -> None:
    base = summary(site(_loaded(ROOT), DAY, None))
    where.mkdir(parents=True)
    key = where / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True)
    public = " ".join(key.with_suffix(".pub").read_text(encoding="ascii").split()[:2])
    _office(
        where / "nation", "nation", "nation", [f"p{n:02}" for n in range(PROVINCES)], public, DISTRICTS // PROVINCES
    )
    for province in range(PROVINCES):
        cities = [f"c{n:03}" for n in _part(CITIES, PROVINCES, province)]
        _office(where / f"p{province:02}", f"p{province:02}", "province", cities, public, DISTRICTS // CITIES)
    for city in range(CITIES):
        numbers = _part(DISTRICTS, CITIES, city)
        root = where / f"c{city:03}"
        _office(root, root.name, "city", [f"d{n:04}" for n in numbers], public, 1)
        for number in numbers:
            if random.Random(number).random() < 0.98:
                _hand_up(root, _district(base, number), key)


def _office(root: Path, id_: str, level: str, below: Sequence[str], key: str, districts: int) -> None:
    (root / "records" / "districts").mkdir(parents=True)
    (root / "records" / "summaries").mkdir()
    text = _DISTRICT.format(id=id_, level=level, title=f"模拟{id_}")
    (root / "records" / "district.yml").write_text(text, encoding="utf-8")
    for one in below:
        record = f"id: {one}\ntitle: 模拟{one}\nanswers: 指导中心\ndistricts: {districts}\nkeys:\n  - {key}\n"
        (root / "records" / "districts" / f"{one}.yml").write_text(record, encoding="utf-8")


def _hand_up(root: Path, told: Summary, key: Path) -> None:
    content, place = written(told), root / "records" / "summaries" / f"{told.district}.json"
    signature = signed(content, key, SUMMARY)
    assert signature
    place.write_bytes(content)
    place.with_name(f"{place.name}.sig").write_text(signature, encoding="ascii")


def _district(base: Summary, number: int) -> Summary:
    """A district of another size, of which some rules ask for other things and some figures are hidden."""
    chance = random.Random(number)
    schools = max(5, round(chance.gauss(SCHOOLS, 25)))
    size = schools / base.schools
    alike = chance.choice([{"k": 5}, {"k": 5}, {"k": 10}])
    return replace(
        base,
        district=f"d{number:04}",
        title=Text(zh=f"模拟{number}区", en=f"District {number}"),
        commit="0123456789abcdef0123456789abcdef01234567",
        schools=schools,
        rules=tuple(_rule(chance, rule, size) for rule in base.rules),
        indicators=tuple(
            replace(one, part=round(one.part * size), whole=round(one.whole * size)) for one in base.indicators
        ),
        pools=tuple(_pool(chance, pool, size, alike) for pool in islice(base.pools, 4)),
    )


def _rule(chance: random.Random, rule: RuleTally, size: float) -> RuleTally:
    other = f"{chance.randrange(3):012x}" if chance.random() < 0.05 else rule.definition
    if rule.subject == "district":
        return replace(rule, definition=other)
    counts = {name: tuple(round(n * size) for n in numbers) for name, numbers in rule.counts.items()}
    return replace(rule, definition=other, counts={ALL: counts[ALL], **counts})


def _pool(chance: random.Random, pool: Pool, size: float, limits: Mapping[str, int]) -> Pool:
    def row(one: RowSum) -> RowSum:
        cells = {
            name: CellSum(value=0, shown=0)
            if one.id != TOTAL and chance.random() < 0.05
            else CellSum(value=round(cell.value * size), shown=cell.shown)
            for name, cell in one.cells.items()
        }
        return replace(one, cells=cells, schools=round(one.schools * size))

    alike = replace(pool.alike, limits=replace(pool.alike.limits, **limits))
    return replace(pool, alike=alike, tables={table: tuple(map(row, rows)) for table, rows in pool.tables.items()})


# --- rolling up -------------------------------------------------------------------------------------------------------


def _loaded(root: Path) -> Repository:
    found, problems = load(folder(root)[0])
    assert found, problems
    return found


def _up(where: Path, id_: str, above: str | None) -> tuple[int, int, int]:
    """One office: read, add, write, sign, hand up. Districts, schools, bytes."""
    told = summary(site(_loaded(where / id_), DAY, None))
    if above:
        _hand_up(where / above, told, where / "key")
    return told.districts.reported, told.schools, len(written(told))


def _roll(where: Path) -> None:
    levels: list[list[tuple[str, str | None]]] = [
        [(f"c{c:03}", f"p{p:02}") for p in range(PROVINCES) for c in _part(CITIES, PROVINCES, p)],
        [(f"p{p:02}", "nation") for p in range(PROVINCES)],
        [("nation", None)],
    ]
    with ProcessPoolExecutor(CORES) as pool:
        for level in levels:
            found = list(pool.map(_one, ((where, id_, above) for id_, above in level), chunksize=4))
            print(
                f"{len(level)} offices, {sum(d for d, _, _ in found)} districts, {sum(s for _, s, _ in found)} schools"
            )
            print(f"  largest summary {max(b for *_, b in found):,} bytes")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    print(f"{cpu:.1f} CPU s; largest process {max(one.ru_maxrss for one in used) / 1024:.0f} MiB, {CORES} at once")


def _one(job: tuple[Path, str, str | None]) -> tuple[int, int, int]:
    return _up(*job)


if __name__ == "__main__":
    main()
