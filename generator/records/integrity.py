"""What `check` looks for beside the records' own Problems: secrets in any file, in any commit; releases that were
deleted. All of it without a key.

Owns where is looked and what may pass (`guard.yml`). Must not know how Problems are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from itertools import chain
from pathlib import Path

from msgspec import Struct, field

from generator.files.history import (
    EVERYTHING,
    SUBMODULE,
    blob_id,
    blobs_added,
    boundaries,
    contents,
    converted,
    listing,
    revisions_of,
)
from generator.files.kept import KeptFile
from generator.files.tree import MAX_BYTES, Tree, folder, shown_of
from generator.model.releases import FOLDER
from generator.problems import Position, Problem, problem
from generator.records.repository import Repository
from generator.sealed.receipts import place_of

HISTORY = ".git"  # where it is told what of the history could not be seen


class Clean(Struct):
    """By path what is kept of files of the folder in which no secret is: `before`, by an earlier run, and `found` in
    this one.

    `read` are the files that were read in this run, with a digest each.
    """

    before: Mapping[str, KeptFile] = field(default_factory=dict)
    found: dict[str, KeptFile] = field(default_factory=dict)
    read: Tree = field(default_factory=lambda: Tree(readers={}))


def secrets(root: Path, as_of: date, history: bool, clean: Clean | None = None) -> Iterator[Problem]:
    """Keys, backup words and plain figures in every file that git keeps or would keep; with `history`, in every commit.

    Minus what may pass. What is `clean` is not looked through again.
    """
    files = chain(_folder(root, clean or Clean()), _history(root) if history else ())
    if found := [wrong for file in files for wrong in _secrets(*file)]:
        from generator.guard.allowed import ALLOWED, allowances, judged

        yield from judged(found, allowances(shown_of(root / ALLOWED))[0], as_of)


_FoundFile = tuple[str, bytes, str, bool]


def _folder(root: Path, clean: Clean) -> Iterator[_FoundFile]:
    """The files of the folder that are not known to be clean, and what the next commit would hold where it is something
    else.
    """
    known, index = listing(root)
    like = next((entry.id for entry in index if entry.id != SUBMODULE), "")
    here: dict[str, str] = {}
    versions = clean.read.versions
    for path in known or folder(root)[0].paths:
        data = None if path in versions else shown_of(root / path)
        digest = versions.get(path) or (None if data is None else sha256(data).hexdigest())
        if digest is None:
            continue
        before = clean.before.get(path)
        if before is not None and before.digest == digest:
            here[path], clean.found[path] = before.blob, before
            continue
        data = clean.read.read(path)[:MAX_BYTES] if data is None else data
        here[path] = blob_id(data, like)
        if any(_secrets(path, data)):
            yield path, data, "", False
        else:
            clean.found[path] = KeptFile(digest=digest, blob=here[path])
    differ: dict[str, list[str]] = {}
    for entry in index:
        if entry.id != SUBMODULE and here.get(entry.path) != entry.id:
            differ.setdefault(entry.id, []).append(entry.path)
    yield from ((path, data, "", True) for id_, _, data in contents(root, differ) for path in differ[id_])


def _secrets(path: str, data: bytes, commit: str = "", staged: bool = False) -> Iterator[Problem]:
    from generator.guard.secrets import secrets as found  # here: where nothing is new, nobody needs it

    return found(path, data, commit, staged)


def _history(root: Path) -> Iterator[_FoundFile]:
    """What any commit brought, at each place it had."""
    places: dict[str, list[tuple[str, str]]] = {}
    for blob in blobs_added(root, revisions_of(root, EVERYTHING) or ()):
        if blob.id != SUBMODULE:
            places.setdefault(blob.id, []).append((blob.path, blob.commit[:12]))
    for name, _, data in contents(root, places):
        yield from ((path, data, commit, False) for path, commit in places[name])


def line_ends(root: Path, repository: Repository) -> Iterator[Problem]:
    """Where git was not told to leave sealed files as they are, a checkout on Windows would change them."""
    if converted(root, [place_of(school, term) for school, term in repository.receipts]):
        yield problem(Position(path=".gitattributes"), "sealed-attributes")


def shallow(root: Path) -> Iterator[Problem]:
    """That the clone does not hold the beginning of the history."""
    if not boundaries(root).isdisjoint(revisions_of(root, EVERYTHING) or ()):
        yield problem(Position(path=HISTORY), "guard-shallow")


def releases_gone(root: Path) -> Iterator[Problem]:
    """Releases that a commit before this one brought and that are not there any more.

    The newest is missed by no other release.
    """
    last: dict[str, str] = {}
    for blob in blobs_added(root, revisions_of(root, "HEAD") or ()):
        if blob.path.startswith(f"{FOLDER}/") and blob.path.endswith(".yml"):
            last[blob.path] = blob.commit[:12]
    yield from (
        problem(Position(path=path), "release-deleted", commit=last[path])
        for path in sorted(last)
        if not (root / path).is_file()
    )
