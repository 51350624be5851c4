"""Writing: the finished site appears whole or not at all, and no link in it is dead.

Owns the folders below the output's parent: a site is built in a folder of its own and becomes `out` by one rename of a symbolic link, so that a
run killed at any moment leaves the last good site. Must not know what the pages are.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LINK = re.compile(r'\s(?:href|src)="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DeadLink:
    """A link of page `page` to something that the site does not hold."""

    page: str
    link: str


class OutputTaken(Exception):
    """`out` is a folder or file that this program did not make; it is left as it is."""


def workshop(out: Path) -> Path:
    """A new folder beside `out`, on the same file system, in which the next site is made. What killed runs left there is removed."""
    if out.exists() and not out.is_symlink():
        raise OutputTaken(str(out))
    out.parent.mkdir(parents=True, exist_ok=True)
    for left in sorted(out.parent.glob(f".{out.name}-*-*")):
        if left not in out.resolve().parents and not _runs(left.name.split("-")[-2]):
            discard(left)
    return Path(tempfile.mkdtemp(prefix=f".{out.name}-{os.getpid()}-", dir=out.parent))


def _runs(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def publish(made: Path, out: Path) -> None:
    """Make `made` (inside a workshop) what `out` shows, in one step; then remove the site shown before."""
    before = out.resolve() if out.is_symlink() else None
    link = made.parent / "link"
    link.symlink_to(made.relative_to(out.parent))
    link.replace(out)
    if before is not None and before.parent.name.startswith(f".{out.name}-"):
        discard(before.parent)


def discard(folder: Path) -> None:
    """Remove a workshop that is not needed any more."""
    shutil.rmtree(folder, ignore_errors=True)


def write(folder: Path, files: Iterable[tuple[str, str | bytes]]) -> None:
    """Write files (posix path below `folder`, content), one after the other: bytes as they are, text in UTF-8 with plain line ends."""
    for path, content in files:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def dead_links(files: frozenset[str], pages: Iterable[tuple[str, str]]) -> tuple[DeadLink, ...]:
    """Every internal link or anchor of `pages` (path, HTML) that leads nowhere among `files` and the ids of the pages."""
    seen = dict(pages)
    ids = {path: frozenset(_ID.findall(html)) for path, html in seen.items()}
    dead = {DeadLink(page=page, link=link) for page, html in seen.items() for link in _dead(page, html, files, ids)}
    return tuple(sorted(dead))


def _dead(page: str, html: str, files: frozenset[str], ids: Mapping[str, frozenset[str]]) -> Iterator[str]:
    for link in set(_LINK.findall(html)):
        target = urlsplit(unescape(link))
        if target.scheme or target.netloc:
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(target.path))) if target.path else page
        anchor = unquote(target.fragment)
        if path not in files or (anchor and anchor not in ids.get(path, {anchor})):
            yield link
