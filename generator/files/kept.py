"""What was found of files with which nothing is wrong, kept for the next run by a digest of their bytes.

Owns one file within git's own folder, into which no commit can bring anything. It is of one state of the files and
holds no history. It begins with a digest of itself and of the program: one that was changed, cut off, put in from
elsewhere or left by another program is as good as none. It is data, and nothing of it runs. Whoever may write there may
make a run say what they like: runs that do not trust each other share none. Must not know what is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder, encode

from generator.files.history import own_folder
from generator.files.resources import installed_digest

NAME = "xinzhuli-read"
_DIGEST, _LENGTH = 32, 8  # bytes of the digest, and of how long the list is
_LIST = Decoder(list[tuple[str, str, str, Any, int, int]])


class KeptFile(Struct, frozen=True, kw_only=True):
    """What was found of a file: a digest of its bytes, the id that git gives them, plain data (None: that there is
    nothing to find), and two contents, the one short, that are only looked at when they are needed.
    """

    digest: str
    blob: str
    facts: Any
    short: bytes | memoryview = b""
    content: bytes | memoryview = b""


def kept_file(root: Path) -> Path | None:
    """Where runs in this folder keep what they find; None within another repository, and without git."""
    own = own_folder(root) if (root / ".git").exists() else None
    return own / NAME if own else None


def found_before(file: Path | None) -> Mapping[str, KeptFile]:
    """What an earlier run left there, by path."""
    try:
        data = file.read_bytes() if file and file.is_file() and not file.is_symlink() else b""  # no pipe
    except OSError:
        return {}
    rest = memoryview(data)[_DIGEST:]
    if len(rest) < _LENGTH or _seal(rest) != data[:_DIGEST]:
        return {}
    at = _LENGTH + int.from_bytes(rest[:_LENGTH], "big")
    found: dict[str, KeptFile] = {}
    for path, digest, blob, facts, short, length in _LIST.decode(rest[_LENGTH:at]):
        between, end = at + short, at + short + length
        found[path] = KeptFile(digest=digest, blob=blob, facts=facts, short=rest[at:between], content=rest[between:end])
        at = end
    return found


def keep(file: Path, found: Mapping[str, KeptFile]) -> None:
    """Leave it for the next run. Where nothing can be written, that one reads everything.

    A file whose name is no UTF-8 is looked at each time.
    """
    named = [(path, one) for path, one in found.items() if path.isascii() or path.isprintable()]
    head = encode([(path, one.digest, one.blob, one.facts, len(one.short), len(one.content)) for path, one in named])
    contents = (part for _, one in named for part in (one.short, one.content))
    rest = b"".join((len(head).to_bytes(_LENGTH, "big"), head, *contents))
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
