"""What git knows: the commit of a working folder, and the records of any commit without a checkout.

Owns every call of git; nothing else starts it. Must not know what the files hold. Paths are bytes ended by NUL on the way (`-z`), so that
names in Chinese arrive as they are.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path

from generator.problems import Position, Problem, in_order, problem
from generator.tree import MOST_BYTES, RECORDS, Tree, counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """`day` is the committer's day in the district's time zone; `dirty` says that the folder holds more than the commit."""

    id: str
    day: date
    dirty: bool


class NoSuchCommit(LookupError):
    """The revision that somebody named is none of this repository."""


def commit_of(root: Path, zone: tzinfo) -> Commit | None:
    """The commit that the folder is at; None without git, without a repository or before the first commit."""
    try:
        shown = _git(root, "show", "--no-patch", "--no-show-signature", "--format=%H %ct", "HEAD").decode().split()
        changed = _git(root, "status", "--porcelain", "-z", "--", ".")
    except (OSError, subprocess.CalledProcessError):
        return None
    return Commit(id=shown[0], day=datetime.fromtimestamp(int(shown[1]), zone).date(), dirty=bool(changed))


def tree_at(root: Path, revision: str) -> tuple[Tree, tuple[Problem, ...]]:
    """The records as a commit has them. Links and submodules are Problems and not part of the tree. Raises NoSuchCommit."""
    found, problems = {}, []
    for mode, blob, path in _listing(root, _resolved(root, revision)):
        if mode in {"100644", "100755"}:
            found[path] = blob
        else:
            problems.append(problem(Position(path=path), "symlink" if mode == "120000" else "unreadable"))
    return Tree(files=_blobs(root, found)), in_order(problems)


def _resolved(root: Path, revision: str) -> str:
    try:
        return _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    except subprocess.CalledProcessError as error:
        raise NoSuchCommit(revision) from error


def _listing(root: Path, commit: str) -> Iterator[tuple[str, str, str]]:
    """(mode, object id, path relative to `root`) of every file of the records."""
    for line in _git(root, "ls-tree", "-r", "-z", commit, "--", f"{RECORDS}/").decode("utf-8", "surrogateescape").split("\0"):
        about, _, path = line.partition("\t")
        if path and counts(path.rpartition("/")[2]):
            mode, _, blob = about.split()
            yield mode, blob, path


def _blobs(root: Path, ids: dict[str, str]) -> dict[str, Callable[[], bytes]]:
    """Each path's bytes, all from one run of git: `<id> blob <size>`, a line break, the bytes, a line break."""
    answer = _git(root, "cat-file", "--batch", given="".join(f"{blob}\n" for blob in ids.values()).encode())
    files: dict[str, Callable[[], bytes]] = {}
    at = 0
    for path in ids:
        start = answer.index(b"\n", at) + 1
        size = int(answer[at:start].split()[2])
        files[path] = _kept(answer[start : start + min(size, MOST_BYTES)])
        at = start + size + 1
    return files


def _kept(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(["git", "-C", str(root), *arguments], input=given, capture_output=True, check=True).stdout
