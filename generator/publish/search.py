"""The search: what a reader's browser looks words up in, and the words that show the help lines before anything else.

Owns both files, which are scripts, so that they work in a folder on disk too, and how a built page's text is read. Says
nothing about an engine: all pages come here as they were built. Must not know what the pages say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import unescape
from typing import Any, NamedTuple

from msgspec import Struct, field

from generator.edition.entries import Entry
from generator.edition.render import Edition
from generator.edition.site import Page
from generator.edition.stamp import filled_last
from generator.files.resources import site_folder
from generator.files.strict_yaml import read

WORDS = "assets/xz-words.js"  # with every page
INDEX = "search/index.js"  # when somebody searches
# The kinds of pages in the order in which they stand where they fit as well: all others are second.
_RANKS = {"school": 0, "inspection": 2, "rule": 2, "dictionary": 3, "problems": 3}
_OTHERS = 1
_LEFT_OUT = frozenset({"script", "style", "svg", "form", "nav"})
_NOT_READ = frozenset({"headerlink", "xz-provenance", "xz-blank", "xz-fill"})
_HEADINGS = frozenset({"h1", "h2", "h3"})
_SAID = (
    *("search", "search_close", "search_loading", "search_none", "search_one", "search_found", "search_near"),
    *("search_failed", "search_more", "help_now", "help_more"),
)
_RAW = frozenset({"script", "style"})  # what stands in them is no HTML
_TAG = re.compile(r"""<!--.*?-->|<(/?)([a-z][a-z0-9]*)((?:[^>"']|"[^"]*"|'[^']*')*)>""", re.DOTALL)
_GIVEN = re.compile(r"""\s([^\s=>/"']+)(?:="([^"]*)")?""")


def words(edition: Edition) -> str:
    """The script with the words that show the help lines, in both languages and both ways of writing Chinese; and with
    these lines and what the search says in one language.
    """
    found = _content("distress.yml")
    told = {"han": [word for row in found["han"] for word in row.split()], "latin": found["latin"]}
    lines = sorted(edition.site.repository.district.help_lines, key=lambda line: not line.urgent)
    said: dict[str, object] = {name.removeprefix("search_"): edition.say(f"theme.{name}") for name in _SAID}
    said["lines"] = [[line.number, edition.plain(line.title), line.urgent] for line in lines]
    return _script("xzDistress", told) + _script("xzSaid", said)


class Part(NamedTuple):
    """A page from one heading to the next: where links lead, its heading and its text."""

    anchor: str
    heading: str
    text: str


def index(
    pages: Iterable[tuple[Page, Iterable[Part]]], entries: Iterable[Entry], last: Mapping[str, str] | None = None
) -> str:
    """The script with all that is found: every page by its parts, and the `entries`.

    `last` has what places of the pages hold that are filled last.
    """
    values = {name: unescape(html) for name, html in (last or {}).items()}
    places: list[list[object]] = []
    parts: list[list[object]] = []
    for page, found in pages:
        parts += ([len(places), *(filled_last(text, values) for text in part)] for part in found)
        places.append([f"{page.path}.html", page.title, _rank(page.kind), ""])
    places += ([entry.location, entry.title, _rank(entry.kind), entry.text] for entry in entries)
    lists = _content("search.yml")
    told = {"pages": places, "parts": parts, **lists}
    return _script("xzIndex", told | {"fold": _fold(json.dumps(told, ensure_ascii=False))})


def _rank(kind: str) -> int:
    """Where a page stands among others that fit as well: schools first, what explains records last."""
    return _RANKS.get(kind, _OTHERS)


def _fold(text: str) -> list[str]:
    """Traditional signs, and the simplified one of the text that each is read as."""
    rows = (site_folder() / "content" / "traditional.txt").read_text(encoding="utf-8").splitlines()
    pairs = [pair for row in rows if not row.startswith("#") for pair in row.split()]
    there = set(text)
    kept = [pair for pair in pairs if there & set(pair)]
    return ["".join(pair[0] for pair in kept), "".join(pair[1] for pair in kept)]


@cache
def _content(name: str) -> Any:
    """A list of ours. A fault in it is a bug."""
    document, problems = read(name, (site_folder() / "content" / name).read_bytes())
    assert document is not None, problems
    return json.loads(json.dumps(document.data))


def _script(name: str, value: object) -> str:
    return f"globalThis.{name}={json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"


def parts(page: Page, html: str) -> tuple[Part, ...]:
    """What is found of a page; of one that is not to be searched, its title and description."""
    if not page.searchable:
        return (Part(anchor="", heading="", text=page.description),)
    reader = _Reader()
    reader.read(html[html.find("<article") : html.rfind("</article>")])  # nothing is read of what stands around it
    return tuple(
        Part(anchor=part.anchor, heading=" ".join(part.heading.split()), text=" ".join("".join(part.pieces).split()))
        for part in reader.parts
    )


class _PartRead(Struct, kw_only=True):
    """A part as far as it is read."""

    anchor: str = ""
    heading: str = ""
    pieces: list[str] = field(default_factory=list)


def _end_of(name: str, html: str, at: int) -> int:
    """Where the end mark of an element begins whose content begins at `at`; what is in it is not looked at."""
    depth = 1
    for found in re.compile(rf"<(/?){name}(?=[\s>])").finditer(html, at):
        depth += -1 if found[1] else 1
        if not depth:
            return found.start()
    return len(html)


class _Reader:
    """What a reader sees of the article, and of nothing that is left out of the search.

    Reads HTML as the engine and our templates write it, where no text has a bare `<`.
    """

    def __init__(self) -> None:
        self.parts = [_PartRead()]
        self._articles = 0
        self._out = ""  # the element that is left out
        self._in_heading = self._ended = False

    def read(self, html: str) -> None:
        at = 0
        while found := _TAG.search(html, at):
            self._data(html[at : found.start()])
            at = found.end()
            closing, name, given = found.groups()
            if name is None:
                continue  # a comment
            if closing:
                self._end(name)
                continue
            self._start(name, given)
            if name in _RAW:
                at = html.find(f"</{name}", at)
            elif given.endswith("/"):
                self._end(name)
            elif self._out:
                at = _end_of(name, html, at)
        self._data(html[at:])

    def _start(self, tag: str, attributes: str) -> None:
        given = dict(_GIVEN.findall(attributes)) if attributes else {}
        self._articles += tag == "article"
        if tag in _LEFT_OUT or "data-search-exclude" in given or _NOT_READ & set(given.get("class", "").split()):
            self._out = tag
        elif self._ended:
            self._say(" ")  # elements that touch are no one word
        if tag in _HEADINGS and self._articles and not self._out:
            self._in_heading = True
            self.parts.append(_PartRead(anchor="" if tag == "h1" else unescape(given.get("id", ""))))
        self._ended = False

    def _end(self, tag: str) -> None:
        self._articles -= tag == "article"
        self._in_heading &= tag not in _HEADINGS
        self._ended = True
        if tag == self._out:
            self._out = ""

    def _data(self, data: str) -> None:
        if data and self._articles and not self._out:
            self._say(unescape(data))
        self._ended &= not data

    def _say(self, text: str) -> None:
        if self._in_heading:
            self.parts[-1].heading += text
        else:
            self.parts[-1].pieces.append(text)
