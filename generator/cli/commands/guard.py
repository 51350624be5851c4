"""`xinzhuli guard`: refuses what must never enter git.

Owns where is looked: the working folder and what the next commit would take, a range of commits, all of history with
its names. Shows no line of a file: what was found is never printed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec.structs import replace

from generator.cli.request import (
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    file_reader,
    inside,
    present_day,
    print_result,
    result_of,
)
from generator.files import zones
from generator.files.history import (
    EVERYTHING,
    SUBMODULE,
    Blob,
    Staged,
    blob_id,
    blobs_added,
    boundaries,
    contents,
    is_shallow,
    listing,
    messages,
    own_folder,
    refs,
    revisions_of,
)
from generator.files.strict_yaml import read
from generator.files.tree import MAX_BYTES, folder, head_of
from generator.guard.allowed import ALLOWED, allowances, judged
from generator.guard.cleared import NAME as CLEARED
from generator.guard.cleared import Cleared, cleared, keep
from generator.guard.inspecting import GuardedFile, fields, hidden, inspect, message, named, points_to
from generator.guard.numbers import addresses
from generator.problems import Position, Problem, in_order, problem

ACCEPTS = Accepts(values=("--range", "--as-of", "--format", "--to"), flags=("--history",), most_words=None)
HISTORY = ".git"  # where it is told what of the history could not be seen
_HERE = {"commit": "", "staged": ""}
_OURS = frozenset({"commit", "staged", "size", "count", "character", "until"})  # facts that are no text of a file


def run(request: Request) -> int:
    """Look; 1 if there is anything that must not be there, or anything that could not be looked at."""
    root = request.root
    published, time_zone = _district(root)
    revisions = EVERYTHING if "--history" in request.options else request.options.get("--range")
    if revisions is None:
        files, found = _folder(request, published)
    else:
        files, found = _history(request, revisions, published)
    allowed, wrong = allowances(file_reader(root)(ALLOWED))
    as_of = request.as_of or present_day(time_zone)
    problems = in_order(_discreet(p, published) for p in [*wrong, *judged(found, allowed, as_of)])
    last = (
        request.say("guard.found", files=files, count=len(problems))
        if problems
        else request.say("guard.fine", files=files)
    )
    print_result(request, replace(result_of(request, problems, files, last), source=lambda _: None))
    return PROBLEMS if problems else FINE


def _discreet(found: Problem, published: frozenset[str]) -> Problem:
    """A Problem without a person's number in its facts: a list of what may pass quotes paths and fields."""
    return replace(
        found, facts=tuple((name, value if name in _OURS else hidden(value, published)) for name, value in found.facts)
    )


def _district(root: Path) -> tuple[frozenset[str], str]:
    """What everybody may know (the digits of the help lines and of the office's telephone, every address that the
    district gives of itself) and the time zone.

    Read even where the records are wrong.
    """
    from generator.records.repository import DISTRICT

    content = file_reader(root)(DISTRICT)
    document = read(DISTRICT, content)[0] if content else None
    data = document.data if document and isinstance(document.data, dict) else {}
    lines = data.get("help_lines")
    numbers = [line.get("number") for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []
    contact = data.get("contact")
    numbers += [contact.get("telephone")] if isinstance(contact, dict) else []
    text = (content or b"").decode("utf-8", "replace")
    mails = (text[found.start : found.start + found.length].lower() for found in addresses(text, frozenset()))
    known_to_all = frozenset((*(re.sub(r"\D", "", n) for n in numbers if isinstance(n, str)), *mails))
    return known_to_all, zones.meant(data.get("time_zone"))


def _folder(request: Request, published: frozenset[str]) -> tuple[int, list[Problem]]:
    """Every file that git keeps or would keep, and what the next commit would hold in its place; without git, the
    records.
    """
    root = request.root
    listed, index = listing(root)
    linked = {entry.path for entry in index if entry.id == SUBMODULE}
    paths = _named(request, folder(root)[0].paths if listed is None else listed)
    chosen = frozenset(paths)
    found = [
        problem(Position(path=hidden(path, published)), "guard-submodule", **_HERE) for path in paths if path in linked
    ]
    found += [p for path in paths if path in linked for p in named(path, "", published)]
    files = [file for path in paths if path not in linked and (file := _file(root, path)) is not None]
    found += [p for file in files for p in inspect(file, published)]
    others = _staged(root, files, [entry for entry in index if entry.path in chosen and entry.id != SUBMODULE])
    found += _only_staged([p for file in others for p in inspect(file, published)], found)
    return len({*(f.path for f in files), *(f.path for f in others)}), found


def _staged(root: Path, files: Iterable[GuardedFile], index: Iterable[Staged]) -> list[GuardedFile]:
    """What the next commit would take where it is not what stands in the folder."""
    here = {file.path: file for file in files}
    differ: dict[str, list[str]] = {}
    for entry in index:
        file = here.get(entry.path)
        if file is None or file.size > MAX_BYTES or blob_id(file.data, entry.id) != entry.id:
            differ.setdefault(entry.id, []).append(entry.path)
    read = ((path, size, data) for id_, size, data in contents(root, differ) for path in differ[id_])
    return [
        GuardedFile(path=path, data=data, size=size, staged=True)
        for path, size, data in read
        if not _is_here(data, here.get(path))
    ]


def _is_here(data: bytes, file: GuardedFile | None) -> bool:
    """Whether a file of the folder says the same: its lines may end otherwise, and what Git LFS points to may
    lie here.
    """
    if file is None:
        return False
    return data == file.data.replace(b"\r\n", b"\n") or (file.size <= MAX_BYTES and points_to(data, file.data))


def _only_staged(staged: Iterable[Problem], found: Iterable[Problem]) -> Iterator[Problem]:
    """What is not told of the folder's file already."""
    known = {(p.at, p.code) for p in found}
    yield from (p for p in staged if (p.at, p.code) not in known)


def _named(request: Request, paths: Iterable[str]) -> list[str]:
    """The paths that were named; all, if none was. UsageError for a name at which nothing is looked at."""
    known = list(paths)
    chosen = []
    for word in request.words:
        c = inside(request, word)
        if c is None or (c != "." and not any(p == c or p.startswith(f"{c}/") for p in known)):
            raise UsageError("guard.nothing", path=word)
        chosen.append(c)
    return [p for p in known if not chosen or any(c == "." or p == c or p.startswith(f"{c}/") for c in chosen)]


def _file(root: Path, path: str) -> GuardedFile | None:
    full = root / path
    if full.is_symlink():
        target = os.fsencode(full.readlink())
        return GuardedFile(path=path, data=target, size=len(target))
    if not full.is_file() or not os.access(full, os.R_OK):
        return None
    return GuardedFile(path=path, data=head_of(full)(), size=full.stat().st_size)


def _history(request: Request, revisions: str, published: frozenset[str]) -> tuple[int, list[Problem]]:
    """What the commits brought, and what they say of themselves: what a later commit took away again has leaked too."""
    root, everything = request.root, revisions == EVERYTHING
    listed = revisions_of(root, revisions)
    if listed is None:
        raise UsageError(
            "guard.no_git" if everything else "cli.no_revision_shallow" if is_shallow(root) else "cli.no_revision",
            value=revisions,
        )
    if everything and not listed:
        raise UsageError("guard.no_commit")
    blobs = blobs_added(root, listed)
    wanted = frozenset(_named(request, sorted({b.path for b in blobs})))
    blobs = tuple(b for b in blobs if b.path in wanted)
    found = [problem(Position(path=HISTORY), "guard-shallow")] if not boundaries(root).isdisjoint(listed) else []
    linked = [b for b in blobs if b.id == SUBMODULE]
    found += [
        problem(Position(path=hidden(b.path, published)), "guard-submodule", commit=b.commit[:12], staged="")
        for b in linked
    ]
    folder_ = own_folder(root)
    file = folder_ and folder_ / CLEARED
    before, clean = cleared(file, published), set[bytes]()
    found += _brought(root, blobs, published, before, clean)
    if not request.words:
        found += _said(root, listed, published, before, clean)
        found += _names(root, published) if everything else ()
        if everything and file:
            keep(file, clean)
    return len(blobs), found


def _brought(
    root: Path, blobs: Iterable[Blob], published: frozenset[str], before: Cleared, clean: set[bytes]
) -> Iterator[Problem]:
    """What is wrong with contents that commits brought. What is clean is added to `clean`, new and as `before`."""
    places: dict[str, list[tuple[str, str]]] = {}
    for blob in blobs:
        if before.has(blob.id, blob.path):
            clean.add(before.digest(blob.id, blob.path))
        elif blob.id != SUBMODULE:
            places.setdefault(blob.id, []).append((blob.path, blob.commit[:12]))
    for id_, size, data in contents(root, places):
        for path, commit in places[id_]:
            wrong = tuple(inspect(GuardedFile(path=path, data=data, size=size, commit=commit), published))
            yield from wrong
            if not wrong:
                clean.add(before.digest(id_, path))


def _said(
    root: Path, listed: Iterable[str], published: frozenset[str], before: Cleared, clean: set[bytes]
) -> Iterator[Problem]:
    """The same of what commits say of themselves."""
    clean |= {before.digest(id_) for id_ in listed if before.has(id_)}
    for commit, makers, said in messages(root, [id_ for id_ in listed if not before.has(id_)]):
        at, id_ = f"commit {commit[:12]}", commit[:12]
        wrong = (*message(at, said, id_, published), *fields(at, makers, id_, published))
        yield from wrong
        if not wrong:
            clean.add(before.digest(commit))


def _names(root: Path, published: frozenset[str]) -> Iterator[Problem]:
    """What branches and tags are called, and what tags say."""
    for ref in refs(root):
        shown = hidden(ref.name, published)
        yield from named(ref.name, "", published)
        yield from message(shown, ref.said, "", published)
        yield from fields(shown, ref.tagger, "", published)
