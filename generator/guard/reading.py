"""A file's bytes as text, and a text as it reads once escapes are resolved.

Owns encodings (UTF-8, UTF-16, UTF-32, GB 18030), escapes (of JSON, of HTML, of addresses of the web, of mail), signs
that cannot be seen, base64 that holds text, and where a line begins. Everything takes time in proportion to the text.
Must not know what is looked for.
"""

from __future__ import annotations

import base64
import html
import quopri
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from generator.problems import Position

UNSEEN = (
    "\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u00ad\u180e\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f"
)
_JOINED = "\u0300-\u036f\u20d0-\u20ff"  # signs that are drawn over or around the one before
_BREAK = re.compile(r"\r\n|\r|\n")
_PROBE = 8000  # bytes by which git tells text from the rest
_FEWEST = 16  # bytes by which text in two bytes a letter is known
_ESCAPE = re.compile(
    r"\\u\{0{0,4}[0-9A-Fa-f]{1,6}\}|\\u+[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}|\\x[0-9A-Fa-f]{2}|\\[01][0-7]{2}"
    rf"|&#[xX]0{{0,6}}[0-9A-Fa-f]{{1,6}}+;?|&#0{{0,6}}[0-9]{{1,7}}+;?|&(?:commat|period|lowbar|hyphen|nbsp|ensp|emsp);|(?:%[0-9A-Fa-f]{{2}})++|[{UNSEEN}{_JOINED}]++"
    r"|</?(?i:a|abbr|b|i|em|ins|kbd|strong|span|u|font|small|mark|wbr|code|s|tt)"  # tags that part no words
    r"(?:\s[^<>]{0,80})?/?>"
    r"|(?<=[0-9])[\"']\s{0,20}[+.]?\s{0,20}[\"'](?=[0-9])"  # pieces of one string
)
_RARE = re.compile(
    rf"{_ESCAPE.pattern}|<!--[^<>]{{0,80}}-->|(?<=[0-9])(?:\*\*|__|~~|``?)(?=[0-9])"
    r"|(?<![0-9.])[1-9]\.[0-9]{8,17}[Ee]\+?1[0-7](?![0-9])"  # a long number that a program took for an amount
)
_MAY_BE_RARE = re.compile(r"<!--|[0-9](?:\*\*|__|~~|``?)[0-9]|[0-9][Ee]\+?1[0-7]")
_MAY_ESCAPE = re.compile(
    rf"[\\&%{UNSEEN}{_JOINED}]|</?(?i:[abisu]|abbr|em|ins|kbd|strong|span|font|small|mark|wbr|code|tt)[\s/>]|[0-9][\"']\s"
)
_QUOTED = re.compile(r"(?i)quoted-printable")
_SOFT = re.compile(rb"(?:=[0-9A-F]{2}|=\r?\n)+")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}+(?:\r?\n[ \t]{0,16}[A-Za-z0-9+/_-]{4,}+)*+={0,2}")
_NOT_PRINTED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")


def decoded(data: bytes) -> str | None:
    """A file as text; None for what is no text."""
    for mark, encoding in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:_PROBE]:
        wide = _without_mark(data)
        return data.decode(wide, "replace") if wide else None
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _without_mark(data: bytes) -> str | None:
    """Whether text in UTF-16 that does not say so: every other byte of it is zero, as far as it is ASCII."""
    first, second = data[:_PROBE:2], data[1:_PROBE:2]
    zeros = first.count(0), second.count(0)
    if len(data) < _FEWEST or min(zeros) > 0 or max(zeros) * 5 < 2 * len(second):
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"


class View(Struct, frozen=True, kw_only=True):
    """A text with something replaced.

    `breaks` are places in it and `origins` the places in the first text that they come from, both in order.
    """

    text: str
    breaks: tuple[int, ...]
    origins: tuple[int, ...]

    def origin(self, at: int) -> int:
        """Where in the first text a place lies."""
        i = bisect_right(self.breaks, at) - 1
        return self.origins[i] + at - self.breaks[i]


def resolved(text: str) -> View | None:
    """A text without its escapes; None where it has none."""
    rare = _MAY_BE_RARE.search(text)
    if not rare and not _MAY_ESCAPE.search(text):
        return None
    parts, breaks, origins = list[str](), [0], [0]
    length = at = 0
    for found in (_RARE if rare else _ESCAPE).finditer(text):
        start, end = found.span()
        meant = _meant(found[0])
        parts += (text[at:start], meant)
        length += start - at + len(meant)
        at = end
        breaks.append(length)
        origins.append(at)
    if not at:
        return None
    return View(text="".join((*parts, text[at:])), breaks=tuple(breaks), origins=tuple(origins))


def _meant(escape: str) -> str:
    """The sign for which an escape stands; a sign that cannot be seen stands for nothing."""
    if escape[0] == "%":
        return bytes.fromhex(escape.replace("%", "")).decode("utf-8", "replace")
    if escape[0] == "&":
        return html.unescape(escape if escape.endswith(";") else f"{escape};")
    if escape[0].isdigit():
        amount, _, power = escape.lower().partition("e")
        digits = amount[2:]
        return amount[0] + digits.ljust(int(power), "0") if len(digits) <= int(power) else escape
    if escape[0] != "\\":
        return ""
    octal = escape[1] in "01"
    code = int(escape[1:], 8) if octal else int(escape.lstrip("\\uUx").strip("{}"), 16)
    return chr(code) if code < 0x110000 else ""


def unquoted(text: str) -> str | None:
    """A mail's text without the escapes of mail; None where it has none."""
    if not _QUOTED.search(text):
        return None
    data = text.encode("utf-8", "replace")
    return _SOFT.sub(lambda m: quopri.decodestring(m[0]), data).decode("utf-8", "replace")


def hidden_texts(text: str) -> Iterator[tuple[int, int, bytes]]:
    """Long pieces of base64, where they stand and how long they are, and the bytes they hold: of those that hold text
    or an archive.
    """
    for found in _BASE64.finditer(text):
        letters = "".join(found[0].split()).rstrip("=").replace("-", "+").replace("_", "/")
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        data = base64.b64decode(letters + "=" * (-len(letters) % 4))
        if _printed(data) or data.startswith((b"PK\x03\x04", b"\x1f\x8b\x08")):
            yield found.start(), found.end() - found.start(), data


def _printed(data: bytes) -> bool:
    said = decoded(data)
    return said is not None and not _NOT_PRINTED.search(said)


class Lines:
    """Line and column of places in a text; each is found without reading the text again."""

    def __init__(self, path: str, text: str) -> None:
        self._path, self._text = path, text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(m.end() for m in _BREAK.finditer(self._text))]

    @cached_property
    def _end(self) -> int:
        return len(self._text.rstrip())

    def at(self, start: int, length: int = 1) -> Position:
        """The Position of `length` characters; never past the end of its line nor before it has text."""
        start = min(start, self._end)
        line = bisect_right(self._starts, start) - 1
        end = self._starts[line + 1] - 1 if line + 1 < len(self._starts) else len(self._text)
        end -= end > start and self._text[end - 1 : end + 1] == "\r\n"
        return Position(
            path=self._path,
            line=line + 1,
            column=start - self._starts[line] + 1,
            length=max(1, min(length, end - start)),
        )
