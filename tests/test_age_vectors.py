"""The test vectors of the age community (C2SP/CCTV) against our opening: what must fail fails, what must open opens.

They are data of others and not in this repository; without them these tests are skipped. They are looked for in `../shared/vectors/age` or in the
folder that XINZHULI_AGE_VECTORS names, for example `node_modules/cctv-age/…` of the npm package.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from generator.age_header import Fault, Header, NotAge, header
from generator.sealed import NotOpened, Refusal, decrypted

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("XINZHULI_AGE_VECTORS", ROOT.parent / "shared" / "vectors" / "age"))
NAMES = sorted(path.name for path in FOLDER.iterdir() if path.is_file()) if FOLDER.is_dir() else []
PLUGIN = shutil.which("age-plugin-pq") is not None
LIMIT = 1 << 26
needs_vectors = pytest.mark.skipif(not NAMES, reason=f"the age test vectors are not in {FOLDER}")

# What must open and does not, with the reason: each is a file that `seal` never writes.
EXCEPTIONS = {
    "scrypt": "files with a passphrase are never opened: one may ask for minutes of work and gigabytes of memory",
    "armor_scrypt": "the same",
    "armor_whitespace_outside": "the library refuses white space before the armor, which the format allows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vector:
    expect: str
    payload: str | None
    identities: tuple[str, ...]
    data: bytes


def vector(name: str) -> Vector:
    head, _, data = (FOLDER / name).read_bytes().partition(b"\n\n")
    fields = [line.split(": ", 1) for line in head.decode("utf-8").splitlines()]
    told = dict(fields)
    return Vector(
        expect=told["expect"],
        payload=told.get("payload"),
        identities=tuple(value for name, value in fields if name == "identity"),
        data=zlib.decompress(data) if told.get("compressed") == "zlib" else data,
    )


def opened(data: bytes, identities: tuple[str, ...]) -> bytes | Refusal:
    """As `open_sealed` does it, but of any size and not only in armor."""
    read = header(data)
    if isinstance(read, NotAge) or "scrypt" in read.stanzas:
        return Refusal.MALFORMED
    try:
        return decrypted(data, identities, LIMIT)
    except NotOpened as refused:
        return refused.why


@needs_vectors
def test_all_vectors_are_here() -> None:
    assert len(NAMES) == 143
    assert Counter(vector(name).expect for name in NAMES)["success"] == 26


@needs_vectors
@pytest.mark.parametrize("name", NAMES)
def test_vector(name: str) -> None:
    one = vector(name)
    if "hybrid" in name and not PLUGIN and one.expect == "success":
        pytest.skip("post-quantum keys need age-plugin-pq, which is not installed")
    found = opened(one.data, one.identities)
    if one.expect != "success" or name in EXCEPTIONS:
        assert isinstance(found, Refusal), "this must not open"
    else:
        assert isinstance(found, bytes), found
        assert sha256(found).hexdigest() == one.payload


@needs_vectors
@pytest.mark.parametrize("name", NAMES)
def test_what_must_fail_early_fails_without_a_key(name: str) -> None:
    """The reader of headers never refuses what is well formed, and refuses every wrong armor."""
    one, read = vector(name), header(vector(name).data)
    if one.expect in ("success", "no match", "HMAC failure"):
        assert isinstance(read, Header)
    if one.expect == "armor failure":
        assert isinstance(read, NotAge)
        assert read.fault in (Fault.ARMOR, Fault.VERSION)


@needs_vectors
@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith(("hybrid", "armor_hybrid", "scrypt"))])
def test_the_length_of_the_payload_is_known_without_a_key(name: str) -> None:
    one, read = vector(name), header(vector(name).data)
    if one.expect == "success" and name not in EXCEPTIONS:
        assert isinstance(read, Header)
        assert read.payload == len(decrypted(one.data, one.identities, LIMIT))


@needs_vectors
def test_exceptions_are_vectors_that_would_open() -> None:
    assert all(vector(name).expect == "success" for name in EXCEPTIONS)


def test_a_header_of_two_hundred_kilobytes_is_refused_at_its_thirty_third_stanza() -> None:
    stanza = b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"
    data = b"age-encryption.org/v1\n" + stanza * 2000 + b"--- " + b"A" * 43 + b"\n" + bytes(32)
    assert header(data) == NotAge(fault=Fault.STANZAS)
    assert header(b"age-encryption.org/v1\n-> X25519 a\n" + (b"A" * 64 + b"\n") * 2000) == NotAge(fault=Fault.STANZA)


@pytest.mark.parametrize("data", [b"", b"\n", b"school: xz01\n", b"-----BEGIN AGE ENCRYPTED FILE-----\n", b"age-encryption.org/v1\n", bytes(100)])
def test_what_is_no_age_file_is_none(data: bytes) -> None:
    assert isinstance(header(data), NotAge)
