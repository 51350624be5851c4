"""The backup of a key: words that several officials keep, of which some together give the key again.

The only user of `shamir_mnemonic` (SLIP-39).

Owns splitting and joining, in memory. Any `needed` shares suffice, fewer say nothing about the key. Must not know where
keys are kept.
"""

from __future__ import annotations

from collections.abc import Sequence

import shamir_mnemonic as slip39

from generator.sealed.bech32 import decoded, encoded

MOST = 16  # shares: the standard's limit
_CLASSIC = "age-secret-key-"


class WrongShares(Exception):
    """The shares do not give a key: too few, one mistyped, or of different keys."""


def split(identity: str, needed: int, total: int) -> tuple[str, ...]:
    """The words of `total` shares, any `needed` of which give the key.

    ValueError for numbers that make no sense, or a key of another kind.
    """
    prefix, secret = decoded(identity) or ("", b"")
    if prefix != _CLASSIC or not 2 <= needed <= total <= MOST:
        raise ValueError
    (shares,) = slip39.generate_mnemonics(1, [(needed, total)], secret)
    return tuple(shares)


def still_needed(shares: Sequence[str]) -> int:
    """How many more shares are needed after these, of which at least one is given.

    WrongShares if one is mistyped or of another key.
    """
    try:
        groups = slip39.shamir.decode_mnemonics(shares)
    except slip39.MnemonicError:
        raise WrongShares from None
    group = next(iter(groups.values()))
    return max(0, int(group.member_threshold()) - len(group.shares))


def join(shares: Sequence[str]) -> str:
    """The key that the shares are of. WrongShares."""
    try:
        return encoded(_CLASSIC, slip39.combine_mnemonics(shares)).upper()
    except slip39.MnemonicError:
        raise WrongShares from None
