"""What the guard has looked at in history and found nothing in: a second run looks only at what is new.

Owns a file of digests that lies beside git's own and is never part of a commit. A digest is of the program, of what is
published, and of what was looked at; so after a change of the program, or of the published numbers, all is looked at
again. A file that was changed or cut off is as good as none. Must not know git.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from generator.files.replacing import write_whole
from generator.files.resources import program_digest

NAME = "xinzhuli-cleared"
_WHOLE, _LENGTH = 32, 16  # bytes of the digest of all, and of each


class Cleared(Struct, frozen=True, kw_only=True):
    """What was found to be clean, by digest. `context` is what each digest begins with."""

    context: bytes
    digests: frozenset[bytes]

    def digest(self, *what: str) -> bytes:
        """Of a commit's id, or of a content's id and its path."""
        said = "\0".join(what).encode("utf-8", "surrogateescape")
        return sha256(self.context + said).digest()[:_LENGTH]

    def has(self, *what: str) -> bool:
        """Whether nothing was found in it before."""
        return self.digest(*what) in self.digests


def cleared(file: Path | None, published: Iterable[str]) -> Cleared:
    """What an earlier run left in the file."""
    context = sha256(program_digest() + "\0".join(sorted(published)).encode()).digest()
    return Cleared(context=context, digests=_read(file))


def _read(file: Path | None) -> frozenset[bytes]:
    try:
        data = file.read_bytes() if file and file.is_file() and not file.is_symlink() else b""  # no pipe
    except OSError:
        return frozenset()
    listed = data[_WHOLE:]
    if len(listed) % _LENGTH or sha256(listed).digest() != data[:_WHOLE]:
        return frozenset()
    return frozenset(listed[i : i + _LENGTH] for i in range(0, len(listed), _LENGTH))


def keep(file: Path, digests: Iterable[bytes]) -> None:
    """Leave the digests for the next run. Where nothing can be written, the next run looks at everything."""
    listed = b"".join(sorted(digests))
    if file.is_symlink() or (file.exists() and not file.is_file()):
        return
    try:
        write_whole(file, sha256(listed).digest() + listed)
    except OSError:
        return
