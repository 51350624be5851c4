"""One language's half of the site on its way through the engine: what goes in, what comes out, and each page finished.

Owns what stays the same from build to build. What the engine makes depends on its settings and on the texts that it
reads, and on nothing that goes around it; so it is kept whole, and the engine runs only where a text that it reads is
another. A page that is finished but for its last places depends on what the engine made of it and on what went around.
Must not know what pages say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from generator.edition.entries import with_spaces
from generator.edition.render import Edition, markdown
from generator.edition.site import File, Page
from generator.edition.stamp import settled
from generator.publish import aside, frame, moved, output, search
from generator.publish import engine as engines
from generator.publish.engine import Engine
from generator.publish.memo import Memo, packed, unpacked


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One language's half: its pages without their texts, what the engine reads of each, what goes around the engine,
    and what the places that are filled last hold.
    """

    edition: Edition
    pages: tuple[Page, ...]
    settings: Mapping[str, Any]
    texts: Mapping[str, str]  # by the path of the page
    aside: Mapping[str, tuple[str, ...]]
    files: tuple[File, ...]
    last: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPage:
    """A page but for its last places; where it leads, what leads to it, and what the search finds of it."""

    html: str
    linked: output.Linked
    parts: tuple[search.Part, ...]


def to_engine(made: Edition, pages: Sequence[Page]) -> Half:
    """Pages as they go to the engine."""
    written = {page.path: aside.put(with_spaces(markdown(page))) for page in pages}
    return Half(
        edition=made,
        pages=tuple(replace(page, files=(), body="") for page in pages),  # may be large, and are written
        settings=frame.settings(made, pages),
        texts={path: text for path, (text, _) in written.items()},
        aside={path: blocks for path, (_, blocks) in written.items()},
        files=tuple(file for page in pages for file in page.files),
        last=made.told_last(),
    )


def lay_out(half: Half, folder: Path) -> engines.Run:
    """Write what the engine reads."""
    output.write(folder / "docs", ((f"{path}.md", text) for path, text in half.texts.items()))
    output.write(folder / "docs", [(search.WORDS, search.words())])
    return engines.Run(folder=folder, settings=half.settings)


def through(
    halves: Mapping[Path, Half], engine: Engine, as_of: date, memo: Memo
) -> Iterator[tuple[Half, Mapping[str, bytes]]]:
    """Every file that the engine makes of each half, by its path; it works in the half's folder, and on all at once."""
    keys = {folder: _key(half, engine, memo) for folder, half in halves.items()}
    kept = {folder: memo.recall(key) for folder, key in keys.items()}
    engines.build([lay_out(halves[folder], folder) for folder, found in kept.items() if found is None], engine, as_of)
    for folder, half in halves.items():
        if (found := kept.pop(folder)) is None:
            found = _made(folder / "site")
            memo.keep(keys[folder], found)
        names, *contents = unpacked(found)
        yield half, dict(zip(json.loads(names), contents, strict=True))


def _key(half: Half, engine: Engine, memo: Memo) -> str:
    settings = json.dumps(half.settings, ensure_ascii=False)
    return memo.key("engine", engine.value, settings, *(part for text in half.texts.items() for part in text))


def _made(folder: Path) -> bytes:
    """What the engine left: its pages without what its templates leave around the text, and its other files."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("sitemap.xml"))
    names = [path.relative_to(folder).as_posix() for path in paths]
    contents = (path.read_bytes() for path in paths)
    tight = (
        frame.tight(data.decode()).encode() if path.suffix == ".html" else data
        for path, data in zip(paths, contents, strict=True)
    )
    return packed([json.dumps(names).encode(), *tight])


def whole(half: Half, path: str, made: bytes) -> str:
    """A page as the engine would have made it of all its text."""
    return aside.back(made.decode(), half.aside.get(path, ()))


def finished(half: Half, page: Page, made: bytes, memo: Memo) -> FinishedPage:
    """A page from what the engine made of it."""
    said = (f"{one.what} {one.old} {one.new}" for one in half.edition.site.repository.moved)
    flags = page.path, str(page.searchable), page.description, "\n".join(said)
    key = memo.key("page", *flags, made, *half.aside[page.path])
    if (kept := memo.recall(key)) is not None:
        html, facts = unpacked(kept)
        links, ids, twice, read = json.loads(facts)
        linked = output.Linked(page=f"{page.path}.html", links=tuple(links), ids=tuple(ids), twice=tuple(twice))
        return FinishedPage(html=html.decode(), linked=linked, parts=tuple(search.Part(*part) for part in read))
    text = moved.with_old_places(half.edition, f"{page.path}.html", settled(whole(half, page.path, made)))
    linked = output.linked(f"{page.path}.html", text)
    parts = search.parts(page, text)
    told = json.dumps([linked.links, linked.ids, linked.twice, parts], ensure_ascii=False)
    memo.keep(key, packed([text.encode(), told.encode()]))
    return FinishedPage(html=text, linked=linked, parts=parts)
