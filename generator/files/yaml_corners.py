"""Corners of YAML that the parser takes otherwise than the standard says: found in the text, so that nothing else than
what it says is read.

Owns what libyaml lets through or reads in another way: directives, keys behind `?`, comments without a space before
them, lone dashes between brackets, lines that go on further left than they may. Must not parse YAML: it is told where
the parts lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.files.typing_mistakes import lines_of, place
from generator.problems import Problem, problem

_DIRECTIVE = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*(%)")
_UNUSUAL = re.compile(r"(?:^|[\s\[{,])\?|[\"'\]}\[{,|>0-9+-]#", re.MULTILINE)
_HEADER_COMMENT = re.compile(r"[|>][-+0-9]*(#)")
_NO_VALUE = re.compile(r"[-?:]?")


def directive(path: str, text: str) -> Iterator[Problem]:
    """`%YAML 1.1` at the head: it asks for another language than ours."""
    if "%" in text and (found := _DIRECTIVE.match(text)):
        yield problem(place(path, text, found.start(1)), "directive")


def unusual(text: str) -> bool:
    """Whether the tokens must be looked at; fast, for the many files in which nothing of the kind stands."""
    return ("#" in text or "?" in text) and _UNUSUAL.search(text) is not None


def explicit_key(path: str, text: str, start: int, end: int) -> Iterator[Problem]:
    """A key that a `?` begins; `?x` between brackets is text and libyaml does not know.

    A key without one takes no room of its own.
    """
    if end > start and text[start] == "?":
        yield problem(place(path, text, start), "reserved-sign", sign="?")


def glued_comments(path: str, text: str, tokens: Iterable[tuple[int, int]]) -> Iterator[Problem]:
    """A `#` right behind a value, a comma or a bracket begins no comment."""
    before = 0
    for start, end in tokens:
        sign = text.find("#", before, start)
        if sign > 0 and not text[sign - 1].isspace():
            yield problem(place(path, text, sign), "glued-comment")
        if text[start : start + 1] in ("|", ">") and (found := _HEADER_COMMENT.match(text, start, end)):
            yield problem(place(path, text, found.start(1)), "glued-comment")
        before = max(before, end)


def lone_sign(value: str) -> bool:
    """Whether a plain value between brackets is a sign that must not stand alone."""
    return bool(value) and bool(_NO_VALUE.fullmatch(value))


def too_far_left(path: str, text: str, start: int, end: int, indent: int) -> Iterator[Problem]:
    """A quoted or bracketed value over several lines: each goes on deeper than the field or item that it belongs to.

    `indent` is the column of that field or item; comments and empty lines stand where they like, in quotes only empty
    lines.
    """
    lines, quoted = lines_of(text), text[start] in "\"'"
    for number in range(lines.line(start) + 1, lines.line(end) + 1):
        line = text[lines.starts[number] : min(end, lines.ends[number])]
        blank = len(line) - len(line.lstrip(" "))
        if line.strip() and blank <= indent and (quoted or not line.lstrip().startswith("#")):
            yield problem(place(path, text, lines.starts[number] + blank), "bad-indent")
            return


def empty_block(path: str, text: str, start: int, end: int) -> Iterator[Problem]:
    """A block of text that holds nothing but spaces, more of them than the comment behind it has."""
    lines = lines_of(text)
    first, last = lines.line(start) + 1, lines.line(end)
    widths = [lines.ends[number] - lines.starts[number] for number in range(first, last)]
    behind = text[lines.starts[last] : lines.ends[last]] if last >= first else ""
    if behind.lstrip(" ").startswith("#") and max(widths, default=0) > len(behind) - len(behind.lstrip(" ")):
        yield problem(place(path, text, start), "bad-indent")
