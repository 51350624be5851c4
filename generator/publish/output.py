"""Writing: the finished site appears whole or not at all, and no link in it is dead.

Owns the folders below the output's parent: a site is built in a folder of its own and becomes `out` by one rename of a
symbolic link, so that a run killed at any moment leaves the last good site. Must not know what the pages are.
"""

from __future__ import annotations

import gzip
import os
import posixpath
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache, partial
from html import escape, unescape
from itertools import count, filterfalse
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from msgspec import Struct

_KEPT = 4096  # links that pages share; those of one page alone are many, and are asked about once
SITE = "site"  # the folder of a workshop that is shown
_TEXTS, _WORTH_IT = frozenset({".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".csv"}), 512


class DeadLink(Struct, frozen=True, kw_only=True, order=True):
    """A link of page `page` to something that the site does not hold."""

    page: str
    link: str


class OutputTaken(Exception):
    """`out` is a folder, file or link that this program did not make; it is left as it is.

    Carries the key of its sentence.
    """


def workshop(out: Path, *, spare: bool = False) -> Path:
    """A folder beside `out`, on the same file system, in which the next site is made: a new one, or if it may be the
    `spare` one.

    What killed runs left there is removed.

    Everybody may read it whom the umask lets: the site is shown from there.
    """
    if out.is_symlink() and not _ours(out):
        raise OutputTaken("cli.output_link")
    if out.exists() and not out.is_symlink() and not _shown(out).is_file():
        raise OutputTaken("cli.output_taken")
    out.parent.mkdir(parents=True, exist_ok=True)
    _sweep(out)
    made = _new(out)
    if spare and not (_spare(out).is_symlink() or (_spare(out) / SITE).is_symlink()):
        with suppress(OSError):  # there is none; or another run has taken it
            _spare(out).replace(made)
            return made
    discard(_spare(out))
    try:
        (made / ".gitignore").write_text("*\n", encoding="ascii")  # wherever `out` is, git sees nothing of it
    except OSError:  # the disk is full
        discard(made)
        raise
    return made


def _sweep(out: Path, apart_from: Path | None = None) -> None:
    """Remove the workshops of processes that are gone, but for the one that shows `out` and that of this site."""
    needed = {site.parent.name for site in (out.resolve(), apart_from) if site}
    for there in sorted(out.parent.iterdir()):
        made = re.fullmatch(rf"\.{re.escape(out.name)}-([^-]+)-(?!spare$)[^-]+", there.name)
        if made and there.name not in needed and not _runs(made[1]):
            discard(there)


def _spare(out: Path) -> Path:
    return out.with_name(f".{out.name}-spare")


def keep(made: Path, out: Path) -> None:
    """Leave a workshop, whose site is not shown, as the spare one. If there is one by now, it is not needed."""
    try:
        made.rename(_spare(out))
    except OSError:
        discard(made)


def _ours(link: Path) -> bool:
    """Whether a link is one that `publish` made."""
    shown = link.readlink()
    return len(shown.parts) == 2 and shown.parts[0].startswith(f".{link.name}-") and shown.parts[1] == SITE


def _new(out: Path) -> Path:
    for number in count():
        made = out.with_name(f".{out.name}-{os.getpid()}-{number}")
        try:
            made.mkdir()
        except FileExistsError:
            continue
        return made
    raise AssertionError("counting does not end")


def _runs(process: str) -> bool:
    """Whether a process is there. On Windows nobody can ask without harm: `kill` would end it."""
    if os.name != "posix":
        return process == str(os.getpid())
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def publish(made: Path, out: Path, left: Path | None = None) -> bool:
    """Make `made` (inside a workshop) what `out` shows, in one step; then remove the site shown before. Where nobody
    may make links (Windows, a stick), in two. Whether the site shown before was the one to be `left`, and is.
    """
    before = out.resolve() if out.is_symlink() else None
    link = made.parent / "link"
    try:
        link.symlink_to(made.relative_to(out.parent))
    except OSError:
        _put(made, out)
        return False
    if before is None and out.is_dir():
        out.rename(made.parent / "before")
        _shown(out).unlink(missing_ok=True)
        discard(made.parent / "before")
    link.replace(out)
    if before is not None and before != left and before.parent.name.startswith(f".{out.name}-"):
        discard(before.parent)
    _sweep(out, left)  # once more: the engine of a killed run goes on writing for a while, but not longer than ours
    return before is not None and before == left


def _put(made: Path, out: Path) -> None:
    """Move a site to its place, and the one that was there out of it; a file beside it says that it is ours."""
    if out.is_symlink():
        out.unlink()
    elif out.exists():
        out.rename(made.parent / "before")
    made.rename(out)
    _shown(out).write_bytes(b"")
    discard(made.parent / "before")
    _sweep(out)


def _shown(out: Path) -> Path:
    return out.with_name(f".{out.name}.shown")


def discard(folder: Path) -> None:
    """Remove a workshop that is not needed any more."""
    shutil.rmtree(folder, ignore_errors=True)


def write(folder: Path, files: Iterable[tuple[str, str | bytes]]) -> None:
    """Write files (posix path below `folder`, content), one after the other: bytes as they are, text in UTF-8 with
    plain line ends.
    """
    for path, content in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encoded(content))


def encoded(content: str | bytes) -> bytes:
    """A file's content as bytes."""
    return content.encode("utf-8") if isinstance(content, str) else content


def compress(folder: Path) -> None:
    """Beside each text of a site the same compressed, for servers that hand out `page.html.gz` where a browser takes
    it. The same bytes each time.
    """
    for path in sorted(
        p for p in folder.rglob("*") if p.is_file() and p.suffix in _TEXTS and p.stat().st_size >= _WORTH_IT
    ):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def leading_to(folder: str, address: str | None) -> Iterable[tuple[str, str]]:
    """A front page, and a page for what is not found, that lead to the one language of a site, which is in a folder."""
    place = escape(f"{address.rstrip('/')}/{folder}index.html" if address else f"{folder}index.html")
    policy = "default-src 'none'; base-uri 'none'; form-action 'none'"
    head = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    head += f'<meta http-equiv="refresh" content="0; url={place}"><title>→</title>'
    page = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{head}</head>'
    page += f'<body><p><a href="{place}">{place}</a></p></body></html>\n'
    yield from ((name, page) for name in ("index.html", "404.html"))


def map_of(
    files: Collection[str], address: str | None, *, hidden: bool = False
) -> Iterable[tuple[str, Callable[[], str]]]:
    """What search engines read, and what makes it: that they may, and where the address is known every page in
    `sitemap.xml`.

    In a `hidden` site they may not: what is in an archive must not be found before what holds now.
    """
    allowed = "User-agent: *\nDisallow: /\n" if hidden else "User-agent: *\nAllow: /\n"
    if address is not None and not hidden:
        top = address.rstrip("/")
        yield "sitemap.xml", partial(_site_map, files, top)
        allowed += f"Sitemap: {top}/sitemap.xml\n"
    yield "robots.txt", partial(str, allowed)


def _site_map(files: Collection[str], top: str) -> str:
    pages = sorted(path for path in files if path.endswith(".html") and posixpath.basename(path) != "404.html")
    urls = "".join(f"<url><loc>{escape(f'{top}/{quote(page)}')}</loc></url>\n" for page in pages)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'


class Linked(Struct, frozen=True, kw_only=True):
    """What is to be known of a page (a path) to check links: where its own lead, the ids that links may lead to, and
    those that stand there twice.
    """

    page: str
    links: tuple[str, ...]
    ids: tuple[str, ...]
    twice: tuple[str, ...]


def linked(page: str, html: str, frame: Sequence[str] = ()) -> Linked:
    """The links and ids of a page.

    Thousands of pages share theirs, so that each is kept once and no HTML; `frame` are ids around `html`.
    """
    marks = html.replace("\n", " ")
    links, ids = _HREF.findall(marks) + (_SRC.findall(marks) if ' src="' in marks else []), _ID.findall(marks)
    twice = Counter((*frame, *ids)) if len({*frame, *ids}) < len(frame) + len(ids) else {}
    return Linked(
        page=page,
        links=tuple(map(sys.intern, dict.fromkeys(links))),
        ids=tuple(map(sys.intern, dict.fromkeys(ids))),
        twice=tuple(sorted(id_ for id_, times in twice.items() if times > 1)),
    )


# What an attribute is given in HTML without line breaks; a pattern of all three takes three times as long.
_HREF, _SRC, _ID = (re.compile(f' {name}="([^"]*)') for name in ("href", "src", "id"))


def dead_links(
    files: Collection[str], pages: Sequence[Linked], before: Mapping[str, Linked] | None = None
) -> tuple[DeadLink, ...]:
    """Every internal link or anchor of the pages that leads nowhere among `files` and the ids of the pages.

    `before` are pages of the last site, none of whose files is gone since: one that is the same has no dead link now
    unless it leads to an id that is gone.
    """
    ids = {page.page: page.ids for page in pages}
    before = before or {}
    others = (path for path, page in before.items() if page.ids is not ids.get(path))
    gone = {id_ for path in others for id_ in {*before[path].ids}.difference(ids.get(path, ()))}

    alive: dict[str, set[str]] = {}  # by folder, the links to other pages: most stand on thousands

    def dead(page: Linked) -> Iterator[str]:
        folder = posixpath.dirname(page.page)
        good = alive.setdefault(folder, set())
        for link in filterfalse(good.__contains__, page.links):
            path, anchor = _leads_to(folder, link) or ("", "")
            if path and path in files and (not anchor or anchor in ids.get(path, (anchor,))):
                good.add(link)
            elif path or (anchor and anchor not in page.ids):
                yield link

    return tuple(
        sorted(
            DeadLink(page=page.page, link=link)
            for page in pages
            if ((known := before.get(page.page)) is not page and known != page) or (gone and _leads_to_any(page, gone))
            for link in dead(page)
        )
    )


def _leads_to_any(page: Linked, ids: Collection[str]) -> bool:
    """Whether any link of a page may lead to one of these ids, on whatever page."""
    anchors = (link.partition("#")[2] for link in page.links)
    return any(anchor in ids or "%" in anchor or "&" in anchor for anchor in anchors if anchor)


def _leads_to(folder: str, link: str) -> tuple[str, str] | None:
    """The file and the anchor that a link of a page in `folder` leads to; no file is the page itself.

    None if it leads out of the site.
    """
    address = unescape(link) if "&" in link else link
    if ":" in address or address.startswith("//"):  # few do
        target = urlsplit(address)
        if target.scheme or target.netloc:
            return None
    way, _, anchor = address.partition("#")
    return (_file(folder, way) if way else ""), unquote(anchor) if "%" in anchor else anchor


@lru_cache(maxsize=_KEPT)  # a table leads to many places of each page, one after the other
def _file(here: str, way: str) -> str:
    there, name = posixpath.split(unquote(way.partition("?")[0]))
    return posixpath.join(_folder(here, there), name)


@cache
def _folder(here: str, there: str) -> str:
    """The folder `there` as a link from the folder `here` names it."""
    found = posixpath.normpath(posixpath.join(here, there))
    return "" if found == "." else found
