"""A Tree: the files under `records/` and where their bytes come from, the working folder or a commit.

Owns the listing: which files count, in which order, and that nothing outside the folder is ever read. Must not know what the files hold.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from generator.problems import Position, Problem, in_order, problem

RECORDS = "records"
MOST_BYTES = (1 << 20) + 1  # one more than a record may have: enough to see that it is too large


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """`files` gives the bytes of each path, relative to the repository with `/`."""

    files: Mapping[str, Callable[[], bytes]]

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        return tuple(sorted(self.files))

    def read(self, path: str) -> bytes:
        """The file's bytes, at most MOST_BYTES of them. KeyError for a path that is not in the tree."""
        return self.files[path]()


def folder(root: Path) -> tuple[Tree, tuple[Problem, ...]]:
    """The records of a working folder. Links and files that cannot be read are Problems and not part of the tree."""
    found: dict[str, Callable[[], bytes]] = {}
    problems: list[Problem] = []
    for entry, path in _walk(root / RECORDS, RECORDS):
        if code := _refused(entry):
            problems.append(problem(Position(path=path), code))
        else:
            found[path] = partial(_head, Path(entry.path))
    return Tree(files=found), in_order(problems)


def counts(name: str) -> bool:
    """Whether a file of this name is part of the records: what operating systems leave behind is not, records hidden by a dot are."""
    litter = name in {"Thumbs.db", "desktop.ini"} or name.endswith("~")
    return not litter and (not name.startswith(".") or name.endswith((".yml", ".yaml")))


def _walk(where: Path, path: str) -> Iterator[tuple[os.DirEntry[str], str]]:
    if where.is_symlink() or not where.is_dir():
        return
    with os.scandir(where) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            below = f"{path}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), below)
            elif counts(entry.name):
                yield entry, below


def _refused(entry: os.DirEntry[str]) -> str | None:
    if entry.is_symlink():
        return "symlink"
    if not entry.is_file(follow_symlinks=False) or not os.access(entry.path, os.R_OK):
        return "unreadable"
    return None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES)
