"""Several files changed as one: all of them, or, if the disk is full or a place may not be written, none.

Owns writing beside the place and renaming. A run killed while it renames leaves each file whole, old or new. Must not know what the files are.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_NEW, _OLD = ".new~", ".old~"


def replace(files: Mapping[Path, bytes]) -> None:
    """Give each file its new bytes. OSError, and then every file is as it was."""
    done: list[Path] = []
    try:
        for path, data in files.items():
            _write(_beside(path, _NEW), data)
        for path in files:
            _beside(path, _OLD).unlink(missing_ok=True)
            if path.exists():
                _beside(path, _OLD).hardlink_to(path)
            done.append(path)
            _beside(path, _NEW).replace(path)
    except BaseException:
        for path in done:
            _put_back(path)
        raise
    finally:
        for path in files:
            _beside(path, _NEW).unlink(missing_ok=True)
    for path in files:
        _beside(path, _OLD).unlink(missing_ok=True)


def write_secret(path: Path, data: bytes) -> None:
    """A new file that only its owner may read. OSError, and then there is no file; FileExistsError if there was one."""
    _write(path, data, os.O_EXCL)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f".{path.name}{ending}")


def _put_back(path: Path) -> None:
    old = _beside(path, _OLD)
    if old.exists():
        old.replace(path)
    else:
        path.unlink(missing_ok=True)


def _write(path: Path, data: bytes, flag: int = os.O_TRUNC) -> None:
    mode = 0o600 if flag == os.O_EXCL else 0o666
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | flag, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if path.is_file():  # a terminal or /dev/full has nothing to bring to disk
                os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
