"""What an age file says without a key: its stanzas, how long its payload is, whether it is one at all.

Owns the strict reading of the age v1 header and armor (C2SP `age.md`). Reads every byte once, so that a file which
anybody may send costs its size and no more. Must not know keys: nothing here can open anything.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from enum import StrEnum

from msgspec import Struct

ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
END = b"-----END AGE ENCRYPTED FILE-----"
VERSION = b"age-encryption.org/v1\n"
_CHUNK, _TAG, _NONCE = 64 * 1024, 16, 16
_LINE = 64  # characters of base64 in a full line, of armor and of a stanza's body
MAX_STANZAS = 32
MAX_BODY = 1 << 12  # bytes of one stanza's base64: the longest of a known kind has 64


class HeaderFault(StrEnum):
    """Why bytes are no age file."""

    ARMOR = "armor"
    VERSION = "version"
    STANZA = "stanza"
    STANZAS = "too-many-stanzas"
    MAC = "mac"
    PAYLOAD = "payload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stanza:
    """What a header holds for one recipient: its kind, arguments and body."""

    kind: str
    arguments: tuple[str, ...]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """`stanzas`: the kinds of the recipients' stanzas, grease left out; `all_stanzas`: each as it stands.

    `payload`: exact bytes of plain text. `armored`: written as text.

    `binary` is the file without its armor, `mac_at` where the line with the header's MAC begins in it.
    """

    stanzas: tuple[str, ...]
    payload: int
    armored: bool
    binary: bytes = field(repr=False)
    all_stanzas: tuple[Stanza, ...] = field(repr=False)
    mac_at: int


class NotAge(Struct, frozen=True, kw_only=True):
    fault: HeaderFault


def header(data: bytes) -> Header | NotAge:
    """The Header of an age file, armored or binary."""
    try:
        armored = data.lstrip(b" \t\r\n").startswith(ARMOR)
        return _header(_unarmored(data) if armored else data, armored)
    except _Bad as bad:
        return NotAge(fault=bad.fault)


class _Bad(Exception):
    def __init__(self, fault: HeaderFault) -> None:
        self.fault = fault


def _unarmored(data: bytes) -> bytes:
    text = data.strip(b" \t\r\n")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    body = text[len(ARMOR) + 1 : -len(END)]
    ends = body[_LINE :: _LINE + 1]  # where full lines end, if the last line is not one
    letters = body.replace(b"\n", b"")
    framed = text.startswith(ARMOR + b"\n") and text.endswith(b"\n" + END) and not body.endswith(b"\n\n")
    if not framed or ends.count(b"\n") != len(ends) or len(body) - len(letters) - len(ends) not in (0, 1):
        raise _Bad(HeaderFault.ARMOR)
    return _base64(letters)


def _base64(text: bytes) -> bytes:
    """The bytes of canonical base64 with padding."""
    try:
        data = b64decode(text, validate=True)
    except Base64Error:
        raise _Bad(HeaderFault.ARMOR) from None
    if b64encode(b64decode(text[-4:])) != text[-4:]:  # only the last letters can spell one thing in several ways
        raise _Bad(HeaderFault.ARMOR)
    return data


# Base64 without padding is canonical where the last letter of an odd end leaves no bit over.
_ANY, _ONE, _TWO = rb"[A-Za-z0-9+/]", rb"[AQgw]", rb"[AEIMQUYcgkosw048]"
_END_OF_BODY = rb"(?:%b{4}){0,15}(?:%b%b|%b{2}%b)?\n" % (_ANY, _ANY, _ONE, _ANY, _TWO)
_STANZA = re.compile(rb"-> [!-~]+(?: [!-~]+)*\n(?:%b{64}\n){0,%d}%b" % (_ANY, MAX_BODY // _LINE, _END_OF_BODY))
_MAC = re.compile(rb"--- %b{42}%b\n" % (_ANY, _TWO))  # 32 bytes
_GREASE = "-grease"


def _header(data: bytes, armored: bool) -> Header:
    if not data.startswith(VERSION):
        raise _Bad(HeaderFault.VERSION)
    found: list[Stanza] = []
    at = len(VERSION)
    while data.startswith(b"-> ", at):
        if len(found) == MAX_STANZAS:
            raise _Bad(HeaderFault.STANZAS)
        if (stanza := _STANZA.match(data, at)) is None:
            raise _Bad(HeaderFault.STANZA)
        found.append(_stanza(stanza[0]))
        at = stanza.end()
    if not found or (mac := _MAC.match(data, at)) is None:
        raise _Bad(HeaderFault.MAC)
    return Header(
        stanzas=tuple(one.kind for one in found if not one.kind.endswith(_GREASE)),
        payload=_payload(len(data) - mac.end()),
        armored=armored,
        binary=data,
        all_stanzas=tuple(found),
        mac_at=at,
    )


def _stanza(text: bytes) -> Stanza:
    first, *body = text.decode("ascii").splitlines()
    _, kind, *arguments = first.split(" ")
    letters = "".join(body)
    return Stanza(kind=kind, arguments=tuple(arguments), body=b64decode(letters + "=" * (-len(letters) % 4)))


def _payload(left: int) -> int:
    """Bytes of plain text in what is left after the header: a nonce, then chunks of 64 KiB with a tag each, the last
    one not empty but alone.
    """
    left -= _NONCE
    chunks = max(1, -(-left // (_CHUNK + _TAG)))
    plain = left - chunks * _TAG
    if plain < 0 or (chunks > 1 and plain <= (chunks - 1) * _CHUNK):
        raise _Bad(HeaderFault.PAYLOAD)
    return plain


def is_sealed(data: bytes) -> bool:
    """Whether a file is what age writes, from its first byte to its last; nothing can be told of its content, and
    nothing is.
    """
    return isinstance(header(data), Header)


def is_damaged(data: bytes) -> bool:
    """Whether a file begins as age writes one, and is none."""
    return data.lstrip(b" \t\r\n").startswith((ARMOR, VERSION)) and not is_sealed(data)


def in_conflict(data: bytes) -> bool:
    """Whether a file holds sealed files on both sides of an unfinished merge."""
    ours, theirs, side = list[bytes](), list[bytes](), 0
    for line in data.splitlines(keepends=True):
        if line.startswith((b"<<<<<<< ", b"||||||| ", b"=======", b">>>>>>> ")):
            side = {b"<": 1, b"|": 2, b"=": 3, b">": 0}[line[:1]]
            continue
        if side in (0, 1):
            ours.append(line)
        if side in (0, 3):
            theirs.append(line)
    return b"<<<<<<< " in data and is_sealed(b"".join(ours)) and is_sealed(b"".join(theirs))
