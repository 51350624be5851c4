"""A part of a Document and the typed reading of its fields.

Owns what every parser of records uses. Relies on `schemas.validate`: the fields read here are there and of the right
type. Must not know any kind of record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from generator.files.strict_yaml import Document
from generator.model.schools import Stage
from generator.problems import Locate, Position, Problem, problem
from generator.text import Text

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A mapping of a Document and where it stands; the typed reading of its fields."""

    document: Document
    pointer: tuple[str | int, ...]
    data: Mapping[str, Any]

    @property
    def place(self) -> Locate:
        """`locate` without the data: what a record keeps so that its fields can be cited."""
        return Part(document=replace(self.document, data=None), pointer=self.pointer, data={}).locate

    def locate(self, pointer: tuple[str | int, ...]) -> Position:
        """The place of what stands at `pointer` below this part, or of the nearest thing above it that is there."""
        while pointer:
            try:
                return self.at(*pointer)
            except KeyError:
                pointer = pointer[:-1]
        return self.at()

    def at(self, *steps: str | int) -> Position:
        """The place of a field below this part."""
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

    def part(self, name: str) -> Part | None:
        """The mapping in a field, or None where the field is left out."""
        if name not in self.data:
            return None
        return Part(document=self.document, pointer=(*self.pointer, name), data=self.data[name])

    def parts(self, name: str) -> tuple[Part, ...]:
        """The mappings in a list; none where the field is left out."""
        items = self.data.get(name, ())
        return tuple(
            Part(document=self.document, pointer=(*self.pointer, name, i), data=d) for i, d in enumerate(items)
        )

    def texts(self, name: str) -> tuple[Text, ...]:
        """The texts of a list of mappings."""
        return tuple(item.text("text") for item in self.parts(name))

    def members(self, name: str, kind: type[_E]) -> tuple[_E, ...]:
        """The members of a closed set in a list."""
        return tuple(kind(value) for value in self.data.get(name, ()))

    def by_stage(self, name: str) -> Mapping[Stage, int]:
        """A whole number for each stage that is stated."""
        return {stage: int(self.data[name][stage.value]) for stage in Stage if stage.value in self.data[name]}


def unique(parts: Iterable[Part], field: str) -> Iterator[Problem]:
    """A field that must not have the same value in two parts."""
    first: dict[object, Position] = {}
    for part in parts:
        value = part.data[field]
        if value in first:
            yield problem(part.at(field), "duplicate-id", first[value], id=str(value))
        else:
            first[value] = part.at(field)
