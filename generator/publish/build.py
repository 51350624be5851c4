"""The way of the data: load, check, make the Site, render, run the engine, stamp, check links, publish.

Owns only the order of the steps. Cannot import what opens sealed files: `test_architecture` checks it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from generator.edition.entries import Entry, with_spaces
from generator.edition.render import FOLDERS, Edition, edition, markdown
from generator.edition.site import File, Page, Site, site
from generator.edition.stamp import donor, filled_last, settled
from generator.files.catalogue import Catalogue
from generator.files.catalogue import load as load_catalogue
from generator.files.history import Commit
from generator.files.tree import folder
from generator.filing import desk_page
from generator.pages import following
from generator.pages.families import STAMPED, pages
from generator.pages.rollup import handed_up
from generator.problems import Problem, in_order
from generator.publish import aside, frame, moved, output, search, sheets
from generator.publish import engine as engines
from generator.publish.engine import Engine
from generator.records.repository import Repository, load
from generator.text import Language

Progress = Callable[[str], None]


class DeadLinks(Exception):
    """A page of ours links to nothing, or an id stands on it twice: a bug, and nothing is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """One language's half of the site on its way through the engine."""

    edition: Edition
    pages: tuple[Page, ...]
    folder: Path
    aside: Mapping[str, tuple[str, ...]]  # by the file that the engine makes
    last: Mapping[str, str]  # what the places that are filled last hold


def build(
    root: Path, out: Path, as_of: date, commit: Commit | None, engine: Engine, progress: Progress
) -> tuple[Problem, ...]:
    """Build the site of the records in `root` to `out`. Returns the Problems; with any, nothing is written."""
    repository, problems = read(root)
    if repository is not None:
        publish(site(repository, as_of, commit), out, engine, progress)
    return problems


def read(root: Path) -> tuple[Repository | None, tuple[Problem, ...]]:
    """The Repository of a working folder, or every Problem of its files."""
    tree, unreadable = folder(root)
    repository, problems = load(tree)
    found = in_order((*unreadable, *problems))
    return (None if found else repository), found


def publish(content: Site, out: Path, engine: Engine, progress: Progress, *, compressed: bool = False) -> None:
    """Make the whole site beside `out` and show it there in one step; on any failure `out` stays as it was."""
    made = output.workshop(out.absolute())
    try:
        _make(content, made, engine, progress)
        if compressed:
            output.compress(made / "site")
        output.publish(made / "site", out.absolute())
    except BaseException:
        if out.resolve() != (made / "site").resolve():  # stopped after it was shown
            output.discard(made)
        raise
    output.discard(made / "work")


def _make(content: Site, made: Path, engine: Engine, progress: Progress) -> None:
    catalogue = load_catalogue()
    progress("build.render")
    languages = content.repository.district.languages
    halves = [_half(content, language, catalogue, made / "work" / language.value) for language in languages]
    progress("build.engine")
    engines.build(
        [engines.Run(folder=h.folder, settings=frame.settings(h.edition, h.pages)) for h in halves],
        engine,
        content.as_of,
    )
    progress("build.stamp")
    copies = [part for half in halves for part in _stamp(half, made / "site" / FOLDERS[half.edition.language])]
    for half in halves:
        output.write(made / "site" / FOLDERS[half.edition.language], _written(_beside(half.edition, progress)))
    output.write(
        made / "site", output.map_of(made / "site", content.repository.district.site_url, hidden=bool(content.archived))
    )
    if Language.ZH not in languages:
        output.write(made / "site", output.leading_to(FOLDERS[languages[0]], content.repository.district.site_url))
    for half in halves:
        folder_ = made / "site" / FOLDERS[half.edition.language]
        there = frozenset(p.relative_to(folder_).as_posix() for p in folder_.glob("*/*.html"))
        output.write(folder_, _written(moved.files(half.edition, there)))
    output.write(made / "site", _written(handed_up.files(halves[0].edition)))
    output.write(made / "site", [(following.LISTED, output.data_files(made / "site"))])
    progress("build.links")
    _check_links(made / "site", copies)


def _beside(made: Edition, progress: Progress) -> Iterator[File]:
    """What lies beside the pages of one language."""
    yield from desk_page.files(made)
    yield from following.files(made)
    if made.site.sheets:
        progress("build.sheets")
        yield from sheets.files(made)


def _written(files: Iterable[File]) -> Iterator[tuple[str, bytes]]:
    return ((file.path, file.content) for file in files)


def _half(content: Site, language: Language, catalogue: Catalogue, folder_: Path) -> Half:
    made = edition(content, language, catalogue)
    rendered = pages(made)
    written = {page.path: aside.put(with_spaces(markdown(page))) for page in rendered}
    output.write(folder_ / "docs", ((f"{path}.md", text) for path, (text, _) in written.items()))
    output.write(folder_ / "docs", [(search.WORDS, search.words())])
    output.write(folder_ / "docs", _written(file for page in rendered for file in page.files))
    return Half(
        edition=made,
        pages=tuple(replace(page, files=(), body="") for page in rendered),  # may be large, and are written
        folder=folder_,
        aside={f"{path}.html": blocks for path, (_, blocks) in written.items()},
        last=made.told_last(),
    )


def _stamp(half: Half, target: Path) -> list[output.Linked]:
    """Move the engine's output to its place and replace every donor by its copies.

    Returns what the link check must know of them.
    """
    made = half.folder / "site"
    families = [(path, stamped) for path, stamped in STAMPED if (made / f"{path}.html").is_file()]
    donors = {path: donor(_made(half, f"{path}.html")) for path, _ in families}
    for file in sorted(file for file in made.rglob("*") if file.is_file()):
        name = file.relative_to(made).as_posix()
        if not file.name.startswith("sitemap.xml") and name.removesuffix(".html") not in donors:
            _settle(half, name, target / name)
    told: list[output.Linked] = []
    entries: list[Entry] = []
    for donor_path, stamped in families:
        whole = True  # copies share all but their places: only of the first the link check reads all
        around = output.linked(donor_path, "".join(donors[donor_path].parts)).ids
        for copy in stamped(half.edition):
            path, html = f"{copy.path}.html", filled_last(donors[donor_path].fill(copy.places), half.last)
            output.write(target, [(path, html)])
            entries.append(copy.entry)
            place = f"{FOLDERS[half.edition.language]}{path}"
            told.append(
                output.linked(place, html) if whole else output.linked(place, "".join(copy.places.values()), around)
            )
            whole = False
    searched = [page for page in half.pages if page.path not in donors]
    output.write(target, [(search.INDEX, search.index(target, searched, entries))])
    return told


def _settle(half: Half, name: str, target: Path) -> None:
    """Copy a file that the engine made; a page is settled on the way. OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".html":
        html = filled_last(settled(_made(half, name)), half.last)
        target.write_text(moved.with_old_places(half.edition, name, html), encoding="utf-8", newline="\n")
    else:
        shutil.copy2(half.folder / "site" / name, target)


def _made(half: Half, name: str) -> str:
    """A page as the engine made it, with what went around the engine."""
    html = (half.folder / "site" / name).read_text(encoding="utf-8")
    return aside.back(frame.tight(html), half.aside.get(name, ()))


def _check_links(folder_: Path, copies: Sequence[output.Linked]) -> None:
    files = frozenset(p.relative_to(folder_).as_posix() for p in folder_.rglob("*") if p.is_file())
    stamped = {copy.page for copy in copies}
    # The fields of a desk stand there when its script has run: links to them cannot be looked up in its file.
    desks = {f for f in files if Path(f).parent.name == desk_page.FOLDER and Path(f).name != "index.html"}
    unread = desks | {f for f in files if f.endswith("404.html")}
    built = sorted(f for f in files - unread if f.endswith(".html") and f not in stamped)
    told = [output.linked(path, (folder_ / path).read_text(encoding="utf-8")) for path in built]
    dead = [f"{found.page}: {found.link}" for found in output.dead_links(files, [*told, *copies])]
    twice = [f'{page.page}: id="{id_}" twice' for page in (*told, *copies) for id_ in page.twice]
    if dead or twice:
        raise DeadLinks("\n".join((*dead, *twice)))
