"""Many pages from one page that the theme built.

Owns the marked places: the engine builds one donor page whose data are marks, and every copy is the donor's HTML with
the marks replaced. What grows with the number of schools therefore never passes through the engine. A copy has the same
bytes as the page that the engine would have built; a test holds this. Places that are filled last, when a page is
written, hold what changes on every page with each day and each commit. Must not know what the places mean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import Markup
from msgspec import Struct

from generator.edition.literal import settle

_MARK = re.compile(r"xz-place-([a-z]+)-zx")
_LAST = re.compile(r"xz-last-([a-z]+)-zx")
_KEPT = re.compile("\x00([a-z]+)\x00")
_WITHIN = re.compile("\x01([a-z]+)\x01")


def mark(name: str) -> Markup:
    """The mark of a place.

    No engine, theme or extension changes it, and no text can spell it: `literal` leaves no hyphen.
    """
    return Markup(f"xz-place-{name}-zx")


def within(name: str) -> Markup:
    """The mark of a place within HTML that no engine reads: a sign that `literal` leaves in no text."""
    return Markup(f"\x01{name}\x01")


def last(name: str) -> Markup:
    """The mark of a place that is filled last."""
    return Markup(f"xz-last-{name}-zx")


def settled(html: str) -> str:
    """Settled HTML with its last places still to be filled: they stand with a sign that `literal` leaves in no text,
    since texts that look like marks look so again.
    """
    return settle(_LAST.sub("\x00\\1\x00", html) if "xz-last-" in html else html)


def filled_last(html: str, values: Mapping[str, str]) -> str:
    """Settled HTML with the last places filled. A place without a value is a bug (KeyError)."""
    return _KEPT.sub(lambda found: values[found[1]], html)


class Donor(Struct, frozen=True, kw_only=True):
    """A built page cut at its marks: `parts` and `names` alternate, beginning and ending with a part."""

    parts: tuple[str, ...]
    names: tuple[str, ...]

    def fill(self, places: Mapping[str, str]) -> str:
        """The page with every mark replaced. A place without a value is a bug (KeyError)."""
        pieces = [self.parts[0]]
        for name, part in zip(self.names, self.parts[1:], strict=True):
            pieces += (places[name], part)
        return "".join(pieces)


def cut(html: str) -> Donor:
    """Cut HTML that no engine reads at the marks within it. Its texts may look like those of the engine's pages."""
    return _cut(_WITHIN, html)


def donor(html: str) -> Donor:
    """Cut the HTML of a donor page, as the engine made it, at its marks.

    Before a page is settled no text in it looks like a mark.
    """
    found = _cut(_MARK, html)
    return Donor(parts=tuple(map(settled, found.parts)), names=found.names)


def _cut(marks: re.Pattern[str], html: str) -> Donor:
    pieces = marks.split(html)
    return Donor(parts=tuple(pieces[::2]), names=tuple(pieces[1::2]))
