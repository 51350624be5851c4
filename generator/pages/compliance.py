"""Where the district stands: verdicts counted, what is overdue, what is due next, the parts of the work, the school years.

Owns the order of the summary. Counts are of Checks, never of "good" schools; every share says of how many and how many are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from generator.compliance import Check, TrendPoint, is_sealed, tally
from generator.duties import RuleId
from generator.pages.overdue import by_rule, overdue, unfiled
from generator.pages.school import year
from generator.pages.wording import TONES, cited, days_to, due_open, in_all, period_title, shown, told
from generator.render import Edition, number
from generator.site import Page

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
        template="compliance.md.j2",
        data={
            "schools": len(site.repository.schools),
            "rules": sum(c != () for c in site.verdicts.by_rule.values()),
            "shown": shown(edition, counts),
            "said": in_all(edition, counts, "checks"),
            "missing": len(unfiled(site)),
            "overdue": [_overdue(edition, late) for late in by_rule(overdue(site))],
            "coming": _coming(edition, of_schools),
            "parts": list(_parts(edition)),
            "of_district": [_of_district(edition, c) for c in site.verdicts.of_district],
            "trend": [_point(point) for point in site.trend],
            "year": year(site),
            "as_of": site.as_of,
        },
        cites=[rule.source for rule in site.repository.rules.values()] or [site.repository.district.source],
    )


def _overdue(edition: Edition, late: Sequence[Check]) -> dict[str, object]:
    """A rule's overdue Checks: since when, and at how many schools it is not met or not reported."""
    due = min(c.decisive.due for c in late if c.decisive)
    return {"rule": late[0].rule, "due": due, "days": days_to(edition, due), "shown": shown(edition, tally(late))}


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
    return {"rule": rule, "due": due, "days": days_to(edition, due), "period": period, "count": len(checks), "sealed": is_sealed(rule)}


def _parts(edition: Edition) -> Iterator[dict[str, object]]:
    """Every part of the work that rules check, with its Checks counted; a rule that serves two parts counts in both."""
    site, clauses = edition.site, cited(edition.site)
    for system in site.repository.district.systems:
        rules = [rule for rule, found in clauses.items() if any(system.number in c.clause.systems for c in found)]
        checks = [c for rule in rules for c in site.verdicts.by_rule[rule] if c.school is not None]
        if checks:
            counts = tally(checks)
            of_schools = sum(1 for rule in rules if site.verdicts.by_rule[rule] and site.verdicts.by_rule[rule][0].school is not None)
            yield {"system": system, "rules": of_schools, "counts": counts, "share": number(counts.share)}


def _of_district(edition: Edition, check: Check) -> dict[str, object]:
    return {
        "rule": check.rule,
        "verdict": check.verdict,
        "tone": TONES[check.verdict],
        "said": told(edition, check),
        **due_open(edition, check),
    }


def _point(point: TrendPoint) -> dict[str, object]:
    return {"year": point.year, "day": point.day, "counts": point.schools, "share": number(point.schools.share)}
