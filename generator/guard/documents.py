"""Files that are no text: what they are, and the persons whom office documents name without being asked.

Owns the reading of office documents (Open XML and OpenDocument are zip archives of XML) as far as their metadata and their text. Reads at most some
mebibytes of an archive. Must not know what is private in a text.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

_AUTHORS = re.compile(
    rb"<(?:dc:creator|cp:lastModifiedBy|meta:initial-creator|(?:\w+:)?Manager|(?:\w+:)?Company|meta:printed-by)(?:\s[^>]*)?>\s*[^<\s]", re.ASCII
)
_METADATA = re.compile(r"(?:docProps/\w+|meta)\.xml")
_TEXT = re.compile(r"(?:xl/(?:sharedStrings|comments\d*|worksheets/[^/]+)|word/[^/]+|ppt/slides/[^/]+|content)\.xml")
_PDF_AUTHOR = re.compile(rb"/Author\s*(?:\(\s*[^)\s]|<\s*[0-9A-Fa-f]{2})")
_MOST_BYTES = 8 << 20
_TAG = re.compile(r"<[^>]*>")


def is_binary(data: bytes) -> bool:
    """Whether a file is no text: as git decides, by a zero byte near its beginning; text in UTF-16 says so by its first two bytes."""
    return b"\0" in data[:8000] and not data.startswith((b"\xff\xfe", b"\xfe\xff"))


def names_author(data: bytes) -> bool:
    """Whether a document's metadata name an author, an editor or a company."""
    if data.startswith(b"%PDF-"):
        return bool(_PDF_AUTHOR.search(data))
    return any(_AUTHORS.search(content) for content in _members(data, _METADATA))


def text_of(data: bytes) -> str:
    """The text in the cells and paragraphs of an office document; empty for anything else."""
    return "\n".join(_TAG.sub(" ", content.decode("utf-8", "replace")) for content in _members(data, _TEXT))


def _members(data: bytes, wanted: re.Pattern[str]) -> Iterator[bytes]:
    if not data.startswith(b"PK\x03\x04"):
        return
    left = _MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in sorted(archive.namelist()):
                if wanted.fullmatch(name) and left > 0:
                    with archive.open(name) as member:
                        content = member.read(left)
                    left -= len(content)
                    yield content
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError):  # damaged or encrypted: refused as binary
        return
