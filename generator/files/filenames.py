"""Names of files that not every system can have: a district's records must be checked out by whoever clones them, on
Windows too.

Owns which names are reserved or too long, and which two names are one where small and capital letters are the same.
Must not know what files hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from generator.problems import Position, Problem, problem

LONGEST_NAME, LONGEST_PATH = 255, 200  # bytes of a name, characters of a path below the district's folder
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[. ]|$)")
_BETWEEN = re.compile("/")
_IMPOSSIBLE = re.compile(r'[<>:"|?*\\\x00-\x1f]')


def trouble(name: str) -> str | None:
    """The code of what is wrong with the name of a file or a folder; None if every system can have it."""
    if _DEVICE.match(name) or _IMPOSSIBLE.search(name) or name.endswith((".", " ")):
        return "reserved-name"
    return "long-name" if len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME else None


def folded(path: str) -> str:
    """A path as systems see it that take small and capital letters, and a letter in one piece or two, for the same."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def portable(paths: Iterable[str]) -> Iterator[Problem]:
    """What cannot be checked out everywhere. Of two names that are one the second is told, once for a whole folder."""
    first: dict[str, str] = {}
    keys: dict[str, str] = {}  # of folders, which repeat
    fine: set[str] = set()
    for path in paths:
        yield from _names(path, fine)
        ends = [*(found.start() for found in _BETWEEN.finditer(path)), len(path)]
        for part in (path[:end] for end in ends):
            key = keys[part] if part in keys else keys.setdefault(part, folded(part))
            if key not in first:
                first[key] = part
            elif first[key] != part:
                yield problem(Position(path=path), "names-alike", name=part, other=first[key])
                first[key] = part  # all below it are with this one from here on
                break


def _names(path: str, fine: set[str]) -> Iterator[Problem]:
    new = [name for name in path.split("/") if name not in fine]
    found = next(((code, name) for name in new if (code := trouble(name))), None)
    if found is None:
        fine.update(new)
    if found:
        yield problem(Position(path=path), found[0], name=found[1][:60])
    elif len(path) > LONGEST_PATH:
        yield problem(Position(path=path), "long-name", name=path[-60:])
