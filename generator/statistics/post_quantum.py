"""Files sealed for post-quantum keys (ML-KEM-768 with X25519), which the age library does not know: the only user of
`cryptography`.

Owns how the file key is wrapped and unwrapped (HPKE, C2SP `age.md`), the header's MAC and the payload's chunks. All of
it in memory. Must not know what is sealed, nor read a header that `age_header` has not admitted.
"""

from __future__ import annotations

import hmac
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256, shake_256
from textwrap import wrap

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from generator.sealed.age_header import ARMOR, END, VERSION, Header, Stanza
from generator.sealed.bech32 import decoded, encoded
from generator.sealed.recipients import KeyFormat

_PUBLIC = "age1pq"
_FILE_KEY, _NONCE, _TAG, _CHUNK = 16, 16, 16, 1 << 16
_ENCAPSULATED, _ENCAPSULATION_KEY = 1120, 1184
_INFO = b"age-encryption.org/mlkem768x25519"


class NotUnwrapped(Exception):
    """No stanza is for these keys."""


class Misshapen(Exception):
    """A stanza, or what was in it, is not as the format has it."""


class Altered(Exception):
    """Header or payload are not what was sealed."""


def public_key(seed: bytes) -> str:
    """The public half of a secret key."""
    strong, classic = _private(seed)
    return encoded(_PUBLIC, strong.public_key().public_bytes_raw() + classic.public_key().public_bytes_raw())


def sealed(text: bytes, keys: Sequence[str]) -> bytes:
    """Text sealed for public keys, armored. ValueError for what is no such key."""
    file_key, nonce = os.urandom(_FILE_KEY), os.urandom(_NONCE)
    head = VERSION + b"".join(_wrapped(file_key, key) for key in keys) + b"---"
    payload = b"".join(_encrypted(text, _derived(file_key, nonce, b"payload")))
    binary = head + b" " + _base64(_mac(file_key, head)) + b"\n" + nonce + payload
    return b"\n".join([ARMOR, *(line.encode() for line in wrap(b64encode(binary).decode(), 64)), END, b""])


def opened(read: Header, seeds: Iterable[bytes]) -> bytes:
    """The plain text of a file whose header was admitted. NotUnwrapped, Misshapen, Altered."""
    file_key = _unwrapped([one for one in read.all_stanzas if one.kind == KeyFormat.POST_QUANTUM.value], seeds)
    rest = read.binary[read.mac_at :]
    head, given = read.binary[: read.mac_at + 3], rest[4 : rest.index(b"\n")]
    if not hmac.compare_digest(_base64(_mac(file_key, head)), given):
        raise Altered
    payload = rest[rest.index(b"\n") + 1 :]
    return b"".join(_decrypted(payload[_NONCE:], _derived(file_key, payload[:_NONCE], b"payload")))


def _suite() -> Suite:
    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def _private(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


def _wrapped(file_key: bytes, key: str) -> bytes:
    """The stanza that gives the file key to one recipient."""
    _, data = decoded(key) or ("", b"")
    strong = MLKEM768PublicKey.from_public_bytes(data[:_ENCAPSULATION_KEY])
    classic = X25519PublicKey.from_public_bytes(data[_ENCAPSULATION_KEY:])
    made = _suite().encrypt(file_key, MLKEM768X25519PublicKey(strong, classic), _INFO)
    share, body = made[:_ENCAPSULATED], made[_ENCAPSULATED:]
    return b"-> " + KeyFormat.POST_QUANTUM.value.encode() + b" " + _base64(share) + b"\n" + _base64(body) + b"\n"


def _unwrapped(stanzas: Sequence[Stanza], seeds: Iterable[bytes]) -> bytes:
    wrapped = [_shares(stanza) for stanza in stanzas]
    for seed in seeds:
        key = MLKEM768X25519PrivateKey(*_private(seed))
        for one in wrapped:
            try:
                file_key = _suite().decrypt(one, key, _INFO)
            except InvalidTag:
                continue
            return file_key
    raise NotUnwrapped


def _shares(stanza: Stanza) -> bytes:
    """What a stanza holds for HPKE, if it has the size that a wrapped file key has."""
    if len(stanza.arguments) != 1:
        raise Misshapen
    text = stanza.arguments[0].encode("ascii")
    try:
        share = b64decode(text + b"=" * (-len(text) % 4))
    except Base64Error:
        raise Misshapen from None
    if _base64(share) != text or len(share) != _ENCAPSULATED or len(stanza.body) != _FILE_KEY + _TAG:
        raise Misshapen
    return share + stanza.body


def _encrypted(text: bytes, key: bytes) -> Iterator[bytes]:
    chunks = [text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK)] or [b""]
    for number, chunk in enumerate(chunks, start=1):
        yield ChaCha20Poly1305(key).encrypt(_nonce(number, last=number == len(chunks)), chunk, None)


def _decrypted(payload: bytes, key: bytes) -> Iterator[bytes]:
    size = _CHUNK + _TAG
    chunks = [payload[at : at + size] for at in range(0, len(payload), size)]
    for number, chunk in enumerate(chunks, start=1):
        try:
            yield ChaCha20Poly1305(key).decrypt(_nonce(number, last=number == len(chunks)), chunk, None)
        except InvalidTag:
            raise Altered from None


def _nonce(number: int, *, last: bool) -> bytes:
    return (number - 1).to_bytes(11, "big") + bytes((last,))


def _derived(file_key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(file_key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), head, sha256)


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")
