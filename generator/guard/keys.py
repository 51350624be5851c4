"""Secret keys: age identities (also post-quantum ones and those of plugins), private keys of SSH and PEM, PuTTY; bare or in base64.

Owns how such keys look. A key without its end or its check sum has leaked as well, so neither is asked for. Must not know files; gives places, never
the key.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

_AGE = re.compile(rb"AGE-(?:SECRET-KEY-(?:PQ-)?1|PLUGIN-[0-9A-Z._+-]{1,40}-1)[02-9AC-HJ-NP-Z]{20,}", re.IGNORECASE)
_PEM = re.compile(rb"-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z0-9+/=:-]{8}|PuTTY-User-Key-File-[0-9]: \S")
_NEEDLES = (b"AGE-SECRET-KEY-", b"AGE-PLUGIN-", b"openssh-key-v1\0", b"PRIVATE KEY-----")


def _in_base64(needle: bytes) -> Iterator[bytes]:
    """The signs that `needle` always leaves in base64, for each of the three ways it can lie in the groups of three bytes."""
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + needle)
        whole = (before + len(needle)) * 8 // 6
        yield coded[(before * 8 + 5) // 6 : whole]


_CODED = tuple(coded for needle in _NEEDLES for coded in _in_base64(needle))
_WRAPPED = tuple(re.compile(rb"\s*".join(re.escape(coded[i : i + 1]) for i in range(len(coded)))) for coded in _CODED)


def keys(data: bytes) -> Iterator[tuple[int, int]]:
    """Where a secret key begins and how long its sign is, in bytes."""
    if b"-" in data:
        for pattern in (_AGE, _PEM):
            yield from ((m.start(), m.end() - m.start()) for m in pattern.finditer(data))
    dense = data.translate(None, b" \t\r\n")
    for coded, wrapped in zip(_CODED, _WRAPPED, strict=True):
        if coded in dense:
            yield from ((m.start(), m.end() - m.start()) for m in wrapped.finditer(data))
