"""Strict JSON: large files that programs write, read at once.

Owns only the short way. Whatever is unusual in a file is read as YAML, of which JSON is a part: that knows places and
words for what is wrong. Must not know what a record is about.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

from generator.files import strict_yaml, typing_mistakes
from generator.files.strict_yaml import Document, Said
from generator.files.tree import MAX_BYTES
from generator.problems import Position, Problem


def read(path: str, data: bytes) -> tuple[Document | None, tuple[Problem, ...]]:
    """Read one file, as `strict_yaml` reads it."""
    document = _usual(path, data) if len(data) <= MAX_BYTES else None
    return strict_yaml.read(path, data) if document is None else (document, ())


def _usual(path: str, data: bytes) -> Document | None:
    """The Document of plain JSON without any doubt about a sign; None where there is one."""
    try:
        text = data.decode("utf-8")
        if "\\" in text or any(typing_mistakes.characters(path, text)):  # an escape may stand for any sign
            return None
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refused, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return Document(path=path, data=found, source=Said(data=data), top=Position(path=path, line=1, column=1))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refused(_: str) -> NoReturn:
    raise ValueError


def _finite(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError
    return number
