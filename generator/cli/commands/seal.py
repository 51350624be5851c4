"""`xinzhuli seal`: a school's term aggregate, checked, sealed for the district's recipients, with its receipt.

Owns the way of one file from the school's folder into the records. Nothing that is invalid is sealed; nothing of a
figure is printed. A school that must sign once more what stands there already (the office brought it into a new form)
signs what it can read: the opened text, held against the receipt's commitment. Nobody signs a receipt blindly.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from generator.cli.request import (
    FINE,
    PROBLEMS,
    SEALED,
    Accepts,
    Request,
    UsageError,
    outside,
    present_day,
    put_back,
    sound_records,
    write_records,
)

if TYPE_CHECKING:
    from generator.model.sealed import Receipt
    from generator.model.submission import Fault, Submission
    from generator.records.repository import Repository

ACCEPTS = Accepts(values=("--sign", "--as-of"), most_words=1)


class _Own(Struct, frozen=True, kw_only=True):
    """The file that was named: its text and data; the records of the district; the receipt that stands in its place so
    far.
    """

    text: bytes
    data: Mapping[str, Any]
    repository: Repository
    before: Receipt | None


def run(request: Request) -> int:
    """Seal one file, or sign what was sealed; 1 if its figures or the records are wrong, and then nothing is
    written.
    """
    from generator.cli.keys import print_faults
    from generator.sealed.receipts import place_of
    from generator.statistics.reading import shaped

    if not request.words:
        raise UsageError("seal.which")
    named, path = request.words[0], outside(request, request.words[0])
    if not path.is_file():
        raise UsageError("cli.no_path", path=named)
    text = path.read_bytes()
    data = shaped(text)
    if isinstance(data, tuple):
        print_faults(request, named, data, text)
        return PROBLEMS
    put_back(request)
    if isinstance(loaded := sound_records(request, place_of(data["school"], data["term"])), int):
        return loaded
    _, repository, before = loaded
    own = _Own(text=text, data=data, repository=repository, before=before)
    if "salt" in data:
        return _sign_again(request, named, own)
    made = _judged(own)
    if isinstance(made, tuple):
        print_faults(request, named, made, text)
        return PROBLEMS
    return _seal(request, repository, made)


def _judged(own: _Own) -> Submission | tuple[Fault, ...]:
    """The Submission, if its figures satisfy every identity and its revision is the next."""
    from generator.model.submission import SCHEMA, Fault
    from generator.statistics.reading import submission
    from generator.statistics.worker import frame

    data, repository, before = own.data, own.repository, own.before
    known = frame(repository, data["school"], data["term"])
    if known is None:
        return (Fault(place="school" if data["school"] not in repository.schools else "term", rule="unknown-here"),)
    if data["schema"] != SCHEMA:
        return (Fault(place="schema", rule="old-form"),)
    if data["revision"] != (before.revision + 1 if before else 1):
        return (Fault(place="revision", rule="next-revision"),)
    return submission(data, known)


def _seal(request: Request, repository: Repository, made: Submission) -> int:
    from generator.model import submission
    from generator.sealed import receipts
    from generator.sealed.recipients import in_force
    from generator.statistics.age import CannotSeal, salted, seal

    day = request.as_of or present_day(repository.district.time_zone)
    place = receipts.place_of(made.school, made.term)
    recipients = in_force(repository.recipients.values(), day)
    one = salted(made)
    try:
        data = seal(submission.sealed_text(one), [recipient.key for recipient in recipients])
    except CannotSeal:
        print(request.say("seal.cannot", day=day, count=len(recipients)))
        return SEALED
    receipt = receipts.issued(one, day, recipients, data)
    if "--sign" in request.options:
        receipt = _signed(request, repository, receipt)
    beside = receipt.source.path
    write_records(request, {place: data, beside: receipts.written(receipt).encode("utf-8")})
    ids = ", ".join(recipient.id for recipient in recipients)
    print(request.say("seal.done", sealed=place, receipt=beside, recipients=ids, revision=made.revision))
    return FINE


def _sign_again(request: Request, named: str, own: _Own) -> int:
    """Nothing is sealed: the receipt in place gets the school's signature, if it is bound to this very text, salt and
    all.
    """
    from generator.cli.keys import print_faults
    from generator.model.submission import Fault, commitment
    from generator.sealed.receipts import written

    if "--sign" not in request.options:
        raise UsageError("seal.only_sign")
    receipt = own.before
    if receipt is None or receipt.commitment != commitment(own.text):
        print_faults(request, named, (Fault(place="salt", rule="not-what-was-sealed"),), own.text)
        return PROBLEMS
    signed = _signed(request, own.repository, receipt)
    write_records(request, {receipt.source.path: written(signed).encode("utf-8")})
    print(request.say("seal.signed", receipt=receipt.source.path, revision=receipt.revision))
    return FINE


def _signed(request: Request, repository: Repository, receipt: Receipt) -> Receipt:
    """The receipt with the signature of a key that is the school's on that day.

    UsageError if it is not, and nothing is written.
    """
    from msgspec.structs import replace

    from generator.sealed.receipts import keys_of, signed_text
    from generator.sealed.signatures import sign, verified

    key = request.options["--sign"]
    keys = keys_of(receipt, repository.signers)
    if not keys:
        raise UsageError("seal.no_signer", school=receipt.school, day=str(receipt.sealed_on))
    text = signed_text(receipt, repository.signers[0].district)
    signature = sign(text, Path(key).absolute(), receipt.schema)
    if signature is None:
        raise UsageError("seal.unsigned", path=key)
    if not verified(text, signature, receipt.school, keys, receipt.schema):
        raise UsageError("seal.other_key", path=key, school=receipt.school)
    return replace(receipt, signature=signature)
