"""What was found of files with which nothing is wrong, kept for the next run by a digest of their bytes.

Owns one file within git's own folder, into which no commit can bring anything. It is of one state of the files and
holds no history. It begins with a digest of itself and of the program: one that was changed, cut off, put in from
elsewhere or left by another program is as good as none. It is data, and nothing of it runs. Whoever may write there may
make a run say what they like: runs that do not trust each other share none. Must not know what is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.files.history import own_folder
from generator.files.resources import installed_digest

NAME = "xinzhuli-read"
_DIGEST, _LENGTH = 32, 8  # bytes of the digest, and of how long the list is


class KeptFile(Struct, frozen=True, kw_only=True):
    """What was found of a file: a digest of its bytes, the id that git gives them, plain data (None: that there is
    nothing to find), and content that is only looked at when it is needed.
    """

    digest: str
    blob: str
    facts: Any
    content: bytes | memoryview = b""


def kept_file(root: Path) -> Path | None:
    """Where runs in this folder keep what they find; None within another repository, and without git."""
    own = own_folder(root) if (root / ".git").exists() else None
    return own / NAME if own else None


def found_before(file: Path | None) -> Mapping[str, KeptFile]:
    """What an earlier run left there, by path."""
    try:
        data = file.read_bytes() if file and not file.is_symlink() else b""
    except OSError:
        return {}
    rest = memoryview(data)[_DIGEST:]
    if len(rest) < _LENGTH or _seal(rest) != data[:_DIGEST]:
        return {}
    at = _LENGTH + int.from_bytes(rest[:_LENGTH], "big")
    found: dict[str, KeptFile] = {}
    for path, digest, blob, facts, length in json.loads(bytes(rest[_LENGTH:at])):
        found[path] = KeptFile(digest=digest, blob=blob, facts=facts, content=rest[at : at + length])
        at += length
    return found


def keep(file: Path, found: Mapping[str, KeptFile]) -> None:
    """Leave it for the next run. Where nothing can be written, that one reads everything."""
    listed = [[path, one.digest, one.blob, one.facts, len(one.content)] for path, one in found.items()]
    head = json.dumps(listed, separators=(",", ":")).encode()
    rest = b"".join((len(head).to_bytes(_LENGTH, "big"), head, *(one.content for one in found.values())))
    if file.is_symlink() or (file.exists() and not file.is_file()):
        return
    beside = file.with_name(f"{file.name}.new")
    with suppress(OSError):
        beside.unlink(missing_ok=True)  # never through a link
        with beside.open("xb") as new:
            new.write(_seal(rest) + rest)
        beside.replace(file)


def _seal(rest: bytes | memoryview) -> bytes:
    made = sha256(installed_digest())
    made.update(rest)
    return made.digest()
