"""Who has not filed what by when: for the office, with a text a school that can be forwarded as it is.

Owns when somebody is reminded: the last day is over or near. Nothing is sent, and no addresses are known.
"""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from generator.model.schools import School
from generator.records.outstanding import Missing, outstanding
from generator.records.repository import Repository

NEAR = timedelta(days=21)


class Reminder(Struct, frozen=True, kw_only=True):
    """What a school has not filed, what is longest overdue first."""

    school: School
    missing: tuple[Missing, ...]


def reminders(repository: Repository, as_of: date) -> tuple[Reminder, ...]:
    """Of each school that has something to file, in the order of ids."""
    found = (
        Reminder(school=s, missing=tuple(one for one in outstanding(repository, s, as_of) if one.due - NEAR <= as_of))
        for s in repository.schools.values()
    )
    return tuple(one for one in found if one.missing)
