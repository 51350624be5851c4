"""Strict YAML: bytes become a Document, plain data with a Position for every node, or Problems that say what to mend.

Owns the YAML that records are written in: the core schema of YAML 1.2 without what misleads people (aliases, tags,
several documents, duplicate keys, keys that are no text, numbers that would lose digits). The only user of `yaml`. Must
not know what a record holds. libyaml parses; its English never reaches a reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern  # names of fields and most words stand in thousands of files
from typing import Any, TypeAlias

import yaml
from msgspec import Struct

from generator.files import compatibility, plain_yaml, typing_mistakes, yaml_corners
from generator.files.plain_yaml import LinePlace, LinePlaces, Pointer
from generator.files.tree import MAX_BYTES
from generator.files.typing_mistakes import Failure, Span
from generator.files.yaml_scalars import NOT_TEXT, BadNumber, core
from generator.problems import Position, Problem, in_order, problem

MAX_DEPTH = 32

Data: TypeAlias = Any  # dict, list, str, int, float, bool or None: its schema is checked before anybody looks into it


class Said(Struct, frozen=True, kw_only=True):
    """A text that is at hand, as bytes: Chinese makes every sign of a text two bytes long."""

    data: bytes

    def __call__(self) -> str:
        """The text."""
        return self.data.decode("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed file. `data` is plain dicts, lists, text, numbers, booleans and None, as schemas and records read it.

    `source` gives the text, which is only asked for places; `places` are those that were asked for. `plain`: it is
    known to be read line by line.
    """

    path: str
    data: Data
    source: Callable[[], str]
    top: Position
    plain: bool = False
    places: dict[Pointer, Position] = field(default_factory=dict, compare=False, repr=False)

    @property
    def text(self) -> str:
        """What stands in the file."""
        return self.source()

    def position(self, pointer: Pointer = ()) -> Position:
        """Where the value at `pointer` stands. KeyError for a pointer that the data does not have."""
        if not pointer:
            return self.top
        if pointer not in self.places:
            self.places[pointer] = self._at(self._found(pointer)[1])
        return self.places[pointer]

    def key_position(self, pointer: Pointer) -> Position:
        """Where the key of the value at `pointer` stands; the value itself where it has no key."""
        key, value = self._found(pointer)
        return self._at(key or value)

    def _found(self, pointer: Pointer) -> LinePlaces:
        if (found := _line_places(self.source, self.plain)) is not None:
            return found[pointer]
        key, value = _nodes(self.source, pointer)
        return None if key is None else _place(key), _place(value)

    def _at(self, place: LinePlace) -> Position:
        line, column, length = place
        return Position(path=self.path, line=line, column=column, length=length)


def read(path: str, data: bytes) -> tuple[Document | None, tuple[Problem, ...]]:
    """Read one file.

    Without a Document its structure is in doubt; with one, the Problems concern single values of it.
    """
    text, refused = _text(path, data)
    if text is None:
        return None, refused
    if plain := plain_yaml.read(text):
        stated, first = plain
        top = Position(path=path, line=first + 1, column=1, length=len(next(iter(stated))))
        return Document(path=path, data=stated, source=Said(data=data), top=top, plain=True), ()
    return _parsed(path, text, data)


def read_opened(path: str, data: bytes) -> tuple[Document | None, tuple[Problem, ...]]:
    """The same of what stands in a sealed file: the parser reads all of it, so that no line is remembered."""
    text, refused = _text(path, data)
    return (None, refused) if text is None else _parsed(path, text, data)


def _parsed(path: str, text: str, data: bytes) -> tuple[Document | None, tuple[Problem, ...]]:
    # Characters first: the scanner gives up at some of them.
    if found := in_order(typing_mistakes.characters(path, text)) or in_order(_refused_syntax(path, text)):
        return None, found
    try:
        node = _parser(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        return None, (typing_mistakes.diagnose(path, text, _failure(text, error)),)
    if node is None:
        return None, (problem(Position(path=path), "empty-file"),)
    return _document(path, text, node, data)


def _document(path: str, text: str, node: yaml.Node, held: bytes) -> tuple[Document | None, tuple[Problem, ...]]:
    reader = _Values(path, text)
    try:
        data = reader.value(node, 1)
    except _TooDeepError as deep:
        return None, (problem(_position(path, deep.node), "too-deep", limit=MAX_DEPTH),)
    if typing_mistakes.suspect(text):
        spans = tuple(_spans(node))
        reader.broken.extend(typing_mistakes.lints(path, text, spans))
        reader.doubtful.extend(typing_mistakes.cut_values(path, text, spans))
    named = {
        (p.at.line, p.at.column + i) for p in reader.broken if p.code == "fullwidth-name" for i in range(p.at.length)
    }
    signs = compatibility.signs(path, text)
    reader.doubtful.extend(p for p in signs if (p.at.line, p.at.column) not in named)
    if reader.broken:
        return None, in_order([*reader.broken, *reader.doubtful])
    return Document(path=path, data=data, source=Said(data=held), top=_position(path, node)), in_order(reader.doubtful)


# --- before parsing ---------------------------------------------------------------------------------------------------


def _text(path: str, data: bytes) -> tuple[str | None, tuple[Problem, ...]]:
    top = Position(path=path)
    if len(data) > MAX_BYTES:
        return None, (problem(top, "too-large", limit=MAX_BYTES >> 20),)
    if not data.strip():
        return None, (problem(top, "empty-file"),)
    if typing_mistakes.utf16(data):
        return None, (problem(top, "utf-16"),)
    if b"\0" in data:
        return None, (problem(top, "binary-file"),)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        return None, (problem(typing_mistakes.place(path, f"{before}?", len(before)), "not-utf8"),)


_MARKED = re.compile(r"(?:^|[\s\[{,])[&*!][^\s]?", re.MULTILINE)
_DEEP_LINE = re.compile(r"^[-?:\s]{500}", re.MULTILINE)


def _refused_syntax(path: str, text: str) -> tuple[Problem, ...]:
    """Directives, anchors, aliases, tags, keys behind `?` and bottomless nesting, found before anything is expanded or
    recursed into.
    """
    found = [*yaml_corners.directive(path, text)]
    if yaml_corners.unusual(text):
        found += _unusual_tokens(path, text)
    marked = any(sign in text for sign in "&*!") and _MARKED.search(text)
    if found or not (marked or text.count("[") + text.count("{") > 500 or _DEEP_LINE.search(text)):
        return tuple(found)
    depth = 0
    for event in _events(text):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return (problem(_position(path, event), "too-deep", limit=MAX_DEPTH),)
        found += _signs(path, text, event)
    return tuple(found)


def _unusual_tokens(path: str, text: str) -> Iterator[Problem]:
    """What the tokens of the text show, up to its end or its first error."""
    spans = []
    for token in _tokens(text):
        start, end = (mark.index for mark in _marks(token))
        spans.append((start, end))
        if isinstance(token, yaml.KeyToken):
            yield from yaml_corners.explicit_key(path, text, start, end)
    yield from yaml_corners.glued_comments(path, text, spans)


def _tokens(text: str) -> Iterator[yaml.Token]:
    parser = _parser(text)
    try:
        while (token := parser.get_token()) is not None:
            yield token
    except yaml.MarkedYAMLError:
        return


def _signs(path: str, text: str, event: yaml.Event) -> Iterator[Problem]:
    if getattr(event, "anchor", None) is not None:
        start = _marks(event)[0].index
        yield typing_mistakes.star(path, text, start) or problem(_position(path, event), "alias", sign=text[start])
    elif getattr(event, "tag", None) is not None or text.startswith("!", _marks(event)[0].index):
        yield problem(_position(path, event), "tag", sign="!")


def _events(text: str) -> Iterator[yaml.Event]:
    """The events of the text up to its end or its first error, which composing reports."""
    parser = _parser(text)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError:
        return


def _failure(text: str, error: yaml.MarkedYAMLError) -> Failure:
    last = None
    for event in _events(text):
        start, end = (mark.index for mark in _marks(event))
        if isinstance(event, yaml.ScalarEvent):
            last = Span(start=start, end=end, style=event.style or "")
        elif isinstance(event, yaml.CollectionEndEvent) and end > start:
            last = Span(start=start, end=end, style="[")
        elif not isinstance(event, yaml.CollectionEndEvent):
            last = None
    mark: Any = error.problem_mark or error.context_mark
    began = error.context_mark
    return Failure(
        context=error.context or "",
        phrase=error.problem or "",
        at=mark.index,
        began=None if began is None else began.index,
        last=last,
    )


# --- nodes to values --------------------------------------------------------------------------------------------------


_no_tag: Any = "".format  # takes anything and gives an empty text, without a line of Python run for each node


class _Composer(yaml.CSafeLoader):
    """libyaml's composer without resolution of tags: a node has a tag only where the file writes one."""

    resolve = descend_resolver = ascend_resolver = _no_tag


def _parser(text: str) -> _Composer:
    """A parser of the text, whose last line ends like every other: else a block of text at the end would be read in
    another way.
    """
    return _Composer(text if text.endswith("\n") else f"{text}\n")


class _TooDeepError(Exception):
    def __init__(self, node: yaml.Node) -> None:
        self.node = node


class _Values:
    """Turns nodes into data.

    `broken` are Problems that leave the structure in doubt, `doubtful` concern one value each.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text = path, text
        self.broken: list[Problem] = []
        self.doubtful: list[Problem] = []
        self._escapes = "\\" in text

    def value(self, node: yaml.Node, depth: int, indent: int = -1) -> Data:
        """The data of a node that belongs to a field or an item at column `indent`."""
        if isinstance(node, yaml.ScalarNode):
            if not node.style:
                return self._plain(node)
            self._check_lines(node, indent)
            return self._quoted(node)
        if depth > MAX_DEPTH:
            raise _TooDeepError(node)
        if flow := bool(getattr(node, "flow_style", False)):
            self._check_lines(node, indent)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth, indent)
        if flow:
            self._check_flow(node.value)
        inner = indent if flow else _marks(node)[0].column
        return [self.value(item, depth + 1, inner) for item in node.value]

    def _mapping(self, node: yaml.MappingNode, depth: int, indent: int) -> dict[str, Data]:
        made: dict[str, Data] = {}
        keys: dict[str, yaml.Node] = {}
        if node.flow_style:
            self._check_flow([value for _, value in node.value])
            self._check_lone([key for key, _ in node.value])
        inner = indent if node.flow_style else _marks(node)[0].column
        for key_node, value_node in node.value:
            value, key = self.value(value_node, depth + 1, inner), _key(key_node)
            if key is None:
                self.doubtful.append(problem(_position(self.path, key_node), "non-string-key"))
            elif key in made:
                self._duplicate(keys[key], key_node, key)
            else:
                made[key], keys[key] = value, key_node
                if slip := _key_slip(key):
                    self.broken.append(
                        typing_mistakes.slip_at(self.path, self.text, slip[0], _marks(key_node)[0].index + slip[1])
                    )
        return made

    def _duplicate(self, first: yaml.Node, second: yaml.Node, key: str) -> None:
        related, at = _position(self.path, first), _position(self.path, second)
        self.doubtful.append(problem(at, "duplicate-key", related, key=key, line=related.line))

    def _check_lines(self, node: yaml.Node, indent: int) -> None:
        """Where the lines of a value begin that goes over several of them."""
        start, end = _marks(node)
        if start.line == end.line:
            return
        if not isinstance(node, yaml.ScalarNode) or node.style in ("'", '"'):
            self.broken.extend(yaml_corners.too_far_left(self.path, self.text, start.index, end.index, indent))
        elif node.style in ("|", ">") and not node.value.strip():
            self.broken.extend(yaml_corners.empty_block(self.path, self.text, start.index, end.index))

    def _check_flow(self, parts: Sequence[yaml.Node]) -> None:
        for node in parts:
            if not isinstance(node, yaml.ScalarNode) or node.style:
                continue
            start = _marks(node)[0].index
            if (at := typing_mistakes.in_flow(node.value)) is not None:
                self.broken.append(typing_mistakes.slip_at(self.path, self.text, "fullwidth-punctuation", start + at))
        self._check_lone(parts)

    def _check_lone(self, parts: Sequence[yaml.Node]) -> None:
        for node in parts:
            if isinstance(node, yaml.ScalarNode) and not node.style and yaml_corners.lone_sign(node.value):
                self.broken.append(problem(_position(self.path, node), "reserved-sign", sign=node.value))

    def _quoted(self, node: yaml.ScalarNode) -> str:
        value: str = node.value
        if self._escapes and (character := typing_mistakes.unseen(value)):
            code = typing_mistakes.unseen_code(character)
            self.doubtful.append(
                problem(_position(self.path, node), code, character=typing_mistakes.codepoint(character))
            )
        elif self._escapes and (found := compatibility.first(value)):
            self.doubtful.append(problem(_position(self.path, node), "compatibility-sign", **found))
        return value

    def _plain(self, node: yaml.ScalarNode) -> str | int | float | bool | None:
        text: str = node.value
        if text[:1] not in NOT_TEXT:
            return intern(text)
        value = core(text)
        if not isinstance(value, BadNumber):
            return value
        self.doubtful.append(problem(_position(self.path, node), value.code, text=text[:40]))
        return text


def _key(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.ScalarNode):
        return None
    text: str = node.value
    return intern(text) if node.style or text[:1] not in NOT_TEXT or isinstance(core(text), str) else None


_key_slip = lru_cache(maxsize=4096)(typing_mistakes.key_slip)


# --- positions --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _line_places(source: Callable[[], str], plain: bool) -> Mapping[Pointer, LinePlaces] | None:
    """Where all of a text stands that is read line by line, looked for when a Position is first asked for."""
    text = source()
    return plain_yaml.places(text) if plain or plain_yaml.read(text) else None


def _nodes(source: Callable[[], str], pointer: Pointer) -> tuple[yaml.Node | None, yaml.Node]:
    """The nodes of a pointer's key, if it has one, and value. KeyError for a pointer that leads nowhere."""
    key, node = None, _root(source)
    for step in pointer:
        key, node = _below(node, step)
    return key, node


@lru_cache(maxsize=256)
def _root(source: Callable[[], str]) -> yaml.Node:
    """The whole of a text, parsed again when a Position is first asked for: valid files never pay for it."""
    root = _parser(source()).get_single_node()
    assert root is not None, "only a text that was read has places"
    return root


def _below(node: yaml.Node, step: str | int) -> tuple[yaml.Node | None, yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step and _key(key) is not None:
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    raise KeyError(step)


def _marks(part: yaml.Node | yaml.Event | yaml.Token) -> tuple[Any, Any]:
    """Where a part begins and ends; libyaml always says so."""
    return part.start_mark, part.end_mark


def _position(path: str, node: yaml.Node | yaml.Event) -> Position:
    line, column, length = _place(node)
    return Position(path=path, line=line, column=column, length=length)


def _place(node: yaml.Node | yaml.Event) -> LinePlace:
    """Where a node begins.

    A block collection spans its first key or dash, anything else what it has on its first line.
    """
    start, end = _marks(node)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        first = node.value[0][0] if isinstance(node, yaml.MappingNode) else None
        end = start if first is None else _marks(first)[1]
    length = end.index - start.index if end.line == start.line else 1
    return start.line + 1, start.column + 1, max(1, length)


def _spans(node: yaml.Node) -> Iterator[Span]:
    match node:
        case yaml.ScalarNode():
            start, end = _marks(node)
            yield Span(start=start.index, end=end.index, style=node.style or "")
        case yaml.MappingNode():
            for key, value in node.value:
                yield from _spans(key)
                yield from _spans(value)
        case yaml.SequenceNode():
            for item in node.value:
                yield from _spans(item)
