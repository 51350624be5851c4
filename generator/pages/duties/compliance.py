"""Where the district stands: verdicts counted, what is overdue, what is due next, the parts of the work, the school
years.

Owns the order of the summary. Counts are of Checks, never of "good" schools; every share says of how many and how many
are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import ClassVar, NamedTuple

from markupsafe import Markup
from msgspec import Struct

from generator.compliance.evaluate import Check, Tally, TrendPoint, Verdict, counted, is_sealed, together
from generator.edition.charts import Chart, draw
from generator.edition.figures import Figure, Kind, Series
from generator.edition.open_data import in_blocks
from generator.edition.render import Edition, TemplateData, label_text, number
from generator.edition.site import Page, Site, once
from generator.model.district import System
from generator.model.duties import Rule, RuleId, Subject
from generator.model.ids import SchoolId
from generator.pages.duties.overdue import by_rule, overdue, unfiled
from generator.pages.words.wording import (
    TONES,
    OpenDue,
    VerdictCount,
    cited,
    days_to,
    due_open,
    in_all,
    period_title,
    shown,
    told,
)

_COMING = 8  # due days told ahead


class OverdueRule(Struct, frozen=True, kw_only=True):
    """A rule's overdue Checks: since when, and at how many schools it is not met or not reported."""

    rule: Rule
    due: date
    days: str
    counts: tuple[VerdictCount, ...]


class ComingDue(Struct, frozen=True, kw_only=True):
    """A due day ahead, with the rule, its period, and in words at how many schools it is still open."""

    rule: Rule
    due: date
    days: str
    period: str
    open_at: str


class SystemChecks(Struct, frozen=True, kw_only=True):
    """A part of the work and the Checks of schools in it, counted; `met` says how many of those judged."""

    system: System
    counts: Tally
    met: str


class DistrictTrend(Struct, frozen=True, kw_only=True):
    """A school year's Checks of schools, counted on a day; `met` says how many of those judged."""

    year: str
    day: Markup
    counts: Tally
    met: str


class DistrictCheck(Struct, frozen=True, kw_only=True):
    """A Check of the district itself in words."""

    rule: Rule
    verdict: Verdict
    tone: str
    said: tuple[str, ...]
    waits: OpenDue


class ComplianceSummary(TemplateData, frozen=True, kw_only=True):
    """`counts` and `said` are of the Checks of `schools`; `missing` returns are past `returns_due`."""

    template: ClassVar[str] = "duties/compliance.md.j2"
    schools: int
    rules: int
    counts: tuple[VerdictCount, ...]
    said: str
    missing: int
    returns_due: date
    overdue: tuple[OverdueRule, ...]
    coming: tuple[ComingDue, ...]
    parts: tuple[SystemChecks, ...]
    parts_chart: Chart | None
    of_district: tuple[DistrictCheck, ...]
    trend: tuple[DistrictTrend, ...]
    trend_chart: Chart | None


class _Open(NamedTuple):
    """How many schools have a rule to meet by a day, and the first of them."""

    first: SchoolId
    many: int


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of the summary."""
    site = edition.site
    of_schools = [rule.id for rule in site.repository.rules.values() if rule.subject is Subject.SCHOOL]
    counts = together(site.verdicts.tallies[rule] for rule in of_schools)
    parts = tuple(_parts(edition))
    yield edition.page(
        path="compliance/index",
        kind="compliance",
        title=edition.say("summary.title"),
        description=edition.say("summary.description"),
        data=ComplianceSummary(
            schools=len(site.repository.schools),
            rules=sum(any(one.counts.values()) for one in site.verdicts.tallies.values()),
            counts=shown(counts),
            said=in_all(edition, counts, "checks"),
            missing=len(unfiled(site)),
            returns_due=site.current_year.returns_due,
            overdue=tuple(
                OverdueRule(rule=rule, due=due, days=days_to(edition, due), counts=shown(counted))
                for rule, due, counted in _overdue(site)
            ),
            coming=_coming(edition),
            parts=parts,
            parts_chart=_chart(edition, "parts", [(edition.plain(p.system.title), p.counts) for p in parts]),
            of_district=tuple(district_check(edition, c) for c in site.verdicts.of_district),
            trend=tuple(_trend(edition, point) for point in site.trend),
            trend_chart=_chart(edition, "trend", [(point.year, point.schools) for point in site.trend]),
        ),
        cites=[rule.source for rule in site.repository.rules.values()] or [site.repository.district.source],
    )


@once
def _overdue(site: Site) -> Sequence[tuple[Rule, date, Tally]]:
    """The rules that are overdue somewhere, since when, and how it stands there."""
    return [
        (site.repository.rules[rule], late[0].due, counted(Counter(one.verdict for one in late)))
        for rule, late in by_rule(overdue(site)).items()
    ]


def _coming(edition: Edition) -> tuple[ComingDue, ...]:
    rules = edition.site.repository.rules
    return tuple(_due(edition, due, rules[rule], found) for due, rule, found in _open(edition.site))


@once
def _open(site: Site) -> Sequence[tuple[date, RuleId, _Open]]:
    """The next due days, a rule each, with the schools that are open."""
    open_: dict[tuple[date, RuleId], _Open] = {}
    for schools, checks in in_blocks(site):
        told = site.keeping.told("open", schools, partial(_open_of, checks), list[tuple[date, RuleId, _Open]])
        for due, rule, some in told:
            first, many = open_.get((due, rule), (some.first, 0))
            open_[due, rule] = _Open(first, many + some.many)
    return [(due, rule, found) for (due, rule), found in sorted(open_.items())[:_COMING]]


def _open_of(checks: Iterable[Check]) -> list[tuple[date, RuleId, _Open]]:
    open_: dict[tuple[date, RuleId], _Open] = {}
    for check in checks:
        if check.school is not None and (next_due := check.next_due) is not None:
            first, many = open_.get((next_due.due, check.rule.id), (check.school.id, 0))
            open_[next_due.due, check.rule.id] = _Open(first, many + 1)
    return [(due, rule, found) for (due, rule), found in open_.items()]


def _due(edition: Edition, due: date, rule: Rule, found: _Open) -> ComingDue:
    checks = edition.site.verdicts.by_school[found.first]
    next_due = next(check.next_due for check in checks if check.rule.id == rule.id)
    assert next_due is not None
    return ComingDue(
        rule=rule,
        due=due,
        days=days_to(edition, due),
        period=period_title(edition, rule.period, next_due.period),
        open_at=edition.say("compare.sealed")
        if is_sealed(rule)
        else edition.say("summary.open_at", count=number(found.many)),
    )


def _parts(edition: Edition) -> Iterator[SystemChecks]:
    """Every part of the work that rules check at schools; a rule that serves two parts counts in both."""
    site, clauses = edition.site, cited(edition.site)
    of_schools = [rule for rule in site.repository.rules.values() if rule.subject is Subject.SCHOOL]
    for system in site.repository.district.systems:
        rules = [rule.id for rule in of_schools if any(system.number in c.clause.systems for c in clauses[rule.id])]
        if rules:
            counts = together(site.verdicts.tallies[rule] for rule in rules)
            yield SystemChecks(system=system, counts=counts, met=_met(edition, counts))


def _chart(edition: Edition, name: str, rows: Sequence[tuple[str, Tally]]) -> Chart | None:
    """Verdicts counted, a bar a row; the same verdicts in the same order in every chart."""
    series = [
        Series(name=label_text(edition.language, verdict), points=tuple(counts.counts[verdict] for _, counts in rows))
        for verdict in Verdict
        if verdict is not Verdict.NOT_APPLICABLE
    ]
    if not rows:
        return None
    figure = Figure(
        id=f"chart-{name}",
        kind=Kind.STACKED,
        title=edition.say(f"summary.chart.{name}"),
        axis=edition.say(f"summary.axis.{name}"),
        categories=tuple(title for title, _ in rows),
        series=tuple(series),
    )
    return draw(figure, edition.say)


def district_check(edition: Edition, check: Check) -> DistrictCheck:
    """A Check of the district itself in words."""
    return DistrictCheck(
        rule=check.rule,
        verdict=check.verdict,
        tone=TONES[check.verdict],
        said=told(edition, check),
        waits=due_open(edition, check),
    )


def _trend(edition: Edition, point: TrendPoint) -> DistrictTrend:
    day, met = edition.until(point.day), _met(edition, point.schools)
    return DistrictTrend(year=point.year, day=day, counts=point.schools, met=met)


def _met(edition: Edition, counts: Tally) -> str:
    if counts.share is None:
        return "—"
    met, judged, share = number(counts.met), number(counts.judged), number(counts.share)
    return edition.say("summary.met_of.value", met=met, judged=judged, share=share)
