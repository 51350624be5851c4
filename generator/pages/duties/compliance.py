"""Where the district stands: verdicts counted, what is overdue, what is due next, the parts of the work, the school
years.

Owns the order of the summary. Counts are of Checks, never of "good" schools; every share says of how many and how many
are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from generator.compliance.evaluate import Check, Tally, TrendPoint, Verdict, is_sealed, tally
from generator.edition.charts import Chart, draw
from generator.edition.figures import Figure, Kind, Series
from generator.edition.render import Edition, label_text, number
from generator.edition.site import Page
from generator.model.district import System
from generator.model.duties import RuleId, Subject
from generator.pages.duties.overdue import by_rule, overdue, unfiled
from generator.pages.words.wording import TONES, cited, days_to, due_open, in_all, period_title, shown, told

_COMING = 8  # due days told ahead


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of the summary."""
    site = edition.site
    of_schools = [c for c in site.verdicts.checks if c.school is not None]
    counts = tally(of_schools)
    yield edition.page(
        path="compliance/index",
        kind="compliance",
        title=edition.say("summary.title"),
        description=edition.say("summary.description"),
        template="duties/compliance.md.j2",
        data={
            "schools": len(site.repository.schools),
            "rules": sum(c != () for c in site.verdicts.by_rule.values()),
            "shown": shown(counts),
            "said": in_all(edition, counts, "checks"),
            "missing": len(unfiled(site)),
            "overdue": [_overdue(edition, late) for late in by_rule(overdue(site))],
            "coming": _coming(edition, of_schools),
            "parts": (parts := list(_parts(edition))),
            "charts": {
                "parts": _chart(edition, "parts", [(edition.plain(p.system.title), p.counts) for p in parts]),
                "trend": _chart(edition, "trend", [(point.year, point.schools) for point in site.trend]),
            },
            "of_district": [_of_district(edition, c) for c in site.verdicts.of_district],
            "trend": [_point(point) for point in site.trend],
            "year": site.current_year,
            "as_of": site.as_of,
        },
        cites=[rule.source for rule in site.repository.rules.values()] or [site.repository.district.source],
    )


def _overdue(edition: Edition, late: Sequence[Check]) -> dict[str, object]:
    """A rule's overdue Checks: since when, and at how many schools it is not met or not reported."""
    due = min(c.decisive.due for c in late if c.decisive)
    return {"rule": late[0].rule, "due": due, "days": days_to(edition, due), "shown": shown(tally(late))}


def _coming(edition: Edition, checks: Sequence[Check]) -> list[dict[str, object]]:
    """The next due days, each with its rule, its period and at how many schools it is still open."""
    open_: dict[tuple[date, RuleId], list[Check]] = {}
    for check in checks:
        if check.next_due is not None:
            open_.setdefault((check.next_due.due, check.rule.id), []).append(check)
    return [_due(edition, due, found) for (due, _), found in sorted(open_.items())[:_COMING]]


def _due(edition: Edition, due: date, checks: Sequence[Check]) -> dict[str, object]:
    moment = checks[0].next_due
    assert moment is not None
    rule = checks[0].rule
    period = period_title(edition, rule.period, moment.period)
    return {
        "rule": rule,
        "due": due,
        "days": days_to(edition, due),
        "period": period,
        "count": len(checks),
        "sealed": is_sealed(rule),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemChecks:
    """A part of the work and the Checks of schools in it, counted."""

    system: System
    counts: Tally

    @property
    def share(self) -> str:
        """The share met as it is printed."""
        return number(self.counts.share)


def _parts(edition: Edition) -> Iterator[SystemChecks]:
    """Every part of the work that rules check at schools; a rule that serves two parts counts in both."""
    site, clauses = edition.site, cited(edition.site)
    of_schools = [rule for rule in site.repository.rules.values() if rule.subject is Subject.SCHOOL]
    for system in site.repository.district.systems:
        rules = [rule.id for rule in of_schools if any(system.number in c.clause.systems for c in clauses[rule.id])]
        if rules:
            yield SystemChecks(system=system, counts=tally(c for rule in rules for c in site.verdicts.by_rule[rule]))


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


def _of_district(edition: Edition, check: Check) -> dict[str, object]:
    waits = due_open(edition, check)
    return {
        "rule": check.rule,
        "verdict": check.verdict,
        "tone": TONES[check.verdict],
        "said": told(edition, check),
        "due": waits.due,
        "days": waits.days,
    }


def _point(point: TrendPoint) -> dict[str, object]:
    return {"year": point.year, "day": point.day, "counts": point.schools, "share": number(point.schools.share)}
