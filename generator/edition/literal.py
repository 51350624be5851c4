"""Text as HTML that nothing reads as anything but text: no engine, no extension of Markdown, no stamp.

Owns the way of a text through the engine. `literal` turns every sign that is not a letter, a digit or a single space
between them into a character reference; in what the engine made of it `settle` puts plain signs in the place of
references again, except of those that HTML itself reads. `escaped` is for HTML that no engine reads: settled, it is the
same as what comes out of the engine. Must not know templates, pages or engines.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache

from markupsafe import Markup

_KEPT = 16384  # most texts stand on several pages, in many cells

# ASCII signs; white space but a single space between signs; what HTML cannot hold; digits that an extension would make
# an ordinal of
_SIGN = re.compile(r"[!-/:-@\[-`{-~]|[^\S ]|[\x00-\x1f\x7f-\x9f]|^ | $|(?<= ) |[0-9](?=st|nd|rd|th)")
_NONE = "\ufffd"
_REFERENCE = re.compile("&#(?!3[49];)([0-9]{1,5});")  # quotation marks stay
_READ = {ord(sign): f"&{name};" for sign, name in (("&", "amp"), ("<", "lt"), (">", "gt"), ('"', "#34"), ("'", "#39"))}
_SIGNS = {n: _READ.get(n, chr(n)) for n in range(0x21, 0x7F)}
_PLAIN = {str(n): sign for n, sign in (_SIGNS | {n: chr(n) for n in (0x0A, 0x20, 0xA0, 0x3000)}).items()}
# what of these HTML reads, or an engine may lose
_HTML = re.compile(r"[&<>\"']|[^\S ]|[\x00-\x1f\x7f-\x9f]|^ | $|(?<= ) ")


@lru_cache(maxsize=_KEPT)
def literal(text: str) -> Markup:
    """The text for a file that the engine reads: in a heading, a block, an attribute, front matter or a setting."""
    return Markup(_SIGN.sub(_reference, text))


@lru_cache(maxsize=_KEPT)
def escaped(text: str) -> Markup:
    """The text for HTML that no engine reads.

    Its line breaks and outer spaces are references still, until the whole is settled, and it spells no mark of a stamp.
    """
    return Markup(_HTML.sub(_read, text).replace("-zx", "&#45;zx"))


def settle(html: str) -> str:
    """HTML, or the Markdown around it, with plain signs in the place of references, wherever that says the same."""
    if "&#" not in html:  # most has none
        return str(html)
    return _REFERENCE.sub(lambda m: _PLAIN.get(m[1], m[0]), str.replace(html, "&#32;", " "))  # most of them are spaces


def anchor(text: object) -> Markup:
    """A record's id as it can stand in the braces of a Markdown heading."""
    return Markup(re.sub(r"[^A-Za-z0-9_-]", "-", str(text)))


def data_block(data: Mapping[str, object]) -> Markup:
    """JSON in a block of data, which no browser runs: no sign in it ends the block or is read as a reference."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/ld+json">{text}</script>')


def _read(found: re.Match[str]) -> str:
    return _READ.get(ord(found[0])) or _reference(found)


def _reference(found: re.Match[str]) -> str:
    sign = found[0]
    return f"&#{ord(sign)};" if sign in "\t\n" or ord(sign) > 0x9F or " " <= sign <= "~" else _NONE
