"""Files that are no text: what can be seen of them, what nobody can see into, and the persons whom documents name
without being asked.

Owns the opening of archives (zip, gzip, bzip2, xz, tar; office documents are zip archives of XML) and what looks like
text in other files. Reads at most some mebibytes, and archives within archives only so deep. Must not know what is
private in a text.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from msgspec import Struct, field

from generator.guard.reading import decoded

_AUTHORS = re.compile(
    rb"<(?:dc:creator|cp:lastModifiedBy|meta:initial-creator|(?:\w+:)?Manager|(?:\w+:)?Company|meta:printed-by)(?:\s[^<>]*)?>\s{0,99}[^<\s]",
    re.ASCII,
)
_METADATA = re.compile(r"(?:docProps/\w+|meta)\.xml")
_PDF_AUTHOR = re.compile(rb"/Author\s{0,9}(?:\(\s{0,9}[^)\s]|<\s{0,9}[0-9A-Fa-f]{2})")
_MOST_BYTES, _MOST_MEMBERS, _DEEPEST = 8 << 20, 2_000, 3
# Where one thing ends and another begins; every other tag stands within a word.
_BLOCKS = "p|c|v|f|is|si|row|tr|td|th|li|div|tab|br|cr|h|s|line-break|table-cell|table-row|comment|sheet|cell"
_END = re.compile(rf"</?(?:\w+:)?(?:{_BLOCKS})(?:\s[^<>]*)?/?>", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")
_POWER = re.compile(
    r"(?<=>)([0-9])\.([0-9]{1,16})E\+?([0-9]{1,2})(?=<)"
)  # how some programs write a long number into a cell
_PRINTED = re.compile(rb"[\x20-\x7e\x80-\xfe]{6,}")
_PRINTED_WIDE = re.compile(rb"(?:[\x20-\x7e]\0|[\0-\xff][\x4e-\x9f]){6,}")
# Formats of archives that are not opened here, by their first bytes.
_CLOSED = (
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\x28\xb5\x2f\xfd",
    b"MSCF",
    b"LZIP",
    b"\x04\x22\x4d\x18",
    b"\x1f\x9d",
    b"xar!",
)
_OLE, _ZIP, _GZIP, _BZIP, _XZ = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"),
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\0",
)
_LOCKED_OFFICE = "EncryptedPackage".encode("utf-16-le")
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
)
ENCRYPTED, UNREAD = "guard-encrypted", "guard-unread"


class Contents(Struct, kw_only=True):
    """What was seen in a file: names and texts; and in one word each (the code of a Problem) why something was not."""

    texts: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    author: bool = False
    left: int = _MOST_BYTES
    members: int = _MOST_MEMBERS


def look(data: bytes) -> Contents:
    """Everything in a file that is no text, as far as it can be seen."""
    seen = Contents()
    _look(data, 0, seen)
    return seen


def _look(data: bytes, depth: int, seen: Contents) -> None:
    """A file, or a member of an archive."""
    if depth > _DEEPEST or data.startswith(_CLOSED):
        seen.unseen.append(UNREAD)
    elif (members := _members(data, seen)) is not None:
        try:
            for name, content in members:
                seen.texts.append(name)
                seen.author = seen.author or bool(_METADATA.fullmatch(name) and _AUTHORS.search(content))
                _look(content, depth + 1, seen)
        except _DAMAGED:
            seen.unseen.append(UNREAD)
    elif depth and (text := decoded(data)) is not None:
        seen.texts.append(_without_tags(text) if text.lstrip("\ufeff \r\n\t").startswith("<") else text)
    else:
        _no_archive(data, seen)


def _no_archive(data: bytes, seen: Contents) -> None:
    """A file of a format that is not known here: the text that shows, and whether it is locked."""
    if (data.startswith(b"%PDF-") and b"/Encrypt" in data) or (data.startswith(_OLE) and _LOCKED_OFFICE in data):
        seen.unseen.append(ENCRYPTED)
    seen.author = seen.author or (data.startswith(b"%PDF-") and bool(_PDF_AUTHOR.search(data)))
    seen.texts.append("\n".join(m[0].decode("gb18030", "replace") for m in _PRINTED.finditer(data)))
    seen.texts.append("\n".join(m[0].decode("utf-16-le", "replace") for m in _PRINTED_WIDE.finditer(data)))


def _members(data: bytes, seen: Contents) -> Iterator[tuple[str, bytes]] | None:
    """The members of an archive; None if a file is none."""
    if data.startswith(_ZIP):
        return _zip(data, seen)
    if data[257:262] == b"ustar":
        return _tar(data, seen)
    given = io.BytesIO(data)
    if data.startswith(_GZIP):
        return _one(gzip.GzipFile(fileobj=given), seen)
    if data.startswith(_BZIP):
        return _one(bz2.BZ2File(given), seen)
    return _one(lzma.LZMAFile(given), seen) if data.startswith(_XZ) else None


def _zip(data: bytes, seen: Contents) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in sorted(archive.infolist(), key=lambda m: m.filename):
            if member.flag_bits & 1:
                seen.unseen.append(ENCRYPTED)
                yield member.filename, b""
            elif _room(seen):
                with archive.open(member) as opened:
                    yield member.filename, _read(opened, seen)
        yield "", archive.comment


def _tar(data: bytes, seen: Contents) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for member in archive:
            if _room(seen):
                opened = archive.extractfile(member) if member.isfile() else None
                yield member.name, _read(opened, seen) if opened else b""


def _one(opened: gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile, seen: Contents) -> Iterator[tuple[str, bytes]]:
    with opened:
        yield "", _read(opened, seen)


def _room(seen: Contents) -> bool:
    seen.members -= 1
    if (room := seen.left > 0 and seen.members >= 0) is False:
        seen.unseen.append(UNREAD)
    return room


def _read(opened: IO[bytes] | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile, seen: Contents) -> bytes:
    content = opened.read(seen.left + 1)
    if len(content) > seen.left:
        seen.unseen.append(UNREAD)
    seen.left -= len(content)
    return content


def _without_tags(text: str) -> str:
    """The words of a piece of XML: what stands within one paragraph or cell is one piece, however it is set."""
    text = _POWER.sub(lambda m: (m[1] + m[2].ljust(int(m[3]), "0")) if len(m[2]) <= int(m[3]) else m[0], text)
    return _TAG.sub("", _END.sub(" ", text))
