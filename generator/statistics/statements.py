"""What is public of a release, as statements about atoms: what everybody may know, and what the release says.

The one model for both sides: what protects and what attacks are given the same list, and know of each other nothing
else. Everything is said school by school, so that whoever knows his own school's part subtracts it from every
statement. Owns what each published cell, share, mark, band, verdict and number of schools says. Must not know how
anything is protected or attacked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.releases import Candidate, DistrictVerdict, Participation, SchoolVerdicts
from generator.statistics.tables import (
    Filing,
    Ledger,
    Question,
    Rooms,
    Statement,
    Tabulation,
    count_box,
    share_of,
    surplus,
)


class PublicView(Struct, frozen=True, kw_only=True):
    """A release as the world sees it, and the sums that its numbers are. `questions` are the rules that it answers."""

    candidate: Candidate
    tabulation: Tabulation
    questions: tuple[Question, ...]


def public_statements(ledger: Ledger, views: Sequence[PublicView]) -> list[Statement]:
    """All that everybody may know: of every school its enrolment and the rules of the form, and what releases say."""
    of_releases = (s for v in views for s in (*statements_of_tables(ledger, v), *statements_of_schools(ledger, v)))
    return [*ledger.facts_apart(), *of_releases]


def statements_of_schools(ledger: Ledger, view: PublicView) -> Iterator[Statement]:
    """What a release says of single schools: who took part, and who contributes."""
    yield from statements_of_participation(ledger, view)
    yield from statements_of_contributing(view)


def statements_of_contributing(view: PublicView) -> Iterator[Statement]:
    """That all schools contribute to a row where all are counted."""
    for row, parts in view.tabulation.bases.items():
        if view.tabulation.schools[row] == len(parts):
            yield from (Statement(terms=dict.fromkeys(atoms, 1), low=1, high=None) for atoms in parts.values())


def rooms(ledger: Ledger, views: Iterable[PublicView]) -> Rooms:
    """How many pupils every atom may count, with what releases say of who contributes."""
    statements = [s for view in views for s in statements_of_contributing(view)]
    found = {(ledger.rooms.of[next(iter(s.terms))], frozenset(s.terms)) for s in statements}
    some = dict(sorted(found, key=lambda one: (one[0], -len(one[1]))))
    alone = {room: atoms for room, atoms in some.items() if {ledger.rooms.of[atom] for atom in atoms} == {room}}
    return replace(ledger.rooms, some=alone)


def statements_of_tables(ledger: Ledger, view: PublicView) -> Iterator[Statement]:
    """What a release says of its tables and its rules: counts, shares, answers.

    Not of participation school by school.
    """
    cells, limits = view.candidate.cells, view.candidate.limits
    for cell, published in cells.items():
        match published:
            case Shown(value=value) if cell in view.tabulation.cells:
                low, high = count_box(value, limits.base, limits.k, about_somebody=cell in view.tabulation.sensitive)
                yield Statement(terms=dict.fromkeys(view.tabulation.cells[cell], 1), low=low, high=high)
            case Shown(value=value):
                yield from _share(view.tabulation, cells, cell, value)
            case Suppressed():
                pass
            case _ as never:
                assert_never(never)
    for verdicts in view.candidate.school_verdicts:
        yield from _each_school(ledger, view, verdicts)
    for verdict, question in _answered(view):
        if not question.is_of_participation(ledger):
            yield from _all_alike(ledger, question, verdict, view.tabulation.filings)


def statements_of_participation(ledger: Ledger, view: PublicView) -> Iterator[Statement]:
    """What a release says of who took part at each school: its band, and what the district's answer adds to
    the bands.
    """
    bands = view.candidate.participation
    if bands:
        for filing in view.tabulation.filings:
            yield from _in_band(ledger, filing, bands)
    for verdict, question in _answered(view):
        if question.is_of_participation(ledger):
            banded = bands.answers(question.per_cent) if bands else {}
            absent = [f.school for f in view.tabulation.filings if bands and f.school not in bands.schools]
            left = [f for f in view.tabulation.filings if f.school not in (*banded, *absent)]
            rest = replace(verdict, met=verdict.met - sum(banded.values()), judged=verdict.judged - len(banded))
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


def _answered(view: PublicView) -> Iterator[tuple[DistrictVerdict, Question]]:
    for verdict in view.candidate.district_verdicts:
        yield verdict, next(q for q in view.questions if q.rule == verdict.rule)


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


def _each_school(ledger: Ledger, view: PublicView, verdicts: SchoolVerdicts) -> Iterator[Statement]:
    """Whether each school meets the rule. A school that is left out has nobody whom the rule is about."""
    question = next(q for q in view.questions if q.rule == verdicts.rule)
    for filing in view.tabulation.filings:
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
