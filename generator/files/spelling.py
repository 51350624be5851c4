"""Which of the known words a mistyped one means.

Owns when two words are one word with a slip of the keyboard between them. A word that could as well be meant otherwise
is no slip: another number, another short part, one of several that are as near. Must not know what the words name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

_LONGEST = 80  # no longer word is a slip of a short one
_PART = re.compile(r"[0-9]+|[^\W0-9_]+")
# Letters of other scripts that look like Latin ones, as keyboards and web pages give them.
_LATIN = str.maketrans(
    "авеѕіјкмнорԛстухԁһԝɡοαικνρτυχАВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "abesijkmhopqctyxdhwgoaikvptuxABESIJKMHOPCTYXABEZHIKMNOPTYX",
)
_WORD, _ID = (4, 8), (5,)  # letters that a part must have for one wrong letter in it to be a slip, and for two


def word_meant(word: str, choices: Mapping[str, tuple[str, ...]]) -> str | None:
    """The name of a field or of a choice that a word means: by its spelling, by one of its labels, by how only one
    label begins.
    """
    if len(word) > _LONGEST:
        return None
    if found := _same(word, choices):
        return found
    begins = [name for name, labels in choices.items() if any(_begins(label, word) for label in labels)]
    return _only(begins) or _only([name for name in choices if _near(word, name, _WORD)])


def id_meant(word: str, known: Mapping[str, tuple[str, ...]]) -> str | None:
    """The id that a wrong one means: the same letters and numbers otherwise written, its whole title, or one letter
    wrong in a long part.
    """
    if len(word) > _LONGEST:
        return None
    return _same(word, known) or _only([name for name in known if _near(word, name, _ID)])


def _same(word: str, known: Mapping[str, tuple[str, ...]]) -> str | None:
    """The one that is the word but for capitals, signs between its parts and the width of its letters."""
    bare = _bare(word)
    by_name = [name for name in known if bare and _bare(name) == bare]
    return _only(by_name) or _only([n for n, labels in known.items() if bare and bare in map(_bare, labels)])


def _bare(word: str) -> tuple[str, ...]:
    """Letters and numbers of a word; of a number its value counts."""
    joined = "".join(part.lstrip("0") if part.isdigit() else part for part in _parts(word))
    numbers = tuple(part.lstrip("0") for part in _parts(word) if part.isdigit())
    return (joined, *numbers) if joined else ()


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...]:
    return tuple(_PART.findall(latin(unicodedata.normalize("NFKC", word)).casefold()))


def latin(word: str) -> str:
    """A word with the letters that look like Latin ones as these."""
    return word if word.isascii() else word.translate(_LATIN)


def _begins(label: str, word: str) -> bool:
    """Whether the beginning of a Chinese label was written for the whole."""
    return len(word) > 1 and not word.isascii() and label.startswith(word)


def _near(word: str, name: str, lengths: tuple[int, ...]) -> bool:
    """Whether they differ by slips in one part of letters alone, which is as long as so many slips need."""
    ours, theirs = _parts(word), _parts(name)
    differ = [(a, b) for a, b in zip(ours, theirs, strict=False) if a != b and not _same_number(a, b)]
    if len(ours) != len(theirs) or len(differ) != 1:
        return False
    (a, b) = differ[0]
    most = sum(max(len(a), len(b)) >= length for length in lengths)
    if not (a.isascii() and a.isalpha() and b.isalpha()) or abs(len(a) - len(b)) > max(most, 1):
        return False
    swapped = len(a) > 3 and sorted(a) == sorted(b) and _slips(a, b, 1)  # hardly ever two words
    return swapped or _slips(a, b, most)


def _same_number(a: str, b: str) -> bool:
    return a.isdigit() and b.isdigit() and a.lstrip("0") == b.lstrip("0")


def _slips(a: str, b: str, most: int) -> bool:
    """Whether at most so many letters were left out, put in, changed or swapped with the next."""
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    if most == 0 or not (a and b):
        return max(len(a), len(b)) <= most
    swapped = len(a) > 1 and len(b) > 1 and a[:2] == b[1::-1] and _slips(a[2:], b[2:], most - 1)
    return swapped or any(_slips(*rest, most - 1) for rest in ((a[1:], b), (a, b[1:]), (a[1:], b[1:])))


def _only(found: list[str]) -> str | None:
    return found[0] if len(found) == 1 else None
