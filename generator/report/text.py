"""Problems as text for a person at a terminal: where, what, the line with a caret, what to do.

Owns the layout, the caret and the width of characters on a terminal. Must not know how Problems are found or sentences
are chosen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.files.catalogue import ProblemExample, Speaker
from generator.files.terminal import printable
from generator.files.typing_mistakes import utf16
from generator.problems import Position, Problem

if TYPE_CHECKING:
    from generator.records.doubts import Doubt

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_SHOWN = 100  # columns of a source line; longer lines are shown around the place
_BEFORE = 60
_ODD_BYTE = re.compile("[\udc80-\udcff]")  # how Python tells bytes of a name that are no UTF-8


class FramedExample(Struct, frozen=True, kw_only=True):
    """An example with a caret below its place; `without` as in ProblemExample."""

    path: str
    without: str | None
    mistake: str
    mended: str


def report(problems: Iterable[Problem], source: Callable[[str], bytes | None], speaker: Speaker) -> str:
    """Every Problem as a paragraph, in the order given.

    `source` gives a file's bytes, None where there is no file to show.
    """
    lines: dict[str, list[str]] = {}
    paragraphs = []
    for found in problems:
        path = found.at.path
        if path not in lines:
            data = source(path) or b""
            lines[path] = _LINE_BREAK.split(data.decode(utf16(data) or "utf-8", "replace"))
        paragraphs.append(_paragraph(found, lines[path], speaker))
    return "\n".join(paragraphs)


def _paragraph(found: Problem, lines: list[str], speaker: Speaker) -> str:
    hint = speaker.say("check.hint", hint=speaker.hint(found))
    first = f"{named(str(found.at))}: {printable(speaker.message(found))} [{found.code}]"
    return "\n".join([first, *_excerpt(found.at, lines), f"  {printable(hint)}", ""])


def _excerpt(at: Position, lines: list[str]) -> list[str]:
    """The line of a place, and a caret below the place. Nothing where there is no such line."""
    if at.line > len(lines) or not lines[at.line - 1].strip():
        return []
    line, column = lines[at.line - 1], at.column - 1
    start = max(0, column - _BEFORE)
    shown = printable(line[start : start + _SHOWN])
    before, marked = shown[: column - start], shown[column - start : column - start + at.length]
    gutter = f"{at.line:>5} | "
    return [f"{gutter}{shown}", f"{'|':>7} {' ' * width(before)}{'^' * max(1, width(marked))}"]


def width(text: str) -> int:
    """The columns that text takes on a terminal: two for Chinese and full-width characters, none for combining ones."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def framed(example: ProblemExample) -> FramedExample:
    """An example with a caret below its place."""
    line, column = (int(part) for part in example.at.split(":"))
    lines = example.mistake.splitlines()
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    lines.insert(line, " " * width(before) + "^")
    return FramedExample(path=example.path, without=example.without, mistake="\n".join(lines), mended=example.mended)


def named(path: str) -> str:
    """A path for people: bytes of a name that are no UTF-8 are told one by one, what could steer a terminal is
    replaced.
    """
    return printable(_ODD_BYTE.sub(lambda byte: f"\\x{ord(byte[0]) - 0xDC00:02x}", path))


def question(doubt: Doubt, speaker: Speaker) -> str:
    """What a Doubt asks, and how it is answered in the file."""
    facts = {name: fact if isinstance(fact, str) else speaker.text(fact) for name, fact in doubt.facts}
    kind = doubt.kind.value
    return speaker.say("doubt.in_file", question=speaker.say(f"doubt.{kind}", **facts), doubt=kind)
