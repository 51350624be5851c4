"""The way of the data: load, check, make the Site, render, run the engine, stamp, check links, publish.

Owns only the order of the steps. Cannot import what opens sealed files: `test_architecture` checks it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from generator.edition.entries import Entry
from generator.edition.render import FOLDERS, Edition, compile_templates, edition
from generator.edition.site import File, Page, Site, site, tell_once
from generator.edition.stamp import Donor, donor, filled_last, settled
from generator.files import child
from generator.files.catalogue import load as load_catalogue
from generator.files.history import Commit
from generator.files.tree import Tree, held
from generator.filing import desk_page
from generator.pages import following
from generator.pages.families import STAMPED
from generator.pages.rollup import found as below
from generator.pages.rollup import handed_up
from generator.problems import Problem, in_order
from generator.publish import moved, output, search, sheets
from generator.publish.basis import basis
from generator.publish.engine import Engine
from generator.publish.half import Half, KnownPage, finished, through, to_engine, whole
from generator.publish.memo import Memo, digest_of, digest_of_names
from generator.publish.remembered import KeptParts, MadeBefore
from generator.publish.site_files import LaidFile, SiteFiles, data_files
from generator.records.opened import Before
from generator.records.repository import Repository, load
from generator.text import Language

Progress = Callable[[str], None]


class _Task(Struct, frozen=True, kw_only=True):
    """What is made of what, and where."""

    content: Site
    made: Path
    files: SiteFiles
    engine: Engine
    remembered: MadeBefore


class _Done(Struct, frozen=True, kw_only=True):
    """What is to be known of halves that are made: for the link check, of their files, and of the memo."""

    told: Sequence[output.Linked]
    laid: Mapping[str, LaidFile]
    used: Set[str]
    known: Mapping[str, KnownPage]


class DeadLinks(Exception):
    """A page of ours links to nothing, or an id stands on it twice: a bug, and nothing is published."""


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
    repository, problems, _ = read_held(root)
    return repository, problems


def read_held(root: Path, before: Before | None = None) -> tuple[Repository | None, tuple[Problem, ...], Tree]:
    """The same, with the very bytes that were read; what a check found `before` is not parsed."""
    tree, unreadable = held(root)
    repository, problems = load(tree, before=before)
    found = in_order((*unreadable, *problems))
    return (None if found else repository), found, tree


def publish(
    content: Site,
    out: Path,
    engine: Engine,
    progress: Progress,
    memo: Memo | None = None,
    versions: Mapping[str, str] | None = None,
    *,
    compressed: bool = False,
    last: SiteFiles | None = None,
) -> SiteFiles:
    """Make the whole site beside `out` and show it there in one step; on any failure `out` stays as it was.

    What the `memo` has of it is not made again; `versions` are digests of the files that the Site was made of. Of the
    `last` site, if it is given, what did not change is taken over; its folder is left for the next one, without what
    changed. Returns the files, to be given the next time.
    """
    kept = memo or Memo()
    rests_on = basis(content, versions or {}, kept) if kept.keeps else None
    last = last if rests_on else None  # of what nobody knows what it rests on, nothing stays
    made = output.workshop(out.absolute(), spare=last is not None)
    files = SiteFiles(folder=made.resolve() / "site", last=last, keeps=rests_on is not None)
    try:
        files.take_over()
        if rests_on:
            content = replace(content, keeping=KeptParts(memo=kept, basis=rests_on))
        remembered = MadeBefore(memo=kept, basis=rests_on)
        _make(content, made, files, engine, remembered, progress)
        if compressed:
            output.compress(made / "site")
        left = output.publish(made / "site", out.absolute(), last.folder if last else None)
        if last and left:
            last.leave_only(files.laid)
            output.keep(last.folder.parent, out.absolute())
    except BaseException:
        if out.resolve() != files.folder:  # else it stopped after it was shown
            _give_up(made, files, out.absolute())
        raise
    output.discard(made / "work")
    remembered.whole()
    kept.sweep()
    return replace(files, folder=out.resolve(), last=None)


def get_ready(out: Path, shown: SiteFiles) -> None:
    """Have the folder for the next site ready while nobody waits, with all files of the one that is shown."""
    made = output.workshop(out.absolute(), spare=True)
    with suppress(OSError):
        files = SiteFiles(folder=made.resolve() / "site", last=shown)
        files.take_over()
        files.link_all()
    output.keep(made, out.absolute())


def _give_up(made: Path, files: SiteFiles, out: Path) -> None:
    """Leave nothing of a site that nobody saw; the files of the one that is shown are of use to the next."""
    output.discard(made / "work")
    if files.last:
        files.leave_only(files.last.laid)
        output.keep(made, out)
    else:
        output.discard(made)


def _make(
    content: Site, made: Path, files: SiteFiles, engine: Engine, remembered: MadeBefore, progress: Progress
) -> None:
    progress("build.render")
    languages, address = content.repository.district.languages, content.repository.district.site_url
    editions = [edition(content, language, load_catalogue()) for language in languages]
    task = _Task(content=content, made=made, files=files, engine=engine, remembered=remembered)
    told = _halves(editions, task, progress)
    listed = digest_of_names((*files.laid, address or "", str(content.archived)))
    for name, mapped in output.map_of(files.laid, address, hidden=bool(content.archived)):
        files.put(name, (listed,), mapped)
    if Language.ZH not in languages:
        files.write("", output.leading_to(FOLDERS[languages[0]], address))
    for one in editions:
        half = FOLDERS[one.language]
        there = {path[len(half) :] for path in files.laid if path.startswith(half)} if content.repository.moved else ()
        files.write(half, _written(moved.files(one, there)))
    files.write("", _written(handed_up.files(editions[0])))
    of_data = digest_of_names(f"{path} {file.data.sha256}" for path, file in files.laid.items() if file.data)
    files.put(following.LISTED, (of_data,), partial(data_files, files.laid))
    files.keep_nothing_else()
    progress("build.links")
    _check_links(files, told)


def _halves(editions: Sequence[Edition], task: _Task, progress: Progress) -> Sequence[output.Linked]:
    """Make the half of each language; what the link check must know of their pages.

    At the same time where the machine can do that, where this process need not hold for a next site what it makes, and
    where there is much to make.
    """
    memo, (first, *others) = task.remembered.memo, editions
    if len(others) >= child.cores() or memo.known is not None or task.remembered.most:
        return _of_languages(editions, task, progress).told
    compile_templates()
    tell_once(task.content)
    works = [partial(_of_languages, [first], task, progress)]
    works += [partial(_of_languages, [one], task, _silent) for one in others]
    done = child.side_by_side(works)
    for half in done:
        memo.used.update(half.used)
        memo.told.update(half.known)
        task.files.made_elsewhere(half.laid)
    return [part for half in done for part in half.told]


def _silent(step: str) -> None:
    """Say nothing: the first language tells how far all are."""


def _of_languages(editions: Sequence[Edition], task: _Task, progress: Progress) -> _Done:
    """Make the halves of these languages."""
    remembered, files = task.remembered, task.files
    halves = {task.made / "work" / one.language.value: to_engine(one, remembered.pages(one)) for one in editions}
    progress("build.engine")
    found = list(through(halves, task.engine, task.content.as_of, remembered.memo))
    progress("build.stamp")
    told = [part for one, made_of in found for part in _stamp(one, made_of, remembered, files)]
    for one in editions:
        for path, made_of, content in remembered.beside(one):
            files.put(f"{FOLDERS[one.language]}{path}", made_of, content)
        if one.site.sheets:
            progress("build.sheets")
            files.write(FOLDERS[one.language], _written(sheets.files(one)))
    return _Done(told=told, laid=files.laid, used=remembered.memo.used, known=remembered.memo.told)


def _written(files: Iterable[File]) -> Iterator[tuple[str, bytes]]:
    return ((file.path, file.content) for file in files)


def _stamp(one: Half, files: Mapping[str, bytes], remembered: MadeBefore, into: SiteFiles) -> list[output.Linked]:
    """Write what the engine made of a half, with copies in the place of every donor.

    Returns what the link check must know of the pages.
    """
    folder = FOLDERS[one.edition.language]
    donors = {path: to_stamp for path, to_stamp in STAMPED if f"{path}.html" in files}
    ordinary = [page for path, page in one.pages.items() if path not in donors]
    into.write(folder, _written(file for page in one.pages.values() for file in page.files))
    others = sorted(files.keys() - {f"{path}.html" for path in one.pages})
    into.write(folder, ((name, _other(one, name, files[name])) for name in others))
    told: list[output.Linked] = []
    found: list[tuple[Page, Sequence[search.Part]]] = []
    last = digest_of(part for named in one.last.items() for part in named)
    finds = [last]
    for page in ordinary:
        path = f"{page.page.path}.html"
        made = finished(one, page, files[path], remembered.memo)
        into.put(f"{folder}{path}", (made.made_of, last), partial(_filled, one.last, made.html))
        told.append(made.known.linked)
        found.append((page.page, made.known.parts))
        finds += path, page.page.title, page.page.kind, made.known.found
    entries: list[Entry] = list(below.entries(one.edition))
    finds += (text for entry in entries for text in (entry.location, entry.kind, entry.title, entry.text))
    for path, to_stamp in donors.items():
        cut = donor(whole(one, path, files[f"{path}.html"]))
        around = digest_of((last, *cut.parts, *cut.names))
        for number, copy in enumerate(remembered.copies(cut, path, to_stamp(one.edition), one.edition)):
            name, fill = f"{folder}{copy.path}.html", partial(_stamped, cut, one.last, copy.places)
            into.put(name, (*copy.made_of, around), fill)
            entries += [copy.known.entry] if copy.known.entry else []
            finds.append(copy.known.found)
            # what all share is read in the first
            told.append(copy.known.linked if number else output.linked(name, fill()))
    into.write(folder, [(search.WORDS, search.words(one.edition))])
    into.put(f"{folder}{search.INDEX}", (digest_of(finds),), partial(search.index, found, entries, one.last))
    return told


def _filled(last: Mapping[str, str], html: Callable[[], str]) -> str:
    return filled_last(html(), last)


def _stamped(cut: Donor, last: Mapping[str, str], places: Callable[[], Mapping[str, str]]) -> str:
    return filled_last(cut.fill(places()), last)


def _other(one: Half, name: str, data: bytes) -> str | bytes:
    """What the engine made that is none of our pages."""
    return filled_last(settled(data.decode()), one.last) if name.endswith(".html") else data


def _check_links(site_: SiteFiles, known: Sequence[output.Linked]) -> None:
    told = {page.page for page in known}
    # The fields of a desk stand there when its script has run: links to them cannot be looked up in its file.
    others = (path for path in site_.laid if path.endswith(".html") and path not in told)
    unread = (path for path in others if not path.endswith("404.html") and not _is_desk(path))
    read_ = (output.linked(path, (site_.folder / path).read_text(encoding="utf-8")) for path in sorted(unread))
    all_ = [*read_, *known]
    found = output.dead_links(site_.laid.keys(), all_, site_.checked)
    dead = [f"{one.page}: {one.link}" for one in found]
    twice = [f'{page.page}: id="{id_}" twice' for page in all_ for id_ in page.twice]
    if dead or twice:
        raise DeadLinks("\n".join((*dead, *twice)))
    site_.linked = {page.page: page for page in all_}


def _is_desk(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return posixpath.basename(folder) == desk_page.FOLDER and name != "index.html"
