"""What was so until a day: earlier values beside the present one.

Owns that form, of names, stages, risk levels and numbers alike. Must not know whose value it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Generic, TypeVar

from msgspec import Struct

_V = TypeVar("_V")


class Former(Struct, Generic[_V], frozen=True, kw_only=True):
    """What was so, and the last day on which it was."""

    was: _V
    until: date


def so_on(day: date, present: _V, former: Sequence[Former[_V]]) -> _V:
    """What is so on a day. The earlier values stand in order, the earliest first."""
    return next((one.was for one in former if day <= one.until), present)
