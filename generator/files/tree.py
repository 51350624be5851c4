"""Where bytes come from: the working folder here, a commit in `history`; readers cannot tell which.

Owns the listing of `records/` in the working folder: regular files only, sorted, no links. Must not know what is in
them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct, field

from generator.files.replacing import UNFINISHED, planted, unfinished
from generator.problems import Position, Problem, in_order, problem

RECORDS = "records"
MAX_BYTES = 1 << 20  # the most that a record may have
_PORTION = 1 << 16


class Tree(Struct, frozen=True, kw_only=True):
    """The files below `records/`, by posix path from the repository's root, in order; each is read when it is asked
    for.

    `versions` names the exact bytes of a file (in a commit, the id of its blob): two files of one path and version are
    the same.
    """

    readers: Mapping[str, Callable[[], bytes]]
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, in order."""
        return tuple(self.readers)

    def read(self, path: str) -> bytes:
        """A file's bytes."""
        return self.readers[path]()

    def over(self, files: Mapping[str, bytes]) -> Tree:
        """The same Tree with files laid over it."""
        laid: Mapping[str, Callable[[], bytes]] = {path: partial(bytes, data) for path, data in files.items()}
        versions = {path: version for path, version in self.versions.items() if path not in files}
        return Tree(readers=dict(sorted({**self.readers, **laid}.items())), versions=versions)


class How(StrEnum):
    """What happened to a record or a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # and perhaps changed too


class Pair(Struct, frozen=True, kw_only=True):
    """A file in two states of the records: its path and what reads it; None where it is not there.

    `foreign` says that a link or a submodule stands there: nothing is read of it.
    """

    before: str | None
    after: str | None
    old: Callable[[], bytes] | None
    new: Callable[[], bytes] | None
    foreign: bool = False

    @property
    def path(self) -> str:
        """Where it is now, or was last."""
        found = self.after if self.after is not None else self.before
        assert found is not None, "a file is on one side at least"
        return found

    @property
    def how(self) -> How:
        """What happened to it."""
        if self.before is None or self.after is None:
            return How.ADDED if self.before is None else How.REMOVED
        return How.CHANGED if self.before == self.after else How.MOVED


def folder(root: Path) -> tuple[Tree, tuple[Problem, ...]]:
    """The Tree of a working folder, and a Problem for every file that cannot be part of it.

    Files that a run changed which was stopped before its end are read as they were before, and one Problem says so.
    What git brought in the place of such a run is a Problem, and nothing of it is read.
    """
    readers, problems = _readers(root, lambda path: partial(_head, path) if os.access(path, os.R_OK) else None)
    return Tree(readers=readers), problems


def held(root: Path) -> tuple[Tree, tuple[Problem, ...]]:
    """The same with every file read, once, and a digest of its bytes as its version."""
    readers, problems = _readers(root, _now)
    bytes_ = {path: read() for path, read in readers.items()}
    return Tree(
        readers={path: partial(bytes, data) for path, data in bytes_.items()},
        versions={path: sha256(data).hexdigest() for path, data in bytes_.items()},
    ), problems


def _now(path: str) -> Callable[[], bytes] | None:
    try:
        return partial(bytes, _head(path))
    except PermissionError:
        return None


_Readers: TypeAlias = dict[str, Callable[[], bytes]]


def _readers(root: Path, reader: Callable[[str], Callable[[], bytes] | None]) -> tuple[_Readers, tuple[Problem, ...]]:
    problems: list[Problem] = []
    before = unfinished(root)
    at = os.fspath(root)
    readers: _Readers = {}
    for path, trouble in _files(root, problems):
        try:
            read = None if trouble else reader(f"{at}{os.sep}{path}")
        except FileNotFoundError:  # removed since it was listed: as if it had been before
            continue
        if read is not None:
            readers[path] = read
        else:
            problems.append(problem(Position(path=path), trouble or "unreadable"))
    for path, old in before.items():
        readers.pop(path, None)
        if old is not None:
            readers[path] = head_of(old)
    if planted(root):
        problems.append(problem(Position(path=UNFINISHED), "unfinished-in-git"))
    if before:
        problems.append(problem(Position(path=min(before)), "unfinished-change", count=len(before)))
    return {path: readers[path] for path in sorted(readers)}, in_order(problems)


def head_of(path: Path, most: int = MAX_BYTES + 1) -> Callable[[], bytes]:
    """At most one byte more than a record may have: enough to be refused as too large without being read whole."""

    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(most)

    return read


def _head(path: str) -> bytes:
    """The same of a path in full, without what Python keeps of an open file: there may be some thousand of them."""
    opened = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = os.read(opened, _PORTION)
        while len(data) <= MAX_BYTES and (more := os.read(opened, min(_PORTION, MAX_BYTES + 1 - len(data)))):
            data += more
        return data
    finally:
        os.close(opened)


def shown_of(path: Path) -> bytes | None:
    """As much of a file as a record may have; None where there is none, or a link, or it may not be read."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        return head_of(path, MAX_BYTES)()
    except PermissionError:
        return None


def _files(root: Path, problems: list[Problem]) -> Iterator[tuple[str, str | None]]:
    """Every file, and the code of why it cannot be read; folders that cannot be are Problems at once."""
    if (root / RECORDS).is_symlink():
        yield RECORDS, "symlink"
        return
    at, waiting = os.fspath(root), [RECORDS] if (root / RECORDS).exists() else []
    while waiting:
        below = waiting.pop()
        try:
            with os.scandir(f"{at}{os.sep}{below}") as entries:
                found = list(entries)
        except OSError:
            problems.append(problem(Position(path=below), "unreadable"))
            continue
        for entry in found:
            if entry.is_file(follow_symlinks=False):
                if counts(entry.name):
                    yield f"{below}/{entry.name}", None
            elif entry.is_dir(follow_symlinks=False):
                waiting.append(f"{below}/{entry.name}")
            elif counts(entry.name):
                yield f"{below}/{entry.name}", "symlink" if entry.is_symlink() else "not-a-file"


def counts(name: str) -> bool:
    """Whether a file of this name is part of the records: what systems and editors leave behind in hidden files is not,
    hidden YAML is.
    """
    return not name.startswith(".") or name.endswith((".yml", ".yaml"))
