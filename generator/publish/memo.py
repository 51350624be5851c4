"""What a build has made, kept for the next one by the digest of all that it was made of.

A process that builds again and again keeps it in its memory too. Owns a folder within git's own, into which no commit
can bring anything, and that its entries are what they say: one is named by what it was made of, and begins with a
digest of its name and its content. One that was changed, cut off or put in another's place is as good as none. Whoever
may write there may write the site too: builds that do not trust each other share no memo. Must not know what is kept.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from generator.files.history import own_folder
from generator.files.resources import installed_digest

_T = TypeVar("_T")

NAME = "xinzhuli-made"
_LENGTH = 32  # bytes of a digest
_ENTRY = re.compile(r"[0-9a-f]{64}(\.new)?")


class Memo(Struct, frozen=True, kw_only=True):
    """What earlier builds left in `folder`, and what this process made or read before (`known`); without either nothing
    is kept. `used` is what this build asked for.
    """

    folder: Path | None = None
    known: dict[str, Any] | None = None
    used: set[str] = field(default_factory=set)

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self.folder is not None or self.known is not None

    def key(self, kind: str, *made_of: str | bytes) -> str:
        """The name of what is made of all this by this program; empty where nothing is kept."""
        if not self.keeps:
            return ""
        told = [installed_digest()]
        for part in (kind, *made_of):
            data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
            told += len(data).to_bytes(8, "big"), data
        return sha256(b"".join(told)).hexdigest()

    def made(self, key: str, make: Callable[[], _T], pack: Callable[[_T], bytes], unpack: Callable[[bytes], _T]) -> _T:
        """What has this key as it was made before, or else as it is made now; without a key nothing is kept of it."""
        if not key:
            return make()
        found = self.found(key, unpack)
        if found is None:
            found = make()
            self.keep(key, pack(found))
            if self.known is not None:
                self.known[key] = found
        return found

    def found(self, key: str, unpack: Callable[[bytes], _T]) -> _T | None:
        """What has this key as it was made before, if it was."""
        if not key:
            return None
        self.used.add(key)
        known: _T | None = self.known.get(key) if self.known else None
        if known is not None or (kept := self.recall(key)) is None:
            return known
        found = unpack(kept)
        if self.known is not None:
            self.known[key] = found
        return found

    def recall(self, key: str) -> bytes | None:
        """What was left of it in the folder, if it is there and as it was left."""
        if self.folder is None:
            return None
        self.used.add(key)
        try:
            data = (self.folder / key).read_bytes()
        except OSError:
            return None
        kept = data[_LENGTH:]
        return kept if _seal(key, kept) == data[:_LENGTH] else None

    def keep(self, key: str, made: bytes) -> None:
        """Leave it for the next build. Where nothing can be written, the next one makes it anew."""
        if self.folder is None:
            return
        beside = self.folder / f"{key}.new"
        with suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            beside.write_bytes(_seal(key, made) + made)
            beside.replace(self.folder / key)

    def forget(self) -> None:
        """Remove all that earlier builds left. OSError."""
        if self.folder is not None and self.folder.is_dir():
            shutil.rmtree(self.folder)

    def sweep(self) -> None:
        """Remove what this build had no use for: the folder holds what one site is made of, and no history."""
        if self.known is not None:
            for key in self.known.keys() - self.used:
                del self.known[key]
        if self.folder is None or not self.folder.is_dir():
            return
        for entry in os.scandir(self.folder):
            if _ENTRY.fullmatch(entry.name) and entry.name not in self.used:
                with suppress(OSError):
                    Path(entry).unlink()


def memo(root: Path) -> Memo:
    """The memo of the repository at `root`; none within another repository, or where a link stands for our folder."""
    own = own_folder(root) if (root / ".git").exists() else None
    folder = own / NAME if own else None
    return Memo(folder=None if folder is None or folder.is_symlink() else folder)


def packed(parts: Sequence[bytes]) -> bytes:
    """Several contents as one."""
    return json.dumps([len(part) for part in parts]).encode() + b"\n" + b"".join(parts)


def unpacked(data: bytes) -> list[bytes]:
    """The contents of one."""
    lengths, _, rest = data.partition(b"\n")
    parts, at = [], 0
    for length in json.loads(lengths):
        parts.append(rest[at : at + length])
        at += length
    return parts


def _seal(key: str, made: bytes) -> bytes:
    return sha256(key.encode() + made).digest()
