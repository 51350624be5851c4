"""Tidy records: quotes where text could be taken for something else, each number in one form, fields in the order of
their schema. Comments stay.

Owns these mendings. It works on lines, not by reading a file and writing it anew: what is right is not touched, so that
a reviewer sees only what was mended. Libraries that keep comments (ruamel.yaml) write the whole file in their own way:
indents, line breaks and quotes that nobody asked to change. Must not guess: a file whose structure is in doubt is left
alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.files.schemas import Schema, schema_of
from generator.files.strict_yaml import Document, read
from generator.records.kinds import kind_of

# What readers of YAML 1.1 take for a truth value, a number in base 60, with underscores or in base 8, or a merge.
_OTHERWISE = re.compile(
    r"(?i:y|n|yes|no|on|off|true|false|null)|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|[-+]?[0-9]+_[0-9_]*|[-+]?0[0-9]+|=|<<"
)

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_IN_DOUBT = frozenset({"duplicate-key", "non-string-key"})  # which line is meant nobody knows


def tidied(path: str, content: bytes) -> str | None:
    """The text of a record, tidy; None where there is nothing that can be tidied safely."""
    kind = kind_of(path)
    document, problems = read(path, content) if kind else (None, ())
    doubtful = any(found.code in _IN_DOUBT for found in problems)
    if kind is None or document is None or doubtful or not isinstance(document.data, Mapping):
        return None
    quoted = _reread(path, _quoted(document, schema_of(kind)))
    assert _as_text(quoted.data) == _as_text(document.data), f"{path}: quoting changed a value"
    plain = _reread(path, _in_one_form(quoted))
    assert plain.data == quoted.data, f"{path}: another form of a number changed a value"
    ordered = _reread(path, _ordered(plain, schema_of(kind)))
    assert ordered.data == plain.data, f"{path}: ordering changed a value"
    return ordered.text


def _reread(path: str, text: str) -> Document:
    document = read(path, text.encode())[0]
    assert document is not None, f"{path}: tidying broke it"
    return document


def _as_text(data: Any) -> Any:
    """Data with every number and truth value as text: what quoting may change."""
    match data:
        case Mapping():
            return {key: _as_text(value) for key, value in data.items()}
        case list():
            return [_as_text(value) for value in data]
        case _:
            plain = isinstance(data, str) and not _OTHERWISE.fullmatch(data) and data[:1] not in tuple("+-.0123456789")
            return data if plain or data is None else "text"


# --- quotes -----------------------------------------------------------------------------------------------------------


def _quoted(document: Document, schema: Schema) -> str:
    lines = document.text.splitlines(keepends=True)
    places = [document.position(pointer) for pointer in _to_quote(document.data, schema, ())]
    for at in sorted(places, reverse=True):
        line, start = lines[at.line - 1], at.column - 1
        written = line[start : start + at.length]
        if written[:1] not in ("", '"', "'", "|", ">") and _stands_alone(line, start, at.length):
            lines[at.line - 1] = f"{line[:start]}{json.dumps(written, ensure_ascii=False)}{line[start + at.length :]}"
    return "".join(lines)


def _stands_alone(line: str, start: int, length: int) -> bool:
    """Whether a value ends where its line, its comment or its list goes on: not a plain text over several lines."""
    rest = line[start + length :].strip()
    return length > 1 or rest == "" or rest[0] in "#,]}"


def _to_quote(data: Any, schema: Schema, pointer: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Where a field for text holds a number or a truth value, or text that an older reader takes for one."""
    match data:
        case Mapping():
            for name, value in data.items():
                yield from _to_quote(value, schema.get("properties", {}).get(name, {}), (*pointer, name))
        case list():
            for number, value in enumerate(data):
                yield from _to_quote(value, schema.get("items", {}), (*pointer, number))
        case None:
            return
        case str():
            if _OTHERWISE.fullmatch(data):
                yield pointer
        case _:
            if schema.get("type") == "string":
                yield pointer


# --- numbers ----------------------------------------------------------------------------------------------------------


def _in_one_form(document: Document) -> str:
    """Numbers without what says nothing: `1032.0` as 1032, `1.50` as 1.5, `-0` as 0."""
    lines = document.text.splitlines(keepends=True)
    places = [(document.position(pointer), number) for pointer, number in _numbers(document.data, ())]
    for at, number in sorted(places, key=lambda place: place[0], reverse=True):
        line, start = lines[at.line - 1], at.column - 1
        written = line[start : start + at.length]
        if _NUMBER.fullmatch(written) and "e" not in repr(number):
            lines[at.line - 1] = f"{line[:start]}{number!r}{line[start + at.length :]}"
    return "".join(lines)


def _numbers(data: Any, pointer: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int | float]]:
    if isinstance(data, Mapping | list):
        for name, value in data.items() if isinstance(data, Mapping) else enumerate(data):
            yield from _numbers(value, (*pointer, name))
    elif isinstance(data, int | float) and not isinstance(data, bool):
        yield pointer, data


# --- order ------------------------------------------------------------------------------------------------------------


def _ordered(document: Document, schema: Schema) -> str:
    """The fields of the top level in the schema's order, each with the comments directly above it; English texts stay
    behind what they follow.
    """
    known, stated = list(schema["properties"]), [name for name in document.data if name != "en"]
    starts = {name: document.key_position((name,)).line - 1 for name in stated}
    wanted = [name for name in known if name in stated]
    if sorted(stated) != sorted(wanted) or stated == wanted or len(set(starts.values())) < len(stated):
        return document.text
    lines = document.text.splitlines(keepends=True)
    if not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    begins = {name: starts[name] if i == 0 else _with_comments(lines, starts[name]) for i, name in enumerate(stated)}
    last = len(lines) - next(
        (n for n, line in enumerate(reversed(lines)) if line.strip() and not line.startswith("#")), 0
    )
    ends = dict(zip(stated, [*(begins[name] for name in stated[1:]), last], strict=True))
    blocks = {name: lines[begins[name] : ends[name]] for name in stated}
    return "".join([*lines[: begins[stated[0]]], *(line for name in wanted for line in blocks[name]), *lines[last:]])


def _with_comments(lines: list[str], start: int) -> int:
    """Where the comments directly above a line begin."""
    while start > 0 and lines[start - 1].startswith("#"):
        start -= 1
    return start
