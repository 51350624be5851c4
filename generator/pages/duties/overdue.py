"""What is overdue: duties whose last day has passed and that are not met or not reported, school by school.

Owns what counts as overdue: a duty (never advice), not excused, answered by open records. A return that was not filed
is one line, not thirty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import ClassVar

from msgspec import Struct

from generator.compliance.evaluate import Check, Verdict, awaits_release
from generator.edition.open_data import in_blocks
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site, once
from generator.model.district import Area
from generator.model.duties import Rule, RuleId
from generator.model.programme import Modality
from generator.model.schools import School
from generator.pages import areas
from generator.pages.areas import DistrictPartLink
from generator.pages.duties.check_rows import DeskField, asked_of
from generator.pages.schools import filing
from generator.pages.words.comparison import rests_on_return
from generator.pages.words.wording import TONES, days_to, desk_page, told
from generator.text import Text

_LATE = frozenset({Verdict.UNMET, Verdict.UNREPORTED})
_LISTED = 600  # lines of one table; in a larger district the rest is counted and stands on the schools' pages


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
    """`total` duties are overdue, of which `more` stand in no line. `unfiled` returns are; where the schools stand on
    pages of their own, these `parts` and none by name.
    """

    template: ClassVar[str] = "duties/overdue.md.j2"
    unfiled: int
    missing: tuple[Unfiled, ...]
    parts: tuple[DistrictPartLink, ...]
    due: date  # of the returns
    days: str
    rows: tuple[OverdueDuty, ...]
    total: int
    more: int
    areas: tuple[Area, ...]
    rules: tuple[Rule, ...]
    verdicts: tuple[Verdict, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of what is overdue."""
    site = edition.site
    missing, late = unfiled(site), overdue(site)
    titles = {a.id: a.title for a in site.repository.district.areas}
    parts = areas.counted(edition, filing.LISTING, missing)
    asked = {c.rule.id: tuple(asked_of(edition, c.rule)) for c in late[:_LISTED]}
    rows = tuple(_row(edition, c, titles, asked[c.rule.id]) for c in late[:_LISTED])
    rules = {c.rule.id for c in late}
    yield edition.page(
        path="compliance/overdue",
        kind="compliance",
        title=edition.say("overdue.title"),
        description=edition.say("overdue.description"),
        hide=("toc",),
        data=OverduePage(
            unfiled=len(missing),
            missing=tuple(Unfiled(school=s, area=titles[s.area], desk=desk_page(s.id)) for s in missing if not parts),
            parts=parts,
            due=site.current_year.returns_due,
            days=days_to(edition, site.current_year.returns_due),
            rows=rows,
            total=len(late),
            more=len(late) - len(rows),
            areas=site.repository.district.areas,
            rules=tuple(r for r in site.repository.rules.values() if r.id in rules),
            verdicts=tuple(v for v in Verdict if v in _LATE),
        ),
        cites=[c.rule.source for c in late] or [site.repository.district.source],
    )


def unfiled(site: Site) -> tuple[School, ...]:
    """The schools whose return of the current year is not on file though its last day has passed, in the order of
    codes; of those that were there on that day.
    """
    due = site.current_year.returns_due
    if site.as_of <= due:
        return ()
    there = (school for school in site.repository.schools.values() if school.is_open(due))
    return tuple(school for school in there if site.return_of(school.id, site.current_year.id) is None)


@once
def overdue(site: Site) -> tuple[Check, ...]:
    """Overdue Checks, the longest overdue first, then by rule and school; none that only says again that the return is
    missing.
    """
    late = chain.from_iterable(
        site.keeping.told("overdue", schools, partial(_overdue_of, site, checks)) for schools, checks in in_blocks(site)
    )
    return tuple(check for _, check in sorted(late, key=itemgetter(0)))


def _overdue_of(site: Site, checks: Iterable[Check]) -> Sequence[tuple[tuple[date, RuleId], Check]]:
    """Each after its place in the order."""
    return [
        ((c.decisive.due if c.decisive else site.as_of, c.rule.id), c)
        for c in checks
        if is_overdue(c) and c.school is not None and (c.found is not None or not rests_on_return(c.rule))
    ]


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
