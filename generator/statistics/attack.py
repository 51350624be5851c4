"""The attacker: what can be worked out from everything that is published, by whom, and how closely.

Owns the verdict on a Draft. An attacker knows every published number of this and of all earlier releases, the sums that
the form prescribes, and what is his own. He is beaten where other whole numbers, which agree with all he knows, could
stand in the place of what is hidden: such a *witness* is a complete other table, found by linear programming and
re-checked here in whole numbers, so that nobody needs to trust the solver. What has no witness is exposed; also where
the solver gave up or found only fractions. Must not know how the numbers were protected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import assert_never

from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.district import RiskLevel
from generator.model.ids import SchoolId, TermId
from generator.model.releases import (
    Certificate,
    DistrictVerdict,
    Limits,
    Link,
    Participation,
    PublishedTables,
    Release,
    SchoolVerdicts,
    id_of,
    path_of,
)
from generator.problems import Position
from generator.statistics.tables import (
    Atoms,
    Filing,
    Ledger,
    Question,
    Secret,
    Statement,
    Tabulation,
    rounding_box,
    share_of,
    surplus,
)
from generator.statistics.witnesses import Aims, Field, Onlookers, Search
from generator.text import Text

ENOUGH = 100  # exposures, after which an attack stops: the draft has failed, and these are where to mend it


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacker:
    """Somebody who knows, besides what everybody may know, the atoms of these schools. The public is no school."""

    schools: tuple[SchoolId, ...] = ()
    knows: Atoms = ()


PUBLIC = Attacker()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A secret that an attacker gets too close to: all he must reckon with lies between `low` and `high`, as far as
    whole tables prove it.
    """

    secret: Secret
    attacker: Attacker
    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """How it went: who tried, how many secrets, the programs solved, the narrowest interval that anybody was
    left with.
    """

    attackers: int
    secrets: int
    programs: int
    narrowest: int | None
    exposures: tuple[Exposure, ...]


def attack(
    values: Sequence[int],
    statements: Iterable[Statement],
    secrets: Sequence[Secret],
    attackers: Sequence[Attacker],
    k: int,
) -> Attack:
    """Let every attacker try every secret.

    `values` are the true counts of all atoms; UntrueStatementError if a statement denies them.
    """
    field = Field(values, tuple(statements))
    onlookers = Onlookers(field, [attacker.knows for attacker in attackers])
    aims = Aims(onlookers, secrets, k)
    search = Search(field, onlookers, aims)
    found = search.uncovered(ENOUGH)
    return Attack(
        attackers=len(attackers),
        secrets=aims.tried,
        programs=search.program.solved,
        narrowest=min(aims.narrowest, search.narrowest) if aims.tried else None,
        exposures=tuple(
            Exposure(
                secret=secrets[one.secret], attacker=attackers[one.mind], value=one.value, low=one.low, high=one.high
            )
            for one in found
        ),
    )


def interval(
    values: Sequence[int], statements: Iterable[Statement], secret: Secret, attacker: Attacker = PUBLIC
) -> tuple[int, int]:
    """The least and the most that an attacker must reckon with, as far as whole tables prove it."""
    field = Field(values, tuple(statements))
    onlookers = Onlookers(field, [attacker.knows])
    search = Search(field, onlookers, Aims(onlookers, [secret], k=0, every=True))
    search.measure(0)
    return int(search.low[0]), int(search.high[0])


# --- a release and all before it --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A Release but for its certificate: what would be published if the attack fails."""

    term: TermId
    revision: int
    released_on: date
    correction: Text | None
    registry: int
    limits: Limits
    levels: tuple[RiskLevel, ...]
    windows: tuple[str, ...]
    counted: Mapping[SchoolId, int]
    tables: PublishedTables
    participation: Participation | None
    school_verdicts: tuple[SchoolVerdicts, ...]
    district_verdicts: tuple[DistrictVerdict, ...]
    previous: Link | None

    @property
    def cells(self) -> Mapping[Cell, Published]:
        """Every cell, table by table, row by row."""
        return {
            Cell(table=t.id, row=r.id, column=c): cell
            for t in self.tables
            for r in t.rows
            for c, cell in r.cells.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicView:
    """A release as the world sees it, and the sums that its numbers are. `questions` are the rules that it answers."""

    content: Candidate | Release
    tabulation: Tabulation
    questions: tuple[Question, ...]


def certify(ledger: Ledger, seen: PublicView, before: Sequence[PublicView]) -> Release | Attack:
    """Attack a candidate together with the term's earlier releases.

    The Release, if nothing is exposed; else how the attack went.

    Releases of other terms share no atom with this one: nothing that is said there narrows anything here.
    """
    candidate, stacked = seen.content, (*before, seen)
    found = attack_all(ledger, stacked, candidate.limits.k)
    if found.exposures:
        return found
    insiders = [len(attacker.schools) for attacker in attackers(ledger, stacked)]
    certificate = Certificate(schools=insiders.count(1), pairs=insiders.count(2))
    name = id_of(candidate.term, candidate.revision)
    fields = {field.name: getattr(candidate, field.name) for field in dataclass_fields(Candidate)}
    return Release(**fields, id=name, certificate=certificate, source=Position(path=path_of(name)))


def attack_all(ledger: Ledger, seen: Sequence[PublicView], k: int) -> Attack:
    """Let everybody try everything that releases say.

    Bands of participation are published for each school, so that schools cannot be added up, and one program with a row
    for each would be too large. So there are two attacks, each with more knowledge than any real attacker has: on what
    was found, knowing how many pupils took part in every band of every school; on who took part, knowing everything
    else. What withstands these also withstands an attacker who knows less.
    """
    releases = [one.tabulation.filings for one in seen]
    known = [statement for one in seen for statement in said(ledger, one)]
    of_schools = [statement for one in seen for statement in said_of_participation(ledger, one)]
    sought, onlookers, here = secrets(seen), attackers(ledger, seen), ledger.takes_part()
    if not of_schools:
        return attack(ledger.values, [*ledger.facts(releases), *known], sought, onlookers, k)
    about = [secret for secret in sought if not here.isdisjoint(secret.atoms)]
    others = [secret for secret in sought if here.isdisjoint(secret.atoms)]
    found = attack(
        ledger.values, [*ledger.facts(releases), *known, *ledger.how_many_took_part(releases)], others, onlookers, k
    )
    took_part = [*ledger.facts_apart(), *known, *of_schools, *ledger.all_but_who_took_part()]
    return _both(found, attack(ledger.values, took_part, about, onlookers, k))


def _both(one: Attack, other: Attack) -> Attack:
    """Two attacks of the same attackers on different secrets."""
    return Attack(
        attackers=one.attackers,
        secrets=one.secrets + other.secrets,
        programs=one.programs + other.programs,
        narrowest=min((width for width in (one.narrowest, other.narrowest) if width is not None), default=None),
        exposures=(*one.exposures, *other.exposures),
    )


def attackers(ledger: Ledger, seen: Iterable[PublicView]) -> tuple[Attacker, ...]:
    """The public; every school that filed; every two schools together that stand in a row of few schools."""
    small = {pair for one in seen for schools in one.tabulation.small for pair in combinations(sorted(schools), 2)}
    insiders = [*((school,) for school in ledger.schools), *sorted(small)]
    return (PUBLIC, *(Attacker(schools=schools, knows=ledger.known_to(schools)) for schools in insiders))


def secrets(seen: Iterable[PublicView]) -> list[Secret]:
    """What nobody may come close to: every sensitive cell, every cell of a gated row, each school's part of any of
    them; and whole groups.
    """
    found: dict[tuple[Atoms, Atoms, bool], Secret] = {}
    for one in seen:
        table = one.tabulation
        for cell, atoms in table.cells.items():
            if cell in table.sensitive or cell in table.gated:
                _keep(found, Secret(cell=cell, atoms=atoms, guarded=cell in table.gated))
        for cell, school, atoms in (
            (c, s, a) for c, parts in table.parts.items() if c in table.sensitive for s, a in parts.items()
        ):
            _keep(found, Secret(cell=cell, school=school, atoms=atoms, guarded=True))
        for group in table.groups:
            _keep(found, group)
    return [s for s in found.values() if s.guarded or (s.atoms, s.beside, True) not in found]


def _keep(found: dict[tuple[Atoms, Atoms, bool], Secret], secret: Secret) -> None:
    found.setdefault((secret.atoms, secret.beside, secret.guarded), secret)


def said(ledger: Ledger, seen: PublicView) -> Iterator[Statement]:
    """What a release says of its tables and its rules: counts, shares, answers.

    Not of participation school by school.
    """
    cells, base = seen.content.cells, seen.content.limits.base
    for cell, published in cells.items():
        match published:
            case Shown(value=value) if cell in seen.tabulation.cells:
                low, high = rounding_box(value, base)
                yield Statement(terms=dict.fromkeys(seen.tabulation.cells[cell], 1), low=low, high=high)
            case Shown(value=value):
                yield from _share(seen.tabulation, cells, cell, value)
            case Suppressed():
                pass
            case _ as never:
                assert_never(never)
    for verdicts in seen.content.school_verdicts:
        yield from _each_school(ledger, seen, verdicts)
    for verdict, question in _answered(seen):
        if not question.is_of_participation(ledger):
            yield from _all_alike(ledger, question, verdict, seen.tabulation.filings)


def said_of_participation(ledger: Ledger, seen: PublicView) -> Iterator[Statement]:
    """What a release says of who took part at each school: its band, and what the district's answer adds to
    the bands.
    """
    bands = seen.content.participation
    if bands:
        for filing in seen.tabulation.filings:
            yield from _in_band(ledger, filing, bands)
    for verdict, question in _answered(seen):
        if question.is_of_participation(ledger):
            told = bands.answers(question.per_cent) if bands else {}
            absent = [f.school for f in seen.tabulation.filings if bands and f.school not in bands.schools]
            left = [f for f in seen.tabulation.filings if f.school not in (*told, *absent)]
            rest = replace(verdict, met=verdict.met - sum(told.values()), judged=verdict.judged - len(told))
            yield from _all_alike(ledger, question, rest, left)


def _in_band(ledger: Ledger, filing: Filing, bands: Participation) -> Iterator[Statement]:
    """Within which limits the band puts a school's share. At a school that is left out nobody was due."""
    whole = dict.fromkeys(ledger.atoms(filing, ledger.due), 1)
    match bands.schools.get(filing.school):
        case None:
            yield Statement(terms=whole, low=0, high=0)
        case Shown(value=begin):
            yield Statement(terms=whole, low=1, high=None)
            yield Statement(
                terms=surplus(ledger, filing, ledger.screened, ledger.due, Fraction(begin)), low=0, high=None
            )
            if (end := bands.end(begin)) is not None:
                yield Statement(
                    terms=surplus(ledger, filing, ledger.screened, ledger.due, Fraction(end)), low=None, high=-1
                )
        case Suppressed():
            pass


def _answered(seen: PublicView) -> Iterator[tuple[DistrictVerdict, Question]]:
    for verdict in seen.content.district_verdicts:
        yield verdict, next(q for q in seen.questions if q.rule == verdict.rule)


def _share(tabulation: Tabulation, cells: Mapping[Cell, Published], share: Cell, tenths: int) -> Iterator[Statement]:
    """What a share says: it was rounded to `tenths`, so it lies within half a tenth of it.

    Nothing where both of its counts are shown.
    """
    part, whole = tabulation.shares[share]
    if share_of(cells[part], cells[whole]) == Shown(value=tenths):
        return
    for factor, low, high in ((2 * tenths - 1, 0, None), (2 * tenths + 1, None, 0)):
        terms = dict.fromkeys(tabulation.cells[whole], -factor)
        for atom in tabulation.cells[part]:
            terms[atom] = terms.get(atom, 0) + 2000
        yield Statement(terms=terms, low=low, high=high)


def _each_school(ledger: Ledger, seen: PublicView, verdicts: SchoolVerdicts) -> Iterator[Statement]:
    """Whether each school meets the rule. A school that is left out has nobody whom the rule is about."""
    question = next(q for q in seen.questions if q.rule == verdicts.rule)
    for filing in seen.tabulation.filings:
        yield from _inequality(ledger, question, filing, verdicts.schools.get(filing.school))


def _all_alike(
    ledger: Ledger, question: Question, verdict: DistrictVerdict, filings: Sequence[Filing]
) -> Iterator[Statement]:
    """If all schools meet a rule, or none does, the same is known of each school.

    Otherwise nothing is known of a single one.
    """
    for filing in filings:
        if verdict.met == verdict.judged:
            yield Statement(terms=question.surplus(ledger, filing), low=0, high=None)
        elif verdict.met == 0 and verdict.judged == len(filings):
            yield from _inequality(ledger, question, filing, False)


def _inequality(ledger: Ledger, question: Question, filing: Filing, met: bool | None) -> Iterator[Statement]:
    whole = dict.fromkeys(ledger.atoms(filing, question.whole), 1)
    if met is None:
        yield Statement(terms=whole, low=0, high=0)
        return
    yield Statement(terms=whole, low=1, high=None)
    low, high = (0, None) if met else (None, -1)
    yield Statement(terms=question.surplus(ledger, filing), low=low, high=high)
