"""Names of files that not every system can have: a district's records must be checked out by whoever clones them, on
Windows too.

Owns which names are reserved or too long, and which two names are one where small and capital letters are the same.
Must not know what files hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from generator.problems import Position, Problem, problem

LONGEST_NAME, LONGEST_PATH = 255, 200  # bytes of a name, characters of a path below the district's folder
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[. ]|$)")
_IMPOSSIBLE = re.compile(r'[<>:"|?*\\\x00-\x1f]')
# A name with nothing odd in it: no device's, and nothing but small letters, figures and signs that all systems have.
_NAME = r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|\Z))[0-9a-z_-]{1,100}(?:\.[0-9a-z]{1,9})*"
_USUAL, _USUAL_PATH = re.compile(_NAME), re.compile(rf"(?:{_NAME}/)*{_NAME}")
_USUAL_FOLDERS = re.compile(rf"(?:{_NAME}/)*")


def trouble(name: str) -> str | None:
    """The code of what is wrong with the name of a file or a folder; None if every system can have it."""
    if _USUAL.fullmatch(name):
        return None
    if _DEVICE.match(name) or _IMPOSSIBLE.search(name) or name.endswith((".", " ")):
        return "reserved-name"
    return "long-name" if len(name.encode("utf-8", "surrogateescape")) > LONGEST_NAME else None


def folded(path: str) -> str:
    """A path as systems see it that take small and capital letters, and a letter in one piece or two, for the same."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def portable(paths: Sequence[str]) -> Iterator[Problem]:
    """What cannot be checked out everywhere. Of two names that are one the second is told, once for a whole folder."""
    odd = [path for path in paths if not _USUAL_PATH.fullmatch(path) or len(path) > LONGEST_PATH]
    folders = tuple({_usual_folders(path) for path in odd})  # a usual name is like none but an odd one beside it
    yield from _portable([path for path in paths if path.startswith(folders)])


def _usual_folders(path: str) -> str:
    """The way to the first odd name of a path."""
    found = _USUAL_FOLDERS.match(path)
    return found.group() if found else ""


def _portable(paths: Iterable[str]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    settled: set[str] = set()  # folders of whose own names nothing is to be told
    for path in paths:
        folder, _, name = path.rpartition("/")
        known = folder in settled
        if wrong := _wrong(path, (name,) if known else path.split("/")):
            yield wrong
        for part in (path,) if known else _ways(path):
            there = first.setdefault(folded(part), part)
            if there != part:
                yield problem(Position(path=path), "names-alike", name=part, other=there)
                first[folded(part)] = part  # all below it are with this one from here on
                settled.clear()
                break
        else:
            if not wrong:
                settled.add(folder)


def _ways(path: str) -> Iterator[str]:
    """A path's folders from the top down, and the path."""
    names = path.split("/")
    return ("/".join(names[:number]) for number in range(1, len(names) + 1))


def _wrong(path: str, names: Iterable[str]) -> Problem | None:
    found = next(((code, name) for name in names if (code := trouble(name))), None)
    if found:
        return problem(Position(path=path), found[0], name=found[1][:60])
    if len(path) > LONGEST_PATH:
        return problem(Position(path=path), "long-name", name=path[-60:])
    return None
