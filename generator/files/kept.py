"""What was found of files with which nothing is wrong, kept for the next run by a digest of their bytes.

Owns a folder within git's own, into which no commit can bring anything. It is of one state of the files and holds no
history. What is kept of a file lies in a part with that of the other files of its folder, so that a change writes one
part and not all. A list of the parts' digests begins with a digest of itself and of the program: a part that was
changed, cut off, put in from elsewhere or left with another state is as good as none, and so are all that another
program left. It is data, and nothing of it runs. Whoever may write there may make a run say what they like: runs that
do not trust each other share none. Must not know what is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from zlib import crc32

from msgspec import Struct, field
from msgspec.msgpack import Decoder, encode

from generator.files.history import own_folder
from generator.files.resources import reading_digest

NAME = "xinzhuli-read"
LIST = "parts"
PARTS = 64
NOTHING = memoryview(b"")
_DIGEST = 32


class KeptFile(Struct, frozen=True, kw_only=True, array_like=True):
    """What was found of a file: a digest of its bytes, the id that git gives them, plain data (empty: that there is
    nothing to find), and two contents, the one short, that are only looked at when they are needed.
    """

    digest: str
    blob: str
    facts: bytes = b""
    short: memoryview = NOTHING
    content: memoryview = NOTHING


class Kept(Struct, frozen=True, kw_only=True):
    """What an earlier run left in a folder (None: nothing can be left), by path, and the digests of its parts, empty
    where one is as good as none.
    """

    folder: Path | None = None
    files: Mapping[str, KeptFile] = field(default_factory=dict)
    parts: tuple[bytes, ...] = (b"",) * PARTS


_READ = Decoder(dict[str, KeptFile])


def kept_folder(root: Path) -> Path | None:
    """Where runs in this folder keep what they find; None within another repository, and without git."""
    own = own_folder(root) if (root / ".git").exists() else None
    return own / NAME if own else None


def found_before(folder: Path | None) -> Kept:
    """What an earlier run left there."""
    listed = _content(folder / LIST) if folder and not folder.is_symlink() else b""
    digests = listed[_DIGEST:]
    if folder is None or len(digests) != PARTS * _DIGEST or _seal(digests) != listed[:_DIGEST]:
        return Kept(folder=folder)
    parts, files = [b""] * PARTS, dict[str, KeptFile]()
    for number in range(PARTS):
        data = _content(_part(folder, number))
        if (digest := sha256(data).digest()) == digests[number * _DIGEST : (number + 1) * _DIGEST]:
            parts[number] = digest
            files |= _READ.decode(data)
    return Kept(folder=folder, files=files, parts=tuple(parts))


def keep(before: Kept, found: Mapping[str, KeptFile]) -> None:
    """Leave it for the next run in the place of what an earlier one left. Where nothing can be written, that one reads
    everything.

    A file whose name is no UTF-8 is looked at each time.
    """
    folder, files = before.folder, before.files
    if folder is None or folder.is_symlink():
        return
    # What did not change is one object in both.
    others = {_of(path) for path in {*found, *files} if found.get(path) is not files.get(path)}
    others.update(number for number, digest in enumerate(before.parts) if not digest)
    made: dict[int, dict[str, KeptFile]] = {number: {} for number in others}
    for path, one in found.items():
        if (number := _of(path)) in others and (path.isascii() or path.isprintable()):
            made[number][path] = one
    parts = list(before.parts)
    with suppress(OSError):
        if folder.is_file():  # as an older program left it
            folder.unlink()
        folder.mkdir(exist_ok=True)
        for number, part in made.items():
            data = encode(part)
            parts[number] = sha256(data).digest()
            _write(_part(folder, number), (data,))
        _write(folder / LIST, (_seal(b"".join(parts)), *parts))


def _of(path: str) -> int:
    """The number of the part of a file: that of its folder."""
    return crc32(path[: path.rfind("/") + 1].encode("utf-8", "surrogateescape")) % PARTS


def _part(folder: Path, number: int) -> Path:
    return folder / f"{number:02}"


def _content(file: Path) -> bytes:
    """What stands in a file; nothing, if there is none, or it is a link or a pipe."""
    try:
        return file.read_bytes() if S_ISREG(file.lstat().st_mode) else b""
    except OSError:
        return b""


def _write(file: Path, parts: Iterable[bytes]) -> None:
    """In the place of what stands there, never through a link."""
    beside = file.with_name(f"{file.name}.new")
    beside.unlink(missing_ok=True)
    with beside.open("xb") as new:
        new.writelines(parts)
    beside.replace(file)


def _seal(digests: bytes) -> bytes:
    return sha256(reading_digest() + digests).digest()
