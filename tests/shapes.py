"""`python -m tests.shapes [--seconds S] [--draws N]`: a table of what small districts of every shape publish, as
docs/BENCH.md has it.

Owns the comparison: with what an earlier trial showed; with the least that any of some other choices of hidden cells
hides in the same rows, each of which the attack lets pass; with other figures of the same shape, as the first plan has
them before the attack; and the judge's verdict on it, who is given so many CPU seconds a shape. Figures follow from the
seed of `tests/invented.py`.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping
from random import Random
from unittest.mock import patch

from msgspec import Struct

from generator.model.cells import Cell, Published, Suppressed
from generator.model.releases import Release, written
from generator.statistics import cut as cutting
from generator.statistics import protect as protecting
from generator.statistics.attack import Attack, certify
from generator.statistics.protect import Draft, Original
from generator.statistics.statements import PublicView
from tests.invented import SHAPES, district, public
from tests.judge import Judge

CHOICES = 12
# What the trial's best plan showed, and of how many, on other figures and without the p per cent rule.
TRIAL: Mapping[str, tuple[int, int]] = {
    "5 nine-year": (110, 114),
    "7 primary, 1 junior": (92, 92),
    "8 + 6 + 1 senior": (122, 122),
    "county of 10": (113, 117),
    "20 schools": (148, 155),
    "8 + 6": (122, 122),
    "28, one of 4 pupils": (141, 155),
    "33, 3 senior": (151, 155),
    "14": (122, 122),
    "3 + 1 + 1 nine-year": (32, 33),
    "12 tiny": (30, 31),
}


class _Last(Struct, frozen=True, kw_only=True):
    """What the last draft was made from."""

    cut: cutting._Cut
    view: PublicView
    original: Original


def main() -> int:
    """Print a line a shape; 1 if a promise is not kept."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=30)
    asked.add_argument("--draws", type=int, default=6)
    options, broken = asked.parse_args(), 0
    for shape in SHAPES:
        line, found = _line(shape, options.seconds)
        drawn = ", ".join(_drafted(shape, seed) for seed in range(1, options.draws + 1))
        print(f"{line}; draws: {drawn}", flush=True)
        broken += found
    return int(broken > 0)


def _drafted(shape: str, seed: int) -> str:
    """What the first plan shows of other figures, before anybody attacks it."""
    made = district(SHAPES[shape], seed)
    nothing = Attack(attackers=0, secrets=0, programs=0, exposures=())
    with patch("generator.statistics.attack.attack_all", lambda *_, **__: nothing):
        release = cutting.cut(made.repository, made.order(), lambda _: None)
    assert isinstance(release, Release)
    cells = [cell for cell in release.cells if "/" not in cell.column]
    return f"{len(cells) - _hidden(release.cells, cells)} of {len(cells)} {release.plan.breadth}"


def _line(shape: str, seconds: float) -> tuple[str, int]:
    made, last = district(SHAPES[shape]), list[_Last]()
    original_of, start = cutting._Cut._original, time.process_time()

    def noted(self: cutting._Cut, view: PublicView) -> Original:
        last.append(_Last(cut=self, view=view, original=original_of(self, view)))
        return last[-1].original

    with patch.object(cutting._Cut, "_original", noted):
        release = cutting.cut(made.repository, made.order(), lambda _: None)
    spent = time.process_time() - start
    assert isinstance(release, Release)
    cells = [cell for cell in release.cells if "/" not in cell.column]
    hidden = _hidden(release.cells, cells)
    least = min((hidden, *_others(last[-1], cells, hidden, shape, seconds / 2)))
    judge, tried, broken, start = Judge([written(release)], public(made)), 0, 0, time.process_time()
    everybody = judge.attackers()
    while tried < len(everybody) and time.process_time() - start < seconds:
        some = everybody[tried : tried + 4]
        tried, broken = tried + len(some), broken + len(judge.broken(made.submissions.values(), some))
    shown, of = TRIAL[shape]
    line = (
        f"{shape}: {len(cells) - hidden} of {len(cells)} shown (trial {shown} of {of}; net {len(cells) - 2 * hidden} and "
        f"{2 * shown - of}), {hidden} hidden, least known {least}; {spent:.1f} CPU s; {tried} of {len(everybody)} "
        f"attackers judged, {broken} promises broken"
    )
    return line, broken


def _hidden(told: Mapping[Cell, Published], cells: list[Cell]) -> int:
    return sum(isinstance(told[cell], Suppressed) for cell in cells)


def _others(last: _Last, cells: list[Cell], hidden: int, seed: str, seconds: float) -> Iterator[int]:
    """How many cells other choices hide that are safe: each cell's price is drawn anew."""
    price, start = protecting._Nodes.cost, time.process_time()
    for number in range(CHOICES if hidden else 0):
        if time.process_time() - start > seconds:
            return
        random, factors = Random(f"{seed}/{number}"), dict[int, float]()

        def drawn(self: protecting._Nodes, node: int, many: int) -> float:
            return price(self, node, many) * factors.setdefault(node, random.uniform(0.3, 3))  # noqa: B023

        with patch.object(protecting._Nodes, "cost", drawn):
            draft = protecting.protect(last.original)
        found = _hidden(draft.cells, cells)
        if found < hidden and not draft.unmet and _safe(last, draft):
            yield found


def _safe(last: _Last, draft: Draft) -> bool:
    cut = last.cut
    return isinstance(certify(cut.ledger, cut._filled(last.view, draft), cut.before, prove=False), Release)


if __name__ == "__main__":
    sys.exit(main())
