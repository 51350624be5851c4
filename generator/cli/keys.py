"""Secret keys as a person hands them over: a file outside the repository, or the backup's words typed in.

And what is said when a file does not open.

Owns the asking for words, the reading of identity files and the sentences and exit codes of Refusals, for every command
that opens. Keys stay in memory. Must not know what is opened.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.request import (
    ALTERED,
    FINE,
    INVALID,
    MALFORMED,
    NO_KEY,
    SEALED,
    WRONG_PLACE,
    Request,
    UsageError,
    outside,
    print_problems,
)
from generator.files.catalogue import load
from generator.files.tree import head_of
from generator.guard.reading import decoded

if TYPE_CHECKING:
    from generator.model.sealed import Receipt
    from generator.model.submission import Fault
    from generator.records.repository import Repository
    from generator.statistics.worker import Refused

OPTIONS, FLAGS = ("--identity",), ("--words",)
_SECRET = ("AGE-SECRET-KEY-", "AGE-PLUGIN-")  # where it is not usable, a program for it is missing here
_LARGEST = 1 << 16  # bytes of an identity file
EXIT = {  # by `sealed.Refusal`, which is not imported here: that a command has a name must cost nothing
    "no-key": NO_KEY,
    "altered": ALTERED,
    "malformed": MALFORMED,
    "wrong-place": WRONG_PLACE,
    "invalid": INVALID,
    "stopped": SEALED,
}


def identities(request: Request) -> tuple[str, ...]:
    """The secret keys that the request names. UsageError if it names none, or one that cannot be used."""
    from generator.statistics.age import usable

    if "--words" in request.options:
        return (_from_words(request),)
    if "--identity" not in request.options:
        raise UsageError("keys.none")
    named = request.options["--identity"]
    outside(request, named)
    text = (decoded(_read(Path(named))) or "").lstrip("\ufeff")
    found = tuple(line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))
    if not found or not all(map(usable, found)):
        raise UsageError(_instead(found), path=named)
    return found


def _instead(lines: tuple[str, ...]) -> str:
    """The key of the sentence that says what a file holds that is no usable identity."""
    kinds = {
        "age1": "keys.public",
        "ssh-": "keys.public",
        "age-encryption.org/": "keys.locked",
        "-----BEGIN AGE": "keys.locked",
        "-----BEGIN": "keys.other",
    }
    first = lines[0] if lines else ""
    if first.upper().startswith(_SECRET):
        return "keys.unusable"
    return next((key for sign, key in kinds.items() if first.startswith(sign)), "keys.none_in_file")


def _read(path: Path) -> bytes:
    """What a file or a pipe (`/dev/fd/3`) holds.

    UsageError if it is neither, cannot be read, or is too large for an identity.
    """
    try:
        if (path.is_file() or path.is_fifo()) and len(data := head_of(path, _LARGEST + 1)()) <= _LARGEST:
            return data
    except OSError:
        pass
    raise UsageError("keys.no_file", path=str(path))


def _from_words(request: Request) -> str:
    """The key that several officials' words give, typed one share a line, unseen on a terminal."""
    from generator.statistics.shares import WrongShares, join, still_needed

    given: list[str] = []
    left = 1
    while left:
        prompt = request.say("keys.share", number=len(given) + 1)
        words = getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()
        if not words.strip():
            raise UsageError("keys.wrong_words")
        given.append(" ".join(words.lower().split()))
        try:
            left = still_needed(given)
        except WrongShares:
            raise UsageError("keys.wrong_words") from None
    try:
        return join(given)
    except WrongShares:
        raise UsageError("keys.wrong_words") from None


def refused(request: Request, path: str, result: Refused) -> int:
    """Tell why a file was not opened; the exit code for it.

    Which rule its content breaks depends on hidden figures: that is told at a terminal only.
    """
    print(request.say(f"open.{result.why.value}", path=path), file=sys.stderr)
    if sys.stdout.isatty():
        print_faults(request, path, result.faults)
    return EXIT[result.why.value]


def doubted(request: Request, repository: Repository, receipts: Collection[Receipt], passing: str = "") -> int:
    """Tell what speaks against these receipts, without a key; the exit code for it.

    `passing`: a code that somebody knowingly lets pass.
    """
    from generator.problems import in_order
    from generator.records.provenance import doubts

    found = in_order(p for p in doubts(request.root, repository, receipts) if p.code != passing)
    print_problems(request, found)
    return FINE if not found else SEALED if {p.code for p in found} == {"not-verified"} else WRONG_PLACE


def print_faults(request: Request, path: str, faults: Iterable[Fault], own: bytes | None = None) -> None:
    """What is wrong in a Submission: places and rules, never figures. Of a school's own file, whose text is given, by
    line and by what the form calls what stands there.
    """
    from generator.statistics.locating import located

    for fault in faults:
        rule = f"{_rule(request, fault.rule)} [{fault.rule}] {fault.place}".rstrip()
        lines = located(own, fault) if own is not None else ()
        for one in lines:
            titles = "".join(f"{request.speaker.text(title)}{request.say('fault.colon')}" for title in one.titles)
            print(f"{path}:{one.line}: {titles}{rule}")
        if not lines:
            print(f"{path}: {fault.place or '—'}: {_rule(request, fault.rule)} [{fault.rule}]")


def _rule(request: Request, rule: str) -> str:
    """A rule in words: of our own identities, else the name of the Problem that reading found, else of the form's
    keyword.
    """
    catalogue = load()
    if (key := f"fault.{rule}") in catalogue.sentences:
        return request.say(key)
    if rule in catalogue.codes:
        return catalogue.codes[rule].words[request.language].title
    return request.say("fault.form")
