"""What was so until a day: earlier values beside the present one.

Owns that form, of names, stages, risk levels and numbers alike. Must not know whose value it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

_V = TypeVar("_V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Former(Generic[_V]):
    """What was so, and the last day on which it was."""

    was: _V
    until: date


def so_on(day: date, present: _V, former: Sequence[Former[_V]]) -> _V:
    """What is so on a day. The earlier values stand in order, the earliest first."""
    return next((one.was for one in former if day <= one.until), present)
