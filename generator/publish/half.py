"""One language's half of the site on its way through the engine: what goes in, what comes out, and each page finished.

Owns what stays the same from build to build. What the engine makes depends on its settings and on the texts that it
reads, and on nothing that goes around it; so it is kept whole, and the engine runs only where a text that it reads is
another. A page that is finished but for its last places depends on what the engine made of it and on what went around.
Must not know what pages say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from generator.edition.entries import Entry
from generator.edition.render import FOLDERS, Edition, markdown
from generator.edition.site import File, Page
from generator.edition.stamp import settled
from generator.pages.families import led_to
from generator.publish import alike, aside, frame, moved, output, search
from generator.publish import engine as engines
from generator.publish.engine import Engine
from generator.publish.memo import Memo, Once, digest_of, files_packed, files_unpacked, packed, unpacked

# The map of pages, which is ours; the theme's own search, which is off; maps for who looks into the theme's scripts.
_NEEDLESS = re.compile(r"sitemap\.xml|assets/javascripts/(lunr|workers)/|.*\.map$")


class Prepared(Struct, frozen=True, kw_only=True):
    """A page as it goes to the engine: the page without its text and files, what the engine reads of it, what goes
    around the engine, what it hands out; and a digest of all but that.
    """

    page: Page
    text: str
    aside: tuple[str, ...]
    files: tuple[File, ...]
    digest: str


class Half(Struct, frozen=True, kw_only=True):
    """One language's half: its pages by path, those that the engine makes alike, and what the places that are filled
    last hold.
    """

    edition: Edition
    pages: Mapping[str, Prepared]
    alike: tuple[alike.PagesOfOne, ...]
    settings: Mapping[str, Any]
    last: Mapping[str, str]

    def read(self) -> Mapping[str, str]:
        """What the engine reads, by path: of pages that are alike one."""
        instead = {path for one in self.alike for path in one.words}
        texts = {path: one.text for path, one in self.pages.items() if path not in instead}
        return texts | {one.path: one.text for one in self.alike}


class FinishedPage(Struct, frozen=True, kw_only=True):
    """A page but for its last places; where it leads, what leads to it, and what the search finds of it."""

    html: str
    linked: output.Linked
    parts: tuple[search.Part, ...]


class KnownPage(Struct, frozen=True, kw_only=True):
    """What others must know of a page: the link check, and the search by its parts or its entry, of which `found` is a
    digest.
    """

    linked: output.Linked
    found: str
    parts: tuple[search.Part, ...] = ()
    entry: Entry | None = None


class PageToWrite(Struct, frozen=True, kw_only=True):
    """A page that is finished: by what it is known again, what others must know of it, and what makes its text."""

    made_of: str
    known: KnownPage
    html: Callable[[], str]


def prepared(page: Page) -> Prepared:
    """A page as it goes to the engine."""
    text, blocks = aside.put(markdown(page))
    told = json.dumps([page.path, page.description, page.searchable, text, blocks], ensure_ascii=False)
    return Prepared(
        page=replace(page, files=(), body="", cites=()),  # they stand in the text
        text=text,
        aside=blocks,
        files=page.files,
        digest=sha256(told.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def to_engine(made: Edition, pages: Sequence[Prepared]) -> Half:
    """Pages as they go to the engine."""
    led = set(led_to(one.page.path for one in pages))  # a menu shows on each of them where it stands
    return Half(
        edition=made,
        pages={one.page.path: one for one in pages},
        alike=tuple(alike.found((one.page, one.text) for one in pages if one.page.path not in led)),
        settings=frame.settings(made, [one.page for one in pages]),
        last=made.told_last(),
    )


def lay_out(half: Half, folder: Path) -> engines.Run:
    """Write what the engine reads."""
    output.write(folder / "docs", ((f"{path}.md", text) for path, text in half.read().items()))
    return engines.Run(folder=folder, settings=half.settings)


def through(
    halves: Mapping[Path, Half], engine: Engine, as_of: date, memo: Memo
) -> Iterator[tuple[Half, Mapping[str, bytes]]]:
    """Every file of each half as the engine makes it, by path; it works in the half's folder, and on all at once."""
    keys = {folder: _key(half, engine, memo) for folder, half in halves.items()}
    before = {folder: memo.found(key, files_unpacked) for folder, key in keys.items()}
    engines.build([lay_out(halves[folder], folder) for folder, made in before.items() if made is None], engine, as_of)
    for folder, half in halves.items():
        if (made := before.pop(folder)) is None:
            made = memo.made(keys[folder], partial(_made, folder / "site"), files_packed, files_unpacked)
        yield half, _apart(half, made)


def _apart(half: Half, made: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The same, with each of the pages that are alike in the place of the one that they are made of."""
    files = dict(made)
    for one in half.alike:
        donor = files.pop(f"{one.path}.html")
        files |= {f"{path}.html": alike.filled(donor, words) for path, words in one.words.items()}
    return files


def _key(half: Half, engine: Engine, memo: Memo) -> str:
    settings = json.dumps(half.settings, ensure_ascii=False)
    read = (part for named in half.read().items() for part in named)
    return memo.key("engine", engine.value, digest_of((settings, *read)))


def _made(folder: Path) -> Mapping[str, bytes]:
    """What the engine left: its pages without what its templates leave around the text, and its other files."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {
        name: frame.tight(data.decode()).encode() if name.endswith(".html") else data
        for name, data in ((name, path.read_bytes()) for name, path in paths.items() if not _NEEDLESS.match(name))
    }


def whole(half: Half, path: str, made: bytes) -> str:
    """A page as the engine would have made it of all its text."""
    return aside.back(made.decode(), half.pages[path].aside if path in half.pages else ())


def finished(half: Half, one: Prepared, made: bytes, memo: Memo) -> PageToWrite:
    """A page from what the engine made of it. A process that stays holds no text of it."""
    said = (f"{code.what} {code.old} {code.new}" for code in half.edition.site.repository.moved)
    made_of = digest_of((half.edition.language, one.digest, made, "\n".join(said)))
    key, make = memo.key("page", made_of), partial(_finished, half, one.page, made)
    page = Once(partial(memo.left, key, make, _finished_packed, _finished_unpacked))
    told = memo.knows(key, lambda: _known(page()))
    return PageToWrite(made_of=made_of, known=told, html=lambda: page().html)


def _known(page: FinishedPage) -> KnownPage:
    found = digest_of(text for part in page.parts for text in part)
    return KnownPage(linked=page.linked, found=found, parts=page.parts)


def _finished(half: Half, page: Page, made: bytes) -> FinishedPage:
    path = f"{page.path}.html"
    place = f"{FOLDERS[half.edition.language]}{path}"
    text = moved.with_old_places(half.edition, path, settled(whole(half, page.path, made)))
    return FinishedPage(html=text, linked=output.linked(place, text), parts=search.parts(page, text))


def _finished_packed(one: FinishedPage) -> bytes:
    linked = one.linked
    told = json.dumps([linked.page, linked.links, linked.ids, linked.twice, one.parts], ensure_ascii=False)
    return packed([one.html.encode(), told.encode()])


def _finished_unpacked(kept: bytes) -> FinishedPage:
    html, told = unpacked(kept)
    page, links, ids, twice, parts = json.loads(told)
    linked = output.Linked(page=page, links=tuple(links), ids=tuple(ids), twice=tuple(twice))
    return FinishedPage(html=html.decode(), linked=linked, parts=tuple(search.Part(*part) for part in parts))
