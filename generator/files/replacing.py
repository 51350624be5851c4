"""Writing so that nothing is ever half: several files changed as one, one file whole, a secret file whole and seen by
its owner only.

Owns `.unfinished`, the folder at the district's top in which a change is prepared. What was prepared is on the disk
before the list of the files is, the list before the first file changes, and every file before the list goes. As long as
the list is there the change is not done: a full disk, a signal or the next run puts every file back as it was (a later
one of these leaves alone what somebody else has changed since). So a run that was killed, or whose machine lost power,
is as if it had never been, and can be typed again. The folder holds its own `.gitignore`. One that is in git somebody
else made: nothing is read from it and nothing put back. Must not know what the files are.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from generator.files.git import ask

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
UNFINISHED = ".unfinished"
_LIST = "list"
_HERE = "records"  # no other file is ever put back, whatever a list says that somebody made


def replace(root: Path, files: Mapping[str, bytes]) -> None:
    """Give each file (posix path from `root`, below `records/`) its new bytes.

    OSError, and then every file is as it was.
    """
    with _alone(root):
        if planted(root):
            raise FileExistsError(errno.EEXIST, "is in git", str(root / UNFINISHED))
        _put_back(root)
        if not files:
            return
        place = root / UNFINISHED
        try:
            _prepare(root, files)
            for number, name in enumerate(files):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (place / f"{number}.new").replace(root / name)
            _sync(_folders(root, files))
            _done(place)
        except BaseException:
            with suppress(
                OSError
            ):  # on a disk that takes no change any more the list stays, and the next run puts back
                _put_back(root)
            raise


def put_back(root: Path) -> tuple[str, ...]:
    """Undo what a run began that did not end, and sweep what it left; the files that are again as they were.

    OSError.
    """
    if not (root / UNFINISHED).is_dir() or planted(root):
        return ()
    with _alone(root):
        return _put_back(root)


def unfinished(root: Path) -> Mapping[str, Path | None]:
    """The files that a run changed which did not end, and where their bytes of before lie; None where there was no
    file.
    """
    return {} if planted(root) else dict(_half(root))


def planted(root: Path) -> bool:
    """Whether the folder of an unfinished change came with git: in the index, or in the commit that is checked out.

    Ours git ignores.
    """
    if not os.path.lexists(root / UNFINISHED) or not any(
        (folder / ".git").exists() for folder in (root.absolute(), *root.absolute().parents)
    ):
        return False
    listed = ask(root, "ls-files", "-z", "--cached") or b""
    listed += ask(root, "ls-tree", "-z", "--name-only", "HEAD", doubtful=True) or b""
    return any(path.partition(b"/")[0].lower() == UNFINISHED.encode("ascii") for path in listed.split(b"\0"))


def write_whole(path: Path, data: bytes) -> None:
    """One file, whole or as it was; what a link leads to, where it is one. OSError."""
    path = path.resolve()
    if path.exists() and not path.is_file():  # a terminal, a pipe or /dev/full is written to, not replaced
        path.write_bytes(data)
        return
    beside = path.with_name(f".{path.name}.new~")
    try:
        beside.unlink(missing_ok=True)  # left by a killed run, or a link that somebody planted
        _write(beside, data, os.O_EXCL)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync([path.parent])


def write_secret(path: Path, data: bytes) -> None:
    """A new file that only its owner may read. OSError, and then there is no file; FileExistsError if there was one.

    Where the system can, the file has no name until it is whole, so that a killed run leaves nothing of the secret.
    """
    try:
        with _unnamed(path.parent) as (handle, names):
            with os.fdopen(handle, "wb", closefd=False) as file:
                file.write(data)
            os.fsync(handle)
            os.link(str(handle), path, src_dir_fd=names, follow_symlinks=True)
    except FileExistsError:
        raise
    except (OSError, AttributeError):  # not every system and file system has files without names
        _write(path, data, os.O_EXCL, 0o600)
    _sync([path.parent])


@contextmanager
def _unnamed(folder: Path) -> Iterator[tuple[int, int]]:
    """A file in a folder that has no name yet, and the folder in which the system lists open files."""
    names = os.open("/proc/self/fd", os.O_RDONLY)
    try:
        handle = os.open(folder, os.O_WRONLY | os.O_TMPFILE, 0o600)
        try:
            yield handle, names
        finally:
            os.close(handle)
    finally:
        os.close(names)


def _prepare(root: Path, files: Mapping[str, bytes]) -> None:
    place = root / UNFINISHED
    place.mkdir()
    _write(place / ".gitignore", b"*\n")
    for number, (name, data) in enumerate(files.items()):
        path, new = root / name, place / f"{number}.new"
        if not _inside(root, name):
            raise PermissionError(13, "leads out of the records", str(path))
        _write(new, data)
        if path.exists():
            shutil.copymode(path, new)
            _keep(path, place / f"{number}.old")
    listed = [(name, hashlib.sha256(data).hexdigest(), (root / name).exists()) for name, data in files.items()]
    _write(place / "list.new", json.dumps(listed).encode("ascii"))
    _sync([place, root])
    (place / "list.new").replace(place / _LIST)
    _sync([place])


def _keep(path: Path, old: Path) -> None:
    try:
        old.hardlink_to(path)
    except OSError:  # some file systems have no second names
        shutil.copy2(path, old)
    _sync([old])


def _put_back(root: Path) -> tuple[str, ...]:
    half = dict(_half(root))
    for name, old in half.items():
        if old:
            old.replace(root / name)
        else:
            (root / name).unlink()
    _sync(_folders(root, half))
    _done(root / UNFINISHED)
    return tuple(half)


def _half(root: Path) -> Iterator[tuple[str, Path | None]]:
    """The listed files that have their new bytes, each with the place where its old ones are if it had any."""
    place = root / UNFINISHED
    try:
        listed = json.loads((place / _LIST).read_bytes()) if not place.is_symlink() else ()
        entries = [(root / str(name), str(name), str(digest), bool(existed)) for name, digest, existed in listed]
    except (OSError, ValueError, TypeError):  # a list is written whole: this one somebody made
        return
    for number, (path, name, digest, existed) in enumerate(entries):
        old = place / f"{number}.old"
        kept = old.is_file() and not old.is_symlink()
        if (
            kept == existed
            and _inside(root, name)
            and path.is_file()
            and hashlib.sha256(path.read_bytes()).hexdigest() == digest
        ):
            yield name, old if existed else None


def _inside(root: Path, name: str) -> bool:
    """Whether a path leads to a place below the records: by its words, and by no link on the way."""
    path = PurePosixPath(name)
    plain = path.parts[:1] == (_HERE,) and ".." not in path.parts and not (root / name).is_symlink()
    return plain and (root / name).parent.resolve().is_relative_to(root.resolve() / _HERE)


def _done(place: Path) -> None:
    """The change is done, or undone: first the list goes, for good, then the rest."""
    if place.is_dir() and not place.is_symlink():
        (place / _LIST).unlink(missing_ok=True)
        with suppress(OSError):  # whatever the list needs stays until it is gone for good; the next run sweeps
            _sync([place])
            shutil.rmtree(place, ignore_errors=True)


def _folders(root: Path, names: Iterable[str]) -> list[Path]:
    return sorted({root / folder for name in names for folder in PurePosixPath(name).parents}, reverse=True)


def _write(path: Path, data: bytes, flag: int = os.O_TRUNC, mode: int = 0o666) -> None:
    flags = os.O_WRONLY | os.O_CREAT | flag | getattr(os, "O_BINARY", 0)  # else Windows writes other ends of lines
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _sync(paths: Iterable[Path]) -> None:
    """Bring files, or the names in folders, to the disk. Windows does that by itself, and has no handles of folders."""
    for path in paths if os.name == "posix" else ():
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Wait until no other run changes files here. The system lets go when a run is killed."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
