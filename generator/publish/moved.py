"""Addresses of codes that changed: a page, or a place in a page, that leads to what has the new code.

Owns what stands at an old address. Must not know how pages are made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html import escape
from posixpath import basename

from generator.edition.render import Edition
from generator.edition.site import File
from generator.model.moved import Movable, Moved

_PAGES = {
    Movable.SCHOOL: ("schools/{}", "filing/{}"),
    Movable.POLICY: ("policies/{}",),
    Movable.RULE: ("rules/{}",),
    Movable.PLAN: ("plans/{}",),
    Movable.SCHEME: ("schemes/{}",),
    Movable.INSPECTION: ("inspections/{}",),
    Movable.LESSON: ("lessons/{}",),
}
_PLACES = {  # in a page: where, and what the id is made of
    Movable.SYSTEM: ("work/systems.html", "system-{}"),
    Movable.BAND: ("lessons/index.html", "band-{}"),
    Movable.LESSON: ("lessons/micro.html", "lesson-{}"),
}


def files(edition: Edition, there: Collection[str]) -> Iterator[File]:
    """A page at each old address that leads to the new one, where that page is `there`."""
    for one in edition.site.repository.moved:
        for place in _PAGES.get(one.what, ()):
            old, new = f"{place.format(one.old)}.html", f"{place.format(one.new)}.html"
            if new in there and old not in there:
                yield File(path=old, content=_leading(edition, one, basename(new)).encode())


def _leading(edition: Edition, one: Moved, link: str) -> str:
    title = edition.say("moved.title", old=one.old, new=one.new)
    said = edition.say("moved.said")
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'"
    return (
        f'<!doctype html>\n<html lang="{edition.language.value}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<meta http-equiv="refresh" content="0; url={escape(link)}"><link rel="canonical" href="{escape(link)}">'
        f"<title>{escape(title)}</title></head>"
        f'<body><main><h1>{escape(title)}</h1><p><a href="{escape(link)}">{escape(said)}</a></p></main></body></html>\n'
    )


def with_old_places(edition: Edition, path: str, html: str) -> str:
    """A page in which the places of old codes lead to those of the new ones."""
    for one in edition.site.repository.moved:
        page, id_ = _PLACES.get(one.what, ("", ""))
        if page == path:
            old = f'<span id="{escape(id_.format(one.old))}"></span>'
            html = _before(html, escape(id_.format(one.new)), old)
    return html


def _before(html: str, id_: str, old: str) -> str:
    """HTML with something put into the element of an id; of a table's row into its first cell."""
    found = re.search(rf'<([a-z0-9]+)\b[^>]*\bid="{re.escape(id_)}"[^>]*>', html)
    if found is None:
        return html
    cell = re.compile(r"<t[hd]\b[^>]*>").search(html, found.end()) if found[1] == "tr" else None
    end = cell.end() if cell else found.end()
    return f"{html[:end]}{old}{html[end:]}"
