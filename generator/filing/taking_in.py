"""Whether a filing may be taken in, and what changes by it: judged against the records as they are, before anything is
written.

Owns the judgement and the words for what changes. Never overwrites what is newer. Must not know git.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from generator.files.tree import Tree
from generator.filing.desk import stated
from generator.filing.filings import FilingKind, HandedIn, NotTaken
from generator.filing.forms import AskedField, Signs, form
from generator.guard import GuardedFile, inspect
from generator.model.ids import SchoolId, TermId, YearId
from generator.model.schools import Return
from generator.problems import Problem
from generator.records.repository import Remembered, Repository, load
from generator.text import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A field that changes: its titles, and what it stated before and after; None where nothing is stated."""

    title: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A filing that may be taken in. `by` is the post that filed a return, `filed_on` its day."""

    filing: HandedIn
    filed_on: date | None
    revision: int | None
    by: str | None
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Faulty:
    """A filing whose files have Problems, or bring Problems about."""

    problems: tuple[Problem, ...]


def judged(
    filing: HandedIn, tree: Tree, repository: Repository, remembered: Remembered, language: Language
) -> Taken | NotTaken | Faulty:
    """Whether a filing may be taken in, over the records of `tree`."""
    school = repository.schools.get(SchoolId(filing.school))
    if school is None:
        return NotTaken(why="no_school", facts={"school": filing.school})
    known = _periods(repository, filing.kind)
    if filing.period not in known:
        return NotTaken(why="no_period", facts={"period": filing.period})
    if all(path in tree.readers and tree.read(path) == data for path, data in filing.files.items()):
        return NotTaken(why="there_already", facts={})
    if found := unfit(filing, repository):
        return Faulty(problems=found)
    laid_over, problems = load(tree.over(filing.files), remembered)
    if laid_over is None:
        return Faulty(problems=problems)
    return _newer(filing, repository, laid_over, language)


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


def _newer(filing: HandedIn, before: Repository, after: Repository, language: Language) -> Taken | NotTaken:
    school = SchoolId(filing.school)
    match filing.kind:
        case FilingKind.RETURN:
            pair = (school, YearId(filing.period))
            old, new = before.returns.get(pair), after.returns[pair]
            if older := _older(new.filed_on, old):
                return older
            asked, was = form("return", language), stated(old) if old else {}
            found = tuple(differences(asked.fields, was, stated(new), asked.signs))
            return Taken(filing=filing, filed_on=new.filed_on, revision=None, by=new.filed_by, differences=found)
        case FilingKind.SUBMISSION:
            key = (school, TermId(filing.period))
            receipt, sealed = before.receipts.get(key), after.receipts[key]
            expected = receipt.revision + 1 if receipt else 1
            if sealed.revision != expected:
                facts = {"revision": str(sealed.revision), "expected": str(expected)}
                return NotTaken(why="other_revision", facts=facts)
            return Taken(filing=filing, filed_on=None, revision=sealed.revision, by=None, differences=())


def differences(
    asked: tuple[AskedField, ...], before: Mapping[str, Any], after: Mapping[str, Any], signs: Signs, above: str = ""
) -> Iterator[Difference]:
    """What differs between what two returns state, field by field in the form's order."""
    for field in asked:
        old, new = before.get(field.name), after.get(field.name)
        title = f"{above}{field.title}"
        if old == new or field.fixed:
            continue
        if field.kind == "group" and old and new:
            yield from differences(field.fields, old, new, signs, f"{title}{signs.colon}")
        else:
            yield Difference(title=title, before=_in_words(field, old, signs), after=_in_words(field, new, signs))


def _in_words(field: AskedField, value: Any, signs: Signs) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "✓" if value else "✗"
        case list():
            item = field.item or field
            return signs.semicolon.join(_in_words(item, one, signs) or "" for one in value) or "0"
        case Mapping():
            named = ((one, value[one.name]) for one in field.fields if one.name in value)
            return signs.comma.join(f"{one.title} {_in_words(one, inner, signs)}" for one, inner in named)
        case _:
            return next((c.title for c in field.choices if c.value == value), str(value))
