"""What is made of records before the engine, or beside it: taken from the memo where it rests on what it rested on.

Owns how pages, copies and desks are kept. Must not know what they rest on (`basis` does).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.edition.entries import Entry
from generator.edition.render import Edition
from generator.edition.site import File, Page
from generator.edition.stamp import Donor
from generator.filing import desk_page
from generator.model.ids import SchoolId
from generator.pages.families import FAMILIES, PageFamily
from generator.pages.parts import there
from generator.pages.stamping import Stamped, ToStamp
from generator.publish import output
from generator.publish.basis import PageBasis
from generator.publish.memo import Memo, packed, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBefore:
    """The memo, and what the pages of this build rest on; without a basis everything is made anew."""

    memo: Memo
    basis: PageBasis | None

    def pages(self, made: Edition) -> tuple[Page, ...]:
        """Every page of an Edition that the engine builds, in the families' order."""
        return tuple(page for family in FAMILIES for page in self._family(made, family) if there(made.site, page.path))

    def _family(self, made: Edition, family: PageFamily) -> Sequence[Page]:
        rests_on = self.basis.of_family(family) if self.basis else None
        if rests_on is None:
            return tuple(family(made))
        key = self.memo.key("family", made.language.value, family.__module__, rests_on)
        if (kept := self.memo.recall(key)) is not None:
            return tuple(_pages(kept))
        found = tuple(family(made))
        if all(type(text) is str for page in found for text in (page.title, page.description)):  # a donor's are marks
            self.memo.keep(key, _kept(found))
        return found

    def copies(
        self, cut: Donor, donor: str, to_stamp: Iterator[ToStamp], made: Edition
    ) -> Iterator[tuple[Stamped, output.Linked]]:
        """Every copy of a donor, with what the link check must know of its places. They share all else, so that the
        donor is read once.
        """
        around = output.linked(donor, "".join(cut.parts)).ids
        for one in to_stamp:
            key = self._of_school("copy", made, one.school, one.path, *cut.names, *around)
            if (kept := key and self.memo.recall(key)) is not None and kept:
                yield _copy(kept)
                continue
            copy = one.make()
            linked = output.linked(f"{copy.path}.html", "".join(copy.places.values()), around)
            if key:
                told = [copy.path, copy.places, _entry(copy.entry), linked.links, linked.ids, linked.twice]
                self.memo.keep(key, json.dumps(told, ensure_ascii=False).encode())
            yield copy, linked

    def desks(self, made: Edition) -> Iterator[File]:
        """The desks of all schools, and what they share."""
        yield from desk_page.shared(made)
        page = desk_page.pages(made)
        for school in made.site.repository.schools.values():
            path, key = desk_page.path(school), self._of_school("desk", made, school.id)
            content = self.memo.recall(key) if key else None
            if content is None:
                content = page(school)
                if key:
                    self.memo.keep(key, content)
            yield File(path=path, content=content)

    def _of_school(self, kind: str, made: Edition, school: SchoolId | None, *more: str) -> str | None:
        if self.basis is None or school is None:
            return None
        return self.memo.key(kind, made.language.value, school, self.basis.of_school(school), *more)


def _kept(pages: Sequence[Page]) -> bytes:
    told = [
        [p.path, p.kind, p.title, p.description, p.body, p.searchable, p.hide, [file.path for file in p.files]]
        for p in pages
    ]
    listed = json.dumps(told, ensure_ascii=False).encode()
    return packed([listed, *(file.content for page in pages for file in page.files)])


def _pages(kept: bytes) -> Iterator[Page]:
    listed, *contents = unpacked(kept)
    rest = iter(contents)
    for path, kind, title, description, body, searchable, hide, files in json.loads(listed):
        yield Page(
            path=path,
            kind=kind,
            title=title,
            description=description,
            body=body,
            cites=(),  # they stand in the body
            searchable=searchable,
            hide=tuple(hide),
            files=tuple(File(path=name, content=next(rest)) for name in files),
        )


def _entry(entry: Entry) -> list[str]:
    return [entry.location, entry.kind, entry.title, entry.text]


def _copy(kept: bytes) -> tuple[Stamped, output.Linked]:
    path, places, (location, kind, title, text), links, ids, twice = json.loads(kept)
    entry = Entry(location=location, kind=kind, title=title, text=text)
    linked = output.Linked(page=f"{path}.html", links=tuple(links), ids=tuple(ids), twice=tuple(twice))
    return Stamped(path=path, places=places, entry=entry), linked
