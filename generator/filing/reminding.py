"""Who has not filed what by when: for the office, with a text a school that can be forwarded as it is.

Owns what counts as missing: a return or an aggregate that is asked for and not on file, whose last day is over or near.
Nothing is sent, and no addresses are known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from generator.model.district import Term
from generator.model.schools import School
from generator.records.repository import Repository

NEAR = timedelta(days=21)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A filing that is not on file: of a school year, or of a term (`term`); its last day."""

    year: str
    term: Term | None
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """What a school has not filed, what is longest overdue first."""

    school: School
    missing: tuple[Missing, ...]


def reminders(repository: Repository, as_of: date) -> tuple[Reminder, ...]:
    """Of each school that has something to file, in the order of ids."""
    found = (Reminder(school=s, missing=tuple(_missing(repository, s, as_of))) for s in repository.schools.values())
    return tuple(one for one in found if one.missing)


def _missing(repository: Repository, school: School, as_of: date) -> Iterator[Missing]:
    year = repository.district.year_on(as_of)
    asked: list[Missing] = []
    filed = repository.returns.get((school.id, year.id))
    if filed is None or filed.filed_on > as_of:
        asked.append(Missing(year=year.id, term=None, due=year.returns_due))
    for term in year.terms:
        receipt = repository.receipts.get((school.id, term.id))
        if term.submissions_due and (receipt is None or receipt.sealed_on > as_of) and term.first_day <= as_of:
            asked.append(Missing(year=year.id, term=term, due=term.submissions_due))
    if school.closed_on is None or as_of <= school.closed_on:
        there = (one for one in asked if one.due - NEAR <= as_of and school.is_open(one.due))
        yield from sorted(there, key=lambda one: one.due)
