"""Some hundred records changed by chance: none stops the program, both validators agree on all.

`make explore` tries a hundred thousand.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.fuzz import Base, bases, mutation, tried

PORTIONS, SIZE = 3, 50


@cache
def districts() -> tuple[Base, ...]:
    return bases()


@pytest.mark.parametrize("portion", range(PORTIONS))
def test_no_record_changed_by_chance_stops_the_program(portion: int) -> None:
    found = [tried(districts()[number % 2], number) for number in range(portion * SIZE, (portion + 1) * SIZE)]
    assert any(fine for _, _, fine, _ in found), "some are still right"
    assert len({code for *_, codes in found for code in codes}) > 10, "many things go wrong"


def test_seed_and_number_alone_say_what_is_changed() -> None:
    base = districts()[0]
    assert [mutation(base, number) for number in range(20)] == [mutation(bases()[0], number) for number in range(20)]
    assert len({mutation(base, number) for number in range(20)}) == 20
