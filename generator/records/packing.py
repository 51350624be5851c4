"""A record as bytes, and made again of them: for kinds of which there is one for each school, or more.

Owns that form. A record that is made of plain data passes through a line of Python for each of its fields; this one is
read by its types alone. What a type cannot tell apart is not packed: a record whose bytes would be others once it is
made again. Must not know where bytes are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from msgspec import Struct, defstruct
from msgspec.msgpack import Decoder, encode
from msgspec.structs import astuple, fields

from generator.problems import Locate, Position

_WHERE = ("place", "source")  # where it stands is not of the record, but of its file


class Packing:
    """The form of one type of record."""

    def __init__(self, record: type[Struct]) -> None:
        found = fields(record)
        self._record, self._places = record, any(one.name == "place" for one in found)
        own = [(one.name, one.type) for one in found if one.name not in _WHERE]
        self._names = tuple(name for name, _ in own)
        self._read: Callable[[bytes | memoryview], Any] = Decoder(defstruct("Packed", own, array_like=True)).decode

    def packed(self, record: Struct) -> bytes:
        """Its bytes; none where what is made of them would not be the same."""
        data = self._bytes(record)
        return data if self._bytes(self._read(data)) == data else b""

    def _bytes(self, record: Struct) -> bytes:
        return encode([getattr(record, name) for name in self._names])

    def made(self, data: bytes | memoryview, place: Locate, source: Position) -> Any:
        """The record, which stands there."""
        stated = dict(zip(self._names, astuple(self._read(data)), strict=True))
        if self._places:
            stated["place"] = place
        return self._record(**stated, source=source)


packing = cache(Packing)
