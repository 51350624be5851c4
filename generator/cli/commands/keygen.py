"""`xinzhuli keygen`: a key pair for the office, its deputy or the backup; or the words of a backup.

Owns how a new key is handed to a person: the secret half into a file outside the repository, or onto the terminal as
shares, one at a time.
"""

from __future__ import annotations

import re
import sys

from generator.cli.request import FINE, Accepts, Request, UsageError, outside

ACCEPTS = Accepts(values=("--out", "--split", "--identity"), flags=("--post-quantum",))
_CLEAR = "\x1b[2J\x1b[H\x1b[3J"


def run(request: Request) -> int:
    """Make a key, or split one; print its public half."""
    from generator.statistics.age import is_post_quantum, new_identity, public_key

    numbers = _numbers(request)
    if (numbers is None) == ("--out" not in request.options):
        raise UsageError("keygen.where")
    strong = "--post-quantum" in request.options
    identity = new_identity(strong=strong) if "--identity" not in request.options else _existing(request)
    if numbers and is_post_quantum(identity):
        raise UsageError("keygen.classic_only")
    key = public_key(identity)
    if key is None:
        raise UsageError("keys.unusable", path=request.options.get("--identity", ""))
    if numbers:
        _show(request, identity, *numbers)
    else:
        _keep(request, identity, key)
    _record(request, key)
    return FINE


def _numbers(request: Request) -> tuple[int, int] | None:
    from generator.statistics.shares import MOST

    if (text := request.options.get("--split")) is None:
        return None
    match = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})", text)
    if not match or not 2 <= int(match[1]) <= int(match[2]) <= MOST:
        raise UsageError("cli.bad_value", option="--split", value=text)
    return int(match[1]), int(match[2])


def _existing(request: Request) -> str:
    """The key to split."""
    from generator.cli.keys import identities

    found = identities(request)
    if len(found) != 1 or "--split" not in request.options:
        raise UsageError("keygen.where")
    return found[0]


def _show(request: Request, identity: str, needed: int, total: int) -> None:
    """Each share on a screen of its own. They are shown to people and never written anywhere."""
    from generator.statistics.shares import split

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("keygen.terminal")
    for number, words in enumerate(split(identity, needed, total), start=1):
        print(_CLEAR + request.say("keygen.share", number=number, total=total, needed=needed))
        for start, word in enumerate(words.split(), start=1):
            print(f"{start:>4} {word}")
        input(request.say("keygen.next"))
    print(_CLEAR, end="")


def _keep(request: Request, identity: str, key: str) -> None:
    from generator.files.replacing import write_secret

    path = outside(request, request.options["--out"])
    try:
        write_secret(path, f"# public key: {key}\n{identity}\n".encode("ascii"))
    except FileExistsError:
        raise UsageError("keygen.exists", path=str(path)) from None
    except OSError:
        raise UsageError("cli.cannot_write", path=str(path)) from None
    print(request.say("keygen.kept", path=path))


def _record(request: Request, key: str) -> None:
    """The public half, as it goes into `records/recipients`."""
    from generator.sealed.recipients import fingerprint

    print(request.say("keygen.record"))
    print(f"key: {key}\nfingerprint: {fingerprint(key)}")
