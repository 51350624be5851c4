"""`xinzhuli rekey`: everything sealed again for the recipients of today, all files or none; and what git history still holds.

Owns the order of it. Figures pass from the worker to the new file in memory only.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from generator.command import (
    FINE,
    PROBLEMS,
    SEALED,
    Accepts,
    Request,
    UsageError,
    present_day,
    print_problems,
    progress,
    put_back,
    write_records,
)
from generator.keys import FLAGS, OPTIONS, identities, refused

if TYPE_CHECKING:
    from generator.model import Receipt, Recipient
    from generator.opening import Sealed
    from generator.submission import Submission

ACCEPTS = Accepts(values=("--as-of", *OPTIONS), flags=FLAGS, most_words=None)


def run(request: Request) -> int:
    """Seal the terms named (all, if none is) again; nothing is written if one file does not open."""
    from generator.opening import Refused, open_all, sealed_files
    from generator.recipients import in_force
    from generator.repository import load
    from generator.tree import folder

    put_back(request)
    tree, _ = folder(request.root)
    repository, problems = load(tree)
    if repository is None:
        print_problems(request, problems)
        return PROBLEMS
    terms = [term.id for year in repository.district.years for term in year.terms]
    if unknown := [word for word in request.words if word not in terms]:
        raise UsageError("cli.bad_value", option="rekey", value=unknown[0])
    day = request.as_of or present_day(repository.district.time_zone)
    recipients = in_force(repository.recipients.values(), day)
    present = tuple(r.fingerprint for r in recipients)
    named = [term for term in terms if not request.words or term in request.words]
    files = [file for file in sealed_files(tree, repository, named) if file.receipt.recipients != present]
    progress(request)("rekey.opening")
    results = open_all(files, identities(request)) if files else ()
    bad = [refused(request, f.receipt.source.path, r) for f, r in zip(files, results, strict=True) if isinstance(r, Refused)]
    if bad:
        print(request.say("rekey.stopped"))
        return bad[0]
    opened = [result for result in results if not isinstance(result, Refused)]
    return _write(request, list(zip(files, opened, strict=True)), recipients, day)


def _write(request: Request, opened: list[tuple[Sealed, Submission]], recipients: tuple[Recipient, ...], day: date) -> int:
    from generator.receipts import sealed_path
    from generator.receipts import written as receipt_text
    from generator.sealed import CannotSeal

    changed: dict[str, bytes] = {}
    try:
        for file, submission in opened:
            data, receipt = _again(file, submission, recipients, day)
            changed[sealed_path(receipt.source.path)] = data
            changed[receipt.source.path] = receipt_text(receipt).encode("utf-8")
    except CannotSeal:
        print(request.say("seal.cannot", day=day, count=len(recipients)))
        return SEALED
    write_records(request, changed)
    print(request.say("rekey.done", files=len(opened), recipients=len(recipients)))
    _tell_history(request)
    return FINE


def _again(file: Sealed, submission: Submission, recipients: tuple[Recipient, ...], day: date) -> tuple[bytes, Receipt]:
    """A file sealed anew, and its receipt: what the school signed stays signed."""
    from generator.receipts import digest
    from generator.sealed import seal
    from generator.submission import written

    data = seal(written(submission), [recipient.key for recipient in recipients])
    old = file.receipt
    signed = (old.signed_digest or old.digest) if old.signature else None
    fingerprints = tuple(r.fingerprint for r in recipients)
    return data, replace(old, rekeyed_on=day, recipients=fingerprints, digest=digest(data), signed_digest=signed)


def _tell_history(request: Request) -> None:
    """How many sealed files history keeps as they were: who has an old key opens them still."""
    from generator.history import EVERYTHING, brought, revisions_of
    from generator.records import SEALED as PLACE

    commits = revisions_of(request.root, EVERYTHING) or ()
    kept = sum(1 for blob in brought(request.root, commits) if PLACE.match(blob.path))
    print(request.say("rekey.history", files=kept))
