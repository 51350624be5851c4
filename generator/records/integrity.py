"""What `check` looks for beside the records' own Problems: secrets in any file, in any commit; releases that were
deleted. All of it without a key.

Owns where is looked and what may pass (`guard.yml`). Must not know how Problems are told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

from generator.files.history import (
    EVERYTHING,
    SUBMODULE,
    blob_id,
    blobs_added,
    boundaries,
    contents,
    converted,
    known,
    revisions_of,
    staged,
)
from generator.files.tree import folder, shown_of
from generator.guard import secrets as secrets_in
from generator.guard.allowed import ALLOWED, allowances, judged
from generator.model.releases import FOLDER
from generator.problems import Position, Problem, problem
from generator.records.repository import Repository
from generator.sealed.receipts import sealed_path

HISTORY = ".git"  # where it is told what of the history could not be seen


def secrets(root: Path, as_of: date, history: bool) -> Iterator[Problem]:
    """Keys, backup words and plain figures in every file that git keeps or would keep; with `history`, in every commit.

    Minus what may pass.
    """
    allowed, _ = allowances(shown_of(root / ALLOWED))
    files = chain(_folder(root), _history(root) if history else ())
    yield from judged(
        (p for path, data, commit, staged in files for p in secrets_in(path, data, commit, staged)), allowed, as_of
    )


_FoundFile = tuple[str, bytes, str, bool]


def _folder(root: Path) -> Iterator[_FoundFile]:
    """The files of the folder, and what the next commit would hold where it is something else."""
    here: dict[str, bytes] = {}
    for path in known(root) or folder(root)[0].paths:
        if (data := shown_of(root / path)) is not None:
            here[path] = data
            yield path, data, "", False
    differ: dict[str, list[str]] = {}
    for entry in staged(root):
        if entry.id != SUBMODULE and (entry.path not in here or blob_id(here[entry.path], entry.id) != entry.id):
            differ.setdefault(entry.id, []).append(entry.path)
    yield from ((path, data, "", True) for id_, _, data in contents(root, differ) for path in differ[id_])


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
    if converted(root, [sealed_path(receipt.source.path) for receipt in repository.receipts.values()]):
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
