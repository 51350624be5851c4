"""The attacker: what can be worked out from everything that is published, by whom, and how closely.

Owns the verdict on a Draft. An attacker knows every published number of this and of all earlier releases, the sums that
the form prescribes, and what is his own. He is beaten where other whole numbers, which agree with all he knows, could
stand in the place of what is hidden: such a *witness* is a complete other table, found by linear programming and
re-checked here in whole numbers, so that nobody needs to trust the solver. What has no witness is exposed; also where
the solver gave up or found only fractions. Must not know how the numbers were protected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypedDict

from msgspec import Struct
from msgspec.structs import replace

from generator.model.ids import SchoolId
from generator.model.releases import Certificate, Limits, Release, certified
from generator.statistics.statements import (
    PublicView,
    public_statements,
    rooms,
    statements_of_participation,
    statements_of_tables,
)
from generator.statistics.tables import Atoms, Ledger, Rooms, Secret, Statement, Tabulation, enough
from generator.statistics.witnesses import Field, Knowledge, Residuals, Search, Uncovered

ENOUGH = 100  # exposures, after which an attack stops: the draft has failed, and these are where to mend it
FEW = 30  # schools, up to which the exact attack alone is as fast
_ALIKE = 4  # schools of a type, and times k pupils, from which on the fast attack is trusted with a school's part
MOST = 100_000  # programs of one attack; what is left then counts as unsafe


class Attacker(Struct, frozen=True, kw_only=True):
    """Somebody who knows, besides what everybody may know, the atoms of these schools. The public is no school."""

    schools: tuple[SchoolId, ...] = ()
    knows: Atoms = ()


PUBLIC = Attacker()


class _Wanted(TypedDict):
    share: int
    schools: int
    room: Rooms


class Exposure(Struct, frozen=True, kw_only=True):
    """A secret that an attacker gets too close to: all he must reckon with lies between `low` and `high`, as far as
    whole tables prove it. He was to be left with `target`. `proved`: there is nothing else; otherwise nobody knows.
    """

    secret: Secret
    attacker: Attacker
    value: int
    target: int
    low: int
    high: int
    proved: bool


class Attack(Struct, frozen=True, kw_only=True):
    """How it went: who tried, how many secrets, the programs solved."""

    attackers: int
    secrets: int
    programs: int
    exposures: tuple[Exposure, ...]


def attack(
    values: Sequence[int],
    statements: Iterable[Statement],
    secrets: Sequence[Secret],
    attackers: Sequence[Attacker],
    k: int,
    *,
    share: int = 0,
    schools: int = 0,
    room: Rooms | None = None,
    most: int = ENOUGH,
    prove: bool = True,
) -> Attack:
    """Let every attacker try every secret.

    `values` are the true counts of all atoms; UntrueStatementError if a statement denies them. What must stay open is
    k, of large counts at least `share` per cent, but never more than there is room for. A row needs so many `schools`.
    With `prove` each exposure is measured to the end; else it may be one that nobody could prove.
    """
    field = Field(values, tuple(statements))
    knowledge = Knowledge(field, [attacker.knows for attacker in attackers])
    spared = _spared(secrets, attackers, schools)
    residuals = Residuals(knowledge, secrets, k, share=share, rooms=room, spared=spared)
    search = Search(field, knowledge, residuals)
    found = search.uncovered(most, MOST, prove=prove)
    return Attack(
        attackers=len(attackers),
        secrets=residuals.tried,
        programs=search.program.solved,
        exposures=tuple(_exposure(one, secrets, attackers) for one in found),
    )


def _spared(secrets: Sequence[Secret], attackers: Sequence[Attacker], schools: int) -> list[Atoms]:
    """For each attacker, the secrets that are guarded from others only: of rows of few schools, which with his own have
    enough.
    """
    by_few = dict[frozenset[SchoolId], list[int]]()
    for number, secret in enumerate(secrets):
        if secret.few:
            by_few.setdefault(secret.few, []).append(number)
    whose = [frozenset(attacker.schools) for attacker in attackers]
    return [
        tuple(number for few, numbers in by_few.items() if enough(few, known, schools) for number in numbers)
        for known in whose
    ]


def _exposure(one: Uncovered, secrets: Sequence[Secret], attackers: Sequence[Attacker]) -> Exposure:
    return Exposure(
        secret=secrets[one.secret],
        attacker=attackers[one.attacker],
        value=one.value,
        target=one.target,
        low=one.low,
        high=one.high,
        proved=one.proved,
    )


def interval(
    values: Sequence[int], statements: Iterable[Statement], secret: Secret, attacker: Attacker = PUBLIC
) -> tuple[int, int]:
    """The least and the most that an attacker must reckon with, as far as whole tables prove it."""
    field = Field(values, tuple(statements))
    knowledge = Knowledge(field, [attacker.knows])
    search = Search(field, knowledge, Residuals(knowledge, [secret], k=0, every=True))
    (his,) = (number for number, trying in enumerate(search.trying) if 0 in trying)
    search.measure(0, his)
    return search.between(0, his)


# --- a release and all before it --------------------------------------------------------------------------------------


def certify(ledger: Ledger, view: PublicView, before: Sequence[PublicView], *, prove: bool = True) -> Release | Attack:
    """Attack a candidate together with the term's earlier releases.

    The Release, if nothing is exposed; else how the attack went.

    Releases of other terms share no atom with this one: nothing that is said there narrows anything here.
    """
    candidate, stacked = view.candidate, (*before, view)
    found = attack_all(ledger, stacked, candidate.limits, prove=prove)
    if found.exposures:
        return found
    insiders = [len(attacker.schools) for attacker in attackers_of(ledger, stacked)]
    return certified(candidate, Certificate(schools=insiders.count(1), pairs=insiders.count(2)))


def attack_all(ledger: Ledger, views: Sequence[PublicView], limits: Limits, *, prove: bool = True) -> Attack:
    """Let everybody try everything that releases say.

    What a fast attack leaves in doubt is judged by an exact one, which knows all that is public, school by school, and
    nothing else.
    """
    secrets, attackers = secrets_of(views), attackers_of(ledger, views)
    fast = _fast(ledger, views, limits, secrets, attackers) if len(ledger.schools) > FEW else None
    if fast is None or len(fast.exposures) >= ENOUGH:
        doubtful = secrets
    else:
        unsure, small = {_key(one.secret) for one in fast.exposures}, _small_bands(ledger, limits.k)
        doubtful = [one for one in secrets if _key(one) in unsure or (one.school and small(one.atoms))]
    public = public_statements(ledger, views)
    wanted = _wanted(ledger, views, limits)
    judged = attack(ledger.values, public, doubtful, attackers, limits.k, **wanted, prove=prove)
    return judged if fast is None else replace(judged, secrets=fast.secrets, programs=fast.programs + judged.programs)


def _fast(
    ledger: Ledger,
    views: Sequence[PublicView],
    limits: Limits,
    secrets: Sequence[Secret],
    attackers: Sequence[Attacker],
) -> Attack:
    """An attack of somebody who knows more than anybody does, in which the schools of a type can be added up: soon done
    in a large district.

    Bands of participation are published for each school, so there are two attacks: on what was found, knowing how many
    pupils took part in every band of every type; on who took part, knowing everything else.
    """
    releases = [view.tabulation.filings for view in views]
    known = [statement for view in views for statement in statements_of_tables(ledger, view)]
    of_schools = [statement for view in views for statement in statements_of_participation(ledger, view)]
    here = ledger.takes_part() if of_schools else frozenset[int]()

    def tried(statements: Sequence[Statement], some: Sequence[Secret]) -> Attack:
        wanted = _wanted(ledger, views, limits)
        return attack(ledger.values, statements, some, attackers, limits.k, **wanted, prove=False)

    others = [secret for secret in secrets if here.isdisjoint(secret.atoms)]
    found = tried(
        [*ledger.facts(releases), *known, *(ledger.how_many_took_part(releases) if of_schools else ())], others
    )
    if not of_schools:
        return found
    about = [secret for secret in secrets if not here.isdisjoint(secret.atoms)]
    took_part = [*ledger.facts_apart(), *known, *of_schools, *ledger.all_but_who_took_part()]
    return _both(found, tried(took_part, about))


def _wanted(ledger: Ledger, views: Sequence[PublicView], limits: Limits) -> _Wanted:
    return {"share": limits.dominance, "schools": limits.schools, "room": rooms(ledger, views)}


def _small_bands(ledger: Ledger, k: int) -> Callable[[Atoms], bool]:
    """Whether atoms lie in a band of a school with so few pupils, or with so few schools of its type, that adding up
    the schools of a type says nothing of one of them.
    """
    first = ledger.frame[ledger.frame["name"] == "enrolment"]
    many = first.groupby(["type", "band"])["school"].transform("nunique")
    few = {ledger.rooms.of[atom] for atom in first.index[(many < _ALIKE) | (first["value"] < _ALIKE * k)].tolist()}
    return lambda atoms: any(ledger.rooms.of[atom] in few for atom in atoms)


def _key(secret: Secret) -> tuple[Atoms, Atoms]:
    return secret.atoms, secret.beside


def _both(one: Attack, other: Attack) -> Attack:
    """Two attacks of the same attackers on different secrets."""
    return Attack(
        attackers=one.attackers,
        secrets=one.secrets + other.secrets,
        programs=one.programs + other.programs,
        exposures=(*one.exposures, *other.exposures),
    )


def attackers_of(ledger: Ledger, views: Iterable[PublicView]) -> tuple[Attacker, ...]:
    """The public; every school that filed; every two schools together that stand in a row of few schools."""
    pairs = sorted({pair for view in views for pair in view.tabulation.pairs})
    insiders = [*((school,) for school in ledger.schools), *pairs]
    return (PUBLIC, *(Attacker(schools=schools, knows=ledger.known_to(schools)) for schools in insiders))


def secrets_of(views: Iterable[PublicView]) -> list[Secret]:
    """What nobody may come close to: every sensitive cell, every cell of a gated row, each school's part of any of
    them; and whole groups.
    """
    found: dict[tuple[Atoms, Atoms, bool], Secret] = {}
    for view in views:
        for table in (view.tabulation, view.tabulation.beneath):
            if table is not None:
                _of_tables(table, found)
    return [s for s in found.values() if s.guarded or (s.atoms, s.beside, True) not in found]


def _of_tables(table: Tabulation, found: dict[tuple[Atoms, Atoms, bool], Secret]) -> None:
    for cell, atoms in table.cells.items():
        if cell in table.sensitive or cell in table.gated:
            guarded = cell in table.gated
            wide, few = guarded and cell in table.sensitive, table.few.get(cell, frozenset())
            _keep(
                found, Secret(cell=cell, atoms=atoms, guarded=guarded, wide=wide, few=few if guarded else frozenset())
            )
    for cell, school, atoms in (
        (c, s, a) for c, parts in table.parts.items() if c in table.sensitive for s, a in parts.items()
    ):
        _keep(found, Secret(cell=cell, school=school, atoms=atoms, guarded=True, wide=True))
    for group in table.groups:
        _keep(found, group)


def _keep(found: dict[tuple[Atoms, Atoms, bool], Secret], secret: Secret) -> None:
    found.setdefault((secret.atoms, secret.beside, secret.guarded), secret)
