"""Secret keys and tokens: age identities (also post-quantum ones and those of plugins), private keys of SSH, PGP, PEM
and PuTTY, tokens of hosts.

Owns how they look, bare or in base64, in one byte a letter or in two. A key without its end or its check sum has leaked
as well, so neither is asked for. Must not know files; gives places, never the key.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

_BETWEEN = r"[\s\"'\\+,]{0,12}"  # a key may be broken over lines, or over strings of a program
_AGE = re.compile(
    rf"AGE-(?:SECRET-KEY-(?:PQ-)?1|PLUGIN-[0-9A-Z._+-]{{1,40}}-1)(?:{_BETWEEN}[02-9AC-HJ-NP-Z]){{20}}[02-9AC-HJ-NP-Z]*",
    re.IGNORECASE | re.ASCII,
)
_PEM = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:\s|\\[nr]|[\"'+,]){0,40}[A-Za-z0-9+/=:][A-Za-z0-9+/=:-]{7}|PuTTY-User-Key-File-[0-9]: \S"
)
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}|gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.-]{20,100}"
    r"|npm_[A-Za-z0-9]{36}|pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,300})(?![A-Za-z0-9])"
    r"|(?i:gitee[^\n]{0,60}(?:token|令牌)[\"']?\s{0,3}[:=：]\s{0,3}[\"']?)[0-9a-f]{32}(?![0-9A-Za-z])"
    r"|https?://[^\s/:@\"'<>]{1,64}:[^\s/:@\"'<>]{8,100}@(?:github|gitlab|gitee)\."
)
_TOKEN_SIGNS = ("gh", "gl", "npm_", "pypi-", "itee", "ITEE", "://")
_PLACEHOLDER = re.compile(r"(?i)example|x{4}|\*{3}|<|\$\{|your|\.\.\.|password")
_END = 20  # signs of a token that are looked at for this
_FEWEST_SIGNS = 8  # fewer different ones are a placeholder
_NEEDLES = (
    b"AGE-SECRET-KEY-",
    b"age-secret-key-",
    b"AGE-PLUGIN-",
    b"openssh-key-v1\0",
    b"PRIVATE KEY-----",
    b"PRIVATE KEY BLOCK-----",
)
_WIDE = ("AGE-SECRET-KEY-", "AGE-PLUGIN-", "PRIVATE KEY-----")


def _in_base64(needle: bytes) -> Iterator[str]:
    """The signs that `needle` always leaves in base64, for each of the three ways it can lie in the groups of three
    bytes.
    """
    for before in range(3):
        coded = base64.b64encode(b"\0" * before + needle)
        whole = (before + len(needle)) * 8 // 6
        yield coded[(before * 8 + 5) // 6 : whole].decode("ascii")


_BOTH = (*_NEEDLES, *(text.encode(f"utf-16-{end}") for text in _WIDE for end in ("le", "be")))
_CODED = tuple(coded for needle in _BOTH for coded in _in_base64(needle))


def keys(text: str) -> Iterator[tuple[int, int]]:
    """Where a secret key begins and how long its sign is."""
    if "-" in text:
        for pattern in (_AGE, _PEM):
            yield from ((m.start(), m.end() - m.start()) for m in pattern.finditer(text))
    dense = "".join(text.split())
    for coded in _CODED:
        if coded in dense:
            wrapped = r"\s*".join(map(re.escape, coded))
            yield from ((m.start(), m.end() - m.start()) for m in re.finditer(wrapped, text))


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """Where a token begins with which somebody may act for somebody else at a host, and how long it is."""
    if not any(sign in text for sign in _TOKEN_SIGNS):
        return
    for match in _TOKEN.finditer(text):
        if len(set(match[0][-_END:])) > _FEWEST_SIGNS and not _PLACEHOLDER.search(match[0]):
            yield match.start(), match.end() - match.start()
