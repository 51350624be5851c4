"""Numbers and addresses that belong to a person: resident identity numbers, mobile numbers, bank cards, e-mail addresses.

Owns their patterns and check digits. Sources: GB 11643-1999 (18 places, day of birth, check digit by ISO 7064 MOD 11-2) and GB 11643-1989 (15 places:
region, six digits of the day of birth, a sequence number, nothing to check it by), the numbering plan for mobiles (11 places from 13 to 19), ISO/IEC
7812 for cards (check digit by Luhn), RFC 5321 for what an address may hold, RFC 2606 and 6761 for domains that are nobody's. Signs are folded first,
so that full-width ones are seen too. Must not know files; gives places and never what stands there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_BEFORE, _AFTER = r"(?<![0-9A-Za-z_.])", r"(?![0-9A-Za-z_])"
_IDENTITY = re.compile(rf"{_BEFORE}([1-9][0-9]{{5}})[ -]?((?:18|19|20)[0-9]{{6}})[ -]?([0-9]{{3}}[0-9Xx]){_AFTER}")
_IDENTITY_OF_1989 = re.compile(rf"{_BEFORE}([1-9][0-9]{{14}}){_AFTER}(?!\.[0-9])")
_MOBILE = re.compile(rf"(?<![0-9A-Za-z_.])(?:\+?86[ -]?)?(1[3-9][0-9][ -]?[0-9]{{4}}[ -]?[0-9]{{4}}){_AFTER}(?!\.[0-9])")
_CARD = re.compile(rf"{_BEFORE}[3-6](?:[0-9]{{15,18}}|[0-9]{{3}}(?:[ -][0-9]{{4}}){{3}}(?:[ -][0-9]{{1,3}})?){_AFTER}(?!\.[0-9])")
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+-])(?<!//)[A-Za-z0-9._%+-]{1,64}+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)
# No person's: machines that take no answers, domains kept for examples, git over SSH, pictures for dense screens (`x@2x.png`).
_NOBODYS = re.compile(r"(?i)^git@|no-?reply|[@.]example\.|\.(?:example|invalid|test|localhost)$|@[0-9]x\.")
_TRAILER = re.compile(r"(?m)^[A-Z][a-z]+(?:-[a-z]+)*-by: .*$")  # git's own: the commit names the same author anyway
_LONG = re.compile(r"[0-9][0-9 -]{9}")
_PROVINCES = frozenset((*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83))
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_BIRTH, _LAST_BIRTH = 1880, 2100
_PREFECTURES = frozenset((*range(1, 71), 90))  # GB/T 2260: 01 to 70, and 90 for what a province governs itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A number's kind (the code of its Problem) and where it stands in the text."""

    code: str
    start: int
    length: int


class _Digits(dict[int, str]):
    """Every digit of every script, and full-width letters, as ASCII; one character for one, so that places stay."""

    def __missing__(self, code: int) -> str:
        folded = unicodedata.normalize("NFKC", chr(code))
        self[code] = folded if len(folded) == 1 and folded.isascii() else chr(code)
        return self[code]


_FOLDED = _Digits()


def numbers(text: str, published: frozenset[str]) -> Iterator[Found]:
    """Every number of a person in a text. `published` are the digits of numbers that everybody may know."""
    folded = _fold(text)
    if not _LONG.search(folded):
        return
    taken: list[tuple[int, int]] = []
    for code, pattern, holds in _KINDS:
        for match in pattern.finditer(folded):
            digits = re.sub(r"[^0-9Xx]", "", match[0])
            known = digits in published or digits.removeprefix("86") in published
            if holds(digits) and not known and not any(a < match.end() and match.start() < b for a, b in taken):
                taken.append(match.span())
                yield Found(code=code, start=match.start(), length=match.end() - match.start())


def addresses(text: str, published: frozenset[str]) -> Iterator[Found]:
    """Every e-mail address of a person in a text. `published` are, in small letters, those that everybody may know."""
    folded = _fold(text)
    if "@" not in folded:
        return
    trailers = [match.span() for match in _TRAILER.finditer(folded)]
    for match in _ADDRESS.finditer(folded):
        start, end = match.span()
        if match[0].lower() in published or _NOBODYS.search(match[0]) or any(a <= start < b for a, b in trailers):
            continue
        yield Found(code="guard-address", start=start, length=end - start)


def _fold(text: str) -> str:
    return text if text.isascii() or unicodedata.is_normalized("NFKC", text) else text.translate(_FOLDED)


def _identity(digits: str) -> bool:
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    right = "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=False)) % 11]
    return int(digits[:2]) in _PROVINCES and _FIRST_BIRTH < born.year < _LAST_BIRTH and digits[-1].upper() == right


def _identity_of_1989(digits: str) -> bool:
    try:
        date(1900 + int(digits[6:8]), int(digits[8:10]), int(digits[10:12]))
    except ValueError:
        return False
    region = int(digits[:2]) in _PROVINCES and int(digits[2:4]) in _PREFECTURES and digits[4:6] != "00"
    return region and digits[12:] != "000"


def _mobile(_: str) -> bool:
    return True


def _card(digits: str) -> bool:
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0 and len(set(digits)) > 2


_KINDS = (
    ("guard-identity", _IDENTITY, _identity),
    ("guard-identity-1989", _IDENTITY_OF_1989, _identity_of_1989),
    ("guard-mobile", _MOBILE, _mobile),
    ("guard-card", _CARD, _card),
)
