"""What must never enter git, found in the bytes of a file.

Owns which checks a file meets and the Problems they give. A Problem of the guard says what and where; it never holds what was found, and a file name
that is itself private is shown with stars. Must not know git, the clock, or what was allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.guard.documents import is_binary, names_author, text_of
from generator.guard.images import tells_of_its_making
from generator.guard.keys import keys
from generator.guard.names import names
from generator.guard.numbers import Found, addresses, numbers
from generator.guard.shares import shares
from generator.guard.submissions import is_plain_submission, is_sealed
from generator.problems import Position, Problem, problem
from generator.slips import codepoint, place
from generator.tree import MAX_BYTES, RECORDS

_UNSEEN = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\u00ad\u180e\U000e0000-\U000e007f]|(?<!^)\ufeff")
_SEALED = ".age"
SECRET = frozenset({"guard-key", "guard-words", "guard-plaintext", "not-sealed"})  # no line of such a file is ever shown
_IN_NAME = {
    "guard-identity": "guard-identity-in-name",
    "guard-identity-1989": "guard-identity-in-name",
    "guard-mobile": "guard-mobile-in-name",
    "guard-card": "guard-card-in-name",
    "guard-address": "guard-address-in-name",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it stands somewhere. `commit` is where, if that is not the working folder; `size` may be more than what was read of it."""

    path: str
    data: bytes
    size: int
    commit: str = ""


def inspect(file: File, published: frozenset[str]) -> Iterator[Problem]:
    """Everything in a file that must not enter git. `published` are the digits of numbers, and the addresses, that everybody may know."""
    shown = hidden(file.path, published)
    told = {"commit": file.commit}
    for code in dict.fromkeys(_IN_NAME[found.code] for found in _in_name(file.path, published)):
        yield problem(Position(path=shown), code, **told)
    if file.size > MAX_BYTES:
        yield problem(Position(path=shown), "guard-large", size=f"{file.size / (1 << 20):.1f}", **told)
        return
    if file.path.endswith(_SEALED) and is_sealed(file.data):
        return
    text = _text(file.data)
    if is_plain_submission(file.path, file.data, text):
        yield problem(Position(path=shown), "guard-plaintext", **told)
    if text is None:
        yield from _binary(file, shown, published)
    else:
        yield from message(shown, text, file.commit, published)
        if file.path.startswith(f"{RECORDS}/"):
            yield from (problem(place(shown, text, at, length), "guard-name", **told) for at, length in names(text))


def message(shown: str, text: str, commit: str, published: frozenset[str]) -> Iterator[Problem]:
    """What no text may hold, be it a file or what a commit says of itself."""
    data = text.encode("utf-8", "surrogatepass")
    for start, length in keys(data):
        at = len(data[:start].decode("utf-8", "replace"))
        yield problem(place(shown, text, at, length), "guard-key", commit=commit)
    for start, length in shares(data):
        at = len(data[:start].decode("utf-8", "replace"))
        yield problem(place(shown, text, at, length), "guard-words", commit=commit)
    for found in _personal(text, published):
        yield problem(place(shown, text, found.start, found.length), found.code, commit=commit)
    if not text.isascii():
        for sign in _UNSEEN.finditer(text):
            yield problem(place(shown, text, sign.start()), "guard-unseen", character=codepoint(sign[0]), commit=commit)


def secrets(path: str, data: bytes, commit: str = "") -> Iterator[Problem]:
    """Keys, backup words and plain figures: what makes a file one of which nothing is quoted, whatever else is wrong with it."""
    at = Position(path=path)
    if is_plain_submission(path, data, _text(data)):
        yield problem(at, "guard-plaintext", commit=commit)
    if any(keys(data)):
        yield problem(at, "guard-key", commit=commit)
    if any(shares(data)):
        yield problem(at, "guard-words", commit=commit)


def _binary(file: File, shown: str, published: frozenset[str]) -> Iterator[Problem]:
    at, told = Position(path=shown), {"commit": file.commit}
    yield problem(at, "guard-binary", **told)
    if any(keys(file.data)):
        yield problem(at, "guard-key", **told)
    if names_author(file.data):
        yield problem(at, "guard-author", **told)
    if tells_of_its_making(file.data):
        yield problem(at, "guard-photo", **told)
    for code in dict.fromkeys(found.code for found in _personal(text_of(file.data), published)):
        yield problem(at, code, **told)


def _personal(text: str, published: frozenset[str]) -> Iterator[Found]:
    yield from numbers(text, published)
    yield from addresses(text, published)


def _text(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return None if is_binary(data) or is_sealed(data) else data.decode("utf-8", "replace")


def _in_name(path: str, published: frozenset[str]) -> Iterator[Found]:
    """What a path tells of a person: an ending or an underscore does not belong to a number, a folder not to an address."""
    yield from numbers(re.sub(r"[._/]", " | ", path), published)
    yield from addresses(path.replace("/", " "), published)


def hidden(path: str, published: Iterable[str]) -> str:
    """A path with a person's address, and the digits of a person's number, replaced by stars."""
    codes = {found.code for found in _in_name(path, frozenset(published))}
    if "guard-address" in codes:
        path = re.sub(r"[^/]*@[^/]*|[^/]*＠[^/]*", "*@*", path)
    return re.sub(r"\d", "*", path) if codes - {"guard-address"} else path
