"""Text of anybody's for a terminal: nothing of it steers the terminal or is a command to a CI system.

Owns the replacement of signs. Must not know what the text says.
"""

from __future__ import annotations

import re
import unicodedata

from generator.files.typing_mistakes import without_unseen

_REPLACED = "\N{REPLACEMENT CHARACTER}"
_NO_CHARACTERS = "\ufffe\uffff"  # no characters to Unicode, and not allowed in XML
# GitHub Actions takes a line for a command that begins with `::`, spaces aside, or has `##[` anywhere; others one with
# `##name[`.
_COMMAND = re.compile(r"\A\s*:(?=:)|##(?=[a-z]*\[)")


def printable(text: str) -> str:
    """Text with every character replaced that could steer a terminal or make a line a command to a CI system.

    One column each stays one.
    """
    return _COMMAND.sub(
        lambda sign: f"{sign[0][:-1]}{_REPLACED}", "".join(map(_visible, without_unseen(text, _REPLACED)))
    )


def _visible(character: str) -> str:
    if character == "\t":
        return " "
    return (
        _REPLACED
        if character in _NO_CHARACTERS or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        else character
    )
