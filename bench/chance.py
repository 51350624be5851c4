"""How often chance alone looks like a person's number to the guard.

Owns the drawing of numbers; the same for the same seed. Must not know how the guard decides.
"""

from __future__ import annotations

import random
import string
from collections.abc import Mapping

from generator.guard.numbers import numbers

_DRAWN = 50_000
_LENGTHS = (10, 11, 12, 15, 16, 18, 19)


def chances(seed: int = 20261124) -> Mapping[int, float]:
    """By the number of digits: the share of random numbers without a leading zero that the guard would report."""
    chance = random.Random(seed)
    made: dict[int, float] = {}
    for length in _LENGTHS:
        drawn = (
            chance.choice("123456789") + "".join(chance.choices(string.digits, k=length - 1)) for _ in range(_DRAWN)
        )
        made[length] = sum(any(numbers(f"x {number} y", frozenset())) for number in drawn) / _DRAWN
    return made
