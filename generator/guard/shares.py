"""Backup words: the shares into which a secret key is split (SLIP-39), in a row, numbered or a line each.

Owns how such words are known: twenty in a row, all of the one list they come from. Must not know keys; gives places,
never the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Possessive throughout: a run that ends is left for good, so that reading a file takes as long as it is.
_RUN = re.compile(
    r"(?<![a-z0-9])(?:[a-z]{4,8}+(?:[^a-z0-9]{1,12}+|\Z)(?:[0-9]{1,2}+[^a-z0-9]{1,6}+)?+){20,}+",
    re.IGNORECASE | re.ASCII,
)
_WORD = re.compile(r"[a-z]+", re.IGNORECASE | re.ASCII)
_ENOUGH = 20


def shares(text: str) -> Iterator[tuple[int, int]]:
    """Where backup words begin and how long they are."""
    for run in _RUN.finditer(text):
        from shamir_mnemonic.wordlist import WORDLIST  # here: almost no file has a run of words of these lengths

        known, row = frozenset(WORDLIST), 0
        for word in _WORD.finditer(run[0]):
            row = row + 1 if word[0].lower() in known else 0
            if row == _ENOUGH:
                yield run.start(), run.end() - run.start()
                break
