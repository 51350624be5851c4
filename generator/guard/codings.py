"""Numbers in pieces of text that a program coded: base64, base32, and the codes of digits in hexadecimal.

Owns how digits look there: a few digits in a row can only be written in few ways, wherever a piece begins. Must not
know which numbers are a person's. What cannot be told from other text is not looked for: a number written in
hexadecimal itself, codes with spaces between them, digits that are compressed, encrypted or exchanged for others.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from itertools import chain

_BASE64 = re.compile(  # nine digits and more
    r"[MNO][DTjz][AEIMQUYcgk][0-5w-z]\s{0,4}(?:[MNO][DTjz][AEIMQUYcgk][0-5w-z]\s{0,4}){2,}"
)
_BASE32 = tuple(  # five digits and more
    re.compile(f"{letters}(?:{letters})*")
    for letters in (
        "[GH][AEIMQUY4][YZ234][DT][ACEGIKMOQS][MNO][BJRZ][Q-Z]",
        "[gh][aeimquy4][yz234][dt][acegikmoqs][mno][bjrz][q-z]",
    )
)
_HEX = re.compile(r"3[0-9](?:(?:3[0-9]){9,}(?:3[0-9]|[57]8)|(?::3[0-9]){9,}:(?:3[0-9]|[57]8))")  # eleven signs and more
_OF_BASE64, _OF_BASE32 = re.compile(r"[A-Za-z0-9+/_-]"), re.compile(r"[A-Za-z2-7]")
_AROUND = 48


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Every such piece with digits in it: where they begin and end, and what all of the piece says."""
    for match in _BASE64.finditer(text):
        letters = "".join(_piece(text, match, _OF_BASE64, 4).split()).replace("-", "+").replace("_", "/")
        letters += "=" * (-len(letters) % 4) if len(letters) % 4 != 1 else "A=="
        yield match.start(), match.end(), base64.b64decode(letters).decode("latin-1")
    for match in chain.from_iterable(letters.finditer(text) for letters in _BASE32):
        letters = _piece(text, match, _OF_BASE32, 8).upper()
        letters = letters[: len(letters) - (len(letters) % 8 in (1, 3, 6))]  # no bytes end there
        yield match.start(), match.end(), base64.b32decode(letters + "=" * (-len(letters) % 8)).decode("latin-1")
    for match in _HEX.finditer(text):
        yield match.start(), match.end(), bytes.fromhex(match[0].replace(":", "")).decode("ascii")


def _piece(text: str, match: re.Match[str], letter: re.Pattern[str], group: int) -> str:
    """Digits with the letters around them, in the groups in which such letters stand for signs."""
    start, end = match.span()
    while start >= group and match.start() - start < _AROUND and all(map(letter.match, text[start - group : start])):
        start -= group
    while end < len(text) and end - match.end() < _AROUND and letter.match(text[end]):
        end += 1
    return text[start:end]
