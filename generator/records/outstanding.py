"""What a school is asked to file in a school year and has not on file: its return, and the aggregates of terms begun.

Owns what counts as asked for. Must not know when somebody is reminded, or how it is told.
"""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from generator.model.district import Term
from generator.model.schools import School
from generator.records.repository import Repository


class Missing(Struct, frozen=True, kw_only=True):
    """A filing that is not on file: of a school year, or of a term (`term`); its last day."""

    year: str
    term: Term | None
    due: date


def outstanding(repository: Repository, school: School, as_of: date) -> tuple[Missing, ...]:
    """What a school has not filed of the year of `as_of`, what is first due first; nothing of a school that is closed.

    A school files only what is due while it is open.
    """
    if school.closed_on is not None and school.closed_on < as_of:
        return ()
    year = repository.district.year_on(as_of)
    asked: list[Missing] = []
    filed = repository.returns.get((school.id, year.id))
    if filed is None or filed.filed_on > as_of:
        asked.append(Missing(year=year.id, term=None, due=year.returns_due))
    for term in year.terms:
        receipt = repository.receipts.get((school.id, term.id))
        if term.submissions_due and (receipt is None or receipt.sealed_on > as_of) and term.first_day <= as_of:
            asked.append(Missing(year=year.id, term=term, due=term.submissions_due))
    return tuple(sorted((one for one in asked if school.is_open(one.due)), key=lambda one: one.due))
