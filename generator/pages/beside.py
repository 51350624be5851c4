"""The pages that stand before and after one in the list in which a reader met it.

Owns how neighbours are found and printed. Must not know the lists: who has one hands it over in its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from generator.edition.render import TemplateData
from generator.pages.words.wording import PageLink


class Beside(TemplateData, frozen=True, kw_only=True):
    """The neighbours of a page; none at an end of the list."""

    template: ClassVar[str] = "_beside.html.j2"
    before: PageLink | None
    after: PageLink | None


def beside(pages: Sequence[PageLink], here: str) -> Beside:
    """The neighbours of the page at a path that is in the list."""
    place = next(number for number, link in enumerate(pages) if link.page == here)
    return Beside(
        before=pages[place - 1] if place else None,
        after=pages[place + 1] if place + 1 < len(pages) else None,
    )
