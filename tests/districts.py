"""`python -m tests.districts COUNT [--state FILE]`: a long trial over invented districts, each in four terms.

Owns the trial: every twenty-fifth district has up to 300 schools, the others 3 to 60, of all types and sizes. In each
term some schools are late, and some correct their figures; the second release counts them. What is released is held
against the promises of the methods page by the judge. A line of JSON a term goes to FILE, and a run goes on where the
last one ended. Figures follow from the number of the district alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from generator.model.cells import Suppressed
from generator.model.ids import SchoolId
from generator.model.releases import Release, written
from generator.model.submission import Submission
from generator.statistics.cut import NoRelease, cut
from generator.statistics.tables import Filing
from tests.invented import BANDS, TERM, Invented, Shape, district, public
from tests.judge import Broken, Judge

TERMS, LARGE = 4, 25  # every so manieth district is a large one
SIZES = ((6, 25), (20, 80), (60, 250), (80, 300), (100, 400))
ATTACKERS = ((15, 4), (60, 2), (300, 1))  # in districts of up to so many schools, so many are tried beside the public


class Tried(Struct, frozen=True, kw_only=True):
    """A term of a district: what was released, and what was found."""

    district: int
    term: int
    schools: int
    first: str
    second: str
    broken: Sequence[Broken]


def shape_of(number: int) -> Shape:
    """The schools of a district."""
    random = Random(f"shape/{number}")
    many = random.randint(61, 300) if number % LARGE == LARGE - 1 else random.randint(3, 60)
    kinds = random.sample(list(BANDS), random.randint(1, 4))
    size, found = random.choice(SIZES), dict.fromkeys(kinds, 0)
    for kind in random.choices(kinds, [random.choice((1, 3, 9)) for _ in kinds], k=many):
        found[kind] += 1
    return [(kind, n, size) for kind, n in found.items() if n]


def tried(number: int, term: int) -> Tried:
    """Cut the first release without the late, then the second, and let the judge try both."""
    made, random = district(shape_of(number), f"{number}/{term}"), Random(f"late/{number}/{term}")
    schools = sorted(f.school for f in made.submissions)
    late = set(random.sample(schools, min(len(schools) // 10, 3)))
    counted = {school: 1 for school in schools if school not in late}
    first = cut(made.repository, made.order(counted), lambda _: None)
    if isinstance(first, NoRelease):
        return Tried(district=number, term=term, schools=len(schools), first=str(first.why), second="", broken=())
    anew = random.sample(sorted(counted), random.choice((0, 1, min(len(counted), 12))))
    made = replace(made, submissions={**made.submissions, **_corrected(made, anew, random)})
    second = cut(
        made.repository, made.order(dict.fromkeys(schools, 1) | dict.fromkeys(anew, 2), (first,)), lambda _: None
    )
    released = [one for one in (first, second) if isinstance(one, Release)]
    judge = Judge([written(one) for one in released], public(made))
    everybody = judge.attackers()
    most = next(some for up_to, some in ATTACKERS if len(schools) <= up_to)
    who = [everybody[0], *random.sample(everybody[1:], min(most, len(everybody) - 1))]
    return Tried(
        district=number,
        term=term,
        schools=len(schools),
        first=_told(first),
        second=_told(second),
        broken=judge.broken(made.submissions.values(), who),
    )


def _corrected(made: Invented, anew: Sequence[SchoolId], random: Random) -> dict[Filing, Submission]:
    """Other figures of the same pupils."""
    found = {}
    for school in anew:
        old = made.submissions[Filing(term=TERM, school=school, revision=1)]
        bands = {
            band: replace(counts, counselled=min(counts.enrolment, counts.counselled + random.randint(0, 9)))
            for band, counts in old.bands.items()
        }
        found[Filing(term=TERM, school=school, revision=2)] = replace(old, revision=2, bands=bands)
    return found


def _told(made: Release | NoRelease) -> str:
    if isinstance(made, NoRelease):
        return str(made.why)
    cells = [told for cell, told in made.cells.items() if "/" not in cell.column]
    hidden = sum(isinstance(told, Suppressed) for told in cells)
    return f"{len(cells) - hidden}/{len(cells)} {made.plan.breadth} {'+'.join(made.plan.steps) or '-'}"


def main() -> int:
    """Try so many districts; 1 if a promise is not kept."""
    asked = argparse.ArgumentParser()
    asked.add_argument("count", type=int)
    asked.add_argument("--terms", type=int, default=TERMS)
    asked.add_argument("--state", type=Path, default=Path("build/districts.jsonl"))
    options = asked.parse_args()
    options.state.parent.mkdir(parents=True, exist_ok=True)
    done = {(line["district"], line["term"]) for line in _lines(options.state)}
    with options.state.open("a", encoding="utf-8") as file:
        smallest = sorted(range(options.count), key=lambda n: sum(many for _, many, _ in shape_of(n)))
        mixed = [number for begin in range(LARGE) for number in smallest[begin::LARGE]]
        for term in range(options.terms):  # the first of all districts, then their second: of every size soon
            for number in mixed:
                if (number, term) not in done:
                    one = tried(number, term)
                    line = {name: getattr(one, name) for name in ("district", "term", "schools", "first", "second")}
                    print(json.dumps({**line, "broken": [str(b) for b in one.broken]}), file=file, flush=True)
    return _counted(list(_lines(options.state)))


def _lines(path: Path) -> Iterator[dict[str, object]]:
    if path.is_file():
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def _counted(lines: Sequence[dict[str, object]]) -> int:
    broken = [line for line in lines if line["broken"]]
    refused = [line for line in lines if "/" not in str(line["first"])]
    print(f"{len(lines)} terms, {len(refused)} not released, {len(broken)} with a promise that is not kept")
    for line in broken[:20]:
        print(line)
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
