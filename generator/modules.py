"""Where Python's modules may come from: never from the folder in which somebody stands, which may be that of a
district.

Owns the search path of this process, and the one that a child process is given. Imports nothing that is not built in:
it runs before anything else, so that no module of such a folder can stand in for one of the system's.
"""

from __future__ import annotations

import os  # the interpreter itself has loaded it by now
import sys

_HERE = __file__.replace("\\", "/").rpartition("/")[0]
BASE = _HERE.rpartition("/")[0] or "/"  # the folder that holds this package


def drop_current_folder() -> None:
    """Of `python -m generator.…`, which puts the current folder before all others: take it away again, unless the
    program itself lies there.
    """
    if sys.argv[:1] == ["-m"] and not sys.flags.safe_path and sys.path and not _same(sys.path[0], BASE):
        del sys.path[0]


def trusted(path: list[str], *strange: str) -> list[str]:
    """The places of a search path that are named in full and are neither the current folder nor another strange one,
    and the program's own place.
    """
    strange = (*strange, current())
    kept = [place for place in path if _absolute(place) and not any(_same(place, folder) for folder in strange)]
    return kept if any(_same(place, BASE) for place in kept) else [*kept, BASE]


def current() -> str:
    """The folder in which somebody stands; empty where that is gone."""
    try:
        return os.getcwd()  # noqa: PTH109 - nothing more is imported here
    except OSError:  # somebody has removed it
        return ""


def _absolute(place: str) -> bool:
    return place.startswith(("/", "\\")) or place[1:3] in (":\\", ":/")


def _same(one: str, other: str) -> bool:
    plain = [text.replace("\\", "/").rstrip("/") for text in (one, other)]
    return plain[0] == plain[1]
