"""Every change of a file that a piece of code makes, one by one: to be killed there, to fail there, or to be written
down.

The code runs in a forked child in which `os` counts and Python's files are those written in Python, so that every write
passes `os.write`. Processes that the code starts are not counted. `after_power_loss` replays what was written down:
every state in which a disk may be found whose power went, if nothing is sure to be there but what was synced.
"""

from __future__ import annotations

import builtins
import io
import itertools
import os
import pickle
import random
import signal
import stat
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from msgspec import Struct, field

from tests.district import ROOT, District

NAMES = ("mkdir", "rmdir", "rename", "replace", "link", "symlink", "unlink", "remove", "chmod", "truncate")
_SPACE = ("open", "write", "mkdir", "link", "symlink", "fsync")  # what a full disk refuses


class Done(Struct, frozen=True, kw_only=True):
    """How a child ended: its exit code (negative: the signal), what it said, the changes that it made or was about to
    make.
    """

    code: int
    said: str
    changes: tuple[Change, ...]

    @property
    def count(self) -> int:
        """How many changes there were: a file's number is told after it was opened and is none."""
        return sum(change.what != "opened" for change in self.changes)


class Change(Struct, frozen=True, kw_only=True):
    """One change: what was done, to which path, from which other; the file, by a number of its own, and what was
    written.
    """

    what: str
    path: str
    other: str = ""
    file: int = 0
    data: bytes = b""


Before = Callable[[int, Change], None]  # is told each change and its number; may not return


def killed_at(number: int) -> Before:
    """Die at one change; a write is half done by then."""

    def before(at: int, _: Change) -> None:
        if at == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return before


def killed_where(what: str, ending: str, skipped: int = 0) -> Before:
    """Die at the first change of a kind to a path that ends so, or at a later one."""
    left = [skipped]

    def before(_: int, change: Change) -> None:
        if change.what == what and change.path.endswith(ending):
            left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return before


def failing_from(number: int, error: int, *, once: bool = False, space: bool = False) -> Before:
    """Refuse a change and all after it: all kinds, or only what needs space."""

    def before(at: int, change: Change) -> None:
        if (at == number if once else at >= number) and (not space or change.what in _SPACE):
            raise OSError(error, os.strerror(error))

    return before


def run(body: Callable[[], int | None], before: Before = lambda _, __: None) -> Done:
    """Run the body in a child, counting."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as told:
        sys.stdout.flush()
        sys.stderr.flush()
        if (child := os.fork()) == 0:
            _child(body, before, said.fileno(), told.fileno())
        _, status = os.waitpid(child, 0)
        said.seek(0)
        told.seek(0)
        changes = []
        while True:
            try:
                changes.append(pickle.load(told))
            except EOFError:
                break
        words = said.read().decode("utf-8", "replace")
        return Done(code=os.waitstatus_to_exitcode(status), said=words, changes=tuple(changes))


def _child(body: Callable[[], int | None], before: Before, said: int, told: int) -> None:
    code = 99
    try:
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), encoding="utf-8", errors="replace", write_through=True)
        sys.stderr = sys.stdout
        sys.dont_write_bytecode = True
        if sys.platform == "linux":  # one core: all changes are made, and numbered, by one process
            os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
        _Counter(before, told).install()
        code = body() or 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


class _Counter(Struct):
    """Stands before the functions of `os` that change files."""

    before: Before
    told: int
    number: int = 0
    paths: dict[int, str] = field(default_factory=dict)  # of open handles
    files: dict[str, int] = field(default_factory=dict)
    made: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def install(self) -> None:
        """Take the place of the real functions, and of Python's files."""
        self.made = {name: getattr(os, name) for name in (*NAMES, "open", "write", "fsync", "sendfile", "fstat")}
        for name in NAMES:
            setattr(os, name, self._named(name))
        for name in ("open", "write", "fsync", "sendfile"):
            setattr(os, name, getattr(self, f"_{name}"))
        for module in (builtins, io):
            setattr(module, "open", import_module("_pyio").open)  # noqa: B010 -- mypy would refuse the assignment

    def _tell(self, change: Change) -> None:
        self.made["write"](self.told, pickle.dumps(change))
        at, self.number = self.number, self.number + 1
        self.before(at, change)

    def _path(self, path: Any, folder: int | None = None) -> str:
        path = self.paths.get(path, "") if isinstance(path, int) else os.fsdecode(path)
        return os.path.join(self.paths.get(folder, "") if folder is not None else os.getcwd(), path)  # noqa: PTH118, PTH109

    def _regular(self, handle: int) -> bool:
        return stat.S_ISREG(self.made["fstat"](handle).st_mode) and handle > 2

    def _id(self, handle: int) -> int:
        return int(self.made["fstat"](handle).st_ino)

    def _named(self, name: str) -> Callable[..., Any]:
        real = self.made[name]

        def changed(
            path: Any, *more: Any, dir_fd: int | None = None, src_dir_fd: int | None = None, **options: Any
        ) -> Any:
            given = {k: v for k, v in (("dir_fd", dir_fd), ("src_dir_fd", src_dir_fd)) if v is not None}
            one = self._path(path, dir_fd if src_dir_fd is None else src_dir_fd)
            two = [*more, *([options["dst"]] if "dst" in options else [])]
            other = self._path(two[0]) if name in ("rename", "replace", "link") else ""
            file = self._id(int(path)) if src_dir_fd is not None else 0
            change = Change(what=name, path=other, other=one, file=file) if other else Change(what=name, path=one)
            self._tell(change)
            return real(path, *more, **given, **options)

        return changed

    def _open(self, path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        named = self._path(path, dir_fd)
        makes, unnamed = flags & (os.O_CREAT | os.O_TRUNC), flags & os.O_TMPFILE == os.O_TMPFILE
        if makes or unnamed:
            there = os.path.exists(named)  # noqa: PTH110
            self._tell(Change(what="open", path="" if unnamed else named, data=b"" if there else b"new"))
        handle: int = self.made["open"](path, flags, mode, dir_fd=dir_fd)
        self.paths[handle] = named
        if makes or unnamed:  # the number of the file is known only now
            self.made["write"](
                self.told, pickle.dumps(Change(what="opened", path="" if unnamed else named, file=self._id(handle)))
            )
        return handle

    def _write(self, handle: int, data: Any) -> int:
        if self._regular(handle):
            whole, half = bytes(data), len(data) // 2
            try:
                self._tell(Change(what="write", path=self.paths.get(handle, ""), file=self._id(handle), data=whole))
            except OSError:
                self.made["write"](handle, whole[:half])
                raise
        return int(self.made["write"](handle, data))

    def _sendfile(self, out: int, *more: Any, **options: Any) -> Any:
        self._tell(Change(what="write", path=self.paths.get(out, ""), file=self._id(out)))
        return self.made["sendfile"](out, *more, **options)

    def _fsync(self, handle: int) -> None:
        folder = stat.S_ISDIR(self.made["fstat"](handle).st_mode)
        self._tell(
            Change(
                what="fsync", path=self.paths.get(handle, "") if folder else "", file=0 if folder else self._id(handle)
            )
        )
        self.made["fsync"](handle)


def command(made: District, *arguments: str) -> Callable[[], int]:
    """A whole command in the district's folder, its home and its temporary files beside it."""
    from generator.cli.main import run as run_command

    def body() -> int:
        os.chdir(made.root)
        os.environ |= {
            "HOME": str(made.beside),
            "TMPDIR": str(made.beside),
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        tempfile.tempdir = None
        return run_command(["--root", str(made.root), "--lang", "en", *arguments])

    return body


# --- power loss -------------------------------------------------------------------------------------------------------

Files = Mapping[str, bytes]
_MOST = 64  # combinations of what may be lost, at one moment; all of them where there are no more


def after_power_loss(before: Files, changes: Sequence[Change], chance: random.Random) -> Iterator[tuple[int, Files]]:
    """What the disk may hold at each moment: the number of changes made, and the files by path."""
    for moment in range(len(changes) + 1):
        seen: set[tuple[tuple[str, bytes], ...]] = set()
        for state in _states(before, changes[:moment], chance):
            key = tuple(sorted(state.items()))
            if key not in seen:
                seen.add(key)
                yield moment, state


def _states(before: Files, changes: Sequence[Change], chance: random.Random) -> Iterator[Files]:
    named = [
        i
        for i, c in enumerate(changes)
        if c.what in ("opened", "replace", "rename", "link", "unlink", "remove") and c.path
    ]
    open_ = [i for i in named if not _named_for_good(changes, i)]
    every: Iterator[tuple[bool, ...]] = itertools.product((False, True), repeat=len(open_))
    if len(open_) > 6:
        some = [tuple(chance.random() < 0.5 for _ in open_) for _ in range(_MOST)]
        every = iter([*some, *(tuple(n < k for n in range(len(open_))) for k in range(len(open_) + 1))])
    for kept in every:
        lost = {i for i, keep in zip(open_, kept, strict=True) if not keep}
        for share in (0.0, 0.5, 1.0):
            yield _disk(before, changes, lost, share)


def _named_for_good(changes: Sequence[Change], at: int) -> bool:
    """Whether the folder of a changed name was synced after the change."""
    folder = os.path.dirname(changes[at].path)  # noqa: PTH120
    return any(c.what == "fsync" and c.path == folder for c in changes[at:])


def _disk(before: Files, changes: Sequence[Change], lost: set[int], share: float) -> Files:
    """The files if some changes of names are lost, and of what was written but not synced only a share is there."""
    names: dict[str, object] = {path: path for path in before}
    holds: dict[object, bytes] = {}
    holds.update(before)
    synced: dict[object, int] = {path: len(data) for path, data in before.items()}
    for number, change in enumerate(changes):
        match change.what:
            case "opened":
                holds[change.file], synced[change.file] = b"", 0
                if change.path and number not in lost:
                    names[change.path] = change.file
            case "write":
                holds[change.file] = holds.get(change.file, b"") + change.data
            case "fsync" if change.file:
                synced[change.file] = len(holds.get(change.file, b""))
            case "replace" | "rename" if number not in lost and change.other in names:
                names[change.path] = names.pop(change.other)
            case "link" if number not in lost and (change.file or change.other in names):
                names[change.path] = change.file or names[change.other]
            case "unlink" | "remove" if number not in lost:
                names.pop(change.path, None)
    return {path: holds[f][: max(synced[f], int(len(holds[f]) * share))] for path, f in names.items()}
