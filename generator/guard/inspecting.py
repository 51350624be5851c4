"""What must never enter git, found in the bytes of a file.

Owns which checks a file meets and the Problems they give. A Problem of the guard says what and where; it never holds
what was found, and a file name that is itself private is shown with stars. What cannot be looked into is told as well.
Must not know git, the clock, or what was allowed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256

from msgspec import Struct

from generator.files.tree import MAX_BYTES, RECORDS
from generator.files.typing_mistakes import codepoint
from generator.guard.documents import look
from generator.guard.images import tells_of_its_making
from generator.guard.names import names
from generator.guard.numbers import addresses, numbers, personal
from generator.guard.reading import Lines, hidden_texts
from generator.guard.secrets import SEALED, STAGED, read_as_text, secret
from generator.guard.submissions import is_plain_submission
from generator.problems import Position, Problem, problem
from generator.sealed.age_header import in_conflict, is_damaged, is_sealed

_UNSEEN = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\u00ad\u180e\U000e0000-\U000e007f]|(?<!^)\ufeff"
)
_IN_NAME = {
    "guard-identity": "guard-identity-in-name",
    "guard-identity-1989": "guard-identity-in-name",
    "guard-mobile": "guard-mobile-in-name",
    "guard-landline": "guard-mobile-in-name",
    "guard-permit": "guard-identity-in-name",
    "guard-card": "guard-card-in-name",
    "guard-address": "guard-address-in-name",
    "guard-chat": "guard-chat-in-name",
    "guard-key": "guard-key-in-name",
    "guard-token": "guard-key-in-name",
    "guard-words": "guard-key-in-name",
}
_ELSEWHERE = re.compile(
    r"\A(?:version https://(?:git-lfs|hawser)\.github\.com/spec/|/annex/objects/|(?:\.\./){0,40}\.git/annex/objects/)"
)


class GuardedFile(Struct, frozen=True, kw_only=True):
    """A file as it stands somewhere.

    `commit` is where, if that is not the working folder; `size` may be more than what was read of it.

    `staged` says that the next commit would take this, and that the file in the folder is another.
    """

    path: str
    data: bytes
    size: int
    commit: str = ""
    staged: bool = False


def inspect(file: GuardedFile, published: frozenset[str]) -> Iterator[Problem]:
    """Everything in a file that must not enter git.

    `published` are the digits of numbers, and the addresses, that everybody may know.
    """
    shown = hidden(file.path, published)
    at, facts = Position(path=shown), {"commit": file.commit, "staged": STAGED if file.staged else ""}
    for code in dict.fromkeys(_IN_NAME[code] for code in _in_name(file.path, published)):
        yield problem(at, code, **facts)
    if file.size > MAX_BYTES:
        yield problem(at, "guard-large", size=f"{file.size / (1 << 20):.1f}", **facts)
        return
    if file.path.endswith(SEALED):
        if is_sealed(file.data):
            return
        if in_conflict(file.data):
            yield problem(at, "sealed-conflict")
            return
        if is_damaged(file.data):
            yield problem(at, "guard-damaged", **facts)
    text = read_as_text(file.data)
    if is_plain_submission(file.path, file.data, text):
        yield problem(at, "guard-plaintext", **facts)
    if text is None:
        yield from _binary(file.data, at, facts, published)
        return
    if _ELSEWHERE.match(text):
        yield problem(at, "guard-elsewhere", **facts)
    yield from _in_text(shown, text, facts, published)
    if file.path.startswith(f"{RECORDS}/"):
        lines = Lines(shown, text)
        yield from (problem(lines.at(start, length), "guard-name", **facts) for start, length in names(text))


def points_to(pointer: bytes, data: bytes) -> bool:
    """Whether a file is what a pointer of Git LFS stands for."""
    said = pointer[:400].decode("utf-8", "replace")
    return bool(_ELSEWHERE.match(said)) and sha256(data).hexdigest() in said


def message(shown: str, text: str, commit: str, published: frozenset[str]) -> Iterator[Problem]:
    """What must not stand in what a commit or a tag says of itself."""
    yield from _in_text(shown, text, {"commit": commit, "staged": ""}, published)


def fields(shown: str, text: str, commit: str, published: frozenset[str]) -> Iterator[Problem]:
    """What must not stand where git itself writes names and addresses: an address belongs there, a number does not."""
    facts = {"commit": commit, "staged": ""}
    for code in dict.fromkeys(found.code for found in numbers(text, published)):
        yield problem(Position(path=shown), code, **facts)


def named(path: str, commit: str, published: frozenset[str]) -> Iterator[Problem]:
    """What the name of a branch, a tag, a folder or a submodule tells of a person."""
    for code in dict.fromkeys(_IN_NAME[code] for code in _in_name(path, published)):
        yield problem(Position(path=hidden(path, published)), code, commit=commit, staged="")


def _in_text(shown: str, text: str, facts: dict[str, str], published: frozenset[str]) -> Iterator[Problem]:
    """What no text may hold, be it a file or what a commit says of itself."""
    lines = Lines(shown, text)
    for code, start, length in secret(text):
        yield problem(lines.at(start, length), code, **facts)
    for found in personal(text, published):
        yield problem(lines.at(found.start, found.length), found.code, **facts)
    for start, length, data in hidden_texts(text):
        for code in _codes(data, published):
            yield problem(lines.at(start, length), code, **facts)
    if not text.isascii():
        for sign in _UNSEEN.finditer(text):
            yield problem(lines.at(sign.start()), "guard-unseen", character=codepoint(sign[0]), **facts)


def _binary(data: bytes, at: Position, facts: dict[str, str], published: frozenset[str]) -> Iterator[Problem]:
    yield problem(at, "guard-binary", **facts)
    for code in _codes(data, published):
        yield problem(at, code, **facts)


def _codes(data: bytes, published: frozenset[str]) -> Iterator[str]:
    """What is wrong with a file of which no line can be shown, each kind once."""
    if tells_of_its_making(data):
        yield "guard-photo"
        return
    text = read_as_text(data)
    seen = look(data)
    found = {code for code, _, _ in secret(data.decode("latin-1") if text is None else text)}
    for piece in seen.texts if text is None else (text,):
        found |= {code for code, _, _ in secret(piece)} | {one.code for one in personal(piece, published)}
        if is_plain_submission("", b"", piece):
            found.add("guard-plaintext")
    yield from sorted({*found, *seen.unseen, *(("guard-author",) if seen.author else ())})


def _in_name(path: str, published: frozenset[str]) -> Iterator[str]:
    """What a path tells of a person, as codes: an ending does not belong to a number, a folder not to an address."""
    yield from (found.code for found in numbers(re.sub(r"\.(?=[^./]*$)", " ", path), published))
    yield from (found.code for found in addresses(path.replace("/", " "), published))
    yield from (code for code, _, _ in secret(path))


def hidden(path: str, published: Iterable[str]) -> str:
    """A path with a person's address, and the digits of a person's number, replaced by stars; all of it where that does
    not help.
    """
    facts = frozenset(published)
    codes = set(_in_name(path, facts))
    if "guard-address" in codes:
        path = re.sub(r"[^/]*@[^/]*|[^/]*＠[^/]*", "*@*", path)
    if codes - {"guard-address"}:
        path = re.sub(r"\d", "*", path)
    return "***" if codes and any(_in_name(path, facts)) else path
