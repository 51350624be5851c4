"""Invented Submissions for the sample's schools, the same for the same seed.

No figure is any school's; there is nothing in them to protect.

Owns the making of figures whose totals reproduce what the district has published of its October 2020 screening
(`records/claims`), and the story of the four terms: one school is late, one hands nothing in, one corrects its figures.
Must not know how they are sealed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from random import Random
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from generator.model.district import RiskLevel, SchoolYear, Term
from generator.model.ids import TermId
from generator.model.schools import School, Stage
from generator.model.submission import SCHEMA, Concern, Counts, Salted, StageBand, Submission, written
from generator.records.repository import Repository
from generator.text import Text
from sample.patterns import PATTERNS, Pattern, days_before, more

SEED = "xinzhuli"
TERMS = tuple(map(TermId, ("2020-2021-1", "2025-2026-1", "2025-2026-2", "2026-2027-1")))
LATE = ("xz12", TermId("2026-2027-1"))  # four days after the last day
CORRECTED = ("xz20", TermId("2025-2026-1"))  # its second revision comes after the release
_CORRECTED_ON = date(2026, 3, 16)
_RELEASED_AGAIN_ON = date(2026, 3, 30)
CORRECTION = Text(
    zh="一所学校更正了上报：一个班的测评等级录低了一档，这个班的纸质档案也漏记了。只有一所学校更正，差数就是这所学校的，所以数字暂不改动，标为更正待发。",
    en="One school corrected its figures: the results of one class had been entered one level too low "
    "and its paper files left out. "
    "The difference would be that school's alone, so the figures stay as they are, marked: the correction waits.",
)
# Ten schools counted late talks in a spring term only afterwards: enough of them for their correction to be released.
LATE_TALKS = (
    frozenset({"xz01", "xz03", "xz07", "xz11", "xz21", "xz06", "xz09", "xz29", "xz34", "xz42"}),
    TermId("2025-2026-2"),
)
_TALKS_COUNTED_ON = date(2026, 8, 20)
_TALKS_RELEASED_ON = date(2026, 8, 28)
TALKS = Text(
    zh="十所学校补报了期末最后两周的个别辅导人数。合计和有关学段的辅导人数随之更正；学校参与的其余各数没有变，仍标为更正待发。",
    en="Ten schools added the pupils whom they had counselled in the last two weeks of term. "
    "The total and the stages concerned change accordingly; the other figures of these schools are the same, "
    "and go on being marked.",
)
_E = TypeVar("_E", bound=StrEnum)


class Cut(Struct, frozen=True, kw_only=True):
    """A release: of which term, on which day, as which revision, and what it corrects."""

    term: Term
    day: date
    revision: int = 1
    correction: Text | None = None


def cuts(repository: Repository) -> tuple[Cut, ...]:
    """Every release, in the order of days: each term's on the day that the calendar names, and one again when a school
    had corrected its figures.
    """
    terms = [term for term in repository.district.terms.values() if term.id in TERMS]
    made = [Cut(term=term, day=term.release_from) for term in terms if term.release_from]
    again = [
        Cut(term=t, day=day, revision=2, correction=why)
        for t in terms
        for of, day, why in (
            (CORRECTED[1], _RELEASED_AGAIN_ON, CORRECTION),
            (LATE_TALKS[1], _TALKS_RELEASED_ON, TALKS),
        )
        if t.id == of
    ]
    return tuple(sorted((*made, *again), key=lambda one: one.day))


class Filing(Struct, frozen=True, kw_only=True):
    """A Submission and the day on which its school seals it."""

    submission: Submission
    sealed_on: date


def filings(repository: Repository, seed: str = SEED) -> tuple[Filing, ...]:
    """Everything that is handed in, in the order of days."""
    district = repository.district
    made = [
        f
        for term in district.terms.values()
        if term.id in TERMS
        for f in _of_term(repository, district.year_of(term.id), term, seed)
    ]
    return tuple(sorted(made, key=lambda f: (f.sealed_on, f.submission.school, f.submission.term)))


def known_salt(one: Submission) -> Salted:
    """A Submission with a salt that anybody can work out: of the sample only, so that one revision keeps its commitment
    whenever it is made anew.
    """
    return Salted(submission=one, salt=sha256(b"sample\n" + written(one)).digest())


def _of_term(repository: Repository, year: SchoolYear, term: Term, seed: str) -> Iterator[Filing]:
    """A term's filings. A school that filed no return for the year hands in nothing either."""
    assert term.submissions_due is not None, "these terms have a last day"
    for number, school in enumerate(repository.schools.values()):
        random = Random(f"{seed}/{term.id}/{school.id}")
        stated = repository.returns.get((school.id, year.id))
        if stated is None:
            continue
        submission = _submission(repository, school, stated.enrolment, term, random)
        late = (school.id, term.id) == LATE
        day = term.submissions_due + timedelta(days=4 if late else -days_before(term.id, number))
        yield Filing(submission=submission, sealed_on=day)
        if (school.id, term.id) == CORRECTED:
            yield Filing(submission=_corrected(submission, repository.district.risk_levels), sealed_on=_CORRECTED_ON)
        if school.id in LATE_TALKS[0] and term.id == LATE_TALKS[1]:
            yield Filing(submission=_with_late_talks(submission, random), sealed_on=_TALKS_COUNTED_ON)


def _submission(
    repository: Repository, school: School, enrolment: Mapping[Stage, int], term: Term, random: Random
) -> Submission:
    windows = [window.id for window in term.windows if term.submissions_due and window.last_day <= term.submissions_due]
    pupils_of = _by_band(enrolment, random)
    used = repository.district.instruments_of(term.id)
    habits = _habits(school, term, random)
    return Submission(
        schema=SCHEMA,
        school=school.id,
        term=term.id,
        revision=1,
        bands={
            band: _counts(
                pupils,
                _due(band, pupils, term, random),
                PATTERNS[band],
                replace(habits, weight=habits.weight * more(band, term.id)),
                repository.district.risk_levels,
                windows,
                random,
            )
            for band, pupils in pupils_of.items()
        },
        instruments={band: used[band.value] for band in pupils_of if band.value in used},
    )


def _due(band: StageBand, pupils: int, term: Term, random: Random) -> int:
    """Everybody in autumn; in spring, once more, those for whom the questionnaire was made. A few have left by then."""
    screened = term.id.endswith("-1") or band not in (StageBand.LOWER_PRIMARY, StageBand.MIDDLE_PRIMARY)
    return _share(pupils, 0.988, random) if screened else 0


def _by_band(enrolment: Mapping[Stage, int], random: Random) -> dict[StageBand, int]:
    """A school's pupils by band: a primary stage in three about equal parts."""
    made: dict[StageBand, int] = {}
    for stage, pupils in enrolment.items():
        bands = [band for band in StageBand if band.stage is stage]
        cuts = [round(pupils * (i + random.uniform(-0.1, 0.1)) / len(bands)) for i in range(1, len(bands))]
        ends = [0, *cuts, pupils]
        made |= {band: ends[i + 1] - ends[i] for i, band in enumerate(bands)}
    return made


class _Habits(Struct, frozen=True, kw_only=True):
    """How a school works: shares of those due who are screened, of pupils with an electronic file, of needed paper
    files that are kept.
    """

    coverage: float
    electronic: float
    paper: float
    weight: float  # how much more or less often than elsewhere anything is found


def _habits(school: School, term: Term, random: Random) -> _Habits:
    """In 2020 electronic files were still being made; later one school in ten falls short of something. Where much is
    found, much is found in every term.
    """
    first = term.id.startswith("2020")
    short = random.random() < 0.1
    return _Habits(
        coverage=random.uniform(0.9, 0.945) if short and not first else random.uniform(0.962, 0.98),
        electronic=random.uniform(0.82, 0.95) if first else random.uniform(0.93, 0.99) if short else 1.0,
        paper=random.uniform(0.94, 1.0) if first or short else 1.0,
        weight=Random(f"{SEED}/{school.id}").uniform(0.82, 1.2) * random.uniform(0.94, 1.06),
    )


def _counts(
    pupils: int,
    due: int,
    pattern: Pattern,
    habits: _Habits,
    levels: Sequence[RiskLevel],
    windows: Sequence[str],
    random: Random,
) -> Counts:
    """A band's figures, drawn pupil by pupil where that matters."""
    missing = due - _share(due, habits.coverage + pattern.coverage, random)
    invalid = _share(due - missing, 0.015, random)
    valid = due - missing - invalid
    found = _levels(valid, pattern, habits.weight, levels, random)
    needing = sum(found[level.id] for level in levels if level.paper_file)
    focus = sum(found[level.id] for level in levels if level.focus)
    paper = round(needing * habits.paper)
    return Counts(
        enrolment=pupils,
        due=due,
        screened=valid + invalid,
        valid=valid,
        invalid=invalid,
        not_screened=_drawn(missing, pattern.reasons, random),
        levels=found,
        reviewed=_share(needing, pattern.reviewed, random),
        electronic_files=min(pupils, round(pupils * habits.electronic)),
        paper_files=paper,
        counselled=_share(needing, pattern.counselled, random),
        followed_up={window: _share(focus, 0.96, random) for window in windows},
        referred=_share(focus, pattern.referred, random),
        guardians_informed=_share(focus, pattern.informed, random),
        crisis_interventions=_share(focus, pattern.crises, random),
        concerns=_drawn(paper, pattern.concerns, random),
    )


def _levels(valid: int, pattern: Pattern, weight: float, levels: Sequence[RiskLevel], random: Random) -> dict[str, int]:
    """How many are found at each level, mildest first."""
    shares = [pattern.found * weight / pattern.steps**rank for rank in range(len(levels) - 1)]
    found = Counter(random.choices([level.id for level in levels], [1 - sum(shares), *shares], k=valid))
    return {level.id: found[level.id] for level in levels}


def _share(whole: int, share: float, random: Random) -> int:
    """How many of a whole, each with the same chance."""
    return sum(random.random() < share for _ in range(whole))


def _drawn(total: int, weights: Mapping[_E, int], random: Random) -> dict[_E, int]:
    found = Counter(random.choices(list(weights), list(weights.values()), k=total))
    return {member: found[member] for member in weights}


def _corrected(submission: Submission, levels: Sequence[RiskLevel]) -> Submission:
    """The second revision: a class of the last band had been put one level too low, and its paper files had not been
    counted.
    """
    band, counts = list(submission.bands.items())[-1]
    first, second = levels[0].id, levels[1].id
    moved = {**counts.levels, first: counts.levels[first] - 11, second: counts.levels[second] + 11}
    concerns = {**counts.concerns, Concern.RELATIONSHIPS: counts.concerns[Concern.RELATIONSHIPS] + 8}
    mended = replace(counts, levels=moved, paper_files=counts.paper_files + 8, concerns=concerns)
    return replace(submission, revision=2, bands={**submission.bands, band: mended})


def _with_late_talks(submission: Submission, random: Random) -> Submission:
    """The second revision: some pupils more of the last band had been counselled."""
    band, counts = list(submission.bands.items())[-1]
    more = replace(counts, counselled=counts.counselled + random.randint(6, 9))
    return replace(submission, revision=2, bands={**submission.bands, band: more})
