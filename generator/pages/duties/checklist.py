"""One school's checklist: what to mend and how, what is due next, what is about to grow old, waivers, and then what is
fine.

Owns the order of a principal's page and what is told of a Check there. A school is compared with its duties, never with
another school.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import ClassVar

from markupsafe import Markup
from msgspec import Struct

from generator.compliance.evaluate import (
    Check,
    Tally,
    TrendPoint,
    Verdict,
)
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Site
from generator.model.district import SchoolYear, Term
from generator.model.duties import Rule, Waiver
from generator.model.schools import Return, School
from generator.pages import paper
from generator.pages.duties import told_alike, waivers
from generator.pages.duties.check_rows import Rows
from generator.pages.following import calendar_path
from generator.pages.schools.school import ReturnState, filing
from generator.pages.words.wording import (
    TONES,
    VerdictCount,
    days_to,
    desk_page,
    in_all,
    shown,
    told,
)
from generator.problems import Position
from generator.text import Text


class CheckGroup(Struct, frozen=True, kw_only=True):
    """The Checks that came out as a verdict, each as its row."""

    verdict: Verdict
    members: tuple[Markup, ...]


class ChecklistSummary(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "schools/school/summary.html.j2"
    desk: str
    sheet: str  # the PDF from the page; empty where the site has none
    school: School
    area: Text
    counts: tuple[VerdictCount, ...]
    said: str
    stated: str  # when the figures of this school year's return were counted and filed


class AggregateDue(Struct, frozen=True, kw_only=True):
    """A term's sealed aggregate that the school has yet to file, and its last day."""

    term: Term
    due: date
    days: str


class ChecklistTodo(TemplateData, frozen=True, kw_only=True):
    """`no_return`: no return is there that was due, or what is not reported is so because none is. `counted_on` is the
    return's day.
    """

    template: ClassVar[str] = "schools/school/todo.html.j2"
    aggregates: tuple[AggregateDue, ...]
    no_return: bool
    desk: str
    year: SchoolYear
    todo: CheckGroup
    stale: CheckGroup
    counted_on: date | None
    unreported: CheckGroup
    advice: CheckGroup


class ChecklistNext(TemplateData, frozen=True, kw_only=True):
    """`returns_due`: how long the return may still take, where no duty that rests on it says so."""

    template: ClassVar[str] = "schools/school/next.html.j2"
    year: SchoolYear
    returns_due: str
    aggregates: tuple[AggregateDue, ...]
    desk: str
    coming: tuple[Markup, ...]
    calendar: str  # the file with these days, from the page


class LapsingDuty(Struct, frozen=True, kw_only=True):
    """A duty that is met by what will soon be too old."""

    rule: Rule
    until: date
    days: str


class ChecklistLapsing(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "schools/school/lapsing.html.j2"
    lapsing: tuple[LapsingDuty, ...]


class WaivedDuty(Struct, frozen=True, kw_only=True):
    """A duty with its waiver, in force or run out. In force it is told here and has an anchor; `place` is that of the
    waiver on the page of waivers.
    """

    rule: Rule
    waiver: Waiver
    place: str
    in_force: bool
    state: str
    tone: str
    said: tuple[str, ...]


class ChecklistWaived(TemplateData, frozen=True, kw_only=True):
    """`needless`: the places of waivers that are not needed on the page of waivers."""

    template: ClassVar[str] = "schools/school/waived.html.j2"
    waivers: tuple[WaivedDuty, ...]
    needless: tuple[str, ...]


class ChecklistChecks(TemplateData, frozen=True, kw_only=True):
    """What is fine, what only a release answers, what does not apply.

    `unverified`: a clause behind the page's checks is not checked against its original, which is said once.
    """

    template: ClassVar[str] = "schools/school/checks.html.j2"
    fine: CheckGroup
    sealed: tuple[Markup, ...]
    not_applicable: CheckGroup
    unverified: bool


class SchoolTrend(Struct, frozen=True, kw_only=True):
    """A school year's Checks of the school, counted on a day."""

    year: str
    day: Markup
    counts: Tally


class ChecklistTrend(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "schools/school/trend.html.j2"
    trend: tuple[SchoolTrend, ...]


def blocks(rows: Rows, school: School, area: Text) -> Mapping[str, TemplateData]:
    """The checklist's blocks of one school, by name."""
    edition = rows.edition
    checks, asked = rows.checks(school), tuple(aggregates_due(edition, school))
    return {
        "summary": _summary(edition, school, area),
        "todo": _todo(rows, school, checks.open, asked),
        "next": ChecklistNext(
            year=edition.site.current_year,
            returns_due=_returns_due(edition, school),
            aggregates=tuple(one for one in asked if one.due >= edition.site.as_of),
            desk=desk_page(school.id),
            coming=tuple(map(rows.coming, checks.coming)),
            calendar=f"../{calendar_path(school.id)}",
        ),
        "lapsing": ChecklistLapsing(
            lapsing=tuple(_lapsing(edition, c) for c in checks.lapsing),
        ),
        "waived": _waivers(edition, school, checks.waived),
        "checks": ChecklistChecks(
            fine=_group(checks.open, Verdict.MET, rows.fine),
            sealed=tuple(map(rows.sealed, checks.sealed)),
            not_applicable=CheckGroup(
                verdict=Verdict.NOT_APPLICABLE, members=tuple(map(rows.other, checks.not_applicable))
            ),
            unverified=any(c.rule.id in rows.unverified for c in edition.site.verdicts.by_school[school.id]),
        ),
        "trend": ChecklistTrend(trend=tuple(_point(edition, school, point) for point in edition.site.trend)),
    }


def _group(checks: Mapping[Verdict, Sequence[Check]], verdict: Verdict, row: Callable[[Check], Markup]) -> CheckGroup:
    return CheckGroup(verdict=verdict, members=tuple(map(row, checks.get(verdict, ()))))


def _returns_due(edition: Edition, school: School) -> str:
    awaited = filing(edition.site, school) is ReturnState.AWAITED and not edition.site.repository.rules
    return days_to(edition, edition.site.current_year.returns_due) if awaited else ""


def _summary(edition: Edition, school: School, area: Text) -> ChecklistSummary:
    counts = edition.site.verdicts.school_tallies[school.id]
    return ChecklistSummary(
        desk=desk_page(school.id),
        sheet=f"../{paper.of_school(school)}" if edition.site.sheets and paper.has_sheet(edition.site, school) else "",
        school=school,
        area=area,
        counts=shown(counts),
        said=in_all(edition, counts, "own"),
        stated=_stated(edition, edition.site.return_of(school.id, edition.site.current_year.id)),
    )


def _stated(edition: Edition, found: Return | None) -> str:
    """The days of a return, said once for all Checks that rest on it."""
    if found is None:
        return ""
    dated, filed = edition.day(found.counted_on), edition.day(found.filed_on)
    return edition.say("checklist.stated", dated=dated, filed=filed)


def _todo(
    rows: Rows, school: School, checks: Mapping[Verdict, Sequence[Check]], asked: Iterable[AggregateDue]
) -> ChecklistTodo:
    site = rows.edition.site
    current = site.return_of(school.id, site.current_year.id)
    no_return = filing(site, school) is ReturnState.MISSING or (current is None and Verdict.UNREPORTED in checks)
    return ChecklistTodo(
        aggregates=tuple(one for one in asked if one.due < site.as_of),
        desk=desk_page(school.id),
        no_return=no_return,
        year=site.current_year,
        todo=_group(checks, Verdict.UNMET, rows.mend),
        stale=_group(checks, Verdict.STALE, rows.stale),
        counted_on=current.counted_on if current else None,
        unreported=_group(checks, Verdict.UNREPORTED, rows.silent if no_return else rows.unreported),
        advice=_group(checks, Verdict.ADVISORY, rows.mend),
    )


def _waivers(edition: Edition, school: School, waived: Iterable[Check]) -> ChecklistWaived:
    site, found = edition.site, waivers.of_schools(edition.site).get(school.id, ())
    return ChecklistWaived(
        waivers=tuple(_waived(edition, c, waiver) for c in waived if (waiver := c.waiver or c.lapsed)),
        needless=tuple(waivers.anchor(site, w) for w in found if w.id in site.verdicts.needless),
    )


def aggregates_due(edition: Edition, school: School) -> Iterator[AggregateDue]:
    """The sealed aggregates of terms begun that no receipt says to be filed, the oldest first."""
    site = edition.site
    for term in site.repository.district.terms.values():
        due = term.submissions_due
        if due is None or term.first_day > site.as_of or not school.was_there(term.last_day, min(due, term.last_day)):
            continue
        found = site.repository.receipts.get((school.id, term.id))
        if found is None or found.sealed_on > site.as_of:
            yield AggregateDue(term=term, due=due, days=days_to(edition, due))


def cites(site: Site, school: School) -> tuple[Position, ...]:
    """What the school's Checks rest on, and the waivers that concern it."""
    found = (waiver.source for waiver in waivers.of_schools(site).get(school.id, ()))
    return (*found, *told_alike.cites(site, school))


def _lapsing(edition: Edition, check: Check) -> LapsingDuty:
    assert check.fresh_until is not None
    return LapsingDuty(rule=check.rule, until=check.fresh_until, days=days_to(edition, check.fresh_until))


def _waived(edition: Edition, check: Check, waiver: Waiver) -> WaivedDuty:
    in_force = check.waiver is not None
    return WaivedDuty(
        rule=check.rule,
        waiver=waiver,
        place=waivers.anchor(edition.site, waiver),
        in_force=in_force,
        state=edition.say("waiver.in_force" if in_force else "waiver.ended"),
        tone=TONES[Verdict.WAIVED] if in_force else "short",
        said=told(edition, check),
    )


def _point(edition: Edition, school: School, point: TrendPoint) -> SchoolTrend:
    return SchoolTrend(year=point.year, day=edition.until(point.day), counts=point.by_school[school.id])
