"""Plaintext of what may only be kept sealed: a school's aggregate for a term.

Owns how such a file is known: by its place and name, by an ending that promises a seal which is not there, by its words. Must not open anything
sealed.
"""

from __future__ import annotations

import re

_BY_NAME = re.compile(r"(?:^|/)[0-9]{4}-[0-9]{4}-[12](?:\.[^/]*)?$")
_MAY_STAND = re.compile(r"\.receipt\.yml$|\.ya?ml\.age$")
_SEALS = (b"age-encryption.org/v1\n", b"-----BEGIN AGE ENCRYPTED FILE-----")
_WORDS = re.compile(
    r"(?m)^[\s\-|,\"']*(应测|实测|未测|有效|无效|重点关注|转介|建档|"
    r"due|expected|assessed|tested|untested|screened|valid|invalid|referred|levels|electronic_files|paper_files|case_files)"
    r"(?:人数|数|份数)?[\"']?\s*[:：,，|\t]\s*[\"']?\d"
)
_ENOUGH = 4


def is_sealed(data: bytes) -> bool:
    """Whether a file is what age writes; nothing can be told of its content, and nothing is."""
    return data.lstrip().startswith(_SEALS)


def is_plain_submission(path: str, data: bytes, text: str | None) -> bool:
    """Whether a file holds a submission that anybody can read. `text` is None for a file that is no text."""
    if path.endswith(".age"):
        return not is_sealed(data)
    if path.startswith("records/") and _BY_NAME.search(path) and not _MAY_STAND.search(path):
        return True
    return text is not None and len({m[1] for m in _WORDS.finditer(text)}) >= _ENOUGH
