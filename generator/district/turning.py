"""The next school year: a calendar proposed after the pattern of the last one, and the list of what a person must do.

Owns the pattern: days of terms and windows fall on the same day of the week, the day on which returns are due on the
same date. Nothing else of a year is carried over, and a proposed day counts when a person has merged it. Must not
write files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct

from generator.files.strict_yaml import read
from generator.files.yaml_text import lines
from generator.model.district import SchoolYear
from generator.problems import day
from generator.records.repository import DISTRICT, Repository

_YEAR = re.compile(r"([0-9]{4})-([0-9]{4})")
_SAME_WEEKDAY = timedelta(weeks=52)


class YearTask(StrEnum):
    """What a person does for the new year."""

    CALENDAR = "calendar"
    PROFILES = "profiles"
    RETURNS = "returns"
    KEYS = "keys"
    SIGNERS = "signers"
    WAIVERS = "waivers"
    PLANS = "plans"


class YearItem(Struct, frozen=True, kw_only=True):
    """A task of the checklist, with the day that it is about and the records."""

    what: YearTask
    by: date
    ids: tuple[str, ...]


def next_year(repository: Repository) -> str:
    """The id of the school year after the last of the calendar."""
    first = repository.district.years[-1].last_day.year
    return f"{first}-{first + 1}"


def with_year(content: bytes, last: SchoolYear) -> bytes:
    """The district's file with a year after its last one."""
    document, _ = read(DISTRICT, content)
    assert document is not None, "a record that was loaded"
    made = _after(document.data["years"][-1], last)
    text = document.text if document.text.endswith("\n") else f"{document.text}\n"
    block = re.search(r"(?m)^years[ \t]*:[ \t]*(?:#.*)?\n((?:[ \t]*#.*\n)*)((?:[ \t]+.*|-.*|[ \t]*)\n)+", text)
    if block is None:  # written in one line: nothing is guessed
        return content
    indent = re.search(r"(?m)^([ \t]*)- ", block[0])
    before = indent[1] if indent else "  "
    inner = [line for name, value in made.items() for line in lines(name, value, f"{before}  ")]
    item = "".join(f"{line}\n" for line in (f"{before}- {inner[0].lstrip()}", *inner[1:]))
    end = block.start() + len(block[0].rstrip()) + 1
    return (text[:end] + item + text[end:]).encode()


def _after(was: Mapping[str, Any], last: SchoolYear) -> dict[str, Any]:
    first_day = last.last_day + timedelta(days=1)
    last_day = _same_date(last.last_day, 1)
    found = _YEAR.fullmatch(last.id)
    assert found, "an id of the right form"
    numbers = {found[1]: found[2], found[2]: str(int(found[2]) + 1)}

    def moved(value: Any) -> Any:
        match value:
            case dict():
                return {name: moved(one) for name, one in value.items()}
            case list():
                return [moved(one) for one in value]
            case str() if (on := day(value)) is not None:
                return min(max(on + _SAME_WEEKDAY, first_day), last_day).isoformat()
            case str():
                return re.sub(r"[0-9]{4}", lambda found: numbers.get(found[0], found[0]), value)
            case _:
                return value

    made: dict[str, Any] = moved(dict(was))
    return made | {
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "returns_due": _same_date(last.returns_due, 1).isoformat(),
    }


def _same_date(on: date, years: int) -> date:
    try:
        return on.replace(year=on.year + years)
    except ValueError:  # the last day of February
        return on.replace(year=on.year + years, day=28)


def checklist(repository: Repository, year: SchoolYear) -> Iterator[YearItem]:
    """What a person does for a year that is now in the calendar."""
    there = tuple(school.id for school in repository.schools.values() if school.is_open(year.first_day))
    yield YearItem(what=YearTask.CALENDAR, by=year.first_day, ids=tuple(term.id for term in year.terms))
    yield YearItem(what=YearTask.PROFILES, by=year.first_day, ids=there)
    yield YearItem(what=YearTask.RETURNS, by=year.returns_due, ids=there)
    keys = tuple(r.id for r in repository.recipients.values() if r.valid_until < year.last_day)
    if keys and not any(r.valid_until >= year.last_day for r in repository.recipients.values()):
        yield YearItem(what=YearTask.KEYS, by=year.first_day, ids=keys)
    signers = {signer.school for signer in repository.signers if signer.valid_until >= year.last_day}
    ending = tuple(sorted({s.school for s in repository.signers} - signers))
    if ending:
        yield YearItem(what=YearTask.SIGNERS, by=year.first_day, ids=ending)
    waivers = [w for w in repository.waivers.values() if year.first_day <= w.last_day + timedelta(days=1)]
    waivers = [w for w in waivers if w.last_day <= year.last_day]
    if waivers:
        ids = tuple(sorted(w.id for w in waivers))
        yield YearItem(what=YearTask.WAIVERS, by=min(w.last_day for w in waivers), ids=ids)
    earliest = year.first_day - timedelta(days=366)
    plans = sorted(
        (plan.last_day, plan.id)
        for plan in repository.plans.values()
        if plan.last_day and plan.first_day < year.first_day and earliest < plan.last_day <= year.last_day
    )
    if plans:
        yield YearItem(what=YearTask.PLANS, by=plans[0][0], ids=tuple(sorted(id_ for _, id_ in plans)))
