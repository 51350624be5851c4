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
from operator import itemgetter
from typing import ClassVar

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
from generator.text import Text

_LATE = frozenset({Verdict.UNMET, Verdict.UNREPORTED})
_LISTED = 600  # lines of one table; what is more is counted and stands on the schools' pages


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
        cites=[c.rule.source for c in late] or [edition.site.repository.district.source],
    )
    yield from areas.donors(edition, LISTING)


def _listed(edition: Edition, late: Sequence[Check]) -> OverduePage:
    site, missing = edition.site, unfiled(edition.site)
    titles = _titles(site)
    asked = {c.rule.id: tuple(asked_of(edition, c.rule)) for c in late[:_LISTED]}
    rows = tuple(_row(edition, c, titles, asked[c.rule.id]) for c in late[:_LISTED])
    rules = {c.rule.id for c in late}
    return OverduePage(
        unfiled=len(missing),
        missing=_unfiled(site, missing),
        due=site.current_year.returns_due,
        days=days_to(edition, site.current_year.returns_due),
        rows=rows,
        total=len(late),
        more=len(late) - len(rows),
        areas=site.repository.district.areas,
        rules=tuple(r for r in site.repository.rules.values() if r.id in rules),
        verdicts=tuple(v for v in Verdict if v in _LATE),
    )


def _counted(edition: Edition, late: Sequence[Check]) -> OverdueByArea:
    site, missing = edition.site, unfiled(edition.site)
    return OverdueByArea(
        unfiled=len(missing),
        returns=areas.counted(edition, LISTING, missing),
        due=site.current_year.returns_due,
        days=days_to(edition, site.current_year.returns_due),
        total=len(late),
        parts=areas.counted(edition, LISTING, (c.school for c in late if c.school is not None)),
    )


def _of_part(edition: Edition, part: DistrictPart) -> OverdueOfPart:
    site, found = edition.site, _by_school(edition.site)
    late = sorted((check for school in part.schools for check in found.get(school.id, ())), key=_place)
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
    return (check.rule.source for check in _by_school(site).get(school.id, ()))


LISTING = Listing(
    family=areas.family("compliance", "compliance", "overdue_in_"), title="overdue.title", tell=_of_part, cites=_cites
)


@once
def _by_school(site: Site) -> Mapping[SchoolId, Sequence[Check]]:
    found: dict[SchoolId, list[Check]] = {}
    for check in overdue(site):
        assert check.school is not None
        found.setdefault(check.school.id, []).append(check)
    return found


def _by_duty(edition: Edition, late: Iterable[Check]) -> Iterator[DutyBehind]:
    """Overdue Checks in the order of due days, duty by duty."""
    for (due, _), checks in groupby(late, _place):
        found = tuple(checks)
        yield DutyBehind(
            anchor=f"{found[0].rule.id}-{due}",
            rule=found[0].rule,
            due=due,
            days=days_to(edition, due),
            found=tuple(_behind(v, found) for v in Verdict if any(check.verdict is v for check in found)),
        )


def _behind(verdict: Verdict, checks: Iterable[Check]) -> SchoolsBehind:
    found = tuple(check.school for check in checks if check.verdict is verdict and check.school is not None)
    return SchoolsBehind(verdict=verdict, tone=TONES[verdict], schools=found)


def unfiled(site: Site) -> tuple[School, ...]:
    """The schools whose return of the current year is not on file though its last day has passed, in the order of
    codes; of those that were there on that day.
    """
    return tuple(school for school in site.repository.schools.values() if _is_unfiled(site, school))


def _is_unfiled(site: Site, school: School) -> bool:
    due = site.current_year.returns_due
    missing = site.as_of > due and site.return_of(school.id, site.current_year.id) is None
    return missing and school.is_open(due)


@once
def overdue(site: Site) -> tuple[Check, ...]:
    """Overdue Checks, the longest overdue first, then by rule and school; none that only says again that the return is
    missing.
    """
    late = chain.from_iterable(
        site.keeping.told("overdue", schools, partial(_overdue_of, checks)) for schools, checks in in_blocks(site)
    )
    return tuple(check for _, check in sorted(late, key=itemgetter(0)))


def _overdue_of(checks: Iterable[Check]) -> Sequence[tuple[tuple[date, RuleId], Check]]:
    """Each after its place in the order."""
    return [
        (_place(c), c)
        for c in checks
        if is_overdue(c) and c.school is not None and (c.found is not None or not rests_on_return(c.rule))
    ]


def _place(check: Check) -> tuple[date, RuleId]:
    """Where an overdue Check stands in the order of due days."""
    assert check.decisive is not None
    return check.decisive.due, check.rule.id


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


def by_rule(late: Sequence[Check]) -> tuple[tuple[Check, ...], ...]:
    """Overdue Checks rule by rule, in the order in which the rules first occur."""
    found: dict[RuleId, list[Check]] = {}
    for check in late:
        found.setdefault(check.rule.id, []).append(check)
    return tuple(tuple(checks) for checks in found.values())
