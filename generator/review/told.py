"""What was told of a few schools: of one state of the records it is told of the other too, and of the next run's.

Owns by what that is known again: a digest of the files of these schools, and of what all share. Only what is told of
schools and their returns alone is kept, as data of closed types. Must not know where it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from typing import Any, Protocol, TypeVar

from msgspec import Raw, Struct, field
from msgspec.msgpack import Decoder, encode

from generator.compliance.measures import ReturnsTold
from generator.compliance.ratios import RatioNumbers, SchoolsAlike
from generator.edition.site import Keeping
from generator.files.tree import Tree
from generator.model.ids import SchoolId, YearId
from generator.model.schools import SchoolType
from generator.pages.schools.school import ReturnState
from generator.records.opened import Before

_T = TypeVar("_T")
_TYPES: Mapping[str, Decoder[Any]] = {  # by the first word of a name; all of these rest on the same
    "areas": Decoder(tuple[str, ...]),
    "desks": Decoder(tuple[SchoolId, ...]),
    "groups": Decoder(frozenset[SchoolsAlike]),
    "quotients": Decoder(dict[SchoolsAlike, RatioNumbers]),
    "returns": Decoder(ReturnsTold),
    "states": Decoder(dict[ReturnState, int]),
    "tied": Decoder(tuple[SchoolId, ...]),
    "types": Decoder(tuple[SchoolType, ...]),
    "unfiled": Decoder(tuple[SchoolId, ...]),
    "years": Decoder(frozenset[YearId]),
}
_OWN, _SHARED = ("school", "return"), ("district", "curriculum")  # the kinds of records that it rests on
_ALL = Decoder(dict[str, dict[str, Raw]])


class ToldPlace(Protocol):
    """Where a run leaves something for the next one, by what it is made of."""

    def key(self, kind: str, *made_of: str) -> str:
        """The name of what is made of all this by this program."""

    def recall(self, key: str) -> bytes | None:
        """What was left by this name, if it is there and as it was left."""

    def keep(self, key: str, made: bytes) -> None:
        """Leave it for the next run."""

    def sweep(self) -> None:
        """Remove what this run had no use for."""


class ToldOfFew:
    """What earlier runs told of a few schools, and this one, of a state whose files are these."""

    def __init__(self, place: ToldPlace, tree: Tree, files: Before) -> None:
        self._place = place
        own: dict[str, list[str]] = {}  # the digests of each school's files
        shared: list[str] = []
        for path, file in files.files.items():
            if file.kind in _OWN:
                own.setdefault(file.names.get("school") or file.names["id"], []).append(files.digest(tree, path))
            elif file.kind in _SHARED:
                shared.append(files.digest(tree, path))
        self._own, self._shared = own, shared
        self._known: dict[str, dict[str, Raw]] = {}
        self._used: dict[str, dict[str, Raw]] = {}
        self._names: dict[Sequence[SchoolId], str] = {}
        self._new = False

    @contextmanager
    def as_of(self, day: date) -> Iterator[None]:
        """What is told meanwhile is told as of this day. It is left for the next run, and nothing else."""
        key = self._place.key("told of a few schools", day.isoformat(), *self._shared)
        self._known = _ALL.decode(self._place.recall(key) or encode({}))
        yield
        if self._new:
            self._place.keep(key, encode(self._used))
            self._place.sweep()

    def told(self, name: str, schools: Sequence[SchoolId], state: str, tell: Callable[[], _T]) -> _T:
        """What was told of these schools, or else what is told now; `state` says which returns are looked at."""
        decoder = _TYPES.get(name.partition(" ")[0])
        if decoder is None:
            return tell()
        block = self._block(schools)
        kept = self._used.get(block)
        if kept is None:
            kept = self._used[block] = self._known.get(block, {})
        called = f"{name} {state}"
        if called in kept:
            known: _T = decoder.decode(kept[called])
            return known
        found = tell()
        kept[called], self._new = Raw(encode(found)), True
        return found

    def _block(self, schools: Sequence[SchoolId]) -> str:
        if (found := self._names.get(schools)) is None:
            files = "\0".join([part for school in schools for part in (school, *self._own[school])])
            found = self._names[schools] = sha256(files.encode("utf-8", "surrogatepass")).hexdigest()
        return found


class ToldAlike(Struct, Keeping, frozen=True, kw_only=True):
    """What was told of schools of one state is told of them in the other too, if none of them is `near` the change.

    `apart` are schools of which one return is left where all others of its year are; `state` tells of which years.
    """

    near: Set[SchoolId]
    before: ToldOfFew | None = None
    apart: Set[SchoolId] = frozenset()
    state: str = ""
    known: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def told(
        self, name: str, schools: Sequence[SchoolId], tell: Callable[[], _T], _shape: type[_T] | None = None
    ) -> _T:
        """As it was told of the other state, or else as it is told now."""
        if not schools or not self.near.isdisjoint(schools):
            return tell()
        found: _T
        if (key := (name, *schools)) in self.known:
            found = self.known[key]
        elif self.before is not None and self.apart.isdisjoint(schools):
            found = self.before.told(name, schools, self.state, tell)
        else:
            found = tell()
        self.known[key] = found
        return found


class OfRecords(Struct, Keeping, frozen=True, kw_only=True):
    """What was told of records alone, whatever was judged."""

    of: Keeping

    def told(
        self, name: str, schools: Sequence[SchoolId], tell: Callable[[], _T], _shape: type[_T] | None = None
    ) -> _T:
        """As it was told of the other state, or else as it is told now."""
        return self.of.told(name, schools, tell) if name.partition(" ")[0] in _TYPES else tell()
