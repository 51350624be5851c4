"""What a district takes from a library of duties: by reference, so that the text is there once for all districts.

Owns the type. Must not know where libraries lie, nor what stands in them.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from generator.model.duties import RuleId
from generator.model.ids import BodyId
from generator.problems import Position
from generator.text import Text


class Adoption(Struct, frozen=True, kw_only=True):
    """A policy with rules that follow from it, or a scheme, as a library had them on the day of an edition.

    `library`: the package that holds it; None for the library that comes with the program. `jurisdiction`: of the
    policy, None for a scheme.
    """

    id: str
    library: str | None
    edition: date
    entered_on: date
    rules: tuple[RuleId, ...]
    body: BodyId | None  # in charge of a scheme, where it is not the one that the library names
    jurisdiction: Text | None
    source: Position

    def binds_in(self, province: Text | None) -> bool:
        """Whether it binds a district of a province: what is the nation's binds everywhere."""
        return self.jurisdiction is None or bool({"全国", *_names(province)} & _names(self.jurisdiction))


def _names(place: Text | None) -> frozenset[str]:
    """How a province is called in short: its first two signs, and the first word of its English name."""
    if place is None:
        return frozenset()
    if place.zh == "全国":
        return frozenset({place.zh})
    return frozenset(filter(None, (place.zh[:2].casefold(), *(t.partition(" ")[0].casefold() for t in _both(place)))))


def _both(place: Text) -> tuple[str, ...]:
    return (place.zh, place.en or "")
