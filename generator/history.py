"""History: commits and the trees they hold. The only user of git.

Owns the calls of git: read-only, without a checkout, with file names as they are (`-z`). Must not know what the files mean.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from generator.tree import MAX_BYTES, RECORDS, Tree, counts

_GIT = ("git", "-c", "core.quotepath=false", "-c", "safe.directory=*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit: its id, its day in the district's time zone, and whether the working folder differs from it below `records/`."""

    id: str
    day: date
    dirty: bool


def head(root: Path, time_zone: str) -> Commit | None:
    """The commit checked out in `root`; None where there is no repository, no commit or no git."""
    shown = _git(root, "log", "-1", "--format=%H %ct")
    if shown is None or not shown.strip():
        return None
    commit, seconds = shown.decode("ascii").split()
    changed = _git(root, "status", "--porcelain", "-z", "--", RECORDS)
    day = datetime.fromtimestamp(int(seconds), tz=ZoneInfo(time_zone)).date()
    return Commit(id=commit, day=day, dirty=bool(changed))


def prefix(root: Path) -> str:
    """Where `root` lies in its git repository, ending in `/`; empty at the top or without git."""
    shown = _git(root, "rev-parse", "--show-prefix")
    return "" if shown is None else shown.decode("utf-8", "surrogateescape").removesuffix("\n")


def tree_at(root: Path, revision: str) -> Tree | None:
    """The Tree of a revision, without a checkout; None if git does not know it. Links and submodules are not part of it."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    listed = None if commit is None else _git(root, "ls-tree", "-r", "-z", commit.decode("ascii").strip(), "--", f"{RECORDS}/")
    if listed is None:
        return None
    entries = (line.partition(b"\t") for line in listed.split(b"\0") if line)
    blobs = {name.decode("utf-8", "surrogateescape"): meta.split()[2] for meta, _, name in entries if meta.startswith(b"100")}
    return Tree(readers=_readers(root, {path: blobs[path] for path in sorted(blobs) if counts(path.rpartition("/")[2])}))


def _readers(root: Path, blobs: Mapping[str, bytes]) -> Mapping[str, Callable[[], bytes]]:
    """Every blob from one run of git, which answers each id with `<id> blob <size>`, a line break, the bytes and a line break."""
    answer = _git(root, "cat-file", "--batch", given=b"\n".join((*blobs.values(), b"")))
    assert answer is not None, "git listed these blobs"
    readers, at = {}, 0
    for path in blobs:
        start = answer.index(b"\n", at) + 1
        size = int(answer[at:start].split()[2])
        readers[path] = partial(bytes, answer[start : start + min(size, MAX_BYTES + 1)])
        at = start + size + 1
    return readers


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What git prints when it is given this; None if it ends with an error or is not installed."""
    try:
        done = subprocess.run([*_GIT, *arguments], cwd=root, input=given, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
