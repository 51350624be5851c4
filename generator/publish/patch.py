"""Retouching: pages of a finished site brought up to date where nothing but their own text changed, ahead of the build
that follows.

Owns the proof that a page is the one that the engine would make: the text that the older records give is found in it
word for word and once, and the newer text has the same headings and front matter. Whatever cannot be proved so is left
to the build. Must not know who asks for it, or why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markdown import Markdown

from generator.compliance.evaluate import Earlier
from generator.edition.entries import with_spaces
from generator.edition.render import FOLDERS, edition, markdown
from generator.edition.site import Page, Site, site
from generator.edition.stamp import filled_last, settled
from generator.files.catalogue import load as load_catalogue
from generator.files.history import Commit
from generator.files.replacing import write_whole
from generator.files.resources import engine_config
from generator.files.tree import Pair, Tree, folder, held
from generator.publish.engine import markdown_extensions
from generator.records.repository import Remembered, load
from generator.review.changes import changes
from generator.review.consequences import Rewritten, rewritten
from generator.text import Language

DayAndCommit = Callable[
    [str], tuple[date, Commit | None]
]  # by time zone: the day that everything is told as of, and the commit


class _Shown(NamedTuple):
    """What a site was made of."""

    tree: Tree
    site: Site


@dataclass(slots=True, kw_only=True)
class Retouch:
    """The site in `out`, and the records in `root` that it was last seen to be made of."""

    root: Path
    out: Path
    day_and_commit: DayAndCommit
    _shown: _Shown | None = None
    _files: Remembered = field(default_factory=dict)
    _earlier: Earlier = field(default_factory=dict)

    def look(self) -> None:
        """A build has just ended: keep in mind what it was made of. Records with a Problem were not built."""
        self._shown = self._read() or self._shown

    def retouch(self) -> int:
        """Bring up to date what can be; how many pages that were."""
        before, after = self._shown, self._read()
        if (
            before is None
            or after is None
            or (before.site.as_of, before.site.commit) != (after.site.as_of, after.site.commit)
        ):
            return 0
        self._shown, changed = after, changes(_pairs(before.tree, after.tree))
        languages = after.site.repository.district.languages
        last = {language: edition(after.site, language, load_catalogue()).told_last() for language in languages}
        made = ((language, rewritten(changed, before.site, after.site, language)) for language in languages)
        return sum(
            self._retouched(language, was, comes, last[language])
            for language, pages in made
            for was, comes in _same_place(pages)
        )

    def _retouched(self, language: Language, was: Page, comes: Page, last: Mapping[str, str]) -> bool:
        path = self.out / FOLDERS[language] / f"{comes.path}.html"
        html = path.read_text(encoding="utf-8") if path.is_file() else ""
        made = retouched(html, was, comes, last)
        if made is not None:
            write_whole(path, made.encode("utf-8"))
        return made is not None

    def _read(self) -> _Shown | None:
        """The records as they are; None where they have a Problem."""
        read, unreadable = folder(self.root)
        tree = held(read)
        repository, _ = load(tree, self._files)
        if repository is None or unreadable:
            return None
        as_of, commit = self.day_and_commit(repository.district.time_zone)
        return _Shown(tree=tree, site=site(repository, as_of, commit, self._earlier))


def retouched(html: str, was: Page, comes: Page, last: Mapping[str, str]) -> str | None:
    """The engine's page with the newer text in place of the older; None where that would not be the page that the
    engine makes. `last` holds what stands in the places that are filled last.
    """
    if was.files or comes.files or markdown(replace(was, body="")) != markdown(replace(comes, body="")):
        return None
    (old, old_headings), (new, new_headings) = (_engine_text(page.body, last) for page in (was, comes))
    return html.replace(old, new) if old_headings == new_headings and html.count(old) == 1 else None


def _engine_text(body: str, last: Mapping[str, str]) -> tuple[str, object]:
    """A page's text as the engine makes it, and its headings."""
    engine = _engine()
    engine.reset()
    return filled_last(settled(engine.convert(with_spaces(body))), last), engine.toc_tokens


@cache
def _engine() -> Markdown:
    return Markdown(**markdown_extensions(engine_config()))


def _same_place(pages: Rewritten) -> Iterator[tuple[Page, Page]]:
    """The pages that are on both sides and read differently; none, where the frame of all is another."""
    if not pages.frame:
        both = ((was, pages.after[path]) for path, was in pages.before.items() if path in pages.after)
        yield from ((was, comes) for was, comes in both if markdown(was) != markdown(comes))


def _pairs(before: Tree, after: Tree) -> Iterator[Pair]:
    for path in sorted({*before.paths, *after.paths}):
        if before.versions.get(path) != after.versions.get(path):
            old, new = before.readers.get(path), after.readers.get(path)
            yield Pair(before=path if old else None, after=path if new else None, old=old, new=new)
