"""Keys, tokens, backup words and plain figures in the bytes of a file: what makes it one of which nothing is quoted.

Owns which these are. Every check of the records asks for these alone of files that changed, so nothing else of the
guard is loaded for it. Must not know git, the clock, or what was allowed.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.guard.keys import keys, tokens
from generator.guard.reading import decoded
from generator.guard.shares import shares
from generator.guard.submissions import is_plain_submission
from generator.problems import Position, Problem, problem
from generator.sealed.age_header import in_conflict, is_sealed

SEALED = ".age"
STAGED = "git add"
# No line of a file that holds one of these is ever shown.
SECRET = frozenset({"guard-key", "guard-token", "guard-words", "guard-plaintext", "not-sealed"})


def secrets(path: str, data: bytes, commit: str = "", staged: bool = False) -> Iterator[Problem]:
    """Keys, backup words and plain figures: what makes a file one of which nothing is quoted, whatever else is wrong
    with it.
    """
    if path.endswith(SEALED) and (is_sealed(data) or in_conflict(data)):
        return
    at, text = Position(path=path), read_as_text(data)
    codes = {code for code, _, _ in secret(data.decode("latin-1") if text is None else text)}
    if is_plain_submission(path, data, text):
        codes.add("guard-plaintext")
    yield from (problem(at, code, commit=commit, staged=STAGED if staged else "") for code in sorted(codes))


def secret(text: str) -> Iterator[tuple[str, int, int]]:
    """The codes of what must stay secret in a text, and where each begins and how long it is."""
    for code, find in (("guard-key", keys), ("guard-token", tokens), ("guard-words", shares)):
        yield from ((code, start, length) for start, length in find(text))


def read_as_text(data: bytes) -> str | None:
    """A file as text; None for what is sealed, and for what is no text."""
    return None if is_sealed(data) else decoded(data)
