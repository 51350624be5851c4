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
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from msgspec import Struct, field

from generator.files.history import own_folder
from generator.files.resources import installed_digest

_T = TypeVar("_T")

NAME, TOLD = "xinzhuli-made", "xinzhuli-told"
_LENGTH = 32  # bytes of a digest
_ENTRY = re.compile(r"[0-9a-f]{64}(\.new)?")


class Memo(Struct, frozen=True, kw_only=True):
    """What earlier builds left in `folder`, and what this process made or read before (`known`); without either nothing
    is kept. `used` is what this build asked for. `names`: the names of what is made of what, told once. `told`: what
    must be known of texts that nobody holds.
    """

    folder: Path | None = None
    known: dict[str, Any] | None = None
    used: set[str] = field(default_factory=set)
    names: dict[tuple[str, ...], str] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self.folder is not None or self.known is not None

    def key(self, kind: str, *made_of: str) -> str:
        """The name of what is made of all this by this program; empty where nothing is kept."""
        if not self.keeps:
            return ""
        asked = (kind, *made_of)
        if (found := self.names.get(asked)) is None:
            found = self.names[asked] = digest_of((installed_digest(), *asked))
        return found

    def made(self, key: str, make: Callable[[], _T], pack: Callable[[_T], bytes], unpack: Callable[[bytes], _T]) -> _T:
        """What has this key as it was made before, or else as it is made now; without a key nothing is kept of it."""
        return self.held(key, partial(self.left, key, make, pack, unpack))

    def held(self, key: str, find: Callable[[], _T]) -> _T:
        """What this process knows by this key, or else what is found now."""
        if not key or self.known is None:
            return find()
        self.used.add(key)
        known: _T | None = self.known.get(key)
        if known is None:
            known = self.known[key] = find()
        return known

    def knows(self, key: str, tell: Callable[[], _T]) -> _T:
        """What is known of a text that is kept by this key, or else what is told of it now."""
        if not key:
            return tell()
        self.used.add(key)
        if (known := self.told.get(key)) is None:
            known = self.told[key] = tell()
        return cast("_T", known)

    def left(self, key: str, make: Callable[[], _T], pack: Callable[[_T], bytes], unpack: Callable[[bytes], _T]) -> _T:
        """What earlier builds left by this key, or else what is made now and left; this process does not hold it."""
        if not key:
            return make()
        if (kept := self.recall(key)) is not None:
            return unpack(kept)
        found = make()
        self.keep(key, pack(found))
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
        for held in (self.known or {}, self.told):
            for key in held.keys() - self.used:
                del held[key]
        for asked in [asked for asked, key in self.names.items() if key not in self.used]:
            del self.names[asked]
        if self.folder is None or not self.folder.is_dir():
            return
        for name in {*os.listdir(self.folder)} - self.used:  # noqa: PTH208 - some ten thousand
            if _ENTRY.fullmatch(name):
                with suppress(OSError):
                    (self.folder / name).unlink()


def memo(root: Path) -> Memo:
    """The memo of the repository at `root`; none within another repository, or where a link stands for our folder."""
    own = own_folder(root) if (root / ".git").exists() else None
    folder = own / NAME if own else None
    return Memo(folder=None if folder is None or folder.is_symlink() else folder)


def beside(kept: Path) -> Memo:
    """The memo of what was told of schools, beside what was found of their files."""
    folder = kept.with_name(TOLD)
    return Memo(folder=None if folder.is_symlink() else folder)


def digest_of(parts: Iterable[str | bytes]) -> str:
    """A digest of contents, one after the other."""
    found = sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()


def digest_of_names(names: Iterable[str]) -> str:
    """A digest of many texts without line breaks, in their order."""
    return sha256("\n".join(names).encode("utf-8", "surrogatepass")).hexdigest()


class Once(Generic[_T]):
    """Makes something when it is asked for it the first time. `functools.cache` takes ten times as long to make."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make, self._made = make, list[_T]()

    def __call__(self) -> _T:
        """What was made."""
        if not self._made:
            self._made.append(self._make())
        return self._made[0]


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


def files_packed(files: Mapping[str, bytes]) -> bytes:
    """Files by their paths as one content."""
    return packed([json.dumps(list(files)).encode(), *files.values()])


def files_unpacked(data: bytes) -> Mapping[str, bytes]:
    """The files of one."""
    names, *contents = unpacked(data)
    return dict(zip(json.loads(names), contents, strict=True))


def _seal(key: str, made: bytes) -> bytes:
    return sha256(key.encode() + made).digest()
