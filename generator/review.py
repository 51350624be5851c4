"""What a reviewer must know of a change: what the records say differently, and what follows from it.

Owns the comparison of two Sites: claims, verdicts, waivers, clause coverage, pages. Both are told as of the same day, so that nothing moves but by
the change itself. Must not know git, nor the words and formats in which it is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from generator.catalogue import Language, load
from generator.changes import Changes
from generator.compliance import rules_of
from generator.duties import RuleId, Waiver
from generator.model import SchoolId, Text
from generator.pages import STAMPED, inspections, pages
from generator.pages.schools import ordinary
from generator.render import edition
from generator.repository import Repository
from generator.site import Site, site
from generator.tree import How


class WaiverState(StrEnum):
    """How a waiver stands on a day."""

    TO_COME = "to-come"
    IN_FORCE = "in-force"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something that came out one way and now comes out another; None on a side where it did not exist. `subject` is what, by its id and title."""

    id: str
    subject: Text
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictTurn:
    """A rule that comes out differently, and for which schools; none for a rule about the district."""

    rule: RuleId
    title: Text
    before: str | None
    after: str | None
    schools: tuple[tuple[SchoolId, Text], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many clauses at least one rule covers."""

    covered: int
    clauses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChange:
    """A page of the site that reads differently, is new, or goes."""

    path: str
    title: str
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows from the change, if both sides could be loaded."""

    claims: tuple[Turn, ...]
    verdicts: tuple[VerdictTurn, ...]
    waivers: tuple[Turn, ...]
    coverage: tuple[Coverage, Coverage]
    pages: tuple[PageChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A change as a reviewer meets it. `names` are the titles of what records refer to by id; `faults` counts the Problems of either side."""

    changes: Changes
    consequences: Consequences | None
    names: Mapping[tuple[str, str], Text]
    faults: tuple[int, int]
    as_of: date


def review(
    changes: Changes, before: Repository | None, after: Repository | None, faults: tuple[int, int], as_of: date, language: Language = Language.ZH
) -> Review:
    """Compare. A side that could not be loaded is None, and then only the files are compared. Pages are those of one language."""
    return Review(
        changes=changes,
        consequences=_consequences(changes, site(before, as_of, None), site(after, as_of, None), language) if before and after else None,
        names={id_: title for side in (before, after) if side for id_, title in _titles(side).items()},
        faults=faults,
        as_of=as_of,
    )


def _consequences(changes: Changes, before: Site, after: Site, language: Language) -> Consequences:
    verdicts = tuple(_verdicts(before, after))
    return Consequences(
        claims=tuple(_claims(before, after)),
        verdicts=verdicts,
        waivers=tuple(_waivers(before, after)),
        coverage=(_coverage(before.repository), _coverage(after.repository)),
        pages=tuple(_pages(changes, before, after, {school for turn in verdicts for school, _ in turn.schools}, language)),
    )


def _turns(old: Mapping[str, tuple[Text, str]], new: Mapping[str, tuple[Text, str]]) -> Iterator[Turn]:
    for id_ in dict.fromkeys((*new, *old)):
        before, after = old.get(id_), new.get(id_)
        if (before and before[1]) != (after and after[1]):
            subject = (after or before or (Text(zh=id_), ""))[0]
            yield Turn(id=id_, subject=subject, before=before[1] if before else None, after=after[1] if after else None)


def _claims(before: Site, after: Site) -> Iterator[Turn]:
    old, new = ({str(r.claim.id): (r.claim.text, r.outcome.value) for r in side.claims} for side in (before, after))
    return _turns(old, new)


def _waivers(before: Site, after: Site) -> Iterator[Turn]:
    old, new = ({str(w.id): (_excused(side, w), _state(w, side.as_of).value) for w in side.repository.waivers.values()} for side in (before, after))
    return _turns(old, new)


def _excused(side: Site, waiver: Waiver) -> Text:
    """A waiver by its rule and schools."""
    titles = [side.repository.schools[school].title for school in waiver.schools]
    english = ", ".join(title.en or title.zh for title in titles)
    return Text(zh=f"{waiver.rule} · {'、'.join(title.zh for title in titles)}", en=f"{waiver.rule} · {english}")


def _state(waiver: Waiver, on: date) -> WaiverState:
    if waiver.in_force(on):
        return WaiverState.IN_FORCE
    return WaiverState.TO_COME if on < waiver.first_day else WaiverState.LAPSED


def _verdicts(before: Site, after: Site) -> Iterator[VerdictTurn]:
    """Rules in order, then what they turned from and into; schools in order."""
    old, new = ({(c.rule.id, c.school.id if c.school else None): c for c in side.verdicts.checks} for side in (before, after))
    turned: dict[tuple[RuleId, str | None, str | None], list[tuple[SchoolId, Text]]] = {}
    titles: dict[RuleId, Text] = {}
    for key in dict.fromkeys((*new, *old)):
        was, comes = old.get(key), new.get(key)
        shown = comes or was
        verdicts = (was.verdict.value if was else None, comes.verdict.value if comes else None)
        if shown is None or verdicts[0] == verdicts[1]:
            continue
        titles[key[0]] = shown.rule.title
        schools = turned.setdefault((key[0], *verdicts), [])
        if shown.school:
            schools.append((shown.school.id, shown.school.title))
    for (rule, turned_from, into), schools in sorted(turned.items(), key=lambda t: (t[0][0], t[0][1] or "", t[0][2] or "")):
        yield VerdictTurn(rule=rule, title=titles[rule], before=turned_from, after=into, schools=tuple(sorted(schools, key=lambda s: s[0])))


def _coverage(repository: Repository) -> Coverage:
    rules = rules_of(repository)
    return Coverage(covered=sum(bool(found) for found in rules.values()), clauses=len(rules))


# --- pages ---------------------------------------------------------------------------------------------------------------------------

_OF_ONE_SCHOOL = frozenset({"school", "return"})
_ON_NO_SCHOOL_PAGE = frozenset({"activity", "claim", "micro-lessons", "plan", "team"})


def _pages(changes: Changes, before: Site, after: Site, turned: set[SchoolId], language: Language) -> Iterator[PageChange]:
    """The pages that read differently, found by writing them. Of the schools' pages only those that the change can reach are written."""
    old, new = (_written(side, _reached(changes, side, turned), language) for side in (before, after))
    for path in sorted({*old, *new}):
        if path not in old or path not in new:
            title = (new.get(path) or old[path])[0]
            yield PageChange(path=path, title=title, how=How.ADDED if path in new else How.REMOVED)
        elif old[path] != new[path]:
            yield PageChange(path=path, title=new[path][0], how=How.CHANGED)


def _written(side: Site, schools: frozenset[SchoolId], language: Language) -> Mapping[str, tuple[str, str]]:
    """Title and text of every page by its path."""
    made = edition(side, language, load())
    whole = [page for page in pages(made) if page.path not in dict(STAMPED)]
    whole += [ordinary(made, school) for school in side.repository.schools.values() if school.id in schools]
    whole += [inspections.ordinary(made, inspection) for inspection in inspections.announced(side)]
    return {page.path: (page.title, page.body) for page in whole}


def _reached(changes: Changes, side: Site, turned: set[SchoolId]) -> frozenset[SchoolId]:
    """The schools whose page can be another after the change: their own records, their verdicts, or something that all schools share."""
    kinds = {change.kind for change in changes.records}
    if kinds - _OF_ONE_SCHOOL - _ON_NO_SCHOOL_PAGE:
        return frozenset(side.repository.schools)
    paths = [path for c in changes.records if c.kind in _OF_ONE_SCHOOL for path in (c.path, c.old_path) if path]
    return frozenset({SchoolId(path.split("/")[2]) for path in paths} | turned)


def _titles(repository: Repository) -> Mapping[tuple[str, str], Text]:
    """The titles of what records refer to, by the name of the field that refers and the id."""
    district = repository.district
    windows = {w.id: w.title for year in district.years for term in year.terms for w in term.windows}
    of: Mapping[str, Mapping[str, Text]] = {
        "school": {s.id: s.title for s in repository.schools.values()},
        "schools": {s.id: s.title for s in repository.schools.values()},
        "area": {a.id: a.title for a in district.areas},
        "body": {b.id: b.title for b in district.bodies},
        "plan": {p.id: p.title for p in repository.plans.values()},
        "band": {b.id: b.title for b in repository.bands.values()},
        "bands": {b.id: b.title for b in repository.bands.values()},
        "window": windows,
        "parameter": {p.id: p.title for p in district.parameters},
        "rule": {r.id: r.title for r in repository.rules.values()},
    }
    return {(field, id_): title for field, titles in of.items() for id_, title in titles.items()}
