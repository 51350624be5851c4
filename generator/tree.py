"""Where bytes come from: the working folder here, a commit in `history`; readers cannot tell which.

Owns the listing of `records/` in the working folder: regular files only, sorted, none that leads out of the folder. Must not know what is in them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.problems import Position, Problem, in_order, problem

RECORDS = "records"
MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The files below `records/`, by posix path from the repository's root, in order; each is read when it is asked for."""

    readers: Mapping[str, Callable[[], bytes]]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.readers)

    def read(self, path: str) -> bytes:
        """A file's bytes."""
        return self.readers[path]()


def folder(root: Path) -> tuple[Tree, tuple[Problem, ...]]:
    """The Tree of a working folder, and a Problem for every file that cannot be part of it."""
    problems: list[Problem] = []
    readers = {path: _reader(root / path) for path in sorted(_files(root)) if _readable(root, path, problems)}
    if not readers and not problems:
        problems.append(problem(Position(path=RECORDS), "no-records"))
    return Tree(readers=readers), in_order(problems)


def _reader(path: Path) -> Callable[[], bytes]:
    return path.read_bytes


def _files(root: Path) -> Iterator[str]:
    for where, folders, names in os.walk(root / RECORDS, followlinks=False):
        links = [name for name in folders if (Path(where) / name).is_symlink()]
        for name in (*names, *links):
            if not name.startswith("."):
                yield (Path(where) / name).relative_to(root).as_posix()


def _readable(root: Path, path: str, problems: list[Problem]) -> bool:
    full, at = root / path, Position(path=path)
    inside = full.resolve().is_relative_to(root.resolve())
    if full.is_symlink() and (not inside or not full.is_file()):
        problems.append(problem(at, "symlink"))
    elif not full.is_file():
        problems.append(problem(at, "not-a-file"))
    elif full.stat().st_size > MAX_BYTES:
        problems.append(problem(at, "too-large", limit=MAX_BYTES // 1024))
    elif not os.access(full, os.R_OK):
        problems.append(problem(at, "unreadable"))
    else:
        return True
    return False
