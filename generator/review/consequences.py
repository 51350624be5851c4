"""What a reviewer must know of a change: what the records say differently, and what follows from it.

Owns the comparison of two Sites: claims, verdicts, waivers, clause coverage, pages. Both are told as of the same day,
so that nothing moves but by the change itself. Must not know git, nor the words and formats in which it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from generator.compliance.evaluate import Check, Earlier, Verdict, Verdicts, concerned, rules_of
from generator.edition.render import Edition, PageDraft, edition, markdown
from generator.edition.site import Page, Site, site
from generator.files.catalogue import load
from generator.files.tree import How
from generator.model.duties import RuleId, Waiver
from generator.model.ids import SchoolId
from generator.pages.about import dictionary, guides, problems
from generator.pages.duties import downloads, inspections, matrix, methods, schemes
from generator.pages.duties.check_rows import Rows
from generator.pages.families import FAMILIES, PageFamily, led_to
from generator.pages.parts import there
from generator.pages.people import outreach, team
from generator.pages.programme import accounts, lessons
from generator.pages.schools import schools
from generator.pages.statistics import builder, pathway, releases, statistics
from generator.records.doubts import Doubt, doubts
from generator.records.repository import Repository, identical, own_records
from generator.review.changes import Changes
from generator.text import Language, Text

_About: TypeAlias = tuple[RuleId, str | None]  # a rule, and the id of its subject


class WaiverState(StrEnum):
    """How a waiver stands on a day."""

    TO_COME = "to-come"
    IN_FORCE = "in-force"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something that came out one way and now comes out another; None on a side where it did not exist.

    `subject` is what, by its id and title.
    """

    id: str
    subject: Text
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictTurn:
    """A rule that comes out differently, and for which schools or districts below; none for a rule about the district.

    `worse` is whether a reviewer must ask why.
    """

    rule: RuleId
    title: Text
    before: str | None
    after: str | None
    schools: tuple[tuple[str, Text], ...]
    worse: bool


# How bad a verdict is. What is no longer judged at all is worse than all but a breach: that a duty is gone must not
# hide behind what is mended.
_BADNESS: Mapping[str | None, int] = {
    Verdict.MET.value: 0,
    Verdict.NOT_APPLICABLE.value: 0,
    Verdict.SEALED.value: 1,
    Verdict.DUE.value: 1,
    Verdict.WAIVED.value: 2,
    Verdict.UNREPORTED.value: 3,
    Verdict.STALE.value: 4,
    None: 5,
    Verdict.ADVISORY.value: 6,
    Verdict.UNMET.value: 7,
}


def _grave(turn: VerdictTurn) -> tuple[bool, int, bool, str, str]:
    """The order in which turns are told: the worse first, among them the worst, and what is judged for the first time
    last.
    """
    badness = _BADNESS[turn.after]
    return not turn.worse, -badness, turn.before is None, turn.rule, turn.before or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageCount:
    """How many clauses at least one rule covers."""

    covered: int
    clauses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChange:
    """A page of the site that reads differently, is new, or goes."""

    path: str
    title: str
    how: How


class FiledHow(StrEnum):
    """How a return that a change brings stands to the days before: it alters what was known from its filing on."""

    LATE = "late"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows from the change, if both sides could be loaded.

    `frame` is whether what stands around every page is another.

    `pages` are those that read differently between the navigation and the foot.
    """

    claims: tuple[Turn, ...]
    verdicts: tuple[VerdictTurn, ...]
    waivers: tuple[Turn, ...]
    coverage: tuple[CoverageCount, CoverageCount]
    frame: bool
    pages: tuple[PageChange, ...]
    doubts: tuple[Doubt, ...]  # those that the change brings
    filed: Mapping[str, FiledHow]  # by path, the returns that came late or correct an earlier one


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A change as a reviewer meets it.

    `names` are the titles of what records refer to by id; `faults` counts the Problems of either side.
    """

    changes: Changes
    consequences: Consequences | None
    names: Mapping[tuple[str, str], Text]
    faults: tuple[int, int]
    as_of: date


def review(
    changes: Changes,
    before: Repository | None,
    after: Repository | None,
    faults: tuple[int, int],
    as_of: date,
    language: Language = Language.ZH,
) -> Review:
    """Compare.

    A side that could not be loaded is None, and then only the files are compared. Pages are those of one language.
    """
    return Review(
        changes=changes,
        consequences=_consequences(changes, before, after, as_of, language) if before and after else None,
        names={id_: title for side in (before, after) if side for id_, title in _titles(side).items()},
        faults=faults,
        as_of=as_of,
    )


def _consequences(
    changes: Changes, older: Repository, newer: Repository, as_of: date, language: Language
) -> Consequences:
    earlier: Earlier = {}
    past_of = concerned(older, newer)  # counts of the others add the same to both sides
    before, after = site(older, as_of, None, earlier, past_of), site(newer, as_of, None, earlier, past_of)
    pages = rewritten(changes, before, after, language)
    return Consequences(
        claims=tuple(_claims(before, after)),
        verdicts=tuple(sorted(_verdicts(before, after), key=_grave)),
        waivers=tuple(_waivers(before, after)),
        coverage=(_coverage(before.repository), _coverage(after.repository)),
        frame=pages.frame,
        pages=tuple(pages.turned()),
        doubts=_new_doubts(older, newer),
        filed=dict(_filed(older, newer)),
    )


def _filed(older: Repository, newer: Repository) -> Iterator[tuple[str, FiledHow]]:
    for key, found in newer.returns.items():
        before = older.returns.get(key)
        if before is None and found.filed_on > newer.year(found.year).returns_due:
            yield found.source.path, FiledHow.LATE
        elif before is not None and replace(before, place=found.place, source=found.source) != found:
            yield found.source.path, FiledHow.CORRECTION


def _new_doubts(older: Repository, newer: Repository) -> tuple[Doubt, ...]:
    known = {(doubt.at.path, doubt.kind, doubt.facts) for doubt in doubts(older)}
    return tuple(doubt for doubt in doubts(newer) if (doubt.at.path, doubt.kind, doubt.facts) not in known)


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
    old, new = (
        {str(w.id): (_excused(side, w), _state(w, side.as_of).value) for w in side.repository.waivers.values()}
        for side in (before, after)
    )
    return _turns(old, new)


def _excused(side: Site, waiver: Waiver) -> Text:
    """A waiver by its rule and those whom it excuses."""
    titles = [side.repository.schools[school].title for school in waiver.schools]
    titles += [side.repository.below[one].title for one in waiver.below]
    english = ", ".join(title.in_(Language.EN) for title in titles)
    return Text(zh=f"{waiver.rule} · {'、'.join(title.zh for title in titles)}", en=f"{waiver.rule} · {english}")


def _state(waiver: Waiver, on: date) -> WaiverState:
    if waiver.in_force(on):
        return WaiverState.IN_FORCE
    return WaiverState.TO_COME if on < waiver.first_day else WaiverState.LAPSED


def _verdicts(before: Site, after: Site) -> Iterator[VerdictTurn]:
    """What turned to worse first; then rules in order, and what they turned from and into; schools in order."""
    old, new = _differing(before, after)
    turned: dict[tuple[RuleId, str | None, str | None], list[tuple[str, Text]]] = {}
    titles: dict[RuleId, Text] = {}
    for key in dict.fromkeys((*new, *old)):
        was, comes = old.get(key), new.get(key)
        shown = comes or was
        verdicts = (was.verdict.value if was else None, comes.verdict.value if comes else None)
        if shown is None or verdicts[0] == verdicts[1]:
            continue
        titles[key[0]] = shown.rule.title
        schools = turned.setdefault((key[0], *verdicts), [])
        if one := shown.school or shown.below:
            schools.append((one.id, one.title))
    for (rule, turned_from, into), schools in turned.items():
        worse = _BADNESS[into] > (_BADNESS[turned_from] if turned_from else 0)
        ordered = tuple(sorted(schools, key=lambda s: s[0]))
        yield VerdictTurn(rule=rule, title=titles[rule], before=turned_from, after=into, schools=ordered, worse=worse)


def _differing(before: Site, after: Site) -> tuple[Mapping[_About, Check], Mapping[_About, Check]]:
    """The Checks of either side, by rule and subject, but those that are one object on both."""
    old, new = before.verdicts.checks, after.verdicts.checks
    both = set(map(id, old)) & set(map(id, new))
    first, second = ({(c.rule.id, c.about): c for c in side if id(c) not in both} for side in (old, new))
    return first, second


def _coverage(repository: Repository) -> CoverageCount:
    rules = rules_of(repository)
    return CoverageCount(covered=sum(bool(found) for found in rules.values()), clauses=len(rules))


# --- pages ------------------------------------------------------------------------------------------------------------

# Kinds of records that every school's page can rest on, and kinds that none rests on. All others are told on the pages
# of the schools that they name (`RecordKind.schools`).
ON_EVERY_SCHOOL_PAGE = frozenset(
    {"adoption", "curriculum", "district", "policy", "recipient", "release", "rule", "scheme", "signers", "withdrawal"}
)
ON_NO_SCHOOL_PAGE = frozenset(
    {"account", "activity", "claim", "district-below", "micro-lessons", "moved", "plan", "team"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drafting(Edition):
    """An Edition that keeps what its pages are made of and writes none of them."""

    drafts: dict[str, PageDraft]

    def written(self, draft: PageDraft) -> Page:
        self.drafts[draft.path] = draft
        return Page(
            path=draft.path,
            kind=draft.kind,
            title=draft.title,
            description=draft.description,
            body="",
            cites=draft.cites,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """The pages that a change can reach as they read on either side, by path; and whether what stands around every page
    is another.
    """

    frame: bool
    before: Mapping[str, Page]
    after: Mapping[str, Page]

    def turned(self) -> Iterator[PageChange]:
        """The pages that read differently, are new, or go."""
        for path in sorted({*self.before, *self.after}):
            was, comes = self.before.get(path), self.after.get(path)
            if was is None or comes is None:
                yield PageChange(
                    path=path, title=(comes or self.before[path]).title, how=How.REMOVED if comes is None else How.ADDED
                )
            elif markdown(was) != markdown(comes):
                yield PageChange(path=path, title=comes.title, how=How.CHANGED)


def rewritten(changes: Changes, before: Site, after: Site, language: Language) -> Rewritten:
    """Both sides' pages in one language. Of a page made of the same on both sides nothing is written."""
    first = edition(before, language, load())
    sides = (first, replace(first, site=after))  # the templates are made ready once
    families = [family for family in FAMILIES if not _same(before, after, MADE_OF.get(family))]
    old, new = (_drafts(side, checks, families) for side, checks in zip(sides, _apart(before, after), strict=True))
    differ = [
        path for path in {*old, *new} if path not in old or path not in new or not prints_alike(old[path], new[path])
    ]
    was, comes = (
        {path: side.written(drafts[path]) for path in differ if path in drafts}
        for side, drafts in zip(sides, (old, new), strict=True)
    )
    reached = _reached(changes, before, after)
    tables = _tables(before, after, reached)
    for side, written in zip(sides, (was, comes), strict=True):
        written |= {page.path: page for page in _stamped(side, reached, tables)}
    return Rewritten(frame=_frame(sides[0], old) != _frame(sides[1], new), before=was, after=comes)


def _frame(side: Edition, drafts: Mapping[str, PageDraft]) -> object:
    """What stands around every page: the navigation's titles, and what the district says of itself."""
    district = side.site.repository.district
    said = [side.plain(text) for text in (district.title, district.summary, district.notice)]
    return said, district.site_url, [(path, drafts[path].title) for path in led_to(drafts) if path in drafts]


def _stamped(side: Edition, reached: frozenset[SchoolId], tables: frozenset[str]) -> Iterator[Page]:
    """The pages of these schools and of their inspections, and these tables of schools and rules."""
    rows = Rows(side)
    for school in side.site.repository.schools.values():
        if school.id in reached:
            yield schools.ordinary(side, school, rows)
    for inspection in inspections.announced(side.site):
        if inspection.school in reached:
            yield inspections.ordinary(side, inspection)
    for grid in matrix.grids(side.site):
        if grid.path in tables:
            yield matrix.ordinary(side, grid)


def _tables(before: Site, after: Site, reached: frozenset[SchoolId]) -> frozenset[str]:
    """The tables of schools and rules that can be others after the change: with a school reached, with other schools;
    all, if one comes or goes.
    """
    old, new = ({grid.path: grid.schools for grid in matrix.grids(side)} for side in (before, after))
    if list(old) != list(new):
        return frozenset({**old, **new})
    return frozenset(p for p in new if not identical(old[p], new[p]) or any(school.id in reached for school in new[p]))


# Families whose pages take long to make, or rest on little: the records that they are made of, and on nothing else but
# the day.
MADE_OF: Mapping[PageFamily, tuple[str, ...]] = {
    releases.pages: ("district", "releases", "rules", "schools", "withdrawals"),
    statistics.pages: ("below", "claims", "district", "receipts", "releases", "schools", "withdrawals"),
    pathway.pages: ("district", "releases", "withdrawals"),
    matrix.pages: ("district", "policies", "rules", "schools"),
    lessons.pages: ("bands", "clips", "district", "lessons"),
    team.pages: ("activities", "district", "plans", "teams"),
    builder.pages: ("district", "releases", "schools", "withdrawals"),
    accounts.pages: ("accounts", "claims", "district", "policies", "rules"),
    schemes.pages: ("district", "inspections", "policies", "schemes"),
    outreach.pages: ("activities", "district"),
    methods.pages: ("district", "rules"),
    guides.pages: ("district",),
    dictionary.pages: (),
    problems.pages: (),
}


def _same(before: Site, after: Site, names: tuple[str, ...] | None) -> bool:
    """Whether the records of these names are the very same on both sides."""
    return names is not None and all(identical(*(_records(side, name) for side in (before, after))) for name in names)


def _records(side: Site, name: str) -> tuple[object, ...]:
    found = getattr(side.repository, name)
    return tuple(found.values()) if isinstance(found, Mapping) else (found,)


def _drafts(side: Edition, checks: Verdicts, families: Iterable[PageFamily]) -> Mapping[str, PageDraft]:
    """What pages of these families are made of.

    Files of all verdicts differ where those do that the other side has not: only these are put in.
    """
    drafting = _Drafting(
        site=side.site, language=side.language, catalogue=side.catalogue, environment=side.environment, drafts={}
    )
    narrowed = replace(drafting, site=replace(side.site, verdicts=checks))
    for family in families:
        tuple(family(narrowed if family is downloads.pages else drafting))
    return {path: draft for path, draft in drafting.drafts.items() if there(side.site, path)}


def _apart(before: Site, after: Site) -> tuple[Verdicts, Verdicts]:
    """The verdicts of each side without the Checks that are told alike on both."""
    if before.repository.district is not after.repository.district:  # its areas and its name stand in every line
        return before.verdicts, after.verdicts
    old, new = _differing(before, after)
    alike = {key for key, check in new.items() if key in old and prints_alike(old[key], check)}
    first, second = (
        replace(s.verdicts, checks=tuple(c for k, c in m.items() if k not in alike))
        for s, m in ((before, old), (after, new))
    )
    return first, second


def prints_alike(one: object, other: object) -> bool:
    """Whether two values are one to a template.

    Stricter than equality, to which 1 is 1.0 and True; what it does not know is not alike.
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(map(prints_alike, one.values(), other.values()))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(a is b or prints_alike(a, b) for a, b in zip(one, other, strict=True))
    if is_dataclass(one):
        pairs = ((getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)
        return all(a is b or prints_alike(a, b) for a, b in pairs)
    return one == other


def _reached(changes: Changes, before: Site, after: Site) -> frozenset[SchoolId]:
    """The schools whose pages can be others after the change: records that name them, a waiver's need, or something
    that all schools share.
    """
    old, new = own_records(before.repository), own_records(after.repository)
    if changes.releases or ON_EVERY_SCHOOL_PAGE & {change.kind for change in changes.records}:
        return frozenset({**old, **new})
    needless = {*before.verdicts.needless} ^ {*after.verdicts.needless}
    waivers = {**before.repository.waivers, **after.repository.waivers}
    concerned = {school for waiver in needless for school in waivers[waiver].schools}
    near, was_near = schools.neighbours(after), schools.neighbours(before)
    concerned |= {s for s in {**near, **was_near} if not identical(near.get(s, ()), was_near.get(s, ()))}
    return frozenset(s for s in {**old, **new} if s in concerned or not identical(old.get(s, ()), new.get(s, ())))


def _titles(repository: Repository) -> Mapping[tuple[str, str], Text]:
    """The titles of what records refer to, by the name of the field that refers and the id."""
    district = repository.district
    windows = {w.id: w.title for term in district.terms.values() for w in term.windows}
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
