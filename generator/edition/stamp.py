"""Many pages from one page that the theme built.

Owns the marked places: the engine builds one donor page whose data are marks, and every copy is the donor's HTML with
the marks replaced. What grows with the number of schools therefore never passes through the engine. A copy has the same
bytes as the page that the engine would have built; a test holds this. Must not know what the places mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.edition.literal import settle

_MARK = re.compile(r"xz-place-([a-z]+)-zx")


def mark(name: str) -> str:
    """The mark of a place.

    No engine, theme or extension changes it, and no text can spell it: `literal` leaves no hyphen.
    """
    return f"xz-place-{name}-zx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Donor:
    """A built page cut at its marks: `parts` and `names` alternate, beginning and ending with a part."""

    parts: tuple[str, ...]
    names: tuple[str, ...]

    def fill(self, places: Mapping[str, str]) -> str:
        """The page with every mark replaced. A place without a value is a bug (KeyError)."""
        pieces = [self.parts[0]]
        for name, part in zip(self.names, self.parts[1:], strict=True):
            pieces += (places[name], part)
        return "".join(pieces)


def donor(html: str) -> Donor:
    """Cut the HTML of a donor page, as the engine made it, at its marks.

    Before a page is settled no text in it looks like a mark.
    """
    pieces = _MARK.split(html)
    return Donor(parts=tuple(map(settle, pieces[::2])), names=tuple(pieces[1::2]))
