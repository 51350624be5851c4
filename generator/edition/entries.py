"""What the search finds of a stamped page, and how a page's text is written so that words stay with_spaces.

Owns the Entry. Must not know the engines' index files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOUCHING = re.compile(
    r"(</(?:t[dhr]|d[td]|li|[uo]l|p|h[1-6]|div|span|small|strong|code|a|caption|summary)>)(?=<(?!/))"
)


def with_spaces(body: str) -> str:
    """A page's text with a space between elements that touch: the engine's index drops the marks, and would make one
    word of two cells.
    """
    return _TOUCHING.sub(r"\1 ", body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One hit to be: where it leads (relative to the language's root), its title and its words, all plain text."""

    location: str
    kind: str
    title: str
    text: str
