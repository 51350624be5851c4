"""Names by which a person is found in chats: a QQ number, a WeChat ID.

Owns how these are told of. Neither has a check digit, so that only what is called so is found: not a column of them
below a heading, and no WeChat ID that looks like a word and stands behind nothing but the word WeChat. Must not know
files; gives places and never what stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_IS = r"[\"'”」)]{0,2}[ \t]{0,2}[:=是为]{1,2}[ \t]{0,2}[\"'“「(]{0,2}"
_SPACE = r"[ \t]{0,2}"
_NUMBERED = r"(?:群|号码?|[账帐]号| ?(?:id|no\.?|number)){0,2}"
_QQ = re.compile(rf"{_NUMBERED}(?:{_IS}|{_SPACE})([1-9][0-9]{{5,10}})(?![0-9a-z.@])")
_ID = r"(?:号码?|[账帐]号| ?(?:id|no\.?|number))"
_ANY = re.compile(rf"{_ID}{_IS}([a-z][a-z0-9_-]{{5,19}})(?![a-z0-9_-])")
_NO_WORD = re.compile(rf"(?:{_ID}{_SPACE}|{_ID}?{_IS})((?=[a-z_-]{{0,19}}[0-9_])[a-z][a-z0-9_-]{{5,19}})(?![a-z0-9_-])")
_GIVEN = re.compile(r"(?=[a-z]{0,32}[0-9])[a-z0-9]{6,32}(?![a-z0-9_])")  # before one is chosen
_JOINED = re.compile("[a-z0-9_]")
_CALLED: tuple[tuple[str, tuple[re.Pattern[str], ...]], ...] = (
    *((word, (_QQ,)) for word in ("qq", "扣扣", "企鹅", "q号")),
    *((word, (_ANY, _NO_WORD)) for word in ("微信", "薇信", "威信", "v信", "wechat", "weixin")),
    *((word, (_NO_WORD,)) for word in ("加v", "加vx", "加wx")),
    ("wxid_", (_GIVEN,)),
)


def chats(folded: str, published: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where such names begin and end in a text whose digits are those of ASCII; none that everybody may know."""
    small = folded.lower()
    if len(small) != len(folded):  # of some letters the small form is longer
        small = "".join(sign.lower() if sign.isascii() else sign for sign in folded)
    for word, kinds in _CALLED:
        at = small.find(word)
        while at >= 0:
            after = at + len(word)
            found = next((match for kind in kinds if (match := kind.match(small, after))), None)
            if found and not (at and word[0].isascii() and _JOINED.match(small, at - 1)):
                start, end = found.span(found.lastindex or 0)
                if small[start:end] not in published and len(set(small[start:end])) > 2:
                    yield start, end
            at = small.find(word, after)
