"""What the guard was told to let pass: a file, a code, a reason and a last day each.

Owns `guard.yml` at the top of the district's folder. An entry without an end cannot be written; after that day it lets
nothing pass. Must not know the clock: the day is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from generator.files.strict_yaml import Document, read
from generator.problems import Position, Problem, day, problem

ALLOWED = "guard.yml"
_FIELDS = ("path", "code", "reason", "until")


class Allowance(Struct, frozen=True, kw_only=True):
    """Problems of one code in one file (or below a folder, if `path` ends in `/`) pass through the day `until`."""

    path: str
    code: str
    reason: str
    until: date
    source: Position

    def covers(self, found: Problem) -> bool:
        """Whether this is what it was written for."""
        below = self.path.endswith("/") and found.at.path.startswith(self.path)
        return found.code == self.code and (found.at.path == self.path or below)


def allowances(content: bytes | None) -> tuple[tuple[Allowance, ...], tuple[Problem, ...]]:
    """The entries of the list, and what is wrong with it. No file is an empty list."""
    if content is None:
        return (), ()
    document, problems = read(ALLOWED, content)
    if document is None or problems:
        return (), problems
    if not isinstance(document.data, list):
        return (), (problem(Position(path=ALLOWED), "guard-list"),)
    made = [_allowance(document, index, item) for index, item in enumerate(document.data)]
    return tuple(a for a in made if isinstance(a, Allowance)), tuple(p for p in made if isinstance(p, Problem))


def _allowance(document: Document, index: int, item: Any) -> Allowance | Problem:
    at = document.position((index,))
    if (
        not isinstance(item, Mapping)
        or set(item) != set(_FIELDS)
        or not all(isinstance(v, str) and v.strip() for v in item.values())
    ):
        return problem(at, "guard-list")
    if (until := day(item["until"])) is None:
        at = document.position((index, "until"))
        return problem(at, "guard-list")
    return Allowance(path=item["path"], code=item["code"], reason=item["reason"], until=until, source=at)


def judged(found: Iterable[Problem], allowed: Iterable[Allowance], as_of: date) -> Iterator[Problem]:
    """What nothing lets pass on this day; what an entry let pass until its last day is followed by a Problem of the
    entry.
    """
    entries = tuple(allowed)
    lapsed: dict[Position, Problem] = {}
    for one in found:
        covering = [a for a in entries if a.covers(one)]
        if any(as_of <= a.until for a in covering):
            continue
        yield one
        for a in covering:
            lapsed[a.source] = problem(a.source, "guard-lapsed", until=a.until.isoformat(), path=a.path)
    yield from lapsed.values()
