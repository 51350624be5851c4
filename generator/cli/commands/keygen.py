"""`xinzhuli keygen`: a key pair for the office, its deputy or the backup; or the words of a backup.

Owns how a new key is handed to a person: the secret half into a file outside the repository, or onto the terminal as
shares, one at a time; and the record of the public half for the school year of a day.
"""

from __future__ import annotations

import re
import sys
from datetime import date
from typing import TYPE_CHECKING

from generator.cli.request import FINE, Accepts, Request, UsageError, outside, present_day, put_back, write_records

if TYPE_CHECKING:
    from generator.model.district import SchoolYear

ACCEPTS = Accepts(values=("--out", "--split", "--identity", "--for", "--as-of"), flags=("--post-quantum",))
_CLEAR = "\x1b[2J\x1b[H\x1b[3J"


def run(request: Request) -> int:
    """Make a key, or split one; print its public half."""
    from generator.statistics.age import is_post_quantum, new_identity, public_key

    numbers = _numbers(request)
    if (numbers is None) == ("--out" not in request.options):
        raise UsageError("keygen.where")
    named = _named(request)
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
    if named:
        _register(request, key, *named)
    return FINE


def _named(request: Request) -> tuple[SchoolYear, date] | None:
    """The school year that a key is recorded for, and the day from which; None where nobody asked for it. UsageError
    where the district's calendar cannot be read, or a key of this role is recorded for the year.
    """
    from generator.files.schemas import validate
    from generator.files.strict_yaml import read
    from generator.files.tree import folder
    from generator.model.sealed import RecipientRole
    from generator.records.kinds import parsed
    from generator.records.repository import DISTRICT

    if "--for" not in request.options:
        return None
    role = request.one_of("--for", [one.value for one in RecipientRole], "")
    put_back(request)
    tree, _ = folder(request.root)
    document, problems = read(DISTRICT, tree.read(DISTRICT)) if DISTRICT in tree.paths else (None, ())
    if document is None or problems or validate(document, "district"):
        raise UsageError("keygen.no_district", path=DISTRICT)
    ((district, _),), _ = parsed(document, "district")
    day = request.as_of or present_day(district.time_zone)
    year: SchoolYear = district.year_on(day)
    if (path := _path(role, year)) in tree.paths:
        raise UsageError("keygen.recorded", path=path)
    return year, max(day, year.first_day)


def _path(role: str, year: SchoolYear) -> str:
    return f"records/recipients/{role}-{year.first_day.year}.yml"


def _register(request: Request, key: str, year: SchoolYear, first_day: date) -> None:
    """Write the record of a public key, from a day on (what was sealed before was sealed for others) to the end of a
    school year. The first of them does not stand alone: `check` asks for a second.
    """
    from generator.files.schemas import enum_label
    from generator.files.yaml_text import lines
    from generator.sealed.recipients import fingerprint

    role = request.options["--for"]
    label, path = enum_label("RecipientRole", role), _path(role, year)
    fields = {
        "id": f"{role}-{year.first_day.year}",
        "role": role,
        "title": label.zh,
        "key": key,
        "fingerprint": fingerprint(key),
        "valid_from": first_day.isoformat(),
        "valid_until": year.last_day.isoformat(),
        "en": {"title": label.en or ""},
    }
    head = "# yaml-language-server: $schema=../../schemas/recipient.schema.json"
    text = "\n".join([head, *(line for name, value in fields.items() for line in lines(name, value)), ""])
    write_records(request, {path: text.encode()})
    print(request.say("cli.written", path=path))
    if len([*(request.root / path).parent.glob(f"*-{year.first_day.year}.yml")]) < 2:
        print(request.say("keygen.two"))


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
