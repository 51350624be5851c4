"""What else a whole release says, verdicts and rounded numbers, seen from outside: cut from the sample's figures, then
attacked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache

import pytest
from msgspec.structs import replace

from generator.model.cells import Shown, Suppressed
from generator.model.duties import RuleId
from generator.model.ids import SchoolId
from generator.model.registry import registry
from generator.model.releases import Release, SchoolVerdicts
from generator.model.submission import Submission
from generator.records.repository import Repository
from generator.statistics.attack import PUBLIC, Attack, attack, attackers_of, certify, secrets_of
from generator.statistics.cut import Order, cut
from generator.statistics.statements import PublicView, statements_of_tables
from generator.statistics.tables import Filing, Ledger, Question, Statement, rounded, rounding_box, share_of, tabulate
from tests import test_cut
from tests.conftest import explored
from tests.test_cut import PRIMARY, TERM, quiet
from tests.test_cut import with_totals as repository

BASE = 5


@cache
def handed_in() -> Mapping[Filing, Submission]:
    """By six schools; one of them mends it, eleven pupils one level higher."""
    found = {filing: one for filing, one in test_cut.handed_in().items() if filing.school in PRIMARY}
    mended = Filing(term=TERM, school=SchoolId("xz03"), revision=1)
    band, counts = list(found[mended].bands.items())[-1]
    none, first_level, *_ = counts.levels
    levels = {**counts.levels, none: counts.levels[none] - 11, first_level: counts.levels[first_level] + 11}
    bands = {**found[mended].bands, band: replace(counts, levels=levels)}
    return {**found, replace(mended, revision=2): replace(found[mended], revision=2, bands=bands)}


def counted(revision: int) -> dict[SchoolId, int]:
    return {filing.school: filing.revision for filing in sorted(handed_in()) if filing.revision <= revision}


def order(revision: int = 1, before: tuple[Release, ...] = (), day: date = test_cut.DAY) -> Order:
    return replace(test_cut.order(revision, before, day), counted=counted(revision), submissions=handed_in())


@cache
def first() -> Release:
    """The first release of a district whose levels are added up."""
    made = cut(repository(), order(), quiet)
    assert isinstance(made, Release)
    return made


@cache
def ledger() -> Ledger:
    return Ledger(
        handed_in().values(), {s.id: s.type for s in repository().schools.values()}, repository().district.risk_levels
    )


def seen(release: Release, *questions: Question, revision: int = 1) -> PublicView:
    filings = [Filing(term=TERM, school=school, revision=number) for school, number in counted(revision).items()]
    tables = registry(release.levels, release.windows, release.plan)
    content = replace(release, school_verdicts=(), district_verdicts=())
    return PublicView(
        candidate=content, tabulation=tabulate(ledger(), tables, filings, release.limits), questions=questions
    )


# --- verdicts ---------------------------------------------------------------------------------------------------------


def one_in(of: int) -> Question:
    """Are at least one in so many of a school's pupils at the highest level? A rule that nobody should publish school
    by school.
    """
    part, whole = ("levels.highest",), ("enrolment",)
    return Question(rule=RuleId("ODD-01"), part=part, whole=whole, per_cent=Fraction(100, of), target=1, by_school=True)


def answered(question: Question, school: SchoolId) -> PublicView:
    """The first release and one school's answer.

    What is said of the others is that there is nobody to ask about, which is kept out.
    """
    plain = seen(first(), question)
    alone = replace(plain.tabulation, filings=tuple(f for f in plain.tabulation.filings if f.school == school))
    met = question.met(ledger(), alone.filings[0])
    assert met is not None
    verdicts = SchoolVerdicts(rule=question.rule, target=1, schools={school: met}, source=first().source)
    return replace(plain, candidate=replace(plain.candidate, school_verdicts=(verdicts,)), tabulation=alone)


@explored
def test_without_its_verdicts_the_release_stands() -> None:
    assert isinstance(certify(ledger(), seen(first()), ()), Release)


@pytest.mark.parametrize("of", [pytest.param(10_000, marks=explored), 500])
def test_the_answer_of_one_school_alone_exposes_its_count(of: int) -> None:
    """Met: there is somebody. The school has a few, and nothing else in the release says so."""
    question = one_in(of)
    school = next(f.school for f in ledger_filings() if 0 < highest(f) < 5 and question.met(ledger(), f))
    found = certify(ledger(), answered(question, school), ())
    assert isinstance(found, Attack)
    (told,) = {e.secret.school for e in found.exposures if e.attacker is PUBLIC}
    assert told == school
    assert all(e.low >= 1 for e in found.exposures if e.attacker is PUBLIC)


def test_an_answer_that_leaves_none_and_many_possible_is_let_through() -> None:
    """Not one in two: none at all is as possible as dozens."""
    school = ledger_filings()[0].school
    assert isinstance(certify(ledger(), answered(one_in(2), school), ()), Release)


def ledger_filings() -> list[Filing]:
    return [Filing(term=TERM, school=school, revision=1) for school in counted(1)]


def highest(filing: Filing) -> int:
    return sum(ledger().values[atom] for atom in ledger().atoms(filing, ["levels.highest"]))


# --- whole groups -----------------------------------------------------------------------------------------------------


def test_who_must_not_be_few_where_something_was_found() -> None:
    """With every screened child a finding, with nobody a valid answer, with every file the same concern: of all
    schools, and of each.
    """
    release, table = first(), seen(first()).tabulation
    tables = {t.id: t for t in registry(release.levels, release.windows, release.plan)}
    (levels,), (answers,) = tables["stage-level"].groups, tables["participation"].groups
    assert (levels.column, levels.others) == ("none", ("levels.none",))
    assert set(levels.speaks) == {f"levels.{level.id}" for level in release.levels[1:]}
    assert answers.column == "valid"
    assert len(tables["stage-concern"].groups) == 6
    assert tables["type-level"].groups == (levels,)
    whole = [group for group in table.groups if group.school is None]
    rows = {(t, cell.row) for cell in table.cells for t in [cell.table]}
    assert len(whole) == sum(len(tables[name].groups) for name, _ in rows)
    for group in table.groups:
        assert set(group.atoms).isdisjoint(group.beside)
        assert group.school is None or set(group.atoms + group.beside) <= set(ledger().known_to([group.school]))


# --- rounding ---------------------------------------------------------------------------------------------------------


def rounding() -> Repository:
    district = repository().district
    parameters = tuple(replace(p, value=BASE) if p.id == "publication_rounding" else p for p in district.parameters)
    return replace(repository(), district=replace(district, parameters=parameters))


@cache
def by_five() -> Release:
    """A release whose counts are rounded."""
    made = cut(rounding(), order(), quiet)
    assert isinstance(made, Release)
    return made


@explored
def test_a_rounded_release_is_followed_by_that_after_a_school_mended_its_figures() -> None:
    assert isinstance(cut(rounding(), order(2, (by_five(),), date(2026, 4, 1)), quiet), Release)


def test_rounded_counts_are_multiples_near_the_truth_and_totals_stand_on_their_own() -> None:
    release, added = by_five(), 0
    cells, table = release.cells, seen(release).tabulation
    for where, atoms in table.cells.items():
        published = cells[where]
        if isinstance(published, Shown):
            truth = sum(ledger().values[atom] for atom in atoms)
            assert published.value % BASE == 0
            assert abs(published.value - truth) <= BASE // 2
            assert where not in table.sensitive or not 0 < truth < release.limits.k
    for published_table in release.tables:
        *rows, total = published_table.rows
        for name in (column for column in published_table.columns if "/" not in column):
            shown = [row.cells[name] for row in rows]
            if isinstance(total.cells[name], Shown) and all(isinstance(cell, Shown) for cell in shown):
                added += sum(cell.value for cell in shown if isinstance(cell, Shown)) != getattr(
                    total.cells[name], "value", None
                )
    assert added > 0, "some total is not the sum of its rows, as it would be had it been added up from them"


def test_rounded_releases_withstand_everybody_and_a_small_count_shown_rounded_does_not() -> None:
    one = by_five()
    stacked = (seen(one),)
    aims = secrets_of(stacked)
    attackers = attackers_of(ledger(), stacked)
    facts = list(ledger().facts([s.tabulation.filings for s in stacked]))
    told = [*facts, *(statement for s in stacked for statement in statements_of_tables(ledger(), s))]
    assert attack(ledger().values, told, aims, attackers, one.limits.k).exposures == ()
    part = next(
        s
        for s in aims
        if s.school and not s.beside and 0 < sum(ledger().values[atom] for atom in s.atoms) < one.limits.k
    )
    low, high = rounding_box(rounded(sum(ledger().values[atom] for atom in part.atoms), BASE), BASE)
    worse = Statement(terms=dict.fromkeys(part.atoms, 1), low=low, high=high)
    found = attack(ledger().values, [*told, worse], aims, [PUBLIC], one.limits.k).exposures
    assert {(e.secret.school, e.secret.cell) for e in found} >= {(part.school, part.cell)}


@pytest.mark.parametrize(
    ("few", "all_", "tenths"),
    [(0, 10, 0), (1, 99999, 1), (9999, 10000, 999), (10000, 10000, 1000), (1, 3, 333), (995, 1000, 995)],
)
def test_a_share_is_all_only_of_all_and_nothing_only_of_none(few: int, all_: int, tenths: int) -> None:
    assert share_of(Shown(value=few), Shown(value=all_)) == Shown(value=tenths)


def test_a_share_of_rounded_counts_is_at_most_all_of_them() -> None:
    """998 of 1,002 are shown as 1,000 of 1,000: all of the rounded, and the pages say that shares are of these.

    More than all there never is.
    """
    for base in (5, 10):
        for all_ in range(1, 60):
            for few in range(all_ + 1):
                part, whole = rounded(few, base), rounded(all_, base)
                assert part <= whole
                share = share_of(Shown(value=part), Shown(value=whole))
                assert share == Suppressed() if whole == 0 else isinstance(share, Shown) and share.value <= 1000
