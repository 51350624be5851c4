"""What is made of records before the engine, or beside it: taken from the memo where it rests on what it rested on.

Owns how pages, copies and desks are kept. Must not know what they rest on (`basis` does).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple, TypeVar, cast

from msgspec import Struct
from msgspec.msgpack import Decoder, encode

from generator.edition.entries import Entry
from generator.edition.render import FOLDERS, Edition
from generator.edition.site import File, Keeping, Page
from generator.edition.stamp import Donor
from generator.filing import desk_page
from generator.model.ids import SchoolId
from generator.pages import following
from generator.pages.families import FAMILIES, ONE_BY_ONE, PageFamily
from generator.pages.parts import there
from generator.pages.resting import PageToMake
from generator.pages.stamping import Stamped, ToStamp
from generator.publish import output
from generator.publish.basis import PageBasis
from generator.publish.half import KnownPage, Prepared, prepared
from generator.publish.memo import Memo, Once, digest_of, files_packed, files_unpacked, packed, unpacked

_T = TypeVar("_T")


class StampedCopy(Struct, frozen=True, kw_only=True):
    """A copy, and what the link check must know of its places."""

    stamped: Stamped
    linked: output.Linked


class CopyToWrite(Struct, frozen=True, kw_only=True):
    """A copy of a donor: its path, by what it is known again, what others must know of it, and what makes its text."""

    path: str
    made_of: tuple[str, ...]
    known: KnownPage
    places: Callable[[], Mapping[str, str]]


class FileToWrite(NamedTuple):
    """A file beside the pages: its path, by what it is known again, and what makes it."""

    path: str
    made_of: tuple[str, ...]
    content: Callable[[], bytes]


class MadeBefore(Struct, frozen=True, kw_only=True):
    """The memo, and what the pages of this build rest on; without a basis everything is made anew."""

    memo: Memo
    basis: PageBasis | None

    @property
    def most(self) -> bool:
        """Whether a whole site was made before that differed in what schools own alone."""
        return self.memo.found(self._whole(), bytes) is not None

    def whole(self) -> None:
        """Remember that a whole site was made."""
        self.memo.made(self._whole(), bytes, bytes, bytes)

    def _whole(self) -> str:
        return self.memo.key("whole", self.basis.shared) if self.basis else ""

    def pages(self, made: Edition) -> tuple[Prepared, ...]:
        """Every page of an Edition as it goes to the engine, in the families' order."""
        return tuple(
            one for family in FAMILIES for one in self._family(made, family) if there(made.site, one.page.path)
        )

    def _family(self, made: Edition, family: PageFamily) -> Iterable[Prepared]:
        if self.basis and (one_by_one := ONE_BY_ONE.get(family)):
            return (self._one(made, one, self.basis.of(one.rests_on)) for one in one_by_one(made))
        rests_on = self.basis.of_family(family) if self.basis else None
        if rests_on is None:
            return map(prepared, family(made))
        return self._kept(made, family.__module__, rests_on, partial(family, made))

    def _one(self, made: Edition, page: PageToMake, rests_on: str) -> Prepared:
        (found,) = self._kept(made, page.path, rests_on, lambda: (page.make(),))
        return found

    def _kept(self, made: Edition, name: str, rests_on: str, make: Callable[[], Iterable[Page]]) -> Sequence[Prepared]:
        key = self.memo.key("family", made.language.value, name, rests_on)
        return self.memo.made(key, lambda: tuple(map(prepared, make())), _pages_packed, _pages_unpacked)

    def copies(self, cut: Donor, donor: str, to_stamp: Iterator[ToStamp], made: Edition) -> Iterator[CopyToWrite]:
        """Every copy of a donor. They share all but their places, so that the donor is read once. A process that stays
        holds no text of them.
        """
        around, half = output.linked(donor, "".join(cut.parts)).ids, FOLDERS[made.language]
        shared = digest_of((*cut.names, *around))
        for one in to_stamp:
            key = self._of_schools("copy", made, one.schools, one.path, one.more, shared)
            copy = Once(partial(self.memo.left, key, partial(_copy, one, half, around), _copy_packed, _copy_unpacked))
            known = self.memo.knows(key, partial(_known, copy))
            yield CopyToWrite(path=one.path, made_of=(key,), known=known, places=partial(_places_of, copy))

    def beside(self, made: Edition) -> Iterator[FileToWrite]:
        """What lies beside the pages: desks with what they share, feeds, calendars."""
        shared = self._shared(made) if there(made.site, "filing/index") else {}
        for path, data in (*shared.items(), *((file.path, file.content) for file in following.files(made))):
            yield FileToWrite(path, (digest_of((data,)),), partial(bytes, data))
        calendar = (lambda school: following.calendar_path(school.id), following.calendars(made))
        of_schools = (*desk_page.of_schools(made), calendar)
        for school in made.site.repository.schools.values():
            for path, content in ((where(school), make) for where, make in of_schools):
                key = self._of_schools("file", made, (school.id,), path)
                self.memo.used.add(key)
                yield FileToWrite(path, (key,), partial(self.memo.left, key, partial(content, school), bytes, bytes))

    def _shared(self, made: Edition) -> Mapping[str, bytes]:
        """What all desks share: nothing of it is a school's own."""
        key = self.memo.key("shared", made.language.value, self.basis.of(())) if self.basis else ""

        def make() -> Mapping[str, bytes]:
            return {file.path: file.content for file in desk_page.shared(made)}

        return self.memo.made(key, make, files_packed, files_unpacked)

    def _of_schools(self, kind: str, made: Edition, schools: Sequence[SchoolId], *more: str) -> str:
        if self.basis is None or not schools:
            return ""
        return self.memo.key(kind, made.language.value, self.basis.of_schools(schools), *more)


class KeptParts(Struct, Keeping, frozen=True, kw_only=True):
    """Parts of files in the memo."""

    memo: Memo
    basis: PageBasis

    def found(self, name: str, schools: Sequence[SchoolId]) -> bytes | None:
        """The part as it was made before, if it was."""
        return self.memo.found(self._key(name, schools), bytes)

    def keep(self, name: str, schools: Sequence[SchoolId], part: bytes) -> None:
        """Leave it for the next build."""
        self.memo.made(self._key(name, schools), lambda: part, bytes, bytes)

    def leave(self, name: str, schools: Sequence[SchoolId]) -> None:
        """Leave the part for a later build; a process that stays does not hold it meanwhile."""
        key = self._key(name, schools)
        self.memo.used.add(key)
        if self.memo.known is not None and self.memo.folder is not None:
            self.memo.known.pop(key, None)

    def shared(self, name: str, fields: Sequence[str], make: Callable[[], bytes]) -> bytes:
        """The part as it was made before, or else as it is made now and kept."""
        return self.memo.made(self.memo.key("part", name, self.basis.of(fields)), make, bytes, bytes)

    def told(self, name: str, schools: Sequence[SchoolId], tell: Callable[[], _T], shape: type[_T] | None = None) -> _T:
        """What was told of some schools before, or else as it is told now."""
        key = self.memo.key("told", name, self.basis.of_schools(schools)) if schools else ""
        return (
            self.memo.held(key, tell)
            if shape is None
            else self.memo.made(key, tell, encode, _reader(cast("Any", shape)))
        )

    def _key(self, name: str, schools: Sequence[SchoolId]) -> str:
        return self.memo.key("part", name, self.basis.of_schools(schools)) if schools else ""


@cache
def _reader(shape: Any) -> Callable[[bytes], Any]:
    return Decoder(shape).decode


def _copy(one: ToStamp, half: str, around: Sequence[str]) -> StampedCopy:
    copy = one.make()
    linked = output.linked(f"{half}{copy.path}.html", "".join(copy.places.values()), around)
    return StampedCopy(stamped=copy, linked=linked)


def _known(copy: Callable[[], StampedCopy]) -> KnownPage:
    entry = copy().stamped.entry
    found = digest_of((entry.location, entry.kind, entry.title, entry.text))
    return KnownPage(linked=copy().linked, found=found, entry=entry)


def _places_of(copy: Callable[[], StampedCopy]) -> Mapping[str, str]:
    return copy().stamped.places


def _copy_packed(one: StampedCopy) -> bytes:
    copy, linked = one.stamped, one.linked
    entry = [copy.entry.location, copy.entry.kind, copy.entry.title, copy.entry.text]
    told = [copy.path, copy.places, entry, linked.page, linked.links, linked.ids, linked.twice]
    return json.dumps(told, ensure_ascii=False).encode()


def _copy_unpacked(kept: bytes) -> StampedCopy:
    path, places, (location, kind, title, text), page, links, ids, twice = json.loads(kept)
    entry = Entry(location=location, kind=kind, title=title, text=text)
    linked = output.Linked(page=page, links=tuple(links), ids=tuple(ids), twice=tuple(twice))
    return StampedCopy(stamped=Stamped(path=path, places=places, entry=entry), linked=linked)


def _pages_packed(pages: Sequence[Prepared]) -> bytes:
    listed = json.dumps([_told(one) for one in pages], ensure_ascii=False).encode()
    return packed([listed, *(file.content for one in pages for file in one.files)])


def _told(one: Prepared) -> list[object]:
    page, files = one.page, [file.path for file in one.files]
    told = [page.path, page.kind, page.title, page.description, page.searchable, page.hide]
    return [*told, one.text, one.aside, one.digest, files]


def _pages_unpacked(kept: bytes) -> tuple[Prepared, ...]:
    listed, *contents = unpacked(kept)
    rest = iter(contents)
    return tuple(_page(told, rest) for told in json.loads(listed))


def _page(told: Sequence[Any], contents: Iterator[bytes]) -> Prepared:
    path, kind, title, description, searchable, hide, text, blocks, digest, files = told
    return Prepared(
        page=Page(
            path=path,
            kind=kind,
            title=title,
            description=description,
            body="",
            cites=(),
            searchable=searchable,
            hide=tuple(hide),
        ),
        text=text,
        aside=tuple(blocks),
        files=tuple(File(path=name, content=next(contents)) for name in files),
        digest=digest,
    )
