"""Cutting a release: from opened Submissions to a Release that withstood the attack, or the reason why there is none.

Owns the order: limits, calendar, tables, draft, attack, and again with what the attack found, until it finds nothing.
Must not know where Submissions come from, nor speak to anybody. What is refused is told by a kind and by cells, never
by a figure of a school.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from generator.model.cells import Cell, Shown, Suppressed
from generator.model.district import Term
from generator.model.ids import SchoolId, TermId
from generator.model.registry import VERSION, Step, Table, TablePlan, registry
from generator.model.releases import Candidate, Limits, Link, Release, arranged
from generator.model.submission import Submission
from generator.records.repository import Repository
from generator.statistics import answers
from generator.statistics.attack import PUBLIC, Exposure, attackers_of, certify
from generator.statistics.corrections import FiledAnew, mixed
from generator.statistics.plans import PublicFacts, ladder
from generator.statistics.protect import Demand, Draft, Original, original_of, protect
from generator.statistics.statements import PublicView, public_statements, rooms
from generator.statistics.tables import Atoms, Filing, Ledger, Question, tabulate, with_shares
from generator.statistics.witnesses import UntrueStatementError
from generator.text import Text

ROUNDS = 3  # of drafting and attacking, before a plan is given up
LIMITS = ("publication_threshold", "publication_schools", "publication_largest_share", "publication_rounding")
DOMINANCE = "publication_dominance"
KEPT = ("limits", "levels", "windows", "participation", "school_verdicts", "district_verdicts")  # by a correction
_DOMINANCE = 10  # per cent, where the district says nothing else


class Why(StrEnum):
    """Why no release is cut."""

    NO_LIMITS = "no-limits"  # the district has not decided them
    NO_DAY = "no-day"  # the calendar has no day for the term
    TOO_EARLY = "too-early"
    TOO_FEW = "too-few"  # schools filed
    NOTHING_NEW = "nothing-new"  # the same Submissions as the last release
    CORRECTED = "corrected"  # the term was corrected once already: what comes after waits for ever
    MISSING = "missing"  # a Submission that an earlier release counted is not at hand: the stacked attack needs it
    OTHER_TABLES = "other-tables"  # an earlier release of the term has another version of the tables
    NO_RULE = "no-rule"  # an earlier release of the term answers a rule that is on record no more
    UNTRUE = "untrue"  # an earlier release does not follow from the figures that it says it counted
    EXPOSED = "exposed"


class NoRelease(Struct, frozen=True, kw_only=True):
    """No release, and why: for EXPOSED which secrets, to whom, and how closely."""

    why: Why
    exposures: tuple[Exposure, ...] = ()
    filings: tuple[Filing, ...] = ()
    cells: tuple[Cell, ...] = ()


class Order(Struct, frozen=True, kw_only=True):
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


def cut(repository: Repository, order: Order, progress: Callable[[str], None]) -> Release | NoRelease:
    """Cut a release. `progress` is called with the name of each step."""
    before = order.before
    limits = before[-1].limits if before else limits_of(repository.district.parameters_on(order.day))
    if limits is None:
        return NoRelease(why=Why.NO_LIMITS)
    if (refused := _too_soon(order, limits)) is not None:
        return refused
    needed = {*_filings(order.term.id, order.counted)}
    needed |= {filing for release in order.before for filing in _filings(order.term.id, release.counted)}
    if missing := needed - set(order.submissions):
        return NoRelease(why=Why.MISSING, filings=tuple(sorted(missing)))
    asked = answers.answered(repository, before[0]) if before else answers.questions(repository, order.term, order.day)
    if asked is None:
        return NoRelease(why=Why.NO_RULE)
    progress("release.tabulate")
    try:
        return _Cut(repository, order, limits, tuple(asked), progress).cut()
    except UntrueStatementError:
        return NoRelease(why=Why.UNTRUE)


def limits_of(parameters: Mapping[str, int | float]) -> Limits | None:
    """The district's limits of publication; None if it has not decided all of them."""
    stated = [parameters.get(name) for name in LIMITS]
    if any(value is None for value in stated):
        return None
    k, schools, per_cent, base = (int(value) for value in stated if value is not None)
    dominance = parameters.get(DOMINANCE)
    return Limits(
        k=k,
        schools=schools,
        per_cent=per_cent,
        base=max(1, base),
        dominance=_DOMINANCE if dominance is None else int(dominance),
    )


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
    if len(order.before) > 1:
        return NoRelease(why=Why.CORRECTED)
    return None


def _filings(term: TermId, counted: Mapping[SchoolId, int]) -> tuple[Filing, ...]:
    return tuple(Filing(term=term, school=school, revision=revision) for school, revision in counted.items())


def _windows(term: Term, submissions: Iterable[Submission]) -> list[str]:
    """The term's windows that anybody has reported, in the term's order."""
    reported = {window for s in submissions for counts in s.bands.values() for window in counts.followed_up}
    return [window.id for window in term.windows if window.id in reported]


# --- drafting and attacking -------------------------------------------------------------------------------------------


class _Cut:
    """Plan, draft, attack, and again."""

    def __init__(
        self,
        repository: Repository,
        order: Order,
        limits: Limits,
        asked: tuple[Question, ...],
        progress: Callable[[str], None],
    ) -> None:
        self.order, self.limits, self.asked, self.progress = order, limits, asked, progress
        self.edges = answers.edges_of(repository.district.parameters_on(order.day))
        self.levels = order.before[0].levels if order.before else repository.district.levels_of(order.term.id)
        types = {school.id: school.shape_on(order.term.first_day).type for school in repository.schools.values()}
        submissions = order.submissions
        self.ledger = Ledger((submissions[filing] for filing in sorted(submissions)), types, self.levels)
        self.filings = _filings(order.term.id, order.counted)
        self.windows = tuple(_windows(order.term, [submissions[filing] for filing in self.filings]))
        self.facts = PublicFacts(
            types=types,
            enrolment={f.school: {b: c.enrolment for b, c in submissions[f].bands.items()} for f in self.filings},
            limits=limits,
            levels=self.levels,
            windows=self.windows,
            instruments=tuple(repository.district.instruments_of(order.term.id).items()),
        )
        self.before = tuple(self._before(release) for release in order.before)
        self.withdrawn = bool(order.before) and order.before[-1].id in repository.withdrawals
        self.not_repeated = frozenset[Cell]()  # of a release that was withdrawn

    def _before(self, release: Release) -> PublicView:
        tables = registry(release.levels, release.windows, release.plan)
        finest = registry(release.levels, release.windows)
        filings = _filings(release.term, release.counted)
        table = tabulate(self.ledger, tables, filings, release.limits, finest)
        return PublicView(candidate=release, tabulation=table, questions=self.asked)

    def cut(self) -> Release | NoRelease:
        """The most useful release that withstands the attack."""
        exposures: tuple[Exposure, ...] = ()
        plans = ((self._view(plan), None) for plan in ladder(self.facts))
        for view, draft in self._corrections() if self.before else plans:
            found = self._until_safe(view, draft, rounds=1 if self.before else ROUNDS)
            if isinstance(found, Release):
                return found
            exposures = found
        return NoRelease(why=Why.EXPOSED, exposures=exposures)

    def _view(self, plan: TablePlan) -> PublicView:
        """What a release of this plan says, but for its cells."""
        ledger, limits, order = self.ledger, self.limits, self.order
        tables, finest = registry(self.levels, self.windows, plan), registry(self.levels, self.windows)
        table = tabulate(ledger, tables, self.filings, limits, finest)
        with_bands, with_verdicts = Step.BANDS not in plan.steps, Step.VERDICTS not in plan.steps
        bands = answers.participation_of(ledger, table, limits.k, self.edges) if self.edges and with_bands else None
        earlier = [one.tabulation for one in self.before]
        verdicts = answers.of_district(self.asked, ledger, table, limits, bands, earlier) if with_verdicts else ()
        candidate = Candidate(
            term=order.term.id,
            revision=len(order.before) + 1,
            released_on=order.day,
            correction=order.correction,
            registry=VERSION,
            limits=limits,
            levels=self.levels,
            windows=self.windows,
            plan=plan,
            counted=order.counted,
            tables=(),
            participation=bands,
            school_verdicts=tuple(answers.by_school(q, ledger, self.filings) for q in self.asked if q.by_school),
            district_verdicts=tuple(verdicts),
            previous=order.previous,
        )
        return PublicView(candidate=candidate, tabulation=table, questions=self.asked)

    def _corrections(self) -> Iterator[tuple[PublicView, Draft | None]]:
        """The term's release with as many new values as may be seen; then with none but what is open. What it says of
        others is said again; if it was withdrawn, nothing that a school has a part in that filed anew: so then no old
        value waits to be mended.
        """
        (earlier,) = self.before
        candidate = earlier.candidate
        tables = registry(candidate.levels, candidate.windows, candidate.plan)
        finest = registry(candidate.levels, candidate.windows)
        table = tabulate(self.ledger, tables, self.filings, candidate.limits, finest)
        changes = FiledAnew(self.ledger, tables, (earlier.tabulation, table), candidate.cells, candidate.limits)
        kept = {name: getattr(candidate, name) for name in KEPT}
        if self.withdrawn:
            old = earlier.tabulation.cells
            self.not_repeated = frozenset(cell for cell, atoms in table.cells.items() if atoms != old.get(cell))
            kept |= _without(changes.schools, candidate)

        waiting = () if self.withdrawn else tuple(sorted(changes.schools))

        def view(units: Sequence[frozenset[Cell]]) -> PublicView:
            then = replace(self._view(candidate.plan).candidate, waiting=waiting, **kept)
            moved = frozenset(cell for unit in units for cell in unit)
            return PublicView(candidate=then, tabulation=mixed(earlier.tabulation, table, moved), questions=self.asked)

        units = changes.moving()
        draft = protect(self._original(most := view(units)))
        while hidden := self._hidden(most, draft):  # what would have to be hidden keeps its old value
            units = [unit for unit in units if not unit & hidden]
            draft = protect(self._original(most := view(units)))
        yield most, draft
        open_ = {cell for one in tables for row in one.row_order for cell in _open_cells(one, row)}
        yield view([unit for unit in units if unit <= open_]), None

    def _hidden(self, view: PublicView, draft: Draft) -> set[Cell]:
        """What would be hidden of what moves and was shown."""
        original = self.before[-1].candidate.cells
        return {
            cell
            for cell in self._moving(view)
            if isinstance(draft.cells[cell], Suppressed) and isinstance(original.get(cell), Shown)
        }

    def _moving(self, view: PublicView) -> Mapping[Cell, Atoms]:
        """The cells that no earlier release says as much of."""
        earlier = [one.tabulation.cells for one in self.before]
        return {
            c: atoms for c, atoms in view.tabulation.cells.items() if all(atoms != cells.get(c) for cells in earlier)
        }

    def _original(self, view: PublicView) -> Original:
        """What is to be protected. Of a correction only what moves: what does not was public before."""
        stacked = (*self.before, view)
        return original_of(
            self.ledger,
            replace(view.tabulation, cells=self._moving(view)),
            public_statements(self.ledger, stacked),
            self.limits,
            [one.knows for one in attackers_of(self.ledger, stacked) if one is not PUBLIC],
            (c for one in self.before for c, p in one.candidate.cells.items() if isinstance(p, Suppressed)),
            rooms(self.ledger, stacked),
        )

    def _until_safe(self, view: PublicView, draft: Draft | None, rounds: int) -> Release | tuple[Exposure, ...]:
        """The release, or what an attacker still finds. The first draft may be there already."""
        original, exposures = self._original(view), tuple[Exposure, ...]()
        last = bool(self.before) or Step.BAREST in view.candidate.plan.steps  # what a person may be told of
        for number in range(rounds):
            self.progress("release.protect")
            draft = draft if draft and number == 0 else protect(original)
            self.progress("release.attack")
            prove = last and (number == rounds - 1 or draft.unmet > 0)
            found = certify(self.ledger, self._filled(view, draft), self.before, prove=prove)
            if isinstance(found, Release):
                return found
            exposures = found.exposures
            if draft.unmet:  # nothing that is hidden helps: what is attacked must be another table
                break
            demands = (*original.demands, *map(_demand, exposures))
            original = replace(original, demands=demands)
        return exposures

    def _filled(self, view: PublicView, draft: Draft) -> PublicView:
        """The candidate with its cells."""
        table, candidate = view.tabulation, view.candidate
        kept = {cell: published for one in self.before for cell, published in one.candidate.cells.items()}
        kept |= dict.fromkeys(self.not_repeated, Suppressed())
        moving = self._moving(view)
        cells = with_shares(table, {c: draft.cells[c] if c in moving else kept[c] for c in table.cells})
        tables = arranged(registry(candidate.levels, candidate.windows, candidate.plan), cells, table.schools)
        return replace(view, candidate=replace(candidate, tables=tables))


def _without(schools: Iterable[SchoolId], withdrawn: Candidate) -> dict[str, object]:
    """What a release that was withdrawn says of single schools, without what it says of these."""
    bands, given_up = withdrawn.participation, dict.fromkeys(schools, Suppressed())
    known = {school: given_up.get(school, told) for school, told in bands.schools.items()} if bands else {}
    found: dict[str, object] = {"participation": replace(bands, schools=known) if bands else None}
    return found | ({"school_verdicts": (), "district_verdicts": ()} if given_up else {})


def _open_cells(table: Table, row: str) -> Iterator[Cell]:
    yield from (Cell(table=table.id, row=row, column=column.id) for column in table.columns if column.open)


def _demand(exposure: Exposure) -> Demand:
    """What must become possible in the eyes of that attacker."""
    group, small = bool(exposure.secret.beside), exposure.value < exposure.target
    atoms = tuple(atom for atom in exposure.secret.atoms if atom not in set(exposure.attacker.knows))
    return Demand(
        atoms=atoms,
        knows=exposure.attacker.knows,
        down=0 if group else min(exposure.value, exposure.target),
        up=exposure.target - exposure.value if small else 0,
    )
