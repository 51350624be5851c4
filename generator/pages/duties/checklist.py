"""One school's checklist: what to mend and how, what is due next, what is about to grow old, waivers, and then what is
fine.

Owns the order of a principal's page and what is told of a Check there. A school is compared with its duties, never with
another school.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from generator.compliance.evaluate import Check, Evidence, TrendPoint, Verdict, awaits_release, tally
from generator.edition.render import Edition, number
from generator.edition.site import Site
from generator.files.schemas import field_title
from generator.model.duties import RuleId
from generator.model.schools import School
from generator.pages.words.wording import TONES, cited, days_to, in_all, period_title, shown, told
from generator.problems import Position

BLOCKS = ("summary", "todo", "next", "lapsing", "waived", "checks", "trend")


def clauses_told(edition: Edition) -> Mapping[RuleId, str]:
    """The clauses of every rule as HTML, the same on every school's page."""
    here = "schools/any"  # links are the same from every page of the folder
    return {
        rule: edition.fragment("duties/clauses.html.j2", here, {"clauses": found})
        for rule, found in cited(edition.site).items()
    }


def checklist(edition: Edition, school: School, clauses: Mapping[RuleId, str]) -> dict[str, object]:
    """All that the checklist's blocks print of one school."""
    checks = edition.site.verdicts.by_school[school.id]
    sealed = [c for c in checks if awaits_release(c) and c.verdict is not Verdict.NOT_APPLICABLE]
    open_ = [c for c in checks if not awaits_release(c)]
    counts = tally(checks)
    current = edition.site.return_of(school.id, edition.site.current_year.id)

    def items(verdict: Verdict) -> list[dict[str, object]]:
        return [_item(edition, c, clauses[c.rule.id]) for c in open_ if c.verdict is verdict]

    unreported = items(Verdict.UNREPORTED)
    coming = sorted((c for c in open_ if c.next_due is not None), key=_due_next)
    return {
        "counts": shown(counts),
        "said": in_all(edition, counts, "own"),
        "todo": items(Verdict.UNMET),
        "stale": items(Verdict.STALE),
        "counted_on": current.counted_on if current else None,
        "unreported": unreported,
        "no_return": current is None and bool(unreported),
        "advice": items(Verdict.ADVISORY),
        "next": [_coming(edition, c) for c in coming],
        "lapsing": [_lapsing(edition, c) for c in open_ if lapses(edition.site, c)],
        "waivers": [_waived(edition, c) for c in checks if c.waiver or c.lapsed],
        "needless": [
            w
            for w in edition.site.repository.waivers.values()
            if w.id in edition.site.verdicts.needless and school.id in w.schools
        ],
        "fine": items(Verdict.MET),
        "sealed": [_item(edition, c, clauses[c.rule.id]) for c in sealed],
        "not_applicable": items(Verdict.NOT_APPLICABLE),
        "trend": [_point(school, point) for point in edition.site.trend],
        "as_of": edition.site.as_of,
    }


def lapses(site: Site, check: Check) -> bool:
    """Whether what a met Check rests on is about to grow too old."""
    if check.verdict is not Verdict.MET or check.fresh_until is None or check.rule.freshness is None:
        return False
    return site.as_of <= check.fresh_until <= site.as_of + timedelta(days=check.rule.freshness.warn)


def cites(site: Site, school: School) -> tuple[Position, ...]:
    """The waivers that concern the school."""
    return tuple(w.source for w in site.repository.waivers.values() if school.id in w.schools)


def _due_next(check: Check) -> tuple[int, str]:
    assert check.next_due is not None
    return (check.next_due.due.toordinal(), check.rule.id)


def _item(edition: Edition, check: Check, clauses: str) -> dict[str, object]:
    due = check.decisive.due if check.decisive else None
    evidence = check.evidence()
    return {
        "rule": check.rule,
        "verdict": check.verdict,
        "tone": TONES[check.verdict],
        "said": told(edition, check),
        "due": due,
        "days": days_to(edition, due) if due else "",
        "fresh_until": check.fresh_until,
        "evidence": [_evidence(edition, e) for e in evidence],
        "dated": [_dated(edition, e) for e in {e.kind: e for e in evidence}.values()],
        "clauses": clauses,
        "lapsed": check.lapsed,
    }


def _evidence(edition: Edition, evidence: Evidence) -> dict[str, object]:
    at = evidence.at
    return {
        "title": _field(edition, evidence.kind, evidence.field),
        "at": f"{at.path}:{at.line}",
        "url": edition.record_url(at),
    }


def _dated(edition: Edition, evidence: Evidence) -> str:
    """When the figures were counted (or the school visited), and when that was recorded."""
    return edition.say(
        f"checklist.dated.{evidence.kind}", dated=edition.day(evidence.dated), filed=edition.day(evidence.filed)
    )


def _field(edition: Edition, kind: str, field: tuple[str, ...]) -> str:
    """A field's title, with its group's where there is one."""
    return " · ".join(edition.plain(field_title(kind, field[:depth])) for depth in range(1, len(field) + 1))


def _coming(edition: Edition, check: Check) -> dict[str, object]:
    moment = check.next_due
    assert moment is not None
    return {
        "rule": check.rule,
        "period": period_title(edition, check.rule.period, moment.period),
        "due": moment.due,
        "days": days_to(edition, moment.due),
        "anchor": check.verdict is Verdict.DUE,  # any other verdict has its own place on the page
    }


def _lapsing(edition: Edition, check: Check) -> dict[str, object]:
    assert check.fresh_until is not None
    return {"rule": check.rule, "until": check.fresh_until, "days": days_to(edition, check.fresh_until)}


def _waived(edition: Edition, check: Check) -> dict[str, object]:
    return {
        "rule": check.rule,
        "waiver": check.waiver or check.lapsed,
        "in_force": check.waiver is not None,
        "tone": TONES[Verdict.WAIVED] if check.waiver else "short",
        "said": told(edition, check),
    }


def _point(school: School, point: TrendPoint) -> dict[str, object]:
    counts = point.by_school[school.id]
    return {"year": point.year, "day": point.day, "counts": counts, "share": number(counts.share)}
