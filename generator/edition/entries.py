"""What the search finds of a stamped page.

Owns the Entry. Must not know the engines' index files.
"""

from __future__ import annotations

from msgspec import Struct


class Entry(Struct, frozen=True, kw_only=True):
    """One hit to be: where it leads (relative to the language's root), its title and its words, all plain text."""

    location: str
    kind: str
    title: str
    text: str
