"""The files of a site that is being made, and what of earlier ones is taken over.

Owns what is known of each file, so that nobody reads a file again. Files are linked from the site that is shown. The
folder may hold files of it already: there only files that differ are touched. Must not know what the files say.
"""

from __future__ import annotations

import json
import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, field

from generator.publish.output import Linked, encoded

_DATA = (".csv", ".xlsx", ".json", ".zip", ".xml", ".ics")

KnownBy = tuple[int, int, int]  # a file's place on the disk, its size, and when it was last written
_UNKNOWN: KnownBy = (0, 0, 0)


class DataFile(NamedTuple):
    """How many bytes a file of data has, and their digest."""

    bytes_: int
    sha256: str


class LaidFile(NamedTuple):
    """A file of a site as it was left: what it was made of, by what the very file is known again, and what is told of
    a file of data.
    """

    made_of: tuple[str, ...]
    known_by: KnownBy
    data: DataFile | None = None


class SiteFiles(Struct, kw_only=True):
    """The files of a site below `folder`: `laid` are those that belong to it, `there` those that lie there from an
    earlier site. `linked` is what the link check was told of its pages. `keeps`: it is known what files are made of.

    A file that is made of the same as in the `last` site, the one that is shown, and was not touched since is linked
    from there.
    """

    folder: Path
    last: SiteFiles | None = None
    laid: dict[str, LaidFile] = field(default_factory=dict)
    there: dict[str, LaidFile] = field(default_factory=dict)
    other: bool = False  # whether any file is another than in the last site
    linked: Mapping[str, Linked] = field(default_factory=dict)
    keeps: bool = False
    _folders: set[str] = field(default_factory=set)

    def take_over(self) -> None:
        """Know the files that lie in the folder from the last site, and remove all others."""
        for path, entry in _listed(os.fspath(self.folder), ""):
            shown = self.last.laid.get(path) if self.last else None
            if shown is not None and _known_by(entry.stat(follow_symlinks=False)) == shown.known_by:
                self.there[path] = shown
            else:
                self._remove(path)

    def link_all(self) -> None:
        """Have all files of the last site here that are as they were left."""
        for path, shown in self.last.laid.items() if self.last else ():
            if path not in self.there:
                self._linked(path, shown, self._target(path))

    def leave_only(self, shown: Mapping[str, LaidFile]) -> None:
        """Remove what the site that is shown now has not, or has in another form; what was made of it, too."""
        for path, file in self.laid.items():
            if shown.get(path) != file:
                self._remove(path)
                self._remove(f"{path}.gz")

    def write(self, below: str, files: Iterable[tuple[str, str | bytes]]) -> None:
        """Write files (posix path `below` a folder or in the site, content), one after the other."""
        for path, content in files:
            data = encoded(content)
            self.put(f"{below}{path}", (sha256(data).hexdigest(),) if self.keeps else (), partial(bytes, data))

    def put(self, path: str, made_of: tuple[str, ...], content: Callable[[], str | bytes]) -> None:
        """Write a file whose content follows from what it is `made_of`."""
        there, shown = self.there.pop(path, None), self.last.laid.get(path) if self.last else None
        if shown is None or shown.made_of != made_of:
            self.other = True
            shown = None
        if there is not None and there.made_of == made_of:
            self.laid[path] = there
            return
        target = self._target(path)
        if there is not None or path in self.laid:
            os.unlink(target)  # noqa: PTH108 - never written into: the site that is shown may have the same file
        if shown is None or not self._linked(path, shown, target):
            self.laid[path] = self._written(target, made_of, encoded(content()))

    def made_elsewhere(self, laid: Mapping[str, LaidFile]) -> None:
        """Know files that a copy of this process put here, or left as they lay."""
        self.laid.update(laid)
        for path in laid:
            self.there.pop(path, None)

    def keep_nothing_else(self) -> None:
        """Remove what lies there and is no part of this site."""
        for path in self.there:
            self._remove(path)
        self.there = {}
        self.other = self.other or bool(self.last and self.last.laid.keys() != self.laid.keys())

    @property
    def checked(self) -> Mapping[str, Linked]:
        """What the link check was told of the pages of the last site; nothing if any file of it is gone."""
        return self.last.linked if self.last and self.last.laid.keys() <= self.laid.keys() else {}

    def _target(self, path: str) -> str:
        """Where a file lies, in a folder that is there."""
        target = os.path.join(self.folder, path)  # noqa: PTH118 - some thousand
        if (folder := posixpath.dirname(path)) not in self._folders:
            os.makedirs(posixpath.dirname(target), exist_ok=True)  # noqa: PTH103
            self._folders.add(folder)
        return target

    def _remove(self, path: str) -> None:
        """Remove a file, and the folders that are empty without it."""
        with suppress(FileNotFoundError):
            os.unlink(os.path.join(self.folder, path))  # noqa: PTH108, PTH118
        with suppress(OSError):
            while path := posixpath.dirname(path):
                os.rmdir(os.path.join(self.folder, path))  # noqa: PTH106, PTH118

    def _written(self, target: str, made_of: tuple[str, ...], content: bytes) -> LaidFile:
        with open(target, "xb") as file:  # noqa: PTH123
            file.write(content)
        data = DataFile(len(content), sha256(content).hexdigest()) if target.endswith(_DATA) else None
        if not self.keeps:
            return LaidFile((), _UNKNOWN, data)
        return LaidFile(made_of, _known_by(os.lstat(target)), data)

    def _linked(self, path: str, shown: LaidFile, target: str) -> bool:
        """Whether the file of the last site is in its place here now."""
        assert self.last is not None, "it was found there"
        there = os.path.join(self.last.folder, path)  # noqa: PTH118
        try:
            if _known_by(os.lstat(there)) != shown.known_by:
                return False
            os.link(there, target)
        except OSError:
            return False
        self.laid[path] = shown
        return True


def _known_by(found: os.stat_result) -> KnownBy:
    return found.st_ino, found.st_size, found.st_mtime_ns


def _listed(folder: str, below: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _listed(entry.path, f"{below}{entry.name}/")
            else:
                yield f"{below}{entry.name}", entry


def data_files(files: Mapping[str, LaidFile]) -> str:
    """Every file of data of a site, with what is needed to fetch it and to see whether it has changed."""
    found = sorted((path.split("/"), path, laid.data) for path, laid in files.items() if laid.data is not None)
    told = (
        f'  {{\n   "path": {json.dumps(path)},\n   "bytes": {data.bytes_},\n   "sha256": "{data.sha256}"\n  }}'
        for _, path, data in found
    )
    return '{\n "files": [\n' + ",\n".join(told) + "\n ]\n}\n"
