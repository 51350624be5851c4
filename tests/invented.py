"""Invented districts of every shape: schools by type and size, and what they hand in, from a seed.

Owns the making. Used by tests of releases and by the long trial (`make explore`). No figure is any school's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from generator.model.ids import SchoolId, TermId
from generator.model.releases import Link, Release, digest
from generator.model.schools import School, SchoolType
from generator.model.submission import SCHEMA, Concern, Counts, NotScreened, StageBand, Submission
from generator.records.repository import Repository
from generator.statistics.cut import Order
from generator.statistics.tables import Filing
from generator.text import Text
from sample.__main__ import without_sealed
from tests.judge import Public

ROOT = Path(__file__).resolve().parent.parent
TERM = TermId("2025-2026-1")
DAY = date(2026, 1, 15)
_PRIMARY = (StageBand.LOWER_PRIMARY, StageBand.MIDDLE_PRIMARY, StageBand.UPPER_PRIMARY)
BANDS: Mapping[SchoolType, tuple[StageBand, ...]] = {
    SchoolType.PRIMARY: _PRIMARY,
    SchoolType.JUNIOR: (StageBand.JUNIOR,),
    SchoolType.NINE_YEAR: (*_PRIMARY, StageBand.JUNIOR),
    SchoolType.SENIOR: (StageBand.SENIOR,),
    SchoolType.COMPLETE: (StageBand.JUNIOR, StageBand.SENIOR),
    SchoolType.TWELVE_YEAR: tuple(StageBand),
}
Shape = Sequence[tuple[SchoolType, int, tuple[int, int]]]  # how many schools of a type, and pupils a band, from to
P, J, N, S, C, T = list(SchoolType)[:6]
ORDINARY = (100, 400)


@cache
def sample_repository() -> Repository:
    """The sample's rules, levels, limits and calendar."""
    known = without_sealed(ROOT)
    return replace(known, releases={}, district=replace(known.district, instruments={}))


class Invented(Struct, frozen=True, kw_only=True):
    """A district: its repository, and what its schools handed in, in whatever revision."""

    repository: Repository
    submissions: Mapping[Filing, Submission]

    def order(
        self, counted: Mapping[SchoolId, int] | None = None, before: tuple[Release, ...] = (), day: date = DAY
    ) -> Order:
        """To cut a release of these revisions; of the first ones if none are named."""
        return Order(
            term=self.repository.district.terms[TERM],
            day=day,
            correction=Text(zh="更正") if before else None,
            counted=counted or {f.school: f.revision for f in sorted(self.submissions) if f.revision == 1},
            submissions=self.submissions,
            before=before,
            previous=Link(id=before[-1].id, digest=digest(before[-1])) if before else None,
        )


def district(shape: Shape, seed: object = 1) -> Invented:
    """A district of this shape. All of it follows from the seed."""
    made, random = sample_repository(), Random(f"district/{seed}")
    like = {school.type: school for school in reversed(list(made.schools.values()))}
    schools, submissions = dict[SchoolId, School](), dict[Filing, Submission]()
    for kind, many, sizes in shape:
        for _ in range(many):
            name = SchoolId(f"s{len(schools) + 1:03}")
            schools[name] = replace(like.get(kind, next(iter(like.values()))), id=name, type=kind)
            one = Submission(schema=SCHEMA, school=name, term=TERM, revision=1, bands=bands_of(kind, sizes, random))
            submissions[Filing(term=TERM, school=name, revision=1)] = one
    return Invented(repository=replace(made, schools=schools, returns={}), submissions=submissions)


def bands_of(kind: SchoolType, sizes: tuple[int, int], random: Random) -> dict[StageBand, Counts]:
    """A school's figures."""
    weight, coverage = random.uniform(0.7, 1.4), random.choice((0.9, 0.965, 0.975, 0.985))
    return {band: counts_of(random.randint(*sizes), weight, coverage, random) for band in BANDS[kind]}


def counts_of(pupils: int, weight: float, coverage: float, random: Random) -> Counts:
    """A band's figures, drawn pupil by pupil."""

    def some(whole: int, share: float) -> int:
        return sum(random.random() < share for _ in range(whole))

    levels = sample_repository().district.risk_levels
    due = some(pupils, 0.988)
    screened = some(due, coverage)
    invalid = some(screened, 0.015)
    shares = [0.127 * weight / 4**rank for rank in range(len(levels) - 1)]
    drawn = random.choices([level.id for level in levels], [1 - sum(shares), *shares], k=screened - invalid)
    found = {level.id: drawn.count(level.id) for level in levels}
    needing = sum(found[level.id] for level in levels if level.paper_file)
    focus = sum(found[level.id] for level in levels if level.focus)
    reasons = random.choices(list(NotScreened), (5, 2, 2, 1), k=due - screened)
    problems = random.choices(list(Concern), (3, 6, 1, 2, 5, 3), k=needing)
    windows = [window.id for window in sample_repository().district.terms[TERM].windows][:3]
    return Counts(
        enrolment=pupils,
        due=due,
        screened=screened,
        valid=screened - invalid,
        invalid=invalid,
        not_screened={reason: reasons.count(reason) for reason in NotScreened},
        levels=found,
        reviewed=some(needing, 0.9),
        electronic_files=pupils,
        paper_files=needing,
        counselled=some(needing, 0.45),
        followed_up={window: some(focus, 0.96) for window in windows},
        referred=some(focus, 0.12),
        guardians_informed=some(focus, 0.9),
        crisis_interventions=some(focus, 0.02),
        concerns={concern: problems.count(concern) for concern in Concern},
    )


def public(made: Invented) -> Public:
    """What is public of a district besides its releases."""
    return Public(
        types={school.id: school.type.value for school in made.repository.schools.values()},
        enrolment={
            filing.school: {band.value: counts.enrolment for band, counts in one.bands.items()}
            for filing, one in made.submissions.items()
        },
        measures={rule.id: str(rule.measure) for rule in made.repository.rules.values()},
    )


# The eleven shapes of a trial of small districts.
SHAPES: Mapping[str, Shape] = {
    "5 nine-year": [(N, 5, ORDINARY)],
    "7 primary, 1 junior": [(P, 7, ORDINARY), (J, 1, ORDINARY)],
    "8 + 6 + 1 senior": [(P, 8, ORDINARY), (J, 6, ORDINARY), (S, 1, ORDINARY)],
    "county of 10": [(P, 6, ORDINARY), (J, 2, ORDINARY), (N, 1, ORDINARY), (S, 1, ORDINARY)],
    "20 schools": [(P, 12, (60, 250)), (J, 6, (60, 250)), (S, 2, (60, 250))],
    "8 + 6": [(P, 8, (80, 300)), (J, 6, (80, 300))],
    "28, one of 4 pupils": [(P, 18, ORDINARY), (J, 9, ORDINARY), (P, 1, (4, 4))],
    "33, 3 senior": [(P, 20, ORDINARY), (J, 10, ORDINARY), (S, 3, ORDINARY)],
    "14": [(P, 9, ORDINARY), (J, 5, ORDINARY)],
    "3 + 1 + 1 nine-year": [(P, 3, ORDINARY), (J, 1, ORDINARY), (N, 1, ORDINARY)],
    "12 tiny": [(P, 8, (6, 25)), (J, 4, (6, 25))],
}
