"""A Node of a Document, the typed reading of its fields, and the checks of one file that all areas share.

Owns what every area of records uses. Relies on `schemas.validate`: the fields read here are there and of the right
type. Must not know any kind of record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from generator.files.schemas import field_title
from generator.files.strict_yaml import Document
from generator.model.former import Former
from generator.model.schools import Stage
from generator.problems import Locate, Position, Problem, problem
from generator.text import Language, Text

_E = TypeVar("_E", bound=StrEnum)
_V = TypeVar("_V")


class Node(Struct, frozen=True, kw_only=True):
    """A mapping of a Document and where it stands; the typed reading of its fields."""

    document: Document
    pointer: tuple[str | int, ...]
    data: Mapping[str, Any]

    @property
    def place(self) -> Locate:
        """`locate` without the data: what a record keeps so that its fields can be cited.

        A place is looked up once, however often it is cited: looking up reads the file's text again.
        """
        return _Places(node=Node(document=replace(self.document, data=None), pointer=self.pointer, data={}))

    def locate(self, pointer: tuple[str | int, ...]) -> Position:
        """The place of what stands at `pointer` below this node, or of the nearest thing above it that is there."""
        while pointer:
            try:
                return self.at(*pointer)
            except KeyError:
                pointer = pointer[:-1]
        return self.at()

    def at(self, *steps: str | int) -> Position:
        """The place of a field below this node."""
        return self.document.position((*self.pointer, *steps))

    def text(self, name: str) -> Text:
        """A text and its English, where it has one."""
        return Text(zh=self.data[name], en=self.data.get("en", {}).get(name))

    def text_or_none(self, name: str) -> Text | None:
        """A text, or None where the field is left out."""
        return self.text(name) if name in self.data else None

    def day(self, name: str) -> date:
        """A day."""
        return date.fromisoformat(self.data[name])

    def day_or_none(self, name: str) -> date | None:
        """A day, or None where the field is left out."""
        return self.day(name) if name in self.data else None

    def get(self, name: str) -> Any:
        """A plain value, or None where the field is left out."""
        return self.data.get(name)

    def whole(self, name: str) -> int:
        """A whole number (`3.0` is one)."""
        return int(self.data[name])

    def whole_or_none(self, name: str) -> int | None:
        """A whole number, or None where the field is left out."""
        return self.whole(name) if name in self.data else None

    def node(self, name: str) -> Node | None:
        """The mapping in a field, or None where the field is left out."""
        if name not in self.data:
            return None
        return Node(document=self.document, pointer=(*self.pointer, name), data=self.data[name])

    def nodes(self, name: str) -> tuple[Node, ...]:
        """The mappings in a list; none where the field is left out."""
        items = self.data.get(name, ())
        return tuple(
            Node(document=self.document, pointer=(*self.pointer, name, i), data=d) for i, d in enumerate(items)
        )

    def texts(self, name: str) -> tuple[Text, ...]:
        """The texts of a list of mappings."""
        return tuple(item.text("text") for item in self.nodes(name))

    def members(self, name: str, kind: type[_E]) -> tuple[_E, ...]:
        """The members of a closed set in a list."""
        return tuple(kind(value) for value in self.data.get(name, ()))

    def former(self, name: str, make: Callable[[Node], _V]) -> tuple[Former[_V], ...]:
        """The earlier values in a list, each with its last day."""
        return tuple(Former(was=make(item), until=item.day("until")) for item in self.nodes(name))

    def by_stage(self, name: str) -> Mapping[Stage, int]:
        """A whole number for each stage that is stated."""
        return {stage: int(self.data[name][stage.value]) for stage in Stage if stage.value in self.data[name]}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Where the fields of a record are. Its Document keeps the places of those that are there, `others` what is told of
    the rest.
    """

    node: Node
    others: dict[tuple[str | int, ...], Position] = field(default_factory=dict, compare=False, repr=False)

    def __call__(self, pointer: tuple[str | int, ...]) -> Position:
        places, above = self.node.document.places, self.node.pointer
        return places.get((*above, *pointer) if above else pointer) or self._other(pointer)

    def _other(self, pointer: tuple[str | int, ...]) -> Position:
        if (known := self.others.get(pointer)) is not None:
            return known
        at = self.node.locate(pointer)
        if (*self.node.pointer, *pointer) not in self.node.document.places:
            self.others[pointer] = at
        return at


# --- checks that every area uses --------------------------------------------------------------------------------------


def nothing(*_: object) -> Iterator[Any]:
    """What a kind of record has to say where it has nothing to say."""
    return iter(())


def unique(nodes: Iterable[Node], field: str) -> Iterator[Problem]:
    """A field that must not have the same value in two nodes."""
    first: dict[object, Node] = {}
    for node in nodes:
        before = first.setdefault(node.data[field], node)
        if before is not node:
            yield problem(node.at(field), "duplicate-id", before.at(field), id=str(node.data[field]))


def stated_once(node: Node, kind: str, name: str, apart: Sequence[str]) -> Iterator[Problem]:
    """No two items of a list are of the same thing: if both count it is twice; if not, nobody can tell which does."""
    first: dict[tuple[Any, ...], int] = {}
    for index, item in enumerate(node.data.get(name) or ()):
        before = first.setdefault(tuple(item.get(field) for field in apart), index)
        if before != index:
            title = field_title(kind, (name,))
            facts = {"title": title.zh, "title@en": title.in_(Language.EN)}
            there = node.at(name, before, apart[0])
            numbers = {"number": str(index + 1), "before": str(before + 1)}
            yield problem(node.at(name, index, apart[0]), "stated-twice", there, **numbers, **facts)


def reserved_id(node: Node) -> Iterator[Problem]:
    """The page that leads to all of a folder keeps its name."""
    if node.data.get("id") == "index":
        yield problem(node.at("id"), "kept-id", id="index")


class StatedDay(Struct, frozen=True, kw_only=True):
    """A day, and the place of its field below a Node; None where the field is left out."""

    day: date | None
    node: Node
    at: tuple[str | int, ...]


def in_order(node: Node, **days: date | None) -> Iterator[Problem]:
    """Two days by their fields in a Node: the second is not before the first."""
    earlier, later = (StatedDay(day=day, node=node, at=(field,)) for field, day in days.items())
    yield from not_before(later, earlier)


def not_before(later: StatedDay, earlier: StatedDay) -> Iterator[Problem]:
    """A day is not before another one, where both are stated."""
    if later.day is not None and earlier.day is not None and later.day < earlier.day:
        facts = {"earlier": earlier.day.isoformat(), "later": later.day.isoformat()}
        yield problem(later.node.at(*later.at), "days-out-of-order", earlier.node.at(*earlier.at), **facts)


def former_in_order(node: Node, name: str, former: Sequence[Former[Any]]) -> Iterator[Problem]:
    """Earlier values stand in order, the earliest first, no two with one last day."""
    for (before, there), (after, here) in pairwise(zip(former, node.nodes(name), strict=True)):
        if after.until <= before.until:
            facts = {"earlier": before.until.isoformat(), "later": after.until.isoformat()}
            yield problem(here.at("until"), "days-out-of-order", there.at("until"), **facts)


class DaySpan(Protocol):
    """Whatever has a first and a last day: a year, a term, a window."""

    @property
    def first_day(self) -> date:
        """The first day that belongs to it."""

    @property
    def last_day(self) -> date:
        """The last day that belongs to it."""


def inside(node: Node, field: str, day: date | None, span: DaySpan, around: Node | None = None) -> Iterator[Problem]:
    """A day, where it is stated, lies between the first and the last day of a span; `around` is where that stands, if
    the sentence is to show it.
    """
    if day is not None and not span.first_day <= day <= span.last_day:
        facts = {name: d.isoformat() for name, d in (("day", day), ("first", span.first_day), ("last", span.last_day))}
        yield problem(node.at(field), "outside", around.at("first_day") if around else None, **facts)
