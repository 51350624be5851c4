"""`xinzhuli guard`: refuses what must never enter git.

Owns where is looked: the working folder, a range of commits, all of history. Shows no line of a file: what was found is never printed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from generator import zones
from generator.command import FINE, PROBLEMS, Accepts, Request, UsageError, present_day, show, source, told
from generator.guard import File, inspect, message
from generator.guard.allowed import ALLOWED, allowances, judged
from generator.guard.numbers import addresses
from generator.history import EVERYTHING, SUBMODULE, brought, contents, is_shallow, known, messages, revisions_of, submodules
from generator.problems import Position, Problem, in_order, problem
from generator.tree import MAX_BYTES, folder
from generator.yamlfile import read

ACCEPTS = Accepts(values=("--range", "--as-of", "--format", "--to"), flags=("--history",), most_words=None)


def run(request: Request) -> int:
    """Look; 1 if there is anything that must not be there."""
    root = request.root
    published, time_zone = _district(root)
    revisions = EVERYTHING if "--history" in request.options else request.options.get("--range")
    if revisions is None:
        files, found = _folder(request, published)
    else:
        files, found = _history(root, revisions, published)
    allowed, wrong = allowances(source(root)(ALLOWED))
    as_of = request.as_of or present_day(time_zone)
    problems = in_order([*wrong, *judged(found, allowed, as_of)])
    last = request.say("guard.found", files=files, count=len(problems)) if problems else request.say("guard.fine", files=files)
    show(request, replace(told(request, problems, files, last), source=lambda _: None))
    return PROBLEMS if problems else FINE


def _district(root: Path) -> tuple[frozenset[str], str]:
    """What everybody may know (the digits of the help lines, every address that the district gives of itself) and the time zone.

    Read even where the records are wrong.
    """
    from generator.repository import DISTRICT

    content = source(root)(DISTRICT)
    document = read(DISTRICT, content)[0] if content else None
    data = document.data if document and isinstance(document.data, dict) else {}
    lines = data.get("help_lines")
    numbers = [line.get("number") for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    zone = data.get("time_zone")
    text = (content or b"").decode("utf-8", "replace")
    mails = (text[found.start : found.start + found.length].lower() for found in addresses(text, frozenset()))
    known_to_all = frozenset((*(re.sub(r"\D", "", n) for n in numbers if isinstance(n, str)), *mails))
    return known_to_all, zone if isinstance(zone, str) else zones.HOME


def _folder(request: Request, published: frozenset[str]) -> tuple[int, list[Problem]]:
    """Every file that git keeps or would keep; without git, the records."""
    root = request.root
    listed, linked = known(root), frozenset(submodules(root))
    paths = _named(request, folder(root)[0].paths if listed is None else listed)
    found = [problem(Position(path=path), "guard-submodule", commit="") for path in paths if path in linked]
    files = [file for path in paths if path not in linked and (file := _file(root, path)) is not None]
    return len(files), [*found, *(p for file in files for p in inspect(file, published))]


def _named(request: Request, paths: Iterable[str]) -> list[str]:
    """The paths that were named; all, if none was."""
    chosen = [Path(os.path.relpath(Path.cwd() / word, request.root)).as_posix() for word in request.words]
    return [p for p in paths if not chosen or any(c == "." or p == c or p.startswith(f"{c}/") for c in chosen)]


def _file(root: Path, path: str) -> File | None:
    full = root / path
    if full.is_symlink():
        target = os.fsencode(full.readlink())
        return File(path=path, data=target, size=len(target))
    if not full.is_file() or not os.access(full, os.R_OK):
        return None
    with full.open("rb") as opened:
        return File(path=path, data=opened.read(MAX_BYTES + 1), size=full.stat().st_size)


def _history(root: Path, revisions: str, published: frozenset[str]) -> tuple[int, list[Problem]]:
    """What the commits brought, and what they say of themselves: what a later commit took away again has leaked too."""
    listed = revisions_of(root, revisions)
    if listed is None:
        raise UsageError("cli.no_revision_shallow" if is_shallow(root) else "cli.no_revision", value=revisions)
    blobs = brought(root, listed)
    found = [problem(Position(path=b.path), "guard-submodule", commit=b.commit[:12]) for b in blobs if b.id == SUBMODULE]
    places: dict[str, list[tuple[str, str]]] = {}
    for blob in blobs:
        places.setdefault(blob.id, []).append((blob.path, blob.commit[:12]))
    places.pop(SUBMODULE, None)
    for id_, size, data in contents(root, places):
        for path, commit in places[id_]:
            found += inspect(File(path=path, data=data, size=size, commit=commit), published)
    return len(blobs), [*found, *_said(root, listed, published)]


def _said(root: Path, listed: Iterable[str], published: frozenset[str]) -> Iterator[Problem]:
    for commit, said in messages(root, list(listed)):
        yield from message(f"commit {commit[:12]}", said, commit[:12], published)
