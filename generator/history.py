"""History: commits and the trees they hold. The only user of git.

Owns the calls of git: read-only, without a checkout, with file names as they are (`-z`). Must not know what the files mean.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from generator.tree import MAX_BYTES, RECORDS, Tree, counts

EVERYTHING = "--all"
SUBMODULE = "submodule"
_SUBMODULE = b"160000"
_DIGITS = tuple(str(d).encode() for d in range(10))
_PORTION = 500
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
    return Commit(id=commit, day=_day(seconds, time_zone), dirty=bool(changed))


def commits(root: Path, time_zone: str) -> tuple[Commit, ...]:
    """The commits of the present branch, newest first: of a merge the side that was merged into. None where there is no commit or no git."""
    shown = _git(root, "log", "--first-parent", "--format=%H %ct") or b""
    entries = (entry.split() for entry in shown.decode("ascii").splitlines())
    return tuple(Commit(id=commit, day=_day(seconds, time_zone), dirty=False) for commit, seconds in entries)


def _day(seconds: str, time_zone: str) -> date:
    return datetime.fromtimestamp(int(seconds), tz=ZoneInfo(time_zone)).date()


def top(root: Path) -> Path | None:
    """The folder of the repository that `root` lies in; None where there is none."""
    shown = _git(root, "rev-parse", "--show-toplevel")
    return None if shown is None else Path(_name(shown).removesuffix("\n"))


def prefix(root: Path) -> str:
    """Where `root` lies in its git repository, ending in `/`; empty at the top or without git."""
    shown = _git(root, "rev-parse", "--show-prefix")
    return "" if shown is None else shown.decode("utf-8", "surrogateescape").removesuffix("\n")


def tree_at(root: Path, revision: str, seen: dict[str, bytes] | None = None) -> Tree | None:
    """The Tree of a revision, without a checkout; None if git does not know it. Links and submodules are not part of it.

    `seen` holds the bytes of every blob read so far: who reads several commits hands the same one over, and no blob is read twice.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    listed = None if commit is None else _git(root, "ls-tree", "-r", "-z", commit.decode("ascii").strip(), "--", f"{RECORDS}/")
    if listed is None:
        return None
    entries = (line.partition(b"\t") for line in listed.split(b"\0") if line)
    found = {name.decode("utf-8", "surrogateescape"): meta.split()[2].decode("ascii") for meta, _, name in entries if meta.startswith(b"100")}
    blobs = {path: found[path] for path in sorted(found) if counts(path.rpartition("/")[2])}
    seen = {} if seen is None else seen
    seen |= _read(root, [blob for blob in dict.fromkeys(blobs.values()) if blob not in seen])
    return Tree(readers={path: partial(bytes, seen[blob]) for path, blob in blobs.items()}, versions=blobs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file's content in a commit: its path from `root`, its id, and the commit that brought it."""

    path: str
    id: str
    commit: str


def known(root: Path) -> tuple[str, ...] | None:
    """The paths of the working folder that git keeps or would keep, in order; None without git. Submodules are named like files."""
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return None if listed is None else tuple(sorted({_name(part) for part in listed.split(b"\0") if part}))


def submodules(root: Path) -> tuple[str, ...]:
    """The paths at which the index holds a submodule."""
    listed = _git(root, "ls-files", "-z", "--stage") or b""
    entries = (line.partition(b"\t") for line in listed.split(b"\0") if line)
    return tuple(_name(name) for meta, _, name in entries if meta.startswith(_SUBMODULE))


def is_shallow(root: Path) -> bool:
    """Whether the clone lacks the beginning of its history."""
    return _git(root, "rev-parse", "--is-shallow-repository") == b"true\n"


def revisions_of(root: Path, revisions: str) -> tuple[str, ...] | None:
    """The commits that git understands by `A..B` or `--all`, newest first; None if it does not understand."""
    what = ("--all",) if revisions == EVERYTHING else ("--end-of-options", revisions)
    listed = _git(root, "rev-list", *what)
    return None if listed is None else tuple(listed.decode("ascii").split())


def brought(root: Path, revisions: Sequence[str]) -> tuple[Blob, ...]:
    """Every content that the commits brought, once each path and content, oldest first; what a merge itself brought is among it."""
    told = _git(
        root,
        "diff-tree",
        "--stdin",
        "-r",
        "-m",
        "--root",
        "-z",
        "--no-renames",
        "--relative",
        given="".join(f"{r}\n" for r in reversed(revisions)).encode(),
    )
    parts = iter((told or b"").split(b"\0"))
    commit, seen = "", dict[tuple[str, str], Blob]()
    for part in parts:
        if not part.startswith(b":"):
            commit = part.decode("ascii", "replace") or commit
            continue
        _, mode, _, blob, _ = part.split(b" ")
        path = _name(next(parts))
        if mode != b"000000":
            made = Blob(path=path, id=SUBMODULE if mode == _SUBMODULE else blob.decode("ascii"), commit=commit)
            seen.setdefault((path, made.id), made)
    return tuple(seen.values())


def contents(root: Path, blobs: Iterable[str]) -> Iterator[tuple[str, int, bytes]]:
    """Each blob once: its id, its size and its bytes, of those larger than a record may be none. Read in portions, so that memory stays small."""
    wanted = list(dict.fromkeys(blobs))
    for start in range(0, len(wanted), _PORTION):
        sizes = _git(root, "cat-file", "--batch-check", given="\n".join((*wanted[start : start + _PORTION], "")).encode()) or b""
        listed = [(line.split()[0].decode("ascii"), int(line.split()[2])) for line in sizes.splitlines() if line.endswith(_DIGITS)]
        small = _read(root, [id_ for id_, size in listed if size <= MAX_BYTES])
        yield from ((id_, size, small.get(id_, b"")) for id_, size in listed)


def messages(root: Path, revisions: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What each commit says of itself."""
    told = (
        _git(root, "log", "--no-walk", "--stdin", "-z", "--format=%H%x01%B", given="".join(f"{r}\n" for r in revisions).encode())
        if revisions
        else b""
    )
    for entry in (told or b"").split(b"\0"):
        commit, _, said = entry.partition(b"\x01")
        if commit:
            yield commit.decode("ascii"), said.decode("utf-8", "replace")


def _name(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _read(root: Path, blobs: Sequence[str]) -> Mapping[str, bytes]:
    """Every blob from one run of git, which answers each id with `<id> blob <size>`, a line break, the bytes and a line break."""
    answer = _git(root, "cat-file", "--batch", given="\n".join((*blobs, "")).encode("ascii"))
    assert answer is not None, "git listed these blobs"
    contents, at = {}, 0
    for blob in blobs:
        start = answer.index(b"\n", at) + 1
        size = int(answer[at:start].split()[2])
        contents[blob] = answer[start : start + min(size, MAX_BYTES + 1)]
        at = start + size + 1
    return contents


def _git(root: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """What git prints when it is given this; None if it ends with an error or is not installed."""
    try:
        done = subprocess.run([*_GIT, *arguments], cwd=root, input=given, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
