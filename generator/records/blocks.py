"""Schools some at a time: what is told of a few is added up, and may be known from before.

Owns how many are a few. Must not know what is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias, TypeVar

from generator.model.ids import SchoolId

_T = TypeVar("_T")
_FEW = 16  # schools

# What is told of some schools by this name, as it was told before or as it is told now.
Told: TypeAlias = Callable[[str, Sequence[SchoolId], Callable[[], _T]], _T]


def anew(_name: str, _schools: Sequence[SchoolId], tell: Callable[[], _T]) -> _T:
    """What is told now: nothing is known from before."""
    return tell()


def blocks(schools: Iterable[SchoolId]) -> Iterator[Sequence[SchoolId]]:
    """Schools, a few at a time."""
    all_ = tuple(schools)
    return (all_[first : first + _FEW] for first in range(0, len(all_), _FEW))
