"""Cells of published tables: shown with a number, or suppressed.

Owns these types. A suppressed cell is never 0, blank or NaN. Must not know which tables there are.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

# --- releases ---------------------------------------------------------------------------------------------------------


class Cell(Struct, frozen=True, kw_only=True, order=True):
    """A place in a published table. A share's column is `part/whole`."""

    table: str
    row: str
    column: str


class Shown(Struct, frozen=True, kw_only=True):
    """A published number: a count of pupils, rounded if the release rounds; a share in tenths of a per cent."""

    value: int


class Suppressed(Struct, frozen=True, kw_only=True):
    """A number that is not published, for whatever reason: there is one mark, so that the mark itself tells nothing.

    Never 0, blank or NaN.
    """


Published: TypeAlias = Shown | Suppressed
