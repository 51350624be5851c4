"""What a reviewer must know of a change: what the records say differently, and what follows from it.

Owns the comparison of two Sites: claims, verdicts, waivers, clause coverage, pages. Both are told as of the same day,
so that nothing moves but by the change itself. Only schools near the change are judged: all others add the same to both
sides. Must not know git, nor the words and formats in which it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from contextlib import nullcontext
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.evaluate import Check, Earlier, Verdict, Verdicts, concerned, evaluate, rules_of
from generator.edition.render import Edition, PageDraft, edition
from generator.edition.site import NOWHERE, Keeping, Page, Site, site
from generator.files.catalogue import load
from generator.files.tree import How
from generator.model.duties import RuleId, Waiver
from generator.model.ids import SchoolId, YearId
from generator.pages import areas
from generator.pages.about import dictionary, guides, problems
from generator.pages.areas import DistrictPart
from generator.pages.duties import compliance, downloads, inspections, matrix, methods, overdue, rules, schemes
from generator.pages.duties.check_rows import Rows
from generator.pages.families import FAMILIES, LISTINGS, PageFamily, led_to
from generator.pages.parts import there
from generator.pages.people import outreach, team
from generator.pages.programme import accounts, lessons
from generator.pages.schools import filing, schools
from generator.pages.statistics import builder, open_figures, pathway, releases, statistics
from generator.records.doubts import Doubt, doubts
from generator.records.opened import only_in, picked
from generator.records.repository import Repository, differing, identical, same_records
from generator.review.changes import Changes
from generator.review.comparing import Drafting, MakePage, Naming, naming, prints_alike, turned
from generator.review.told import OfRecords, ToldAlike, ToldOfFew
from generator.text import Language, Text

_About: TypeAlias = tuple[RuleId, str | None]  # a rule, and the id of its subject


class WaiverState(StrEnum):
    """How a waiver stands on a day."""

    TO_COME = "to-come"
    IN_FORCE = "in-force"
    LAPSED = "lapsed"


class Turn(Struct, frozen=True, kw_only=True):
    """Something that came out one way and now comes out another; None on a side where it did not exist.

    `subject` is what, by its id and title.
    """

    id: str
    subject: Text
    before: str | None
    after: str | None


class VerdictTurn(Struct, frozen=True, kw_only=True):
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


class CoverageCount(Struct, frozen=True, kw_only=True):
    """How many clauses at least one rule covers."""

    covered: int
    clauses: int


class PageChange(Struct, frozen=True, kw_only=True):
    """A page of the site that reads differently, is new, or goes."""

    path: str
    title: str
    how: How


class FiledHow(StrEnum):
    """How a return that a change brings stands to the days before: it alters what was known from its filing on."""

    LATE = "late"
    CORRECTION = "correction"


class Consequences(Struct, frozen=True, kw_only=True):
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


class Review(Struct, frozen=True, kw_only=True):
    """A change as a reviewer meets it.

    `name_of` gives the title of what records refer to by a field and an id; `faults` counts the Problems of either
    side.
    """

    changes: Changes
    consequences: Consequences | None
    name_of: Callable[[str, str], Text | None]
    faults: tuple[int, int]
    as_of: date


def review(
    changes: Changes,
    before: Repository | None,
    after: Repository | None,
    faults: tuple[int, int],
    as_of: date,
    language: Language = Language.ZH,
    told: ToldOfFew | None = None,
) -> Review:
    """Compare. `told` is what was told of a few schools before.

    A side that could not be loaded is None, and then only the files are compared. Pages are those of one language.
    """
    return Review(
        changes=changes,
        consequences=_consequences(changes, before, after, as_of, language, told) if before and after else None,
        name_of=partial(_title, [side for side in (after, before) if side]),
        faults=faults,
        as_of=as_of,
    )


def _consequences(
    changes: Changes, older: Repository, newer: Repository, as_of: date, language: Language, told: ToldOfFew | None
) -> Consequences:
    near = _near(changes, older, newer)
    earlier: Earlier = {}
    looked_at = without_the_rest(older, newer, near)
    keeping: Keeping = NOWHERE
    if near is not None:
        keeping = ToldAlike(near=near, before=told, apart=looked_at.apart, state=looked_at.state)
    with nullcontext() if told is None else told.as_of(as_of):
        before, after = (
            replace(site(replace(side, told=keeping.told), as_of, None, earlier, near), keeping=keeping)
            for side in looked_at.sides
        )
        pages = rewritten(changes, before, after, language, near, (older, newer))
    return Consequences(
        claims=tuple(_claims(before, after)),
        verdicts=tuple(sorted(_verdicts(before, after), key=_grave)),
        waivers=tuple(_waivers(before, after)),
        coverage=(_coverage(before.repository), _coverage(after.repository)),
        frame=pages.frame,
        pages=pages.pages,
        doubts=_new_doubts(older, newer, near),
        filed=dict(_filed(older, newer)),
    )


def _near(changes: Changes, older: Repository, newer: Repository) -> frozenset[SchoolId] | None:
    """The schools that are looked at, if not all are (None): of any other both states say the same, and what all share
    is the same. Those that waivers name are among them, for which waivers are needless is known of these only.
    """
    if _on_every_page(changes, older, newer) or (found := concerned(older, newer)) is None:
        return None
    excused = {school for side in (older, newer) for waiver in side.waivers.values() for school in waiver.schools}
    return found | excused | _naming(older, newer)


class StatesLookedAt(Struct, frozen=True, kw_only=True):
    """Both states with the returns that are looked at: of these `years` all (None: of every year), of others those of
    schools near the change, and one of a school that is `apart`.
    """

    sides: tuple[Repository, Repository]
    years: frozenset[YearId] | None = None
    apart: frozenset[SchoolId] = frozenset()

    @property
    def state(self) -> str:
        """Of which years all returns are looked at."""
        return "all" if self.years is None else " ".join(sorted(self.years))


def without_the_rest(older: Repository, newer: Repository, near: Container[SchoolId] | None) -> StatesLookedAt:
    """Both states without the returns of schools that are not near for years of which both have the same returns, and
    of which no published figure or target differs: what is told of such a year is the same on both sides, and without
    these still is. One is left, for there are pages where there are returns.
    """
    if near is None or not same_records(older, newer, ("schools",)):
        return StatesLookedAt(sides=(older, newer))
    states = ((older, newer), (newer, older))
    years = {found.year for one, other in states for found in only_in(one.returns, other.returns)}
    years |= {claim.school_year for one, other in states for claim in only_in(one.claims, other.claims)}
    years |= {t.school_year for one, other in states for plan in only_in(one.plans, other.plans) for t in plan.targets}
    left = next((key for key in older.returns if key[0] not in near and key[1] not in years), None)
    first, second = (
        replace(side, returns=picked(side.returns, lambda key: key[0] in near or key[1] in years or key == left))
        for side in (older, newer)
    )
    return StatesLookedAt(sides=(first, second), years=frozenset(years), apart=frozenset({left[0]} if left else ()))


def _on_every_page(changes: Changes, older: Repository, newer: Repository) -> bool:
    """Whether something changes that all schools' pages may tell, or where they lead to lists of areas."""
    told = bool(changes.releases or ON_EVERY_SCHOOL_PAGE & {change.kind for change in changes.records})
    return told or areas.too_many(older) != areas.too_many(newer)


def _naming(older: Repository, newer: Repository) -> frozenset[SchoolId]:
    """The schools whose pages name other schools than before, or one that is told otherwise."""
    if same_records(older, newer, ("schools",)):
        return frozenset()
    old, new = schools.named(older), schools.named(newer)
    return frozenset(s for s in {**old, **new} if not identical(old.get(s, ()), new.get(s, ())))


def _filed(older: Repository, newer: Repository) -> Iterator[tuple[str, FiledHow]]:
    for found in only_in(newer.returns, older.returns):
        before = older.returns.get((found.school, found.year))
        if before is None and found.filed_on > newer.year(found.year).returns_due:
            yield found.source.path, FiledHow.LATE
        elif before is not None and replace(before, place=found.place, source=found.source) != found:
            yield found.source.path, FiledHow.CORRECTION


def _new_doubts(older: Repository, newer: Repository, near: Container[SchoolId] | None) -> tuple[Doubt, ...]:
    others = {key for side in (older, newer) for key in side.returns if near is not None and key[0] not in near}
    known = {(doubt.at.path, doubt.kind, doubt.facts) for doubt in doubts(older, others)}
    return tuple(doubt for doubt in doubts(newer, others) if (doubt.at.path, doubt.kind, doubt.facts) not in known)


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


class Rewritten(Struct, frozen=True, kw_only=True):
    """The pages that read differently, are new, or go; and whether what stands around every page is another."""

    frame: bool
    pages: tuple[PageChange, ...]


_Pages: TypeAlias = "Mapping[str, MakePage]"  # by path


def rewritten(
    changes: Changes,
    before: Site,
    after: Site,
    language: Language,
    near: Container[SchoolId] | None,
    whole: tuple[Repository, Repository],
) -> Rewritten:
    """Both sides' pages in one language. Of a page made of the same on both sides nothing is written.

    If `near` is given, the Sites have the verdicts of these schools alone, and may lack returns that both sides have:
    what is told of all others adds the same to both. `whole` are the records of either side.
    """
    sides = naming(edition(before, language, load()), after)  # the templates are made ready once
    families = [family for family in FAMILIES if not _same(before, after, MADE_OF.get(family))]
    same_schools = near is not None and same_records(*whole, ("schools",))
    old, new = (
        _drafts(side, _of_each(side, checks, near if same_schools else None), families)
        for side, checks in zip(sides, _apart(before, after), strict=True)
    )
    alike = {path for path in old.keys() & new.keys() if prints_alike(old[path], new[path])}
    drafts = zip(sides, (old, new), strict=True)
    found = _compared(
        sides, *({path: partial(side.written, d[path]) for path in d if path not in alike} for side, d in drafts)
    )
    unsure = frozenset(
        path
        for path, page in found.items()
        if near is not None and page.how is How.CHANGED and _only_listed(old[path], new[path])
    )
    reached = _reached(changes, before, after)
    tables = _tables(before, after, reached)
    lists = tuple(areas.differing(before, after, reached))
    listed: Earlier = {}
    shown: Earlier = {}
    further = (
        {
            **_of_all(side, records, unsure, listed),
            **_stamped(side, reached),
            **_of_parts(side, (pair[number] for pair in lists)),
            **_of_tables(side, tables, near, shown),
        }
        for number, (side, records) in enumerate(zip(sides, whole, strict=True))
    )
    found = {path: page for path, page in found.items() if path not in unsure} | _compared(sides, *further)
    frame = _frame(sides[0], old) != _frame(sides[1], new)
    return Rewritten(frame=frame, pages=tuple(found[path] for path in sorted(found)))


def _compared(sides: tuple[Naming, Naming], was: _Pages, comes: _Pages) -> dict[str, PageChange]:
    """What became of pages, by path; nothing of those that read the same."""
    found: dict[str, PageChange] = {}
    for path in {**was, **comes}:
        how = How.CHANGED if path in was and path in comes else How.ADDED if path in comes else How.REMOVED
        page = turned(sides, was[path], comes[path]) if how is How.CHANGED else (comes.get(path) or was[path])()
        if page is not None:
            found[path] = PageChange(path=path, title=page.title, how=how)
    return found


# What is counted in whole on pages that list only the first of many schools.
_COUNTED: Mapping[type, str] = {
    rules.RulePage: "counts",
    compliance.ComplianceSummary: "counts",
    overdue.OverduePage: "total",
}


def _only_listed(old: PageDraft, new: PageDraft) -> bool:
    """Whether two states of a page count the same and can differ only in what they list. Whether that can be seen is
    not known without all that is listed before.
    """
    counted = _COUNTED.get(type(old.data))
    return counted is not None and prints_alike(getattr(old.data, counted), getattr(new.data, counted))


def _of_all(side: Naming, repository: Repository, paths: Collection[str], earlier: Earlier) -> _Pages:
    """These pages as they are told of all schools. If all are pages of rules, only these rules are judged."""
    if not paths:
        return {}
    asked = {rule.id: rule for rule in repository.rules.values() if rules.path_of(rule) in paths}
    judged = replace(repository, rules=asked) if len(asked) == len(paths) else repository
    verdicts = evaluate(judged, side.site.as_of, earlier)
    told = replace(side, site=replace(side.site, repository=repository, verdicts=verdicts, keeping=NOWHERE))
    made: dict[str, MakePage] = {one.path: one.make for one in rules.one_by_one(told) if one.path in paths}
    if judged is repository:
        listing = (page for pages in (compliance.pages, overdue.pages) for page in pages(told) if page.path in paths)
        made |= {page.path: partial(_itself, page) for page in listing}
    return made


def _itself(page: Page) -> Page:
    return page


def _frame(side: Edition, drafts: Mapping[str, PageDraft]) -> object:
    """What stands around every page: the navigation's titles, and what the district says of itself."""
    district = side.site.repository.district
    said = [side.plain(text) for text in (district.title, district.summary, district.notice)]
    return said, district.site_url, [(path, drafts[path].title) for path in led_to(drafts) if path in drafts]


def _stamped(side: Edition, reached: frozenset[SchoolId]) -> _Pages:
    """The pages of these schools and of their inspections."""
    rows = Rows(side)
    made: dict[str, MakePage] = {
        schools.FAMILY.path(id_): partial(schools.ordinary, side, side.site.repository.schools[id_], rows)
        for id_ in side.site.repository.schools
        if id_ in reached
    }
    return made | {
        inspections.path(one): partial(inspections.ordinary, side, one)
        for one in inspections.announced(side.site)
        if one.school in reached
    }


def _of_parts(side: Edition, parts: Iterable[DistrictPart | None]) -> _Pages:
    """The lists of these schools, in a district that has them on pages of their own."""
    made = {
        listing.family.path(part.id): partial(areas.ordinary, side, listing, part)
        for part in parts
        if part is not None
        for listing in LISTINGS.values()
        if listing.told(side.site)
    }
    return {path: make for path, make in made.items() if there(side.site, path)}


def _of_tables(side: Edition, tables: frozenset[str], near: Container[SchoolId] | None, earlier: Earlier) -> _Pages:
    """These tables of schools and rules."""
    shown = [grid for grid in matrix.grids(side.site) if grid.path in tables]
    if near is not None:
        schools = {school for grid in shown for school in grid.ids}
        verdicts = evaluate(side.site.repository, side.site.as_of, earlier, schools)
        side = replace(side, site=replace(side.site, verdicts=verdicts, keeping=OfRecords(of=side.site.keeping)))
    return {grid.path: partial(matrix.ordinary, side, grid) for grid in shown}


def _tables(before: Site, after: Site, reached: frozenset[SchoolId]) -> frozenset[str]:
    """The tables of schools and rules that can be others after the change: with a school reached, with other schools;
    all, if one comes or goes.
    """
    old, new = ({grid.path: grid for grid in matrix.grids(side)} for side in (before, after))
    if list(old) != list(new):
        return frozenset({**old, **new})
    others = {school.id for school in only_in(after.repository.schools, before.repository.schools)}
    return frozenset(p for p in new if old[p].ids != new[p].ids or not (reached | others).isdisjoint(new[p].ids))


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
    open_figures.pages: ("bands", "district", "returns", "schools"),
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
    return names is not None and same_records(before.repository, after.repository, names)


# Families that tell something of each school, or put a line a verdict into a file. In a large district LISTINGS do, and
# the family's own page counts.
_OF_EACH: tuple[PageFamily, ...] = (downloads.pages, schools.pages, filing.pages)


def _drafts(side: Naming, of_each: Site, families: Iterable[PageFamily]) -> Mapping[str, PageDraft]:
    """What pages of these families are made of; `of_each` is the Site that is told of line by line."""
    drafting = Drafting(**{name: getattr(side, name) for name in Naming.__struct_fields__}, drafts={})
    narrowed = replace(drafting, site=of_each)
    for family in families:
        counted = family in LISTINGS and areas.lists(side.site)
        tuple(family(narrowed if family in _OF_EACH and not counted else drafting))
    return {path: draft for path, draft in drafting.drafts.items() if there(side.site, path)}


def _of_each(side: Edition, checks: Verdicts, near: Container[SchoolId] | None) -> Site:
    """The Site with those lines alone that the other side has not, as far as that is known: with these verdicts, and of
    these schools if any are given.
    """
    repository = side.site.repository
    if near is not None:
        repository = replace(repository, schools=picked(repository.schools, near.__contains__))
    return replace(side.site, repository=repository, verdicts=checks)


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


def _reached(changes: Changes, before: Site, after: Site) -> frozenset[SchoolId]:
    """The schools whose pages can be others after the change: records that name them, a waiver's need, or something
    that all schools share, as that there are too many for one page.
    """
    if _on_every_page(changes, before.repository, after.repository):
        return frozenset({**before.repository.schools, **after.repository.schools})
    needless = {*before.verdicts.needless} ^ {*after.verdicts.needless}
    waivers = {**before.repository.waivers, **after.repository.waivers}
    excused = {school for waiver in needless for school in waivers[waiver].schools}
    return differing(before.repository, after.repository) | excused | _naming(before.repository, after.repository)


def _title(sides: Iterable[Repository], field: str, id_: str) -> Text | None:
    """The title of what a record refers to by the name of a field and an id, as the first side says that has it."""
    found = (named[id_] for side in sides if id_ in (named := _named(side, field)))
    return next((one.title for one in found), None)


def _named(repository: Repository, field: str) -> Mapping[Any, Any]:
    """By id, what records refer to in a field of this name."""
    district = repository.district
    match field:
        case "school" | "schools":
            return repository.schools
        case "plan":
            return repository.plans
        case "rule":
            return repository.rules
        case "band" | "bands":
            return repository.bands
        case "area":
            return {area.id: area for area in district.areas}
        case "body":
            return {body.id: body for body in district.bodies}
        case "parameter":
            return {parameter.id: parameter for parameter in district.parameters}
        case "window":
            return {window.id: window for term in district.terms.values() for window in term.windows}
        case _:
            return {}
