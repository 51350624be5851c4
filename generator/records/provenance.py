"""Where receipts come from: whether a school signed what stands there, and what the history of the present branch says
against it. Without a key.

Owns what history proves of receipts and of the schools' keys. A date that somebody wrote proves nothing here, of a
commit neither: what counts is which commit came before which. Must not know what is inside a sealed file, nor how
Problems are told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from generator.files.history import Blob, blobs_added, content_at, contents, is_shallow, parents, touching
from generator.files.strict_yaml import read
from generator.files.tree import Tree, folder
from generator.model.ids import SchoolId
from generator.model.sealed import Receipt, Signer
from generator.problems import Position, Problem, problem
from generator.records.repository import Repository, without_sealed
from generator.sealed.receipts import keys_of, outdated, sealed_path, signed_text
from generator.sealed.signatures import available, verified

SIGNERS = "records/recipients/signers.yml"
_SCHOOLS = "records/schools"
_ENDING = ".receipt.yml"


def doubts(root: Path, repository: Repository, receipts: Collection[Receipt]) -> Iterator[Problem]:
    """What speaks against these receipts of the Repository, and against the schools' keys as they stand now."""
    past = _Past(root, (_SCHOOLS, SIGNERS) if receipts else (SIGNERS,))
    yield from _keys_gone(past, repository.signers)
    first = _Beginnings(past, repository.signers)
    released = {
        (r.term, school): (revision, r.source)
        for r in repository.releases.values()
        for school, revision in r.counted.items()
    }
    for receipt in receipts:
        yield from _unsigned(receipt, repository.signers, first.stood(receipt))
        yield from _against(receipt, past.of(receipt))
        revision, where = released.get((receipt.term, receipt.school), (0, receipt.source))
        if revision > receipt.revision:
            yield problem(receipt.source, "revision-put-back", where, revision=receipt.revision, later=revision)


class _Past:
    """What the commits that led to the present one brought of receipts and of the schools' keys."""

    def __init__(self, root: Path, below: Sequence[str] = (_SCHOOLS, SIGNERS)) -> None:
        self.root = root
        self.parents = parents(root)
        blobs = blobs_added(root, list(self.parents), below) if self.parents else ()
        self._blobs = [blob for blob in blobs if blob.path == SIGNERS or blob.path.endswith(_ENDING)]
        here = {blob.path for blob in self._blobs}
        tree = folder(root)[0] if here else Tree(readers={})  # as the receipts were read that are judged
        there = {path: tree.read(path) for path in here.intersection(tree.paths)}
        self._data = {id_: data for id_, _, data in contents(root, [blob.id for blob in self._blobs])}
        self._other: dict[str, list[Blob]] = {}
        for blob in self._blobs:
            if self._data.get(blob.id) != there.get(blob.path):
                self._other.setdefault(blob.path, []).append(blob)

    def of(self, receipt: Receipt) -> Iterator[tuple[Blob, Receipt]]:
        """The other receipts that stood in the place of this one."""
        for blob in self._other.get(receipt.source.path, ()):
            if (read := read_receipt(blob.path, self._data.get(blob.id, b""))) is not None:
                yield blob, read

    def signers(self) -> Iterator[tuple[Blob, tuple[Signer, ...]]]:
        """Each list of the schools' keys that ever was."""
        for blob in self._blobs:
            if blob.path == SIGNERS:
                yield blob, signers_in(self._data.get(blob.id, b""))


def signers_in(data: bytes) -> tuple[Signer, ...]:
    """The schools' keys in a file of any age, as far as it can be read: an early one names no district."""
    document, _ = read(SIGNERS, data)
    fields = document.data if document and isinstance(document.data, dict) else {}
    listed = fields.get("signers")
    return (
        tuple(filter(None, (_signer(one, fields.get("district")) for one in listed)))
        if isinstance(listed, list)
        else ()
    )


def _signer(one: object, district: object) -> Signer | None:
    if not isinstance(one, dict):
        return None
    try:
        return Signer(
            district=district if isinstance(district, str) else "",
            school=SchoolId(str(one["school"])),
            key=str(one["key"]),
            valid_from=date.fromisoformat(str(one["valid_from"])),
            valid_until=date.fromisoformat(str(one["valid_until"])),
            source=Position(path=SIGNERS),
        )
    except (KeyError, ValueError):
        return None


def read_receipt(path: str, data: bytes) -> Receipt | None:
    """The receipt in a file that stood at a path once; None if it is none."""
    return without_sealed(Tree(readers={path: partial(bytes, data)}), sealed_path(path))[1]


# --- keys -------------------------------------------------------------------------------------------------------------


def _keys_gone(past: _Past, signers: Sequence[Signer]) -> Iterator[Problem]:
    """Schools that had a key on record and have none any more: who signed once signs always.

    Other changes of the list need no rule: a receipt whose key was removed or given other days has no good signature
    any more.
    """
    known = {s.school for s in signers}
    for blob, then in past.signers():
        for school in sorted({s.school for s in then} - known):
            known.add(school)
            yield problem(Position(path=SIGNERS), "signer-gone", school=school, commit=blob.commit[:12])


# --- signatures -------------------------------------------------------------------------------------------------------


def counting(root: Path, repository: Repository) -> Callable[[Receipt], bool]:
    """What tells of an earlier receipt whether its school handed it in: signed, or on record before the school had a
    key.
    """
    first = _Beginnings(_Past(root), repository.signers)
    return lambda receipt: not any(_unsigned(receipt, repository.signers, first.came_before(receipt)))


def _unsigned(receipt: Receipt, signers: Sequence[Signer], may_be_unsigned: bool) -> Iterator[Problem]:
    """Not signed though the school has a key, or not with it. OpenSSH verifies; where it is missing, this says so."""
    keys = keys_of(receipt, signers)
    if receipt.signature is None:
        if keys or not may_be_unsigned:
            yield problem(receipt.source, "unsigned-receipt", school=receipt.school)
    elif not available():
        yield problem(receipt.source, "not-verified", school=receipt.school)
    elif not keys or not verified(
        signed_text(receipt, signers[0].district), receipt.signature, receipt.school, keys, receipt.schema
    ):
        yield problem(receipt.source, "bad-signature", school=receipt.school)


class _Beginnings:
    """When schools began to sign: the commits in which a school's first key stands and before which it did not."""

    def __init__(self, past: _Past, signers: Sequence[Signer]) -> None:
        self._past = past
        self._schools = {s.school for s in signers}
        self._commits: dict[SchoolId, list[str]] | None = None

    def stood(self, receipt: Receipt) -> bool:
        """Whether a receipt may be unsigned: its school has no key, or the receipt stood there when the first came on
        record.

        Where history has several beginnings (branches that knew nothing of each other) it must have stood there in
        each.
        """
        if receipt.school not in self._schools or not self._past.parents:
            return True
        if is_shallow(self._past.root):  # the beginning may be what this clone lacks
            return False
        path, where = receipt.source.path, self._begun().get(receipt.school, [])
        then = content_at(self._past.root, [(commit, path) for commit in where])
        return all(_same(receipt, read_receipt(path, then.get((commit, path), b""))) for commit in where)

    def came_before(self, receipt: Receipt) -> bool:
        """Whether an earlier receipt may be unsigned: its school has no key, or it was on record at some time before
        the first, in each beginning.
        """
        if receipt.school not in self._schools:
            return True
        where = self._begun().get(receipt.school, [])
        return not is_shallow(self._past.root) and all(self._led_to(commit, receipt) for commit in where)

    def _led_to(self, commit: str, receipt: Receipt) -> bool:
        before, left = set[str](), [commit]
        while left:
            if (one := left.pop()) not in before:
                before.add(one)
                left += self._past.parents[one]
        path, root = receipt.source.path, self._past.root
        blobs = blobs_added(root, [one for one in self._past.parents if one in before], (path,))
        return any(
            _same(receipt, read_receipt(path, data)) for _, _, data in contents(root, [blob.id for blob in blobs])
        )

    def _begun(self) -> Mapping[SchoolId, list[str]]:
        if self._commits is None:
            self._commits = {}
            candidates = touching(self._past.root, SIGNERS)
            places = [(commit, SIGNERS) for one in candidates for commit in (one, *self._past.parents[one])]
            found = content_at(self._past.root, places)
            named = {commit: {s.school for s in signers_in(data)} for (commit, _), data in found.items()}
            for one in candidates:
                before = set[SchoolId]().union(*(named.get(parent, set()) for parent in self._past.parents[one]))
                for school in sorted(named.get(one, set()) - before):
                    self._commits.setdefault(school, []).append(one)
        return self._commits


def _same(receipt: Receipt, other: Receipt | None) -> bool:
    """Whether two receipts say the same of the same content."""
    return (
        other is not None
        and _said(receipt) == _said(other)
        and (receipt.commitment is not None or receipt.digest == other.digest)
    )


def _said(receipt: Receipt) -> tuple[object, ...]:
    return receipt.schema, receipt.school, receipt.term, receipt.revision, receipt.sealed_on, receipt.commitment


# --- history ----------------------------------------------------------------------------------------------------------


def _against(receipt: Receipt, others: Iterable[tuple[Blob, Receipt]]) -> Iterator[Problem]:
    """What the receipts that stood there before say against the present one; of each kind once."""
    reported = set[str]()
    for blob, other in others:
        code = _fault(receipt, other)
        if code and code not in reported:
            reported.add(code)
            yield problem(
                receipt.source, code, revision=receipt.revision, later=other.revision, commit=blob.commit[:12]
            )


def _fault(present: Receipt, then: Receipt) -> str | None:
    if then.revision > present.revision:
        return "revision-put-back"
    if then.revision < present.revision:
        return "sealed-earlier" if then.sealed_on > present.sealed_on else None
    if then.schema > present.schema or then.sealed_on != present.sealed_on:
        return "receipt-changed"
    if then.schema < present.schema:  # brought into a newer form
        return None if outdated(then) else "receipt-changed"
    lost = then.signature is not None and present.signature is None
    # the office seals again for others or on another day: then both differ, the file and what the receipt says of it,
    # or neither does
    one_only = (then.digest == present.digest) != (_opens(then) == _opens(present))
    return "receipt-changed" if lost or one_only or then.commitment != present.commitment else None


def _opens(receipt: Receipt) -> tuple[object, ...]:
    return receipt.recipients, receipt.rekeyed_on
