"""Positions and Problems: what is wrong in the files, where, and with what facts.

Owns the value types that every reader of records returns. A Problem is a defect *of the files*: it has a code, a
position and the facts that its sentence needs; the sentence itself lives in the catalogue, in every language. Must not
know how files are read or how Problems are shown. A Problem never carries more of a file than the words its sentence
quotes. The one form of day, of files and of what is typed, is read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeAlias

from msgspec import Struct


class Position(Struct, frozen=True, kw_only=True, order=True, gc=False):
    """A place in a file: `path` relative to the repository with `/`; `line` and `column` count characters from 1.

    `length` is how many characters of that line the place spans (for the caret); at least 1.
    """

    path: str
    line: int = 1
    column: int = 1
    length: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Problem(Struct, frozen=True, kw_only=True):
    """A defect in the files.

    `code` is documented and stable; `facts` are (name, text) pairs that the catalogue's sentence quotes.

    `at` is where to mend it; `related` is another place the sentence speaks of (the first of two equal ids, for
    example).
    """

    at: Position
    code: str
    facts: tuple[tuple[str, str], ...] = ()
    related: Position | None = None


def problem(at: Position, code: str, related: Position | None = None, /, **facts: str | int) -> Problem:
    """A Problem with its facts in a fixed order, so that equal Problems compare equal."""
    return Problem(at=at, code=code, facts=tuple(sorted((k, str(v)) for k, v in facts.items())), related=related)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each Problem once, by path, line and column: the order in which a person mends them."""
    return tuple(sorted(set(problems), key=lambda p: (p.at, p.code, p.facts, str(p.related or ""))))


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def day(text: str) -> date | None:
    """The day that a text names in the one form that days have, 2026-09-01; None for every other form and for a day
    that is none.
    """
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class InputError(Exception):
    """Raised only where a value cannot be returned: input so wrong that no further phase makes sense.

    Carries its Problems.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(f"{p.at}: {p.code} {dict(p.facts)}" for p in self.problems))


class Unanswered(Exception):
    """Raised where something outside the records that the program leans on, such as git, gives no answer.

    Carries its sentence's key and facts.
    """

    def __init__(self, key: str, **facts: str) -> None:
        self.key, self.facts = key, facts
        super().__init__(key)


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)  # between them lie the days of which anything is told


Locate: TypeAlias = Callable[[tuple[str | int, ...]], Position]  # the place of a field within a record
