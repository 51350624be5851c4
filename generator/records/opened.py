"""One file on its way into the Repository: opened and read now, or told again from what an earlier run found.

Owns what is kept of a file of records with which nothing is wrong: what it says as plain data, where its records stand,
what it offers to others, and which files it was held against. A file that is told again is opened when somebody asks
for its records. What is kept of a file is sound while its bytes are the same; what it was held against, while those
files are too.
Must not know where it is kept, nor what a kind of record holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from functools import cached_property, partial
from hashlib import sha256
from operator import is_
from typing import Any, TypeVar

from msgspec import Raw, Struct, field
from msgspec.msgpack import Decoder, Encoder
from msgspec.structs import replace

from generator.files.kept import NOTHING, KeptFile
from generator.files.strict_yaml import Document
from generator.files.tree import Tree
from generator.model.curriculum import Clip
from generator.model.ids import SchoolId, YearId
from generator.problems import Position
from generator.records.fields import Node, nothing
from generator.records.kinds import KINDS, Placed, kind_of
from generator.records.library import ADOPTABLE
from generator.records.packing import packing
from generator.records.references import NO_KIND, ONLY_FILE, LaterOffer, Offer, Referent
from generator.text import Text

_DISTRICT = "records/district.yml"
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ReadFile(Struct, frozen=True, kw_only=True):
    """A file of the right shape, or the records of another kind that it stands for."""

    kind: str
    path: str
    entries: tuple[Placed, ...]
    sound: bool  # nothing is wrong within the file
    document: Document | None = None
    brought: tuple[ReadFile, ...] = ()  # records of other kinds that it stands for
    clip: Clip | None = None  # what it is, where it holds no records

    @property
    def records(self) -> tuple[Any, ...]:
        """Its records."""
        return tuple(record for record, _ in self.entries)

    @property
    def id(self) -> str:
        """The id of its first record."""
        found: str = self.records[0].id
        return found

    @property
    def names(self) -> Mapping[str, str]:
        """What its path says."""
        return KINDS[self.kind].names(self.path)

    @property
    def offers(self) -> Iterator[Offer]:
        """What others may refer to in it."""
        return (offer for record in self.records for offer in KINDS[self.kind].offers(record))


class _ToldFacts(Struct, frozen=True, kw_only=True, array_like=True):
    """What is kept of a file of records: its kind, what its path says, places that were looked up (each a pointer,
    line, column and length), what it offers (each the number of what it is, its id, the id of what holds it, and its
    title), what must be firm for all that it was held against (None: not known), and that there is no Doubt of it.
    """

    kind: str
    names: dict[str, str]
    places: Raw
    offers: tuple[tuple[int, str, str | None, str | None], ...]
    rests_on: frozenset[str] | None
    undoubted: bool


_PLACES = Decoder(list[tuple[tuple[str | int, ...], int, int, int]])
_FACTS = Decoder(_ToldFacts)
_WRITTEN = Encoder(order="deterministic").encode


class ToldFile:
    """A file of which everything was found to be right before. Its records are made when they are asked for."""

    sound = True
    brought: tuple[ReadFile, ...] = ()
    clip: Clip | None = None

    def __init__(self, path: str, found: KeptFile, read: Callable[[], bytes]) -> None:
        self.path, self._read, self.found = path, read, found
        self.facts = facts = _FACTS.decode(found.facts)
        self.kind, self.names, self.rests_on = facts.kind, facts.names, facts.rests_on

    @cached_property
    def records(self) -> tuple[Any, ...]:
        """Its records."""
        many = KINDS[self.kind].many
        if many is None or not self.found.short:
            return tuple(record for record, _ in self._parsed)
        return (packing(many).made(self.found.short, self._place, self._places[()]),)

    def _place(self, pointer: tuple[str | int, ...]) -> Position:
        return self._top.place(pointer)

    @property
    def entries(self) -> tuple[Placed, ...]:
        """Its records, and where they stand."""
        return tuple(zip(self.records, (node for _, node in self._parsed), strict=True))

    @cached_property
    def _parsed(self) -> tuple[Placed, ...]:
        return KINDS[self.kind].entries(self._top)

    @property
    def _places(self) -> Mapping[tuple[str | int, ...], Position]:
        return {
            pointer: Position(path=self.path, line=line, column=column, length=length)
            for pointer, line, column, length in _PLACES.decode(self.facts.places)
        }

    @cached_property
    def _top(self) -> Node:
        places = dict(self._places)
        document = Document(
            path=self.path,
            data=json.loads(bytes(self.found.content)),
            source=lambda: self._read().decode("utf-8"),
            top=places.pop(()),
            places=places,
        )
        return Node(document=document, pointer=(), data=document.data)

    @property
    def id(self) -> str:
        """The id of its record, which its path names too."""
        return self.names.get("id", ONLY_FILE)

    @property
    def offers(self) -> Sequence[LaterOffer]:
        """What others may refer to in it."""
        return self._later if self.facts.offers else ()

    @cached_property
    def _later(self) -> Sequence[LaterOffer]:
        offered = KINDS[self.kind].offered
        return [
            LaterOffer(
                to=offered[number],
                id=id_,
                of=of,
                title=None if title is None else Text(zh=title),
                find=partial(self._offered, offered[number], id_, of),
            )
            for number, id_, of, title in self.facts.offers
        ]

    def _offered(self, to: Referent[Any], id_: str, of: str | None) -> object:
        offers = (offer for record in self.records for offer in KINDS[self.kind].offers(record))
        return [one.found for one in offers if (one.to, one.id, one.of) == (to, id_, of)][-1]


LoadedFile = ReadFile | ToldFile


class Before(Struct):
    """What an earlier run found, by path, and what this one does, of one state of the files.

    `loose` names the files that are not as they were, their kinds, and as `folder/` where they lie; the rest is firm.
    `rests_on` says of a file, once it was held against others and nothing was wrong, what must be firm for that. `last`
    is what a run of this process did in which nothing was wrong.
    """

    found: Mapping[str, KeptFile] = field(default_factory=dict)
    files: Mapping[str, LoadedFile] = field(default_factory=dict)
    rests_on: dict[str, frozenset[str]] = field(default_factory=dict)
    loose: frozenset[str] = frozenset()
    last: Before | None = None

    def told(self, tree: Tree, path: str, version: str) -> ToldFile | None:
        """A file of the Tree, if these very bytes were found right."""
        before = self.found.get(path)
        if before is None or not before.facts or version not in (before.digest, before.blob):
            return None
        return ToldFile(path, before, tree.readers[path])

    def loaded(self, tree: Tree, files: Mapping[str, LoadedFile]) -> None:
        """All files of the Tree that could be read."""
        self.files = files
        there = self.last.files if self.last else {}
        same = {path for path, file in files.items() if isinstance(file, ToldFile) or file is there.get(path)}
        known = (path for path, one in self.found.items() if one.facts)
        self.loose = self._loose(same, {*tree.paths, *known, *there})

    def _loose(self, same: Collection[str], paths: Iterable[str]) -> frozenset[str]:
        loose = {p: self.files[p].kind if p in self.files else kind_of(p) for p in paths if p not in same}
        kinds, folders = set(filter(None, loose.values())), {_folder(path) for path, kind in loose.items() if kind}
        if "adoption" in kinds:
            kinds |= {*ADOPTABLE}
        return frozenset({*loose, *kinds, *folders, NO_KIND})

    def unsettled(self, files: Iterable[LoadedFile]) -> Iterator[LoadedFile]:
        """Those of the files that must be held against others: the rest was, nothing was wrong, and nothing of all that
        is another now.
        """
        for file in files:
            rests_on = file.rests_on if isinstance(file, ToldFile) else self._rested_on(file)
            if rests_on is None or not rests_on.isdisjoint(self.loose):
                yield file
            else:
                self.rests_on[file.path] = rests_on

    def _rested_on(self, file: ReadFile) -> frozenset[str] | None:
        """What must be firm for a file that was read by this process before. One that brings others shares its path
        with them.
        """
        if self.last is None or self.last.files.get(file.path) is not file or file.brought:
            return None
        return self.last.rests_on.get(file.path)

    def digest(self, tree: Tree, path: str) -> str:
        """A digest of a file's bytes."""
        file = self.files.get(path)
        return file.found.digest if isinstance(file, ToldFile) else sha256(tree.read(path)).hexdigest()

    def next(self) -> Before:
        """For the next run of this process, after one in which nothing was wrong."""
        return Before(last=replace(self, found={}, last=None))

    def undoubted(self) -> frozenset[tuple[SchoolId, YearId]]:
        """The returns, by school and year, of which it is known that there is no Doubt."""
        if _DISTRICT in self.loose:
            return frozenset()
        told = (file for file in self.files.values() if isinstance(file, ToldFile) and file.facts.undoubted)
        names = (file.names for file in told if _folder(file.path) not in self.loose)
        return frozenset((SchoolId(named["school"]), YearId(named["year"])) for named in names)

    @property
    def all_told(self) -> bool:
        """Whether every file of records was told again, and none had to be held against others."""
        files = [file for file in self.files.values() if file.clip is None]
        return all(isinstance(file, ToldFile) and self.rests_on.get(file.path) is file.rests_on for file in files)

    def spared(self) -> frozenset[str]:
        """The ids that git gives to what need not be read to be told."""
        return frozenset(one.blob for one in self.found.values() if one.facts)

    def to_keep(
        self, tree: Tree, clean: Mapping[str, KeptFile], doubtful: Collection[str] | None
    ) -> dict[str, KeptFile]:
        """What the next run can be told of those files of the Tree that are right and among the `clean` ones, and of
        all but the `doubtful` returns. None: it is not known which these are.
        """
        right = {path: file for path, file in self.files.items() if path in clean and _tellable(file)}
        loose, made = self._loose(right, tree.paths), dict[str, KeptFile]()
        sure = doubtful is not None and _DISTRICT not in loose
        for path, file in right.items():
            rests_on = self.rests_on.get(path)
            held = rests_on if rests_on is not None and rests_on.isdisjoint(loose) else None
            undoubted = sure and file.kind == "return" and path not in (doubtful or ()) and _folder(path) not in loose
            made[path] = _found(file, clean[path], held, undoubted)
        return made


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1]


def _tellable(file: LoadedFile) -> bool:
    """Whether all that it says stands in it: what an adoption stands for lies in a library, which can be another."""
    read = isinstance(file, ReadFile) and file.sound and file.document is not None
    return isinstance(file, ToldFile) or (read and KINDS[file.kind].brings is nothing)


def _found(file: LoadedFile, clean: KeptFile, rests_on: frozenset[str] | None, undoubted: bool) -> KeptFile:
    if isinstance(file, ToldFile):
        if rests_on == file.rests_on and undoubted == file.facts.undoubted:
            return file.found
        return replace(file.found, facts=_WRITTEN(replace(file.facts, rests_on=rests_on, undoubted=undoubted)))
    document, kind = file.document, KINDS[file.kind]
    assert document is not None, "only such files are told again"
    placed = (((), document.top), *document.places.items())
    places = [(pointer, at.line, at.column, at.length) for pointer, at in placed]
    facts = _ToldFacts(
        kind=file.kind,
        names=dict(file.names),
        places=Raw(_WRITTEN(places)),
        offers=tuple((kind.offered.index(o.to), o.id, o.of, o.title.zh if o.title else None) for o in file.offers),
        rests_on=rests_on,
        undoubted=undoubted,
    )
    content = memoryview(json.dumps(document.data, separators=(",", ":")).encode())
    short = memoryview(packing(kind.many).packed(file.records[0])) if kind.many else NOTHING
    return replace(clean, facts=_WRITTEN(facts), short=short, content=content)


class OneByOne(Mapping[K, V]):
    """Records by key, each made when it is asked for; all, when somebody goes through them."""

    def __init__(self, files: Mapping[K, LoadedFile]) -> None:
        self.files = files
        self._made: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        if key not in self._made:
            self._made[key] = self.files[key].records[0]
        return self._made[key]

    @cached_property
    def _all(self) -> dict[K, V]:
        return {key: self[key] for key in self.files}

    def get(self, key: K, default: Any = None) -> Any:
        """The record of a key, or the default."""
        return self[key] if key in self.files else default

    def values(self) -> ValuesView[V]:
        """Every record."""
        return self._all.values()

    def items(self) -> ItemsView[K, V]:
        """Every key and its record."""
        return self._all.items()

    def apart_from(self, others: OneByOne[K, V]) -> tuple[V, ...]:
        """The records of files that the others are not made of."""
        return tuple(self[key] for key, file in self.files.items() if others.files.get(key) is not file)

    def __contains__(self, key: object) -> bool:
        return key in self.files

    def __iter__(self) -> Iterator[K]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


class AllAtOnce(Mapping[K, V]):
    """Records by key, made when one of them is asked for."""

    def __init__(self, make: Callable[[], Mapping[K, V]], files: Sequence[LoadedFile]) -> None:
        self._make, self._files = make, files

    def is_made_as(self, others: AllAtOnce[K, V]) -> bool:
        """Whether the others are made of the very same files."""
        return len(self._files) == len(others._files) and all(map(is_, self._files, others._files))

    @cached_property
    def _made(self) -> Mapping[K, V]:
        return self._make()

    def __getitem__(self, key: K) -> V:
        return self._made[key]

    def values(self) -> ValuesView[V]:
        """Every record."""
        return self._made.values()

    def items(self) -> ItemsView[K, V]:
        """Every key and its record."""
        return self._made.items()

    def __iter__(self) -> Iterator[K]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def collected(kind: str, files: Sequence[LoadedFile]) -> Any:
    """The records of a kind as the Repository holds them; of files that are told again they are made when they are
    asked for, where the Repository knows them by keys.
    """
    of = KINDS[kind]

    def all_at_once() -> Any:
        return of.collect([record for file in files for record in file.records])

    if not of.path.groupindex or not any(isinstance(file, ToldFile) for file in files):
        return all_at_once()
    keys = [of.key(file.names) for file in files]
    return AllAtOnce(all_at_once, files) if None in keys else OneByOne(dict(zip(keys, files, strict=True)))


def picked(records: Mapping[K, V], wanted: Callable[[K], bool]) -> Mapping[K, V]:
    """The records whose keys are wanted. None is opened for that."""
    if isinstance(records, OneByOne):
        return OneByOne({key: file for key, file in records.files.items() if wanted(key)})
    return {key: record for key, record in records.items() if wanted(key)}


def only_in(some: Iterable[Any], others: Iterable[Any]) -> tuple[Any, ...]:
    """The records that the one state has and the other has not: of two states, what did not change is read once and is
    one object. A file that both have is not opened.
    """
    if isinstance(some, OneByOne) and isinstance(others, OneByOne):
        return some.apart_from(others)
    if isinstance(some, AllAtOnce) and isinstance(others, AllAtOnce) and some.is_made_as(others):
        return ()
    first, second = (one.values() if isinstance(one, Mapping) else one for one in (some, others))
    there = set(map(id, second))
    return tuple(record for record in first if id(record) not in there)
