"""The ledger of atoms, made by hand: what is said of them, of whom, and how counts are rounded and asked about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from fractions import Fraction

import pytest
from msgspec.structs import replace

from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.district import RiskLevel
from generator.model.duties import RuleId
from generator.model.ids import SchoolId, TermId
from generator.model.registry import registry
from generator.model.releases import (
    Candidate,
    DistrictVerdict,
    Limits,
    Participation,
    PublishedTable,
    Row,
    SchoolVerdicts,
)
from generator.model.schools import SchoolType
from generator.model.submission import Concern, Counts, NotScreened, StageBand, Submission
from generator.problems import Position
from generator.statistics.attack import (
    PUBLIC,
    Attack,
    _both,
    _fast,
    _small_bands,
    attack,
    attack_all,
    attackers_of,
    secrets_of,
)
from generator.statistics.cut import DOMINANCE, _without, limits_of
from generator.statistics.cut import LIMITS as PARAMETERS
from generator.statistics.statements import PublicView, statements_of_tables
from generator.statistics.tables import (
    ENDLESS,
    Filing,
    Ledger,
    Question,
    Rooms,
    Secret,
    Statement,
    Tabulation,
    count_box,
    dominates,
    enough,
    rounded,
    rounding_box,
    share_of,
    tabulate,
    with_shares,
)
from generator.text import Text

TERM = TermId("2026-2027-1")
A, B, C = (SchoolId(name) for name in "abc")
LEVELS = tuple(
    RiskLevel(id=name, title=Text(zh=name), focus=focus, paper_file=focus)
    for name, focus in (("none", False), ("close", True), ("highest", True))
)
TYPES = {A: SchoolType.PRIMARY, B: SchoolType.PRIMARY, C: SchoolType.JUNIOR}


def counts(enrolment: int, highest: int, absent: int) -> Counts:
    """Everybody is due; who is not absent has an answer, most of them without a finding."""
    screened = enrolment - absent
    return Counts(
        enrolment=enrolment,
        due=enrolment,
        screened=screened,
        valid=screened,
        invalid=0,
        not_screened={why: absent if why is NotScreened.ABSENT else 0 for why in NotScreened},
        levels={"none": screened - highest, "close": 0, "highest": highest},
        reviewed=min(screened, 1),
        electronic_files=1,
        paper_files=0,
        counselled=0,
        followed_up={},
        referred=0,
        guardians_informed=0,
        crisis_interventions=2,
        concerns=dict.fromkeys(Concern, 0),
    )


def submission(school: SchoolId, revision: int = 1, **bands: Counts) -> Submission:
    return Submission(
        schema=3,
        school=school,
        term=TERM,
        revision=revision,
        bands={StageBand(name.replace("_", "-")): one for name, one in bands.items()},
    )


def filing(school: SchoolId, revision: int = 1) -> Filing:
    return Filing(term=TERM, school=school, revision=revision)


def ledger() -> Ledger:
    return Ledger(
        (
            submission(A, primary_lower=counts(100, 2, 5), primary_upper=counts(80, 0, 0)),
            submission(B, primary_lower=counts(60, 1, 0)),
            submission(C, junior=counts(300, 4, 10)),
            submission(A, 2, primary_lower=counts(100, 3, 5), primary_upper=counts(80, 0, 0)),
        ),
        TYPES,
        LEVELS,
    )


def total(of: Ledger, statement: Statement) -> int:
    assert set(statement.terms.values()) == {1}
    assert statement.low == statement.high == sum(of.values[atom] for atom in statement.terms)
    return statement.low


def test_whose_atoms_are_whose() -> None:
    of = ledger()
    assert of.schools == (A, B, C)
    assert of.known_to([A, C]) == (*of.known_to([A]), *of.known_to([C]))
    assert of.owners(of.known_to([A, C])) == {A, C}
    assert sorted(atom for school in of.schools for atom in of.known_to([school])) == list(range(len(of.values)))
    both = of.atoms(filing(A), ["enrolment", "levels.highest"])
    assert [of.values[atom] for atom in both] == [100, 80, 2, 0]
    assert of.atoms(filing(B, 2), ["enrolment"]) == ()
    assert {(kind, band) for _, kind, band, _ in of.filed(filing(C))} == {("junior", "junior")}
    assert of.filed(filing(C, 2)) == ()
    assert of.enrolled(filing(A), ["primary-lower", "junior"]) == 100
    assert of.enrolled(filing(A, 2), ["primary-lower", "primary-upper"]) == 180


def test_who_took_part_is_said_of_schools_of_a_type_that_the_same_releases_count() -> None:
    of = ledger()

    def said(*releases: list[Filing]) -> list[int]:
        return sorted(total(of, s) for s in of.how_many_took_part(releases))

    first, second = [filing(A), filing(B), filing(C)], [filing(A, 2), filing(B), filing(C)]
    # Of the first revision A and B together, of the second A alone: screened, and not screened.
    assert said(first) == sorted([155, 5, 80, 0, 290, 10, 95, 5, 80, 0])
    assert said(first, second) == sorted([95, 5, 60, 0, 80, 0, 290, 10, 95, 5, 80, 0])
    facts = [total(of, s) for s in of.facts([first]) if not s.each]
    assert sorted(facts) == sorted([100, 80, 60, 300, 100, 80])
    assert len([s for s in of.facts([first, second]) if s.each]) > len([s for s in of.facts([first]) if s.each])


def test_what_says_who_took_part_and_all_the_rest() -> None:
    of = ledger()
    name = of.frame["name"].to_dict()
    part = {str(name[atom]) for atom in of.takes_part()}
    assert part == {"levels.none", *(f"not_screened.{why}" for why in NotScreened)}
    rest = list(of.all_but_who_took_part())
    assert all(len(s.terms) == 1 for s in rest)
    assert {atom for s in rest for atom in s.terms} == set(range(len(of.values))) - of.takes_part()
    assert all(total(of, s) >= 0 for s in rest)


def test_a_band_of_a_school_is_a_room_and_interventions_are_no_pupils() -> None:
    of = ledger()
    name = of.frame["name"].to_dict()
    endless = [atom for atom in range(len(of.values)) if of.rooms.holds[of.rooms.of[atom]] == ENDLESS]
    assert {str(name[atom]) for atom in endless} == {"crisis_interventions"}
    assert [of.rooms.holds[of.rooms.of[a]] for a in of.atoms(filing(A), ["reviewed"])] == [100, 80]
    assert len(of.rooms.holds) == 7  # three schools' bands, one school twice, and the endless one
    some = Rooms(of=(0, 0, 1), holds=(10, 5), some={0: frozenset({1})})
    assert [some.open(0, [0]), some.open(0, [0, 1]), some.open(1, [2])] == [9, 10, 5]


def view(*, banded: bool) -> PublicView:
    """A release of bands of participation alone."""
    filings = (filing(A), filing(B))
    bands = Participation(edges=(85, 95), schools={f.school: Shown(value=0) for f in filings}) if banded else None
    candidate = Candidate(
        term=TERM,
        revision=1,
        released_on=date(2026, 12, 1),
        correction=None,
        registry=1,
        limits=LIMITS,
        levels=LEVELS,
        windows=(),
        counted={f.school: 1 for f in filings},
        tables=(),
        participation=bands,
        school_verdicts=(),
        district_verdicts=(),
        previous=None,
    )
    tabulation = Tabulation(
        filings=filings,
        cells={},
        parts={},
        sensitive=frozenset(),
        groups=(),
        gated=frozenset(),
        small=frozenset(),
        shares={},
        schools={},
    )
    return PublicView(candidate=candidate, tabulation=tabulation, questions=())


LIMITS = Limits(k=5, schools=2, per_cent=90, base=1)


def test_the_fast_attack_on_what_was_found_knows_how_many_took_part() -> None:
    """Hardly anybody was screened, so hardly anybody can have a finding. Without bands nobody hears of that."""
    figures = {A: counts(100, 2, 98), B: counts(60, 1, 58)}
    of = Ledger([submission(school, primary_lower=one) for school, one in figures.items()], TYPES, LEVELS)
    highest = tuple(atom for school in figures for atom in of.atoms(filing(school), ["levels.highest"]))
    secret = Secret(cell=Cell(table="t", row="r", column="c"), atoms=highest)
    assert _fast(of, [view(banded=False)], LIMITS, [secret], [PUBLIC]).exposures == ()
    (exposed,) = _fast(of, [view(banded=True)], LIMITS, [secret], [PUBLIC]).exposures
    assert (exposed.secret, exposed.value, exposed.target) == (secret, 3, 5)
    # Nobody is reviewed who has no valid answer: so says the form.
    beside = replace(secret, atoms=tuple(atom for school in figures for atom in of.atoms(filing(school), ["reviewed"])))
    assert _fast(of, [view(banded=False)], LIMITS, [beside], [PUBLIC]).exposures == ()
    assert _fast(of, [view(banded=True)], LIMITS, [beside], [PUBLIC]).exposures


def test_the_fast_attack_knows_the_tables() -> None:
    of = Ledger([submission(s, primary_lower=counts(100, 2, 98)) for s in (A, B)], TYPES, LEVELS)
    cell = Cell(table="t", row="r", column="c")
    atoms = tuple(atom for school in (A, B) for atom in of.atoms(filing(school), ["electronic_files"]))
    told = (PublishedTable(id="t", rows=(Row(id="r", schools=2, cells={"c": Shown(value=2)}),)),)
    plain = view(banded=False)
    shown = replace(
        plain,
        candidate=replace(plain.candidate, tables=told),
        tabulation=replace(plain.tabulation, cells={cell: atoms}),
    )
    secret = Secret(cell=cell, atoms=atoms)
    assert _fast(of, [plain], LIMITS, [secret], [PUBLIC]).exposures == ()
    assert _fast(of, [shown], LIMITS, [secret], [PUBLIC]).exposures


@pytest.mark.parametrize("banded", [True, False])
def test_the_fast_attack_tries_who_took_part_and_what_was_found(banded: bool) -> None:
    figures = {A: counts(100, 2, 3), B: counts(60, 1, 1)}
    bands = replace(view(banded=banded), questions=())
    if bands.candidate.participation:
        high = replace(bands.candidate.participation, schools=dict.fromkeys(figures, Shown(value=95)))
        bands = replace(bands, candidate=replace(bands.candidate, participation=high))
    of = Ledger([submission(school, primary_lower=one) for school, one in figures.items()], TYPES, LEVELS)
    secrets = [
        Secret(
            cell=Cell(table="t", row="r", column=name),
            atoms=tuple(atom for school in figures for atom in of.atoms(filing(school), [name])),
        )
        for name in ("not_screened.absent", "levels.highest")
    ]
    found = _fast(of, [bands], LIMITS, secrets, attackers_of(of, [bands]))
    assert (found.attackers, found.secrets) == (3, 2)


def test_the_public_and_every_school_attack() -> None:
    of = ledger()
    assert [a.schools for a in attackers_of(of, [view(banded=True)])] == [(), (A,), (B,), (C,)]
    assert attackers_of(of, [])[1].knows == of.known_to([A])


@pytest.mark.parametrize(
    ("value", "base", "shown"),
    [(0, 5, 0), (2, 5, 0), (3, 5, 5), (7, 5, 5), (8, 5, 10), (1, 2, 2), (7, 1, 7), (4, 10, 0), (5, 10, 10)],
)
def test_a_count_is_rounded_to_the_nearest_and_its_box_holds_what_is_shown_so(
    value: int, base: int, shown: int
) -> None:
    assert rounded(value, base) == shown
    low, high = rounding_box(shown, base)
    assert [n for n in range(40) if rounded(n, base) == shown] == list(range(low, high + 1))


@pytest.mark.parametrize(
    ("shown", "base", "k", "about", "box"),
    [
        (7, 1, 5, True, (7, 7)),
        (5, 5, 5, False, (3, 7)),
        (5, 5, 5, True, (5, 7)),  # not 3 or 4, which are never shown
        (10, 5, 5, True, (8, 12)),
        (0, 5, 5, True, (0, 0)),
        (0, 5, 5, False, (0, 2)),
        (0, 10, 5, True, (0, 4)),  # up to 4, which is under k: nobody
        (0, 20, 5, True, (0, 9)),
    ],
)
def test_a_small_count_is_never_behind_a_rounded_one(
    shown: int, base: int, k: int, about: bool, box: tuple[int, int]
) -> None:
    wanted = (0, 0) if (shown, base, about) == (0, 10, True) else box
    assert count_box(shown, base, k, about_somebody=about) == wanted


@pytest.mark.parametrize(
    ("part", "whole", "share"),
    [
        (Shown(value=0), Shown(value=9), Shown(value=0)),
        (Shown(value=9), Shown(value=9), Shown(value=1000)),
        (Shown(value=1), Shown(value=9000), Shown(value=1)),  # not none
        (Shown(value=8999), Shown(value=9000), Shown(value=999)),  # not all
        (Shown(value=1), Shown(value=3), Shown(value=333)),
        (Shown(value=2), Shown(value=3), Shown(value=667)),
        (Shown(value=1), Shown(value=16), Shown(value=63)),  # 62.5 goes up
        (Shown(value=0), Shown(value=0), Suppressed()),
        (Suppressed(), Shown(value=9), Suppressed()),
        (Shown(value=9), Suppressed(), Suppressed()),
    ],
)
def test_a_share_is_none_or_all_only_of_none_and_all(part: Published, whole: Published, share: Published) -> None:
    assert share_of(part, whole) == share


def test_how_many_schools_are_enough_in_the_eyes_of_one_that_knows_his_own() -> None:
    two = frozenset({A, B})
    assert [enough(two, known, 3) for known in (frozenset[SchoolId](), frozenset({A}), frozenset({C}))] == [
        False,
        False,
        True,
    ]
    assert not enough(frozenset({A}), frozenset({B, C}), 3)  # what one school has is its own
    assert enough(two, frozenset(), 2)


def test_a_rule_of_sealed_figures_is_met_from_what_it_asks_on() -> None:
    of = ledger()
    asked = Question(
        rule=RuleId("X-01"),
        part=("levels.highest",),
        whole=("enrolment",),
        per_cent=Fraction(4, 3),
        target=1,
        by_school=True,
    )
    assert asked.met(of, filing(C))  # four of 300
    assert not replace(asked, per_cent=Fraction(41, 30)).met(of, filing(C))
    assert asked.met(of, filing(A)) is False  # two of 180
    assert replace(asked, whole=("referred",)).met(of, filing(C)) is None
    surplus = asked.surplus(of, filing(C))
    assert sorted(surplus.values()) == [-4, 300]
    twice = replace(asked, part=("enrolment",), per_cent=Fraction(100)).surplus(of, filing(C))
    assert list(twice.values()) == [0]
    part = replace(asked, part=of.screened, whole=of.due)
    assert part.is_of_participation(of)
    assert not replace(part, part=("levels.none",)).is_of_participation(of)
    assert not replace(part, whole=("enrolment",)).is_of_participation(of)


def test_a_school_that_is_left_out_of_a_rules_verdicts_has_nobody_whom_it_is_about() -> None:
    of = ledger()
    question = Question(
        rule=RuleId("X-01"), part=("reviewed",), whole=("referred",), per_cent=Fraction(50), target=50, by_school=True
    )
    told = SchoolVerdicts(rule=question.rule, target=50, schools={A: True}, source=Position(path="x"))
    plain = view(banded=False)
    said = replace(plain, candidate=replace(plain.candidate, school_verdicts=(told,)), questions=(question,))
    nobody, somebody = of.atoms(filing(B), ["referred"]), of.atoms(filing(A), ["referred"])
    statements = [(dict(s.terms), s.low, s.high) for s in statements_of_tables(of, said)]
    assert (dict.fromkeys(nobody, 1), 0, 0) in statements
    assert (dict.fromkeys(somebody, 1), 1, None) in statements
    assert (question.surplus(of, filing(A)), 0, None) in statements
    assert len(statements) == 3


def table_of(limits: Limits, *, finest: bool = False) -> Tabulation:
    tables = [t for t in registry(LEVELS, []) if t.id in ("participation", "stage-level")]
    filings = [filing(B), filing(A), filing(C)]
    return tabulate(ledger(), tables, filings, limits, tables[:1] if finest else None)


def rows_of(cells: Collection[Cell], table: str = "participation") -> set[str]:
    return {cell.row for cell in cells if cell.table == table}


def test_a_row_is_the_sum_of_its_schools_and_the_total_of_all() -> None:
    of, made = ledger(), table_of(LIMITS)
    assert made.filings == (filing(A), filing(B), filing(C))
    assert {key: n for key, n in made.schools.items() if key[0] == "participation"} == {
        ("participation", row): n
        for row, n in {"primary-lower": 2, "primary-upper": 1, "junior": 1, "total": 3}.items()
    }
    due = {
        cell.row: atoms for cell, atoms in made.cells.items() if (cell.table, cell.column) == ("participation", "due")
    }
    assert {row: sum(of.values[a] for a in atoms) for row, atoms in due.items()} == {
        "primary-lower": 160,
        "primary-upper": 80,
        "junior": 300,
        "total": 540,
    }
    for cell, atoms in made.cells.items():
        parts = made.parts[cell]
        assert sorted(atom for part in parts.values() for atom in part) == sorted(atoms)
        assert all(of.owners(part) == {school} for school, part in parts.items())
    lower = made.bases["participation", "primary-lower"]
    assert {school: sum(of.values[a] for a in atoms) for school, atoms in lower.items()} == {A: 100, B: 60}
    highest = Cell(table="stage-level", row="total", column="highest")
    assert highest in made.sensitive
    assert Cell(table="participation", row="total", column="due") not in made.sensitive
    assert made.shares[Cell(table="participation", row="total", column="screened/due")] == (
        Cell(table="participation", row="total", column="screened"),
        Cell(table="participation", row="total", column="due"),
    )
    assert made.beneath is None
    beneath = table_of(LIMITS, finest=True).beneath
    assert beneath is not None
    assert {cell.table for cell in beneath.cells} == {"participation"}


def test_the_shares_of_a_row_come_after_its_counts() -> None:
    made = tabulate(ledger(), registry(LEVELS, [])[:1], [filing(A), filing(B), filing(C)], LIMITS)
    counts: dict[Cell, Published] = {cell: Shown(value=1000) for cell in made.cells}
    counts[Cell(table="participation", row="junior", column="due")] = Suppressed()
    published = with_shares(made, counts)
    columns = ["due", "screened", "not-screened", "valid", "invalid", "screened/due"]
    rows = ["primary-lower", "primary-upper", "junior", "total"]
    assert [(cell.row, cell.column) for cell in published] == [(row, column) for row in rows for column in columns]
    shares = {cell.row: one for cell, one in published.items() if cell.column == "screened/due"}
    assert shares == {row: Suppressed() if row == "junior" else Shown(value=1000) for row in rows}


@pytest.mark.parametrize(
    ("schools", "per_cent", "gated", "few"),
    [
        (1, 100, set(), {}),
        (2, 100, {"primary-upper", "junior"}, {"primary-upper": {A}, "junior": {C}}),
        (
            3,
            100,
            {"primary-upper", "junior", "primary-lower"},
            {"primary-upper": {A}, "junior": {C}, "primary-lower": {A, B}},
        ),
        (2, 63, {"primary-upper", "junior"}, {}),  # each of them is its row's only school
        (2, 62, {"primary-upper", "junior", "primary-lower"}, {}),  # and A has 100 of 160
        (3, 90, {"primary-upper", "junior", "primary-lower"}, {"primary-lower": {A, B}}),
        (2, 55, {"primary-upper", "junior", "primary-lower", "total"}, {}),  # C has 300 of 540
    ],
)
def test_rows_of_few_schools_or_of_one_that_is_nearly_all_are_gated(
    schools: int, per_cent: int, gated: set[str], few: dict[str, set[SchoolId]]
) -> None:
    made = table_of(replace(LIMITS, schools=schools, per_cent=per_cent))
    assert rows_of(made.gated) == gated
    assert {cell.row: set(who) for cell, who in made.few.items() if cell.table == "participation"} == few


def test_two_schools_of_a_row_of_few_are_an_attacker() -> None:
    assert table_of(replace(LIMITS, schools=1)).pairs == ()
    assert table_of(LIMITS).pairs == ((A, B), (A, C), (B, C))  # of three in all
    two = tabulate(ledger(), registry(LEVELS, [])[:1], [filing(A), filing(B)], LIMITS)
    assert two.pairs == ((A, B),)


@pytest.mark.parametrize(
    ("parts", "others", "per_cent", "close"),
    [
        ((), 1, 10, False),
        ((0, 0), 1, 10, False),
        ((100,), 1, 10, True),
        ((100, 50, 9), 1, 10, True),
        ((100, 50, 10), 1, 10, False),
        ((100, 50, 10, 9), 2, 10, True),
        ((100, 50, 10, 10), 2, 10, False),
        ((100, 50), 1, 0, False),
    ],
)
def test_the_largest_part_is_known_closely_where_the_others_leave_little(
    parts: tuple[int, ...], others: int, per_cent: int, close: bool
) -> None:
    assert dominates(parts, others, per_cent) is close


def test_a_cell_that_one_school_dominates_is_gated_though_its_row_is_not() -> None:
    made = table_of(replace(LIMITS, schools=1, per_cent=100, dominance=40))
    # Of the pupils at the highest level C has four, A two and B one: A knows all but one of the rest.
    total = Cell(table="stage-level", row="total", column="highest")
    assert total in made.gated
    assert total not in table_of(replace(LIMITS, schools=1, per_cent=100, dominance=25)).gated
    assert Cell(table="participation", row="total", column="due") not in made.gated


def test_two_attacks_on_different_secrets_come_to_one() -> None:
    one = Attack(attackers=3, secrets=2, programs=5, exposures=())
    other = replace(one, secrets=10, programs=20)
    nothing = replace(one, secrets=0, programs=0)
    assert _both(one, other) == replace(one, secrets=12, programs=25)
    assert (_both(one, nothing), _both(nothing, one)) == (one, one)
    assert _both(nothing, nothing) == nothing


@pytest.mark.parametrize(
    ("pupils", "schools", "small"),
    [(20, 4, False), (19, 4, True), (20, 3, True), (19, 3, True), (20, 5, False)],
)
def test_a_band_of_few_pupils_or_of_few_schools_of_its_type_is_small(pupils: int, schools: int, small: bool) -> None:
    """The schools of a type added up say something of one where it is large and has others beside it."""
    names = [SchoolId(f"s{n}") for n in range(schools)]
    figures = {name: counts(pupils if name == "s0" else 100, 0, 0) for name in names}
    of = Ledger(
        [submission(name, primary_lower=one) for name, one in figures.items()],
        dict.fromkeys(names, SchoolType.PRIMARY),
        LEVELS,
    )
    is_small = _small_bands(of, 5)
    assert is_small(of.atoms(filing(names[0]), ["levels.highest"])) is small
    assert is_small(of.atoms(filing(names[-1]), ["reviewed"])) is (schools < 4)
    assert is_small(of.known_to(names)) is small  # one of them suffices


def test_the_fast_attack_and_the_exact_one_find_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    of = ledger()
    bare = view(banded=False)
    seen = replace(bare, tabulation=table_of(LIMITS), candidate=replace(bare.candidate, tables=()))
    exact = attack_all(of, [seen], LIMITS)
    monkeypatch.setattr("generator.statistics.attack.FEW", 2)
    fast = attack_all(of, [seen], LIMITS)
    assert exact.secrets == fast.secrets > 0
    assert fast.attackers == exact.attackers == 7
    assert [e.secret for e in fast.exposures] == [e.secret for e in exact.exposures]


def test_what_is_secret_in_a_release() -> None:
    """Sensitive cells and each school's part of them, cells of gated rows, whole groups; guarded wins over unguarded."""
    made = replace(table_of(replace(LIMITS, schools=3)), beneath=table_of(LIMITS, finest=True).beneath)
    found = secrets_of([replace(view(banded=False), tabulation=made)])
    told = {(s.atoms, s.beside): s for s in found}
    assert len(told) == len(found)
    for cell, atoms in made.cells.items():
        if cell in made.gated:
            assert told[atoms, ()].guarded
        elif cell not in made.sensitive:
            assert (atoms, ()) not in told or told[atoms, ()].cell != cell
        else:
            assert (atoms, ()) in told
            for part in made.parts[cell].values():
                assert (told[part, ()].guarded, told[part, ()].wide) == (True, True)
    assert {(group.atoms, group.beside) for group in made.groups} <= set(told)
    few = {s.cell.row: s.few for s in found if s.few and s.cell.table == "participation" and s.school is None}
    assert few.get("primary-lower", frozenset({A, B})) == {A, B}
    assert secrets_of([]) == []


def test_where_there_is_no_secret_nothing_is_tried() -> None:
    assert attack([1, 2], [], [], [PUBLIC], 5) == Attack(attackers=1, secrets=0, programs=0, exposures=())


def test_of_schools_that_filed_anew_a_withdrawn_release_says_nothing_again() -> None:
    """Nor how many meet a rule: whoever compares would read off how these do."""
    verdict = SchoolVerdicts(rule=RuleId("X-01"), target=50, schools={A: True, B: True}, source=Position(path="x"))
    of_all = DistrictVerdict(rule=RuleId("X-02"), target=50, met=1, judged=2, source=Position(path="x"))
    withdrawn = replace(
        view(banded=True).candidate, school_verdicts=(verdict,), district_verdicts=(of_all,), revision=1
    )
    bands = withdrawn.participation
    assert bands
    assert replace(withdrawn, **_without([], withdrawn)) == withdrawn
    left = replace(withdrawn, **_without([A], withdrawn))
    assert left.participation == replace(bands, schools={A: Suppressed(), B: bands.schools[B]})
    assert (left.school_verdicts, left.district_verdicts) == ((), ())
    unbanded = replace(withdrawn, participation=None)
    assert replace(unbanded, **_without([A], unbanded)).participation is None


def test_a_district_decides_all_limits_and_only_of_dominance_is_there_a_usual_one() -> None:
    decided = dict(zip(PARAMETERS, (5, 3, 80, 0), strict=True))
    made = Limits(k=5, schools=3, per_cent=80, base=1, dominance=10)
    assert limits_of(decided) == made
    assert limits_of(decided | {DOMINANCE: 0}) == replace(made, dominance=0)
    assert limits_of(decided | {DOMINANCE: 25, PARAMETERS[3]: 5}) == replace(made, dominance=25, base=5)
    for name in PARAMETERS:
        assert limits_of({other: value for other, value in decided.items() if other != name}) is None


def test_a_school_of_nobody_contributes_to_no_row() -> None:
    of = Ledger(
        [submission(A, primary_lower=counts(100, 2, 5)), submission(B, primary_lower=counts(0, 0, 0))], TYPES, LEVELS
    )
    made = tabulate(of, registry(LEVELS, [])[:1], [filing(A), filing(B)], LIMITS)
    assert set(made.schools.values()) == {1}
    assert rows_of(made.gated) == {"primary-lower", "total"}
