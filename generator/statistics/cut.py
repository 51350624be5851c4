"""Cutting a release: from opened Submissions to a Release that withstood the attack, or the reason why there is none.

Owns the order: limits, calendar, tables, draft, attack, and again with what the attack found, until it finds nothing.
Must not know where Submissions come from, nor speak to anybody. What is refused is told by a kind and by cells, never
by a figure of a school.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction

from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.district import Term
from generator.model.duties import Operator, Rule, SchoolMeasure, Subject
from generator.model.ids import SchoolId, TermId
from generator.model.registry import PARTICIPATION, TOTAL, VERSION, Table, registry, who_took_part
from generator.model.releases import DistrictVerdict, Limits, Link, Participation, Release, SchoolVerdicts, arranged
from generator.model.submission import Concern, Submission
from generator.problems import Position
from generator.records.repository import Repository
from generator.statistics.attack import PUBLIC, Candidate, Exposure, PublicView, attackers, certify, said
from generator.statistics.protect import Demand, Draft, Original, protect
from generator.statistics.tables import (
    Filing,
    Ledger,
    Question,
    Statement,
    Tabulation,
    newcomers,
    small_changes,
    tabulate,
    with_shares,
)
from generator.statistics.witnesses import UntrueStatementError
from generator.text import Text

_NOWHERE = Position(path="")  # a verdict has a place once it is read from a file
ROUNDS = 8  # of drafting and attacking; four were the most that a cut of invented figures took
EDGES = (
    "publication_participation_low",
    "publication_participation_high",
)  # where the bands of participation part; no bands without them
LIMITS = ("publication_threshold", "publication_schools", "publication_largest_share", "publication_rounding")


class Why(StrEnum):
    """Why no release is cut."""

    NO_LIMITS = "no-limits"  # the district has not decided them
    NO_DAY = "no-day"  # the calendar has no day for the term
    TOO_EARLY = "too-early"
    TOO_FEW = "too-few"  # schools filed
    NOTHING_NEW = "nothing-new"  # the same Submissions as the last release
    TOO_LITTLE = "too-little"  # a few schools corrected a small count: its difference to the earlier release would show
    MISSING = "missing"  # a Submission that an earlier release counted is not at hand: the stacked attack needs it
    OTHER_TABLES = "other-tables"  # an earlier release of the term has another version of the tables
    UNTRUE = "untrue"  # an earlier release does not follow from the figures that it says it counted
    # in a band of a school so few pupils had no finding that its band of participation would narrow that count down
    BANDS = "bands"
    TINY = "tiny"  # a band of a school has fewer than k pupils: everybody knows that fewer than k of them are at risk
    EXPOSED = "exposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRelease:
    """No release, and why: for EXPOSED which secrets, to whom, and how closely."""

    why: Why
    exposures: tuple[Exposure, ...] = ()
    filings: tuple[Filing, ...] = ()
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a release is cut from: the term, the day, what every school handed in, and the term's releases so far,
    oldest first.

    `submissions` are those to be counted now and all that earlier releases counted. `previous` is the last release of
    any term.
    """

    term: Term
    day: date
    correction: Text | None  # what a later revision mends
    counted: Mapping[SchoolId, int]  # which revision of whose Submission
    submissions: Mapping[Filing, Submission]
    before: tuple[Release, ...]
    previous: Link | None


def cut(repository: Repository, order: Order, told: Callable[[str], None]) -> Release | NoRelease:
    """Cut a release. `told` hears of each step."""
    limits = limits_of(repository)
    if limits is None:
        return NoRelease(why=Why.NO_LIMITS)
    if (refused := _too_soon(order, limits)) is not None:
        return refused
    earlier = [_filings(order.term.id, release.counted) for release in order.before]
    present = _filings(order.term.id, order.counted)
    if missing := [f for f in {*present, *(f for filings in earlier for f in filings)} if f not in order.submissions]:
        return NoRelease(why=Why.MISSING, filings=tuple(sorted(missing)))
    types = {school.id: school.type for school in repository.schools.values()}
    ledger = Ledger(
        (order.submissions[filing] for filing in sorted(order.submissions)), types, repository.district.risk_levels
    )
    if ledger.smallest() < limits.k:
        return NoRelease(why=Why.TINY)
    edges = edges_of(repository)
    if edges and (fewest := ledger.fewest_without_findings()) is not None and fewest < limits.k:
        return NoRelease(why=Why.BANDS)
    windows = _windows(order.term, [order.submissions[f] for f in present])
    tables = registry(repository.district.risk_levels, windows)
    told("release.tabulate")
    asked = tuple(questions(repository))
    before = [
        PublicView(
            content=release,
            tabulation=tabulate(ledger, registry(release.levels, release.windows), filings, release.limits),
            questions=asked,
        )
        for release, filings in zip(order.before, earlier, strict=True)
    ]
    tabulation = tabulate(ledger, tables, present, limits)
    if limits.base == 1 and (cells := tuple(_too_little(ledger, tabulation, before, limits))):
        return NoRelease(why=Why.TOO_LITTLE, cells=cells)
    bands = participation_of(ledger, tabulation, limits.k, edges) if edges else None
    candidate = Candidate(
        term=order.term.id,
        revision=len(order.before) + 1,
        released_on=order.day,
        correction=order.correction,
        registry=VERSION,
        limits=limits,
        levels=repository.district.risk_levels,
        windows=tuple(windows),
        counted=order.counted,
        tables=(),
        participation=bands,
        school_verdicts=tuple(_by_school(q, ledger, present) for q in asked if q.by_school),
        district_verdicts=tuple(
            _of_district(asked, ledger, tabulation, limits, bands, [one.tabulation for one in before])
        ),
        previous=order.previous,
    )
    return _Cut(ledger, tables, before, told).cut(PublicView(content=candidate, tabulation=tabulation, questions=asked))


def limits_of(repository: Repository) -> Limits | None:
    """The district's limits of publication; None if it has not decided all of them."""
    stated = [repository.parameters.get(name) for name in LIMITS]
    if any(value is None for value in stated):
        return None
    k, schools, per_cent, base = (int(value) for value in stated if value is not None)
    return Limits(k=k, schools=schools, per_cent=per_cent, base=max(1, base))


def _too_soon(order: Order, limits: Limits) -> NoRelease | None:
    if order.term.release_from is None:
        return NoRelease(why=Why.NO_DAY)
    if order.day < order.term.release_from:
        return NoRelease(why=Why.TOO_EARLY)
    if len(order.counted) < limits.schools:
        return NoRelease(why=Why.TOO_FEW)
    if order.before and order.before[-1].counted == order.counted:
        return NoRelease(why=Why.NOTHING_NEW)
    if any(release.registry != VERSION for release in order.before):
        return NoRelease(why=Why.OTHER_TABLES)
    return None


def _filings(term: TermId, counted: Mapping[SchoolId, int]) -> tuple[Filing, ...]:
    return tuple(Filing(term=term, school=school, revision=revision) for school, revision in counted.items())


def _windows(term: Term, submissions: Iterable[Submission]) -> list[str]:
    """The term's windows that anybody has reported, in the term's order."""
    reported = {window for s in submissions for counts in s.bands.values() for window in counts.followed_up}
    return [window.id for window in term.windows if window.id in reported]


# --- rules that only sealed figures answer ----------------------------------------------------------------------------


def questions(repository: Repository) -> Iterable[Question]:
    """The rules for schools that a release answers: at least so many per cent of something sealed."""
    for rule in repository.rules.values():
        names = _names(repository).get(rule.measure) if rule.subject is Subject.SCHOOL else None
        if (
            names is not None
            and rule.operator is Operator.AT_LEAST
            and (per_cent := _asked(repository, rule)) is not None
        ):
            part, whole, by_school = names
            yield Question(
                rule=rule.id,
                part=part,
                whole=whole,
                per_cent=Fraction(str(per_cent)),
                target=per_cent,
                by_school=by_school,
            )


def _names(repository: Repository) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...], bool]]:
    """What each sealed measure is a share of, and whether each school's answer is told.

    Verdicts on paper files and on screening would limit a school's hidden counts: a missing paper file says that
    somebody there needs one, and no more can have been found than were screened. So only the number of schools is told.
    Everybody has an electronic file, so that verdict limits nothing else.
    """
    levels = repository.district.risk_levels
    due, screened, _, _ = who_took_part(levels)
    needing = tuple(f"levels.{level.id}" for level in levels if level.paper_file)
    return {
        SchoolMeasure.SCREENING_COVERAGE: (screened.sums, due.sums, False),
        SchoolMeasure.ELECTRONIC_FILES: (("electronic_files",), ("enrolment",), True),
        SchoolMeasure.PAPER_FILES: (tuple(f"concerns.{concern}" for concern in Concern), needing, False),
    }


def _asked(repository: Repository, rule: Rule) -> int | float | None:
    if rule.target is None:
        return None
    value = rule.target.constant if rule.target.parameter is None else repository.parameters.get(rule.target.parameter)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _by_school(question: Question, ledger: Ledger, filings: Sequence[Filing]) -> SchoolVerdicts:
    found = {filing.school: question.met(ledger, filing) for filing in filings}
    schools = {school: met for school, met in found.items() if met is not None}
    return SchoolVerdicts(rule=question.rule, target=question.target, schools=schools, source=_NOWHERE)


def _of_district(
    asked: Iterable[Question],
    ledger: Ledger,
    tabulation: Tabulation,
    limits: Limits,
    bands: Participation | None,
    before: Iterable[Tabulation],
) -> Iterator[DistrictVerdict]:
    """How many schools meet each rule.

    Schools whose band already answers are set aside. If few of the others meet the rule, or few do not, nothing is
    told: these few would learn each other's answers. Nor if few schools filed anew since an earlier release: the
    difference of the two numbers would be about them.
    """
    few_anew = any(0 < len(newcomers(tabulation, earlier)) < limits.schools for earlier in before)
    for question in (q for q in asked if not q.by_school):
        found = {
            filing.school: met for filing in tabulation.filings if (met := question.met(ledger, filing)) is not None
        }
        told = bands.answers(question.per_cent) if bands and question.is_of_participation(ledger) else {}
        open_ = [met for school, met in found.items() if school not in told]
        few = any(0 < schools < limits.schools for schools in (sum(open_), len(open_) - sum(open_)))
        if not few and not (open_ and few_anew):
            yield DistrictVerdict(
                rule=question.rule, target=question.target, met=sum(found.values()), judged=len(found), source=_NOWHERE
            )


def _too_little(ledger: Ledger, tabulation: Tabulation, before: Iterable[PublicView], limits: Limits) -> Iterator[Cell]:
    """The cells that differ from an earlier release by a small count, if few schools filed anew.

    Everybody sees which schools did.
    """
    for earlier in before:
        if 0 < len(newcomers(tabulation, earlier.tabulation)) < limits.schools:
            shown = {cell for cell, published in earlier.content.cells.items() if isinstance(published, Shown)}
            yield from (
                cell for cell in small_changes(ledger, tabulation, earlier.tabulation, limits.k) if cell in shown
            )


# --- bands of participation -------------------------------------------------------------------------------------------


def edges_of(repository: Repository) -> tuple[int, ...]:
    """Where the bands of participation part, in per cent; empty where the district has not decided it."""
    stated = [repository.parameters.get(name) for name in EDGES]
    return tuple(sorted({int(value) for value in stated if value is not None})) if None not in stated else ()


def participation_of(ledger: Ledger, tabulation: Tabulation, k: int, edges: tuple[int, ...]) -> Participation:
    """The band of every school where anybody was due; Suppressed where a band is narrower than k pupils.

    The width is computed from public numbers only: the school's enrolment in those stage bands in which the release
    shows that pupils were due.
    """
    plain = Participation(edges=edges, schools={})
    present = [
        row
        for (table, row), schools in tabulation.schools.items()
        if table == PARTICIPATION and schools and row != TOTAL
    ]
    found: dict[SchoolId, Published] = {}
    for filing in tabulation.filings:
        if plain.narrowest * ledger.enrolled(filing, present) < 100 * k:
            found[filing.school] = Suppressed()
        elif (begin := _begin(ledger, filing, edges)) is not None:
            found[filing.school] = Shown(value=begin)
    return replace(plain, schools=found)


def _begin(ledger: Ledger, filing: Filing, edges: Sequence[int]) -> int | None:
    """Where the band of a school's participation begins; None where nobody was due."""
    whole, part = (
        sum(ledger.values[atom] for atom in ledger.atoms(filing, names)) for names in (ledger.due, ledger.screened)
    )
    return None if whole == 0 else max(edge for edge in (0, *edges) if 100 * part >= edge * whole)


# --- drafting and attacking -------------------------------------------------------------------------------------------


class _Cut:
    """Draft, attack, and again."""

    def __init__(
        self, ledger: Ledger, tables: Sequence[Table], before: Sequence[PublicView], told: Callable[[str], None]
    ) -> None:
        self.ledger, self.tables, self.before, self.told = ledger, tables, before, told

    def cut(self, seen: PublicView) -> Release | NoRelease:
        try:
            known = [
                *self.ledger.facts([one.tabulation.filings for one in (*self.before, seen)]),
                *(s for one in (*self.before, seen) for s in said(self.ledger, one)),
            ]
            return self._until_safe(seen, self._original(seen, known))
        except UntrueStatementError:
            return NoRelease(why=Why.UNTRUE)

    def _original(self, seen: PublicView, known: Sequence[Statement]) -> Original:
        limits, tabulation = seen.content.limits, seen.tabulation
        return Original(
            values=self.ledger.values,
            cells=tabulation.cells,
            sensitive=tabulation.sensitive,
            groups=[group for group in tabulation.groups if group.school is None],
            known=known,
            insiders=[
                attacker.knows for attacker in attackers(self.ledger, (*self.before, seen)) if attacker is not PUBLIC
            ],
            k=limits.k,
            gated=tabulation.gated,
            inherited=frozenset(
                c for one in self.before for c, p in one.content.cells.items() if isinstance(p, Suppressed)
            ),
            base=limits.base,
        )

    def _until_safe(self, seen: PublicView, original: Original) -> Release | NoRelease:
        exposures: tuple[Exposure, ...] = ()
        for _ in range(ROUNDS):
            self.told("release.protect")
            draft = protect(original)
            self.told("release.attack")
            found = certify(self.ledger, self._filled(seen, draft), self.before)
            if isinstance(found, Release):
                return found
            exposures = found.exposures
            if draft.unmet:
                break
            original = replace(
                original, demands=(*original.demands, *(_demand(exposure, original.k) for exposure in exposures))
            )
        return NoRelease(why=Why.EXPOSED, exposures=exposures)

    def _filled(self, seen: PublicView, draft: Draft) -> PublicView:
        """The candidate with its cells."""
        cells = with_shares(seen.tabulation, draft.cells)
        return replace(
            seen, content=replace(seen.content, tables=arranged(self.tables, cells, seen.tabulation.schools))
        )


def _demand(exposure: Exposure, k: int) -> Demand:
    """What must become possible in the eyes of that attacker."""
    small, group = exposure.value < k, bool(exposure.secret.beside)
    atoms = tuple(atom for atom in exposure.secret.atoms if atom not in set(exposure.attacker.knows))
    return Demand(
        atoms=atoms,
        knows=exposure.attacker.knows,
        down=0 if group else exposure.value if small else k,
        up=k - exposure.value if small else 0,
    )
