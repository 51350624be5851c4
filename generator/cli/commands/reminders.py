"""`xinzhuli reminders`: who has not filed what by when, with a text a school to forward as it is.

Owns the wording of it. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from generator.cli.request import FINE, Accepts, Request, present_day, sound_records, write_file
from generator.files.terminal import printable

if TYPE_CHECKING:
    from generator.filing.reminding import Reminder
    from generator.model.district import District
    from generator.records.outstanding import Missing

ACCEPTS = Accepts(values=("--as-of", "--to"))


def run(request: Request) -> int:
    """Print the reminders, or write them to a file."""
    from generator.filing.reminding import reminders

    if isinstance(loaded := sound_records(request), int):
        return loaded
    _, repository, _ = loaded
    as_of = request.as_of or present_day(repository.district.time_zone)
    found = reminders(repository, as_of)
    lines = [request.say("reminders.found", count=len(found), day=as_of, schools=len(repository.schools))]
    for one in found:
        lines += ["", *_text(request, repository.district, one, as_of)]
    if "--to" in request.options:
        write_file(request, "\n".join(lines) + "\n")
        print(lines[0])
    else:
        print("\n".join(lines))
    return FINE


def _text(request: Request, district: District, one: Reminder, as_of: date) -> Iterator[str]:
    yield request.say("reminders.to", school=printable(one.school.title.in_(request.language)), id=one.school.id)
    for missing in one.missing:
        yield f"  - {_line(request, missing, as_of)}"
    if district.site_url:
        yield f"  {request.say('reminders.desk')} {district.site_url.rstrip('/')}/filing/{one.school.id}.html"
    else:
        yield f"  {request.say('reminders.desk_file')}"


def _line(request: Request, missing: Missing, as_of: date) -> str:
    what = (
        request.say("reminders.return", year=missing.year)
        if missing.term is None
        else request.say("reminders.aggregate", term=printable(missing.term.title.in_(request.language)))
    )
    if missing.due < as_of:
        return request.say("reminders.late", what=what, due=missing.due, days=(as_of - missing.due).days)
    return request.say("reminders.near", what=what, due=missing.due, days=(missing.due - as_of).days)
