"""`xinzhuli check`: every Problem of the records at once.

Owns which files are reported on. All files are read whichever were named, because references go everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from generator.command import FINE, PROBLEMS, Accepts, Request, UsageError, show, told

ACCEPTS = Accepts(values=("--format", "--to"), flags=("--references",), most_words=None)
REFERENCES = frozenset({"unknown-reference", "misspelled-reference", "duplicate-id", "no-district", "no-records", "stage-not-taught"})


def run(request: Request) -> int:
    """Check the records; 1 if there is any Problem in the files named (with `--references`: or a reference that leads nowhere anywhere)."""
    from generator.repository import load as load_repository
    from generator.tree import folder

    tree, unreadable = folder(request.root)
    wanted = _wanted(request, [*tree.paths, *(p.at.path for p in unreadable)])
    _, problems = load_repository(tree)
    elsewhere = REFERENCES if "--references" in request.options else frozenset[str]()
    found = [p for p in sorted({*unreadable, *problems}) if wanted(p.at.path) or p.code in elsewhere]
    files = sum(map(wanted, tree.paths))
    last = request.say("check.found", files=files, count=len(found)) if found else request.say("check.fine", files=files)
    show(request, told(request, found, files, last))
    return PROBLEMS if found else FINE


def _wanted(request: Request, known: Sequence[str]) -> Callable[[str], bool]:
    """Whether a file is among the paths that were named; all are, if none was."""
    chosen = []
    for text in request.words:
        path = Path(os.path.normpath(Path.cwd() / text))
        inside = path.relative_to(request.root).as_posix() if path.is_relative_to(request.root) else None
        if inside == ".":
            return lambda _: True
        if inside is None or not any(p == inside or p.startswith(f"{inside}/") for p in known):
            raise UsageError("cli.no_path", path=text)
        chosen.append(inside)
    return lambda path: not chosen or any(path == c or path.startswith(f"{c}/") for c in chosen)
