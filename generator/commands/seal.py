"""`xinzhuli seal`: a school's term aggregate, checked, sealed for the district's recipients, with its receipt.

Owns the way of one file from the school's folder into the records. Nothing that is invalid is sealed; nothing of a figure is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.command import FINE, PROBLEMS, SEALED, Accepts, Request, UsageError, present_day, print_problems, put_back, write_records

if TYPE_CHECKING:
    from generator.model import Receipt
    from generator.repository import Repository
    from generator.submission import Fault, Submission

ACCEPTS = Accepts(values=("--sign", "--as-of"), most_words=1)


def run(request: Request) -> int:
    """Seal one file; 1 if its figures or the records are wrong, and then nothing is written."""
    from generator.content import shaped
    from generator.keys import outside, print_faults
    from generator.receipts import place_of
    from generator.repository import apart, load
    from generator.tree import folder

    if not request.words:
        raise UsageError("seal.which")
    named, path = request.words[0], outside(request, request.words[0])
    if not path.is_file():
        raise UsageError("cli.no_path", path=named)
    data = shaped(path.read_bytes())
    if isinstance(data, tuple):
        print_faults(request, named, data)
        return PROBLEMS
    put_back(request)
    place = place_of(data["school"], data["term"])
    others, before = apart(folder(request.root)[0], place)
    repository, problems = load(others)
    if repository is None:
        print_problems(request, problems)
        return PROBLEMS
    made = _judged(repository, data, before)
    if isinstance(made, tuple):
        print_faults(request, named, made)
        return PROBLEMS
    return _seal(request, repository, made, place)


def _judged(repository: Repository, data: Mapping[str, Any], before: Receipt | None) -> Submission | tuple[Fault, ...]:
    """The Submission, if its figures satisfy every identity and its revision is the next."""
    from generator.content import submission
    from generator.opening import frame
    from generator.submission import Fault

    known = frame(repository, data["school"], data["term"])
    if known is None:
        return (Fault(place="school" if data["school"] not in repository.schools else "term", rule="unknown-here"),)
    if data["revision"] != (before.revision + 1 if before else 1):
        return (Fault(place="revision", rule="next-revision"),)
    return submission(data, known)


def _seal(request: Request, repository: Repository, made: Submission, place: str) -> int:
    from generator import receipts, submission
    from generator.recipients import in_force
    from generator.sealed import CannotSeal, seal

    day = request.as_of or present_day(repository.district.time_zone)
    recipients = in_force(repository.recipients.values(), day)
    try:
        data = seal(submission.written(made), [recipient.key for recipient in recipients])
    except CannotSeal:
        print(request.say("seal.cannot", day=day, count=len(recipients)))
        return SEALED
    receipt = _signed(request, receipts.issued(made, day, recipients, data))
    beside = receipt.source.path
    write_records(request, {place: data, beside: receipts.written(receipt).encode("utf-8")})
    ids = ", ".join(recipient.id for recipient in recipients)
    print(request.say("seal.done", sealed=place, receipt=beside, recipients=ids, revision=made.revision))
    return FINE


def _signed(request: Request, receipt: Receipt) -> Receipt:
    """The receipt with the school's signature, if a key was named."""
    from dataclasses import replace

    from generator.receipts import signed_text
    from generator.signatures import sign

    if (key := request.options.get("--sign")) is None:
        return receipt
    signature = sign(signed_text(receipt), Path(key).absolute())
    if signature is None:
        raise UsageError("seal.unsigned", path=key)
    return replace(receipt, signature=signature)
