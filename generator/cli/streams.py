"""What a person or a program reads of us: standard output and standard error, which can end before we do.

Owns what happens when nobody reads any more, or the disk is full: what is written is thrown away from there on, and the
command goes on to its end. So its exit code is that of its work, however much of its output somebody took. Must not
know what is written.
"""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from typing import TextIO

from generator.files.replacing import FULL

# What the machine refuses, whatever the program does. By the sentence that tells it.
REFUSALS = {
    **dict.fromkeys(FULL, "full"),
    errno.EROFS: "denied",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EIO: "broken",
    errno.EMFILE: "files",
    errno.ENFILE: "files",
    **dict.fromkeys((errno.ENAMETOOLONG, errno.ELOOP), "name"),
    errno.ENOMEM: "memory",
    errno.ECHILD: "memory",  # a copy of the program was killed, as systems do that have no memory left
}


class Drain(io.RawIOBase):
    """The lowest part of a stream. It never refuses; `lost` is why it threw something away."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor
        self.lost: OSError | None = None

    def writable(self) -> bool:
        """Always."""
        return True

    def fileno(self) -> int:
        """The descriptor of the stream."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether a person sits there."""
        return os.isatty(self._descriptor)

    def write(self, data: object, /) -> int:
        """Write what can be written; the rest is thrown away."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        if self.lost:
            return len(view)
        try:
            return os.write(self._descriptor, view)
        except BlockingIOError:
            select.select([], [self._descriptor], [])
            return 0 if not view else self.write(view)
        except OSError as error:
            self.lost = error
            return len(view)


def drained() -> Iterator[Drain]:
    """Put a Drain below standard output and standard error, where there are any."""
    for name in ("stdout", "stderr"):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:  # closed by who started us: nothing is printed at all
            continue
        if sys.platform == "win32" and stream.isatty() and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # Python writes signs to its console, whatever its code page
            continue
        drain = Drain(stream.fileno())
        setattr(
            sys,
            name,
            io.TextIOWrapper(
                io.BufferedWriter(drain),
                encoding="utf-8",
                errors="backslashreplace",
                newline="\n",
                line_buffering=_at_once(name, drain),
            ),
        )
        yield drain


def _at_once(name: str, drain: Drain) -> bool:
    return name == "stderr" or drain.isatty()


def lost(drains: list[Drain]) -> OSError | None:
    """Why something that was written did not arrive, though somebody was there to read it."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    return next((d.lost for d in drains if d.lost and not isinstance(d.lost, BrokenPipeError)), None)
