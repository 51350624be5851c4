"""Whether a filing may be taken in, and what changes by it: judged against the records as they are, before anything is
written.

Owns the judgement. Never overwrites what is newer. Must not know git.
"""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct

from generator.files.catalogue import Say
from generator.files.tree import Tree
from generator.filing.desk import stated
from generator.filing.differing import Difference, corrections, first_of_a_year, value_words
from generator.filing.filings import FilingKind, HandedIn, NotTaken
from generator.filing.forms import form
from generator.guard.inspecting import GuardedFile, inspect
from generator.model.ids import SchoolId, TermId, YearId
from generator.model.schools import Return, School
from generator.problems import Problem
from generator.records.doubts import return_before
from generator.records.repository import Remembered, Repository, load
from generator.text import Language


class Taken(Struct, frozen=True, kw_only=True):
    """A filing that may be taken in. `by` is the post that filed a return, `filed_on` its day.

    `compared` is the year of the return that `differences` compare with; None where there is none.
    """

    filing: HandedIn
    filed_on: date | None
    revision: int | None
    by: str | None
    compared: str | None
    differences: tuple[Difference, ...]


class Faulty(Struct, frozen=True, kw_only=True):
    """A filing whose files have Problems, or bring Problems about."""

    problems: tuple[Problem, ...]


def judged(
    filing: HandedIn, tree: Tree, repository: Repository, remembered: Remembered, language: Language, say: Say
) -> Taken | NotTaken | Faulty:
    """Whether a filing may be taken in, over the records of `tree`; what changes is told in that language."""
    school = repository.schools.get(SchoolId(filing.school))
    if school is None:
        return NotTaken(why="no_school", facts={"school": filing.school})
    known = _periods(repository, filing.kind)
    if filing.period not in known:
        return NotTaken(why="no_period", facts={"period": filing.period})
    if found := unfit(filing, repository):
        return Faulty(problems=found)
    laid_over, problems = load(tree.over(filing.files), remembered)
    if laid_over is None:
        return Faulty(problems=problems)
    return _newer(filing, repository, laid_over, language, say)


def overtaken(taken: Taken, repository: Repository) -> NotTaken | None:
    """Why a filing that is put over its own branch is older than what the present records have; None if it is not."""
    filing, school = taken.filing, SchoolId(taken.filing.school)
    if filing.kind is FilingKind.RETURN:
        old = repository.returns.get((school, YearId(filing.period)))
        return _older(taken.filed_on, old) if taken.filed_on else None
    receipt = repository.receipts.get((school, TermId(filing.period)))
    if receipt and taken.revision is not None and taken.revision <= receipt.revision:
        facts = {"revision": str(taken.revision), "expected": str(receipt.revision + 1)}
        return NotTaken(why="other_revision", facts=facts)
    return None


def named_otherwise(name: str, filing: HandedIn, repository: Repository) -> tuple[str, str] | None:
    """The school and period that the name of a file names, where they are not those of the filing in it.

    A school is named by its code or by its title; what a name does not say is as the filing has it.
    """
    district = repository.district
    named = [school.id for school in repository.schools.values() if _names(name, school)]
    periods = [p for p in (*district.terms, *(year.id for year in district.years)) if p in name]
    school = filing.school if filing.school in named or len(named) != 1 else named[0]
    period = periods[0] if periods and not filing.period.startswith(periods[0]) else filing.period
    return None if (school, period) == (filing.school, filing.period) else (school, period)


def _names(name: str, school: School) -> bool:
    """Whether the name of a file has a school's code, as a word, or its title."""
    code = re.search(rf"(?<![a-z0-9]){re.escape(school.id)}(?![a-z0-9])", name.lower())
    return bool(code) or any(title in name for title in (school.title.zh, school.title.en) if title)


def _older(filed_on: date, old: Return | None) -> NotTaken | None:
    """Why a return of that day is not taken over another; None if it may be."""
    if old is None or filed_on >= old.filed_on:
        return None
    return NotTaken(why="older", facts={"day": old.filed_on.isoformat()})


def unfit(filing: HandedIn, repository: Repository) -> tuple[Problem, ...]:
    """What a filing holds that must never enter git. Nothing of it is shown."""
    district = repository.district
    numbers = [line.number for line in district.help_lines]
    numbers += [district.contact.telephone] if district.contact and district.contact.telephone else []
    everybody = frozenset("".join(filter(str.isdigit, number)) for number in numbers)
    return tuple(
        found
        for path, data in filing.files.items()
        for found in inspect(GuardedFile(path=path, data=data, size=len(data)), everybody)
    )


def _periods(repository: Repository, kind: FilingKind) -> tuple[str, ...]:
    match kind:
        case FilingKind.RETURN:
            return tuple(year.id for year in repository.district.years)
        case FilingKind.SUBMISSION:
            return tuple(term.id for term in repository.district.terms.values() if term.submissions_due)


def _newer(filing: HandedIn, before: Repository, after: Repository, language: Language, say: Say) -> Taken | NotTaken:
    school = SchoolId(filing.school)
    match filing.kind:
        case FilingKind.RETURN:
            pair = (school, YearId(filing.period))
            old, new = before.returns.get(pair), after.returns[pair]
            if older := _older(new.filed_on, old):
                return older
            asked = form("return", language)
            words = value_words(after, asked, language, say)
            last = old or return_before(before, *pair)
            was = stated(last) if last else None
            told = (
                corrections(asked, stated(old), stated(new), words)
                if old
                else first_of_a_year(asked, was, stated(new), words)
            )
            return Taken(
                filing=filing,
                filed_on=new.filed_on,
                revision=None,
                by=new.filed_by,
                compared=last.year if last else None,
                differences=told,
            )
        case FilingKind.SUBMISSION:
            key = (school, TermId(filing.period))
            receipt, sealed = before.receipts.get(key), after.receipts[key]
            expected = receipt.revision + 1 if receipt else 1
            if sealed.revision != expected:
                facts = {"revision": str(sealed.revision), "expected": str(expected)}
                return NotTaken(why="other_revision", facts=facts)
            return Taken(filing=filing, filed_on=None, revision=sealed.revision, by=None, compared=None, differences=())
