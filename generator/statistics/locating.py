"""Where in a school's own file a Fault lies: its line, and what the form calls what stands there.

Owns the way from a Fault's place to a line. A name that the form does not have is told by its line alone: it may be a
child's. Must not know figures, nor be asked about text that was opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from generator.files.schemas import Schema, enum_label, schema_of, text_of
from generator.files.strict_yaml import Document, read
from generator.model.submission import Fault, StageBand
from generator.text import Text

_KIND = "submission"
_STEP = re.compile(r"\[([^\]]+)\]|([^.\[\]]+)")
_BANDS = frozenset(band.value for band in StageBand)


class FaultLine(Struct, frozen=True, kw_only=True):
    """A line of the file, and the titles of what stands there from the outside in."""

    line: int
    titles: tuple[Text, ...]


def located(text: bytes, fault: Fault) -> tuple[FaultLine, ...]:
    """The lines that a Fault is about; several where several fields are missing or unknown."""
    document, _ = read(_KIND, text)
    if line := re.fullmatch(r"([0-9]+):[0-9]+", fault.place):  # what is wrong with the writing itself
        return (FaultLine(line=int(line[1]), titles=()),)
    return tuple(_located(document, fault)) if document is not None else ()


def _located(document: Document, fault: Fault) -> Iterator[FaultLine]:
    pointer, titles, data, node = _reached(document.data, fault.place)
    line = document.key_position(pointer).line if pointer else document.position().line
    if fault.rule == "required" and isinstance(data, Mapping):
        for name in node.get("required", ()):
            if name not in data:
                yield FaultLine(line=line, titles=(*titles, text_of(node["properties"][name], "title")))
    elif fault.rule == "additionalProperties" and isinstance(data, Mapping):
        for name in data:
            if name not in node.get("properties", {}):
                yield FaultLine(line=document.key_position((*pointer, name)).line, titles=())
    else:
        yield FaultLine(line=line, titles=titles)


def _reached(data: Any, place: str) -> tuple[tuple[str | int, ...], tuple[Text, ...], Any, Schema]:
    """How far a place leads: its pointer, its titles, what stands there, and what the form says of it."""
    node: Schema = schema_of(_KIND)
    pointer: tuple[str | int, ...] = ()
    titles: tuple[Text, ...] = ()
    for inside, name in _STEP.findall(place):
        step = _item(data, inside) if inside else name
        if step is None or (isinstance(step, str) and (not isinstance(data, Mapping) or step not in data)):
            break
        data, pointer = data[step], (*pointer, step)
        if isinstance(step, int):
            node, titles = node["items"], _band(data)
        else:
            node = node.get("properties", {}).get(step, {})
            titles = (*titles, text_of(node, "title")) if "title" in node else titles
    return pointer, titles, data, node


def _item(data: Any, inside: str) -> int | None:
    """The number of a band that is named by its number or by its id."""
    if not isinstance(data, list):
        return None
    if inside.isdecimal():
        return int(inside)
    return next((n for n, one in enumerate(data) if isinstance(one, Mapping) and one.get("band") == inside), None)


def _band(data: Any) -> tuple[Text, ...]:
    band = data.get("band") if isinstance(data, Mapping) else None
    return (enum_label("StageBand", band),) if isinstance(band, str) and band in _BANDS else ()
