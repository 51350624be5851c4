"""What lies ahead of a district on a day: a year without a calendar, keys, waivers and plans that end, filings to come.

Owns what counts as near. Says what is missing, in no language; nothing of it is a Problem. Must not know how it is
told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from generator.records.repository import Repository

NEAR = timedelta(days=92)


class Coming(StrEnum):
    """What needs somebody's hand."""

    NO_YEAR = "no-year"  # the calendar ends
    NO_KEY = "no-key"  # nobody can open what is sealed in the year that comes
    PROFILES = "profiles"  # schools whose figures are of a year before the present one
    RETURNS = "returns"
    WAIVERS = "waivers"
    PLANS = "plans"


class Ahead(Struct, frozen=True, kw_only=True):
    """Something that comes, until when it must be done, and the records that it is about."""

    what: Coming
    by: date
    ids: tuple[str, ...] = ()


def year_ahead(repository: Repository, day: date) -> tuple[Ahead, ...]:
    """What the year that comes lacks, from three months before on."""
    district = repository.district
    present = district.year_on(day)
    after = [year for year in district.years if year.first_day > present.first_day]
    begins = after[0].first_day if after else present.last_day + timedelta(days=1)
    if begins - NEAR > day:
        return ()
    found = [] if after else [Ahead(what=Coming.NO_YEAR, by=begins, ids=(f"{begins.year}-{begins.year + 1}",))]
    if repository.recipients and not any(one.valid_until >= begins for one in repository.recipients.values()):
        found.append(Ahead(what=Coming.NO_KEY, by=begins))
    return tuple(found)


def ahead(repository: Repository, day: date) -> tuple[Ahead, ...]:
    """All that needs a hand, what is first due first."""
    return tuple(sorted((*year_ahead(repository, day), *_records(repository, day)), key=lambda one: one.by))


def _records(repository: Repository, day: date) -> Iterator[Ahead]:
    year = repository.district.year_on(day)
    there = [school for school in repository.schools.values() if school.is_open(day)]
    if old := tuple(school.id for school in there if school.counted_on < year.first_day <= day):
        yield Ahead(what=Coming.PROFILES, by=year.returns_due, ids=old)
    if unfiled := tuple(school.id for school in there if (school.id, year.id) not in repository.returns):
        yield Ahead(what=Coming.RETURNS, by=year.returns_due, ids=unfiled)
    waivers = [one for one in repository.waivers.values() if day <= one.last_day <= day + NEAR]
    if waivers:
        ids = tuple(sorted(one.id for one in waivers))
        yield Ahead(what=Coming.WAIVERS, by=min(one.last_day for one in waivers), ids=ids)
    plans = [(p.last_day, p.id) for p in repository.plans.values() if p.last_day and day <= p.last_day <= day + NEAR]
    if plans:
        yield Ahead(what=Coming.PLANS, by=min(plans)[0], ids=tuple(sorted(id_ for _, id_ in plans)))
