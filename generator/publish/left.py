"""What is known of the site that is shown, left for the next command: what its files were made of, and what others must
know of its pages. So that one writes only what differs.

Owns its form: a text that many pages have is told once. Must not know what the files say, nor who comes next.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from generator.publish.half import KnownPage
from generator.publish.memo import Memo
from generator.publish.site_files import LaidFile, SiteFiles


class _PageLeft(NamedTuple):
    """A page by its key in the memo; its links and ids by their numbers."""

    key: str
    links: list[int]
    ids: list[int]
    rest: KnownPage


class _SiteLeft(Struct, frozen=True, array_like=True):
    texts: list[str]
    pages: list[_PageLeft]
    files: dict[str, LaidFile]


def leave(site: SiteFiles, memo: Memo) -> None:
    """Leave what is known of a site that is shown."""
    if not site.keeps:
        return
    numbers: dict[str, int] = {}

    def numbered(texts: Iterable[str]) -> list[int]:
        return [numbers.setdefault(text, len(numbers)) for text in texts]

    pages = [
        _PageLeft(key, numbered(known.linked.links), numbered(known.linked.ids), _with(known, (), ()))
        for key, known in memo.told.items()
    ]
    left = _SiteLeft(texts=list(numbers), pages=pages, files=site.laid)
    memo.keep(_key(memo, site.folder), msgspec.msgpack.encode(left))


def left(out: Path, memo: Memo) -> SiteFiles | None:
    """What was left of the site that `out` shows, if anything was. What others must know of its pages is in the memo
    then.
    """
    kept = memo.recall(_key(memo, out.resolve())) if memo.keeps else None
    if kept is None:
        return None
    found = msgspec.msgpack.decode(kept, type=_SiteLeft)
    for key, links, ids, rest in found.pages:
        memo.told[key] = _with(rest, tuple([found.texts[n] for n in links]), tuple([found.texts[n] for n in ids]))
    linked = {known.linked.page: known.linked for known in memo.told.values()}
    return SiteFiles(folder=out.resolve(), laid=found.files, linked=linked, keeps=True)


def _key(memo: Memo, folder: Path) -> str:
    return memo.key("shown", str(folder))


def _with(known: KnownPage, links: tuple[str, ...], ids: tuple[str, ...]) -> KnownPage:
    return replace(known, linked=replace(known.linked, links=links, ids=ids))
