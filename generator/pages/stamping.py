"""Copies: pages that are stamped from one donor page.

Owns how a family of such pages is laid out: the donor with a mark in every place, a copy as the engine would build it
(so that a test can compare the bytes), and a copy's values for the places. Must not know what the places mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from markupsafe import Markup
from msgspec import Struct

from generator.edition.entries import Entry
from generator.edition.literal import escaped
from generator.edition.render import CitedLines, Edition, TemplateData, heading
from generator.edition.site import Page
from generator.edition.stamp import mark, settled
from generator.model.ids import SchoolId

_WORDS = ("id", "title", "heading", "description", "provenance")


class Stamped(Struct, frozen=True, kw_only=True):
    """A page to be: its path, the HTML of every place, and its short entry in the search index."""

    path: str
    places: Mapping[str, str]
    entry: Entry


class ToStamp(Struct, frozen=True, kw_only=True):
    """A page to be that nobody has made yet; `schools`: those whose own records it is made of, `more`: what it tells of
    others.
    """

    path: str
    schools: tuple[SchoolId, ...]
    more: str = ""
    make: Callable[[], Stamped]


class Family(Struct, frozen=True, kw_only=True):
    """Pages of one kind in one folder, from one template: the fields of its data are their blocks, but for those
    `left_out`, which are None there. `before` stands before the id in their addresses.
    """

    kind: str
    folder: str
    data: type[TemplateData]
    left_out: frozenset[str] = frozenset()
    before: str = ""
    hide: tuple[str, ...] = ("navigation",)

    @property
    def blocks(self) -> tuple[str, ...]:
        """The names of the blocks, in the order of the page."""
        return tuple(name for name in self.data.__struct_fields__ if name not in self.left_out)

    @property
    def donor(self) -> str:
        """The path of the donor page."""
        return self.path(mark("id"))

    def path(self, id_: str) -> str:
        """The path of a copy."""
        return f"{self.folder}/{self.before}{id_}"


class Copy(Struct, frozen=True, kw_only=True):
    """One page of a family: its words, the HTML of its blocks, the records it cites, and by what it is found besides
    its title.
    """

    id: str
    title: str
    description: str
    blocks: Mapping[str, Markup]
    cites: Iterable[CitedLines]
    found_by: tuple[str, ...]


def donor(edition: Edition, family: Family) -> Page:
    """The one page that the engine builds."""
    places = {name: mark(name) for name in (*family.blocks, *_WORDS)}
    return _page(edition, family, family.donor, places, places["title"], places["description"])


def ordinary(edition: Edition, family: Family, copy: Copy) -> Page:
    """A copy as the engine would build it without stamping."""
    places = {name: Markup(value) for name, value in _places(edition, family, copy).items()}
    return _page(edition, family, family.path(copy.id), places, copy.title, copy.description)


def stamped(edition: Edition, family: Family, copy: Copy) -> Stamped:
    """A copy's values for the donor's places."""
    path = family.path(copy.id)
    places = {name: settled(value) for name, value in _places(edition, family, copy).items()}
    return Stamped(
        path=path,
        places=places,
        entry=Entry(location=f"{path}.html", kind=family.kind, title=copy.title, text=" ".join(copy.found_by)),
    )


def trimmed(block: str) -> str:
    """A block as Markdown would leave it: no line of spaces only, none that ends in spaces."""
    text = str.strip(block, "\n")
    if "\n\n" in text or " \n" in text:
        lines = (line.rstrip() for line in text.split("\n"))
        text = "\n".join(line for line in lines if line)
    return text


def _page(
    edition: Edition, family: Family, path: str, places: Mapping[str, Markup], title: str, description: str
) -> Page:
    """The page around the places. Its headings below the first are the same for every copy."""
    none = dict.fromkeys(family.left_out)
    body = edition.printed(family.data(**{name: places[name] for name in family.blocks}, **none), path)
    return Page(
        path=path,
        kind=family.kind,
        title=title,
        description=description,
        body=f'# {places["heading"]} {{#top}}\n\n{body}\n\n<div class="xz-place">\n{places["provenance"]}\n</div>\n',
        cites=(),
        searchable=False,
        hide=family.hide,
    )


def _places(edition: Edition, family: Family, copy: Copy) -> Mapping[str, str]:
    return {name: trimmed(copy.blocks[name]) for name in family.blocks} | {
        "id": escaped(copy.id),
        "title": escaped(copy.title),
        "heading": heading(copy.title),
        "description": escaped(copy.description),
        "provenance": trimmed(edition.provenance(family.path(copy.id), copy.cites)),
    }
