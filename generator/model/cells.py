"""Cells of published tables: shown with a number, or suppressed.

Owns these types. A suppressed cell is never 0, blank or NaN. Must not know which tables there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

# --- releases ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Cell:
    """A place in a published table. A share's column is `part/whole`."""

    table: str
    row: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A published number: a count of pupils, rounded if the release rounds; a share in tenths of a per cent."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A number that is not published, for whatever reason: there is one mark, so that the mark itself tells nothing.

    Never 0, blank or NaN.
    """


Published: TypeAlias = Shown | Suppressed
