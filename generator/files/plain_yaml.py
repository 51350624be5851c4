"""The YAML that most records are written in, read line by line: fields and lists in blocks, each value on the line of
its field and of signs that mean nothing else.

Owns this part of the language, in which nothing can be wrong. Any other text is left to the parser, so nothing is told
here. The same lines stand in thousands of files, and each is looked at once. Must not know what a record holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from sys import intern
from typing import Any, TypeAlias

from generator.files.yaml_scalars import NOT_TEXT, BadNumber, core

# One class of signs beyond ASCII, since each takes a millisecond to compile: any other sign is none of ours.
_STRANGE = re.compile(r"[^A-Za-z0-9_.,/()+=%;$ '\"#:\[\]{}\-\u4e00-\u9fa5，。、；：（）〔〕《》“”’—–…？！]")
_NO_BEGINNING = "_.,/()+=%;-，。、；：）〔〕》”’—–…？！"  # of a text without quotes
_PLAIN = r"[^:#\"\[\]{}$]|(?<=[A-Za-z0-9])#"
_LIKE_A_FIELD = re.compile(r"[\x00-\x7f]：")
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9_.\-]|(?<=[A-Za-z0-9])#)*"
_NAME = r"[a-z][a-z0-9_-]*"
_VALUE = "|".join(
    (
        rf"(?P<text>[^ :#\"'\[\]{{}}$](?:(?:{_PLAIN})*[^ :#\"\[\]{{}}$])?)",
        r"""(?P<sign>["'])(?P<quoted>[^"'#$\[\]{}]*)(?P=sign)""",
        rf"\[(?P<words>(?:{_WORD}(?:, {_WORD})*)?)\]",
        rf"\{{(?P<fields>{_NAME}: {_WORD}(?:, {_NAME}: {_WORD})*)\}}",
    )
)
_LINE = re.compile(rf"(?P<blank> *)(?P<item>- )?(?:(?P<name>{_NAME}):(?: +|\Z))?(?:{_VALUE})?")
_NO_CONTENT = re.compile(r"(?: *#.*)?")
_NO_NAMES = ("true", "false", "null")
_DEEPEST, _LONGEST = 16, 1000
_MANY = (list, dict)
_WAITS: Any = object()  # in the place of a value that the lines below give


class _OtherYamlError(Exception):
    """A text is none of those that are read here."""


Pointer: TypeAlias = tuple[str | int, ...]
LinePlace: TypeAlias = tuple[int, int, int]  # line and column, from 1, and length
LinePlaces: TypeAlias = tuple[LinePlace | None, LinePlace]  # of the field or none, and of its value
# Its column, whether it begins an item, its field or none, its value.
_PlainLine: TypeAlias = tuple[int, bool, str, Any]


def read(text: str) -> tuple[dict[str, Any], int] | None:
    """What a text says, and on which line that begins, from 0; None where it is another YAML than this."""
    try:
        return _read(text.split("\n"))
    except _OtherYamlError:
        return None


def _read(lines: list[str]) -> tuple[dict[str, Any], int]:
    root: dict[str, Any] = {}
    around: list[tuple[int, Any]] = [(0, root)]  # the mappings and lists that a line may go on, by column
    waits: tuple[int, dict[str, Any], str] | None = None
    first = -1
    for number, text in enumerate(lines):
        if (line := _looked_at(text)) is None:
            continue
        column, item, name, value = line
        if waits is not None:
            at, mapping, field = waits
            waits = None
            if column > at or (item and column == at):
                made: Any = [] if item else {}
                mapping[field] = made
                around.append((column, made))
        while around[-1][0] > column:
            around.pop()
        if not item and type(around[-1][1]) is list:
            around.pop()
        at, holder = around[-1]
        if at != column or item != (type(holder) is list) or len(around) > _DEEPEST:
            raise _OtherYamlError
        if type(value) in _MANY:
            value = value.copy()  # each file has its own
        if not name:
            holder.append(value)
            continue
        if item:
            column, mapping = column + 2, {}
            holder.append(mapping)
            around.append((column, mapping))
            holder = mapping
        if name in holder:
            raise _OtherYamlError
        if value is _WAITS:
            waits, value = (column, holder, name), None
        holder[name] = value
        if first < 0:
            first = number
    if first < 0:
        raise _OtherYamlError
    return root, first


def places(text: str) -> dict[Pointer, LinePlaces] | None:
    """Where the fields and values of a text stand that is read here; None where a field has no value."""
    found: dict[Pointer, LinePlaces] = {}
    around: list[tuple[int, Pointer, Iterator[int] | None]] = [(0, (), None)]  # of a list, the numbers of its items
    waits: tuple[int, Pointer, LinePlace] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if (said := _looked_at(line)) is None:
            continue
        column, item, name, value = said
        if waits is not None:
            at, pointer, key = waits
            if not (column > at or (item and column == at)):
                return None
            found[pointer] = key, (number, column + 1, 1 if item else len(name))
            around.append((column, pointer, count() if item else None))
            waits = None
        elif not found:
            found[()] = None, (number, 1, len(name))
        while around[-1][0] > column or (not item and around[-1][2]):
            around.pop()
        _, pointer, numbers = around[-1]
        if item and numbers:
            pointer, column = (*pointer, next(numbers)), column + 2
            if name:
                found[pointer] = None, (number, column + 1, len(name))
                around.append((column, pointer, None))
        if not name:
            _place(found, pointer, None, line, (number, column + 1), value)
            continue
        pointer, key = (*pointer, name), (number, column + 1, len(name))
        if value is _WAITS:
            waits = column, pointer, key
        else:
            behind = column + len(name) + 1
            _place(found, pointer, key, line, (number, len(line) - len(line[behind:].lstrip(" ")) + 1), value)
    return None if waits else found


def _place(
    found: dict[Pointer, LinePlaces], at: Pointer, key: LinePlace | None, line: str, start: tuple[int, int], value: Any
) -> None:
    """The place of a value that goes on from there to the end of its line, and of what stands between its brackets."""
    number, column = start
    found[at] = key, (number, column, len(line) - column + 1)
    if type(value) not in _MANY or not value:
        return
    column += 1
    for index, part in enumerate(line[column - 1 : -1].split(", ")):
        name, colon, word = part.rpartition(": ")
        of = (number, column, len(name)) if colon else None
        found[(*at, name if colon else index)] = of, (number, column + len(name) + len(colon), len(word))
        column += len(part) + 2


@lru_cache(maxsize=1 << 14)
def _looked_at(text: str) -> _PlainLine | None:
    """What a line says; None where it is empty or a comment."""
    if len(text) > _LONGEST or _STRANGE.search(text):
        raise _OtherYamlError
    if _NO_CONTENT.fullmatch(text):
        return None
    if (found := _LINE.fullmatch(text)) is None:
        raise _OtherYamlError
    name, value = found["name"] or "", _value(found)
    if name in _NO_NAMES or (not name and (value is _WAITS or not found["item"])):
        raise _OtherYamlError
    return len(found["blank"]), bool(found["item"]), intern(name), value


def _value(found: re.Match[str]) -> Any:
    if (text := found["text"]) is not None:
        if text[0] in _NO_BEGINNING or _LIKE_A_FIELD.search(text):
            raise _OtherYamlError
        return _scalar(text)
    if (quoted := found["quoted"]) is not None:
        return quoted
    if (words := found["words"]) is not None:
        return list(map(_scalar, words.split(", "))) if words else []
    if (fields := found["fields"]) is None:
        return _WAITS
    stated = [(name, _scalar(word)) for name, _, word in (field.partition(": ") for field in fields.split(", "))]
    if len(made := dict(stated)) < len(stated) or not made.keys().isdisjoint(_NO_NAMES):
        raise _OtherYamlError
    return made


def _scalar(text: str) -> str | int | float | bool | None:
    value = intern(text) if text[0] not in NOT_TEXT else core(text)
    if isinstance(value, BadNumber):
        raise _OtherYamlError
    return value
