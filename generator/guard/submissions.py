"""Plaintext of what may only be kept sealed: a school's aggregate for a term.

Owns how such a file is known: by its place and name, by an ending that promises a seal which is not there, by its
words. Must not open anything sealed.
"""

from __future__ import annotations

import re
from itertools import pairwise

from generator.sealed.age_header import is_damaged, is_sealed

_BY_NAME = re.compile(r"(?:^|/)[0-9]{4}-[0-9]{4}-[1-4](?:\.[^/]*)?$")
_MAY_STAND = re.compile(r"\.receipt\.yml$|\.ya?ml\.age$")
# The figures of `submission.Counts` (but the enrolment, which is open), and what people call them.
WORDS = (
    *(
        "due",
        "screened",
        "valid",
        "invalid",
        "reviewed",
        "electronic_files",
        "paper_files",
        "counselled",
        "followed_up",
        "referred",
    ),
    *("guardians_informed", "crisis_interventions", "absent", "declined"),
    *(
        "应测",
        "实测",
        "未测",
        "有效",
        "无效",
        "复核",
        "重点关注",
        "转介",
        "建档",
        "电子档案",
        "纸质档案",
        "辅导",
        "跟进",
        "危机干预",
    ),
)
_FIGURE = re.compile(
    rf"(?m)^[ \t\-|,\"']*({'|'.join(WORDS)})(?:人数|数|份数)?[\"']?\s{{0,9}}[:：,，|\t]\s{{0,9}}[\"']?\d"
)
_CELLS = re.compile(r"[,，\t|;]")
_CELL = re.compile(rf"[\s\"']*(?:{'|'.join(WORDS)})(?:人数|数|份数)?[\s\"']*")
_ENOUGH = 4


def is_plain_submission(path: str, data: bytes, text: str | None) -> bool:
    """Whether a file holds a submission that anybody can read. `text` is None for a file that is no text."""
    if path.endswith(".age") and not is_damaged(data):
        return not is_sealed(data)
    if path.startswith("records/") and _BY_NAME.search(path) and not _MAY_STAND.search(path):
        return True
    if text is None or sum(word in text for word in WORDS) < _ENOUGH:
        return False
    return (len({m[1] for m in _FIGURE.finditer(text)}) >= _ENOUGH) or _is_table(text)


def _is_table(text: str) -> bool:
    """A line that heads columns with such words, and figures in the line below."""
    lines = text.splitlines()[:20]
    return any(
        sum(bool(_CELL.fullmatch(c)) for c in _CELLS.split(head)) >= _ENOUGH and bool(re.search(r"\d", row))
        for head, row in pairwise(lines)
    )
