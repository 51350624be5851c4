"""The YAML that most records are written in, read line by line: fields and lists in blocks, each value on the line of
its field and of signs that mean nothing else.

Owns this part of the language, in which nothing can be wrong. Any other text is left to the parser, so nothing is told
here. The same lines stand in thousands of files, and each is looked at once. Must not know what a record holds.
"""

from __future__ import annotations

import re
from functools import lru_cache
from sys import intern
from typing import Any, TypeAlias

from generator.files.yaml_scalars import NOT_TEXT, BadNumber, core

_CHINESE = r"\u4e00-\u9fa5"
_PLAIN = rf"A-Za-z0-9_.,/()+=%;\-{_CHINESE}，。、；（）〔〕《》“”’—–…？！"
_INSIDE = rf"[{_PLAIN}' ]|(?<=[A-Za-z0-9])#|(?<=[{_CHINESE}])："
_TEXT = rf"[A-Za-z0-9{_CHINESE}“《（](?:(?:{_INSIDE})*[{_PLAIN}'])?"
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9_.\-]|(?<=[A-Za-z0-9])#)*"
_NAME = r"[a-z][a-z0-9_-]*"
_VALUE = "|".join(
    (
        rf"(?P<text>{_TEXT})",
        rf"""(?P<sign>["'])(?P<quoted>[{_PLAIN} :：]*)(?P=sign)""",
        rf"\[(?P<words>{_WORD}(?:, {_WORD})*)\]",
        rf"\{{(?P<fields>{_NAME}: {_WORD}(?:, {_NAME}: {_WORD})*)\}}",
    )
)
_LINE = re.compile(rf"(?P<blank> *)(?P<item>- )?(?:(?P<name>{_NAME}):(?: +|\Z))?(?:{_VALUE})?")
_NO_CONTENT = re.compile(rf"(?: *#[{_PLAIN}'\" :：#=$\[\]]*)?")
_NO_NAMES = ("true", "false", "null")
_DEEPEST, _LONGEST = 16, 1000
_MANY = (list, dict)
_WAITS: Any = object()  # in the place of a value that the lines below give


class _OtherYamlError(Exception):
    """A text is none of those that are read here."""


_PlainLine: TypeAlias = tuple[
    int, bool, str, Any
]  # its column, whether it begins an item, its field or none, its value


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


@lru_cache(maxsize=1 << 14)
def _looked_at(text: str) -> _PlainLine | None:
    """What a line says; None where it is empty or a comment."""
    if _NO_CONTENT.fullmatch(text):
        return None
    found = _LINE.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise _OtherYamlError
    name, value = found["name"] or "", _value(found)
    if name in _NO_NAMES or (not name and (value is _WAITS or not found["item"])):
        raise _OtherYamlError
    return len(found["blank"]), bool(found["item"]), intern(name), value


def _value(found: re.Match[str]) -> Any:
    if (text := found["text"]) is not None:
        return _scalar(text)
    if (quoted := found["quoted"]) is not None:
        return quoted
    if (words := found["words"]) is not None:
        return list(map(_scalar, words.split(", ")))
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
