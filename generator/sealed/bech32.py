"""Bech32, the spelling of age keys: a prefix, five bits a letter, a checksum that finds mistyped ones.

Owns the reading and writing of the spelling (BIP 173, without its limit of 90 letters). Must not know what a key is
good for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def decoded(text: str) -> tuple[str, bytes] | None:
    """The prefix and the bytes of a key; None where a letter is wrong. All letters are small or all are capital."""
    small = text.lower()
    prefix, one, rest = small.rpartition("1")
    if (
        text not in (small, text.upper())
        or not (prefix and one)
        or len(rest) < 6
        or set(rest) - set(_LETTERS)
        or not prefix.isascii()
    ):
        return None
    values = [_LETTERS.index(letter) for letter in rest]
    if _checksum((*_expanded(prefix), *values)) != 1:
        return None
    data = _regrouped(values[:-6], 5, 8)
    return None if data is None else (prefix, bytes(data))


def encoded(prefix: str, data: bytes) -> str:
    """A key of this prefix, in small letters."""
    values = _regrouped(data, 8, 5)
    assert values is not None, "eight bits always regroup into fives"
    check = _checksum((*_expanded(prefix), *values, 0, 0, 0, 0, 0, 0)) ^ 1
    return f"{prefix}1{''.join(_LETTERS[v] for v in (*values, *(check >> 5 * (5 - i) & 31 for i in range(6))))}"


def _expanded(prefix: str) -> Iterator[int]:
    yield from (ord(c) >> 5 for c in prefix)
    yield 0
    yield from (ord(c) & 31 for c in prefix)


def _checksum(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            check ^= term if top >> bit & 1 else 0
    return check


def _regrouped(values: Sequence[int], size: int, wanted: int) -> list[int] | None:
    """Groups of `size` bits as groups of `wanted` bits; None where bits are left over that bytes cannot hold."""
    number, bits, made = 0, 0, []
    for value in values:
        number, bits = number << size | value, bits + size
        while bits >= wanted:
            bits -= wanted
            made.append(number >> bits & (1 << wanted) - 1)
            number &= (1 << bits) - 1
    if wanted < size:  # writing: what is left is filled up with zeros
        return [*made, number << wanted - bits] if bits else made
    return made if bits < size and number == 0 else None
