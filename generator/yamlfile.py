"""Strict YAML: bytes become a Document, or Problems at the characters that cause them.

Owns the reading of YAML and is the only user of `yaml`. The YAML 1.2 core schema holds: `no`, `12:30` and `2020-10-01` are text. Refused with their
place: duplicate keys, aliases, tags, several documents, keys that are no text, leading zeros, NaN, depth and size over a limit, and
what a Chinese keyboard slips in. Must not know what a Document means. Every sentence is ours; libyaml's English is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from generator.problems import Position, Problem, problem

Data: TypeAlias = "dict[str, Data] | list[Data] | str | int | float | bool | None"
Pointer: TypeAlias = "tuple[str | int, ...]"

MAX_BYTES = 1 << 20
MAX_DEPTH = 24
MAX_INTEGER = 1 << 53  # beyond this, editors and spreadsheets lose digits

_PLAIN_START = frozenset("0123456789+-.~nNtTfF")
_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_TRUE = frozenset(["true", "True", "TRUE"])
_FALSE = frozenset(["false", "False", "FALSE"])
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_A_NUMBER = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
_WIDE_COLON_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*：")

# Characters that no text needs and that hide what a file says: (code, pattern).
_CHARACTERS = (
    ("conflict-marker", re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?= |$)", re.MULTILINE)),
    ("bidi-character", re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")),
    ("invisible-character", re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")),
    ("control-character", re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")),
    ("wide-indent", re.compile(r"(?<=^)[ ]*[\u3000\u00a0]", re.MULTILINE)),
    ("tab-indent", re.compile(r"^ *\t", re.MULTILINE)),
)
_HIDDEN = re.compile("|".join(p.pattern for code, p in _CHARACTERS if code.endswith("-character")))
_SUSPECT = re.compile("|".join(p.pattern for _, p in _CHARACTERS), re.MULTILINE)
_WIDE_PUNCTUATION = re.compile(r"[：，“”‘’【】｛｝［］]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed file. `data` is made of dict, list, str, int, float, bool and None; every node's place can be asked for."""

    path: str
    data: Data
    text: str

    def position(self, pointer: Pointer) -> Position:
        """Where the node at `pointer` stands (a mapping at its first key). KeyError if there is none."""
        return self._at(_index(self.text)[pointer][0])

    def key_position(self, pointer: Pointer) -> Position:
        """Where the key of the node at `pointer` stands; for list items and the root, the node itself."""
        value, key = _index(self.text)[pointer]
        return self._at(key or value)

    def _at(self, place: _Place) -> Position:
        line, column, length = place
        return Position(path=self.path, line=line, column=column, length=length)


_Place: TypeAlias = tuple[int, int, int]
_Index: TypeAlias = Mapping[Pointer, tuple[_Place, _Place | None]]


def read(path: str, data: bytes) -> tuple[Document | None, tuple[Problem, ...]]:
    """Read one file's bytes. A Document is given even with Problems where the rest can be checked; None where nothing can."""
    if len(data) > MAX_BYTES:
        return None, (problem(Position(path=path), "too-large", limit=MAX_BYTES // 1024),)
    if b"\0" in data:
        return None, (problem(Position(path=path), "binary-file"),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, (problem(_offset(path, data[: error.start].decode("utf-8")), "not-utf8"),)
    text = text.replace("\r\n", "\n")
    if not text.strip() or text.startswith("\ufeff") and not text[1:].strip():
        return None, (problem(Position(path=path), "empty-file"),)
    if _SUSPECT.search(text) and (found := tuple(_characters(path, text))):
        return None, found
    return _parse(path, text)


def _parse(path: str, text: str) -> tuple[Document | None, tuple[Problem, ...]]:
    builder = _Builder(path, text)
    try:
        builder.run()
    except yaml.YAMLError as error:
        return None, (*builder.problems, _syntax(path, text, error))
    except _Stop:
        return None, tuple(builder.problems)
    if not builder.documents:
        return None, (problem(Position(path=path), "empty-file"),)
    return Document(path=path, data=builder.root[0], text=text), tuple(builder.problems)


@lru_cache(maxsize=256)
def _index(text: str) -> _Index:
    """Every node's place; made on demand, because most files are never asked."""
    builder = _Builder("", text, {})
    builder.run()
    assert builder.index is not None
    return builder.index


class _Stop(Exception):
    """The rest of the file cannot be read."""


class _Builder:
    """Builds data from libyaml's events in one pass without recursion. With an `index`, notes every node's place."""

    def __init__(self, path: str, text: str, index: dict[Pointer, tuple[_Place, _Place | None]] | None = None) -> None:
        self.path = path
        self.text = text
        self.index = index
        self.root: list[Any] = []
        self.problems: list[Problem] = []
        self.documents = 0
        self._stack: list[Any] = [self.root]
        self._keys: list[str | None] = [None]
        self._key_places: list[_Place | None] = [None]
        self._pointer: list[str | int] = []
        self._lines: list[str] | None = None
        self._hash = " #" in text

    def run(self) -> None:
        loader = yaml.CSafeLoader(self.text)
        try:
            while (event := loader.get_event()) is not None:
                self._take(event)
        finally:
            loader.dispose()

    def _take(self, event: Event) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            self._scalar(event)
        elif kind is MappingStartEvent:
            self._open(event, {})
        elif kind is SequenceStartEvent:
            self._open(event, [])
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self._close()
        elif kind is AliasEvent:
            self._refuse(event, "alias")
            self._put(event, None)
        elif kind is DocumentStartEvent:
            self.documents += 1
            if self.documents > 1:
                self._refuse(event, "several-documents")
                raise _Stop

    def _scalar(self, event: Any) -> None:
        if event.anchor or event.tag:
            self._refuse(event, "alias" if event.anchor else "tag")
        value = event.value
        if event.style is None or event.style == "":
            if self._hash:
                self._look_for_cut(event)
            if not value or value[0] in _PLAIN_START:
                value = self._resolved(event, value)
            elif "：" in value and _WIDE_COLON_KEY.match(value):
                self._refuse(event, "wide-colon", at=value.index("："))
        elif event.style == '"' and (hidden := _HIDDEN.search(value)):
            self._refuse(event, "control-character", character=f"U+{ord(hidden.group()):04X}")
        self._put(event, value)

    def _resolved(self, event: Any, value: str) -> Data:
        """A plain scalar by the YAML 1.2 core schema."""
        if value in _NULL:
            return None
        if value in _TRUE or value in _FALSE:
            return value in _TRUE
        if _NOT_A_NUMBER.match(value):
            self._refuse(event, "not-a-number", value=value)
            return None
        if _LEADING_ZERO.match(value) and (_INTEGER.match(value) or _FLOAT.match(value)):
            self._refuse(event, "leading-zero", value=value)
            return value
        if _INTEGER.match(value):
            return self._integer(event, value)
        return self._float(event, value) if _FLOAT.match(value) else value

    def _integer(self, event: Any, value: str) -> int:
        if len(value) > 17 or abs(int(value)) > MAX_INTEGER:
            self._refuse(event, "number-too-large")
            return 0
        return int(value)

    def _float(self, event: Any, value: str) -> float:
        number = float(value)
        if number in (float("inf"), float("-inf")):
            self._refuse(event, "not-a-number", value=value)
            return 0.0
        return number

    def _open(self, event: Any, container: Any) -> None:
        if event.anchor or event.tag:
            self._refuse(event, "alias" if event.anchor else "tag")
        if len(self._stack) > MAX_DEPTH:
            self._refuse(event, "too-deep", limit=MAX_DEPTH)
            raise _Stop
        if isinstance(self._stack[-1], dict) and self._keys[-1] is None:
            self._refuse(event, "non-string-key")
            raise _Stop
        step = self._put(event, container)
        self._stack.append(container)
        self._keys.append(None)
        self._key_places.append(None)
        if self.index is not None:
            self._pointer.append(step)

    def _close(self) -> None:
        self._stack.pop()
        self._keys.pop()
        self._key_places.pop()
        if self.index is not None:
            self._pointer.pop()

    def _put(self, event: Any, value: Any) -> str | int:
        """Place a value in the container that is open, or take it as a key; returns the last step of its pointer."""
        parent, key = self._stack[-1], self._keys[-1]
        if isinstance(parent, dict):
            if key is None:
                self._key(event, value)
                return ""
            parent[key] = value
            self._keys[-1] = None
            step: str | int = key
        else:
            parent.append(value)
            step = len(parent) - 1
        if self.index is not None:
            self.index[tuple([*self._pointer, step][1:])] = (self._place(event), self._key_places[-1])
        return step

    def _key(self, event: Any, value: Any) -> None:
        if not isinstance(value, str):
            self._refuse(event, "non-string-key")
            value = str(event.value) if isinstance(event, ScalarEvent) else ""
        if value in self._stack[-1]:
            self._refuse(event, "duplicate-key", key=value)
        self._keys[-1] = value
        if self.index is not None:
            self._key_places[-1] = self._place(event)

    def _look_for_cut(self, event: Any) -> None:
        """`三年级 #2班`: YAML takes ` #2班` for a comment and loses it without a word. A comment proper has a space after its sign."""
        line = self._line(event.end_mark.line)
        rest = line[event.end_mark.column :]
        if rest.lstrip(" ").startswith("#") and rest.lstrip(" ")[1:2] not in ("", " ", "#", "!"):
            column = event.end_mark.column + rest.index("#") + 1
            length = max(1, len(line) - column + 1)
            at = Position(path=self.path, line=event.end_mark.line + 1, column=column, length=length)
            self.problems.append(problem(at, "hash-cut"))

    def _line(self, number: int) -> str:
        if self._lines is None:
            self._lines = self.text.split("\n")
        return self._lines[number] if number < len(self._lines) else ""

    def _place(self, event: Any) -> _Place:
        start, end = event.start_mark, event.end_mark
        column = start.column + 1
        if isinstance(event, (MappingStartEvent, SequenceStartEvent)) or end.line != start.line:
            return start.line + 1, column, max(1, len(_first_word(self._line(start.line)[start.column :])))
        return start.line + 1, column, max(1, end.column - start.column)

    def _refuse(self, event: Any, code: str, *, at: int | None = None, **facts: str | int) -> None:
        line, column, length = self._place(event)
        if at is not None:
            column, length = column + at, 1
        place = Position(path=self.path, line=line, column=column, length=length)
        self.problems.append(problem(place, code, **facts))


def _first_word(rest: str) -> str:
    """What a caret marks of a node that goes on over several lines: its first key, or the rest of the line."""
    key = re.match(r"[^\s:#]+(?=:)", rest)
    return key.group() if key else rest.rstrip()


def _characters(path: str, text: str) -> Iterator[Problem]:
    """Characters that hide what a file says, each place once."""
    for code, pattern in _CHARACTERS:
        for match in pattern.finditer(text):
            start = match.end() - 1 if code in ("wide-indent", "tab-indent") else match.start()
            facts = {} if code in ("conflict-marker", "tab-indent") else {"character": f"U+{ord(text[start]):04X}"}
            yield problem(_offset(path, text[:start]), code, **facts)


def _offset(path: str, before: str) -> Position:
    """The place right after `before`, the text from the file's beginning."""
    return Position(path=path, line=before.count("\n") + 1, column=len(before) - (before.rfind("\n") + 1) + 1)


# What libyaml says (the beginning of its sentence), and the code that says it to people: at the mark of the problem or of its context.
_SYNTAX = (
    ("while scanning a quoted scalar", "unclosed-quote", True),
    ("while parsing a flow sequence", "unclosed-bracket", True),
    ("while parsing a flow mapping", "unclosed-bracket", True),
    ("mapping values are not allowed", "unquoted-colon", False),
    ("found character that cannot start any token", "unquoted-start", False),
    ("did not find expected key", "bad-indent", False),
    ("did not find expected '-' indicator", "bad-indent", False),
    ("could not find expected ':'", "missing-colon", True),
)


def _syntax(path: str, text: str, error: yaml.YAMLError) -> Problem:
    problem_mark = getattr(error, "problem_mark", None)
    context_mark = getattr(error, "context_mark", None) or problem_mark
    said = (str(getattr(error, "context", "") or ""), str(getattr(error, "problem", "") or ""))
    code, at_context = next(((c, ctx) for start, c, ctx in _SYNTAX if any(s.startswith(start) for s in said)), ("yaml-syntax", False))
    mark = context_mark if at_context else problem_mark
    if mark is None:
        return problem(Position(path=path), "yaml-syntax")
    lines = text.split("\n")
    wide = _wide_sign(path, lines, problem_mark.line if problem_mark else mark.line)
    if wide is not None and code != "unclosed-quote":
        return wide
    if code == "unquoted-colon":
        code, mark_line, mark_column = _stray_colon(lines, mark.line, mark.column)
        return problem(Position(path=path, line=mark_line + 1, column=mark_column + 1), code)
    line = min(mark.line, len(lines) - 1)
    length = max(1, len(lines[line].rstrip()) - mark.column) if at_context else 1
    return problem(Position(path=path, line=line + 1, column=mark.column + 1, length=length), code)


_KEY_ONLY = re.compile(r"\s*(?:- +)?[A-Za-z_][A-Za-z0-9_-]*\Z")


def _stray_colon(lines: list[str], number: int, column: int) -> tuple[str, int, int]:
    """Why a colon may not stand where libyaml stumbled over it: the line before lacks one, the line is indented wrongly, or text needs quotes."""
    if not _KEY_ONLY.match(lines[number][:column]):
        return "unquoted-colon", number, column
    before = lines[number - 1] if number else ""
    if before.strip() and ":" not in before and not before.lstrip().startswith(("-", "#")):
        return "missing-colon", number - 1, len(before) - len(before.lstrip())
    return "bad-indent", number, len(lines[number]) - len(lines[number].lstrip())


def _wide_sign(path: str, lines: list[str], failing: int) -> Problem | None:
    """A full-width sign on the failing line or the one before, where a half-width one was meant: the cause behind many an error."""
    for number in (failing, failing - 1):
        line = lines[number] if 0 <= number < len(lines) else ""
        key = _WIDE_COLON_KEY.match(line.lstrip(" -"))
        if key:
            column = len(line) - len(line.lstrip(" -")) + key.end()
            return problem(Position(path=path, line=number + 1, column=column), "wide-colon")
        value = line.partition(": ")[2].lstrip()
        if value[:1] in ("[", "{") and (sign := _WIDE_PUNCTUATION.search(value)):
            column = len(line) - len(line.partition(": ")[2].lstrip()) + sign.start() + 1
            return problem(Position(path=path, line=number + 1, column=column), "wide-punctuation", sign=sign.group())
    return None
