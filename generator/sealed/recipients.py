"""Public keys: which format a key has, its fingerprint, who can open on a day.

Owns what may be known of a key by anybody. Must not know secret keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from generator.model.sealed import Recipient
from generator.sealed.bech32 import decoded


class KeyFormat(StrEnum):
    """The kinds of age key, each by the name of the stanza it makes. A file is sealed for keys of one kind only."""

    CLASSIC = "X25519"
    POST_QUANTUM = "mlkem768x25519"


_PREFIXES = {"age": (KeyFormat.CLASSIC, 32), "age1pq": (KeyFormat.POST_QUANTUM, 1216)}


@lru_cache(maxsize=1024)
def key_format(key: str) -> KeyFormat | None:
    """The format of a public key; None for a mistyped or unknown one."""
    prefix, data = decoded(key) or ("", b"")
    known, length = _PREFIXES.get(prefix, (None, 0))
    return known if len(data) == length else None


def fingerprint(key: str) -> str:
    """Eighty bits of the key's SHA-256, in groups that two people can read to each other."""
    digits = sha256(key.encode("ascii")).hexdigest()
    return "-".join(digits[i : i + 4] for i in range(0, 20, 4))


def in_force(recipients: Iterable[Recipient], day: date) -> tuple[Recipient, ...]:
    """Who can open what is sealed on a day, in the order of fingerprints."""
    return tuple(sorted((r for r in recipients if r.valid_from <= day <= r.valid_until), key=lambda r: r.fingerprint))
