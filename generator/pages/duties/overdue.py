"""What is overdue: duties whose last day has passed and that are not met or not reported, school by school; in a large
district counted by duty, and by duty with the schools on a page of each area.

Owns what counts as overdue: a duty (never advice), not excused, answered by open records. A return that was not filed
is one line, not thirty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain, groupby
from typing import ClassVar, NamedTuple

from msgspec import Struct

from generator.compliance.evaluate import Check, Verdict, awaits_release
from generator.edition.open_data import in_blocks
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site, once
from generator.model.district import Area
from generator.model.duties import Rule, RuleId
from generator.model.ids import SchoolId
from generator.model.programme import Modality
from generator.model.schools import School
from generator.pages import areas
from generator.pages.areas import DistrictPart, DistrictPartLink, Listing
from generator.pages.duties.check_rows import DeskField, asked_of
from generator.pages.words.comparison import rests_on_return
from generator.pages.words.wording import TONES, days_to, desk_page, told
from generator.problems import Position
from generator.records.blocks import blocks
from generator.text import Text

_LATE = frozenset({Verdict.UNMET, Verdict.UNREPORTED})
_LISTED = 600  # lines of one table; what is more is counted and stands on the schools' pages


class Overdue(NamedTuple):
    """A Check that is overdue, by its place in the order: the day on which it was due, the rule, then the school."""

    due: date
    rule: RuleId
    school: SchoolId
    verdict: Verdict


class Unfiled(Struct, frozen=True, kw_only=True):
    """A school whose return is missing."""

    school: School
    area: Text
    desk: str


class OverdueDuty(Struct, frozen=True, kw_only=True):
    """A line of the table: `days` says in words how long ago the last day was, `said` why it is not met, `asked` where
    the school's filing desk asks for what it rests on.
    """

    rule: Rule
    school: School
    area: Text
    verdict: Verdict
    tone: str
    due: date
    days: str
    said: tuple[str, ...]
    desk: str
    asked: tuple[DeskField, ...]


class OverduePage(TemplateData, frozen=True, kw_only=True):
    """`total` duties are overdue, of which `more` stand in no line."""

    template: ClassVar[str] = "duties/overdue.md.j2"
    unfiled: int
    missing: tuple[Unfiled, ...]
    due: date  # of the returns
    days: str
    rows: tuple[OverdueDuty, ...]
    total: int
    more: int
    areas: tuple[Area, ...]
    rules: tuple[Rule, ...]
    verdicts: tuple[Verdict, ...]


class SchoolsBehind(Struct, frozen=True, kw_only=True):
    """The schools that have not met, or not reported, a duty."""

    verdict: Verdict
    tone: str
    schools: tuple[School, ...]


class DutyBehind(Struct, frozen=True, kw_only=True):
    """A duty that was due on one day, and the schools that are behind; `days` says how long ago that day was."""

    anchor: str
    rule: Rule
    due: date
    days: str
    found: tuple[SchoolsBehind, ...]


class OverdueByArea(TemplateData, frozen=True, kw_only=True):
    """Where schools stand on pages of their own: no school by name. Of the parts of `returns` returns are missing, of
    `parts` duties are overdue.
    """

    template: ClassVar[str] = "duties/overdue_by_area.md.j2"
    unfiled: int
    returns: tuple[DistrictPartLink, ...]
    due: date
    days: str
    total: int
    parts: tuple[DistrictPartLink, ...]


class OverdueOfPart(TemplateData, frozen=True, kw_only=True):
    """What is overdue at the schools of a part."""

    template: ClassVar[str] = "duties/overdue_of_part.html.j2"
    parts: tuple[DistrictPartLink, ...]
    missing: tuple[Unfiled, ...]
    duties: tuple[DutyBehind, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The page of what is overdue, and the donor of the pages of a large district's parts."""
    late = overdue(edition.site)
    yield edition.page(
        path="compliance/overdue",
        kind="compliance",
        title=edition.say("overdue.title"),
        description=edition.say("overdue.description"),
        hide=("toc",),
        data=_counted(edition, late) if areas.lists(edition.site) else _listed(edition, late),
        cites=_sources(edition.site, late) or [edition.site.repository.district.source],
    )
    yield from areas.donors(edition, LISTING)


def _sources(site: Site, late: Iterable[Overdue]) -> list[Position]:
    return [site.repository.rules[one.rule].source for one in late]


def _listed(edition: Edition, late: Sequence[Overdue]) -> OverduePage:
    site, missing = edition.site, unfiled(edition.site)
    titles, rules = _titles(site), site.repository.rules
    asked = {one.rule: tuple(asked_of(edition, rules[one.rule])) for one in late[:_LISTED]}
    rows = tuple(_row(edition, _check(site, one), titles, asked[one.rule]) for one in late[:_LISTED])
    there = {one.rule for one in late}
    return OverduePage(
        unfiled=len(missing),
        missing=_unfiled(site, missing),
        due=site.current_year.returns_due,
        days=days_to(edition, site.current_year.returns_due),
        rows=rows,
        total=len(late),
        more=len(late) - len(rows),
        areas=site.repository.district.areas,
        rules=tuple(rule for rule in rules.values() if rule.id in there),
        verdicts=tuple(v for v in Verdict if v in _LATE),
    )


def _check(site: Site, one: Overdue) -> Check:
    return next(check for check in site.verdicts.by_school[one.school] if check.rule.id == one.rule)


def _counted(edition: Edition, late: Sequence[Overdue]) -> OverdueByArea:
    site, missing = edition.site, unfiled(edition.site)
    return OverdueByArea(
        unfiled=len(missing),
        returns=areas.counted(edition, LISTING, missing),
        due=site.current_year.returns_due,
        days=days_to(edition, site.current_year.returns_due),
        total=len(late),
        parts=areas.counted(edition, LISTING, (site.repository.schools[one.school] for one in late)),
    )


def _of_part(edition: Edition, part: DistrictPart) -> OverdueOfPart:
    site, found = edition.site, _by_school(edition.site)
    late = sorted((one for school in part.schools for one in found.get(school.id, ())), key=_place)
    return OverdueOfPart(
        parts=areas.links(edition, LISTING, part),
        missing=_unfiled(site, [school for school in part.schools if _is_unfiled(site, school)]),
        duties=tuple(_by_duty(edition, late)),
    )


def _titles(site: Site) -> Mapping[str, Text]:
    return {area.id: area.title for area in site.repository.district.areas}


def _unfiled(site: Site, schools: Iterable[School]) -> tuple[Unfiled, ...]:
    titles = _titles(site)
    return tuple(Unfiled(school=s, area=titles[s.area], desk=desk_page(s.id)) for s in schools)


def _cites(site: Site, school: School) -> Iterator[Position]:
    return iter(_sources(site, _by_school(site).get(school.id, ())))


LISTING = Listing(
    family=areas.family("compliance", "compliance", "overdue_in_"), title="overdue.title", tell=_of_part, cites=_cites
)


@once
def _by_school(site: Site) -> Mapping[SchoolId, Sequence[Overdue]]:
    found: dict[SchoolId, list[Overdue]] = {}
    for one in overdue(site):
        found.setdefault(one.school, []).append(one)
    return found


def _by_duty(edition: Edition, late: Iterable[Overdue]) -> Iterator[DutyBehind]:
    """What is overdue in the order of due days, duty by duty."""
    for (due, rule), some in groupby(late, _place):
        found = tuple(some)
        yield DutyBehind(
            anchor=f"{rule}-{due}",
            rule=edition.site.repository.rules[rule],
            due=due,
            days=days_to(edition, due),
            found=tuple(_behind(edition.site, v, found) for v in Verdict if any(one.verdict is v for one in found)),
        )


def _behind(site: Site, verdict: Verdict, late: Iterable[Overdue]) -> SchoolsBehind:
    found = tuple(site.repository.schools[one.school] for one in late if one.verdict is verdict)
    return SchoolsBehind(verdict=verdict, tone=TONES[verdict], schools=found)


def unfiled(site: Site) -> tuple[School, ...]:
    """The schools whose return of the current year is not on file though its last day has passed, in the order of
    codes; of those that were there on that day.
    """
    schools, told = site.repository.schools, site.keeping.told
    found = (told("unfiled", some, partial(_unfiled_of, site, some)) for some in blocks(schools))
    return tuple(schools[school] for school in chain.from_iterable(found))


def _unfiled_of(site: Site, some: Iterable[SchoolId]) -> tuple[SchoolId, ...]:
    return tuple(school for school in some if _is_unfiled(site, site.repository.schools[school]))


def _is_unfiled(site: Site, school: School) -> bool:
    due = site.current_year.returns_due
    missing = site.as_of > due and site.return_of(school.id, site.current_year.id) is None
    return missing and school.is_open(due)


@once
def overdue(site: Site) -> tuple[Overdue, ...]:
    """Overdue Checks, the longest overdue first, then by rule and school; none that only says again that the return is
    missing.
    """
    late = chain.from_iterable(
        site.keeping.told("overdue", schools, partial(_overdue_of, checks), list[Overdue])
        for schools, checks in in_blocks(site)
    )
    return tuple(sorted(late, key=_place))


def _overdue_of(checks: Iterable[Check]) -> list[Overdue]:
    return [
        Overdue(c.decisive.due, c.rule.id, c.school.id, c.verdict)
        for c in checks
        if is_overdue(c) and c.school and c.decisive and (c.found is not None or not rests_on_return(c.rule))
    ]


def _place(one: Overdue) -> tuple[date, RuleId]:
    return one.due, one.rule


def is_overdue(check: Check) -> bool:
    """Whether a duty that open records or a release answer is past its last day."""
    return check.verdict in _LATE and check.rule.modality is Modality.SHALL and not awaits_release(check)


def _row(edition: Edition, check: Check, titles: Mapping[str, Text], asked: tuple[DeskField, ...]) -> OverdueDuty:
    assert check.decisive is not None
    assert check.school is not None
    return OverdueDuty(
        rule=check.rule,
        school=check.school,
        area=titles[check.school.area],
        verdict=check.verdict,
        tone=TONES[check.verdict],
        due=check.decisive.due,
        days=days_to(edition, check.decisive.due),
        said=told(edition, check),
        desk=desk_page(check.school.id),
        asked=asked,
    )


def by_rule(late: Sequence[Overdue]) -> Mapping[RuleId, Sequence[Overdue]]:
    """What is overdue rule by rule, in the order in which the rules first occur."""
    found: dict[RuleId, list[Overdue]] = {}
    for one in late:
        found.setdefault(one.rule, []).append(one)
    return found
