"""Copies: what a page that is stamped consists of.

Owns the value that a family gives for each copy of its donor page. Must not know what the places mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from generator.search import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """A page to be: its path, the HTML of every place, and its short entry in the search index."""

    path: str
    places: Mapping[str, str]
    entry: Entry


def settled(block: Markup) -> Markup:
    """A block as Markdown would leave it: no line of spaces only."""
    return Markup("\n".join(line.rstrip() for line in block.splitlines() if line.strip()))
