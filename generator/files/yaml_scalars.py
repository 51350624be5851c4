"""What a plain scalar means: the core schema of YAML 1.2, and of a number one form only.

Owns which words are truth values, which text is a number, and which numbers are refused because programs or people
would read another one. Must not know where a scalar stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

MAX_INTEGER = 2**53  # beyond, spreadsheets and browsers change digits
_MAX_DIGITS = 40  # nobody means a number of more


class BadNumber(Struct, frozen=True, kw_only=True):
    """A scalar that looks like a number and may not be one: the code of its Problem."""

    code: str


NOT_TEXT = "+-.0123456789~ntfNTF"  # what a plain scalar that is no text can begin with; the empty scalar is "in" it too
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"-?[0-9]+", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]+\.[0-9]+", re.ASCII)
_OTHER_NUMBER = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII
)
_NOT_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]", re.ASCII)


@lru_cache(maxsize=4096)
def core(text: str) -> str | int | float | bool | BadNumber | None:
    """The value of a plain scalar. `2.0` is 2: equal numbers are one value."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return BadNumber(code="leading-zero") if _LEADING_ZERO.match(text) else _integer(text)
    if _NOT_NUMBER.fullmatch(text):
        return BadNumber(code="not-a-number")
    if not _OTHER_NUMBER.fullmatch(text):
        return text
    if _LEADING_ZERO.match(text):
        return BadNumber(code="leading-zero")
    return _decimal(text) if _DECIMAL.fullmatch(text) else BadNumber(code="number-form")


def _integer(text: str) -> int | BadNumber:
    if len(text) > 20:  # before int(), which refuses some thousand digits with an exception
        return BadNumber(code="number-too-large")
    number = int(text)
    return number if abs(number) <= MAX_INTEGER else BadNumber(code="number-too-large")


def _decimal(text: str) -> int | float | BadNumber:
    whole, _, fraction = text.partition(".")
    if isinstance(integer := _integer(whole), BadNumber):
        return integer
    if not fraction.strip("0"):
        return integer
    number = float(text) if len(text) <= _MAX_DIGITS else 0.0
    return number if Decimal(repr(number)) == Decimal(text) else BadNumber(code="too-many-digits")
