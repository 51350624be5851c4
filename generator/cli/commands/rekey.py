"""`xinzhuli rekey`: everything sealed again for the recipients of today, all files or none; and what git history still
holds.

Owns the order of it. Figures pass from the worker to the new file in memory only.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from generator.cli.keys import FLAGS, OPTIONS, identities, refused
from generator.cli.request import (
    FINE,
    SEALED,
    Accepts,
    Request,
    UsageError,
    present_day,
    progress,
    put_back,
    sound_records,
    write_records,
)

if TYPE_CHECKING:
    from generator.model.sealed import Receipt, Recipient
    from generator.model.submission import Salted
    from generator.statistics.worker import Sealed

ACCEPTS = Accepts(values=("--as-of", *OPTIONS), flags=FLAGS, most_words=None)


def run(request: Request) -> int:
    """Seal the terms named (all, if none is) again; nothing is written if one file does not open."""
    from generator.sealed.receipts import outdated
    from generator.sealed.recipients import in_force
    from generator.statistics.worker import Refused, open_all, sealed_files

    put_back(request)
    if isinstance(loaded := sound_records(request), int):
        return loaded
    tree, repository, _ = loaded
    terms = list(repository.district.terms)
    if unknown := [word for word in request.words if word not in terms]:
        raise UsageError("cli.bad_value", option="rekey", value=unknown[0])
    day = request.as_of or present_day(repository.district.time_zone)
    recipients = in_force(repository.recipients.values(), day)
    present = tuple(r.fingerprint for r in recipients)
    named = [term for term in terms if not request.words or term in request.words]
    files = [f for f in sealed_files(tree, repository, named) if f.receipt.recipients != present or outdated(f.receipt)]
    progress(request)("rekey.opening")
    results = open_all(files, identities(request)) if files else ()
    bad = [
        refused(request, f.receipt.source.path, r)
        for f, r in zip(files, results, strict=True)
        if isinstance(r, Refused)
    ]
    if bad:
        print(request.say("rekey.stopped"))
        return bad[0]
    opened = [result for result in results if not isinstance(result, Refused)]
    return _write(request, list(zip(files, opened, strict=True)), recipients, day)


def _write(request: Request, opened: list[tuple[Sealed, Salted]], recipients: tuple[Recipient, ...], day: date) -> int:
    from generator.sealed.receipts import sealed_path
    from generator.sealed.receipts import written as receipt_text
    from generator.statistics.age import CannotSeal

    changed: dict[str, bytes] = {}
    try:
        for file, content in opened:
            data, receipt = _again(file, content, recipients, day)
            changed[sealed_path(receipt.source.path)] = data
            changed[receipt.source.path] = receipt_text(receipt).encode("utf-8")
    except CannotSeal:
        print(request.say("seal.cannot", day=day, count=len(recipients)))
        return SEALED
    write_records(request, changed)
    print(request.say("rekey.done", files=len(opened), recipients=len(recipients)))
    if again := sorted(
        file.receipt.source.path for file, content in opened if file.receipt.signature and content.salt is None
    ):
        print("\n  ".join((request.say("rekey.sign_again"), *again)))
    _tell_history(request)
    return FINE


def _again(file: Sealed, content: Salted, recipients: tuple[Recipient, ...], day: date) -> tuple[bytes, Receipt]:
    """A file sealed anew, and its receipt.

    The salt stays, so the commitment does, so what the school signed stays signed.

    What is of an older form is brought into the present one, but for what a school signed in a form with a commitment:
    that stays what it signed. A signature of the first form was over the old file and cannot be carried over.
    """
    from generator.model.submission import SCHEMA, sealed_text
    from generator.sealed.receipts import issued, outdated
    from generator.statistics.age import salted, seal

    if outdated(file.receipt):
        used = file.frame.instruments_in(SCHEMA, content.submission.bands)
        anew = salted(replace(content.submission, schema=SCHEMA, instruments=used))
        content = replace(anew, salt=content.salt or anew.salt)
    data = seal(sealed_text(content), [recipient.key for recipient in recipients])
    old, new = file.receipt, issued(content, day, recipients, data)
    kept = old.signature if old.schema == new.schema else None
    return data, replace(new, sealed_on=old.sealed_on, rekeyed_on=day, signature=kept, source=old.source)


def _tell_history(request: Request) -> None:
    """How many sealed files history keeps as they were: who has an old key opens them still."""
    from generator.files.history import EVERYTHING, blobs_added, revisions_of
    from generator.records.sealed import SEALED as PLACE

    commits = revisions_of(request.root, EVERYTHING) or ()
    kept = sum(1 for blob in blobs_added(request.root, commits) if PLACE.match(blob.path))
    print(request.say("rekey.history", files=kept))
