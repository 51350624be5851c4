"""Sealing and opening: the only user of the age library.

Owns keys, salts, padding and encryption, all of it in memory: nothing here touches a disk. What is opened was first
read without a key (`receipts.admitted`), is filled up to a bucket, and stops at a size. Must not know what the text
says.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from enum import StrEnum

import pyrage

from generator.model.submission import SALT, Salted, Submission
from generator.sealed.age_header import Header, header
from generator.sealed.bech32 import decoded, encoded
from generator.sealed.receipts import BUCKET, MAX_BUCKETS, admitted
from generator.sealed.recipients import KeyFormat, key_format

_POST_QUANTUM, _SEED = "age-secret-key-pq-", 32  # how such a secret key begins, and its bytes


class Refusal(StrEnum):
    """Why a sealed file was not opened, or what it held was not taken."""

    NO_KEY = "no-key"
    ALTERED = "altered"
    MALFORMED = "malformed"
    WRONG_PLACE = "wrong-place"
    INVALID = "invalid"
    STOPPED = "stopped"  # the worker took too long or too much memory


class NotOpened(Exception):
    """A sealed file was not opened. Says why and nothing else: the library's own words stay inside."""

    def __init__(self, why: Refusal) -> None:
        self.why = why
        super().__init__(why.value)


class CannotSeal(Exception):
    """A key is wrong, keys are of two kinds, or the text is too long."""


def new_identity(*, strong: bool = False) -> str:
    """A new secret key; `strong`: one that resists a quantum computer."""
    return encoded(_POST_QUANTUM, os.urandom(_SEED)).upper() if strong else str(pyrage.x25519.Identity.generate())


def is_post_quantum(identity: str) -> bool:
    """Whether a secret key resists a quantum computer."""
    return _seed(identity) is not None


def _seed(identity: str) -> bytes | None:
    """What a post-quantum secret key is made from; None for anything else."""
    prefix, seed = decoded(identity) or ("", b"")
    return seed if prefix == _POST_QUANTUM and len(seed) == _SEED else None


def salted(one: Submission) -> Salted:
    """A Submission with random bytes of its own: fresh at each sealing by a school, kept when the office seals
    again.
    """
    return Salted(submission=one, salt=os.urandom(SALT))


def public_key(identity: str) -> str | None:
    """The public key of a secret key; None for anything else."""
    if (seed := _seed(identity)) is not None:
        from generator.statistics import post_quantum

        return post_quantum.public_key(seed)
    try:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError:
        return None


def usable(identity: str) -> bool:
    """Whether a line of an identity file is a secret key that can be used."""
    return public_key(identity) is not None


def padded(text: bytes) -> bytes:
    """Text filled up with line breaks to a multiple of a bucket, so that its length says nothing."""
    if len(text) > BUCKET * MAX_BUCKETS or not text.endswith(b"\n") or text.endswith(b"\n\n"):
        raise CannotSeal
    return text + b"\n" * (-len(text) % BUCKET)


def unpadded(text: bytes) -> bytes:
    """What `padded` was given. NotOpened for anything that it does not make."""
    plain = text.rstrip(b"\n") + b"\n"
    if not text or padded(plain) != text:
        raise NotOpened(Refusal.INVALID)
    return plain


def seal(text: bytes, keys: Sequence[str]) -> bytes:
    """Text sealed for public keys of one kind, armored and padded. CannotSeal."""
    kinds = {key_format(key) for key in keys}
    if len(kinds) != 1 or None in kinds:
        raise CannotSeal
    try:
        if KeyFormat.POST_QUANTUM in kinds:
            from generator.statistics import post_quantum

            return post_quantum.sealed(padded(text), keys)
        recipients = [pyrage.x25519.Recipient.from_str(key) for key in keys]
        made: bytes = pyrage.encrypt(padded(text), recipients, armored=True)
    except (pyrage.RecipientError, pyrage.EncryptError, ValueError):
        raise CannotSeal from None
    return made


def open_sealed(data: bytes, identities: Sequence[str]) -> bytes:
    """The text of a file that `seal` wrote. NotOpened."""
    read = admitted(data)
    if isinstance(read, str):
        raise NotOpened(Refusal.MALFORMED)
    return unpadded(decrypted(read.binary, identities, BUCKET * MAX_BUCKETS))


def decrypted(data: bytes, identities: Iterable[str], limit: int) -> bytes:
    """The plain text of an age file whose header was read before, at most `limit` bytes. NotOpened."""
    seeds, classic = list[bytes](), list[pyrage.x25519.Identity]()
    for identity in identities:
        if (seed := _seed(identity)) is not None:
            seeds.append(seed)
        else:
            classic.append(_classic(identity))
    read = header(data)
    if seeds and isinstance(read, Header) and KeyFormat.POST_QUANTUM in read.stanzas:
        if read.payload > limit:
            raise NotOpened(Refusal.ALTERED)
        if (text := _post_quantum(read, seeds)) is not None:
            return text
    return _by_the_library(data, classic, limit)


def _post_quantum(read: Header, seeds: Sequence[bytes]) -> bytes | None:
    """The plain text; None if it is not for these keys."""
    from generator.statistics import post_quantum

    try:
        return post_quantum.opened(read, seeds)
    except post_quantum.NotUnwrapped:
        return None
    except post_quantum.Misshapen:
        raise NotOpened(Refusal.MALFORMED) from None
    except post_quantum.Altered:
        raise NotOpened(Refusal.ALTERED) from None


def _by_the_library(data: bytes, identities: Sequence[pyrage.x25519.Identity], limit: int) -> bytes:
    text = _Capped(limit)
    try:
        pyrage.decrypt_io(io.BytesIO(data), text, identities)
    except pyrage.DecryptError as refused:
        raise NotOpened(_why(str(refused))) from None
    except (OSError, ValueError):  # the payload fails its tag, or is longer than it may be
        raise NotOpened(Refusal.ALTERED) from None
    return text.getvalue()


class _Capped(io.BytesIO):
    """Memory that refuses to grow beyond a limit."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._left = limit

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._left -= len(data)
        if self._left < 0:
            raise ValueError
        return super().write(data)


_MALFORMED = ("Header is invalid", "failed to fill whole buffer", "invalid armor", "DecodeError", "Unknown format")


def _why(message: str) -> Refusal:
    """The library's message is all that tells its refusals apart; its version is pinned and a test holds the
    messages.
    """
    if message.startswith("No matching keys"):
        return Refusal.NO_KEY
    return Refusal.MALFORMED if message.startswith(_MALFORMED) else Refusal.ALTERED


def _classic(identity: str) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError:
        raise NotOpened(Refusal.NO_KEY) from None
