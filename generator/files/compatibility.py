"""Signs that look like others: radicals as PDF files give them, full-width letters and digits, ligatures, letters in
two pieces.

Owns which signs have a plain form that records are written in, and what it is. Searches, comparisons and screen readers
take them for other signs. Signs that Chinese text uses on purpose (full-width punctuation, ①, Ⅱ, ㎡, ℃) stay. Must not
know where text stands in YAML.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from generator.files.typing_mistakes import codepoint, lines_of, place
from generator.problems import Problem, problem

# Radicals that have no compatibility form in Unicode, and the characters that its EquivalentUnifiedIdeograph table
# (14.0) gives for them.
_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻"
    "⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"
)
_CHARACTERS = (
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿"
    "肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"
)
PLAIN = dict(zip(_RADICALS, _CHARACTERS, strict=True))
_PIECES = "\u0300-\u036f\u3099\u309a"
_LOOK_ALIKE = (
    "\u2e80-\u2fdf\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdff\ufe10-\ufe19\ufe30-\ufe6b\ufe70-\ufefc\uf900-\ufaff"
    "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff61-\uffdc\U0001d400-\U0001d7ff\U0002f800-\U0002fa1f"
)
ALIKE = re.compile(f"(?:[^\n{_PIECES}][{_PIECES}]+|[{_LOOK_ALIKE}])+")
PERHAPS_ALIKE = re.compile(f"[{_PIECES}{_LOOK_ALIKE}]")  # one class of signs is found much faster


def plain(text: str) -> str:
    """Text with every such sign in its plain form."""
    return ALIKE.sub(lambda found: unicodedata.normalize("NFKC", "".join(PLAIN.get(c, c) for c in found[0])), text)


def first(text: str) -> Mapping[str, str] | None:
    """What a Problem tells of the first such signs of a text; None if it has none."""
    return next((_facts(found[0]) for found in ALIKE.finditer(text) if plain(found[0]) != found[0]), None)


def signs(path: str, text: str) -> Iterator[Problem]:
    """A Problem for each run of such signs of a file, outside of comment lines."""
    for found in ALIKE.finditer(text) if PERHAPS_ALIKE.search(text) else ():
        if plain(found[0]) == found[0] or _in_comment(text, found.start()):
            continue
        yield problem(place(path, text, found.start(), len(found[0])), "compatibility-sign", **_facts(found[0]))


def _in_comment(text: str, at: int) -> bool:
    lines = lines_of(text)
    start = lines.starts[lines.line(at)]
    return text.startswith("#", start) or (
        text.startswith((" ", "\t"), start) and _COMMENT.match(text, start) is not None
    )


_COMMENT = re.compile(r"[ \t]*#")


def _facts(found: str) -> Mapping[str, str]:
    shown = found[:20]
    return {"found": shown, "wanted": plain(shown), "character": codepoint(found[0])}
