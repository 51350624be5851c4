"""`xinzhuli recipients`: who can open what, and since when. Needs no key.

Owns the list as a person reads it: fingerprints to be compared aloud.
"""

from __future__ import annotations

from generator.cli.request import FINE, PROBLEMS, Accepts, Request, present_day, print_problems

ACCEPTS = Accepts(values=("--as-of",))


def run(request: Request) -> int:
    """Every recipient with post, days and fingerprint, and how many sealed files name it."""
    from generator.files.schemas import enum_label
    from generator.files.terminal import printable
    from generator.files.tree import folder
    from generator.records.repository import load

    repository, problems = load(folder(request.root)[0])
    if repository is None:
        print_problems(request, problems)
        return PROBLEMS
    day = request.as_of or present_day(repository.district.time_zone)
    named = [fingerprint for receipt in repository.receipts.values() for fingerprint in receipt.recipients]
    for recipient in sorted(repository.recipients.values(), key=lambda r: (r.valid_from, r.id)):
        role = enum_label("RecipientRole", recipient.role.value)
        state = (
            "now"
            if recipient.valid_from <= day <= recipient.valid_until
            else "later"
            if day < recipient.valid_from
            else "past"
        )
        print(
            request.say(
                "recipients.line",
                id=recipient.id,
                role=role.in_(request.language),
                title=printable(recipient.title.in_(request.language)),
                fingerprint=recipient.fingerprint,
                first=recipient.valid_from,
                last=recipient.valid_until,
                state=request.say(f"recipients.{state}"),
                files=named.count(recipient.fingerprint),
            )
        )
    print(request.say("recipients.total", count=len(repository.recipients), files=len(repository.receipts)))
    return FINE
