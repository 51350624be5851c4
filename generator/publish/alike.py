"""Pages that the engine would make alike but for their own words: it makes one, with marks in the words' place.

Owns which pages these are: they lie in one folder, and what the engine reads of them differs in title and description
alone. Each comes out with the same bytes; a test holds this. Must not know engines, or what pages say.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from generator.edition.literal import literal
from generator.edition.render import heading, markdown
from generator.edition.site import Page
from generator.edition.stamp import mark

_HEADING, _TITLE, _DESCRIPTION = mark("heading"), mark("title"), mark("description")


class PagesOfOne(Struct, frozen=True, kw_only=True):
    """Pages that are made of one: where it lies and what the engine reads of it; by the path of each page what it has
    in the place of each mark.
    """

    path: str
    text: str
    words: Mapping[str, Mapping[str, str]]


def found(pages: Iterable[tuple[Page, str]]) -> Iterator[PagesOfOne]:
    """Of pages, with what the engine reads of each, those that are like another."""
    groups: dict[tuple[str, str], list[Page]] = {}
    for page, text in pages:
        headline = _headline(page, heading(page.title))
        if text.startswith(headline):
            marked = _headline(replace(page, title=_TITLE, description=_DESCRIPTION), _HEADING)
            key = posixpath.dirname(page.path), f"{marked}{text[len(headline) :]}"
            groups.setdefault(key, []).append(page)
    for number, ((folder, text), members) in enumerate(groups.items()):
        if len(members) > 1:
            name = f"{mark('id')}{number}"  # a page that is copied elsewhere has the mark alone
            words = {page.path: _words(page, name) for page in members}
            yield PagesOfOne(path=posixpath.join(folder, name), text=text, words=words)


def filled(made: bytes, words: Mapping[str, str]) -> bytes:
    """A page, from the one that the engine made. Only the last word, its own name, could look like a mark."""
    html = made.decode()
    for name, word in words.items():
        html = html.replace(name, word)
    return html.encode()


def _headline(page: Page, words: str) -> str:
    """How a page begins as the engine reads it."""
    return f"{markdown(replace(page, body=''))}# {words} {{#top}}\n"


def _words(page: Page, name: str) -> Mapping[str, str]:
    return {
        _TITLE: literal(page.title),
        _DESCRIPTION: literal(page.description),
        _HEADING: heading(page.title),
        name: posixpath.basename(page.path),
    }
