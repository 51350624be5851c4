"""What an attacker is told of the tables: every fact of the form by its names, both ends of a share, and which secrets
there are.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from msgspec.structs import replace

from generator.model.cells import Cell, Shown, Suppressed
from generator.model.ids import SchoolId
from generator.model.registry import registry
from generator.statistics.answers import answered
from generator.statistics.attack import Attack, certify, secrets_of
from generator.statistics.statements import PublicView, _share
from generator.statistics.tables import Filing, Ledger, Statement, Tabulation, tabulate
from tests.test_channels import released, true
from tests.test_cut import TERM, ledger_of, repository

pytestmark = pytest.mark.usefixtures("attacks_remembered")  # the release of `test_channels`


def ledger() -> Ledger:
    return ledger_of({filing: one for filing, one in true().items() if filing.school == "xz01"})


def named(of: Ledger, statement: Statement) -> tuple[frozenset[str], frozenset[str]]:
    """The names with +1 and those with -1."""
    name = of.frame["name"].to_dict()
    signs = {
        sign: frozenset(str(name[atom]) for atom, factor in statement.terms.items() if factor == sign)
        for sign in (1, -1)
    }
    assert set(statement.terms.values()) <= {1, -1}
    return signs[1], signs[-1]


def test_the_form_says_these_facts_and_no_others() -> None:
    """Each fact by name: one that is left out makes every attack weaker than what everybody can read from the form."""
    of = ledger()
    names = {str(n) for n in of.frame["name"]}

    def parts(group: str) -> frozenset[str]:
        return frozenset(n for n in names if n.startswith(f"{group}."))

    levels, enrolment = parts("levels"), frozenset({"enrolment"})
    at_most = {
        (levels | parts("not_screened") | {"invalid"}, enrolment),
        (parts("concerns"), enrolment),
        *(
            (frozenset({name}), enrolment)
            for name in ("electronic_files", "counselled", "referred", "guardians_informed")
        ),
        *((frozenset({name}), enrolment) for name in parts("followed_up")),
        (frozenset({"reviewed"}), levels),
    }
    assert parts("followed_up")
    exact = [s for s in of.facts([[]]) if s.low is not None]
    assert {named(of, s) for s in exact} == {(enrolment, frozenset())}
    assert {named(of, s) for s in of.facts([[]]) if s.low is None} == at_most
    assert {named(of, s) for s in of.facts_apart() if s.low is None} == at_most
    assert all((s.high, s.each) == (0, True) for s in of.facts([[]]) if s.low is None)


@pytest.mark.parametrize("tenths", [0, 1, 74, 75, 76, 500, 999, 1000])
def test_a_share_leaves_the_counts_that_round_to_it_and_no_others(tenths: int) -> None:
    part, whole, share = (Cell(table="t", row="r", column=c) for c in ("part", "whole", "part/whole"))
    table = Tabulation(
        filings=(),
        cells={part: (0,), whole: (0, 1)},
        parts={},
        sensitive=frozenset(),
        groups=(),
        gated=frozenset(),
        small=frozenset(),
        shares={share: (part, whole)},
        schools={},
    )
    statements_of_tables = list(_share(table, {part: Suppressed(), whole: Suppressed()}, share, tenths))
    for count in range(401):
        fits = all(statement.holds((count, 400 - count)) for statement in statements_of_tables)
        exact = Fraction(1000 * count, 400)
        assert fits == (abs(exact - tenths) <= Fraction(1, 2)), count


def test_a_guarded_secret_stays_one_beside_an_unguarded_one_of_the_same_counts() -> None:
    open_cell, gated_cell = (Cell(table="t", row=row, column="c") for row in ("total", "few"))
    for cells in ({open_cell: (0, 1), gated_cell: (0, 1)}, {gated_cell: (0, 1), open_cell: (0, 1)}):
        table = Tabulation(
            filings=(),
            cells=cells,
            parts={open_cell: {SchoolId("a"): (0,)}},
            sensitive=frozenset({open_cell}),
            groups=(),
            gated=frozenset({gated_cell}),
            small=frozenset(),
            shares={},
            schools={},
        )
        found = secrets_of([PublicView(candidate=released(), tabulation=table, questions=())])
        assert {(s.atoms, s.guarded) for s in found} == {((0, 1), True), ((0,), True)}


def test_every_sensitive_cell_and_every_schools_part_of_it_is_a_secret() -> None:
    of = ledger_of(true())
    present = [Filing(term=TERM, school=school, revision=1) for school in released().counted]
    table = tabulate(of, registry(repository().district.risk_levels, []), present, released().limits)
    found = {
        (s.atoms, s.beside)
        for s in secrets_of(
            [PublicView(candidate=released(), tabulation=table, questions=answered(repository(), released()) or ())]
        )
    }
    assert table.sensitive
    for cell in table.sensitive | table.gated:
        assert (table.cells[cell], ()) in found
    for cell in table.sensitive:
        assert {(atoms, ()) for atoms in table.parts[cell].values()} <= found
    assert {(group.atoms, group.beside) for group in table.groups} <= found


def test_what_is_attacked_is_what_would_be_published() -> None:
    """A small count that is shown in place of its mark is found by the last attack: it hears every cell of the
    candidate.
    """
    candidate = released()
    of = ledger_of(true())
    present = [Filing(term=TERM, school=school, revision=1) for school in released().counted]
    table = tabulate(of, registry(released().levels, released().windows, released().plan), present, released().limits)
    small = next(
        cell
        for cell, atoms in table.cells.items()
        if cell in table.sensitive
        and isinstance(candidate.cells[cell], Suppressed)
        and 0 < sum(of.values[atom] for atom in atoms) < released().limits.k
    )
    told = Shown(value=sum(of.values[atom] for atom in table.cells[small]))
    shown = tuple(
        replace(
            t, rows=tuple(replace(r, cells={**r.cells, small.column: told}) if r.id == small.row else r for r in t.rows)
        )
        if t.id == small.table
        else t
        for t in candidate.tables
    )
    seen = PublicView(
        candidate=replace(candidate, tables=shown), tabulation=table, questions=answered(repository(), released()) or ()
    )
    found = certify(of, seen, ())
    assert isinstance(found, Attack)
    assert small in {exposure.secret.cell for exposure in found.exposures}


def test_a_term_without_windows_has_no_table_of_them() -> None:
    levels = repository().district.risk_levels
    without = {table.id for table in registry(levels, [])}
    assert {table.id for table in registry(levels, ["term-start"])} - without == {"follow-up"}
