"""Rules and verdicts in words: whom a rule is about, by what it is judged, when it is due, how long evidence is good,
what a count of verdicts says.

Owns these sentences and the tone of every verdict. Must not decide anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from generator.compliance.evaluate import JUDGED, Check, JudgedPeriod, Tally, Verdict, due_day
from generator.compliance.school_measures import Period, periods
from generator.edition.render import Edition, label_text, number
from generator.edition.site import Site
from generator.model.duties import Anchor, PeriodKind, Rule, RuleId, Subject
from generator.model.former import Former
from generator.model.ids import ClauseRef, SchoolId, TermId
from generator.model.programme import Clause, Policy, Verification
from generator.model.releases import DistrictVerdict, Release
from generator.pages.parts import there
from generator.pages.words.comparison import compared, listed, measure_title

TONES: Mapping[Verdict, str] = {
    Verdict.MET: "ok",
    Verdict.UNMET: "missing",
    Verdict.ADVISORY: "advice",
    Verdict.DUE: "neutral",
    Verdict.STALE: "short",
    Verdict.UNREPORTED: "open",
    Verdict.WAIVED: "waived",
    Verdict.SEALED: "neutral",
    Verdict.NOT_APPLICABLE: "none",
}


class Cited(Struct, frozen=True, kw_only=True):
    """A clause with its policy, and whether its wording is still to be checked against the original."""

    policy: Policy
    clause: Clause
    unverified: bool


def clauses(site: Site) -> Mapping[ClauseRef, Cited]:
    """Every clause with its policy."""
    return {
        clause.ref: Cited(policy=policy, clause=clause, unverified=clause.verification is not Verification.VERBATIM)
        for policy in site.repository.policies.values()
        for clause in policy.clauses
    }


def cited(site: Site) -> Mapping[RuleId, tuple[Cited, ...]]:
    """The clauses of every rule."""
    found = clauses(site)
    return {rule.id: tuple(found[ref] for ref in rule.clauses) for rule in site.repository.rules.values()}


class PageLink(Struct, frozen=True, kw_only=True):
    """A page by its path, with its title in the navigation."""

    page: str
    title: str


def desk_page(school: SchoolId) -> str:
    """The page of a school's filing desk, without its suffix."""
    return f"filing/{school}"


def page_links(edition: Edition, pages: Iterable[tuple[str, str]]) -> tuple[PageLink, ...]:
    """Pages by path and the last word of their title's key, as far as there are such pages."""
    found = ((page, title) for page, title in pages if there(edition.site, page))
    return tuple(PageLink(page=page, title=edition.say(f"nav.{title}")) for page, title in found)


def changes_of(edition: Edition, value: float, earlier: Sequence[Former[Any]]) -> Iterator[str]:
    """What a number of the district was before, and what it will be, each with its day."""
    after = [*(one.was for one in earlier[1:]), value]
    for one, then in zip(earlier, after, strict=False):
        if one.until < edition.site.as_of:
            yield edition.say("number.earlier", day=edition.day(one.until), value=number(one.was))
        else:
            day = edition.day(one.until + timedelta(days=1))
            yield edition.say("number.later", day=day, value=number(then))


def judged_below(site: Site, rule: Rule) -> bool:
    """Whether a rule is judged in the districts below, which have the schools that it is about."""
    return bool(site.repository.below) and rule.subject is Subject.SCHOOL


def whom(edition: Edition, rule: Rule) -> str:
    """Whom a rule is about."""
    if rule.subject is not Subject.SCHOOL:
        return edition.say(f"rule.whom.{rule.subject.value}")
    limits = list(_limits(edition, rule))
    return listed(edition, limits) if limits else edition.say("rule.whom.all")


def _limits(edition: Edition, rule: Rule) -> Iterator[str]:
    scope = rule.applies_to
    if scope.stages:
        yield edition.say(
            "rule.whom.stages", stages=listed(edition, [label_text(edition.language, s) for s in scope.stages])
        )
    if scope.least_classes is not None:
        yield edition.say("rule.whom.least_classes", count=scope.least_classes)
    if scope.most_classes is not None:
        yield edition.say("rule.whom.most_classes", count=scope.most_classes)
    if scope.where is not None:
        yield edition.say("rule.whom.where", measure=measure_title(edition, rule, scope.where))


def period_title(edition: Edition, kind: PeriodKind, period: Period) -> str:
    """What a period is called: the school year, the term, the window with its term, the month."""
    match kind:
        case PeriodKind.YEAR:
            return edition.say("period.year", year=period.id)
        case PeriodKind.TERM:
            return edition.plain(period.title)
        case PeriodKind.WINDOW:
            term = edition.site.repository.district.terms[TermId(period.term)]
            return edition.say("period.window", term=edition.plain(term.title), window=edition.plain(period.title))
        case PeriodKind.MONTH:
            number_of_year, month = period.id.split("-")
            return edition.say(f"period.month.{int(month)}", year=number_of_year)


def due_rule(edition: Edition, rule: Rule) -> str:
    """When a rule is due, counted from which day."""
    if rule.due.anchor is Anchor.RETURNS_DUE and rule.due.days == 0:
        return edition.say("due.returns-due")
    key = f"due.{rule.due.anchor.value}.{'after' if rule.due.days else 'on'}"
    return edition.say(key, days=rule.due.days, period=label_text(edition.language, rule.period))


class DueDay(Struct, frozen=True, kw_only=True):
    """The last day of a period."""

    period: str
    day: date


def due_days(edition: Edition, rule: Rule) -> tuple[DueDay, ...]:
    """The last day of every period of the current school year that the rule is judged by; none where inspections set it
    school by school.
    """
    if rule.due.anchor is Anchor.INSPECTION:
        return ()
    current = edition.site.current_year
    return tuple(
        DueDay(period=period_title(edition, rule.period, period), day=due_day(rule.due, period, current))
        for period in periods(rule.period, current)
    )


def days_to(edition: Edition, day: date) -> str:
    """How long it is to a day, or how long it has been over; the day itself still counts."""
    left = (day - edition.site.as_of).days
    if left == 0:
        return edition.say("days.today")
    return edition.say("days.left" if left > 0 else "days.over", value=number(abs(left)))


class OpenDue(Struct, frozen=True, kw_only=True):
    """The day that a Check still waits for or is late by, and how long that is; none where nothing is waited for."""

    due: date | None
    days: str


_WAITS = (Verdict.UNMET, Verdict.ADVISORY, Verdict.UNREPORTED, Verdict.DUE)


def open_due(check: Check) -> date | None:
    """The day that a Check still waits for or is late by."""
    return check.decisive.due if check.decisive and check.verdict in _WAITS else None


def due_open(edition: Edition, check: Check) -> OpenDue:
    """What a Check still waits for."""
    due = open_due(check)
    return OpenDue(due=due, days=days_to(edition, due) if due else "")


def told(edition: Edition, check: Check) -> tuple[str, ...]:
    """What a Check rests on, in a sentence for each period that came out as the whole did; a school year needs
    no name.
    """
    kind = check.rule.period
    decisive = [m for m in check.periods if m.verdict is check.without_waiver]
    if check.without_waiver is Verdict.MET:  # of what is met the last is told, and what was late
        decisive = [m for m in decisive if m.late or m is decisive[-1]]
    return tuple(_told(edition, check, m, kind) for m in decisive)


def _told(edition: Edition, check: Check, judged: JudgedPeriod, kind: PeriodKind) -> str:
    said = compared(edition, check, judged)
    if judged.late:
        said = edition.say("compared.late", said=said, due=edition.day(judged.due))
    if kind is PeriodKind.YEAR:
        return said[:1].upper() + said[1:]
    return edition.say("period.said", period=period_title(edition, kind, judged.period), said=said)


def in_all(edition: Edition, counts: Tally, things: str) -> str:
    """What a count says: how many of those judged are met, how many are left out, and why.

    `things` is `schools`, `districts`, `checks` or `own`, the checks of one school: of these no share is told, it would
    be read as the school's mark.
    """
    left_out = [(v, n) for v, n in counts.counts.items() if n and v not in JUDGED and v is not Verdict.NOT_APPLICABLE]
    parts = []
    if counts.share is None:
        parts.append(edition.say(f"tally.{things}.none"))
    else:
        parts.append(
            edition.say(
                f"tally.{things}.met", met=number(counts.met), judged=number(counts.judged), share=number(counts.share)
            )
        )
        if counts.late:
            parts.append(edition.say(f"tally.{things}.late", late=number(counts.late)))
    if left_out:
        why = listed(
            edition,
            [edition.say("tally.part", verdict=label_text(edition.language, v), count=number(n)) for v, n in left_out],
        )
        parts.append(edition.say(f"tally.{things}.left_out", count=number(counts.left_out), why=why))
    if counts.counts[Verdict.NOT_APPLICABLE]:
        parts.append(edition.say(f"tally.{things}.not_applicable", count=number(counts.counts[Verdict.NOT_APPLICABLE])))
    return edition.say("tally.separator").join(parts) + edition.say("tally.end")


class VerdictCount(Struct, frozen=True, kw_only=True):
    """How many Checks came out as a verdict."""

    verdict: Verdict
    count: int
    tone: str


def released(site: Site, rule: Rule) -> tuple[Release, DistrictVerdict] | None:
    """What the school year's newest release says of a sealed rule of which only the district's share is told."""
    terms = {term.id for term in site.current_year.terms}
    found = [
        (release, told)
        for release in site.repository.published(site.as_of)
        if release.term in terms
        for told in release.district_verdicts
        if told.rule == rule.id
    ]
    return found[-1] if found else None


def shown(counts: Tally) -> tuple[VerdictCount, ...]:
    """The verdicts that occur, in the order of the closed set."""
    return tuple(VerdictCount(verdict=v, count=n, tone=TONES[v]) for v, n in counts.counts.items() if n)
