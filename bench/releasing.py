"""`python -m bench.releasing SCHOOLS RELEASES [public]`: protect and attack a cube of made-up counts, every release
with all before it.

Owns the loop: draft, attack, and again with what the attack found. Each release's cost is its own: the ones before were
cut at their time.
"""

from __future__ import annotations

import resource
import sys
import time

from bench.cube import Cube, cube
from generator.model.cells import Shown, Suppressed
from generator.statistics.attack import PUBLIC, Attack, attack
from generator.statistics.protect import Demand, Draft, Original, protect
from generator.statistics.tables import Statement

K, CORRECTED, SEED, ROUNDS = 5, 2, 7, 8


def main() -> None:
    """Cut all releases; print what each cost."""
    schools, releases, insiders = int(sys.argv[1]), int(sys.argv[2]), "public" not in sys.argv[3:]
    made = cube(schools, releases, CORRECTED, SEED)
    known: list[Statement] = []
    draft: Draft | None = None
    for release in range(releases):
        draft = _cut(made, release, known, draft, insiders)


def _cut(made: Cube, release: int, known: list[Statement], before: Draft | None, insiders: bool) -> Draft:
    cells, demands = made.releases[release], list[Demand]()
    attackers = made.attackers() if insiders else [PUBLIC]
    secrets = [secret for one in range(release + 1) for secret in made.secrets(one)]
    hidden = frozenset(c for c, p in before.cells.items() if isinstance(p, Suppressed)) if before else frozenset()
    spent = [0.0, 0.0]
    for _ in range(ROUNDS):
        start = time.process_time()
        draft = protect(
            Original(
                values=made.values,
                cells=cells,
                sensitive=frozenset(secret.cell for secret in made.secrets(release)),
                known=known,
                insiders=[attacker.knows for attacker in attackers[1:]],
                k=K,
                inherited=hidden,
                demands=demands,
            )
        )
        drafted = time.process_time()
        said = [
            Statement(terms=dict.fromkeys(cells[c], 1), low=p.value, high=p.value)
            for c, p in draft.cells.items()
            if isinstance(p, Shown)
        ]
        found = attack(made.values, [*known, *said], secrets, attackers, K)
        spent = [spent[0] + drafted - start, spent[1] + time.process_time() - drafted]
        if not found.exposures:
            break
        demands += [_demand(e.secret.atoms, e.attacker.knows, e.value) for e in found.exposures]
    known += said
    _print(release, draft, found, spent)
    return draft


def _demand(atoms: tuple[int, ...], knows: tuple[int, ...], value: int) -> Demand:
    return Demand(
        atoms=tuple(a for a in atoms if a not in set(knows)), knows=knows, down=min(value, K), up=max(0, K - value)
    )


def _print(release: int, draft: Draft, found: Attack, spent: list[float]) -> None:
    hidden = sum(isinstance(p, Suppressed) for p in draft.cells.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    cells = f"{len(draft.cells)} cells, {len(draft.primary)} primary, {hidden} hidden"
    tried = f"{found.attackers} attackers, {found.programs} programs, {len(found.exposures)} exposed"
    print(
        f"release {release + 1}: {cells}; protect {spent[0]:.2f} s, attack {spent[1]:.2f} s CPU ({tried}); {peak} MiB",
        flush=True,
    )


if __name__ == "__main__":
    main()
