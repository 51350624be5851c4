"""What records refer to, and whether it is there.

Owns what a reference is, what it may lead to, and what is said where it leads nowhere. Each area declares the
references of its records, and what others may refer to in them. Must not know any kind of record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeAlias, TypeVar, cast

from msgspec import Struct

from generator.files.spelling import id_meant, word_meant
from generator.problems import Problem, problem
from generator.records.fields import Node
from generator.text import Text

_T = TypeVar("_T")
_SEARCHED = 100_000  # names compared with wrong references, all together: where nearly all are wrong, none is a slip
NO_KIND = ""  # of what no record says what there is of it
ONLY_FILE = ""  # stands for the id of a record that is the only one of its kind


class Referent(Struct, Generic[_T], frozen=True, kw_only=True, eq=False):
    """What a reference may lead to, and how people call it.

    `kind` are the records that say what there is of it: where one of them cannot be read, what it may hold is not
    missed. `within`: it stands in such a record, and its id begins with the record's (`policy#clause`). `closed` are
    the ids of something that no record holds.
    """

    zh: str
    en: str
    kind: str = NO_KIND
    within: bool = False
    closed: frozenset[str] = frozenset()
    missing: str = "unknown-reference"  # the Problem where nothing is meant that is there


class Reference(Struct, frozen=True, kw_only=True):
    """An id in a record, at a place below the record's Node, and what it is the id of.

    `of` is the reference to what holds it: without that it cannot be looked up, and nothing is said.
    """

    to: Referent[Any]
    id: str
    at: tuple[str | int, ...]
    of: Reference | None = None


class Offer(Struct, frozen=True, kw_only=True):
    """Something in a record that others may refer to. `of`: the id of what holds it, where ids repeat elsewhere."""

    to: Referent[Any]
    id: str
    found: object
    title: Text | None = None  # by which people may have called it
    of: str | None = None


def listed(to: Referent[Any], ids: Iterable[object], *at: str | int) -> Iterator[Reference]:
    """The references in a list of ids."""
    for index, id_ in enumerate(ids):
        yield Reference(to=to, id=str(id_), at=(*at, index))


class LaterOffer(Struct, frozen=True, kw_only=True):
    """The same of a file that need not be opened as long as nobody asks for what is offered."""

    to: Referent[Any]
    id: str
    find: Callable[[], object]
    title: Text | None = None
    of: str | None = None

    @property
    def found(self) -> object:
        """What may be referred to."""
        return self.find()


_Offered: TypeAlias = tuple[Offer | LaterOffer, str]  # and the file that offers it


class Known:
    """What references may lead to. `unread`: by kind, the ids of records that are there and cannot be read.

    It is all that a record can know of others. So what was `asked` of it, as the paths of the files that answered and
    the kinds of which nothing or everything was said, is all that such an answer rests on. `twice` says that two files
    offer one thing, of which the later is found.
    """

    def __init__(self, offers: Iterable[Offer], unread: Mapping[str, Collection[str]]) -> None:
        self._unread = unread
        self._offers: dict[tuple[Referent[Any], str | None], dict[str, _Offered]] = {}
        self._searches = _SEARCHED
        self.asked: set[str] = set()
        self.twice = False
        self.take("", offers)

    def take(self, path: str, offers: Iterable[Offer | LaterOffer]) -> None:
        """What a file offers."""
        for offer in offers:
            there = self._offers.setdefault((offer.to, offer.of), {})
            self.twice |= offer.id in there and there[offer.id][1] != path
            there[offer.id] = offer, path

    def all(self, to: Referent[_T]) -> Mapping[str, _T]:
        """All that could be read, by id."""
        self.asked.add(to.kind)
        return {id_: cast("_T", offer.found) for id_, (offer, _) in self._offers.get((to, None), {}).items()}

    def find(self, to: Referent[_T], id_: str | None) -> _T | None:
        """What a reference leads to; None where it is not there or cannot be read."""
        offer, path = self._offers.get((to, None), {}).get(id_ or "", (None, to.kind))
        self.asked.add(path)
        return None if offer is None else cast("_T", offer.found)

    def complete(self, to: Referent[Any]) -> bool:
        """Whether every record could be read that says what there is."""
        self.asked.add(to.kind)
        return not self._unread.get(to.kind)

    def wrong(self, reference: Reference, node: Node) -> Iterator[Problem]:
        """Where a reference of the record at a Node leads nowhere, and what may have been meant."""
        if self._is_there(reference) or not self._holder_is_there(reference):
            return
        to = reference.to
        unread = self._unread.get(to.kind, ()) if reference.of is None else ()
        holder = reference.id.partition("#")[0] if to.within else reference.id
        if ONLY_FILE in unread or holder in unread:
            return
        facts = {"what": to.zh, "what@en": to.en, "value": reference.id}
        near = self._meant(reference, () if to.within else unread)
        if near is None:
            yield problem(node.at(*reference.at), to.missing, **facts)
        else:
            label = "".join(self._titles(reference).get(near, ()))
            yield problem(node.at(*reference.at), "misspelled-reference", nearest=near, label=label, **facts)

    def _is_there(self, reference: Reference) -> bool:
        """Whether what a reference leads to could be read."""
        if reference.id in reference.to.closed:
            return True
        offer, path = self._beside(reference).get(reference.id, (None, reference.to.kind))
        self.asked.add(path)
        return offer is not None

    def _holder_is_there(self, reference: Reference) -> bool:
        of = reference.of
        return of is None or (self._is_there(of) and self._holder_is_there(of))

    def _beside(self, reference: Reference) -> Mapping[str, _Offered]:
        """All that stands where a reference leads to."""
        return self._offers.get((reference.to, reference.of.id if reference.of else None), {})

    def _titles(self, reference: Reference) -> dict[str, tuple[str, ...]]:
        return {i: (offer.title.zh,) if offer.title else () for i, (offer, _) in self._beside(reference).items()}

    def _meant(self, reference: Reference, unread: Collection[str]) -> str | None:
        closed = reference.to.closed
        self._searches -= len(closed) + len(self._beside(reference)) + len(unread)
        if self._searches <= 0:
            return None
        meant = word_meant if closed else id_meant  # what is closed are the program's own words
        return meant(reference.id, {**dict.fromkeys((*closed, *unread), ()), **self._titles(reference)})
