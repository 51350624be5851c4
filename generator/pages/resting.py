"""Pages that nobody has made yet, and the names of what they are made of.

Owns these names. Must not know how anybody sees that it is the same as before.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from generator.edition.site import Page
from generator.model.duties import RuleId

COUNTS = "counts"  # how many Checks came out as what, by rule
FILED = "filed"  # how the returns of schools stand, and what schools have not filed
TARGETS = "targets"  # what the records give for the targets of plans


class PageToMake(Struct, frozen=True, kw_only=True):
    """A page to be. Of what schools own it `rests_on` these alone: fields of the Repository, and what is named here."""

    path: str
    rests_on: tuple[str, ...]
    make: Callable[[], Page]


def verdicts_of(rule: RuleId) -> str:
    """The name of all that is told of a rule's Checks."""
    return f"verdicts of {rule}"
