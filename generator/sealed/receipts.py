"""Receipts: what stands beside a sealed file, and whether file, receipt and recipients agree. All of it without a key.

Owns the receipt's text, what a school signs, and the checks of every sealed file that anybody can make. Must not know
how files are opened. A receipt is the sealer's word: only the office, on opening, sees whether the file was sealed for
the keys it names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256

from generator.model.ids import SchoolId, TermId
from generator.model.sealed import Receipt, Recipient, Signer
from generator.model.submission import SALTED, SCHEMA, Salted, commitment, sealed_text
from generator.problems import Position, Problem, problem
from generator.sealed.age_header import Header, header, in_conflict
from generator.sealed.recipients import in_force, key_format

BUCKET = 4096  # bytes: every aggregate is filled up to this; one that is longer, to the next multiple
MAX_SEALED = 1 << 16  # bytes of a sealed file; with one bucket and five post-quantum recipients it has 16 thousand
MAX_BUCKETS = 4
_SEALED, _RECEIPT = ".yml.age", ".receipt.yml"


def receipt_path(sealed: str) -> str:
    """Where the receipt of a sealed file stands."""
    return sealed.removesuffix(_SEALED) + _RECEIPT


def sealed_path(receipt: str) -> str:
    """Where the sealed file of a receipt stands."""
    return receipt.removesuffix(_RECEIPT) + _SEALED


def place_of(school: SchoolId, term: TermId) -> str:
    """Where a school's sealed file for a term stands."""
    return f"records/schools/{school}/{term}{_SEALED}"


def issued(one: Salted, day: date, recipients: Sequence[Recipient], data: bytes) -> Receipt:
    """The receipt of what was sealed on a day for these recipients; not signed yet."""
    submission = one.submission
    return Receipt(
        school=submission.school,
        term=submission.term,
        revision=submission.revision,
        schema=submission.schema,
        sealed_on=day,
        rekeyed_on=None,
        recipients=tuple(sorted(recipient.fingerprint for recipient in recipients)),
        digest=digest(data),
        commitment=None if one.salt is None else commitment(sealed_text(one)),
        signature=None,
        source=Position(path=receipt_path(place_of(submission.school, submission.term))),
    )


def outdated(receipt: Receipt) -> bool:
    """Whether it is brought into the present form when it is sealed again: not if a school signed its commitment."""
    return receipt.schema < SCHEMA and (receipt.schema < SALTED or receipt.signature is None)


def digest(data: bytes) -> str:
    """How a receipt names a sealed file."""
    return sha256(data).hexdigest()


def signed_text(receipt: Receipt, district: str) -> bytes:
    """What a school signs: canonical JSON, so that no two statements have one text.

    It binds the content by the commitment, which stays as often as the office seals again. Form 1 had none: there the
    signature is good for the very file only.
    """
    fields: dict[str, str | int] = {"revision": receipt.revision, "school": receipt.school, "term": receipt.term}
    if receipt.commitment is None:
        fields |= {"digest": receipt.digest}
    else:
        fields |= {
            "commitment": receipt.commitment,
            "district": district,
            "form": receipt.schema,
            "sealed_on": receipt.sealed_on.isoformat(),
        }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def written(receipt: Receipt) -> str:
    """The receipt's file."""
    lines = [
        "# yaml-language-server: $schema=../../../schemas/receipt.schema.json",
        "# 密封上报回执，由 xinzhuli seal 写出，不要手改；不含任何人数",
        f"school: {receipt.school}",
        f'term: "{receipt.term}"',
        f"revision: {receipt.revision}",
        f"schema: {receipt.schema}",
        f"sealed_on: {receipt.sealed_on}",
        *([f"rekeyed_on: {receipt.rekeyed_on}"] if receipt.rekeyed_on else []),
        "recipients:",
        *(f"  - {fingerprint}" for fingerprint in receipt.recipients),
        f'digest: "{receipt.digest}"',
        *([f'commitment: "{receipt.commitment}"'] if receipt.commitment else []),
        *(["signature: |", *(f"  {line}" for line in receipt.signature.splitlines())] if receipt.signature else []),
    ]
    return "\n".join((*lines, ""))


def keys_of(receipt: Receipt, signers: Iterable[Signer]) -> tuple[str, ...]:
    """The keys with which a school may sign what it sealed on the receipt's day."""
    return tuple(
        s.key for s in signers if s.school == receipt.school and s.valid_from <= receipt.sealed_on <= s.valid_until
    )


def sealed_for(receipt: Receipt) -> date:
    """The day whose recipients the file is sealed for."""
    return receipt.rekeyed_on or receipt.sealed_on


def check(
    receipts: Sequence[Receipt], recipients: Sequence[Recipient] | None, sealed: Mapping[str, bytes]
) -> Iterator[Problem]:
    """Whether sealed files, receipts and recipients agree.

    `recipients` is None where one of their files is broken: not checked against.
    """
    yield from _usable(recipients or ())
    paths = {sealed_path(receipt.source.path): receipt for receipt in receipts}
    first: dict[str, str] = {}
    for path, data in sealed.items():
        yield from _file(path, data)
        if path not in paths:
            yield problem(Position(path=path), "no-receipt")
        if (other := first.setdefault(digest(data), path)) != path:
            yield problem(Position(path=path), "sealed-twice", Position(path=other))
    for path, receipt in paths.items():
        if recipients is not None:
            yield from _recipients(receipt, recipients)
        yield from _pair(receipt, sealed.get(path), recipients or ())


def _usable(recipients: Sequence[Recipient]) -> Iterator[Problem]:
    """From each day on which a key comes into use, at least two people can open, and all keys are of one kind."""
    for recipient in recipients:
        others = in_force(recipients, recipient.valid_from)
        if len(others) < 2:
            yield problem(recipient.source, "one-recipient", day=recipient.valid_from.isoformat())
        if len({key_format(r.key) for r in others}) > 1:
            yield problem(recipient.source, "mixed-recipients", day=recipient.valid_from.isoformat())


def _file(path: str, data: bytes) -> Iterator[Problem]:
    """Whether what stands at a sealed place can be a sealed file at all."""
    if in_conflict(data):
        yield problem(Position(path=path), "sealed-conflict")
    elif (reason := refusal(data)) is not None:
        yield problem(Position(path=path), "not-sealed", reason=reason)


def refusal(data: bytes) -> str | None:
    """Why a file is not one that `seal` wrote, in one word; None if it may be one."""
    read = admitted(data)
    return read if isinstance(read, str) else None


def admitted(data: bytes) -> Header | str:
    """The Header of a file that `seal` may have written; why it is none, in one word.

    Nothing that is not admitted is ever given to a key.
    """
    if len(data) > MAX_SEALED:
        return "size"
    read = header(data)
    if not isinstance(read, Header):
        return read.fault.value
    if not read.armored:
        return "armor"
    if len({*read.stanzas}) != 1 or read.stanzas[0] not in ("X25519", "mlkem768x25519"):
        return "recipients"
    return read if read.payload in range(BUCKET, BUCKET * MAX_BUCKETS + 1, BUCKET) else "size"


def _recipients(receipt: Receipt, recipients: Iterable[Recipient]) -> Iterator[Problem]:
    needed = [r.fingerprint for r in in_force(recipients, sealed_for(receipt))]
    if sorted(receipt.recipients) != needed:
        day = sealed_for(receipt).isoformat()
        yield problem(
            receipt.source,
            "recipients-differ",
            day=day,
            needed=", ".join(needed) or "—",
            stated=", ".join(receipt.recipients),
        )


def _pair(receipt: Receipt, data: bytes | None, recipients: Iterable[Recipient]) -> Iterator[Problem]:
    """Whether a receipt and the file beside it belong together."""
    if data is None:
        yield problem(receipt.source, "no-sealed-file")
        return
    if digest(data) != receipt.digest:
        ends = digest(data.replace(b"\r\n", b"\n")) == receipt.digest
        yield problem(
            receipt.source,
            "sealed-line-ends" if ends else "digest-differs",
            Position(path=sealed_path(receipt.source.path)),
        )
        return
    read = header(data)
    kinds = {key_format(r.key) for r in recipients if r.fingerprint in receipt.recipients}
    if isinstance(read, Header) and (
        len(read.stanzas) != len(receipt.recipients) or (kinds and {*read.stanzas} != kinds)
    ):
        yield problem(receipt.source, "stanzas-differ", stated=len(receipt.recipients), found=len(read.stanzas))
