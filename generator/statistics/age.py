"""Sealing and opening: the only user of age.

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
from generator.sealed.bech32 import decoded, encoded
from generator.sealed.receipts import BUCKET, MAX_BUCKETS, admitted
from generator.sealed.recipients import KeyFormat, key_format

_POST_QUANTUM = "AGE-SECRET-KEY-PQ-1"
_PLUGIN = "pq"  # age-plugin-pq, which opens and seals post-quantum files where it is installed


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
    """No plugin for post-quantum keys is installed, a key is wrong, keys are of two kinds, or the text is too long."""


def new_identity() -> str:
    """A new secret key."""
    return str(pyrage.x25519.Identity.generate())


def salted(one: Submission) -> Salted:
    """A Submission with random bytes of its own: fresh at each sealing by a school, kept when the office seals
    again.
    """
    return Salted(submission=one, salt=os.urandom(SALT))


def public_key(identity: str) -> str | None:
    """The public key of a classic secret key; None for anything else."""
    try:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError:
        return None


def usable(identity: str) -> bool:
    """Whether a line of an identity file is a secret key that this machine can use."""
    try:
        _identity(identity)
    except NotOpened:
        return False
    return True


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
    recipients = [_recipient(key) for key in keys] if KeyFormat.CLASSIC in kinds else [_plugin_recipients(keys)]
    try:
        made: bytes = pyrage.encrypt(padded(text), recipients, armored=True)
    except pyrage.EncryptError:
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
    text = _Capped(limit)
    try:
        pyrage.decrypt_io(io.BytesIO(data), text, [_identity(identity) for identity in identities])
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


def _recipient(key: str) -> pyrage.x25519.Recipient:
    return pyrage.x25519.Recipient.from_str(key)


class _Silent:
    """What a plugin may ask of us: nothing. It shows no message and gets no answer."""

    def display_message(self, message: str) -> None:
        """Not shown: a plugin's words are nobody's we know."""

    def confirm(self, message: str, yes: str, no: str | None) -> bool | None:
        return None

    def request_public_string(self, description: str) -> str | None:
        return None

    def request_passphrase(self, description: str) -> str | None:
        return None


def _plugin_recipients(keys: Sequence[str]) -> pyrage.plugin.RecipientPluginV1:
    """Several keys in one: pyrage knows post-quantum keys by their plugin only."""
    try:
        return pyrage.plugin.RecipientPluginV1(
            _PLUGIN, [pyrage.plugin.Recipient.from_str(key) for key in keys], [], _Silent()
        )
    except (pyrage.RecipientError, pyrage.EncryptError):
        raise CannotSeal from None


def _identity(identity: str) -> object:
    """A secret key as the library takes it. The plugin spells post-quantum keys with a prefix of its own."""
    try:
        if not identity.upper().startswith(_POST_QUANTUM):
            return pyrage.x25519.Identity.from_str(identity)
        _, data = decoded(identity) or ("", b"")
        named = pyrage.plugin.Identity.from_str(encoded(f"age-plugin-{_PLUGIN}-", data).upper())
        return pyrage.plugin.IdentityPluginV1(_PLUGIN, [named], _Silent())
    except (pyrage.IdentityError, pyrage.DecryptError):
        raise NotOpened(Refusal.NO_KEY) from None
