"""`python -m bench.cutting SCHOOLS RELEASES`: cut all tables of the registry for one term, then its correction after
some schools mended a figure; then of another term, and so on.

Owns the invention: the sample's schools as often as needed, and what they mend. A correction is attacked together with
what it corrects, by every school and by every two of a small row, as the command does. Nothing of it is ever published.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from msgspec.structs import replace

from generator.cli.main import collect_seldom
from generator.model.cells import Suppressed
from generator.model.ids import SchoolId
from generator.model.releases import Link, Release, digest
from generator.model.submission import Submission
from generator.records.repository import Repository
from generator.statistics.cut import Order, cut
from generator.statistics.tables import Filing
from generator.text import Text
from sample.__main__ import ROOT, without_sealed
from sample.submissions import TERMS, filings

TERM, DAY, MENDED, PUPILS = TERMS[1], date(2026, 1, 15), 6, 3


def main() -> None:
    """Cut all releases; print what each cost."""
    collect_seldom()  # as the command does
    schools, releases = int(sys.argv[1]), int(sys.argv[2])
    repository = _many(replace(without_sealed(ROOT), releases={}), schools)
    term = repository.district.terms[TERM]
    submissions = {Filing(term=s.term, school=s.school, revision=s.revision): s for s in _handed_in(repository)}
    counted = {filing.school: filing.revision for filing in submissions}
    before: tuple[Release, ...] = ()
    for number in range(releases):
        if number % 2:
            counted |= {filing.school: filing.revision for filing in _mended(submissions, counted, number)}
        else:
            before = ()  # the figures of another term: nothing of what was released before is about them
        needed = {(school, n) for one in (counted, *(r.counted for r in before)) for school, n in one.items()}
        link = Link(id=before[-1].id, digest=digest(before[-1])) if before else None
        order = Order(
            term=term,
            day=DAY + timedelta(days=30 * number),
            correction=Text(zh="更正") if before else None,
            counted=dict(counted),
            submissions={f: one for f, one in submissions.items() if (f.school, f.revision) in needed},
            before=before,
            previous=link,
        )
        start, steps = time.process_time(), list[str]()
        made = cut(repository, order, steps.append)
        assert isinstance(made, Release), made.why
        _print(made, time.process_time() - start, steps.count("release.protect"))
        before = (*before, made)


def _many(repository: Repository, schools: int) -> Repository:
    """The district with its schools, and copies of them, until there are so many."""
    originals = [
        school for school in repository.schools.values() if any(key[0] == school.id for key in repository.returns)
    ]
    copies = {SchoolId(f"b{number:04d}"): originals[number % len(originals)] for number in range(schools)}
    returns = {
        (name, year): found
        for name, school in copies.items()
        for (of, year), found in repository.returns.items()
        if of == school.id
    }
    return replace(
        repository, schools={name: replace(school, id=name) for name, school in copies.items()}, returns=returns
    )


def _handed_in(repository: Repository) -> Iterator[Submission]:
    yield from (f.submission for f in filings(repository) if f.submission.term == TERM and f.submission.revision == 1)


def _mended(submissions: dict[Filing, Submission], counted: Mapping[SchoolId, int], number: int) -> list[Filing]:
    """Enough schools find that a few pupils of a band had been put one level too low.

    Adds their new Submissions; which these are.
    """
    added = []
    for school in sorted(counted)[number * MENDED : (number + 1) * MENDED]:
        old = submissions[Filing(term=TERM, school=school, revision=counted[school])]
        band, counts = list(old.bands.items())[-1]
        none, general = list(counts.levels)[:2]
        mended = replace(
            counts,
            levels={**counts.levels, none: counts.levels[none] - PUPILS, general: counts.levels[general] + PUPILS},
        )
        new = replace(old, revision=old.revision + 1, bands={**old.bands, band: mended})
        added.append(Filing(term=TERM, school=school, revision=new.revision))
        submissions[added[-1]] = new
    return added


def _print(made: Release, seconds: float, rounds: int) -> None:
    cells, peak = made.cells, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    hidden = sum(isinstance(p, Suppressed) for p in cells.values())
    proof = made.certificate
    tried = f"{proof.schools} schools, {proof.pairs} pairs"
    print(
        f"{made.id}: {len(cells)} cells, {hidden} hidden; {seconds:.2f} s CPU, {rounds} rounds ({tried}); {peak} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
