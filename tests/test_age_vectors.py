"""The test vectors of the age community (C2SP/CCTV) against our opening: what must fail fails, what must open opens.

The small ones are here, in `tests/vectors/age`. All of them, where they lie in `../shared/vectors/age` or in the folder
that XINZHULI_AGE_VECTORS names, for example `node_modules/cctv-age/…` of the npm package, are tried instead.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections import Counter
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec import Struct

from generator.sealed.age_header import (
    ARMOR,
    END,
    Header,
    HeaderFault,
    NotAge,
    header,
    in_conflict,
    is_damaged,
    is_sealed,
)
from generator.statistics.age import NotOpened, Refusal, decrypted

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "tests" / "vectors" / "age" / "vectors.json"
FOLDER = Path(os.environ.get("XINZHULI_AGE_VECTORS", ROOT.parent / "shared" / "vectors" / "age"))
ALL = FOLDER.is_dir()
LIMIT = 1 << 26

# What must open and does not, with the reason: each is a file that `seal` never writes.
EXCEPTIONS = {
    "scrypt": "files with a passphrase are never opened: one may ask for minutes of work and gigabytes of memory",
    "armor_scrypt": "the same",
    "armor_whitespace_outside": "the library refuses white space before the armor, which the format allows",
}


class Vector(Struct, frozen=True, kw_only=True):
    expect: str
    payload: str | None
    identities: tuple[str, ...]
    data: bytes


def vector(name: str) -> Vector:
    return shipped()[name] if not ALL else read(FOLDER / name)


def read(path: Path) -> Vector:
    """A vector as its authors write it."""
    head, _, data = path.read_bytes().partition(b"\n\n")
    fields = [line.split(": ", 1) for line in head.decode("utf-8").splitlines()]
    told = dict(fields)
    return Vector(
        expect=told["expect"],
        payload=told.get("payload"),
        identities=tuple(value for name, value in fields if name == "identity"),
        data=zlib.decompress(data) if told.get("compressed") == "zlib" else data,
    )


@cache
def shipped() -> dict[str, Vector]:
    """The vectors of this repository. Their keys are written without what begins every key, as `guard` finds such."""
    return {
        name: Vector(
            expect=one["expect"],
            payload=one["payload"],
            identities=tuple(f"AGE-SECRET-KEY-{key}" for key in one["identities"]),
            data=base64.b64decode(one["data"]),
        )
        for name, one in json.loads(HERE.read_text(encoding="utf-8")).items()
    }


NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_file()) if ALL else sorted(shipped())


def opened(data: bytes, identities: tuple[str, ...]) -> bytes | Refusal:
    """As `open_sealed` does it, but of any size and not only in armor."""
    read = header(data)
    if isinstance(read, NotAge) or "scrypt" in read.stanzas:
        return Refusal.MALFORMED
    try:
        return decrypted(data, identities, LIMIT)
    except NotOpened as refused:
        return refused.why


def test_the_vectors_of_this_repository_are_of_every_kind() -> None:
    expected = Counter(one.expect for one in shipped().values())
    assert len(shipped()) == 111
    assert {"success", "no match", "header failure", "armor failure", "payload failure", "HMAC failure"} <= set(
        expected
    )


@pytest.mark.skipif(not ALL, reason=f"not all age test vectors are in {FOLDER}")
def test_all_vectors_are_here() -> None:
    assert len(NAMES) == 143
    assert Counter(vector(name).expect for name in NAMES)["success"] == 26
    assert {name: read(FOLDER / name) for name in shipped()} == shipped()


@pytest.mark.parametrize("name", NAMES)
def test_vector(name: str) -> None:
    one = vector(name)
    found = opened(one.data, one.identities)
    if one.expect != "success" or name in EXCEPTIONS:
        assert isinstance(found, Refusal), "this must not open"
    else:
        assert isinstance(found, bytes), found
        assert sha256(found).hexdigest() == one.payload


@pytest.mark.parametrize("name", NAMES)
def test_what_must_fail_early_fails_without_a_key(name: str) -> None:
    """The reader of headers never refuses what is well formed, and refuses every wrong armor."""
    one, read = vector(name), header(vector(name).data)
    if one.expect in ("success", "no match", "HMAC failure"):
        assert isinstance(read, Header)
    if one.expect == "armor failure":
        assert isinstance(read, NotAge)
        assert read.fault in (HeaderFault.ARMOR, HeaderFault.VERSION)


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith(("hybrid", "armor_hybrid", "scrypt"))])
def test_the_length_of_the_payload_is_known_without_a_key(name: str) -> None:
    one, read = vector(name), header(vector(name).data)
    if one.expect == "success" and name not in EXCEPTIONS:
        assert isinstance(read, Header)
        assert read.payload == len(decrypted(one.data, one.identities, LIMIT))


def test_exceptions_are_vectors_that_would_open() -> None:
    assert all(vector(name).expect == "success" for name in EXCEPTIONS if name in NAMES)


def test_a_header_of_two_hundred_kilobytes_is_refused_at_its_thirty_third_stanza() -> None:
    stanza = b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"
    data = b"age-encryption.org/v1\n" + stanza * 2000 + b"--- " + b"A" * 43 + b"\n" + bytes(32)
    assert header(data) == NotAge(fault=HeaderFault.STANZAS)
    assert header(b"age-encryption.org/v1\n-> X25519 a\n" + (b"A" * 64 + b"\n") * 2000) == NotAge(
        fault=HeaderFault.STANZA
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"school: xz01\n", b"-----BEGIN AGE ENCRYPTED FILE-----\n", b"age-encryption.org/v1\n", bytes(100)],
)
def test_what_is_no_age_file_is_none(data: bytes) -> None:
    assert isinstance(header(data), NotAge)


HEAD = b"age-encryption.org/v1\n-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n--- " + b"A" * 43 + b"\n"
CHUNK, TAG, NONCE = 1 << 16, 16, 16


@pytest.mark.parametrize(
    ("left", "plain"),
    [
        (0, None),
        (NONCE, None),
        (NONCE + TAG - 1, None),
        (NONCE + TAG, 0),
        (NONCE + TAG + 1, 1),
        (NONCE + TAG + CHUNK, CHUNK),
        (NONCE + 2 * TAG + CHUNK, None),
        (NONCE + 2 * TAG + CHUNK + 1, CHUNK + 1),
        (NONCE + 2 * TAG + 2 * CHUNK, 2 * CHUNK),
    ],
)
def test_the_length_of_the_payload_at_the_ends_of_its_chunks(left: int, plain: int | None) -> None:
    read = header(HEAD + bytes(left))
    assert (
        read == NotAge(fault=HeaderFault.PAYLOAD)
        if plain is None
        else isinstance(read, Header) and read.payload == plain
    )


def test_a_header_that_is_printed_shows_nothing_of_the_file() -> None:
    read = header(HEAD + b"canary" + bytes(NONCE + TAG))
    assert isinstance(read, Header)
    assert read.binary
    assert "canary" not in repr(read)
    assert "body" not in repr(read.all_stanzas)


VERSION, STANZA = b"age-encryption.org/v1\n", b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"
REST = b"--- " + b"A" * 43 + b"\n" + bytes(NONCE + TAG + 1)


def test_a_header_has_one_stanza_at_least_and_thirty_two_at_most() -> None:
    assert header(VERSION + REST) == NotAge(fault=HeaderFault.MAC)
    assert header(VERSION + STANZA * 33 + REST) == NotAge(fault=HeaderFault.STANZAS)
    assert [len(one.stanzas) for n in (1, 32) if isinstance(one := header(VERSION + STANZA * n + REST), Header)] == [
        1,
        32,
    ]


def test_grease_is_no_recipient() -> None:
    read = header(VERSION + STANZA + b"-> x-grease\n\n" + REST)
    assert isinstance(read, Header)
    assert read.stanzas == ("X25519",)
    assert [one.kind for one in read.all_stanzas] == ["X25519", "x-grease"]


@pytest.mark.parametrize(("lines", "sealed"), [(0, True), (64, True), (65, False)])
def test_the_body_of_a_stanza_has_a_longest(lines: int, sealed: bool) -> None:
    body = (b"A" * 64 + b"\n") * lines
    assert is_sealed(VERSION + b"-> X25519 a\n" + body + b"AAAA\n" + REST) is sealed


def armored(data: bytes) -> bytes:
    """A file written as text."""
    text = base64.b64encode(data)
    return b"\n".join([ARMOR, *(text[at : at + 64] for at in range(0, len(text), 64)), END, b""])


ONE, OTHER = (armored(VERSION + STANZA + REST + bytes(20) + side) for side in (b"1", b"2"))


def test_the_first_line_of_an_armor_ends() -> None:
    assert is_sealed(ONE)
    assert header(ONE.replace(ARMOR + b"\n", ARMOR + b"A")) == NotAge(fault=HeaderFault.ARMOR)


@pytest.mark.parametrize(
    ("data", "damaged"),
    [
        (ONE, False),
        (VERSION + STANZA + REST, False),
        (ONE[:-2], True),
        (b"\r\n\t " + ONE[:-40], True),
        (VERSION + STANZA, True),
        (b"school: xz01\n", False),
        (b"x" + ONE[:-2], False),
    ],
)
def test_what_begins_as_age_writes_and_is_none_is_damaged(data: bytes, damaged: bool) -> None:
    assert is_damaged(data) is damaged


def merged(ours: bytes, theirs: bytes, before: bytes | None = None) -> bytes:
    """What git leaves of a file whose middle both sides changed: the first and the last line are one text."""
    (first, *mine, last), (_, *other, _) = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    base = [] if before is None else [b"||||||| base\n", before]
    return b"".join([first, b"<<<<<<< HEAD\n", *mine, *base, b"=======\n", *other, b">>>>>>> theirs\n", last])


@pytest.mark.parametrize(
    ("data", "conflict"),
    [
        (merged(ONE, OTHER), True),
        (merged(ONE, OTHER, b"what both began from\n"), True),
        (ONE, False),
        (merged(ONE, armored(b"x")), False),
        (merged(armored(b"x"), ONE), False),
        (merged(ONE, OTHER).replace(b"<<<<<<< HEAD\n", b"more\n"), False),
        (merged(ONE, OTHER).replace(b">>>>>>> theirs\n", b"more\n"), False),
        (ONE + b"=======\n", False),  # no conflict begins there
    ],
)
def test_a_conflict_holds_a_sealed_file_on_both_sides(data: bytes, conflict: bool) -> None:
    assert in_conflict(data) is conflict
