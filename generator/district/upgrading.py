"""Records of an older form, carried over to the present one, step by step.

Owns what changed from form to form. A step changes how a fact is written, never a fact; what only a person can say it
leaves to them. What is sealed keeps its form: the reader knows all of them. Must not know git, and writes no files.

Form 1 (version 0.1.0, until November 2026) to 2: a policy that states no day of its own says when it was entered; the
certificate of a release counts schools and pairs of schools. The digest under which it was published stands beside the
new one, so that who kept the old one still finds it, covered by the chain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import sha256

from msgspec.structs import replace

from generator.district.changing import with_fields
from generator.files.schemas import validate
from generator.files.strict_yaml import read
from generator.files.tree import Tree
from generator.model import releases as r
from generator.model.district import FORM
from generator.records.kinds import kind_of, parsed
from generator.records.repository import DISTRICT


class EditedReleaseError(Exception):
    """A release does not fit its own digest, or not the one after it: it was changed by hand, and nothing of ours is to
    put a new digest under that.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


Entered = Callable[[str], date | None]  # the day on which a file was first committed
_CERTIFICATE = re.compile(r"(?m)^certificate: \{attackers: ([0-9]+), [^}\n]*\}$")


def form_of(tree: Tree) -> int:
    """The form of a district's records; the present one where nobody can read it."""
    document, _ = read(DISTRICT, tree.read(DISTRICT)) if DISTRICT in tree.paths else (None, ())
    form = document.data.get("form", 1) if document and isinstance(document.data, dict) else FORM
    return form if isinstance(form, int) else FORM


def upgraded(tree: Tree, entered: Entered) -> Mapping[str, bytes]:
    """The files that change on the way to the present form, by path."""
    form = form_of(tree)
    if form >= FORM or DISTRICT not in tree.paths:
        return {}
    found = dict(_to_2(tree, entered)) if form < 2 else {}
    return {**found, DISTRICT: with_fields(DISTRICT, tree.read(DISTRICT), {"form": FORM})}


def _to_2(tree: Tree, entered: Entered) -> Iterator[tuple[str, bytes]]:
    releases: list[tuple[str, bytes]] = []
    for path in tree.paths:
        kind, content = kind_of(path), tree.read(path) if kind_of(path) in ("policy", "release") else b""
        if kind == "policy" and (made := _entered(path, content, entered(path))):
            yield path, made
        elif kind == "release":
            releases.append((path, content))
    yield from _recertified(releases)


def _entered(path: str, content: bytes, day: date | None) -> bytes | None:
    document, problems = read(path, content)
    if day is None or document is None or problems or not isinstance(document.data, dict):
        return None  # what cannot be read is for a person: `check` names it
    if any(name in document.data for name in ("adopted_on", "in_force_from", "entered_on")):
        return None
    return with_fields(path, content, {"entered_on": day.isoformat()})


def _recertified(files: list[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Releases with the present certificate, each linked to the digest that the one before has then, and with the
    digest under which it was published. No figure changes: an attacker of the old count was one outside, and the others
    a school each. EditedReleaseError where a digest does not fit what stands there.
    """
    if any(read(path, content)[0] is None for path, content in files):
        return
    if not any(_CERTIFICATE.search(content.decode("utf-8")) for _, content in files):
        return
    found: list[r.Release] = []
    for path, content in files:
        text = _CERTIFICATE.sub(
            lambda old: f"certificate: {{schools: {max(1, int(old[1]) - 1)}, pairs: 0}}", content.decode("utf-8")
        )
        document, problems = read(path, text.encode())
        if document is None or problems or validate(document, "release"):
            return  # what cannot be read is for a person: `check` names it
        (entry, *_), _ = parsed(document, "release")
        assert isinstance(entry[0], r.Release)
        stated, old = document.data["digest"], _CERTIFICATE.search(content.decode("utf-8"))
        if stated != (_digest_of_form_1(entry[0], old[0]) if old else r.digest(entry[0])):
            raise EditedReleaseError(path)
        found.append(replace(entry[0], formerly=stated) if old else entry[0])
    digests: dict[r.ReleaseId, str] = {}
    for one in r.chained(found):
        before = one.previous
        if before and before.digest != next(o.formerly or r.digest(o) for o in found if o.id == before.id):
            raise EditedReleaseError(r.path_of(one.id))
        linked = replace(one, previous=r.Link(id=before.id, digest=digests[before.id])) if before else one
        digests[one.id] = r.digest(linked)
        yield r.path_of(one.id), r.written(linked)


def _digest_of_form_1(release: r.Release, certificate: str) -> str:
    """The digest of the same release with its old certificate, as form 1 had it."""
    lines = [line for line in r.written(release).decode("utf-8").splitlines() if not line.startswith(("#", "digest:"))]
    said = (certificate if line.startswith("certificate:") else line for line in lines)
    return sha256("".join(f"{line}\n" for line in said).encode()).hexdigest()
