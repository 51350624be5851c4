"""Plans: which rows and columns the tables of a term have, from public facts and the limits alone.

Owns the choice, and the way down where a plan is not safe. A plan is tried on a rehearsal: what the district's schools
would hand in if everywhere as many pupils were due, screened and found as is usual (`_RATES`); of the plans that pass
the limits the one is taken that shows most, less what it hides. Must not know a count of any school but its enrolment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from random import Random
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from generator.model.cells import Suppressed
from generator.model.district import Instrument, RiskLevel
from generator.model.ids import SchoolId, TermId
from generator.model.registry import ROWS, Because, Breadth, Merged, Step, Table, TablePlan, registry, row_of
from generator.model.releases import Limits
from generator.model.schools import SchoolType
from generator.model.submission import SCHEMA, Concern, Counts, NotScreened, StageBand, Submission
from generator.statistics.protect import original_of, protect
from generator.statistics.tables import Atoms, Filing, Ledger, Tabulation, dominates, tabulate

Partition = tuple[tuple[str, ...], ...]
_NEVER = TermId("2000-2001-1")  # of which a rehearsal is
_BANDS, _TYPES = "band", "type"
_CONCERNS: Mapping[Concern, float] = dict(zip(Concern, (3, 6, 1, 2, 5, 3), strict=True))  # how often the main problem
_REASONS: Mapping[NotScreened, float] = dict(zip(NotScreened, (5, 2, 2, 1), strict=True))
_K = TypeVar("_K")


class _Rates(Struct, frozen=True, kw_only=True):
    """What is usual: of those enrolled, due; of those due, screened; of those screened, answers of no use; of those
    with answers, at the second level, and at each graver one a quarter of that; of those who need a paper file or are
    at a grave level, what else is done.
    """

    due: float = 0.988
    screened: float = 0.97
    invalid: float = 0.015
    second: float = 0.127
    reviewed: float = 0.9
    counselled: float = 0.45
    followed_up: float = 0.96
    referred: float = 0.12
    guardians_informed: float = 0.9
    crisis_interventions: float = 0.02


_RATES = _Rates()


class PublicFacts(Struct, frozen=True, kw_only=True):
    """What a plan follows from: every school's type and how many pupils each of its bands has, the limits, the levels,
    the windows and the instruments of the term.
    """

    types: Mapping[SchoolId, SchoolType]
    enrolment: Mapping[SchoolId, Mapping[StageBand, int]]
    limits: Limits
    levels: tuple[RiskLevel, ...]
    windows: tuple[str, ...]
    instruments: tuple[tuple[str, Instrument], ...] = ()


def ladder(facts: PublicFacts) -> Iterator[TablePlan]:
    """The most useful plan, then what to do without, step by step, if it is not safe. The last is the barest."""
    rehearsal = _Rehearsal(facts)
    breadth, steps = rehearsal.breadth(), tuple[Step, ...]()
    for one in (breadth,) if breadth is Breadth.BAREST else dict.fromkeys((breadth, Breadth.COARSE)):
        bands, types = (rehearsal.best(rows, one)[1] for rows in (_BANDS, _TYPES))
        for step in (None, Step.BANDS, Step.VERDICTS) if one is breadth else (Step.COLUMNS,):
            steps = (*steps, step) if step else steps
            rehearsal.rest()
            yield rehearsal.plan(bands, types, one, steps)
    if breadth is not Breadth.BAREST:
        steps = (*steps, Step.ROWS)
        for fewer in rehearsal.fewer(len(rehearsal.best(_BANDS, Breadth.COARSE)[1])):
            rehearsal.rest()
            yield rehearsal.plan(fewer, (rehearsal.present(_TYPES),), Breadth.COARSE, steps)
    yield rehearsal.plan(
        (rehearsal.present(_BANDS),), (rehearsal.present(_TYPES),), Breadth.BAREST, (*steps, Step.BAREST)
    )


class _Rehearsal:
    """Plans tried on what would be usual."""

    def __init__(self, facts: PublicFacts) -> None:
        self.facts, self.limits = facts, facts.limits
        self.contributing = {_BANDS: _by_band(facts), _TYPES: _by_type(facts)}
        self._scores: dict[tuple[str, Breadth, Partition], int] = {}
        self._usual: _Usual | None = None

    @property
    def usual(self) -> _Usual:
        """Made when it is needed."""
        self._usual = self._usual or _Usual(self.facts)
        return self._usual

    def rest(self) -> None:
        """Keep the scores, and of the rest nothing: it is large, and most plans are safe."""
        self._usual = None

    def present(self, rows: str) -> tuple[str, ...]:
        """The rows that anybody has pupils in."""
        return tuple(name for name in ROWS[rows] if self.contributing[rows].get(name))

    def breadth(self) -> Breadth:
        """Which columns show most, less what they hide: all of them where others show no more. What would not show more
        if it hid nothing is not rehearsed.
        """
        found, least = Breadth.FULL, self._shown(Breadth.FULL)
        for fewer in (Breadth.MEDIUM, Breadth.COARSE, Breadth.BAREST):
            most = sum(max(self._cells(rows, fewer, one) for one in self.passing(rows)) for rows in (_BANDS, _TYPES))
            if most > least and (shown := self._shown(fewer)) > least:
                found, least = fewer, shown
        return found

    def _shown(self, breadth: Breadth) -> int:
        return sum(self.best(rows, breadth)[0] for rows in (_BANDS, _TYPES))

    def best(self, rows: str, breadth: Breadth) -> tuple[int, Partition]:
        """The partition that shows most, less what it hides, and by how much: of the finest ones the best, then with
        two of its neighbouring rows in one as long as that is better.
        """
        passing = self.passing(rows)
        nearest = [partition for partition in passing if len(partition) == len(passing[0])]
        found: tuple[int, Partition] | None = None
        while nearest:
            last = found
            for partition in nearest:
                if found is None or self._cells(rows, breadth, partition) > found[0]:
                    score = self.score(rows, breadth, partition)
                    found = (score, partition) if found is None or score > found[0] else found
            assert found is not None, "the first is always tried"
            nearest = [] if found == last else [one for one in passing if _coarser(one, found[1])]
        assert found is not None, "the whole always passes"
        return found

    def fewer(self, rows: int) -> Iterator[Partition]:
        """Of the bands, ever fewer rows: of as many the best."""
        for many in range(rows - 1, 0, -1):
            found = [partition for partition in self.passing(_BANDS) if len(partition) == many]
            if found:
                yield max(found, key=lambda p: self.score(_BANDS, Breadth.COARSE, p))

    def passing(self, rows: str) -> list[Partition]:
        """The partitions into neighbouring rows that all pass the limits, the finest first; the whole always does."""
        present = self.present(rows)
        every = [
            tuple(present[a:b] for a, b in pairwise((0, *cuts, len(present))))
            for many in range(len(present) - 1, -1, -1)
            for cuts in combinations(range(1, len(present)), many)
        ]
        return [partition for partition in every if len(partition) == 1 or self._passes(rows, partition)]

    def _passes(self, rows: str, partition: Partition) -> bool:
        return all(_why_not(self._contributing(rows, group), self.limits) is None for group in partition)

    def _contributing(self, rows: str, group: Sequence[str]) -> list[int]:
        """The pupils of each school in these rows, most first."""
        found: dict[SchoolId, int] = {}
        for name in group:
            for school, pupils in self.contributing[rows].get(name, {}).items():
                found[school] = found.get(school, 0) + pupils
        return sorted(found.values(), reverse=True)

    def plan(self, bands: Partition, types: Partition, breadth: Breadth, steps: tuple[Step, ...]) -> TablePlan:
        """With the reasons for each row that stands for several."""
        merged = [
            self._merged(rows, group, safety=Step.ROWS in steps)
            for rows, partition in ((_BANDS, bands), (_TYPES, types))
            for group in partition
            if len(group) > 1
        ]
        of = self.facts.instruments
        return TablePlan(bands=bands, types=types, breadth=breadth, steps=steps, merged=tuple(merged), instruments=of)

    def _merged(self, rows: str, group: tuple[str, ...], *, safety: bool) -> Merged:
        """The part of a merged row that needs it most, and why."""
        parts = {name: self._contributing(rows, (name,)) for name in group}
        least = min(group, key=lambda name: (len(parts[name]), sum(parts[name])))
        for name in (least, *group):
            if (because := _why_not(parts[name], self.limits)) is not None:
                return Merged(row=row_of(group), because=because, part=name, schools=len(parts[name]))
        because = Because.SAFETY if safety else Because.MORE_SHOWN
        return Merged(row=row_of(group), because=because, part=least, schools=len(parts[least]))

    def _cells(self, rows: str, breadth: Breadth, partition: Partition) -> int:
        return sum(len(t.columns) * len(t.row_order) for t in self._tables(rows, breadth, partition))

    def _tables(self, rows: str, breadth: Breadth, partition: Partition) -> tuple[Table, ...]:
        bands, types = (
            partition if one == rows else tuple((name,) for name in self.present(one)) for one in (_BANDS, _TYPES)
        )
        plan = TablePlan(bands=bands, types=types, breadth=breadth, instruments=self.facts.instruments)
        return tuple(t for t in registry(self.facts.levels, self.facts.windows, plan) if t.rows == rows)

    def score(self, rows: str, breadth: Breadth, partition: Partition) -> int:
        """How many cells would be shown, less how many hidden."""
        key = rows, breadth, partition
        if key not in self._scores:
            tables = self._tables(rows, breadth, partition)
            self._scores[key] = self.usual.score(rows, tables)
        return self._scores[key]


class _Usual:
    """What would be usual, added up."""

    def __init__(self, facts: PublicFacts) -> None:
        submissions, self.limits = list(_submissions(facts)), facts.limits
        self.ledger = Ledger(submissions, facts.types, facts.levels)
        self.filings = [Filing(term=s.term, school=s.school, revision=s.revision) for s in submissions]
        self.known = self.ledger.facts_apart()
        finest = registry(facts.levels, facts.windows)
        by_rows = {rows: tuple(table for table in finest if table.rows == rows) for rows in (_BANDS, _TYPES)}
        self._beneath = {rows: (tables, self._tabulated(tables)) for rows, tables in by_rows.items()}

    def score(self, rows: str, tables: tuple[Table, ...]) -> int:
        """How many cells would be shown, less how many hidden."""
        beneath = self._beneath[rows]
        table = replace(self._tabulated(tables), beneath=None if tables == beneath[0] else beneath[1])
        drafted = protect(original_of(self.ledger, table, self.known, self.limits, self._insiders(table))).cells
        return len(table.cells) - 2 * sum(isinstance(drafted[cell], Suppressed) for cell in table.cells)

    def _tabulated(self, tables: Sequence[Table]) -> Tabulation:
        return tabulate(self.ledger, tables, self.filings, self.limits)

    def _insiders(self, table: Tabulation) -> list[Atoms]:
        """Every school, and every two that stand in a row of few."""
        return [self.ledger.known_to(who) for who in (*((school,) for school in self.ledger.schools), *table.pairs)]


def _coarser(partition: Partition, than: Partition) -> bool:
    """Whether a partition is another one with two neighbouring rows in one."""
    groups = set(partition)
    return len(partition) == len(than) - 1 and sum(group not in groups for group in than) == 2


def _why_not(parts: Sequence[int], limits: Limits) -> Because | None:
    """Why a row of these schools' pupils, most first, does not stand alone; None if it may."""
    if len(parts) < limits.schools:
        return Because.FEW_SCHOOLS
    largest = 100 * parts[0] > limits.per_cent * sum(parts) or dominates(parts, 1, limits.dominance)
    return Because.LARGEST_SHARE if largest else None


def _by_band(facts: PublicFacts) -> dict[str, dict[SchoolId, int]]:
    found: dict[str, dict[SchoolId, int]] = {}
    for school, bands in facts.enrolment.items():
        for band, pupils in bands.items():
            if pupils:
                found.setdefault(band.value, {})[school] = pupils
    return found


def _by_type(facts: PublicFacts) -> dict[str, dict[SchoolId, int]]:
    found: dict[str, dict[SchoolId, int]] = {}
    for school, bands in facts.enrolment.items():
        if pupils := sum(bands.values()):
            found.setdefault(facts.types[school].value, {})[school] = pupils
    return found


def _submissions(facts: PublicFacts) -> Iterator[Submission]:
    """What every school might hand in if everything were as usual. Drawn, but always the same: small counts lie as
    unevenly as they do in life.
    """
    random = Random("rehearsal")
    for school in sorted(facts.enrolment):
        more = random.uniform(0.7, 1.4)
        bands = {band: _counts(pupils, facts, more, random) for band, pupils in facts.enrolment[school].items()}
        yield Submission(schema=SCHEMA, school=school, term=_NEVER, revision=1, bands=bands)


def _counts(pupils: int, facts: PublicFacts, more: float, random: Random) -> Counts:
    def binomial(name: str, whole: int) -> int:
        rate: float = getattr(_RATES, name)
        return sum(random.random() < rate for _ in range(whole))

    def parts(whole: int, weights: Mapping[_K, float]) -> dict[_K, int]:
        drawn = Counter(random.choices(list(weights), list(weights.values()), k=whole))
        return {key: drawn[key] for key in weights}

    due = binomial("due", pupils)
    screened = binomial("screened", due)
    invalid = binomial("invalid", screened)
    graver = {level.id: _RATES.second * more / 4**rank for rank, level in enumerate(facts.levels[1:])}
    levels = parts(screened - invalid, {facts.levels[0].id: 1 - sum(graver.values()), **graver})
    needing, focus = (
        sum(levels[level.id] for level in facts.levels if getattr(level, what)) for what in ("paper_file", "focus")
    )
    return Counts(
        enrolment=pupils,
        due=due,
        screened=screened,
        valid=screened - invalid,
        invalid=invalid,
        not_screened=parts(due - screened, _REASONS),
        levels=levels,
        reviewed=binomial("reviewed", needing),
        electronic_files=pupils,
        paper_files=needing,
        counselled=binomial("counselled", needing),
        followed_up={window: binomial("followed_up", focus) for window in facts.windows},
        referred=binomial("referred", focus),
        guardians_informed=binomial("guardians_informed", focus),
        crisis_interventions=binomial("crisis_interventions", focus),
        concerns=parts(needing, _CONCERNS),
    )
